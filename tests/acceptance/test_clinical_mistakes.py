"""Mistakes of people who care and of those who code for them, made in official examples of a dozen volets: each must be seen."""

from __future__ import annotations

import pytest
from cda_examples import Examples
from lxml import etree

from cda_edits import NS, Edit, all_of, drop, lose, one, put, text, twice

TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
LATER = "20990101"
PATIENT = "c:recordTarget/c:patientRole"


def section(code: str) -> str:
    return f"//c:section[c:code/@code='{code}']"


def found(code: str) -> str:
    """The observation of this code."""
    return f"//c:observation[c:code/@code='{code}']"


def valued(code: str) -> str:
    """The observation whose value is this code."""
    return f"//c:observation[c:value/@code='{code}']"


def led(path: str, start: str) -> Edit:
    """Other characters at the head of an attachment: it is no longer what it says to be."""
    return lambda root: setattr(one(root, path), "text", start + one(root, path).text.strip()[:4000])


def cut(path: str) -> Edit:
    """An attachment whose last characters were lost."""
    return lambda root: setattr(one(root, path), "text", one(root, path).text.strip()[:-3])


def two(code: str) -> Edit:
    return twice(f"//c:component[c:section/c:code/@code='{code}']")


PDF = "//c:observationMedia/c:value[@mediaType='application/pdf']"
DRUG = f"{section('57828-6')}/c:entry[1]/c:substanceAdministration"
MATERIAL = f"{DRUG}/c:consumable//c:manufacturedMaterial"
DOSING = f"{DRUG}/c:entryRelationship/c:substanceAdministration"
DEVICE = f"{section('46264-8')}//c:supply"

PRESCRIPTION: dict[str, Edit] = {
    "treatment identified by no UUID": put(f"{DRUG}/c:id", "root", "AADC9C14-F1CA-4177-B2C8-A5178D5B7LK8"),
    "device of no nomenclature": put(f"{DEVICE}//c:playingDevice/c:code", "code", "LIT"),
    "greatest dose per French day": put(f"{DRUG}/c:maxDoseQuantity/c:denominator", "unit", "jour"),
    "two numbers of renewals": twice(f"{DRUG}/c:repeatNumber"),
    "accident at work told as words": put(f"{found('GEN-180')}/c:value", TYPE, "ST"),
    "dose in a unit that is not UCUM": put(f"{DOSING}/c:doseQuantity/c:low", "unit", "comprimé"),
    "dose in letters": put(f"{DOSING}/c:doseQuantity/c:low", "value", "un"),
    "dose with a decimal comma": put(f"{DOSING}/c:doseQuantity/c:low", "value", "0,5"),
    "dose from more to less": put(f"{DOSING}/c:doseQuantity/c:low", "value", "3"),
    "rate per French day": put(f"{DOSING}/c:rateQuantity/c:low", "unit", "mg/jour"),
    "rate without unit": lose(f"{DOSING}/c:rateQuantity/c:low", "unit"),
    "dose that is negative": put(f"{DOSING}/c:doseQuantity/c:low", "value", "-1"),
    "period in hours of France": put(f"{DOSING}//c:period", "unit", "heures"),
    "period without unit": lose(f"{DOSING}//c:period", "unit"),
    "no duration of treatment": drop(f"{DRUG}/c:effectiveTime"),
    "treatment that ends before it begins": put(f"{DRUG}/c:effectiveTime/c:high", "value", "20231130"),
    "treatment that begins in month 13": put(f"{DRUG}/c:effectiveTime/c:low", "value", "20231301"),
    "renewals below zero": put(f"{DRUG}/c:repeatNumber", "value", "-1"),
    "renewals in letters": put(f"{DRUG}/c:repeatNumber", "value", "trois"),
    "renewals not told": drop(f"{DRUG}/c:repeatNumber"),
    "CIS of seven digits": put(f"{MATERIAL}/c:code", "code", "6310775"),
    "CIS with a letter": put(f"{MATERIAL}/c:code", "code", "6310775O"),
    "CIP with a wrong key": put(f"{MATERIAL}/c:code/c:translation[2]", "code", "3400933516391"),
    "ATC cut": put(f"{MATERIAL}//p:generalizedMedicineClass/p:code", "code", "N02BE1"),
    "ATC declared as CIS": put(f"{MATERIAL}//p:generalizedMedicineClass/p:code", "codeSystem", "1.2.250.1.213.2.3.1"),
    "drug without its code system": lose(f"{MATERIAL}/c:code", "codeSystem"),
    "drug without name": drop(f"{MATERIAL}/c:name"),
    "strength without unit": lose(f"{MATERIAL}/p:ingredient/p:quantity//*[@unit]", "unit"),
    "strength in a unit that is not UCUM": put(f"{MATERIAL}/p:ingredient/p:quantity//*[@unit]", "unit", "milligrammes"),
    "route unknown": put(f"{DRUG}/c:routeCode", "code", "20059999"),
    "label of another route": put(f"{DRUG}/c:routeCode", "displayName", "Voie cutanée"),
    "route of another system": put(f"{DRUG}/c:routeCode", "codeSystem", "2.16.840.1.113883.5.112"),
    "substitution unknown": put(f"{DRUG}//c:act[c:code/@codeSystem='2.16.840.1.113883.5.1070']/c:code", "code", "NS"),
    "long-term illness told yes": put(f"{found('MED-574')}/c:value", "value", "oui"),
    "prescription told as an event": put(DRUG, "moodCode", "EVN"),
    "quantity to dispense below zero": put(f"{DRUG}//c:supply/c:quantity", "value", "-2"),
    "device used for days of France": put(f"{DEVICE}/c:expectedUseTime/c:width", "unit", "jours"),
    "loan of a device ends before it begins": put(f"{DEVICE}/c:effectiveTime/c:high", "value", "20231101"),
    "device without code system": lose(f"{DEVICE}//c:playingDevice/c:code", "codeSystem"),
    "LPP of eight digits": put(f"{DEVICE}//c:playingDevice/c:code/c:translation", "code", "12157021"),
    "barcode cut": cut("//c:observationMedia/c:value"),
    "prescriber without identifier": drop("c:author/c:assignedAuthor/c:id"),
    "prescriber without profession": drop("c:author/c:assignedAuthor/c:code"),
    "two sections of prescriptions": two("57828-6"),
    "drug that nothing tells in words": drop(f"{section('57828-6')}/c:text"),
    "instructions that lead nowhere": put(f"{DRUG}//c:act/c:text/c:reference", "value", "#med-099"),
}

