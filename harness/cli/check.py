"""`harness check`: judge documents."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness import __version__
from harness.cli import options
from harness.cli.help import Command, option
from harness.errors import CannotJudge, Interrupted, UsageError
from harness.model import NO_TEXT, DocumentVerdict, Environment, Judgement, Lang, Requirement, Severity, Skipped, Text

if TYPE_CHECKING:
    from harness.cli.bench import Settings
    from harness.cli.packing import Packed
    from harness.cli.spooled import Judgements
    from harness.reporting import CheckReport
    from harness.reporting.totals import Totals


ABOUT = Text(
    """
    Juge des documents CDA et des ressources FHIR (JSON, XML, NDJSON) : fichiers, dossiers, archives ZIP, ou « - »
    pour l'entrée standard.

    Ce que dit l'outil officiel (--official) est montré à part et ne change pas le verdict.

    Codes de retour : 0 aucun document en échec, 1 au moins un, 3 aucun en échec mais l'un n'a pas pu
    être jugé, 2 erreur d'usage.
    """,
    """
    Judge CDA documents and FHIR resources (JSON, XML, NDJSON): files, folders, ZIP archives, or "-" for standard input.

    What the official tool says (--official) is shown separately and does not change the verdict.

    Exit codes: 0 no document failed, 1 at least one did, 3 none failed but one could not be judged, 2 usage error.
    """,
)


_SEVERITIES = ("error", "warning")
_AS_WRITTEN = Text("Une règle s'écrit comme dans le rapport : FHIR-DISPLAY.", "A rule is written as in the report: FHIR-DISPLAY.")


@click.command(
    "check",
    cls=Command,
    told=ABOUT,
    examples=(
        "harness check vsm.xml",
        "harness check letters --format html --output letters.html",
        "harness check vsm.xml --diff | patch -p0",
    ),
)
@click.argument("paths", nargs=-1, required=True)
@option(
    "--profile",
    default=None,
    help=Text(
        "juge avec ce profil (cda/vsm@2022.01, le canonical d'un profil FHIR ou son fichier)",
        "judge with this profile (cda/vsm@2022.01, the canonical of a FHIR profile or its file)",
    ),
)
@option(
    "--with",
    "loose",
    multiple=True,
    metavar="PATH",
    help=Text(
        "définitions FHIR de plus, et ressources que des références désignent : fichier JSON ou XML, dossier, .tgz",
        "more FHIR definitions, and resources that references lead to: JSON or XML file, folder, .tgz",
    ),
)
@option(
    "--env",
    type=click.Choice([e.value for e in Environment]),
    default="auto",
    show_default=True,
    help=Text("environnement dont les règles d'identité s'appliquent", "environment whose rules apply to identities"),
)
@option(
    "--fail-on",
    multiple=True,
    metavar="warning|RULE",
    help=Text(
        "ce qui fait échouer outre les erreurs : warning, ou une règle (FHIR-DISPLAY) qui avertit",
        "what fails besides errors: warning, or a rule (FHIR-DISPLAY) that warns",
    ),
)
@option(
    "--strict",
    is_flag=True,
    help=Text(
        "un document jugé en partie seulement compte comme non jugé (code 3)",
        "a document only partly judged counts as not judged (code 3)",
    ),
)
@option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help=Text("nombre de processus", "number of processes"))
@option(
    "--official",
    is_flag=True,
    help=Text(
        "montre aussi ce que dit l'outil officiel ajouté par `harness packages add`",
        "also show what the official tool says, added by `harness packages add`",
    ),
)
@option(
    "--official-volet",
    default=None,
    metavar="VOLET",
    help=Text(
        "règles officielles de ce volet, au lieu de le reconnaître", "official rules of this volet, instead of recognising it"
    ),
)
@option(
    "--tx",
    default=None,
    metavar="URL",
    help=Text(
        "interroge ce serveur de terminologie FHIR quand les paquets installés ne suffisent pas",
        "query this FHIR terminology server where the installed packages do not suffice",
    ),
)
@option(
    "--must-support",
    is_flag=True,
    help=Text(
        "indique quels éléments must-support des profils FHIR sont présents (toujours en JSON)",
        "list which must-support elements of FHIR profiles are present (always in JSON)",
    ),
)
@option(
    "--system",
    default=None,
    help=Text(
        "garde le résultat comme preuve de ce système, pour `harness assess`",
        "keep the result as evidence of this system, for `harness assess`",
    ),
)
@option(
    "--diff",
    is_flag=True,
    help=Text(
        "écrit les corrections certaines au lieu du rapport, à passer à « patch -p0 »",
        'write the certain fixes instead of the report, to be passed to "patch -p0"',
    ),
)
@option(
    "--verbose",
    "-v",
    is_flag=True,
    help=Text("montre aussi les informations et toutes les répétitions", "also show information findings and every repetition"),
)
@options.report("check")
@options.at
@options.lang
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    profile: str | None,
    loose: tuple[str, ...],
    env: str,
    fail_on: tuple[str, ...],
    strict: bool,
    jobs: int,
    official: bool,
    official_volet: str | None,
    tx: str | None,
    must_support: bool,
    system: str | None,
    diff: bool,
    verbose: bool,
    places: tuple[options.Place, ...],
    at: date | None,
    lang: Lang,
) -> int:
    from harness.cli.bench import Settings
    from harness.cli.judging import check_kept, keep, kept
    from harness.cli.spooled import Judgements

    if "" in paths:
        raise UsageError(
            Text("un chemin est vide", "a path is empty"),
            Text("Donner « . » pour le dossier courant.", 'Give "." for the current folder.'),
        )
    options.check_writable(places)
    if system:
        check_kept()
    check_failing(fail_on)
    clock = time.perf_counter()
    forms = {place.form for place in places}
    settings = Settings(
        at or options.today(),
        options.now(),
        Environment(env),
        profile,
        mending="how" if forms - {"text", "junit"} else "what" if "text" in forms else "",
        patching=diff,
        loose=loose,
        terminology=tx,
        must_support=must_support or "json" in forms,
        digests=forms != {"text"} or system is not None,
    )
    judgements = Judgements(_judged(paths, settings, jobs, official_volet, official=official or bool(official_volet)))
    to_read = any(place.is_to_read for place in places) and not diff
    try:
        report = _report(judgements, settings, clock, forms, meanwhile=forms <= {"text", "json"} and not diff)
        if diff:
            from harness.cli.patches import deliver_patches

            deliver_patches(report, lang)
        empty = not judgements and not judgements.skipped
        told = [place for place in places if place.output is not None or not (diff or (empty and place.is_to_read))]
        options.deliver_reports(report, told, lang, verbose=verbose)  # that there is nothing is told once
    except KeyboardInterrupt:
        raise _interrupted(len(judgements), places) from None
    if system:
        click.echo(kept(system, keep(system, judgements)).in_(lang), err=True)
    if not judgements:
        if to_read and judgements.skipped:
            return UsageError.exit_code  # the report says so, below what it skipped
        raise _nothing_to_judge(paths)
    code = exit_code(judgements.totals, fail_on=fail_on, strict=strict)
    return code or (0 if judgements.are_all() else CannotJudge.exit_code)  # who read us may go away before the last document


def check_failing(fail_on: Collection[str]) -> None:
    """Raises UsageError for a name that no finding can have: it would never make anything fail."""
    named = [name for name in fail_on if name not in _SEVERITIES]
    if not named:
        return
    from harness.checks.rule_ids import ids_like, is_rule
    from harness.library.nearest import suggestion

    library = options.open_library()
    for name in named:
        if not is_rule(name, library):
            raise UsageError(
                Text(
                    f"--fail-on : « {name} » n'est ni error, ni warning, ni une règle",
                    f'--fail-on: "{name}" is neither error, nor warning, nor a rule',
                ),
                suggestion(name, {*_SEVERITIES, *ids_like(name, library)}, _AS_WRITTEN),
            )


def _judged(
    paths: Sequence[str], settings: Settings, jobs: int, volet: str | None, *, official: bool
) -> Iterator[Judgement | Packed | Skipped]:
    """volet: of the official rules; None to recognise it."""
    if official:
        from harness.cli.official import judge_with_official

        return judge_with_official(paths, settings, jobs, volet)
    from harness.cli.judging import judge_paths

    return judge_paths(paths, settings, jobs)


def _report(judgements: Judgements, settings: Settings, clock: float, forms: Collection[str], *, meanwhile: bool) -> CheckReport:
    """clock: when the command began. meanwhile: what is told of a document needs no other, and is written while they are judged."""
    from harness.reporting import CheckReport

    if meanwhile:
        judgements.begin()
    else:
        judgements.complete()
    return CheckReport(
        version=__version__,
        judgements=judgements,
        skipped=judgements.skipped,
        environment=settings.environment,
        started=settings.now,
        elapsed=lambda: time.perf_counter() - clock,
        requirements=_requirements(judgements.totals) if "sarif" in forms else {},
        base=str(Path.cwd()),
        counted=judgements.totals,
    )


def _nothing_to_judge(paths: Sequence[str]) -> UsageError:
    return UsageError(
        Text("rien à juger dans " + ", ".join(paths), "nothing to judge in " + ", ".join(paths)),
        Text(
            "Donner un document CDA, une ressource FHIR, un dossier qui en contient ou une archive ZIP.",
            "Give a CDA document, a FHIR resource, a folder of them or a ZIP archive.",
        ),
    )


def _interrupted(judged: int, places: Sequence[options.Place]) -> Interrupted:
    from harness.reporting.wording import DOCUMENT

    files = ", ".join(str(place.output) for place in places if place.output is not None)
    left = Text(f" ; pas écrit : {files}", f"; not written: {files}") if files else NO_TEXT
    documents = DOCUMENT.counted(judged)
    return Interrupted(
        Text(
            f"interrompu après {documents.fr}, le rapport est incomplet{left.fr}",
            f"interrupted after {documents.en}, the report is incomplete{left.en}",
        )
    )


def _requirements(totals: Totals) -> dict[str, Requirement]:
    """The requirements that findings name, for the format that shows their texts. FHIR profiles have none here."""
    library = options.open_library()
    known = [library.profile(coordinate).requirements for coordinate in sorted(totals.cda_profiles)]
    return {id: requirements[id] for requirements in known for id in totals.requirements_named if id in requirements}


def exit_code(totals: Totals, *, fail_on: Collection[str], strict: bool) -> int:
    """fail_on: names of severities, of rules and of requirements."""
    failing = {Severity.ERROR} | {severity for severity in Severity if severity.value in fail_on}
    if totals.verdicts[DocumentVerdict.FAIL] or any(totals.judged_severities[severity] for severity in failing):
        return 1
    if not totals.that_warn.isdisjoint(fail_on):
        return 1
    unjudged = [DocumentVerdict.ERROR, *([DocumentVerdict.PARTIAL] if strict else [])]
    return 3 if any(totals.verdicts[verdict] for verdict in unjudged) else 0
