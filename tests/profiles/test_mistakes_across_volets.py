"""Mistakes of a kind in the examples of several volets: each is told by the rule that is there for it, and told once."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

import pytest
from cda_examples import Examples
from lxml import etree

from cda_edits import Edit, all_of, drop, element, into, lose, one, put, text, twice

BODY = "//c:structuredBody"
PATIENT = "c:recordTarget/c:patientRole"
PREPARED = "c:author/c:assignedAuthor/c:representedOrganization"
SEX = f"{PATIENT}/c:patient/c:administrativeGenderCode"
BORN = f"{PATIENT}/c:patient/c:birthTime"
ANY_TITLE = "//c:section/c:title"
TREATED = "//c:section[c:code/@code='10160-0']"
PRESCRIBED = "c:participant[@typeCode='REF']/c:time"


def standing(root: etree._Element) -> None:
    """An order that holds until later."""
    high = one(root, f"{PRESCRIBED}/c:high")
    high.addprevious(etree.Element(high.tag.replace("high", "low"), value="20210101"))
    high.set("value", "20220101")


AUTHOR = "c:author/c:assignedAuthor/c:assignedPerson/c:name"
NAMED = "//c:manufacturedMaterial/c:name"
STRENGTH = "//p:ingredient/p:quantity/c:numerator"
CLASS = "//p:generalizedMedicineClass/p:code"
FORM = "//p:formCode[@code='10219000']"
ICD = "2.16.840.1.113883.6.3"
RANK = "//c:observation[c:code/@code='30973-2']"
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def all_in_family(root: Any) -> None:
    drop(f"{AUTHOR}/c:given")(root)
    text(f"{AUTHOR}/c:family", "Stéphane MEDIONI")(root)


def of_the_other_dose(root: Any) -> None:
    """The second dose cites the reaction to the first, in the same words."""
    for reference in root.xpath("//c:reference[@value='#tetanos2-reac']", namespaces={"c": "urn:hl7-org:v3"}):
        reference.set("value", "#tetanos1-reac")


MOTHER = "//c:relatedSubject[c:code/@code='MTH']/c:subject"
ADDENDUM = "//c:section[c:code/@code='55107-7']/c:author/c:time"
RECOMMENDED = "//c:substanceAdministration[c:templateId/@root='1.3.6.1.4.1.19376.1.5.3.1.4.12.2']"


def frequency_first(root: Any) -> None:
    period = one(root, f"{TREATED}//c:effectiveTime[1]")
    period.getparent().insert(period.getparent().index(period), one(root, f"{TREATED}//c:effectiveTime[2]"))


def none_known(value: str, code: str = "no-known-allergies") -> Edit:
    return all_of(put(value, "codeSystem", "2.16.840.1.113883.5.1150.1"), put(f"({value})[1]", "code", code))


CASES: list[tuple[str, str, Edit, str]] = [
    (
        "VSM_1.4_2022.01",
        "address in lines and parts",
        into(f"{PATIENT}/c:addr", "<streetAddressLine>28 avenue</streetAddressLine>"),
        "TYPE-ADDRESS-LINES",
    ),
    (
        "VSM_1.4_2022.01",
        "provider of the patient",
        into(PATIENT, "<providerOrganization><name>C</name></providerOrganization>"),
        "DOC-UNFORESEEN",
    ),
    ("VSM_1.4_2022.01", "care of whom", into(f"{PATIENT}/c:addr", "<careOf>Mme X</careOf>"), "DOC-UNFORESEEN"),
    ("VSM_1.4_2022.01", "structure without name", drop(f"{PREPARED}/c:name"), "ACTOR-STRUCTURE-NAMED"),
    (
        "VSM_1.4_2022.01",
        "custodian of no name",
        put("//c:representedCustodianOrganization/c:name", "nullFlavor", "UNK"),
        "TYPE-NULL",
    ),
    ("VSM_1.4_2022.01", "title read in another encoding", text(ANY_TITLE, "AntÃ©cÃ©dents"), "BODY-TEXT-05"),
    ("VSM_1.4_2022.01", "title with entities", text(ANY_TITLE, "Ant&eacute;c&eacute;dents"), "BODY-TEXT-05"),
    ("VSM_1.4_2022.01", "space before a template", put("//c:section/c:templateId", "root", " 1.2.250.1.213.1.1.2.29"), "CDA-FORM"),
    (
        "VSM_1.4_2022.01",
        "consultation of the future",
        put("//c:encompassingEncounter/c:effectiveTime/c:high", "value", "20300312"),
        "TIME-FUTURE-ACTOR",
    ),
    (
        "IPS-FR_2024.01",
        "doubtful said to be certain",
        put("//c:value[@code='unconfirmed']", "displayName", "Confirmé"),
        "CODE-LABEL",
    ),
    ("eP-MED-DM_2024.01_PosoStruct", "dosing after the treatment", put("//c:comp/c:low", "value", "20240301"), "BODY-DOSE-05"),
    ("eDISP-MED_2024.01", "expired", put("//p:expirationTime", "value", "20200101"), "BODY-EXPIRY-01"),
    (
        "eDISP-MED_2024.01",
        "author before the patient's birth",
        put("//c:section/c:author/c:time", "value", "19601201"),
        "TIME-ACTOR-BEFORE-BIRTH",
    ),
    (
        "BIO-CR-BIO_2024.01_TSH_2",
        "result of another kind",
        put("//c:observation[c:referenceRange]/c:value", "unit", "mmol/L"),
        "BODY-RANGE-03",
    ),
    ("eDISP-MED_2024.01", "software without a name", text("//c:softwareName", ""), "TYPE-EMPTY"),
    ("VSM_1.4_2022.01", "an INS without its matricule", lose(f"{PATIENT}/c:id[1]", "extension"), "INS-R02-ABSENT"),
    (
        "IMG_CR_IMG_2024.01",
        "accession number in no attribute",
        lose("//*[local-name()='accessionNumber']", "extension"),
        "header:inFulfillmentOf/order/accession-number-told.attributes",
    ),
    ("VAC_2023.01", "rank in words", put(f"{RANK}/c:value", f"{{{XSI}}}type", "ST"), "entry.immunization-rank:number.type"),
    ("VAC-NOTE_2023.01", "lot that is not known, in words", text("//c:lotNumberText", "N/A"), "BODY-LOT"),
    ("LDL-EES_2022.01", "agent under the name of another", text("//c:playingEntity/c:name", "Amoxicilline"), "BODY-SUBSTANCE"),
    (
        "eP-MED-DM_2024.01_PosoStruct",
        "ingredient under the name of another",
        text("//p:ingredient/p:ingredient/p:name", "Ibuprofène"),
        "BODY-SUBSTANCE",
    ),
    (
        "eP-MED-DM_2024.01_PosoStruct",
        "class of another medicine",
        all_of(put(CLASS, "code", "N05AL05"), put(CLASS, "displayName", "amisulpride")),
        "BODY-MEDICINE-CLASS",
    ),
    ("eP-MED-DM_2024.01_PosoStruct", "strength of another presentation", put(STRENGTH, "value", "1000"), "BODY-STRENGTH-01"),
    ("VAC-NOTE_2023.01", "vaccine under the name of another", text(NAMED, "VACCIN BCG SSI"), "BODY-MEDICINE-01"),
    ("IPS-FR_2024.01", "no known allergy, and its agent", none_known("//c:observation[c:participant]/c:value"), "BODY-NONE-KNOWN"),
    (
        "IPS-FR_2024.01",
        "no known problem beside others",
        none_known("//c:observation/c:value[@code='E06.3']", "no-known-problems"),
        "BODY-NONE-KNOWN",
    ),
    (
        "BIO-CR-BIO_2024.01_TSH_2",
        "results of another chapter",
        put("//c:entry/c:act/c:code[@code='18719-5']", "code", "18725-2"),
        "BIO-CHAPTER",
    ),
    (
        "SDM-MR_2024.01_nouveau-ne",
        "label written over a code that was copied",
        put("//c:value[@code='513']", "displayName", "Leucémie myéloïde chronique"),
        "BODY-CODE-11",
    ),
    ("TLM-CR_2022.01", "comma in a domain", put(f"{PATIENT}/c:telecom[3]", "value", "mailto:x@medecin.mssante,fr"), "TYPE-TELECOM"),
    ("VSM_1.4_2022.01", "nought after +33", put(f"{PATIENT}/c:telecom[1]", "value", "tel:+330144534551"), "TYPE-TELECOM"),
    (
        "BIO-CR-BIO_2021.01_Auto-Presentable_avec-image",
        "unit lost under another prefix",
        lambda root: one(root, "//c:value[@*[local-name() = 'type'] = 'c:PQ']").attrib.__delitem__("unit"),
        "BODY-VALUE-06",
    ),
    ("OBP-SNE_2024.01", "Apgar in days", put("//c:observation[c:code/@code='9272-6']/c:value", "unit", "d"), "BODY-UNIT-02"),
    (
        "CARD-F-PRC-DCI_2022.01",
        "impedance below nought",
        put("//c:observation[c:code/@code='L0015']/c:value", "value", "-70"),
        "BODY-POSSIBLE-01",
    ),
    (
        "CARD-F-PRC-DCI_2022.01",
        "impedance in volts",
        put("//c:observation[c:code/@code='L0015']/c:value", "unit", "V"),
        "BODY-UNIT-02",
    ),
    (
        "CANCER-FRCP_2022.01_Transversale",
        "tumour of five",
        put("//c:observation[c:code/@code='21905-5']/c:value", "code", "T5"),
        "BODY-TNM-01",
    ),
    (
        "CANCER-FRCP_2022.01_Transversale",
        "progression denied",
        put("//c:observation[c:code/@code='MED-245']/c:value", "value", "false"),
        "BODY-PROGRESSION-01",
    ),
    ("SDM-MR_2024.01_nouveau-ne", "gene without its prefix", put("//c:value[@code='HGNC:39983']", "code", "39983"), "BODY-CODE-05"),
    (
        "CSE-CS24_2025.01",
        "weight told otherwise",
        put("//c:observation[c:code/@code='8339-4' or c:code/@code='29463-7']/c:value", "value", "3123"),
        "BODY-TEXT-06",
    ),
    (
        "IMG_CR_IMG_2024.01",
        "study of a long identifier",
        put("//c:act[c:templateId/@root='1.2.840.10008.9.16']/c:id", "root", "1.2." + "1234567890." * 6 + "1"),
        "BODY-DICOM-01",
    ),
    (
        "eDISP-MED_2024.01",
        "prescribed after the dispensation",
        put("//c:supply//c:substanceAdministration/c:author/c:time", "value", "20240101093000+0100"),
        "BODY-PLAN-05",
    ),
    ("eDISP-MED_2024.01", "pack of less than nothing", put("//p:capacityQuantity", "value", "-16"), "BODY-DOSE-03"),
    ("CNAM-HR_2021.01", "act of no form", put("//c:code[@codeSystem='1.2.250.1.215.200.3.4']", "code", "BJQP02"), "BODY-CODE-05"),
    (
        "VAC_2023.01",
        "act after the document",
        put("//c:serviceEvent/c:effectiveTime/c:low", "value", "20260101"),
        "TIME-ACT-AFTER-DOCUMENT",
    ),
    ("OBP-SNE_2024.01", "pH of seventy", put("//c:value[@unit='[pH]']", "value", "70"), "BODY-POSSIBLE-09"),
    (
        "VAC_2023.01",
        "telephone of the body without scheme",
        put(f"{BODY}//c:telecom[@value]", "value", "0147150000"),
        "TYPE-TELECOM-SCHEME",
    ),
    ("VAC_2023.01", "telephone of the body cut", put(f"{BODY}//c:telecom", "value", "tel:014715000"), "TYPE-TELECOM"),
    (
        "IPS-FR_2024.01",
        "LOINC an arc off",
        put("//c:observation/c:code[@code='8302-2']", "codeSystem", "2.16.840.1.113883.6.11"),
        "CODE-SYSTEM-SLIP",
    ),
    (
        "VSM_1.4_2022.01",
        "ICD-10 under ICD-10-PCS",
        put("//c:value[@codeSystem='2.16.840.1.113883.6.3']", "codeSystem", "2.16.840.1.113883.6.4"),
        "BODY-CODE-05",
    ),
    (
        "CARD-F-PRC-AVK_2022.01",
        "interpretation under the methods",
        put("//c:interpretationCode", "codeSystem", "2.16.840.1.113883.5.84"),
        "BODY-INTERPRETATION-03",
    ),
    ("VSM_1.4_2022.01", "informant twice", twice("c:informant"), "TYPE-TWICE-PART"),
    ("VSM_1.4_2022.01", "entry twice", twice(f"{BODY}//c:entry"), "BODY-TWICE-02"),
    (
        "TLM-DA_2022.01_TCG",
        "RPPS an arc off",
        put(f"{BODY}//c:id[@root='1.2.250.1.71.4.2.1']", "root", "1.2.250.1.71.4.2.3"),
        "ACTOR-ROOT",
    ),
    ("VSM_1.4_2022.01", "performer without name", drop("c:documentationOf//c:assignedPerson/c:name"), "ACTOR-NAMED"),
    (
        "DLU-EHPAD-FLUDR_2022.01",
        "recipient without name",
        drop("c:informationRecipient//c:informationRecipient/c:name"),
        "ACTOR-NAMED",
    ),
    (
        "LDL-SES_2022.01",
        "encounter after the document",
        put("c:componentOf//c:effectiveTime/c:low", "value", "20250312"),
        "TIME-ENCOUNTER-AFTER-DOCUMENT",
    ),
    ("VSM_1.4_2022.01", "custodian in another encoding", text("c:custodian//c:name", "BelvÃ©dÃ¨re"), "TYPE-LEGIBLE"),
    ("LDL-SES_2022.01", "result in another encoding", text("//c:value[@xsi:type='ST']", "fiÃ¨vre"), "TYPE-LEGIBLE"),
    ("LDL-SES_2022.01", "a maximum of tablets by volume", put("//c:maxDoseQuantity/c:numerator", "unit", "mL"), "BODY-DOSE-12"),
    ("IPS-FR_2024.01", "prefix of Orphanet", put("//c:value[@code='658']", "code", "ORPHA:658"), "BODY-CODE-05"),
    ("BIO-CR-BIO_2024.01_TSH_2", "prescribed after the report", put(f"{PRESCRIBED}/c:high", "value", "20220101"), "BIO-PRESCRIBED"),
    (
        "VAC_2023.01",
        "the signer's mailbox is another's",
        put("c:legalAuthenticator//c:telecom[contains(@value, '@')]", "value", "mailto:279035121518989@patient.mssante.fr"),
        "INS-R08",
    ),
    (
        "LDL-SES_2022.01",
        "administered after the discharge",
        put(f"{BODY}//c:section[c:code/@code='18610-6']//c:high[@value='20191029']", "value", "20201029"),
        "LDL-STAY-05",
    ),
    (
        "LDL-EES_2022.01",
        "two points in a mailbox",
        put("c:participant//c:telecom[contains(@value, '@')]", "value", "mailto:c..boileau@mssante.fr"),
        "TYPE-TELECOM",
    ),
    (
        "LDL-EES_2022.01",
        "author said to be the attending physician that another is",
        into("c:author", "<functionCode code='PCP' displayName='Médecin traitant' codeSystem='2.16.840.1.113883.5.88'/>"),
        "ACTOR-ATTENDING-ONE",
    ),
    ("LDL-SES_2022.01", "rate above the maximum", put("//c:maxDoseQuantity/c:numerator", "value", "50"), "BODY-DOSE-09"),
    ("VSM_1.4_2022.01", "nought in brackets", put(f"{PATIENT}/c:telecom[1]", "value", "tel:+33(0)144534551"), "TYPE-TELECOM"),
    ("VSM_1.4_2022.01", "number of noughts", put(f"{PATIENT}/c:telecom[1]", "value", "tel:0000000000"), "TYPE-TELECOM"),
    ("VSM_1.4_2022.01", "postal code in the city", text(f"{PATIENT}/c:addr/c:city", "75007 PARIS"), "TYPE-CITY"),
    ("VSM_1.4_2022.01", "accents lost in a name", text("c:author//c:given", "St?phane"), "TYPE-LEGIBLE"),
    ("VSM_1.4_2022.01", "apostrophe of Windows", text(f"{BODY}//c:td", "à l\x92effort"), "BODY-TEXT-05"),
    (
        "VSM_1.4_2022.01",
        "row dated otherwise beside a dose",
        text(f"{TREATED}/c:text//c:tbody/c:tr[1]/c:td[1]", "11/08/2009"),
        "BODY-TEXT-12",
    ),
    ("VSM_1.4_2022.01", "negated and told", put(f"{BODY}//c:observation[@negationInd]", "negationInd", "true"), "BODY-NEGATED-05"),
    ("VSM_1.4_2022.01", "frequency first", frequency_first, "BODY-DOSE-10"),
    (
        "VSM_1.4_2022.01",
        "active problem over",
        into(f"{BODY}//c:observation/c:effectiveTime", "<high value='20191011'/>"),
        "BODY-ACTIVE-01",
    ),
    (
        "LDL-EES_2022.01",
        "status of another code in the row",
        text("//c:content[@ID='allergie-statut-001']", "Inactif"),
        "BODY-NAMED-01",
    ),
    ("VSM_1.4_2022.01", "translation of nothing", into(f"{BODY}//c:observation/c:value", "<translation/>"), "BODY-CODE-09"),
    (
        "VSM_1.4_2022.01",
        "template of a section on an author",
        into("c:author", "<templateId root='1.3.6.1.4.1.19376.1.5.3.1.3.6'/>"),
        "document.templates-misplaced",
    ),
    (
        "VSM_1.4_2022.01",
        "template of a document on an observation",
        into(f"{BODY}//c:observation", "<templateId root='1.2.250.1.213.1.1.1.8' extension='2022.01'/>"),
        "document.templates-misplaced",
    ),
    (
        "VSM_1.4_2022.01",
        "template of all documents on a section",
        into(f"{BODY}//c:section", "<templateId root='1.2.250.1.213.1.1.1.1'/>"),
        "document.templates-misplaced",
    ),
    ("VSM_1.4_2022.01", "class with a space", put("c:custodian/c:assignedCustodian", "classCode", "ASSIGNED "), "CDA-SPACES"),
    (
        "CANCER-FRCP_2022.01_Transversale",
        "act in words of nothing",
        text("c:documentationOf/c:serviceEvent/c:code/c:originalText", ""),
        "TYPE-EMPTY",
    ),
    (
        "CANCER-PPS_2022.01_Autopresentable",
        "type without prefix",
        put("//c:value[@xsi:type='c:BL']", "{http://www.w3.org/2001/XMLSchema-instance}type", "BL"),
        "CDA-TYPE",
    ),
    ("VSM_1.4_2022.01", "act with a space", put("//c:procedure/c:code", "code", "DDAF004 "), "CDA-SPACES"),
    ("IPS-FR_2024.01", "half a code of ICD-11", put("//c:value[@code='4A82']", "code", "4A8"), "BODY-CODE-05"),
    ("IPS-FR_2024.01", "extension of ICD-11 cut", put("//c:code[@code='XM5DJ7']", "code", "XM5DJ"), "BODY-CODE-05"),
    (
        "IPS-FR_2024.01",
        "function with a space",
        put("c:participant/c:functionCode[@code='PCP']", "displayName", "Médecin Traitant "),
        "ips-fr:function-label.attributes",
    ),
    (
        "IPS-FR_2024.01",
        "encounter of intention",
        put("//c:encounter[@moodCode='ARQ']", "moodCode", "INT"),
        "entry.encounter:mood.attributes",
    ),
    (
        "IPS-FR_2024.01",
        "comment on a recommended vaccine as a reference",
        put(f"{RECOMMENDED}/c:entryRelationship[c:act]", "typeCode", "REFR"),
        "entry.immunization-recommendation:comment.attributes",
    ),
    (
        "VSM_1.4_2022.01",
        "class with a no-break space",
        put("c:custodian/c:assignedCustodian", "classCode", "ASSIGNED\u00a0"),
        "CDA-FORM",
    ),
    (
        "CSE-CS24_2024.01",
        "used name unknown",
        put(f"{PATIENT}/c:patient/c:name/c:family[@qualifier='CL']", "nullFlavor", "UNK"),
        "header:recordTarget/patientRole/patient/name/family-known.null",
    ),
    (
        "CSE-CS24_2024.01",
        "qualifier of an unknown name",
        put(f"{PATIENT}/c:patient/c:name/c:family[@qualifier='CL']", "nullFlavor", "UNK"),
        "TYPE-NULL",
    ),
    (
        "ANEST-CR-ANEST_2022.01",
        "title of a section unknown",
        put("//c:section[c:code/@code='46264-8']/c:title", "nullFlavor", "UNK"),
        "anest-cr-anest.section.medical-devices:title.null",
    ),
    (
        "ANEST-CR-CPA_2022.01",
        "comment turned about",
        put(
            "//c:component[3]/c:section//c:observation/c:entryRelationship[c:act/c:templateId/@root='1.3.6.1.4.1.19376.1.5.3.1.4.2']",
            "inversionInd",
            "false",
        ),
        "entry.problem:comment.attributes",
    ),
    ("VSM_1.4_2022.01", "dose in lower-case litres", put(f"{BODY}//c:doseQuantity/c:low", "unit", "ml"), "BODY-UNIT-04"),
    ("VSM_1.4_2022.01", "dose by gauss", put(f"{BODY}//c:doseQuantity/c:low", "unit", "PG/L"), "BODY-UNIT-03"),
    ("VSM_1.4_2022.01", "city that does not apply", put(f"{PATIENT}/c:addr/c:city", "nullFlavor", "NA"), "TYPE-NULL"),
    ("VSM_1.4_2022.01", "dose in megagrams", put(f"{BODY}//c:doseQuantity/c:low", "unit", "MG"), "BODY-UNIT-03"),
    (
        "TLM-DA_2022.01_TCG",
        "weight denied",
        put("//c:observation[c:code/@code='29463-7']", "negationInd", "true"),
        "BODY-NEGATED-02",
    ),
    ("IPS-FR_2024.01", "city as a number", text(f"{BODY}//c:addr/c:city", "75005"), "TYPE-CITY"),
    ("VSM_1.4_2022.01", "section of an empty title", text(ANY_TITLE, " "), "BODY-VALUE-07"),
    ("IMG-DA-IMG_2024.01_TEP_Thorax", "pregnant man", put(SEX, "code", "M"), "BODY-SEX-01"),
    ("ANEST-CR-ANEST_2022.01", "caesarean of a man", put(SEX, "code", "M"), "BODY-SEX-01"),
    ("VSM_1.4_2022.01", "prostate of a woman", put("//c:observation/c:value[@code='G45.9']", "code", "C61"), "BODY-SEX-02"),
    ("OBP-SCM_2024.01", "mother of three years", put(BORN, "value", "20180328"), "BODY-AGE-02"),
    ("CSE-CS24_2025.01", "certificate of the mother", put(BORN, "value", "19790328"), "BODY-AGE-01"),
    ("OBP-SNE_2024.01", "newborn of 1979", put(BORN, "value", "19790328"), "BODY-AGE-01"),
    (
        "CSE-CS24_2025.01",
        "walk that is not",
        put("//c:observation[c:code/@code='MED-200']/c:value", "value", "false"),
        "BODY-NEGATED-04",
    ),
    (
        "BIO-CR-BIO_2024.01_TSH_2",
        "result in words",
        lambda root: one(root, "//c:observation[c:referenceRange]").replace(
            one(root, "//c:observation[c:referenceRange]/c:value"), element('<value xsi:type="ST">2,5 mUI/L</value>')
        ),
        "BODY-VALUE-13",
    ),
    (
        "IPS-FR_2024.01",
        "denied allergy with a reaction",
        put(
            "//c:observation[c:templateId/@root='1.3.6.1.4.1.19376.1.5.3.1.4.6'][c:entryRelationship/@typeCode='MFST']",
            "negationInd",
            "true",
        ),
        "BODY-NEGATED-03",
    ),
    (
        "IMG_CR_IMG_2024.01",
        "rays of a power plant",
        put("//c:observation[c:code/@code='113813']/c:value", "value", "99999999"),
        "BODY-POSSIBLE-01",
    ),
    (
        "ANEST-CR-ANEST_2022.01",
        "blood loss below nought",
        put("//c:observation[c:code/@code='GEN-167']/c:value", "value", "-20"),
        "BODY-POSSIBLE-01",
    ),
    (
        "CANCER-CR-GM_2022.01_AnalyseNonRealisee",
        "gene of another",
        put("//c:value[@code='AKT1']", "displayName", "EGFR"),
        "BODY-CODE-08",
    ),
    (
        "CANCER-D2LM-FIN_2022.01",
        "the other breast",
        put("//c:procedure[c:targetSiteCode/@displayName='sein droit']/c:code", "displayName", "Mammographie du sein gauche"),
        "BODY-LATERALITY",
    ),
    ("VSM_1.4_2022.01", "volet of two digits swapped", put("c:templateId[3]", "root", "1.2.250.1.213.1.1.1.31"), "document.volet"),
    ("VSM_1.4_2022.01", "participant of 2040", put("c:participant/c:time/c:low", "value", "20400101"), "TIME-FUTURE-ACTOR"),
    (
        "VSM_1.4_2022.01",
        "guardian under the patient's INS",
        lambda root: one(root, f"{PATIENT}/c:patient/c:guardian").insert(0, copy.deepcopy(one(root, f"{PATIENT}/c:id"))),
        "DOC-GUARDIAN-PATIENT",
    ),
    (
        "VSM_1.4_2022.01",
        "INS of test and of demonstration",
        lambda root: (twice(f"{PATIENT}/c:id")(root), put(f"{PATIENT}/c:id", "root", "1.2.250.1.213.1.4.11")(root))[0],
        "INS-R08-ROOTS",
    ),
    ("VSM_1.4_2022.01", "custodian undefined", text("c:custodian//c:name", "undefined"), "TYPE-LEGIBLE"),
    (
        "VSM_1.4_2022.01",
        "label of null",
        put(f"{BODY}//c:observation/c:value[@displayName]", "displayName", "null"),
        "BODY-CODE-01",
    ),
    ("VSM_1.4_2022.01", "title of a variable", text(ANY_TITLE, "${section.titre}"), "BODY-TEXT-05"),
    (
        "VSM_1.4_2022.01",
        "code of another thing",
        put(f"{BODY}//c:observation/c:value[@code]", "nullFlavor", "OTH"),
        "BODY-VALUE-08",
    ),
    (
        "VSM_1.4_2022.01",
        "no code of an unknown product",
        lambda root: (put("//c:manufacturedMaterial", "nullFlavor", "UNK")(root), drop("//c:manufacturedMaterial/c:code")(root))[0],
        "entry.product:material/code.card",
    ),
    (
        "BIO-CR-BIO_2024.01_TSH_2",
        "sampled after the end of the act",
        put("//c:participant[c:functionCode/@code='PRELV']/c:time/c:high", "value", "20990105"),
        "BIO-SAMPLING",
    ),
    (
        "BIO-CR-BIO_2024.01_Microbiologie_V2",
        "validated before the sampling",
        put("//c:participant[@typeCode='AUTHEN']/c:time/c:high", "value", "20240103"),
        "BIO-VALIDATED",
    ),
    (
        "BIO-CR-BIO_2024.01_Microbiologie_V2",
        "isolate of two names",
        put("//c:specimenPlayingEntity/c:code", "displayName", "Staphylococcus aureus"),
        "BIO-ISOLATE",
    ),
    (
        "BIO-CR-BIO_2024.01_TSH_2",
        "test repeated",
        twice("//c:entryRelationship[c:observation/c:code/@code='3024-7']"),
        "BIO-PASSAGE",
    ),
    ("IMG_CR_IMG_2024.01", "another study", put("//c:act[c:code/@code='113014']/c:id", "root", "2.999.1"), "IMG-STUDY-01"),
    (
        "IMG_CR_IMG_2024.01",
        "study of another year",
        put("//c:act[c:code/@code='113014']/c:effectiveTime", "value", "20200108"),
        "IMG-STUDY-02",
    ),
    (
        "IMG_CR_IMG_2024.01",
        "link to another study",
        put("//c:observation[@classCode='DGIMG']/c:text/c:reference", "value", "https://pacs.example/wado?studyUID=2.999.1"),
        "IMG-WADO",
    ),
    (
        "IMG_CR_IMG_2024.01",
        "activity in milligrams",
        put("//c:substanceAdministration[c:code/@code='440252007']/c:doseQuantity", "unit", "mg"),
        "IMG-ACTIVITY",
    ),
    (
        "BIO-TROD_2024.01_COVID-19",
        "expired device",
        put("//c:participant[@typeCode='DEV']//c:id", "extension", "(01)03612345678903(17)231231(10)B987654"),
        "TROD-EXPIRY",
    ),
    ("VAC_2023.01", "vaccine that is paracetamol", put("//c:translation[@code='J07AN']", "code", "N02BE01"), "BODY-VACCINE-01"),
    (
        "VAC_2023.01",
        "second dose before the first",
        put(
            "//c:substanceAdministration[c:entryRelationship/c:observation/c:value/@value='2']/c:effectiveTime", "value", "20080928"
        ),
        "BODY-VACCINE-03",
    ),
    ("VAC_2023.01", "done with a lot, to be done", put("//c:substanceAdministration", "moodCode", "INT"), "BODY-VACCINE-02"),
    ("VAC_2023.01", "injected by the mouth", put("//c:routeCode", "code", "20053000"), "BODY-ROUTE"),
    ("VAC_2023.01", "the other arm", put("//c:approachSiteCode", "displayName", "deltoïde droit"), "BODY-TEXT-17"),
    ("eP-MED-DM_2024.01_PosoStruct", "dose beyond the maximum", put("//c:doseQuantity/c:high", "value", "9"), "EP-MAXIMUM"),
    ("eP-MED-DM_2024.01_PosoStruct", "dosing of forty days", put("//c:comp/c:width", "value", "40"), "BODY-DOSE-08"),
    ("eP-MED-DM_2024.01_PosoStruct", "dosing of two months", put("//c:comp/c:width", "unit", "mo"), "BODY-DOSE-08"),
    ("eP-MED-DM_2024.01_PosoStruct", "tablet of a tenth", put(STRENGTH, "value", "50"), "BODY-STRENGTH-01"),
    ("eP-MED-DM_2024.01_PosoStruct", "tablet that is a suppository", put(FORM, "displayName", "Suppositoire"), "CODE-LABEL"),
    ("DLU-EHPAD-DLU_2022.01", "digits of a category swapped", put("//c:value[@code='I21']", "code", "I12"), "CODE-LABEL"),
    ("IPS-FR_2024.01", "CISP-2 under the OID of the ICD", put("//c:value[@code='T89']", "codeSystem", ICD), "BODY-CODE-04"),
    ("IMG_CR_IMG_2024.01", "millibecquerels", put("//c:doseQuantity[@unit='MBq']", "unit", "mBq"), "BODY-UNIT-03"),
    ("IMG_CR_IMG_2024.01", "gadolinium", put("//c:translation[@code='V08AB11']", "displayName", "Gadobutrol"), "CODE-LABEL"),
    ("CSE-CS8_2025.01", "mother born in 1998", put("//c:subject/c:birthTime", "value", "19980531"), "BODY-PATIENT-04"),
    ("CSE-CS8_2025.01", "mother born twice", put(f"({MOTHER}/c:birthTime)[2]", "value", "19890513"), "BODY-PATIENT-05"),
    ("CSE-CS8_2025.01", "mother named as her child", text(f"({MOTHER}/c:name/c:given)[2]", "Ruth"), "BODY-PATIENT-05"),
    ("CSE-CS8_2025.01", "pregnancies of the child", drop("//c:section[c:code/@code='10162-6']/c:subject"), "CSE-MOTHER"),
    ("eP-MED-DM_2024.01_PosoStruct", "a step a day early", put("//c:low[@value='20231203']", "value", "20231202"), "BODY-DOSE-13"),
    ("IMG_CR_IMG_2024.01", "an addendum before", put(ADDENDUM, "value", "20201210143000+0100"), "IMG-ADDENDUM"),
    ("VAC_2023.01", "the reaction of another dose", of_the_other_dose, "BODY-TEXT-31"),
    ("OBP-SNE_2024.01", "Apgar of another minute", text("//c:content[@ID='apgar1mn']", "APGAR à 5 min"), "BODY-SCORE-03"),
    (
        "ANEST-CR-ANEST_2022.01",
        "temperature in other figures",
        put("//c:value[@unit='Cel'][@value='34']", "value", "43"),
        "BODY-TEXT-06",
    ),
    ("VSM_1.4_2022.01", "cannabis called cocaine", put("//c:value[@code='398705004']", "displayName", "Cocaïne"), "CODE-LABEL"),
    ("eDISP-MED_2024.01", "another pack", put("//p:containerPackagedMedicine/p:code", "code", "3400936466425"), "DISP-PACK"),
    (
        "OBP-SNE_2024.01",
        "vacuum in a caesarean section",
        put("//c:procedure/c:code[@code='700000006']", "code", "11466000"),
        "OBP-CAESAREAN",
    ),
    (
        "OBP-SNE_2024.01",
        "another term than in the row",
        put("//c:observation[c:code/@code='11884-4']/c:value", "value", "39"),
        "BODY-TEXT-06",
    ),
    (
        "CANCER-FRCP_2022.01_Transversale",
        "prostate of a woman",
        put("//c:targetSiteCode[@code='C50.2']", "code", "C61"),
        "BODY-SEX-03",
    ),
    (
        "CANCER-FRCP_2022.01_Transversale",
        "metastasis labelled none",
        put("//c:observation[c:code/@code='21907-1']/c:value", "code", "M1"),
        "BODY-TNM-02",
    ),
    (
        "CANCER-FRCP_2022.01_Transversale",
        "two versions of TNM",
        put("//c:observation[c:code/@code='21905-5']/c:value", "codeSystemVersion", "8"),
        "BODY-TNM-03",
    ),
    (
        "IPS-FR_2024.01",
        "refuted and active",
        put("//c:observation[c:code/@code='66455-7']/c:value", "code", "refuted"),
        "BODY-STATUS-03",
    ),
    (
        "IPS-FR_2024.01",
        "active and over",
        into("//c:observation[c:value/@code='E06.3']/c:effectiveTime", "<high value='20240120'/>"),
        "BODY-STATUS-02",
    ),
    (
        "OBP-SNE_2024.01",
        "born at five weeks",
        put("//c:observation[c:code/@code='11884-4']/c:value", "unit", "d"),
        "BODY-POSSIBLE-11",
    ),
    (
        "CSE-CS8_2025.01",
        "analgesia of no set",
        put("//c:observation[c:code/@code='MED-168']/c:value", "code", "1"),
        "cse-cs8:analgesia/value.valueset",
    ),
    (
        "BIO-CR-BIO_2024.01_Microbiologie_V1",
        "specimen of no set",
        put("//c:playingEntity/c:code[@code='UR']", "code", "URINE"),
        "entry.specimen-collection:nature.valueset",
    ),
    (
        "CARD-F-PRC-AVK_2022.01",
        "no cardiologist",
        drop("c:participant[c:functionCode/@code='ATTPHYS']"),
        "card-f-prc:cardiologist.card",
    ),
    (
        "CARD-F-PRC-AVK_2022.01",
        "no attending physician",
        drop("c:participant[c:functionCode/@code='PCP']"),
        "card-f-prc:attending-physician.card",
    ),
    ("CSE-CS8_2025.01", "social element of no kind", drop("//c:observation/c:code[@code='11345-6']/c:qualifier"), "CSE-ELEMENT"),
    ("AVC-PAVC_2022.01", "concern before birth", put("//c:act/c:effectiveTime/c:low[@value]", "value", "19200101"), "BODY-FACT-02"),
    ("DOC_NON_STRUCTURE_CDA-R2-N1", "prescription typed as a report", text("c:title", "Ordonnance de sortie"), "N1-TITLE"),
    ("DOC_NON_STRUCTURE_CDA-R2-N1", "report typed as a prescription", put("c:code", "code", "57833-6"), "N1-TITLE"),
    ("CNAM-HR_2021.01", "named as another product", text("//c:manufacturedMaterial/c:name", "CRESTOR 5MG CPR9/10"), "CNAM-NAME"),
    ("SDM-MR_2024.01_nouveau-ne", "two sites", put("//c:playingEntity/c:code[@code='S001']", "code", "S002"), "BODY-SITE"),
    (
        "TLM-DA_2022.01_TCG",
        "food that is a medicine",
        put("//c:observation/c:code[@code='416098002']", "code", "414285001"),
        "BODY-ALLERGY",
    ),
    (
        "BIO-CR-BIO_2024.01_Glycémie mole",
        "performer after the document",
        put("//c:serviceEvent/c:performer/c:time/c:high", "value", "20990101"),
        "DOC-PERFORMER-TIME",
    ),
]


@pytest.mark.official
@pytest.mark.parametrize(("example", "mistake", "edit", "rule"), CASES, ids=[f"{e[:7]}-{m}" for e, m, _, _ in CASES])
def test_a_mistake_is_told_by_its_rule(examples: Examples, example: str, mistake: str, edit: Edit, rule: str) -> None:
    assert rule in examples.more(example, edit), mistake


@pytest.mark.official
def test_a_problem_that_entry_and_text_deny_is_let_pass(examples: Examples) -> None:
    def denied(root: Any) -> None:
        put(f"{BODY}//c:observation[@negationInd]", "negationInd", "true")(root)
        text("//c:content[@ID='pb-actif-01']", "Pas d'accident ischémique")(root)

    assert "BODY-NEGATED-05" not in examples.told("VSM_1.4_2022.01", denied)


@pytest.mark.official
@pytest.mark.parametrize(("unit", "told"), [("mg", {"BODY-DOSE-01": 1, "BODY-RANGE-02": 1}), ("1", {"BODY-RANGE-02": 1})])
def test_bounds_of_a_dose_that_can_be_compared_are_no_error(examples: Examples, unit: str, told: dict[str, int]) -> None:
    edited = put("//c:substanceAdministration/c:doseQuantity/c:low[@unit='{tablet}']", "unit", unit)
    assert examples.more("VSM_1.4_2022.01", edited) == told


@pytest.mark.official
@pytest.mark.parametrize(
    ("matricule", "mailbox", "told"),
    [
        ("279035121518988", "279035121518989", ["INS-R01"]),
        ("279035121518988", "279035121518987", ["INS-R01"]),
        ("2790351215189", "279035121518989", ["INS-R02"]),
        ("2790351215189 89", "279035121518989", ["INS-R02"]),
        ("279035121528989", "279035121518989", ["INS-R01"]),
        ("279035121518988", "277076322082910", ["INS-R01", "INS-R08"]),
        ("279035121518989", "279035121518988", ["INS-R08"]),
        ("279035121518989", "279035121528989", ["INS-R08"]),
    ],
)
def test_what_is_wrong_with_a_matricule_and_its_mailbox_is_told_once(
    examples: Examples, matricule: str, mailbox: str, told: list[str]
) -> None:
    def wrong(root: Any) -> None:
        put(f"{PATIENT}/c:id[1]", "extension", matricule)(root)
        put(f"{PATIENT}/c:telecom[3]", "value", f"mailto:{mailbox}@patient.mssante.fr")(root)

    assert examples.more("VSM_1.4_2022.01", wrong) == Counter(told)


@pytest.mark.official
@pytest.mark.parametrize(
    ("example", "edit", "rule"),
    [
        ("BIO-CR-BIO_2024.01_TSH_2", put(f"{PRESCRIBED}/c:high", "value", "20210401235900+0200"), "BIO-PRESCRIBED"),
        ("BIO-CR-BIO_2024.01_TSH_2", put(f"{PRESCRIBED}/c:high", "value", "20210401"), "BIO-PRESCRIBED"),
        ("BIO-CR-BIO_2024.01_TSH_2", put(f"{PRESCRIBED}/c:high", "value", "2021"), "BIO-PRESCRIBED"),
        ("BIO-CR-BIO_2024.01_TSH_2", drop(f"{PRESCRIBED}/c:high"), "BIO-PRESCRIBED"),
        ("BIO-CR-BIO_2024.01_TSH_2", standing, "BIO-PRESCRIBED"),
        ("IPS-FR_2024.01", put("//c:value[@code='658']", "code", "166024"), "BODY-CODE-05"),
        ("BIO-CR-BIO_2024.01_TSH_2", put("//c:entry/c:act/c:code[@code='18719-5']", "code", "18729-4"), "BIO-CHAPTER"),
        (
            "IPS-FR_2024.01",
            none_known("//c:observation[c:participant]/c:value", "no-known-medication-allergies"),
            "BODY-NONE-KNOWN",
        ),
        *(
            ("SDM-MR_2024.01_nouveau-ne", put("//c:value[@code='513']", "displayName", label), "BODY-CODE-11")
            for label in ("LAL", "Leucose", "Leucémie aiguë lymphoblastique")
        ),
        ("VSM_1.4_2022.01", text(f"{AUTHOR}/c:family", "MEDIONI-BLANC"), "ACTOR-PERSON-TWO-NAMES"),
        ("VSM_1.4_2022.01", drop(f"{AUTHOR}/c:given"), "ACTOR-PERSON-TWO-NAMES"),
        ("VSM_1.4_2022.01", text("c:custodian//c:name", "SOS 92"), "TYPE-ORGANISATION"),
        ("DLU-EHPAD-DLU_2022.01", put("//c:value[@code='I21']", "code", "I21.9"), "CODE-LABEL"),
        ("DLU-EHPAD-DLU_2022.01", put("//c:value[@code='I21']", "code", "I25.2"), "CODE-LABEL"),
        ("eP-MED-DM_2024.01_PosoStruct", put(STRENGTH, "value", "545"), "BODY-STRENGTH-01"),
        ("VAC-NOTE_2023.01", text("//c:lotNumberText", "NC4456"), "BODY-LOT"),
        ("LDL-EES_2022.01", text("//c:playingEntity/c:name", "DOLIPRANE"), "BODY-SUBSTANCE"),
        ("eP-MED-DM_2024.01_PosoStruct", text(NAMED, "PARACETAMOL 50 mg/ml, solution"), "BODY-STRENGTH-01"),
        ("eP-MED-DM_2024.01_PosoStruct", put(FORM, "displayName", "Comprimé sécable"), "CODE-LABEL"),
        *(("VAC-NOTE_2023.01", text(NAMED, name), "BODY-MEDICINE-01") for name in ("Vaccin", "Vaccin contre le tétanos")),
        ("CSE-CS8_2025.01", put("//c:subject/c:birthTime", "value", "1989"), "BODY-PATIENT-04"),
        ("CSE-CS8_2025.01", put(f"({MOTHER}/c:birthTime)[2]", "value", "1989"), "BODY-PATIENT-05"),
        ("CSE-CS8_2025.01", text(f"({MOTHER}/c:name/c:given)[2]", "MARIE-JEANNE"), "BODY-PATIENT-05"),
        *(
            ("eP-MED-DM_2024.01_PosoStruct", text("//c:content[@ID='med-001-frequence-2']", words), "BODY-DOSE-13")
            for words in ("2 fois/j dès le lever", "3 fois/j à partir du 01/12/2023 puis 2 fois/j à partir du 03/12/2023")
        ),
        ("IMG_CR_IMG_2024.01", put(ADDENDUM, "value", "20210107233000+0000"), "IMG-ADDENDUM"),
        *(
            ("VAC_2023.01", all_of(of_the_other_dose, text("//c:content[@ID='tetanos2-reac']", words)), "BODY-TEXT-31")
            for words in ("idem", "-", "″")
        ),
        ("VAC_2023.01", all_of(of_the_other_dose, lose("//c:content[@ID='tetanos2-reac']", "ID")), "BODY-TEXT-31"),
        *(
            ("OBP-SNE_2024.01", text("//c:content[@ID='apgar1mn']", words), "BODY-SCORE-03")
            for words in ("APGAR à 1 minute", "Apgar : 10 à 1 min", "Apgar 10/10/10", "10")
        ),
        ("LDL-SES_2022.01", put("//c:maxDoseQuantity/c:numerator", "unit", "{tablet}"), "BODY-DOSE-12"),
        ("LDL-SES_2022.01", text("//c:manufacturedMaterial/c:name", "SOLIAN 100 mg/mL, solution buvable"), "BODY-DOSE-12"),
        (
            "VAC_2023.01",
            put("c:legalAuthenticator//c:telecom[contains(@value, '@')]", "value", "mailto:m.decourcy@exemple.fr"),
            "INS-R08",
        ),
        ("VAC_2023.01", drop("c:legalAuthenticator//c:telecom[contains(@value, '@')]"), "INS-R08"),
    ],
)
def test_what_is_near_a_mistake_is_let_pass(examples: Examples, example: str, edit: Edit, rule: str) -> None:
    assert rule not in examples.told(example, edit)


@pytest.mark.official
def test_given_name_in_the_family_name_is_told_by_every_role_that_has_it_apart(
    examples: Examples,
) -> None:
    assert examples.told("VSM_1.4_2022.01", all_in_family)["ACTOR-PERSON-TWO-NAMES"] == 5


@pytest.mark.official
@pytest.mark.parametrize(
    ("city", "county", "told"),
    [
        ("PARIS", "51215", True),
        ("PARIS 13", "75113", False),
        ("BOULOGNE-BILLANCOURT", "75012", False),
        ("ARGENTEUIL", "78018", False),
        ("AJACCIO", "2A004", False),
        ("LYON 3E", "69383", False),
        ("LYON", "75056", True),
    ],
)
def test_birthplace_has_the_code_of_its_commune(examples: Examples, city: str, county: str, told: bool) -> None:
    def born(root: Any) -> None:
        text("//c:birthplace//c:city", city)(root)
        text("//c:birthplace//c:county", county)(root)

    assert examples.told("VSM_1.4_2022.01", born)["TYPE-CITY-BIRTHPLACE"] == told
