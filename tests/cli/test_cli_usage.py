"""A wrong command line: one line that says what is wrong, one that says what to do, in the language asked for, and code 2."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness import cli, synthesis
from harness.library import Library
from harness.model import Verdict
from harness.storage import RunHead, Store
from harness.synthesis import synthesize_many

WRONG = [
    ("chekc", "« chekc » n'est pas une commande. Vouliez-vous dire check ?"),
    ("profiles lst", "« lst » n'est pas une commande. Vouliez-vous dire list ?"),
    ("check --profil x f", "--profil n'est pas une option. Vouliez-vous dire --profile ?"),
    ("check --bad f", "--bad n'est pas une option"),
    ("xyz", "« xyz » n'est pas une commande"),
    ("check", "il manque l'argument CHEMINS"),
    ("run", "il manque l'option --target"),
    ("check --jobs", "l'option --jobs demande une valeur"),
    ("check --strict=1 x", "l'option --strict ne prend pas de valeur"),
    ("synth cda/vsm --seed -1", "--seed : -1 est trop petit : au moins 0"),
    ("check --jobs 0 x", "--jobs : 0 est hors de l'intervalle de 1 à 64"),
    ("check --format xx y", "--format / -f : « xx » n'est pas une valeur possible ; choisir parmi 'text', 'json'"),
    ("synth --count abc cda/vsm", "--count : « abc » n'est pas un nombre"),
    ("profiles show cda/vsm more", "argument en trop : more"),
    ("profiles test --document absent.xml", "--document : « absent.xml » n'existe pas"),
    ("profiles test --document .", "--document : « . » est un dossier, un fichier est attendu"),
    ("demo --output file", "--output / -o : « file » est un fichier, un dossier est attendu"),
    ("check --tx nowhere file", "adresse de serveur de terminologie non valable : nowhere"),
    ("check --tx nowhere --jobs 2 file", "adresse de serveur de terminologie non valable : nowhere"),
    ("check -o a.xml -o ./a.xml x", "--output : a.xml est donné deux fois"),
    ("check --format json -o a.xml -o b.html x", "--format ne vaut que pour un rapport"),
    ("check --at soon x", "--at : « soon » n'est pas une date"),
    ("synth cda/vsm --ins-oid 1.2.250.1.213.1.4.8", "--ins-oid n'est pas une option"),
]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs the command line in an empty folder: what it says on standard error, and its exit code."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HARNESS_LANG", raising=False)
    (tmp_path / "file").touch()

    def run(*words: str) -> tuple[str, object]:
        monkeypatch.setattr("sys.argv", ["harness", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return capsys.readouterr().err, ended.value.code

    return run


@pytest.mark.parametrize(("line", "expected"), WRONG)
def test_a_wrong_command_line_is_told_in_french_with_what_to_do(told, line: str, expected: str) -> None:
    said, code = told(*line.split())
    first, hint = said.splitlines()
    assert first.startswith(f"erreur : {expected}")
    assert ("Vouliez-vous" in first) == ("Vouliez-vous" in expected)
    assert hint.startswith("  → ")
    assert code == 2


@pytest.mark.parametrize("line", [line for line, _ in WRONG if line.startswith(("check ", "run", "synth ", "demo "))])
def test_a_wrong_command_line_is_told_in_english_when_asked(told, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setenv("HARNESS_LANG", "en")
    said, code = told(*line.split())
    first, hint = said.splitlines()
    assert first.startswith("error: ")
    assert [word for word in ("»", "n'est", "manque", "demande", "est hors", "est un", "prend pas") if word in said] == []
    assert hint.startswith("  → ")
    assert code == 2


def test_an_empty_folder_is_told_once(told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    printed: list[object] = []
    monkeypatch.setattr("harness.cli.delivery.deliver", lambda *given: printed.append(given))
    said, code = told("check", "empty")
    assert said.startswith("erreur : rien à juger dans empty\n")
    assert (printed, code) == ([], 2)


def test_an_empty_path_is_an_error_and_not_the_current_folder(told) -> None:
    assert told("check", "") == ("erreur : un chemin est vide\n  → Donner « . » pour le dossier courant.\n", 2)


def test_a_pipe_that_no_program_writes_to_is_not_waited_for(told, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert told("check", "pipe") == ("", 3)


@pytest.mark.parametrize(
    "line",
    [
        "check --with pipe p.json",
        "run --target pipe",
        "assess --declared pipe",
        "packages add pipe",
        "profiles test cda/vsm --document pipe",
    ],
)
def test_nothing_else_that_is_named_is_waited_for_either(told, tmp_path: Path, line: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "p.json").write_text('{"resourceType": "Patient"}')
    said, code = told(*line.split())
    assert "aucun programme n'écrit dans ce tube" in said
    assert code == 2


def test_a_fault_of_ours_is_one_line_to_report_and_quotes_nothing(told, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise KeyError("2 69 05 49 588 157 80")

    monkeypatch.setattr(Library, "open", broken)
    said, code = told("profiles", "list")
    assert said.startswith("erreur : défaut du banc d'essai : KeyError (options.py:")
    assert "signaler" in said
    assert "Traceback" not in said and "588" not in said
    assert code == 3


def test_a_fault_of_ours_is_detailed_for_who_asks(told, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise KeyError("detail")

    monkeypatch.setattr(Library, "open", broken)
    monkeypatch.setenv("HARNESS_DEBUG", "1")
    said, code = told("profiles", "list")
    assert "Traceback" in said and "KeyError: 'detail'" in said
    assert code == 3


def test_a_system_of_which_nothing_is_kept_is_named_beside_its_empty_grid(told, home: Path) -> None:
    said, code = told("assess", "--system", "nobody")
    assert (said, code) == ("remarque : rien n'est gardé du système nobody.\n", 0)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-23", "remarque : 2 campagnes d'après cette date ne sont pas comptées (2026-11-23).\n"),
        ("2026-11-24", "remarque : 1 campagne d'après cette date n'est pas comptée (2026-11-24).\n"),
        ("2026-11-25", ""),
    ],
)
def test_runs_of_after_the_date_of_an_assessment_are_said_not_to_count(told, home: Path, at: str, expected: str) -> None:
    with Store(home) as store:
        for day in (24, 25):
            store.add_judgements("mine", (), datetime(2026, 11, day, 12, tzinfo=UTC))
    assert told("assess", "--system", "mine", "--at", at) == (expected, 0)


def test_a_guess_is_near_in_more_than_what_all_words_have_in_common(told) -> None:
    assert "Vouliez-vous dire" not in told("assess", "--bad")[0]
    assert told("profiles", "show", "cda/foo")[0].endswith("  → `harness profiles list` les montre tous.\n")
    assert "Est-ce cda/vsm ?" in told("profiles", "show", "cda/VMS")[0]
    assert "Est-ce cda/ldl-ses ?" in told("profiles", "show", "cda/ldl-se")[0]
    assert "pdsm-iti65-publish-vsm" in told("scenarios", "show", "pdsm-iti65-publish-vms")[0]
    assert "Il y a : " in told("scenarios", "show", "pdsm-iti65-zzz")[0]


_MINE = """id: mine
title: {fr: Le mien, en: Mine}
protocol: pdsm
requirements: [PDSM-ITI67-01]
given: {patient: dominique-pat-trois}
steps:
- id: find
  send: {transaction: ITI-67}
  expect: {status: 200}
