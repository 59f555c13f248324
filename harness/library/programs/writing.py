"""Python as text: fresh names, and the code of a function that was written."""

from __future__ import annotations

import ast
from types import CodeType

from .loops import with_loops
from .names_reused import with_names_reused


class Names:
    """Names that no other part of the same function uses."""

    def __init__(self) -> None:
        self._last = 0

    def fresh(self, stem: str = "x") -> str:
        self._last += 1
        return f"{stem}{self._last}"


def compiled(source: str) -> CodeType:
    """The code of the one function that the source defines."""
    tree = with_loops(source)
    for function in tree.body:
        if isinstance(function, ast.FunctionDef):
            with_names_reused(function)
    module = compile(tree, "<program>", "exec", optimize=2)
    return next(constant for constant in module.co_consts if isinstance(constant, CodeType))


def one_of(values: frozenset[str], value: str) -> str:
    """A test that a value, written as Python, is one of those allowed."""
    if len(values) == 1:
        (only,) = values
        return f"{value} == {only!r}"
    return f"{value} in {{{', '.join(map(repr, sorted(values)))}}}"


def claims(item: str, roots: frozenset[str]) -> str:
    """A test that an element claims one of these templates: the elements that do are found once a document."""
    return f"({' or '.join(f'{item} in {item}.index.claims.get({root!r}, E)' for root in sorted(roots))})"
