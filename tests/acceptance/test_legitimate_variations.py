"""What a conformant product may write otherwise than the official examples do: no variation adds an error."""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import harness
from lxml import etree

from cda_edits import NS, Edit, after, all_of, before, drop, first_in, instead, into, lose, one, put, twice

HL7 = NS["c"]
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SDTC = "urn:hl7-org:sdtc"
PATIENT = "c:recordTarget/c:patientRole"
ANY_TEXT = "//c:section/c:text[*]"


def each(path: str, attribute: str, change: Callable[[str], str]) -> Edit:
    def every(root: etree._Element) -> None:
        for element in root.xpath(path, namespaces=NS):
            element.set(attribute, change(element.get(attribute)))

    return every


def remarks(root: etree._Element) -> None:
    for element in list(root.iter(f"{{{HL7}}}*"))[1::40]:
        element.insert(0, etree.Comment(" vu <b> & relu "))
        element.insert(0, etree.ProcessingInstruction("editeur", "oui"))


def backwards(path: str) -> Edit:
    """Like elements in the reverse order: nothing says that they are ranked."""

    def reverse(root: etree._Element) -> None:
        for parent in {id(e.getparent()): e.getparent() for e in root.xpath(path, namespaces=NS)}.values():
            kin = [e for e in parent if isinstance(e.tag, str) and e.tag == one(parent, path.rsplit("/", 1)[1]).tag]
            place = parent.index(kin[0])
            for element in kin:
                parent.remove(element)
                parent.insert(place, element)

    return reverse


def spaceless(root: etree._Element) -> None:
    for element in root.iter():
        if not (element.text or "").strip() and len(element):
            element.text = None
        if not (element.tail or "").strip():
            element.tail = None


# Every element and every type of it gets the prefix hl7; nothing is in a default namespace.
PREFIXED = etree.XSLT(
    etree.fromstring(f"""
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:hl7="{HL7}" xmlns:xsi="{XSI}">
  <xsl:template match="hl7:*">
    <xsl:element name="hl7:{{local-name()}}" namespace="{HL7}">
      <xsl:copy-of select="namespace::*[name()]"/><xsl:apply-templates select="@*|node()"/>
    </xsl:element>
  </xsl:template>
  <xsl:template match="@xsi:type[not(contains(., ':'))]">
    <xsl:attribute name="xsi:type" namespace="{XSI}">hl7:<xsl:value-of select="."/></xsl:attribute>
  </xsl:template>
  <xsl:template match="@*|node()" priority="-1"><xsl:copy><xsl:apply-templates select="@*|node()"/></xsl:copy></xsl:template>
</xsl:stylesheet>""")
)

PARENT = """<relatedDocument typeCode="RPLC"><parentDocument>
  <id root="1.2.250.1.213.1.1.9" extension="A1"/></parentDocument></relatedDocument>"""
OTHER_ACT = """<documentationOf><serviceEvent><code code="I10" codeSystem="2.16.840.1.113883.6.3"
  displayName="Hypertension essentielle (primitive)"/></serviceEvent></documentationOf>"""
DEVICE = """<author><time value="20100101"/><assignedAuthor><id root="1.2.250.1.999.1.2" extension="LOGICIEL-1"/>
  <assignedAuthoringDevice><manufacturerModelName>Logiciel</manufacturerModelName><softwareName>Version 1</softwareName>
  </assignedAuthoringDevice><representedOrganization><id root="1.2.250.1.71.4.2.2" extension="1120456789"/><name>Centre</name>
  </representedOrganization></assignedAuthor></author>"""
WRITER = """<author><time value="20190101"/><assignedAuthor>
  <id root="1.2.250.1.71.4.2.1" extension="801234567897"/></assignedAuthor></author>"""
ADDRESS = """<addr use="TMP"><streetAddressLine>28 avenue de Breteuil</streetAddressLine>
  <streetAddressLine>75007 Paris</streetAddressLine></addr>"""
