"""A small package of invented Schematrons, laid out as the official tool's repository: every construct once, and a few defects."""

from __future__ import annotations

from pathlib import Path

SCH = 'xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2"'
NS = '<ns prefix="cda" uri="urn:hl7-org:v3"/><ns prefix="svs" uri="urn:ihe:iti:svs:2008"/>'

FILES = {
    "infrastructure/cda/CDA_extended.xsd": """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:hl7-org:v3"
  targetNamespace="urn:hl7-org:v3" elementFormDefault="qualified">
  <xs:include schemaLocation="parts/document.xsd"/></xs:schema>""",
    "infrastructure/cda/parts/document.xsd": """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
  targetNamespace="urn:hl7-org:v3" elementFormDefault="qualified"><xs:element name="ClinicalDocument"><xs:complexType><xs:sequence>
  <xs:any maxOccurs="unbounded" processContents="skip"/></xs:sequence></xs:complexType></xs:element></xs:schema>""",
    # includes, letter case aside; a file and a pattern that are not there
    "schematrons/profils/IHE.sch": f"""<schema {SCH} defaultPhase="all">{NS}
  <include href="../include/Titles.sch"/><include href="../include/absent.sch"/>
  <phase id="all"><active pattern="titles"/><active pattern="nowhere"/></phase>
  <pattern id="silent"><rule context="*"><assert test="false()">a pattern that is not active</assert></rule></pattern></schema>""",
    "schematrons/include/titles.sch": """<pattern xmlns="http://purl.oclc.org/dsdl/schematron" id="titles">
  <let name="wanted" value="'Summary'"/>
  <rule abstract="true" id="titled"><let name="said" value="cda:title"/>
    <assert test="$said = $wanted" role="warning">
    the title is <value-of select="$said"/>, not <value-of select="$wanted"/></assert></rule>
  <rule context="cda:ClinicalDocument"><extends rule="titled"/></rule>
  <rule context="cda:ClinicalDocument"><assert test="false()">
    a later rule of the pattern is not for the same element</assert></rule>
  <rule context="cda:title/@lang"><report test=". = 'xx'">
    the attribute <name/> is xx</report></rule></pattern>""",
    # an abstract pattern with parameters, and value sets: there, there under another case, absent
    "schematrons/profils/CI-SIS_ModelesDeContenusCDA.sch": f"""<schema {SCH}>{NS}
  <let name="sexes" value="'../../jeuxDeValeurs/JDV_Sex.xml'"/><let name="lost" value="'../../jeuxDeValeurs/JDV_Lost.xml'"/>
  <pattern id="in-set" abstract="true"><rule context="$element">
    <let name="code" value="@code"/>
    <assert test="document($path)//svs:Concept[@code = $code]">
    <name/> is not in the set: <value-of select="$code"/></assert></rule></pattern>
  <pattern id="sex" is-a="in-set"><param name="element" value="cda:sex"/><param name="path" value="$sexes"/></pattern>
  <pattern id="colour" is-a="in-set">
    <param name="element" value="cda:colour"/><param name="path" value="$lost"/></pattern></schema>""",
    # one that fails while it runs
    "schematrons/profils/CI-SIS_Modeles_ANS.sch": f"""<schema {SCH}>{NS}
  <pattern id="count"><rule context="cda:count">
    <assert test="xs:integer(@value) gt 0">not positive</assert></rule></pattern></schema>""",
    # one that cannot be compiled
    "schematrons/profils/terminologies/schematron/terminologie.sch": f"""<schema {SCH}>{NS}
  <pattern id="wrong"><rule context="cda:code"><assert test="nothing:known(@code)">never said</assert></rule></pattern></schema>""",
    "schematrons/CI-SIS_VSM_2022.01.sch": f"""<schema {SCH}>{NS}
  <pattern id="of-2022"><rule context="/cda:ClinicalDocument">
    <assert test="cda:old">nothing old</assert></rule></pattern></schema>""",
    "schematrons/CI-SIS_VSM_2023.01.sch": f"""<schema {SCH}>{NS}
  <pattern id="of-2023"><rule context="/cda:ClinicalDocument">
    <assert test="cda:new">nothing new</assert></rule></pattern></schema>""",
    "jeuxDeValeurs/jdv_sex.XML": """<RetrieveValueSetResponse xmlns="urn:ihe:iti:svs:2008">
  <ValueSet id="1.2.3" revisionDate="2024-01-02">
  <ConceptList><Concept code="F" codeSystem="1.2.3.4" displayName="Female"/></ConceptList></ValueSet></RetrieveValueSetResponse>""",
}


def write(folder: Path) -> Path:
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def cda(body: str, version: str = "2022.01") -> bytes:
    """A document of which only what the package looks at is there."""
    extension = f' extension="{version}"' if version else ""
    return f"""<ClinicalDocument xmlns="urn:hl7-org:v3">
<templateId root="1.2.250.1.213.1.1.1.13"{extension}/>
<old/><title>Summary</title>
{body}</ClinicalDocument>""".encode()
