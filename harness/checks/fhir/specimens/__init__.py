"""Valid resources that definitions ask for, written from them."""

from .deriving import Deriver, Specimen

__all__ = ["Deriver", "Specimen"]
