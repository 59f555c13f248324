"""Does the row of a passage date the fact as its entry does?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ...labels import fold
from ...timestamps import days_later
from ..node import Node
from .tables import cells_beside, cells_headed, headings_over, heads_of

_BEGINS = frozenset(("effectiveTime", "low", "value"))
_YEAR = re.compile(r"(?:(0[1-9]|1[0-2])/)?((?:19|20)[0-9]{2})")
_BEGINNING_HEAD = re.compile(r"(?:date )?(?:de )?debut|depuis")
_DATED_HEAD = re.compile(r"date(?: de survenue| de l acte)?|annee")
_MEASURED_HEAD = re.compile(r"date(?: de la mesure| de mesure| de l examen| du test| de realisation)?")
_OF_ANOTHER_FACT = re.compile(r"motif|indication|complication|cause|raison|consequence|suite|pour\b|associe|justifi|contexte")
_OF_AN_ACT = re.compile(r"acte|consult|sejour|hospit|interven|examen|passage|visite|evenement")
_WORD = re.compile(r"[^\W\d_]{3}")
_YEAR_TOLD = re.compile(r"[0-9]{4}")  # not a rank
_DAY_KNOWN = len("20180422")
_WHOLE = len("31/12/2020")
_DAY = re.compile(r"(?<![0-9/])([0-3][0-9])/([01][0-9])/((?:19|20)[0-9]{2})(?![0-9/])")
_PERIOD = re.compile(r"(?i)du ([0-9]{2}/[0-9]{2}/[0-9]{4}) au ([0-9]{2}/[0-9]{2}/[0-9]{4})")
_OTHER_DATE = re.compile(  # in another notation than `03/10/2018`
    r"(?i)(?<![0-9])[0-9]{1,2}[./-][0-9]{1,2}[./-](?:[0-9]{2}|[0-9]{4})(?![0-9])|(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])"
    r"|\b(?:janv|f[ée]vr|mars|avril|mai|juin|juil|ao[ûu]t|sept|oct|nov|d[ée]c)[a-zé.]* [0-9]"
)
_DATING_HEAD = re.compile(
    r"(?:date|annee|periode|duree|debut|depuis|le|du|jour|moment|quand|fait|realise|effectue|survenu|opere|administre|injecte|vaccine"
    r"|pose|implante|commence)e?s?\b.*"
)
_OF_ANOTHER_EVENT = re.compile(  # what stands above the column of such a date, folded
    r"saisi|enregistr|mise? a jour|modifi|perem|\bexp|valid|proch|controle|rappel|echeance|revis|prevu|\bnee?\b|naiss|\bfin\b"
    r"|lecture|carnet|source|document|courrier|dossier|consent|sign|factur|edit|imprim|redac|decla|demande|notif|envoi|recu|recept"
    r"|sorti|retrait|ablation|dernier|suivi|suivant|reaction|cree|creation|releve|transmi|prescri|delivr|attest|motif"
    r"|entree\b|arrivee\b"
    r"|ald\b|compte rendu|\bcr\b|consult|visite|rendez|\brdv\b|hospitali|admission"
)
_STAY = "62"  # days
DATES = re.compile(r"(?i)(?:[0-9/:h\s–-]|\b(?:du|au|le|à|depuis)\b)*")
_TIMES = frozenset(("effectiveTime", "low", "high", "center", "time", "birthTime", "value"))


def is_a_date(text: str) -> bool:
    """One day or several, `11/08/2019`, `du 11/08/2019 au 30/08/2019`, and no other word."""
    return "/" in text and DATES.fullmatch(text) is not None and _DAY.search(text) is not None


def measured_on_another_day(observation: Node, passage: Node) -> bool:
    """The row of its passage has one day, under `Date`, and it another: told by one moment, to the day."""
    moments = observation.named.get("effectiveTime", ())
    moment = moments[0].attributes.get("value", "") if len(moments) == 1 else ""
    if len(moment) < _DAY_KNOWN:
        return False
    cells, _ = cells_beside(passage)
    days = [found for cell in cells for found in _DAY.findall(cell)]
    if len(days) != 1 or len(dated := cells_headed(passage, cells, _MEASURED_HEAD)) != 1:
        return False
    day, month, year = days[0]
    return year + month + day not in _days_meant(moment) and _DAY.fullmatch(dated[0]) is not None


def _lasts_otherwise(moment: Node, cells: Sequence[str]) -> bool:
    """One cell is a period, `du 01/12/2023 au 06/12/2023`, and not that of the entry, which is known by the day, the last one
    within it or not."""
    told = [found for cell in cells if (found := _PERIOD.fullmatch(cell)) is not None]
    own = [bound.attributes.get("value", "") for tag in ("low", "high") for bound in moment.named.get(tag, ())]
    if len(told) != 1 or len(own) != 2 or any(len(one) < _DAY_KNOWN for one in own):
        return False
    begin, end = told[0].groups()
    begun, ended = (_days_meant(one) for one in own)
    return begin not in map(_day_of, begun) or end not in map(_day_of, (*ended, *(days_later(day, "-1") for day in ended)))


def row_dates_otherwise(entry: Node, passage: Node, cells: Sequence[str], own: int) -> bool:
    """The row has dates, none of which the entry tells, nor the act that holds it. own: the place of the cell of the passage."""
    if "effectiveTime" not in entry.named:
        return False
    moment = entry.named["effectiveTime"][0]
    low = moment.named.get("low")
    begun = (low[0] if low else moment).attributes.get("value", "")
    if not begun or _day_of(begun) in cells or (len(begun) < _DAY_KNOWN and begun[:4] in cells):
        return False  # what most rows have, so that no more need be asked; or a date may be that of a beginning that is not known
    if not any("/" in cell or _YEAR.fullmatch(cell) for cell in cells):
        return False
    if entry.tag == "substanceAdministration" and _lasts_otherwise(moment, _of_no_other_event(cells, passage)):
        return True
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
    prescribed = dated_cells if entry.tag == "substanceAdministration" and entry.attributes.get("moodCode") == "INT" else []
    if prescribed:  # its row is dated as it is prescribed
        dated_cells = []
    if begun_otherwise(begun_cells, dated_cells, begins, lasts=low is not None):
        return not _is_told_beside(cells, begins, (*begun_cells, *dated_cells))
    cells = [cell for cell in _of_no_other_event(cells, passage) if cell not in prescribed]
    if any(_OTHER_DATE.search(cell) for cell in cells if not _DAY.search(cell)):
        return False
    return dated_otherwise(cells, dated, times)


def _is_of_another_row(passage: Node, cells: Sequence[str], own: int) -> bool:
    """The row is that of another fact, of which this is the reason or what it led to: by the heading of its column, or where none
    is above it, as another stands before; or the row is that of an act, of which a column before tells."""
    headings = headings_over(passage, cells)
    if headings:
        return _OF_ANOTHER_FACT.match(headings[own]) is not None or any(map(_OF_AN_ACT.match, headings[:own]))
    return any(_WORD.search(cell) and not DATES.fullmatch(cell) for cell in cells[:own])


def _is_told_beside(cells: Sequence[str], begins: Iterable[str], asked: Sequence[str]) -> bool:
    """Whether another cell of the row has the year of the fact: `2007 | Diabète (insuline en 2017)`."""
    years = {time[:4] for time in begins}
    return any(year in cell for cell in cells if cell not in asked for year in years)


def _of_no_other_event(cells: Sequence[str], passage: Node) -> list[str]:
    """Those whose column is headed as one that dates the fact: not `Saisi le`, `Péremption`, `Prochain contrôle`, `Source`."""
    headings = headings_over(passage, cells)
    if not headings:  # which of the cells they are above is not plain
        return [] if any(_OF_ANOTHER_EVENT.search(fold(head.whole_text)) for head in heads_of(passage)) else list(cells)
    dating = [_DATING_HEAD.match(head) is not None and _OF_ANOTHER_EVENT.search(head) is None for head in headings]
    return [cell for cell, dates in zip(cells, dating, strict=True) if dates]


def _day_of(time: str) -> str:
    """As a row writes it, or the month: `20180422` is `22/04/2018`, `201804` is `04/2018`."""
    return f"{time[6:8]}/{time[4:6]}/{time[:4]}" if len(time) >= _DAY_KNOWN else f"{time[4:6]}/{time[:4]}"


def dated_otherwise(cells: Sequence[str], own: Sequence[str], times: Iterable[str]) -> bool:
    """The row has cells that are whole dates and nothing else, none is one of the times, and of the entry's own one is a day.

    Not where one lies within the period of the other: a treatment, of which the row tells a day, or an act of a stay of some weeks.
    """
    found = (part for cell in cells if DATES.fullmatch(cell) for part in _DAY.findall(cell))
    days = [year + month + day for day, month, year in found]
    dated = [time[:8] for time in own if len(time) >= 8 and time[:8].isdigit()]
    if not days or not dated:
        return False
    known = [day for time in times if _YEAR_TOLD.match(time) for day in _days_meant(time)]
    if any(day.startswith(time) for day in days for time in known):
        return False
    return not (_lies_within(days, dated) or (_lies_within(dated, days) and max(days) <= days_later(min(days), _STAY)))


def _days_meant(time: str) -> tuple[str, ...]:
    """Of universal time, which is the clock of no place, the days beside it too; and the next of an hour before midnight, where
    summer time was forgotten."""
    day = time[:8]
    if len(time) == len(day) or not time.endswith("+0000"):
        return (day, days_later(day, "1")) if time[8:10] == "23" else (day,)
    return (day, days_later(day, "1"), days_later(day, "-1"))


def _lies_within(days: Sequence[str], period: Sequence[str]) -> bool:
    return len(period) > 1 and any(min(period) <= day <= max(period) for day in days)


def begun_otherwise(begun: Sequence[str], dated: Sequence[str], begins: Sequence[str], *, lasts: bool = False) -> bool:
    """Cells tell when the fact began, by a day, or is dated, by a month or a year, and none as the entry or what holds it does.

    lasts: the entry tells a period; what is dated after it began may be within.
    """
    days = [year + month + day for cell in begun if len(cell) == _WHOLE for day, month, year in _DAY.findall(cell)]
    years, others = _years(begun), _years(dated)
    known = [day for time in begins if _YEAR_TOLD.match(time) for day in _days_meant(time)]
    if not (days or years or others) or not known or (days and not any(len(time) == _DAY_KNOWN for time in known)):
        return False
    if others and lasts and min(others)[:4] >= min(known)[:4]:
        others = []
    return bool(days or years or others) and not any(
        day.startswith(time) or time.startswith(day) for day in (*days, *years, *others) for time in known
    )


def _years(cells: Iterable[str]) -> list[str]:
    """The years of these cells, with the month where it is written: `2018`, `201804`."""
    return [found[2] + (found[1] or "") for cell in cells if (found := _YEAR.fullmatch(cell))]
