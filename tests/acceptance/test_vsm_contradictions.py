"""The official summary, made to contradict itself: the rule of its kind tells so; of what is near and conformant no rule does."""

from __future__ import annotations

from typing import Any

import pytest
from cda_examples import Examples
from oddities import added

from cda_edits import Edit, all_of, element, first_in, into, one, put, text

VSM, IPS = "VSM_1.4_2022.01", "IPS-FR_2024.01"
LDL, ORDER = "LDL-SES_2022.01", "eP-MED-DM_2024.01_PosoStruct"
PATIENT = "c:recordTarget/c:patientRole"
PERSON = f"{PATIENT}/c:patient"
LEGAL = "c:legalAuthenticator/c:assignedEntity"
CONTACT = "c:informant[c:relatedEntity/@classCode='ECON']/c:relatedEntity"
ALLERGIES = "//c:section[c:templateId/@root='1.2.250.1.213.1.1.2.137']"
TREATED = "//c:section[c:templateId/@root='1.2.250.1.213.1.1.2.143']"
LIFESTYLE = "//c:section[c:templateId/@root='1.2.250.1.213.1.1.2.141']"
PROBLEM = "//c:section[c:templateId/@root='1.2.250.1.213.1.1.2.132']//c:observation/c:value"
DRUG = f"{TREATED}/c:entry[1]//c:manufacturedMaterial"
TREATMENT = f"{TREATED}/c:entry[1]/c:substanceAdministration"
REASON = f"{TREATMENT}/c:entryRelationship[@typeCode='RSON']/c:act"
MOBILE = f"{PATIENT}/c:telecom[@use='MC']"
MAILBOX = f"{PATIENT}/c:telecom[starts-with(@value, 'mailto:')]"
ATC = "2.16.840.1.113883.6.73"


def names(family: str, given: str, used_family: str, used_given: str) -> Edit:
    return all_of(
        text(f"{PERSON}/c:name/c:family[@qualifier='BR']", family),
        text(f"{PERSON}/c:name/c:given[@qualifier='BR']", given),
        text(f"{PERSON}/c:name/c:given[not(@qualifier)]", given),
        text(f"{PERSON}/c:name/c:family[@qualifier='CL']", used_family),
        text(f"{PERSON}/c:name/c:given[@qualifier='CL']", used_given),
    )


def contact(family: str, given: str, code: str = "SIS", role: str = "ECON") -> Edit:
    return all_of(
        text(f"{CONTACT}//c:family", family),
        text(f"{CONTACT}//c:given", given),
        put(f"{CONTACT}/c:code", "code", code),
        put(CONTACT, "classCode", role),
    )


def related(code: str, civility: str) -> Edit:
    """The person to call is this to the patient, and has this civility."""
    return all_of(
        put(f"{CONTACT}/c:code", "code", code),
        first_in(f"{CONTACT}//c:name", f"<prefix>{civility}</prefix>"),
    )


def lives(postcode: str, city: str, country: str = "FRANCE") -> Edit:
    address = f"{PATIENT}/c:addr"
    return all_of(text(f"{address}/c:postalCode", postcode), text(f"{address}/c:city", city), text(f"{address}/c:country", country))


def above(path: str, *paragraphs: str) -> Edit:
    """They stand at the head of the text."""

    def edit(root: Any) -> None:
        for paragraph in reversed(paragraphs):
            one(root, f"{path}/c:text").insert(0, element(f"<paragraph>{paragraph}</paragraph>"))

    return edit


def dosed(name: str, unit: str) -> Edit:
    dose = f"{TREATED}/c:entry[1]//c:doseQuantity"
    return all_of(
        put(f"{DRUG}/c:code", "displayName", name),
        text(f"{DRUG}/c:name", name),
        put(f"{dose}/c:low", "unit", unit),
        put(f"{dose}/c:high", "unit", unit),
    )


def by(route: str, name: str) -> Edit:
    code = f"{TREATED}/c:entry[1]//c:routeCode"
    said = text("//c:content[@ID='med-001-voie']", route)
    return all_of(dosed(name, "mg"), put(code, "code", "20045000"), put(code, "displayName", route), said)


