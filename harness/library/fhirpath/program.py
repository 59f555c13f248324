"""The code of expressions, as it is kept in a compiled package or profile."""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import CodeType

from .failures import FhirPathError
from .names import Mode, key
from .needs import Needs, needs
from .sharing import shared
from .syntax import Expression, parse
from .writing import write


def compiled(expression: str, mode: Mode, tree: Expression | None = None) -> CodeType:
    """What defines `made` (see `writing.write`). Raises FhirPathError when it is no FHIRPath."""
    return _code(write(tree or parse(expression), expression, mode))


def programs(expressions: Iterable[str]) -> dict[str, bytes]:
    """Of invariants, by `key`: each apart, as few of a package are ever asked.

    Of what is no FHIRPath, the reason (French, English) and where it is.
    """
    found: dict[str, bytes] = {}
    for expression in dict.fromkeys(expressions):
        try:
            made: CodeType | tuple[str, str, int] = compiled(expression, "truth")
        except FhirPathError as error:
            made = error.reason.fr, error.reason.en, error.column - 1
        except RecursionError:
            continue
        found[key(expression, "truth")] = marshal.dumps(made)
    return found


def together(expressions: Iterable[tuple[str, Mode]]) -> CodeType:
    """What defines `programs`: by `key` what `compiled` defines alone; and `needed`: by `key` what those of items need."""
    sources: list[str] = []
    table: list[str] = []
    needed: dict[str, frozenset[str]] = {}
    trees: dict[tuple[str, Mode], Expression] = {}
    for expression, mode in dict.fromkeys(expressions):
        with suppress(FhirPathError, RecursionError):
            trees[expression, mode] = parse(expression)
    several = shared(trees.values())
    for (expression, mode), tree in trees.items():
        name = f"made{len(table)}"
        try:
            sources.append(write(tree, expression, mode, name, several))
        except (FhirPathError, RecursionError):
            continue
        table.append(f"{key(expression, mode)!r}: {name}")
        if mode == "items" and (wanted := needs(tree)):
            needed[key(expression, mode)] = wanted
    return _code("\n".join([*sources, f"programs = {{{', '.join(table)}}}", f"needed = {_table(needed)}"]))


def _table(needed: Mapping[str, Needs]) -> str:
    """As Python, in an order that does not change."""
    return "{" + ", ".join(f"{name!r}: {sorted(wanted)!r}" for name, wanted in needed.items()) + "}"


def _code(source: str) -> CodeType:
    return compile(source, "<fhirpath>", "exec", dont_inherit=True, optimize=0)
