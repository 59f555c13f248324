"""Values that may stand in a document of nobody: times of a consultation, codes of no system."""

from __future__ import annotations

import uuid
from base64 import b64encode
from collections.abc import Callable, Iterable

# A consultation of 2026-11-05, the one that the specimens of the header tell of.
BEGUN = "20261105100500+0100"
ENDED = "20261105102000+0100"
MOMENT = "20261105101500+0100"
BORN = "19800214"

WORDS = "Texte du spécimen"
_PDF = b"%PDF-1.4\n<x:xmpmeta xmlns:x='adobe:ns:meta/'><pdfaid:part>1</pdfaid:part></x:xmpmeta>\n%%EOF\n"
CONTENT = b64encode(WORDS.encode()).decode()
# Contents in base64, by their type: the least that begins and ends as it must.
CONTENTS = {"application/pdf": b64encode(_PDF).decode(), "image/jpeg": "/9j/4AAQSkZJRg=="}
# What elements of these names say, beside any words.
TEXTS = {
    "streetName": "Rue des Tilleuls",
    "postalCode": "63000",
    "city": "CLERMONT-FERRAND",
    "family": "VIALATTE",
    "given": "Hélène",
}
CODE, SYSTEM, LABEL = "SPECIMEN", "2.999.2", "Donnée du spécimen"  # 2.999 is the arc of examples
PHONE = "tel:0144534551"
# One code of each system whose codes have a form.
CODES = {
    "2.16.840.1.113883.6.1": ("48767-8", "Commentaire"),
    "2.16.840.1.113883.6.96": ("404684003", "constatation clinique"),
    "2.16.840.1.113883.6.3": ("R69", "Causes inconnues et non précisées de morbidité"),
    "1.2.250.1.215.300.1": ("DEQP003", "Électrocardiographie sur au moins 12 dérivations"),
    "2.16.840.1.113883.6.73": ("N02BE01", "paracétamol"),
    "1.2.250.1.213.2.3.1": ("60234100", "Médicament du spécimen"),
    "1.2.250.1.213.2.3.2": ("3400930000000", "Présentation du spécimen"),
    "0.4.0.127.0.16.1.1.2.1": ("20053000", "Voie orale"),
}
SYSTEMS = (*CODES, "1.2.250.1.213.1.1.4.322")  # among which that of a code is looked for
SPECIES = uuid.UUID("5f0cbb1e-4c1f-5d0a-9f55-2d0b8f1b6a11")
VALUES = ("1", "true", MOMENT, "20261105", "1.2.250.1.213.1.1.9", "x", "X", "fr-FR", "completed", "mg", PHONE, "a@b.fr")


def numbered(number: int) -> str:
    """The identifier of the specimen's n-th object, always the same."""
    return str(uuid.uuid5(SPECIES, str(number))).upper()


def first_fit(candidates: Iterable[str], *tests: Callable[[str], bool]) -> str | None:
    return next((one for one in candidates if all(fits(one) for fits in tests)), None)
