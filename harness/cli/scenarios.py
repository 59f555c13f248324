"""`harness scenarios`: list and show."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from harness.cli import options
from harness.cli.usage import Commands
from harness.errors import told_at
from harness.model import Lang, Scenario, Text

if TYPE_CHECKING:
    from harness.library import Library


@click.group("scenarios", cls=Commands, told=Text("Liste et montre les scénarios.", "List and show the scenarios."))
def command() -> None:
    pass


@command.command(
    "list",
    told=Text(
        "Tous les scénarios, un par ligne : niveau, sens (+ doit réussir, - doit être refusé), identifiant, titre.",
        "Every scenario, one per line: level, direction (+ has to succeed, - has to be refused), identifier, title.",
    ),
)
@options.lang
def list_scenarios(lang: Lang) -> int:
    from harness.reporting import wording

    scenarios = options.open_library().scenarios()
    width = max((len(scenario.id) for scenario in scenarios), default=0)
    for scenario in scenarios:
        sign = "-" if scenario.negative else "+"
        click.echo(f"{wording.word(scenario.level, lang):<12}{sign} {scenario.id:<{width}} {scenario.title.in_(lang)}")
    return 0


@command.command(
    "show",
    told=Text(
        "Un scénario : ses étapes et les exigences qu'il vérifie.",
        "A scenario: its steps and the requirements it checks.",
    ),
)
@click.argument("scenario")
@options.lang
def show_scenario(scenario: str, lang: Lang) -> int:
    from harness.reporting import wording

    library = options.open_library()
    known = {one.id: one for one in library.scenarios()}
    if scenario not in known:
        from harness.runner.selection import unknown_scenario

        raise unknown_scenario(scenario, list(known))
    chosen = known[scenario]
    kind = (chosen.protocol, *([chosen.actors["system"]] if "system" in chosen.actors else ()), wording.word(chosen.level, lang))
    click.echo(f"{chosen.id}  ({', '.join(kind)})\n{chosen.title.in_(lang)}")
    if chosen.note:
        options.say(chosen.note.in_(lang), "  ")
    requirements = library.requirements()
    click.echo("")
    for step in chosen.steps:
        what = step.arguments.get("transaction", "")
        click.echo(f"  {step.id}: {step.kind} {what}".rstrip())
        for name, wanted in step.expect.items():
            click.echo(f"      {name}: {json.dumps(wanted, ensure_ascii=False) if isinstance(wanted, bool | dict) else wanted}")
    click.echo("")
    for id in chosen.requirements:
        requirement = requirements.get(id)
        if requirement is None:
            click.echo(f"  {id}")
            continue
        options.say(f"{id} [{wording.word(requirement.level, lang)}] {wording.cited(str(requirement.source), lang)}", "  ", " " * 6)
        options.say(requirement.text.in_(lang), " " * 6)
    vetted(chosen, library)
    return 0


def vetted(scenario: Scenario, library: Library) -> None:
    """Raises DataError where a run would refuse to begin, and what it would say."""
    from harness.exchange import client_of_nobody
    from harness.runner.vetting import vet

    scenario = replace(scenario, file=str(library.path(scenario.file)))
    with told_at(scenario.file, scenario.lines.get(scenario.protocol, 1)):
        client = client_of_nobody(scenario.protocol, library)
    vet([scenario], library, {scenario.protocol: client}, options.today())
