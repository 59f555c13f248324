"""Does a name begin with a substance, rather than with a brand or a word of every day? Told by the stems of international
nonproprietary names, those that brands are seldom made of.

Source: WHO, The use of stems in the selection of international nonproprietary names (the stem book), in their French spelling.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ...labels import fold

_STEMS = """
    alol april arone astine azepam azolam azosine barbital bactam cainide cicline cilline citabine coxib curium cycline
    dipine dronate epril fenac fibrate flozine floxacine fovir gabaline gatran glinide gliptine glitazone glutide iclovir
    ipril kinra lukast mab nazole nidazole olol opril oxacine oxetine parine penem pidem platine poetine prazole profene
    relix renone ridone rubicine sartan setron stigmine terol thiazide tiapine tidine tinib trexate trexed triptan
    triptyline vastatine virine vudine xaban zolamide zosine
"""
_STEM = 5  # letters: names that begin alike may be spellings of one
_SALTS_AND_ISOMERS = frozenset("benzyl phenoxymethyl levo lev es dex dextro ar hydroxy methyl des nor val fos pro".split())  # noqa: SIM905
_BRANDS = frozenset(  # those that are made of a stem all the same
    (  # noqa: SIM905
        "calciparine cefaperos cordarone extencilline farmorubicine fraxiparine malarone oracilline paraplatine sigmacilline "
        "sodiparine"
    ).split()
)
_SUBSTANCE = re.compile(rf"[a-z]{{2,}}(?:{'|'.join(_STEMS.split())})|cef[a-z]{{4,}}|paracetamol|metformine|furosemide|tramadol")
_CLASSES = {  # stems, with what the ATC codes of all that have them begin with, alone or with others
    "vastatine": ("C10",),
    "sartan": ("C09", "C10BX"),
    "pril": ("C09", "C10BX", "C07F"),
    "gliptine": ("A10",),
    "gliflozine": ("A10",),
    "glitazone": ("A10",),
    "glinide": ("A10",),
    "formine": ("A10",),
    "floxacine": ("J01", "S0"),
    "xaban": ("B01",),
    "gatran": ("B01",),
    "piprazole": ("N05",),
    "prazole": ("A02", "B01AC", "M01AE", "N02B"),
    "triptan": ("N02",),
    "setron": ("A03", "A04"),
    "olol": ("C07", "C09B", "S01E"),
    "dipine": ("C07F", "C08", "C09", "C10BX"),
    "azepam": ("N03", "N05", "M03"),
    "azolam": ("N05",),
    "cilline": ("J01", "A02BD", "S0", "G01", "D06"),
    "oxetine": ("N06", "G04"),
    "paracetamol": ("N02", "R01", "R05"),
    "furosemide": ("C03",),
    "dronate": ("M05",),
}


def begins_with_a_substance(name: str) -> bool:
    """The first of its words that is neither short nor a number: `Bisoprolol 5 mg`; not `Kardegic 75 mg` nor `Sachet de 75 mg`."""
    first = _first_word(name)
    return _SUBSTANCE.fullmatch(first) is not None and first not in _BRANDS


def is_another_substance(one: str, other: str) -> bool:
    """Both are substances and nothing else, and not the same one, nor its isomer: `ofloxacine` and `ciprofloxacine`."""
    names = [fold(name) for name in (one, other)]
    if names[0] == names[1] or not all(name.isalpha() and begins_with_a_substance(name) for name in names):
        return False
    short, long = sorted(names, key=len)
    if "penicilline" in names and short.endswith("cilline") and long.endswith("cilline"):
        return False  # people call all of them by that name
    return not (long.endswith(short) and long.removesuffix(short) in _SALTS_AND_ISOMERS) and short[:_STEM] != long[:_STEM]


@lru_cache(maxsize=1024)
def is_classed_elsewhere(name: str, atc: str) -> bool:
    """Its first word has a stem whose substances have other ATC codes: `ramipril` and C10AA07. The longest stem tells."""
    first = _first_word(name)
    classes = next((classes for stem, classes in _CLASSES.items() if first.endswith(stem)), ())
    return bool(classes) and len(atc) > 2 and not any(atc.startswith(one) or one.startswith(atc) for one in classes)


def _first_word(name: str) -> str:
    """The first word that is neither short nor a number."""
    return next((word for word in fold(name).split() if len(word) > 3 and word.isalpha()), "")
