"""The comparisons of `check` and `when`: `{value: ..., equal|differ|none-of|among|at-least|contain: ...}`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harness.model import Text
from harness.runner.references import reference_of


def compare(comparison: Mapping[str, Any]) -> Text | None:
    """None when it holds, else what was found. The mapping is of the shape that the scenario schema asks, references replaced."""
    value = comparison["value"]
    name, wanted = next((name, wanted) for name, wanted in comparison.items() if name != "value")
    holds, said = _COMPARISONS[name]
    return None if holds(value, wanted) else said.filled(found=_shown(value), wanted=_shown(wanted))


def named(written: Any, wrong: Text) -> Text:
    """What was found, after the name of the fact when the scenario writes one alone (`${steps.find.matches}`)."""
    name = reference_of(written)
    return wrong if name is None else Text(f"{name} : {wrong.fr}", f"{name}: {wrong.en}")


def _contains(value: Any, wanted: Any) -> bool:
    return wanted in value if isinstance(value, str | bytes | list | tuple | Mapping | set | frozenset) else False


def _among(value: Any, wanted: Any) -> bool:
    return all(one in wanted for one in value) if isinstance(value, list) and isinstance(wanted, list) else False


def _at_least(value: Any, wanted: Any) -> bool:
    try:
        return float(value) >= float(wanted)
    except (TypeError, ValueError):
        return False


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        return f"<{len(value)} octets/bytes>"
    text = str(value)
    return text if len(text) <= 120 else text[:117] + "..."


_COMPARISONS: Mapping[str, tuple[Callable[[Any, Any], bool], Text]] = {
    "equal": (lambda value, wanted: bool(value == wanted), Text("{found} au lieu de {wanted}", "{found} instead of {wanted}")),
    "differ": (lambda value, wanted: bool(value != wanted), Text("{found} ne devait pas être là", "{found} was not to be there")),
    "none-of": (lambda value, wanted: value not in wanted, Text("{found} est l'un de {wanted}", "{found} is one of {wanted}")),
    "among": (_among, Text("{found} n'est pas tout entier dans {wanted}", "{found} is not wholly in {wanted}")),
    "at-least": (_at_least, Text("{found} alors qu'il faut au moins {wanted}", "{found} where at least {wanted} is needed")),
    "contain": (_contains, Text("{wanted} ne se trouve pas dans {found}", "{wanted} is not in {found}")),
}
