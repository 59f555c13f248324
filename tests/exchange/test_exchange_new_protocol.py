"""The page that leads to a new protocol is enough to play one: what it writes is written here and played on both sides."""

from __future__ import annotations

import importlib
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from commands import assert_as_the_house_wants

from harness import exchange
from harness.errors import DataError, UsageError
from harness.library import Library
from harness.model import Endpoint, Event, ScenarioEnded, ScenarioResult, ToldExchange, Verdict
from harness.runner import load_target, play, select

PAGE = Path(__file__).parents[2] / "docs" / "protocols.md"
NAME = "harness.exchange.echo"


def written() -> dict[str, str]:
    """The files of the page, by the path in their first line."""
    blocks = re.findall(r"```(?:python|yaml)\n# (\S+)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return dict(blocks)


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType(NAME)
    monkeypatch.setitem(sys.modules, NAME, module)
    monkeypatch.setattr(exchange, "PROTOCOLS", ("echo", *exchange.PROTOCOLS))
    exec(compile(written()["harness/exchange/echo.py"], str(PAGE), "exec"), module.__dict__)
    return module


@pytest.fixture
def library(home: Path) -> Library:
    for path, text in written().items():
        if path.endswith(".yaml"):
            (home / path).parent.mkdir(parents=True, exist_ok=True)
            (home / path).write_text(text, "utf-8")
    return Library.open(home)


def played(library: Library, url: str, folder: Path) -> ScenarioResult:
    target = folder / "toy.toml"
    target.write_text(f'name = "Toy"\n[endpoints.echo]\nurl = "{url}"\n')
    system = load_target(str(target), None)
    events: list[Event] = []
    play(
        select(library.scenarios(), (), system).scenarios,
        system,
        library,
        run="run",
        seed=7,
        emit=events.append,
        now=lambda: datetime(2026, 11, 24, tzinfo=UTC),
    )
    (ended,) = (event for event in events if isinstance(event, ScenarioEnded))
    return ended.result


def test_what_the_page_writes_is_played_and_its_flaw_seen(echo: ModuleType, library: Library, tmp_path: Path) -> None:
    with echo.Simulator() as conformant:
        result = played(library, conformant.url, tmp_path)
    assert (result.id, result.verdict) == ("echo-back", Verdict.PASS)
    with echo.Simulator(flaws=frozenset(echo.Simulator.FLAWS)) as flawed:
        result = played(library, flawed.url, tmp_path)
    assert result.verdict is Verdict.FAIL
    assert "BONJOUR 7" in result.steps[0].message.fr


def test_the_module_of_the_page_is_as_the_house_wants_it() -> None:
    path = "harness/exchange/echo.py"
    assert_as_the_house_wants(written()[path], path)


def test_a_slip_of_the_module_is_told_as_its_author_knows_it(
    echo: ModuleType, library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for answer in (True, False):  # neither says whether it holds
        monkeypatch.setattr(echo.EchoClient, "expectations", {"same": lambda reply, wanted, answer=answer: answer})
        with echo.Simulator() as conformant, pytest.raises(DataError, match=f"expectation same of protocol echo returns {answer}"):
            played(library, conformant.url, tmp_path)
    for side in ("Simulator", "open_client"):
        monkeypatch.delattr(echo, side)
        with pytest.raises(UsageError, match=f"protocol echo has no `{side}`") as refused:
            exchange.protocol_module("echo")
        assert "harness/exchange/echo.py" in refused.value.hint.en


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("import re\nimport no_such_module\n", 2, "no Python module no_such_module"),
        ("import re\nfrom harness.exchange import nothing\n", 2, "ImportError: cannot import name 'nothing'"),
        ("FLAWS = {}\n\ndef open_client(\n", 3, "not Python: '(' was never closed"),
        ("FLAWS = {}\nFLAWS['a']\n", 2, "KeyError: 'a'"),
    ],
)
def test_what_keeps_a_module_from_being_loaded_is_told_with_file_and_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, line: int, message: str
) -> None:
    monkeypatch.setattr(exchange, "PROTOCOLS", ("toy", *exchange.PROTOCOLS))
    monkeypatch.setattr(exchange, "__path__", [*exchange.__path__, str(tmp_path)])
    (tmp_path / "toy.py").write_text(text)
    importlib.invalidate_caches()
    with pytest.raises(DataError) as refused:
        exchange.protocol_module("toy")
    assert (refused.value.file, refused.value.line) == (str(tmp_path / "toy.py"), line)
    assert message in refused.value.message.en
    (tmp_path / "toy.toml").write_text('[endpoints.toy]\nurl = "https://example.org"\n')
    with pytest.raises(DataError) as refused:  # not blamed on the target that names the protocol
        load_target(str(tmp_path / "toy.toml"))
    assert (refused.value.file, refused.value.line) == (str(tmp_path / "toy.py"), line)


