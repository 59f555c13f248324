"""Valid resources that definitions ask for, written from them."""

from .carrying import NotCarried
from .deriving import Deriver, Specimen

__all__ = ["Deriver", "NotCarried", "Specimen"]
