"""Valid documents derived from the constraints themselves, so that each constraint has something to judge and can be spoiled."""

from .deriving import Derived, Deriver, chains

__all__ = ["Derived", "Deriver", "chains"]
