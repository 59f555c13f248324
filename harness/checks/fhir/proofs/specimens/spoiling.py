"""Makes an invariant false: what its expression names is taken away, added, repeated or given other values, alone and by two.

What an edit does to the expression is looked at before anything else is judged, so that many can be tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import chain, islice, permutations
from typing import TYPE_CHECKING, Any

from .....documents.fhir_tree import Node
from ...shapes import is_primitive
from ..editing import Json, held, inserted, joined, pointer, removed, replaced
from . import samples
from .adding import Edit, added, missing, with_conditions, with_targets
from .expressions import extension_urls_in, implication_in, is_called, names_in, numbers_in, texts_in
from .mending import held_in, values_for

if TYPE_CHECKING:
    from .deriving import Deriver

_WIDEST = 12  # nodes of one element whose values are tried
_PAIRED = 28  # edits that are tried with each other
_TRIED = 1500  # edits of one node
_OTHERS = ("", "-1", "1999", "1999-01-01", "2999-12-31", "x", "entered-in-error")
_NUMBERS = (-1, 0, 1000)


def spoiled_for(expression: str, node: Node, content: Json, deriver: Deriver) -> Iterator[tuple[str, Json]]:
    """(name, resource): the expression does not hold of the node in any of them."""
    parts = implication_in(expression)
    premised = None if parts is None else _premised(parts[0], node, content, deriver)
    edits = _Edits(expression, node, content, deriver)
    tries = _tries(edits, content)
    if parts is not None and premised is not None:
        tries = chain(_tries(_Edits(parts[1], *premised, deriver), premised[1]), tries)
    at = pointer(node)
    for name, resource in islice(tries, _TRIED):
        if deriver.bench.refutes(expression, resource, at):
            yield name, resource


def _premised(premise: str, node: Node, content: Any, deriver: Deriver) -> tuple[Node, Json] | None:
    """The resource in which the first part of an implication holds, made so by a text of it; None where it holds already."""
    names, at = names_in(premise), pointer(node)
    bench = deriver.bench
    if bench.holds(premise, node):
        return None
    for one in node.walk():
        if isinstance(one.value, str) and is_called(one, names):
            for text in texts_in(premise):
                changed = replaced(content, pointer(one), text)
                again = next((other for other in bench.typed(changed).walk() if pointer(other) == at), None)
                if again is not None and bench.holds(premise, again):
                    return again, changed
    return None


def _tries(edits: _Edits, content: Json) -> Iterator[tuple[str, Json]]:
    """Each edit by itself, then two by two."""
    yield from _made(((one,) for one in edits.all()), content)
    yield from _made(permutations(islice(edits.paired(), _PAIRED), 2), content)


def _made(several: Iterator[tuple[Edit, ...]], content: Json) -> Iterator[tuple[str, Json]]:
    for edits in several:
        made = content
        try:
            for one in edits:
                made = one.make(made)
        except (LookupError, TypeError, AttributeError):
            continue
        yield "-".join(one.name for one in edits), made


class _Edits:
    """What may be done to a node to make an expression false of it."""

    def __init__(self, expression: str, node: Node, content: Json, deriver: Deriver) -> None:
        self._expression = expression
        self._node = node
        self._content = content
        self._structures = deriver.bench.structures
        names = names_in(expression)
        self._told = _told(expression)
        self._found = [one for one in node.walk() if one is not node and is_called(one, names)] or [
            child for children in node.children.values() for child in children
        ]
        self._missing = (
            [] if is_primitive(node.type) else list(missing(node, names, self._structures, deriver.writer, deriver.structure))
        )

    def all(self) -> Iterator[Edit]:
        yield from self._without()
        yield Edit("bare", self._bare)
        yield from self._repeated()
        yield from self._with()
        yield from with_conditions(self._expression, self._node, self._structures)
        yield from with_targets(self._expression, self._node)
        yield from self._other_values((*self._told, *_OTHERS, "-" * 70, *_NUMBERS, True, False))
        yield from self._other_wordings()
        yield from self._alike()
        yield from self._extended()

    def paired(self) -> Iterator[Edit]:
        yield from with_conditions(self._expression, self._node, self._structures)
        yield from with_targets(self._expression, self._node)
        several = (islice(some, _PAIRED // 4) for some in (self._with(), self._without(), self._repeated()))
        yield from chain.from_iterable(several)
        yield from self._other_values(self._told[:_PAIRED])

    def _without(self) -> Iterator[Edit]:
        for one in self._found:
            yield Edit(f"without-{one.name}", partial(removed, at=pointer(one)))

    def _bare(self, content: Json) -> Json:
        """Without all that is named; what is left says nothing, and is there."""
        for one in self._found:
            if held_in(content, one):
                content = removed(content, pointer(one))
        at = pointer(self._node)
        there = held(content, at) if held_in(content, self._node) else None
        return replaced(content, at, {"id": samples.CODE}) if there == {} else content

    def _repeated(self) -> Iterator[Edit]:
        """One more, and as many as a number in the expression does not allow."""
        for times in dict.fromkeys((1, *numbers_in(self._expression))):
            for one in self._found:
                if one.position is not None and 0 < times < _WIDEST:
                    yield Edit(f"repeat-{one.name}", partial(_again, at=pointer(one), times=times))

    def _with(self) -> Iterator[Edit]:
        """What is named and is not there: one by one, then all of the node's own."""
        for one in self._missing:
            yield Edit(one.name, one.to)
            if isinstance(one.value, str):
                others = (text for text in self._told if text != one.value)
                yield from (Edit(one.name, replace(one, value=text).to) for text in others)
        own = [one for one in self._missing if one.holder is self._node]
        if len(own) > 1:
            yield Edit("with-all", partial(added, several=own))

    def _other_values(self, values: tuple[Any, ...] | list[str]) -> Iterator[Edit]:
        """Those that the expression itself names first, on what it names and on the values in it."""
        leaves = self._leaves()
        for other in values:
            for one in leaves:
                if _may_be(one, other):
                    yield Edit(f"other-{one.name}", partial(replaced, at=pointer(one), value=other))

    def _other_wordings(self) -> Iterator[Edit]:
        for one in self._leaves():
            if isinstance(one.value, str) and one.type != "xhtml":
                for text in (one.value.upper(), f"{one.value} ", f"{one.value}x"):
                    yield Edit(f"other-{one.name}", partial(replaced, at=pointer(one), value=text))

    def _alike(self) -> Iterator[Edit]:
        """Gives two elements of the same name the same value."""
        leaves = [leaf for leaf in self._leaves() if leaf.type != "xhtml"]
        for one, other in permutations(leaves, 2):
            if one.name == other.name and _may_be(one, other.value):
                yield Edit(f"same-{one.name}", partial(replaced, at=pointer(one), value=other.value))

    def _leaves(self) -> list[Node]:
        wide = (leaf for one in (*self._found, self._node) for leaf in islice(one.walk(), _WIDEST) if leaf.value is not None)
        return list({id(leaf): leaf for leaf in wide}.values())

    def _extended(self) -> Iterator[Edit]:
        at = pointer(self._node)
        for url in extension_urls_in(self._expression) if not is_primitive(self._node.type) else ():
            extension = {"url": url, "valueString": samples.WORDS}
            yield Edit("extension", partial(joined, at=at, name="extension", value=extension, listed=True))


def _again(content: Json, at: Any, times: int) -> Json:
    value = held(content, at)
    for _ in range(times):
        content = inserted(content, at, value)
    return content


def _told(expression: str) -> list[str]:
    return [text for text in values_for(expression) if not text.startswith("http")]


def _may_be(node: Node, other: Any) -> bool:
    is_alike = type(node.value) is type(other) or (isinstance(other, int) and isinstance(node.value, Decimal))
    return is_alike and node.value != other and node.type != "xhtml"
