"""What of an INS may be shown."""

from __future__ import annotations

import re
from functools import cache

from .ins_authorities import INS_ROOT

# what stands before is looked at last: a pattern that begins with a letter is found much faster
_PRODUCTION_OID = re.compile(rf"{re.escape(INS_ROOT)}\.[89](?<![\d.]{re.escape(INS_ROOT)}\.[89])(?!\.?\d)", re.ASCII)
_DIGITS = bytes(48 if 48 <= byte < 58 else 32 for byte in range(256))  # each digit made 0, all else a space
_FEWEST = 12  # digits of a matricule: one of its characters may be a letter
_SIGNIFICANT = re.compile(r"[^\W_]")
_SHOWN = re.compile(r"(?:[\W_]*[^\W_]){3}")


def carries_production_ins(text: str) -> bool:
    """Some assigning authority in it is that of a real INS."""
    return _PRODUCTION_OID.search(text) is not None


def mask_ins(text: str) -> str:
    """The same text, of the same length, with each matricule reduced to its first three characters: `279************`.

    Right or wrong key, 13 or 15 characters, in one piece or in groups. Sex and year of birth are enough for someone who holds
    the document to know who is meant, and leave hundreds of thousands of people possible to anyone else.
    """
    if text.encode("utf-8", "replace").translate(_DIGITS).count(b"0") < _FEWEST:
        return text  # as most words
    return _written_matricule().sub(lambda match: masked(match[0]), text)


@cache
def _written_matricule() -> re.Pattern[str]:
    """Compiled where a document has a real INS: it takes a fiftieth of a cold check, and few have one."""
    group = r"[ \u00a0\u202f.-]?"
    begun = rf"{group}\d\d{group}\d\d{group}\d[\dABab]{group}\d{{3}}{group}\d{{3}}"
    # 13 characters without a key begin with 1, 2, 7 or 8 here: with 3 they would be the CIP13 code of half the medicines;
    # what stands before is looked at once the first digit is found, as above
    without_key = rf"(?<=[1278]){begun}"
    return re.compile(rf"[1-478](?<![0-9A-Za-z.][1-478])(?:{begun}{group}\d\d|{without_key})(?![0-9A-Za-z]|\.\d)", re.ASCII)


def masked(value: str) -> str:
    """A value that was meant as a matricule, masked whatever its form: letters and digits after the third become `*`."""
    shown = _SHOWN.match(value)
    return value if shown is None else shown[0] + _SIGNIFICANT.sub("*", value[shown.end() :])
