"""What the profiles of PDSm make mandatory in a DocumentReference and in a submission set, sent or returned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.exchange.pdsm.content import reach

Required = tuple[tuple[str, ...], str]  # path from the resource, what it is called

# What the profiles make mandatory in both builds of PDSm 3.1.1, beyond FHIR itself.
REQUIRED_OF_REFERENCE: tuple[Required, ...] = (
    (("type",), "type"),
    (("category",), "classe / class"),
    (("subject",), "patient"),
    (("author",), "auteur / author"),
    (("securityLabel",), "confidentialité / confidentiality"),
    (("content", "attachment", "contentType"), "type de média / media type"),
    (("content", "attachment", "language"), "langue / language"),
    (("content", "attachment", "url"), "url"),
    (("content", "attachment", "size"), "taille / size"),
    (("content", "attachment", "hash"), "hash"),
    (("content", "attachment", "title"), "titre / title"),
    (("content", "attachment", "creation"), "création / creation"),
    (("content", "format"), "format"),
    (("context", "period", "start"), "début de l'acte / start of service"),
    (("context", "facilityType"), "secteur d'activité / facility type"),
    (("context", "practiceSetting"), "cadre d'exercice / practice setting"),
    (("context", "sourcePatientInfo"), "patient à la source / source patient"),
)
EXCLUDED_OF_REFERENCE = (("docStatus",), ("content", "attachment", "data"))
REQUIRED_OF_SIMPLIFIED: tuple[Required, ...] = (
    (("category",), "classe / class"),
    (("subject",), "patient"),
    (("author",), "auteur / author"),
    (("content", "attachment", "contentType"), "type de média / media type"),
    (("content", "attachment", "title"), "titre / title"),
)
EXCLUDED_OF_SIMPLIFIED = (("identifier",), ("docStatus",), ("content", "attachment", "url"))
REQUIRED_OF_SET: tuple[Required, ...] = (
    (("identifier",), "identifiant unique / unique id"),
    (("subject",), "patient"),
    (("date",), "date"),
    (("source",), "auteur / author"),
)
FIXED_OF_SET = {"status": "current", "mode": "working"}
SET_EXTENSIONS = ("ihe-designationType", "ihe-sourceId")


def absent(resource: Mapping[str, Any], required: Sequence[Required]) -> Iterator[Required]:
    """Each mandatory element that is absent; when a parent is absent, the parent alone."""
    said: set[tuple[str, ...]] = set()
    for path, what in required:
        gone = next((path[:length] for length in range(1, len(path) + 1) if not list(reach(resource, *path[:length]))), None)
        if gone is not None and gone not in said:
            said.add(gone)
            yield gone, what if gone == path else gone[-1]
