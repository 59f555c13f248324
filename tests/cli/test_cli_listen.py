"""`harness listen` answers the product whatever becomes of what it tells."""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from commands import harness, listening

from harness.cli.listen import _Log
from harness.exchange.pdsm import Simulator
from harness.exchange.serving import Answer
from harness.model import Finding, Request, Response, Severity, Text


def test_nobody_reads_any_more_and_the_product_is_answered() -> None:
    with listening() as (process, url):
        process.stdout.close()
        assert [requests.get(f"{url}/metadata", timeout=20).status_code for _ in range(3)] == [200] * 3
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


@pytest.mark.parametrize(
    ("lang", "waits", "kept"),
    [
        ("fr", "À l'écoute ; Ctrl-C termine par le décompte.", "X : aucun document à garder comme preuve"),
        ("en", "Listening; Ctrl-C ends with the count.", "X: no document to keep as evidence"),
    ],
)
def test_who_listens_for_the_first_time_is_told_how_it_ends_and_nothing_received_makes_no_run(
    lang: str, waits: str, kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path))
    with listening("--lang", lang, "--system", "X") as (process, _):
        assert process.stderr.readline().strip() == waits
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30)[1].strip() == kept
    assert harness("runs", "list", home=tmp_path).stdout.count("check-") == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_told_at_the_end_and_the_product_is_answered() -> None:
    with listening("--output", "/dev/full") as (process, url):
        assert [requests.get(f"{url}/metadata", timeout=20).status_code for _ in range(3)] == [200] * 3
        process.send_signal(signal.SIGINT)
        told, errors = process.communicate(timeout=30)
    assert "3 échanges" in told
    assert (process.returncode, errors.count("impossible d'écrire /dev/full")) == (2, 1)


def test_a_matricule_and_a_secret_that_a_product_sends_are_not_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    matricule = "185057800608491"
    body = f"urn:oid:1.2.250.1.213.1.4.8 {matricule}".encode()
    said = Text(f"vu {matricule} à https://bob:s3cr3t@h/", f"saw {matricule}")
    finding = Finding("R", "R", Severity.ERROR, f"/{matricule}", 0, said, said, "")
    with (tmp_path / "lines").open("w") as lines, Simulator(on_exchange=_Log("fr", lines).told) as simulator:
        sent = Request("POST", "/", {}, body)
        simulator.tell(sent, Answer(Response(200, {}), "ITI-65", (finding,)), datetime.now(UTC))
    told = capsys.readouterr().out + (tmp_path / "lines").read_text()
    assert told.count("185************ à https://***@h/") == 3
    assert matricule not in told and "s3cr3t" not in told
