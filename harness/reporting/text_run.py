"""A run as plain text: scenarios, broken requirements, score, maturity."""

from __future__ import annotations

from harness.model import GroupScore, Lang, Level, ScenarioResult, StepResult, Text, Verdict, labelled
from harness.reporting import advice, summary, text_check, text_maturity, wording
from harness.reporting.evidence import broken_requirements, evidence_by_requirement, level_of
from harness.reporting.layout import Column, Page, Tone
from harness.reporting.printable import printable
from harness.reporting.reports import RunReport
from harness.reporting.tones import scenario_tone, tone
from harness.reporting.wording import counted, percent

LONG = 60  # characters of a message that is not told twice
NAMED = 6  # scenarios never begun that are named; --resume plays them all, --verbose names them all
GROUP_TITLES = (
    Text("Groupe", "Group"),
    Text("Respectées", "Met"),
    Text("Non respectées", "Broken"),
    Text("Non testées", "Untested"),
    Text("Conformité", "Conformance"),
    Text("Couverture", "Coverage"),
)


def lines(report: RunReport, page: Page, lang: Lang, verbose: bool) -> list[str]:
    told = _heading(report, page, lang)
    shown = [result for result in report.record.scenarios if verbose or _to_look_at(result)]
    if shown:
        told += ["", page.paint(Text("Scénarios", "Scenarios").in_(lang), "strong")]
    before: dict[Text, tuple[str, str]] = {}
    for result in shown:
        told += scenario(result, page, lang, verbose, before)
    told += _never_begun(report, page, lang, verbose)
    told += _not_judged(report, page, lang)
    if report.record.judgements:
        told += ["", page.paint(Text("Documents", "Documents").in_(lang), "strong")]
        for judgement in report.record.judgements:
            told += text_check.document(judgement, page, lang, verbose)
    if verbose or report.score.total.met or report.score.total.broken:  # else a table of zeros
        told += [
            "",
            page.paint(Text("Exigences obligatoires", "Must requirements").in_(lang), "strong"),
            *groups(report, page, lang),
        ]
    told += _broken(report, page, lang)
    if report.assessment and report.grid:
        told += ["", *text_maturity.lines(report.assessment, report.grid, page, lang, whole=verbose)]
    return [*told, "", *closing(report, page, lang)]


def _to_look_at(result: ScenarioResult) -> bool:
    """Only the scenarios that need attention: those that passed were told while the run went on."""
    return result.verdict is not Verdict.PASS


def _heading(report: RunReport, page: Page, lang: Lang) -> list[str]:
    record = report.record
    details = (
        f"{Text('campagne', 'run').in_(lang)} {record.id} · {wording.moment(record.started_at, lang)} · "
        f"{Text('graine', 'seed').in_(lang)} {record.seed}"
    )
    cut = labelled(Text("Interrompue", "Interrupted").in_(lang), record.reason.in_(lang), lang) if record.reason else ""
    return [
        *(page.paint(line, "strong") for line in page.wrap(f"{record.system} · {record.target}")),
        *(page.paint(line, "mute") for line in page.wrap(details)),
        *(page.paint(line, "warn") for line in page.wrap(cut)),
    ]


def scenario(result: ScenarioResult, page: Page, lang: Lang, verbose: bool, before: dict[Text, tuple[str, str]]) -> list[str]:
    """Its verdict, its title and id; under it the steps that failed or could not be judged (every step when verbose).

    before: what was told at length, of which scenario and step; it is referred to when a step says the same.
    """
    told = verdict_line(result, page, lang)
    for step in result.steps:
        if verbose or step.verdict in (Verdict.FAIL, Verdict.ERROR):
            of, like = before.get(step.message, ("", "")) if not verbose else ("", "")
            told += _step(step, page, lang, like if of == result.id else of)
            if len(step.message.in_(lang)) > LONG:
                before.setdefault(step.message, (result.id, step.id))
    return told


def verdict_line(result: ScenarioResult, page: Page, lang: Lang) -> list[str]:
    sign = "  " + wording.scenario_verdict(result, lang)
    optional = " · " + wording.LEVELS[Level.MAY].in_(lang) if result.level is Level.MAY else ""
    return page.labelled(sign, f"{result.title.in_(lang)} · {result.id}{optional}", 14, scenario_tone(result))


def _step(step: StepResult, page: Page, lang: Lang, like: str) -> list[str]:
    """like: the step of this scenario, or the other scenario, that its message was told of already."""
    sign = wording.SIGNS[step.verdict]
    message = Text(f"comme à {like}", f"as in {like}") if like else step.message
    head = Text(f"{sign} étape {step.id} : {message.fr}", f"{sign} step {step.id}: {message.en}")
    told = page.wrap(head.in_(lang), " " * 14, " " * 16)
    for finding in step.findings:
        told += page.wrap(f"- {finding.message.in_(lang)} ({text_check.provenance(finding, lang)})", " " * 16, " " * 18)
    return told


