"""Words of which a label has one and the passage the other: positive and negative, right and left, acute and chronic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from ...labels import akin
from ..node import Node
from .tables import IDEM, cells_beside, headings_over, heads_over

_CONTRARY = re.compile(  # not `en présence de`, `à présent`, `inférieur à`, `pos. assise`
    r"\b(?:((?<!pr[ée]dictive )(?<!faux )(?<!seuil de )pos(?:iti(?!on)|\.(?!\s(?:d[eu]|debout|assise?|couch|ventr|dors|lat[ée]r))))"
    r"|((?<!faux )n[ée]g(?:ati|\.))|(droite?s?\b)|(gauches?\b)"
    r"|((?<!en )(?<!à )(?<!plus )pr[ée]sen(?!ta|t[ée]))|(absen)"
    r"|(sup[ée]ri(?!\w* (?:à|aux?)\b))|(inf[ée]ri(?!\w* (?:à|aux?)\b))|((?<!type )mascul)|(f[ée]mini)"
    r"|(instab)|(stables?\b)|(aig[uü][eë]?s?\b)|(chroniq)|(malin\b|malign)|(b[ée]nin|b[ée]nign)|(bilat)|(unilat)"
    r"|(types?\s?(?:1|I)\b(?!\s*(?:et|ou|[/,+-])\s*[2I]))|(types?\s?(?:2|II)\b))",
    re.IGNORECASE,
)
_NEGATED_WORD = re.compile(
    r"\b(?:pas|non|jamais|ni|sans|aucune?|rien|indemnes?|née? de sexe|(?:infirm|r[ée]fut|exclu|[ée]limin|[ée]cart)[ée]\w*)\b",
    re.IGNORECASE,
)
_OF_FINDINGS = (0, 1, 4, 5)
_LEFT_AND_RIGHT = (2, 3)
_LEVELS = (6, 7)
_OF_DISEASES = 10  # the pairs from here on
_IN_A_COURSE = re.compile(  # acute upon chronic, stable for now, perhaps malignant, in short
    r"\b[A-Z]{2,6}\b|[?]|(?i:\b(?:crises?|pouss[ée]es?|[ée]pisodes?|phase|d[ée]compens|exacerb|surinfect|acutis|ancien|[ée]tat|clinique|depuis|sous"
    r"|actuel|suspect|suspic|probable|risque|[ée]volu|[àa] \w*vers|devenu|pass[ée]e? |r[ée]cidiv|r[ée]curren|r[ée]p[ée]t|chaque"
    r"|par an|[2-9] \w+s aigu|apr[èe]s|suites? |post|s[ée]quell|[ée]tiquet|longtemps|comme|d['’]abord|initial|cru\b"
    r"|potentiel|pr[ée]domin"
    r"|m[èe]re|p[èe]re|fr[èe]re|s(?:œ|oe)ur|famil|\w*carcino|cancer|\w*sarcom|\w*lymphom|m[ée]lanom|m[ée]tasta))"
)
_PAIRED = re.compile(rf"(?:{_CONTRARY.pattern})\w*", re.IGNORECASE)  # to the end of the word
_CLAUSE = re.compile(r"[,:;()\[\]/–—]|\s-\s")
_AFTER = re.compile(r"[,;()]")
_OF_ANOTHER_RESULT = re.compile(r"\b(?:anteri|preced|ancien|derni|histor|controle|temoin|norm|ref|attendu|cible)")  # folded
_WORD = re.compile(r"[^\W\d_]{3}")
_OF_A_SIDE = re.compile(r"(?i)\b(?:c[ôo]t[ée]|versant)\b")
_LINK = re.compile(r"(?i)\b(?:avec|chez|contre|dans|en|malgr[ée]|mais|par|pour|puis|sans|sur|associ[ée]e?s?|compliqu[ée]e?s?)\b")
_PAST = re.compile(r"\([^()]*\b(?:19|20)[0-9]{2}\b[^()]*\)")  # `indétectable (positif en 2015)`
_RANK = r"(?:III|II|IV|I|V|[0-9])\b"
_GRADE = re.compile(  # not `stade II-III`, `grade 1 ou 2`, `stade 2a`
    rf"(?i)\b(classe|stade|grade)(?: (?-i:[A-Z]{{2,5}}))?\s*:? ({_RANK})(?!\s*(?:[-/–+à,]|ou\b|et\b)\s*{_RANK})"
)
_RANK_ALONE = re.compile("III|II|IV|I|V")  # `3` alone may be a score
_NUMERAL = re.compile(r"\b(?:III|II|IV|I|V|[0-9]+)\b")
_BOUND = re.compile("[<>≤≥]")
_SHORT = 60  # signs: a longer passage may tell of a former one
_DIGITS = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}
_OTHER_SIDE = re.compile(  # a lesion of the brain shows on the other side
    r"(?i)\b(?:controlat|oppos|l['’]autre|h[ée]mipl[ée]g|h[ée]mipar[ée]s|d[ée]ficit|an[ée]vrisme|aphasi|lat[ée]ralit[ée]|dominan"
    r"|paralysi|s[ée]quell|chute|surveill|programm|pr[ée]v(?:oi|u))"
)
_SIGN = re.compile(  # of a lesion of the brain, which shows on the other side
    r"(?i)\bh[ée]mi(?:pl[ée]g|par[ée]s|anop|corp|n[ée]gl)|\b(?:d[ée]ficit|aphasi|paralysi|n[ée]glig|clonie|convuls|[ée]pilep|crise)|esth[ée]si"
)
_BRAIN = re.compile(
    r"(?i)\b(?:AVC|front|pari[ée]t|tempor|occipit|sylvi|h[ée]misph|c[ée]r[ée]br|cort[ei]|thalam|capsul|bulb|protub|wallenberg)"
)
_WELL = re.compile(r"(?i)\b(?:libres?|normal\w*|saine?s?|intacte?s?|perm[ée]ables?)\b")
_LIMB = re.compile(r"(?i)\bmembres?\s+(?:sup|inf)[ée]ri")
_LACKED = re.compile(r"(?i)\babsence d(?:e |es |u |['’])(?:la |l['’])?([^\W\d_]+)")
_SIDE_IN_SHORT = re.compile(r"\b[A-Z]{0,3}[GD]\b")  # `OG`, `MID`, `bras G`
_SIDE_OF_A_PART = re.compile(
    r"(?i)\b(ventricule|oreillette|ventriculaire|auriculaire|coronaire|branche|cœur|cardiaque|d[ée]cubitus(?: lat[ée]ral)?"
    r"|(?:voie|abord)(?: \w+)?|radiale|f[ée]morale) (?:droite?|gauche)"
)
_ALONE_IN_CELL = re.compile(r"(?i)(?:à |c[ôo]t[ée] |r[ée]sultat |test )*[^\W\d_]+(?:\s*\([^()]*\))?\.?")
_RIGHT = re.compile(r"(?i:\bdroite?s?\b)|\bO\.?D\b")  # `OD`: the right eye
_LEFT = re.compile(r"(?i:\bgauches?\b)|\bO\.?G\b")
_EYE_OR_EAR = re.compile(r"(?i:œil|oeil|oreille)|\bO\.?[DG]\b")
_HEAD_OF_A_SIDE = re.compile(r"\W*(?:(?i:œil|oeil|oreille) (?i:droite?|gauche)|O\.?[DG])\b\W*(?:\([^()]*\)\W*)?")
_FOUND = re.compile(
    r"(?i)\b(?:(non|pas|jamais)[\s-]+(?:[ée]t[ée]\s+)?)?(?:(?:d[ée]tect|d[ée]cel|retrouv)[ée]e?s?\b|mise?s? en [ée]vidence)"
)
_DENIED = re.compile(r"(?i)\b(?:pas|non|jamais|ni|sans|aucune?|rien|absence|seuil)\b|\bn['’]")
_HINT = re.compile(r"(?i)ositi|gati|roit|auch|sen[ct]|[pf][ée]ri|ascul|[ée]mini|stab|aig|chron|mali|[ée]ni[ng]|ilat|type")


@lru_cache(maxsize=4096)
def graded_otherwise(passage: str, label: str) -> bool:
    """Each tells one class, stage or grade, and not the same: `Classe NYHA III`, or `III` alone, and `classe IV de la NYHA`. Other
    numbers may stand after a passage that begins with it, and nowhere else."""
    own = _GRADE.findall(label)
    if len(own) != 1 or _BOUND.search(passage):
        return False
    ((kind, rank),) = own
    if _RANK_ALONE.fullmatch(passage):
        return not rank.isdecimal() and passage != rank.upper()
    told = list(_GRADE.finditer(passage))
    if len(told) != 1 or told[0][1].lower() != kind.lower():
        return False
    numbers = _NUMERAL.findall(passage)
    is_alone = len(numbers) <= 1 and len(passage) <= _SHORT
    return (is_alone or told[0].start() == 0) and _number_of(rank) not in map(_number_of, (told[0][2], *numbers))


def _number_of(rank: str) -> str:
    return _DIGITS.get(rank.upper(), rank)


@lru_cache(maxsize=4096)
def has_contrary(label: str) -> bool:
    """The label has a word of a pair: positive and negative, right and left, found and not…"""
    return _HINT.search(label) is not None or _FOUND.search(label) is not None


def told_contrary(passage: str, cells: Iterable[str], label: str) -> bool:
    """The passage, or where it has no word of a pair of which the label has the other alone, a cell of its row that is but such a
    word, has not that other; nor has the cell, `Ag HBs (anticorps positifs) | Négatif`. `Stable` alone is a status, which what is
    unstable may have."""
    if _found_otherwise(passage, label):
        return True
    said = _sides(label)
    if not said:
        return False
    others = (cell for cell in cells if cell != passage and _ALONE_IN_CELL.fullmatch(cell) and cell != "Stable")
    alone = " ".join(cell.partition("(")[0] for cell in others)
    for text in (_of_the_fact(_PAST.sub("", passage), label), alone):
        told = _sides(text)
        for word in said:
            contrary = word - 1 if word % 2 else word + 1
            if contrary not in said and (word in told or contrary in told):
                if contrary not in told or word in told or word in _sides(alone) or _is_qualified(text, word, cells, label):
                    return False
                if word in _LEFT_AND_RIGHT:
                    return text is alone or not _is_told_after(text, contrary, label)
                return text is alone or _speaks_of(text, contrary, label)
    return False


def row_tells_contrary(passage: Node, label: str) -> bool:
    """Of a passage and its row, but for the cells under `Antériorité`, `Valeur attendue`."""
    cells, _ = cells_beside(passage)
    said = spaced(passage)
    if not told_contrary(said, cells, label):
        return False
    heads = headings_over(passage, cells)
    own = [cell for head, cell in zip(heads, cells, strict=True) if not _OF_ANOTHER_RESULT.search(head)] if heads else cells
    return len(own) == len(cells) or told_contrary(said, own, label)


def spaced(passage: Node) -> str:
    """The text with a space between the cells of a row, which may have none."""
    return " ".join(cell.whole_text for cell in passage.children) if passage.tag == "tr" else passage.whole_text


def _is_told_after(text: str, side: int, label: str) -> bool:
    """What the passage begins with has no side, and what follows has it of something else: `Prothèse, boiterie gauche`."""
    first, *others = _AFTER.split(text)
    if not others or not _sides(first).isdisjoint(_LEFT_AND_RIGHT):
        return False
    besides = [_PAIRED.sub(" ", part) for part in others if side in _sides(part)]
    named = [_PAIRED.sub(" ", label), first]
    return all(_WORD.search(_OF_A_SIDE.sub(" ", part)) and not akin(part, named) for part in besides)


def _speaks_of(text: str, contrary: int, label: str) -> bool:
    """The word stands alone, or beside one of the label: `nodule bénin` tells nothing of a cancer. Such words as the label has
    besides those of pairs; or it has none."""
    named = " ".join(_PAIRED.sub(" ", label).split())
    if not akin(named, [named]):
        return True
    for clause in _CLAUSE.split(text):
        for part in _LINK.split(clause) if contrary in _sides(clause) else ():
            besides = _PAIRED.sub(" ", part)
            if contrary in _sides(part) and (akin(besides, [named]) or (part is clause and not akin(besides, [besides]))):
                return not _is_of_another_part(part, contrary, label)
    return False


def _is_of_another_part(part: str, contrary: int, label: str) -> bool:
    """Of a limb, `membre supérieur`, where the label is of an end of a bone; of one side, `rein droit présent`, where the label has
    none; or what is absent is something else, `absence de descellement`, or all is well there, `membres inférieurs libres`."""
    if _WELL.search(part):
        return True
    if contrary in _LEVELS:
        return (_LIMB.search(part) is None) != (_LIMB.search(label) is None)
    if contrary not in _OF_FINDINGS:
        return False
    lacked = _LACKED.search(part)
    of_a_side = not _sides(part).isdisjoint(_LEFT_AND_RIGHT) and _sides(label).isdisjoint(_LEFT_AND_RIGHT)
    return of_a_side or (lacked is not None and not akin(lacked[1], [label]))


def _of_the_fact(passage: str, label: str) -> str:
    """Of several parts that semicolons set apart those that have a word of the label, or the first."""
    parts = passage.split(";")
    return passage if len(parts) == 1 else ";".join(part for part in parts if akin(part, [label])) or parts[0]


def _is_qualified(text: str, word: int, cells: Iterable[str], label: str) -> bool:
    """It or a cell of its row denies, `pas positif`, or tells a course, `poussée aiguë`; or it has a side in short, `OG : œil
    droit sain`, or that of a vessel or a posture, `coronaire droite`, or of the two one is a lesion of the brain, the
    other a palsy: what it tells of the word is not certain."""
    if word in _LEFT_AND_RIGHT:
        parts = {part.lower() for part in _SIDE_OF_A_PART.findall(text)}
        of_another = bool(parts) and parts.isdisjoint(part.lower() for part in _SIDE_OF_A_PART.findall(label))
        return of_another or _is_crossed(text, label) or any(one.search(text) for one in (_SIDE_IN_SHORT, _OTHER_SIDE))
    if word >= _OF_DISEASES and any(_IN_A_COURSE.search(one) for one in (text, *cells)):
        return True
    return any(_NEGATED_WORD.search(one) for one in (text, *cells, label))


def _is_crossed(one: str, other: str) -> bool:
    return any(_BRAIN.search(cause) and _SIGN.search(shown) for cause, shown in ((one, other), (other, one)))


@lru_cache(maxsize=4096)
def _sides(text: str) -> frozenset[int]:
    """The words of pairs that it has, each by its place: those of a pair are neighbours."""
    return frozenset((found.lastindex or 1) - 1 for found in _CONTRARY.finditer(text))


def _found_otherwise(passage: str, label: str) -> bool:
    """One says that it was found and the other that it was not: `détecté` and `non détecté`; `aucun germe détecté` is not asked."""
    said = _finds(label)
    if len(said) != 1 or len(told := _finds(_of_the_fact(passage, _FOUND.sub(" ", label)))) != 1 or bool(told[0]) is bool(said[0]):
        return False
    return bool(told[0]) or _DENIED.search(passage) is None


@lru_cache(maxsize=4096)
def _finds(text: str) -> Sequence[str]:
    """For each mention of something found: the word that denies it, or an empty text."""
    return tuple(_FOUND.findall(text))


def headed_otherwise(passage: Node, label: str) -> bool:
    """The column of the passage is headed by one eye or ear and the label has the other side alone: `Œil droit`, `œil gauche`. Both
    have a column and nothing else heads it: a glance to the left may be of the right eye, as what covering the left one shows."""
    cells, own = cells_beside(passage)
    heads = heads_over(passage, cells)
    if not heads or any("colspan" in head.attributes for head in heads):
        return False  # which of the columns they are above is not plain
    if _EYE_OR_EAR.search(label) is None or any(_RIGHT.search(cell) or _LEFT.search(cell) or IDEM.match(cell) for cell in cells):
        return False
    headed = [_side_of(head.whole_text) if _HEAD_OF_A_SIDE.fullmatch(head.whole_text) else None for head in heads]
    sides = {_side_of(label), headed[own]}
    return len(sides) > 1 and None not in sides and sides <= set(headed)


def _side_of(text: str) -> re.Pattern[str] | None:
    """The side that the text names (right or left), where it names only one."""
    found = [side for side in (_RIGHT, _LEFT) if side.search(text)]
    return found[0] if len(found) == 1 else None
