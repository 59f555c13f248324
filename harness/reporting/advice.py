"""What to do next, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model import Severity, Text
from harness.reporting import summary
from harness.reporting.evidence import broken_requirements
from harness.reporting.reports import CheckReport, RunReport
from harness.reporting.summary import Outcome

if TYPE_CHECKING:
    from harness.model import ExchangeRecord

NOTHING_TO_JUDGE = Text(
    "Aucun document à juger : donner un fichier CDA, un dossier ou une archive qui en contient.",
    "No document to judge: give a CDA file, or a folder or archive that holds some.",
)
REPAIR = Text("À faire : corriger d'abord {first}, puis relancer.", "Next: fix {first} first, then check again.")
REPAIR_AND_READ = Text(
    "À faire : corriger d'abord {first}, lever ce qui a empêché de juger des documents, puis relancer.",
    "Next: fix {first} first, remove what prevented the judgement of documents, then check again.",
)
UNJUDGED = Text(
    "À faire : lever ce qui a empêché de juger des documents.",
    "Next: remove what prevented the judgement of documents.",
)
ONLY_WARNINGS = Text("Aucune erreur ; les avertissements restent à examiner.", "No error; the warnings remain to be looked at.")
ONLY_PART = Text(
    "Aucune erreur dans ce qui a été jugé ; ce qui ne l'a pas été est dit pour chaque document.",
    "No error in what was judged; what was not is said for each document.",
)
NOTHING_TO_REPAIR = Text("Rien à corriger.", "Nothing to fix.")
NOTHING_OBLIGED = Text(
    "Rien d'obligatoire à corriger ; les recommandations non suivies restent à examiner, {first} d'abord.",
    "Nothing mandatory to fix; the recommendations not followed remain to be looked at, {first} first.",
)
WRONG_ADDRESS = Text(
    "À faire : vérifier l'adresse de la cible, sous laquelle le système répond 404 à tout, puis rejouer.",
    "Next: check the address of the target, under which the system answers 404 to everything, then run again.",
)
AFTER_A_RUN = {
    Outcome.BROKEN: Text("À faire : corriger d'abord {first}, puis rejouer.", "Next: fix {first} first, then run again."),
    Outcome.UNJUDGED: Text(
        "À faire : lever ce qui a empêché de juger, puis reprendre avec `--resume {run}`.",
        "Next: remove what prevented judgement, then resume with `--resume {run}`.",
    ),
    Outcome.INCOMPLETE: Text(
        "À faire : jouer les scénarios des exigences non testées pour atteindre 100 % de couverture.",
        "Next: play the scenarios of the untested requirements to reach 100% coverage.",
    ),
    Outcome.CONFORMANT: NOTHING_TO_REPAIR,
}
NOT_A_FHIR_SERVER = Text(
    "À faire : vérifier l'adresse de la cible, sous laquelle tout est rendu en text/html, puis rejouer.",
    "Next: check the address of the target, under which everything is answered as text/html, then run again.",
)
GO_ON = Text("À faire : reprendre avec `--resume {run}`.", "Next: resume with `--resume {run}`.")
FROM_THE_BEGINNING = Text(
    "À faire : lever ce qui a empêché de juger, puis rejouer depuis le début.",
    "Next: remove what prevented judgement, then run again from the beginning.",
)


def after_check(report: CheckReport) -> Text:
    counts = summary.of_check(report)
    if not counts.documents:
        return NOTHING_TO_JUDGE
    if report.totals.judged_severities[Severity.ERROR]:
        repair = REPAIR_AND_READ if counts.unjudged else REPAIR
        return repair.filled(first=report.totals.priorities.ranked()[0].example.rule)
    if counts.unjudged:
        return UNJUDGED
    if counts.warnings:
        return ONLY_WARNINGS
    return ONLY_PART if counts.partial else NOTHING_TO_REPAIR


def after_run(report: RunReport) -> Text:
    if {exchange.status for exchange in report.record.exchanges} == {404}:
        return WRONG_ADDRESS
    if {_kind(exchange) for exchange in report.record.exchanges} == {"text/html"}:
        return NOT_A_FHIR_SERVER
    outcome = summary.of_run(report).outcome
    advice = AFTER_A_RUN[outcome]
    if outcome is Outcome.UNJUDGED:
        if not report.resumable:
            return FROM_THE_BEGINNING
        advice = advice if summary.obstacle(report) else GO_ON
    broken = broken_requirements(report)
    if outcome is Outcome.CONFORMANT and broken:
        advice = NOTHING_OBLIGED
    return advice.filled(first=next(iter(broken), ""), run=report.record.id)


def _kind(exchange: ExchangeRecord) -> str:
    """The media type of the answer, without its parameters; empty when it says none."""
    said = next((value for name, value in exchange.response_headers.items() if name.lower() == "content-type"), "")
    return said.partition(";")[0].strip().lower()
