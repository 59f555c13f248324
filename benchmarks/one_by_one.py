"""Every kind of edit at every kind of place of the official examples: what random edits seldom meet.

Each kind of place belongs to the first example, by name, that has it, so that runs over other examples add up. Ours judges first,
in the document reduced to what surrounds the place, which is cheap; the edits on which it adds nothing go to the official tool.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from comparing import Comparison, Example, added, in_lines, settle
from places import Kind, kinds, reduced

from harness.checks import Judge
from harness.documents import read
from harness.packages.bench import OfficialBench
from spoiling import Spoiler, clinical_document

AHEAD = 8  # places whose edits the official tool has been given before the first of them is waited for
TOLD_EACH = 50


def one_by_one(
    places: Sequence[tuple[str, bytes, int]], judge: Judge, official: OfficialBench, seconds: float, comparison: Comparison
) -> Counter[str]:
    """Goes through the places until the time is over; `comparison` is of the edits on which ours was silent."""
    end = time.monotonic() + seconds
    done: Counter[str] = Counter()
    begun: deque[Example] = deque()
    for (name, document), group in groupby(places, itemgetter(0, 1)):
        if time.monotonic() > end:
            break
        unedited = read(document, name)
        clean = judge.judge(unedited)
        version = (clean.profile or "").partition("@")[2]
        theirs = cache(official.judge(unedited, version))
        for _, _, place in group:
            if time.monotonic() > end:
                break
            silent = Example(name, [], [clean], [theirs])
            for edit in Spoiler(document).each(place):
                edited = read(edit.document, name)
                judgement = judge.judge(edited)
                done["edits"] += 1
                if not added(clean, judgement):
                    silent.edits.append(edit.edit)
                    silent.ours.append(judgement)
                    silent.theirs.append(official.judge(edited, version))
            done["places"] += 1
            done["silent"] += len(silent.edits)
            begun.append(silent)
            if len(begun) > AHEAD:
                _settle(begun.popleft(), comparison)
            if not done["places"] % TOLD_EACH:
                missed = sum(len(tally.missed) for tally in comparison.volets.values())
                print(f"{done['places']:>6}/{len(places)} {done['edits']:>7} edits, {missed} missed", file=sys.stderr, flush=True)
    for silent in begun:
        _settle(silent, comparison)
    return done


def _settle(silent: Example, comparison: Comparison) -> None:
    """Prints each miss as it comes: a run that is interrupted loses none."""
    for missed in settle(silent, comparison):
        print(in_lines(missed), file=sys.stderr, flush=True)


def places_of(examples: Sequence[Path], found: Sequence[Path]) -> Iterator[tuple[str, bytes, int]]:
    """Name, reduced document and place of each kind that one of `found` has and no earlier example, by document."""
    seen: set[Kind] = set()
    for example in examples:
        root = clinical_document(example.read_bytes())
        first = {kind: place for place, kind in reversed([*enumerate(kinds(root))]) if kind not in seen}
        seen |= first.keys()
        cut: dict[bytes, list[int]] = defaultdict(list)
        for place in sorted(first.values()) if example in found else ():
            document, where = reduced(root, place)
            cut[document].append(where)
        yield from ((example.name, document, where) for document, places in cut.items() for where in places)
