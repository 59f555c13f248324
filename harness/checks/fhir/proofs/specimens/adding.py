"""What is added to a resource for an expression to find: elements that it names, what a condition selects, what is referred to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from .....documents.fhir_tree import Node
from .....values import dataclass
from ...shapes import Element, Shape, Structure, is_primitive
from ...structures import Structures
from ..editing import Json, Pointer, held, joined, pointer, replaced
from . import samples
from .expressions import conditions_in, resolved_in
from .plans import Plan
from .referring import Contained
from .writing import Writer

_TYPES = ("Patient", "Organization", "Practitioner", "Basic")


class Edit(NamedTuple):
    """name: what is done; make: raises LookupError where there is nothing to do it to."""

    name: str
    make: Callable[[Json], Json]


@dataclass(frozen=True, slots=True)
class Addition:
    """An element that is not there."""

    holder: Node
    element: Element
    member: str
    value: Any

    @property
    def name(self) -> str:
        return f"with-{self.member}"

    def to(self, content: Json) -> Json:
        return joined(content, pointer(self.holder), self.member, self.value, listed=not self.element.single)  # type: ignore[no-any-return]


def missing(node: Node, names: Iterable[str], structures: Structures, writer: Writer, structure: Structure) -> Iterator[Addition]:
    """Elements so named that a node and what is in it may have; of a choice, each of its types."""
    for holder in (node, *(one for one in node.walk() if one is not node and one.children)):
        shape = None if is_primitive(holder.type) else shape_of(holder, structures)
        for element in shape.elements if shape is not None else ():
            if element.name not in names:
                continue
            for name, type in element.names():
                if name in holder.children and element.single:
                    continue
                referred = Contained(writer, structures, structure)
                value = writer.value(element, type, Plan(referred))
                if value is not None and value != {}:
                    yield Addition(holder, element, name, value)


def added(content: Json, several: Iterable[Addition]) -> Json:
    """All of them; of the types of a choice, the first."""
    there: set[str] = set()
    for one in several:
        if one.element.id not in there:
            there.add(one.element.id)
            content = one.to(content)
    return content


def with_conditions(expression: str, node: Node, structures: Structures) -> Iterator[Edit]:
    """What each `where` of the expression selects, in the place of what is there."""
    for condition in conditions_in(expression):
        above, names = node, list(condition.path)
        while len(names) > 1 and names[0] in above.children:
            above = above.children[names.pop(0)][0]
        value = _leading(None if is_primitive(above.type) else shape_of(above, structures), names, condition.values, structures)
        if value is not None:
            yield Edit(f"with-{condition.path[-1]}", partial(replaced, at=(*pointer(above), names[0]), value=value))


def _leading(shape: Shape | None, names: Sequence[str], values: dict[str, str], structures: Structures) -> Any:
    """The element of the first name, in which the others lead to these values; None where they lead nowhere."""
    known = None if shape is None else shape.by_name.get(names[0])
    if known is None:
        return None
    value: Any = dict(values)
    if len(names) > 1:
        inside = _leading(structures.shape(known.element, known.type), names[1:], values, structures)
        if inside is None:
            return None
        value = {names[1]: inside}
    return value if known.element.single else [value]


def shape_of(node: Node, structures: Structures) -> Shape | None:
    """The children that R4 gives an element."""
    if node.is_resource or (shape := structures.type_shape(node.type)) is None or node.type in ("BackboneElement", "Element"):
        if node.is_resource or node.parent is None:
            return structures.type_shape(node.type)
        above = shape_of(node.parent, structures)
        known = above.by_name.get(node.name) if above is not None else None
        return None if known is None else structures.shape(known.element, known.type)
    return shape


def with_targets(expression: str, node: Node) -> Iterator[Edit]:
    """References that the expression follows, to resources that are there."""
    names = resolved_in(expression)
    for one in node.walk():
        if one.type == "Reference" and one.name in names:
            for type in _TYPES:
                yield Edit(f"refer-{one.name}", partial(_referring, at=pointer(one), type=type))


def _referring(content: Json, at: Pointer, type: str) -> Json:
    steps = [number for number, step in enumerate(at) if step == "resource"]
    resource = at[: steps[-1] + 1] if steps else ()
    held(content, at)
    content = replaced(content, at, {"reference": f"#{samples.CODE}"})
    target = {"resourceType": type, "id": samples.CODE}
    return joined(content, resource, "contained", target, listed=True)  # type: ignore[no-any-return]
