"""Logic, comparisons and membership written as Python: the right side is evaluated only if the left one does not settle it."""

from __future__ import annotations

from .lines import WIDEST, Lines, Scope, Value
from .syntax import Binary, Expression, Literal

LOGIC = {"and": ("False", False), "or": ("True", True), "implies": ("False", True), "xor": ("", False)}
TRUTHS = frozenset({*LOGIC, "=", "!=", "~", "!~", "<", "<=", ">", ">="})


class Truths(Lines):
    def truth(self, tree: Expression, scope: Scope, what: str) -> str:
        """An expression as a boolean in a variable: None when it is empty. what: asks for it, as errors say."""
        if isinstance(tree, Binary) and self.indent <= WIDEST and not self.is_remembered(tree):
            if tree.operator in LOGIC:
                return self._logic(tree, scope)
            if tree.operator in TRUTHS:
                return self._compared(tree, scope)
            if tree.operator in ("in", "contains"):
                return self._among(tree, scope)
        return self.as_truth(self.items(tree, scope), what)

    def as_truth(self, value: Value, what: str) -> str:
        if value.kind == "truth":
            return value.code
        if value.told is not None:
            return "True"
        if value.kind == "one":
            if value.code in ("True", "False"):
                return value.code
            return self.let(f"truth([{value.code}], context, {what!r})")
        code = self.held(value)
        if value.nodes:
            return self.let(f"truth({code}, context, {what!r})")
        plain = f"{code}[0] if len({code}) == 1 and {code}[0].__class__ is bool"
        return self.let(f"{plain} else truth({code}, context, {what!r})")

    def negated(self, truth: str) -> str:
        return self.let(f"None if {truth} is None else not {truth}")

    def _logic(self, tree: Binary, scope: Scope) -> str:
        """As the left side leaves it open, or not."""
        sign = tree.operator
        left = self.truth(tree.left, scope, sign)
        result = self.fresh()
        if sign == "xor":
            right = self.truth(tree.right, scope, sign)
            self.line(f"{result} = None if {left} is None or {right} is None else {left} is not {right}")
            return result
        enough, given = LOGIC[sign]
        self.line(f"if {left} is {enough}:")
        self.line(f"    {result} = {given}")
        self.line("else:")
        self.indent += 1
        right = self.truth(tree.right, scope, sign)
        self.line(f"{result} = {given} if {right} is {given} else None if {left} is None or {right} is None else {not given}")
        self.indent -= 1
        return result

    def _compared(self, tree: Binary, scope: Scope) -> str:
        sign = tree.operator
        left = self.items(tree.left, scope)
        if isinstance(tree.right, Literal) and left.plain == _plain(tree.right.value) != "" and sign not in ("~", "!~"):
            compared = f"{left.code} {'==' if sign == '=' else sign} {tree.right.value!r}"
            return self.let(compared if left.kind == "one" else f"None if {left.code} is None else {compared}")
        if sign in ("=", "!=") and (text := text_told(tree.right)) is not None:
            same = self._equals_text(left, text)
            return same if sign == "=" else self.negated(same)
        right = self.items(tree.right, scope)
        if sign == "=" and left.kind == right.kind == "truth":
            return self.let(f"None if {left.code} is None or {right.code} is None else {left.code} == {right.code}")
        if sign == "=" and left.plain == right.plain == "text":
            absent = "".join(f"{side.code} is None or " for side in (left, right) if side.kind == "maybe")
            same = f"{left.code} == {right.code}"
            return self.let(f"None if {absent.removesuffix(' or ')} else {same}" if absent else same)
        one, other = self.held(left), self.as_list(right)
        if sign == "=":
            return self.let(f"equal({one}, {other}, context)")
        if sign == "!=":
            return self.negated(self.let(f"equal({one}, {other}, context)"))
        if sign in ("~", "!~"):
            return self.let(f"equivalent({one}, {other}, context) is {sign == '~'}")
        rank = self.let(f"order({one}, {other}, context, {sign!r})")
        return self.let(f"None if {rank} is None else {rank} {sign} 0")

    def _equals_text(self, left: Value, text: str) -> str:
        if left.kind == "one" and left.nodes:
            plain = f"{left.code}.raw == {text!r} if {left.code}.raw.__class__ is str"
            return self.let(f"{plain} else equal([{left.code}], [{text!r}], context)")
        code = self.held(left)
        node = "" if left.nodes else f" and isinstance({code}[0], Node)"
        plain = f"{code}[0].raw == {text!r} if len({code}) == 1{node} and {code}[0].raw.__class__ is str"
        if not left.nodes:
            plain += f" else {code}[0] == {text!r} if len({code}) == 1 and {code}[0].__class__ is str"
        return self.let(f"{plain} else equal({code}, [{text!r}], context)")

    def _among(self, tree: Binary, scope: Scope) -> str:
        left = self.held(self.items(tree.left, scope))
        if tree.operator == "in" and (texts := texts_told(tree.right)):
            known = self.fixed(repr(tuple(texts)))
            return self.let(f"among_texts({left}, {self.fixed(f'frozenset({known})')}, {known}, context)")
        right = self.as_list(self.items(tree.right, scope))
        one, others, gathered = (left, right, tree.right) if tree.operator == "in" else (right, left, tree.left)
        among = "among_remembered" if self.is_remembered(gathered) else "among"
        return self.let(f"{among}({one}, {others}, context, {tree.operator!r})")


def _plain(value: object) -> str:
    return "text" if isinstance(value, str) else "number" if type(value) is int else ""


def text_told(tree: Expression) -> str | None:
    return tree.value if isinstance(tree, Literal) and isinstance(tree.value, str) else None


def texts_told(tree: Expression) -> list[str]:
    """Of texts one after another with `|`."""
    if isinstance(tree, Binary) and tree.operator == "|":
        left, right = texts_told(tree.left), texts_told(tree.right)
        return [*left, *right] if left and right else []
    told = text_told(tree)
    return [] if told is None else [told]