SHOT = f"{section('11369-6')}/c:entry[2]/c:substanceAdministration"
VACCINE = f"{SHOT}/c:consumable//c:manufacturedMaterial"

VACCINATION: dict[str, Edit] = {
    "shot without lot": drop(f"{VACCINE}/c:lotNumberText"),
    "shot by nobody": drop(f"{SHOT}/c:performer"),
    "shot not given, of a lot": put(SHOT, "negationInd", "true"),
    "vaccinator of an unknown profession": put(f"{SHOT}/c:performer//c:assignedEntity/c:code", "code", "G15_99"),
    "vaccinator without name": drop(f"{SHOT}/c:performer//c:assignedPerson/c:name"),
    "reaction in the future": put(f"{SHOT}//c:observation/c:effectiveTime/c:low", "value", LATER),
    "shot of nothing": drop(f"{SHOT}/c:consumable"),
    "lot empty": text(f"{VACCINE}/c:lotNumberText", ""),
    "rank in words": all_of(
        put(f"{SHOT}//c:observation[c:code/@code='30973-2']/c:value", TYPE, "ST"),
        text(f"{SHOT}//c:observation[c:code/@code='30973-2']/c:value", "première"),
    ),
    "rank not a whole number": put(f"{SHOT}//c:observation[c:code/@code='30973-2']/c:value", "value", "1.5"),
    "rank below one": put(f"{SHOT}//c:observation[c:code/@code='30973-2']/c:value", "value", "-1"),
    "shot before birth": put(f"{SHOT}/c:effectiveTime", "value", "18990928"),
    "shot in the future": put(f"{SHOT}/c:effectiveTime", "value", LATER),
    "shot on 31 February": put(f"{SHOT}/c:effectiveTime", "value", "20090231"),
    "no date of shot": drop(f"{SHOT}/c:effectiveTime"),
    "vaccine by a CIS of nine digits": put(f"{VACCINE}/c:code", "code", "687475071"),
    "ATC of lower case": put(f"{VACCINE}/c:code/c:translation[1]", "code", "j07am"),
    "CIP of a vaccine with a wrong key": put(f"{VACCINE}/c:code/c:translation[2]", "code", "3400932857242"),
    "vaccine without name": drop(f"{VACCINE}/c:name"),
    "vaccinator's RPPS with a wrong key": put(f"{SHOT}/c:performer/c:assignedEntity/c:id", "extension", "801234567890"),
    "site with a wrong check digit": put(f"{SHOT}/c:approachSiteCode", "code", "16217701000119103"),
    "site with another's label": put(f"{SHOT}/c:approachSiteCode", "displayName", "fesse droite"),
    "route of injection unknown": put(f"{SHOT}/c:routeCode", "code", "IM"),
    "negation in French": put(SHOT, "negationInd", "faux"),
    "negation not told": lose(SHOT, "negationInd"),
    "shot not completed": put(f"{SHOT}/c:statusCode", "code", "active"),
    "series unknown": put(f"{SHOT}/c:code", "code", "RAPPEL"),
    "two histories of shots": two("11369-6"),
    "history without words": drop(f"{section('11369-6')}/c:text"),
    "reaction coded in nothing known": put(f"{SHOT}//c:observation/c:value[@code='R50.2']", "code", "R502"),
    "vaccination that tells of nothing": put(f"{SHOT}/c:text/c:reference", "value", "#tetanos9"),
}

