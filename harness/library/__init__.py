"""Reads the data folders (profiles, scenarios, fixtures) into the model, through a compiled cache."""

from .folders import home
from .in_force import is_in_force
from .library import Library

__all__ = ["Library", "home", "is_in_force"]
