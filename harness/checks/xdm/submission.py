"""Judges the submission set of an XDM archive: there is one, it holds each entry, and is about the patient of its documents.

Source: IHE ITI TF-3 4.2 (SubmissionSet, SS-DE HasMember), TF-2 3.32 (XDM).
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from ...identifiers import mask_ins
from ...model import Finding, Severity, Text
from .reading import PATIENT_ID, RIM, finding, identifier, numbered

_SET = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
_SET_PATIENT = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"
_HAS_MEMBER = "HasMember"


def of_submission(root: etree._Element, judged: set[str]) -> Iterator[Finding]:
    """judged: takes the rules that had something to compare."""
    yield from _of_set(root, judged)
    yield from _of_patient(root, judged)


def _of_set(root: etree._Element, judged: set[str]) -> Iterator[Finding]:
    entries = list(root.iter(f"{RIM}ExtrinsicObject"))
    if not entries:
        return
    judged.add("XDM-SET")
    if not any(one.get("classificationNode") == _SET for one in root.iter(f"{RIM}Classification")):
        yield finding(
            "XDM-SET",
            root,
            Text("Les métadonnées n'ont pas de lot de soumission.", "The metadata have no submission set."),
            Text(
                f"Écrire un RegistryPackage et sa Classification, classificationNode {_SET}.",
                f"Write a RegistryPackage and its Classification, classificationNode {_SET}.",
            ),
            Severity.WARNING,
        )
        return
    judged.add("XDM-MEMBER")
    held = {
        one.get("targetObject") for one in root.iter(f"{RIM}Association") if one.get("associationType", "").endswith(_HAS_MEMBER)
    }
    for entry in entries:
        if entry.get("id") not in held:
            yield finding(
                "XDM-MEMBER",
                entry,
                Text(
                    f"Aucune association HasMember ne rattache l'entrée {entry.get('id', '')} au lot.",
                    f"No HasMember association ties entry {entry.get('id', '')} to the set.",
                ),
                Text(
                    "Écrire une Association HasMember du lot (sourceObject) à l'entrée (targetObject).",
                    "Write a HasMember Association from the set (sourceObject) to the entry (targetObject).",
                ),
                Severity.WARNING,
            )


def _of_patient(root: etree._Element, judged: set[str]) -> Iterator[Finding]:
    """The lot is sent about the patient of its documents."""
    patients = {numbered(one) for entry in root.iter(f"{RIM}ExtrinsicObject") if (one := identifier(entry, PATIENT_ID))}
    for package in root.iter(f"{RIM}RegistryPackage"):
        about = identifier(package, _SET_PATIENT)
        judged.update(("XDM-SUBMISSION-PATIENT",) if about and patients else ())
        if about and patients and numbered(about) not in patients:
            yield finding(
                "XDM-SUBMISSION-PATIENT",
                package,
                Text(
                    f"Le lot est celui d'un autre patient ({mask_ins(about)}) que ses documents.",
                    f"The submission set is of another patient ({mask_ins(about)}) than its documents.",
                ),
                Text(
                    "Le lot et les entrées portent le même patientId.",
                    "The submission set and the entries bear the same patientId.",
                ),
                Severity.WARNING,
            )
