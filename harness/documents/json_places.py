"""Where the values of a JSON text stand: the members of an object or an array one after the other, and the line of an offset."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from io import StringIO
from itertools import accumulate

_SPACE = re.compile(r"[ \t\r\n]*")
_BETWEEN = " \t\r\n:"  # what may stand between a name and its value
_SPACES = (" ", "\n", "\r", "\t")
_PLAIN = r'(?:"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"|[-+.\w]+)[ \t\r\n]*'  # a value that is no object and no array
_MEMBER = re.compile(  # a name without escapes, and its value with the comma after it where that is plain; group 2: its place
    rf'"([^"\\\x00-\x1f]*)"[ \t\r\n]*:[ \t\r\n]*()(?:{_PLAIN}(?:,[ \t\r\n]*|(?=\}})))?'
)
_ITEM = re.compile(rf"{_PLAIN}(?:,[ \t\r\n]*|(?=\]))")
_OPENING = re.compile(r'\{(?=[ \t\r\n]*["}])')  # as no brace of a string that is no JSON itself
_STRING_OR_OPENING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|\{')
_NEXT = re.compile(r"[ \t\r\n]*,?[ \t\r\n]*")
_COUNTED = 100_000  # characters in which lines are counted again for each place: a table costs as much as a hundred places
_DECODER = json.JSONDecoder()


class Lines:
    """A JSON text, and where in it an offset or a value stands. Objects are named by how many begin before them, of `count`."""

    def __init__(self, text: str, count: int = 0) -> None:
        self.text = text
        self._count = count
        self._members: dict[int, _Members] = {}

    def of_object(self, rank: int, name: str) -> tuple[int, int]:
        """Line and column of an object, or of the name that is written before it."""
        start = self._objects[rank]
        if name:
            named = self.text.rfind(f'"{name}"', 0, start)
            if named >= 0 and not self.text[named + len(name) + 2 : start].strip(_BETWEEN):
                start = named
        return self.line_and_column(start)

    def of_value(self, rank: int, steps: list[str | int]) -> tuple[int, int]:
        """Line and column of what names and indices lead to in an object, of what comes nearest to it where that is not there."""
        start = value = self._objects[rank]
        for step in steps:
            members = self._members.get(value)
            if members is None:
                members = self._members[value] = _Members(self.text, value)
            found = members.find(step)
            if found is None:
                break
            start, value = found
        return self.line_and_column(start)

    def line_and_column(self, offset: int) -> tuple[int, int]:
        if len(self.text) <= _COUNTED:
            start = self.text.rfind("\n", 0, offset) + 1
            return self.text.count("\n", 0, start) + 1, offset - start + 1
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    @cached_property
    def _objects(self) -> list[int]:
        """Where each begins: every brace that could, where there are no more of them than objects, so that none is in a string."""
        found = [sign.start() for sign in _OPENING.finditer(self.text)]
        if len(found) == self._count:
            return found
        return [sign.start() for sign in _STRING_OR_OPENING.finditer(self.text) if sign[0] == "{"]

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *accumulate(map(len, StringIO(self.text, newline="\n")))]  # the last may be that of no line


class _Members:
    """Where the members of an object or an array stand, read as far as the last one that was asked for."""

    def __init__(self, text: str, start: int) -> None:
        self._rest = members_of(text, start)
        self._read: dict[str | int, tuple[int, int]] = {}

    def find(self, step: str | int) -> tuple[int, int] | None:
        """Offset of the member and of its value."""
        found = self._read.get(step)
        if found is None:
            for key, at, inside in self._rest:
                self._read[key] = (at, inside)
                if key == step:
                    return at, inside
        return found


def members_of(text: str, start: int) -> Iterator[tuple[str | int, int, int]]:
    """Name (or index), offset of the member and of its value, for each in the object or array that begins there."""
    opening = text[start : start + 1]
    if opening not in ("{", "["):
        return
    in_object = opening == "{"
    at = after_space(text, start + 1)
    index = 0
    while text[at] not in "}]":
        key: str | int = index
        inside = at
        if in_object:
            member = _MEMBER.match(text, at)
            if member is not None:
                key, inside, end = member[1], member.start(2), member.end()
            else:
                key, end = _DECODER.raw_decode(text, at)
                inside = end = after_space(text, after_space(text, end) + 1)
        else:
            item = _ITEM.match(text, at)
            end = at if item is None else item.end()
        yield key, at, inside
        if end == inside:
            _, end = _DECODER.raw_decode(text, inside)
            end = _NEXT.match(text, end).end()  # type: ignore[union-attr]
        at = end
        index += 1


def after_space(text: str, start: int) -> int:
    if text[start : start + 1] not in _SPACES:
        return start
    return _SPACE.match(text, start).end()  # type: ignore[union-attr]