def allergic(agent: str, status: str = "active", ended: str = "", code: str = "416098002") -> Edit:
    """To clopidogrel or another; the patient is treated by clopidogrel."""

    def edit(root: Any) -> None:
        coded = one(root, f"{ALLERGIES}//c:playingEntity/c:code")
        coded.attrib.update({"code": agent, "codeSystem": ATC, "codeSystemName": "ATC", "displayName": "substance"})
        text("//c:content[@ID='allergie-001-agent']", "substance")(root)
        put(f"{ALLERGIES}//c:observation[c:code/@code='33999-4']/c:value", "code", status)(root)
        put(f"{ALLERGIES}//c:observation/c:code", "code", code)(root)
        one(root, f"{DRUG}/c:code").append(element(f"<translation code='B01AC04' codeSystem='{ATC}' displayName='clopidogrel'/>"))
        if ended:
            high = one(root, f"{TREATED}/c:entry[1]//c:effectiveTime/c:high")
            high.attrib.clear()
            high.set("value", ended)

    return edit


def smokes(status: str, packs: str) -> Edit:
    entry = "<entry><observation><code code='{}'/><value xsi:type='{}' {}/></observation></entry>"
    return added(entry.format("72166-2", "CD", f"code='{status}'"), entry.format("74011-8", "PQ", f"value='{packs}' unit='1'"))


def measured(kilograms: str, height: str, unit: str) -> Edit:
    one = "<component><observation><code code='{}'/><value xsi:type='PQ' value='{}' unit='{}'/></observation></component>"
    return added(
        f"<entry><organizer>{one.format('29463-7', kilograms, 'kg')}{one.format('8302-2', height, unit)}</organizer></entry>"
    )


def expecting(status: str, day: str) -> Edit:
    entry = "<entry><observation><code code='{}'/><value xsi:type='{}' {}/></observation></entry>"
    return added(entry.format("11449-6", "CD", f"code='{status}'"), entry.format("11778-8", "TS", f"value='{day}'"))


def said(name: str, words: str) -> Edit:
    return text(f"//c:content[@ID='{name}']", words)


def cites(name: str) -> Edit:
    """The first problem cites another passage."""
    problem = PROBLEM.removesuffix("/c:value")
    return all_of(put(f"{problem}/c:text/c:reference", "value", name), put(f"{PROBLEM}//c:reference", "value", name))


def relative(code: str, words: str) -> Edit:
    return all_of(put("//c:relatedSubject/c:code", "code", code), said("antecedent-familial-001-sujet", words))


def classed(name: str, atc: str) -> Edit:
    translation = f"<translation code='{atc}' codeSystem='{ATC}' displayName='{name}'/>"
    return all_of(dosed(name, "mg"), into(f"{DRUG}/c:code", translation))


def reacted(code: str, label: str, words: str, more: str = "") -> Edit:
    value = f"<value code='{code}' codeSystem='2.16.840.1.113883.6.96' displayName='{label}'>{more}</value>"
    return added(
        f"<text><content ID='odd'>{words}</content></text><entry><observation><templateId root='1.3.6.1.4.1.19376.1.5.3.1.4.5'/>"
        f"<text><reference value='#odd'/></text>{value}</observation></entry>"
    )


def represented(family: str, given: str, birth: str = "19790328", code: str = "") -> Edit:
    def edit(root: Any) -> None:
        guardian = one(root, f"{PERSON}/c:guardian")
        one(guardian, ".//c:family").text, one(guardian, ".//c:given").text = family, given
        one(root, f"{PERSON}/c:birthTime").set("value", birth)
        if code:
            guardian.insert(0, element(f"<code code='{code}' codeSystem='2.16.840.1.113883.5.111'/>"))

    return edit


