"""A JSON text read whole by the C parser: decimals exact, no name twice; what cannot be read is told with its place."""

from __future__ import annotations

import contextlib
import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from ..errors import UnreadableDocument
from ..model import Text
from .json_places import Lines, after_space, members_of

DEPTH = 100  # objects within objects; the deepest published example has some fifteen
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]')
_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(-?Infinity|NaN)')
_ESCAPE = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u[dD][89a-fA-F]..)|\\.")  # group 1: half a character alone
_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d+(?P<decimals>\.\d+)?(?P<exponent>[eE][+-]?\d+)?')
_DIGITS = 4_000  # what Python converts, at least
_POWER = 999  # of ten: what is beyond measures nothing, and fills the memory once it is made an integer or is multiplied
_HALF_CHARACTER = re.compile(r"\\u[dD][89abAB]")
# what Python's reader says -> the same in French
_EXPECTED = {
    "Expecting property name enclosed in double quotes": "un nom entre guillemets est attendu",
    "Expecting ':' delimiter": "un deux-points est attendu",
    "Expecting ',' delimiter": "une virgule est attendue, ou la fin de l'objet ou du tableau",
    "Expecting value": "une valeur est attendue",
    "Illegal trailing comma before end of object": "une virgule précède la fin de l'objet",
    "Illegal trailing comma before end of array": "une virgule précède la fin du tableau",
    "Extra data": "du contenu suit la fin du document",
    "Unterminated string starting": "une chaîne n'est pas fermée",
    "Invalid control character": "un caractère de contrôle n'est pas échappé",
    "Invalid \\escape": "une barre oblique inverse n'introduit aucun échappement connu",
    "Invalid \\uXXXX escape": "un échappement \\u n'a pas ses quatre chiffres hexadécimaux",
    "Unexpected end": "le document s'arrête avant sa fin",
}


class Twice(Exception):
    """A name written twice in an object."""


class TooDeep(Exception):
    """More objects within one another than are read."""


class _Constant(Exception):
    """NaN or an infinity."""


def read_text(text: str, make: Callable[[list[tuple[str, Any]]], Any], number: Callable[[Decimal], Any] | None = None) -> Any:
    """The value of a text. Raises UnreadableDocument.

    make: an object of its pairs; it raises Twice and TooDeep; number: of a decimal, which stays one when None.
    """
    decimal = decimal_of if number is None else lambda text: number(decimal_of(text))
    reader = json.JSONDecoder(parse_float=decimal, parse_constant=_constant, object_pairs_hook=make)
    try:
        content = reader.decode(text)
    except json.JSONDecodeError as error:
        raise malformed(error) from None
    except _Constant as error:
        _refuse_constant(text, str(error))
    except Twice as error:
        raise _twice(text, str(error)) from None
    except (TooDeep, RecursionError):
        raise _too_deep(text) from None
    except (ValueError, InvalidOperation):  # no integer of more than 4,300 digits, no exponent beyond reason
        raise _beyond(text) from None
    if _HALF_CHARACTER.search(text):
        _check_characters(text)
    return content


def decimal_of(text: str) -> Decimal:
    """The number that a text stands for, exact. Raises InvalidOperation when it is none, or beyond what anything measures."""
    number = Decimal(text)
    if not -_POWER <= number.adjusted() <= _POWER:
        raise InvalidOperation
    return number


def _constant(name: str) -> NoReturn:
    raise _Constant(name)


def text_of(data: bytes) -> str:
    """The text of bytes in UTF-8. Raises UnreadableDocument, saying where they are not."""
    try:
        return str(data.removeprefix(BOM_UTF8), "utf-8")  # "utf-8-sig" is read by Python's own code, in twice the time
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        message = Text("les octets ne sont pas de l'UTF-8", "the bytes are not UTF-8")
        hint = Text("Enregistrer le fichier en UTF-8 : FHIR n'admet que lui.", "Save the file as UTF-8: FHIR admits nothing else.")
        raise UnreadableDocument(message, hint, line, column) from None


def _at(text: str, offset: int, message: Text, hint: Text) -> UnreadableDocument:
    return UnreadableDocument(message, hint, *Lines(text).line_and_column(offset))


