"""Judgements as bytes: what a worker hands over, and what waits in a file until the report is written.

Most of a judgement is the requirements it was judged on, some five hundred of them and nearly the same for each document: an id is
written once, and is a number afterwards.
"""

from __future__ import annotations

import pickle
from array import array
from collections.abc import Mapping
from dataclasses import replace
from typing import NewType

from harness.model import Judgement, RequirementVerdict

Packed = NewType("Packed", bytes)

_VERDICTS = tuple(RequirementVerdict)
_PLACES = {id(verdict): place for place, verdict in enumerate(_VERDICTS)}  # a member is hashed in Python, its address is not
_REMEMBERED = 64
_NONE: dict[str, RequirementVerdict] = {}


class Packing:
    """number: tells it from the others whose judgements are unpacked in the same place."""

    def __init__(self, number: int = 0) -> None:
        self.number = number
        self.ids: list[str] = []
        self._known: dict[str, int] = {}

    def pack(self, judgement: Judgement) -> Packed:
        asked, known = judgement.requirements, self._known
        first = len(known)
        new = [] if asked.keys() <= known.keys() else [one for one in asked if one not in known]
        known.update(zip(new, range(first, first + len(new)), strict=True))
        self.ids += new
        told = (
            self.number,
            first,
            new,
            array("I", map(known.__getitem__, asked)).tobytes(),
            bytes(map(_PLACES.__getitem__, map(id, asked.values()))),
            replace(judgement, requirements=_NONE),
        )
        return Packed(pickle.dumps(told, pickle.HIGHEST_PROTOCOL))


class Unpacking:
    """Reads what came from any number of packings; of each, in the order it was packed the first time, then in any order.

    own: the packing of this process, whose judgements are read in any order at once.
    """

    def __init__(self, own: Packing) -> None:
        self._ids = {own.number: own.ids}
        self._lately: dict[tuple[int, bytes, bytes], Mapping[str, RequirementVerdict]] = {}

    def unpack(self, packed: Packed) -> Judgement:
        number, first, new, asked, verdicts, rest = pickle.loads(packed)  # noqa: S301 - of this command's own processes
        if new:
            self._ids.setdefault(number, [])[first : first + len(new)] = new
        judgement: Judgement = replace(rest, requirements=self._requirements(number, asked, verdicts))
        return judgement

    def _requirements(self, number: int, asked: bytes, verdicts: bytes) -> Mapping[str, RequirementVerdict]:
        """Those of documents that were judged on the same with the same result are one object."""
        known = self._lately.get((number, asked, verdicts))
        if known is None:
            if len(self._lately) >= _REMEMBERED:
                self._lately.clear()
            ids = map(self._ids.get(number, []).__getitem__, array("I", asked))
            known = dict(zip(ids, map(_VERDICTS.__getitem__, verdicts), strict=True))
            self._lately[number, asked, verdicts] = known
        return known
