"""Figures of the project, each as a ratio against a named peer measured in the same run. `make bench` prints them.

cold      one `harness check` of a medical summary as a whole process, against a bare interpreter that imports lxml
warm      the judgement of the same document in a process that is already warm, against lxml parsing it
memory    peak resident memory of the cold check, against the same bare interpreter
many      copies of the document in one check: with two processes against one, and five times as many against as many
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = "2026-11-24"  # day of the synthetic document: what a seed draws depends on it
BARE = [sys.executable, "-c", "import lxml.etree"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=11, help="repetitions of each cold command")
    options.add_argument("--document", type=Path, help="a CDA document (a synthetic medical summary unless given)")
    options.add_argument("--many", type=int, default=400, help="copies that are judged in one check")
    options.add_argument("--json", action="store_true", help="print the figures as JSON")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        document = chosen.document or _synthetic(Path(folder))
        figures = {**_cold(document, chosen.runs), **_warm(document), **_many(document, Path(folder), chosen.many)}
    print(json.dumps(figures, indent=1) if chosen.json else table(figures))


def _synthetic(folder: Path) -> Path:
    """A medical summary written by the product itself: the same one on every day, so that figures compare."""
    document = folder / "vsm.xml"
    drawn = ("--seed", "1", "--at", WRITTEN)
    subprocess.run([*harness(), "synth", "cda/vsm", *drawn, "--output", str(document)], check=True, cwd=ROOT)
    return document


def harness() -> list[str]:
    return [sys.executable, "-m", "harness"]


def _cold(document: Path, runs: int) -> dict[str, float]:
    check = [*harness(), "check", "--format", "json", str(document)]
    seconds(check)  # fills the compiled cache, which every later check finds
    ours, bare = [], []
    for _ in range(runs):
        bare.append(seconds(BARE))
        ours.append(seconds(check))
    highest, floor = peak(check), peak(BARE)
    return {
        "cold check, s (median)": statistics.median(ours),
        "bare interpreter importing lxml, s (median)": statistics.median(bare),
        "cold check / bare interpreter": statistics.median(ours) / statistics.median(bare),
        "peak memory of a check, MB": highest,
        "peak memory / bare interpreter": highest / floor,
    }


def _warm(document: Path) -> dict[str, float]:
    sys.path.insert(0, str(ROOT))
    from lxml import etree

    from harness.checks import Judge
    from harness.documents import read
    from harness.library import Library

    data = document.read_bytes()
    judge = Judge(Library.open(), at=date.today(), now=datetime.now(UTC), digests=False)  # as for the text report
    parse = _best(lambda: etree.fromstring(data))
    whole = _best(lambda: judge.judge(read(data, str(document))))
    return {
        "elements": sum(1 for _ in etree.fromstring(data).iter("*")),
        "warm judgement, ms (median)": whole * 1000,
        "lxml parsing the same, ms (median)": parse * 1000,
        "warm judgement / parsing": whole / parse,
    }


def _many(document: Path, folder: Path, count: int) -> dict[str, float]:
    few, many = _copies(document, folder / "few", count), _copies(document, folder / "many", 5 * count)
    half = _copies(document, folder / "half", count // 2)
    alone: list[float] = []
    shared: list[float] = []
    apart: list[float] = []
    parent = whole = 0.0
    for _ in range(3):  # interleaved, so that what else the machine does meets both
        alone.append(seconds(_check(few)))
        shared.append(seconds(_check(few, "--jobs", "2")))
        apart.append(seconds(_check(half), _check(half)))
    for _ in range(2):
        own, all_ = _processor(_check(few, "--jobs", "2"))
        parent, whole = parent + own, whole + all_
    return {
        "documents in one check": count,
        "they take, s (least of 3)": min(alone),
        "--jobs 2, times faster (least of 3 each)": min(alone) / min(shared),
        "two commands at once, half each, times faster": min(alone) / min(apart),
        "--jobs 2, share of the processor time not shared": parent / whole,
        "peak memory of five times as many / of these": peak(_check(many)) / peak(_check(few)),
    }


def _copies(document: Path, folder: Path, count: int) -> Path:
    folder.mkdir()
    data = document.read_bytes()
    for number in range(count):
        (folder / f"{number:05}.xml").write_bytes(data)
    return folder


def _check(folder: Path, *options: str) -> list[str]:
    return [*harness(), "check", "--format", "json", *options, str(folder)]


def _processor(command: Sequence[str]) -> tuple[float, float]:
    """Processor seconds of the process itself, and with those it began."""
    told = "import atexit, os, sys; atexit.register(lambda: print(*os.times()[:4], file=sys.stderr)); "
    run = "from harness.cli import main; sys.argv[0] = 'harness'; main()"
    words = [sys.executable, "-c", told + run, *command[3:]]
    done = subprocess.run(words, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    own, system, *children = (float(one) for one in done.stderr.split()[-4:])
    return own + system, own + system + sum(children)


def _best(action: Callable[[], object], repeat: int = 60) -> float:
    for _ in range(5):
        action()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def seconds(*commands: Sequence[str]) -> float:
    """By the clock, of commands begun at the same time."""
    start = time.perf_counter()
    begun = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) for command in commands]
    for process in begun:
        if process.wait():
            raise subprocess.CalledProcessError(process.returncode, process.args)
    return time.perf_counter() - start


def peak(command: Sequence[str]) -> float:
    """Peak resident memory of a command, in MB.

    A process inherits the peak of the one that begins it (Linux, at exec): a bare interpreter stands between, and not this one.
    """
    begin = "import os, sys; pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ); _, failed, usage = os.wait4(pid, 0); "
    tell = "print(usage.ru_maxrss, file=sys.stderr); sys.exit(failed != 0)"
    words = [sys.executable, "-IS", "-c", begin + tell, *command]
    done = subprocess.run(words, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return int(done.stderr.split()[-1]) / 1024


def table(figures: dict[str, float]) -> str:
    return "\n".join(f"{name:<50}{value:>10.3f}" for name, value in figures.items())


if __name__ == "__main__":
    main()
