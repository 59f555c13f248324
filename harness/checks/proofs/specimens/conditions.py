"""Makes conditions true of an element: those of constraints, and the assertions of rules that ask something plain.

Plain is an element, an attribute, a value, a number of them: all that a `where` can say.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from lxml import etree

from ....library import xpath
from ....library.expressions import Expression
from ....library.functions import ARGUMENTS
from ....model import Text, Where
from ....namespaces import attribute_named
from ..as_xpath import predicate
from . import samples
from .tree import Unplaced, children, drop, holds, tag_of

if TYPE_CHECKING:
    from .writing import Writer


class Conditions:
    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def satisfy(self, element: etree._Element, where: Where) -> None:
        """Changes what is needed for the condition to hold. Raises Unplaced."""
        if not holds(element, where):
            self._obey(element, _parsed(predicate(where)))

    def obey(self, element: etree._Element, asked: Expression) -> None:
        """Makes the assertion true on an element. Raises Unplaced where it is not plain; nothing is then changed."""
        if asked[0] == "or":
            asked = next((option for option in _options(asked) if _is_plain(option)), asked)
        if not _is_plain(asked):
            raise _not_plain()
        self._obey(element, asked)

    def _obey(self, element: etree._Element, asked: Expression) -> None:
        match asked:
            case ("and", left, right):
                self._obey(element, left)
                self._obey(element, right)
            case ("or", left, right) if not self._holds(element, asked):
                try:
                    self._obey(element, left)
                except Unplaced:
                    self._obey(element, right)
            case ("or", _, _):
                pass
            case ("call", "not", (inner,)):
                self._deny(element, inner)
            case ("compare", "=", ("path", "context", steps), ("text", value)):
                self._write(element, steps, value)
            case ("compare", "!=", ("path", "context", _) as path, ("text", _) as text):
                self._deny(element, ("compare", "=", path, text))
            case ("compare", operator, ("call", "count", (("path", "context", steps),)), ("number", number)):
                self._number(element, steps, operator, int(number))
            case ("path", "context", steps):
                if not self._holds(element, asked):
                    self._grow(element, steps)
            case _:
                raise _not_plain()

    def _holds(self, element: etree._Element, asked: Expression) -> bool:
        """Whether a plain assertion holds on an element. Raises Unplaced where it is not plain."""
        match asked:
            case ("and", left, right):
                return self._holds(element, left) and self._holds(element, right)
            case ("or", left, right):
                return self._holds(element, left) or self._holds(element, right)
            case ("call", "not", (inner,)):
                return not self._holds(element, inner)
            case ("compare", "=", ("call", "substring-after", _), _):
                return False  # a type is written without prefix
            case ("compare", "=", ("path", "context", steps), ("text", value)):
                return value in self._values(element, steps)
            case ("compare", "!=", ("path", "context", steps), ("text", value)):
                return any(found != value for found in self._values(element, steps))
            case ("path", "context", (*steps, ("attribute", ("name", _), ()) as last)):
                return bool(self._values(element, (*steps, last)))
            case ("path", "context", steps):
                return bool(self._found(element, steps))
        raise _not_plain()

    def _found(self, element: etree._Element, steps: tuple[Any, ...]) -> list[etree._Element]:
        here = [element]
        for axis, test, predicates in steps:
            if axis == "attribute":
                return [one for one in here if attribute_named(test[1]) in one.attrib]
            if axis != "child" or test[0] not in ("name", "any"):
                raise _not_plain()
            name = test[1] if test[0] == "name" else None
            here = [child for one in here for child in children(one, name)]
            here = [one for one in here if all(self._holds(one, predicate) for predicate in predicates)]
        return here

    def _values(self, element: etree._Element, steps: tuple[Any, ...]) -> list[str]:
        before, name = _attribute(steps)
        values = [one.get(attribute_named(name)) for one in self._found(element, before)]
        return [value for value in values if value is not None]

    def _write(self, element: etree._Element, steps: tuple[Any, ...], value: str) -> None:
        if value in self._values(element, steps):
            return
        before, name = _attribute(steps)
        bearing = self._found(element, before)
        if not bearing or tag_of(bearing[0]) == "templateId":
            bearing = [self._grow(element, before)]
        self._writer.values.write(bearing[0], name, value)

    def _number(self, element: etree._Element, steps: tuple[Any, ...], operator: str, number: int) -> None:
        found = self._found(element, steps)
        if operator in ("=", ">=", ">"):
            wanted = number + (operator == ">")
            for choice in _choices(steps):  # `count(x[a or b]) = 2` means one of each
                if len(found) < wanted and not self._found(element, choice):
                    self._grow(element, choice)
                    found = self._found(element, steps)
            for _ in range(wanted - len(found)):
                self._grow(element, steps)
        if operator in ("=", "<=", "<"):
            for one in found[number - (operator == "<") :]:
                if (parent := one.getparent()) is not None:
                    parent.remove(one)

    def _deny(self, element: etree._Element, inner: Expression, among: tuple[str, ...] = ()) -> None:
        """among: other values that are not wanted either."""
        match inner:
            case ("path", "context", steps):
                self._take_away(element, steps)
            case ("compare", "=", ("call", "substring-after", _), _):
                pass
            case ("compare", "=", ("path", "context", steps), ("text", value)):
                before, name = _attribute(steps)
                for one in self._found(element, before):
                    if one.get(attribute_named(name)) == value:
                        self._unwrite(one, name, (value, *among))
            case ("or", _, _):
                options = _options(inner)
                values = tuple(option[3][1] for option in options if option[0] == "compare")
                for option in options:
                    self._deny(element, option, values)
            case ("and", left, _):
                self._deny(element, left)
            case ("call", "not", (denied,)):
                self._obey(element, denied)
            case _:
                raise _not_plain()

    def _unwrite(self, element: etree._Element, name: str, values: tuple[str, ...]) -> None:
        if tag_of(element) == "templateId" and (parent := element.getparent()) is not None:
            parent.remove(element)
        else:
            self._writer.values.write_other(element, name, values)

    def _take_away(self, element: etree._Element, steps: tuple[Any, ...]) -> None:
        before, name = _attribute(steps) if steps[-1][0] == "attribute" else (steps, "")
        for one in self._found(element, before):
            if name == "nullFlavor":
                self._writer.values.unnull(one)
            elif name:
                drop(one, attribute_named(name))
            elif (parent := one.getparent()) is not None:
                parent.remove(one)

    def _say(self, element: etree._Element, name: str) -> None:
        value = "UNK" if name == "nullFlavor" else self._writer.values.value_for(element, name, ()) or samples.CODE
        self._writer.values.write(element, name, value)

    def _grow(self, element: etree._Element, steps: tuple[Any, ...]) -> etree._Element:
        """A new element at the end of these steps, with what their predicates ask."""
        if not steps:
            return element
        (axis, test, predicates), rest = steps[0], steps[1:]
        if axis == "attribute":
            self._say(element, test[1])
            return element
        if axis != "child" or test[0] != "name":
            raise _not_plain()
        present = self._found(element, (steps[0],)) if rest else []
        for one in present:
            try:
                return self._grow(one, rest)
            except Unplaced:
                continue
        one = self._writer.child(element, test[1]) if rest else self._writer.grow(element, (test[1],))
        for asked in predicates:
            self._obey(one, asked)
        return self._grow(one, rest)


@cache
def _parsed(condition: str) -> Expression:
    return xpath.parse(condition, ARGUMENTS)


def _options(asked: Expression) -> list[Expression]:
    return [*_options(asked[1]), *_options(asked[2])] if asked[0] == "or" else [asked]


def _is_plain(asked: Expression) -> bool:
    """Made of child steps, attributes, texts and numbers alone."""
    match asked:
        case ("and" | "or", left, right):
            return _is_plain(left) and _is_plain(right)
        case ("call", "not", (inner,)):
            return _is_plain(inner)
        case ("compare", "=" | "!=", ("path", "context", steps), ("text", _)):
            return bool(steps) and steps[-1][0] == "attribute" and _are_plain(steps)
        case ("compare", _, ("call", "count", (("path", "context", steps),)), ("number", _)):
            return _are_plain(steps)
        case ("path", "context", steps):
            return _are_plain(steps)
    return False


def _are_plain(steps: tuple[Any, ...]) -> bool:
    return bool(steps) and all(
        axis in ("child", "attribute") and test[0] == "name" and all(map(_is_plain, predicates)) for axis, test, predicates in steps
    )


def _attribute(steps: tuple[Any, ...]) -> tuple[tuple[Any, ...], str]:
    if not steps or steps[-1][0] != "attribute" or steps[-1][1][0] != "name":
        raise _not_plain()
    return steps[:-1], steps[-1][1][1]


def _choices(steps: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The path once for each option of an `or` in its last predicate."""
    axis, test, predicates = steps[-1]
    if not predicates:
        return [steps]
    return [(*steps[:-1], (axis, test, (*predicates[:-1], option))) for option in _options(predicates[-1])]


def _not_plain() -> Unplaced:
    return Unplaced(Text("la règle ne dit pas simplement quoi écrire", "the rule does not plainly say what to write"))
