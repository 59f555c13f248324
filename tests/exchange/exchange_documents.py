"""A CDA of one header, written by hand, and the association tables: what the tests of exchange send."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.library.reading import read

INS = "279035121518989"
PATIENT = f"urn:oid:1.2.250.1.213.1.4.10|{INS}"
UNIQUE_ID = "2.25.171"
SYNTHESIS = ("SYNTH", "1.2.250.1.213.1.1.4.12", "1.2.250.1.213.1.1.1.13")

_PERSON = """<assignedPerson><name><prefix>MME</prefix><given>Awa</given><family>MEDECIN</family><suffix>DR</suffix></name>
</assignedPerson>
<representedOrganization><id root="1.2.250.1.71.4.2.2" extension="1750000001"/><name>Clinique du Test</name>
<standardIndustryClassCode code="ETABLISSEMENT" codeSystem="1.2.250.1.213.1.1.4.9" displayName="Établissement de santé"/>
</representedOrganization>"""

_CDA = """<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
<realmCode code="FR"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<templateId root="2.16.840.1.113883.2.8.2.1"/><templateId root="1.2.250.1.213.1.1.1.1"/><templateId root="{template}"/>
<id root="{unique_id}"/>
<code code="{type}" codeSystem="{system}" displayName="Synthèse"/>
<title>Synthèse de {unique_id}</title>
<effectiveTime value="20260115103000+0100"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25" displayName="Normal"/>
<languageCode code="fr-FR"/><setId root="{unique_id}.1"/><versionNumber value="1"/>
<recordTarget><patientRole>
<id root="{ins_root}" extension="{ins}"/><id root="1.2.3.4.5" extension="IPP-1"/>
<patient><name><family qualifier="BR">PAT-TROIS</family><given>DOMINIQUE MARIE-LOUISE</given>
<given qualifier="BR">DOMINIQUE</given>
<family qualifier="CL">PAT</family></name>
<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19790328"/>
<birthplace><place><addr><county>51215</county></addr></place></birthplace></patient></patientRole></recordTarget>
<author><time value="20260115103000+0100"/><assignedAuthor><id root="1.2.250.1.71.4.2.1" extension="810100000001"/>
<code code="G15_10/SM26" codeSystem="1.2.250.1.213.1.1.4.5" displayName="Médecine générale"/>{person}</assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><id root="1.2.250.1.71.4.2.2" extension="1750000001"/>
<name>Clinique du Test</name></representedCustodianOrganization></assignedCustodian></custodian>
<legalAuthenticator><time value="20260115103000+0100"/><signatureCode code="S"/><assignedEntity>
<id root="1.2.250.1.71.4.2.1" extension="810100000001"/>{person}</assignedEntity></legalAuthenticator>
<documentationOf><serviceEvent><code code="34117-2" codeSystem="2.16.840.1.113883.6.1"/>
<effectiveTime><low value="20260115"/></effectiveTime>
<performer typeCode="PRF"><assignedEntity><id root="1.2.250.1.71.4.2.1" extension="810100000001"/>{person}
</assignedEntity></performer>
</serviceEvent></documentationOf>
<componentOf><encompassingEncounter><code code="AMB" codeSystem="2.16.840.1.113883.5.4"/>
<effectiveTime><low value="20260115"/></effectiveTime>
<location><healthCareFacility><code code="SA07" codeSystem="1.2.250.1.71.4.2.4" displayName="Cabinet individuel"/>
</healthCareFacility></location></encompassingEncounter></componentOf>
<component><structuredBody/></component>
</ClinicalDocument>
"""


def cda(
    unique_id: str = UNIQUE_ID,
    *,
    kind: tuple[str, str, str] = SYNTHESIS,
    ins: str = INS,
    ins_root: str = "1.2.250.1.213.1.4.10",
) -> bytes:
    """kind: code and system of the type, root of the document template."""
    code, system, template = kind
    return _CDA.format(
        unique_id=unique_id, type=code, system=system, template=template, ins=ins, ins_root=ins_root, person=_PERSON
    ).encode()


class Tables:
    """As much of the library as a client asks for."""

    def data(self, relative: str) -> Any:
        file = Path(__file__).resolve().parents[2] / relative
        return read(file.read_bytes(), relative)


ASSOCIATIONS: Any = Tables().data("profiles/pdsm/associations.yaml")
