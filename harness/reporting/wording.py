"""The words of the reports in both languages, each said once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from harness.model import (
    Confidence,
    DocumentVerdict,
    Environment,
    ItemStatus,
    Lang,
    Level,
    RequirementVerdict,
    Severity,
    Text,
    Verdict,
)
from harness.model import counted as told
from harness.reporting import summary
from harness.reporting.reports import CheckReport, Report, RunReport
from harness.reporting.summary import CheckSummary, Outcome
from harness.values import dataclass

if TYPE_CHECKING:
    from harness.model import ScenarioResult

DOCUMENT_VERDICTS: Mapping[DocumentVerdict, Text] = {
    DocumentVerdict.PASS: Text("conforme", "conformant"),
    DocumentVerdict.PARTIAL: Text("jugé en partie seulement", "only partly judged"),
    DocumentVerdict.FAIL: Text("non conforme", "not conformant"),
    DocumentVerdict.ERROR: Text("n'a pas pu être jugé", "could not be judged"),
}
SHORT: Mapping[DocumentVerdict, Text] = {
    DocumentVerdict.PASS: Text("conforme", "conformant"),
    DocumentVerdict.PARTIAL: Text("partiel", "partial"),
    DocumentVerdict.FAIL: Text("non conforme", "not conformant"),
    DocumentVerdict.ERROR: Text("non jugé", "not judged"),
}
DOCUMENT_SIGNS: Mapping[DocumentVerdict, str] = {
    DocumentVerdict.PASS: "✓",
    DocumentVerdict.PARTIAL: "~",
    DocumentVerdict.FAIL: "✗",
    DocumentVerdict.ERROR: "?",
}
VERDICTS: Mapping[Verdict, Text] = {
    Verdict.PASS: Text("réussi", "passed"),
    Verdict.FAIL: Text("échoué", "failed"),
    Verdict.ERROR: Text("non jugé", "not judged"),
    Verdict.SKIP: Text("non joué", "not played"),
}
SIGNS: Mapping[Verdict, str] = {Verdict.PASS: "✓", Verdict.FAIL: "✗", Verdict.ERROR: "?", Verdict.SKIP: "-"}
OPTIONAL_FAILED = Text("non réussi", "not passed")  # a `may` scenario: nothing obliges, so that nothing has failed
OPTIONAL_SIGN = "○"
REQUIREMENT_VERDICTS: Mapping[RequirementVerdict, Text] = {
    RequirementVerdict.MET: Text("respectée", "met"),
    RequirementVerdict.BROKEN: Text("non respectée", "broken"),
    RequirementVerdict.UNTESTED: Text("non testée", "untested"),
    RequirementVerdict.NOT_APPLICABLE: Text("sans objet", "not applicable"),
}
OUTCOMES: Mapping[Outcome, Text] = {
    Outcome.BROKEN: Text("Non conforme", "Not conformant"),
    Outcome.UNJUDGED: Text("Jugement incomplet", "Could not be fully judged"),
    Outcome.INCOMPLETE: Text("Aucune exigence non respectée, couverture incomplète", "Nothing broken, coverage incomplete"),
    Outcome.CONFORMANT: Text("Conforme", "Conformant"),
}
SEVERITIES: Mapping[Severity, Text] = {
    Severity.ERROR: Text("Erreurs", "Errors"),
    Severity.WARNING: Text("Avertissements", "Warnings"),
    Severity.INFO: Text("Informations", "Information"),
}
SEVERITY: Mapping[Severity, Text] = {
    Severity.ERROR: Text("erreur", "error"),
    Severity.WARNING: Text("avertissement", "warning"),
    Severity.INFO: Text("information", "info"),
}
LEVELS: Mapping[Level, Text] = {
    Level.MUST: Text("obligatoire", "must"),
    Level.SHOULD: Text("recommandé", "should"),
    Level.MAY: Text("facultatif", "may"),
}
ENVIRONMENTS: Mapping[Environment, Text] = {
    Environment.AUTO: Text("environnement déduit de l'INS", "environment inferred from the INS"),
    Environment.TEST: Text("environnement de test", "test environment"),
    Environment.PRODUCTION: Text("environnement de production", "production environment"),
}
STATUSES: Mapping[ItemStatus, Text] = {
    ItemStatus.MET: Text("au niveau", "met"),
    ItemStatus.LATE: Text("en retard", "late"),
    ItemStatus.NOT_YET_DUE: Text("pas encore dû", "not yet due"),
    ItemStatus.EXCEEDS: Text("au-delà", "exceeds"),
    ItemStatus.NOT_APPLICABLE: Text("sans objet", "not applicable"),
    ItemStatus.NOT_ASSESSED: Text("non évalué", "not assessed"),
}
PROFILE_STATUSES: Mapping[str, Text] = {  # as the files of profiles write them
    "draft": Text("projet", "draft"),
    "public-comment": Text("en concertation", "public comment"),
    "trial-implementation": Text("mise en œuvre d'essai", "trial implementation"),
    "final-text": Text("texte final", "final text"),
    "deprecated": Text("déconseillé", "deprecated"),
    "withdrawn": Text("retiré", "withdrawn"),
}
CONFIDENCES: Mapping[Confidence, Text] = {
    Confidence.PROVED: Text("prouvé", "proved"),
    Confidence.EVIDENCED: Text("étayé", "evidenced"),
    Confidence.CLAIMED: Text("déclaré", "claimed"),
}


@dataclass(frozen=True, slots=True)
class Noun:
    one: Text
    many: Text

    def counted(self, number: int) -> Text:
        return told(number, self.one, self.many)


def _noun(fr: str, en: str, fr_many: str = "", en_many: str = "") -> Noun:
    return Noun(Text(fr, en), Text(fr_many or f"{fr}s", en_many or f"{en}s"))


DOCUMENT = _noun("document", "document")
ERROR = _noun("erreur", "error")
WARNING = _noun("avertissement", "warning")
INFO = _noun("information", "info", en_many="infos")
SKIPPED = _noun("fichier ignoré", "file skipped", "fichiers ignorés", "files skipped")
OTHER = _noun("autre", "other", en_many="others")
SCENARIO = _noun("scénario", "scenario")
STEP = _noun("étape", "step")
PASSED = _noun("réussi", "passed", en_many="passed")
FAILED = _noun("échoué", "failed", en_many="failed")
NOT_JUDGED = _noun("non jugé", "not judged", "non jugés", "not judged")
NOT_PLAYED = _noun("non joué", "not played", "non joués", "not played")
COUNTS: Mapping[Verdict, Noun] = {
    Verdict.PASS: PASSED,
    Verdict.FAIL: FAILED,
    Verdict.ERROR: NOT_JUDGED,
    Verdict.SKIP: NOT_PLAYED,
}
OPTIONAL = _noun(
    "facultatif (jamais compté)", "optional (never counted)", "facultatifs (jamais comptés)", "optional (never counted)"
)
MET = _noun("respectée", "met", en_many="met")
BROKEN = _noun("non respectée", "broken", "non respectées", "broken")
BROKEN_OPTIONAL = _noun("conseillée non suivie", "advised and not followed", "conseillées non suivies", "advised and not followed")
BROKEN_SHOULD = _noun(
    "recommandée non suivie", "should requirement broken", "recommandées non suivies", "should requirements broken"
)
MUST_TESTED = _noun(
    "exigence obligatoire testée", "must requirement tested", "exigences obligatoires testées", "must requirements tested"
)
REQUIREMENT = _noun("exigence", "requirement")
BYTE = _noun("octet", "byte")
CHARACTER = _noun("caractère de plus", "more character", "caractères de plus")
ITEM = _noun("item", "item")
CONFORMANT = _noun("conforme", "conformant", en_many="conformant")
PARTIAL = _noun("partiel", "partial", en_many="partial")
NOT_CONFORMANT = _noun("non conforme", "not conformant", "non conformes", "not conformant")
TESTED = _noun("testée", "tested", en_many="tested")
APPLICABLE = _noun("applicable", "applicable", en_many="applicable")
UNTESTED = _noun("non testée", "untested", "non testées", "untested")
FINDING = _noun("constat", "finding")
STOPPED = _noun("partie arrêtée", "part stopped", "parties arrêtées", "parts stopped")
TIME = _noun("fois", "time", "fois", "times")
CHECK = _noun("vérification", "check")
MUTATION = _noun("mutation", "mutation")
TRIPPED = _noun("déclenchée", "tripped", en_many="tripped")
UNPROVED = _noun("sans preuve", "unproved", "sans preuve", "unproved")
UNMET = _noun("sans matière", "unmet", "sans matière", "unmet")
EXCUSED = _noun("excusée", "excused", en_many="excused")
ITEMS: Mapping[ItemStatus, Noun] = {
    ItemStatus.MET: _noun("au niveau", "met", "au niveau", "met"),
    ItemStatus.LATE: _noun("en retard", "late", "en retard", "late"),
    ItemStatus.NOT_YET_DUE: _noun("pas encore dû", "not yet due", "pas encore dus", "not yet due"),
    ItemStatus.EXCEEDS: _noun("au-delà", "exceeding", "au-delà", "exceeding"),
    ItemStatus.NOT_APPLICABLE: _noun("sans objet", "not applicable", "sans objet", "not applicable"),
    ItemStatus.NOT_ASSESSED: _noun("non évalué", "not assessed", "non évalués", "not assessed"),
}


def counted(number: int, noun: Noun, lang: Lang) -> str:
    """A number and its noun."""
    return noun.counted(number).in_(lang)


def cited(source: str, lang: Lang) -> str:
    """The source of a statement: the texts that it names are held apart as the language does."""
    return source if lang == "fr" else source.replace(" ; ", "; ")


def spaced(text: str, lang: Lang) -> str:
    """French punctuation held to its word by a space that does not break."""
    return _FRENCH_PUNCTUATION.sub("\u00a0", text) if lang == "fr" else text


_FRENCH_PUNCTUATION = re.compile(r" (?=[:;?!»](?:\s|$))|(?<=«) ")


def short_digest(digest: str) -> str:
    """Enough of a SHA-256 to tell two apart by eye."""
    return digest[:12]


def percent(value: int | None, lang: Lang) -> str:
    if value is None:
        return "–"
    return f"{value}\u00a0%" if lang == "fr" else f"{value}%"


def moment(at: datetime, lang: Lang) -> str:
    """Day and minute with the zone: `24/11/2026 23:26 UTC`, `2026-11-24 23:26 UTC`."""
    return at.strftime("%d/%m/%Y %H:%M %Z" if lang == "fr" else "%Y-%m-%d %H:%M %Z").strip()


def day(on: date, lang: Lang) -> str:
    """As `moment` writes it, without the hour."""
    return on.strftime("%d/%m/%Y" if lang == "fr" else "%Y-%m-%d")


def seconds(value: float, lang: Lang) -> str:
    """Milliseconds below a second, seconds with one decimal above."""
    if value < 1:
        return f"{value * 1000:.0f}\u00a0ms"
    text = f"{value:.1f}\u00a0s"
    return text.replace(".", ",") if lang == "fr" else text


WORDS: Mapping[type[StrEnum], Mapping[Any, Text]] = {
    DocumentVerdict: DOCUMENT_VERDICTS,
    Verdict: VERDICTS,
    RequirementVerdict: REQUIREMENT_VERDICTS,
    Outcome: OUTCOMES,
    Severity: SEVERITY,
    Level: LEVELS,
    Environment: ENVIRONMENTS,
    ItemStatus: STATUSES,
    Confidence: CONFIDENCES,
}


def word(value: StrEnum, lang: Lang) -> str:
    """The value of any enumeration of the vocabulary, in words."""
    return WORDS[type(value)][value].in_(lang)


def scenario_verdict(result: ScenarioResult, lang: Lang) -> str:
    """Sign and word of a scenario's verdict."""
    return f"{OPTIONAL_SIGN if _only_not_held(result) else SIGNS[result.verdict]} {scenario_word(result, lang)}"


