"""Our rules beside the official ones on random single edits of the official examples. `make oracle` runs it.

    make oracle N=40 SEED=7 VOLET=VSM OFFICIAL=/path/to/TestContenuCDA-3-0

With PLACES=1 every kind of edit at every kind of place that the chosen examples have first (`one_by_one.py`), SECONDS=600 at most.

Both judge in this run, so that their times compare: warm medians and minima, of the official examples themselves. The official tool
is timed twice: as it is published, by the engine it ships (`published.py`), and compiled by us, as `check --official` runs it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from comparing import Comparison, Example, in_lines, settle, total
from one_by_one import one_by_one, places_of
from turns import in_turns

from harness.checks import Judge
from harness.cli import packages as adding
from harness.documents import read
from harness.errors import HarnessError
from harness.library import Library, home
from harness.packages.bench import OfficialBench
from harness.packages.layout import Layout
from harness.packages.store import Store
from published import Published, published
from spoiling import RARE, Spoiler

TIMED = ("VSM_1.4_2022.01", "LDL-SES_2022.01", "DLU-EHPAD-DLU_2022.01", "IPS-FR_2024.01")
AHEAD = 2  # examples given to the official tool before the first of them is waited for: its processes are never without work
LISTED = 200
OURS, PUBLISHED, COMPILED = "ours", "as published", "compiled by us"  # the last two: the official tool


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--n", type=int, default=20, help="edits of each example")
    options.add_argument("--seed", default="1")
    options.add_argument("--volet", default="", help="examples whose name or volet begins so; several with commas")
    options.add_argument("--kinds", default="", help="kinds of edit, with commas; `rare`: those not drawn unless asked for")
    options.add_argument("--official", default="", help="checkout of the tool; where the package came from unless given")
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes of the official tool")
    options.add_argument("--json", type=Path, help="writes everything to this file too")
    options.add_argument("--places", action="store_true", help="every edit at every kind of place, none drawn")
    options.add_argument("--seconds", type=float, default=600.0, help="how long --places may take")
    options.add_argument("--from", type=int, default=0, dest="begin", help="the place where --places begins")
    options.add_argument("--no-times", action="store_true")
    chosen = options.parse_args()
    try:
        return compare(chosen)
    except HarnessError as error:
        print(error.told("en"), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def compare(chosen: argparse.Namespace) -> int:
    if chosen.official:
        adding.command.main(["add", chosen.official, "--lang", "en"], standalone_mode=False)
    package = Store(home()).current()
    if package is None:
        print(
            "Name a checkout of the official tool:\n"
            "    git clone https://github.com/ansforge/TestContenuCDA-3-0\n"
            "    make oracle OFFICIAL=TestContenuCDA-3-0",
            file=sys.stderr,
        )
        return 2
    library = Library.open()
    now = datetime.now(UTC)
    judge = Judge(library, at=now.date(), now=now, digests=False)  # as the text report does
    official = OfficialBench(package, Layout.read(library), chosen.jobs)
    examples = sorted(Path(chosen.official or package.origin, "ExemplesCDA").glob("*.xml"))
    wanted = [one for one in chosen.volet.split(",") if one]
    found = [one for one in examples if not wanted or one.name.startswith(tuple(wanted))]
    if not found:
        print(f"No example of {chosen.volet or 'any volet'} in {chosen.official or package.origin}/ExemplesCDA", file=sys.stderr)
        return 2
    comparison = Comparison()
    try:
        if chosen.places:
            places = list(places_of(examples, found))
            print(f"{len(places)} places", file=sys.stderr, flush=True)
            done = one_by_one(places[chosen.begin :], judge, official, chosen.seconds, comparison)
            left = len(places) - chosen.begin - done["places"]
            print(f"{done['places']} of {len(places)} places from {chosen.begin}, {left} left: {done['edits']} edits.")
            print(f"Ours added nothing on {done['silent']}; of these only:\n")
        else:
            _drawn(found, chosen, judge, official, comparison)
        times = {} if chosen.no_times or chosen.places else _times(examples, judge, official)
    finally:
        official.close()
    _print(comparison, times)
    if chosen.json:
        chosen.json.write_text(json.dumps({"volets": {k: vars(v) for k, v in comparison.volets.items()}, "times": times}, indent=1))
    return 0


def _drawn(
    found: Sequence[Path], chosen: argparse.Namespace, judge: Judge, official: OfficialBench, comparison: Comparison
) -> None:
    print(f"{chosen.n} edits of each of {len(found)} examples", file=sys.stderr)
    started = time.monotonic()
    begun: deque[Example] = deque()
    ended = 0
    for example in (*found, *[None] * AHEAD):
        if example is not None:
            begun.append(_begun(example, chosen, judge, official))
        if len(begun) > AHEAD or (example is None and begun):
            settled = begun.popleft()
            for missed in settle(settled, comparison):
                print(in_lines(missed), file=sys.stderr)  # at once: a run that is interrupted loses none
            ended += 1
            print(f"{ended:>4}/{len(found)} {time.monotonic() - started:>6.0f} s  {settled.name}", file=sys.stderr, flush=True)


def _begun(example: Path, chosen: argparse.Namespace, judge: Judge, official: OfficialBench) -> Example:
    """Judged by us, and given to the official tool."""
    spoiler = Spoiler(example.read_bytes(), f"{chosen.seed} {example.name}")
    edits = spoiler.draw(chosen.n, RARE if chosen.kinds == "rare" else [one for one in chosen.kinds.split(",") if one])
    documents = [read(one, example.name) for one in (spoiler.clean(), *(edit.document for edit in edits))]
    clean = judge.judge(documents[0])
    version = (clean.profile or "").partition("@")[2]  # what the edited document is of, even where the edit took it away
    theirs = [official.judge(document, version) for document in documents]
    ours = [clean, *(judge.judge(document) for document in documents[1:])]  # meanwhile
    return Example(example.name, [edit.edit for edit in edits], ours, theirs)


def _times(examples: Sequence[Path], judge: Judge, official: OfficialBench) -> dict[str, dict[str, list[float]]]:
    """Seconds that each judgement of a document took, by side, each warm and one at a time: from bytes to the verdict."""
    timed = [example for example in examples if example.stem in TIMED]
    print(f"timing {len(timed)} examples; the tool as published takes half a minute to compile", file=sys.stderr, flush=True)
    found: dict[str, dict[str, list[float]]] = {}
    with published(official.package, official.layout, TIMED) as tool:
        for part, why in ({} if tool is None else tool.unusable).items():
            print(f"{part} is not timed as published: {why}", file=sys.stderr)
        for example in timed:
            sides = _sides(example, judge, official, tool)
            for side in sides.values():
                for _ in range(official.workers):
                    side()
            found[example.stem] = in_turns({name: partial(_seconds, side) for name, side in sides.items()})
    return found


def _sides(example: Path, judge: Judge, official: OfficialBench, tool: Published | None) -> dict[str, Callable[[], Any]]:
    sides: dict[str, Callable[[], Any]] = {
        OURS: lambda: judge.judge(read(example.read_bytes(), example.name)),
        COMPILED: lambda: official.judge(read(example.read_bytes(), example.name))(),
    }
    if tool is not None:
        sides[PUBLISHED] = lambda: tool.judge(example, example.stem)
    return sides


def _seconds(side: Callable[[], Any]) -> float:
    start = time.perf_counter()
    side()
    return time.perf_counter() - start


def _print(comparison: Comparison, times: Mapping[str, Mapping[str, Sequence[float]]]) -> None:
    print(f"{'volet':<32}{'edits':>7}{'reported':>10}{'ours too':>10}{'share':>9}{'alone':>7}{'stopped':>9}")
    for name, tally in [*sorted(comparison.volets.items()), ("all", total(comparison.volets.values()))]:
        share = f"{100 * tally.both / tally.reported:.1f} %" if tally.reported else "-"
        print(f"{name:<32}{tally.edits:>7}{tally.reported:>10}{tally.both:>10}{share:>9}{len(tally.alone):>7}{tally.stopped:>9}")
    print(f"\n{'kind':<32}{'edits':>7}{'reported':>10}{'ours too':>10}{'errors':>8}{'ours too':>10}")
    for kind, told in sorted(comparison.kinds.items()):
        print(f"{kind:<32}{told['edits']:>7}{told['reported']:>10}{told['both']:>10}{told['errors']:>8}{told['errors both']:>10}")
    print(f"\n{'official part':<32}{'reported':>10}{'missed':>10}")
    for part, (reported, missed) in sorted(comparison.parts.items()):
        print(f"{part:<32}{reported:>10}{missed:>10}")
    if times:
        _print_times("median", statistics.median, times)
        _print_times("least", min, times)
    print("\nSettled, by class of settled_cda.yaml")
    for known, count in total(comparison.volets.values()).settled.most_common():
        print(f"  {count:>4}  {known}")
    alone: Counter[str] = Counter(rule for tally in comparison.volets.values() for _, told in tally.alone for rule, _ in told)
    print("\nOurs alone, by rule")
    for rule, count in alone.most_common(LISTED):
        print(f"  {count:>4}  {rule}")
    for title, kind in (("Missed", "missed"), ("Alone", "alone"), ("An error there, a warning here", "softer")):
        print(f"\n{title}")
        for _, tally in sorted(comparison.volets.items()):
            for reported in getattr(tally, kind)[:LISTED]:
                print(in_lines(reported))


def _print_times(word: str, of: Callable[[Sequence[float]], float], times: Mapping[str, Mapping[str, Sequence[float]]]) -> None:
    """The least beside the median: another guest of the machine slows down one side, and now and then both, by half."""
    head = f"{PUBLISHED + ', ms':>20}{'ratio':>7}{COMPILED + ', ms':>20}{'ratio':>7}"
    print(f"\n{'warm, one document, ' + word:<28}{'ours, ms':>10}{head}")
    for name, taken in times.items():
        sides = {side: of(seconds) for side, seconds in taken.items()}
        print(f"{name:<28}{1000 * sides[OURS]:>10.1f}{_beside(sides, PUBLISHED)}{_beside(sides, COMPILED)}")


def _beside(sides: Mapping[str, float], side: str) -> str:
    if side not in sides:
        return f"{'no engine':>20}{'-':>7}"
    return f"{1000 * sides[side]:>20.0f}{sides[side] / sides[OURS]:>7.0f}"


if __name__ == "__main__":
    sys.exit(main())
