"""Location paths as functions: from a node to the nodes they lead to, by the index of the document where it can answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from ..library.xpath import Expression, depends_on_position, is_number
from .node import Node
from .xpath_steps import AXES, alone, attribute_step, children_step, in_order, index_keys, root_of, tag_test
from .xpath_values import Item

Nodes = Callable[[Node], Sequence[Item]]
Walk = Callable[[Sequence[Node]], Sequence[Item]]
Truth = Callable[[Node], bool]
Amount = Callable[[Node], float]


class _Focus:
    """Where the node of the innermost predicate stands among those selected with it."""

    __slots__ = ("position", "size")

    def __init__(self) -> None:
        self.position = 1
        self.size = 1


class Paths(ABC):
    """Compiles paths; their predicates are compiled as truths and numbers by who inherits."""

    def __init__(self) -> None:
        self._focus = _Focus()
        self._beginnings: dict[Expression, Nodes] = {}

    @abstractmethod
    def truth(self, expression: Expression) -> Truth: ...

    @abstractmethod
    def number(self, expression: Expression) -> Amount: ...

    def nodes(self, expression: Expression) -> Nodes:
        """Nodes in document order, each once. Raises TypeError for an expression that selects none."""
        match expression:
            case ("union", left, right):
                one, other = self.nodes(left), self.nodes(right)
                return lambda node: in_order([*one(node), *other(node)])
            case ("filter", inner, predicates):
                start = self.nodes(inner)
                keep = [self._predicate(predicate) for predicate in predicates]

                def filtered(node: Node) -> Sequence[Item]:
                    found = start(node)
                    for predicate in keep:
                        found = predicate(found)
                    return found

                return filtered
            case ("path", start, steps):
                return self._path(start, steps)
        raise TypeError(f"{expression[0]} selects no node")

    def from_root(self, expression: Expression) -> Nodes:
        """As `nodes`, to be asked of the root element only: beginnings that several expressions share are walked once."""
        match expression:
            case ("union", left, right):
                one, other = self.from_root(left), self.from_root(right)
                return lambda root: in_order([*one(root), *other(root)])
            case ("path", "context", (first, second, *others)):
                *before, last = (first, second, *others)
                beginning = ("path", "context", tuple(before))
                if beginning not in self._beginnings:
                    self._beginnings[beginning] = _once_a_document(self.from_root(beginning))
                return self._follow(self._beginnings[beginning], (last,))
        return self.nodes(expression)

    def _path(self, start: Any, steps: tuple[Any, ...]) -> Nodes:
        if start == "root" and steps and steps[0][0] == "child":
            steps = (("self", *steps[0][1:]), *steps[1:])  # the one child of the document is its root element
        elif start == "root" and steps and steps[0][0] == "descendant":
            steps = (("descendant-or-self", *steps[0][1:]), *steps[1:])
        if start == "context" and len(steps) == 1:
            return self._step(steps[0])
        if start == "root":
            return _once_a_document(self._follow(root_of, steps))
        return self._follow(alone if start == "context" else self.nodes(start), steps)

    def _up(self, steps: tuple[Any, ...]) -> Callable[[Node], Node | None]:
        """Where `../self::x` and its like lead: to one node or none."""
        walked = [(axis == "parent", tag_test(test), [self.truth(p) for p in predicates]) for axis, test, predicates in steps]

        def climb(node: Node) -> Node | None:
            current: Node | None = node
            for above, passes, predicates in walked:
                if above and current is not None:
                    current = current.parent
                if current is None or not passes(current.tag):
                    return None
                for holds in predicates:
                    if not holds(current):
                        return None
            return current

        return climb

    def _follow(self, begin: Nodes, steps: tuple[Any, ...]) -> Nodes:
        if begin is alone and steps and leads_to_one(steps[0]):
            first = next((place for place, step in enumerate(steps) if not leads_to_one(step)), len(steps))
            up = self._up(steps[:first])
            begin, steps = (lambda node: () if (found := up(node)) is None else (found,)), steps[first:]
        walked = [(self._step(step), self._walk(step)) for step in steps]

        def follow(node: Node) -> Sequence[Item]:
            found = begin(node)
            for from_one, from_all in walked:
                if not found:
                    return found
                found = from_one(found[0]) if len(found) == 1 else from_all(found)
            return found

        return follow

    def _walk(self, step: tuple[Any, ...]) -> Walk:
        """A step from several nodes at once: each node that it reaches once, in document order."""
        axis, test, predicates = step
        one = self._step(step)
        if axis in ("child", "self", "attribute"):
            return lambda found: [item for node in found for item in one(node)]
        if axis not in ("descendant", "descendant-or-self") or any(depends_on_position(predicate) for predicate in predicates):
            return lambda found: in_order([item for node in found for item in one(node)])
        wanted, left = index_keys(test, predicates)
        if wanted is None:
            return lambda found: in_order([item for node in found for item in one(node)])
        keep = [self._predicate(predicate) for predicate in left]
        or_self = axis == "descendant-or-self"

        def search(found: Sequence[Node]) -> Sequence[Item]:
            selected: Sequence[Item] = found[0].index.below_all(found, wanted, or_self=or_self)
            for predicate in keep:
                selected = predicate(selected)
            return selected

        return search

    def _step(self, step: tuple[Any, ...]) -> Nodes:
        axis, test, predicates = step
        if axis == "attribute":
            return attribute_step(test)
        select, predicates = self._axis(axis, test, predicates)
        if not predicates:
            return select
        keep = [self._predicate(predicate) for predicate in predicates]
        if len(keep) == 1:
            only = keep[0]
            return lambda node: only(select(node))

        def selected(node: Node) -> Sequence[Item]:
            found = select(node)
            for predicate in keep:
                found = predicate(found)
            return found

        return selected

    def _axis(self, axis: str, test: tuple[Any, ...], predicates: Sequence[Expression]) -> tuple[Nodes, Sequence[Expression]]:
        """Elements of an axis that pass the node test, and the predicates that are left to ask of them."""
        if axis == "child":
            return children_step(test), predicates
        if axis in ("descendant", "descendant-or-self"):
            wanted, left = index_keys(test, predicates)
            or_self = axis == "descendant-or-self"
            return lambda node: node.index.below(node, wanted, or_self=or_self), left
        passes = tag_test(test)
        among = AXES[axis]
        return lambda node: [found for found in among(node) if passes(found.tag)], predicates

    def _predicate(self, expression: Expression) -> Callable[[Sequence[Item]], Sequence[Item]]:
        if not depends_on_position(expression):
            holds = self.truth(expression)
            return lambda found: [item for item in found if holds(item)]
        focus = self._focus
        number = self.number(expression) if is_number(expression) else None
        truth = self.truth(expression)

        def keep(found: Sequence[Item]) -> Sequence[Item]:
            outer = focus.position, focus.size
            kept = []
            for position, item in enumerate(found, 1):
                focus.position, focus.size = position, len(found)
                if (number(item) == position) if number is not None else truth(item):
                    kept.append(item)
            focus.position, focus.size = outer
            return kept

        return keep


def leads_to_one(step: tuple[Any, ...]) -> bool:
    """A step up or on the spot, which never leads to several nodes."""
    axis, test, predicates = step
    return axis in ("self", "parent") and test[0] != "characters" and not any(depends_on_position(p) for p in predicates)


def _once_a_document(find: Nodes) -> Nodes:
    """A path from the root leads to the same nodes from wherever it is asked."""

    def remembered(node: Node) -> Sequence[Item]:
        known = node.index.remembered
        found = known.get(remembered)
        if found is None:
            found = known[remembered] = find(node)
        return found

    return remembered
