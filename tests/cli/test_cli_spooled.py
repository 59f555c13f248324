"""However many documents are judged, their judgements are read as from one list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.cli.packing import Packed, Packing, Unpacking
from harness.cli.spooled import Judgements
from harness.model import (
    DocumentVerdict,
    Excerpt,
    Finding,
    Fix,
    Judgement,
    Replacement,
    RequirementVerdict,
    Severity,
    Skipped,
    Text,
)

MET, BROKEN = RequirementVerdict.MET, RequirementVerdict.BROKEN


def judgement(number: int, requirements: dict[str, RequirementVerdict] | None = None) -> Judgement:
    return Judgement(f"{number}.xml", "cda", None, "", False, DocumentVerdict.PASS, (), (), 0.0, "", requirements or {})


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_what_is_in_the_file_is_read_as_what_is_in_memory(count: int) -> None:
    listed = [judgement(number, {f"R{number}": MET, "S": BROKEN}) for number in range(count)]
    spooled = Judgements(listed, in_memory=2)
    spooled.complete()
    assert len(spooled) == count
    assert [spooled[number] for number in reversed(range(count))] == listed[::-1]  # before it was read in order
    assert list(spooled) == listed
    assert list(spooled) == listed  # read twice, as reports do
    assert spooled[1:4] == listed[1:4]
    if count:
        assert spooled[-1] == listed[-1]
    with pytest.raises(IndexError):
        spooled[count]


def test_one_is_judged_when_it_is_read_and_no_sooner() -> None:
    judged: list[int] = []

    def judge() -> Iterator[Judgement]:
        for number in range(4):
            judged.append(number)
            yield judgement(number)

    spooled = Judgements(judge(), in_memory=1)
    for number, one in enumerate(spooled):
        assert one.path == f"{number}.xml"
        assert judged == list(range(number + 1))
        assert len(spooled) == spooled.totals.documents == number + 1
    assert [one.path for one in spooled] == [f"{number}.xml" for number in range(4)]


def test_what_is_skipped_is_kept_apart() -> None:
    spooled = Judgements([judgement(0), Skipped("a.txt", Text("a", "b")), judgement(1)])
    spooled.complete()
    assert [one.path for one in spooled] == ["0.xml", "1.xml"]
    assert [one.path for one in spooled.skipped] == ["a.txt"]


requirements = st.dictionaries(st.sampled_from("ABCDEFGH"), st.sampled_from([MET, BROKEN]))


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 3), requirements)))
def test_what_several_processes_packed_is_unpacked_in_any_order(told: list[tuple[int, dict[str, RequirementVerdict]]]) -> None:
    processes = {number: Packing(number) for number in (1, 2, 3)}
    judged = [judgement(number, asked) for number, asked in told]
    packed = [processes[number].pack(one) for (number, _), one in zip(told, judged, strict=True)]
    unpacking = Unpacking(Packing())
    assert [unpacking.unpack(one) for one in packed] == judged
    assert [list(unpacking.unpack(one).requirements) for one in packed[::-1]] == [list(one.requirements) for one in judged[::-1]]


@pytest.mark.parametrize("mark", ["consequence", "foremost"])
def test_a_packed_finding_has_all_that_it_had(mark: str) -> None:
    """Each field with a value of its own, so that none can be lost or take the place of another."""
    fix = Fix(Text("réparer", "mend"), (Replacement(3, 1, 3, 4, "x"),))
    finding = Finding(
        rule="R",
        requirement="Q",
        severity=Severity.WARNING,
        location="/a",
        line=3,
        message=Text("faux", "wrong"),
        hint=Text("essayer", "try"),
        source="S",
        fix=fix,
        excerpt=Excerpt(2, ("a", "b")),
        section="Traitements",
    )
    finding = replace(finding, **{mark: True})  # type: ignore[arg-type]
    unmarked = {"consequence", "foremost"} - {mark}
    values = {one.name: getattr(finding, one.name) for one in fields(Finding)}
    assert len({repr(value) for value in values.values()}) == len(fields(Finding))
    assert {one.name for one in fields(Finding) if values[one.name] == one.default} == unmarked
    given = replace(judgement(0, {"R": BROKEN}), findings=(finding, replace(finding, fix=None, excerpt=None)))
    assert Unpacking(Packing()).unpack(Packing(1).pack(given)) == given


def test_the_same_requirements_are_written_once() -> None:
    asked = {f"requirement-{number}": MET for number in range(500)}
    packing = Packing()
    first, second = packing.pack(judgement(0, asked)), packing.pack(judgement(1, asked))
    assert len(second) < len(first) / 2
    spooled = Judgements([Packed(first), Packed(second)])
    spooled.complete()
    assert spooled[0].requirements is spooled[1].requirements
