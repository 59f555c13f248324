"""What a vendor declares for the maturity grid (docs/maturity.md): a YAML file to declared evidence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..errors import UsageError, reason
from ..files import read_named
from ..model import DeclaredEvidence, Grid, Text
from .grid_checks import KIND, PRODUCT, known
from .pieces import day_at
from .reading import Place, read
from .shapes import Sheet, check_shape

ITEM = Text("item inconnu :", "unknown item")


def load_declarations(path: Path, grid: Grid | None = None) -> tuple[str, str, tuple[DeclaredEvidence, ...]]:
    """The system, its product ("" when not said) and what is declared for it, in the order of the file.

    grid: the one that its items, levels, kinds and product must be known to. Raises UsageError when the file cannot be read,
    DataError with file and line when it does not say what it must.
    """
    try:
        content = read_named(path)
    except OSError as error:
        hint = Text("Donner le chemin d'un fichier de déclarations (docs/maturity.md).", "Give the path of a declarations file.")
        why = reason(error)
        raise UsageError(Text(f"{path} : {why.fr}", f"{path}: {why.en}"), hint) from None
    sheet = Sheet("declarations.yaml", str(path), read(content, str(path)))  # this relative name is that of its schema
    check_shape(sheet)
    product = sheet.data.get("product", "")
    if grid is not None and product:
        known(sheet, ("product",), product, grid.products, PRODUCT)
    return sheet.data["system"], product, (*_proofs(sheet, grid), *_claims(sheet, grid))


def _proofs(sheet: Sheet, grid: Grid | None) -> Iterator[DeclaredEvidence]:
    for number, data in enumerate(sheet.data.get("proofs", ())):
        where: Place = ("proofs", number)
        _check_item(sheet, where, data["item"], grid)
        if grid is not None:
            known(sheet, (*where, "kind"), data["kind"], grid.declared_kinds, KIND)
        on = day_at(sheet, (*where, "on"), data["on"])
        accepted = data.get("accepted")
        accepted_on = None if accepted is None else day_at(sheet, (*where, "accepted", "on"), accepted["on"])
        if accepted_on is not None and accepted_on < on:
            message = Text(f"acceptée avant la date de la preuve ({on})", f"accepted before the date of the proof ({on})")
            raise sheet.error((*where, "accepted", "on"), message)
        for position, level in enumerate(data.get("levels", [None])):
            if level is not None:
                _check_level(sheet, (*where, "levels", position), data["item"], level, grid)
            yield DeclaredEvidence(
                item=data["item"],
                kind=data["kind"],
                on=on,
                reference=data["reference"],
                accepted_by="" if accepted is None else accepted["by"],
                accepted_on=accepted_on,
                level=level,
            )


def _claims(sheet: Sheet, grid: Grid | None) -> Iterator[DeclaredEvidence]:
    for number, data in enumerate(sheet.data.get("claims", ())):
        where: Place = ("claims", number)
        _check_item(sheet, where, data["item"], grid)
        _check_level(sheet, (*where, "level"), data["item"], data["level"], grid)
        on = day_at(sheet, (*where, "on"), data["on"])
        yield DeclaredEvidence(item=data["item"], kind="", on=on, reference=data.get("reference", ""), level=data["level"])


def _check_item(sheet: Sheet, where: Place, item: str, grid: Grid | None) -> None:
    if grid is not None:
        known(sheet, (*where, "item"), item, [one.id for one in grid.items], ITEM)


def _check_level(sheet: Sheet, where: Place, item: str, level: int, grid: Grid | None) -> None:
    if grid is not None:
        top = next(one.levels[-1].level for one in grid.items if one.id == item)
        if level > top:
            raise sheet.error(where, Text(f"le plus haut niveau de {item} est {top}", f"the highest level of {item} is {top}"))