GLUCOSE = found("40193-5")
BIOLOGY: dict[str, Edit] = {
    "range of two units": put(f"{GLUCOSE}//c:observationRange/c:value/c:low", "unit", "g/L"),
    "result final in the words of FHIR": put(f"{GLUCOSE}/c:statusCode", "code", "final"),
    "copy of a type that does not exist": put(PDF, "mediaType", "image/pdf"),
    "LOINC told under TA_ASIP, by name too": all_of(
        put(f"{GLUCOSE}/c:code", "codeSystem", "1.2.250.1.213.1.1.4.322"),
        put(f"{GLUCOSE}/c:code", "codeSystemName", "TA_ASIP"),
    ),
    "result of another patient": lambda root: one(root, "//c:section/c:entry/c:act").insert(
        0, etree.Element(f"{{{NS['c']}}}id", root="1.2.250.1.213.1.4.10", extension="277076322082910")
    ),
    "nobody who signs": drop("c:legalAuthenticator"),
    "service that ends before it begins": put("c:documentationOf/c:serviceEvent/c:effectiveTime/c:low", "value", "20300101"),
    "LOINC with a wrong check digit": put(f"{GLUCOSE}/c:code", "code", "40193-6"),
    "LOINC told under SNOMED": put(f"{GLUCOSE}/c:code", "codeSystem", "2.16.840.1.113883.6.96"),
    "result without unit": lose(f"{GLUCOSE}/c:value", "unit"),
    "result in a unit that is not UCUM": put(f"{GLUCOSE}/c:value", "unit", "mmole/L"),
    "result with a decimal comma": put(f"{GLUCOSE}/c:value", "value", "4,89"),
    "result in words under a quantity": put(f"{GLUCOSE}/c:value", "value", "négatif"),
    "result of an unknown type": put(f"{GLUCOSE}/c:value", TYPE, "NUM"),
    "interpretation unknown": put(f"{GLUCOSE}/c:interpretationCode", "code", "NORMAL"),
    "interpretation with another's label": put(f"{GLUCOSE}/c:interpretationCode", "displayName", "Haut"),
    "range whose low is above its high": put(f"{GLUCOSE}//c:observationRange/c:value/c:low", "value", "6.1"),
    "range that is no interval": put(f"{GLUCOSE}//c:observationRange/c:value", TYPE, "PQ"),
    "result in the future": put(f"{GLUCOSE}/c:effectiveTime", "value", "20990402145521+0200"),
    "result with no status": drop(f"{GLUCOSE}/c:statusCode"),
    "chapter unknown": put("//c:section/c:code[@code='18719-5']", "code", "18719-7"),
    "copy cut": cut(PDF),
    "copy that is no PDF": led(PDF, "UEsDBBQABgAI"),
    "copy with a stray character": led(PDF, "*"),
    "results without words": drop("//c:section[c:code/@code='18719-5']/c:text"),
}

ISOLATE = "//c:organizer[c:specimen//c:code/@code='112283007']"
MICROBIOLOGY: dict[str, Edit] = {
    "comment told as an order": put("//c:act[c:code/@code='48767-8']", "moodCode", "RQO"),
    "germ with a wrong check digit": put(f"{ISOLATE}/c:specimen//c:code", "code", "112283006"),
    "isolate without specimen": drop(f"{ISOLATE}/c:specimen"),
    "sample taken after it was received": put("//c:procedure/c:effectiveTime/c:high", "value", "202401050735+0100"),
    "count in a unit that is not UCUM": put(f"{found('51480-2')}/c:value", "unit", "UFC/mL"),
    "method unknown": put(f"{found('30405-5')}/c:methodCode", "code", "CYTO"),
}

TROUBLE = f"{section('11450-4')}//c:act/c:entryRelationship/c:observation"
RESIDENT: dict[str, Edit] = {
    "guardian's telephone without scheme": put("c:recordTarget//c:guardian/c:telecom", "value", "0147150000"),
    "postal code of four digits": text("c:recordTarget//c:addr/c:postalCode", "7500"),
    "status of a concern in French": put(f"{section('11450-4')}//c:act/c:statusCode", "code", "ouvert"),
    "two sections of wills": two("42348-3"),
    "ICD-10 without its dot": put(f"{TROUBLE}/c:value", "code", "J410"),
    "ICD-10 under SNOMED": put(f"{TROUBLE}/c:value", "codeSystem", "2.16.840.1.113883.6.96"),
    "trouble that begins in the future": put(f"{TROUBLE}/c:effectiveTime/c:low", "value", LATER),
    "trouble before birth": put(f"{TROUBLE}/c:effectiveTime/c:low", "value", "18500327"),
    "trouble neither here nor absent": put(TROUBLE, "negationInd", "oui"),
    "trouble without value": drop(f"{TROUBLE}/c:value"),
    "concern closed before it began": put(f"{section('48765-2')}//c:observation/c:effectiveTime/c:high", "value", "20190101"),
    "treatment ended before its beginning": put(
        f"{section('10160-0')}//c:substanceAdministration/c:effectiveTime/c:high", "value", "20200202"
    ),
    "dose of a tablet in French": put(f"{section('10160-0')}//c:doseQuantity/c:low", "unit", "cp"),
    "dose of 4 to 2": put(f"{section('10160-0')}//c:doseQuantity/c:low", "value", "8"),
    "two lists of troubles": two("11450-4"),
    "will told as a word": put(f"{section('42348-3')}//c:observation/c:value", "value", "OUI"),
    "palliative care with a wrong check digit": put("//c:procedure/c:code[@code='103735009']", "code", "103735008"),
    "orientation of another label": put(f"{found('247663003')}/c:code", "displayName", "désorienté(e)"),
    "orientation coded under LOINC": put(f"{found('247663003')}/c:code", "codeSystem", "2.16.840.1.113883.6.1"),
    "card that is no PDF": led("//c:observationMedia[@ID='doc-1']/c:value", "iVBORw0KGgoA"),
    "attached document of an unknown kind": put("//c:value[@code='DLU_006']", "code", "DLU_999"),
    "picture pointed at that is not there": put("//c:observationMedia[@ID='doc-1']", "ID", "doc-9"),
    "mailbox of another resident": put(
        f"{PATIENT}/c:telecom[contains(@value, 'mssante')]", "value", "mailto:277076322082910@patient.mssante.fr"
    ),
}

