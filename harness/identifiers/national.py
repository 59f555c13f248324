"""National numbers of professionals and of structures, most of which end with the key of Luhn."""

from __future__ import annotations

import re

from .faults import Fault, digits_fault
from .places import CORSICA


def rpps_fault(text: str) -> Fault | None:
    """11 digits, Luhn."""
    return _luhn_fault(text, 11)


def adeli_fault(text: str) -> Fault | None:
    """9 characters: a department (its second character may be a letter) and 7 digits. No key is known to us: form only."""
    if not text:
        return Fault.EMPTY
    if len(text) != 9:
        return Fault.LENGTH
    return None if re.fullmatch(r"\d[\dA-F]\d{7}", text, re.ASCII) else Fault.CHARACTERS


def finess_fault(text: str) -> Fault | None:
    """9 characters, department first, Luhn.

    Corsican numbers begin with 2A or 2B. No text at hand says how the letter counts in the key (A as 1 and B as 2 is what two
    numbers obey, 2A0000014 and 2B0000020): they are judged on their form alone, so that nobody fails on a guess.
    """
    if text[:2] in CORSICA:
        fault = _luhn_fault("20" + text[2:], 9)
        return None if fault is Fault.KEY else fault
    return _luhn_fault(text, 9)


def siren_fault(text: str) -> Fault | None:
    """9 digits, Luhn."""
    return _luhn_fault(text, 9)


LA_POSTE = "356000000"


def siret_fault(text: str) -> Fault | None:
    """14 digits: a good SIREN, then Luhn on the whole.

    The offices of La Poste have used up the numbers that Luhn allows: theirs are good too when the sum of their digits is a
    multiple of 5. Two ways to be good make the control weaker: there, one digit changed among the last five may go unseen.
    """
    if (fault := _luhn_fault(text, 14)) not in (None, Fault.KEY):
        return fault
    if _luhn_sum(text[:9]) % 10:
        return Fault.KEY
    if text.startswith(LA_POSTE) and sum(map(int, text)) % 5 == 0:
        return None
    return fault


def idnps_fault(text: str) -> Fault | None:
    """National identifier of a person: a type digit, then that identifier (TRE_G08).

    0 ADELI, 1 ADELI practice, 3 FINESS, 4 SIREN, 5 SIRET, 6 RPPS practice, 8 RPPS, 10 MSSanté address; 3, 4, 5 may
    be followed by `/` and a number of the structure's own register.
    """
    if not text:
        return Fault.EMPTY
    if len(text) > 256:
        return Fault.LENGTH
    if text.startswith("10") and "@" in text:
        return None if re.fullmatch(r"10[^\s@]+@[^\s@.]+(\.[^\s@.]+)+", text) else Fault.SYNTAX
    head, slash, register = text[1:].partition("/")
    if slash and not (text[0] in "13456" and register.isprintable() and register.strip()):
        return Fault.SYNTAX
    match text[0]:
        case "0":
            return adeli_fault(head)
        case "1" | "6":
            return _practice_fault(head)
        case "3":
            return finess_fault(head)
        case "4":
            return siren_fault(head)
        case "5":
            return siret_fault(head)
        case "8":
            return rpps_fault(head)
    return Fault.KIND


def idnst_fault(text: str) -> Fault | None:
    """National identifier of a structure: a type digit, then that identifier (TRE_G07).

    0 ADELI practice, 1 FINESS, 2 SIREN, 3 SIRET, 4 RPPS practice and rank.
    """
    if not text:
        return Fault.EMPTY
    if len(text) > 256:
        return Fault.LENGTH
    match text[0]:
        case "0" | "4":
            return _practice_fault(text[1:])
        case "1":
            return finess_fault(text[1:])
        case "2":
            return siren_fault(text[1:])
        case "3":
            return siret_fault(text[1:])
    return Fault.KIND


def is_rpps(text: str) -> bool:
    return rpps_fault(text) is None


def is_finess(text: str) -> bool:
    return finess_fault(text) is None


def _practice_fault(text: str) -> Fault | None:
    # no text at hand says how a practice's identifier is composed: 9 to 14 characters, an ADELI or RPPS number first
    if not text:
        return Fault.EMPTY
    if not 9 <= len(text) <= 14:
        return Fault.LENGTH
    return None if re.fullmatch(r"\d[\dA-F]\d+", text, re.ASCII) else Fault.CHARACTERS


def _luhn_fault(text: str, length: int) -> Fault | None:
    if not text:
        return Fault.EMPTY
    if len(text) != length:
        return Fault.LENGTH
    return digits_fault(text) or (Fault.KEY if _luhn_sum(text) % 10 else None)


def _luhn_sum(digits: str) -> int:
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return doubled + sum(map(int, digits[-1::-2]))
