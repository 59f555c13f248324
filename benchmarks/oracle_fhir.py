"""Our FHIR rules beside HL7's Java validator, on published examples and on mutants. `make oracle-fhir` runs it.

    make oracle-fhir N=6 SEED=7 DERIVED=10 ONLY=Patient KINDS=rare

Both are warm and judge the same bytes, one document at a time, with the same packages and without network. An example is reported
by a side that finds an error in it. A mutant is reported by a side that finds an error more than in what it was made from.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from comparing_fhir import STOPPED, UNSETTLED, Case, Errors, Told, class_of, more, near, place
from settled import OURS, THEIRS, Settled, settled
from spoiling_fhir import RARE, draw
from turns import in_turns

from harness import collector
from harness.checks import Judge
from harness.checks.fhir.proofs.mutations import mutations_of_specimens
from harness.cli import packages as adding
from harness.documents import read
from harness.library import Library
from harness.library.fhir.definitions import Definitions
from harness.model import Severity

HERE = Path(__file__).parent
JAVA = HERE / "java" / "target"
SETTLED = HERE / "settled_fhir.yaml"
GUIDES = ("hl7.fhir.uv.ips", "hl7.fhir.fr.core", "ans.fhir.fr.pdsm")  # whose examples and profiles are played, where they are given
CORE = "hl7.fhir.r4.core"  # the validator has R4 in its own libraries
HEAP = "2g"
READY, ANSWER = 600.0, 120.0  # seconds, on a machine that does other work
TIMED, WARMED = 12, 5
LISTED = 60


class JavaValidator:
    """One warm JVM, bounded in memory; one that is late is ended, and the run with it."""

    def __init__(self, packages: Sequence[Path], folder: Path) -> None:
        libraries = f"{JAVA}/*{os.pathsep}{JAVA}/lib/*"
        command = ["java", f"-Xmx{HEAP}", "-cp", libraries, "oracle.Validator", *map(str, packages)]
        self._file = folder / "document.json"
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self._answer(READY)

    def judge(self, data: bytes, profile: str = "") -> tuple[Errors | None, float]:
        """Its errors, and the seconds it took by its own clock."""
        self._file.write_bytes(data)
        assert self._process.stdin is not None
        self._process.stdin.write(f"{self._file}\t{profile}\n" if profile else f"{self._file}\n")
        self._process.stdin.flush()
        answer = self._answer(ANSWER)
        seconds = answer["nanoseconds"] / 1e9
        if "stopped" in answer:
            return None, seconds
        told = [one for one in answer["issues"] if one["severity"] == "error"]
        return Counter((place(one.get("path", "")), one["message"]) for one in told), seconds

    def _answer(self, bound: float) -> dict:  # type: ignore[type-arg]
        late = threading.Timer(bound, self._process.kill)
        late.start()
        try:
            assert self._process.stdout is not None
            line = self._process.stdout.readline()
        finally:
            late.cancel()
        if not line:
            raise SystemExit(f"the Java validator ended, or did not answer within {bound:.0f} s")
        return json.loads(line)  # type: ignore[no-any-return]

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(ANSWER)
        self._process.stdout.close()


class Ours:
    def __init__(self, folder: Path) -> None:
        self._library = Library.open(folder)
        self.definitions = Definitions.open(folder)
        self._judges: dict[str, Judge] = {}

    def judge(self, data: bytes, profile: str = "") -> tuple[Errors, float]:
        now = datetime.now(UTC)
        if profile not in self._judges:
            self._judges[profile] = Judge(
                self._library, at=now.date(), now=now, profile=profile or None, definitions=self.definitions
            )
        started = time.perf_counter()
        with collector.at_rest():  # as `harness check` judges
            judgement = self._judges[profile].judge(read(data, "document.json"))
        seconds = time.perf_counter() - started
        errors = [one for one in judgement.findings if one.severity is Severity.ERROR]
        told = [one for one in errors if one.rule.startswith("FHIR-")]  # of our French rules the validator knows nothing
        return Counter((place(one.location or ""), f"{one.rule}: {one.message.en}") for one in told), seconds


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("packages", type=Path, help="folder of FHIR packages (.tgz), hl7.fhir.r4.core among them")
    options.add_argument("--n", type=int, default=2, help="generic edits of each example")
    options.add_argument("--derived", type=int, default=0, help="mutants of each profile, derived from its definition")
    options.add_argument("--seed", default="1")
    options.add_argument("--kinds", default="", help="kinds of generic edit, with commas; `rare`: those not drawn unless asked for")
    options.add_argument("--only", default="", help="examples and profiles whose name holds this")
    options.add_argument("--json", type=Path, help="writes every disagreement to this file too")
    options.add_argument("--check", action="store_true", help="no times; code 1 when a disagreement is of no settled class")
    chosen = options.parse_args()
    archives = sorted(chosen.packages.glob("*.tgz"))
    if not any(one.name.startswith(CORE) for one in archives):
        print(f"No package {CORE} in {chosen.packages}: make oracle-fhir PACKAGES=folder of .tgz", file=sys.stderr)
        return 2
    home = JAVA / "home"
    os.environ["HARNESS_HOME"] = str(home)
    adding.command.main(["add", *map(str, archives), "--lang", "en"], standalone_mode=False)
    ours = Ours(home)
    with tempfile.TemporaryDirectory() as folder:
        java = JavaValidator([one for one in archives if not one.name.startswith(CORE)], Path(folder))
        try:
            cases = list(_cases(archives, chosen, ours))
            told = _compare(cases, ours, java)
            times = [] if chosen.check else _timed(cases, ours, java)
        finally:
            java.close()
    classes = settled(SETTLED)
    _print(told, times, classes)
    if chosen.json:
        differing = [one for one in told if one.differs]
        rows = [
            (one.differs, class_of(one, classes), one.case.guide, one.case.kind, one.case.name, [*one.ours], [*(one.theirs or ())])
            for one in differing
        ]
        chosen.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False))
    return int(chosen.check and any(class_of(one, classes) == UNSETTLED for one in told))


def _cases(archives: Sequence[Path], chosen: argparse.Namespace, ours: Ours) -> Iterator[Case]:
    kinds = RARE if chosen.kinds == "rare" else [one for one in chosen.kinds.split(",") if one]
    for archive in archives:
        guide = next((name for name in GUIDES if archive.name.startswith(name)), None)
        if guide is None:
            continue
        profiles: list[str] = []
        with tarfile.open(archive) as members:
            for member in sorted(members, key=lambda one: one.name):
                name = member.name.rpartition("/")[2]
                if not member.isfile() or not name.endswith(".json") or chosen.only not in name or name == ".index.json":
                    continue
                data = members.extractfile(member).read()  # type: ignore[union-attr]
                if "/example/" in member.name:
                    yield Case(guide, "published", name, data)
                    for edit in draw(data, f"{chosen.seed} {name}", chosen.n, kinds):
                        yield Case(guide, edit.kind, f"{name} {edit.at}", edit.data, base=data)
                elif name.startswith("StructureDefinition-"):
                    profiles.append("{url}|{version}".format(**json.loads(data)))
        for profile in profiles if chosen.derived else ():
            yield from _derived(guide, profile, chosen, ours)


def _derived(guide: str, profile: str, chosen: argparse.Namespace, ours: Ours) -> Iterator[Case]:
    try:
        structure = ours.definitions.structure(profile)
        if structure is None or (structure["kind"] != "resource" and structure["type"] != "Extension"):
            return  # no resource claims a profile of a data type: neither side would judge by it
        found = list(islice(mutations_of_specimens(ours.definitions, profile), 40 * chosen.derived))
    except LookupError:
        return  # it stands in no resource
    for name, content, specimen in random.Random(f"{chosen.seed} {profile}").sample(found, min(len(found), chosen.derived)):
        data, base = (json.dumps(one, ensure_ascii=False).encode() for one in (content, specimen))
        yield Case(guide, f"derived {name.partition(':')[0]}", f"{profile.rpartition('/')[2]} {name}", data, base)


def _compare(cases: Sequence[Case], ours: Ours, java: JavaValidator) -> list[Told]:
    judged: dict[bytes, tuple[Errors, Errors | None]] = {}

    def both(data: bytes) -> tuple[Errors, Errors | None]:
        if data not in judged:
            judged[data] = (ours.judge(data)[0], java.judge(data)[0])
        return judged[data]

    told: list[Told] = []
    for case in cases:
        mine, theirs = both(case.data)
        if case.base is not None:
            before = both(case.base)
            mine, theirs = more(mine, before[0]) or Errors(), more(theirs, before[1])
        told.append(Told(case, mine, theirs))
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return told


def _timed(cases: Sequence[Case], ours: Ours, java: JavaValidator) -> list[tuple[str, float, float]]:
    published = [case for case in cases if case.kind == "published"]
    spread = published[:: max(1, len(published) // TIMED)]
    return [(case.name, *_times(case, ours, java)) for case in spread]


def _times(case: Case, ours: Ours, java: JavaValidator) -> tuple[float, float]:
    """Medians of ours and theirs, in turns, after both have judged the document several times."""
    for _ in range(WARMED):
        java.judge(case.data)
    taken = in_turns({OURS: lambda: ours.judge(case.data)[1], THEIRS: lambda: java.judge(case.data)[1]})
    return statistics.median(taken[OURS]), statistics.median(taken[THEIRS])


def _print(told: Sequence[Told], times: Sequence[tuple[str, float, float]], classes: Sequence[Settled]) -> None:
    for title, key in (("guide", "guide"), ("kind", "kind")):
        groups: dict[str, list[Told]] = defaultdict(list)
        for one in told:
            groups[getattr(one.case, key) + (" (published)" if key == "guide" and one.case.kind == "published" else "")].append(one)
        print(
            f"\n{title:<30}{'cases':>7}{'both':>7}{'none':>7}{'ours':>7}{'theirs':>8}{'stopped':>9}{'agree':>9}{'same place':>12}"
        )
        for name, group in [*sorted(groups.items()), ("all", list(told))]:
            _row(name, group)
    if times:
        print(f"\n{'warm, one document':<58}{'ours, ms':>10}{'Java, ms':>10}{'ratio':>8}")
        for name, ours, theirs in times:
            print(f"{name[:57]:<58}{1000 * ours:>10.2f}{1000 * theirs:>10.1f}{theirs / ours:>8.1f}")
        print(f"{'median ratio':<78}{statistics.median(theirs / ours for _, ours, theirs in times):>8.1f}")
    for side in (THEIRS, OURS, STOPPED):
        differing = [one for one in told if one.differs == side]
        print(f"\n{side}: {len(differing)}")
        for name, count in Counter(class_of(one, classes) for one in differing).most_common():
            print(f"  {name:<24}{count:>6}")
    for side in (UNSETTLED, STOPPED):
        differing = [one for one in told if class_of(one, classes) == side]
        print(f"\n{side}: {len(differing)}")
        for one in differing[:LISTED]:
            print(f"  {one.case.kind}: {one.case.name}")
            for path, message in [*one.ours, *(one.theirs or ())][:3]:
                print(f"      {path}: {message[:200]}")


def _row(name: str, group: Sequence[Told]) -> None:
    counts = Counter(one.differs for one in group)
    both = [one for one in group if one.theirs and one.ours]
    none = counts[""] - len(both)
    judged = len(group) - counts[STOPPED]
    agreed = f"{100 * counts[''] / judged:.1f} %" if judged else "-"
    close = f"{100 * sum(near(one.ours, one.theirs or Counter()) for one in both) / len(both):.0f} %" if both else "-"
    sides = f"{counts[OURS]:>7}{counts[THEIRS]:>8}{counts[STOPPED]:>9}"
    print(f"{name:<30}{len(group):>7}{len(both):>7}{none:>7}{sides}{agreed:>9}{close:>12}")


if __name__ == "__main__":
    sys.exit(main())
