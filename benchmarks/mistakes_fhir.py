"""What goes wrong in FHIR beyond one value that is spoiled: kinds of edit for `spoiling_fhir.py`, drawn when they are asked for.

Each is given the places of a resource and a source of chance, and tells where it changed something, "" where nothing is to change.
"""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

Holder = tuple[Any, Any, str]  # an object or a list, the key within it, where that is
Kind = Callable[[Sequence[Holder], random.Random], str]

_XHTML = "http://www.w3.org/1999/xhtml"
_INNER = (
    "<{}>a</{}>",
    '<p {}="x">a</p>',
    '<a {}="x">a</a>',
    '<table><tr><td {}="x">a</td></tr></table>',
)
_ELEMENTS = ("del", "ins", "nav", "bdi", "u", "font", "center", "section", "h1", "h7", "script", "form", "iframe", "svg")
_ATTRIBUTES = (
    "onclick",
    "style",
    "class",
    "href",
    "alt",
    "name",
    "border",
    "color",
    "bgcolor",
    "xml:base",
    "data-x",
    "target",
    "id",
    "title",
    "cite",
    "lang",
)
_FRAGMENTS = (
    "",
    " ",
    "<p/>",
    "<p>&nbsp;&eacute;</p>",
    "<p>&foo;</p>",
    "<p>a",
    "<!-- a --><?b c?><p>a</p>",
    '<a href="javascript:x">a</a>',
    '<a href="#nowhere">a</a>',
    '<p xmlns="">a</p>',
    "<ul>a</ul>",
)
_DATES = (
    "2020",
    "2020-01",
    "2020-13",
    "2020-02-30",
    "2020-01-01T10:00:00",
    "2020-01-01T24:00:00Z",
    "2020-01-01T10:00:00.5+14:30",
    "01/02/2020",
)
_LANGUAGES = ("french", "fr_FR", "fr--FR", "xx", "fr ", "123")
_BYTES = ("YQ", "YQ=", " ", "Y Q==", "YQ==YQ==", "!!!!")
_EXTENSIONS: dict[str, dict[str, Any]] = {  # of R4, each with a value that another than it may not have, or may
    "patient-birthPlace": {"valueAddress": {"city": "a"}},
    "data-absent-reason": {"valueCode": "unknown"},
    "geolocation": {"extension": [{"url": "latitude", "valueDecimal": 1}]},
    "iso21090-EN-qualifier": {"valueCode": "LS"},
    "translation": {"extension": [{"url": "lang", "valueCode": "fr"}, {"url": "content", "valueString": "a"}]},
    "ordinalValue": {"valueDecimal": 1},
    "rendering-style": {"valueString": "a"},
}
_CHOICES = ("String", "Quantity", "DateTime", "CodeableConcept", "Reference", "Period", "Code", "")
_BUNDLES = ("document", "message", "transaction", "batch", "history", "searchset", "collection")


def value_of(place: Holder) -> Any:
    return place[0][place[1]]


def _chosen(places: Sequence[Holder], chance: random.Random, test: Callable[[Holder], bool]) -> Holder | None:
    found = [place for place in places if test(place)]
    return chance.choice(found) if found else None


def _is_object(place: Holder) -> bool:
    return isinstance(value_of(place), dict)


def on(test: Callable[[Holder], bool], change: Callable[[Holder, random.Random], object]) -> Kind:
    """A change of one place of those that a test admits."""

    def edit(places: Sequence[Holder], chance: random.Random) -> str:
        place = _chosen(places, chance, test)
        if place is None:
            return ""
        change(place, chance)
        return place[2]

    return edit


def _put(test: Callable[[Holder], bool], values: Sequence[Any]) -> Kind:
    return on(test, lambda place, chance: place[0].__setitem__(place[1], copy.deepcopy(chance.choice(values))))


def _swapped(are_alike: Callable[[Holder, Holder], bool]) -> Kind:
    """What stands in two places of a kind, each in the place of the other."""

    def edit(places: Sequence[Holder], chance: random.Random) -> str:
        one = chance.choice(places)
        other = _chosen(
            places, chance, lambda place: place is not one and are_alike(place, one) and value_of(place) != value_of(one)
        )
        if other is None or other[2].startswith(one[2]) or one[2].startswith(other[2]):
            return ""
        one[0][one[1]], other[0][other[1]] = value_of(other), value_of(one)
        return f"{one[2]}, {other[2]}"

    return edit


def _beside(place: Holder, chance: random.Random) -> None:
    holder, key, _ = place
    holder[f"_{key}"] = chance.choice(({"id": "a"}, [{"id": "a"}], None, "a", {"value": "a"}, [None, None]))
    if chance.random() < 0.25:
        del holder[key]


