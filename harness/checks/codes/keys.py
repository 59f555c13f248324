"""Check digits of the codes that documents carry most: a mistyped digit is found without the terminology at hand.

Sources: SNOMED CT (Verhoeff's dihedral check), LOINC (modulus 10), EAN-13 for a CIP of 13 digits. Only a code that has the form of
its terminology is judged here.
"""

from __future__ import annotations

import re

_SCTID = re.compile(r"[1-9][0-9]{5,17}")
_CONCEPT = ("00", "10")  # partitions of SNOMED CT identifiers, before the check digit: of the release, of an extension
_LOINC = re.compile(r"[0-9]{1,8}-[0-9]")
_CIP13 = re.compile(r"34009[0-9]{8}")
_TURNS = tuple(  # the dihedral group of order ten
    tuple((a + b) % 5 + (5 if b > 4 else 0) if a < 5 else (a - b) % 5 + (0 if b > 4 else 5) for b in range(10)) for a in range(10)
)
_SHUFFLE = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def sctid_key_is_wrong(code: str) -> bool:
    """Whether the check digit of a SNOMED CT identifier is wrong."""
    if _SCTID.fullmatch(code) is None:
        return False
    sum_so_far = 0
    for place, digit in enumerate(reversed(code)):
        shuffled = int(digit)
        for _ in range(place % 8):
            shuffled = _SHUFFLE[shuffled]
        sum_so_far = _TURNS[sum_so_far][shuffled]
    return sum_so_far != 0


def is_of_no_concept(code: str) -> bool:
    """Whether a SNOMED CT identifier is that of a description or a relationship (by its partition), which codes nothing."""
    return code[-3:-1] not in _CONCEPT and _SCTID.fullmatch(code) is not None


def loinc_key_is_wrong(code: str) -> bool:
    """Of a LOINC code `12345-6`: every other digit from the right counts twice, its two figures added."""
    if _LOINC.fullmatch(code) is None:
        return False
    digits, _, key = code.partition("-")
    total = sum(sum(divmod(int(digit) * (1 if place % 2 else 2), 10)) for place, digit in enumerate(reversed(digits)))
    return (total + int(key)) % 10 != 0


def cip_key_is_wrong(code: str) -> bool:
    """Whether the check digit of a French drug presentation (CIP) of 13 digits is wrong."""
    if _CIP13.fullmatch(code) is None:
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(code)) % 10 != 0
