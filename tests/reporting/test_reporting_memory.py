"""A report of many documents takes no more memory than one of few: it is written as it is made."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Sequence
from typing import Any, overload

import pytest
from reporting_builders import check_report, finding, judgement

from harness.model import DocumentVerdict, Judgement, Text
from harness.reporting import FORMS, chunks

FEW, MANY = 101, 161  # JUnit lists what was met of up to a hundred documents, and only counts it beyond

LONG = Text("Rien. " * 500, "Nothing. " * 500)


class Made(Sequence[Judgement]):
    """Judgements that nobody holds: each is made when it is read."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, number: int) -> Judgement: ...
    @overload
    def __getitem__(self, number: slice) -> Any: ...
    def __getitem__(self, number: int | slice) -> Any:
        if not isinstance(number, int) or number >= self._count:
            raise IndexError(number)
        found = [
            finding("INS-R01", line=line, location=f"/ClinicalDocument[{number}]/id[{line}]", excerpt=None, message=LONG)
            for line in (1, 2)
        ]
        return judgement(f"documents/{number}.xml", DocumentVerdict.FAIL, found, met=[f"HDR-{id}" for id in range(20)])

    def __iter__(self) -> Iterator[Judgement]:
        return (self[number] for number in range(self._count))


def peak(form: str, count: int) -> tuple[int, int]:
    """Bytes in memory at most while the report is written, and bytes of the report."""
    report = check_report(Made(count))
    tracemalloc.start()
    written = sum(len(chunk) for chunk in chunks(report, form))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most, written


@pytest.mark.parametrize("form", FORMS)
def test_a_document_more_adds_to_the_report_and_not_to_the_memory(form: str) -> None:
    peak(form, 3)  # templates, patterns and words are kept once they are compiled
    (few, short), (many, long) = peak(form, FEW), peak(form, MANY)
    assert many - few < (long - short) / 5
