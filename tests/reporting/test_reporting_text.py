"""Plain text reports: readable at 80 columns, nothing cut, nothing that could drive a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from reporting_builders import (
    assess_report,
    check_report,
    finding,
    judgement,
    requirement,
    run_report,
    scenario,
    step,
    text,
)

from harness.model import DocumentVerdict, ItemStatus, Level, RequirementVerdict, Severity, Skipped, Text, Verdict
from harness.reporting import Report, render
from harness.reporting.layout import Column, Page, wants_colour
from harness.scoring import score

LONG_ID = "section." + "allergies-and-intolerances-" * 3 + ":entry/act/entryRelationship/observation/value.valueset"


def shown(report: Report, **options: object) -> str:
    return render(report, "text", **{"lang": "fr", **options})  # type: ignore[arg-type]


def shown_document(*findings: object, verdict: DocumentVerdict = DocumentVerdict.FAIL, **options: object) -> str:
    return shown(check_report([judgement(verdict=verdict, findings=findings)]), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("make", [check_report, run_report, assess_report])
def test_no_line_is_wider_than_80_columns(make: object, lang: str) -> None:
    told = shown(make(), lang=lang, verbose=True)  # type: ignore[operator]
    assert [line for line in told.splitlines() if len(line) > 80] == []


def test_an_id_longer_than_the_line_is_kept_whole() -> None:
    assert LONG_ID in shown_document(finding(LONG_ID))


def test_a_finding_tells_line_message_hint_rule_requirement_and_source() -> None:
    told = shown_document(finding("a:code.label", requirement="a:code", line=7))
    for part in ("ligne 7", "La clé du matricule est fausse.", "→ Clé = 97", "a:code.label · exigence a:code · Référentiel INS"):
        assert part in told


def test_repetitions_of_a_rule_are_folded_into_one() -> None:
    told = shown_document(*(finding(line=line) for line in range(10, 17)))
    assert told.count("La clé du matricule est fausse.") == 1
    assert "et 6 autres, lignes 11, 12, 13, 14, 15, 16" in told


def test_of_one_line_each_finding_is_told_since_its_number_leads_to_none() -> None:
    of_patient = [replace(finding(message=text(f"faux {at}"), line=1), location=f"Patient.name[{at}]") for at in range(11)]
    told = shown_document(*of_patient, finding(message=text("faux ailleurs"), line=2))
    assert "+ Patient.name[1] : faux 1" in told and "+ Patient.name[8] : faux 8" in told
    assert "faux 9" not in told and "faux ailleurs" not in told
    assert "et 3 autres, lignes 1, 2" in told


def test_verbose_unfolds_repetitions() -> None:
    assert shown_document(*(finding(line=line) for line in range(10, 17)), verbose=True).count("La clé du matricule") == 7


def test_infos_are_shown_when_asked_and_counted_always() -> None:
    info = finding("HDR-I1", Severity.INFO, message=Text("Bon à savoir.", "Good to know."))
    assert "Bon à savoir." not in shown_document(info, verdict=DocumentVerdict.PASS)
    assert "1 information" in shown_document(info, verdict=DocumentVerdict.PASS)
    assert "Bon à savoir." in shown_document(info, verdict=DocumentVerdict.PASS, verbose=True)


def test_a_requirement_that_no_error_tells_broken_is_counted_apart() -> None:
    info, error = finding("HDR-I1", Severity.INFO), finding("HDR-E1")
    marked = judgement(verdict=DocumentVerdict.PASS, findings=[info])
    broken = {**marked.requirements, info.requirement: RequirementVerdict.BROKEN}
    assert "2 respectées, 0 non respectée, 1 conseillée non suivie" in shown(check_report([replace(marked, requirements=broken)]))
    both = replace(marked, findings=(error, replace(info, requirement=error.requirement)))
    assert both.broken() == ([], [])
    assert replace(both, requirements={error.requirement: RequirementVerdict.BROKEN}).broken() == ([error.requirement], [])


def test_errors_stand_before_warnings() -> None:
    told = shown_document(finding("W", Severity.WARNING, 1), finding("E", Severity.ERROR, 99))
    assert told.index("Erreurs") < told.index("Avertissements")


def test_a_cause_stands_before_its_consequences() -> None:
    follows = finding("FHIR-SLICE", line=1, message=Text("`entry` manque", "`entry` is missing"), consequence=True)
    itself = finding("FHIR-SLICE", line=50, message=Text("`section` manque", "`section` is missing"))
    cause = finding("FHIR-CARD", line=90, message=Text("`type` manque", "`type` is missing"))
    told = shown_document(follows, cause)
    assert told.index("`type` manque") < told.index("`entry` manque")
    told = shown_document(follows, itself, cause)  # of one rule, what comes of nothing else is the one that is shown
    assert told.index("`section` manque") < told.index("`type` manque") and "`entry` manque" not in told


def test_an_invariant_of_fhir_stands_where_it_was_found() -> None:
    """What a profile of CDA says of an element comes after its grammar and before rules; FHIR's ids have a colon too."""
    missing = finding("FHIR-CARD", location="DocumentReference")
    brought = finding("FHIR-INVARIANT:dom-3", location="DocumentReference.contained[3]")
    told = shown_document(missing, brought)
    assert told.index("FHIR-CARD") < told.index("FHIR-INVARIANT:dom-3")


