"""Reuses the variables of a long function: a name that nothing reads any more is given to the next value.

Python reaches the first 256 variables of a function with one instruction and the others with two, and the rules of one file need
more than a thousand. Values are freed sooner, too.
"""

from __future__ import annotations

import ast


def with_names_reused(function: ast.FunctionDef) -> None:
    """Renames the variables of a function, whose outermost statements run one after the other, each once."""
    said = [[name for name in ast.walk(line) if isinstance(name, ast.Name)] for line in function.body]
    kept = {argument.arg for argument in function.args.args} | _within_lambdas(function)
    own = {name.id for names in said for name in names if isinstance(name.ctx, ast.Store)} - kept
    last = {name.id: place for place, names in enumerate(said) for name in names if name.id in own}
    given: dict[str, str] = {}
    free: list[str] = []
    for place, names in enumerate(said):
        ending: set[str] = set()
        for name in names:
            if name.id in last:
                if last[name.id] == place:
                    ending.add(name.id)
                if name.id not in given:
                    given[name.id] = free.pop() if free else f"r{len(given) + 1}"
                name.id = given[name.id]
        free += [given[name] for name in sorted(ending)]


def _within_lambdas(function: ast.FunctionDef) -> set[str]:
    """Names that a `lambda` reads or gives to what it is called with: they are not looked into."""
    inner = [within for within in ast.walk(function) if isinstance(within, ast.Lambda)]
    return {name.id for one in inner for name in ast.walk(one) if isinstance(name, ast.Name)}
