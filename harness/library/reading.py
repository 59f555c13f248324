"""Reads YAML 1.2 and JSON into plain data (dict with text keys, list, str, int, float, bool, None).

Stricter than YAML asks: duplicate keys, several documents in a file and tags are errors; dates stay text; keys are always text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from ..errors import DataError
from ..model import Text

Place = tuple[str | int, ...]  # where in a file: keys, and numbers from 0
Lines = dict[Place, int]

_INTEGER = re.compile(r"[-+]?[0-9]+")
_LONGEST = re.compile(r"[0-9]{4300}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DEEPEST = 100  # lists and mappings in one another
_REPEATED = 1_000_000  # values of a file, those counted again that an alias takes up
_TOO_DEEP = Text("trop de listes ou de clés l'une dans l'autre", "too many lists or mappings inside one another")
_TOO_LONG = Text("ce nombre a trop de chiffres", "this number has too many digits")
_CURLY = ("“", "”", "„", "‘", "’")
_NO_TAB = Text("Cette ligne a une tabulation : mettre des espaces.", "This line has a tab: write spaces.")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def read(content: bytes, file: str) -> Any:
    """The plain data of a YAML or (by its name) JSON file. Raises DataError with file and line."""
    text = _text(content, file)
    return _json(text, file) if file.endswith(".json") else _yaml(text, file, None)


def lines(content: bytes, file: str) -> Lines:
    """Line (from 1) of every value and key, by its path in the data. JSON is read as the YAML it also is."""
    found: Lines = {}
    _yaml(_text(content, file), file, found)
    return found


def line_of(place: Place, found: Lines) -> int:
    """Of the value there, or of the nearest thing above it that has a line."""
    while place and place not in found:
        place = place[:-1]
    return found.get(place, 1)


def as_written(content: bytes, file: str, place: Place) -> str:
    """The letters of the plain scalar at a place: `1.10` of what is read as the number 1.1."""
    data = _yaml(_text(content, file), file, None, str)
    for part in place:
        data = data[part]
    return str(data)


def _text(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = Text("ce fichier n'est pas en UTF-8", "this file is not UTF-8")
        raise DataError(file, line, message, Text("L'enregistrer en UTF-8.", "Save it again as UTF-8.")) from None


_JSON_IN_WORDS = {
    "Expecting value": Text(
        "une valeur manque ici, ou la virgule d'avant est de trop", "a value is missing here, or the comma before is one too many"
    ),
    "Expecting ',' delimiter": Text("une virgule ou un crochet manque avant ceci", "a comma or a bracket is missing before this"),
    "Expecting ':' delimiter": Text("deux-points manquent avant ceci", "a colon is missing before this"),
    "Expecting property name enclosed in double quotes": Text(
        "un nom entre guillemets est attendu ici, ou la virgule d'avant est de trop",
        "a name in double quotes is expected here, or the comma before is one too many",
    ),
    "Unterminated string starting at": Text("un guillemet n'est pas fermé", "a quotation mark is not closed"),
    "Illegal trailing comma": Text("cette virgule est de trop", "this comma is one too many"),
    "Invalid control character": Text(
        "un texte entre guillemets tient sur une ligne, sans tabulation", "a text in quotes stays on one line, without tabs"
    ),
    "Invalid \\": Text("une barre \\ d'un texte s'écrit \\\\", "a \\ of a text is written \\\\"),
    "Extra data": Text("quelque chose suit la fin du document", "something follows the end of the document"),
}


_STRAIGHT = Text('un texte s\'y met entre guillemets droits : "…"', 'a text goes in straight double quotes: "…"')
_NO_REMARKS = Text("il n'a pas de commentaires", "it has no comments")
_NOT_JSON = {**dict.fromkeys(("'", *_CURLY), _STRAIGHT), "//": _NO_REMARKS, "/*": _NO_REMARKS, "#": _NO_REMARKS}


def _json(text: str, file: str) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        mapping = dict(pairs)
        if len(mapping) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise DataError(file, _line_of_second(text, twice), *_written_twice(twice))
        return mapping

    try:
        return json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        found = (words for begin, words in _JSON_IN_WORDS.items() if error.msg.startswith(begin))
        said = next(found, Text(error.msg, error.msg))
        said = next((words for sign, words in _NOT_JSON.items() if text.startswith(sign, error.pos)), said)
        if not text.strip():
            said = Text("le fichier est vide", "the file is empty")
        raise DataError(file, error.lineno, Text(f"JSON illisible : {said.fr}", f"not JSON: {said.en}")) from None
    except RecursionError:
        raise DataError(file, 1, _TOO_DEEP) from None
    except ValueError:  # beyond what Python reads
        long = next(number for number, line in enumerate(text.split("\n"), 1) if _LONGEST.search(line))
        raise DataError(file, long, _TOO_LONG) from None


def _line_of_second(text: str, key: str) -> int:
    places = [found.start() for found in re.finditer(re.escape(json.dumps(key)) + r"\s*:", text)]
    return text.count("\n", 0, places[min(1, len(places) - 1)]) + 1 if places else 1


def _yaml(text: str, file: str, found: Lines | None, scalar: Callable[[str], Any] | None = None) -> Any:
    import yaml

    try:
        # Events only: what a scalar means is decided below, by YAML 1.2. libyaml reads fifteen times faster than pure Python.
        events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return _Composer(events, file, found, scalar or _scalar).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if error.problem in _TOLD_WHERE_BEGUN:  # the quotation mark that nothing closes, the key that has no colon
            mark = error.context_mark or mark
        problem = " ".join(part for part in (error.context, error.problem) if part)
        line = min(mark.line + 1, len(text.splitlines())) if mark else 1  # the end of the file is on its last line
        written = text.splitlines()[line - 1 : line]
        hint = _NO_TAB if written and "\t" in written[0] else ""
        raise DataError(file, max(line, 1), _not_yaml(problem), hint) from None
    except yaml.reader.ReaderError as error:
        sign = f"U+{error.character:04X}"
        line = text.count("\n", 0, text.find(chr(error.character))) + 1
        message = Text(f"le signe {sign} ne peut pas s'y trouver", f"the sign {sign} cannot be in it")
        raise DataError(file, line, Text(f"YAML illisible : {message.fr}", f"not YAML: {message.en}")) from None


_TOLD_WHERE_BEGUN = ("found unexpected end of stream", "could not find expected ':'")
_INDENTED = Text("cette ligne n'est pas en retrait comme celles d'avant", "this line is not indented as those before it")
_YAML_IN_WORDS = {  # what the parser says, and what the writer did
    "did not find expected node content": Text(
        "une valeur manque ici, ou un crochet ou une accolade n'est pas fermé",
        "a value is missing here, or a bracket is not closed",
    ),
    "block sequence entries are not allowed": Text(
        "une liste ne commence pas sur la ligne de sa clé : mettre ce tiret à la ligne",
        "a list does not begin on the line of its key: put this hyphen on the next",
    ),
    "did not find expected alphabetic or numeric": Text(
        "un texte qui commence par * ou & se met entre guillemets", "a text that begins with * or & goes in quotes"
    ),
    "found unknown escape character": Text(
        "une barre \\ entre guillemets s'écrit \\\\, ou le texte se met entre apostrophes",
        "a \\ in double quotes is written \\\\, or the text goes in single quotes",
    ),
    "did not find expected ',' or": Text(
        "un crochet, une accolade ou une virgule manque, ici ou à la ligne d'avant",
        "a bracket, a brace or a comma is missing, here or on the line before",
    ),
    "did not find expected key": _INDENTED,
    "did not find expected '-'": _INDENTED,
    "mapping values are not allowed": Text(
        "ce « : » est de trop : un texte qui en contient se met entre guillemets ; ou cette ligne est trop en retrait",
        "this ':' is one too many: a text that holds one goes in quotes; or this line is indented too far",
    ),
    "could not find expected ':'": Text("une clé est écrite sans ses deux-points", "a key is written without its colon"),
    "found unexpected end of stream": Text("un guillemet n'est pas fermé", "a quotation mark is not closed"),
    "found a tab character": Text("une tabulation tient lieu de retrait", "a tab is used for indentation"),
    "exceeded maximum nesting depth": _TOO_DEEP,
    "found character that cannot start any token": Text(
        "un signe qui ne peut commencer un texte sans guillemets", "a sign that cannot begin a text without quotes"
    ),
}


def _not_yaml(problem: str) -> Text:
    said = next((words for part, words in _YAML_IN_WORDS.items() if part in problem), Text(problem, problem))
    return Text(f"YAML illisible : {said.fr}", f"not YAML: {said.en}")


class _Composer:
    """Turns the parser's events into plain data, noting lines when asked to. scalar: what letters without quotes mean."""

    def __init__(self, events: Iterator[Any], file: str, found: Lines | None, scalar: Callable[[str], Any]) -> None:
        self.events = iter(events)
        self.file = file
        self.found = found
        self.scalar = scalar
        self.anchors: dict[str, tuple[Any, int]] = {}  # what stands there, and how many values it is
        self.values = 0

    def document(self) -> Any:
        data = None
        documents = 0
        for event in self.events:
            name = type(event).__name__
            if name == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    raise self.error(event, Text("un second document commence ici", "a second document begins here"))
                data = self.value(next(self.events), ())
        return data

    def error(self, event: Any, message: Text, hint: Text | str = "") -> DataError:
        return DataError(self.file, event.start_mark.line + 1, message, hint)

    def value(self, event: Any, path: Place) -> Any:
        kind = type(event).__name__
        data: Any
        if self.found is not None:
            self.found.setdefault(path, event.start_mark.line + 1)
        if len(path) > _DEEPEST:
            raise self.error(event, _TOO_DEEP)
        before, self.values = self.values, self.values + 1
        if kind == "AliasEvent":
            if event.anchor not in self.anchors:
                name = event.anchor
                raise self.error(event, Text(f"rien n'est ancré plus haut sous &{name}", f"nothing above is anchored as &{name}"))
            data, values = self.anchors[event.anchor]
            self.values += values
            if self.values > _REPEATED:
                raise self.error(event, Text("trop de valeurs sont reprises ici", "too many values are taken up here"))
            return data
        if getattr(event, "tag", None) not in (None, "!"):
            raise self.error(event, Text(f"l'étiquette {event.tag} n'est pas lue ici", f"the tag {event.tag} is not read here"))
        if kind == "ScalarEvent":
            data = self.plain(event) if not event.style and event.implicit[0] else event.value
        elif kind == "SequenceStartEvent":
            data = []
            while type(item := next(self.events)).__name__ != "SequenceEndEvent":
                data.append(self.value(item, (*path, len(data))))
        else:
            data = self.mapping(path)
        if event.anchor:
            self.anchors[event.anchor] = data, self.values - before
        return data

    def plain(self, event: Any) -> Any:
        if event.value.startswith(_CURLY) and event.value.endswith(_CURLY):
            message = Text("ces guillemets sont ceux d'un traitement de texte", "these quotation marks are a word processor's")
            raise self.error(event, message, Text('Écrire "…".', 'Write "…".'))
        try:
            return self.scalar(event.value)
        except ValueError:  # beyond what Python reads
            raise self.error(event, _TOO_LONG) from None

    def mapping(self, path: Place) -> dict[str, Any]:
        data: dict[str, Any] = {}
        while type(key := next(self.events)).__name__ != "MappingEndEvent":
            if type(key).__name__ != "ScalarEvent":
                raise self.error(key, Text("une clé est un mot ou un texte entre guillemets", "a key is one word or a quoted text"))
            if key.value in data:
                raise self.error(key, *_written_twice(key.value))
            if self.found is not None:
                self.found[(*path, key.value)] = key.start_mark.line + 1
            data[key.value] = self.value(next(self.events), (*path, key.value))
        return data


def _written_twice(key: str) -> tuple[Text, Text]:
    message = Text(f"la clé « {key} » est écrite deux fois", f"key {key!r} is written twice")
    return message, Text("N'en garder qu'une.", "Keep one of them.")


def _scalar(text: str) -> Any:
    """A plain scalar by the YAML 1.2 core schema; `NO`, `on` and dates are text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