def test_what_is_to_be_read_first_stands_before_errors_and_is_shown_though_it_is_no_warning() -> None:
    first = finding(
        "document.environment", Severity.INFO, line=90, message=Text("INS de production", "production INS"), foremost=True
    )
    told = shown_document(finding("E", line=1), finding("I", Severity.INFO, line=2), first)
    assert told.index("INS de production") < told.index("Erreurs") and "I · " not in told


def test_a_cause_is_repaired_before_a_consequence_that_is_found_more_often() -> None:
    follows = [finding("ACTOR-STRUCTURE-KEY", line=line, consequence=True) for line in (1, 2)]
    assert "corriger d'abord REF-01" in shown(check_report([judgement(findings=[*follows, finding("REF-01", line=9)])]))


def test_what_was_not_judged_is_said_in_words() -> None:
    assert "le corps : volet ANEST-CR-ANEST non couvert" in shown(check_report())
    assert "the body: volet ANEST-CR-ANEST is not covered" in shown(check_report(), lang="en")


def test_the_last_lines_count_and_say_what_to_do() -> None:
    told = " ".join(shown(check_report()).splitlines()[-6:])
    assert "4 documents (1 conforme, 1 partiel, 1 non conforme, 1 non jugé)" in told
    assert "3 erreurs, 1 avertissement, 1 information" in told
    assert "corriger d'abord INS-R01" in told


def test_that_documents_cannot_be_read_is_said_in_words_and_ranked_among_no_rules() -> None:
    unread = [judgement(path, DocumentVerdict.ERROR, [finding("document.readable")]) for path in ("a.xml", "b.xml")]
    report = check_report([judgement(verdict=DocumentVerdict.FAIL, findings=[finding("Z-RULE")]), *unread])
    told = " ".join(shown(report).splitlines()[-4:])
    assert "corriger d'abord Z-RULE, lever ce qui a empêché de juger des documents" in told
    assert [one.example.rule for one in report.totals.priorities.ranked()] == ["Z-RULE"]


def test_an_empty_folder_is_said_to_hold_nothing_to_judge() -> None:
    assert "Aucun document à juger" in shown(check_report([], [Skipped("notes.txt", text("pas un document"))]))


def test_a_path_is_kept_whole_and_the_profile_goes_under_it_when_there_is_no_room() -> None:
    path = "un dossier/" * 6 + "document avec des espaces.xml"
    lines = shown(check_report([judgement(path)])).splitlines()
    assert lines[:2] == [f"✓ conforme  {path}", "  cda/vsm@2022.01"]


