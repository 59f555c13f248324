"""`harness runs`: list the runs kept, and lead from a figure to its evidence."""

from __future__ import annotations

import click

from harness.cli import options
from harness.cli.delivery import deliver_bytes
from harness.cli.help import option
from harness.cli.usage import Commands
from harness.errors import UsageError
from harness.library import Library, home
from harness.model import ExchangeRecord, Lang, RunRecord, StepResult, Text
from harness.storage import Store


@click.group(
    "runs",
    cls=Commands,
    told=Text("Liste les campagnes et mène d'un chiffre à sa preuve.", "List the runs and lead from a figure to its evidence."),
)
def command() -> None:
    pass


@command.command("list", told=Text("Toutes les campagnes gardées, la dernière d'abord.", "All stored runs, latest first."))
@option("--system", default=None, help=Text("d'un seul système", "of one system only"))
@options.lang
def list_runs(system: str | None, lang: Lang) -> int:
    from harness.reporting import wording

    with Store(home()) as store:
        heads = store.runs(system)
    if not heads:
        click.echo(Text("Aucune campagne gardée.", "No run is kept.").in_(lang))
    for head in heads:
        found = [(head.verdicts.get(verdict, 0), noun) for verdict, noun in wording.COUNTS.items()]
        found.append((head.optional, wording.OPTIONAL))
        counts = ", ".join(wording.counted(number, noun, lang) for number, noun in found if number)
        cut = Text(" (interrompue)", " (interrupted)").in_(lang) if head.interrupted else ""
        click.echo(f"{head.id:<30} {head.started_at:%Y-%m-%d %H:%M}  {head.system:<24} {counts}{cut}".rstrip())
    return 0


@command.command(
    "show",
    told=Text(
        "Une campagne et sa note ; avec EXIGENCE, ses preuves : étapes, échanges, empreintes.",
        "A run and its score; with REQUIREMENT, its evidence: steps, exchanges, digests.",
    ),
)
@click.argument("run")
@click.argument("requirement", required=False)
@option("--verbose", "-v", is_flag=True, help=Text("montre aussi les informations", "also show information findings"))
@options.report("check", "run")
@options.lang
def show_run(run: str, requirement: str | None, verbose: bool, places: tuple[options.Place, ...], lang: Lang) -> int:
    from harness.cli.campaign import reported

    library = options.open_library()
    with Store(home()) as store:
        record = store.run(run)
        if requirement:
            _show_evidence(record, requirement, library, lang)
        elif record.judgements:
            _show_judgements(record, places, lang, verbose)
        else:
            options.deliver_reports(reported(record, library, store, ""), places, lang, verbose=verbose)
    return 0


@command.command(
    "body",
    told=Text("Les octets d'un message gardé, sur la sortie standard.", "The bytes of a stored message, on standard output."),
)
@click.argument("sha256")
def show_body(sha256: str) -> int:
    with Store(home()) as store:
        deliver_bytes(store.bytes_of(sha256), None)
    return 0


def _show_judgements(record: RunRecord, places: tuple[options.Place, ...], lang: Lang, verbose: bool) -> None:
    from harness.model import Environment
    from harness.reporting import CheckReport

    report = CheckReport(record.harness_version, record.judgements, (), Environment.AUTO, record.started_at, lambda: 0.0)
    options.deliver_reports(report, places, lang, verbose=verbose)


def _show_evidence(record: RunRecord, id: str, library: Library, lang: Lang) -> None:
    from harness.reporting import wording

    requirement = library.requirements().get(id)
    steps = [
        (result.id, step)
        for result in record.scenarios
        if id in result.requirements
        for step in result.steps
        if id in step.requirements or not step.requirements
    ]
    judged = [judgement for judgement in record.judgements if id in judgement.requirements]
    if requirement is None and not steps and not judged:
        raise UsageError(
            Text(f"{record.id} ne dit rien de {id}", f"{record.id} says nothing about {id}"),
            Text(f"`harness runs show {record.id}` montre ce qu'il dit.", f"`harness runs show {record.id}` shows what it says."),
        )
    if requirement:
        options.say(f"{id} [{wording.word(requirement.level, lang)}] {wording.cited(str(requirement.source), lang)}", "", "  ")
        options.say(requirement.text.in_(lang), "  ")
    exchanges = {exchange.id: exchange for exchange in record.exchanges}
    for scenario, step in steps:
        _show_step(scenario, step, exchanges, lang)
    for judgement in judged:
        click.echo(f"\n{wording.word(judgement.requirements[id], lang):<13} {judgement.path}  sha256 {judgement.sha256}")
        for finding in judgement.findings:
            if finding.requirement == id:
                click.echo(f"  {wording.word(finding.severity, lang)} l.{finding.line} {finding.message.in_(lang)}")


def _show_step(scenario: str, step: StepResult, exchanges: dict[str, ExchangeRecord], lang: Lang) -> None:
    from harness.reporting import wording

    click.echo(f"\n{wording.word(step.verdict, lang):<13} {scenario} / {step.id}")
    if step.message.in_(lang):
        options.say(step.message.in_(lang), "  ")
    for exchange in (exchanges[one] for one in step.exchanges if one in exchanges):
        click.echo(f"  {exchange.method} {exchange.url} -> {exchange.status or '-'}")
        sent, received = (Text("demande", "request "), Text("réponse", "response"))
        click.echo(f"    {sent.in_(lang)} sha256 {exchange.request_sha256}")
        if exchange.response_sha256:
            click.echo(f"    {received.in_(lang)} sha256 {exchange.response_sha256}")
