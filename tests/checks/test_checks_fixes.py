"""Fixes: what is mended is right, what is not certain is not mended."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from commands import harness
from lxml import etree

from harness.checks import Judge
from harness.documents import mends, patching, read
from harness.documents.locations import decoded
from harness.library import Library
from harness.model import Judgement

PATIENT = Path(__file__).parents[2] / "profiles" / "cda" / "header" / "specimens" / "patient.xml"


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(Library.open(), at=date(2026, 11, 24), now=datetime(2026, 11, 24, tzinfo=UTC), mending="how")


def judged(judge: Judge, text: str) -> Judgement:
    return judge.judge(read(text.encode(), "document.xml"))


def mended(judge: Judge, text: str) -> str:
    fixes = [finding.fix.replacements for finding in judged(judge, text).findings if finding.fix is not None]
    return patching.mended(text, fixes)[0]


def without(before: str, after: str) -> Callable[[str], str]:
    def spoil(text: str) -> str:
        assert before in text
        return text.replace(before, after, 1)

    return spoil


MISTAKES = {
    "INS-R01": without('extension="112093155555390"', 'extension="112093155555391"'),
    "INS-R05-FAMILY": without('<family qualifier="BR">', "<family>"),
    "TIME-ZONE": without("+0100", ""),
    "CODE-LABEL": without('displayName="Normal"', 'displayName="Restreint"'),
}


@pytest.mark.parametrize("rule", MISTAKES)
def test_a_mistake_is_mended_and_brings_the_document_back_to_what_it_was(judge: Judge, rule: str) -> None:
    clean = PATIENT.read_text("utf-8")
    spoiled = MISTAKES[rule](clean)
    assert rule in rules(judge, spoiled)
    assert mended(judge, spoiled) == clean


def test_the_label_of_another_code_is_told_once_where_a_value_set_has_told_that_it_differs(judge: Judge) -> None:
    spoiled = MISTAKES["CODE-LABEL"](PATIENT.read_text("utf-8"))
    differs = without('displayName="Normal"', 'displayName="Secret"')(PATIENT.read_text("utf-8"))
    assert [f.rule for f in judged(judge, spoiled).findings if "label" in f.rule.lower()] == ["CODE-LABEL"]
    assert [f.rule for f in judged(judge, differs).findings if "label" in f.rule.lower()] == ["header:confidentialityCode.label"]


def rules(judge: Judge, text: str) -> set[str]:
    return {finding.rule for finding in judged(judge, text).findings}


@pytest.mark.parametrize("seed", range(12))
def test_a_child_moved_anywhere_finds_its_place_again(judge: Judge, seed: int) -> None:
    root = read(PATIENT.read_bytes(), "x").root
    assert root is not None
    choice = random.Random(seed)
    parents = list(root.iter("{*}patientRole", "{*}patient", "{*}ClinicalDocument", "{*}assignedAuthor"))
    parent = parents[seed % len(parents)]
    children = [child for child in parent if isinstance(child.tag, str)]
    moved = choice.choice(children)
    parent.remove(moved)
    parent.insert(choice.randrange(len(children)), moved)

    spoiled = etree.tostring(root, encoding="unicode")
    assert "CDA-ORDER" in rules(judge, spoiled)
    assert "CDA-ORDER" not in rules(judge, mended(judge, spoiled))


def test_two_children_out_of_place_are_not_guessed(judge: Judge) -> None:
    text = PATIENT.read_text("utf-8")
    spoiled = text.replace('<realmCode code="FR"/>', "", 1).replace(
        "<custodian>", '<realmCode code="FR"/><setId root="1.2"/><custodian>', 1
    )
    found = [finding for finding in judged(judge, spoiled).findings if finding.rule == "CDA-ORDER"]
    assert found
    assert all(finding.fix is None for finding in found)


def test_what_carries_a_real_ins_is_not_patched(judge: Judge) -> None:
    spoiled = MISTAKES["INS-R01"](PATIENT.read_text("utf-8")).replace("1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.8")
    found = judged(judge, spoiled).findings
    assert "INS-R01" in {finding.rule for finding in found}
    assert all(finding.fix is None for finding in found)


def test_without_being_asked_no_time_is_spent_on_fixes() -> None:
    quick = Judge(Library.open(), at=date(2026, 11, 24), now=datetime(2026, 11, 24, tzinfo=UTC))
    assert all(finding.fix is None for finding in judged(quick, MISTAKES["INS-R01"](PATIENT.read_text("utf-8"))).findings)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<a b="1"/>', '<a b="x"/>'),
        ("<a\n  b = '1'\n/>", '<a\n  b = "x"\n/>'),
        ('<a c=">" b="1"></a>', '<a c=">" b="x"></a>'),
        ("<a/>", '<a b="x"/>'),
        ("<a>é</a>", '<a b="x">é</a>'),
        ('<a bb="1"/>', '<a b="x" bb="1"/>'),
    ],
)
def test_an_attribute_is_written_where_it_stands_or_after_the_name(before: str, after: str) -> None:
    text = f'<ClinicalDocument xmlns="urn:hl7-org:v3">«\r\n\t{before}<z/></ClinicalDocument>'
    document = read(text.encode(), "x")
    replacements = patching.Patcher(document).replacements(mends.SetAttribute(1, "b", "x"))
    assert patching.mended(text, [replacements])[0] == text.replace(before, after)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_mends_count_in_characters_whatever_the_encoding(encoding: str) -> None:
    name = encoding.removesuffix("-sig")
    text = (
        f'<?xml version="1.0" encoding="{name}"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3"><é ü="à"/><a b="1"/></ClinicalDocument>'
    )
    document = read(text.encode(encoding), "x")
    replacements = patching.Patcher(document).replacements(mends.SetAttribute(2, "b", "x"))
    assert patching.mended(decoded(document), [replacements])[0].lstrip("\ufeff") == text.replace('b="1"', 'b="x"')


@pytest.mark.parametrize(
    ("encoding", "patched"), [("utf-8", True), ("utf-8-sig", True), ("iso-8859-1", True), ("cp1252", True), ("utf-16", False)]
)
def test_a_patch_is_made_of_the_bytes_of_the_file(encoding: str, patched: bool) -> None:
    declared = encoding.removesuffix("-sig")
    said = "" if encoding == "utf-8" else f' encoding="{declared}"'
    text = f'<?xml version="1.0"{said}?>\r\n<ClinicalDocument xmlns="urn:hl7-org:v3">é\r\n<a b="1"/></ClinicalDocument>'
    document = read(text.encode(encoding), "x")
    new = decoded(document).replace('b="1"', 'b="œ"')
    told = patching.patch(document, new).encode("utf-8", "surrogateescape")
    assert bool(told) is patched
    if patched:
        lines = text.encode(encoding).split(b"\n")
        written = '<a b="œ"/></ClinicalDocument>'.encode(declared, "xmlcharrefreplace")
        assert [line[1:] for line in told.split(b"\n")[3:] if line[:1] in (b" ", b"-")] == lines
        assert b"+" + written in told.split(b"\n")


def test_of_two_mends_of_the_same_place_one_is_made() -> None:
    text = '<ClinicalDocument xmlns="urn:hl7-org:v3"><a b="1"/></ClinicalDocument>'
    patcher = patching.Patcher(read(text.encode(), "x"))
    both = [patcher.replacements(mends.SetAttribute(1, "b", value)) for value in ("x", "y")]
    assert patching.mended(text, both) == (text.replace('"1"', '"x"'), 1)


def test_what_no_patch_can_mend_is_counted_and_left_to_be_mended_by_hand(tmp_path: Path) -> None:
    spoilt = MISTAKES["INS-R01"](PATIENT.read_text("utf-8")).replace('encoding="UTF-8"', 'encoding="UTF-16"')
    (tmp_path / "document.xml").write_bytes(spoilt.encode("utf-16"))
    done = harness("check", "document.xml", "--diff", "--lang", "en", folder=tmp_path)
    assert done.stdout == ""
    assert done.stderr.startswith("No fix is certain.\n1 document to fix by hand: an encoding")


def test_the_patch_of_the_command_is_one_that_patch_applies(tmp_path: Path) -> None:
    if shutil.which("patch") is None:
        pytest.skip("patch is not installed")
    clean = PATIENT.read_text("utf-8")
    (tmp_path / "document.xml").write_text(MISTAKES["INS-R05-FAMILY"](MISTAKES["INS-R01"](clean)), "utf-8")
    done = harness("check", "document.xml", "--diff", folder=tmp_path)
    assert done.stdout.startswith("--- document.xml\n+++ document.xml\n@@ ")
    subprocess.run(["patch", "-p0"], cwd=tmp_path, input=done.stdout, text=True, check=True, capture_output=True)
    assert (tmp_path / "document.xml").read_text("utf-8") == clean


@pytest.mark.parametrize("apply", [("patch", "-p0"), ("git", "apply", "-p0")])
@pytest.mark.parametrize("name", ["lettre de liaison.xml", "é à ç.xml", "a\nb.xml", 'a\t"b\\c.xml'])
def test_a_patch_finds_its_file_whatever_its_name(tmp_path: Path, name: str, apply: tuple[str, ...]) -> None:
    if shutil.which(apply[0]) is None:
        pytest.skip(f"{apply[0]} is not installed")
    clean = PATIENT.read_text("utf-8")
    (tmp_path / name).write_text(MISTAKES["INS-R01"](clean), "utf-8")
    done = harness("check", name, "--diff", folder=tmp_path)
    subprocess.run(apply, cwd=tmp_path, input=done.stdout, text=True, check=True, capture_output=True)
    assert (tmp_path / name).read_text("utf-8") == clean