SUMMARY: dict[str, Edit] = {
    "volet misspelt": put("c:templateId[last()]", "root", "1.2.250.1.213.1.1.1.519"),
    "no section of allergies": drop("//c:component[c:section/c:code/@code='48765-2']"),
    "status of a trouble mislabelled": put(f"{found('33999-4')}/c:value", "displayName", "Résolu"),
    "past act told as a plan": put("//c:procedure[c:code/@code='DDAF004']", "moodCode", "INT"),
    "severity unknown": put("//c:observation[c:code/@code='SEV']/c:value", "code", "GRAVE"),
    "severity with another's label": put("//c:observation[c:code/@code='SEV']/c:value", "displayName", "mortel"),
    "status of a trouble unknown": put(f"{found('33999-4')}/c:value", "code", "actif"),
    "certainty unknown": put(f"{found('66455-7')}/c:value", "code", "certain"),
    "past illness ended before its beginning": put(f"{valued('N10')}/c:effectiveTime/c:high", "value", "20170125"),
    "past illness without date": drop(f"{valued('N10')}/c:effectiveTime"),
    "CCAM of six characters": put("//c:procedure/c:code[@code='DDAF004']", "code", "DDAF04"),
    "act in the future": put("//c:procedure[c:code/@code='DDAF004']/c:effectiveTime", "value", LATER),
    "artery with a wrong check digit": put("//c:targetSiteCode[@code='41801008']", "code", "41801009"),
    "kind of allergy unknown": put(f"{section('48765-2')}//c:observation/c:code", "code", "416098999"),
    "criticality unknown": put(f"{found('82606-5')}/c:value", "code", "faible"),
    "criticality told as a word": put(f"{found('82606-5')}/c:value", TYPE, "ST"),
    "patient of the other sex": put(f"{PATIENT}/c:patient/c:administrativeGenderCode", "code", "M"),
    "INS with a wrong key": put(f"{PATIENT}/c:id[1]", "extension", "279035121518990"),
    "trouble that leads to no words": put(f"{valued('E06.3')}/c:text/c:reference", "value", "#nulle-part"),
    "trouble under ICD-9": put(f"{valued('E06.3')}/c:value", "codeSystem", "2.16.840.1.113883.6.103"),
}

BORN = section("8716-3")
CHILD: dict[str, Edit] = {
    "weight in kilograms told in grams": put(f"{BORN}{found('29463-7')}/c:value", "value", "3.9"),
    "head in millimetres told in centimetres": put(f"{BORN}{found('8287-5')}/c:value", "value", "350"),
    "hearing result unknown": put("//c:value[@code='MED-179']", "code", "MED-999"),
    "Apgar of eleven": put(f"{found('9272-6')}/c:value", "value", "11"),
    "Apgar below zero": put(f"{found('9274-2')}/c:value", "value", "-1"),
    "Apgar of seven and a half": put(f"{found('9271-8')}/c:value", "value", "7.5"),
    "Apgar told in points": put(f"{found('9272-6')}/c:value", "unit", "points"),
    "child of 39 kilograms": put(f"{BORN}{found('29463-7')}/c:value", "value", "39000"),
    "weight in French grams": put(f"{BORN}{found('29463-7')}/c:value", "unit", "grammes"),
    "weight without unit": lose(f"{BORN}{found('29463-7')}/c:value", "unit"),
    "weight measured in centimetres": put(f"{BORN}{found('29463-7')}/c:value", "unit", "cm"),
    "size that is negative": put(f"{BORN}{found('8302-2')}/c:value", "value", "-52"),
    "head told under a wrong check digit": put(f"{BORN}{found('8287-5')}/c:code", "code", "8287-4"),
    "gestation of 380 weeks": put(f"{found('11885-1')}/c:value", "value", "380"),
    "gestation in words": all_of(put(f"{found('11885-1')}/c:value", TYPE, "ST"), text(f"{found('11885-1')}/c:value", "38 SA")),
    "pregnancies below zero": put(f"{found('11996-6')}/c:value", "value", "-1"),
    "more births than pregnancies": put(f"{found('11977-6')}/c:value", "value", "7"),
    "presentation unknown": put(f"{found('MED-1248')}/c:value", "code", "70028000"),
    "yes where a boolean is": put(f"{found('GEN-078')}/c:value", "value", "oui"),
    "mother's alcohol below zero": put(f"{found('74013-4')}/c:value", "value", "-2"),
    "trouble of the newborn without code": drop(f"{valued('P22.9')}/c:value"),
    "transfer that ends before it begins": put(f"{section('42545-4')}//c:act/c:effectiveTime/c:high", "value", "20210502"),
    "no measures at birth": drop("//c:component[c:section/c:code/@code='8716-3']"),
    "father of an unknown kin": put("//c:relatedSubject/c:code[@code='FTH']", "code", "PERE"),
    "mother born after her child": put("//c:relatedSubject//c:birthTime", "value", "20240531"),
}

