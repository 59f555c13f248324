"""Identifiers that belong to no country: OID and UUID."""

from __future__ import annotations

import re

from .faults import Fault

_OID = re.compile(r"(?:[01]\.[1-3]?\d|2\.(?:0|[1-9]\d*))(?:\.(?:0|[1-9]\d*))*", re.ASCII)
_LONGEST_OID = 128  # characters


def oid_fault(text: str) -> Fault | None:
    """Dotted numbers of ISO/IEC 9834-1: first 0 to 2, second below 40 under 0 and 1, no leading zero; 128 characters at most."""
    if _OID.fullmatch(text):
        return Fault.LENGTH if len(text) > _LONGEST_OID else None
    if not text:
        return Fault.EMPTY
    if len(text) > _LONGEST_OID:
        return Fault.LENGTH
    return Fault.CHARACTERS if re.search(r"[^0-9.]", text) else Fault.SYNTAX


def uuid_fault(text: str) -> Fault | None:
    """The 8-4-4-4-12 hexadecimal form, either case, without `urn:uuid:`."""
    if not text:
        return Fault.EMPTY
    if len(text) != 36:
        return Fault.LENGTH
    if re.search(r"[^0-9a-fA-F-]", text):
        return Fault.CHARACTERS
    return None if re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text) else Fault.SYNTAX


def is_oid(text: str) -> bool:
    return oid_fault(text) is None
