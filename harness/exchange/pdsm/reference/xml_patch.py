"""FHIR's XML Patch of one resource: the operations of RFC 5261 (`add`, `replace`, `remove`) on its XML."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from harness.errors import UnreadableDocument
from harness.exchange.pdsm.fhir_xml import FHIR, from_xml, to_xml
from harness.exchange.pdsm.parties import Resource
from harness.exchange.pdsm.reference.json_patch import BadPatch

# What a `sel` may be: steps of element names, each with a position if need be, and an attribute at its end. No other XPath is read.
_STEP = r"(?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w-]*(?:\[\d{1,3}\])?"
_SELECTION = re.compile(rf"/?(?P<elements>{_STEP}(?:/{_STEP})*)(?:/@(?P<attribute>[A-Za-z]+))?")


def changed_by(resource: Mapping[str, Any], patch: bytes) -> Resource:
    """The resource once patched. Raises BadPatch."""
    target = etree.fromstring(to_xml(resource))
    operations = _operations(patch)
    if not operations:
        raise BadPatch("no operation")
    for operation in operations:
        _apply(target, operation)
    try:
        return from_xml(etree.tostring(target))
    except UnreadableDocument as error:
        raise BadPatch(error.message.en) from error


def _operations(patch: bytes) -> list[etree._Element]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(patch, parser)
    except etree.XMLSyntaxError as error:
        raise BadPatch("not XML") from error
    if etree.QName(root).localname != "diff":
        raise BadPatch("not a diff")
    return list(root)


def _apply(target: etree._Element, operation: etree._Element) -> None:
    verb = etree.QName(operation).localname
    selected = _SELECTION.fullmatch(operation.get("sel", ""))
    if selected is None:
        raise BadPatch(f"sel of {verb}")
    element, attribute = _found(target, selected["elements"]), selected["attribute"]
    parent = element.getparent()
    match verb, attribute:
        case "replace", str():
            element.set(attribute, (operation.text or "").strip())
        case "replace", None if parent is not None and len(operation) == 1:
            parent.replace(element, _of_fhir(operation[0]))
        case "remove", None if parent is not None:
            parent.remove(element)
        case "add", None:
            _add(element, operation)
        case _:
            raise BadPatch(f"unknown operation {verb}")


def _add(element: etree._Element, operation: etree._Element) -> None:
    """pos: `before` or `after` the selected element, or `prepend` in it; appended without it."""
    added = [_of_fhir(child) for child in operation]
    parent, position = element.getparent(), operation.get("pos", "")
    if position in ("before", "after") and parent is not None:
        at = parent.index(element) + (position == "after")
        parent[at:at] = added
    elif position in ("", "prepend"):
        element[0 if position else len(element) : 0 if position else len(element)] = added
    else:
        raise BadPatch(f"pos {position}")


def _found(target: etree._Element, path: str) -> etree._Element:
    first, *steps = [step.rpartition(":")[2] for step in path.split("/")]
    if first.partition("[")[0] != etree.QName(target).localname:
        raise BadPatch(f"sel {path}")
    found = target.find("/".join(f"{{{FHIR}}}{step}" for step in steps)) if steps else target
    if found is None:
        raise BadPatch(f"sel {path} leads nowhere")
    return found


def _of_fhir(element: etree._Element) -> etree._Element:
    """A copy in the namespace of FHIR, which a patch may omit."""
    made = copy.deepcopy(element)
    made.tail = None
    for one in made.iter():
        one.tag = f"{{{FHIR}}}{etree.QName(one).localname}"
    return made