EXTRA = """<component><section><templateId root="1.2.250.1.999.1.3"/><id root="b8f2b2c0-5e0a-4c55-9f36-5f0a2b1f7a10"/>
  <code code="48767-8" codeSystem="2.16.840.1.113883.6.1" displayName="Commentaire"/><title>Remarques</title>
  <text><list listType="ordered"><item>Première</item><item><content styleCode="Bold">Seconde</content></item></list></text>
  </section></component>"""
NOTE = """<entryRelationship typeCode="SUBJ" inversionInd="true"><act classCode="ACT" moodCode="EVN">
  <templateId root="2.16.840.1.113883.10.20.1.40"/><templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.2"/>
  <templateId root="1.2.250.1.213.1.1.3.32"/>
  <code code="48767-8" codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC" displayName="Commentaire"/>
  <text><reference value="#glucose"/></text><statusCode code="completed"/></act></entryRelationship>"""
TABLE = """<table border="1"><caption>T</caption><colgroup><col width="50%"/></colgroup><thead><tr>
  <th scope="col">A</th></tr></thead>
  <tbody><tr><td colspan="1">1</td></tr></tbody></table>"""
WORDS = """<paragraph styleCode="xEditeur"><content styleCode="Bold Italics">Note</content><br/>suite<sup>1</sup></paragraph>"""
SECRET = '<confidentialityCode code="R" codeSystem="2.16.840.1.113883.5.25" displayName="Restreint"/>'

HEADER: dict[str, Edit] = {
    "comments and instructions": remarks,
    "no white space": spaceless,
    "no schema location": lambda root: etree.strip_attributes(root, f"{{{XSI}}}schemaLocation"),
    "two authors": twice("c:author"),
    "author that is a device too": after("c:author[last()]", DEVICE),
    "two addresses of the patient": before(f"{PATIENT}/c:telecom", ADDRESS),
    "address not known": instead(f"{PATIENT}/c:addr", '<addr nullFlavor="UNK"/>'),
    "local identifier beside the INS": after(f"{PATIENT}/c:id[1]", '<id root="1.2.250.1.999.4.5" extension="IPP-0042"/>'),
    "telephone written the international way": put(f"{PATIENT}/c:telecom[1]", "value", "tel:+33144534551"),
    "marital status": after(
        f"{PATIENT}/c:patient/c:birthTime",
        '<maritalStatusCode code="M" codeSystem="2.16.840.1.113883.5.2" displayName="Marié(e)"/>',
    ),
    "dead patient": after(f"{PATIENT}/c:patient/c:birthTime", '<sdtc:deceasedInd value="false"/>'),
    "one twin": after(f"{PATIENT}/c:patient/c:birthTime", '<sdtc:multipleBirthInd value="true"/>'),
    "restricted": all_of(put("c:confidentialityCode", "code", "R"), put("c:confidentialityCode", "displayName", "Restreint")),
    "time to the minute": each("c:effectiveTime", "value", lambda v: v[:12] + v[14:]),
    "time with milliseconds": each("c:effectiveTime", "value", lambda v: v[:14] + ".123" + v[14:]),
    "time in Martinique": each("c:effectiveTime", "value", lambda v: v[:14] + "-0400"),
    "time at Greenwich": each("c:effectiveTime", "value", lambda v: v[:14] + "+0000"),
    "second version that replaces the first": all_of(
        put("c:versionNumber", "value", "2"), after("c:documentationOf[last()]", PARENT)
    ),
    "version of two digits": put("c:versionNumber", "value", "01"),
    "activity of the signing structure without label": lambda root: [
        code.attrib.pop("displayName") for code in root.iterfind("c:legalAuthenticator//c:standardIndustryClassCode", NS)
    ],
    "guardian of a longer civility": lambda root: [
        setattr(prefix, "text", "Mme") for prefix in root.iterfind(f"{PATIENT}/c:patient/c:guardian//c:prefix", NS)
    ],
    "order that is fulfilled": before(
        "c:documentationOf[1]", '<inFulfillmentOf><order><id root="1.2.250.1.999.7" extension="D-1"/></order></inFulfillmentOf>'
    ),
    "second act with its code alone": after("c:documentationOf[last()]", OTHER_ACT),
    "two recipients": lambda root: (
        twice("c:informationRecipient")(root) if root.find("c:informationRecipient", NS) is not None else None
    ),
    "value sets named": all_of(
        put("c:code", f"{{{SDTC}}}valueSet", "1.2.250.1.213.1.1.5.1"), put("c:code", "codeSystemVersion", "2.74")
    ),
    "another section": into("c:component/c:structuredBody", EXTRA),
    "sections in the reverse order": backwards("c:component/c:structuredBody/c:component"),
    "templates in the reverse order": backwards("//c:section/c:templateId"),
    "templates of entries in the reverse order": backwards("//c:entry/*/c:templateId"),
    "identifiers in small letters": each("//c:entry/*/c:id[contains(@root, '-')]", "root", str.lower),
    "a template of their own": first_in("//c:entry/*[@classCode]", '<templateId root="1.2.250.1.999.1.4"/>'),
    "words set in bold and in notes": into(ANY_TEXT, WORDS),
    "a table beside the words": into(ANY_TEXT, TABLE),
    "language of a section": after("//c:section/c:text[*]", '<languageCode code="fr-FR"/>'),
    "code with its translation": into(
        "//c:section/c:code", '<translation code="X1" codeSystem="1.2.250.1.999.9" displayName="Code local"/>'
    ),
    "confidential section": after(ANY_TEXT, SECRET),
}

