"""Judges documents against profiles, and proves profiles by the mutations that must trip them."""

from .judge import Judge, refused
from .mutations import derived_mutations
from .proving import Proof, prove

__all__ = ["Judge", "Proof", "derived_mutations", "prove", "refused"]
