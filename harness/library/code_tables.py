"""Tables of codes that data files compile to: value sets, published labels, what measures may be, what titles are not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from ..labels import normalised
from ..model import Text, ValueSet
from .nearest import is_it, slipped
from .shapes import Sheet


def value_set(sheet: Sheet, known: Mapping[str, tuple[str, str]]) -> ValueSet:
    """Raises DataError for a concept that is not [index of its system, code, display], with the day it ended where it did, and for
    a code written twice. known: OID and name of the code systems that may be called by name.
    """
    data = sheet.data
    systems = [_system(sheet, number, said, known) for number, said in enumerate(data["systems"])]
    concepts: dict[tuple[str, str], str] = {}
    ended: dict[tuple[str, str], str] = {}
    for number, concept in enumerate(data["concepts"]):
        match concept:
            case [int(index), str(code), *_] if 0 <= index < len(systems) and (systems[index], code) in concepts:
                message = Text(f"le code « {code} » est écrit deux fois", f"code {code!r} is written twice")
                raise sheet.error(("concepts", number), message, Text("N'en garder qu'un.", "Keep one of them."))
            case [int(), str(code), str(display), *_] if not code or code != code.strip() or not display.strip():
                message = Text(f"code ou libellé vide, ou espaces autour du code : {concept}", f"empty or padded: {concept}")
                raise sheet.error(("concepts", number), message)
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


def _system(sheet: Sheet, number: int, said: str, known: Mapping[str, tuple[str, str]]) -> str:
    if said in known:
        return known[said][0]
    if meant := slipped(said, known):
        message = Text(f"système de codage inconnu « {said} »", f"unknown code system {said!r}")
        raise sheet.error(("systems", number), message, is_it(meant))
    return said  # an OID, or a name that HL7 reserves


def _one_day_at_most(rest: list[Any]) -> bool:
    try:
        return not rest or (len(rest) == 1 and bool(date.fromisoformat(rest[0])))
    except (TypeError, ValueError):
        return False


LABEL_BLOBS = ("labels:", "further labels:", "labelled:")
Concepts = Iterable[tuple[str, str, str]]  # code system, code, label


def label_blobs(published: Concepts, further: Concepts) -> dict[str, Any]:
    """`labels:OID` and `further labels:OID`, {code: its labels}; `labelled:OID`, {label as it is compared: its codes}.

    Several labels or codes stand one a line: plain texts, of which thousands are read in a millisecond.
    """
    labelled: dict[str, dict[str, dict[str, None]]] = {}
    found: dict[str, Any] = {}
    for name, concepts in (("labels", published), ("further labels", further)):
        labels: dict[str, dict[str, dict[str, str]]] = {}
        for system, code, label in concepts:
            said = " ".join(label.split())
            if key := normalised(said):
                labels.setdefault(system, {}).setdefault(code, {}).setdefault(key, said)
                labelled.setdefault(system, {}).setdefault(key, {})[code] = None
        for system, codes in labels.items():
            found[f"{name}:{system}"] = {code: "\n".join(said.values()) for code, said in codes.items()}
    for system, keys in labelled.items():
        found[f"labelled:{system}"] = {key: "\n".join(codes) for key, codes in keys.items()}
    return found


def measure_blobs(sheet: Sheet, systems: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """`measures:OID`, {code: the parts of a `Measure`}. Raises DataError for an unknown system and for a code written twice."""
    found: dict[str, Any] = {}
    for number, row in enumerate(sheet.data):
        if row["system"] not in systems:
            name = row["system"]
            message = Text(f"terminologie inconnue « {name} »", f"unknown code system {name!r}")
            raise sheet.error((number, "system"), message, Text("La nommer dans systems.yaml.", "Name it in systems.yaml."))
        of_system = found.setdefault(f"measures:{systems[row['system']][0]}", {})
        for place, code in enumerate(row["codes"]):
            if code in of_system:
                raise sheet.error((number, "codes", place), Text(f"code {code} écrit deux fois", f"code {code} written twice"))
            of_system[code] = _measure(row)
    return found


def _measure(row: Mapping[str, Any]) -> list[Any]:
    scale = row.get("scale")
    low, high = scale or (row.get("above", row.get("from")), row.get("to"))
    is_whole = scale is not None or row.get("whole", False)
    return [row.get("units", []), low, high, "above" in row, is_whole, scale is not None, row.get("also", [])]


def title_patterns(sheet: Sheet) -> dict[str, str]:
    """Code of a type -> pattern of all that a title of it is not. Raises DataError for an unknown name, and for no expression."""
    found: dict[str, str] = {}
    for number, row in enumerate(sheet.data["documents"]):
        for key in ("is", "begins"):
            for place, name in enumerate(row.get(key, ())):
                if name not in sheet.data["names"]:
                    raise sheet.error(("documents", number, key, place), Text(f"nom inconnu « {name} »", f"unknown name {name!r}"))
        try:
            re.compile(pattern := _pattern(row, sheet.data["names"]))
        except re.error as error:
            message = Text(f"expression régulière illisible : {error}", f"not a regular expression: {error}")
            raise sheet.error(("documents", number), message) from None
        found[row["code"]] = pattern
    return found


def _pattern(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    alike = []
    if "is" in row:
        alike.append(rf"({'|'.join(names[name] for name in row['is'])})\W*")
    if "begins" in row:
        right = rf"(?! ({row['before']}))" if "before" in row else ""
        right += rf"(?!.*({row['beside']}))" if "beside" in row else ""
        alike.append(rf"({'|'.join(names[name] for name in row['begins'])})\b{right}.*")
    return rf"(?i)\W*({'|'.join(alike)})"
