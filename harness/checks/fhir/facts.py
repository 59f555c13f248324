"""The invariants and bindings of single elements, passed to what can judge them; what nothing can judge is counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ...documents.fhir_tree import HOLDERS, Node
from ...model import Text
from .remarks import Remarks
from .shapes import Element, Invariant
from .value_limits import compare, node_of
from .values import shown, told

if TYPE_CHECKING:
    from .bindings import Bindings
    from .fhirpath import Compiled
    from .invariants import Invariants, Unreadable

_NOT_ASKED = object()


class Facts:
    """Judges the constraints and bindings of elements in one document, each expression once per element.

    untold: invariants that could not be evaluated, and how often, by key; idle: those that nothing can break; unbound: elements
    whose binding nobody judged; unlimited: elements with a value that could not be held against its limit; left: what a definition
    asks that nothing here judges, by its element; worded: the element of each constraint that has no expression, by its key.
    """

    def __init__(self, expressions: Invariants | None, bindings: Bindings | None, context: Any) -> None:
        self._expressions = expressions
        self._bindings = bindings
        self.context = context
        self._truths: dict[tuple[str, int | tuple[int, int]], Any] = {}
        self._asked: set[tuple[int, str]] = set()
        self.untold: defaultdict[str, int] = defaultdict(int)
        self.idle: set[str] = set()
        self.reasons: dict[str, Text] = {}
        self.unbound = 0
        self.unlimited: set[str] = set()
        self.left: set[tuple[str, str]] = set()
        self.worded: dict[str, str] = {}
        self.prescribed_uris: set[int] = set()

    def constraints(self, node: Node, element: Element, asked: Iterable[Invariant], remarks: Remarks) -> None:
        """asked: those of the element, or some of them."""
        within = _within(node) if node.name in HOLDERS and "." in element.path else None
        about = id(node) if within is None else (id(node), id(within))
        truths = self._truths
        for invariant in asked:
            key = (invariant.expression, about)
            truth = truths.get(key, _NOT_ASKED)
            if truth is _NOT_ASKED:
                truth = truths[key] = self._truth(node, invariant, within)
            if truth is False:
                _tell(node, invariant, remarks)
            elif truth and invariant.of_profile and self._is_idle(invariant, element.path):
                self.idle.add(invariant.key)

    def holds(self, expression: str, node: Node, **variables: Node) -> bool | None:
        """Whether a rule holds of an element, None, which is counted, when that cannot be told. variables: `%names` of its own."""
        truth = self.truth(expression, node, **variables)
        if truth is None and self._expressions is not None:
            self.untold[expression] += 1
        return truth

    def truth(self, expression: str, node: Node, **variables: Node) -> bool | None:
        """As `holds`, of what is no rule."""
        if self._expressions is None:
            return None
        compiled = self._expressions.compile(expression)
        known = self.context.variables
        self.context.variables = {**known, **variables}
        try:
            return compiled.truth(node, self.context)
        finally:
            self.context.variables = known

    def selects(self, expression: str, node: Node) -> bool | None:
        """Whether an expression on its resource gives this element; None when that cannot be told."""
        found = None if self._expressions is None else self._expressions.select(expression, node.resource, self.context)
        return None if found is None else any(one is node for one in found)

    def limits(self, node: Node, element: Element, remarks: Remarks) -> None:
        """The minimum and maximum that a profile sets (`minValue[x]`, `maxValue[x]`)."""
        for limit, outside, fr, en in (
            (element.min_value, -1, "au moins", "at least"),
            (element.max_value, 1, "au plus", "at most"),
        ):
            if limit is None:
                continue
            bound = node_of(*limit)
            verdict = compare(node, bound)
            if verdict == outside:
                wanted = told(limit[1])
                message = Text(f"{shown(node)} : {wanted} {fr}", f"{shown(node)}: {wanted} {en}")
                remarks.error("FHIR-LIMIT", element.requirement, node, message)
            elif verdict is None:
                self.unlimited.add(element.id)

    def binding(self, node: Node, element: Element, remarks: Remarks) -> None:
        if self._bindings is not None:
            self._bindings.judge(node, element, remarks)
        elif element.binding is not None and (id(node), element.binding["valueset"]) not in self._asked:
            self._asked.add((id(node), element.binding["valueset"]))
            self.unbound += element.binding["strength"] in ("required", "extensible")

    def prescribed(self, node: Node) -> None:
        """To be called when a profile fixes the value of this element."""
        if node.type == "uri":
            self.prescribed_uris.add(id(node))
        elif self._bindings is not None:
            self._bindings.prescribed(node)

    def member(self, node: Node, binding: Mapping[str, str]) -> bool | None:
        return None if self._bindings is None else self._bindings.member(node, binding)

    def _truth_within(self, node: Node, compiled: Compiled | Unreadable, within: Node) -> bool | None:
        self.context.within = within
        try:
            return compiled.truth(node, self.context)
        finally:
            self.context.within = None

    def _is_idle(self, invariant: Invariant, path: str) -> bool:
        return self._expressions is not None and self._expressions.is_idle(invariant.expression, path)

    def _truth(self, node: Node, invariant: Invariant, within: Node | None) -> bool | None:
        truth: bool | None = None
        if self._expressions is not None:
            compiled = self._expressions.compile(invariant.expression)
            truth = compiled.truth(node, self.context) if within is None else self._truth_within(node, compiled, within)
            if truth is None:
                self.reasons[invariant.key] = compiled.reason
        if truth is None:
            self.untold[invariant.key] += 1
        return truth


def _within(node: Node) -> Node | None:
    """The resource in which an element speaks of another resource (`Bundle.entry.resource`), whose %resource it is."""
    return node.parent.resource if node.is_resource and node.parent is not None else None


def _tell(node: Node, invariant: Invariant, remarks: Remarks) -> None:
    key, human = invariant.key, invariant.human
    message = Text(f"{key} n'est pas respecté : {human}", f"{key} does not hold: {human}")
    told = remarks.info if invariant.best_practice else remarks.lack if invariant.severity == "error" else remarks.warning
    told(f"FHIR-INVARIANT:{key}", invariant.requirement, node, message)
