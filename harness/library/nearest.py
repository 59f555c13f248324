"""Suggests the known word that was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile

from ..model import NO_TEXT, Text

_SHOWN = 20
_NEAR = 0.6  # of what two words do not have in common: a slip of a letter or two in it
_LONG = 8  # letters of a word in which two of them may have slipped
_WORD = 4  # letters below which a word is no slip of another
_BEGUN = 3  # letters of the last part of a word that was begun
_FIGURES = re.compile(r"[0-9]")
_PART = re.compile(r"[-_./:@]")


def suggestion(word: str, known: Iterable[str], otherwise: Text | None = None) -> Text:
    """A hint naming the nearest known word. When none is near: `otherwise`, or the known words; empty when nothing is known."""
    words = sorted(set(known), key=lambda one: (-_begun_alike(word, one), one))
    near = nearest(word, words, 1)
    if near:
        return is_it(near[0])
    if otherwise is not None:
        return otherwise
    if not words:
        return NO_TEXT
    shown = ", ".join(words[:_SHOWN]) + (", …" if len(words) > _SHOWN else "")
    return Text(f"Sont connus : {shown}.", f"Known: {shown}.")


def is_it(meant: str) -> Text:
    return Text(f"Est-ce {meant} ?", f"Did you mean {meant}?")


def nearest(word: str, known: Iterable[str], most: int) -> list[str]:
    """The known words that may have been meant, the nearest first, then those of which it is the beginning (`dominique`). What all
    such words begin with (`cda/`, `--`) is no likeness.
    """
    import difflib  # only when something is wrong

    folded, by_folded = word.casefold(), {one.casefold(): one for one in known}
    found = difflib.get_close_matches(folded, by_folded, most + _SHOWN, _NEAR)
    found.sort(key=lambda one: (-difflib.SequenceMatcher(None, one, folded).ratio(), -_begun_alike(folded, one)))
    slip = slipped(folded, by_folded)
    alike = [] if slip is None else [slip]
    alike += [one for one in found if one not in alike and _likeness(folded, one) >= _NEAR and not _differ_by_number(folded, one)]
    if len(_PART.split(folded)[-1]) >= _BEGUN:
        alike += [one for one in sorted(by_folded) if one not in alike and one.startswith(folded) and _PART.match(one, len(folded))]
    return [by_folded[one] for one in alike[:most]]


def _begun_alike(word: str, other: str) -> int:
    """Letters that both begin with, none where they are too few to mean anything."""
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, other, strict=False)))
    return alike if alike >= _BEGUN else 0


def slipped(word: str, known: Iterable[str]) -> str | None:
    """The known word that this one is but for one slip: a letter too many, too few, another, or two in the other order; two slips
    side by side in a long word; capitals. None for a known word, and for one that is its own.
    """
    words = set(known)
    if word in words:
        return None
    return next((one for one in sorted(words) if _differ_by_a_slip(word.casefold(), one.casefold())), None)


def _differ_by_a_slip(word: str, other: str) -> bool:
    least = min(len(word), len(other))
    begun = next((at for at in range(least) if word[at] != other[at]), least)
    ended = next((at for at in range(least - begun) if word[-1 - at] != other[-1 - at]), least - begun)
    mine, theirs = word[begun : len(word) - ended], other[begun : len(other) - ended]
    letters = 2 if len(other) >= _LONG else 1
    if any(letter.isdigit() for letter in theirs):  # another number is another name
        return False
    return len(other) >= _WORD and (max(len(mine), len(theirs)) <= letters or (len(mine) == 2 and mine == theirs[::-1]))


def _differ_by_number(word: str, other: str) -> bool:
    """Two codes that both have figures, and not the same ones: the nearest number is not the one that was meant."""
    mine, theirs = _FIGURES.findall(word), _FIGURES.findall(other)
    return bool(mine) and bool(theirs) and mine != theirs


def _likeness(word: str, other: str) -> float:
    """Of the parts in which they differ: those that both begin or end with are left out."""
    import difflib

    parts, others = _PART.split(word), _PART.split(other)
    while parts and others and parts[0] == others[0]:
        del parts[0], others[0]
    while parts and others and parts[-1] == others[-1]:
        del parts[-1], others[-1]
    return difflib.SequenceMatcher(None, "-".join(parts), "-".join(others)).ratio()
