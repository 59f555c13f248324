"""Makes an invariant false: what its expression names is taken away, added, repeated or given other values, alone and by two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ....documents.fhir_tree import Node
from ..editing import held, inserted, joined, pointer, removed, replaced
from ..shapes import Element, is_primitive
from . import samples
from .expressions import extension_urls_in, names_in
from .mending import held_in, shape_of, values_for
from .referring import Contained
from .writing import Json, only_required

if TYPE_CHECKING:
    from .deriving import Deriver

_PAIRED = 8
_OTHERS = ("", "-1", "1999-01-01", "2999-12-31", "x", "entered-in-error")
_NUMBERS = (-1, 0, 1000)


def spoiled_for(expression: str, node: Node, content: Json, deriver: Deriver) -> Iterator[tuple[str, Json]]:
    names = names_in(expression)
    found = [one for one in node.walk() if one is not node and _is_named(one, names)] or [
        child for children in node.children.values() for child in children
    ]
    for one in found:
        yield f"without-{one.name}", removed(content, pointer(one))
    yield from _with_missing(names, node, content, deriver)
    yield from _with_values(expression, [*found, node], content)
    for one in found:
        if one.position is not None:
            yield f"repeat-{one.name}", inserted(content, pointer(one), held(content, pointer(one)))
    for url in extension_urls_in(expression):
        if not is_primitive(node.type):
            yield "extension", joined(content, pointer(node), "extension", {"url": url, "valueString": samples.WORDS}, listed=True)
    yield from _by_two(found, names, node, content, deriver)
    yield "bare", _bare(found, node, content)


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
    for one in found:
        value = one.value
        if value is None or one.type == "xhtml":
            continue
        at = pointer(one)
        if isinstance(value, bool):
            yield f"other-{one.name}", replaced(content, at, not value)
        elif isinstance(value, str):
            for other in (*values_for(expression), *_OTHERS, value.upper(), f"{value} ", f"{value}x", "-" * 70):
                if other != value:
                    yield f"other-{one.name}", replaced(content, at, other)
        else:
            for number in _NUMBERS:
                yield f"other-{one.name}", replaced(content, at, number)


def _by_two(found: list[Node], names: list[str], node: Node, content: Any, deriver: Deriver) -> Iterator[tuple[str, Json]]:
    """Two deeds together: for what holds as long as one of two is there."""
    for first in found[:_PAIRED]:
        once = removed(content, pointer(first))
        for second in found[:_PAIRED]:
            if second is not first and held_in(once, second):
                yield f"without-{first.name}-{second.name}", removed(once, pointer(second))
        if held_in(once, node):
            yield from ((f"without-{first.name}-{deed}", made) for deed, made in _with_missing(names, node, once, deriver))