DELIVERY: dict[str, Edit] = {
    "Apgar of twelve": put(f"{found('9272-6')}/c:value", "value", "12"),
    "gestation of 360 weeks": put(f"{found('11884-4')}/c:value", "value", "360"),
    "gestation without unit": lose(f"{found('11884-4')}/c:value", "unit"),
    "gestation in SA": put(f"{found('11884-4')}/c:value", "unit", "SA"),
    "rank of birth that is no number": put(f"{found('73771-8')}/c:value", "value", "premier"),
    "weight of nought": put(f"{BORN}{found('29463-7')}/c:value", "value", "0"),
    "way of birth with a wrong check digit": put("//c:procedure/c:code[@code='700000006']", "code", "700000007"),
    "colour of the waters unknown": put(f"{found('38386-9')}/c:value", "code", "408781000"),
    "absent malformation told neither way": put(valued("Q30.0"), "negationInd", "absent"),
    "birth not told": drop("//c:component[c:section/c:code/@code='57074-7']"),
    "child alive told in French": put(f"{found('73757-7')}/c:value", "value", "vrai"),
}

STROKE: dict[str, Edit] = {
    "stroke coded without dot": put(f"{valued('I63.9')}/c:value", "code", "I639"),
    "stroke neither here nor absent": put(valued("I63.9"), "negationInd", "1/0"),
    "paralysis with a wrong check digit": put("//c:value[@code='44695005']", "code", "44695006"),
    "recurrence told in French": put(f"{found('MED-325')}/c:value", "value", "oui"),
    "recurrence told as words": put(f"{found('MED-325')}/c:value", TYPE, "CD"),
    "autonomy of a wrong check digit": put(f"{found('45590-7')}/c:code", "code", "45590-8"),
    "concern that ends before it begins": put(f"{section('11450-4')}//c:act/c:effectiveTime/c:high", "value", "2017"),
    "opinion of an unknown specialty": put(f"{found('MED-012')}/c:value", "code", "G15_10/SM99"),
    "plan of care already done": put(f"{section('18776-5')}/c:entry[1]/c:observation", "moodCode", "FAIT"),
}

IMPLANT = f"{section('46264-8')}/c:entry[1]/c:supply"
HEART: dict[str, Edit] = {
    "ejection fraction above the whole": put(f"{found('L0010')}/c:value", "value", "330"),
    "ejection fraction without unit": lose(f"{found('L0010')}/c:value", "unit"),
    "voltage in French": put(f"{found('L0014')}/c:value", "unit", "volts"),
    "NYHA of another code": put(f"{found('L0009')}/c:value", "code", "420913001"),
    "NYHA of another label": put(f"{found('L0009')}/c:value", "displayName", "classe I de la New York Heart Association"),
    "last visit written the French way": put(f"{found('85734-2')}/c:value", "value", "12/08/2009"),
    "implanted in the future": put(f"{IMPLANT}/c:effectiveTime/c:low", "value", LATER),
    "implant without device": drop(f"{IMPLANT}/c:participant"),
    "device of another nomenclature": put(f"{IMPLANT}//c:playingDevice/c:code", "codeSystem", "2.16.840.1.113883.6.96"),
    "site with a wrong check digit": put(f"{IMPLANT}{found('39111-0')}/c:value", "code", "263887006"),
    "CCAM in lower case": put("//c:procedure/c:code[@code='DELF013']", "code", "delf013"),
    "act without date": drop("//c:procedure[c:code/@code='DELF013']/c:effectiveTime"),
    "remote follow-up told in French": put(f"{found('L0007')}/c:value", "value", "non"),
}

DISCHARGE: dict[str, Edit] = {
    "discharged before being admitted": put(f"{found('ORG-074')}/c:effectiveTime", "value", "20180101"),
    "summary of the stay empty": text(f"{found('MED-142')}/c:value", ""),
    "kind of allergy mislabelled": put(f"{section('48765-2')}//c:observation/c:code", "displayName", "allergie alimentaire"),
    "visit planned in the past": put("//c:encounter/c:effectiveTime", "value", "20101205"),
    "stay that ends before it begins": put("c:componentOf//c:effectiveTime/c:high", "value", "20191001133000+0100"),
    "state of the document unknown": put("//c:value[@code='385651009']", "code", "385651000"),
    "germs told in French": put(f"{found('MED-309')}/c:value", "value", "oui"),
    "treatment ended before it began": put(
        f"{section('10183-2')}//c:substanceAdministration/c:effectiveTime/c:high", "value", "20191102"
    ),
    "treatment without drug": drop(f"{section('10183-2')}//c:consumable"),
    "treatment of a CIS of seven digits": put("//c:code[@code='62552920']", "code", "6255292"),
    "dose per day in French": put(f"{section('10183-2')}//c:rateQuantity/c:low", "unit", "mg/jour"),
    "way in unknown": put(f"{found('ORG-070')}/c:value", "code", "107724001"),
    "way out mislabelled": put(f"{found('ORG-074')}/c:value", "displayName", "Domicile"),
    "reason for the stay not told": drop("//c:component[c:section/c:code/@code='42349-1']"),
    "visit of another kind": put("//c:encounter/c:code[@code='AMB']", "code", "AMBU"),
    "CCAM of eight characters": put("//c:procedure/c:code[@code='ECQH010']", "code", "ECQH0100"),
}

