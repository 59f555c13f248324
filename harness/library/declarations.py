"""What a vendor declares for the maturity grid (docs/maturity.md): a YAML file to declared evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..model import DeclaredEvidence, Grid
from .nearest import suggestion
from .reading import read
from .shapes import Sheet, check_shape

Where = tuple[str | int, ...]


def load_declarations(path: Path, grid: Grid | None = None) -> tuple[str, str, tuple[DeclaredEvidence, ...]]:
    """The system, its product ("" when not said) and what is declared for it, in the order of the file.

    grid: the one that its items, levels, kinds and product must be known to. Raises UsageError when the file cannot be read,
    DataError with file and line when it does not say what it must.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}", "Give the path of a declarations file (docs/maturity.md).") from None
    sheet = Sheet("declarations.yaml", str(path), read(content, str(path)))
    check_shape(sheet)
    product = sheet.data.get("product", "")
    if grid is not None and product:
        _known(sheet, ("product",), product, grid.products, "product")
    return sheet.data["system"], product, tuple(_evidence(sheet, grid))


def _evidence(sheet: Sheet, grid: Grid | None) -> Iterator[DeclaredEvidence]:
    for number, data in enumerate(sheet.data.get("proofs", ())):
        where: Where = ("proofs", number)
        _check_item(sheet, where, data["item"], grid)
        if grid is not None:
            _known(sheet, (*where, "kind"), data["kind"], grid.declared_kinds, "declared kind of evidence")
        on = _date(sheet, (*where, "on"), data["on"])
        accepted = data.get("accepted")
        accepted_on = None if accepted is None else _date(sheet, (*where, "accepted", "on"), accepted["on"])
        if accepted_on is not None and accepted_on < on:
            raise sheet.error((*where, "accepted", "on"), f"accepted on {accepted_on}, before the proof itself ({on})")
        for position, level in enumerate(data.get("levels", [None])):
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
    for number, data in enumerate(sheet.data.get("claims", ())):
        where = ("claims", number)
        _check_item(sheet, where, data["item"], grid)
        _check_level(sheet, (*where, "level"), data["item"], data["level"], grid)
        on = _date(sheet, (*where, "on"), data["on"])
        yield DeclaredEvidence(item=data["item"], kind="", on=on, reference=data.get("reference", ""), level=data["level"])


def _check_item(sheet: Sheet, where: Where, item: str, grid: Grid | None) -> None:
    if grid is not None:
        _known(sheet, (*where, "item"), item, [known.id for known in grid.items], "item")


def _check_level(sheet: Sheet, where: Where, item: str, level: int | None, grid: Grid | None) -> None:
    if grid is None or level is None:
        return
    top = next(known.levels[-1].level for known in grid.items if known.id == item)
    if level > top:
        raise sheet.error(where, f"the highest level of {item} is {top}, not {level}")


def _known(sheet: Sheet, where: Where, name: str, names: Iterable[str] | Mapping[str, Any], what: str) -> None:
    if name not in names:
        raise sheet.error(where, f"unknown {what} {name!r}", suggestion(name, names))


def _date(sheet: Sheet, where: Where, said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise sheet.error(where, f"{said} is not in the calendar") from None
