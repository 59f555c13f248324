"""The judgements of one command, which a report may read several times.

The first ones are kept in memory, the others in a temporary file that goes with them, however many they are.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import IO, TYPE_CHECKING, cast, overload

from harness.model import Judgement, Skipped
from harness.reporting.totals import Totals

if TYPE_CHECKING:
    from harness.cli.packing import Packed, Packing, Unpacking

IN_MEMORY = 500


class Judgements(Sequence[Judgement]):
    """In the order judged. Whoever reads past the last one waits until one more is judged; the length is what is judged so far.

    totals, skipped: of what is judged so far; finished: there is no more; `begin` judges the first,
    `complete` the rest.
    Nobody else writes the file, which has no name and is gone with the process.
    """

    def __init__(self, judged: Iterable[Judgement | Packed | Skipped], in_memory: int = IN_MEMORY) -> None:
        self.totals = Totals()
        self.skipped: list[Skipped] = []
        self.finished = False
        self._judged = iter(judged)
        self._most = in_memory
        self._first: list[Judgement] = []
        self._places = array("Q")
        self._end = 0
        self._file: IO[bytes] | None = None

    def begin(self) -> None:
        """Judge the first document, so that an error at the start is raised before anything is written."""
        if not len(self):
            self._advance()

    def complete(self) -> None:
        while self._advance() is not None:
            pass

    def are_all(self) -> bool:
        """Whether nothing is left to judge. When the reader left early, one more document is judged to find out."""
        return self.finished or self._advance() is None

    def __len__(self) -> int:
        return len(self._first) + len(self._places)

    def __iter__(self) -> Iterator[Judgement]:
        number = 0
        while (one := self[number] if number < len(self) else self._advance()) is not None:
            yield one
            number += 1

    @overload
    def __getitem__(self, place: int) -> Judgement: ...
    @overload
    def __getitem__(self, place: slice) -> list[Judgement]: ...
    def __getitem__(self, place: int | slice) -> Judgement | list[Judgement]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        number = range(len(self))[place]
        return self._first[number] if number < len(self._first) else self._read(number - len(self._first))

    def _advance(self) -> Judgement | None:
        """The next one; None when there is no more."""
        for item in self._judged:
            if isinstance(item, Skipped):
                self.skipped.append(item)
                continue
            judgement = item if isinstance(item, Judgement) else self._unpacking.unpack(item)
            self.totals.add(judgement)
            if len(self._first) < self._most:
                self._first.append(judgement)
            else:
                self._write(self._packing.pack(item) if isinstance(item, Judgement) else item)
            return judgement
        self.finished = True
        return None

    def _write(self, packed: Packed) -> None:
        if self._file is None:
            import tempfile  # only for many documents
            import weakref

            self._file = tempfile.TemporaryFile(prefix="cisis-harness-")  # noqa: SIM115 - closed with this object
            weakref.finalize(self, self._file.close)
        self._file.seek(self._end)
        self._file.write(packed)
        self._places.append(self._end)
        self._end += len(packed)

    def _read(self, number: int) -> Judgement:
        if self._file is None:
            raise IndexError(number)
        start = self._places[number]
        end = self._places[number + 1] if number + 1 < len(self._places) else self._end
        self._file.seek(start)
        return self._unpacking.unpack(cast("Packed", self._file.read(end - start)))

    @cached_property
    def _packing(self) -> Packing:
        from harness.cli.packing import Packing  # only for many documents, or several processes

        return Packing()

    @cached_property
    def _unpacking(self) -> Unpacking:
        from harness.cli.packing import Unpacking

        return Unpacking(self._packing)
