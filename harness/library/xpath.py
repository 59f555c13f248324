"""Parses the XPath 1.0 of rules into plain data, `expressions`, which becomes Python in the compiled library (`programs`).

What rules need of XPath 1.0 is read: every operator, predicate and core function, the axes of elements and attributes, union.
Not read: variables, comments, processing instructions, id(), lang(), the namespace axis.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..model import Text
from ..namespaces import TAG_PREFIXES
from .expressions import AXES, Expression, depends_on_position, is_ordered

CORE_FUNCTIONS: Mapping[str, tuple[int, int]] = {  # name -> fewest and most arguments
    "boolean": (1, 1),
    "ceiling": (1, 1),
    "concat": (2, 99),
    "contains": (2, 2),
    "count": (1, 1),
    "false": (0, 0),
    "floor": (1, 1),
    "last": (0, 0),
    "local-name": (0, 1),
    "name": (0, 1),
    "normalize-space": (0, 1),
    "not": (1, 1),
    "number": (0, 1),
    "position": (0, 0),
    "round": (1, 1),
    "starts-with": (2, 2),
    "string": (0, 1),
    "string-length": (0, 1),
    "substring": (2, 3),
    "substring-after": (2, 2),
    "substring-before": (2, 2),
    "sum": (1, 1),
    "translate": (3, 3),
    "true": (0, 0),
}
_TOKEN = re.compile(
    r"\s*(?:(?P<text>\"[^\"]*\"|'[^']*')|(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<symbol>::|//|\.\.|!=|<=|>=|[()\[\]@,./|+=<>*-])"
    r"|(?P<name>[^\W\d][\w.-]*(?::(?:\*|(?!:)[^\W\d][\w.-]*))?))"
)
_COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">="))


class XPathError(ValueError):
    """The text is not an expression that is read here; told: where it stops being one, and why."""

    def __init__(self, told: Text) -> None:
        super().__init__(told.en)
        self.told = told


def parse(text: str, functions: Mapping[str, tuple[int, int]] = {}) -> Expression:
    """functions: names beside the core ones (`h:is-ins`), with the fewest and most arguments each takes. Raises XPathError."""
    parser = _Parser(text, functions)
    expression = parser.expression()
    parser.end()
    return expression


class _Parser:
    def __init__(self, text: str, functions: Mapping[str, tuple[int, int]]) -> None:
        self.text = text
        self.functions = {**CORE_FUNCTIONS, **functions}
        self.tokens: list[tuple[str, str, int]] = []
        self.place = 0
        start = 0
        end = len(text.rstrip())
        while start < end:
            found = _TOKEN.match(text, start)
            if found is None or found.lastgroup is None:
                begins = text[start : start + 10]
                raise XPathError(
                    Text(
                        f"colonne {start + 1} : « {begins} » n'est pas compris", f"column {start + 1}: {begins!r} is not understood"
                    )
                )
            self.tokens.append((found.lastgroup, found[found.lastgroup], found.start(found.lastgroup) + 1))
            start = found.end()

    # ---------------------------------------------------------- tokens

    def peek(self, ahead: int = 0) -> str:
        place = self.place + ahead
        if place >= len(self.tokens):
            return ""
        kind, value, _ = self.tokens[place]
        return value if kind in ("symbol", "name") else kind

    def kind(self) -> str:
        return self.tokens[self.place][0] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        if self.place >= len(self.tokens):
            raise XPathError(Text("elle finit trop tôt", "it ends too early"))
        self.place += 1
        return self.tokens[self.place - 1][1]

    def took(self, *words: str) -> str | None:
        if self.kind() in ("symbol", "name") and self.peek() in words:
            return self.take()
        return None

    def expect(self, word: str) -> None:
        if self.took(word) is None:
            raise self.error(f"« {word} » attendu", f"{word!r} expected")

    def error(self, french: str, english: str) -> XPathError:
        if self.place < len(self.tokens):
            _, value, column = self.tokens[self.place]
            return XPathError(
                Text(f"colonne {column} : {french}, trouvé : « {value} »", f"column {column}: {english}, found {value!r}")
            )
        return XPathError(Text(f"{french} à la fin", f"{english} at the end"))

    def end(self) -> None:
        if self.place < len(self.tokens):
            raise self.error("rien de plus attendu", "nothing more expected")

    # ---------------------------------------------------------- operators, the loosest first

    def expression(self) -> Expression:
        left = self.conjunction()
        while self.took("or"):
            left = ("or", left, self.conjunction())
        return left

    def conjunction(self) -> Expression:
        left = self.comparison()
        while self.took("and"):
            left = ("and", left, self.comparison())
        return left

    def comparison(self) -> Expression:
        left = self.sum()
        while operator := self.took(*_COMPARISONS):
            left = ("compare", operator, left, self.sum())
        return left

    def sum(self) -> Expression:
        left = self.product()
        while operator := self.took("+", "-"):
            left = ("math", operator, left, self.product())
        return left

    def product(self) -> Expression:
        left = self.negation()
        while operator := self.took("*", "div", "mod"):
            left = ("math", operator, left, self.negation())
        return left

    def negation(self) -> Expression:
        return ("minus", self.negation()) if self.took("-") else self.union()

    def union(self) -> Expression:
        left = self.path()
        while self.took("|"):
            left = ("union", left, self.path())
        if left[0] == "union" and not is_ordered(left):
            raise self.error(
                "une union réunit des éléments, ou des attributs que chacun de ses chemins nomme",
                "a union is of elements, or of attributes that each of its paths names",
            )
        return left

    # ---------------------------------------------------------- paths

    def path(self) -> Expression:
        if self.is_primary():
            primary = self.primary()
            predicates = self.predicates()
            if predicates:
                primary = ("filter", primary, predicates)
            return ("path", primary, self.steps(after=True)) if self.peek() in ("/", "//") else primary
        if self.peek() == "/" and not self.begins_step(1):
            self.take()
            return ("path", "root", ())
        if self.peek() in ("/", "//"):
            return ("path", "root", self.steps(after=True))
        return ("path", "context", self.steps(after=False))

    def is_primary(self) -> bool:
        if self.kind() in ("text", "number") or self.peek() == "(":
            return True
        return self.kind() == "name" and self.peek(1) == "(" and self.peek() not in ("node", "text")

    def primary(self) -> Expression:
        if self.kind() == "text":
            return ("text", self.take()[1:-1])
        if self.kind() == "number":
            return ("number", float(self.take()))
        if self.took("("):
            inside = self.expression()
            self.expect(")")
            return inside
        return self.call()

    def call(self) -> Expression:
        known = self.functions.get(self.peek())
        if known is None:
            raise self.error("fonction inconnue", "no such function")
        name = self.take()
        self.expect("(")
        arguments: list[Expression] = []
        while self.peek() != ")":
            if arguments and self.took(",") is None:
                self.expect(")")
            arguments.append(self.expression())
        if not known[0] <= len(arguments) <= known[1]:
            fewest, most = known
            french, english = (f"{fewest}", f"{fewest}") if fewest == most else (f"de {fewest} à {most}", f"{fewest} to {most}")
            raise self.error(f"{name} attend {french} arguments", f"{name} takes {english} arguments")
        self.expect(")")
        return ("call", name, tuple(arguments))

    def begins_step(self, ahead: int) -> bool:
        word = self.peek(ahead)
        return word in (".", "..", "@", "*") or (word != "" and (word[0].isalpha() or word[0] == "_"))

    def steps(self, *, after: bool) -> tuple[Any, ...]:
        """Steps separated by `/`; `//x` is read as a descendant x where that selects the same."""
        found: list[Any] = []
        separator = self.take() if after else "/"
        while True:
            step = self.step()
            if separator == "//":
                axis, test, predicates = step
                if axis == "child" and not any(depends_on_position(predicate) for predicate in predicates):
                    step = ("descendant", test, predicates)
                else:
                    found.append(("descendant-or-self", ("node",), ()))
            if step != ("self", ("node",), ()):
                found.append(step)
            next_separator = self.took("/", "//")
            if next_separator is None:
                return tuple(found)
            if step[0] == "attribute" or step[1] == ("characters",):
                raise self.error(
                    "aucun pas ne peut suivre un attribut ou un texte (écrire x[@a] au lieu de x/@a/..)",
                    "no step may follow an attribute or a text (write x[@a] for x/@a/..)",
                )
            separator = next_separator

    def step(self) -> tuple[Any, ...]:
        if self.took("."):
            return ("self", ("node",), ())
        if self.took(".."):
            return ("parent", ("node",), ())
        axis = "child"
        if self.took("@"):
            axis = "attribute"
        elif self.peek(1) == "::":
            axis = self.take()
            if axis not in AXES:
                raise self.error(f"aucun axe ne s'appelle {axis}", f"no axis is called {axis}")
            self.take()
        return (axis, self.test(axis), self.predicates())

    def test(self, axis: str) -> tuple[Any, ...]:
        if self.took("*"):
            return ("any",)
        if self.kind() != "name":
            raise self.error("un nom attendu", "a name expected")
        name = self.take()
        if self.peek() == "(" and name in ("node", "text"):
            self.expect("(")
            self.expect(")")
            return ("node",) if name == "node" else ("characters",)
        prefix, colon, local = name.rpartition(":")
        if not colon:
            return ("name", name if axis == "attribute" else f"{{}}{name}")
        if prefix not in TAG_PREFIXES:
            known = ", ".join(TAG_PREFIXES)
            raise self.error(
                f"aucun espace de noms ne s'appelle {prefix} ; connus : {known}", f"no namespace is called {prefix}; known: {known}"
            )
        return ("any in", TAG_PREFIXES[prefix]) if local == "*" else ("name", TAG_PREFIXES[prefix] + local)

    def predicates(self) -> tuple[Expression, ...]:
        found: list[Expression] = []
        while self.took("["):
            found.append(self.expression())
            self.expect("]")
        return tuple(found)