def _too_deep(text: str) -> UnreadableDocument:
    """The refusal at the first object that is too deep, or at the first bracket when only arrays are."""
    objects = depth = 0
    at = 0
    for found in _BRACKETS.finditer(text):
        sign = found[0]
        if sign in "[{":
            depth += 1
            objects += sign == "{"
            if objects > DEPTH or depth > 2 * DEPTH:
                at = found.start()
                break
        elif sign in "]}":
            depth -= 1
            objects -= sign == "}"
    message = Text(f"JSON de plus de {DEPTH} objets imbriqués", f"JSON of more than {DEPTH} nested objects")
    return _at(text, at, message, Text("Aucune ressource n'en demande autant.", "No resource needs as many."))


def malformed(error: json.JSONDecodeError) -> UnreadableDocument:
    """The refusal of what stops being JSON."""
    error = _at_the_comma(error)
    french = _EXPECTED.get(error.msg.partition(" at")[0], error.msg)
    message = Text(f"JSON mal formé ({french})", f"malformed JSON ({error.msg})")
    hint = Text("Le fichier est-il complet ? Le réexporter.", "Is the file complete? Export it again.")
    return UnreadableDocument(message, hint, error.lineno, error.colno)


def _at_the_comma(error: json.JSONDecodeError) -> json.JSONDecodeError:
    """A comma too many is told as Python 3.13 tells it: before that, its reader says that something is missing after the comma."""
    before, closing = error.doc[: error.pos].rstrip(), error.doc[error.pos : error.pos + 1]
    if not before.endswith(",") or closing not in _ENDS:
        return error
    return json.JSONDecodeError(f"Illegal trailing comma before end of {_ENDS[closing]}", error.doc, len(before) - 1)


_ENDS = {"}": "object", "]": "array"}


def _refuse_constant(text: str, name: str) -> NoReturn:
    found = next((match for match in _CONSTANT.finditer(text) if match[1]), None)
    message = Text(f"{name} n'est pas du JSON", f"{name} is not JSON")
    raise _at(text, found.start() if found else 0, message, Text("Omettre l'élément.", "Leave the element out.")) from None


def _twice(text: str, name: str) -> UnreadableDocument:
    message = Text(f"« {name} » est écrit deux fois dans le même objet", f"`{name}` is written twice in one object")
    hint = Text("N'en garder qu'un : rien ne dit lequel vaut.", "Keep one of them: nothing says which of them counts.")
    waiting = [after_space(text, 0)]
    with contextlib.suppress(ValueError, IndexError):  # what follows may be no JSON at all
        while waiting:
            seen: set[str | int] = set()
            for key, at, inside in members_of(text, waiting.pop()):
                if key in seen:
                    return _at(text, at, message, hint)
                seen.add(key)
                if text[inside] in "{[":
                    waiting.append(inside)
    return UnreadableDocument(message, hint)


def _check_characters(text: str) -> None:
    try:
        json.dumps(json.loads(text), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        found = next((match for match in _ESCAPE.finditer(text) if match[1]), None)
        message = Text("une moitié de caractère (\\ud800 à \\udfff) est seule", "half a character (\\ud800 to \\udfff) is alone")
        hint = Text("Écrire le caractère entier : il prend deux échappements.", "Write the whole character: it takes two escapes.")
        raise _at(text, found.start() if found else 0, message, hint) from None


def _beyond(text: str) -> UnreadableDocument:
    """The error for a number with too many digits."""
    found = next((one for one in _NUMBER.finditer(text) if one[0][0] != '"' and not _kept(one)), None)
    message = Text("un nombre a trop de chiffres", "a number has too many digits")
    hint = Text(
        "Écrire le nombre avec les chiffres qu'il a : FHIR en attend 18 au plus.",
        "Write the number with the digits it has: FHIR expects 18 at most.",
    )
    return _at(text, found.start() if found else 0, message, hint)


def _kept(number: re.Match[str]) -> bool:
    if number["decimals"] is None and number["exponent"] is None:
        return len(number[0]) <= _DIGITS
    try:
        decimal_of(number[0])
    except InvalidOperation:
        return False
    return True
