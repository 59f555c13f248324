"""Does a passage of the narrative that is a number tell the value of the entry which cites it?"""

from __future__ import annotations

import re

_NUMBER = re.compile(r"([+-]?[0-9]{1,3}(?: [0-9]{3})+|[+-]?[0-9]+)(?:[.,]([0-9]+))?(.*)")
_SIGNS = re.compile(r"[^a-zA-Z%/]")


def told_otherwise(passage: str, value: str, unit: str) -> bool:
    """True where the passage is nothing but a number, with the unit or without, and not the value rounded or cut to its decimals:
    `70 kg` and `76`, not `70` and `70.6`, nor `1 m 70`, `environ 70`, `7 g` and `7 mg`."""
    found = _NUMBER.fullmatch(" ".join(passage.replace("\u2212", "-").split()))
    if found is None or _SIGNS.sub("", found[3]) not in ("", _SIGNS.sub("", unit)) or (found[3] and not _SIGNS.sub("", found[3])):
        return False
    try:
        number = float(value)
    except ValueError:
        return False
    decimals = found[2] or ""
    told = float(f"{found[1].replace(' ', '')}.{decimals or 0}")
    return abs(told - number) >= 10.0 ** -len(decimals) * (1 - 1e-9)