MISTAKES: list[tuple[str, str, Edit]] = [
    ("INS-R05-MARRIED", "the husband's", names("PAT-TROIS EP DUPONT", "DOMINIQUE", "DUPONT", "DOMINIQUE")),
    ("INS-R05-MARRIED", "in the used name", names("MARTIN", "ANNE", "DUPONT née MARTIN", "ANNE")),
    ("INS-R05-GIVEN-WITH-FAMILY", "after the used name", names("PAT-TROIS", "DOMINIQUE", "PAT-TROIS DOMINIQUE", "DOMINIQUE")),
    ("INS-R05-GIVEN-WITH-FAMILY", "before the birth name", names("ANNE MARTIN", "ANNE", "MARTIN", "ANNE")),
    ("DOC-RELATIVE-PATIENT", "who represents herself", represented("PAT-TROIS", "Dominique")),
    (
        "BODY-TEXT-13",
        "the route",
        put(f"{TREATED}/c:entry[1]/c:substanceAdministration/c:text/c:reference", "value", "#med-001-voie"),
    ),
    ("INS-R05-SWAPPED", "family and given names", names("DOMINIQUE", "PAT-TROIS", "PAT-TROIS", "DOMINIQUE")),
    ("INS-R05-SWAPPED", "with accents in the used names", names("ZOE", "LEGER", "Léger", "Zoé")),
    ("ACTOR-PERSON-TWO-NUMBERS", "another RPPS", put(f"{LEGAL}/c:id", "extension", "810100997245")),
    ("TIME-BIRTH-SHIFTED", "of winter", put(f"{PERSON}/c:birthTime", "value", "19790327230000+0000")),
    ("TIME-BIRTH-SHIFTED", "of summer", put(f"{PERSON}/c:birthTime", "value", "19790327220000.000+0000")),
    ("DOC-ID-OWN", "versions under the type", put("c:setId", "root", "2.16.840.1.113883.1.3")),
    ("DOC-ID-OWN", "versions under the INS", put("c:setId", "root", "1.2.250.1.213.1.4.10")),
    ("DOC-RELATIVE-PATIENT", "a sister", contact("PAT-TROIS", "Dominique")),
    ("DOC-RELATIVE-PATIENT", "a friend", contact("Pat-Trois", "DOMINIQUE", "FRND", "NOK")),
    ("DOC-RELATIVE-CIVILITY", "a sister who is a man", related("SIS", "M")),
    ("DOC-RELATIVE-CIVILITY", "a husband who is a woman", related("HUSB", "MME")),
    ("TYPE-TELECOM-MOBILE", "a line of Paris", put(MOBILE, "value", "tel:+33.1.44.53.45.51")),
    ("INS-R08-DOMAIN", "of a physician", put(MAILBOX, "value", "mailto:stephane.medioni@medecin.mssante.fr")),
    ("INS-R08-DOMAIN", "of no kind of user", put(MAILBOX, "value", "mailto:contact@mssante.fr")),
    ("CODE-KEY-CONCEPT", "a description", put("//c:value[@code='398705004']", "code", "5123456011")),
    ("BODY-LINK-03", "its own reason", put(f"{REASON}/c:id", "root", "AADC9C14-F1CA-4177-B2C8-A5178D5B3CA0")),
    ("BODY-NAMED-OTHER", "the date beside the name", said("pb-actif-01", "11/08/2019")),
    ("TYPE-CITY-POSTCODE", "Marseille of Paris", lives("75007", "MARSEILLE")),
    ("TYPE-CITY-POSTCODE", "Lyon with an arrondissement", lives("96003", "Lyon 03")),
    ("TYPE-CITY-POSTCODE", "Saint-Étienne with a CEDEX", lives("24055", "Saint-Étienne CEDEX 2")),
    ("BODY-NONE-01", "above the table", above(ALLERGIES, "Aucune allergie connue.")),
    ("BODY-CODE-01", "the code is its label", put(PROBLEM, "displayName", "G45.9")),
    ("BODY-ROUTE", "a tablet", by("Voie intraveineuse", "PLAVIX 75 mg, comprimé pelliculé")),
    ("BODY-DOSE-12", "a tablet", dosed("PLAVIX 75 mg, comprimé pelliculé", "mL")),
    ("BODY-DOSE-12", "a capsule", dosed("AMOXICILLINE 500 mg, gélule", "mL")),
    ("BODY-ALLERGY-TREATED", "a treatment that goes on", allergic("B01AC04")),
    ("BODY-UNIT-HABIT", "alcohol by the pack", put(f"{LIFESTYLE}//c:code[@code='74011-8']", "code", "74013-4")),
    ("BODY-UNIT-HABIT", "tobacco by the glass", put(f"{LIFESTYLE}//c:value[@unit]", "unit", "{drink}/d")),
    ("BODY-SMOKER", "never, and twelve packs", smokes("LA18978-9", "12")),
    ("BODY-NAMED-01", "another route", said("med-001-voie", "Voie sous-cutanée")),
    ("BODY-NAMED-OTHER", "another relative", relative("MTH", "Père")),
    ("BODY-NAMED-01", "another allergen", said("allergie-001-agent", "Pénicilline")),
    ("BODY-NAMED-OTHER", "the reason of another treatment", said("med-001-motif", "Accident ischémique cérébral transitoire")),
    ("BODY-NAMED-OTHER", "another reaction", reacted("39579001", "anaphylaxie", "urticaire")),
    ("BODY-TEXT-11", "stable", said("pb-actif-02", "Angine de poitrine stable")),
    ("BODY-TEXT-11", "chronic", said("antecedent-med-01", "Pyélonéphrite chronique")),
    ("BODY-TEXT-13", "a passage of another section", cites("#med-001-voie")),
    ("BODY-TEXT-13", "one vessel", said("acte-001", "Dilatation d'un vaisseau coronaire avec pose d'endoprothèse")),
    ("BODY-MEDICINE-CLASS", "of a statin", classed("RAMIPRIL 5 mg, comprimé", "C10AA07")),
]

