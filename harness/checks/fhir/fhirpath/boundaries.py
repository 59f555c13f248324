"""How precise a value is, and the least and greatest that it may stand for. Source: FHIRPath 3.0.0."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from ....library.fhirpath.failures import NotEvaluatedError
from ....library.fhirpath.quantities import Quantity
from ....library.fhirpath.times import DAY, Moment
from .evaluation import Frame, Function, Items, Step
from .values import is_number, only_value, whole_number

_DIGITS = {"date": (4, 6, 8), "datetime": (4, 6, 8, 10, 12, 17), "time": (0, 0, 0, 2, 4, 9)}  # with each field that is known
_PLACES = 8
_MOST_PLACES = 28
_FIRST_ZONE, _LAST_ZONE = 14 * 60, -12 * 60  # where a day begins first, and last


def _boundary(name: str, *, low: bool) -> Function:
    def function(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
        if not items:
            return []
        value = only_value(items, frame.context, f"{name}()")
        precision = whole_number(arguments[0](frame.this, frame), frame.context, f"{name}()") if arguments else None
        found: object = None
        if isinstance(value, Quantity):
            number = _of_number(value.value, precision, low=low)
            found = None if number is None else Quantity(number, value.unit, value.calendar)
        elif is_number(value):
            found = _of_number(Decimal(value), precision, low=low)  # type: ignore[arg-type]
        elif isinstance(value, Moment):
            found = _of_moment(value, precision, low=low)
        else:
            raise NotEvaluatedError(
                f"{name}() prend un nombre, une date ou une quantité", f"{name}() takes a number, a date or a quantity"
            )
        return [] if found is None else [found]

    return function


def _of_number(number: Decimal, precision: int | None, *, low: bool) -> Decimal | None:
    places = _PLACES if precision is None else precision
    if not 0 <= places <= _MOST_PLACES:
        return None
    half = Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)
    step = Decimal(1).scaleb(-places)
    try:
        return (number - half if low else number + half).quantize(step, ROUND_FLOOR if low else ROUND_CEILING)
    except ArithmeticError:  # more digits than a Decimal has
        return None


def _of_moment(moment: Moment, precision: int | None, *, low: bool) -> Moment | None:
    digits = _DIGITS[moment.kind]
    wanted = digits[-1] if precision is None else precision
    if wanted not in digits:
        return None
    size = digits.index(wanted) + 1 if moment.kind != "time" else 6 - digits[::-1].index(wanted)
    fields = list(moment.fields)
    while len(fields) < 6:
        fields.append(_next(fields, low=low))
    if not fields[5] % 1:
        second = Decimal(fields[5])
        finest = int(second.as_tuple().exponent) < 0
        fields[5] = second if finest else second + (Decimal("0.000") if low else Decimal("0.999"))
    zone = moment.zone
    if moment.kind == "datetime" and size > DAY and zone is None:
        zone = _FIRST_ZONE if low else _LAST_ZONE
    kind = "date" if moment.kind == "datetime" and size <= DAY else moment.kind
    return Moment(kind, tuple(fields[:size]), zone if size > DAY else None)


def _next(fields: list[int | Decimal], *, low: bool) -> int | Decimal:
    """The first or last value of the field that comes after those that are known."""
    known = len(fields)
    if known == 1:
        return 1 if low else 12
    if known == 2:
        return 1 if low else monthrange(int(fields[0]), int(fields[1]))[1]
    return 0 if low else 23 if known == 3 else 59


def _precision(items: Items, _: Sequence[Step], frame: Frame) -> Items:
    if not items:
        return []
    value = only_value(items, frame.context, "precision()")
    if isinstance(value, Moment):
        return [_DIGITS[value.kind][len(value.fields) - 1]]
    if is_number(value):
        return [max(0, -int(Decimal(value).as_tuple().exponent))]  # type: ignore[arg-type]
    raise NotEvaluatedError("precision() prend un nombre ou une date", "precision() takes a number or a date")


def _comparable(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    other = arguments[0](frame.this, frame)
    if not items or not other:
        return []
    values = [only_value(some, frame.context, "comparable()") for some in (items, other)]
    units = [value.canonical[1] for value in values if isinstance(value, Quantity)]
    if len(units) != 2:
        raise NotEvaluatedError("comparable() prend des quantités", "comparable() takes quantities")
    return [units[0] == units[1]]


FUNCTIONS = {
    "lowBoundary": (_boundary("lowBoundary", low=True), 0, 1),
    "highBoundary": (_boundary("highBoundary", low=False), 0, 1),
    "precision": (_precision, 0, 0),
    "comparable": (_comparable, 1, 1),
}
