"""Does a name begin with a substance, rather than with a brand or a word of every day? Told by the stems of international
nonproprietary names, those that brands are seldom made of.

Source: WHO, The use of stems in the selection of international nonproprietary names (the stem book), in their French spelling.
"""

from __future__ import annotations

import re

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
_SUBSTANCE = re.compile(rf"[a-z]{{2,}}(?:{'|'.join(_STEMS.split())})|cef[a-z]{{4,}}|paracetamol|metformine|furosemide|tramadol")


def begins_with_a_substance(name: str) -> bool:
    """The first of its words that is neither short nor a number: `Bisoprolol 5 mg`; not `Kardegic 75 mg` nor `Sachet de 75 mg`."""
    first = next((word for word in fold(name).split() if len(word) > 3 and word.isalpha()), "")
    return _SUBSTANCE.fullmatch(first) is not None


def is_another_substance(one: str, other: str) -> bool:
    """Both are substances and nothing else, and not the same one, nor its isomer: `ofloxacine` and `ciprofloxacine`."""
    names = [fold(name) for name in (one, other)]
    if names[0] == names[1] or not all(name.isalpha() and begins_with_a_substance(name) for name in names):
        return False
    short, long = sorted(names, key=len)
    if "penicilline" in names and short.endswith("cilline") and long.endswith("cilline"):
        return False  # people call all of them by that name
    return not (long.endswith(short) and long.removesuffix(short) in _SALTS_AND_ISOMERS) and short[:_STEM] != long[:_STEM]
