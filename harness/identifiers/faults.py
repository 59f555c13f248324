"""What can be wrong with an identifier, whatever its family."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """What is wrong with an identifier, the first thing found."""

    EMPTY = "empty"
    LENGTH = "length"
    CHARACTERS = "characters"  # a character that has no place there
    KIND = "kind"  # first digit: sex or NIA of a matricule, type of an IDNPS or IDNST
    MONTH = "month"
    PLACE = "place"  # department, territory, country or commune
    ORDER = "order"
    KEY = "key"  # the form is good, the control key is not
    SYNTAX = "syntax"


def digits_fault(text: str) -> Fault | None:
    return None if all_digits(text) else Fault.CHARACTERS


def all_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
