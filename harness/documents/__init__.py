"""Reads what a document may arrive in, safely: XML, stylesheets around a CDA, archives, folders, standard input."""

from .discovery import CARRIERS, Input, Refused, discover, open_input
from .document import DEFAULT_LIMITS, Document, Limits
from .parsing import KINDS, read

__all__ = [
    "CARRIERS",
    "DEFAULT_LIMITS",
    "KINDS",
    "Document",
    "Input",
    "Limits",
    "Refused",
    "discover",
    "open_input",
    "read",
]
