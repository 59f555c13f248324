"""A value set from its file, whose shape was checked."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..model import Text, ValueSet
from .shapes import Sheet


def value_set(sheet: Sheet) -> ValueSet:
    """Raises DataError for a concept that is not [index of its system, code, display], with the day it ended where it did, and for
    a code written twice.
    """
    data = sheet.data
    systems = data["systems"]
    concepts: dict[tuple[str, str], str] = {}
    ended: dict[tuple[str, str], str] = {}
    for number, concept in enumerate(data["concepts"]):
        match concept:
            case [int(index), str(code), *_] if 0 <= index < len(systems) and (systems[index], code) in concepts:
                message = Text(f"le code « {code} » est écrit deux fois", f"code {code!r} is written twice")
                raise sheet.error(("concepts", number), message, Text("N'en garder qu'un.", "Keep one of them."))
            case [int(index), str(code), str(display), *rest] if 0 <= index < len(systems) and _one_day_at_most(rest):
                concepts[systems[index], code] = display
                if rest:
                    ended[systems[index], code] = rest[0]
            case _:
                wanted = Text(
                    "attendu : [rang d'un système, code, libellé] et, s'il est retiré, le jour de sa fin, AAAA-MM-JJ",
                    "expected [index of a system, code, display] and, when it is retired, the day it ended, YYYY-MM-DD",
                )
                raise sheet.error(("concepts", number), Text(f"{wanted.fr} ; trouvé : {concept}", f"{wanted.en}, found {concept}"))
    return ValueSet(data["id"], data["oid"], data["version"], data["title"], concepts, ended)


def _one_day_at_most(rest: list[Any]) -> bool:
    try:
        return not rest or (len(rest) == 1 and bool(date.fromisoformat(rest[0])))
    except (TypeError, ValueError):
        return False
