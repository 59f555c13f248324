"""What the Python written from an expression (library/fhirpath/writing.py) calls, under the names that it has there."""

from __future__ import annotations

from decimal import Decimal
from operator import attrgetter
from typing import Any

from ....documents.fhir_tree import Node
from ....library.fhirpath.failures import NotEvaluatedError
from ....library.fhirpath.names import SYSTEM_TYPES
from ....library.fhirpath.quantities import Quantity
from ....library.fhirpath.times import Moment
from .collecting import is_in, united
from .evaluation import Context, Frame, Items, Step
from .numbers import joined, negated, operate
from .patterns import pattern
from .strings import TEXTS, plain_text, text_in
from .types import TypeName, children_named, is_subtype
from .values import equal, equivalent, order, single, truth, type_name, value_of

_EMPTY: Items = []  # nobody adds to what a step gave


class Descending:
    """`-x`: the opposite of a number, and descending order in `sort()`."""

    def __init__(self, operand: Step) -> None:
        self.operand = operand

    def __call__(self, items: Items, frame: Frame) -> Items:
        return negated(self.operand(items, frame), frame)


def written(items: Items) -> str:
    """The text of the first item as the document writes it, `""` when there is none."""
    for item in items:
        value = item.value if isinstance(item, Node) else item
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if value is not None:
            return str(value)
    return ""


def _always(items: Items) -> Step:
    return lambda _, __: items


def _children_of(items: Items, name: str) -> Items:
    if not items:
        return _EMPTY
    return [child for item in items if isinstance(item, Node) and name in item.children for child in item.children[name]]


def _any_children(items: Items, name: str) -> Items:
    found: Items = []
    for item in items:
        if isinstance(item, Node):
            children = item.children.get(name) or children_named(item, name)
            if children:
                found += children
            elif name == "value" and item.value is not None:
                found.append(item.value)
        elif isinstance(item, TypeName) and name in ("name", "namespace"):
            found.append(getattr(item, name))
    return found


def _typed_or_children(items: Items, name: str, context: Context) -> Items:
    """At its beginning, an expression may name the type of what it begins with."""
    found: Items = []
    for item in items:
        if isinstance(item, Node):
            typed = item.type == name or is_subtype(context.typing.type_of(item), name)
            found += [item] if typed else item.children.get(name, [])
    return found


def _variable(name: str, context: Context) -> Items:
    if name not in context.variables:
        raise NotEvaluatedError(f"%{name} n'a pas de valeur", f"%{name} has no value")
    value = context.variables[name]
    return value if isinstance(value, list) else [value]


def _indexed(found: Items, at: Items, context: Context) -> Items:
    if not at:
        return []
    number = value_of(single(at, "[ ]"), context)
    if not isinstance(number, int) or isinstance(number, bool):
        raise NotEvaluatedError("un indice est un entier", "an index is an integer")
    return found[number : number + 1] if number >= 0 else []


def _among(items: Items, others: Items, context: Context, what: str) -> bool | None:
    found = is_in(items, others, context, what)
    return found[0] if found else None


def _among_texts(items: Items, texts: frozenset[str], in_order: tuple[str, ...], context: Context) -> bool | None:
    """As `among`, of texts that are known."""
    text = plain_text(items)
    return _among(items, list(in_order), context, "in") if text is None else text in texts


def _among_remembered(items: Items, others: Items, context: Context, what: str) -> bool | None:
    """As `among`, where the others are remembered: a text is looked up among theirs, which are gathered once."""
    text = plain_text(items)
    if text is None:
        return _among(items, others, context, what)
    if id(others) not in context.gathered:
        rest = [other for other in others if plain_text([other]) is None]
        context.gathered[id(others)] = frozenset(plain_text([other]) for other in others), rest
    texts, rest = context.gathered[id(others)]
    return text in texts or _among(items, rest, context, what)


def _is_of_type(item: object, namespace: str, name: str, context: Context) -> bool:
    said = type_name(item, context)
    if said.namespace == "System":
        return said.name == name and namespace in ("", "System")
    if not said.name:
        place = item.path if isinstance(item, Node) else repr(item)
        raise NotEvaluatedError(
            f"le type de {place} n'est pas connu sans les définitions de FHIR",
            f"the type of {place} is not known without the definitions of FHIR",
        )
    return namespace in ("", "FHIR") and is_subtype(said.name, name)


def _is_typed(items: Items, namespace: str, name: str, context: Context) -> bool | None:
    return _is_of_type(single(items, "is"), namespace, name, context) if items else None


def _of_type(items: Items, namespace: str, name: str, context: Context) -> Items:
    """`as` on several items is no error: the invariants of R4 (dom-3) use it as what came later as ofType().

    A primitive of FHIR is no System.String, but becomes one where one is asked for: profiles of R4 write `as String`.
    """
    if namespace == "System" or (not namespace and name in SYSTEM_TYPES and name != "Quantity"):
        found = [value_of(item, context) for item in items]
        return [value for value in found if not isinstance(value, Node) and _is_of_type(value, namespace, name, context)]
    return [item for item in items if _is_of_type(item, namespace, name, context)]


NAMES: dict[str, Any] = {
    "Decimal": Decimal,
    "Descending": Descending,
    "EMPTY": _EMPTY,
    "Frame": Frame,
    "Moment": Moment,
    "Node": Node,
    "Quantity": Quantity,
    "TEXTS": TEXTS,
    "always": _always,
    "among": _among,
    "among_remembered": _among_remembered,
    "among_texts": _among_texts,
    "any_children": _any_children,
    "children_of": _children_of,
    "equal": equal,
    "equivalent": equivalent,
    "indexed": _indexed,
    "is_typed": _is_typed,
    "joined": joined,
    "negated": negated,
    "of_type": _of_type,
    "operate": operate,
    "order": order,
    "pattern": pattern,
    "root_resource": attrgetter("container"),
    "text_in": text_in,
    "truth": truth,
    "typed_or_children": _typed_or_children,
    "united": united,
    "variable": _variable,
    "written": written,
}
