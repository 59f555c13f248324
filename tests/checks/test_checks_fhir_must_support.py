"""Must-support elements of the profiles that a document follows: which are there and which are not, never an error."""

from __future__ import annotations

from typing import Any

from fhir_small import BASICS, PROFILES, element, node, profile, sliced

from harness.checks.fhir.judging import judge
from harness.checks.fhir.structures import Structures
from harness.library.fhir.definitions import Definitions
from harness.model import MustSupport

CANONICAL = f"{PROFILES}supported|1.0"
SLICED = sliced(("value", "system"))
SUPPORTED = profile(
    "supported",
    "Patient",
    element("Patient.identifier", 0, "*", "Identifier", mustSupport=True, **SLICED),
    element(
        "Patient.identifier", 0, "1", "Identifier", id="Patient.identifier:ins", sliceName="ins", base_max="*", mustSupport=True
    ),
    element("Patient.identifier.system", 1, "1", "uri", id="Patient.identifier:ins.system", fixedUri="urn:x:ins"),
    element("Patient.identifier.use", 0, "1", "code", id="Patient.identifier:ins.use", mustSupport=True),
    element("Patient.name", 0, "*", "HumanName", mustSupport=True),
    element("Patient.birthDate", 0, "0", "date", base_max="1", mustSupport=True),  # cannot be there
)


def supported(content: dict[str, Any], *, asked: bool = True) -> tuple[MustSupport, ...] | None:
    structures = Structures(Definitions().with_resources([*BASICS, SUPPORTED]))
    outcome = judge(node(content), structures, must_support=asked)
    assert [remark for remark in outcome.remarks if remark.rule == "FHIR-CARD"] == []
    return outcome.must_support


def patient(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "meta": {"profile": [PROFILES + "supported"]}, **elements}


def identifier(system: str, **more: str) -> dict[str, str]:
    return {"system": f"urn:x:{system}", **more}


def test_each_element_is_present_or_absent_slices_by_what_is_in_them() -> None:
    [one] = supported(patient(identifier=[identifier("ipp", use="usual")], name=[{"family": "x"}])) or ()
    assert one == MustSupport(
        CANONICAL, 1, {"Patient.identifier": 1, "Patient.name": 1}, ("Patient.identifier:ins", "Patient.identifier:ins.use")
    )
    [one] = supported(patient(identifier=[identifier("ipp"), identifier("ins", use="official")])) or ()
    assert set(one.present) == {"Patient.identifier", "Patient.identifier:ins", "Patient.identifier:ins.use"}
    assert one.absent == ("Patient.name",)


def test_of_several_resources_it_is_told_in_how_many_each_element_is() -> None:
    entries = [
        {"fullUrl": f"urn:x:{n}", "resource": patient(name=[{"family": "x"}] if n else [{"use": "usual"}])} for n in range(3)
    ]
    entries[2]["resource"].pop("name")
    [one] = supported({"resourceType": "Bundle", "type": "collection", "entry": entries}) or ()
    assert (one.resources, one.present, len(one.absent)) == (3, {"Patient.name": 2}, 3)


def test_a_profile_that_is_not_followed_or_not_asked_about_says_nothing() -> None:
    assert supported({"resourceType": "Patient"}) == ()
    assert supported(patient(), asked=False) is None
