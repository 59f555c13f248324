"""A document recognised, judged and told: profile, environment, verdicts, requirements, masking, and a bound on repetition."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from judging_files import AT, NOW, Trial, cda

from harness.checks import Judge, placed, refused
from harness.checks.findings import KEPT_PER_RULE
from harness.checks.verdicts import ended
from harness.documents import Refused, read
from harness.errors import UnreadableDocument, UsageError
from harness.library import Library
from harness.model import DocumentVerdict, Environment, Excerpt, Judgement, RequirementVerdict, Severity, Text, Within

VOLET = '<templateId root="1.2.9" extension="1"/>'
PRODUCTION, TEST = "1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.10"


def patient(root: str, matricule: str = "279035121518989") -> str:
    return f'<recordTarget><patientRole><id root="{root}" extension="{matricule}"/></patientRole></recordTarget>'


def rule(id: str, requirement: str, test: str, severity: str, context: str = "cda:id", message: str = "{@extension}") -> str:
    return (
        f"- id: {id}\n  requirement: {requirement}\n  context: {context}\n  assert: {test}\n  severity: {severity}\n"
        f'  message: {{fr: "{message}", en: "{message}"}}\n  hint: {{fr: "h {message}", en: h}}\n'
    )


REQUIREMENTS = """\
- {id: M, text: {fr: a, en: b}, level: must, source: {document: d}}
- {id: S, text: {fr: a, en: b}, level: should, source: {document: d}}
"""


# ---------------------------------------------------------------- recognition


def test_the_version_that_a_document_writes_is_the_one_it_is_judged_with(trial: Trial) -> None:
    trial.volet("2", in_force="{from: 2024-01-01}")
    judgement = trial.judge(VOLET)
    assert (judgement.profile, judgement.version_assumed, judgement.verdict) == ("cda/volet@1", False, DocumentVerdict.PASS)
    assert judgement.not_judged == ()


def test_the_version_of_the_profile_is_known_as_well_as_the_extension(trial: Trial) -> None:
    trial.volet("2024.01", recognise='{template: 1.2.9, extension: "240101"}')
    for extension in ("240101", "2024.01"):
        assert trial.judge(f'<templateId root="1.2.9" extension="{extension}"/>').profile == "cda/volet@2024.01"


def test_without_a_version_the_latest_in_force_is_assumed(trial: Trial) -> None:
    trial.volet("2", in_force="{from: 2024-01-01}")
    trial.volet("3", in_force="{from: 2030-01-01}")
    trial.volet("4", in_force="{from: 2025-01-01}", status="draft")
    judgement = trial.judge('<templateId root="1.2.9"/>')
    assert (judgement.profile, judgement.version_assumed) == ("cda/volet@2", True)


def test_a_version_that_is_not_known_is_judged_on_the_header_and_this_is_said(trial: Trial) -> None:
    judgement = trial.judge('<templateId root="1.2.9" extension="7"/>')
    assert (judgement.profile, judgement.verdict) == ("cda/header@1", DocumentVerdict.PARTIAL)
    assert "« 7 »" in judgement.not_judged[0].fr
    assert "cda/volet@1" in judgement.not_judged[0].en


def test_a_volet_that_is_not_known_is_judged_on_the_header_and_this_is_said(trial: Trial) -> None:
    inside = '<templateId root="1.2.77" extension="2024"/><code code="C-1"/><title>Lettre  de\n liaison</title>'
    judgement = trial.judge(inside)
    assert (judgement.profile, judgement.verdict) == ("cda/header@1", DocumentVerdict.PARTIAL)
    (said,) = judgement.not_judged
    for words in ("1.2.77 (2024)", "C-1", "Lettre de liaison", "seul l'en-tête a été jugé"):
        assert words in said.fr


@pytest.mark.parametrize(
    ("inside", "verdict"),
    [
        ('<realmCode code="US"/><templateId root="1.2.77"/>', DocumentVerdict.ERROR),
        ('<templateId root="1.3.6.1.4.1.12559.11.10.1.3.1.1.3"/>', DocumentVerdict.ERROR),
        ('<realmCode/><templateId root="2.16.840.1.113883.10.20.22.1.2"/>', DocumentVerdict.ERROR),
        ('<templateId root="1.3.6.1.4.1.19376.1.3.3"/>', DocumentVerdict.PARTIAL),
        ('<realmCode code="FR"/><templateId root="2.16.840.1.113883.10.20.22.1.2"/>', DocumentVerdict.PARTIAL),
        ('<realmCode code="US"/><templateId root="1.2.250.1.213.1.1.1.999"/>', DocumentVerdict.PARTIAL),
        ('<realmCode code="DE"/><templateId root="2.16.840.1.113883.2.8.2.1"/>', DocumentVerdict.PARTIAL),
        (f'<realmCode code="US"/>{patient(TEST)}', DocumentVerdict.PARTIAL),
    ],
)
def test_a_document_of_another_country_is_not_judged(trial: Trial, inside: str, verdict: DocumentVerdict) -> None:
    judgement = trial.judge(inside)
    assert judgement.verdict is verdict
    if verdict is DocumentVerdict.ERROR:
        (finding,) = judgement.findings
        assert (finding.rule, judgement.profile, judgement.not_judged) == ("document.covered", None, (finding.message,))
        assert trial.judge(inside, profile="cda/volet").profile == "cda/volet@1"  # asked for, it is


def test_of_a_title_without_end_no_more_is_told_than_names_the_document(trial: Trial) -> None:
    (said,) = trial.judge(f'<templateId root="1.2.{"7" * 5_000}"/><title>{"x " * 100_000}</title>').not_judged
    assert len(said.fr) < 800


@pytest.mark.parametrize(
    ("templates", "told"),
    [
        (["1.3.6.1.4.1.19376.1.3.3"], True),
        (["1.2.250.1.213.1.1.1.139"], True),
        (["1.2.250.1.213.1.1.1.73"], True),
        (["1.2.250.1.213.1.1.1.1"], True),
        (["1.2.250.1.213.1.1.1.55"], False),
        (["1.2.250.1.213.1.1.1.13"], False),
    ],
)
def test_the_code_of_a_volet_without_its_template_is_a_warning_unless_the_template_is_another_volet_s(
    trial: Trial, templates: list[str], told: bool
) -> None:
    trial.volet("1", recognise="{template: 1.2.250.1.213.1.1.1.13, codes: [[SYNTH, 1.2.4]]}")
    claimed = "".join(f'<templateId root="{root}" extension="1"/>' for root in templates)
    judgement = trial.judge(f'{claimed}<code code="SYNTH" codeSystem="1.2.4"/>')
    assert [(f.rule, f.severity) for f in judgement.findings] == [("document.volet", Severity.WARNING)] * told


@pytest.mark.parametrize(("code", "volet"), [("SHORT", "cda/short@1"), ("LONG", "cda/long@1"), ("OTHER", "cda/long@1")])
def test_of_two_volets_that_a_document_claims_it_is_the_one_whose_code_it_bears(trial: Trial, code: str, volet: str) -> None:
    claimed = "".join(f'<templateId root="{root}" extension="1"/>' for root in _two_volets(trial, "1.2.9.7", "1.2.33.44"))
    assert trial.judge(f'{claimed}<code code="{code}" codeSystem="1.2.4"/>').profile == volet


def test_a_kind_of_the_volet_whose_code_a_document_bears_says_more_than_that(trial: Trial) -> None:
    claimed = "".join(f'<templateId root="{root}" extension="1"/>' for root in _two_volets(trial, "1.2.9.7", "1.2.9.7.5"))
    assert trial.judge(f'{claimed}<code code="SHORT" codeSystem="1.2.4"/>').profile == "cda/long@1"


def _two_volets(trial: Trial, short: str, long: str) -> tuple[str, str]:
    volet = (trial.folder / "data/profiles/cda/volet/1/profile.yaml").read_text()
    for name, template in (("short", short), ("long", long)):
        how = f'{{template: {template}, extension: "1", codes: [[{name.upper()}, 1.2.4]]}}'
        own = volet.replace("cda/volet", f"cda/{name}").replace('{template: 1.2.9, extension: "1"}', how)
        trial.write(f"profiles/cda/{name}/profile.yaml", own)
    return short, long


def test_templates_of_the_ci_sis_that_no_file_gives_are_told_and_counted_and_change_no_verdict(trial: Trial) -> None:
    claims = ("1.2.250.1.213.1.1.2.9999", "1.2.250.1.213.1.1.3.9999", "1.2.3.4")
    sections = "".join(f'<component><section><templateId root="{root}"/></section></component>' for root in claims)
    judgement = trial.judge(f"{VOLET}<component><structuredBody>{sections * 2}</structuredBody></component>")
    (told,) = judgement.findings
    assert (told.rule, told.severity, judgement.verdict) == ("document.templates", Severity.INFO, DocumentVerdict.PASS)
    assert "(2) : 1.2.250.1.213.1.1.2.9999 (section), 1.2.250.1.213.1.1.3.9999 (section)." in told.message.fr


def test_an_unstructured_document_is_judged_on_the_header_and_this_is_said(trial: Trial) -> None:
    judgement = trial.judge("<component><nonXMLBody/></component>")
    assert judgement.verdict == DocumentVerdict.PARTIAL
    assert "non structuré" in judgement.not_judged[0].fr


def test_an_unstructured_document_is_of_the_volet_its_code_names_else_of_none_and_has_no_version_to_write(trial: Trial) -> None:
    volet = (trial.folder / "data/profiles/cda/volet/1/profile.yaml").read_text()
    recognised = '{template: 1.2.9, extension: "1"}'
    assert recognised in volet
    for id, how in (("cda/n1", "{template: 1.3.6.1.4.1.19376.1.2.20}"), ("cda/report", "{codes: [[R-1, 1.2.3]]}")):
        trial.write(f"profiles/{id}/profile.yaml", volet.replace("cda/volet", id).replace(recognised, how))
    claim = '<templateId root="1.3.6.1.4.1.19376.1.2.20"/>'
    for code, profile in (("R-2", "cda/n1@1"), ("R-1", "cda/report@1")):
        judgement = trial.judge(f'{claim}<code code="{code}" codeSystem="1.2.3"/><component><nonXMLBody/></component>')
        assert (judgement.profile, judgement.version_assumed, judgement.not_judged) == (profile, False, ())


def test_the_most_specific_template_decides(trial: Trial) -> None:
    trial.write(
        "profiles/cda/special/profile.yaml",
        (trial.folder / "data/profiles/cda/volet/1/profile.yaml")
        .read_text()
        .replace("cda/volet", "cda/special")
        .replace('{template: 1.2.9, extension: "1"}', "{template: 1.2.9.3}"),
    )
    assert trial.judge(f'{VOLET}<templateId root="1.2.9.3"/>').profile == "cda/special@1"


def test_a_profile_that_is_asked_for_is_used_and_a_mismatch_is_an_error(trial: Trial) -> None:
    judgement = trial.judge('<templateId root="1.2.77"/>', profile="cda/volet@1")
    assert (judgement.profile, judgement.verdict) == ("cda/volet@1", DocumentVerdict.FAIL)
    assert [finding.rule for finding in judgement.findings] == ["document.profile"]
    assert trial.judge(VOLET, profile="cda/volet").findings == ()
    with pytest.raises(UsageError, match="unknown profile"):
        trial.judge(VOLET, profile="cda/vole")


def test_a_profile_named_without_its_family_is_the_one_that_is_meant(trial: Trial) -> None:
    with pytest.raises(UsageError) as raised:
        trial.judge(VOLET, profile="volet")
    assert raised.value.hint.en == "Did you mean cda/volet?"


def test_the_header_asked_for_says_that_the_body_was_not_judged(trial: Trial) -> None:
    judgement = trial.judge(VOLET, profile="cda/header")
    assert (judgement.verdict, len(judgement.not_judged)) == (DocumentVerdict.PARTIAL, 1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": "deprecated"}, "dépréciée"),
        ({"status": "withdrawn"}, "retirée"),
        ({"status": "draft"}, "projet"),
        ({"in_force": "{from: 2020-01-01, until: 2021-01-01}"}, "pas en vigueur"),
    ],
)
def test_a_profile_past_its_life_or_before_it_is_a_warning(trial: Trial, change: dict[str, str], words: str) -> None:
    trial.volet("1", **change)
    judgement = trial.judge(VOLET)
    (finding,) = judgement.findings
    assert (finding.rule, finding.severity, judgement.verdict) == (
        "document.profile-status",
        Severity.WARNING,
        DocumentVerdict.PASS,
    )
    assert words in finding.message.fr


# ---------------------------------------------------------------- environment, rules and requirements


def rules_of_two_severities(trial: Trial) -> None:
    trial.write("profiles/cda/header/requirements.yaml", REQUIREMENTS)
    trial.write(
        "profiles/cda/header/rules.yaml",
        rule("R", "M", "false()", "{production: error, test: warning}", context=".//cda:id"),
    )


@pytest.mark.parametrize(
    ("root", "asked", "severity", "verdict"),
    [
        (PRODUCTION, Environment.AUTO, "error", RequirementVerdict.BROKEN),
        (TEST, Environment.AUTO, "warning", RequirementVerdict.MET),
        (TEST, Environment.PRODUCTION, "error", RequirementVerdict.BROKEN),
        (PRODUCTION, Environment.TEST, "warning", RequirementVerdict.MET),
    ],
)
def test_a_rule_is_as_severe_as_the_environment_makes_it(
    trial: Trial, root: str, asked: Environment, severity: str, verdict: RequirementVerdict
) -> None:
    rules_of_two_severities(trial)
    judgement = trial.judge(VOLET + patient(root), environment=asked)
    assert [finding.severity for finding in judgement.findings if finding.rule == "R"] == [severity]
    assert judgement.requirements == {"M": verdict}


def test_that_the_ins_alone_made_a_document_one_of_production_is_told_before_all_else(trial: Trial) -> None:
    rules_of_two_severities(trial)
    told, wrong = trial.judge(VOLET + patient(PRODUCTION)).findings
    assert (told.rule, told.severity, told.foremost) == ("document.environment", Severity.INFO, True)
    assert PRODUCTION in told.message.en and "1 finding is more severe" in told.message.en and wrong.consequence
    for root, asked in ((TEST, Environment.AUTO), (TEST, Environment.PRODUCTION), (PRODUCTION, Environment.PRODUCTION)):
        (wrong,) = trial.judge(VOLET + patient(root), environment=asked).findings
        assert not wrong.consequence


def test_an_ins_of_production_that_makes_nothing_graver_is_not_told(trial: Trial) -> None:
    trial.write("profiles/cda/header/requirements.yaml", REQUIREMENTS)
    trial.write("profiles/cda/header/rules.yaml", rule("R", "M", "false()", "error", context=".//cda:id"))
    (wrong,) = trial.judge(VOLET + patient(PRODUCTION)).findings
    assert (wrong.rule, wrong.consequence) == ("R", False)


def test_requirements_are_met_broken_or_not_judged(trial: Trial) -> None:
    trial.write("profiles/cda/header/requirements.yaml", REQUIREMENTS)
    trial.write(
        "profiles/cda/header/rules.yaml",
        rule("R1", "M", "'@root'", "error") + rule("R2", "S", "'@root'", "warning") + rule("R3", "S", "true()", "info", "cda:none"),
    )
    trial.constraints(
        "- {path: id, card: 1..1}\n- {path: none/x, card: 1..1}\n- {path: code, code: [a, LOINC]}\n"
        "- {id: l, path: id, where: {root: '1'}, level: should, attributes: {extension: required}}\n"
        "- {id: label, path: value, code: [a, LOINC, L]}\n"
        "- {id: label-should, path: value, level: should, code: [a, LOINC, L]}\n"
    )
    judgement = trial.judge(f'{VOLET}<id root="1"/><value code="a" codeSystem="2.16.840.1.113883.6.1" displayName="M"/>')
    assert judgement.requirements == {
        "M": RequirementVerdict.MET,
        "S": RequirementVerdict.MET,
        "volet:id": RequirementVerdict.MET,
        "volet:l": RequirementVerdict.BROKEN,
        "volet:label": RequirementVerdict.MET,
        "volet:label-should": RequirementVerdict.MET,
    }
    broken = trial.judge(f"{VOLET}<id/>")
    assert (broken.requirements["M"], broken.requirements["S"]) == (RequirementVerdict.BROKEN, RequirementVerdict.BROKEN)
    assert broken.verdict == DocumentVerdict.FAIL


def test_documents_that_have_the_same_to_judge_share_what_they_met_and_others_do_not(trial: Trial) -> None:
    """Programs tell what they judge by constants of theirs, so that documents alike are known at once."""
    trial.write("profiles/cda/header/requirements.yaml", REQUIREMENTS)
    trial.write(
        "profiles/cda/header/rules.yaml", rule("R1", "M", "true()", "error") + rule("R2", "S", "true()", "warning", "cda:a")
    )
    trial.constraints("- {path: id, card: 1..1}\n- {path: b, attributes: {use: optional}}\n")
    judge = Judge(trial.library(), at=AT, now=NOW)

    one, like, other = (judge.judge(cda(f"{VOLET}<id/>{more}")).requirements for more in ("<a/>", "<a/><a/>", "<b/>"))

    assert set(one) == {"M", "S", "volet:id"}
    assert like is one
    assert set(other) == {"M", "volet:b", "volet:id"}


def test_messages_are_filled_from_the_element(trial: Trial) -> None:
    trial.write("profiles/cda/header/requirements.yaml", REQUIREMENTS)
    trial.write("profiles/cda/header/rules.yaml", rule("R", "M", "false()", "error", message="{@extension} / {count(../*)} / {.}"))
    (finding,) = trial.judge(f'{VOLET}<id extension="x"> a  b</id>').findings
    assert finding.message.fr == "x / 2 / a b"
    assert finding.hint.fr == "h x / 2 / a b"


@pytest.mark.parametrize(
    ("message", "told"),
    [("It is {@extension} {@unit} here", "It is x here"), ("It is {@extension} {@unit}.", "It is x."), ("“{@unit}”", "“”")],
)
def test_a_value_that_is_not_there_leaves_no_gap(trial: Trial, message: str, told: str) -> None:
    trial.write("profiles/cda/header/requirements.yaml", REQUIREMENTS)
    trial.write("profiles/cda/header/rules.yaml", rule("R", "M", "false()", "error", message=message))
    (finding,) = trial.judge(f'{VOLET}<id extension="x"/>').findings
    assert finding.message.en == told


@pytest.mark.parametrize(("root", "shown"), [(PRODUCTION, "279************"), (TEST, "279035121518989")])
def test_a_production_matricule_is_never_printed(trial: Trial, root: str, shown: str) -> None:
    rules_of_two_severities(trial)
    finding = trial.judge(VOLET + "\n" + patient(root)).findings[-1]
    assert finding.message.en == shown
    assert finding.hint.fr == f"h {shown}"
    assert finding.excerpt is not None
    assert [shown in line for line in finding.excerpt.lines] == [False, True, False]


@pytest.mark.parametrize(
    ("more", "told"), [(1, "(et 1 fois encore dans ce document)|(and 1 time more"), (23, "(et 23 fois encore|(and 23 times more")]
)
def test_a_rule_that_speaks_too_often_is_cut_and_counted(trial: Trial, more: int, told: str) -> None:
    trial.constraints("- {id: c, path: x, attributes: {use: required}}\n- {path: y, card: 1..1}\n")
    findings = trial.judge(VOLET + "<x/>" * (KEPT_PER_RULE + more)).findings
    spoken = [finding for finding in findings if finding.rule == "volet:c.attributes"]
    assert len(spoken) == KEPT_PER_RULE
    french, english = told.split("|")
    assert [finding for finding in spoken if french in finding.message.fr and english in finding.message.en] == [spoken[-1]]
    assert "volet:y.card" in {finding.rule for finding in findings}


def test_findings_are_in_the_order_of_the_lines(trial: Trial) -> None:
    trial.constraints("- {id: b, path: b, card: 0..0}\n- {id: a, path: a, card: 0..0}\n")
    findings = trial.judge(f"{VOLET}\n<a/>\n<b/>").findings
    assert [finding.line for finding in findings] == [3, 4]


def test_one_judge_judges_many_documents_alike(trial: Trial) -> None:
    trial.write("profiles/cda/header/requirements.yaml", REQUIREMENTS)
    trial.write("profiles/cda/header/rules.yaml", rule("R", "M", "h:unique(@ID)", "error", ".//*[@ID]", "{@ID}"))
    judge = Judge(trial.library(), at=AT, now=NOW)
    documents = [cda(f'{VOLET}<a ID="1"/><a ID="1"/>'), cda(f'{VOLET}<a ID="1"/>'), cda(f'{VOLET}<a ID="2"/><a ID="2"/>')]
    assert [len(judge.judge(document).findings) for document in documents] == [2, 0, 2]


def test_a_judgement_carries_the_digest_of_its_document_unless_no_one_asks_for_it(trial: Trial) -> None:
    library = trial.library()
    told, untold = Judge(library, at=AT, now=NOW), Judge(library, at=AT, now=NOW, digests=False)
    for document in (cda(VOLET), read(b'{"resourceType": "Patient"}', "p.json"), read(b"%PDF-1.7", "p.pdf")):
        assert told.judge(document).sha256 == sha256(document.data).hexdigest()
        assert untold.judge(document).sha256 == ""


# ---------------------------------------------------------------- what is not judged


def test_a_document_of_another_kind_could_not_be_judged(trial: Trial) -> None:
    judgement = trial.judge(read(b"%PDF-1.7", "p.pdf"))
    assert (judgement.kind, judgement.verdict, judgement.profile) == ("pdf", DocumentVerdict.ERROR, None)
    assert "PDF" in judgement.findings[0].message.en


def test_an_unreadable_document_could_not_be_judged() -> None:
    error = UnreadableDocument(Text("coupé", "cut"), Text("refaire", "again"), 3, 4)
    judgement: Judgement = refused(Refused("x.xml", error, b"<a"))
    assert (judgement.path, judgement.verdict) == ("x.xml", DocumentVerdict.ERROR)
    assert (judgement.findings[0].line, judgement.findings[0].message.fr) == (3, "colonne 4 : coupé")


def test_a_value_set_without_concepts_judges_nothing(trial: Trial) -> None:
    trial.write(
        "profiles/cda/valuesets/E.json", '{"id": "E", "oid": "", "version": "1", "title": "t", "systems": [], "concepts": []}'
    )
    trial.constraints("- {path: code, valueset: E}\n")
    assert trial.rules('<code code="z" codeSystem="1.2"/>') == []


def test_what_stands_in_a_file_is_judged_at_the_lines_of_the_file() -> None:
    unread = refused(Refused("x.ndjson:7", UnreadableDocument("cut", line=1, column=4), b"{", Within("x.ndjson", 7)))
    assert (unread.within, unread.findings[0].line) == (Within("x.ndjson", 7), 7)
    found = replace(unread.findings[0], line=2, excerpt=Excerpt(1, ("{", "}")))
    (moved,) = placed(replace(unread, findings=(found,)), Within("all.json", 10)).findings
    assert moved.excerpt is not None
    assert (moved.line, moved.excerpt.first_line) == (11, 10)
    (kept,) = placed(replace(unread, findings=(found,)), Within("a.zip!p.json", archive="a.zip")).findings
    assert kept == found


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("`x` is missing", "`x` is missing."),
        ("Known: a, b", "Known: a, b."),
        ("No.", "No."),
        ("of the whole text …", "of the whole text …"),
    ],
)
def test_a_message_ends_with_a_full_stop_where_it_has_no_end(said: str, shown: str) -> None:
    assert ended(Text(said, said)) == Text(shown, shown)


def test_what_is_told_of_a_resource_ends_as_what_is_told_of_a_document() -> None:
    resource = read(b'{"resourceType":"Patient","gender":"x","active":"yes","contact":[{}]}', "patient.json")
    findings = Judge(Library.open(), at=AT, now=NOW).judge(resource).findings
    assert len(findings) > 2 and all(finding.message.fr.endswith(".") for finding in findings)
