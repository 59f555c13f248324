"""Location paths of XPath as Python: one comprehension for each path (run as loops), over children and the index of nodes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..expressions import Expression, branches, depends_on_position, is_number, selects
from .keys import index_keys, tag_test
from .writing import Names

_AXES = {
    "ancestor": "ancestors({0})",
    "ancestor-or-self": "ancestors_or_self({0})",
    "preceding-sibling": "before({0})",
    "following-sibling": "after({0})",
}
_BACKWARDS = ("ancestor", "ancestor-or-self", "preceding-sibling")


@dataclass(slots=True)
class Walk:
    """A path as far as it is written.

    clauses: `for` and `if` of a comprehension; item: what stands for one item reached; is_text: the item is a text, not a node;
    many: several items may be reached; scattered: they may come twice or out of document order; backwards: they are only the other
    way round; depth: how far below the document each item is at least, so that its parent is known to be there; zone: what stands
    for all that is below the items, if anything.
    """

    item: str
    depth: int
    clauses: list[str] = field(default_factory=list)
    is_text: bool = False
    many: bool = False
    scattered: bool = False
    backwards: bool = False
    zone: str = ""

    def listed(self, said: str | None = None) -> str:
        """All items, or what is said of each, in a row."""
        if not self.clauses:
            return f"({said or self.item},)"
        if said in (None, self.item) and (row := self._row()):
            return row
        return f"[{said or self.item} {' '.join(self.clauses)}]"

    def leads(self) -> str:
        """A truth: whether any item is reached."""
        return self._row() or self.listed("1")

    def _row(self) -> str:
        """What holds just these items, if anything does."""
        begins = f"for {self.item} in "
        return self.clauses[0].removeprefix(begins) if len(self.clauses) == 1 and self.clauses[0].startswith(begins) else ""


def _attribute_of_union(expression: Expression) -> Expression | None:
    """`a/@x | b/@x` as `(a | b)/@x`: an attribute is a text, which knows no place, and the elements do. None for other unions."""
    paths = branches(expression)
    if any(path[0] != "path" or not path[2] for path in paths):
        return None
    last = {path[2][-1] for path in paths}
    if len(last) > 1 or next(iter(last))[0] != "attribute":
        return None
    elements: list[Expression] = [("path", start, steps[:-1]) for _, start, steps in paths]
    together = elements[0]
    for one in elements[1:]:
        together = ("union", together, one)
    return ("path", together, (last.pop(),))


class Paths(ABC):
    """Writes paths; their predicates are written as truths and numbers by who inherits.

    root: what stands for the root element, where something does.
    """

    root = ""

    def __init__(self) -> None:
        self.names = Names()
        self.focus: list[tuple[str, str]] = []  # of predicates that are being written: names of position and size

    @abstractmethod
    def truth(self, expression: Expression, item: str, depth: int = 0, *, is_text: bool = False) -> str: ...

    @abstractmethod
    def number(self, expression: Expression, item: str, depth: int = 0) -> str: ...

    def once(self, text: str) -> str:
        """What does not depend on the item that is asked about, where that can be worked out before."""
        return text

    def kept(self, item: str, name: str, find: str) -> str:
        """What is found from the root, once a document."""
        return self.once(f"keep({self.root or item}.index, {name!r}, lambda x: {find})")

    def nodes(self, expression: Expression, item: str, depth: int = 0) -> str:
        """Items in document order, each once, as a sequence. Raises TypeError for an expression that selects none."""
        return self.sorted(self.walk(expression, item, depth))

    def sorted(self, walk: Walk) -> str:
        if walk.backwards:
            return f"{walk.listed()}[::-1]"
        return f"in_order({walk.listed()})" if walk.scattered else walk.listed()

    def walk(self, expression: Expression, item: str, depth: int = 0, *, placed: bool = True) -> Walk:
        """placed: what is reached is wanted in document order, each once; else whether something is there is all that is wanted."""
        match expression:
            case ("union", _, _) if (attribute := _attribute_of_union(expression)) is not None:
                return self.walk(attribute, item, depth, placed=placed)
            case ("union", _, _) if selects(expression) == "attributes":
                found = ", ".join(f"*{self._placed_attributes(branch, item, depth)}" for branch in branches(expression))
                return self.over(f"attributes_in_order(({found}))", 0, is_text=True)
            case ("union", _, _):
                return self.union([self.walk(branch, item, depth) for branch in branches(expression)])
            case ("filter", inner, predicates):
                walk = self.walk(inner, item, depth, placed=placed or any(map(depends_on_position, predicates)))
                for predicate in predicates:
                    walk = self._filtered(walk, predicate)
                return walk
            case ("path", "context", steps):
                return self._steps(Walk(item, depth), steps, placed=placed)
            case ("path", "root", steps):
                kept = self._from_root(steps)
                text = self.kept(item, kept.listed(), self._sorted_from("x", steps))
                return self.over(text, kept.depth, is_text=kept.is_text)
            case ("path", start, steps):
                return self._steps(self.walk(start, item, depth, placed=placed), steps, placed=placed)
        raise TypeError(f"{expression[0]} selects no node")

    def _from_root(self, steps: tuple[Any, ...], item: str = "x") -> Walk:
        """From any node of a document: the one child of the document is its root element."""
        axis = {"child": "self", "descendant": "descendant-or-self"}
        if steps and steps[0][0] in axis:
            steps = ((axis[steps[0][0]], *steps[0][1:]), *steps[1:])
        names, self.names = self.names, Names()  # the same path is the same text, wherever it is asked
        try:
            return self._steps(Walk(f"{item}.index.root", 0), steps)
        finally:
            self.names = names

    def _sorted_from(self, item: str, steps: tuple[Any, ...]) -> str:
        return self.sorted(self._from_root(steps, item))

    def union(self, walks: Sequence[Walk]) -> Walk:
        listed = ", ".join(f"*{walk.listed()}" for walk in walks)
        return self.over(f"({listed})", min(walk.depth for walk in walks), is_text=walks[0].is_text, scattered=True)

    def _placed_attributes(self, path: Expression, item: str, depth: int) -> str:
        """The attributes a path leads to, each as its element's order, its place among the attributes there, and its text."""
        _, start, steps = path
        elements = self.walk(("path", start, steps[:-1]), item, depth)
        if elements.scattered:
            elements = self.over(self.sorted(elements), elements.depth)
        name = steps[-1][1][1]
        found = self._step(elements, steps[-1])
        return found.listed(f"({elements.item}.order, [*{elements.item}.attributes].index({name!r}), {found.item})")

    def over(self, sequence: str, depth: int, *, is_text: bool = False, scattered: bool = False) -> Walk:
        item = self.names.fresh()
        clauses = [f"for {item} in {sequence}"]
        return Walk(item, depth, clauses, is_text=is_text, many=True, scattered=scattered)

    # ---------------------------------------------------------- steps

    def further(self, sequence: str, depth: int, steps: tuple[Any, ...], zone: str) -> Walk:
        """Steps from each of the nodes in a sequence, which are in document order, each once. zone: what is below them."""
        walk = self.over(sequence, depth)
        walk.zone = zone
        return self._steps(walk, steps)

    def _steps(self, walk: Walk, steps: tuple[Any, ...], *, placed: bool = True) -> Walk:
        for step in steps:
            scattered = walk.scattered
            if scattered and (placed or step[0].startswith("descendant")):  # a zone is of nodes in order
                walk = self.over(self.sorted(walk), walk.depth, is_text=walk.is_text)
                scattered = False
            walk = self._step(walk, step)
            walk.scattered = walk.scattered or scattered
        return walk

    def _step(self, walk: Walk, step: tuple[Any, ...]) -> Walk:
        axis, test, predicates = step
        if any(depends_on_position(predicate) for predicate in predicates):
            return self._counted_step(walk, step)
        if axis == "attribute":
            found = self._attribute(walk, test)
        elif test[0] == "characters":
            item = self.names.fresh("t")
            found = Walk(item, 0, [*walk.clauses, f"for {item} in characters({walk.item})"], is_text=True, many=True)
        elif axis == "self":
            found = walk
            self._test_tag(found, test)
        elif axis == "parent":
            found = self._parent(walk, test)
        elif axis == "child":
            found = self._child(walk, test)
        elif axis in ("descendant", "descendant-or-self"):
            found, predicates = self._descendant(walk, axis, test, predicates)
        else:
            item = self.names.fresh()
            depth = 1 if axis.endswith("sibling") else 0
            clauses = [*walk.clauses, f"for {item} in {_AXES[axis].format(walk.item)}"]
            found = Walk(item, depth, clauses, many=True, scattered=walk.many or axis in _BACKWARDS)
            found.backwards = found.scattered and not walk.many
            self._test_tag(found, test)
        for predicate in predicates:
            self._named(found)
            found.clauses.append(f"if {self.truth(predicate, found.item, found.depth, is_text=found.is_text)}")
            found.zone = ""
        return found

    def _named(self, walk: Walk) -> None:
        """What is asked something is a loop's variable."""
        if not walk.clauses:
            item = self.names.fresh()
            walk.clauses = [f"for {item} in ({walk.item},)"]
            walk.item = item

    def _test_tag(self, walk: Walk, test: tuple[Any, ...]) -> None:
        if tag_test(test, ""):
            self._named(walk)
            walk.clauses.append(f"if {tag_test(test, f'{walk.item}.tag')}")
            walk.zone = ""

    def _attribute(self, walk: Walk, test: tuple[Any, ...]) -> Walk:
        if test[0] == "name" and walk.clauses:
            clauses = [*walk.clauses, f"if {test[1]!r} in {walk.item}.attributes"]
            return Walk(f"{walk.item}.attributes[{test[1]!r}]", 0, clauses, is_text=True, many=walk.many)
        item = self.names.fresh("t")
        values = f"attribute({walk.item}, {test[1]!r})" if test[0] == "name" else f"[*{walk.item}.attributes.values()]"
        return Walk(item, 0, [*walk.clauses, f"for {item} in {values}"], is_text=True, many=True)

    def _parent(self, walk: Walk, test: tuple[Any, ...]) -> Walk:
        if walk.depth > 0 and not walk.many:
            found = Walk(f"{walk.item}.parent", walk.depth - 1, list(walk.clauses))
        else:
            item = self.names.fresh()
            above = f"({walk.item}.parent,)" if walk.depth > 0 else f"parent({walk.item})"
            found = Walk(item, max(walk.depth - 1, 0), [*walk.clauses, f"for {item} in {above}"], scattered=walk.many)
            found.many = walk.many
        self._test_tag(found, test)
        return found

    def _child(self, walk: Walk, test: tuple[Any, ...]) -> Walk:
        item = self.names.fresh()
        children = f"{walk.item}.named.get({test[1]!r}, E)" if test[0] == "name" else f"{walk.item}.children"
        found = Walk(item, walk.depth + 1, [*walk.clauses, f"for {item} in {children}"], many=True)
        if test[0] != "name":
            self._test_tag(found, test)
        return found

    def _descendant(
        self, walk: Walk, axis: str, test: tuple[Any, ...], predicates: tuple[Expression, ...]
    ) -> tuple[Walk, tuple[Expression, ...]]:
        keys, left = index_keys(test, predicates)
        or_self = axis == "descendant-or-self"
        said = keys[0] if keys is not None and len(keys) == 1 else keys
        item = self.names.fresh()
        depth = walk.depth + (not or_self)
        if not walk.many:
            below = f"{walk.item}.index.below({walk.item}, {said!r}, {or_self})"
            found = Walk(item, depth, [*walk.clauses, f"for {item} in {below}"], many=True)
        elif keys is None:
            below = f"{walk.item}.index.below({walk.item}, None, {or_self})"
            found = Walk(item, depth, [*walk.clauses, f"for {item} in {below}"], many=True, scattered=True)
        else:
            zone = walk.zone or f"zone({walk.listed()})"
            found = Walk(item, depth, [f"for {item} in {zone}.below({said!r}, {or_self})"], many=True)
        if keys is None or test[0] == "name":
            if test[0] not in ("name", "any", "node"):
                self._test_tag(found, test)
            return found, predicates
        return found, tuple(left)

    # ---------------------------------------------------------- predicates that ask for the position

    def _counted_step(self, walk: Walk, step: tuple[Any, ...]) -> Walk:
        """Positions count from each node the step begins at."""
        axis, test, predicates = step
        begin = self.names.fresh()
        from_one = self._step(Walk(begin, walk.depth), (axis, test, ()))
        for predicate in predicates:
            from_one = self._counted(from_one, predicate)
        item = self.names.fresh()
        clauses = [*walk.clauses, f"for {begin} in ({walk.item},)", f"for {item} in {from_one.listed()}"]
        found = Walk(item, from_one.depth, clauses, from_one.is_text, many=True)
        if walk.many:
            found.scattered = axis not in ("child", "self", "attribute")
        else:
            found.scattered = found.backwards = axis in _BACKWARDS and not any(map(is_number, predicates))  # a place is that of one
        return found

    def _filtered(self, walk: Walk, predicate: Expression) -> Walk:
        if depends_on_position(predicate):
            if walk.scattered:
                walk = self.over(self.sorted(walk), walk.depth, is_text=walk.is_text)
            return self._counted(walk, predicate)
        self._named(walk)
        walk.clauses.append(f"if {self.truth(predicate, walk.item, walk.depth, is_text=walk.is_text)}")
        return walk

    def _counted(self, walk: Walk, predicate: Expression) -> Walk:
        if predicate == ("number", 1.0):
            return self.over(f"{walk.listed()}[:1]", walk.depth, is_text=walk.is_text)
        item, position, size = self.names.fresh(), self.names.fresh("p"), self.names.fresh("s")
        self.focus.append((position, size))
        if is_number(predicate):
            condition = f"{self.number(predicate, item, walk.depth)} == {position}"
        else:
            condition = self.truth(predicate, item, walk.depth, is_text=walk.is_text)
        self.focus.pop()
        kept = f"counted({walk.listed()}, lambda {item}, {position}, {size}: {condition})"
        return self.over(kept, walk.depth, is_text=walk.is_text)
