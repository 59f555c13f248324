"""Judges documents against profiles, and proves profiles by the mutations that must trip them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .judge import Judge, placed, refused, unjudged

if TYPE_CHECKING:
    from .proofs.proving import Proof, prove

__all__ = ["Judge", "Proof", "placed", "prove", "refused", "unjudged"]


def __getattr__(name: str) -> Any:
    """What only `harness profiles` and its like need is imported when they ask for it."""
    if name in ("Proof", "prove"):
        from .proofs import proving

        return getattr(proving, name)
    raise AttributeError(f"module {__name__} has no attribute {name}")
