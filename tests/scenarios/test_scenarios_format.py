"""A scenario is a file a person writes: what is wrong in it is told with its file and line."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from harness.errors import DataError
from harness.exchange import client_of_nobody
from harness.exchange.pdsm.client import _TRANSACTIONS
from harness.exchange.pdsm.terms import TERMS
from harness.library import Library, reading
from harness.library.scenarios import DOCUMENT_FACTS, PATIENT_FACTS, scenario
from harness.library.shapes import Sheet, check_shape
from harness.model import Level, Scenario
from harness.runner.drawing import draw
from harness.runner.vetting import vet
from harness.synthesis import synthesize

ROOT = Path(__file__).parents[2]

GOOD = """\
id: my-own
title: {fr: Le mien, en: My own}
protocol: pdsm
level: should
requirements: [PDSM-ITI65-01, PDSM-ITI65-06]
given:
  patient: dominique-pat-trois
  document: {profile: cda/vsm, story: diabetes-followup}
steps:
- id: publish
  send: {transaction: ITI-65, document: "${document}"}
  expect: {status: 200}
  save: {where: locations}
  requirements: [PDSM-ITI65-01]
- wait: {seconds: 1}
  requirements: []
- check: {value: "${steps.publish.status}", equal: 200}
  when: {value: "${saved.where}", at-least: 1}
  always: true
