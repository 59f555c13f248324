"""FHIRPath functions that apply an expression to each item (where, select, all), written as Python loops."""

from __future__ import annotations

from collections.abc import Callable

from .dependence import mentions_index
from .lines import Scope, Value
from .syntax import Expression
from .truths import Truths

DEEPEST = 12  # loops within loops; Python takes no more than twenty


class Loops(Truths):
    def _loop(self, focus: Value, argument: Expression, scope: Scope) -> tuple[Scope, str]:
        """Opens a loop over the items of the focus."""
        item = self.fresh("i")
        index = "0"
        over = f"({focus.code},)" if focus.kind == "one" else self.as_list(focus)
        if mentions_index(argument):
            index = self.fresh("n")
            self.line(f"for {index}, {item} in enumerate({over}):")
        else:
            self.line(f"for {item} in {over}:")
        self.indent += 1
        self.loops += 1
        return Scope(Value(item, "one", nodes=focus.nodes), index, scope.total, frame=False), item

    def _close(self) -> None:
        self.indent -= 1
        self.loops -= 1

    def counted(self, name: str, focus: Value) -> Value:
        number = "number" if name == "count" else ""
        kind = "one" if number else "truth"
        if focus.kind == "one":
            return Value({"empty": "False", "exists": "True", "count": "1"}[name], kind, plain=number)
        if focus.kind in ("truth", "maybe"):
            there = {"empty": f"{focus.code} is None", "exists": f"{focus.code} is not None"}
            return Value(self.let(there.get(name) or f"int({focus.code} is not None)"), kind, plain=number)
        made = self.let({"empty": "not {}", "exists": "bool({})", "count": "len({})"}[name].format(self.held(focus)))
        return Value(made, kind, plain=number)

    def _where(self, focus: Value, criteria: Expression, scope: Scope) -> Value:
        found = self.let("[]")
        inner, item = self._loop(focus, criteria, scope)
        holds = self.truth(criteria, inner, "criteria")
        self.line(f"if {holds}:")
        self.line(f"    {found}.append({item})")
        self._close()
        return Value(found, nodes=focus.nodes)

    def _exists(self, focus: Value, criteria: Expression, scope: Scope) -> Value:
        return self.counted("exists", self._where(focus, criteria, scope))

    def _select(self, focus: Value, projection: Expression, scope: Scope) -> Value:
        found = self.let("[]")
        inner, _ = self._loop(focus, projection, scope)
        value = self.items(projection, inner)
        self.line(f"{found} += {self.as_list(value)}")
        self._close()
        return Value(found, nodes=value.nodes)

    def _all(self, focus: Value, criteria: Expression, scope: Scope) -> Value:
        result = self.let("True")
        inner, _ = self._loop(focus, criteria, scope)
        holds = self.truth(criteria, inner, "criteria")
        self.line(f"if {holds} is not True:")
        self.line(f"    {result} = False")
        self.line("    break")
        self._close()
        return Value(result, "truth")


LOOPS: dict[str, Callable[[Loops, Value, Expression, Scope], Value]] = {
    "where": Loops._where,
    "exists": Loops._exists,
    "select": Loops._select,
    "all": Loops._all,
}
