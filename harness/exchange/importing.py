"""Why the module of a protocol cannot be imported, for its author."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from traceback import walk_tb

from harness.errors import DataError, UsageError
from harness.model import Text


def not_imported(module: str, error: Exception) -> UsageError:
    """The error at its line, in the module or in another file of its package."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        where, name = f"{module.replace('.', '/')}.py", module.rpartition(".")[2]
        return UsageError(
            Text(f"le protocole {name} n'a pas de module", f"protocol {name} has no module"),
            Text(f"L'écrire dans {where}, docs/protocols.md.", f"Write it in {where}, docs/protocols.md."),
        )
    if isinstance(error, SyntaxError):
        said = Text(f"ce n'est pas du Python : {error.msg}", f"not Python: {error.msg}")
        return DataError(error.filename or spec.origin, error.lineno or 1, said)
    own = (spec.origin, *(f"{Path(folder)}/" for folder in spec.submodule_search_locations or ()))
    lines = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    file, line = next((place for place in reversed(lines) if place[0].startswith(own)), (spec.origin, 1))
    if isinstance(error, ModuleNotFoundError):
        return DataError(file, line, Text(f"module Python absent : {error.name}", f"no Python module {error.name}"))
    what = f"{type(error).__name__}: {error}"
    return DataError(file, line, Text(f"ce module ne se charge pas ({what})", f"this module cannot be loaded ({what})"))
