"""XPath 1.0 (library/expressions.py) as Python, written for what is wanted of an expression: a truth, a text, a number or items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..expressions import Expression, is_number
from ..functions import Signature, function_name
from .keys import CLAIMED, TO_ROOT, tag_test
from .paths import Paths, Walk
from .writing import claims, one_of

_BOOLEAN_FUNCTIONS = frozenset(("not", "boolean", "true", "false", "contains", "starts-with"))
_NAMES = {"substring-before": "substring_before", "substring-after": "substring_after", "translate": "translated"}
_ROUNDINGS = {"floor": "floor", "ceiling": "ceiling", "round": "rounded"}


class Expressions(Paths):
    """Writes expressions that are asked of one item.

    functions: of ours, by their `h:` names.
    """

    def __init__(self, functions: Mapping[str, Signature]) -> None:
        super().__init__()
        self._functions = functions
        self.answered: dict[tuple[Expression, str], str] = {}  # calls of ours, asked of an item: what stands for their answers

    # ---------------------------------------------------------- as a truth

    def truth(self, expression: Expression, item: str, depth: int = 0, *, is_text: bool = False) -> str:
        match expression:
            case ("or", _, _):
                return self._any_of(alternatives(expression), item, depth)
            case ("and", left, right):
                return f"({self.truth(left, item, depth)} and {self.truth(right, item, depth)})"
            case ("compare", operator, left, right):
                return self._comparison(operator, left, right, item, depth)
            case ("call", "not", (inner,)):
                return f"(not {self.truth(inner, item, depth)})"
            case ("call", "boolean", (inner,)):
                return self.truth(inner, item, depth)
            case ("call", "true" | "false" as name, ()):
                return "True" if name == "true" else "False"
            case ("call", "contains", (left, right)):
                return f"({self.text(right, item, depth)} in {self.text(left, item, depth)})"
            case ("call", "starts-with", (left, right)):
                return f"{self.text(left, item, depth)}.startswith({self.text(right, item, depth)})"
            case ("path", "context", ()):
                return "True"
            case ("path", "context", steps):
                return "False" if is_text else self._leads(steps, item, depth)
        kind = self._kind(expression)
        if kind == "nodes":
            return self.walk(expression, item, depth, placed=False).leads()
        if kind == "number":
            return f"is_true({self.number(expression, item, depth)})"
        if kind == "boolean":
            return self._called(expression, item, depth)
        return f"({self.text(expression, item, depth)} != '')"

    def _leads(self, steps: tuple[Any, ...], item: str, depth: int) -> str:
        match steps:
            case (("attribute", ("name", name), ()),):
                return f"({name!r} in {item}.attributes)"
            case (("child", ("name", tag), ()),):
                return f"({tag!r} in {item}.named)"
            case (("preceding-sibling", ("name", tag), ()),):
                if depth > 0:
                    return f"({item}.parent.named.get({tag!r}, ({item},))[0].order < {item}.order)"
                return f"has_before({item}, {tag!r})"
            case (("child", ("characters",), (("call", "normalize-space", ()),)),):
                return f"{item}.has_text"
            case (("child", ("name", "templateId"), (("compare", "=", ("path", "context", steps_to), ("text", root)),)),) if (
                steps_to == TO_ROOT
            ):
                return claims(item, frozenset((root,)))
            case ((axis, test, predicates), *others) if axis in ("self", "parent") and test[0] != "characters":
                if axis == "parent" and depth == 0:
                    return self._reach(steps, item, depth)
                if axis == "parent":
                    item, depth = f"{item}.parent", depth - 1
                if any(is_number(predicate) for predicate in predicates):
                    return self._reach((("self", test, predicates), *others), item, depth)
                asked = [tag_test(test, f"{item}.tag"), *(self.truth(predicate, item, depth) for predicate in predicates)]
                if others:
                    asked.append(self._leads(tuple(others), item, depth))
                return f"({' and '.join(part for part in asked if part) or 'True'})"
            case (("child", ("name", tag), _), *_):
                return f"({tag!r} in {item}.named and {self._reach(steps, item, depth)})"
        return self._reach(steps, item, depth)

    def _reach(self, steps: tuple[Any, ...], item: str, depth: int) -> str:
        match steps:
            case (*before, ("child", ("name", tag), ())) if before:  # that there are such children, not which
                walk = self._steps(Walk(item, depth), tuple(before), placed=False)
                if walk.clauses and not walk.is_text:
                    walk.clauses.append(f"if {tag!r} in {walk.item}.named")
                    return walk.listed("1")
        return self._steps(Walk(item, depth), steps, placed=False).leads()

    def _any_of(self, options: list[Expression], item: str, depth: int) -> str:
        """`@a = 'x' or @a = 'y'` and `self::x or self::y` are one look-up each."""
        values: dict[Expression, set[str]] = {}
        tags: set[str] = set()
        others: list[str] = []
        for option in options:
            match option:
                case ("compare", "=", ("path", _, _) as path, ("text", value)):
                    values.setdefault(path, set()).add(value)
                case ("path", "context", (("self", ("name", tag), ()),)):
                    tags.add(tag)
                case _:
                    others.append(self.truth(option, item, depth))
        quick = [one_of(frozenset(tags), f"{item}.tag")] if tags else []
        quick += [self._some_among(path, frozenset(allowed), item, depth) for path, allowed in values.items()]
        return f"({' or '.join([*quick, *others])})"

    def _comparison(self, operator: str, left: Expression, right: Expression, item: str, depth: int) -> str:
        kinds = self._kind(left), self._kind(right)
        if operator not in ("=", "!="):
            return self._ordered(operator, left, right, item, depth)
        if left[:2] == ("call", "normalize-space") and right == ("text", ""):
            if not left[2] or left[2] == (("path", "context", ()),):
                return f"(not is_said({item}))" if operator == "=" else f"is_said({item})"
            spaced = self.text(left[2][0], item, depth)
            return f"(not {spaced}.strip())" if operator == "=" else f"({spaced}.strip() != '')"
        if "boolean" in kinds:
            sign = "is" if operator == "=" else "is not"
            return f"(bool({self.truth(left, item, depth)}) {sign} bool({self.truth(right, item, depth)}))"
        if "number" in kinds:
            return self._ordered(operator, left, right, item, depth)
        if "nodes" not in kinds:
            sign = "==" if operator == "=" else "!="
            return f"({self.text(left, item, depth)} {sign} {self.text(right, item, depth)})"
        return self._existential(left, right, item, depth, equal=operator == "=")

    def _existential(self, left: Expression, right: Expression, item: str, depth: int, *, equal: bool) -> str:
        """Some text of the one side equals (or differs from) some text of the other."""
        if self._kind(left) != "nodes":
            left, right = right, left
        if right[0] == "text" and equal:
            return self._some_among(left, frozenset((right[1],)), item, depth)
        match left, right:
            case ("path", "context", (("attribute", ("name", one), ()),)), (
                "path",
                "context",
                (("attribute", ("name", two), ()),),
            ) if equal:
                return f"({item}.attributes.get({one!r}, 0) == {item}.attributes.get({two!r}, 1))"  # what is not there is no text
        match left:
            case ("path", "context", (("attribute", ("name", name), ()),)) if self._kind(right) != "nodes":
                other = self.text(right, item, depth)
                if equal:
                    return f"({name!r} in {item}.attributes and {item}.attributes[{name!r}] == {other})"
                return f"({item}.attributes.get({name!r}, {other}) != {other})"
            case ("path", "context", (("attribute", ("name", name), ()),)) if equal and right[:2] == ("path", "root"):
                return f"({item}.attributes.get({name!r}) in {self._texts(right, item, depth)})"
        if self._kind(right) != "nodes":
            texts, other = self._texts(left, item, depth), self.text(right, item, depth)
            return f"({other} in {texts})" if equal else f"differs({texts}, {other})"
        return f"{'meet' if equal else 'differ'}({self._texts(left, item, depth)}, {self._texts(right, item, depth)})"

    def _some_among(self, path: Expression, allowed: frozenset[str], item: str, depth: int) -> str:
        """One of the texts that the path leads to is one of those allowed."""
        match path:
            case ("path", "context", ()):
                return f"({one_of(allowed, f'string_value({item})')})"
            case ("path", "context", (("attribute", ("name", name), ()),)):
                return f"({one_of(allowed, f'{item}.attributes.get({name!r})')})"
            case _ if path == CLAIMED:
                return claims(item, allowed)
            case ("path", start, (*before, ("attribute", ("name", name), ()))) if before or start != "context":
                walk = self.walk(("path", start, tuple(before)), item, depth, placed=False)
                said = f"{walk.item}.attributes.get({name!r})"
            case _:
                walk = self.walk(path, item, depth, placed=False)
                said = walk.item if walk.is_text else f"string_value({walk.item})"
        if not walk.clauses:
            return f"({one_of(allowed, said)})"
        return f"([1 {' '.join(walk.clauses)} if {one_of(allowed, said)}])"

    def _texts(self, expression: Expression, item: str, depth: int, *, each: bool = False) -> str:
        """The texts of what it selects; each: once for each item. Those of a path from the root are found once a document."""
        if expression[:2] == ("path", "root") and not each:
            kept = self._from_root(expression[2])
            said = kept.listed() if kept.is_text else kept.listed(f"string_value({kept.item})")
            return self.kept(item, f"frozenset({said})", f"frozenset({said})")  # not the name under which they stand in order
        walk = self.walk(expression, item, depth, placed=each)
        if each and walk.scattered:
            walk = self.over(self.sorted(walk), walk.depth, is_text=walk.is_text)
        return walk.listed() if walk.is_text else walk.listed(f"string_value({walk.item})")

    def _ordered(self, operator: str, left: Expression, right: Expression, item: str, depth: int) -> str:
        sign = {"=": "=="}.get(operator, operator)
        many = [self._kind(side) == "nodes" for side in (left, right)]
        if not any(many):
            return f"({self.number(left, item, depth)} {sign} {self.number(right, item, depth)})"
        one, other = self.names.fresh("v"), self.names.fresh("v")
        clauses = []
        for side, name, is_many in zip((left, right), (one, other), many, strict=True):
            if is_many:
                clauses.append(f"for {name} in [number(said) for said in {self._texts(side, item, depth)}]")
            else:
                clauses.append(f"for {name} in ({self.number(side, item, depth)},)")
        return f"([1 {' '.join(clauses)} if {one} {sign} {other}])"

    # ---------------------------------------------------------- as a text or a number

    def text(self, expression: Expression, item: str, depth: int = 0) -> str:
        match expression:
            case ("text", words):
                return repr(words)
            case ("path", "context", ()):
                return f"string_value({item})"
            case ("path", "context", (("attribute", ("name", name), ()),)):
                return f"{item}.attributes.get({name!r}, '')"
            case ("call", name, arguments) if name not in self._functions and self._kind(expression) == "string":
                return self._core_text(name, arguments, item, depth)
        kind = self._kind(expression)
        if kind == "nodes":
            walk = self.walk(expression, item, depth)
            return f"{'first_text' if walk.is_text else 'first'}({self.sorted(walk)})"
        if kind == "number":
            return f"spelled({self.number(expression, item, depth)})"
        if kind == "boolean":
            return f"('true' if {self.truth(expression, item, depth)} else 'false')"
        return self._called(expression, item, depth)

    def _core_text(self, name: str, arguments: tuple[Expression, ...], item: str, depth: int) -> str:
        if name in ("local-name", "name"):
            of = self.nodes(arguments[0], item, depth) if arguments else f"({item},)"
            return f"name_of({of}, {name!r})"
        if name == "substring":
            match arguments[1:]:
                case (("number", first),) if first >= 1 and first == int(first):
                    return f"{self.text(arguments[0], item, depth)}[{int(first) - 1}:]"
                case (("number", first), ("number", length)) if first >= 1 and first == int(first) and length == int(length) >= 0:
                    return f"{self.text(arguments[0], item, depth)}[{int(first) - 1}:{int(first + length) - 1}]"
            bounds = ", ".join(self.number(bound, item, depth) for bound in arguments[1:])
            return f"substring({self.text(arguments[0], item, depth)}, {bounds})"
        parts = [self.text(argument, item, depth) for argument in arguments or (("path", "context", ()),)]
        if name == "string":
            return parts[0]
        if name == "normalize-space":
            return f"' '.join({parts[0]}.split())"
        if name == "concat":
            return f"({' + '.join(parts)})"
        return f"{_NAMES[name]}({', '.join(parts)})"

    def number(self, expression: Expression, item: str, depth: int = 0) -> str:
        match expression:
            case ("number", value):
                return repr(int(value)) if value == int(value) else repr(value)
            case ("minus", inner):
                return f"(-{self.number(inner, item, depth)})"
            case ("math", operator, left, right):
                one, other = self.number(left, item, depth), self.number(right, item, depth)
                if operator in ("div", "mod"):
                    return f"{'divided' if operator == 'div' else 'remainder'}({one}, {other})"
                return f"({one} {operator} {other})"
            case ("call", "position" | "last" as name, ()):
                position, size = self.focus[-1] if self.focus else ("1", "1")
                return position if name == "position" else size
            case ("call", "count", (inner,)):
                return f"len({self.nodes(inner, item, depth)})"
            case ("call", "sum", (inner,)):
                return f"sum([number(said) for said in {self._texts(inner, item, depth, each=True)}])"
            case ("call", "floor" | "ceiling" | "round" as name, (inner,)):
                return f"{_ROUNDINGS[name]}({self.number(inner, item, depth)})"
            case ("call", "string-length", arguments):
                return f"len({self.text(arguments[0] if arguments else ('path', 'context', ()), item, depth)})"
            case ("call", "number", arguments):
                return self.number(arguments[0] if arguments else ("path", "context", ()), item, depth)
        if self._kind(expression) == "boolean":
            return f"float(bool({self.truth(expression, item, depth)}))"
        return f"number({self.text(expression, item, depth)})"

    # ---------------------------------------------------------- functions of ours

    def _called(self, expression: Expression, item: str, depth: int) -> str:
        if (expression, item) in self.answered:
            return self.answered[expression, item]
        _, name, arguments = expression
        if name == "h:matches" and arguments[1][0] == "text":
            match = self.once(f"whole_match({arguments[1][1]!r})")
            return f"({match}({self.text(arguments[0], item, depth)}) is not None)"
        write = self.nodes if self._functions[name].takes_nodes else self.text
        given = ", ".join(write(argument, item, depth) for argument in arguments)
        return f"{function_name(name)}({given})"

    def _kind(self, expression: Expression) -> str:
        name = expression[0]
        if name in ("path", "union", "filter"):
            return "nodes"
        if is_number(expression):
            return "number"
        if name in ("or", "and", "compare"):
            return "boolean"
        if name == "call" and expression[1] in _BOOLEAN_FUNCTIONS:
            return "boolean"
        if name == "call" and expression[1] in self._functions:
            return self._functions[expression[1]].gives
        return "string"


def alternatives(expression: Expression) -> list[Expression]:
    """What an `or` of several offers, in order."""
    if expression[0] != "or":
        return [expression]
    return [*alternatives(expression[1]), *alternatives(expression[2])]