REQUEST: dict[str, Edit] = {
    "mass index in a unit that is not UCUM": put(f"{found('39156-5')}/c:value", "unit", "kg/m²"),
    "weight in capital units": put(f"{found('29463-7')}/c:value", "unit", "Kg"),
    "height without value": lose(f"{found('8302-2')}/c:value", "value"),
    "vital sign with a wrong check digit": put(f"{found('29463-7')}/c:code", "code", "29463-8"),
    "mass index that the weight belies": put(f"{found('39156-5')}/c:value", "value", "39"),
    "substance of a cut ATC": put("//c:playingEntity/c:code[@code='J01DE01']", "code", "J01DE1"),
    "illness of an unknown kin": put("//c:relatedSubject/c:code[@code='MTH']", "code", "MERE"),
    "treatment that stopped before it began": put(
        f"{section('10160-0')}//c:substanceAdministration/c:effectiveTime/c:high", "value", "20190401"
    ),
}

SCAN = "//c:procedure[c:methodCode]"
IMAGING: dict[str, Edit] = {
    "no modality": drop(f"{SCAN}/c:methodCode"),
    "modality unknown": put(f"{SCAN}/c:methodCode", "code", "SCANNER"),
    "modality of another label": put(f"{SCAN}/c:methodCode", "displayName", "Échographie"),
    "no site": drop(f"{SCAN}/c:targetSiteCode"),
    "site of a wrong check digit": put(f"{SCAN}/c:targetSiteCode", "code", "302548005"),
    "act with a wrong check digit": put(f"{SCAN}/c:code", "code", "24727-1"),
    "CCAM of a letter too much": put(f"{SCAN}/c:code/c:translation", "code", "ACQHH04"),
    "scan in the future": put(f"{SCAN}/c:effectiveTime", "value", "20990108111700"),
    "dose of rays without unit": lose(f"{found('113813')}/c:value", "unit"),
    "dose of rays that is negative": put(f"{found('113813')}/c:value", "value", "-1140.26"),
    "contrast in French": put("//c:substanceAdministration/c:doseQuantity/c:low", "unit", "millilitres"),
    "CIP of contrast with a wrong key": put("//c:translation[@code='3400936915657']", "code", "3400936915658"),
    "image of an unknown class": put(
        "//c:observation/c:code[@code='1.2.840.10008.5.1.4.1.1.2']", "code", "1.2.840.10008.5.1.4.1.1.X"
    ),
    "no accession number": drop("c:inFulfillmentOf/c:order/*[local-name()='accessionNumber']"),
    "pregnant told under LOINC": put("//c:value[@code='77386006']", "codeSystem", "2.16.840.1.113883.6.1"),
    "exposure without who allowed it": drop("//c:procedure[c:code/@code='121290']/c:participant"),
}

GENES: dict[str, Edit] = {
    "share above the whole": put(f"{found('GEN-167')}/c:value", "value", "150"),
    "no conclusion": drop("//c:component[c:section/c:code/@code='22637-3']"),
    "tissue without specimen": drop("//c:procedure[c:code/@code='33882-2']/c:specimen"),
    "sample received before it was taken": put("//c:act[c:code/@code='SPRECEIVE']/c:effectiveTime", "value", "20180110"),
    "no date of reception": drop("//c:act[c:code/@code='SPRECEIVE']/c:effectiveTime"),
    "histology of another label": put(f"{found('33731-1')}/c:value", "displayName", "LYMPHOME"),
    "share in French": put(f"{found('GEN-167')}/c:value", "unit", "pourcent"),
    "organ unknown": put(f"{found('20506-2')}/c:value", "code", "BRONCHE"),
}

NOTE: dict[str, Edit] = {
    "no lot": drop("//c:lotNumberText"),
    "date with its hour": put("//c:substanceAdministration/c:effectiveTime", "value", "20230101103000+0100"),
}

SWAB: dict[str, Edit] = {
    "swab with a wrong check digit": put(f"{found('94558-4')}/c:code", "code", "94558-5"),
    "swab with another's answer": put(f"{found('94558-4')}/c:value", "displayName", "positif"),
    "answer with a wrong check digit": put(f"{found('94558-4')}/c:value", "code", "260385008"),
    "swab without kit": drop("//c:act/c:participant[@typeCode='DEV']"),
    "swab tomorrow": put(f"{found('94558-4')}/c:effectiveTime", "value", "20990106113623+0100"),
}

VISIT: dict[str, Edit] = {
    "Mallampati unknown": put(f"{found('MED-638')}/c:value", "code", "MED-999"),
    "Mallampati mislabelled": put(f"{found('MED-638')}/c:value", "displayName", "Classe 4"),
    "saturation above the whole": put(f"{found('20564-1')}/c:value", "value", "950"),
    "pressures swapped": put(f"{found('8480-6')}/c:value", "value", "60"),
    "pressure in mmHg": put(f"{found('8480-6')}/c:value", "unit", "mmHg"),
    "pulse in beats": put(f"{found('8867-4')}/c:value", "unit", "bpm"),
    "pulse below zero": put(f"{found('8867-4')}/c:value", "value", "-60"),
    "hypertension neither here nor absent": put(valued("I10"), "negationInd", "non"),
}

