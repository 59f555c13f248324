"""What a vaccine prevents, as its name tells it: does a passage name a vaccine against something else?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from ...labels import fold

_SEVERAL = r"d ?t ?(?:p|c|ca|cap|polio|capolio)?(?![a-z])"  # `dT`, `DTP`: what a letter stands for is not asked
_AGAINST = {  # by the beginnings of words, of names and texts in lower case without accents
    "tuberculosis": r"antitubercul|tubercul|bcg\b",
    "tetanus": rf"tetan|antitetan|{_SEVERAL}",
    "diphtheria": rf"diphter|antidiphter|{_SEVERAL}",
    "poliomyelitis": rf"polio|antipolio|{_SEVERAL}",
    "pertussis": rf"coquelu|pertussi|anticoquelu|{_SEVERAL}",
    "haemophilus": r"haemophilus|hib\b|antihaemophil",
    "hepatitis": r"hepatit|antihepatit|hbs\b|vhb\b",
    "pneumococcus": r"pneumoco|antipneumoco",
    "meningococcus": r"meningo|antimeningo",
    "measles": r"rougeol|antirougeol|oreillon|rubeol|antirubeol|ror\b",
    "influenza": r"gripp|antigripp|influenza\b",
    "papillomavirus": r"papillom|hpv\b",
    "rotavirus": r"rotavir",
    "varicella": r"varicel|zona\b|zoster",
    "rabies": r"rage\b|rabi(?:que|es)|antirabi",
    "yellow fever": r"fievre jaune|amaril|antiamaril",
    "typhoid": r"typhoid|antityphoid",
    "covid": r"covid|sars cov",
    "encephalitis": r"encephalit",
}
_BESIDE = re.compile(r"(?i)[(\[;]|\bavec\b|\bpuis\b|\b[àa] (?:faire|pr[ée]voir|compl[ée]ter)")
_EACH = [(name, re.compile(rf"(?<![a-z])(?:{words})")) for name, words in _AGAINST.items()]
_ALL = re.compile("|".join(one.pattern for _, one in _EACH))


def prevents_another(said: str, labels: Iterable[str]) -> bool:
    """The passage names what a vaccine prevents, the labels too, and nothing in common. Brands tell nothing of it, nor what is told
    beside: `NIMENRIX (pneumocoque à faire)`."""
    told = prevented(said)
    return bool(told) and bool(known := _named(" ".join(labels))) and told.isdisjoint(known)


@lru_cache(maxsize=4096)
def prevented(said: str) -> frozenset[str]:
    """By the vaccine that a passage names."""
    return _named(_BESIDE.split(said, maxsplit=1)[0])


@lru_cache(maxsize=4096)
def _named(text: str) -> frozenset[str]:
    folded = fold(text)
    if _ALL.search(folded) is None:
        return frozenset()
    return frozenset(name for name, words in _EACH if words.search(folded.replace("haemophilus influenza", "haemophilus")))
