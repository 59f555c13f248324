"""Makes an invariant true or false: what it names is taken away, added, repeated or given other values, alone and by two.

What an edit does to the expression is looked at before anything else is judged, so that many can be tried.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from itertools import chain, islice, permutations
from typing import Any, NamedTuple

from .....documents.fhir_tree import Node
from ...shapes import Element, Shape, is_primitive
from ...structures import Structures
from ..bench import Bench
from ..editing import Json, Pointer, held, inserted, is_there, joined, pointer, removed, replaced
from . import samples
from .expressions import (
    conditions_in,
    extension_urls_in,
    implication_in,
    is_called,
    names_in,
    numbers_in,
    resolved_in,
    texts_in,
    values_for,
)
from .plans import Plan, Referred
from .writing import Writer

_WIDEST = 12  # nodes of one element whose values are tried
_PAIRED = 28  # edits that are tried with each other
_CODES = 8  # codes of one value set
_TRIED = 1500  # edits of one node
_OTHERS = ("", "-1", "1999", "1999-01-01", "2999-12-31", "x", "entered-in-error")
_NUMBERS = (-1, 0, 1000)
_TARGETS = ("Patient", "Organization", "Practitioner", "Basic")


class Edit(NamedTuple):
    """name: what is done; make: raises LookupError where there is nothing to do it to."""

    name: str
    make: Callable[[Json], Json]


class Swayer:
    """Of what an expression says on the nodes of resources. bench: by which it is evaluated; writer: of what is added."""

    def __init__(self, bench: Bench, writer: Writer) -> None:
        self._bench = bench
        self._writer = writer

    def refuted(self, expression: str, node: Node, content: Json, referred: Referred) -> Iterator[tuple[str, Json]]:
        """(name, resource): the expression does not hold of the node in any of them."""
        parts = implication_in(expression)
        premised = None if parts is None else self._premised(parts[0], node, content)
        tries = self._tries(expression, node, content, referred)
        if parts is not None and premised is not None:
            tries = chain(self._tries(parts[1], *premised, referred), tries)
        at = pointer(node)
        for name, resource in islice(tries, _TRIED):
            if self._bench.says(expression, resource, at) is False:
                yield name, resource

    def satisfied(self, expression: str, node: Node, content: Json, referred: Referred) -> Iterator[Json]:
        """Those in which it holds of the node; what is there is taken away last."""
        edits = _Edits(expression, node, content, self._bench.structures, self._writer, referred)
        at = pointer(node)
        tries = chain(_made(((one,) for one in edits.mending()), content), _made(permutations(edits.fewer(), 2), content))
        for _, resource in islice(tries, _TRIED):
            if self._bench.says(expression, resource, at) is True:
                yield referred.addressed(resource)

    def _tries(self, expression: str, node: Node, content: Json, referred: Referred) -> Iterator[tuple[str, Json]]:
        """Each edit by itself, then two by two."""
        edits = _Edits(expression, node, content, self._bench.structures, self._writer, referred)
        yield from _made(((one,) for one in edits.spoiling()), content)
        yield from _made(permutations(edits.paired(), 2), content)

    def _premised(self, premise: str, node: Node, content: Any) -> tuple[Node, Json] | None:
        """The resource in which the first part of an implication holds, made so by a text of it; None where it holds already."""
        names, at = names_in(premise), pointer(node)
        bench = self._bench
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


def _made(several: Iterable[tuple[Edit, ...]], content: Json) -> Iterator[tuple[str, Json]]:
    for edits in several:
        made = content
        try:
            for one in edits:
                made = one.make(made)
        except (LookupError, TypeError, AttributeError):
            continue
        yield "-".join(one.name for one in edits), made


class _Edits:
    """What may be done to a node to change what an expression says of it."""

    def __init__(
        self, expression: str, node: Node, content: Json, structures: Structures, writer: Writer, referred: Referred
    ) -> None:
        self._expression = expression
        self._node = node
        self._content = content
        self._structures = structures
        self._writer = writer
        self._names = names_in(expression)
        self._told = [text for text in values_for(expression) if not text.startswith("http")]
        self._found = [one for one in node.walk() if one is not node and is_called(one, self._names)] or [
            child for children in node.children.values() for child in children
        ]
        self._missing = [] if is_primitive(node.type) else list(self._absent(referred))

    def spoiling(self) -> Iterator[Edit]:
        yield from self._without()
        yield Edit("bare", self._bare)
        yield from self._repeated()
        yield from self._with()
        yield from self._with_conditions()
        yield from self._with_targets()
        yield from self._other_values((*self._told, *_OTHERS, "-" * 70, *_NUMBERS, True, False))
        yield from self._other_wordings()
        yield from self._alike()
        yield from self._extended()

    def mending(self) -> Iterator[Edit]:
        yield from self._with_conditions()
        yield from self._with_targets()
        yield from self._repeated()
        yield from with_codes(self._node, self._structures, self._writer, self._names)
        yield from self._with()
        yield from self.fewer()
        yield from self._other_values(self._told)
        yield from self._other_wordings()

    def fewer(self) -> list[Edit]:
        """What comes last, and in it the same again, is taken away first."""
        return [*self._without()][::-1][:_PAIRED]

    def paired(self) -> Iterator[Edit]:
        several = (islice(some, _PAIRED // 4) for some in (self._with(), self._without(), self._repeated()))
        edits = (self._with_conditions(), self._with_targets(), *several, self._other_values(self._told[:_PAIRED]))
        return islice(chain.from_iterable(edits), _PAIRED)

    # ---------------------------------------------------------- what is there

    def _without(self) -> Iterator[Edit]:
        for one in self._found:
            yield Edit(f"without-{one.name}", partial(removed, at=pointer(one)))

    def _bare(self, content: Json) -> Json:
        """Without all that is named; what is left says nothing, and is there."""
        for at in map(pointer, self._found):
            if is_there(content, at):
                content = removed(content, at)
        at = pointer(self._node)
        there = held(content, at) if is_there(content, at) else None
        return replaced(content, at, {"id": samples.CODE}) if there == {} else content

    def _repeated(self) -> Iterator[Edit]:
        """One more, and as many as a number in the expression does not allow."""
        for times in dict.fromkeys((1, *numbers_in(self._expression))):
            for one in self._found:
                if one.position is not None and 0 < times < _WIDEST:
                    yield Edit(f"repeat-{one.name}", partial(_again, at=pointer(one), times=times))

    def _other_values(self, values: Iterable[Any]) -> Iterator[Edit]:
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
        for one, other in permutations(self._leaves(), 2):
            if one.name == other.name and other.type != "xhtml" and _may_be(one, other.value):
                yield Edit(f"same-{one.name}", partial(replaced, at=pointer(one), value=other.value))

    def _leaves(self) -> list[Node]:
        wide = (leaf for one in (*self._found, self._node) for leaf in islice(one.walk(), _WIDEST) if leaf.value is not None)
        return list({id(leaf): leaf for leaf in wide}.values())

    # ---------------------------------------------------------- what is not there

    def _absent(self, referred: Referred) -> Iterator[tuple[Node, Element, str, Any]]:
        """Elements so named that the node and those in it may have: holder, element, name, value; of a choice, each type."""
        for holder in (self._node, *(one for one in self._node.walk() if one is not self._node and one.children)):
            shape = None if is_primitive(holder.type) else shape_of(holder, self._structures)
            for element in shape.elements if shape is not None else ():
                for name, type in element.names() if element.name in self._names else ():
                    if name in holder.children and element.single:
                        continue
                    value = self._writer.value(element, type, Plan(referred))
                    if value is not None and value != {}:
                        yield holder, element, name, value

    def _with(self) -> Iterator[Edit]:
        """What is named and is not there: one by one, then all of the node's own, of the types of a choice the first."""
        own: dict[str, Edit] = {}
        for holder, element, name, value in self._missing:
            others = [text for text in self._told if text != value] if isinstance(value, str) else []
            for one in (value, *others):
                join = partial(joined, at=pointer(holder), name=name, value=one, listed=not element.single)
                yield Edit(f"with-{name}", join)
                if holder is self._node:
                    own.setdefault(element.id, Edit(f"with-{name}", join))
        if len(own) > 1:
            yield Edit("with-all", lambda content: _all(content, own.values()))

    def _with_conditions(self) -> Iterator[Edit]:
        """What each `where` of the expression selects, in the place of what is there."""
        for condition in conditions_in(self._expression):
            above, names = self._node, list(condition.path)
            while len(names) > 1 and names[0] in above.children:
                above = above.children[names.pop(0)][0]
            shape = None if is_primitive(above.type) else shape_of(above, self._structures)
            value = _leading(shape, names, condition.values, self._structures)
            if value is not None:
                yield Edit(f"with-{condition.path[-1]}", partial(replaced, at=(*pointer(above), names[0]), value=value))

    def _with_targets(self) -> Iterator[Edit]:
        """References that the expression follows, to resources that are there."""
        names = resolved_in(self._expression)
        for one in self._node.walk():
            for type in _TARGETS if one.type == "Reference" and one.name in names else ():
                yield Edit(f"refer-{one.name}", partial(_referring, at=pointer(one), type=type))

    def _extended(self) -> Iterator[Edit]:
        at = pointer(self._node)
        for url in extension_urls_in(self._expression) if not is_primitive(self._node.type) else ():
            extension = {"url": url, "valueString": samples.WORDS}
            yield Edit("extension", partial(joined, at=at, name="extension", value=extension, listed=True))


