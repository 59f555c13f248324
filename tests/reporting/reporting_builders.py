"""Hand-made values of the model to write reports about."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from harness.model import (
    Assessment,
    AutomaticEvidence,
    Confidence,
    DeclaredEvidence,
    Desired,
    DocumentVerdict,
    Environment,
    Excerpt,
    ExchangeRecord,
    Finding,
    GradedLevel,
    Grid,
    GroupScore,
    Item,
    ItemAssessment,
    ItemStatus,
    Judgement,
    Level,
    Requirement,
    RequirementVerdict,
    RunRecord,
    ScenarioResult,
    Score,
    Severity,
    Skipped,
    Source,
    StepResult,
    Text,
    Theme,
    Verdict,
)
from harness.reporting import AssessReport, CheckReport, RunReport

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
VERSION = "0.1.0"


def text(words: str) -> Text:
    return Text(words, f"{words} (en)")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def finding(rule: str = "INS-R01", severity: Severity = Severity.ERROR, line: int = 12, **changed: Any) -> Finding:
    values: dict[str, Any] = {
        "rule": rule,
        "requirement": rule,
        "severity": severity,
        "location": "/ClinicalDocument/recordTarget[1]/patientRole[1]/id[1]",
        "line": line,
        "message": Text("La clé du matricule est fausse.", "The key of the matricule is wrong."),
        "hint": Text("Clé = 97 - (NIR mod 97) ; 2A vaut 19, 2B vaut 18.", "Key = 97 - (NIR mod 97); 2A is 19, 2B is 18."),
        "source": "Référentiel INS, section 9",
        "excerpt": Excerpt(line - 1, ("<patientRole>", '  <id root="1.2.250.1.213.1.4.10" extension="x"/>', "  <addr/>")),
    }
    return Finding(**(values | changed))


def judgement(
    path: str = "documents/vsm.xml",
    verdict: DocumentVerdict = DocumentVerdict.PASS,
    findings: Sequence[Finding] = (),
    not_judged: Sequence[Text] = (),
    met: Sequence[str] = ("HDR-01", "HDR-02"),
    profile: str | None = "cda/vsm@2022.01",
) -> Judgement:
    broken = {found.requirement for found in findings if found.severity is not Severity.INFO}
    requirements = {id: RequirementVerdict.MET for id in met if id not in broken}
    requirements |= dict.fromkeys(sorted(broken), RequirementVerdict.BROKEN)
    return Judgement(
        path=path,
        kind="cda",
        profile=profile,
        profile_digest=digest(b"profile"),
        version_assumed=False,
        verdict=verdict,
        not_judged=tuple(not_judged),
        findings=tuple(findings),
        seconds=0.004,
        sha256=digest(path.encode("utf-8", "surrogateescape")),
        requirements=requirements,
    )


def requirement(id: str, level: Level = Level.MUST, group: str = "ITI-65", words: str = "") -> Requirement:
    return Requirement(id, text(words or f"Le destinataire tient {id}."), level, Source("PDSm", "2.1", "3.1.1"), group)


def check_report(judgements: Sequence[Judgement] | None = None, skipped: Sequence[Skipped] = (), **changed: Any) -> CheckReport:
    """Without judgements: one document of each verdict, with errors, warnings and infos."""
    values: dict[str, Any] = {
        "version": VERSION,
        "judgements": tuple(one_of_each() if judgements is None else judgements),
        "skipped": tuple(skipped),
        "environment": Environment.AUTO,
        "started": NOW,
        "elapsed": lambda: 0.321,
    }
    return CheckReport(**(values | changed))


def one_of_each() -> list[Judgement]:
    label = Text("Le libellé n'est pas celui du jeu de valeurs.", "The label is not the one of the value set.")
    return [
        judgement("documents/ldl-ses.xml"),
        judgement(
            "documents/anest.xml",
            DocumentVerdict.PARTIAL,
            not_judged=[Text("le corps : volet ANEST-CR-ANEST non couvert", "the body: volet ANEST-CR-ANEST is not covered")],
        ),
        judgement(
            "documents/vsm.xml",
            DocumentVerdict.FAIL,
            [
                *(finding(line=line) for line in (12, 40, 90)),
                finding("section.allergies:code.label", Severity.WARNING, 55, requirement="section.allergies:code", message=label),
                finding("HDR-I1", Severity.INFO, 0),
            ],
        ),
        judgement(
            "documents/broken.xml",
            DocumentVerdict.ERROR,
            not_judged=[Text("XML mal formé, ligne 7", "malformed XML, line 7")],
            met=(),
            profile=None,
        ),
    ]


def step(
    id: str, verdict: Verdict = Verdict.PASS, message: str = "", exchanges: Sequence[str] = (), requirements: Sequence[str] = ()
) -> StepResult:
    return StepResult(id, verdict, text(message or f"étape {id}"), tuple(exchanges), tuple(requirements), (), 0.02)


def scenario(id: str, steps: Sequence[StepResult], level: Level = Level.MUST, **changed: Any) -> ScenarioResult:
    """Its verdict is the worst of its steps; its requirements are those of its steps."""
    order = (Verdict.ERROR, Verdict.FAIL, Verdict.PASS, Verdict.SKIP)
    verdict = min((one.verdict for one in steps), key=order.index, default=Verdict.SKIP)
    found = {Verdict.PASS: RequirementVerdict.MET, Verdict.FAIL: RequirementVerdict.BROKEN}
    requirements: dict[str, RequirementVerdict] = {}
    for one in steps:
        for id_ in one.requirements:
            if requirements.get(id_) is not RequirementVerdict.BROKEN:
                requirements[id_] = found.get(one.verdict, RequirementVerdict.UNTESTED)
    values: dict[str, Any] = {
        "id": id,
        "title": text(f"Scénario {id}"),
        "level": level,
        "negative": False,
        "verdict": verdict,
        "steps": tuple(steps),
        "requirements": requirements,
        "proves": (),
        "seconds": 0.1,
    }
    return ScenarioResult(**(values | changed))


def exchange(
    id: str,
    scenario: str,
    step: str,
    request: bytes = b'{"resourceType": "Bundle"}',
    response: bytes | None = b'{"resourceType": "OperationOutcome"}',
    **changed: Any,
) -> ExchangeRecord:
    values: dict[str, Any] = {
        "id": id,
        "scenario": scenario,
        "step": step,
        "protocol": "pdsm",
        "transaction": "ITI-65",
        "method": "POST",
        "url": "https://recipient.example/fhir",
        "status": 200 if response is not None else None,
        "request_sha256": digest(request),
        "response_sha256": digest(response) if response is not None else None,
        "started_at": NOW,
        "seconds": 0.02,
        "failure": None if response is not None else Text("délai dépassé", "deadline passed"),
        "request_headers": {"Content-Type": "application/fhir+json", "Authorization": "•••"},
        "response_headers": {"Content-Type": "application/fhir+json"} if response is not None else {},
    }
    return ExchangeRecord(**(values | changed))


def score(verdicts: Mapping[str, RequirementVerdict], requirements: Mapping[str, Requirement]) -> Score:
    """Counted here apart from harness.scoring, so that reports are tested against arithmetic of their own."""

    def group(name: str, members: Sequence[str]) -> GroupScore:
        musts = [verdicts[id] for id in members if requirements[id].level is Level.MUST]
        shoulds = [verdicts[id] for id in members if requirements[id].level is Level.SHOULD]
        return GroupScore(
            name,
            met=musts.count(RequirementVerdict.MET),
            broken=musts.count(RequirementVerdict.BROKEN),
            untested=musts.count(RequirementVerdict.UNTESTED),
            broken_should=shoulds.count(RequirementVerdict.BROKEN),
        )

    names = sorted({requirements[id].group for id in verdicts})
    groups = tuple(group(name, [id for id in verdicts if requirements[id].group == name]) for name in names)
    return Score(group("", list(verdicts)), groups, dict(verdicts))


BODIES = {
    "request": b'{"resourceType": "Bundle", "type": "transaction"}',
    "response": b'{"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}',
}


def run_report(flawed: bool = True, **changed: Any) -> RunReport:
    """Three scenarios of which one is optional; flawed: the second one shows a broken must."""
    requirements = {
        one.id: one
        for one in (
            requirement("PDSM-65-01", words="Le destinataire répond dans l'ordre de la requête."),
            requirement("PDSM-65-02", words="Le destinataire refuse le lot dont un document manque."),
            requirement("PDSM-67-01", group="ITI-67"),
            requirement("PDSM-67-02", Level.SHOULD, group="ITI-67"),
            requirement("PDSM-68-01", group="ITI-68", words="Les octets rendus sont ceux qui ont été déposés."),
        )
    }
    refused = Verdict.FAIL if flawed else Verdict.PASS
    scenarios = (
        scenario(
            "pdsm-provide",
            [
                step("send", exchanges=["x1"], requirements=["PDSM-65-01"]),
                step("find", exchanges=["x2"], requirements=["PDSM-67-01"]),
            ],
            proves=("mhd",),
        ),
        scenario(
            "pdsm-refuse",
            [step("refuse", refused, "le lot incomplet a été accepté", ["x3"], ["PDSM-65-02"])],
            negative=True,
        ),
        scenario("pdsm-optional", [step("hash", exchanges=[], requirements=["PDSM-67-02"])], Level.MAY),
    )
    verdicts = {
        "PDSM-65-01": RequirementVerdict.MET,
        "PDSM-65-02": RequirementVerdict.BROKEN if flawed else RequirementVerdict.MET,
        "PDSM-67-01": RequirementVerdict.MET,
        "PDSM-67-02": RequirementVerdict.MET,
        "PDSM-68-01": RequirementVerdict.UNTESTED,
    }
    bodies = {digest(data): data for data in BODIES.values()}
    exchanges = (
        exchange("x1", "pdsm-provide", "send", *BODIES.values()),
        exchange("x2", "pdsm-provide", "find", b"", BODIES["response"], method="GET", transaction="ITI-67"),
        exchange("x3", "pdsm-refuse", "refuse", BODIES["request"], None),
    )
    record: dict[str, Any] = {
        "id": "20261124-0930-ab12",
        "system": "Logiciel Exemple 4.2",
        "target": "https://recipient.example/fhir",
        "seed": 20261124,
        "started_at": NOW,
        "ended_at": NOW + timedelta(seconds=12),
        "interrupted": False,
        "planned": tuple(one.id for one in scenarios),
        "scenarios": scenarios,
        "exchanges": exchanges,
        "profiles": {"cda/vsm@2022.01": digest(b"vsm")},
        "judgements": (),
        "harness_version": VERSION,
        "reason": None,
    }
    values: dict[str, Any] = {
        "score": score(verdicts, requirements),
        "requirements": requirements,
        "scenarios": {},
        "assessment": assessment(),
        "grid": grid(),
        "content": bodies.__getitem__,
        "version": VERSION,
    }
    record |= {key: changed.pop(key) for key in list(changed) if key in record}
    return RunReport(record=RunRecord(**record), **(values | changed))


def grid() -> Grid:
    def item(id: str, theme: str, title: str) -> Item:
        colours = ("gris", "rouge", "orange", "jaune", "vert")
        levels = tuple(GradedLevel(number, text(f"{title}, niveau {number}"), colour) for number, colour in enumerate(colours))
        desired = (Desired(date(2024, 1, 1), 3, "feuille de route"),)
        return Item(id, theme, text(title), text(f"Objectif : {title}"), desired, ("LGC",), levels, "S003")

    return Grid(
        title=Text("Grille de maturité", "Maturity grid"),
        version="1",
        themes=(
            Theme("socle", Text("Référentiels socles", "Base référentiels")),
            Theme("services", Text("Services socles", "Base services")),
        ),
        products={"LGC": Text("logiciel de cabinet", "practice software")},
        items=(
            item("A03", "socle", "Identité nationale de santé"),
            item("A05", "socle", "Moyens d'authentification"),
            item("A07", "socle", "Interopérabilité des documents de santé"),
            item("B01", "services", "Dossier médical partagé"),
            item("B02", "services", "Messagerie sécurisée de santé"),
        ),
        automatic_kinds={"mhd": Text("transactions MHD et PDSm", "MHD and PDSm transactions")},
        declared_kinds={"certificate": Text("certificat", "certificate")},
        automatic_days=180,
        declared_days=365,
        caveats=(Text("Grille proposée, non officielle.", "A proposed grid, not the official one."),),
        digest=digest(b"grid"),
    )


def assessment() -> Assessment:
    proof = AutomaticEvidence("mhd", True, date(2026, 11, 24), "20261124-0930-ab12", "pdsm-provide")
    paper = DeclaredEvidence(
        "A05", "certificate", date(2026, 6, 1), "https://vendor.example/certificate.pdf", "A. Relecteur", date(2026, 7, 1)
    )

    def item(
        id: str, attained: int, proved: int, evidenced: int, claimed: int, status: ItemStatus, **changed: Any
    ) -> ItemAssessment:
        values: dict[str, Any] = {
            "item": id,
            "attained": attained,
            "confidence": None,
            "proved": proved,
            "evidenced": evidenced,
            "claimed": claimed,
            "desired": 3,
            "gap": max(3 - attained, 0),
            "status": status,
            "evidence": (),
            "missing": (),
        }
        return ItemAssessment(**(values | changed))

    items = (
        item("A03", 3, 3, 0, 0, ItemStatus.MET, confidence=Confidence.PROVED, evidence=(proof,)),
        item("A05", 4, 1, 4, 0, ItemStatus.EXCEEDS, confidence=Confidence.EVIDENCED, evidence=(paper,)),
        item("A07", 2, 1, 1, 2, ItemStatus.LATE, confidence=Confidence.CLAIMED, missing=("mhd",)),
        item("B01", 0, 0, 0, 0, ItemStatus.NOT_ASSESSED),
        item("B02", 0, 0, 0, 0, ItemStatus.NOT_YET_DUE, desired=None, gap=0),
    )
    return Assessment(
        system="Logiciel Exemple 4.2",
        product="LGC",
        at=date(2026, 11, 24),
        grid_version="1",
        items=items,
        score_proved=0.42,
        score_all=0.67,
        themes={"socle": (0.5, 0.88), "services": (0.0, 0.0)},
    )


def assess_report() -> AssessReport:
    return AssessReport(assessment(), grid(), VERSION)
