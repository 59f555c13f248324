"""Value sets and code systems as far as they are at hand: published by packages, of the CI-SIS, or told by their address."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ....library.fhir.definitions import Definitions
from ....library.fhir.terminology_compiling import compile_value_set, whole_system
from ....model import ValueSet
from ....remembered import remembered
from . import known_systems
from .code_systems import CodeSystem
from .membership import Members

_IMPLICIT = {  # the value set of a whole system, by the address its owner gave it
    "http://unitsofmeasure.org/vs": known_systems.UCUM,
    "http://snomed.info/sct?fhir_vs": known_systems.SNOMED,
    "http://loinc.org/vs": known_systems.LOINC,
}
_SUBSUMED = re.compile(r"http://snomed\.info/sct(?:/[0-9]+(?:/version/[0-9]+)?)?\?fhir_vs=isa/([0-9]{6,18})")
_NOS = re.compile(r"https?://mos\.esante\.gouv\.fr/NOS/(JDV_[^/|]+)/")
_OID = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]*))+")


class AtHand:
    """Opened when a code of them is first met, and kept.

    value_sets: those of the CI-SIS by OID or by name (`JDV_J07_XdsTypeCode_CISIS`).
    """

    def __init__(self, definitions: Definitions, value_sets: Callable[[str], ValueSet | None] | None = None) -> None:
        self._definitions = definitions
        self._value_sets = value_sets
        self.stand_ins: dict[str, str] = {}  # canonical whose version is not at hand -> the version that was taken

    @remembered
    def members(self, canonical: str) -> Members | None:
        compiled = self._compiled(canonical)
        return None if compiled is None else Members(compiled, self)

    @remembered
    def system(self, canonical: str) -> CodeSystem | None:
        url = canonical.partition("|")[0]
        compiled: Any = self._definitions.code_system(canonical)
        if compiled is None and url != canonical:
            compiled = self._definitions.code_system(url)
        elif compiled is not None and url == canonical and compiled["content"] != "complete":
            compiled = self._whole(url, compiled) or compiled
        return None if compiled is None else CodeSystem(compiled, self._definitions.supplements(url))

    def _whole(self, url: str, part: Any) -> Any:
        """A code system of which R4 has examples only, as HL7's terminology publishes it since, with all that R4 has of it."""
        versions = reversed(self._definitions.canonical_versions(url))
        found = [self._definitions.code_system(f"{url}|{version}") for version in versions]
        whole = (one for one in found if one is not None and one["content"] == "complete")
        return next((one for one in whole if part["displays"].keys() <= one["displays"].keys()), None)

    def _compiled(self, canonical: str) -> Mapping[str, Any] | None:
        """As published, else in another version, else from the CI-SIS, else what its address says by itself."""
        url, _, version = canonical.partition("|")
        found: Mapping[str, Any] | None = self._definitions.value_set(canonical)
        if found is None and version:
            found = self._definitions.value_set(url)
        found = found or self._of_cisis(url)
        if found is not None:
            if version and found["version"] != version:
                self.stand_ins[canonical] = str(found["version"])
            return found
        if url in _IMPLICIT:
            return whole_system(url, _IMPLICIT[url])
        if subsumed := _SUBSUMED.fullmatch(url):
            said = {"property": "concept", "op": "is-a", "value": subsumed[1]}
            include = {"system": known_systems.SNOMED, "filter": [said]}
            return compile_value_set({"url": url, "compose": {"include": [include]}})
        return None

    def _of_cisis(self, url: str) -> Mapping[str, Any] | None:
        """A JDV by OID or by its address in the NOS of the ANS, where no package has it."""
        if self._value_sets is None:
            return None
        name = url.removeprefix("urn:oid:")
        if nos := _NOS.match(url):
            name = nos[1].replace("-", "_")
        elif not _OID.fullmatch(name):
            return None
        found = self._value_sets(name)
        if found is None:
            return None
        systems: dict[str, dict[str, str]] = {}
        for (oid, code), label in found.concepts.items():
            systems.setdefault(f"urn:oid:{oid}", {})[code] = label
        include = [
            {"system": system, "concept": [{"code": code, "display": label} for code, label in codes.items()]}
            for system, codes in systems.items()
        ]
        said = {"url": url, "version": found.version, "name": found.id, "title": found.title, "compose": {"include": include}}
        return compile_value_set(said)

    def name_in(self, members: Members, system: str | None) -> str | None:
        """The system as the value set calls it: a JDV of the CI-SIS calls by OID what FHIR calls by URL."""
        if system is None or system in (named := members.systems) or not any(name.startswith("urn:oid:") for name in named):
            return system
        oid = known_systems.OIDS.get(system, "")
        if not oid:
            known = self.system(system)
            oid = "" if known is None else known.oid
        return f"urn:oid:{oid}" if f"urn:oid:{oid}" in named else system

    def lists(self, system: str, code: str) -> bool:
        known = self.system(system)
        return known is not None and code in known.displays