def shape_of(node: Node, structures: Structures) -> Shape | None:
    """The children that R4 gives an element."""
    if node.is_resource or (shape := structures.type_shape(node.type)) is None or node.type in ("BackboneElement", "Element"):
        if node.is_resource or node.parent is None:
            return structures.type_shape(node.type)
        above = shape_of(node.parent, structures)
        known = above.by_name.get(node.name) if above is not None else None
        return None if known is None else structures.shape(known.element, known.type)
    return shape


def with_codes(node: Node, structures: Structures, writer: Writer, names: Collection[str] = ()) -> Iterator[Edit]:
    """Other codes of the value sets that R4 binds the children of a node to. names: of those to change, all when empty."""
    shape = None if is_primitive(node.type) else shape_of(node, structures)
    for name, children in node.children.items():
        known = None if shape is None else shape.by_name.get(name)
        binding = None if known is None else known.element.binding
        if binding is None or (names and name not in names) or children[0].type not in ("code", "CodeableConcept"):
            continue
        for system, code in writer.codes.certain(binding["valueset"], _CODES):
            value = code if is_primitive(children[0].type) else {"coding": [{"system": system, "code": code}]}
            yield Edit(f"other-{name}", partial(replaced, at=pointer(children[0]), value=value))


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


def _referring(content: Json, at: Pointer, type: str) -> Json:
    steps = [number for number, step in enumerate(at) if step == "resource"]
    held(content, at)
    content = replaced(content, at, {"reference": f"#{samples.CODE}"})
    target = {"resourceType": type, "id": samples.CODE}
    return joined(content, at[: steps[-1] + 1] if steps else (), "contained", target, listed=True)  # type: ignore[no-any-return]


def _all(content: Json, edits: Iterable[Edit]) -> Json:
    for one in edits:
        content = one.make(content)
    return content


def _again(content: Json, at: Pointer, times: int) -> Json:
    value = held(content, at)
    for _ in range(times):
        content = inserted(content, at, value)
    return content


def _may_be(node: Node, other: Any) -> bool:
    is_alike = type(node.value) is type(other) or (isinstance(other, int) and isinstance(node.value, Decimal))
    return is_alike and node.value != other and node.type != "xhtml"
