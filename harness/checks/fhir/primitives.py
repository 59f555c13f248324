"""The values of FHIR's primitive types: how each is written, in JSON and in XML."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from ...documents.fhir_tree import Node, Value
from ...documents.json_text import decimal_of
from ...model import Text

_YEAR = r"(?!0000)[0-9]{4}"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_DATES = {
    "date": re.compile(rf"{_YEAR}(?:-{_MONTH}(?:-{_DAY})?)?"),
    "dateTime": re.compile(rf"{_YEAR}(?:-{_MONTH}(?:-{_DAY}(?:T{_CLOCK}{_ZONE})?)?)?"),
    "instant": re.compile(rf"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}"),
}
_OID = re.compile(r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+")
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_PATTERNS = {
    "code": re.compile(r"[^\s]+( [^\s]+)*"),
    "id": re.compile(r"[A-Za-z0-9\-.]{1,64}"),
    "uri": re.compile(r"\S*"),
    "url": re.compile(r"\S*"),
    "canonical": re.compile(r"\S*"),
    "oid": _OID,
    "uuid": _UUID,
    "time": re.compile(_CLOCK),
    "base64Binary": re.compile(r"(\s*([0-9a-zA-Z+/=]){4}\s*)+"),
}
_INTEGERS = {"integer": (-(2**31), 2**31 - 1), "unsignedInt": (0, 2**31 - 1), "positiveInt": (1, 2**31 - 1)}
_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST_STRING = 1_048_576  # characters

_EXPECTED: dict[str, Text] = {
    "boolean": Text("true ou false, sans guillemets", "true or false, without quotes"),
    "integer": Text("un nombre entier, sans guillemets", "a whole number, without quotes"),
    "unsignedInt": Text("un nombre entier positif ou nul", "a whole number, zero or more"),
    "positiveInt": Text("un nombre entier d'au moins 1", "a whole number of at least 1"),
    "decimal": Text("un nombre, sans guillemets", "a number, without quotes"),
    "date": Text("une date AAAA, AAAA-MM ou AAAA-MM-JJ", "a date YYYY, YYYY-MM or YYYY-MM-DD"),
    "dateTime": Text(
        "une date, ou une date et son heure avec fuseau (2024-05-31T10:30:00+02:00)",
        "a date, or a date and its time with its zone (2024-05-31T10:30:00+02:00)",
    ),
    "instant": Text(
        "un instant avec son fuseau (2024-05-31T10:30:00+02:00)", "an instant with its zone (2024-05-31T10:30:00+02:00)"
    ),
    "time": Text("une heure HH:MM:SS", "a time HH:MM:SS"),
    "code": Text("un code sans espace au début, à la fin ni en double", "a code without space at its ends, nor two in a row"),
    "id": Text("1 à 64 lettres, chiffres, tirets ou points", "1 to 64 letters, digits, hyphens or dots"),
    "uri": Text("une URI sans espace", "a URI without space"),
    "oid": Text("un OID (urn:oid:1.2.250.1)", "an OID (urn:oid:1.2.250.1)"),
    "uuid": Text("un UUID en minuscules (urn:uuid:…)", "a UUID in small letters (urn:uuid:…)"),
    "base64Binary": Text("du base64", "base64"),
    "string": Text("une chaîne de caractères", "a string"),
}
_CANONICAL = Text("une adresse absolue, ou #id", "an absolute address, or #id")
_URNS = (("urn:oid:", _EXPECTED["oid"]), ("urn:uuid:", _EXPECTED["uuid"]))
_EXPECTED |= {"url": _EXPECTED["uri"], "canonical": _CANONICAL, "markdown": _EXPECTED["string"]}


def from_xml(value: str, type: str) -> Value:
    """The value that a string of XML stands for, the string itself when it is not well written."""
    if type == "boolean" and value in ("true", "false"):
        return value == "true"
    if type in _INTEGERS and _INTEGER.fullmatch(value) and len(value) < 20:
        return int(value)
    if type == "decimal" and _DECIMAL.fullmatch(value):
        try:
            return decimal_of(value)
        except InvalidOperation:
            return value
    return value


def defect(node: Node, type: str) -> Text | None:
    """What the value should have been, None when it is what its type says."""
    check = _CHECKS.get(type)
    if check is None or check(node.value):
        return None
    return next((told for urn, told in _URNS if isinstance(node.value, str) and node.value.startswith(urn)), _EXPECTED[type])


def _boolean(value: Value) -> bool:
    return value is True or value is False


def _whole(type: str) -> Callable[[Value], bool]:
    low, high = _INTEGERS[type]
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _decimal(value: Value) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _string(value: Value) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_STRING and (value.isprintable() or _CONTROL.search(value) is None)


def _written(type: str) -> Callable[[Value], bool]:
    matches = _PATTERNS[type].fullmatch
    return lambda value: isinstance(value, str) and matches(value) is not None


def _code(value: Value) -> bool:
    return isinstance(value, str) and (_is_word(value) or _PATTERNS["code"].fullmatch(value) is not None)


def _is_word(value: str) -> bool:
    """Whether it is certainly not empty and without white space, as nearly all are: an expression takes four times longer."""
    return " " not in value and value.isprintable() and value != ""


def is_uri(value: Value) -> bool:
    """Whether it is a URI as far as its form tells; of a URN of an OID or UUID, all but its fragment (RFC 8141 2.3.3) does.

    R4, uri: cases differ, and a UUID is written in small letters.
    """
    if not isinstance(value, str) or not (_is_word(value) or _PATTERNS["uri"].fullmatch(value)):
        return False
    if value.startswith("urn:oid:"):
        return _OID.fullmatch(value.partition("#")[0]) is not None
    if value.startswith("urn:uuid:"):
        return _UUID.fullmatch(value.partition("#")[0]) is not None
    return True


def _canonical(value: Value) -> bool:
    """Absolute, or of what is contained (`#id`); after a bar comes a version."""
    return is_uri(value) and isinstance(value, str) and (value.startswith("#") or ":" in value) and not value.endswith("|")


def _base64(value: Value) -> bool:
    if not isinstance(value, str):
        return False
    written = "".join(value.split())
    return written != "" and len(written) % 4 == 0 and _BASE64_ALPHABET.fullmatch(written) is not None


_BASE64_ALPHABET = re.compile(r"[0-9a-zA-Z+/]*={0,2}")


def _dated(type: str) -> Callable[[Value], bool]:
    matches = _DATES[type].fullmatch

    def check(value: Value) -> bool:
        if not isinstance(value, str) or matches(value) is None:
            return False
        return value[8:10] <= "28" or _exists(int(value[:4]), int(value[5:7]), int(value[8:10]))

    return check


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


_CHECKS: dict[str, Callable[[Value], bool]] = {
    "boolean": _boolean,
    "decimal": _decimal,
    "string": _string,
    "markdown": _string,
    "uri": is_uri,
    "url": is_uri,
    "canonical": _canonical,
    "base64Binary": _base64,
    **{type: _whole(type) for type in _INTEGERS},
    **{type: _dated(type) for type in _DATES},
    **{type: _written(type) for type in ("id", "oid", "uuid", "time")},
    "code": _code,
}


def _says_plainly(value: Value) -> bool:
    """It may hold no tag of HTML either."""
    return isinstance(value, str) and "<" not in value and not value.isspace() and _string(value)


# of which nothing at all is to be said
PLAIN: dict[str, Callable[[Value], bool]] = {**_CHECKS, "string": _says_plainly, "markdown": _says_plainly}
