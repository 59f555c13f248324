"""The official summary, changed: what a careful reader would ask about is reported, what no text forbids is not."""

from __future__ import annotations

import pytest
from cda_examples import Examples

from cda_edits import Edit, after, all_of, drop, instead, into, lose, one, put, text

PATIENT = "c:recordTarget/c:patientRole"
PERSON = f"{PATIENT}/c:patient"
AUTHOR = "c:author/c:assignedAuthor"
RESULTS = "//c:section[c:templateId/@root='1.2.250.1.213.1.1.2.150']"
PROBLEM = "//c:section[c:templateId/@root='1.2.250.1.213.1.1.2.132']//c:observation"
LIFESTYLE = "//c:section[c:templateId/@root='1.2.250.1.213.1.1.2.141']//c:observation"
DRUG = "//c:section[c:templateId/@root='1.2.250.1.213.1.1.2.143']//c:substanceAdministration"
ACT = "c:documentationOf/c:serviceEvent"


def born(matricule: str, sex: str, day: str, place: str) -> Edit:
    return all_of(
        put(f"{PATIENT}/c:id[1]", "extension", matricule),
        put(f"{PATIENT}/c:telecom[3]", "value", f"mailto:{matricule}@patient.mssante.fr"),
        put(f"{PERSON}/c:administrativeGenderCode", "code", sex),
        put(f"{PERSON}/c:administrativeGenderCode", "displayName", {"F": "Féminin", "M": "Masculin"}[sex]),
        put(f"{PERSON}/c:birthTime", "value", day),
        text(f"{PERSON}/c:birthplace//c:county", place),
    )


def replacing(parent: str) -> Edit:
    return all_of(
        put("c:versionNumber", "value", "2"),
        after("c:documentationOf", f"<relatedDocument typeCode='RPLC'><parentDocument>{parent}</parentDocument></relatedDocument>"),
    )


PREVIOUS = "<id root='1.2.250.1.213.1.1.1.13.2022.1.0'/>"

