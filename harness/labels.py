"""Labels of codes compared as people read them: case, accents, punctuation and spaces do not count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_SMALL_WORDS = frozenset(
    ("a au aux avec d dans de des du en et l la le les ou par pour sans sur un une and for in of or the to with").split()  # noqa: SIM905
)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
_NEGATIONS = frozenset("absence aucun aucune no non not pas".split())  # noqa: SIM905
_SIGNS = re.compile(r"[\W_]+")
_OF_MANY = frozenset({"vaccin", "vaccins"})  # words that names of medicines begin with
_STEM = 4  # characters: `vaccin` and `vaccination`, `sévérité` and `severity`


@lru_cache(maxsize=4096)
def normalised(label: str) -> str:
    """Lower case letters and digits without accents; `œ` as `oe`, `æ` as `ae`."""
    return _SIGNS.sub("", unicodedata.normalize("NFKD", _spelled(label)))


def same_label(one: str, other: str) -> bool:
    return one == other or normalised(one) == normalised(other)


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Lower case, without accents, every run of signs and spaces as one space."""
    plain = _spelled(text)
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(re.findall(r"[^\W_]+", plain))


def shortens(label: str, others: Iterable[str]) -> bool:
    """Every word of the label stands in one of the others: `Stade 0` for `Echelle de performance OMS Stade 0`.

    `Confirmé` does not shorten `Non confirmé`: without its negation a label says the contrary.
    """
    words = _words(label)
    return any(words <= theirs and words & _NEGATIONS == theirs & _NEGATIONS for theirs in map(_words, others))


def akin(label: str, others: Iterable[str]) -> bool:
    """The label has a word in common with one of the others, or two words that begin alike."""
    words = _words(label)
    return any(_share_or_begin_alike(words, _words(other)) for other in others)


def ranked_otherwise(label: str, others: Iterable[str]) -> bool:
    """The label tells a number, each of the others too, and never the same: `Stade 2` for `Stade 1`, `Classe III` for `2`."""
    ranks = _ranks(label)
    return bool(ranks) and all(theirs and ranks.isdisjoint(theirs) for theirs in map(_ranks, others))


def same_product(one: str, other: str) -> bool:
    """Two names of a medicine agree: the word that one begins with, its brand or substance, is in the other."""
    words, others = fold(one).split(), fold(other).split()
    return _share_or_begin_alike(_first_word(words), _telling(others)) or _share_or_begin_alike(
        _first_word(others), _telling(words)
    )


def _first_word(words: Iterable[str]) -> frozenset[str]:
    """The first that is no number and no abbreviation of two letters; of a vaccine, the one that tells which."""
    named = [word for word in words if len(word) > 2 and word.isalpha()]
    return frozenset([word for word in named if word not in _OF_MANY][:1] or named[:1])


def _share_or_begin_alike(words: frozenset[str], others: frozenset[str]) -> bool:
    if not words.isdisjoint(others):
        return True
    stems = {word[:_STEM] for word in words if len(word) >= _STEM}
    return any(word[:_STEM] in stems for word in others if len(word) >= _STEM)


def _ranks(label: str) -> frozenset[str]:
    words = fold(label).split()
    return frozenset(_ROMAN.get(word, word) for word in words if word.isdigit() or word in _ROMAN)


def _words(label: str) -> frozenset[str]:
    return _telling(fold(label).split())


def _telling(words: Iterable[str]) -> frozenset[str]:
    """Without those that every label may have, unless there are no others."""
    words = frozenset(words)
    return words - _SMALL_WORDS or words


def _spelled(label: str) -> str:
    return label.lower().replace("œ", "oe").replace("æ", "ae")