"""


@pytest.mark.parametrize(
    ("written", "instead", "line", "expected"),
    [
        ("pdms", "pdsm", 3, "Est-ce pdsm ?"),
        ("PDSM-ITI67-99", "PDSM-ITI67-01", 4, "exigence inconnue : PDSM-ITI67-99"),
        ("nobody", "dominique-pat-trois", 5, "personne inconnue : nobody"),
        ("SEARCH", "ITI-67}", 8, "transaction inconnue : SEARCH"),
        ("statu", "status", 9, "attente inconnue : statu"),
        ("pdsm\nproves: [mdh]\n#", "pdsm", 4, "preuve inconnue de la grille : mdh"),
        ("pdsm-iti68-retrieve", "mine", 1, "« pdsm-iti68-retrieve » est aussi dans"),
    ],
)
def test_a_scenario_is_shown_and_then_refused_as_a_run_refuses_it(
    told, home: Path, written: str, instead: str, line: int, expected: str
) -> None:
    file = home / "scenarios" / "pdsm" / "mine.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(_MINE.replace(instead, written + "}" * instead.endswith("}"), 1))
    said, code = told("scenarios", "show", "mine")
    assert code == 2 and expected in said and f"mine.yaml:{line}" in said


@pytest.mark.parametrize("command", [("check", "file"), ("listen", "pdsm")])
def test_a_home_that_cannot_keep_evidence_is_told_before_anything_is_judged(told, home: Path, command: tuple[str, ...]) -> None:
    (home / "exchanges").write_text("not a folder")
    said, code = told(*command, "--system", "mine")
    assert code == 2 and str(home / "exchanges") in said


def test_an_interrupted_synth_says_how_many_documents_it_wrote_and_where(
    told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*given: object, **options: object) -> Iterator[object]:
        documents = synthesize_many(*given, **options)  # type: ignore[arg-type]
        yield next(documents)
        yield next(documents)
        raise KeyboardInterrupt

    monkeypatch.setattr(synthesis, "synthesize_many", interrupted)
    said, code = told("synth", "cda/vsm", "--count", "9", "--seed", "7", "--output", "made")
    assert said.startswith("erreur : interrompu après 2 documents écrits dans made\n  → --seed 7 ")
    assert code == 3
    assert len(list((tmp_path / "made").iterdir())) == 2


def test_the_list_of_runs_counts_verdicts_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = {Verdict.SKIP: 0, Verdict.FAIL: 23, Verdict.PASS: 1, Verdict.ERROR: 3}
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    head = RunHead("r1", "mine", at, False, counts, 7)
    monkeypatch.setattr(Store, "runs", lambda *_: [head])
    listed = CliRunner(env={"HARNESS_LANG": ""}).invoke(cli.harness, ["runs", "list"]).output
    assert listed.endswith("  1 réussi, 23 échoués, 3 non jugés, 7 facultatifs (jamais comptés)\n")
    judged = RunHead("c1", "mine", at, True, {}, 0)
    monkeypatch.setattr(Store, "runs", lambda *_: [judged])
    assert CliRunner().invoke(cli.harness, ["runs", "list", "--lang", "en"]).output.endswith(" (interrupted)\n")


def test_what_is_shown_of_a_scenario_is_as_wide_as_where_it_goes() -> None:
    shown = CliRunner().invoke(cli.harness, ["scenarios", "show", "pdsm-iti65-publish-vsm"]).output
    assert max(map(len, shown.splitlines())) <= 80


def test_data_files_that_nothing_reads_are_told_even_when_no_profile_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stray = home / "profiles" / "cda" / "ours" / "constraint.yaml"
    stray.parent.mkdir(parents=True)
    stray.write_text("[]")
    monkeypatch.setattr("harness.cli.proving.proofs", lambda *_: iter(()))  # minutes, of all profiles
    said = CliRunner().invoke(cli.harness, ["profiles", "test"]).stderr
    assert f"{stray} n'est pas lu" in said


def test_a_resumed_run_keeps_its_seed_and_its_scenarios(told, home: Path) -> None:
    dead = ("run", "--target", "http://127.0.0.1:9")
    assert told(*dead, "--seed", "5", "--scenario", "pdsm-iti67-find-nothing")[1] == 3
    with Store(home) as store:
        first = store.runs()[0].id
    said, code = told(*dead, "--resume", first, "--seed", "6")
    assert (code, "garde l'identifiant et la graine" in said) == (2, True)
    said, code = told(*dead, "--resume", first, "--scenario", "pdsm-iti67-find-by-get")
    assert (code, "aucun des scénarios demandés" in said) == (2, True)
    assert told(*dead, "--resume", first, "--seed", "5")[1] == 3
