"""The tables that the functions of our rules use: measures, and what the CI-SIS associates with the type of a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Any

from ...library import Library
from ..runtime import whole_match
from .measures import Measures

_ASSOCIATIONS = "profiles/pdsm/associations.yaml"
_XDS_SD = "1.3.6.1.4.1.19376.1.2.20"


class RuleTables:
    """Each is read when it is first needed."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.measures = Measures(library)
        self._titles_of_others = lru_cache(maxsize=256)(library.titles_of_others)

    def document_class(self, system: str, code: str) -> str:
        """The class of documents of this type (ASS_X04), `""` where the table does not say. system: as FHIR calls it."""
        oid = self._oids.get(system, system.removeprefix("urn:oid:"))
        return str(self._associations["type_to_class"].get(oid, {}).get(code, ""))

    def titled_otherwise(self, title: str, code: str) -> bool:
        """Whether a title is that of a document of another type (`profiles/cda/titles.yaml`)."""
        pattern = self._titles_of_others(code)
        return bool(pattern) and whole_match(pattern)(" ".join(title.split())) is not None

    def format_meant(self, said: str, templates: Iterable[str]) -> str:
        """The format of documents of these templates (ASS_A11), where the one that is said is that of others; else `""`.

        Of others too is that of an unstructured body, where no template says XDS-SD.
        """
        named = tuple(templates)
        own = [self._formats[template] for template in named if template in self._formats]
        if not own or said in own:
            return ""
        others = said in self._formats.values() or (_XDS_SD not in named and said in self._associations["media_to_format"].values())
        return own[0] if others else ""

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
