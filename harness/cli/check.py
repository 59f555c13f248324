"""`harness check`: judge documents."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from harness import __version__
from harness.cli import options
from harness.errors import UsageError
from harness.model import DocumentVerdict, Environment, Judgement, Lang, Requirement, Severity, Text

if TYPE_CHECKING:
    from harness.reporting import CheckReport


@click.command("check")
@click.argument("paths", nargs=-1, required=True)
@click.option("--profile", default=None, help="juge avec ce profil (cda/vsm@2022.01, ou le canonical d'un profil FHIR)")
@click.option(
    "--with", "loose", multiple=True, metavar="PATH", help="définitions FHIR de plus : fichier JSON ou XML, dossier, .tgz"
)
@click.option("--env", type=click.Choice([e.value for e in Environment]), default="auto", show_default=True, help="environnement")
@click.option("--fail-on", type=click.Choice(["error", "warning"]), default="error", show_default=True, help="ce qui fait échouer")
@click.option("--strict", is_flag=True, help="un document jugé en partie seulement compte comme non jugé (code 3)")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="nombre de processus")
@click.option("--official", is_flag=True, help="montre aussi ce que dit l'outil officiel ajouté par `harness packages add`")
@click.option("--official-volet", default=None, metavar="VOLET", help="règles officielles de ce volet, au lieu de le reconnaître")
@click.option("--tx", default=None, metavar="URL", help="demande à ce serveur de terminologie FHIR ce qui ne se sait pas sans lui")
@click.option("--system", default=None, help="garde le résultat comme preuve de ce système, pour `harness assess`")
@click.option("--diff", is_flag=True, help="écrit au lieu du rapport les corrections certaines, à passer à « patch -p0 »")
@click.option("--verbose", "-v", is_flag=True, help="montre aussi les informations et toutes les répétitions")
@options.report()
@options.at
@options.lang
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    profile: str | None,
    loose: tuple[str, ...],
    env: str,
    fail_on: str,
    strict: bool,
    jobs: int,
    official: bool,
    official_volet: str | None,
    tx: str | None,
    system: str | None,
    diff: bool,
    verbose: bool,
    form: str,
    output: Path | None,
    at: date | None,
    lang: str,
) -> int:
    """Juge des documents CDA et des ressources FHIR (JSON, XML, NDJSON) : fichiers, dossiers, archives ZIP, ou « - »
    pour l'entrée standard.

    Ce que dit l'outil officiel (--official) est montré à part et ne change pas le verdict.

    Codes de retour : 0 aucun document en échec, 1 au moins un, 3 aucun mais l'un n'a pas pu être jugé, 2 erreur d'usage.
    """
    from harness.cli.judging import Settings, judge_paths, keep
    from harness.cli.spooled import Judgements
    from harness.documents import Skipped
    from harness.reporting import CheckReport
    from harness.reporting import Skipped as SkippedLine

    if "" in paths:
        raise UsageError(
            Text("un chemin est vide", "a path is empty"),
            Text("Donner « . » pour le dossier courant.", 'Give "." for the current folder.'),
        )
    started = options.now()
    clock = time.perf_counter()
    settings = Settings(
        at or options.today(),
        started,
        Environment(env),
        profile,
        mending="" if form == "junit" else "what" if form == "text" else "how",
        patching=diff,
        loose=loose,
        terminology=tx,
    )
    judgements = Judgements()
    skipped: list[SkippedLine] = []
    if official or official_volet:
        from harness.cli.official import judge_with_official

        judged = judge_with_official(paths, settings, jobs, official_volet)
    else:
        judged = judge_paths(paths, settings, jobs)
    for item in judged:
        if isinstance(item, Skipped):
            skipped.append(SkippedLine(item.path, item.reason))
        else:
            judgements.append(item)
    report = CheckReport(
        version=__version__,
        judgements=judgements,
        skipped=tuple(skipped),
        environment=settings.environment,
        started=started,
        seconds=time.perf_counter() - clock,
        requirements=_requirements(judgements) if form in ("sarif", "html") else {},
        base=str(Path.cwd()),
    )
    if diff:
        _deliver_patch(report, lang)
    if not diff or output is not None:
        options.deliver(options.rendered(report, form, lang, output, verbose=verbose), output)
    if system:
        click.echo(f"{system} : {keep(system, judgements)}", err=True)
    if not judgements:
        raise UsageError(
            Text("rien à juger dans " + ", ".join(paths), "nothing to judge in " + ", ".join(paths)),
            Text(
                "Donner un document CDA, une ressource FHIR, un dossier qui en contient ou une archive ZIP.",
                "Give a CDA document, a FHIR resource, a folder of them or a ZIP archive.",
            ),
        )
    return exit_code(judgements, fail_on=Severity(fail_on), strict=strict)


def _deliver_patch(report: CheckReport, lang: str) -> None:
    """The patches on standard output, how many they are on the other."""
    patches = [judgement.patch for judgement in report.judgements if judgement.patch]
    fixes = sum(finding.fix is not None for judgement in report.judgements for finding in judgement.findings)
    if patches:
        options.deliver("".join(patches), None)
        told = Text(
            f"{fixes} correction(s) certaine(s) dans {len(patches)} document(s) ; les appliquer avec « patch -p0 », puis rejuger.",
            f"{fixes} certain fix(es) in {len(patches)} document(s); apply them with `patch -p0`, then check again.",
        )
    else:
        told = Text("Aucune correction n'est certaine.", "No fix is certain.")
    click.echo(told.in_(cast(Lang, lang)), err=True)


def _requirements(judgements: Sequence[Judgement]) -> dict[str, Requirement]:
    """The texts of what the findings name, for the formats that show them."""
    from harness.library import Library

    library = Library.open()
    named = {finding.requirement for judgement in judgements for finding in judgement.findings}
    profiles = {one.profile for one in judgements if one.profile and one.kind == "cda"}  # a FHIR profile is its package's
    known = [library.profile(coordinate).requirements for coordinate in sorted(profiles)]
    return {id: requirements[id] for requirements in known for id in named if id in requirements}


def exit_code(judgements: Sequence[Judgement], *, fail_on: Severity, strict: bool) -> int:
    verdicts = {judgement.verdict for judgement in judgements}
    failing = {Severity.ERROR, fail_on}
    warned = any(
        finding.severity in failing
        for judgement in judgements
        if judgement.verdict is not DocumentVerdict.ERROR
        for finding in judgement.findings
    )
    if DocumentVerdict.FAIL in verdicts or warned:
        return 1
    unjudged = {DocumentVerdict.ERROR, DocumentVerdict.PARTIAL} if strict else {DocumentVerdict.ERROR}
    return 3 if verdicts & unjudged else 0
