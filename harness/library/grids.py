"""The maturity grid from its data files: grid.yaml, and one file a theme beside it (docs/maturity.md)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ..model import Desired, GradedLevel, Grid, Item, Text, Theme
from .grid_checks import check_grid
from .pieces import day, optional_text, text
from .shapes import Sheet


def grid(sheet: Sheet, themes: Mapping[str, Sheet], digest: str, profiles: Collection[str] = ()) -> Grid:
    """themes: the files beside grid.yaml by theme. Raises DataError for a theme without a file, an unknown name, a wrong order."""
    check_grid(sheet, themes, profiles)
    data = sheet.data
    items: list[Item] = []
    for number, theme in enumerate(data["themes"]):
        if theme["id"] not in themes:
            message = Text(f"le thème {theme['id']} n'a pas de fichier", f"theme {theme['id']} has no file")
            raise sheet.error(("themes", number), message)
        items += [_item(said, theme["id"], data) for said in themes[theme["id"]].data["items"]]
    return Grid(
        title=text(data["title"]),
        version=data["version"],
        themes=tuple(Theme(theme["id"], text(theme["title"])) for theme in data["themes"]),
        products=_texts(data["products"]),
        items=tuple(items),
        automatic_kinds=_texts(data["evidence"]["automatic"]),
        declared_kinds=_texts(data["evidence"]["declared"]),
        automatic_days=data["validity"]["automatic"],
        declared_days=data["validity"]["declared"],
        caveats=tuple(text(caveat) for caveat in data.get("caveats", ())),
        digest=digest,
        sources=_texts(data["sources"]),
    )


def _item(said: dict[str, Any], theme: str, whole: dict[str, Any]) -> Item:
    return Item(
        id=said["id"],
        theme=theme,
        title=text(said["title"]),
        objective=text(said["objective"]),
        desired=tuple(_desired(item) for item in said["desired"]),
        applies_to=tuple(whole["products"]) if said["applies_to"] == "all" else tuple(said["applies_to"]),
        levels=tuple(_level(item, whole) for item in said["levels"]),
        source=", ".join(said["sources"]),
        further_reading=said.get("further_reading", ""),
        note=optional_text(said.get("note")),
    )


def _desired(said: dict[str, Any]) -> Desired:
    return Desired(day(said["from"]), said["level"], said["source"], optional_text(said.get("note")))


def _level(said: dict[str, Any], whole: dict[str, Any]) -> GradedLevel:
    """Where no substitute is named, those of the whole grid may stand for what is automatic."""
    automatic = tuple(tuple(group) for group in said.get("automatic", ()))
    return GradedLevel(
        level=said["level"],
        label=text(said["label"]),
        colour=whole["colours"][said["level"]],
        automatic=automatic,
        declared=tuple(tuple(group) for group in said.get("declared", ())),
        substitute=tuple(said.get("substitute", ())) + (tuple(whole["substitutes"]) if automatic else ()),
        requires_levels=tuple(said.get("requires_levels", ())),
        volets=tuple(said.get("volets", ())),
    )


def _texts(said: dict[str, dict[str, str]]) -> dict[str, Text]:
    return {name: text(item) for name, item in said.items()}
