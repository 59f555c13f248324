"""The value of a node; equality, equivalence and order of values. Source: FHIRPath N1 (2.0.0), operations; FHIR R4, FHIRPath."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from ....documents.fhir_tree import Node
from ....library.fhirpath import quantities, times
from ....library.fhirpath.failures import NotEvaluatedError
from ....library.fhirpath.quantities import UCUM, Quantity
from ....library.fhirpath.times import Moment, read_moment
from ....model import Text
from .evaluation import Context, Items
from .types import PRIMITIVES, TypeName, is_subtype, system_type

_MOMENTS = {"date": "date", "dateTime": "datetime", "instant": "datetime", "time": "time"}
_NUMBERS = {"decimal": Decimal, "integer": int, "positiveInt": int, "unsignedInt": int}
_SPACES = re.compile(r"\s+")
_BESIDE_VALUE = frozenset({"id", "extension"})


def value_of(item: object, context: Context) -> object:
    """The system value of an item: of a primitive its value in its type, of a Quantity the quantity; other nodes as they are."""
    if not isinstance(item, Node):
        return item
    value = item.value
    if value is None:
        return _quantity(item, context) if "value" in item.children else item
    if isinstance(value, str):
        return _typed(value, item.type or context.typing.type_of(item))
    return value


def _typed(value: str, name: str) -> object:
    if name in _MOMENTS:
        return read_moment(value, _MOMENTS[name] if name != "dateTime" or "T" in value else "date") or value
    if name == "boolean":
        return {"true": True, "false": False}.get(value, value)
    if name in _NUMBERS:
        try:
            return _NUMBERS[name](value)
        except (ValueError, InvalidOperation):
            return value
    return value


def _quantity(node: Node, context: Context) -> object:
    kind = context.typing.type_of(node)
    if kind and not is_subtype(kind, "Quantity"):
        return node
    number = node.children["value"][0].value
    try:
        value = Decimal(str(number))
    except InvalidOperation:
        return node
    system, code = node.text("system"), node.text("code")
    if code and system == UCUM:
        return Quantity(value, code)
    if system and code:
        return Quantity(value, f"{system}|{code}")
    return Quantity(value, node.text("unit") or "1")


def type_name(item: object, context: Context) -> TypeName:
    if isinstance(item, Node):
        return TypeName("FHIR", context.typing.type_of(item))
    return TypeName("System", system_type(item))


def key(item: object, context: Context) -> object:
    """Equal for items that are equal, different for those that are not."""
    value = value_of(item, context)
    if isinstance(value, Node):
        inside = ((name, tuple(key(child, context) for child in items)) for name, items in value.children.items())
        return "node", tuple(sorted(inside, key=lambda child: child[0]))
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "boolean", value
    if isinstance(value, Moment):
        return "moment", value.key
    if isinstance(value, Quantity):
        return "quantity", value.canonical
    return value


def equal(left: Items, right: Items, context: Context) -> bool | None:
    """None: empty."""
    if not left or not right:
        return None
    if len(left) != len(right):
        return False
    result: bool | None = True
    for one, other in zip(left, right, strict=True):
        same = _same(one, other, context)
        if same is False:
            return False
        if same is None:
            result = None
    return result


def _same(one: object, other: object, context: Context) -> bool | None:
    left, right = value_of(one, context), value_of(other, context)
    if type(left) is str and type(right) is str:
        return left == right
    left, right = _alike(left, right)
    if isinstance(left, Moment) and isinstance(right, Moment):
        if (left.kind == "time") != (right.kind == "time"):
            return False
        order = times.compare(left, right)
        return None if order is None else order == 0
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        if _months_against_days(left, right):
            return None
        order = quantities.compare(left, right)
        return None if order is None else order == 0
    return key(left, context) == key(right, context)


def _months_against_days(left: Quantity, right: Quantity) -> bool:
    """Whether a year or month of the calendar stands against one of UCUM, which has a fixed length."""
    return left.calendar != right.calendar and "month" in (left.canonical[1], right.canonical[1])


def _alike(left: object, right: object) -> tuple[object, object]:
    """Both in one type: a number becomes a quantity beside a quantity, a string a date or time beside one."""
    if type(left) is type(right):
        return left, right
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Quantity) and isinstance(other, int | Decimal) and not isinstance(other, bool):
            changed: object = Quantity(Decimal(other), "1")
        elif isinstance(one, Moment) and isinstance(other, str):
            changed = read_moment(other, "time" if one.kind == "time" else "") or other
        else:
            continue
        return (left, changed) if one is left else (changed, right)
    return left, right


def equivalent(left: Items, right: Items, context: Context) -> bool:
    if len(left) != len(right):
        return False
    remaining = list(right)
    for one in left:
        found = next((index for index, other in enumerate(remaining) if _akin(one, other, context)), None)
        if found is None:
            return False
        del remaining[found]
    return True


def _akin(one: object, other: object, context: Context) -> bool:
    left, right = _alike(value_of(one, context), value_of(other, context))
    if isinstance(left, str) and isinstance(right, str):
        return _SPACES.sub(" ", left).strip().lower() == _SPACES.sub(" ", right).strip().lower()
    if isinstance(left, Node) or isinstance(right, Node):
        if not isinstance(left, Node) or not isinstance(right, Node) or set(left.children) - {"id"} != set(right.children) - {"id"}:
            return False
        return all(equivalent(items, right.children[name], context) for name, items in left.children.items() if name != "id")
    if isinstance(left, Moment) and isinstance(right, Moment):
        return (left.kind == "time") == (right.kind == "time") and times.compare(left, right) == 0
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        if _months_against_days(left, right):
            return left.value == right.value and {left.unit, right.unit} in ({"year", "a"}, {"month", "mo"})
        (first, unit), (second, as_unit) = left.canonical, right.canonical
        return unit == as_unit and _rounded_equal(first, second)
    if is_number(left) and is_number(right):
        return _rounded_equal(Decimal(left), Decimal(right))  # type: ignore[arg-type]
    return key(left, context) == key(right, context)


def is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _rounded_equal(left: Decimal, right: Decimal) -> bool:
    """Whether they are equal at the precision of the less precise one, trailing zeros ignored."""
    places = min(max(0, -int(number.normalize().as_tuple().exponent)) for number in (left, right))
    try:
        return round(left, places) == round(right, places)
    except ArithmeticError:  # more digits than can be rounded
        return left == right


def order(left: Items, right: Items, context: Context, sign: str) -> int | None:
    """-1, 0 or 1 for two items that have an order; None: empty. Raises NotEvaluatedError for two that have none."""
    if not left or not right:
        return None
    one, other = _alike(value_of(single(left, sign), context), value_of(single(right, sign), context))
    if isinstance(one, Moment) and isinstance(other, Moment):
        if (one.kind == "time") != (other.kind == "time"):
            raise NotEvaluatedError(f"« {sign} » entre une heure et une date", f"`{sign}` between a time and a date")
        result = times.compare(one, other)
        if result is None:
            context.undecided = Text(
                f"{one} {sign} {other} : la précision ou le fuseau horaire ne permet pas de conclure",
                f"{one} {sign} {other}: the precision or the time zone leaves it open",
            )
        return result
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        result = None if _months_against_days(one, other) else quantities.compare(one, other)
        if result is None:
            context.undecided = Text(
                f"{one} {sign} {other} : ces unités ne se comparent pas ici",
                f"{one} {sign} {other}: the units cannot be compared here",
            )
        return result
    if (isinstance(one, str) and isinstance(other, str)) or (is_number(one) and is_number(other)):
        return int(one > other) - int(one < other)  # type: ignore[operator]
    if without_value(one, context) or without_value(other, context):
        return None
    raise NotEvaluatedError(
        f"« {sign} » entre {_said(one, context)} et {_said(other, context)}",
        f"`{sign}` between {_said(one, context)} and {_said(other, context)}",
    )


def without_value(item: object, context: Context) -> bool:
    """Whether a primitive or a Quantity has no value (only an extension that says why, say): it counts as empty."""
    if not isinstance(item, Node) or item.value is not None:
        return False
    if item.children.keys() <= _BESIDE_VALUE:
        return True
    return is_subtype(context.typing.type_of(item), "Quantity") and all(one.value is None for one in item.children.get("value", ()))


def _said(value: object, context: Context) -> str:
    name = type_name(value, context)
    return name.name or "an element of unknown type"


def single(items: Items, what: str) -> object:
    """The only item. Raises NotEvaluatedError when there are several."""
    if len(items) > 1:
        raise NotEvaluatedError(
            f"« {what} » prend un seul élément, il y en a {len(items)}", f"`{what}` takes one item, {len(items)} are there"
        )
    return items[0]


def only_value(items: Items, context: Context, what: str) -> object:
    """The value of the only item, None when there is none. Raises NotEvaluatedError when there are several."""
    return value_of(single(items, what), context) if items else None


def whole_number(items: Items, context: Context, what: str) -> int | None:
    """The only item, None when there is none. Raises NotEvaluatedError when it is no integer."""
    value = only_value(items, context, what)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise NotEvaluatedError(f"{what} prend un entier", f"{what} takes an integer")
    return value


def number(items: Items, context: Context, what: str) -> Decimal | None:
    """The only item, None when there is none. Raises NotEvaluatedError when it is no number."""
    value = only_value(items, context, what)
    if value is not None and not is_number(value):
        raise NotEvaluatedError(f"{what} prend un nombre", f"{what} takes a number")
    return None if value is None else Decimal(value)  # type: ignore[arg-type]


def truth(items: Items, context: Context, what: str) -> bool | None:
    """A collection as a boolean: one item that is no boolean counts as true; None: empty."""
    if not items:
        return None
    value = value_of(single(items, what), context)
    return value if isinstance(value, bool) else True


def text_of(value: object) -> str | None:
    """As `toString()` writes it, None for what has no text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str | int | Moment | Quantity):
        return str(value)
    return None


def is_primitive(node: Node, context: Context) -> bool:
    return node.value is not None or context.typing.type_of(node) in PRIMITIVES
