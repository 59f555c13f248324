"""An expression as a tree. Source: FHIRPath N1 (2.0.0), grammar and operator precedence."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal

from ...model import Text
from ...values import dataclass
from .failures import FhirPathError
from .lexing import Token, tokens
from .quantities import Quantity
from .times import Moment, read_moment


@dataclass(frozen=True, slots=True)
class Literal:
    """value: None for `{}`."""

    value: object
    at: int


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple[Expression, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Special:
    """name: `this`, `index` or `total`."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Constant:
    """`%name`."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Dot:
    left: Expression
    right: Expression
    at: int


@dataclass(frozen=True, slots=True)
class Index:
    left: Expression
    position: Expression
    at: int


@dataclass(frozen=True, slots=True)
class Sign:
    """`+` or `-` before an expression."""

    sign: str
    operand: Expression
    at: int


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: Expression
    right: Expression
    at: int


@dataclass(frozen=True, slots=True)
class TypeTest:
    """`left is type`, `left as type`; namespace is `""` when none is written."""

    operator: str
    left: Expression
    namespace: str
    type: str
    at: int


Expression = Literal | Member | Call | Special | Constant | Dot | Index | Sign | Binary | TypeTest


def parts(tree: Expression) -> Iterator[Expression]:
    """An expression and all those within it, the outer ones first."""
    waiting: deque[Expression] = deque((tree,))
    while waiting:
        yield (part := waiting.popleft())
        for value in (getattr(part, field.name) for field in fields(part)):
            waiting += (one for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, Expression))


_RANK = {
    "implies": 1,
    **dict.fromkeys(("or", "xor"), 2),
    "and": 3,
    **dict.fromkeys(("in", "contains"), 4),
    **dict.fromkeys(("=", "~", "!=", "!~"), 5),
    **dict.fromkeys(("<", ">", "<=", ">="), 6),
    "|": 7,
    **dict.fromkeys(("is", "as"), 8),
    **dict.fromkeys(("+", "-", "&"), 9),
    **dict.fromkeys(("*", "/", "div", "mod"), 10),
}
_PERIODS = ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")
_CALENDAR = {**{name: name for name in _PERIODS}, **{f"{name}s": name for name in _PERIODS}}
_LONGEST_NUMBER = 40
DEPTH = 200  # expressions within expressions; the deepest published invariant has some ten


def parse(expression: str) -> Expression:
    """Raises FhirPathError, with the column, when the text is no FHIRPath."""
    return _Parser(expression).whole()


class _Parser:
    def __init__(self, expression: str) -> None:
        self._text = expression
        self._tokens = tokens(expression)
        self._next = 0
        self._depth = 0

    def whole(self) -> Expression:
        found = self._expression(0)
        if self._token.kind != "end":
            raise self._unexpected()
        return found

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._token
        self._next += 1
        return token

    def _take_sign(self, sign: str) -> bool:
        if self._token.kind == "sign" and self._token.text == sign:
            self._next += 1
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._take_sign(sign):
            raise self._unexpected(Text(f"`{sign}` est attendu", f"`{sign}` is expected"))

    def _unexpected(self, expected: Text | None = None) -> FhirPathError:
        token = self._token
        said = Text(f"`{token.text}` n'a pas sa place ici", f"`{token.text}` has no place here")
        if token.kind == "end":
            said = Text("l'expression finit trop tôt", "the expression ends too early")
        if expected is not None:
            said = Text(f"{said.fr}, {expected.fr}", f"{said.en}, {expected.en}")
        return FhirPathError(said, token.at, self._text)

    def _expression(self, floor: int) -> Expression:
        self._depth += 1
        if self._depth > DEPTH:
            deep = Text(f"plus de {DEPTH} expressions imbriquées", f"more than {DEPTH} expressions within one another")
            raise FhirPathError(deep, self._token.at, self._text)
        left = self._signed()
        while True:
            token = self._token
            rank = _RANK.get(token.text, 0) if token.kind in ("sign", "name") else 0
            if rank <= floor:
                break
            self._take()
            if token.text in ("is", "as"):
                namespace, name = self._type()
                left = TypeTest(token.text, left, namespace, name, token.at)
            else:
                left = Binary(token.text, left, self._expression(rank), token.at)
        self._depth -= 1
        return left

    def _type(self) -> tuple[str, str]:
        first = self._identifier()
        if self._take_sign("."):
            return first, self._identifier()
        return "", first

    def _identifier(self) -> str:
        if self._token.kind not in ("name", "quoted"):
            raise self._unexpected(Text("un nom est attendu", "a name is expected"))
        return self._take().text

    def _signed(self) -> Expression:
        token = self._token
        if token.kind == "sign" and token.text in "+-":
            self._take()
            return Sign(token.text, self._signed(), token.at)
        return self._chain()

    def _chain(self) -> Expression:
        left = self._term()
        while True:
            token = self._token
            if self._take_sign("."):
                left = Dot(left, self._invocation(), token.at)
            elif self._take_sign("["):
                position = self._expression(0)
                self._expect("]")
                left = Index(left, position, token.at)
            else:
                return left

    def _term(self) -> Expression:
        token = self._token
        if token.kind in ("integer", "decimal", "long"):
            return self._number()
        if token.kind == "string":
            self._take()
            return Literal(token.text, token.at)
        if token.kind in ("date", "datetime", "time"):
            self._take()
            return Literal(self._moment(token), token.at)
        if token.kind == "name" and token.text in ("true", "false"):
            self._take()
            return Literal(token.text == "true", token.at)
        if self._take_sign("("):
            inside = self._expression(0)
            self._expect(")")
            return inside
        if self._take_sign("{"):
            self._expect("}")
            return Literal(None, token.at)
        if self._take_sign("%"):
            if self._token.kind == "string":
                return Constant(self._take().text, token.at)
            return Constant(self._identifier(), token.at)
        return self._invocation()

    def _invocation(self) -> Expression:
        token = self._token
        if token.kind == "special":
            self._take()
            return Special(token.text[1:], token.at)
        name = self._identifier()
        if not self._take_sign("("):
            return Member(name, token.at)
        arguments: list[Expression] = []
        if not self._take_sign(")"):
            arguments.append(self._argument(name))
            while self._take_sign(","):
                arguments.append(self._argument(name))
            self._expect(")")
        return Call(name, tuple(arguments), token.at)

    def _argument(self, function: str) -> Expression:
        argument = self._expression(0)
        if function == "sort" and self._token.kind == "name" and self._token.text in ("asc", "desc"):
            token = self._take()
            return Sign("-", argument, token.at) if token.text == "desc" else argument
        return argument

    def _number(self) -> Literal:
        token = self._take()
        if len(token.text) > _LONGEST_NUMBER:
            long = Text(f"un nombre de plus de {_LONGEST_NUMBER} signes", f"a number of more than {_LONGEST_NUMBER} signs")
            raise FhirPathError(long, token.at, self._text)
        number = Decimal(token.text) if token.kind == "decimal" else int(token.text.removesuffix("L"))
        following = self._token
        if following.kind == "string":
            self._take()
            return Literal(Quantity(Decimal(number), following.text), token.at)
        if following.kind == "name" and following.text in _CALENDAR:
            self._take()
            return Literal(Quantity(Decimal(number), _CALENDAR[following.text], calendar=True), token.at)
        return Literal(number, token.at)

    def _moment(self, token: Token) -> Moment:
        moment = read_moment(token.text[1:], token.kind)
        if moment is None:
            kind = {"date": "une date", "time": "une heure"}.get(token.kind, "une date et une heure")
            raise FhirPathError(Text(f"{token.text} n'est pas {kind}", f"{token.text} is no {token.kind}"), token.at, self._text)
        return moment