"""


def read(folder: Path, text: str, known: Collection[str] = ()) -> Scenario:
    path = folder / "mine.yaml"
    path.write_text(text, "utf-8")
    sheet = Sheet("scenarios/mine.yaml", str(path), reading.read(path.read_bytes(), str(path)))
    check_shape(sheet)
    return scenario(sheet, known)


def example(folder: Path, before: str = "", after: str = "") -> Scenario:
    """The scenario that the documentation shows, changed."""
    text = (ROOT / "docs" / "scenarios.md").read_text("utf-8").partition("```yaml\n")[2].partition("```")[0]
    assert before in text
    return read(folder, text.replace(before, after, 1))


def test_a_scenario_is_read_whole(tmp_path: Path) -> None:
    one = read(tmp_path, GOOD)
    assert (one.level, one.negative, one.requirements) == (Level.SHOULD, False, ("PDSM-ITI65-01", "PDSM-ITI65-06"))
    publish, wait, check = one.steps
    assert (publish.id, publish.kind, publish.line, publish.save) == ("publish", "send", 10, {"where": "locations"})
    assert publish.requirements == ("PDSM-ITI65-01",)
    assert (wait.requirements, wait.arguments) == ((), {"seconds": 1})
    assert (check.requirements, check.always) == (one.requirements, True)


def test_the_persons_own_scenarios_stand_beside_ours(home: Path) -> None:
    (home / "scenarios").mkdir()
    (home / "scenarios" / "mine.yaml").write_text(GOOD, "utf-8")
    ids = [one.id for one in Library.open(home).scenarios()]
    assert {"my-own", "pdsm-iti65-publish-vsm"} <= set(ids)


def test_the_lines_of_names_that_only_a_run_can_judge_are_kept(tmp_path: Path) -> None:
    lines = read(tmp_path, GOOD).lines
    asked = ("pdsm", "PDSM-ITI65-06", "dominique-pat-trois", "cda/vsm", "diabetes-followup")
    assert [lines[name] for name in asked] == [3, 5, 7, 8, 8]


@pytest.mark.parametrize(
    ("before", "after", "line", "word"),
    [
        ("title: {fr: Le mien, en: My own}", "title: {fr: Le mien}", 2, "en"),
        ("level:", "levle:", 4, "level"),
        ("level: should", "level: shall", 4, "shall"),
        ("  patient: dominique", "  patients: dominique", 7, "patient"),
        ("send: {transaction: ITI-65,", "send: {transaction: ITI-65,,", 11, "YAML"),
        ("send: {transaction: ITI-65,", "sent: {transaction: ITI-65,", 11, "sent"),
        ("send: {transaction: ITI-65, document", "send: {document", 11, "transaction"),
        ("${document}", "${documnet}", 11, "document"),
        ('"${document}"', '"le ${document}"', 11, "whole document"),
        ("requirements: [PDSM-ITI65-01]\n- wait", "requirements: [PDSM-ITI65-02]\n- wait", 14, "PDSM-ITI65-02"),
        ("seconds: 1", "seconds: 1000", 15, "300"),
        ("- wait: {seconds: 1}", "- id: publish\n  wait: {seconds: 1}", 15, "publish"),
        ("- wait: {seconds: 1}", "- wait: {seconds: 1}\n  expect: {status: 200}", 15, "answer"),
        ("- wait: {seconds: 1}", "- wait: {seconds: 1}\n  send: {transaction: ITI-65}", 15, "send"),
        ("${steps.publish.status}", "${steps.pubish.status}", 17, "Did you mean steps.publish.status?"),
        ("send: {transaction: ITI-65,", "send: {transction: ITI-65,", 11, "did you mean transaction?"),
        ('check: {value: "${steps', 'check: {vaule: "${steps', 17, "did you mean value?"),
        ("equal: 200", "equals: 200", 17, "equal"),
        (
            'check: {value: "${steps.publish.status}", equal: 200}',
            "check: {reply: nothing}\n  expect: {status: 200}",
            17,
            "nothing",
        ),
        ("${saved.where}", "${saved.were}", 18, "where"),
        ("requirements: [PDSM-ITI65-01, PDSM-ITI65-06]", "requirements: [PDSM-ITI65-01, PDSM-ITI65-01]", 5, "names"),
        ("id: my-own", "id: My Own", 1, "id"),
        ("level: should", "level: should\nactors: {sistem: responder}", 5, "system"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, before: str, after: str, line: int, word: str) -> None:
    assert before in GOOD
    with pytest.raises(DataError) as raised:
        read(tmp_path, GOOD.replace(before, after, 1))
    assert raised.value.file.endswith("mine.yaml")
    assert raised.value.line == line, raised.value.message.en
    assert word in raised.value.message.en + raised.value.hint.en


def test_a_requirement_that_does_not_exist_is_told_before_the_steps_that_name_the_right_one(tmp_path: Path) -> None:
    known = ("PDSM-ITI65-01", "PDSM-ITI65-06", "PDSM-ITI68-01")
    with pytest.raises(DataError) as raised:
        read(tmp_path, GOOD.replace("PDSM-ITI65-06", "PDSM-ITI65-O6", 1), known)
    assert (raised.value.line, raised.value.hint.en) == (5, "Known: PDSM-ITI65-01, PDSM-ITI65-06.")
    assert raised.value.message.en.endswith("unknown requirement: PDSM-ITI65-O6")


def test_the_library_knows_which_requirements_there_are(home: Path) -> None:
    (home / "scenarios").mkdir()
    (home / "scenarios" / "mine.yaml").write_text(GOOD.replace("PDSM-ITI65-06", "PDSM-ITI65-O6", 1), "utf-8")
    with pytest.raises(DataError, match="PDSM-ITI65-O6"):
        Library.open(home).scenarios()


@pytest.mark.parametrize(
    ("before", "after", "line", "word"),
    [
        ("system: responder", "system: respondr", 9, "responder"),
        ('url: "${steps.find.attachment_url}"', "url: 3", 28, "text"),
        ('url: "${', 'ulr: "${', 28, "url"),
        ("attachment_url", "attachement_url", 28, "attachment_url"),
        ('bytes-equal: "${document}"', "bytes-equal: document", 29, "${document}"),
        ('bytes-equal: "${document}"', 'bytes-equal: "${document.unique_id}"', 29, "${document}"),
        ("bytes-equal", "byte-equal", 29, "bytes-equal"),
        ('document: "${document}"', "document: document", 17, "${document}"),
        ("status: 200}", "status: 2OO}", 18, "2OO"),
        ('document: "${document}"}', 'document: "${document}", spoil: wrong-hahs}', 17, "wrong-hash?"),
        ('document: "${document}"}', 'document: "${document}", format: xlm}', 17, "xml?"),
        ("expect: {found-once", "expect: {only-matching: {statut: current}, found-once", 25, "status?"),
        ("status: 200}", "valid-fhir: r5}", 18, "r4, or"),
        ("status: 200}", "bundle: transaction-respons}", 18, "transaction-response?"),
        ("expect: {found-once", 'expect: {status-of: {"${document.unique_id}": curent}, found-once', 25, "curent"),
        ("story: diabetes-followup", "story: diabetes-followup, mutation: ins-key-of-by-one", 14, "ins-key-of-by-one"),
        ("transaction: ITI-68", "transaction: ITI-86", 28, "ITI-68"),
        ("requirements: [PDSM-ITI68-01]", "save: {it: media_typ}\n  requirements: [PDSM-ITI68-01]", 30, "media_type"),
        ("status: 200}", "resource: Patent}", 18, "Patient?"),
        ("status: 200}", "resource: documentreference}", 18, "DocumentReference?"),
        ("status: 200}", "headers: {ETag: presnt}}", 18, "present?"),
        ("status: 200}", "headers: {Loaction: present}}", 18, "Location?"),
        ("status: 200}", "media-type: text/xlm}", 18, "text/xml?"),
        ("status: 200}", "relates-to: {replace: x}}", 18, "replaces?"),
        ('"${document}"}', '"${document}", edit: {path: DocumentReference.staus, value: x}}', 17, "status?"),
        ('"${document}"}', '"${document}", edit: {path: DocumentRefrence.status, value: x}}', 17, "DocumentReference?"),
        ('"${document}"}', '"${document}", edit: {path: "entry[0].reqest.url", value: x}}', 17, "request?"),
        ('"${document}"}', '"${document}", edit: {path: type, vlaue: x}}', 17, "value?"),
        ('"${document}"}', '"${document}", spoil: [missing-type, missing-staus]}', 17, "missing-status?"),
        ('"${document}"}', '"${document}", spoil: "CARD:DocumentReference.subjct:drop"}', 17, "subject?"),
        ('"${document}"}', '"${document}", accept: application/fhir+jsn}', 17, "application/fhir+json?"),
        ('"${document}"}', '"${document}", accept: xlm}', 17, "xml?"),
        ('"${document}"}', '"${document}", headers: {If-Macth: x}}', 17, "If-Match?"),
        ("patient.identifier:", "patient.identifer:", 23, "patient.identifier?"),
        ("status: current,", "status: curent,", 23, "current?"),
        ("status: current,", "status: null,", 23, "each with its value"),
        ("status: current,", "status: current, date: gr2020,", 23, "ge"),
        ("status: current,", "status: current, format: urn:ietf:rfc:3896|x,", 23, "urn:ietf:rfc:3986?"),
        ("    pick:", "    prefer: strct\n    pick:", 24, "strict?"),
        ("${steps.find.attachment_url}", "${steps.publish.message.entry.1.resource.contnet}", 28, "content?"),
        ("transaction: ITI-68, url:", "transaction: PDSm-03, patch: [{op: replce, path: /status}], identifier:", 28, "replace?"),
        ("transaction: ITI-68, url:", "transaction: PDSm-03, patch: [{op: add, path: /satus}], identifier:", 28, "status?"),
        ("transaction: ITI-68, url:", "transaction: READ, accept: xml, reference: Binry/1, format:", 28, "Binary?"),
        ('transaction: ITI-68, url: "${steps.find.attachment_url}"', "transaction: READ", 28, "`reference` is missing"),
    ],
)
def test_a_slip_that_the_protocol_can_tell_is_told_at_its_line_before_anything_is_played(
    tmp_path: Path, before: str, after: str, line: int, word: str
) -> None:
    library = Library.open()
    client = client_of_nobody("pdsm", library)
    one = replace(example(tmp_path, before, after), file=str(tmp_path / "mine.yaml"))
    with pytest.raises(DataError) as raised:
        vet([one], library, {"pdsm": client}, date(2026, 11, 24))
    assert raised.value.line == line, raised.value.message.en
    assert word in raised.value.message.en + raised.value.hint.en


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("status: 200}", "headers: {etag: present, X-Tenant: absent, ETag: 'W/\"2\"'}}"),
        ("status: current,", "status: current, couleur: bleu, date: geHIER, type: 'urn:oid:1.2|AUTRE',"),
        ('"${document}"}', '"${document}", edit: {path: DocumentReference.couleur, value: bleue}}'),
        ('"${document}"}', '"${document}", accept: image/webp, headers: {x-request-id: "1"}}'),
        ("${steps.find.attachment_url}", "${steps.publish.resource.entry.1.response.location}"),
    ],
)
def test_what_a_scenario_may_ask_though_nobody_knows_it_is_no_slip(tmp_path: Path, before: str, after: str) -> None:
    library = Library.open()
    vet([example(tmp_path, before, after)], library, {"pdsm": client_of_nobody("pdsm", library)}, date(2026, 11, 24))


def test_each_scenario_of_ours_is_vetted_without_a_word() -> None:
    library = Library.open()
    vet(library.scenarios(), library, {"pdsm": client_of_nobody("pdsm", library)}, date(2026, 11, 24))


def test_the_terms_of_pdsm_say_every_transaction_expectation_and_fact_of_its_guide() -> None:
    guide = (ROOT / "docs" / "pdsm.md").read_text("utf-8")
    client = client_of_nobody("pdsm", Library.open())
    assert set(TERMS.arguments) == set(TERMS.facts) == set(_TRANSACTIONS)
    assert set(TERMS.expected) == set(client.expectations)
    rows = {row.split("|")[1].strip(): row for row in guide.splitlines() if row.startswith(("| ITI-", "| every reply"))}
    for row, transaction in (("every reply", "READ"), ("ITI-65", "ITI-65"), ("ITI-66, ITI-67", "ITI-67"), ("ITI-105", "ITI-105")):
        told = set(re.findall(r"`([a-z_]+)`", rows[row].split("|", 2)[2]))
        assert told - {"pick"} <= TERMS.facts[transaction]


def test_a_requirement_that_no_step_gives_evidence_on_is_a_mistake(tmp_path: Path) -> None:
    text = GOOD.replace("  always: true\n", "  always: true\n  requirements: [PDSM-ITI65-01]\n")
    with pytest.raises(DataError, match="PDSM-ITI65-06"):
        read(tmp_path, text)


def test_the_example_of_the_documentation_is_one_of_ours_in_form(tmp_path: Path) -> None:
    assert [step.id for step in example(tmp_path).steps] == ["publish", "find", "retrieve"]


def test_every_fact_that_the_format_knows_is_given_by_the_runner() -> None:
    library = Library.open()
    one = next(one for one in library.scenarios() if one.id == "pdsm-iti65-publish-vsm")
    facts = draw(one, library, synthesize, seed=1, attempt=0, at=date(2026, 11, 24))
    assert set(facts) == {
        "document",
        *(f"document.{fact}" for fact in DOCUMENT_FACTS),
        *(f"patient.{fact}" for fact in PATIENT_FACTS),
    }
