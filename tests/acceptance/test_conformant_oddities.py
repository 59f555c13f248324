"""Rare but conformant documents, each near what a rule warns of: the rule keeps silent, and still speaks of the fault beside it."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree
from oddities import HL7, added, let_pass_and_told

from cda_edits import NS, Edit, all_of

AUTHOR = "<author><time value='20200101'/><assignedAuthor><id nullFlavor='UNK'/>{}</assignedAuthor></author>"
OBSERVED = (
    "<entry><observation moodCode='{}'><value xsi:type='CD' code='{}' codeSystem='2.16.840.1.113883.6.3'/></observation></entry>"
)
PREGNANT = "<value xsi:type='CD' code='77386006' codeSystem='2.16.840.1.113883.6.96'/>"
IDENTIFIER = "<id root='1.2.3'/>"
DENIED = """<entry><observation negationInd='true'><templateId root='1.3.6.1.4.1.19376.1.5.3.1.4.6'/>
  <entryRelationship typeCode='MFST'><observation>{}</observation></entryRelationship></observation></entry>"""
WIFE = "<subject><relatedSubject><code code='WIFE' codeSystem='2.16.840.1.113883.5.111'/></relatedSubject></subject>"
DOSE = "<entryRelationship typeCode='COMP'><{0}><statusCode code='completed'/></{0}></entryRelationship>"
MEASURED = "<component><observation>{}<code code='8867-4'/><value xsi:type='PQ' value='70' unit='/min'/></observation></component>"
SIDED = "<entry><procedure><code displayName='{}'/><targetSiteCode displayName='{}'/></procedure></entry>"
CODED = "<entry><observation><code code='{}' codeSystem='{}' displayName='x'/></observation></entry>"
DOSED = "<entry><substanceAdministration><doseQuantity><low {}/></doseQuantity></substanceAdministration></entry>"
NUMBERED = """<entry><observation><code code='{}' codeSystem='2.16.840.1.113883.6.1'/><value xsi:type='PQ' value='{}'/>
  </observation></entry>"""
INTERPRETED = "<entry><observation><interpretationCode code='S' codeSystem='{}' displayName='Sensible'/></observation></entry>"
DATED = "<entry><organizer moodCode='EVN'><effectiveTime value='{}'/></organizer></entry>"
ROW = """<text><table><tbody><tr><td><content ID='w'>Poids</content></td><td>{}</td></tr></tbody></table></text><entry><observation>
  <code code='29463-7'/><text><reference value='#w'/></text><value xsi:type='PQ' value='76' unit='kg'/></observation></entry>"""
LETTER = "LDL-EES_2022.01"
VSM = "VSM_1.4_2022.01"
TESTS = "BIO-CR-BIO_2024.01_Glycémie mole"
UNSTRUCTURED = "DOC_NON_STRUCTURE_CDA-R2-N1"
ACT = "c:documentationOf/c:serviceEvent"
ANAESTHESIA = "//c:entry/c:procedure/c:code[@code = '50697003' or @code = 'MED-582']"
CERTIFICATE = "CSE-CS24_2025.01"


def written(path: str, attribute: str, value: str) -> Edit:
    def write(root: etree._Element) -> None:
        for element in root.xpath(path, namespaces=NS):
            if attribute:
                element.set(attribute, value)
            else:
                element.text = value

    return write


PATIENT = "c:recordTarget/c:patientRole/c:patient"
MAN = all_of(written(f"{PATIENT}/c:administrativeGenderCode", "code", "M"), written(f"{PATIENT}/c:birthTime", "value", "19790328"))
GROWN = written(f"{PATIENT}/c:birthTime", "value", "20060101")


def stay(since: str) -> Edit:
    low = "c:componentOf/c:encompassingEncounter/c:effectiveTime/"
    return all_of(written(f"{low}c:low", "value", since), written(f"{low}c:high", "value", "2099"))


def identified(path: str, root: str) -> Edit:
    def write(document: etree._Element) -> None:
        document.xpath(path, namespaces=NS)[0].insert(0, etree.Element(f"{{{HL7}}}id", root=root, extension="42"))

    return write


def pregnant(where: Callable[[str], str], mood: str = "EVN") -> Edit:
    return all_of(MAN, added(where(f"<observation moodCode='{mood}'>{PREGNANT}</observation>")))


def entry(inside: str) -> str:
    return f"<entry>{inside}</entry>"


def at_midnight(document: str, act: str = "20190102003000+0100") -> Edit:
    return all_of(written(f"{ACT}/c:effectiveTime/c:low", "value", act), written("c:effectiveTime", "value", document))


def typed(code: str) -> Edit:
    return all_of(written("c:code", "code", code), written("c:code", "codeSystem", "2.16.840.1.113883.6.1"))


def informed(kind: str) -> Edit:
    """An allergy has another participant, of this kind, who is a person."""

    def write(root: etree._Element) -> None:
        agent = root.xpath("//c:observation[c:templateId/@root='1.3.6.1.4.1.19376.1.5.3.1.4.6']/c:participant", namespaces=NS)[0]
        person = "<participantRole classCode='ASSIGNED'><playingEntity classCode='PSN'/></participantRole>"
        agent.addnext(etree.fromstring(f"<participant xmlns='{HL7}' typeCode='{kind}'>{person}</participant>"))

    return write


INS_OF_A_PARTICIPANT = written("c:participant/c:associatedEntity/c:id", "root", "1.2.250.1.213.1.4.10")
ORGANIZATION = "c:author/c:assignedAuthor/c:representedOrganization"
# rule, example, what it lets pass, what it tells
CASES: dict[str, tuple[str, str, Edit, Edit]] = {
    "a sedation, under its present code": (
        "anest-cr-anest.section.procedures-and-interventions:anaesthesia.card",
        "ANEST-CR-ANEST_2022.01",
        written(ANAESTHESIA, "code", "72641008"),
        written(ANAESTHESIA, "code", "MED-632"),
    ),
    "a letter of discharge whose title tells where the patient goes": (
        "TYPE-TITLE",
        "LDL-SES_2022.01",
        written("c:title", "", "Lettre de liaison pour l'entrée en SSR"),
        written("c:title", "", "Lettre de liaison à l'entrée de l'établissement de santé"),
    ),
    "a summary that is a letter to the hospital": (
        "TYPE-TITLE",
        VSM,
        written("c:title", "", "Lettre de liaison ville-hôpital"),
        written("c:title", "", "Ordonnance de sortie"),
    ),
    "a given name whose accent is a sign of its own": (
        "INS-R10-SIGN",
        VSM,
        written(f"{PATIENT}/c:name/c:given[not(@qualifier)]", "", "JOSE\u0301"),
        written(f"{PATIENT}/c:name/c:given[not(@qualifier)]", "", "JOSE2"),
    ),
    "who tells of an allergy, beside its agent": (
        "entry.allergy:agent-named/participantRole.attributes",
        VSM,
        informed("INF"),
        informed("CSM"),
    ),
    **{
        f"the civility {civility} of one who signs": (
            "ACTOR-PERSON-TWO-CIVILITIES",
            VSM,
            written("c:legalAuthenticator//c:prefix", "", civility),
            written("c:legalAuthenticator//c:prefix", "", "Mme"),
        )
        for civility in ("M", "m.", "DR", "")
    },
    "another who signs, by a number of her own": (
        "ACTOR-PERSON-TWO-CIVILITIES",
        VSM,
        all_of(
            written("c:legalAuthenticator//c:prefix", "", "MME"),
            written("c:legalAuthenticator/c:assignedEntity/c:id", "extension", "810002422979"),
        ),
        written("c:legalAuthenticator//c:prefix", "", "MME"),
    ),
    "tablets, counted without unit": ("BODY-VALUE-04", VSM, added(DOSED.format("value='2'")), added(DOSED.format("value='500'"))),
    "the unit that the schema gives one without": (
        "BODY-VALUE-05",
        VSM,
        added(DOSED.format("unit='1'")),
        added(DOSED.format("unit='mg'")),
    ),
    "an INR without unit": ("BODY-VALUE-06", VSM, added(NUMBERED.format("6301-6", "2.5")), added(NUMBERED.format("2345-7", "2.5"))),
    "married, in the code system of that": (
        "CODE-SYSTEM-SLIP",
        VSM,
        added(CODED.format("M", "2.16.840.1.113883.5.2")),
        added(CODED.format("M", "2.16.840.1.113883.5.11")),
    ),
    "an end that is far away": (
        "TIME-ANCIENT",
        VSM,
        written("c:componentOf//c:high", "value", "20980101"),
        written("c:componentOf//c:high", "value", "20991231"),
    ),
    "a participant of before a birth, by months": (
        "TIME-ACTOR-BEFORE-BIRTH",
        VSM,
        written("c:participant/c:time/c:low", "value", "19780601"),
        written("c:participant/c:time/c:low", "value", "19770601"),
    ),
    **{
        f"a structure named {name}": (
            "TYPE-LEGIBLE",
            VSM,
            written(f"{ORGANIZATION}/c:name", "", name),
            written(f"{ORGANIZATION}/c:name", "", "XXXX"),
        )
        for name in ("XX", "XXL Santé", "Maison de santé à compléter par un nom", "Nulle part")
    },
    "a patient of one name, as a residence permit writes it": (
        "TYPE-LEGIBLE",
        VSM,
        written(f"{PATIENT}/c:name/c:given[1]", "", "XXX"),
        written(f"{PATIENT}/c:name/c:given[1]", "", "XXXX"),
    ),
    "the end of a stay that is not over": (
        "TIME-ENCOUNTER-AFTER-DOCUMENT",
        VSM,
        written("c:componentOf//c:high", "value", "20200812"),
        written("c:componentOf//c:high", "value", "20210312"),
    ),
    "a patient among the participants, by the matricule": (
        "ACTOR-PERSON-INS",
        VSM,
        all_of(written("c:participant/c:associatedEntity", "classCode", "PAT"), INS_OF_A_PARTICIPANT),
        INS_OF_A_PARTICIPANT,
    ),
    "a letter on admission precedes the stay": (
        "TIME-ENCOUNTER-AFTER-DOCUMENT",
        LETTER,
        stay("20191105"),
        all_of(stay("20191105"), written("c:templateId[@root='1.2.250.1.213.1.1.1.21']", "root", "1.2.3")),
    ),
    "an admission may still be to come": (
        "TIME-FUTURE-ACTOR",
        LETTER,
        stay("20980101"),
        all_of(stay("20980101"), written("c:templateId[@root='1.2.250.1.213.1.1.1.21']", "root", "1.2.3")),
    ),
    "a serology of the mother in the summary of her newborn": (
        "BODY-FACT-02",
        "OBP-SNE_2024.01",
        added(DATED.format("20221201")),
        added(DATED.format("20211201")),
    ),
    "a fact of the wife before the patient's birth": (
        "BODY-FACT-02",
        VSM,
        all_of(MAN, added(WIFE, DATED.format("1976"))),
        all_of(MAN, added(DATED.format("1976"))),
    ),
    "an act of half past midnight, told in universal time": (
        "TIME-ACT-AFTER-DOCUMENT",
        VSM,
        at_midnight("20190101233500+0000"),
        at_midnight("20190101213500+0100"),
    ),
    "an act of the Réunion, told in Paris": (
        "TIME-ACT-AFTER-DOCUMENT",
        VSM,
        at_midnight("20190101213500+0100", act="20190102003000+0400"),
        at_midnight("20190101213500+0100", act="20190102203000+0400"),
    ),
    "born at half past midnight, told in universal time": (
        "TIME-BIRTH",
        VSM,
        all_of(written(f"{PATIENT}/c:birthTime", "value", "20190102"), written("c:effectiveTime", "value", "20190101233500+0000")),
        all_of(written(f"{PATIENT}/c:birthTime", "value", "20190102"), written("c:effectiveTime", "value", "20190101213500+0100")),
    ),
    "labour on the eve of the birth": (
        "TIME-BEFORE-BIRTH",
        "OBP-SNE_2024.01",
        written(f"{ACT}/c:effectiveTime/c:low", "value", "20230424220000+0200"),
        written(f"{ACT}/c:effectiveTime/c:low", "value", "20230410220000+0200"),
    ),
    "an act that goes on, with who performs it": (
        "DOC-PERFORMER-TIME",
        TESTS,
        all_of(
            written(f"{ACT}/c:effectiveTime/c:high", "value", "2099"), written(f"{ACT}/c:performer/c:time/c:high", "value", "2099")
        ),
        written(f"{ACT}/c:performer/c:time/c:high", "value", "2099"),
    ),
    "a stay to come in a letter on admission": (
        "TIME-FUTURE-ACT",
        LETTER,
        written(f"{ACT}/c:effectiveTime/c:low", "value", "20980101"),
        all_of(
            written(f"{ACT}/c:effectiveTime/c:low", "value", "20980101"),
            written("c:templateId[@root='1.2.250.1.213.1.1.1.21']", "root", "1.2.3"),
        ),
    ),
    "an order of a judge": (
        "N1-TITLE",
        UNSTRUCTURED,
        all_of(written("c:title", "", "Ordonnance du juge des tutelles"), typed("51851-4")),
        all_of(written("c:title", "", "Ordonnance"), typed("34112-3")),
    ),
    "a prescription that a pharmacist answers": (
        "N1-TITLE",
        UNSTRUCTURED,
        all_of(written("c:title", "", "Prescription : avis pharmaceutique"), typed("61357-0")),
        all_of(written("c:title", "", "Prescription"), typed("11490-0")),
    ),
    "an arc below that of a structure": (
        "ACTOR-ROOT",
        VSM,
        identified(ORGANIZATION, "1.2.250.1.71.4.2.2.750803447"),
        identified(ORGANIZATION, "1.2.250.1.71.4.2.3"),
    ),
    "an address of the body in lines and a city": (
        "TYPE-ADDRESS-LINES",
        VSM,
        added(AUTHOR.format("<addr><streetAddressLine>1 rue</streetAddressLine><city>Paris</city></addr>")),
        lambda root: root.xpath("//c:custodian//c:addr", namespaces=NS)[0].insert(0, etree.Element(f"{{{HL7}}}streetAddressLine")),
    ),
    "an MSSanté address with a subject": (
        "MSS-DOMAIN",
        VSM,
        written("c:author//c:telecom", "value", "mailto:jean.test@chu.mssante.fr?subject=CR"),
        written("c:author//c:telecom", "value", "mailto:jean.test@chu.mssante.com?subject=CR"),
    ),
    "a section of which nothing is known": (
        "BODY-NULL-SECTION",
        VSM,
        written("(//c:section[not(c:entry)])[1]", "nullFlavor", "NI"),
        written("(//c:section[c:entry])[1]", "nullFlavor", "NI"),
    ),
    "the weight of another day in its own row": (
        "BODY-TEXT-06",
        VSM,
        added(ROW.format("76 kg, 70 kg en 2019")),
        added(ROW.format("67 kg")),
    ),
    "a nun of Portugal": (
        "TYPE-LEGIBLE",
        VSM,
        written("//c:custodian//c:name", "", "IRMÃ\u00a0MARIA DA CONCEIÇÃO"),
        written("//c:custodian//c:name", "", "soins jusquÃ\u00a0 la sortie"),
    ),
    "a value in HTML that says so": (
        "TYPE-LEGIBLE",
        VSM,
        added(entry("<observation><value xsi:type='ED' mediaType='text/html'>&lt;p&gt;a&lt;/p&gt;</value></observation>")),
        added(entry("<observation><value xsi:type='ED'>&lt;p&gt;a&lt;/p&gt;</value></observation>")),
    ),
    "a text message": (
        "TYPE-TELECOM-SCHEME",
        VSM,
        added(AUTHOR.format("<telecom value='sms:0612345678'/>")),
        added(AUTHOR.format("<telecom value='portable:0612345678'/>")),
    ),
    "a language of one's own": (
        "BODY-LANGUAGE",
        VSM,
        added("<languageCode code='x-local'/>"),
        added("<languageCode code='fr_FR'/>"),
    ),
    "an antibiogram in a local system": (
        "BODY-INTERPRETATION-03",
        VSM,
        added(INTERPRETED.format("1.2.250.1.999.5")),
        added(INTERPRETED.format("2.16.840.1.113883.5.84")),
    ),
    "two measures alike of one minute": (
        "BODY-TWICE-02",
        VSM,
        added(entry(f"<organizer>{MEASURED.format('') * 2}</organizer>")),
        added(entry(f"<organizer>{MEASURED.format(IDENTIFIER) * 2}</organizer>")),
    ),
    "two doses alike": (
        "BODY-TWICE-02",
        VSM,
        added(entry(f"<act>{DOSE.format('substanceAdministration') * 2}</act>")),
        added(entry(f"<act>{DOSE.format('act') * 2}</act>")),
    ),
    "a wife's pregnancy, said of the act": (
        "BODY-SEX-01",
        VSM,
        pregnant(lambda said: entry(f"<act>{WIFE}<entryRelationship>{said}</entryRelationship></act>")),
        pregnant(lambda said: entry(f"<act><entryRelationship>{said}</entryRelationship></act>")),
    ),
    "a wife's pregnancy, said of the section": (
        "BODY-SEX-01",
        VSM,
        pregnant(lambda said: WIFE + entry(said)),
        pregnant(entry),
    ),
    "no pregnancy, in a form for all": (
        "BODY-SEX-01",
        VSM,
        all_of(MAN, added(entry("<observation><code code='11996-6'/><value xsi:type='INT' value='0'/></observation>"))),
        all_of(MAN, added(entry("<observation><code code='11996-6'/><value xsi:type='INT' value='2'/></observation>"))),
    ),
    "a risk is no fact": (
        "BODY-SEX-02",
        VSM,
        all_of(MAN, added(OBSERVED.format("RSK", "O14"))),
        all_of(MAN, added(OBSERVED.format("EVN", "O14"))),
    ),
    "a certificate written anew for a grown child": (
        "BODY-AGE-01",
        CERTIFICATE,
        all_of(written("c:effectiveTime", "value", "20260101"), written(f"{PATIENT}/c:birthTime", "value", "20190701")),
        GROWN,
    ),
    "an allergy denied, with a reaction that is not known": (
        "BODY-NEGATED-03",
        VSM,
        added(DENIED.format("<value xsi:type='CD' nullFlavor='NA'/>")),
        added(DENIED.format("<value xsi:type='CD' code='271807003'/>")),
    ),
    "the left heart by the right wrist": (
        "BODY-LATERALITY",
        VSM,
        added(SIDED.format("Cathétérisme cardiaque gauche", "Artère radiale droite")),
        added(SIDED.format("Infiltration du genou gauche", "Genou droit")),
    ),
    "a right hemiparesis of the left brain": (
        "BODY-LATERALITY",
        VSM,
        added(SIDED.format("Déficit moteur droit", "Hémisphère cérébral gauche")),
        added(SIDED.format("Déficit moteur droit", "Bras gauche")),
    ),
    "a topography of the ICD-O": (
        "CODE-SYSTEM-SLIP",
        VSM,
        added(CODED.format("C50.9", "2.16.840.1.113883.6.43")),
        added(CODED.format("O71.3", "2.16.840.1.113883.6.43")),
    ),
    "another nomenclature of the agency": (
        "CODE-SYSTEM-SLIP",
        VSM,
        added(CODED.format("ABC-001", "1.2.250.1.213.1.1.4.327")),
        added(CODED.format("MED-200", "1.2.250.1.213.1.1.4.323")),
    ),
}


test_a_rule_lets_an_oddity_pass_and_tells_the_fault_beside_it = let_pass_and_told(CASES)