OF_OTHER_VOLETS: list[tuple[str, str, Edit]] = [
    ("BODY-POSSIBLE-13", "a point lost", measured("580", "160", "cm")),
    ("BODY-POSSIBLE-13", "centimetres as metres", measured("58", "16", "m")),
    ("BODY-POSSIBLE-14", "years ago", expecting("77386006", "20220903")),
]

LET_PASS: dict[str, Edit] = {
    **{
        f"{civility} who is {code}": related(code, civility)
        for code, civility in (("SIS", "MME"), ("SIS", "DR"), ("BRO", "M"), ("DAU", "MLLE"), ("SPS", "MME"), ("COUSN", "M"))
    },
    **{
        f"a mobile {number}": put(MOBILE, "value", number)
        for number in ("tel:+33647151010", "tel:0692123456", "tel:0970123456", "tel:+262692123456", "tel:+32475123456")
    },
    **{
        f"a patient at {box}": put(MAILBOX, "value", f"mailto:{box}")
        for box in ("d.pat-trois@laposte.net", "279035121518989@PATIENT.MSSANTE.FR", "279035121518989@patient.mssante.fr?subject=x")
    },
    "a concept of an extension": put("//c:value[@code='398705004']", "code", "16217701000119102"),
    **{
        f"a problem told as {words}": said("pb-actif-01", words)
        for words in (
            "Accident ischémique cérébral transitoire (11/08/2019)",
            "11/08/2019 : accident ischémique cérébral transitoire",
        )
    },
    "a reason in small letters": put(f"{REASON}/c:id", "root", "cdbd5b08-6cde-11db-9fe1-0800200c9a66"),
    "a treatment with the identifier of its reason": put(f"{TREATMENT}/c:id", "root", "CDBD5B08-6CDE-11DB-9FE1-0800200C9A66"),
    **{
        f"a name like {family}": names(family, "ANNE", used, "ANNE")
        for family, used in (
            ("LE GOFF", "DUPONT"),
            ("DE LA VEUVE", "MARTIN"),
            ("VAN NEE", "VAN NEE"),
            ("EP", "EP"),
            ("N DIAYE", "N DIAYE EP"),
            ("MARTIN", "MARTIN DUPONT"),
            ("ANNE", "ANNE MARTIN"),
            ("SAINT ANNE", "SAINT ANNE"),
            ("DE SAINTE ANNE", "MARTIN"),
            ("EPOUX", "EPOUX MARTIN"),
            ("LEVEUVE PETIT", "PETIT"),
            ("MARTIN DUPONT", "DUPONT ANNE MARIE"),
        )
    },
    "how a medicine named elsewhere is given": added(
        "<text><content ID='odd'>Voie orale</content></text>"
        "<entry><substanceAdministration><text><reference value='#odd'/></text>"
        "<routeCode code='20053000' codeSystem='0.4.0.127.0.16.1.1.2.1' displayName='Voie orale'/>"
        "</substanceAdministration></entry>"
    ),
    "a mother who represents her": represented("PAT-TROIS", "Jeanne"),
    "a father of one name": represented("PAT-TROIS", "Dominique", code="FTH"),
    "a father of a minor, of one name": represented("PAT-TROIS", "Dominique", "20080328"),
    "a namesake": represented("NESSI", "Dominique"),
    "one name twice": names("MARTIN", "MARTIN", "MARTIN", "MARTIN"),
    "a used name that is a given name": names("PAUL", "PAUL", "MARTIN", "PAUL"),
    "an ADELI number": put(f"{LEGAL}/c:id", "extension", "0759012345"),
    "a birth at night": put(f"{PERSON}/c:birthTime", "value", "197903282300+0100"),
    "a newborn of midnight": put(f"{PERSON}/c:birthTime", "value", "20200301230000+0000"),
    "a birth at a minute of universal time": put(f"{PERSON}/c:birthTime", "value", "19790328221700+0000"),
    "a namesake of the family": contact("PAT-TROIS", "Sophie"),
    **{
        f"a {who} of one name": contact("PAT-TROIS", "Dominique", code)
        for who, code in (("father", "FTH"), ("grandson", "GRNDSO"), ("nephew", "NEPHEW"), ("cousin", "COUSN"))
    },
    "the patient who informs": contact("PAT-TROIS", "Dominique", "SELF", "PAT"),
    "Paris and its arrondissement": lives("75116", "PARIS 16"),
    "La Défense": lives("92042", "PARIS LA DEFENSE CEDEX"),
    "no postal code": lives("99999", "PARIS"),
    "a CEDEX of Lyon": lives("69433", "LYON CEDEX 03"),
    "Ajaccio": lives("20000", "Ajaccio"),
    "a village of one name": lives("70120", "La Rochelle"),
    "a village that a city's name ends with": lives("80190", "Billancourt"),
    "a city without its article": lives("76600", "HAVRE"),
    "a town named after another": lives("60690", "MARSEILLE-EN-BEAUVAISIS"),
    "a village whose name ends as a city's": lives("47800", "Saint-Pardoux-Isaac"),
    "Saint-Denis overseas": lives("97400", "SAINT-DENIS"),
    "Orléans of America": lives("70112", "ORLEANS", "États-Unis"),
    "no allergy of a kind": above(ALLERGIES, "Aucune allergie alimentaire connue"),
    "no intolerance, and an allergy": above(ALLERGIES, "Aucune intolérance."),
    "none, but another paragraph": above(ALLERGIES, "Aucune.", "Sauf :"),
    "none under a heading of its own": above(ALLERGIES, "Allergies alimentaires :", "Aucune allergie connue"),
    "no allergy that is active": all_of(allergic("N02BE01", "resolved"), above(ALLERGIES, "Aucune allergie connue")),
    "a powder by the vein": by("Voie intraveineuse", "CEFTRIAXONE 1 g, poudre pour solution injectable"),
    "a tablet under the tongue": by("Voie sublinguale", "NATISPRAY 0,3 mg, comprimé"),
    "a suspension by the millilitre": dosed("AUGMENTIN 100 mg/mL, poudre pour suspension buvable", "mL"),
    "a tablet that is dispersed": dosed("LAMICTAL 25 mg, comprimé dispersible", "mL"),
    "a tablet in water": dosed("SOLUPRED 20 mg, comprimé effervescent", "mL"),
    "an allergy to another": allergic("J01CA04"),
    "an allergy that was lifted": allergic("B01AC04", "resolved"),
    "a treatment that was stopped": allergic("B01AC04", ended="20190901"),
    "an intolerance": allergic("B01AC04", code="782415009"),
    "a former smoker": smokes("LA15920-4", "12"),
    "never, and none": smokes("LA18978-9", "0"),
    "a mother by nature": relative("NMTH", "Mère"),
    "a grandmother of the mother": relative("MGRMTH", "Grand-mère"),
    "a parent": relative("PRN", "Mère"),
    "a mother in other words": relative("MTH", "Maman"),
    "an allergen by its brand": said("allergie-001-agent", "Doliprane"),
    "an allergen by its family": said("allergie-001-agent", "Antalgiques"),
    "an allergen with another": said("allergie-001-agent", "Paracétamol codéine"),
    "a reason in short": said("med-001-motif", "AIT"),
    "a reason in other words": said("med-001-motif", "Angor"),
    "two reasons": said("med-001-motif", "Angine de poitrine, accident ischémique cérébral transitoire"),
    "a reaction of a code that is near": reacted("39579001", "choc anaphylactique, urticaire géante", "urticaire"),
    "what a qualifier names": reacted(
        "364940007", "manualité", "gaucher", "<qualifier><value code='87683000' displayName='gaucher'/></qualifier>"
    ),
    "unstable, stable for now": said("pb-actif-02", "Angine de poitrine instable, stable sous traitement"),
    "stable under a treatment": said("pb-actif-02", "Angine de poitrine stable sous bêtabloquant"),
    "unstable, its status stable": all_of(
        said("pb-actif-02", "Angor"),
        lambda root: one(root, "//c:tr[.//c:content[@ID='pb-actif-02']]").append(element("<td>Stable</td>")),
    ),
    "acute upon chronic": said("antecedent-med-01", "Pyélonéphrite aiguë sur pyélonéphrite chronique"),
    "an episode of what is chronic": said("antecedent-med-01", "Poussée de pyélonéphrite chronique"),
    "chronic of another, in short": said("antecedent-med-01", "Pyélonéphrite (IRC chronique)"),
    "two vessels in words": said("acte-001", "Dilatation de deux coronaires, un stent"),
    "a class of an association": classed("AMLODIPINE/VALSARTAN 5 mg/80 mg", "C09DB01"),
    "cigarettes by the day": put(f"{LIFESTYLE}//c:value[@unit]", "unit", "{cigarette}/d"),
}
OF_OTHER_VOLETS_LET_PASS: dict[str, Edit] = {
    "a child born far too early": measured("0.6", "31", "cm"),
    "a very heavy patient": measured("230", "1.6", "m"),
    "a tall child": measured("30", "142", "cm"),
    "a delivery past its term": expecting("77386006", "20240320"),
    "a pregnancy that is over": expecting("60001007", "20220903"),
}


