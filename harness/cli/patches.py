"""What `harness check --diff` writes: the certain mends of each document, as one patch."""

from __future__ import annotations

import io
import sys

import click

from harness.cli.delivery import deliver
from harness.model import Lang, Text, counted
from harness.reporting import CheckReport
from harness.reporting.wording import DOCUMENT


def deliver_patches(report: CheckReport, lang: Lang) -> None:
    """The patches on standard output, their number on standard error."""
    fixes, patches, unpatched = report.totals.fixes, report.totals.patches, report.totals.unpatched
    if patches:
        if isinstance(sys.stdout, io.TextIOWrapper):  # the bytes of each file as they are
            sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape", newline="")
        deliver((judgement.patch for judgement in report.judgements if judgement.patch), None)
        documents = DOCUMENT.counted(patches)
        certain = counted(fixes, Text("correction certaine", "certain fix"), Text("corrections certaines", "certain fixes"))
        told = Text(
            f"{certain.fr} dans {documents.fr} ; passer ce résultat à « patch -p0 », puis rejuger.",
            f"{certain.en} in {documents.en}; give this output to `patch -p0`, then check again.",
        )
    else:
        told = Text("Aucune correction n'est certaine.", "No fix is certain.")
    click.echo(told.in_(lang), err=True)
    if unpatched:
        documents = DOCUMENT.counted(unpatched)
        told = Text(
            f"{documents.fr} à corriger à la main : un encodage (UTF-16 par exemple) qui ne passe pas par un patch.",
            f"{documents.en} to fix by hand: an encoding (UTF-16 for instance) that does not pass through a patch.",
        )
        click.echo(told.in_(lang), err=True)
