"""A run told while it goes on: plain lines in a pipeline, a moving line on a terminal."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator

from reporting_builders import NOW, run_report, scenario, step

from harness.model import Event, RunEnded, RunStarted, ScenarioEnded, ScenarioStarted, StepEnded, StepStarted, Text, Verdict
from harness.reporting.terminal import Progress

REPORT = run_report()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def events(interrupted: bool = False) -> Iterator[Event]:
    record = REPORT.record
    yield RunStarted(record.id, NOW, record.system, record.target, record.seed, record.planned, {})
    for played in record.scenarios:
        yield ScenarioStarted(record.id, NOW, played.id, played.title)
        for one in played.steps:
            yield StepStarted(record.id, NOW, played.id, one.id)
            yield StepEnded(record.id, NOW, played.id, one)
        yield ScenarioEnded(record.id, NOW, played)
    yield RunEnded(record.id, NOW, interrupted, Text("arrêt demandé", "stop asked for") if interrupted else None)


def told(stream: io.StringIO, environ: dict[str, str], interrupted: bool = False, lang: str = "fr") -> str:
    with Progress(stream, lang, environ) as progress:  # type: ignore[arg-type]
        for event in events(interrupted):
            progress(event)
    return stream.getvalue()


def test_in_a_pipeline_each_scenario_is_a_plain_line_of_at_most_80_columns() -> None:
    lines = told(io.StringIO(), {}).splitlines()
    assert any(line.startswith("1/3  ✓ réussi") and line.endswith("pdsm-provide") for line in lines)
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in "".join(lines)


def test_a_run_that_goes_on_counts_from_where_it_was_cut() -> None:
    stream, record = io.StringIO(), REPORT.record
    with Progress(stream, "fr", {}) as progress:
        progress(RunStarted(record.id, NOW, record.system, record.target, record.seed, record.planned, {}, resumed=True, done=2))
        progress(ScenarioEnded(record.id, NOW, record.scenarios[2]))
    assert "\n3/3  " in stream.getvalue()


def test_a_failing_step_is_told_under_its_scenario() -> None:
    lines = told(io.StringIO(), {}).splitlines()
    at = next(number for number, line in enumerate(lines) if "✗ échoué" in line)
    assert lines[at + 1].strip() == "refuse : le lot incomplet a été accepté"


def test_what_went_wrong_is_left_to_the_report_that_tells_it() -> None:
    stream = io.StringIO()
    with Progress(stream, "fr", {}, why=False) as progress:
        for event in events():
            progress(event)
    assert "✗ échoué" in stream.getvalue()
    assert "le lot incomplet" not in stream.getvalue()


def test_an_interruption_whose_reason_is_a_sentence_has_one_full_stop() -> None:
    stream = io.StringIO()
    with Progress(stream, "en", {}) as progress:
        progress(RunEnded("20261124-0930-ab12", NOW, True, Text("Arrêté à la demande.", "Stopped on request.")))
    assert "Stopped on request. What was played" in " ".join(stream.getvalue().split())


def test_an_interruption_says_how_to_go_on() -> None:
    text = " ".join(told(io.StringIO(), {}, interrupted=True, lang="en").split())
    assert "Run interrupted: stop asked for. What was played is kept; resume with --resume 20261124-0930-ab12." in text


def test_an_interruption_of_what_cannot_be_resumed_does_not_say_to() -> None:
    stream = io.StringIO()
    with Progress(stream, "en", {}, resumable=False) as progress:
        progress(RunEnded("20261124-0930-ab12", NOW, True, Text("arrêt", "stop")))
    assert stream.getvalue() == "Run interrupted: stop. What was played is kept.\n"


def test_on_a_terminal_the_same_lines_stand_above_the_moving_one() -> None:
    text = told(Terminal(), {"TERM": "xterm", "COLUMNS": "80"})
    assert "\x1b[2K" in text
    assert "Scénario pdsm-provide · pdsm-provide" in text


def test_no_color_is_obeyed_on_a_terminal() -> None:
    text = told(Terminal(), {"TERM": "xterm", "NO_COLOR": "1"})
    assert not {"\x1b[32m", "\x1b[1;31m"} & {text[at : at + 7] for at in range(len(text))}
    assert "\x1b[32m" not in text


def test_a_dumb_terminal_gets_plain_lines() -> None:
    assert "\x1b" not in told(Terminal(), {"TERM": "dumb"})


def test_a_system_cannot_write_to_the_terminal() -> None:
    stream = io.StringIO()
    with Progress(stream, "fr", {}) as progress:
        hostile = scenario("s\x1b[2J", [step("t", Verdict.FAIL, "\x1b]0;title\x07[red]x[/red]")])
        progress(ScenarioEnded("r", NOW, hostile))
    assert not {"\x1b", "\x07"} & set(stream.getvalue())
    assert "[red]x[/red]" in stream.getvalue()


def test_text_json_junit_and_sarif_import_neither_rich_nor_jinja2_nor_requests() -> None:
    """A cold check must not pay for what it does not use."""
    code = (
        "import sys\n"
        "from harness.reporting import text, json, junit, sarif\n"
        "print([name for name in ('rich', 'jinja2', 'requests', 'jsonschema', 'sqlite3') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_reports_of_documents_do_not_load_what_is_said_of_systems() -> None:
    """Runs, scores and the grid are half of the classes of the vocabulary, which are a quarter of the start of a check."""
    code = (
        "import sys\n"
        "import harness.checks.cda_judge\n"
        "from harness.reporting import text, json, junit, sarif\n"
        "print([name for name in ('runs', 'scores', 'maturity') if f'harness.model.{name}' in sys.modules])\n"
        "from harness.model import Grid, RunRecord, Score\n"
        "print(Grid.__module__, RunRecord.__module__, Score.__module__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n") == ["[]", "harness.model.maturity harness.model.runs harness.model.scores", ""]
