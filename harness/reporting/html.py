"""Reports as one page of HTML that carries all it needs: no network, no script but its own, everything escaped.

The style and the script are allowed by their digests in the page's own content security policy, so that nothing a document
or a reply could smuggle in would run.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from harness.model import ItemStatus, Lang, Severity, Text, grouped
from harness.reporting import advice, must_support, official, pages, summary, wording
from harness.reporting.printable import printable
from harness.reporting.reports import AssessReport, CheckReport, Report, RunReport
from harness.reporting.tones import scenario_tone, shape, tone
from harness.reporting.totals import Totals

FIRST_REPAIRS = 3  # how many things to repair the headline names

_JOINT = re.compile(r"(?<=[/!|_])(?=[^/])")  # where a path or an address breaks rather than within a word
_TYPED = re.compile("`([^`\n]+)`")  # what a message quotes as one types it: a command, a key, a path


def render(report: Report, lang: Lang) -> Iterator[str]:
    if isinstance(report, CheckReport):
        return _page("check.html.j2", lang, **_check(report))
    if isinstance(report, RunReport):
        return _page("run.html.j2", lang, **_run(report))
    return _page("assess.html.j2", lang, **_assess(report))


def _check(report: CheckReport) -> dict[str, Any]:
    return {
        "report": report,
        "counts": summary.of_check(report),
        "advice": advice.after_check(report),
        "priorities": report.totals.priorities.ranked()[:FIRST_REPAIRS],
        "documents": pages.DocumentViews(report.judgements, report.totals),
        "profiles": report.totals.profiles.items(),
    }


def _run(report: RunReport) -> dict[str, Any]:
    requirements = pages.requirement_views(report)
    judgements = report.record.judgements
    return {
        "report": report,
        "counts": summary.of_run(report),
        "advice": advice.after_run(report),
        "obstacle": summary.obstacle(report),
        "requirements": requirements,
        "repairs": [view for view in requirements if view.breaks][:FIRST_REPAIRS],
        "exchanges": pages.exchange_views(report),
        "never_begun": summary.never_begun(report),
        "documents": pages.DocumentViews(judgements, Totals.of(judgements)),
        "maturity": _maturity(report) if report.assessment and report.grid else None,
    }


def _assess(report: AssessReport) -> dict[str, Any]:
    return {"report": report, "maturity": _maturity(report)}


def _maturity(report: RunReport | AssessReport) -> dict[str, Any]:
    assessment, grid = report.assessment, report.grid
    assert assessment is not None
    assert grid is not None
    return {
        "assessment": assessment,
        "grid": grid,
        "counts": summary.of_assessment(assessment),
        "themes": pages.theme_views(assessment, grid),
        "run": report if isinstance(report, RunReport) else None,
        "kinds": {**grid.automatic_kinds, **grid.declared_kinds},
    }


def _page(template: str, lang: Lang, **values: Any) -> Iterator[str]:
    environment = _environment(lang)
    style, script = (_source(environment, name) for name in ("style.css", "page.js"))
    return environment.get_template(template).generate(
        style=Markup(style),
        script=Markup(script),
        style_digest=_csp_digest(style),
        script_digest=_csp_digest(script),
        **values,
    )


def _source(environment: Environment, name: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _csp_digest(source: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(source.encode()).digest()).decode()}"


@cache
def _environment(lang: Lang) -> Environment:
    """Templates with the words of one language. Every value that is printed is escaped and made printable."""
    environment = Environment(
        loader=PackageLoader("harness.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: printable(value) if type(value) is str else value,
    )
    environment.filters |= {
        "say": lambda text: _said(wording.spaced(text.in_(lang), lang)),
        "word": lambda value: wording.word(value, lang),
        "short": lambda verdict: wording.spaced(wording.SHORT[verdict].in_(lang), lang),
        "number": lambda value: grouped(value).in_(lang),
        "cited": lambda source: wording.cited(source, lang),
        "counted": lambda number, noun: wording.counted(number, _noun(noun), lang),
        "parted": lambda path: Markup("<wbr>").join(_JOINT.split(printable(path))),
        "percent": lambda value: wording.percent(value, lang),
        "day": lambda on: wording.day(on, lang),
        "moment": lambda at: wording.moment(at, lang),
        "seconds": lambda value: wording.seconds(value, lang),
        "must_support_figures": lambda one: must_support.figures(one, lang),
        "must_support_absent": lambda one: must_support.absent(one, lang),
        "official_title": lambda report: wording.spaced(official.title(report, lang), lang),
        "official_remarks": lambda part: official.remarks(part, lang),
        "official_level": lambda finding: official.LEVELS[official.level(finding)].in_(lang),
        "tone": tone,
        "scenario_tone": scenario_tone,
        "scenario_word": lambda result: wording.scenario_word(result, lang),
        "shape": shape,
    }
    environment.globals |= {
        "lang": lang,
        "t": lambda fr, en: wording.spaced(Text(fr, en).in_(lang), lang),
        "anchor": pages.anchor,
        "web_link": pages.web_link,
        "excerpt_lines": pages.excerpt_lines,
        "scenarios_of": pages.scenarios_of,
        "conformance_percent": summary.conformance_percent,
        "coverage_percent": summary.coverage_percent,
        "share_percent": summary.share_percent,
        "Severity": Severity,
    }
    return environment


def _said(words: str) -> str | Markup:
    """A message, what it quotes as typed in elements of code."""
    if "`" not in words:
        return words
    parts = _TYPED.split(printable(words))  # words and what is typed in turn
    return Markup("").join(Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts))


def _noun(name: str | ItemStatus) -> wording.Noun:
    """The noun a template names: one of the words to count, or the status of an item."""
    return wording.ITEMS[name] if isinstance(name, ItemStatus) else getattr(wording, name)
