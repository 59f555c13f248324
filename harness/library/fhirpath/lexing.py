"""Tokens of FHIRPath. Source: FHIRPath N1 (2.0.0), lexical elements."""

from __future__ import annotations

import re

from ...model import Text
from ...values import dataclass
from .failures import FhirPathError

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|//[^\r\n]*|/\*.*?\*/)
  | (?P<time>@T\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?)
  | (?P<datetime>@\d{4}(?:-\d\d(?:-\d\d)?)?T(?:\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?)?)
  | (?P<date>@\d{4}(?:-\d\d(?:-\d\d)?)?)
  | (?P<long>\d+L\b)
  | (?P<decimal>\d+\.\d+)
  | (?P<integer>\d+)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<quoted>`(?:\\.|[^`\\])*`)
  | (?P<string>'(?:\\.|[^'\\])*')
  | (?P<special>\$(?:this|index|total)\b)
  | (?P<sign><=|>=|!=|!~|[-+*/&|<>=~.,()\[\]{}%])
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"f": "\f", "n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Token:
    """kind: `name`, `string`, `integer`, `sign`, `end`…; text: as it counts, without quotes and escapes; at: its offset, from 0."""

    kind: str
    text: str
    at: int


def tokens(expression: str) -> list[Token]:
    """Ends with a token of kind `end`. Raises FhirPathError at the first character that begins no token."""
    found: list[Token] = []
    at = 0
    while at < len(expression):
        match = _TOKEN.match(expression, at)
        if match is None:
            begins = expression[at : at + 12]
            raise FhirPathError(Text(f"rien ne commence par « {begins} »", f"no token begins with {begins!r}"), at, expression)
        kind = match.lastgroup or ""
        if kind == "quoted":
            found.append(Token("quoted", unescaped(match[0][1:-1]), at))
        elif kind == "string":
            found.append(Token(kind, unescaped(match[0][1:-1]), at))
        elif kind != "space":
            found.append(Token(kind, match[0], at))
        at = match.end()
    found.append(Token("end", "", len(expression)))
    return found


def unescaped(text: str) -> str:
    """An escape that the specification does not know stands for its letter."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda match: _character(match[1]), text)


def _character(escape: str) -> str:
    return chr(int(escape[1:], 16)) if len(escape) == 5 else _ESCAPED.get(escape, escape)
