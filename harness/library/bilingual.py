"""A sentence of a data file, `{fr: ..., en: ...}`, as a Text."""

from __future__ import annotations

from collections.abc import Mapping

from ..model import Text


def text(data: Mapping[str, str]) -> Text:
    return Text(data["fr"], data["en"])


def optional_text(data: Mapping[str, str] | None) -> Text | None:
    return None if data is None else text(data)