MISTAKES: dict[str, Edit] = {
    "given names spread over two elements": after(f"{PERSON}/c:name/c:given[1]", "<given>MARIE</given>"),
    "two birth names": put(f"{PERSON}/c:name/c:family[2]", "qualifier", "BR"),
    "born a century too early": put(f"{PERSON}/c:birthTime", "value", "18790328"),
    "city of birth as a code": text(f"{PERSON}/c:birthplace//c:city", "51215"),
    "postal code of four digits": text(f"{PATIENT}/c:addr/c:postalCode", "7507"),
    "telephone of nine digits": put(f"{PATIENT}/c:telecom[1]", "value", "tel:014453455"),
    "professional with the FINESS of a structure": put(f"{AUTHOR}/c:id", "extension", "1120456789"),
    "validated years before it was written": put("c:legalAuthenticator/c:time", "value", "20100312111700+0100"),
    "replaces a document of another set": replacing(f"{PREVIOUS}<setId root='1.2.3.4'/>"),
    "replaces its own version": replacing(f"{PREVIOUS}<versionNumber value='2'/>"),
    "identified by its template": put("c:id", "root", "1.2.250.1.213.1.1.1.13"),
    "profession under the name of LOINC": put(f"{AUTHOR}/c:code", "codeSystemName", "LOINC"),
    "act before birth": put(f"{ACT}/c:effectiveTime/c:low", "value", "19500312111700+0100"),
    "act after the document": put(f"{ACT}/c:effectiveTime/c:low", "value", "20220312111700+0100"),
    "stay that ends before birth": put("c:componentOf//c:effectiveTime/c:high", "value", "19600312111700+0100"),
    "version that the volet does not have": put("c:templateId[3]", "extension", "2022"),
    "version not written": lose("c:templateId[3]", "extension"),
    "problem before birth": put(f"{PROBLEM}/c:effectiveTime/c:low", "value", "19500101"),
    "concern after the document": put("//c:act[@moodCode='EVN']/c:effectiveTime/c:low", "value", "20210101"),
    "procedure after the document": put("//c:procedure/c:effectiveTime", "value", "20210101"),
    "measure without unit": lose(f"{LIFESTYLE}/c:value[@unit]", "unit"),
    "dose of zero": put(f"{DRUG}/c:doseQuantity/c:low", "value", "0"),
    "negative period": put(f"{DRUG}/c:effectiveTime/c:period", "value", "-1"),
    "period in milligrams": put(f"{DRUG}/c:effectiveTime/c:period", "unit", "mg"),
    "CIP of eight digits": put(f"{DRUG}//c:translation", "code", "63564053"),
    "CIP under the system of CIS": put(f"{DRUG}//c:translation", "codeSystem", "1.2.250.1.213.2.3.1"),
    "code said to be unknown": put(f"{PROBLEM}/c:value", "nullFlavor", "UNK"),
    "narrative of spaces": instead(f"{RESULTS}/c:text", "<text> </text>"),
    "link that runs a script": into(f"{RESULTS}/c:text", "<linkHtml href='javascript:alert(1)'>x</linkHtml>"),
    "image that is not there": into(f"{RESULTS}/c:text", "<renderMultiMedia referencedObject='IMG1'/>"),
    "reference to a file": put(f"{PROBLEM}/c:text/c:reference", "value", "file:///c:/x.txt"),
    "diagnosis with the label of another": put(f"{PROBLEM}/c:value[@code='G45.9']", "displayName", "Angine de poitrine instable"),
    "section with the label of another": put("//c:section/c:code[@code='48765-2']", "displayName", "Traitements"),
    "section with a label of nothing": put("//c:section/c:code[@code='29762-2']", "displayName", "Groupe sanguin"),
    "confidential by its label only": put("c:confidentialityCode", "displayName", "Restreint"),
    "drug of another name": text(f"{DRUG}//c:manufacturedMaterial/c:name", "Coumadine"),
    "drug with the label of another": put(
        f"{DRUG}//c:manufacturedMaterial/c:code", "displayName", "COUMADINE 5mg, comprimé sécable"
    ),
    "author with the mailbox of the patient": put(f"{AUTHOR}/c:telecom", "value", "mailto:279035121518989@patient.mssante.fr"),
    "mailbox of a domain misspelt": put(f"{AUTHOR}/c:telecom", "value", "mailto:jean.test@chu-test.mssante.com"),
    "template of the volet misspelt": put("c:templateId[3]", "root", "1.2.250.1.213.1.1.1.113"),
    "status of a concern in French": put("//c:act/c:statusCode", "code", "terminé"),
    "city of no letter": text("c:custodian//c:addr/c:city", ""),
    "terminology by its name": put(f"{PROBLEM}/c:value", "codeSystem", "CIM-10"),
    "concern of the eighteenth century": put("//c:act[@moodCode='EVN']/c:effectiveTime/c:low", "value", "17990101"),
    "section at the top": lambda root: one(root, "//c:structuredBody").append(
        one(root, "//c:component[c:section/c:templateId/@root='1.2.250.1.213.1.1.2.132']")
    ),
}

