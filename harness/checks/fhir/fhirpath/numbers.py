"""Arithmetic, functions on numbers, and conversions. Source: FHIRPath N1 (2.0.0), math, conversion, utility functions."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ....library.fhirpath import times
from ....library.fhirpath.failures import NotEvaluatedError
from ....library.fhirpath.quantities import Quantity, read_quantity
from ....library.fhirpath.times import Moment, read_moment
from .evaluation import Context, Frame, Function, Items, Step
from .values import is_number, number, only_value, text_of, value_of

_INTEGER = re.compile(r"[+-]?\d{1,10}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_TRUE = frozenset({"true", "t", "yes", "y", "1", "1.0"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "0.0"})
_STEP = Decimal("0.00000001")
_SMALLEST, _LARGEST, _LARGEST_LONG = -(2**31), 2**31 - 1, 2**63 - 1
_UNITS = {"a": "year", "mo": "month", "wk": "week", "d": "day", "h": "hour", "min": "minute", "s": "second", "ms": "millisecond"}


def rounded(number: Decimal) -> Decimal:
    """To the eight decimals that a Decimal of FHIRPath has. Raises ArithmeticError when the number has no end."""
    if not number.is_finite():
        raise OverflowError
    return number if number.as_tuple().exponent >= -8 else number.quantize(_STEP).normalize()  # type: ignore[operator]


def operate(sign: str, left: Items, right: Items, frame: Frame) -> Items:
    """`+`, `-`, `*`, `/`, `div`, `mod` and `&`."""
    if not left or not right:
        return []
    one, other = (only_value(items, frame.context, sign) for items in (left, right))
    try:
        found = _operated(sign, one, other)
    except ArithmeticError:
        return []
    except TypeError as error:
        raise NotEvaluatedError(f"« {sign} » : ces valeurs ne vont pas ensemble", str(error)) from None
    return [] if found is None else [found]


def joined(items: Items, context: Context) -> str:
    """As `&` takes it."""
    if not items:
        return ""
    text = text_of(only_value(items, context, "&"))
    if text is None:
        raise NotEvaluatedError("« & » prend des chaînes", "`&` takes strings")
    return text


def _operated(sign: str, one: object, other: object) -> object:
    if is_number(one) and is_number(other):
        return _calculated(sign, one, other)
    if isinstance(one, str) and isinstance(other, str) and sign == "+":
        return one + other
    if isinstance(one, Moment) and isinstance(other, Quantity) and sign in "+-":
        return _moved(sign, one, other)
    if sign in ("*", "/") and isinstance(one, Quantity) and is_number(other):
        return Quantity(_calculated(sign, one.value, Decimal(other)), one.unit, one.calendar)  # type: ignore[arg-type]
    if sign == "*" and is_number(one) and isinstance(other, Quantity):
        return Quantity(Decimal(one) * other.value, other.unit, other.calendar)  # type: ignore[arg-type]
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return _of_quantities(sign, one, other)
    raise NotEvaluatedError(
        f"« {sign} » entre {text_of(one)!r} et {text_of(other)!r}", f"`{sign}` between {text_of(one)!r} and {text_of(other)!r}"
    )


def _calculated(sign: str, one: Any, other: Any) -> Any:
    if sign == "/":
        return rounded(Decimal(one) / Decimal(other))
    if sign in ("div", "mod"):
        quotient = int(Decimal(one) / Decimal(other))
        return quotient if sign == "div" else one - quotient * other
    if sign == "*":
        return one * other
    return one + other if sign == "+" else one - other


def _moved(sign: str, moment: Moment, quantity: Quantity) -> Moment | None:
    unit = quantity.unit if quantity.calendar else _UNITS.get(quantity.unit, "")
    if not unit or (not quantity.calendar and unit in ("year", "month")):
        raise NotEvaluatedError(
            f"{quantity} n'est pas une durée qui s'ajoute à une date",
            f"{quantity} is not a duration that can be added to a date",
        )
    return times.shifted(moment, quantity.value if sign == "+" else -quantity.value, unit)


def _of_quantities(sign: str, one: Quantity, other: Quantity) -> Quantity | None:
    if sign in ("+", "-"):
        if one.unit == other.unit and one.calendar == other.calendar:
            return Quantity(one.value + other.value if sign == "+" else one.value - other.value, one.unit, one.calendar)
        (left, unit), (right, as_unit) = one.canonical, other.canonical
        return None if unit != as_unit else Quantity(left + right if sign == "+" else left - right, unit)
    (left, unit), (right, as_unit) = one.canonical, other.canonical
    if sign == "*":
        units = [part for part in (unit, as_unit) if part != "1"]
        return Quantity(left * right, ".".join(units) if len(set(units)) == len(units) else f"{unit}2" if units else "1")
    if sign == "/":
        return Quantity(left / right, "1" if unit == as_unit else unit if as_unit == "1" else f"{unit}/{as_unit}")
    raise NotEvaluatedError(f"« {sign} » entre des quantités", f"`{sign}` between quantities")


def negated(items: Items, frame: Frame) -> Items:
    if not items:
        return []
    value = only_value(items, frame.context, "-")
    if isinstance(value, Quantity):
        return [Quantity(-value.value, value.unit, value.calendar)]
    if not is_number(value):
        raise NotEvaluatedError("« - » prend un nombre", "`-` takes a number")
    return [-value]  # type: ignore[operator]


# ----------------------------------------------------------------- conversions


def _to_boolean(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    if is_number(value):
        return {1: True, 0: False}.get(value)  # type: ignore[call-overload,no-any-return]
    if isinstance(value, str):
        return True if value.lower() in _TRUE else False if value.lower() in _FALSE else None
    return None


def _to_integer(value: object) -> int | None:
    if isinstance(value, bool | int):
        return int(value)
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        number = int(value)
        return number if _SMALLEST <= number <= _LARGEST else None
    return None


def _to_decimal(value: object) -> Decimal | None:
    if isinstance(value, bool | int | Decimal):
        return Decimal(value)
    return Decimal(value) if isinstance(value, str) and _DECIMAL.fullmatch(value) else None


def _to_quantity(value: object) -> Quantity | None:
    if isinstance(value, Quantity):
        return value
    if isinstance(value, bool | int | Decimal):
        return Quantity(Decimal(value), "1")
    return read_quantity(value) if isinstance(value, str) else None


def _to_date(value: object) -> Moment | None:
    text = str(value) if isinstance(value, Moment) and value.kind != "time" else value
    if not isinstance(text, str) or ("T" in text and read_moment(text, "datetime") is None):
        return None
    return read_moment(text.partition("T")[0], "date")


def _to_date_time(value: object) -> Moment | None:
    if isinstance(value, Moment) and value.kind == "time":
        return None
    text = str(value) if isinstance(value, Moment) else value
    return read_moment(text, "datetime") if isinstance(text, str) else None


def _to_time(value: object) -> Moment | None:
    if isinstance(value, Moment):
        return value if value.kind == "time" else None
    return read_moment(value, "time") if isinstance(value, str) else None


def _converted(name: str, convert: Callable[[object], object]) -> Function:
    def function(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
        if not items:
            return []
        found = convert(only_value(items, frame.context, f"to{name}()"))
        if arguments and isinstance(found, Quantity):
            return _in_unit(found, arguments[0](frame.this, frame), frame)
        return [] if found is None else [found]

    return function


def _in_unit(quantity: Quantity, asked: Items, frame: Frame) -> Items:
    unit = only_value(asked, frame.context, "toQuantity()")
    if unit is None:
        return []
    value, base = quantity.canonical
    ratio, as_base = Quantity(Decimal(1), str(unit)).canonical
    if base != as_base:
        return []
    return [quantity if quantity.unit == unit else Quantity(value / ratio, str(unit))]


def _converts(name: str, convert: Callable[[object], object]) -> Function:
    to = _converted(name, convert)

    def function(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
        return [bool(to(items, arguments, frame))] if items else []

    return function


_CONVERSIONS: dict[str, Callable[[object], object]] = {
    "Boolean": _to_boolean,
    "Integer": _to_integer,
    "Long": _to_integer,
    "Decimal": _to_decimal,
    "String": text_of,
    "Quantity": _to_quantity,
    "Date": _to_date,
    "DateTime": _to_date_time,
    "Time": _to_time,
}


# ------------------------------------------------------------------------ math


def _of_number(name: str, make: Callable[[int | Decimal], object]) -> Function:
    def function(items: Items, _: Sequence[Step], frame: Frame) -> Items:
        if not items:
            return []
        value = only_value(items, frame.context, f"{name}()")
        quantity = value if isinstance(value, Quantity) and name in ("abs",) else None
        number = quantity.value if quantity else value
        if not is_number(number):
            raise NotEvaluatedError(f"{name}() prend un nombre", f"{name}() takes a number")
        try:
            found = make(number)  # type: ignore[arg-type]
        except (ValueError, ArithmeticError):
            return []
        return [Quantity(found, quantity.unit, quantity.calendar) if quantity else found]  # type: ignore[arg-type]

    return function


def _numbers(name: str, items: Items, arguments: Sequence[Step], frame: Frame) -> list[Decimal | None]:
    """What stands before the dot, and each argument."""
    return [number(some, frame.context, f"{name}()") for some in (items, *(step(frame.this, frame) for step in arguments))]


def _round(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    value, places = [*_numbers("round", items, arguments, frame), Decimal(0)][:2]  # to a whole number, unless more is asked
    if value is None or places is None:
        return []
    if places < 0 or places % 1:
        raise NotEvaluatedError("round() prend un nombre entier de décimales", "round() takes a whole number of places")
    try:
        return [value.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP)]
    except ArithmeticError:  # it has no more digits than it is asked to have
        return [value]


def _log(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    value, base = _numbers("log", items, arguments, frame)
    if value is None or base is None or value <= 0 or base <= 0 or base == 1:
        return []
    return [rounded(value.log10() / base.log10())]


def _power(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    if not items:
        return []
    value, exponent = _numbers("power", items, arguments, frame)
    if value is None or exponent is None:
        return []
    try:
        found = value**exponent
    except ArithmeticError:
        return []
    whole = isinstance(value_of(items[0], frame.context), int) and exponent % 1 == 0 and exponent >= 0
    if whole:
        return [int(found)] if abs(found) <= _LARGEST_LONG else []
    return [rounded(found)]


def _exp(number: int | Decimal) -> Decimal:
    return rounded(Decimal(number).exp())


FUNCTIONS = {
    **{f"to{name}": (_converted(name, convert), 0, 1 if name == "Quantity" else 0) for name, convert in _CONVERSIONS.items()},
    **{
        f"convertsTo{name}": (_converts(name, convert), 0, 1 if name == "Quantity" else 0) for name, convert in _CONVERSIONS.items()
    },
    "abs": (_of_number("abs", abs), 0, 0),
    "ceiling": (_of_number("ceiling", math.ceil), 0, 0),
    "floor": (_of_number("floor", math.floor), 0, 0),
    "truncate": (_of_number("truncate", int), 0, 0),
    "exp": (_of_number("exp", _exp), 0, 0),
    "ln": (_of_number("ln", lambda number: rounded(Decimal(number).ln())), 0, 0),
    "sqrt": (_of_number("sqrt", lambda number: rounded(Decimal(number).sqrt())), 0, 0),
    "round": (_round, 0, 1),
    "log": (_log, 1, 1),
    "power": (_power, 1, 1),
}
