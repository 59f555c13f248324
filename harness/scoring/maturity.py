"""Places a system on the maturity grid at a date, by what runs proved and what was declared (docs/maturity.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from harness.errors import UsageError
from harness.model import (
    Assessment,
    AutomaticEvidence,
    Confidence,
    DeclaredEvidence,
    Grid,
    Item,
    ItemAssessment,
    ItemStatus,
    Text,
)

from .levels import Evidence, confidence_of, missing_for

_COUNTED = (ItemStatus.MET, ItemStatus.LATE, ItemStatus.EXCEEDS, ItemStatus.NOT_ASSESSED)


def assess(
    grid: Grid,
    *,
    system: str,
    product: str,
    at: date,
    automatic: Iterable[AutomaticEvidence],
    declared: Iterable[DeclaredEvidence],
) -> Assessment:
    """Where a system stands on every item of the grid.

    product: a name of grid.products, "" when it is not known, every item then applying; automatic: evidence of this system alone.
    Raises UsageError for a product that the grid does not know.
    """
    if product and product not in grid.products:
        names = ", ".join(grid.products)
        message = Text(f"le type de produit « {product} » est inconnu de la grille", f"product {product!r} is unknown to the grid")
        raise UsageError(message, Text(f"Sont connus : {names}.", f"Known: {names}."))
    tried = _latest(piece for piece in automatic if _is_valid(piece.on, at, grid.automatic_days))
    proofs = [proof for proof in declared if _is_valid(proof.on, at, grid.declared_days)]
    items = tuple(
        _assess_item(item, product, at, tried, [proof for proof in proofs if proof.item == item.id]) for item in grid.items
    )
    themes = {theme.id: _theme_scores(grid, items, theme.id) for theme in grid.themes}
    return Assessment(
        system=system,
        product=product,
        at=at,
        grid_version=grid.version,
        items=items,
        score_proved=_mean([proved for proved, _ in themes.values() if proved is not None]),
        score_all=_mean([everything for _, everything in themes.values() if everything is not None]),
        themes=themes,
    )


# ------------------------------------------------------------------ what counts at the date


def _is_valid(on: date, at: date, days: int) -> bool:
    """Whether it is neither in the future nor older than `days` days."""
    return on <= at <= on + timedelta(days=days)


def _latest(automatic: Iterable[AutomaticEvidence]) -> dict[str, list[AutomaticEvidence]]:
    """The last try of each kind, of documents the last for each volet; of two that no time tells apart, the one that failed."""
    latest: dict[tuple[str, str], AutomaticEvidence] = {}
    for piece in automatic:
        known = latest.get((piece.kind, piece.profile))
        if known is None or _when(piece) >= _when(known):
            latest[piece.kind, piece.profile] = piece
    tried: dict[str, list[AutomaticEvidence]] = {}
    for piece in latest.values():
        tried.setdefault(piece.kind, []).append(piece)
    return tried


def _when(piece: AutomaticEvidence) -> tuple[date, float, bool]:
    return piece.on, piece.at.timestamp() if piece.at else 0.0, not piece.passed


# ------------------------------------------------------------------ one item


def _assess_item(
    item: Item, product: str, at: date, tried: Mapping[str, Sequence[AutomaticEvidence]], proofs: Sequence[DeclaredEvidence]
) -> ItemAssessment:
    evidence = Evidence(tried, proofs, at)
    held = {level.level: confidence_of(item, level, evidence) for level in item.levels if level.level}
    attained = max((level for level, confidence in held.items() if confidence), default=0)
    desired = next((wish.level for wish in reversed(item.desired) if wish.from_ <= at), None)
    used: tuple[AutomaticEvidence | DeclaredEvidence, ...] = (*_tried_for(item, evidence), *proofs)
    return ItemAssessment(
        item=item.id,
        attained=attained,
        confidence=held.get(attained),
        proved=_highest(held, Confidence.PROVED),
        evidenced=_highest(held, Confidence.EVIDENCED),
        claimed=_highest(held, Confidence.CLAIMED),
        desired=desired,
        gap=max(0, desired - attained) if desired is not None else 0,
        status=_status(item, product, attained, desired, assessed=bool(used)),
        evidence=used,
        missing=missing_for(item, attained + 1, evidence),
    )


def _highest(held: Mapping[int, Confidence | None], confidence: Confidence) -> int:
    return max((level for level, found in held.items() if found is confidence), default=0)


def _tried_for(item: Item, evidence: Evidence) -> tuple[AutomaticEvidence, ...]:
    """Tries that concern a level of the item, each once."""
    asked = ((kind, level) for level in item.levels for group in level.automatic for kind in group)
    return tuple(dict.fromkeys(piece for kind, level in asked for piece in evidence.tries(kind, level)))


def _status(item: Item, product: str, attained: int, desired: int | None, *, assessed: bool) -> ItemStatus:
    if product and product not in item.applies_to:
        return ItemStatus.NOT_APPLICABLE
    if desired is None:
        return ItemStatus.NOT_YET_DUE
    if not assessed:
        return ItemStatus.NOT_ASSESSED
    if attained == desired:
        return ItemStatus.MET
    return ItemStatus.EXCEEDS if attained > desired else ItemStatus.LATE


# ------------------------------------------------------------------ scores


def _theme_scores(grid: Grid, items: Sequence[ItemAssessment], theme: str) -> tuple[float | None, float | None]:
    """Proved only, and everything; None where no item of the theme counts at the date."""
    members = {item.id for item in grid.items if item.theme == theme}
    counted = [found for found in items if found.item in members and found.status in _COUNTED]
    return (
        _mean([_share(found.proved, found.desired) for found in counted]),
        _mean([_share(found.attained, found.desired) for found in counted]),
    )


def _share(level: int, desired: int | None) -> float:
    return min(level / desired, 1.0) if desired else 1.0


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
