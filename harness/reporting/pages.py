"""What the HTML page is told, worked out before the template: documents, exchanges with their bodies, trails of evidence."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from harness.errors import HarnessError
from harness.model import (
    Assessment,
    AutomaticEvidence,
    DeclaredEvidence,
    ExchangeRecord,
    Finding,
    Grid,
    Item,
    ItemAssessment,
    ItemStatus,
    Judgement,
    Level,
    Requirement,
    RequirementVerdict,
    Severity,
    Theme,
    Verdict,
)
from harness.reporting.bodies import Body, missing, readable
from harness.reporting.evidence import Evidence, broken_requirements, evidence_by_requirement, level_of
from harness.reporting.folding import Fold, folded
from harness.reporting.reports import RunReport
from harness.reporting.tones import Tone, tone
from harness.reporting.totals import Totals
from harness.values import dataclass


def anchor(kind: str, *ids: str) -> str:
    """A fragment that HTML and URLs take as it is; ids with other characters are told by their digest."""
    plain = "-".join(ids)
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,120}", plain):
        plain = hashlib.sha256("\0".join(ids).encode("utf-8", "backslashreplace")).hexdigest()[:16]
    return f"{kind}-{plain}"


def web_link(reference: str) -> str:
    """The reference when a page may link to it, else "": nothing but http and https is ever followed."""
    return reference if re.match(r"https?://[^\s/]", reference) else ""


# ------------------------------------------------------------------ documents and findings


@dataclass(frozen=True, slots=True)
class DocumentView:
    """name: the path without the folder that all documents share."""

    judgement: Judgement
    name: str

    def folds(self) -> tuple[Fold, ...]:
        return folded(self.judgement.findings)

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.judgement.findings)


class DocumentViews:
    """The worst first, otherwise in the order judged. Each is made anew whenever it is read."""

    def __init__(self, judgements: Sequence[Judgement], totals: Totals) -> None:
        self._judgements = judgements
        self._totals = totals

    def __len__(self) -> int:
        return self._totals.documents

    def __iter__(self) -> Iterator[DocumentView]:
        for number in self._totals.worst_first():
            judgement = self._judgements[number]
            yield DocumentView(judgement, judgement.path.removeprefix(self.folder))

    @property
    def folder(self) -> str:
        return self._totals.folder

    @property
    def rules(self) -> list[str]:
        return sorted(self._totals.rules)


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    text: str
    faulty: bool


def excerpt_lines(finding: Finding) -> tuple[Line, ...]:
    if finding.excerpt is None:
        return ()
    numbered = enumerate(finding.excerpt.lines, finding.excerpt.first_line)
    return tuple(Line(number, text, number == finding.line) for number, text in numbered)


# ------------------------------------------------------------------ runs


@dataclass(frozen=True, slots=True)
class ExchangeView:
    record: ExchangeRecord
    request: Body
    response: Body | None


def exchange_views(report: RunReport) -> Mapping[str, ExchangeView]:
    """Exchange id -> what is shown of it. A body is carried whole once; the same bytes elsewhere only show their text."""
    carried: set[str] = set()

    def body(sha256: str) -> Body:
        try:
            found = readable(sha256, report.content(sha256))
        except (KeyError, HarnessError):
            return missing(sha256)
        if sha256 in carried:
            return Body(found.sha256, found.kind, found.size, found.text, found.hidden)
        carried.add(sha256)
        return found

    return {
        record.id: ExchangeView(
            record, body(record.request_sha256), body(record.response_sha256) if record.response_sha256 else None
        )
        for record in report.record.exchanges
    }


@dataclass(frozen=True, slots=True)
class RequirementView:
    """known None: no profile at hand describes it."""

    id: str
    verdict: RequirementVerdict
    level: Level
    known: Requirement | None
    evidence: tuple[Evidence, ...]

    @property
    def tone(self) -> Tone:
        """A should that is broken is milder than a must, and a may is only shown."""
        if self.verdict is RequirementVerdict.BROKEN:
            return _BROKEN[self.level]
        return tone(self.verdict)

    @property
    def breaks(self) -> bool:
        """Broken, and more than a may."""
        return self.verdict is RequirementVerdict.BROKEN and self.level is not Level.MAY

    @property
    def group(self) -> str:
        return self.known.group if self.known else ""

    @property
    def first_failure(self) -> Evidence | None:
        return next((piece for piece in self.evidence if piece.step.verdict is Verdict.FAIL), None)


_BROKEN: Mapping[Level, Tone] = {Level.MUST: "bad", Level.SHOULD: "warn", Level.MAY: "mute"}
_ORDER = {
    RequirementVerdict.BROKEN: 0,
    RequirementVerdict.UNTESTED: 1,
    RequirementVerdict.MET: 2,
    RequirementVerdict.NOT_APPLICABLE: 3,
}


def requirement_views(report: RunReport) -> tuple[RequirementView, ...]:
    """Broken ones first, in the order to repair them; then untested, met, not applicable, by id."""
    evidence = evidence_by_requirement(report)
    urgency = {id: at for at, id in enumerate(broken_requirements(report))}
    views = (
        RequirementView(id, verdict, level_of(report, id), report.requirements.get(id), evidence.get(id, ()))
        for id, verdict in report.score.verdicts.items()
    )
    return tuple(sorted(views, key=lambda view: (_ORDER[view.verdict], urgency.get(view.id, len(urgency)), view.id)))


# ------------------------------------------------------------------ maturity


@dataclass(frozen=True, slots=True)
class Cell:
    """One level of an item, drawn. marks: letters of what reaches exactly this level."""

    level: int
    colour: str
    reached: bool
    desired: bool
    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class ItemView:
    item: Item
    found: ItemAssessment
    cells: tuple[Cell, ...]

    @property
    def applies(self) -> bool:
        return self.found.status is not ItemStatus.NOT_APPLICABLE

    @property
    def rated(self) -> bool:
        """Levels are only worth showing where something was there to rate."""
        return self.found.status not in (ItemStatus.NOT_APPLICABLE, ItemStatus.NOT_ASSESSED)


@dataclass(frozen=True, slots=True)
class ThemeView:
    theme: Theme
    proved: float | None
    all: float | None
    items: tuple[ItemView, ...]


def theme_views(assessment: Assessment, grid: Grid) -> tuple[ThemeView, ...]:
    items = {item.id: item for item in grid.items}
    placed = [_item_view(items[found.item], found) for found in assessment.items if found.item in items]
    themes = (
        ThemeView(
            theme, *assessment.themes.get(theme.id, (None, None)), tuple(view for view in placed if view.item.theme == theme.id)
        )
        for theme in grid.themes
    )
    return tuple(theme for theme in themes if theme.items)


def _item_view(item: Item, found: ItemAssessment) -> ItemView:
    reached = {"proved": found.proved, "evidenced": found.evidenced, "claimed": found.claimed}
    rated = found.status not in (ItemStatus.NOT_APPLICABLE, ItemStatus.NOT_ASSESSED)

    def cell(level: int, colour: str) -> Cell:
        marks = frozenset(kind for kind, highest in reached.items() if rated and highest == level and level > 0)
        desired = level == found.desired and found.status is not ItemStatus.NOT_APPLICABLE
        return Cell(level, colour, rated and level <= found.attained, desired, marks)

    return ItemView(item, found, tuple(cell(graded.level, graded.colour) for graded in item.levels))


def scenarios_of(piece: AutomaticEvidence | DeclaredEvidence, report: RunReport | None) -> Iterable[str]:
    """Ids of scenarios of this report that the evidence refers to."""
    if report is None or not isinstance(piece, AutomaticEvidence) or piece.run != report.record.id:
        return ()
    words = set(re.split(r"[\s,;/]+", piece.reference))
    return tuple(result.id for result in report.record.scenarios if result.id in words)
