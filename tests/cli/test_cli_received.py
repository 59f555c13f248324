"""Documents that a simulator receives, judged as they come."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from harness.cli.judging import Received
from harness.library import Library
from harness.model import DocumentVerdict
from harness.storage import Store
from harness.synthesis import synthesize


def test_documents_from_several_threads_are_each_judged_and_kept_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library.open()
    today = datetime.now().astimezone().date()  # what is received is judged at the local date
    made = [synthesize(library, "cda/vsm", person=None, story=None, seed=seed, at=today).data for seed in range(4)]
    received = Received(library)
    with ThreadPoolExecutor(4) as threads:
        findings = list(threads.map(received.judge, [*made, b"<not-xml"]))
    assert [len(found) for found in findings] == [0, 0, 0, 0, 1]

    monkeypatch.setenv("HARNESS_HOME", str(tmp_path))
    run = received.keep("a product")
    with Store(tmp_path) as store:
        judgements = store.run(run).judgements
    assert sorted(judgement.path for judgement in judgements) == [f"received-{number}" for number in range(1, 6)]
    verdicts = sorted(judgement.verdict for judgement in judgements)
    assert verdicts == [DocumentVerdict.ERROR, *[DocumentVerdict.PASS] * 4]


def test_what_is_sent_within_the_minute_of_a_judge_is_of_no_future(home: Path) -> None:
    received = Received(Library.open())

    def future(seconds: int) -> bool:
        sent = (datetime.now().astimezone() + timedelta(seconds=seconds)).isoformat(timespec="seconds")
        document = {
            "resourceType": "DocumentReference",
            "status": "current",
            "date": sent,
            "content": [{"attachment": {"url": "a"}}],
        }
        return "TIME-FUTURE-REFERENCE" in {finding.rule for finding in received.judge(json.dumps(document).encode())}

    assert [future(seconds) for seconds in (0, 20, 10800)] == [
        False,
        False,
        True,
    ]  # the first opens the judge; clocks may differ by an hour