def scenario_word(result: ScenarioResult, lang: Lang) -> str:
    return (OPTIONAL_FAILED if _only_not_held(result) else VERDICTS[result.verdict]).in_(lang)


def _only_not_held(result: ScenarioResult) -> bool:
    """A scenario that is only `may` does not fail."""
    return result.level is Level.MAY and result.verdict is Verdict.FAIL


def documents(counts: CheckSummary, lang: Lang) -> str:
    """How many, and how many of each verdict: `4 documents (3 conformes, 1 partiel)`."""
    verdicts = (
        (counts.passed, CONFORMANT),
        (counts.partial, PARTIAL),
        (counts.failed, NOT_CONFORMANT),
        (counts.unjudged, NOT_JUDGED),
    )
    by_verdict = ", ".join(counted(number, noun, lang) for number, noun in verdicts if number)
    return counted(counts.documents, DOCUMENT, lang) + (f" ({by_verdict})" if by_verdict else "")


def verdict(report: Report, lang: Lang) -> str:
    """What a report comes to, in a few words; "" where it judges nothing."""
    if isinstance(report, RunReport):
        return word(summary.of_run(report).outcome, lang)
    if isinstance(report, CheckReport):
        counts = summary.of_check(report)
        return documents(counts, lang) if counts.documents > 1 else word(counts.verdict, lang) if counts.documents else ""
    return ""
