"""Comprehensions of what was written, as loops: until Python 3.12 each costs a function made and called, and one that is only asked
whether it finds anything goes on after it did.

Everything that is written only reads, so that what an expression needs may be worked out in lines before it; what stands behind an
`and` or an `or` still is only when it is asked.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TypedDict

_Lines = list[ast.stmt]


class _Place(TypedDict):
    lineno: int
    col_offset: int


_AT: _Place = {"lineno": 1, "col_offset": 0}  # what is made here has no place of its own, and code needs one


def with_loops(source: str) -> ast.Module:
    """What the source of functions says, with loops (but within a `lambda`). Each statement begins on a line and ends there."""
    module = ast.parse(source)
    lines = [line.lstrip() for line in source.split("\n")]
    for function in module.body:
        if isinstance(function, ast.FunctionDef):
            function.body = _Writer(lines).rewritten(function.body)
    return module


class _Writer:
    def __init__(self, source: Sequence[str]) -> None:
        self._source = source
        self._last = 0
        self._lines: _Lines = []  # being written
        self._loops_in: dict[ast.AST, bool] = {}

    def rewritten(self, body: Sequence[ast.stmt]) -> _Lines:
        def write() -> None:
            for line in body:
                self._statement(line)

        return self._written(write)

    def _written(self, write: Callable[[], object]) -> _Lines:
        """The lines that are written meanwhile."""
        outside, self._lines = self._lines, []
        write()
        written, self._lines = self._lines, outside
        return written

    def _statement(self, line: ast.stmt) -> None:
        if " for " not in self._source[line.lineno - 1]:  # most have none, which is soon seen
            if isinstance(line, (ast.If, ast.For)):
                line.body = self.rewritten(line.body)
            self._lines.append(line)
            return
        match line:
            case ast.If(test, body):
                self._asked([test], lambda: self._lines.extend(self.rewritten(body)))
                return
            case ast.For(target, ast.ListComp(found, generators), body):
                self._loops(
                    generators, lambda _: self._lines.extend([_assigned(target, self._value(found)), *self.rewritten(body)])
                )
                return
            case ast.For():
                line.iter = self._value(line.iter)
                line.body = self.rewritten(line.body)
            case ast.Assign() | ast.Expr():
                line.value = self._value(line.value)
        self._lines.append(line)

    # ---------------------------------------------------------- expressions

    def _value(self, said: ast.expr) -> ast.expr:
        if not self._has_loop(said):
            return said
        match said:
            case ast.ListComp():
                return self._listed(said)
            case ast.Call(ast.Name("first" | "first_text" as name), [ast.ListComp() as found]):
                one = ast.BoolOp(ast.Or(), [self._first(found), ast.Constant("", **_AT)], **_AT)
                return one if name == "first_text" else ast.Call(_read("string_value"), [one], [], **_AT)
            case ast.BoolOp():
                return self._in_turn(said, self._value)
            case ast.UnaryOp(ast.Not()):
                said.operand = self._truth(said.operand)
            case ast.Compare():
                said.left = self._value(said.left)
                said.comparators = [self._value(other) for other in said.comparators]
            case ast.Call():
                said.func = self._value(said.func)
                said.args = [self._value(one) for one in said.args]
            case ast.Tuple():
                said.elts = [self._value(one) for one in said.elts]
            case ast.BinOp():
                said.left, said.right = self._value(said.left), self._value(said.right)
            case ast.Attribute() | ast.Subscript() | ast.Starred():
                said.value = self._value(said.value)
            case ast.IfExp():
                said.test = self._truth(said.test)
        return said

    def _truth(self, said: ast.expr) -> ast.expr:
        """What is as true as it."""
        if isinstance(said, ast.ListComp):
            return self._leads(said)
        if isinstance(said, ast.BoolOp) and self._has_loop(said):
            return self._in_turn(said, self._truth)
        return self._value(said)

    def _in_turn(self, said: ast.BoolOp, write: Callable[[ast.expr], ast.expr]) -> ast.expr:
        """Evaluates each part only where those before it have not decided the result."""
        first = max(next(place for place, part in enumerate(said.values) if self._has_loop(part)), 1)
        name = self._fresh()
        self._lines.append(_set(name, write(_together(said.op, said.values[:first]))))
        if said.values[first:]:
            unsettled = _read(name) if isinstance(said.op, ast.And) else ast.UnaryOp(ast.Not(), _read(name), **_AT)
            rest = _together(said.op, said.values[first:])
            self._lines.append(_if(unsettled, self._written(lambda: self._lines.append(_set(name, write(rest))))))
        return _read(name)

    # ---------------------------------------------------------- loops

    def _listed(self, found: ast.ListComp) -> ast.expr:
        name = self._fresh()
        append = ast.Attribute(_read(name), "append", ast.Load(), **_AT)
        self._lines.append(_set(name, ast.List([], ast.Load(), **_AT)))
        self._loops(
            found.generators, lambda _: self._lines.append(ast.Expr(ast.Call(append, [self._value(found.elt)], [], **_AT), **_AT))
        )
        return _read(name)

    def _leads(self, found: ast.ListComp) -> ast.expr:
        """Whether anything is found."""
        name = self._fresh()
        return self._one(found, name, ast.Constant(True, **_AT), ast.Constant(False, **_AT), _read(name))

    def _first(self, found: ast.ListComp) -> ast.expr:
        """The first that is found, None when nothing is."""
        name = self._fresh()
        there = ast.Compare(_read(name), [ast.IsNot()], [ast.Constant(None, **_AT)], **_AT)
        return self._one(found, name, found.elt, ast.Constant(None, **_AT), there)

    def _one(self, found: ast.ListComp, name: str, said: ast.expr, nothing: ast.expr, there: ast.expr) -> ast.expr:
        """What is said of the first thing found, or of nothing: all loops are left once it is there."""
        self._lines.append(_set(name, nothing))

        def found_one(within: bool) -> None:
            self._lines.append(_set(name, self._value(said)))
            if within:
                self._lines.append(ast.Break(**_AT))

        self._loops(found.generators, found_one, [_if(there, [ast.Break(**_AT)])])
        return _read(name)

    def _loops(
        self,
        generators: Sequence[ast.comprehension],
        write: Callable[[bool], object],
        after: Sequence[ast.stmt] = (),
        *,
        within: bool = False,
    ) -> None:
        """write: done for each thing found, told whether that is within a loop; after: what follows a loop within another."""
        if not generators:
            write(within)
            return
        one, *others = generators
        if isinstance(one.iter, ast.Tuple) and len(one.iter.elts) == 1 and not isinstance(one.iter.elts[0], ast.Starred):
            self._lines.append(_assigned(one.target, self._value(one.iter.elts[0])))
            self._asked(one.ifs, lambda: self._loops(others, write, after, within=within))
            return
        iterated = self._value(one.iter)
        body = self._written(lambda: self._asked(one.ifs, lambda: self._loops(others, write, after, within=True)))
        self._lines += [*_repeated(one.target, iterated, body), *(after if within else ())]

    def _asked(self, conditions: Sequence[ast.expr], write: Callable[[], object]) -> None:
        """Does it where they all hold."""
        match conditions:
            case []:
                write()
            case [ast.BoolOp(ast.And(), parts) as first, *others] if self._has_loop(first):
                self._asked([*parts, *others], write)
            case [first, *others]:
                holds = self._truth(first)
                self._lines.append(_if(holds, self._written(lambda: self._asked(others, write))))

    def _has_loop(self, said: ast.AST) -> bool:
        """Outside of a `lambda`, whose lines would be its own. Said of what is not rewritten yet."""
        known = self._loops_in.get(said)
        if known is None:
            known = isinstance(said, ast.ListComp)
            if not known and not isinstance(said, ast.Lambda):
                known = any(map(self._has_loop, ast.iter_child_nodes(said)))
            self._loops_in[said] = known
        return known

    def _fresh(self) -> str:
        self._last += 1
        return f"_{self._last}"


def _together(operator: ast.boolop, parts: list[ast.expr]) -> ast.expr:
    return parts[0] if len(parts) == 1 else ast.BoolOp(operator, parts, **_AT)


def _repeated(target: ast.expr, iterated: ast.expr, body: _Lines) -> _Lines:
    """Ancestors are climbed to one after the other: mostly the first that is looked for is near."""
    match target, iterated:
        case ast.Name(name), ast.Call(ast.Name("ancestors" | "ancestors_or_self" as axis), [item]):
            above = ast.Attribute(_read(name), "parent", ast.Load(), **_AT)
            begin = item if axis == "ancestors_or_self" else ast.Attribute(item, "parent", ast.Load(), **_AT)
            there = ast.Compare(_read(name), [ast.IsNot()], [ast.Constant(None, **_AT)], **_AT)
            return [_set(name, begin), ast.While(there, [*body, _set(name, above)], [], **_AT)]
    return [ast.For(target, iterated, body, [], **_AT)]


def _if(test: ast.expr, body: _Lines) -> ast.stmt:
    return ast.If(test, body, [], **_AT)


def _read(name: str) -> ast.expr:
    return ast.Name(name, ast.Load(), **_AT)


def _set(name: str, value: ast.expr) -> ast.stmt:
    return _assigned(ast.Name(name, ast.Store(), **_AT), value)


def _assigned(target: ast.expr, value: ast.expr) -> ast.stmt:
    return ast.Assign([target], value, **_AT)
