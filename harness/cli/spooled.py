"""The judgements of one command: the first in memory, the others in a file that ends with it, however many they are."""

from __future__ import annotations

import pickle
import tempfile
import weakref
from array import array
from collections.abc import Iterator, Sequence
from typing import IO, overload

from harness.model import Judgement

IN_MEMORY = 500


class Judgements(Sequence[Judgement]):
    """In the order they were added. Nobody else writes the file, which has no name and is gone with the process."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._most = in_memory
        self._first: list[Judgement] = []
        self._places = array("Q")
        self._file: IO[bytes] | None = None

    def append(self, judgement: Judgement) -> None:
        if len(self._first) < self._most:
            self._first.append(judgement)
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="cisis-harness-")  # noqa: SIM115 - closed with this object
            weakref.finalize(self, self._file.close)
        self._places.append(self._file.seek(0, 2))
        pickle.dump(judgement, self._file, pickle.HIGHEST_PROTOCOL)

    def __len__(self) -> int:
        return len(self._first) + len(self._places)

    def __iter__(self) -> Iterator[Judgement]:
        yield from self._first
        for place in self._places:
            yield self._read(place)

    @overload
    def __getitem__(self, place: int) -> Judgement: ...
    @overload
    def __getitem__(self, place: slice) -> list[Judgement]: ...
    def __getitem__(self, place: int | slice) -> Judgement | list[Judgement]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        number = range(len(self))[place]
        return self._first[number] if number < len(self._first) else self._read(self._places[number - len(self._first)])

    def _read(self, place: int) -> Judgement:
        if self._file is None:
            raise IndexError(place)
        self._file.seek(place)
        found: Judgement = pickle.load(self._file)  # noqa: S301 - written by this process, in a file that nobody else can open
        return found
