"""What the functions of our rules look values up in: measures, and what the CI-SIS associates with the type of a document."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from ....library import Library
from ...measures import Measures

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

    @cached_property
    def _oids(self) -> dict[str, str]:
        return {url: oid for oid, url in self._associations["systems"].items()}

    @cached_property
    def _associations(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._library.data(_ASSOCIATIONS)
        return found
