"""Makes an invariant false: what its expression names is taken away, added, repeated or given other values, alone and by two."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from .....documents.fhir_tree import Node
from ...shapes import Element, is_primitive
from ..editing import held, inserted, joined, pointer, removed, replaced
from . import samples
from .expressions import extension_urls_in, implication_in, names_in, texts_in
from .mending import held_in, shape_of, values_for
from .referring import Contained
from .writing import Json, only_required

if TYPE_CHECKING:
    from .deriving import Deriver

_PAIRED = 8
_WIDEST = 12  # nodes of one element whose values are tried
_OTHERS = ("", "-1", "1999", "1999-01-01", "2999-12-31", "x", "entered-in-error")
_NUMBERS = (-1, 0, 1000)


def spoiled_for(expression: str, node: Node, content: Json, deriver: Deriver) -> Iterator[tuple[str, Json]]:
    parts = implication_in(expression)
    if parts is not None:
        premised = _premised(parts[0], node, content, deriver)
        if premised is not None:
            yield from _deeds(parts[1], *premised, deriver)
    yield from _deeds(expression, node, content, deriver)


def _premised(premise: str, node: Node, content: Any, deriver: Deriver) -> tuple[Node, Json] | None:
    """The resource in which the first part of an implication holds, made so by a text of it; None where it holds already."""
    names, at = names_in(premise), pointer(node)
    bench = deriver.bench
    if bench.holds(premise, node):
        return None
    for one in node.walk():
        if isinstance(one.value, str) and _is_named(one, names):
            for text in texts_in(premise):
                changed = replaced(content, pointer(one), text)
                again = next((other for other in bench.typed(changed).walk() if pointer(other) == at), None)
                if again is not None and bench.holds(premise, again):
                    return again, changed
    return None


def _deeds(expression: str, node: Node, content: Json, deriver: Deriver) -> Iterator[tuple[str, Json]]:
    names = names_in(expression)
    found = [one for one in node.walk() if one is not node and _is_named(one, names)] or [
        child for children in node.children.values() for child in children
    ]
    for one in found:
        yield f"without-{one.name}", removed(content, pointer(one))
    yield "bare", _bare(found, node, content)
    for one in found:
        if one.position is not None:
            yield f"repeat-{one.name}", inserted(content, pointer(one), held(content, pointer(one)))
    yield from _with_missing(names, node, content, deriver)
    yield from _with_values(expression, [*found, node], content)
    for url in extension_urls_in(expression):
        if not is_primitive(node.type):
            yield "extension", joined(content, pointer(node), "extension", {"url": url, "valueString": samples.WORDS}, listed=True)
    yield from _by_two(expression, found, names, node, content, deriver)


def _bare(found: list[Node], node: Node, content: Any) -> Json:
    """Without all that is named; what is left says nothing, and is there."""
    for one in found:
        if held_in(content, one):
            content = removed(content, pointer(one))
    there = held(content, pointer(node)) if held_in(content, node) else None
    return replaced(content, pointer(node), {"id": samples.CODE}) if there == {} else content  # type: ignore[no-any-return]


def _is_named(node: Node, names: list[str]) -> bool:
    return any(
        node.name == name or (node.name.startswith(name) and node.name[len(name) :].lower() == node.type.lower()) for name in names
    )


def _with_missing(names: list[str], node: Node, content: Any, deriver: Deriver) -> Iterator[tuple[str, Json]]:
    for holder in (node, *(one for one in node.walk() if one is not node and one.children)):
        shape = None if is_primitive(holder.type) else shape_of(holder, deriver.bench.structures)
        for element in shape.elements if shape is not None else ():
            if element.name in names and held_in(content, holder):
                yield from _added(element, holder, content, deriver)


def _added(element: Element, holder: Node, content: Any, deriver: Deriver) -> Iterator[tuple[str, Json]]:
    for name, type in element.names():
        if name in holder.children and element.single:
            continue
        referred = Contained(deriver.writer, deriver.bench.structures, deriver.structure)
        value = deriver.writer.value(element, type, only_required, referred)
        if value is not None and value != {}:
            yield f"with-{name}", joined(content, pointer(holder), name, value, listed=not element.single)


def _with_values(expression: str, found: list[Node], content: Any) -> Iterator[tuple[str, Json]]:
    """Those that the expression itself names first, on what it names and on the values in it."""
    told = _told(expression)
    leaves = list({id(leaf): leaf for one in found for leaf in islice(one.walk(), _WIDEST) if leaf.value is not None}.values())
    for other in (*told, *_OTHERS, "-" * 70, *_NUMBERS, True, False):
        for one in leaves:
            if _may_be(one, other):
                yield f"other-{one.name}", replaced(content, pointer(one), other)
    for one in leaves:
        if isinstance(one.value, str) and one.type != "xhtml":
            for text in (one.value.upper(), f"{one.value} ", f"{one.value}x"):
                yield f"other-{one.name}", replaced(content, pointer(one), text)


def _told(expression: str) -> list[str]:
    return [text for text in values_for(expression) if not text.startswith("http")]


def _may_be(node: Node, other: Any) -> bool:
    is_alike = type(node.value) is type(other) or (isinstance(other, int) and isinstance(node.value, Decimal))
    return is_alike and node.value != other and node.type != "xhtml"


def _by_two(
    expression: str, found: list[Node], names: list[str], node: Node, content: Any, deriver: Deriver
) -> Iterator[tuple[str, Json]]:
    """Two deeds together: for what holds as long as one of two is there."""
    for first in found[:_PAIRED]:
        once = removed(content, pointer(first))
        for second in found[:_PAIRED]:
            if second is not first and held_in(once, second):
                yield f"without-{first.name}-{second.name}", removed(once, pointer(second))
        if held_in(once, node):
            yield from ((f"without-{first.name}-{deed}", made) for deed, made in _with_missing(names, node, once, deriver))
    for one in found[:_PAIRED]:
        for text in _told(expression)[:_PAIRED]:
            if _may_be(one, text):
                other = replaced(content, pointer(one), text)
                for second in found[:_PAIRED]:
                    if second is not one and held_in(other, second):
                        yield f"other-{one.name}-without-{second.name}", removed(other, pointer(second))
