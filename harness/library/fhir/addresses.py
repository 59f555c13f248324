"""Canonical addresses as people mistype them."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)


def folded(url: str) -> str:
    """An address without what is most often mistyped in it."""
    return _SCHEME.sub("", url).rstrip("/").casefold().replace("_", "-")
