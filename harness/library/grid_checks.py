"""What a JSON Schema cannot say of the maturity grid: names are known, levels and dates are in order (docs/maturity.md)."""

from __future__ import annotations

import fnmatch
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from ..model import Text
from .nearest import suggestion
from .pieces import day_at
from .reading import Place
from .shapes import Sheet

KIND = Text("type de preuve inconnu :", "unknown kind of evidence")
PRODUCT = Text("type de produit inconnu :", "unknown product")
SOURCE = Text("source inconnue :", "unknown source")


def check_grid(main: Sheet, themes: Mapping[str, Sheet], profiles: Collection[str]) -> None:
    """Raises DataError at the first thing wrong in grid.yaml or in the file of a theme; the shapes are already checked.

    profiles: their ids, which `volets` are patterns of.
    """
    for number, kind in enumerate(main.data["substitutes"]):
        known(main, ("substitutes", number), kind, main.data["evidence"]["declared"], KIND)
    seen: set[str] = set()
    for theme in main.data["themes"]:
        if theme["id"] not in themes:
            continue
        sheet = themes[theme["id"]]
        for number, item in enumerate(sheet.data["items"]):
            where: Place = ("items", number)
            name = item["id"]
            if name in seen:
                raise sheet.error((*where, "id"), Text(f"deux items s'appellent {name}", f"two items are called {name}"))
            seen.add(name)
            _ItemCheck(sheet, where, item, main.data).run()
            for level in item["levels"]:
                for pattern in level.get("volets", ()) if profiles else ():
                    if not fnmatch.filter(profiles, pattern):
                        at = (*where, "levels", level["level"], "volets")
                        known(sheet, at, pattern, profiles, Text("aucun profil ne répond à", "no profile answers to"))


def known(sheet: Sheet, where: Place, name: str, names: Iterable[str], what: Text) -> None:
    """Raises DataError at `where` when a name is none of those known."""
    if name not in names:
        raise sheet.error(where, Text(f"{what.fr} « {name} »", f"{what.en} {name!r}"), suggestion(name, names))


class _ItemCheck:
    """One item of a theme file; main: the data of grid.yaml, whose names it uses."""

    def __init__(self, sheet: Sheet, where: Place, item: Mapping[str, Any], main: Mapping[str, Any]) -> None:
        self.sheet = sheet
        self.where = where
        self.item = item
        self.main = main

    def run(self) -> None:
        self.names((*self.where, "sources"), self.item["sources"], self.main["sources"], SOURCE)
        if self.item["applies_to"] != "all":
            self.names((*self.where, "applies_to"), self.item["applies_to"], self.main["products"], PRODUCT)
        self.wishes((*self.where, "desired"))
        for number, level in enumerate(self.item["levels"]):
            self.level((*self.where, "levels", number), number, level)

    def names(self, where: Place, names: Iterable[str], all_names: Iterable[str], what: Text) -> None:
        for number, name in enumerate(names):
            known(self.sheet, (*where, number), name, all_names, what)

    def wishes(self, where: Place) -> None:
        top = len(self.item["levels"]) - 1
        last = date.min
        for number, wish in enumerate(self.item["desired"]):
            known(self.sheet, (*where, number, "source"), wish["source"], self.main["sources"], SOURCE)
            if wish["level"] > top:
                raise self.error((*where, number, "level"), f"le plus haut niveau est {top}", f"the highest level is {top}")
            at = (*where, number, "from")
            first_day = day_at(self.sheet, at, wish["from"])
            if first_day <= last:
                raise self.error(at, "cette date ne suit pas la précédente", "this date does not follow the one before it")
            last = first_day

    def level(self, where: Place, number: int, level: Mapping[str, Any]) -> None:
        if level["level"] != number:
            message = (
                f"les niveaux se suivent à partir de 0 : ici {number} est attendu",
                f"levels follow each other from 0: here {number} is expected",
            )
            raise self.error((*where, "level"), *message)
        if number >= len(self.main["colours"]):
            message = f"grid.yaml ne donne pas de couleur au niveau {number}", f"grid.yaml gives no colour to level {number}"
            raise self.error((*where, "level"), *message)
        if bool(level.get("automatic") or level.get("declared")) != (number > 0):
            message = (
                "le niveau 0 ne demande rien, tout autre demande une preuve",
                "level 0 asks for nothing, any other for proof",
            )
            raise self.error(where, *message)
        for nature in ("automatic", "declared"):
            for position, group in enumerate(level.get(nature, ())):
                self.names((*where, nature, position), group, self.main["evidence"][nature], KIND)
        self.names((*where, "substitute"), level.get("substitute", ()), self.main["evidence"]["declared"], KIND)
        if "substitute" in level and "automatic" not in level:
            message = "il n'y a ici aucune partie automatique à remplacer", "there is no automatic part here to stand for"
            raise self.error((*where, "substitute"), *message)
        if any(lower >= number for lower in level.get("requires_levels", ())):
            message = "un niveau n'exige que des niveaux inférieurs", "a level can only require lower levels"
            raise self.error((*where, "requires_levels"), *message)

    def error(self, where: Place, french: str, english: str) -> Exception:
        return self.sheet.error(where, Text(french, english))
