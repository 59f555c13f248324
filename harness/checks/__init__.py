"""Judges documents against profiles."""

from .judge import Judge, refused

__all__ = ["Judge", "refused"]