def _never_begun(report: RunReport, page: Page, lang: Lang, verbose: bool) -> list[str]:
    missing = summary.never_begun(report)
    if not missing:
        return []
    label = Text("Jamais commencés : ", "Never started: ").in_(lang)
    named = missing if verbose or len(missing) <= NAMED + 1 else missing[:NAMED]
    left = len(missing) - len(named)
    how = "--verbose" if report.resumable else f"harness runs show {report.record.id} --verbose"  # `harness demo` has no --verbose
    others = Text(f" et {left} autres ({how} les nomme)", f" and {left} others ({how} names them)")
    return page.wrap(label + ", ".join(named) + (others.in_(lang) if left else ""), "  ", "    ")


def _not_judged(report: RunReport, page: Page, lang: Lang) -> list[str]:
    """What of the answers could not be judged, each reason once, with the number of steps that it concerns."""
    reasons = summary.not_judged(report)
    if not reasons:
        return []
    told = ["", page.paint(Text("Non jugé dans les réponses", "Not judged in the answers").in_(lang), "strong")]
    for why, steps in reasons.items():
        told += page.wrap(f"- {why.in_(lang)} ({counted(steps, wording.STEP, lang)})", "  ", "    ")
    return told


def groups(report: RunReport, page: Page, lang: Lang) -> list[str]:
    """Counts and percentages of each group of must requirements, and their total."""
    columns = [Column(title.in_(lang), right=at > 0, flexible=at == 0) for at, title in enumerate(GROUP_TITLES)]
    total = Text("Total", "Total").in_(lang)
    scores = [*((group.group or "–", group) for group in summary.of_run(report).groups), (total, report.score.total)]
    rows = [(name, *_group_cells(group, lang)) for name, group in scores]
    tones: list[Tone] = ["bad" if group.broken else "plain" for _, group in scores]
    return page.table(columns, rows, tones, "  ")


def _group_cells(group: GroupScore, lang: Lang) -> tuple[str, ...]:
    return (
        str(group.met),
        str(group.broken),
        str(group.untested),
        percent(summary.conformance_percent(group), lang),
        percent(summary.coverage_percent(group), lang),
    )


def _broken(report: RunReport, page: Page, lang: Lang) -> list[str]:
    """Each broken requirement with its text and source, and the steps that show it."""
    broken = broken_requirements(report)
    if not broken:
        return []
    evidence = evidence_by_requirement(report)
    told = ["", page.paint(Text("Exigences non respectées", "Broken requirements").in_(lang), "strong")]
    for id in broken:
        level = level_of(report, id)
        told.append(f"  {page.paint(printable(id), 'bad' if level is Level.MUST else 'warn')} · {wording.LEVELS[level].in_(lang)}")
        if known := report.requirements.get(id):
            told += page.wrap(known.text.in_(lang), "    ")
            told += [page.paint(line, "mute") for line in page.wrap(wording.cited(str(known.source), lang), "    ")]
        for piece in evidence.get(id, ()):
            if piece.step.verdict is Verdict.FAIL:
                told += page.wrap(f"→ {piece.scenario.id} / {piece.step.id}", "    ", "      ")
    return told


def closing(report: RunReport, page: Page, lang: Lang) -> list[str]:
    """The verdict, conformance and coverage side by side with their counts, and what to do next."""
    counts = summary.of_run(report)
    total = counts.total
    tested = total.met + total.broken
    conformance, coverage = (
        percent(value, lang) for value in (summary.conformance_percent(total), summary.coverage_percent(total))
    )
    met, of_tested = counted(total.met, wording.MET, lang), counted(tested, wording.TESTED, lang)
    applicable = counted(tested + total.untested, wording.APPLICABLE, lang)
    measures = Text(
        f"Conformité {conformance} ({met} sur {of_tested}) · couverture {coverage} ({of_tested} sur {applicable})",
        f"Conformance {conformance} ({met} of {of_tested}) · coverage {coverage} ({of_tested} of {applicable})",
    ).in_(lang)
    told = [page.paint(wording.OUTCOMES[counts.outcome].in_(lang), tone(counts.outcome)), *page.wrap(measures)]
    told += page.wrap(_scenario_counts(report, lang))
    if obstacle := summary.obstacle(report):
        told += page.wrap(Text(f"Non jugé : {obstacle.fr}", f"Not judged: {obstacle.en}").in_(lang))
    told += page.wrap(advice.after_run(report).in_(lang))
    return told + text_check.provenance_lines(report.version, report.record.profiles, page)


def _scenario_counts(report: RunReport, lang: Lang) -> str:
    counts = summary.of_run(report)
    parts = (
        (counts.passed, wording.PASSED),
        (counts.failed, wording.FAILED),
        (counts.unjudged, wording.NOT_JUDGED),
        (counts.left_out, wording.NOT_PLAYED),
        (counts.optional, wording.OPTIONAL),
    )
    told = ", ".join(counted(number, noun, lang) for number, noun in parts if number)
    label = Text("Scénarios : ", "Scenarios: ").in_(lang)
    return f"{label}{told}." if told else label + Text("aucun.", "none.").in_(lang)