def test_a_path_of_several_lines_writes_no_line_of_its_own() -> None:
    lines = shown(check_report([judgement("a.xml\n✓ conforme  b.xml", DocumentVerdict.FAIL, [finding()])])).splitlines()
    assert [line for line in lines if line.startswith("✓")] == []


def test_a_table_wider_than_the_page_is_told_item_by_item() -> None:
    columns, rows = [Column("Item", flexible=True), *(Column("Désiré à la date") for _ in range(3))], [["A01", "1", "2", "3"]]
    assert max(map(len, Page(60).table(columns, rows))) <= 60
    assert Page(80).table(columns, rows)[0].startswith("Item")


def test_french_punctuation_stays_with_its_word() -> None:
    long = "un message assez long pour devoir passer à la ligne juste avant son point : virgule"
    for width in range(20, 60):
        assert not any(line.lstrip().startswith((":", ";")) for line in Page(width).wrap(f"{long} ; {long}"))


def test_a_document_cannot_drive_the_terminal() -> None:
    hostile = Text("clé \x1b[2J\x1b]0;title\x07 \u202e fausse", "key")
    told = shown(check_report([judgement("a\x1b[31m.xml", DocumentVerdict.FAIL, [finding(message=hostile, rule="r\x9b")])]))
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(told)


def test_without_colour_there_is_no_escape_sequence_and_with_it_the_words_are_the_same() -> None:
    for make in (check_report, run_report, assess_report):
        plain, coloured = shown(make()), shown(make(), colour=True)
        assert "\x1b" not in plain
        assert "\x1b[" in coloured
        assert _without_sequences(coloured) == plain


def _without_sequences(told: str) -> str:
    for code in ("32", "1;31", "33", "2", "1", "0"):
        told = told.replace(f"\x1b[{code}m", "")
    return "\n".join(line.rstrip() for line in told.split("\n"))


