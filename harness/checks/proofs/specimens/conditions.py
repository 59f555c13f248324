"""Makes conditions true of an element: those of constraints, and the assertions of rules that ask something plain.

Plain is an element, an attribute, a value, a number of them: all that a `where` can say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
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

Steps = tuple[Any, ...]
"""Of a path, as `library.xpath` reads it: axis, test and predicates of each."""


class Conditions:
    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def satisfy(self, element: etree._Element, where: Where) -> None:
        """Changes what is needed for the condition to hold. Raises Unplaced."""
        if not holds(element, where):
            self._make(element, _parsed(predicate(where)))

    def obey(self, element: etree._Element, asked: Expression) -> None:
        """Makes the assertion true on an element. Raises Unplaced where it is not plain; nothing is then changed."""
        plain = next(filter(_is_plain, _options(asked)), None)
        if plain is None:
            raise Unplaced(Text("la règle ne dit pas simplement quoi écrire", "the rule does not plainly say what to write"))
        self._make(element, asked if _is_plain(asked) else plain)

    def _make(self, element: etree._Element, asked: Expression, avoided: frozenset[str] | None = None) -> None:
        """True; or false, and then nothing says one of the values that are avoided."""
        wanted = avoided is None
        match asked:
            case ("call", "not", (inner,)):
                self._make(element, inner, frozenset(_texts(inner)) if wanted else None)
            case ("and" | "or" as kind, left, right) if (kind == "and") is wanted:
                self._make(element, left, avoided)
                self._make(element, right, avoided)
            case ("and" | "or", left, right):  # one of them is enough
                if self._holds(element, asked) is not wanted:
                    try:
                        self._make(element, left, avoided)
                    except Unplaced:
                        self._make(element, right, avoided)
            case ("compare", "=" | "!=" as operator, ("path", _, (*before, (_, (_, name), _))), ("text", value)):
                if (operator == "=") is wanted:
                    self._write(element, tuple(before), name, value)
                else:
                    self._unwrite(element, tuple(before), name, avoided or {value})
            case ("compare", operator, ("call", "count", (("path", _, steps),)), ("number", number)):
                self._number(element, steps, operator, int(number))
            case ("path", _, steps) if wanted:
                if not self._found(element, steps):
                    self._grow(element, steps)
            case ("path", _, steps):
                self._take_away(element, steps)

    def _holds(self, element: etree._Element, asked: Expression) -> bool:
        match asked:
            case ("and", left, right):
                return self._holds(element, left) and self._holds(element, right)
            case ("or", left, right):
                return self._holds(element, left) or self._holds(element, right)
            case ("call", "not", (inner,)):
                return not self._holds(element, inner)
            case ("compare", "=" | "!=" as operator, ("path", _, steps), ("text", value)):
                name = attribute_named(steps[-1][1][1])
                return any((one.get(name) == value) is (operator == "=") for one in self._found(element, steps))
            case ("path", _, steps):
                return bool(self._found(element, steps))
        return False  # a type is written without prefix

    def _found(self, element: etree._Element, steps: Steps) -> list[etree._Element]:
        """The elements that a path leads to; those that bear the attribute, where it ends with one."""
        here = [element]
        for axis, (*_, name), predicates in steps:
            if axis == "attribute":
                return [one for one in here if attribute_named(name) in one.attrib]
            here = [child for one in here for child in children(one, None if name == "any" else name)]
            here = [one for one in here if all(self._holds(one, predicate) for predicate in predicates)]
        return here

    def _write(self, element: etree._Element, before: Steps, name: str, value: str) -> None:
        bearing = self._found(element, before)
        if any(one.get(attribute_named(name)) == value for one in bearing):
            return
        if not bearing or tag_of(bearing[0]) == "templateId":
            bearing = [self._grow(element, before)]
        self._writer.values.write(bearing[0], name, value)

    def _unwrite(self, element: etree._Element, before: Steps, name: str, values: Collection[str]) -> None:
        for one in self._found(element, before):
            if one.get(attribute_named(name)) in values:
                if tag_of(one) == "templateId":
                    _remove(one)
                else:
                    self._writer.values.write_other(one, name, values)

    def _number(self, element: etree._Element, steps: Steps, operator: str, number: int) -> None:
        if operator in ("=", ">=", ">"):
            wanted = number + (operator == ">")
            *before, (axis, test, predicates) = steps
            for option in _options(predicates[-1]) if predicates else ():  # `count(x[a or b]) = 2` means one of each
                choice = (*before, (axis, test, (*predicates[:-1], option)))
                if len(self._found(element, steps)) < wanted and not self._found(element, choice):
                    self._grow(element, choice)
            for _ in range(wanted - len(self._found(element, steps))):
                self._grow(element, steps)
        if operator in ("=", "<=", "<"):
            for one in self._found(element, steps)[number - (operator == "<") :]:
                _remove(one)

    def _take_away(self, element: etree._Element, steps: Steps) -> None:
        axis, (*_, name), _ = steps[-1]
        for one in self._found(element, steps):
            if axis == "child":
                _remove(one)
            elif name == "nullFlavor":
                self._writer.values.unnull(one)
            else:
                drop(one, attribute_named(name))

    def _grow(self, element: etree._Element, steps: Steps) -> etree._Element:
        """A new element at the end of these steps, with what their predicates ask."""
        if not steps:
            return element
        (axis, (*_, name), predicates), rest = steps[0], steps[1:]
        if name == "any":
            raise Unplaced(Text("rien ne dit quel élément écrire", "nothing says which element to write"))
        if axis == "attribute":
            value = "UNK" if name == "nullFlavor" else self._writer.values.value_for(element, name, ()) or samples.CODE
            self._writer.values.write(element, name, value)
            return element
        for one in self._found(element, (steps[0],)) if rest else ():
            try:
                return self._grow(one, rest)
            except Unplaced:
                continue
        one = self._writer.child(element, name) if rest else self._writer.grow(element, (name,))
        for asked in predicates:
            self._make(one, asked)
        return self._grow(one, rest)


@cache
def _parsed(condition: str) -> Expression:
    return xpath.parse(condition, ARGUMENTS)


def _options(asked: Expression) -> list[Expression]:
    return [*_options(asked[1]), *_options(asked[2])] if asked[0] == "or" else [asked]


def _texts(part: Any) -> Iterator[str]:
    """The values that are named in it."""
    if isinstance(part, tuple):
        if part and part[0] == "text":
            yield part[1]
        for inside in part:
            yield from _texts(inside)


def _is_plain(asked: Expression) -> bool:
    """Made of child steps, attributes, texts and numbers alone."""
    match asked:
        case ("and" | "or", left, right):
            return _is_plain(left) and _is_plain(right)
        case ("call", "not", (inner,)):
            return _is_plain(inner)
        case ("compare", "=" | "!=", ("path", _, (*_, ("attribute", _, _))) as path, ("text", _)):
            return _is_plain(path)
        case ("compare", _, ("call", "count", (("path", _, _) as path,)), ("number", _)):
            return _is_plain(path)
        case ("path", "context", steps):
            return bool(steps) and all(
                axis in ("child", "attribute") and test[0] == "name" and all(map(_is_plain, predicates))
                for axis, test, predicates in steps
            )
    return False


def _remove(element: etree._Element) -> None:
    if (parent := element.getparent()) is not None:
        parent.remove(element)
