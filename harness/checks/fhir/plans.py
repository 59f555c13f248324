"""What the walk of a profile does at an element, worked out when it first comes there (docs/adr/0011).

A snapshot repeats all that R4 says of a type. Where the walk of base R4 found nothing wrong in a document, that part is not checked
again: only what the profile adds to R4 is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from ...documents.fhir_tree import Node
from ...remembered import remembered
from . import elements, referring
from .elements import Check
from .remarks import Remarks
from .shapes import ANY, Element, Invariant, Shape
from .structures import Structures

if TYPE_CHECKING:
    from .walk import Walk

_TOLD_AT_ONCE = ("required", "preferred")  # strengths: an extensible value set waits until profiles have spoken


class Plan(NamedTuple):
    """What there is to do at an element. shape: of its children, where it tells them itself."""

    checks: tuple[Check, ...]
    shape: Shape | None
    constraints: tuple[Invariant, ...]


class Plans:
    """Of the elements of these definitions: all that they ask, and what they ask beyond R4."""

    def __init__(self, structures: Structures) -> None:
        self._structures = structures

    def of(self, element: Element) -> tuple[Plan, Plan]:
        """The whole, and what is beyond R4."""
        known: tuple[Plan, Plan] | None = element.plan
        if known is None:
            whole = self._whole(element)
            known = element.plan = whole, self._beyond(element, whole)
        return known

    @remembered
    def silent(self, shape: Shape) -> frozenset[str]:
        """The names of the children of which nothing is asked beyond R4."""
        said = {id(element) for element in shape.elements if not self._is_silent(element)}
        return frozenset(name for name, named in shape.by_name.items() if id(named.element) not in said)

    @remembered
    def adds(self, sliced: Element, element: Element) -> bool:
        """Whether a sliced element constrains its children beyond what the snapshot of this slice repeats."""
        return _adds(sliced, element)

    def _whole(self, element: Element) -> Plan:
        checks = tuple(check for is_asked, check in _CHECKS if is_asked(element))
        checks += tuple(dict.fromkeys(check for name, check in elements.BESIDE.items() if name in element.asks))
        return Plan(checks + self._of_value(element), self._structures.own_shape(element), tuple(element.constraints))

    def _of_value(self, element: Element) -> tuple[Check, ...]:
        """What a definition asks of the value of a primitive (`Coding.display.value`): it is asked of the element itself."""
        value = element.value
        if value is None:
            return ()
        inner = [check for check in self._whole(value).checks if check is not elements.of_type]
        if value.min > 0:
            inner.append(elements.value_there)
        return tuple(partial(elements.of_value, value, check) for check in inner)

    def _beyond(self, element: Element, whole: Plan) -> Plan:
        base = self._of_r4(element)
        if base is None:
            return whole
        said = set(map(_words, self._constraints_of(base)))
        shape = whole.shape
        if shape is not None and element.content_reference is None and self._asks_nothing(shape):
            shape = None
        return Plan(
            checks=tuple(check for check in whole.checks if not _is_repeated(check, element, base)),
            shape=shape,
            constraints=tuple(one for one in whole.constraints if _words(one) not in said),
        )

    def _is_silent(self, element: Element) -> bool:
        """Whether nothing is asked of it beyond R4. The minimum of an element that is no choice is checked on its parent."""
        base = self._of_r4(element)
        if base is None or element.max != base.max or element.slices or (element.choice and element.min > 0):
            return False
        return not any(self.of(element)[1])

    def _asks_nothing(self, shape: Shape) -> bool:
        return self.silent(shape) == shape.by_name.keys() and all(
            (base := self._of_r4(one)) is not None and one.min <= base.min for one in shape.required
        )

    def _of_r4(self, element: Element) -> Element | None:
        """R4's own element of the same place, None where only a document tells the types on the way there."""
        type_, *names = element.path.split(".")
        structure = self._structures.type(type_)
        found = None if structure is None else structure.root
        for name in names:
            if found is None or len(found.types) > 1 or not ANY.isdisjoint(found.types):
                return None
            shape = self._structures.shape(found, found.types[0] if found.types else "")
            children: Iterable[Element] = () if shape is None else shape.elements
            found = next((one for one in children if one.path.rpartition(".")[2] == name), None)
        return None if found is element else found

    def _constraints_of(self, base: Element) -> list[Invariant]:
        """With those of its type."""
        structure = self._structures.type(base.types[0]) if len(base.types) == 1 else None
        return base.constraints + ([] if structure is None else structure.root.constraints)


def _adds(general: Element, element: Element) -> bool:
    """Whether one definition constrains the children of an element more than another definition of it."""
    told = {child.name: child for child in element.children}
    for child in general.children:
        same = told.get(child.name)
        if same is None:
            if child.min > 0 or child.wanted:
                return True
            continue
        if child.min > same.min or (child.max is not None and (same.max is None or child.max < same.max)):
            return True
        if child.wanted and not same.wanted:
            return True
        if child.children and same.children and _adds(child, same):
            return True
    return False


def _words(invariant: Invariant) -> tuple[object, ...]:
    return invariant.key, invariant.expression, invariant.human, invariant.severity, invariant.best_practice


def _is_repeated(check: Check, element: Element, base: Element) -> bool:
    if check is elements.of_type:
        return set(base.types) <= set(element.types)
    if check in (referring.judge, referring.judge_canonical):
        return (element.targets, element.aggregations, element.asks) == (base.targets, base.aggregations, base.asks)
    said = element.binding
    return (
        check is elements.binding
        and said is not None
        and said == base.binding
        and said["strength"] in _TOLD_AT_ONCE
        and "max" not in said
    )


def _profiles(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    walk.profiles(node, element, remarks)


# What an element may ask of those that it describes, and who judges it, in this order.
_CHECKS: tuple[tuple[Callable[[Element], object], Check], ...] = (
    (lambda element: element.wanted, elements.fixed),
    (lambda element: element.max_length is not None or element.min_length is not None, elements.length),
    (lambda element: element.min_value is not None or element.max_value is not None, elements.limits),
    (lambda element: element.types, elements.of_type),
    (lambda element: element.profiles, _profiles),
    (lambda element: "Reference" in element.targets, referring.judge),
    (lambda element: "canonical" in element.targets, referring.judge_canonical),
    (lambda element: element.is_bound, elements.binding),
)
