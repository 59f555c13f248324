"""Findings and verdicts to numbers: conformance and coverage, evidence, maturity. Arithmetic on values of the model, no I/O."""

from .conformance import document_verdicts, merge_verdicts, run_verdicts, score
from .evidence import automatic_evidence
from .maturity import assess

__all__ = ["assess", "automatic_evidence", "document_verdicts", "merge_verdicts", "run_verdicts", "score"]
