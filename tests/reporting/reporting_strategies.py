"""Reports made by hypothesis: any verdicts, any numbers, hostile words."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st
from reporting_builders import check_report, finding, grid, judgement, requirement, run_report, scenario, score, step

from harness.model import (
    Assessment,
    DocumentVerdict,
    Fix,
    ItemAssessment,
    ItemStatus,
    Judgement,
    Level,
    Replacement,
    RequirementVerdict,
    Severity,
    Skipped,
    Text,
    Verdict,
)
from harness.reporting import CheckReport, RunReport

HOSTILE = (
    "<script>alert(1)</script>",
    "\x1b[31m",
    "\u202e",
    "\"'><img src=x onerror=alert(1)>",
    "é { {{ 7*7 }} {% %}",
    "&lt;",
    "]]>",
    "\x00\x0b",
)
words = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20))
texts = st.builds(Text, words, words)
rules = st.sampled_from(["INS-R01", "HDR-01", "section.a:code.card", "<b>", "a b"])
places = st.integers(1, 500)
replacements = st.builds(Replacement, places, places, places, places, words)
fixes = st.none() | st.builds(Fix, texts, st.lists(replacements, min_size=1, max_size=2).map(tuple))
findings = st.builds(
    lambda rule, severity, line, message, section, fix: finding(
        rule, severity, line, message=message, section=section, fix=fix, excerpt=None
    ),
    rules,
    st.sampled_from(Severity),
    st.integers(0, 500),
    texts,
    words,
    fixes,
)


@st.composite
def judgements(draw: st.DrawFn, path: str) -> Judgement:
    found = draw(st.lists(findings, max_size=5))
    failed = any(one.severity is Severity.ERROR for one in found)
    verdict = DocumentVerdict.FAIL if failed else draw(st.sampled_from([DocumentVerdict.PASS, DocumentVerdict.PARTIAL]))
    if not found and draw(st.booleans()):
        verdict = DocumentVerdict.ERROR
    reasons = draw(st.lists(texts, max_size=2)) if verdict in (DocumentVerdict.PARTIAL, DocumentVerdict.ERROR) else []
    return judgement(path, verdict, found, reasons, met=draw(st.lists(rules, max_size=3, unique=True)))


@st.composite
def check_reports(draw: st.DrawFn) -> CheckReport:
    paths = [f"{draw(words)}{number}.xml" for number in range(draw(st.integers(0, 3)))]
    skipped = [Skipped(f"{number}.txt", draw(texts)) for number in range(draw(st.integers(0, 2)))]
    return check_report([draw(judgements(path)) for path in paths], skipped)


@st.composite
def run_reports(draw: st.DrawFn) -> RunReport:
    ids = [f"R-{number}" for number in range(draw(st.integers(1, 5)))]
    requirements = {id: requirement(id, draw(st.sampled_from(Level)), draw(st.sampled_from(["A", "B"])), draw(words)) for id in ids}
    verdicts = {id: draw(st.sampled_from(RequirementVerdict)) for id in ids}
    scenarios = tuple(
        scenario(
            f"s-{number}",
            [
                step(
                    f"t{at}",
                    draw(st.sampled_from(Verdict)),
                    draw(words),
                    [],
                    draw(st.lists(st.sampled_from(ids), max_size=2, unique=True)),
                )
                for at in range(draw(st.integers(0, 2)))
            ],
            draw(st.sampled_from(Level)),
            title=draw(texts),
        )
        for number in range(draw(st.integers(0, 3)))
    )
    unbegun = tuple(f"u-{number}" for number in range(draw(st.integers(0, 1))))
    return run_report(
        scenarios=scenarios,
        planned=tuple(one.id for one in scenarios) + unbegun,
        exchanges=(),
        score=score(verdicts, requirements),
        requirements=requirements,
        interrupted=bool(unbegun),
        assessment=draw(assessments()),
    )


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    level = st.integers(0, 4)

    def item(id: str) -> ItemAssessment:
        desired = draw(st.none() | level)
        proved, evidenced, claimed = draw(level), draw(level), draw(level)
        attained = max(proved, evidenced, claimed)
        gap = max((desired or 0) - attained, 0)
        return ItemAssessment(
            id, attained, None, proved, evidenced, claimed, desired, gap, draw(st.sampled_from(ItemStatus)), (), ()
        )

    share = st.none() | st.floats(0, 1)
    items = tuple(item(one.id) for one in grid().items)
    return Assessment(
        "système", "LGC", date(2026, 11, 24), "1", items, draw(share), draw(share), {"socle": (draw(share), draw(share))}
    )
