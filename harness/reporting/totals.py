"""What a report says of all its documents together, counted as they come: ten thousand judgements are read once for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from harness.model import DocumentVerdict, Judgement, OfficialReport, RequirementVerdict, Severity
from harness.reporting.folding import Priorities

_WORST_FIRST = (DocumentVerdict.FAIL, DocumentVerdict.ERROR, DocumentVerdict.PARTIAL, DocumentVerdict.PASS)
_RANKS = {verdict: 64 * rank for rank, verdict in enumerate(_WORST_FIRST)}
_MOST = 63  # findings that order the documents of one verdict: a document is one byte


class Totals:
    """Grows with each judgement added, by one byte a document and by what was never met before.

    judged_severities: of the documents that could be judged; profiles: coordinate -> SHA-256, in the order first met;
    rules, requirements_named: ids that findings bear; that_warn: those of either that errors and warnings bear, in documents that
    could be judged;
    broken, broken_optional: requirements, one in both is broken.
    """

    def __init__(self) -> None:
        self.verdicts: Counter[DocumentVerdict] = Counter()
        self.severities: Counter[Severity] = Counter()
        self.judged_severities: Counter[Severity] = Counter()
        self.requirements: dict[str, RequirementVerdict] = {}
        self.broken: set[str] = set()
        self.broken_optional: set[str] = set()
        self.profiles: dict[str, str] = {}
        self.cda_profiles: set[str] = set()
        self.rules: set[str] = set()
        self.that_warn: set[str] = set()
        self.requirements_named: set[str] = set()
        self.fixes = 0
        self.patches = 0
        self.unpatched = 0  # documents with fixes that no patch can make
        self.priorities = Priorities()
        self.official = OfficialTotals()
        self._ranks = bytearray()
        self._folder: list[str] | None = None

    @classmethod
    def of(cls, judgements: Iterable[Judgement]) -> Totals:
        totals = cls()
        for judgement in judgements:
            totals.add(judgement)
        return totals

    def add(self, judgement: Judgement) -> None:
        self.verdicts[judgement.verdict] += 1
        self._ranks.append(_rank(judgement))
        self._narrow(judgement.path)
        if judgement.profile:
            self.profiles[judgement.profile] = judgement.profile_digest
            if judgement.kind == "cda":
                self.cda_profiles.add(judgement.profile)
        self._add_requirements(judgement)
        if judgement.findings:
            self._add_findings(judgement)
        self.patches += bool(judgement.patch)
        if judgement.official is not None:
            self.official.add(judgement.official)

    @property
    def documents(self) -> int:
        return len(self._ranks)

    @property
    def folder(self) -> str:
        """The folder, with its last slash, that all of several documents lie in; "" when there is none."""
        return "/".join(self._folder) + "/" if self.documents > 1 and self._folder and any(self._folder) else ""

    def worst_first(self) -> Iterator[int]:
        """Numbers of the documents from 0: by verdict, by errors (warnings where there is none), then in the order judged."""
        for rank in sorted(set(self._ranks)):
            number = self._ranks.find(rank)
            while number >= 0:
                yield number
                number = self._ranks.find(rank, number + 1)

    def _narrow(self, path: str) -> None:
        names = path.rpartition("/")[0].split("/")
        if self._folder is None:
            self._folder = names
        elif names[: len(self._folder)] != self._folder:
            shared = (at for at, pair in enumerate(zip(self._folder, names, strict=False)) if pair[0] != pair[1])
            del self._folder[next(shared, min(len(names), len(self._folder))) :]

    def _add_requirements(self, judgement: Judgement) -> None:
        """Broken anywhere is broken. A document has hundreds: they are not looked at one by one."""
        broken, optional = judgement.broken()
        self.broken.update(broken)
        self.broken_optional.update(optional)
        self.requirements.update(judgement.requirements)
        self.requirements.update(dict.fromkeys(self.broken | self.broken_optional, RequirementVerdict.BROKEN))

    def _add_findings(self, judgement: Judgement) -> None:
        severities = Counter(finding.severity for finding in judgement.findings)
        self.severities.update(severities)
        if judgement.verdict is not DocumentVerdict.ERROR:
            self.judged_severities.update(severities)
            for one in judgement.findings:
                if one.severity is not Severity.INFO:
                    self.that_warn.update((one.rule, one.requirement))
            self.priorities.add(judgement.findings)  # that a document cannot be read is no rule that others break too
        self.rules.update(finding.rule for finding in judgement.findings)
        self.requirements_named.update(finding.requirement for finding in judgement.findings)
        fixes = sum(finding.fix is not None for finding in judgement.findings)
        self.fixes += fixes if judgement.patch else 0
        self.unpatched += bool(fixes and not judgement.patch)


def _rank(judgement: Judgement) -> int:
    severities = [finding.severity for finding in judgement.findings]
    return _RANKS[judgement.verdict] + _MOST - min(severities.count(Severity.ERROR) or severities.count(Severity.WARNING), _MOST)


class OfficialTotals:
    """What published tools said, over all documents that they were asked about. packages: id -> SHA-256."""

    def __init__(self) -> None:
        self.documents = 0
        self.with_findings = 0
        self.findings = 0
        self.stopped = 0
        self.packages: dict[str, str] = {}

    def add(self, report: OfficialReport) -> None:
        self.documents += 1
        self.with_findings += report.findings > 0
        self.findings += report.findings
        self.stopped += report.stopped
        self.packages[report.package] = report.digest