@pytest.mark.official
@pytest.mark.parametrize(
    ("rule", "what", "edit", "example"),
    [(*mistake, VSM) for mistake in MISTAKES] + [(*mistake, IPS) for mistake in OF_OTHER_VOLETS],
    ids=lambda said: said if isinstance(said, str) else "",
)
def test_a_contradiction_is_told_by_its_rule(examples: Examples, rule: str, what: str, edit: Edit, example: str) -> None:
    assert rule in examples.more(example, edit), what


@pytest.mark.official
@pytest.mark.parametrize(
    ("what", "edit", "example"),
    [(*odd, VSM) for odd in LET_PASS.items()] + [(*odd, IPS) for odd in OF_OTHER_VOLETS_LET_PASS.items()],
    ids=lambda said: said if isinstance(said, str) else "",
)
def test_what_is_near_and_conformant_is_not_told(examples: Examples, what: str, edit: Edit, example: str) -> None:
    assert not examples.more(example, edit).keys() & {rule for rule, _, _ in MISTAKES + OF_OTHER_VOLETS}, what


@pytest.mark.official
@pytest.mark.parametrize(("passage", "example"), [("med-001-pdt", VSM), ("MED-002", LDL), ("med-001", ORDER)])
def test_one_wrong_medicine_is_told_once(examples: Examples, passage: str, example: str) -> None:
    """The entry and its product cite the same passage, and each is asked whether it is about something else."""
    assert examples.more(example, text(f"//c:content[@ID='{passage}']", "AMLODIPINE 5 mg, comprimé")).total() == 1
