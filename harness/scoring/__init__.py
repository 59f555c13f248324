"""Findings and verdicts to numbers: conformance and coverage, evidence, maturity. Arithmetic on values of the model, no I/O."""

from .conformance import merge_verdicts, run_verdicts, score
from .evidence import automatic_evidence
from .maturity import assess

__all__ = ["assess", "automatic_evidence", "merge_verdicts", "run_verdicts", "score"]
