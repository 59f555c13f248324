"""The vocabulary of the project as frozen values. No I/O, and no other module of ours is known here.

Top down: words shared by everything, profiles (what a document must satisfy), judgements (what a document was found to be),
scenarios and runs (what a system was found to do), scores, and the maturity grid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .judgements import (
    STEP_NOT_JUDGED,
    Excerpt,
    Finding,
    Fix,
    Judgement,
    MustSupport,
    OfficialFinding,
    OfficialPart,
    OfficialReport,
    Replacement,
    Skipped,
    Within,
)
from .profiles import (
    AttributeFact,
    Constraint,
    Measure,
    Mutation,
    Profile,
    ProfileHead,
    ProfilePart,
    Rule,
    RuleFix,
    Template,
    ValueSet,
    Where,
)
from .words import (
    FORMS,
    NO_TEXT,
    Confidence,
    DocumentVerdict,
    Environment,
    Form,
    ItemStatus,
    Lang,
    Level,
    Requirement,
    RequirementVerdict,
    Severity,
    Source,
    Text,
    Verdict,
    counted,
    grouped,
    labelled,
)

if TYPE_CHECKING:
    from .maturity import (
        Assessment,
        AutomaticEvidence,
        DeclaredEvidence,
        Desired,
        DocumentProof,
        GradedLevel,
        Grid,
        Item,
        ItemAssessment,
        Theme,
    )
    from .runs import (
        Endpoint,
        Event,
        Exchange,
        ExchangeCaptured,
        ExchangeRecord,
        Request,
        Response,
        RunEnded,
        RunRecord,
        RunStarted,
        Scenario,
        ScenarioEnded,
        ScenarioResult,
        ScenarioStarted,
        Step,
        StepEnded,
        StepResult,
        StepStarted,
        System,
        ToldExchange,
    )
    from .scores import (
        GroupScore,
        Score,
    )

__all__ = [
    "FORMS",
    "NO_TEXT",
    "STEP_NOT_JUDGED",
    "Assessment",
    "AttributeFact",
    "AutomaticEvidence",
    "Confidence",
    "Constraint",
    "DeclaredEvidence",
    "Desired",
    "DocumentProof",
    "DocumentVerdict",
    "Endpoint",
    "Environment",
    "Event",
    "Excerpt",
    "Exchange",
    "ExchangeCaptured",
    "ExchangeRecord",
    "Finding",
    "Fix",
    "Form",
    "GradedLevel",
    "Grid",
    "GroupScore",
    "Item",
    "ItemAssessment",
    "ItemStatus",
    "Judgement",
    "Lang",
    "Level",
    "Measure",
    "MustSupport",
    "Mutation",
    "OfficialFinding",
    "OfficialPart",
    "OfficialReport",
    "Profile",
    "ProfileHead",
    "ProfilePart",
    "Replacement",
    "Request",
    "Requirement",
    "RequirementVerdict",
    "Response",
    "Rule",
    "RuleFix",
    "RunEnded",
    "RunRecord",
    "RunStarted",
    "Scenario",
    "ScenarioEnded",
    "ScenarioResult",
    "ScenarioStarted",
    "Score",
    "Severity",
    "Skipped",
    "Source",
    "Step",
    "StepEnded",
    "StepResult",
    "StepStarted",
    "System",
    "Template",
    "Text",
    "Theme",
    "ToldExchange",
    "ValueSet",
    "Verdict",
    "Where",
    "Within",
    "counted",
    "grouped",
    "labelled",
]

if not TYPE_CHECKING:  # a name that is nowhere stays a mistake to whoever checks types

    def __getattr__(name: str) -> Any:
        """Runs, scores and the grid come when they are asked for: their classes are an eighth of the start of `harness check`."""
        if name not in __all__:
            raise AttributeError(f"module {__name__} has no attribute {name}")
        from . import maturity, runs, scores

        for module in (maturity, runs, scores):
            globals().update({one: getattr(module, one) for one in __all__ if hasattr(module, one)})
        return globals()[name]
