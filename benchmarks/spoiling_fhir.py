"""Seeded single edits of a FHIR resource in JSON, for `oracle_fhir.py`."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Holder = tuple[Any, Any, str]  # an object or a list, the key within it, where that is
_NEVER = ("resourceType", "div")  # what names the resource itself, and markup, which is a language of its own


@dataclass(frozen=True, slots=True)
class Edit:
    """kind: which sort; at: where; data: the resource after it."""

    kind: str
    at: str
    data: bytes


def draw(data: bytes, seed: str, count: int) -> list[Edit]:
    """As many edits as asked, each of one place of the resource; kinds come as often as each other, where the resource allows."""
    chance = random.Random(seed)
    found: list[Edit] = []
    for _ in range(4 * count):
        if len(found) == count:
            break
        kind = chance.choice(tuple(_KINDS))
        content = json.loads(data)
        places = [place for place in _places(content, "") if _KINDS[kind][0](place)]
        if places:
            place = chance.choice(places)
            _KINDS[kind][1](place, chance)
            edited = json.dumps(content, ensure_ascii=False).encode()
            if edited not in (one.data for one in found):
                found.append(Edit(kind, place[2], edited))
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


def _value(place: Holder) -> Any:
    return place[0][place[1]]


def _is_text(place: Holder) -> bool:
    return isinstance(_value(place), str)


def _drop(place: Holder, _chance: random.Random) -> None:
    del place[0][place[1]]


def _repeat(place: Holder, _chance: random.Random) -> None:
    place[0].insert(place[1], copy.deepcopy(_value(place)))


def _spoil(place: Holder, chance: random.Random) -> None:
    value = _value(place)
    place[0][place[1]] = chance.choice((f" {value}", f"{value}\u00a0?", "31/12/2024", "", "x" * 70))


def _retype(place: Holder, _chance: random.Random) -> None:
    value = _value(place)
    place[0][place[1]] = {"value": value} if not isinstance(value, dict) else "texte"


def _rename(place: Holder, _chance: random.Random) -> None:
    holder, key, _ = place
    kept = list(holder.items())
    holder.clear()
    holder.update((f"{name}s" if name == key else name, value) for name, value in kept)


def _recode(place: Holder, chance: random.Random) -> None:
    place[0][place[1]] = chance.choice(("hors-jeu", "final", "F", "active", "8480-6"))


def _foreign(place: Holder, chance: random.Random) -> None:
    _value(place)["etranger"] = chance.choice(("oui", True, {"value": "1"}))


def _refer(place: Holder, chance: random.Random) -> None:
    value = _value(place)
    other = ("Basic/1", "#nulle-part", "urn:uuid:00000000-0000-4000-8000-000000000000", "pas une référence", f"{value}x")
    place[0][place[1]] = chance.choice(other)


def _is_named(place: Holder) -> bool:
    return isinstance(place[0], dict)


_KINDS: dict[str, tuple[Callable[[Holder], bool], Callable[[Holder, random.Random], None]]] = {
    "drop": (lambda _place: True, _drop),
    "repeat": (lambda place: isinstance(place[0], list), _repeat),
    "spoil a value": (lambda place: _is_text(place) and place[1] != "reference", _spoil),
    "another type": (_is_named, _retype),
    "rename": (_is_named, _rename),
    "another code": (lambda place: _is_text(place) and place[1] in ("code", "status", "gender", "use", "type", "system"), _recode),
    "foreign element": (lambda place: isinstance(_value(place), dict), _foreign),
    "spoil a reference": (lambda place: _is_text(place) and place[1] == "reference", _refer),
}