@pytest.mark.parametrize(
    ("terminal", "environ", "coloured"),
    [
        (True, {"TERM": "xterm"}, True),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (True, {"TERM": "xterm", "NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
        (False, {"TERM": "xterm"}, False),
    ],
)
def test_colour_goes_to_a_terminal_that_did_not_refuse_it(terminal: bool, environ: dict[str, str], coloured: bool) -> None:
    assert wants_colour(terminal, environ) is coloured


def test_a_run_names_the_failing_step_the_requirement_its_text_and_source() -> None:
    told = shown(run_report())
    for part in (
        "✗ étape refuse : le lot incomplet a été accepté",
        "PDSM-65-02 · obligatoire",
        "Le destinataire refuse le lot dont un document manque.",
        "PDSm 3.1.1 2.1",
        "→ pdsm-refuse / refuse",
    ):
        assert part in told


def test_conformance_and_coverage_stand_side_by_side_with_their_counts() -> None:
    told = " ".join(shown(run_report(), lang="en").split())
    assert "Conformance 66% (2 met of 3 tested) · coverage 75% (3 tested of 4 applicable)" in told


def test_a_run_without_anything_broken_but_not_all_tested_is_not_called_conformant() -> None:
    told = shown(run_report(flawed=False))
    assert "Aucune exigence non respectée, couverture incomplète" in told


def test_an_interrupted_run_says_what_never_began_and_how_to_go_on() -> None:
    report = run_report(flawed=False, interrupted=True, planned=("pdsm-provide", "pdsm-later"))
    assert "Jamais commencés : pdsm-later" in shown(report)
    assert "Interrompue" not in shown(report)
    stopped = Text("Délai dépassé.", "Deadline passed.")
    assert "Interrupted: Deadline passed." in shown(run_report(interrupted=True, reason=stopped), lang="en")
    assert "--resume 20261124-0930-ab12" in shown(report)
    ended = " ".join(shown(replace(report, resumable=False)).split())
    assert "--resume" not in ended and "rejouer depuis le début" in ended


def test_a_run_that_hardly_began_names_a_few_of_what_is_left_and_counts_the_others() -> None:
    report = run_report(flawed=False, interrupted=True, planned=("pdsm-provide", *(f"pdsm-later-{at}" for at in range(40))))
    told = " ".join(shown(report).split())
    assert "pdsm-later-5 et 34 autres (--verbose les nomme)" in told and "pdsm-later-6" not in told
    assert "pdsm-later-39" in shown(report, verbose=True)
    of_the_demo = " ".join(shown(replace(report, resumable=False)).split())
    assert f"(harness runs show {report.record.id} --verbose les nomme)" in of_the_demo


def test_an_optional_scenario_that_fails_is_shown_and_not_counted() -> None:
    optional = scenario("pdsm-hash", [step("hash", Verdict.FAIL, "le condensat n'est pas vérifié")], Level.MAY)
    told = " ".join(shown(run_report(flawed=False, scenarios=(optional,), planned=("pdsm-hash",))).split())
    assert "○ non réussi" in told
    assert "✗ échoué" not in told
    assert "Scénarios : 1 facultatif (jamais compté)" in told


def test_maturity_shows_proved_evidenced_and_claimed_apart() -> None:
    row = next(line for line in shown(assess_report()).splitlines() if "A05" in line)
    assert row.split()[-6:] == ["4", "3", "0", "1", "4", "0"] or row.split()[-7:] == ["4", "3", "0", "1", "4", "0", "au-delà"]


def test_an_item_that_nothing_assessed_shows_no_level() -> None:
    row = next(line for line in shown(assess_report()).splitlines() if "B01" in line)
    assert row.split()[-8:] == ["–", "3", "3", "–", "–", "–", "non", "évalué"]


def test_a_late_item_tells_what_its_next_level_lacks() -> None:
    def told(*missing: str) -> str:
        report = assess_report()
        items = tuple(replace(item, missing=missing) for item in report.assessment.items)
        lines = shown(replace(report, assessment=replace(report.assessment, items=items))).splitlines()
        assert [line for line in lines if len(line) > 80] == []
        assert [line for line in lines if "→" in line][1:] == []  # A07 alone is late
        return " ".join(" ".join(lines).split())

    lacking = "Ce qui manque au niveau suivant A07 → 3 "
    assert f"{lacking}mhd (transactions MHD et PDSm) ou x.ray Score" in told("mhd|x.ray")
    more = f"{lacking}certificate (certificat) ; a (+ 2 autres) Score"
    assert more in told("certificate", "a", "b", "c")
    assert "Ce qui manque" not in told()


def test_a_table_gives_the_room_that_is_left_to_its_flexible_column() -> None:
    rows = [("A", "un titre bien trop long pour la place", "9")]
    lines = Page(30).table([Column("Id"), Column("Titre", flexible=True), Column("N", right=True)], rows)
    assert max(map(len, lines)) <= 30
    assert " ".join(line[4:27].strip() for line in lines[1:]) == rows[0][1]


def test_a_document_that_could_not_be_read_is_told_once_and_what_prevented_it_is_to_be_removed() -> None:
    why = text("ni XML, ni JSON")
    unread = finding("document.readable", line=0, location="/", message=why, excerpt=None)
    note = replace(judgement("note.xml", DocumentVerdict.ERROR, [unread], [why], profile=None), kind="")
    told = render(check_report([note]), "text")
    assert told.startswith("? non jugé  note.xml\n")
    assert told.count("ni XML, ni JSON") == 1
    assert "\n                /\n" not in told
    assert "À faire : lever ce qui a empêché de juger" in told
    assert "document.readable, puis" not in told


def test_a_run_shows_the_items_of_the_grid_that_it_assessed_and_the_whole_when_asked() -> None:
    report = run_report()
    assert "en retard" in shown(report)
    assert "non évalué\n" not in shown(report) and "non évalué\n" in shown(report, verbose=True)
    assert report.assessment is not None
    nothing = tuple(replace(item, status=ItemStatus.NOT_ASSESSED) for item in report.assessment.items)
    silent = replace(report, assessment=replace(report.assessment, items=nothing))
    assert "Intitulé" in shown(report)
    assert "Intitulé" not in shown(silent) and "5 non évalués" in " ".join(shown(silent).split())
    assert "Intitulé" in shown(silent, verbose=True)


@pytest.mark.parametrize("make", [check_report, run_report, assess_report])
def test_a_narrow_page_is_overrun_by_nothing_that_has_a_space(make: object) -> None:
    told = shown(make(), width=40)  # type: ignore[operator]
    assert [line for line in told.splitlines() if len(line) > 40 and " " in line.strip()] == []


def unreachable_run() -> Report:
    """Nothing could be judged, three times for the same reason."""
    why = "Connexion refusée par recipient.example : rien n'écoute à cette adresse. Vérifier que le système est démarré."
    scenarios = tuple(scenario(f"pdsm-{at}", [step("send", Verdict.ERROR, why)]) for at in range(3))
    untested = score(dict.fromkeys(("PDSM-65-01",), RequirementVerdict.UNTESTED), {"PDSM-65-01": requirement("PDSM-65-01")})
    planned = tuple(one.id for one in scenarios)
    return run_report(scenarios=scenarios, planned=planned, exchanges=(), score=untested, interrupted=True)


def test_what_kept_a_run_from_judging_is_told_once_under_its_scenarios_and_again_beside_what_to_do() -> None:
    told = " ".join(shown(unreachable_run()).split())
    assert told.count("rien n'écoute à cette adresse") == 2
    assert told.count("étape send : comme à pdsm-0") == 2
    assert "Vérifier que le système est démarré. À faire : lever ce qui a empêché de juger, puis reprendre" in told
    twice = scenario("pdsm-twice", [step(id, Verdict.FAIL, "Ce n'est pas du FHIR. " * 5) for id in ("one", "two")])
    assert "étape two : comme à one" in shown(run_report(scenarios=(twice,)))
    assert " ".join(shown(unreachable_run(), verbose=True).split()).count("rien n'écoute") == 4


def test_a_run_that_judged_nothing_shows_no_table_of_zeros() -> None:
    told = shown(unreachable_run())
    assert "Exigences obligatoires" not in told and "0 testée sur 1" in told
    assert "Exigences obligatoires" in shown(unreachable_run(), verbose=True)


def test_a_run_that_someone_interrupted_is_only_to_be_resumed() -> None:
    told = shown(run_report(flawed=False, interrupted=True, planned=("pdsm-provide", "pdsm-later")))
    assert "À faire : reprendre avec `--resume 20261124-0930-ab12`." in told
    assert "empêché" not in told


@pytest.mark.parametrize(("media_type", "is_no_server"), [("text/html; charset=utf-8", True), ("application/fhir+json", False)])
def test_a_target_that_answers_only_pages_is_a_wrong_address(media_type: str, is_no_server: bool) -> None:
    report = run_report()
    exchanges = tuple(replace(one, response_headers={"content-type": media_type}) for one in report.record.exchanges)
    told = " ".join(shown(run_report(exchanges=exchanges)).split())
    assert ("vérifier l'adresse de la cible" in told) is is_no_server


def test_a_line_never_begins_with_the_end_of_a_quotation() -> None:
    for width in range(20, 40):
        lines = Page(width).wrap("Ce n'est pas du FHIR : Content-Type « text/html », application/fhir+json attendu.")
        assert [line for line in lines if line.startswith("»")] == []


def test_a_conformant_run_that_leaves_a_recommendation_says_so() -> None:
    good = run_report(flawed=False)
    verdicts = dict.fromkeys(good.requirements, RequirementVerdict.MET)
    assert "Rien à corriger." in shown(replace(good, score=score(verdicts, good.requirements)))
    late = replace(good, score=score(verdicts | {"PDSM-67-02": RequirementVerdict.BROKEN}, good.requirements))
    told = " ".join(shown(late).split())
    assert "Rien d'obligatoire à corriger" in told and "PDSM-67-02 d'abord" in told and "Rien à corriger" not in told
