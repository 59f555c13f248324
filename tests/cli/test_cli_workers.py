"""Several processes judge as one does, whatever becomes of them."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from harness.cli.bench import Bench
from harness.cli.packing import Packing, Unpacking
from harness.cli.workers import Workers
from harness.documents import Input
from harness.errors import DataError, UsageError
from harness.model import DocumentVerdict, Judgement, Skipped, Text

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the bench of these tests is copied with its process")


class Told(Bench):
    """Does with a document what its path says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def tell(self, told: Callable[[Text], None]) -> None:
        self.told = told

    def judge(self, given: Input) -> Judgement | Skipped:
        match given.path.partition(" ")[0]:
            case "dies":
                os.kill(os.getpid(), signal.SIGKILL)
            case "dies-once" if not (self.folder / "died").exists():
                (self.folder / "died").touch()
                os._exit(9)
            case "hangs":
                time.sleep(600)
            case "raises":
                raise DataError("profile.yaml", 7, Text("clé inconnue", "unknown key"))
            case "notes":
                self.told(Text("rien n'est gardé", "nothing is kept"))
            case "skipped":
                return Skipped(given.path, Text("un index", "an index"))
        return Judgement(given.path, "cda", None, "", False, DocumentVerdict.PASS, (), (), 0.0, str(os.getpid()))


def inputs(*paths: str) -> Iterator[Input | Skipped]:
    for path in paths:
        yield Skipped(path, Text("pas un document", "no document")) if path.endswith(".txt") else Input(path, b"", True)


def told(workers: Workers, *paths: str) -> list[Judgement | Skipped]:
    unpacking = Unpacking(Packing())
    return [unpacking.unpack(one) if isinstance(one, bytes) else one for one in workers.judge(inputs(*paths))]


def ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_documents_come_back_in_the_order_they_were_named_and_the_processes_are_gone(tmp_path: Path) -> None:
    paths = [f"{kind} {number}{end}" for number in range(60) for kind, end in (("a", ""), ("skipped", ""), ("c", ".txt"))]
    found = told(Workers(3, Told(tmp_path)), *paths)
    assert [one.path for one in found] == paths
    judged = [one for one in found if isinstance(one, Judgement)]
    assert len(judged) == 60
    assert all(ended(int(one.sha256)) for one in judged)


def test_nothing_to_judge_is_no_wait(tmp_path: Path) -> None:
    assert told(Workers(2, Told(tmp_path))) == []
    paths = [f"{number}.txt" for number in range(2_500)]  # more than may be ahead of a document that takes long
    assert [one.path for one in told(Workers(2, Told(tmp_path)), *paths)] == paths


@pytest.mark.parametrize("count", [1, 2, 7, 17, 70])
def test_each_is_judged_whatever_their_number(tmp_path: Path, count: int) -> None:
    paths = [f"a {number}" for number in range(count)]
    found = told(Workers(2, Told(tmp_path)), *paths)
    assert [one.path for one in found] == paths


def test_a_document_that_kills_its_process_is_said_not_to_be_judged_and_the_others_are(tmp_path: Path) -> None:
    paths = [f"a {number}" for number in range(20)]
    paths[9:9] = ["dies"]
    found = told(Workers(2, Told(tmp_path)), *paths)
    assert [one.path for one in found] == paths
    assert [one.verdict for one in found if isinstance(one, Judgement) and one.path != "dies"] == [DocumentVerdict.PASS] * 20
    (unjudged,) = [one for one in found if one.path == "dies"]
    assert isinstance(unjudged, Judgement)
    assert unjudged.verdict is DocumentVerdict.ERROR
    assert "s'est arrêté avant de répondre (code -9)" in unjudged.not_judged[0].fr


def test_a_process_that_was_killed_once_loses_nothing(tmp_path: Path) -> None:
    found = told(Workers(2, Told(tmp_path)), "a", "dies-once", "b", "c")
    assert (tmp_path / "died").exists()
    assert [(one.path, one.verdict) for one in found if isinstance(one, Judgement)] == [
        (path, DocumentVerdict.PASS) for path in ("a", "dies-once", "b", "c")
    ]


def test_a_document_that_is_never_done_is_said_not_to_be_judged(tmp_path: Path) -> None:
    workers = Workers(1, Told(tmp_path), deadline=0.2)
    judged = workers.judge(inputs("hangs", "a"))
    unpacking = Unpacking(Packing())
    late = next(judged)
    workers.deadline = 600.0
    (rest,) = judged
    assert isinstance(late, Judgement)
    assert (late.verdict, late.not_judged[0].en) == (DocumentVerdict.ERROR, "not judged in 0 s")
    assert unpacking.unpack(rest).verdict is DocumentVerdict.PASS  # type: ignore[arg-type]


def test_what_is_wrong_in_the_library_is_told_as_by_one_process(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        told(Workers(2, Told(tmp_path)), "a", "raises")
    assert raised.value.message.en == "profile.yaml:7: unknown key"
    assert raised.value.exit_code == DataError.exit_code


def test_what_each_process_has_to_say_is_said_once(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with click.Context(click.Command("check")):
        found = told(Workers(2, Told(tmp_path)), *(f"notes {number}" for number in range(8)))
    assert len({one.sha256 for one in found if isinstance(one, Judgement)}) == 2
    assert capfd.readouterr().err.count("\n") == 1


def test_who_reads_no_further_leaves_no_process(tmp_path: Path) -> None:
    judged = Workers(2, Told(tmp_path)).judge(inputs(*(f"a {number}" for number in range(20))))
    first = Unpacking(Packing()).unpack(next(judged))  # type: ignore[arg-type]
    judged.close()  # type: ignore[attr-defined]
    assert ended(int(first.sha256))
