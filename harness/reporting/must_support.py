"""What is told of must-support elements: figures and names, never findings."""

from __future__ import annotations

from typing import Any

from harness.model import Lang, MustSupport, Text, labelled
from harness.reporting.layout import Page
from harness.reporting.printable import printable

_NAMED = 8  # absent elements that the terminal names; all with --verbose

TITLE = Text("Éléments must-support (leur absence n'est pas une erreur)", "Must-support elements (their absence is not an error)")


def as_json(found: tuple[MustSupport, ...] | None) -> list[dict[str, Any]] | None:
    if found is None:
        return None
    return [
        {"profile": one.profile, "resources": one.resources, "present": dict(one.present), "absent": list(one.absent)}
        for one in found
    ]


def figures(one: MustSupport, lang: Lang) -> str:
    present, all_ = len(one.present), len(one.present) + len(one.absent)
    said = Text(f"{present} sur {all_} présent{'s' if present > 1 else ''}", f"{present} of {all_} present")
    if one.resources > 1:
        said = Text(f"{said.fr}, dans {one.resources} ressources", f"{said.en}, in {one.resources} resources")
    return said.in_(lang)


def absent(one: MustSupport, lang: Lang, most: int | None = None) -> str:
    """Their names, without the type that each begins with."""
    names = [id.partition(".")[2] or id for id in one.absent]
    more = len(names) - most if most is not None and len(names) > most else 0
    shown = ", ".join(names[:most])
    return shown + (Text(f" et {more} autre{'s' if more > 1 else ''}", f" and {more} more").in_(lang) if more else "")


def lines(found: tuple[MustSupport, ...], page: Page, lang: Lang, verbose: bool) -> list[str]:
    told = ["  " + page.paint(TITLE.in_(lang), "strong")]
    for one in found:
        said = labelled(f"- {printable(one.profile)}", figures(one, lang), lang)
        if one.absent:
            said += Text(" ; absents : ", "; absent: ").in_(lang) + printable(absent(one, lang, None if verbose else _NAMED))
        told += page.wrap(said, "    ", "      ")
    return told
