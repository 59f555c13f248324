"""Values that may stand in a resource of nobody: people of the test campaign, codes of no system, times of one consultation."""

from __future__ import annotations

from typing import Any

WORDS = "Spécimen"
SYSTEM, CODE = "urn:oid:2.999.2", "specimen"  # 2.999 is the arc of examples
NARRATIVE = f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{WORDS}</p></div>'
INS = frozenset(f"urn:oid:1.2.250.1.213.1.4.{arc}" for arc in (8, 9, 10, 11))
URI_SYSTEM = "urn:ietf:rfc:3986"
MATRICULE = "279035121518989"  # of the public test person of the ANS

PRIMITIVES: dict[str, Any] = {
    "base64Binary": "U3DDqWNpbWVu",
    "boolean": True,
    "canonical": "https://example.org/fhir/specimen",
    "code": CODE,
    "date": "2026-11-05",
    "dateTime": "2026-11-05T10:15:00+01:00",
    "decimal": 1.5,
    "id": CODE,
    "instant": "2026-11-05T10:15:00+01:00",
    "integer": 1,
    "markdown": WORDS,
    "oid": "urn:oid:2.999.2",
    "positiveInt": 1,
    "string": WORDS,
    "time": "10:15:00",
    "unsignedInt": 1,
    "uri": "urn:oid:2.999.2",
    "url": "https://example.org/specimen",
    "uuid": "urn:uuid:5f0cbb1e-4c1f-5d0a-9f55-2d0b8f1b6a11",
    "xhtml": NARRATIVE,
}

_QUANTITY = {"value": 1, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}
_DAYS = {"value": 1, "unit": "jour", "system": "http://unitsofmeasure.org", "code": "d"}
_PERIOD = {"start": "2026-11-05T10:05:00+01:00", "end": "2026-11-05T10:20:00+01:00"}

DATA_TYPES: dict[str, dict[str, Any]] = {
    "Address": {"line": ["1 rue du Spécimen"], "city": "Paris", "postalCode": "75001"},
    "Age": {**_DAYS, "unit": "an", "code": "a"},
    "Annotation": {"text": WORDS},
    "Attachment": {"contentType": "text/plain", "data": "U3DDqWNpbWVu", "title": WORDS},
    "CodeableConcept": {"text": WORDS},
    "Coding": {"system": SYSTEM, "code": CODE},
    "ContactDetail": {"name": WORDS},
    "ContactPoint": {"system": "phone", "value": "+33144534551"},
    "Contributor": {"type": "author", "name": WORDS},
    "Count": {"value": 1, "system": "http://unitsofmeasure.org", "code": "1"},
    "DataRequirement": {"type": "Patient"},
    "Distance": {"value": 1, "unit": "m", "system": "http://unitsofmeasure.org", "code": "m"},
    "Dosage": {"text": WORDS},
    "Duration": _DAYS,
    "ElementDefinition": {"path": WORDS},
    "Expression": {"language": "text/fhirpath", "expression": "true"},
    "HumanName": {"family": "PAT-TROIS", "given": ["DOMINIQUE"]},
    "Identifier": {"system": "urn:oid:2.999.1", "value": "1"},
    "Meta": {"tag": [{"system": SYSTEM, "code": CODE}]},
    "Money": {"value": 1, "currency": "EUR"},
    "MoneyQuantity": {"value": 1, "system": "urn:iso:std:iso:4217", "code": "EUR"},
    "Narrative": {"status": "generated", "div": NARRATIVE},
    "ParameterDefinition": {"use": "in", "type": "string"},
    "Period": _PERIOD,
    "Quantity": _QUANTITY,
    "Range": {"low": _QUANTITY, "high": {**_QUANTITY, "value": 2}},
    "Ratio": {"numerator": _QUANTITY, "denominator": _DAYS},
    "RelatedArtifact": {"type": "documentation", "display": WORDS},
    "SampledData": {"origin": _QUANTITY, "period": 1, "dimensions": 1, "data": "1 2 3"},
    "Signature": {
        "type": [{"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1"}],
        "when": "2026-11-05T10:15:00+01:00",
        "who": {"display": WORDS},
    },
    "SimpleQuantity": _QUANTITY,
    "Timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
    "TriggerDefinition": {"type": "named-event", "name": CODE},
    "UsageContext": {"code": {"system": SYSTEM, "code": CODE}, "valueCodeableConcept": {"text": WORDS}},
}

# A code of each system that no package holds, right by its form.
KNOWN_CODES = {
    "http://loinc.org": "48767-8",
    "http://snomed.info/sct": "404684003",
    "http://unitsofmeasure.org": "mg",
    "urn:ietf:bcp:13": "text/plain",
    "urn:ietf:bcp:47": "fr",
    "urn:iso:std:iso:3166": "FR",
    "urn:iso:std:iso:4217": "EUR",
    "http://www.whocc.no/atc": "N02BE01",
    "https://mos.esante.gouv.fr/NOS/TRE_R13-CommuneOM/FHIR/TRE-R13-CommuneOM": "51215",  # where the test person was born
    "https://mos.esante.gouv.fr/NOS/TRE_R13-Commune/FHIR/TRE-R13-Commune": "51215",
}
