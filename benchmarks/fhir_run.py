"""FHIR's figures, as ratios against fhir.resources in the same run. `make bench` prints them.

warm      the judgement of a resource from its bytes, in a process that is already warm, against fhir.resources reading the same
          bytes into its models, which checks their structure and nothing of what profiles ask
cold      one `harness check` of a Patient as a whole process, against an interpreter that reads it with fhir.resources
memory    peak resident memory of the cold check, and of a process that has read every profile that is installed and judged

The packages are those of HARNESS_HOME: without them a resource is judged by fhir.resources and our rules, and the figures say so.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from run import ROOT, harness, peak, seconds, table

SPECIMENS = ROOT / "profiles" / "fhir"
PATIENT = SPECIMENS / "common" / "specimens" / "patient-qualified.json"
BUNDLE = SPECIMENS / "pdsm" / "specimens" / "replacement.json"
READING = "import sys; from fhir.resources.R4B.patient import Patient; Patient.model_validate_json(open(sys.argv[1], 'rb').read())"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=11, help="repetitions of each cold command")
    options.add_argument("--memory", action="store_true", help=argparse.SUPPRESS)
    options.add_argument("--json", action="store_true", help="print the figures as JSON")
    options.add_argument("documents", type=Path, nargs="*", help="FHIR resources (specimens of our profiles unless given)")
    chosen = options.parse_args()
    documents = chosen.documents or [PATIENT, BUNDLE]
    if chosen.memory:
        _hold_everything(documents)
        return
    figures = dict(_figures(documents, chosen.runs))
    print(json.dumps(figures, indent=1) if chosen.json else table(figures))


def _figures(documents: Sequence[Path], runs: int) -> Iterator[tuple[str, float]]:
    """In processes of their own first, then in this one."""
    yield from _cold(runs)
    yield "peak memory, every profile read, MB", peak([sys.executable, __file__, "--memory", *map(str, documents)])
    sys.path.insert(0, str(ROOT))
    from harness.library.fhir.definitions import Definitions

    yield "FHIR packages installed", len(Definitions.open().packages)
    for document in documents:
        yield from _warm(document)


def _warm(document: Path) -> Iterator[tuple[str, float]]:
    data = document.read_bytes()
    judge = _judge()
    model = _model(json.loads(data)["resourceType"])
    ours = _least(lambda: judge(document.name, data))
    theirs = _least(lambda: model(data))
    name = f"{document.stem} ({len(data) / 1000:.0f} kB)"
    yield f"{name}, warm judgement, ms", ours * 1000
    yield f"{name}, fhir.resources, ms", theirs * 1000
    yield f"{name}, judgement / reading", ours / theirs


def _least(action: Callable[[], object], repeat: int = 100) -> float:
    """Of processor time, which others on the machine disturb least."""
    times = []
    for _ in range(repeat):
        start = time.thread_time()
        action()
        times.append(time.thread_time() - start)
    return min(times)


def _judge() -> Callable[[str, bytes], object]:
    from harness import collector
    from harness.checks import Judge
    from harness.documents import read
    from harness.library import Library

    judge = Judge(Library.open(), at=date.today(), now=datetime.now(UTC))

    def judged(name: str, data: bytes) -> object:
        with collector.at_rest():  # as `harness check` judges
            return judge.judge(read(data, name))

    return judged


def _model(type_: str) -> Callable[[bytes], object]:
    """The model of R4 (4.0.1 and 4.3 differ little) that reads JSON."""
    from fhir.resources.R4B import get_fhir_model_class

    read: Callable[[bytes], object] = get_fhir_model_class(type_).model_validate_json
    return read


def _cold(runs: int) -> Iterator[tuple[str, float]]:
    check = [*harness(), "check", "--format", "json", str(PATIENT)]
    reading = [sys.executable, "-c", READING, str(PATIENT)]
    seconds(check)  # fills the compiled cache, which every later check finds
    ours, theirs = [], []
    for _ in range(runs):
        theirs.append(seconds(reading))
        ours.append(seconds(check))
    yield "cold check of a Patient, s (best)", min(ours)
    yield "interpreter reading it, s (best)", min(theirs)
    yield "cold check / reading", min(ours) / min(theirs)
    yield "peak memory of the check, MB", peak(check)


def _hold_everything(documents: Sequence[Path]) -> None:
    """Reads every profile that is installed, and keeps it, as a long run over all of them would."""
    sys.path.insert(0, str(ROOT))
    from harness.library.fhir.definitions import Definitions

    definitions = Definitions.open()
    kept = [definitions.structure(held.canonical) for held in definitions.profiles()]
    judge = _judge()
    for document in documents:
        judge(document.name, document.read_bytes())
    print(len(kept))


if __name__ == "__main__":
    main()