RARE: dict[str, Edit] = {
    "disease of no Orphanet number": put("//c:value[@code='513']", "code", "ORPHA513"),
    "creation written the French way": put(f"{found('GEN-164')}/c:value", "value", "28/02/2024"),
    "update before creation": put(f"{found('GEN-165')}/c:value", "value", "20230101160000"),
    "gestation of 370 weeks": put(f"{found('11884-4')}/c:value", "value", "370"),
    "weight of nought": put(f"{found('29463-7')}/c:value", "value", "0"),
    "kind of case mislabelled": put(f"{found('MED-073')}/c:value", "displayName", "familial"),
}

TODDLER: dict[str, Edit] = {
    "children at home below zero": put("//c:observation[c:code//c:value/@code='85722-7']/c:value", "value", "-2"),
    "milk in French weeks": put("//c:value[@unit='wk']", "unit", "semaines"),
    "mass index that the weight belies": put(f"{found('39156-5')}/c:value", "value", "24.4"),
    "screens mislabelled": put("//c:value[@code='GEN-311']", "displayName", "Toujours"),
}

BLOOD: dict[str, Edit] = {
    "INR below nought": put(f"{found('3289-6')}/c:value", "value", "-2.5"),
    "INR with the label of another": put(f"{found('3289-6')}/c:code", "displayName", "Hémoglobine"),
    "INR interpreted in words": put(f"{found('3289-6')}/c:interpretationCode", "code", "NORMAL"),
    "anticoagulant of another name": text("//c:manufacturedMaterial[c:code/@code='63245753']/c:name", "PLAVIX 75 mg"),
    "agent with the label of another": put("//c:playingEntity/c:code[@code='J01MA01']", "displayName", "gliclazide"),
    "indication with the label of another": put(f"{valued('G45.9')}/c:value", "displayName", "Angine de poitrine instable"),
    "INR with a decimal comma": put(f"{found('3289-6')}/c:value", "value", "2,5"),
    "INR with a wrong check digit": put(f"{found('3289-6')}/c:code", "code", "3289-5"),
    "target from high to low": put("//c:value/c:low[@value='2.5']", "value", "4.5"),
    "reason that names nothing": put("//c:act/c:code[@code='G45.9']", "code", "I48.9"),
    "dose from more to less": put("//c:doseQuantity/c:low", "value", "9"),
}

DISPENSED: dict[str, Edit] = {
    "substitution unknown": put("//c:act/c:code[@code='G']", "code", "ZZ"),
    "quantity below zero": put("//c:supply/c:quantity", "value", "-2"),
    "nothing dispensed": drop("//c:supply/c:product"),
    "line of no prescription": drop("//c:substanceAdministration[c:code/@code='PREItem']"),
}

ALLERGY = section("48765-2")
ADMISSION: dict[str, Edit] = {
    "treatment until before it began": put(f"{section('42346-7')}//c:effectiveTime/c:low", "value", LATER),
    "treatment with the CIS of another": put(f"{section('42346-7')}//c:manufacturedMaterial/c:code", "code", "62552920"),
    "treatment with the label of another": put(
        f"{section('42346-7')}//c:manufacturedMaterial/c:code", "displayName", "LEPONEX 100 mg, comprimé sécable"
    ),
    "treatment of another name": text(f"{section('42346-7')}//c:manufacturedMaterial/c:name", "Leponex 100 mg"),
    "treatment by a CIP in the place of the CIS": put(
        f"{section('42346-7')}//c:manufacturedMaterial/c:code", "code", "3400934874741"
    ),
    "frequency in French": put(f"{section('42346-7')}//c:period", "unit", "x/jour"),
    "illness with the label of another": put(f"{valued('N10')}/c:value", "displayName", "Reflux gastroœsophagien"),
    "illness in small letters": put(f"{valued('N10')}/c:value", "code", "n10"),
    "act with the label of another": put("//c:procedure/c:code[@code='DDAF004']", "displayName", "Intubation trachéale"),
    "severity of one level, label of another": put(f"{valued('6736007')}/c:value", "code", "24484000"),
    "reaction that is a cause": put(f"{ALLERGY}//c:entryRelationship[@typeCode='MFST']", "typeCode", "CAUS"),
    "agent without code": drop(f"{ALLERGY}//c:playingEntity/c:code"),
    "agent that is no product": put(f"{ALLERGY}//c:participantRole", "classCode", "ROL"),
    "reason for the stay not told": drop("//c:component[c:section/c:code/@code='42349-1']"),
}

