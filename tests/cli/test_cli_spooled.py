"""However many documents are judged, their judgements are read as from one list."""

from __future__ import annotations

import pytest

from harness.cli.spooled import Judgements
from harness.model import DocumentVerdict, Judgement


def judgement(number: int) -> Judgement:
    return Judgement(f"{number}.xml", "cda", None, "", False, DocumentVerdict.PASS, (), (), 0.0, "")


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_what_is_in_the_file_is_read_as_what_is_in_memory(count: int) -> None:
    spooled, listed = Judgements(in_memory=2), [judgement(number) for number in range(count)]
    for one in listed:
        spooled.append(one)
    assert len(spooled) == count
    assert list(spooled) == listed
    assert list(spooled) == listed  # read twice, as reports do
    assert [spooled[number] for number in range(count)] == listed
    assert spooled[1:4] == listed[1:4]
    if count:
        assert spooled[-1] == listed[-1]
    with pytest.raises(IndexError):
        spooled[count]


def test_one_may_be_added_while_others_are_read() -> None:
    spooled = Judgements(in_memory=0)
    for number in range(4):
        spooled.append(judgement(number))
        assert [one.path for one in spooled] == [f"{n}.xml" for n in range(number + 1)]
