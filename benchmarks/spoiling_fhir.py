"""Seeded single edits of a FHIR resource in JSON, for `oracle_fhir.py`."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mistakes_fhir import MISTAKES, Holder, Kind, on, value_of

RARE = tuple(MISTAKES)  # drawn when they are asked for
_NEVER = ("resourceType", "div")  # what names the resource itself, and markup, which is a language of its own


@dataclass(frozen=True, slots=True)
class Edit:
    """kind: which sort; at: where; data: the resource after it."""

    kind: str
    at: str
    data: bytes


def draw(data: bytes, seed: str, count: int, kinds: Sequence[str] = ()) -> list[Edit]:
    """As many edits as asked, each of one place of the resource or two; kinds come as often as each other, where it allows.

    kinds: those that are drawn, all but the rare ones unless told.
    """
    chance = random.Random(seed)
    found: list[Edit] = []
    for _ in range(4 * count):
        if len(found) == count:
            break
        kind = chance.choice(kinds or tuple(_KINDS))
        content = json.loads(data)
        where = (_KINDS | MISTAKES)[kind](list(_places(content, "")), chance)
        edited = json.dumps(content, ensure_ascii=False).encode()
        if where and content != json.loads(data) and edited not in (one.data for one in found):
            found.append(Edit(kind, where, edited))
    return found


def _places(content: Any, path: str) -> Iterator[Holder]:
    items = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in list(items):
        if key in _NEVER:
            continue
        here = f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}".lstrip(".")
        yield content, key, here
        if isinstance(value, (dict, list)):
            yield from _places(value, here)


def _is_text(place: Holder) -> bool:
    return isinstance(value_of(place), str)


def _drop(place: Holder, _chance: random.Random) -> None:
    del place[0][place[1]]


def _repeat(place: Holder, _chance: random.Random) -> None:
    place[0].insert(place[1], copy.deepcopy(value_of(place)))


def _spoil(place: Holder, chance: random.Random) -> None:
    value = value_of(place)
    place[0][place[1]] = chance.choice((f" {value}", f"{value}\u00a0?", "31/12/2024", "", "x" * 70))


def _retype(place: Holder, _chance: random.Random) -> None:
    value = value_of(place)
    place[0][place[1]] = {"value": value} if not isinstance(value, dict) else "texte"


def _rename(place: Holder, _chance: random.Random) -> None:
    holder, key, _ = place
    kept = list(holder.items())
    holder.clear()
    holder.update((f"{name}s" if name == key else name, value) for name, value in kept)


def _recode(place: Holder, chance: random.Random) -> None:
    place[0][place[1]] = chance.choice(("hors-jeu", "final", "F", "active", "8480-6"))


def _foreign(place: Holder, chance: random.Random) -> None:
    value_of(place)["etranger"] = chance.choice(("oui", True, {"value": "1"}))


def _refer(place: Holder, chance: random.Random) -> None:
    value = value_of(place)
    other = ("Basic/1", "#nulle-part", "urn:uuid:00000000-0000-4000-8000-000000000000", "pas une référence", f"{value}x")
    place[0][place[1]] = chance.choice(other)


def _is_named(place: Holder) -> bool:
    return isinstance(place[0], dict)


_KINDS: dict[str, Kind] = {
    "drop": on(lambda _place: True, _drop),
    "repeat": on(lambda place: isinstance(place[0], list), _repeat),
    "spoil a value": on(lambda place: _is_text(place) and place[1] != "reference", _spoil),
    "another type": on(_is_named, _retype),
    "rename": on(_is_named, _rename),
    "another code": on(
        lambda place: _is_text(place) and place[1] in ("code", "status", "gender", "use", "type", "system"), _recode
    ),
    "foreign element": on(lambda place: isinstance(value_of(place), dict), _foreign),
    "spoil a reference": on(lambda place: _is_text(place) and place[1] == "reference", _refer),
}
