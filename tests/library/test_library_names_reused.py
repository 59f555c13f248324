"""What is written with few names does what it did with many."""

from __future__ import annotations

import ast

from harness.library.programs.names_reused import with_names_reused


def _renamed(source: str) -> ast.FunctionDef:
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    with_names_reused(function)
    return function


def _run(function: ast.FunctionDef, *arguments: object) -> object:
    names: dict[str, object] = {}
    exec(compile(ast.Module([function], []), "<test>", "exec"), names)
    return names[function.name](*arguments)  # type: ignore[operator]


_MANY = """
def program(rows, told):
    kept = len(rows)
    a = [row for row in rows if row > 1]
    b = sum(a)
    told(b)
    for c in rows:
        d = c + kept
        told(d)
    e = (lambda x: x + kept + b)(1)
    f = [g for g in rows]
    told((e, f, kept))
    return
"""


def test_a_function_says_the_same_with_fewer_variables() -> None:
    before: list[object] = []
    after: list[object] = []
    written = ast.parse(_MANY).body[0]
    assert isinstance(written, ast.FunctionDef)

    _run(written, [1, 2, 3], before.append)
    renamed = _renamed(_MANY)
    _run(renamed, [1, 2, 3], after.append)

    assert after == before
    stored = {name.id for name in ast.walk(renamed) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}
    assert {"kept", "b"} <= stored  # a lambda reads them
    assert len(stored) < 8


def test_a_variable_that_is_read_later_keeps_its_name_until_then() -> None:
    renamed = _renamed(
        "def program(one, told):\n    a = one\n    b = a\n    c = b\n    told(a)\n    d = c\n    told(d)\n    return\n"
    )
    heard: list[object] = []

    _run(renamed, "said", heard.append)

    assert heard == ["said", "said"]
    assert len({name.id for name in ast.walk(renamed) if isinstance(name, ast.Name)} - {"one", "told"}) == 3