PROBLEM = "//c:section[c:code/@code='11450-4']//c:observation[c:value]"
CONCERN = "//c:act[c:templateId/@root='1.3.6.1.4.1.19376.1.5.3.1.4.5.2']"
TREATMENT = "//c:section[c:code/@code='57828-6']/c:entry[1]/c:substanceAdministration"
GLUCOSE = "//c:observation[c:code/@code='40193-5']"
SHOT = "//c:section[c:code/@code='11369-6']/c:entry[2]/c:substanceAdministration"
BIRTH = "//c:section[c:code/@code='57075-4']"

VOLETS: dict[str, dict[str, Edit]] = {
    "VSM_1.4_2022.01": {
        "problem translated": into(
            f"{PROBLEM}/c:value", '<translation code="K86" codeSystem="2.16.840.1.113883.6.139" displayName="HTA"/>'
        ),
        "local identifier of a concern": after(f"{CONCERN}/c:id", '<id root="1.2.250.1.999.4.5" extension="P-42"/>'),
        "onset not known": instead(f"{PROBLEM}/c:effectiveTime/c:low", '<low nullFlavor="UNK"/>'),
        "onset to the year": each(f"{PROBLEM}/c:effectiveTime/c:low", "value", lambda v: v[:4]),
        "author of an entry": after(f"{PROBLEM}/c:value", WRITER),
    },
    "eP-MED-DM_2024.01_PosoStruct": {
        "period in weeks": all_of(put(f"{TREATMENT}//c:period", "value", "1"), put(f"{TREATMENT}//c:period", "unit", "wk")),
        "dose in millilitres": each(f"{TREATMENT}//c:doseQuantity/*", "unit", lambda _: "mL"),
        "dose of a half": all_of(each(f"{TREATMENT}//c:doseQuantity/c:low", "value", lambda _: "0.5")),
        "no renewal": put(f"{TREATMENT}/c:repeatNumber", "value", "0"),
        "operator that the schema gives": each(f"{TREATMENT}/c:effectiveTime[not(@operator)]", "operator", lambda _: "I"),
        "no ceiling of dose": drop(f"{TREATMENT}/c:maxDoseQuantity"),
        "no ATC": drop(f"{TREATMENT}//p:asSpecializedKind"),
        "no CIP": lambda root: one(root, f"{TREATMENT}//c:manufacturedMaterial/c:code").remove(
            one(root, f"{TREATMENT}//c:manufacturedMaterial/c:code/c:translation[2]")
        ),
        "one drug only": drop("//c:section[c:code/@code='57828-6']/c:entry[2]"),
        "no device": drop("//c:component[c:section/c:code/@code='46264-8']"),
    },
    "BIO-CR-BIO_2024.01_Glycémie mole": {
        "range without floor": drop(f"{GLUCOSE}//c:observationRange/c:value/c:low"),
        "range in words": first_in(f"{GLUCOSE}//c:observationRange", "<text>3,89 à 5,84 mmol/L</text>"),
        "result above": all_of(
            put(f"{GLUCOSE}/c:interpretationCode", "code", "H"),
            put(f"{GLUCOSE}/c:interpretationCode", "displayName", "Anormalement haut"),
        ),
        "result not known": instead(f"{GLUCOSE}/c:value", f'<value xmlns:xsi="{XSI}" xsi:type="PQ" nullFlavor="UNK"/>'),
        "result in words": instead(f"{GLUCOSE}/c:value", f'<value xmlns:xsi="{XSI}" xsi:type="ST">Hémolysé</value>'),
        "result in grams": all_of(
            put(f"{GLUCOSE}/c:value", "unit", "g/L"), each(f"{GLUCOSE}//c:observationRange/c:value/*", "unit", lambda _: "g/L")
        ),
        "no interpretation": drop(f"{GLUCOSE}/c:interpretationCode"),
        "no method": drop(f"{GLUCOSE}/c:methodCode"),
        "result of the day": each(f"{GLUCOSE}/c:effectiveTime", "value", lambda v: v[:8]),
        "comment on the result": before(f"{GLUCOSE}/c:referenceRange", NOTE),
    },
    "VAC_2023.01": {
        "shot of the year": each(f"{SHOT}/c:effectiveTime", "value", lambda v: v[:4]),
        "dose told": before(f"{SHOT}/c:consumable", '<doseQuantity value="0.5" unit="mL"/>'),
        "no site": drop(f"{SHOT}/c:approachSiteCode"),
        "no rank": drop(f"{SHOT}/c:entryRelationship[c:observation/c:code/@code='30973-2']"),
        "lot not known": instead(f"{SHOT}//c:lotNumberText", '<lotNumberText nullFlavor="UNK"/>'),
        "one shot only": drop("//c:section[c:code/@code='11369-6']/c:entry[1]"),
        "no reaction": drop(f"{SHOT}/c:entryRelationship[@typeCode='CAUS']"),
    },
    "CSE-CS8_2025.01": {
        "weight in kilograms": all_of(
            put(f"{BIRTH}//c:observation[c:code/@code='29463-7']/c:value", "value", "3.9"),
            put(f"{BIRTH}//c:observation[c:code/@code='29463-7']/c:value", "unit", "kg"),
        ),
        "Apgar of nought": put("//c:observation[c:code/@code='9272-6']/c:value", "value", "0"),
        "birth at 24 weeks": put("//c:observation[c:code/@code='11885-1']/c:value", "value", "24"),
        "child of 600 grams": put(f"{BIRTH}//c:observation[c:code/@code='29463-7']/c:value", "value", "600"),
    },
    "LDL-SES_2022.01": {
        "stay of a day": each("c:componentOf//c:effectiveTime/c:low", "value", lambda _: "20191203080000+0100"),
        "no device": drop("//c:component[c:section/c:code/@code='46264-8']"),
        "treatment without end": instead("//c:section[c:code/@code='10183-2']//c:effectiveTime/c:high", '<high nullFlavor="UNK"/>'),
    },
    "IPS-FR_2024.01": {
        "trouble refuted": put("//c:observation[c:code/@code='66455-7']/c:value", "code", "refuted"),
        "high criticality": all_of(
            put("//c:observation[c:code/@code='82606-5']/c:value", "code", "high"),
            put("//c:observation[c:code/@code='82606-5']/c:value", "displayName", "Elevé"),
        ),
        "no severity": drop("//c:entryRelationship[c:observation/c:code/@code='SEV']"),
        "label not told": lose("//c:procedure/c:code[@code='DDAF004']", "displayName"),
    },
    "IMG_CR_IMG_2024.01": {
        "no contrast": drop("//c:entry[c:substanceAdministration]"),
        "no comment": drop("//c:procedure[c:methodCode]/c:entryRelationship"),
    },
}

