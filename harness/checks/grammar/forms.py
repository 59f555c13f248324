"""Lexical forms of attributes: which values are valid, and how a message describes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from ...model import Text
from ...remembered import remembered
from ...values import dataclass

_SPACES = re.compile("[ \\t\\r\\n]+")  # those of XML, and no other such as the no-break space
_SHOWN = 6  # names listed in a message before the rest is counted
_REMEMBERED = 4096  # values of a form
_LONGEST_REMEMBERED = 256  # characters: what is longer hardly comes again, and a batch of such would fill the memory


@dataclass(frozen=True, slots=True)
class Form:
    """fits: whether a value is good; expected: what to tell a person; values: all the good ones, where they are listed;
    verbatim: the spaces around and within a value are part of it, where XML Schema reads strings and not names or numbers."""

    fits: Callable[[str], bool]
    expected: Text
    required: bool = False
    values: tuple[str, ...] = ()
    verbatim: bool = False


class Forms:
    """Lexical forms of attributes, each compiled once; checked values are remembered, as documents repeat them."""

    def __init__(
        self,
        forms: Mapping[str, Any],
        values: Mapping[str, Sequence[str]],
        verbatim: Collection[str] = (),
        said: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    ) -> None:
        self._forms = forms
        self._said = said
        self._values = values
        self._verbatim = verbatim

    def attribute(self, said: Any, *, required: bool) -> Form:
        if isinstance(said, str) and said.startswith("="):
            form = _one_of((said[1:],))
        elif isinstance(said, str):
            form = self._named(said)
        else:
            form = _one_of(said)
        return replace(form, required=required)

    @remembered
    def _named(self, name: str) -> Form:
        form = self._compile(name)
        return replace(form, verbatim=True) if name in self._verbatim else form

    def _compile(self, name: str) -> Form:
        if name in self._values:
            return _one_of(self._values[name])
        said = self._forms[name]
        if isinstance(said, str):
            matches = re.compile(said).fullmatch
            told = Text(**self._said.get(name, {"fr": name, "en": name}))
            return Form(_remembered(lambda value: matches(value) is not None), told)
        if "any" in said:
            options = [self._named(option) for option in said["any"]]
            expected = Text(" ; ou ".join(o.expected.fr for o in options), "; or ".join(o.expected.en for o in options))
            return Form(_remembered(lambda value: any(o.fits(value) for o in options)), expected)
        word = self._named(said["words"])
        return Form(_remembered(lambda value: all(word.fits(w) for w in words(value))), word.expected)


def words(value: str) -> list[str]:
    """What stands between the spaces of XML."""
    return [word for word in _SPACES.split(value) if word]


def _one_of(said: Iterable[object]) -> Form:
    values = tuple(map(str, said))
    return Form(frozenset(values).__contains__, Text(listed(values), listed(values)), values=values)


def _remembered(fits: Callable[[str], bool]) -> Callable[[str], bool]:
    known: dict[str, bool] = {}

    def look_up(value: str) -> bool:
        answer = known.get(value)
        if answer is None:
            answer = fits(value)
            if len(known) < _REMEMBERED and len(value) < _LONGEST_REMEMBERED:
                known[value] = answer
        return answer

    return look_up


def listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown + (f", … (+{len(names) - _SHOWN})" if len(names) > _SHOWN else "")
