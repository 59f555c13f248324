"""Labels compared as people read them: case, accents, punctuation and spaces do not count."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def normalised(label: str) -> str:
    """Lower case letters and digits without accents; `œ` as `oe`, `æ` as `ae`."""
    spelled = label.lower().replace("œ", "oe").replace("æ", "ae")
    return "".join(character for character in unicodedata.normalize("NFKD", spelled) if character.isalnum())


def same_label(one: str, other: str) -> bool:
    return one == other or normalised(one) == normalised(other)