WRITINGS: dict[str, Callable[[etree._Element], bytes]] = {
    "UTF-16": lambda root: etree.tostring(root, encoding="UTF-16", xml_declaration=True),
    "Latin 1": lambda root: etree.tostring(root, encoding="ISO-8859-1", xml_declaration=True),
    "UTF-8 with a mark": lambda root: b"\xef\xbb\xbf" + etree.tostring(root, encoding="UTF-8"),
    "no declaration": lambda root: etree.tostring(root, encoding="UTF-8"),
    "character references": lambda root: etree.tostring(root, encoding="US-ASCII"),
    "single quotes": lambda root: etree.tostring(root, encoding="UTF-8").replace(b'code="completed"', b"code='completed'"),
    "lines of Windows": lambda root: etree.tostring(root, encoding="UTF-8").replace(b"\n", b"\r\n"),
    "a style sheet": lambda root: b'<?xml-stylesheet type="text/xsl" href="cda.xsl"?>' + etree.tostring(root, encoding="UTF-8"),
    "marked sections": lambda root: re.sub(
        "<title>([^<&]*)</title>", r"<title><![CDATA[\1]]></title>", etree.tostring(root, encoding="unicode")
    ).encode(),
    "spaces around types": lambda root: etree.tostring(root, encoding="UTF-8").replace(b'xsi:type="PQ"', b'xsi:type=" PQ "'),
    "another prefix": lambda root: str(PREFIXED(root)).encode(),
}

