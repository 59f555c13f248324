"""What is sent holds the cardinalities and fixed values of the published PDSm profiles, read from their package."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from exchange_documents import ASSOCIATIONS, cda

from harness.exchange.pdsm.bundle import provide_bundle
from harness.exchange.pdsm.content import reach
from harness.exchange.pdsm.simplified import as_kept, simplified_publish
from harness.exchange.pdsm.submission_sets import PLAIN_SUBMISSION, submission_set_of

pytestmark = pytest.mark.official

PROFILES = {
    "Bundle": "pdsm-comprehensive-provide-document-bundle",
    "List": "pdsm-submissionset-comprehensive",
    "DocumentReference": "pdsm-comprehensive-document-reference",
    "simplified": "pdsm-simplified-publish",
}
EXAMPLES = ("VSM_1.4_2022.01.xml", "LDL-SES_2022.01.xml", "LDL-EES_2022.01.xml")


@pytest.fixture(scope="module")
def snapshots(official: Path) -> Mapping[str, list[dict[str, Any]]]:
    """Elements of the snapshot of each profile, by the type they constrain, but slices: a cardinality alone does not judge them."""
    found = {}
    with tarfile.open(official / "fhir" / "packages" / "ans.fhir.fr.pdsm-3.1.1-combined.tgz") as package:
        for member in package:
            for type_, profile in PROFILES.items():
                if member.name.endswith(f"StructureDefinition-{profile}-3.1.1.json"):
                    content = package.extractfile(member)
                    assert content is not None
                    found[type_] = [e for e in json.load(content)["snapshot"]["element"] if ":" not in e["id"]]
    assert set(found) == set(PROFILES)
    return found


def breaches(resource: Mapping[str, Any], elements: list[dict[str, Any]]) -> Iterator[str]:
    """Elements that occur too few or too many times under a parent that is there, or with another fixed code."""
    for element in elements:
        steps = element["path"].split(".")[1:]
        if not steps or "[x]" in element["path"]:
            continue
        parents = [one for one in reach(dict(resource), *steps[:-1]) if isinstance(one, Mapping)]
        for parent in parents:
            values = list(reach(dict(parent), steps[-1]))
            most = len(values) if element["max"] == "*" else int(element["max"])
            if not element["min"] <= len(values) <= most:
                yield f"{element['path']} {element['min']}..{element['max']}: {len(values)}"
            fixed = element.get("patternCode") or element.get("fixedCode")
            if fixed and any(value != fixed for value in values):
                yield f"{element['path']} = {fixed}: {values}"


def _documents(official: Path) -> list[bytes]:
    return [cda(), *((official / "cda" / "examples" / name).read_bytes() for name in EXAMPLES)]


def test_no_cardinality_is_broken(official: Path, snapshots: Mapping[str, list[dict[str, Any]]]) -> None:
    for document in _documents(official):
        message = provide_bundle([document], ASSOCIATIONS)
        submission, reference, _ = (entry["resource"] for entry in message["entry"])
        for type_, resource in (("Bundle", message), ("List", submission), ("DocumentReference", reference)):
            assert list(breaches(resource, snapshots[type_])) == []


def test_a_simplified_publication_and_what_is_kept_of_it_follow_their_profiles(
    official: Path, snapshots: Mapping[str, list[dict[str, Any]]]
) -> None:
    for document in _documents(official):
        sent = simplified_publish(document, ASSOCIATIONS, PLAIN_SUBMISSION)
        assert list(breaches(sent, snapshots["simplified"])) == []
        kept = as_kept(sent, document, "Binary/1", inside=False)
        assert list(breaches(kept, snapshots["DocumentReference"])) == []
        derived = submission_set_of(kept, "DocumentReference/2", "2026-11-24T10:00:00Z")
        assert list(breaches(derived, snapshots["List"])) == []


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (found for name, found in value.items() if name == "reference" and isinstance(found, str))
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _references(child)


def test_a_set_contains_the_author_that_it_names_with_the_organisation_and_nobody_else() -> None:
    sent = provide_bundle([cda()], ASSOCIATIONS)["entry"][0]["resource"]
    reference = simplified_publish(cda(), ASSOCIATIONS, PLAIN_SUBMISSION)
    derived = submission_set_of(reference, "DocumentReference/2", "2026-11-24T10:00:00Z")
    for submission in (sent, derived):
        contained = {f"#{resource['id']}": resource["resourceType"] for resource in submission["contained"]}
        assert contained.keys() == {one for one in _references(submission) if one.startswith("#")}
        source = submission["source"]
        assert contained[source["reference"]] == "PractitionerRole"
        (organisation,) = source["extension"]
        assert organisation["url"].endswith("/ihe-authorOrg")
        assert contained[organisation["valueReference"]["reference"]] == "Organization"


def test_extensions_and_code_of_the_set_are_those_of_the_profile(snapshots: Mapping[str, list[dict[str, Any]]]) -> None:
    submission = provide_bundle([cda()], ASSOCIATIONS)["entry"][0]["resource"]
    urls = {extension["url"].rpartition("/")[2] for extension in submission["extension"]}
    assert urls == {"ihe-designationType", "ihe-sourceId"}
    pattern = next(e["patternCodeableConcept"] for e in snapshots["List"] if e["path"] == "List.code")
    assert submission["code"] == pattern


def test_this_check_sees_what_is_missing(snapshots: Mapping[str, list[dict[str, Any]]]) -> None:
    reference = dict(provide_bundle([cda()], ASSOCIATIONS)["entry"][1]["resource"])
    del reference["masterIdentifier"]
    assert list(breaches(reference, snapshots["DocumentReference"])) == ["DocumentReference.masterIdentifier 1..1: 0"]
