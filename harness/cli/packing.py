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
_PLACES = {verdict: place for place, verdict in enumerate(_VERDICTS)}
_REMEMBERED = 64
_NONE: dict[str, RequirementVerdict] = {}


class Packing:
    """number: tells it from the others whose judgements are unpacked in the same place."""

    def __init__(self, number: int = 0) -> None:
        self.number = number
        self.ids: list[str] = []
        self._known: dict[str, int] = {}

    def pack(self, judgement: Judgement) -> Packed:
        known = self._known
        first = len(known)
        new = [id for id in judgement.requirements if id not in known]
        known.update(zip(new, range(first, first + len(new)), strict=True))
        self.ids += new
        verdicts = array(
            "L", [known[id] * len(_VERDICTS) + _PLACES[verdict] for id, verdict in judgement.requirements.items()]
        ).tobytes()
        told = (self.number, first, new, verdicts, replace(judgement, requirements=_NONE))
        return Packed(pickle.dumps(told, pickle.HIGHEST_PROTOCOL))


class Unpacking:
    """Reads what came from any number of packings; of each, in the order it was packed the first time, then in any order.

    own: the packing of this process, whose judgements are read in any order at once.
    """

    def __init__(self, own: Packing) -> None:
        self._ids = {own.number: own.ids}
        self._lately: dict[tuple[int, bytes], Mapping[str, RequirementVerdict]] = {}

    def unpack(self, packed: Packed) -> Judgement:
        number, first, new, verdicts, judgement = pickle.loads(packed)  # noqa: S301 - of this command's own processes
        if new:
            self._ids.setdefault(number, [])[first : first + len(new)] = new
        told: Judgement = replace(judgement, requirements=self._requirements(number, verdicts))
        return told

    def _requirements(self, number: int, verdicts: bytes) -> Mapping[str, RequirementVerdict]:
        """Those of documents that were judged on the same with the same result are one object."""
        known = self._lately.get((number, verdicts))
        if known is None:
            if len(self._lately) >= _REMEMBERED:
                self._lately.clear()
            ids = self._ids.get(number, [])
            places = (divmod(one, len(_VERDICTS)) for one in array("L", verdicts))
            known = self._lately[number, verdicts] = {ids[id]: _VERDICTS[verdict] for id, verdict in places}
        return known
