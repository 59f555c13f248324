"""People, organisations and codes of a CDA as FHIR: the resources contained in a submission set and in a DocumentReference."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from harness.exchange.pdsm.metadata import Author, Code, Id, Organisation, Patient, fhir_date_time, fhir_system

Resource = dict[str, Any]

FR_CORE = "https://hl7.fr/ig/fhir/core"
HL7_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
IDENTIFIER_TYPES = f"{FR_CORE}/CodeSystem/fr-core-cs-v2-0203"
_GENDERS = {"M": "male", "F": "female", "U": "unknown"}
_INS_TYPES = {"8": "INS-NIR", "9": "INS-NIA", "10": "INS-NIR-TEST", "11": "INS-NIR-DEMO"}
_PERSON_IDS, _PLACE_IDS = "1.2.250.1.71.4.2.1", "1.2.250.1.71.4.2.2"


def professional(author: Author, name: str, associations: Mapping[str, Any]) -> tuple[str, list[Resource]]:
    """Id of the contained resource that stands for the author, and all that has to be contained for it."""
    organisation = [organisation_resource(author.organisation, f"{name}-organization")] if author.organisation else []
    here = {"reference": f"#{name}-organization"} if organisation else None
    if author.device:
        return name, [*organisation, without_empty(_device(author, name, here))]
    person = without_empty(
        {
            "resourceType": "Practitioner",
            "id": f"{name}-practitioner",
            "identifier": [_identifier(author.id, "IDNPS" if author.id.root == _PERSON_IDS else "")] if author.id else [],
            "name": [
                {
                    "family": author.family,
                    "given": [given for given in author.given if given],
                    "prefix": [author.prefix] if author.prefix else [],
                    "suffix": [author.suffix] if author.suffix else [],
                }
            ],
        }
    )
    role = {
        "resourceType": "PractitionerRole",
        "id": name,
        "practitioner": {"reference": f"#{name}-practitioner"},
        "organization": here,
        **_profession(author.specialty, associations),
    }
    return name, [*organisation, person, without_empty(role)]


def patient_resource(patient: Patient) -> Resource:
    listed = {
        "url": f"{FR_CORE}/StructureDefinition/fr-core-patient-birth-list-given-name",
        "valueString": patient.birth_given_list,
    }
    insee = {
        "url": f"{FR_CORE}/StructureDefinition/fr-core-address-insee-code",
        "valueCoding": {
            "system": "https://mos.esante.gouv.fr/NOS/TRE_R13-CommuneOM/FHIR/TRE-R13-CommuneOM",
            "code": patient.birth_place,
        },
    }
    birth_place = {"url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace", "valueAddress": {"extension": [insee]}}
    official = {
        "extension": [listed] if patient.birth_given_list else [],
        "use": "official",
        "family": patient.birth_family,
        "given": [patient.birth_given] if patient.birth_given else [],
    }
    used = {"use": "usual", "family": patient.used_family, "given": [patient.used_given] if patient.used_given else []}
    return without_empty(
        {
            "resourceType": "Patient",
            "id": "patient",
            "extension": [birth_place] if patient.birth_place else [],
            "identifier": [_patient_identifier(id_, patient) for id_ in patient.ids if id_.extension],
            "name": [official, used if patient.used_family or patient.used_given else None],
            "gender": _GENDERS.get(patient.gender),
            "birthDate": patient.born and fhir_date_time(patient.born)[:10],
        }
    )


def organisation_resource(organisation: Organisation, name: str) -> Resource:
    identifier = organisation.id and _identifier(organisation.id, "IDNST" if organisation.id.root == _PLACE_IDS else "")
    return without_empty({"resourceType": "Organization", "id": name, "identifier": [identifier], "name": organisation.name})


def coding(code: Code | None, associations: Mapping[str, Any]) -> Resource | None:
    """A Coding. HL7 has English labels for its own codes, so that a French one is left out."""
    if code is None:
        return None
    system = fhir_system(code.system, associations)
    label = "" if system.startswith(HL7_TERMINOLOGY) else code.label
    return without_empty({"system": system, "code": code.code, "display": label})


def concept(code: Code | None, associations: Mapping[str, Any]) -> Resource | None:
    only = coding(code, associations)
    return only and {"coding": [only]}


def without_empty(resource: Mapping[str, Any]) -> Resource:
    """The same JSON without null, empty text, empty lists and empty objects, which FHIR forbids."""
    kept = {name: _kept(child) for name, child in resource.items()}
    return {name: child for name, child in kept.items() if child not in (None, "", [], {})}


def _kept(value: Any) -> Any:
    if isinstance(value, Mapping):
        return without_empty(value)
    if isinstance(value, list):
        return [child for child in map(_kept, value) if child not in (None, "", [], {})]
    return value


def _profession(code: Code | None, associations: Mapping[str, Any]) -> Resource:
    """Profession and ordinal specialty, which a CDA says in one code and a PractitionerRole in two elements."""
    apart = associations["professions"]
    said = re.fullmatch(apart["pattern"], code.code) if code and code.system == apart["system"] else None
    if said is None:
        return {"code": [concept(code, associations)]}
    codes = {name: Code(said[name], apart[name]) if said[name] else None for name in ("profession", "specialty")}
    return {
        "code": [concept(codes["profession"], associations)],
        "specialty": [concept(codes["specialty"], associations)],
    }


def _device(author: Author, name: str, organisation: Mapping[str, str] | None) -> Resource:
    return {
        "resourceType": "Device",
        "id": name,
        "identifier": [_identifier(author.id)] if author.id else [],
        "deviceName": [{"name": author.device, "type": "user-friendly-name"}],
        "owner": organisation,
    }


def _patient_identifier(id_: Id, patient: Patient) -> Resource:
    if id_ == patient.ins:
        return _identifier(id_, _INS_TYPES[id_.root.rpartition(".")[2]], use="official")
    return _identifier(id_)


def _identifier(id_: Id, type_: str = "", use: str = "") -> Resource:
    return without_empty(
        {
            "use": use,
            "type": {"coding": [{"system": IDENTIFIER_TYPES, "code": type_}]} if type_ else None,
            "system": f"urn:oid:{id_.root}",
            "value": id_.extension or f"urn:oid:{id_.root}",
        }
    )
