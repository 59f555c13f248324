"""The word that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Text

_SHOWN = 20


def suggestion(word: str, known: Iterable[str]) -> Text:
    """A hint naming the nearest known word, or the known words when none is near. Empty when nothing is known."""
    import difflib  # only when something is wrong

    words = sorted(set(known))
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return Text(f"Est-ce {near[0]} ?", f"Did you mean {near[0]}?")
    if not words:
        return Text("", "")
    shown = ", ".join(words[:_SHOWN]) + (", …" if len(words) > _SHOWN else "")
    return Text(f"Sont connus : {shown}.", f"Known: {shown}.")
