"""What is read as a document, what is refused, and what a person is told: hostile bytes end in one clear refusal, quickly."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.documents import Limits, read, refusals
from harness.errors import UnreadableDocument
from harness.namespaces import HL7_V3

CDA = f'<ClinicalDocument xmlns="{HL7_V3}"><title>é</title></ClinicalDocument>'
XSLT = f"""<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:c="{HL7_V3}">
  <data>
    <c:ClinicalDocument>
      <c:title>t</c:title>
    </c:ClinicalDocument>
  </data>
</xsl:stylesheet>"""


def bomb(depth: int) -> str:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(depth))
    return f"<!DOCTYPE x [{entities}]>{CDA.replace('é', f'&e{depth - 1};')}"


@pytest.mark.parametrize(
    "data",
    [
        CDA.encode(),
        b"\xef\xbb\xbf" + CDA.encode(),
        f'<?xml version="1.0" encoding="UTF-16"?>{CDA}'.encode("utf-16"),
        f'<?xml version="1.0" encoding="UTF-16"?>{CDA}'.encode("utf-16-le"),
        f'<?xml version="1.0" encoding="UTF-16"?>{CDA}'.encode("utf-16-be"),
        f'<?xml version="1.0" encoding="ISO-8859-1"?>{CDA}'.encode("latin-1"),
        f'<?xml version="1.0" encoding="windows-1252"?>{CDA}'.encode("cp1252"),
        f"\n  {CDA}".encode(),
        f"<!-- before --><?pi?>{CDA}".encode(),
    ],
)
def test_a_cda_is_read_in_any_encoding_it_announces(data: bytes) -> None:
    document = read(data, "x.xml")
    assert (document.kind, document.wrapped) == ("cda", None)
    assert document.root is not None
    assert document.root.findtext(f"{{{HL7_V3}}}title") == "é"


def test_a_self_presenting_document_is_the_cda_it_carries() -> None:
    document = read(XSLT.encode(), "x.xml")
    assert (document.kind, document.wrapped) == ("cda", "stylesheet")
    assert document.root is not None
    assert document.root.getparent() is None
    assert document.root.xpath("/c:ClinicalDocument/c:title/text()", namespaces={"c": HL7_V3}) == ["t"]


REFUSED = {
    "empty": (b"", "vide", 0),
    "spaces only": (b" \n ", "vide", 0),
    "binary": (bytes(range(256)), "non reconnu", 0),
    "plain words": (b"Bonjour", "non reconnu", 0),
    "truncated": (CDA.encode()[:-19], "s'arrête avant sa fin", 1),
    "truncated in a tag": (b"<a>\n<b", "ligne 2", 2),
    "two roots": ((CDA + "<a/>").encode(), "suit la fin", 1),
    "crossed tags": (b"<a>\n<b>\n</a>", "balise fermante", 3),
    "bare ampersand": (CDA.replace("é", "R&D").encode(), "échappé", 1),
    "unknown entity": (CDA.replace("é", "&nbsp;").encode(), "entité inconnue", 1),
    "control character": (CDA.replace("é", "\x02").encode(), "interdit", 1),
    "attribute twice": (b"<a x='1'\n x='2'/>", "deux fois", 2),
    "prefix not declared": (b"<c:ClinicalDocument/>", "préfixe", 1),
    "declaration not first": (b" <?xml version='1.0'?><a/>", "début", 1),
    "wrong encoding": (f'<?xml version="1.0" encoding="UTF-8"?>{CDA}'.encode("latin-1"), "octets", 1),
    "unknown encoding": (f'<?xml version="1.0" encoding="KLINGON"?>{CDA}'.encode(), "encodage inconnu", 1),
    "document type": (f"<!DOCTYPE ClinicalDocument>\n{CDA}".encode(), "<!DOCTYPE>", 1),
    "external document type": (f'\n<!DOCTYPE x SYSTEM "http://localhost:9/x.dtd">{CDA}'.encode(), "<!DOCTYPE>", 2),
    "file entity": (f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>{CDA.replace("é", "&e;")}'.encode(), "<!DOCTYPE>", 1),
    "billion laughs": (bomb(12).encode(), "<!DOCTYPE>", 1),
    "document type in UTF-16": (f"<!DOCTYPE x>{CDA}".encode("utf-16"), "<!DOCTYPE>", 1),
    "quadratic": (f'<!DOCTYPE x [<!ENTITY e "{"a" * 50_000}">]><x>{"&e;" * 5_000}</x>'.encode(), "<!DOCTYPE>", 1),
    "200,000 levels": (b"<a>" * 200_000 + b"</a>" * 200_000, "démesurée", 1),
    "another namespace": (CDA.replace("hl7-org:v3", "hl7-org:v4").encode(), "urn:hl7-org:v4", 0),
    "no namespace": (b"<ClinicalDocument/>", "sans espace de noms", 0),
    "stylesheet alone": (b'<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>', "non reconnu", 0),
    "JSON cut": (b'{"a":\n', "JSON mal form", 2),
    "JSON of another kind": (b'{"a": 1}', "resourceType", 1),
    "JSON nested": (b"[" * 100_000, "JSON", 1),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_document_is_refused_in_plain_words(name: str) -> None:
    data, words, line = REFUSED[name]
    with pytest.raises(UnreadableDocument) as refusal:
        read(data, "x.xml")
    assert words in refusal.value.message.fr
    assert refusal.value.message.en != refusal.value.message.fr
    assert refusal.value.line == line


def test_comments_and_processing_instructions_say_nothing() -> None:
    root = read(
        f'<?a b?><ClinicalDocument xmlns="{HL7_V3}"><!-- c --><title>Bi<!-- d -->lan<?e?></title></ClinicalDocument>'.encode(), "x"
    ).root
    assert root is not None
    assert [(one.tag, one.text) for one in root.iter()][1:] == [(f"{{{HL7_V3}}}title", "Bilan")]


def test_every_bound_can_be_moved() -> None:
    with pytest.raises(UnreadableDocument, match="too large"):
        read(CDA.encode(), "x", Limits(size=10))
    with pytest.raises(UnreadableDocument, match="tags"):
        read(CDA.encode(), "x", Limits(tags=3))
    large = f'<ClinicalDocument xmlns="{HL7_V3}">{"<a>" * 600}{"x" * 10_000_000}{"</a>" * 600}</ClinicalDocument>'
    with pytest.raises(UnreadableDocument, match="nested"):
        read(large.encode(), "x")
    assert read(large.encode(), "x", Limits(depth=700)).kind == "cda"


def test_a_text_longer_than_libxml2_allows_by_default_is_read() -> None:
    assert read(CDA.replace("é", "A" * 11_000_000).encode(), "x").kind == "cda"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'{"resourceType": "Patient"}', "fhir-json"),
        (b'<Patient xmlns="http://hl7.org/fhir"/>', "fhir-xml"),
        (b"MSH|^~\\&|A", "hl7v2"),
        (b"\x0bMSH|^~\\&|A", "hl7v2"),
        (b"%PDF-1.7", "pdf"),
        (b"PK\x03\x04", "zip"),
        (b'<l:SubmitObjectsRequest xmlns:l="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"/>', "xds-metadata"),
    ],
)
def test_other_kinds_are_known_by_name(data: bytes, kind: str) -> None:
    assert read(data, "x").kind == kind


@pytest.mark.official
def test_every_official_example_is_read_as_a_cda(official: Path) -> None:
    wrapped = set()
    for file in sorted((official / "cda" / "examples").glob("*.xml")):
        document = read(file.read_bytes(), file.name)
        assert document.kind == "cda"
        if document.wrapped:
            wrapped.add(file.stem)
    assert wrapped == {"BIO-CR-BIO_2021.01_Auto-Presentable_avec-image", "CANCER-PPS_2022.01_Autopresentable"}


def test_a_size_that_is_only_known_to_be_beyond_the_limit_is_said_so() -> None:
    assert refusals.too_large(60_000_001, 60_000_000).message.fr == "fichier trop grand : plus de 60 Mo"
    assert refusals.too_large(75_000_000, 60_000_000).message.en == "file too large: 75 MB, the limit is 60 MB"
