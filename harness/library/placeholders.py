"""The expressions that messages and hints of rules hold between braces: XPath in those of CDA, FHIRPath in those of FHIR."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from ..model import Rule, Text

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_SHOWN = 300  # characters of a value that a message repeats


def placeholders(message: str) -> list[str]:
    return _PLACEHOLDER.findall(message)


def has_loose_brace(message: str) -> bool:
    return not {"{", "}"}.isdisjoint(_PLACEHOLDER.sub("", message))


def filled(rule: Rule, value_of: Callable[[str], str]) -> tuple[Text, Text]:
    """Message and hint, with the value of each expression in its place: asked once for both and both languages, cut where long."""
    known: dict[str, str] = {}

    def with_values(text: str) -> str:
        if "{" not in text:
            return text
        pieces = list(_pieces(text))
        for place in range(1, len(pieces), 2):
            expression = pieces[place]
            if expression not in known:
                said = " ".join(value_of(expression)[: 2 * _SHOWN].split())
                known[expression] = said if len(said) <= _SHOWN else said[:_SHOWN] + "…"
            pieces[place] = known[expression]
            if not known[expression] and pieces[place + 1].startswith((" ", ".", ",")):  # a number without a unit
                pieces[place - 1] = pieces[place - 1].removesuffix(" ")
        return "".join(pieces)

    message, hint = rule.message, rule.hint
    return Text(with_values(message.fr), with_values(message.en)), Text(with_values(hint.fr), with_values(hint.en))


@lru_cache(maxsize=2048)
def _pieces(text: str) -> tuple[str, ...]:
    """Words, the expression after them, words, and so on."""
    return tuple(_PLACEHOLDER.split(text))
