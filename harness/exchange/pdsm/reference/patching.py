"""The update of metadata (PDSm flow 03): a JSON, XML or FHIRPath Patch of status, securityLabel and isArchived alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.exchange.pdsm.content import JSON, XML, first_text, reach
from harness.exchange.pdsm.identifiers import PDSM
from harness.exchange.pdsm.parties import Resource
from harness.exchange.pdsm.reference import fhirpath_patch, json_patch, xml_patch
from harness.exchange.pdsm.reference.json_patch import BadPatch

CHANGEABLE = frozenset({"status", "securityLabel"})
IS_ARCHIVED = f"{PDSM}/pdsm-ext-is-archived"


class Forbidden(Exception):
    """Names the element that may not be changed."""


class UnknownPatch(Exception):
    """The media type is that of no patch."""


def patched(resource: Mapping[str, Any], body: bytes, content_type: str, *, anything: bool = False) -> Resource:
    """The resource after the patch.

    Raises Forbidden where it changes what PDSm does not let change (`anything`: lets); BadPatch, UnknownPatch.
    """
    match content_type.partition(";")[0].strip().lower():
        case "application/json-patch+json":
            changed = json_patch.changed_by(resource, body)
        case "application/xml-patch+xml":
            changed = xml_patch.changed_by(resource, body)
        case media_type if media_type in (JSON, XML):
            changed = fhirpath_patch.changed_by(resource, body, content_type)
        case _:
            raise UnknownPatch
    for name in dict.fromkeys([*resource, *changed]):
        if not anything and name not in CHANGEABLE and _fixed(resource, name) != _fixed(changed, name):
            raise Forbidden(name)
    if changed.get("status") not in {"current", "superseded"}:
        raise BadPatch("status is neither current nor superseded")
    return changed


def _fixed(resource: Mapping[str, Any], name: str) -> Any:
    """What of an element stays as it is."""
    if name != "extension":
        return resource.get(name)
    return [one for one in reach(resource, name) if first_text(one, "url") != IS_ARCHIVED]
