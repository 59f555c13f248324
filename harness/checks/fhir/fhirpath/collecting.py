"""Functions on collections: existence, filtering, subsets, combining, navigation. Source: FHIRPath N1 (2.0.0), functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ....documents.fhir_tree import Node
from ....library.fhirpath.failures import NotEvaluatedError
from .evaluation import Context, Frame, Function, Items, Step
from .values import equal, key, only_value, order, single, truth, value_of, whole_number

_LIMIT = 1_000_000  # items that `repeat` may gather


def _holds(step: Step, item: object, inner: Frame) -> bool:
    inner.this = [item]
    result = step(inner.this, inner)
    if len(result) == 1 and isinstance(result[0], bool):
        return result[0]
    return truth(result, inner.context, "criteria") is True


def _of_items(make: Callable[[Items], Items]) -> Function:
    """A function that takes nothing more."""
    return lambda items, _, __: make(items)


def _of_others(make: Callable[[Items, Items, Context], Items]) -> Function:
    """A function that takes other items."""
    return lambda items, arguments, frame: make(items, arguments[0](frame.this, frame), frame.context)


def _of_number(name: str, make: Callable[[Items, int], Items]) -> Function:
    """A function that takes a number of items; nothing less than none."""

    def function(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
        number = whole_number(arguments[0](frame.this, frame), frame.context, f"{name}()")
        return [] if number is None else make(items, max(number, 0))

    return function


def _of_booleans(name: str, test: Callable[[Iterable[bool]], bool], *, wanted: bool) -> Function:
    def function(items: Items, _: Sequence[Step], frame: Frame) -> Items:
        values = [value_of(item, frame.context) for item in items]
        if not all(isinstance(value, bool) for value in values):
            raise NotEvaluatedError(f"{name}() prend des booléens", f"{name}() takes booleans")
        return [test(value is wanted for value in values)]

    return function


def _exists(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    if not arguments:
        return [bool(items)]
    return [bool(_where(items, arguments, frame))]


def _where(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    inner, step, found = frame.inner(), arguments[0], []
    for index, item in enumerate(items):
        inner.index = index
        if _holds(step, item, inner):
            found.append(item)
    return found


def _select(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    inner, step, found = frame.inner(), arguments[0], []
    for index, item in enumerate(items):
        inner.index, inner.this = index, [item]
        found += step(inner.this, inner)
    return found


def _all(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    inner, step = frame.inner(), arguments[0]
    for index, item in enumerate(items):
        inner.index = index
        if not _holds(step, item, inner):
            return [False]
    return [True]


def _repeat(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    inner, step = frame.inner(), arguments[0]
    found: Items = []
    seen: set[object] = set()
    waiting = list(items)
    while waiting:
        inner.this = [waiting.pop(0)]
        for item in step(inner.this, inner):
            mark = id(item) if isinstance(item, Node) else key(item, frame.context)
            if mark not in seen:
                seen.add(mark)
                found.append(item)
                waiting.append(item)
        if len(found) > _LIMIT:
            raise NotEvaluatedError(f"repeat() rassemble plus de {_LIMIT} éléments", f"repeat() gathers more than {_LIMIT} items")
    return found


def _aggregate(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    inner = frame.inner()
    inner.total = arguments[1](frame.this, frame) if len(arguments) > 1 else []
    for index, item in enumerate(items):
        inner.index, inner.this = index, [item]
        inner.total = arguments[0](inner.this, inner)
    return inner.total


def _iif(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    single(items or [None], "iif()")
    inner = frame.inner()
    inner.this = items
    criterion = arguments[0](items, inner)
    if criterion and not isinstance(only_value(criterion, frame.context, "iif()"), bool):
        raise NotEvaluatedError("le critère de iif() n'est pas un booléen", "the criterion of iif() is not a boolean")
    if truth(criterion, frame.context, "iif()"):
        return arguments[1](items, inner)
    return arguments[2](items, inner) if len(arguments) > 2 else []


def _trace(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    """Prints nothing: only the verdict is wanted. Its arguments are evaluated all the same, as they may be wrong."""
    arguments[0](frame.this, frame)
    if len(arguments) > 1:
        _select(items, arguments[1:], frame)
    return items


def _not(items: Items, _: Sequence[Step], frame: Frame) -> Items:
    value = truth(items, frame.context, "not()")
    return [] if value is None else [not value]


def _first_of_each(items: Items, context: Context) -> Items:
    seen: set[object] = set()
    found = []
    for item in items:
        mark = key(item, context)
        if mark not in seen:
            seen.add(mark)
            found.append(item)
    return found


def _distinct(items: Items, _: Sequence[Step], frame: Frame) -> Items:
    return _first_of_each(items, frame.context)


def _is_distinct(items: Items, _: Sequence[Step], frame: Frame) -> Items:
    return [len(items) < 2 or len(_keys(items, frame.context)) == len(items)]


def _keys(items: Items, context: Context) -> set[object]:
    return {key(item, context) for item in items}


def _intersect(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    if not items:
        return []
    other = _keys(arguments[0](frame.this, frame), frame.context)
    return [item for item in _first_of_each(items, frame.context) if key(item, frame.context) in other]


def _exclude(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    if not items:
        return []
    other = _keys(arguments[0](frame.this, frame), frame.context)
    return [item for item in items if key(item, frame.context) not in other]


def united(items: Items, context: Context) -> Items:
    """What `|` joined, each once."""
    return items if len(items) < 2 else _first_of_each(items, context)


def _children(items: Items) -> Items:
    return [child for item in items if isinstance(item, Node) for children in item.children.values() for child in children]


def _descendants(items: Items, _: Sequence[Step], frame: Frame) -> Items:
    found: Items = []
    below = frame.context.below
    for item in items:
        if isinstance(item, Node):
            if item not in below:
                below[item] = list(item.walk())[1:]
            found += below[item]
    return found


def is_in(left: Items, right: Items, context: Context, what: str) -> Items:
    """Whether the item on the left is among those on the right."""
    if not left:
        return []
    item = single(left, what)
    return [any(equal([item], [other], context) for other in right)]


class _Rank:
    """What an item is sorted by. What is empty comes first, whichever way the others are sorted."""

    def __init__(self, items: Items, frame: Frame, sign: int) -> None:
        self.items, self.frame, self.sign = items, frame, sign

    def __lt__(self, other: _Rank) -> bool:
        if not self.items or not other.items:
            return not self.items and bool(other.items)
        return order(self.items, other.items, self.frame.context, "sort()") == self.sign


def _sort(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    found = list(items)
    inner = frame.inner()
    for step in reversed(arguments or (lambda items, _: items,)):
        operand = getattr(step, "operand", None)  # of `-x`, the other way round
        ranks: dict[int, _Rank] = {}
        for item in found:
            inner.this = [item]
            ranks[id(item)] = _Rank((operand or step)(inner.this, inner), frame, 1 if operand else -1)
        found.sort(key=lambda item: ranks[id(item)])
    return found


# Name: the function, and how few and how many arguments it takes.
FUNCTIONS: dict[str, tuple[Function, int, int]] = {
    "empty": (_of_items(lambda items: [not items]), 0, 0),
    "exists": (_exists, 0, 1),
    "where": (_where, 1, 1),
    "select": (_select, 1, 1),
    "all": (_all, 1, 1),
    "repeat": (_repeat, 1, 1),
    "aggregate": (_aggregate, 1, 2),
    "iif": (_iif, 2, 3),
    "trace": (_trace, 1, 2),
    "allTrue": (_of_booleans("allTrue", all, wanted=True), 0, 0),
    "anyTrue": (_of_booleans("anyTrue", any, wanted=True), 0, 0),
    "allFalse": (_of_booleans("allFalse", all, wanted=False), 0, 0),
    "anyFalse": (_of_booleans("anyFalse", any, wanted=False), 0, 0),
    "not": (_not, 0, 0),
    "count": (_of_items(lambda items: [len(items)]), 0, 0),
    "distinct": (_distinct, 0, 0),
    "isDistinct": (_is_distinct, 0, 0),
    "subsetOf": (_of_others(lambda one, other, context: [_keys(one, context) <= _keys(other, context)]), 1, 1),
    "supersetOf": (_of_others(lambda one, other, context: [_keys(one, context) >= _keys(other, context)]), 1, 1),
    "intersect": (_intersect, 1, 1),
    "exclude": (_exclude, 1, 1),
    "union": (_of_others(lambda one, other, context: united([*one, *other], context)), 1, 1),
    "combine": (_of_others(lambda one, other, _: [*one, *other]), 1, 1),
    "single": (_of_items(lambda items: [single(items, "single()")] if items else []), 0, 0),
    "first": (_of_items(lambda items: items[:1]), 0, 0),
    "last": (_of_items(lambda items: items[-1:]), 0, 0),
    "tail": (_of_items(lambda items: items[1:]), 0, 0),
    "skip": (_of_number("skip", lambda items, number: items[number:]), 1, 1),
    "take": (_of_number("take", lambda items, number: items[:number]), 1, 1),
    "children": (_of_items(_children), 0, 0),
    "descendants": (_descendants, 0, 0),
    "sort": (_sort, 0, 99),
}
