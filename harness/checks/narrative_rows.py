"""Does the passage that an entry cites, or the row of the table that it stands in, tell what the entry tells?

A passage that is cited is often the name of a fact: its value, date or answer stand beside it, in the same row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from ..labels import fold, same_product
from ..timestamps import days_later
from .legibility import OF_SOFTWARE, is_of_genes
from .narrative_numbers import agrees, signs_of, told_otherwise
from .narrative_posology import of_another_strength, posology_told, strengths
from .node import Node, section_of
from .substances import begins_with_a_substance
from .vaccination_ranks import ranks_of

_NUMBER = re.compile(r"(?<![\w.,])([+-]?[0-9]{1,3}(?:\s[0-9]{3})+(?![0-9])|[+-]?[0-9]+)(?:[.,]([0-9]+))?")
_ANNOTATION = re.compile(r"\{[^}]*\}")
_SECOND = re.compile(r"^\s*/\s*[0-9]+(?:[.,][0-9]+)?")
_BEGINS = frozenset(("effectiveTime", "low", "value"))
_YEAR = re.compile(r"(?:(0[1-9]|1[0-2])/)?((?:19|20)[0-9]{2})")
_BEGINNING_HEAD = re.compile(r"(?:date )?(?:de )?debut|depuis")
_DATED_HEAD = re.compile(r"date(?: de survenue| de l acte)?|annee")
_RENEWALS = re.compile(r"(?:nombre|nb|nbre) de renouvel\w*|renouvellements")  # not `renouvellement (mois)`
_PACK_YEARS = re.compile(r"(?i)([0-9]+)(?:[.,]([0-9]+))?\s*(?:paquets?[-\s./]*ann[ée]es?|PA)\b")
_PACK_YEARS_UNIT = ("/a", ".a", "year", "years")  # `{pack}/a`, which the VSM writes of pack-years; not `{pack}/d`
_BOUNDED = re.compile(
    r"(?i)(?:[<>≤≥~≈±/.,–-]|\bde|\bmoins|\bsup[ée]rieur à|\binf[ée]rieur à|\bentre|\bet|à|\bou|[0-9]"
    r"|\bm(?:ax|in)(?:imum|i)?\.?)\s*$"
)
_BOUNDED_AFTER = re.compile(r"(?i)\s*(?:[+?±/]|m(?:ax|in)\w*|(?:et|ou) (?:plus|moins)|au (?:moins|plus)|par |chez )")
_ABOUT = re.compile(r"(?i)(?:\b(?:environ|env\.?|vers|autour|presque|quelque)|aine)\W*$")
_ABOUT_AFTER = re.compile(r"(?i)\W*(?:env\b|environ|estim|approx)")
_OF_ANOTHER = re.compile(r"(?i)\b(?:p[èe]re|m[èe]re|conjoint|parents?|mari|[ée]pou\w+)\b")
_HALF_AS_MANY = 1.5
_TAKEN = re.compile(r"(?i)\b(?:matin|midi|soir|coucher|jours?|fois|prises?|prendre|heures?|semaines?|mois)\b|/ ?j")
_OF_ANOTHER_FACT = re.compile(r"motif|indication|complication|cause|raison|consequence|suite|pour\b|associe|justifi|contexte")
_WORD = re.compile(r"[^\W\d_]{3}")
_DAY_KNOWN = len("20180422")
_WHOLE = len("31/12/2020")
_PACKS = 100  # a year, or pack-years that nobody reaches
_ALONE = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_UNIT_NAMED = re.compile(r"\(([^()]+)\)$")
_DAY = re.compile(r"(?<![0-9/])([0-3][0-9])/([01][0-9])/((?:19|20)[0-9]{2})(?![0-9/])")
_OTHER_DATE = re.compile(  # in another notation than `03/10/2018`
    r"(?i)(?<![0-9])[0-9]{1,2}[./-][0-9]{1,2}[./-](?:[0-9]{2}|[0-9]{4})(?![0-9])|(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])"
    r"|\b(?:janv|f[ée]vr|mars|avril|mai|juin|juil|ao[ûu]t|sept|oct|nov|d[ée]c)[a-zé.]* [0-9]"
)
_OF_ANOTHER_EVENT = re.compile(  # what stands above the column of such a date
    r"(?i)saisi|enregistr|mise? [àa] jour|modifi|p[ée]rem|expir|valid|proch|contr[ôo]le|rappel|[ée]ch[ée]ance|r[ée]vis|pr[ée]vu"
    r"|\bn[ée]e?\b|naiss"
)
_STAY = "62"  # days
DATES = re.compile(r"(?i)(?:[0-9/:h\s–-]|\b(?:du|au|le|à|depuis)\b)*")
_ANSWERS = {"oui": "true", "non": "false"}
_CONTRARY = re.compile(
    r"\b(?:(positi(?!on))|(n[ée]gati)|(droite?s?\b)|(gauches?\b)|(pr[ée]sen(?!ta|t[ée]))|(absen)|(sup[ée]ri)|(inf[ée]ri)|(mascul)|(f[ée]mini))",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\b(?:pas|non|jamais|ni|sans|aucune?|plus d|exclu\w*|[ée]limin\w*|[ée]cart\w*|absen\w*)\b", re.IGNORECASE)
_NEGATED_WORD = re.compile(r"\b(?:pas|non|jamais|ni|sans)\b", re.IGNORECASE)
_LEFT_AND_RIGHT = (2, 3)
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
_AS_BESIDE = re.compile(r"(?i)idem\b|id\.|identique|[\"″=]$|(?:le |la )?m[êe]me")
_SHORTENED = re.compile(r"\b[A-Z]{2,6}\b")
_HINT = re.compile(r"(?i)ositi|gati|roit|auch|sen[ct]|[pf][ée]ri|ascul|[ée]mini")
_BEGINNING = 5  # letters: `vaccin` and `vaccination`, `cancer` and `cancers`
_MEASURES = frozenset(("PQ", "INT", "REAL"))
_TIMES = frozenset(("effectiveTime", "low", "high", "center", "time", "birthTime", "value"))
_LABELLED = {
    "observation": ("value",),
    "substanceAdministration": ("consumable", "manufacturedProduct", "manufacturedMaterial", "code"),
}
_PROBLEM = "1.3.6.1.4.1.19376.1.5.3.1.4.5"
_WITHIN = frozenset(("observation", "substanceAdministration"))  # what they hold stands in their row, which is dated for them
_NAMES = frozenset(("name", "pharm:name"))


def entry_told(entry: Node, passage_of: Callable[[str], Node | None], cited: Callable[[str], int]) -> str:
    """What the passage or its row tells otherwise of an observation, a procedure or an administration, as one word: `number`,
    `answer`, `contrary`, `moment`, `date`, `lot`, `rank`, `dose`, `period`, `renewals`, `another`, or `software` where a cell is
    a word that software left; or nothing."""
    reference = reference_of(entry, "text")
    values = entry.named.get("value", ())
    if not reference and len(values) == 1 and entry.tag == "observation":
        reference = reference_of(entry.named["code"][0], "originalText") if "code" in entry.named else ""
        return _value_told(entry, values[0], passage_of(reference), reference, cited) if reference else ""
    passage = passage_of(reference) if reference else None
    if passage is None:
        return ""
    if len(values) == 1 and (said := _value_told(entry, values[0], passage, reference, cited)):
        return said
    if entry.tag == "observation" and not _is_problem(entry):
        return ""
    cells, own = cells_beside(passage)
    if not OF_SOFTWARE.isdisjoint(cells) and not is_of_genes(" ".join(cells)):
        return "software"
    if _dated_otherwise(entry, passage, cells, own):
        return "date"
    if entry.tag == "substanceAdministration" and (said := _product_told(entry, passage, cells)):
        return said
    return "another" if _tells_another(entry, passage, cells, cited) else ""


def _value_told(entry: Node, value: Node, passage: Node | None, reference: str, cited: Callable[[str], int]) -> str:
    attributes = value.attributes
    if passage is None:
        return ""
    kind, told = value.type, attributes.get("value", "")
    if kind in _MEASURES:
        if not told:
            return ""
        unit = attributes.get("unit", "")
        if "pack" in unit and unit.rstrip("}").endswith(_PACK_YEARS_UNIT) and smoked_otherwise(passage.whole_text, told):
            return "number"
        if cited(reference) == 1 and told_otherwise(passage.whole_text, told, unit):
            return "number"
        cells, own = cells_beside(passage)
        return "number" if len(cells) > 1 and measured_otherwise(cells, own, told, unit) else ""
    negated = entry.attributes.get("negationInd", "")
    if kind == "BL":
        return (
            "answer" if negated != "true" and (answered_otherwise(passage, told) or _row_answers_otherwise(passage, told)) else ""
        )
    if kind == "TS":
        cells, _ = cells_beside(passage)  # of a name and a date: in a longer row the date may be that of something else
        return "moment" if dated_otherwise(cells if len(cells) == 2 else [passage.whole_text.strip()], (told,), (told,)) else ""
    if negated and "code" in attributes and answered_otherwise(passage, "false" if negated == "true" else "true"):
        return "answer"
    label = attributes.get("displayName", "")
    if has_contrary(label) and told_contrary(passage.whole_text, cells_beside(passage)[0], label):
        return "contrary"
    return ""


def _dated_otherwise(entry: Node, passage: Node, cells: Sequence[str], own: int) -> bool:
    """The row has dates, none of which the entry tells, nor the act that holds it. own: the place of the cell of the passage."""
    if "effectiveTime" not in entry.named:
        return False
    moment = entry.named["effectiveTime"][0]
    low = moment.named.get("low")
    begun = (low[0] if low else moment).attributes.get("value", "")
    if begun and (_day_of(begun) in cells or (len(begun) < _DAY_KNOWN and begun[:4] in cells)):
        return False  # what most rows have, so that no more need be asked
    if not any("/" in cell or _YEAR.fullmatch(cell) for cell in cells):
        return False
    if entry.tag != "substanceAdministration" and own and _is_of_another_row(passage, cells, own):
        return False
    moments = [node for moment in entry.named["effectiveTime"] for node in (moment, *moment.children)]
    dated = [node.attributes["value"] for node in moments if "value" in node.attributes]
    above = entry.parent.parent if entry.parent is not None else None
    around = above if above is not None and above.tag == "act" else entry
    valued = entry.index.below(around, "@value")
    times = [node.attributes["value"] for node in valued if node.tag in _TIMES and "unit" not in node.attributes]  # no doses
    begins = [node.attributes["value"] for node in valued if node.tag in _BEGINS and "unit" not in node.attributes]
    begun_cells, dated_cells = cells_headed(passage, cells, _BEGINNING_HEAD), cells_headed(passage, cells, _DATED_HEAD)
    if begun_otherwise(begun_cells, dated_cells, begins, lasts=low is not None):
        return not _is_told_beside(cells, begins, (*begun_cells, *dated_cells))
    cells = _of_no_other_event(cells, passage)
    if any(_OTHER_DATE.search(cell) for cell in cells if not _DAY.search(cell)):
        return False
    return dated_otherwise(cells, dated, times)


def _is_of_another_row(passage: Node, cells: Sequence[str], own: int) -> bool:
    """The row is that of another fact, of which this is the reason or what it led to: by the heading of its column, or where none
    is above it, as another stands before."""
    heads = _heads_over(passage, cells)
    if heads:
        return _OF_ANOTHER_FACT.match(fold(heads[own].whole_text)) is not None
    return any(_WORD.search(cell) and not DATES.fullmatch(cell) for cell in cells[:own])


def _is_told_beside(cells: Sequence[str], begins: Iterable[str], asked: Sequence[str]) -> bool:
    """Another cell of the row has the year: `2007 | Diabète (insuline en 2017)`."""
    years = {time[:4] for time in begins}
    return any(year in cell for cell in cells if cell not in asked for year in years)


def _of_no_other_event(cells: Sequence[str], passage: Node) -> list[str]:
    """Without those whose column is headed `Saisi le`, `Péremption`, `Prochain contrôle`."""
    table = _table_of(passage)
    if table is None:
        return list(cells)
    heads = [head for head in table.index.below(table, "th") if _OF_ANOTHER_EVENT.search(head.whole_text)]
    others = {
        head.parent.children.index(head) for head in heads if head.parent is not None and len(head.parent.children) == len(cells)
    }
    if heads and not others:  # which of the cells they are above is not plain
        return []
    return [cell for place, cell in enumerate(cells) if place not in others]


def _day_of(time: str) -> str:
    """As a row writes it, or the month: `20180422` is `22/04/2018`, `201804` is `04/2018`."""
    return f"{time[6:8]}/{time[4:6]}/{time[:4]}" if len(time) >= _DAY_KNOWN else f"{time[4:6]}/{time[:4]}"


def _product_told(entry: Node, passage: Node, cells: Sequence[str]) -> str:
    lots = [lot.text.strip() for lot in entry.index.below(entry, "lotNumberText")]
    if any(lot and column_lacks(passage, "lot", lot) for lot in lots):
        return "lot"
    if any(column_lacks(passage, "rang", rank) for rank in ranks_of(entry)):
        return "rank"
    said = passage.whole_text
    if strengths(said) and of_another_strength(said, _labels_of(entry), entry):
        return "another"
    if "repeatNumber" in entry.named and _renewed_otherwise(entry, passage, cells):
        return "renewals"
    return posology_told(said.strip(), cells, entry)


def _renewed_otherwise(entry: Node, passage: Node, cells: Sequence[str]) -> bool:
    """The first delivery may be counted with its renewals, or not."""
    repeats = entry.named["repeatNumber"][0].attributes.get("value", "")
    told = [cell for cell in cells_headed(passage, cells, _RENEWALS) if cell.isdigit()]
    return bool(told) and repeats.isdigit() and all(abs(int(cell) - int(repeats)) > 1 for cell in told)


def _tells_another(entry: Node, passage: Node, cells: Sequence[str], cited: Callable[[str], int]) -> bool:
    """The passage or its row has no word of the label of the entry, and the passage those of another entry of its kind in the
    section and no more, or a cell that nothing cites those of the label; or it is a medicine of another strength."""
    said = passage.whole_text
    if begins_with(said, _label_of(entry)):
        return False
    if entry.tag == "substanceAdministration" and not strengths(said) and _medicine_of(entry) in cells:
        return False  # a posology is cited, and the row names the medicine
    labels = _labels_of(entry)
    if not labels:
        return False
    if entry.tag == "substanceAdministration" and other_product(said, labels):
        return True
    if tells(said, labels) or tells(" ".join(cells), labels):
        return False
    section = section_of(entry)
    claims = _claims(entry)
    others = (other for other in entry.index.below(section, entry.tag) if other is not entry and _claims(other) == claims)
    told = next((theirs for other in others if tells_most(said, theirs := _labels_of(other))), None)
    shared = _is_shared(entry, passage, cited)
    if told is not None and not (shared and _tells_more(said, told)):
        return True
    return shared and _another_is_meant(entry, passage, labels, cited)


def _is_shared(entry: Node, passage: Node, cited: Callable[[str], int]) -> bool:
    """Another entry cites the passage too."""
    names = (f"#{passage.attributes['ID']}", passage.attributes["ID"])
    own = sum(one.attributes.get("value") in names for one in entry.index.below(entry, "reference"))
    return sum(map(cited, names)) > own


def _tells_more(said: str, labels: Sequence[str]) -> bool:
    """The passage has a word that none of them has: `IRC, anémie`, `cirrhose alcoolique` tell two facts, one of them in short."""
    return _SHORTENED.search(said) is not None or not _beginnings(said) <= frozenset().union(*map(_beginnings, labels))


def _another_is_meant(entry: Node, passage: Node, labels: Sequence[str], cited: Callable[[str], int]) -> bool:
    """One of its column, in another row, that nothing cites is named as the label and tells nothing else: the reference of a copy.
    A line for two facts, `HTA, DNID`, may have a summary above it."""
    if _row_of(passage) is None:
        return False
    initials = {label[:1].upper() for label in labels}
    if any(short[0] in initials for short in _SHORTENED.findall(passage.whole_text)):
        return False
    known = frozenset().union(*map(_beginnings, labels))
    _, place = cells_beside(passage)
    passages = ((one, one.attributes["ID"]) for one in entry.index.below(section_of(entry), "@ID") if one.tag in ("td", "content"))
    return any(
        not cited(f"#{name}")
        and not cited(name)
        and tells_most(one.whole_text, labels)
        and _beginnings(one.whole_text) <= known
        and (beside := cells_beside(one))[1] == place
        and beside[0]
        for one, name in passages
    )


def _is_problem(entry: Node) -> bool:
    """One that stands for itself, or in the act of a concern."""
    above = entry.parent.parent if entry.parent is not None else None
    return above is not None and above.tag not in _WITHIN and entry in entry.index.claims.get(_PROBLEM, ())


def reference_of(bearer: Node, by: str) -> str:
    """What its `text` or `originalText` cites."""
    for text in bearer.named.get(by, ()):
        for reference in text.named.get("reference", ()):
            return reference.attributes.get("value", "")
    return ""


def _claims(entry: Node) -> set[str]:
    return {claim.attributes.get("root", "") for claim in entry.named.get("templateId", ())}


def _label_of(entry: Node) -> str:
    """The first of them, where it mostly stands."""
    holder: Node | None = entry
    for tag in _LABELLED.get(entry.tag, ("code",)):
        below = holder.named.get(tag) if holder is not None else None
        holder = below[0] if below else None
    return holder.attributes.get("displayName", "") if holder is not None else ""


def _medicine_of(administration: Node) -> str:
    """The name of its product as it is written; nothing where it has none."""
    holder: Node | None = administration
    for tag in (*_LABELLED["substanceAdministration"][:-1], "name"):
        below = holder.named.get(tag) if holder is not None else None
        holder = below[0] if below else None
    return holder.text if holder is not None else ""


def _labels_of(entry: Node) -> list[str]:
    """Those of the value of an observation, of the product of an administration, of the code of another act."""
    holders = entry.named.get(_LABELLED.get(entry.tag, ("code",))[0], ())
    said = [_name_said(one) for holder in holders for one in holder.index.below(holder, None, or_self=True)]
    return [label for label in said if label]


def _name_said(node: Node) -> str:
    """What it names: a code that is labelled, or a name; not the form of a medicine."""
    tag = node.tag
    if tag == "formCode" or tag == "pharm:formCode":
        return ""
    return node.attributes.get("displayName") or (node.text.strip() if tag in _NAMES else "")


def _row_of(passage: Node) -> Node | None:
    """The row of a table that the passage stands in."""
    at: Node | None = passage
    while at is not None and at.tag != "tr":
        if at.tag == "text":
            return None
        at = at.parent
    return at


def cells_beside(passage: Node) -> tuple[list[str], int]:
    """The texts of the row that the passage stands in (of all that its cell spans), and the place of its own; or none."""
    row = _row_of(passage)
    if row is None or passage is row:
        return [], 0
    cell = passage
    while cell.parent is not None and cell.parent is not row:
        cell = cell.parent
    found = _texts_of(row)
    spanned = cell.attributes.get("rowspan", "1")
    if spanned != "1" and spanned.isdigit() and row.parent is not None:
        first = row.parent.children.index(row) + 1
        further = row.parent.children[first : first + int(spanned) - 1]
        found = [*found, *(text for other in further for text in _texts_of(other))]
    return found, row.children.index(cell)


def _texts_of(row: Node) -> list[str]:
    """Of its cells, found once: several entries cite the same row, and each is asked several things of it."""
    remembered = row.index.remembered
    key = _texts_of, row
    known: list[str] | None = remembered.get(key)
    if known is None:
        known = remembered[key] = [" ".join(cell.whole_text.split()) for cell in row.children]
    return known


def measured_otherwise(cells: Sequence[str], own: int, value: str, unit: str) -> bool:
    """The row has numbers in the unit of the value, or cells that are numbers and a name that ends with the unit, `Albumine (g/L)`,
    or the cell after is a number and the value has no unit: none is the value."""
    numbers = [(found, cell) for cell in cells for found in _NUMBER.finditer(cell)]
    if not numbers or any(agrees(found[1], found[2] or "", value) for found, _ in numbers):
        return False
    if not unit or unit == "1" or _ANNOTATION.fullmatch(unit):
        alone = own + 1 < len(cells) and _ALONE.fullmatch(cells[own + 1]) is not None
        return alone and not _is_percentage(cells[own + 1], value)
    signs = signs_of(unit)  # of what a cell begins with: what follows other words or signs may be a threshold, a change, an aim
    if any(found.start() == 0 and found[1][0] != "+" and _unit_after(cell, found.end()) == signs for found, cell in numbers):
        return True
    named = _UNIT_NAMED.search(cells[own])
    return named is not None and signs_of(named[1]) == signs != "" and any(_ALONE.fullmatch(cell) for cell in cells)


def _is_percentage(cell: str, value: str) -> bool:
    """`FEVG (%) | 45` of a value of 0.45. cell: a number alone; value: another."""
    return 0 < float(value) < 1 and abs(float(cell.replace(",", ".")) / 100 - float(value)) < 0.005


def _unit_after(cell: str, place: int) -> str:
    """Of a number, or of two: `120/80 mmHg`."""
    return signs_of(_SECOND.sub("", cell[place:]).strip().split(" ", 1)[0])


def column_lacks(passage: Node, heading: str, word: str) -> bool:
    """The table of the passage has a column of this heading, and its row has not the word."""
    cells, _ = cells_beside(passage)
    return bool(cells) and not has_word(cells, " ".join(word.split())) and _headed(passage, heading)


def _headed(passage: Node, word: str) -> bool:
    table = _table_of(passage)
    return table is not None and any(word in fold(head.whole_text).split() for head in table.index.below(table, "th"))


def _table_of(passage: Node) -> Node | None:
    at: Node | None = passage
    while at is not None and at.tag not in ("table", "text"):
        at = at.parent
    return at if at is not None and at.tag == "table" else None


def has_word(cells: Sequence[str], word: str) -> bool:
    """One of the cells has the word; a number of one or two digits at its beginning or end: `1`, `1ère`, `dose 1(*)`."""
    bare = re.escape(word)
    if word.isdigit() and len(word) < 3:
        pattern = re.compile(rf"{bare}(?![0-9/]|[.,][0-9]).*|(?:.*[^\w/.,])?{bare}(?:\s?[(*¹²³].*)?")
        return any(pattern.fullmatch(cell) for cell in cells)
    return any(re.search(rf"(?<!\w){bare}(?!\w)", cell, re.IGNORECASE) for cell in cells)


def answered_otherwise(passage: Node, truth: str) -> bool:
    """The passage, or else the cell after it, is `oui` or `non`, and not what is said to be true or false.

    Not where the passage speaks for itself.
    """
    answer = _ANSWERS.get(passage.whole_text.strip().lower())
    if answer is None:
        if _speaks_for_itself(passage):
            return False
        cell = passage
        while cell.tag not in ("td", "th", "text") and cell.parent is not None:
            cell = cell.parent
        row = cell.parent
        if row is None or row.tag != "tr":
            return False
        after = row.children.index(cell) + 1
        answer = _ANSWERS.get(row.children[after].whole_text.strip().lower()) if after < len(row.children) else None
    return answer is not None and truth in ("true", "false") and answer != truth


def _speaks_for_itself(passage: Node) -> bool:
    """It denies, `Absence de fièvre | Oui` says that there is none; or it begins with an answer, `Oui ☑`."""
    text = passage.whole_text
    return _NEGATED.search(text) is not None or text.lower().lstrip().startswith("oui")


def _row_answers_otherwise(passage: Node, truth: str) -> bool:
    """The row has one answer, in whichever cell: `Évaluation | Oui | 03/10/2018 | a description`."""
    answers = [cell.lower() for cell in cells_beside(passage)[0] if cell.lower() in _ANSWERS]
    if len(answers) != 1 or _speaks_for_itself(passage):
        return False
    return truth in ("true", "false") and _ANSWERS[answers[0]] != truth


def dated_otherwise(cells: Sequence[str], own: Sequence[str], times: Iterable[str]) -> bool:
    """The row has cells that are whole dates and nothing else, none is one of the times, and of the entry's own one is a day.

    Not where one lies within the period of the other: a treatment, of which the row tells a day, or an act of a stay of some weeks.
    """
    found = (part for cell in cells if DATES.fullmatch(cell) for part in _DAY.findall(cell))
    days = [year + month + day for day, month, year in found]
    dated = [time[:8] for time in own if len(time) >= 8 and time[:8].isdigit()]
    if not days or not dated:
        return False
    known = [day for time in times if time[:4].isdigit() for day in _days_meant(time)]
    if any(day.startswith(time) for day in days for time in known):
        return False
    return not (_lies_within(days, dated) or (_lies_within(dated, days) and max(days) <= days_later(min(days), _STAY)))


def _days_meant(time: str) -> tuple[str, ...]:
    """Of universal time, which is the clock of no place, the days beside it too."""
    day = time[:8]
    if len(time) == len(day) or not time.endswith("+0000"):
        return (day,)
    return (day, days_later(day, "1"), days_later(day, "-1"))


def _lies_within(days: Sequence[str], period: Sequence[str]) -> bool:
    return len(period) > 1 and any(min(period) <= day <= max(period) for day in days)


def begun_otherwise(begun: Sequence[str], dated: Sequence[str], begins: Sequence[str], *, lasts: bool = False) -> bool:
    """Cells tell when the fact began, by a day, or is dated, by a month or a year, and none as the entry or what holds it does.

    lasts: the entry tells a period; what is dated after it began may be within.
    """
    days = [year + month + day for cell in begun if len(cell) == _WHOLE for day, month, year in _DAY.findall(cell)]
    years, others = _years(begun), _years(dated)
    known = [day for time in begins if time[:4].isdigit() for day in _days_meant(time)]
    if not (days or years or others) or not known or (days and not any(len(time) == _DAY_KNOWN for time in known)):
        return False
    if others and lasts and min(others)[:4] >= min(known)[:4]:
        others = []
    return bool(days or years or others) and not any(
        day.startswith(time) or time.startswith(day) for day in (*days, *years, *others) for time in known
    )


def _years(cells: Iterable[str]) -> list[str]:
    """With their months, where cells have them: `2018`, `201804`."""
    return [found[2] + (found[1] or "") for cell in cells if (found := _YEAR.fullmatch(cell))]


def smoked_otherwise(passage: str, value: str) -> bool:
    """The passage tells pack-years, once, not those of the value: `12 paquets-années`, not `plus de 10 PA`, `10 à 15 PA` nor
    `20 PA, puis 5 PA`; one that is about so many may be half as many again."""
    found = list(_PACK_YEARS.finditer(passage))
    if len(found) != 1 or not value.replace(".", "", 1).isdigit() or not 0 < float(value) < _PACKS:
        return False
    (one,) = found
    told, before, after = float(f"{one[1]}.{one[2] or 0}"), passage[: one.start()], passage[one.end() :]
    if abs(told - float(value)) < 1 or _BOUNDED.search(before) or _BOUNDED_AFTER.match(after) or _OF_ANOTHER.search(passage):
        return False
    about = _ABOUT.search(before) or _ABOUT_AFTER.match(after)
    return not (about and told and 1 / _HALF_AS_MANY < told / float(value) < _HALF_AS_MANY)


def cells_headed(passage: Node, cells: Sequence[str], head: re.Pattern[str]) -> list[str]:
    """Those of the row whose column has such a heading, where each column has one."""
    heads = _heads_over(passage, cells)
    return [cell for one, cell in zip(heads, cells, strict=False) if head.fullmatch(fold(one.whole_text))]


def _heads_over(passage: Node, cells: Sequence[str]) -> Sequence[Node]:
    """The headings of the columns, where each cell of the row has one."""
    table = _table_of(passage) if cells else None
    heads = table.index.below(table, "th") if table is not None else ()
    return heads if len(heads) == len(cells) else ()


@lru_cache(maxsize=4096)
def has_contrary(label: str) -> bool:
    """The label has a word of a pair: positive and negative, right and left…"""
    return _HINT.search(label) is not None


def told_contrary(passage: str, cells: Iterable[str], label: str) -> bool:
    """The passage, or where it has no word of a pair of which the label has the other alone, a cell of its row that is but such a
    word, has not that other."""
    said = _sides(label)
    alone = " ".join(cell for cell in cells if cell != passage and _ALONE_IN_CELL.fullmatch(cell))
    for text in (passage, alone):
        told = _sides(text)
        for word in said:
            contrary = word - 1 if word % 2 else word + 1
            if contrary not in said and (word in told or contrary in told):
                return contrary in told and word not in told and not _is_qualified(text, word, cells, label)
    return False


def _is_qualified(text: str, word: int, cells: Iterable[str], label: str) -> bool:
    """It or a cell of its row denies, `pas positif`; or it has a side in short, `OG : œil droit sain`, or that of a vessel or a
    posture, `coronaire droite`: what it tells of the word is not certain."""
    if word in _LEFT_AND_RIGHT:
        parts = {part.lower() for part in _SIDE_OF_A_PART.findall(text)}
        of_another = bool(parts) and parts.isdisjoint(part.lower() for part in _SIDE_OF_A_PART.findall(label))
        return of_another or _SIDE_IN_SHORT.search(text) is not None
    return any(_NEGATED_WORD.search(one) for one in (text, *cells))


def _sides(text: str) -> set[int]:
    """The words of pairs that it has, each by its place: those of a pair are neighbours."""
    return {(found.lastindex or 1) - 1 for found in _CONTRARY.finditer(text)}


def headed_otherwise(passage: Node, label: str) -> bool:
    """The column of the passage is headed by one eye or ear and the label has the other side alone: `Œil droit`, `œil gauche`. Both
    have a column and nothing else heads it: a glance to the left may be of the right eye, as what covering the left one shows."""
    cells, own = cells_beside(passage)
    table = _table_of(passage) if cells else None
    heads = table.index.below(table, "th") if table is not None else ()
    if not cells or len(heads) != len(cells) or any("colspan" in head.attributes for head in heads):
        return False  # which of the columns they are above is not plain
    if _EYE_OR_EAR.search(label) is None or any(
        _RIGHT.search(cell) or _LEFT.search(cell) or _AS_BESIDE.match(cell) for cell in cells
    ):
        return False
    headed = [_side_of(head.whole_text) if _HEAD_OF_A_SIDE.fullmatch(head.whole_text) else None for head in heads]
    sides = {_side_of(label), headed[own]}
    return len(sides) > 1 and None not in sides and sides <= set(headed)


def _side_of(text: str) -> re.Pattern[str] | None:
    """The side of which it has a word, where it has none of the other."""
    found = [side for side in (_RIGHT, _LEFT) if side.search(text)]
    return found[0] if len(found) == 1 else None


def begins_with(passage: str, label: str) -> bool:
    """The passage has the letters that the label begins with: what most do, so that no more need be asked."""
    return label != "" and label[:_BEGINNING].lower() in passage.lower()


def tells(passage: str, labels: Sequence[str]) -> bool:
    """The passage has a word of one of the labels, or one that begins alike; or it has no words."""
    words = _beginnings(passage)
    return not words or any(not words.isdisjoint(_beginnings(label)) for label in labels)


def tells_most(passage: str, labels: Sequence[str]) -> bool:
    """The passage has all the words of one of the labels, or two of them and half."""
    words = _beginnings(passage)
    return any(
        theirs and (theirs <= words or (len(theirs & words) > 1 and 2 * len(theirs & words) >= len(theirs)))
        for theirs in (_beginnings(label) for label in labels)
    )


def other_product(passage: str, labels: Sequence[str]) -> bool:
    """A substance of another strength than those of the labels, whose first word is in none of them: a brand and its substance,
    of one strength, may be one medicine. A dose is none: `10 mg le matin`."""
    told, known = strengths(passage), {strength for label in labels for strength in strengths(label)}
    return (
        bool(told and known)
        and told.isdisjoint(known)
        and _TAKEN.search(passage) is None
        and begins_with_a_substance(passage)
        and not any(same_product(passage, label) for label in labels)
    )


@lru_cache(maxsize=4096)
def _beginnings(text: str) -> frozenset[str]:
    """What its words begin with, numbers and short ones left out. Labels come again from document to document."""
    return frozenset(word[:_BEGINNING] for word in fold(text).split() if len(word) > 3 and not word.isdigit())
