"""Two versions of a guide side by side: what a definition names without version is of its own package, or of its dependencies."""

from __future__ import annotations

from typing import Any

import pytest
from test_library_fhir_definitions import packed

from harness.library.fhir.definitions import Definitions
from harness.library.pack import Pack

URL = "http://example.org/fhir/"
OWN, TARGET, CODES, WORDS = (URL + name for name in ("own", "target", "codes", "words"))


def structure(url: str, version: str, **element: Any) -> dict[str, Any]:
    root = {"id": "Patient", "path": "Patient", "min": 0, "max": "*"}
    link = {"id": "Patient.link", "path": "Patient.link", "min": 0, "max": "*", **element}
    return {
        "resourceType": "StructureDefinition",
        "url": url,
        "version": version,
        "name": "p",
        "type": "Patient",
        "kind": "resource",
        "derivation": "constraint",
        "baseDefinition": TARGET if url == OWN else "",
        "snapshot": {"element": [root, link]},
    }


def naming(version: str) -> dict[str, Any]:
    """Names a profile and a value set without their version."""
    types = [{"code": "Reference", "targetProfile": [TARGET]}, {"code": "Coding", "profile": [f"{TARGET}|9"]}]
    return structure(OWN, version, type=types, binding={"strength": "required", "valueSet": CODES})


def value_set(version: str) -> dict[str, Any]:
    compose = {"include": [{"system": WORDS}]}
    return {"resourceType": "ValueSet", "url": CODES, "version": version, "compose": compose}


def code_system(version: str) -> dict[str, Any]:
    return {"resourceType": "CodeSystem", "url": WORDS, "version": version, "content": "complete", "concept": [{"code": "a"}]}


def package(name: str, version: str, *resources: dict[str, Any]) -> tuple[str, str, str, Pack]:
    return (name, version, "", packed(*resources))


def guide(version: str) -> tuple[str, str, str, Pack]:
    return package("guide", version, structure(TARGET, version), value_set(version), code_system(version))


def named(found: Definitions, canonical: str) -> tuple[str, str, str]:
    """The versions of its base, of the target of its reference and of its value set."""
    plain = found.structure(canonical)
    assert plain is not None
    link = plain["elements"][1]
    told = (plain["base"], link["types"][0]["targets"][0], link["binding"]["valueset"])
    base, target, codes = (one.partition("|")[2] for one in told)
    return base, target, codes


@pytest.mark.parametrize(("wanted", "meant"), [("1.0.0", "1.0.0"), ("1.0.x", "1.0.0"), ("2.0.0", "2.0.0"), ("1.9.9", "1.0.0")])
def test_a_version_that_is_not_said_is_that_of_the_packages_it_depends_on(wanted: str, meant: str) -> None:
    sources = [guide("1.0.0"), guide("2.0.0"), package("mine", "5", naming("5"))]
    assert named(Definitions(sources, {"mine#5": {"guide": wanted}}), OWN) == (meant, meant, meant)


def test_it_is_that_of_the_package_itself_before_all_and_of_far_ones_too() -> None:
    far = [guide("1.0.0"), guide("2.0.0"), package("between", "1"), package("mine", "5", naming("5"))]
    dependencies = {"mine#5": {"between": "1"}, "between#1": {"guide": "1.0.0"}}
    assert named(Definitions(far, dependencies), OWN) == ("1.0.0", "1.0.0", "1.0.0")
    own = [guide("1.0.0"), guide("2.0.0"), package("mine", "5", naming("5"), structure(TARGET, "0.1.0"), value_set("0.2.0"))]
    assert named(Definitions(own, {"mine#5": {"guide": "1.0.0"}}), OWN) == ("0.1.0", "0.1.0", "0.2.0")


def test_a_value_set_takes_the_codes_of_the_system_of_its_own_package() -> None:
    found = Definitions([guide("1.0.0"), guide("2.0.0")])
    assert [found.value_set(f"{CODES}|{version}")["include"][0]["version"] for version in ("1.0.0", "2.0.0")] == ["1.0.0", "2.0.0"]  # type: ignore[index]


def test_what_is_said_stays_and_where_nothing_tells_the_last_release_answers() -> None:
    found = Definitions([guide("1.0.0"), guide("2.0.0"), package("mine", "5", naming("5"))], {"mine#5": {"elsewhere": "1"}})
    assert named(found, OWN) == ("", "", "")
    assert found.structure(OWN)["elements"][1]["types"][1]["profiles"] == [f"{TARGET}|9"]  # type: ignore[index]
    assert found.structure(TARGET)["version"] == "2.0.0"  # type: ignore[index]


def test_loose_definitions_take_the_place_of_both_and_what_all_share_stays_the_last() -> None:
    sources = [guide("1.0.0"), guide("2.0.0"), package("mine", "5", naming("5"))]
    loose = Definitions(sources, {"mine#5": {"guide": "1.0.0"}}).with_resources([("t", structure(TARGET, "3.0.0"))])
    assert named(loose, OWN) == ("", "", "1.0.0")
    shared = [package("hl7.terminology.r4", version, value_set(version)) for version in ("6.0.0", "7.0.0")]
    found = Definitions([*shared, package("mine", "5", naming("5"))], {"mine#5": {"hl7.terminology.r4": "6.0.0"}})
    assert named(found, OWN) == ("", "", "")