FREE: dict[str, Edit] = {
    "no guardian": drop(f"{PERSON}/c:guardian"),
    "no name in use": all_of(drop(f"{PERSON}/c:name/c:family[2]"), drop(f"{PERSON}/c:name/c:given[3]")),
    "apostrophes": text(f"{PERSON}/c:name/c:family[1]", "D'ARTAGNAN DE L'HERAULT"),
    "first given name of two words": all_of(
        text(f"{PERSON}/c:name/c:given[1]", "ANNE MARIE LOUISE"), text(f"{PERSON}/c:name/c:given[2]", "ANNE MARIE")
    ),
    "born in Bastia": born("279032B03304585", "F", "19790328", "2B033"),
    "born overseas": born("279039741104595", "F", "19790328", "97411"),
    "born abroad": born("279039913204569", "F", "19790328", "99132"),
    "no INS": all_of(drop(f"{PATIENT}/c:id[1]"), drop(f"{PATIENT}/c:telecom[3]"), drop(f"{PERSON}/c:birthplace")),
    "social security number beside the INS": after(
        f"{PATIENT}/c:id[1]", "<id root='1.2.250.1.213.1.4.13' extension='279035121518989'/>"
    ),
    "address in lines": instead(f"{PATIENT}/c:addr", "<addr><streetAddressLine>28 AVENUE DE BRETEUIL</streetAddressLine></addr>"),
    "address abroad": instead(
        f"{PATIENT}/c:addr", "<addr><postalCode>SW1A 1AA</postalCode><city>LONDON</city><country>ROYAUME-UNI</country></addr>"
    ),
    "telephone with a country code": put(f"{PATIENT}/c:telecom[1]", "value", "tel:+33-1-44-53-45-51"),
    "telephone with an extension": put(f"{PATIENT}/c:telecom[1]", "value", "tel:0144534551;ext=12"),
    "short number": put(f"{PATIENT}/c:telecom[1]", "value", "tel:3646"),
    "validated the day after": put("c:legalAuthenticator/c:time", "value", "20200313111700+0100"),
    "another act documented": after(
        "c:documentationOf",
        "<documentationOf><serviceEvent><code code='DDAF004' codeSystem='1.2.250.1.215.300.1' displayName='Dilatation'/>"
        "</serviceEvent></documentationOf>",
    ),
    "replaces the previous version": replacing(f"{PREVIOUS}<versionNumber value='1'/>"),
    "template of one's own": after("c:templateId[3]", "<templateId root='1.2.3.4.5'/>"),
    "zone of Martinique": put("c:effectiveTime", "value", "20200312061700-0400"),
    "zone of the islands": put("c:effectiveTime", "value", "20200312214700+1130"),
    "diagnosis in the words of the ward": put(f"{PROBLEM}/c:value[@code='G45.9']", "displayName", "AIT"),
    "diagnosis in everyday words": put("//c:observation/c:value[@code='I21.1']", "displayName", "Crise cardiaque"),
    "label cut short": put(f"{PROBLEM}/c:value[@code='G45.9']", "displayName", "Accident ischémique cérébral"),
    "label in capitals": put("//c:procedure/c:code[@code='DDAF004']", "displayName", "DILATATION DE DEUX CORONAIRES AVEC STENT"),
    "drug named by its brand": text(f"{DRUG}//c:manufacturedMaterial/c:name", "Plavix"),
    "mailbox of the hospital": put(f"{AUTHOR}/c:telecom", "value", "mailto:secretariat.cardio@chu-test.mssante.fr"),
    "frequency by meals": instead(
        f"{DRUG}/c:effectiveTime[2]", "<effectiveTime xsi:type='EIVL_TS' operator='A'><event code='ACM'/></effectiveTime>"
    ),
    "section of one's own": into(
        "//c:structuredBody",
        "<component><section><code code='51848-0' codeSystem='2.16.840.1.113883.6.1' displayName='Évaluation'/>"
        "<title>Autre</title><text>Texte</text></section></component>",
    ),
    "family history left out": drop("//c:component[c:section/c:templateId/@root='1.2.250.1.213.1.1.2.139']"),
    "onset of a year": put(f"{PROBLEM}/c:effectiveTime/c:low", "value", "2019"),
}


@pytest.mark.official
@pytest.mark.parametrize("name", MISTAKES)
def test_what_a_careful_reader_would_ask_about_is_reported(examples: Examples, name: str) -> None:
    assert examples.more("VSM_1.4_2022.01", MISTAKES[name]), f"{name}: nothing that the clean example does not have"


@pytest.mark.official
@pytest.mark.parametrize("name", FREE)
def test_what_no_text_forbids_is_not_reported(examples: Examples, name: str) -> None:
    assert not examples.more("VSM_1.4_2022.01", FREE[name])
