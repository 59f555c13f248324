"""Reads the data folders (profiles, scenarios, fixtures) into the model, through a compiled cache."""

from .folders import home
from .library import Library, is_in_force

__all__ = ["Library", "home", "is_in_force"]
