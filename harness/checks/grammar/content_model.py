"""A content model, `a:A b:B? (c:C | d:D)*`, as an automaton that a document's children are run through.

Glushkov's construction: one position for each element named; states are sets of positions, made as documents need them.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...values import dataclass

OF_NO_NAMESPACE = "{}"  # how the tag of such an element begins


@dataclass(frozen=True, slots=True)
class Particle:
    """kind: element, sequence or choice. An element named ANY stands for any element of a foreign namespace."""

    kind: str
    occurs: str = ""
    tag: str = ""
    cls: str = ""
    parts: tuple[Particle, ...] = ()


_TOKEN = re.compile(
    r"&(?P<group>\w+)|(?P<open>\()|(?P<close>\)[?*+]?)|(?P<bar>\|)|(?P<name>[\w.:]+?)(?P<occurs>[?*+]?)(?=[\s()|]|$)"
)


def parse(text: str, groups: Mapping[str, str]) -> Particle:
    """The content model that a line of grammar.yaml says. Raises ValueError on a line that is not one."""
    for name, said in groups.items():
        text = re.sub(rf"&{name}\b", said, text)
    stack: list[list[Any]] = [[]]
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        token = _TOKEN.match(text, position)
        if token is None or token["group"]:
            raise ValueError(f"content model not understood at {text[position : position + 30]!r}")
        position = token.end()
        if token["open"]:
            stack.append([])
        elif token["bar"]:
            stack[-1].append("|")
        elif token["close"]:
            if len(stack) == 1:
                raise ValueError(f"unbalanced parentheses in {text!r}")
            group = _group(stack.pop())
            stack[-1].append(Particle(group.kind, token["close"][1:], parts=group.parts))
        else:
            tag, _, cls = token["name"].rpartition(":") if token["name"] != "ANY" else ("ANY", "", "")
            if cls == "anyType":
                tag, cls = tag.removesuffix(":xs"), "xs:anyType"
            stack[-1].append(Particle("element", token["occurs"], tag, cls))
    if len(stack) != 1:
        raise ValueError(f"unbalanced parentheses in {text!r}")
    return _group(stack[0])


def _group(items: list[Any]) -> Particle:
    if "|" not in items:
        return Particle("sequence", parts=tuple(items))
    options: list[list[Particle]] = [[]]
    for item in items:
        if item == "|":
            options.append([])
        else:
            options[-1].append(item)
    return Particle("choice", parts=tuple(o[0] if len(o) == 1 else Particle("sequence", parts=tuple(o)) for o in options))


class Content:
    """A content model as an automaton: state 0 is the start; transitions are found once and kept."""

    def __init__(self, model: Particle) -> None:
        self._tags: list[str] = []  # of each position
        self._follow: list[set[int]] = []
        self.classes: dict[str, str] = {}
        nullable, first, last = self._walk(model)
        self._states: list[frozenset[int]] = [frozenset()]
        self._first = frozenset(first)
        self._last = frozenset(last)
        self._nullable = nullable
        self._index: dict[frozenset[int], int] = {}
        self._moves: list[dict[str, int]] = [{}]
        self.foreign = "ANY" in self.classes

    def _walk(self, part: Particle) -> tuple[bool, set[int], set[int]]:
        if part.kind == "element":
            position = len(self._tags)
            self._tags.append(part.tag)
            self._follow.append(set())
            self.classes[part.tag] = part.cls
            nullable, first, last = False, {position}, {position}
        elif part.kind == "choice":
            nullable, first, last = False, set(), set()
            for option in part.parts:
                empty, starts, ends = self._walk(option)
                nullable |= empty
                first |= starts
                last |= ends
        else:
            nullable, first, last = True, set(), set()
            for item in part.parts:
                empty, starts, ends = self._walk(item)
                for position in last:
                    self._follow[position] |= starts
                first |= starts if nullable else set()
                last = last | ends if empty else ends
                nullable &= empty
        if part.occurs in ("*", "+"):
            for position in last:
                self._follow[position] |= first
        return nullable or part.occurs in ("?", "*"), first, last

    def _open(self, state: int) -> Iterable[int]:
        if state == 0:
            return self._first
        return {after for position in self._states[state] for after in self._follow[position]}

    def move(self, state: int, tag: str) -> int | None:
        """The state after one more child, None when the model does not allow it here."""
        moves = self._moves[state]
        if tag in moves:
            return moves[tag]
        reached = frozenset(p for p in self._open(state) if self._tags[p] == tag)
        if not reached:
            return None
        known = self._index.get(reached)
        if known is None:
            known = self._index[reached] = len(self._states)
            self._states.append(reached)
            self._moves.append({})
        moves[tag] = known
        return known

    def overlooks(self, tag: str) -> bool:
        """Whether it is of a foreign namespace and may stand anywhere; none is no foreign one (XML Schema, ##other)."""
        return self.foreign and tag.startswith("{") and not tag.startswith(OF_NO_NAMESPACE) and tag not in self.classes

    def accepts(self, tags: Iterable[str]) -> bool:
        """Whether the model allows these children, in this order."""
        state = 0
        for tag in tags:
            if self.overlooks(tag):
                continue
            after = self.move(state, tag)
            if after is None:
                return False
            state = after
        return self.accepting(state)

    def accepting(self, state: int) -> bool:
        return self._nullable if state == 0 else not self._last.isdisjoint(self._states[state])

    def expected(self, state: int) -> tuple[str, ...]:
        """Tags allowed after `state`, in the order of the model."""
        return tuple(dict.fromkeys(self._tags[p] for p in sorted(self._open(state))))

    def completed(self, tags: Sequence[str]) -> list[str] | None:
        """The row of children that holds these, in the order of the model, and the fewest others it needs; None when there is none.

        Tags that the model does not name are left out.
        """
        known = [tag for tag in tags if tag in self.classes]
        return self._completed(known) or self._completed(sorted(known, key=self._tags.index))

    def _completed(self, tags: Sequence[str]) -> list[str] | None:
        state, found = 0, []
        for tag in (*tags, None):
            needed = self.needed_before(state, tag)
            if needed is None:
                return None
            for one in (*needed, tag):
                if one is not None:
                    found.append(one)
                    state = self.move(state, one) or 0
        return found

    def needed_before(self, state: int, tag: str | None) -> list[str] | None:
        """The fewest children to add so that `tag` (None: the end) becomes possible; None when nothing helps."""
        seen = {state}
        todo: deque[tuple[int, list[str]]] = deque([(state, [])])
        while todo:
            here, added = todo.popleft()
            if self.accepting(here) if tag is None else self.move(here, tag) is not None:
                return added
            for option in self.expected(here):
                after = self.move(here, option)
                if after is not None and after not in seen:
                    seen.add(after)
                    todo.append((after, [*added, option]))
        return None