def test_of_a_package_the_file_is_told_in_which_the_error_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(exchange, "PROTOCOLS", ("toys", *exchange.PROTOCOLS))
    monkeypatch.setattr(exchange, "__path__", [*exchange.__path__, str(tmp_path)])
    (tmp_path / "toys").mkdir()
    (tmp_path / "toys" / "__init__.py").write_text("from harness.exchange.toys.client import open_client\n")
    (tmp_path / "toys" / "client.py").write_text("\n1 / 0\n")
    importlib.invalidate_caches()
    with pytest.raises(DataError) as refused:
        exchange.protocol_module("toys")
    assert (refused.value.file, refused.value.line) == (str(tmp_path / "toys" / "client.py"), 2)


def test_a_protocol_that_is_named_and_not_written_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "PROTOCOLS", ("toy", *exchange.PROTOCOLS))
    with pytest.raises(UsageError, match="protocol toy has no module") as refused:
        exchange.protocol_module("toy")
    assert "harness/exchange/toy.py" in refused.value.hint.en


def test_addresses_of_a_protocol_are_of_its_schemes_or_of_the_web(
    echo: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    target = tmp_path / "toy.toml"
    target.write_text('[endpoints.echo]\nurl = "smtp://mail.example:25"\n')
    with pytest.raises(DataError) as refused:
        load_target(str(target), None)
    assert (refused.value.line, refused.value.hint.en) == (2, "Example: https://example.org/fhir")
    monkeypatch.setattr(echo, "SCHEMES", ("smtp",), raising=False)
    assert load_target(str(target), None).endpoints[0].url == "smtp://mail.example:25"
    monkeypatch.setattr(echo, "SCHEMES", ("file",))
    target.write_text('[endpoints.echo]\nurl = "file:///exports"\n')
    assert load_target(str(target), None).endpoints[0].url == "file:///exports"


def test_what_the_simulator_of_the_page_receives_is_told_without_secrets(echo: ModuleType) -> None:
    told: list[ToldExchange] = []
    with echo.Simulator(on_exchange=lambda exchange, verdict, findings: told.append(exchange)) as simulator:
        client = echo.open_client(Endpoint("echo", simulator.url, headers={"Authorization": "Bearer s3cret"}), None)
        client.perform("SAY", {"words": "bonjour"}, 5)
    assert [(one.transaction, one.request.body, one.request.headers["Authorization"]) for one in told] == [
        ("SAY", b"bonjour", "***")
    ]
    with pytest.raises(UsageError, match="whispers"):
        echo.Simulator(flaws=frozenset({"whispers"}))


def test_every_protocol_named_has_both_sides_and_a_name_that_is_none_is_told() -> None:
    for name in exchange.PROTOCOLS:
        module = exchange.protocol_module(name)
        assert callable(module.open_client) and module.Simulator.FLAWS
    for name in ("http", "conversation", "terminology_server"):
        with pytest.raises(UsageError):
            exchange.protocol_module(name)