MEETING: dict[str, Edit] = {
    "comment told as an order": put("//c:act[c:code/@code='48767-8']", "moodCode", "RQO"),
    "kind of meeting unknown": put(f"{valued('ORG-132')}/c:value", "code", "ORG-999"),
    "recourse told in French": put(f"{found('ORG-184')}/c:value", "value", "oui"),
    "recourse not told": lose(f"{found('ORG-184')}/c:value", "value"),
    "question with the label of another": put(f"{found('ORG-185')}/c:code", "displayName", "RCP de recours"),
    "morphology without its slash": put(f"{valued('8000/3')}/c:value", "code", "80003"),
    "organ without its dot": put("//c:targetSiteCode[@code='C50.2']", "code", "C502"),
    "depression of 40 on 30": put(f"{found('48544-1')}/c:value", "value", "40"),
    "phase with the label of another": put(f"{valued('MED-244')}/c:value", "displayName", "Quorum atteint"),
    "phase unknown": put(f"{valued('MED-244')}/c:value", "code", "RECHUTE"),
    "treatment that ended before it began": put("//c:procedure[c:code/@code='MED-227']/c:effectiveTime/c:low", "value", "20190301"),
    "treatment planned, told as done": put("//c:procedure[c:code/@code='C15313']", "moodCode", "EVN"),
    "treatment with the label of another": put("//c:procedure/c:code[@code='C15313']", "displayName", "Chirurgie"),
    "file told complete in words": put(f"{found('GEN-100')}/c:value", "value", "complet"),
    "document in progress, told approved": put(f"{valued('385651009')}/c:value", "displayName", "approuvé"),
    "no diagnosis": drop("//c:component[c:section/c:code/@code='72135-7']"),
    "no proposal": drop("//c:component[c:section/c:code/@code='21874-3']"),
}

PREGNANT: dict[str, Edit] = {
    "age in French months": put(f"{found('PAT-014')}/c:value", "unit", "mois"),
    "age below nought": put(f"{found('PAT-014')}/c:value", "value", "-5"),
    "age of four centuries": put(f"{found('PAT-014')}/c:value", "value", "5000"),
    "age question with the label of another": put(f"{found('PAT-062')}/c:code", "displayName", "Age au diagnostic génétique"),
    "no fetus": put(f"{found('55281-0')}/c:value", "value", "0"),
    "kin unknown": put("//c:relatedSubject/c:code[@code='PCOUSN']", "code", "COUSIN"),
    "consent in capital letters": put(f"{found('PAT-012')}/c:value", "value", "OUI"),
    "created after the document": put(f"{found('GEN-164')}/c:value", "value", "20990101"),
    "objective of another label": put(f"{valued('ORG-047')}/c:value", "displayName", "Diagnostic"),
    "no file": drop("//c:component[c:section/c:code/@code='GEN-168']"),
}

IMAGING_REQUEST: dict[str, Edit] = {
    "modality of another label": put("//c:observation/c:code[@code='PT']", "displayName", "Scanner"),
    "request told as done": put("//c:observation[c:code/@code='PT']", "moodCode", "EVN"),
    "telephone told in French": put(f"{found('GEN-297')}/c:value", "value", "oui"),
    "section with the label of another": put(f"{section('55115-0')}/c:code", "displayName", "Historique médical"),
    "history that is still to come": put(f"{found('11348-0')}", "moodCode", "INT"),
    "no request": drop("//c:component[c:section/c:code/@code='18776-5']"),
}

VOLETS: dict[str, dict[str, Edit]] = {
    "ANEST-CR-CPA_2022.01": VISIT,
    "SDM-MR_2024.01_nouveau-ne": RARE,
    "CSE-CS24_2025.01": TODDLER,
    "CARD-F-PRC-AVK_2022.01": BLOOD,
    "eDISP-MED_2024.01": DISPENSED,
    "eP-MED-DM_2024.01_PosoStruct": PRESCRIPTION,
    "VAC_2023.01": VACCINATION,
    "BIO-CR-BIO_2024.01_Glycémie mole": BIOLOGY,
    "BIO-CR-BIO_2024.01_Microbiologie_V2": MICROBIOLOGY,
    "DLU-EHPAD-DLU_2022.01": RESIDENT,
    "IPS-FR_2024.01": SUMMARY,
    "CSE-CS8_2025.01": CHILD,
    "OBP-SNE_2024.01": DELIVERY,
    "AVC-PAVC_2022.01": STROKE,
    "CARD-F-PRC-DCI_2022.01": HEART,
    "LDL-SES_2022.01": DISCHARGE,
    "TLM-DA_2022.01_TCG": REQUEST,
    "IMG_CR_IMG_2024.01": IMAGING,
    "CANCER-CR-GM_2022.01_AnalyseNonRealisee": GENES,
    "BIO-TROD_2024.01_COVID-19": SWAB,
    "VAC-NOTE_2023.01": NOTE,
    "LDL-EES_2022.01": ADMISSION,
    "CANCER-FRCP_2022.01_Transversale": MEETING,
    "SDM-MR_2024.01_patiente-enceinte": PREGNANT,
    "IMG-DA-IMG_2024.01_TEP_Thorax": IMAGING_REQUEST,
}


@pytest.mark.official
@pytest.mark.parametrize(("volet", "name"), [(volet, name) for volet, mistakes in VOLETS.items() for name in mistakes])
def test_a_mistake_is_reported(examples: Examples, volet: str, name: str) -> None:
    assert examples.more(volet, VOLETS[volet][name]), f"{volet}, {name}: nothing that the clean example does not have"
