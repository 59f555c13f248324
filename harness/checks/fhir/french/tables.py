"""What the functions of our rules look values up in: measures, and what the CI-SIS associates with the type of a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from ....library import Library
from ...codes.measures import Measures

_ASSOCIATIONS = "profiles/pdsm/associations.yaml"


class Tables:
    """Each is read when it is first needed."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.measures = Measures(library)

    def document_class(self, system: str, code: str) -> str:
        """The class of documents of this type (ASS_X04), `""` where the table does not say. system: as FHIR calls it."""
        oid = self._oids.get(system, system.removeprefix("urn:oid:"))
        return str(self._associations["type_to_class"].get(oid, {}).get(code, ""))

    def format_meant(self, said: str, templates: Iterable[str]) -> str:
        """The format of documents of these templates (ASS_A11), where the one that is said is that of others; else `""`."""
        own = [self._formats[template] for template in templates if template in self._formats]
        return own[0] if own and said not in own and said in self._formats.values() else ""

    @cached_property
    def _formats(self) -> dict[str, str]:
        return {root: code for formats in self._associations["template_to_format"].values() for root, code in formats.items()}

    @cached_property
    def _oids(self) -> dict[str, str]:
        return {url: oid for oid, url in self._associations["systems"].items()}

    @cached_property
    def _associations(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._library.data(_ASSOCIATIONS)
        return found
