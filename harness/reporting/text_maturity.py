"""The maturity grid as plain text: attained and desired, and what proves it, item by item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.model import Assessment, Grid, Item, ItemAssessment, ItemStatus, Lang, Text
from harness.reporting import summary, wording
from harness.reporting.layout import Column, Page
from harness.reporting.tones import tone
from harness.reporting.wording import counted, percent

TITLES = (
    Text("Item", "Item"),
    Text("Intitulé", "Title"),
    Text("Atteint", "Attained"),
    Text("Désiré", "Desired"),
    Text("Écart", "Gap"),
    Text("P", "P"),
    Text("É", "E"),
    Text("D", "C"),
    Text("État", "Status"),
)
LEGEND = Text(
    "P prouvé par des campagnes, É étayé par une preuve acceptée, D déclaré : plus haut niveau de chacun.",
    "P proved by runs, E evidenced by an accepted proof, C claimed: the highest level of each.",
)

_NOTHING_KNOWN = (ItemStatus.NOT_ASSESSED, ItemStatus.NOT_APPLICABLE)

_SHOWN = 2  # what a late item lacks: the whole is in JSON and on the page

Placed = list[tuple[Item, ItemAssessment]]


def lines(assessment: Assessment, grid: Grid, page: Page, lang: Lang, *, whole: bool = True) -> list[str]:
    """One table a theme, what late items lack, the two scores side by side and the items by status. whole: items too of which
    nothing is known.
    """
    heading = Text(f"Maturité de {assessment.system}", f"Maturity of {assessment.system}").in_(lang)
    details = (assessment.product, wording.day(assessment.at, lang), f"{grid.title.in_(lang)} {grid.version}")
    told = [page.paint(line, "strong") for line in page.wrap(heading)]
    told += [page.paint(line, "mute") for line in page.wrap(" · ".join(part for part in details if part))]
    items = {item.id: item for item in grid.items}
    shown = [found for found in assessment.items if found.item in items and (whole or found.status not in _NOTHING_KNOWN)]
    placed = [(items[found.item], found) for found in shown]
    columns = _columns(placed, lang)
    for theme in grid.themes:
        members = [(item, found) for item, found in placed if item.theme == theme.id]
        tones = [tone(found.status) for _, found in members]
        if members:
            told += ["", page.paint(theme.title.in_(lang), "strong")]
            told += page.table(columns, _cells(members, lang), tones, "  ")
    legend = ["", *(page.paint(line, "mute") for line in page.wrap(LEGEND.in_(lang)))] if placed else []
    return [*told, *legend, *_lacking(placed, grid, page, lang), *_scores(assessment, page, lang)]


def _columns(placed: Placed, lang: Lang) -> list[Column]:
    """As wide in every theme, so that the whole grid reads as one table."""
    widest = [max((len(row[at]) for row in _cells(placed, lang)), default=0) for at in range(len(TITLES))]
    return [Column(title.in_(lang), right=2 <= at <= 7, flexible=at == 1, at_least=widest[at]) for at, title in enumerate(TITLES)]


def _cells(placed: Placed, lang: Lang) -> list[tuple[str, ...]]:
    return [
        (
            item.id,
            item.title.in_(lang),
            _level(found.attained, found),
            "–" if found.desired is None or found.status is ItemStatus.NOT_APPLICABLE else str(found.desired),
            "–" if found.status is ItemStatus.NOT_APPLICABLE else str(found.gap or 0),
            _level(found.proved, found),
            _level(found.evidenced, found),
            _level(found.claimed, found),
            wording.STATUSES[found.status].in_(lang),
        )
        for item, found in placed
    ]


def _lacking(placed: Placed, grid: Grid, page: Page, lang: Lang) -> list[str]:
    """Under their title, a line for each late item: the first that its next level lacks, and how many more."""
    late = [(item, found) for item, found in placed if found.status is ItemStatus.LATE and found.missing]
    if not late:
        return []
    told = ["", page.paint(Text("Ce qui manque au niveau suivant", "What the next level lacks").in_(lang), "strong")]
    for item, found in late:
        label = f"  {item.id} → {found.attained + 1}"
        told += page.labelled(label, _first_missing(found.missing, grid, lang), max(len(label) + 2, 11))
    return [*told, ""]


def _first_missing(missing: Sequence[str], grid: Grid, lang: Lang) -> str:
    """missing: groups of kinds, `a|b` where either would do; those shown are told in the words of the grid."""
    kinds = {**grid.automatic_kinds, **grid.declared_kinds}
    told = Text(" ; ", "; ").in_(lang).join(_group(group, kinds, lang) for group in missing[:_SHOWN])
    more = len(missing) - _SHOWN
    return f"{told} (+ {counted(more, wording.OTHER, lang)})" if more > 0 else told


def _group(group: str, kinds: Mapping[str, Text], lang: Lang) -> str:
    either = Text(" ou ", " or ").in_(lang)
    return either.join(f"{kind} ({kinds[kind].in_(lang)})" if kind in kinds else kind for kind in group.split("|"))


def _level(level: int, found: ItemAssessment) -> str:
    return "–" if found.status in (ItemStatus.NOT_APPLICABLE, ItemStatus.NOT_ASSESSED) else str(level)


def _scores(assessment: Assessment, page: Page, lang: Lang) -> list[str]:
    counts = summary.of_assessment(assessment)
    proved, everything = (percent(summary.share_percent(share), lang) for share in (counts.proved, counts.all))
    statuses = ", ".join(counted(number, wording.ITEMS[status], lang) for status, number in counts.statuses.items() if number)
    told = Text(
        f"Score prouvé : {proved} ; score avec preuves et déclarations : {everything}. Items : {statuses or 'aucun'}.",
        f"Proved score: {proved}; score with proofs and claims: {everything}. Items: {statuses or 'none'}.",
    )
    return page.wrap(told.in_(lang))