# What a volet forbids that others allow.
FORBIDDEN = {
    ("BIO-CR-BIO_2024.01_Glycémie mole", "another section"),
    ("CSE-CS8_2025.01", "two addresses of the patient"),
    ("CSE-CS8_2025.01", "address not known"),
}


@pytest.fixture(scope="module")
def judged(official: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Counter[str]]:
    """Counts of errors by rule, of each clean example and of its variations, in one command."""
    folder = tmp_path_factory.mktemp("variations")
    names: dict[str, tuple[str, str]] = {}

    def keep(volet: str, name: str, content: bytes) -> None:
        file = f"{len(names):03}.xml"
        names[file] = (volet, name)
        (folder / file).write_bytes(content)

    for volet, own in VOLETS.items():
        tree = etree.parse(str(official / "cda" / "examples" / f"{volet}.xml"))
        for name, edit in {"clean": all_of(), **header(volet), **own}.items():
            varied = copy.deepcopy(tree).getroot()
            edit(varied)
            keep(volet, name, etree.tostring(varied, encoding="UTF-8", xml_declaration=True))
        for name, write in writings(volet).items():
            keep(volet, name, write(copy.deepcopy(tree).getroot()))
    done = harness("check", "--format", "json", folder)
    documents = json.loads(done.stdout)["documents"]
    assert len(documents) == len(names), done.stderr
    return {
        names[Path(d["path"]).name]: Counter(f["rule"] for f in d["findings"] if f["severity"] == "error")
        + Counter(["not judged"] * (d["verdict"] not in ("pass", "fail")))
        for d in documents
    }


def header(volet: str) -> dict[str, Edit]:
    """What may vary in every document; on the two largest examples, only what is theirs."""
    if volet.startswith(("IPS", "IMG")):
        return {}
    return {name: edit for name, edit in HEADER.items() if (volet, name) not in FORBIDDEN}


def writings(volet: str) -> dict[str, Callable[[etree._Element], bytes]]:
    return WRITINGS if volet.startswith(("VSM", "VAC", "eP")) else {}


CASES = [(volet, name) for volet, own in VOLETS.items() for name in [*header(volet), *own, *writings(volet)]]


@pytest.mark.official
@pytest.mark.parametrize(("volet", "name"), CASES)
def test_a_variation_adds_no_error(judged: dict[tuple[str, str], Counter[str]], volet: str, name: str) -> None:
    new = judged[volet, name] - judged[volet, "clean"]
    assert not new, f"{volet}, {name}: {dict(new)}"