def _narrative(place: Holder, chance: random.Random) -> None:
    inner = chance.choice((*_FRAGMENTS, *_INNER, *_INNER))
    name = chance.choice(_ELEMENTS if inner == _INNER[0] else _ATTRIBUTES)
    value_of(place)["div"] = f'<div xmlns="{_XHTML}">a{inner.replace("{}", name)}</div>'


def _address(place: Holder, chance: random.Random) -> None:
    url = value_of(place)["url"]
    value_of(place)["url"] = chance.choice((f"{url}|1.0", f"{url}/", url.upper(), url.rpartition("/")[2], f"{url}#a"))


def _extend(place: Holder, chance: random.Random) -> None:
    name = chance.choice(tuple(_EXTENSIONS))
    added = {"url": f"http://hl7.org/fhir/StructureDefinition/{name}", **copy.deepcopy(_EXTENSIONS[name])}
    value_of(place).setdefault(chance.choice(("extension", "extension", "modifierExtension")), []).append(added)


def _moved_extension(places: Sequence[Holder], chance: random.Random) -> str:
    place = _chosen(places, chance, lambda place: place[1] == "extension")
    into = _chosen(places, chance, lambda place: _is_object(place) and "url" not in value_of(place))
    if place is None or into is None or "extension" in value_of(into):
        return ""
    value_of(into)["extension"] = place[0].pop("extension")
    return f"{place[2]}, {into[2]}"


def _lost_contained(place: Holder, chance: random.Random) -> None:
    one = chance.choice(value_of(place))
    if chance.random() < 0.5:
        value_of(place).remove(one)
    else:
        one["id"] = chance.choice(("other", f"#{one.get('id')}", "a b"))


def _two_ids(places: Sequence[Holder], chance: random.Random) -> str:
    found = [place for place in places if _is_object(place) and "resourceType" not in value_of(place)]
    two = chance.sample(found, min(2, len(found)))
    for place in two:
        value_of(place)["id"] = "same"
    return ", ".join(place[2] for place in two)


def _entry(place: Holder, chance: random.Random) -> None:
    entries = value_of(place)
    entry, other = chance.choice(entries), chance.choice(entries)
    deed = chance.randrange(6)
    if deed == 0:
        entries.reverse()
    elif deed == 1:
        entry["fullUrl"] = other.get("fullUrl", "Patient/1")
    elif deed == 2:
        entry.pop(chance.choice(tuple(entry)))
    elif deed == 3:
        entry["search"] = {"mode": chance.choice(("match", "include", "outcome"))}
    elif deed == 4:
        entry["request"] = {"method": chance.choice(("GET", "PUT", "DELETE")), "url": "Patient/1"}
    else:
        entries.append(copy.deepcopy(entry))


def _other_choice(place: Holder, chance: random.Random) -> None:
    holder, key, _ = place
    stem = re.sub("[A-Z].*", "", key)
    holder[stem + chance.choice(_CHOICES)] = copy.deepcopy(holder[key]) if chance.random() < 0.3 else holder.pop(key)


def _is_date(place: Holder) -> bool:
    return isinstance(value_of(place), str) and re.match(r"\d{4}-\d\d", value_of(place)) is not None


def _has(*names: str) -> Callable[[Holder], bool]:
    return lambda place: _is_object(place) and any(name in value_of(place) for name in names)


def _of_a_name(one: Holder, other: Holder) -> bool:
    return _steps(one) == _steps(other) and type(value_of(one)) is type(value_of(other))


def _steps(place: Holder) -> str:
    return re.sub(r"\[\d+\]", "", place[2]).rpartition(".")[2]


MISTAKES: dict[str, Kind] = {
    "beside": on(lambda place: isinstance(place[0], dict), _beside),
    "narrative": on(_has("div"), _narrative),
    "address of an extension": on(lambda place: _has("url")(place) and "extension" in place[2].lower(), _address),
    "extension": on(_is_object, _extend),
    "extension moved": _moved_extension,
    "contained": on(lambda place: place[1] == "contained" and bool(value_of(place)), _lost_contained),
    "two ids": _two_ids,
    "entries": on(lambda place: place[2] == "entry" and bool(value_of(place)), _entry),
    "type of bundle": _put(lambda place: place[2] == "type" and "entry" in place[0], _BUNDLES),
    "another type of value": on(
        lambda place: re.match("(value|effective|onset|deceased)[A-Z]", str(place[1])) is not None, _other_choice
    ),
    "swapped": _swapped(_of_a_name),
    "precision": _put(_is_date, _DATES),
    "language": _put(lambda place: place[1] == "language" and isinstance(value_of(place), str), _LANGUAGES),
    "bytes": _put(lambda place: place[1] in ("data", "hash") and isinstance(value_of(place), str), _BYTES),
}
