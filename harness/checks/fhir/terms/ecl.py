"""Whether a text is an expression constraint of SNOMED CT (ECL), by its syntax alone.

Source: SNOMED International, Expression Constraint Language 2.2, brief and long syntax. What stands in `{{ ... }}` (filters,
history supplements) and in terms is not read further than its end.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ....model import Text

_TOKEN = re.compile(
    r"""(?P<space>\s+|/\*.*?\*/)
    |(?P<filter>\{\{(?:"(?:\\.|[^"\\])*"|[^"}]|\}(?!\}))*\}\})
    |(?P<term>\|[^|]*\|)
    |(?P<string>"(?:\\.|[^"\\])*")
    |(?P<number>\#[+-]?\d+(?:\.\d+)?)
    |(?P<above><<!|<!|<<|!!>|>>!|>!|>>|!!<)
    |(?P<cardinality>\[\s*\d+\s*(?:\.\.|to)\s*(?:\d+|\*|many)\s*\])
    |(?P<fields>\[\s*(?:\*|[A-Za-z]\w*(?:\s*,\s*[A-Za-z]\w*)*)\s*\])
    |(?P<compared><=|>=|!=|<>)
    |(?P<concept>[1-9]\d{5,17}(?![\w#-])|\*)
    |(?P<word>[A-Za-z][\w-]*(?:\#[\w.-]+)?)
    |(?P<sign>[<>=^:,.(){}])
    """,
    re.VERBOSE | re.DOTALL,
)
_OPERATORS = frozenset(
    """descendantof descendantorselfof childof childorselfof ancestorof ancestororselfof parentof parentorselfof
    top bottom""".split()  # noqa: SIM905
)
_JOINS = frozenset({"and", "or", ","})
_DEEPEST = 64


def fault(text: str) -> Text | None:
    """What is wrong and where, None when nothing is."""
    try:
        _Reading(text).whole()
    except _NoEclError as error:
        at = error.at + 1
        return Text(f"{error.expected.fr} est attendu au caractère {at}", f"{error.expected.en} is expected at character {at}")
    return None


class _NoEclError(Exception):
    def __init__(self, expected: Text, at: int) -> None:
        self.expected, self.at = expected, at


_CONCEPT = Text("un concept, « * » ou « ( »", "a concept, `*` or `(`")
_END = Text("la fin, ou AND, OR, MINUS, « : » ou « . »", "the end, or AND, OR, MINUS, `:` or `.`")
_COMPARISON = Text("une comparaison (=, !=, <, >)", "a comparison (=, !=, <, >)")
_VALUE = Text("une valeur", "a value")


class _Reading:
    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str, int]] = []
        self._next = 0
        self._depth = 0
        at = 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise _NoEclError(Text("un signe d'ECL", "a sign of ECL"), at)
            if found.lastgroup != "space":
                self._tokens.append((str(found.lastgroup), found[0].lower(), at))
            at = found.end()
        self._tokens.append(("end", "", len(text)))

    def whole(self) -> None:
        self._expression()
        self._require(self._kind == "end", _END)

    # ---------------------------------------------------------- grammar

    def _expression(self) -> None:
        """Focus concepts joined, refined or dotted."""
        self._operand()
        if self._takes("minus"):
            self._operand()
        elif self._word in _JOINS:  # AND and OR are not mixed without parentheses
            joins = {"or"} if self._word == "or" else {"and", ","}
            while self._word in joins:
                self._step()
                self._operand()
        elif self._takes(":"):
            self._inside(self._refinement)
        else:
            while self._takes("."):
                self._operand()

    def _operand(self) -> None:
        """A concept or an expression in parentheses, with what says which of them are meant."""
        if self._kind == "above" or self._word in ("<", ">") or self._word in _OPERATORS:
            self._step()
        while self._word in ("^", "memberof"):
            self._step()
            if self._kind == "fields":
                self._step()
        if self._takes("("):
            self._inside(self._expression)
            self._close(")")
        else:
            self._require(self._kind == "concept" or (self._kind in ("word", "string") and "#" in self._word), _CONCEPT)
            self._step()
            if self._kind == "term":
                self._step()
        while self._kind == "filter":
            self._step()

    def _refinement(self) -> None:
        self._joined(self._refined)

    def _refined(self) -> None:
        """An attribute, a group of them, or a refinement in parentheses."""
        counted = self._kind == "cardinality"
        if counted:
            self._step()
        if self._takes("{"):
            self._inside(lambda: self._joined(self._attribute))
            self._close("}")
        elif not counted and self._word == "(" and self._holds_refinement():
            self._step()
            self._inside(self._refinement)
            self._close(")")
        else:
            self._compared()

    def _attribute(self) -> None:
        if self._kind == "cardinality":
            self._step()
        if self._word == "(" and self._holds_refinement():
            self._step()
            self._inside(lambda: self._joined(self._attribute))
            self._close(")")
        else:
            self._compared()

    def _holds_refinement(self) -> bool:
        """Whether a parenthesis holds attributes rather than their name: no comparison then follows its end."""
        depth, at = 0, self._next
        while at < len(self._tokens):
            word = self._tokens[at][1]
            depth += (word == "(") - (word == ")")
            at += 1
            if depth == 0:
                break
        after = self._tokens[min(at, len(self._tokens) - 1)]
        return after[0] != "compared" and after[1] not in ("=", "<", ">")

    def _compared(self) -> None:
        if self._word in ("r", "reverseof"):
            self._step()
        self._operand()
        self._require(self._kind == "compared" or self._word in ("=", "<", ">"), _COMPARISON)
        self._step()
        if self._kind in ("number", "string") or self._word in ("true", "false"):
            self._step()
        elif self._word in ("match", "wild"):
            self._step()
            self._close(":")
            self._require(self._kind == "string", _VALUE)
            self._step()
        elif self._word == "(" and self._holds_values():
            while self._word != ")":
                self._step()
            self._step()
        else:
            self._operand()

    def _holds_values(self) -> bool:
        return self._tokens[self._next + 1][0] in ("string", "number") or self._tokens[self._next + 1][1] in ("match", "wild")

    # ---------------------------------------------------------- tokens

    def _joined(self, one: Callable[[], None]) -> None:
        one()
        while self._word in _JOINS:
            self._step()
            one()

    def _inside(self, what: Callable[[], None]) -> None:
        self._depth += 1
        self._require(self._depth <= _DEEPEST, Text("moins de parenthèses", "less nesting"))
        what()
        self._depth -= 1

    @property
    def _kind(self) -> str:
        return self._tokens[self._next][0]

    @property
    def _word(self) -> str:
        return self._tokens[self._next][1]

    def _step(self) -> None:
        self._require(self._kind != "end", _VALUE)
        self._next += 1

    def _takes(self, word: str) -> bool:
        taken = self._word == word
        self._next += taken
        return taken

    def _close(self, word: str) -> None:
        self._require(self._takes(word), Text(f"« {word} »", f"`{word}`"))

    def _require(self, is_so: bool, expected: Text) -> None:
        if not is_so:
            raise _NoEclError(expected, self._tokens[self._next][2])
