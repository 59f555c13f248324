"""The profiles that FHIR itself requires of some resources, whether they claim them or not: vital signs.

Source: FHIR R4, Observation, vital signs: whoever records one of the table's concepts follows its profile, the LOINC code included.
What was entered in error records nothing any more (R4 publishes one of these without its date, Observation/f202).
"""

from __future__ import annotations

from collections.abc import Iterator

from ...documents.fhir_tree import Node
from .shapes import BASE
from .terms.known_systems import LOINC, SNOMED

_CATEGORIES = "http://terminology.hl7.org/CodeSystem/observation-category"
_BY_LOINC = {
    "85353-1": "vitalspanel",
    "9279-1": "resprate",
    "8867-4": "heartrate",
    "2708-6": "oxygensat",
    "8310-5": "bodytemp",
    "8302-2": "bodyheight",
    "9843-4": "headcircum",
    "29463-7": "bodyweight",
    "39156-5": "bmi",
    "85354-9": "bp",
}
_BY_SNOMED = {  # the same concepts, of an observation that says it is a vital sign
    "86290005": "resprate",
    "364075005": "heartrate",
    "103228002": "oxygensat",
    "276885007": "bodytemp",
    "50373000": "bodyheight",
    "363812007": "headcircum",
    "27113001": "bodyweight",
    "60621009": "bmi",
    "75367002": "bp",
}
_PRESSURES = frozenset({"8480-6", "8462-4"})
_MEAN = frozenset({"8478-0"})


def profiles(resource: Node) -> list[str]:
    """Canonicals of R4's own profiles that a resource has to follow whether it claims them or not."""
    if resource.type != "Observation" or resource.text("status") == "entered-in-error":
        return []
    named = [_BY_LOINC.get(code) for code in _codes(resource, "code", LOINC)]
    if not any(named) and "vital-signs" in set(_codes(resource, "category", _CATEGORIES)):
        named = [_BY_SNOMED.get(code) for code in _codes(resource, "code", SNOMED)]
        if not any(named) and _is_of_pressures(resource):
            named = ["bp"]
    return [BASE + name for name in dict.fromkeys(named) if name]


def _is_of_pressures(resource: Node) -> bool:
    """Whether its parts are a systolic and a diastolic blood pressure and nothing else: a blood pressure, by whatever code."""
    parts = [set(_codes(part, "code", LOINC)) for part in resource.children.get("component", ())]
    return bool(parts) and set().union(*parts) >= _PRESSURES and all(part & (_PRESSURES | _MEAN) for part in parts)


def asks_a_profile(system: str, code: str) -> bool:
    """Whether an observation so coded may have to follow a profile that it does not claim."""
    return code in {LOINC: _BY_LOINC, SNOMED: _BY_SNOMED}.get(system, {})


def _codes(resource: Node, name: str, system: str) -> Iterator[str]:
    for concept in resource.children.get(name, ()):
        for coding in concept.children.get("coding", ()):
            if coding.text("system") == system:
                yield coding.text("code")
