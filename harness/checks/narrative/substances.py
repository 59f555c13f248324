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
_SUBSTANCE = re.compile(rf"[a-z]{{2,}}(?:{'|'.join(_STEMS.split())})|cef[a-z]{{4,}}")


def begins_with_a_substance(name: str) -> bool:
    """The first of its words that is neither short nor a number: `Bisoprolol 5 mg`; not `Kardegic 75 mg` nor `Sachet de 75 mg`."""
    first = next((word for word in fold(name).split() if len(word) > 3 and word.isalpha()), "")
    return _SUBSTANCE.fullmatch(first) is not None
