"""Reads the plain data of a YAML file into frozen dataclasses, by their field types.

A mapping gives the fields by name, a list gives them in order. What is unknown, missing or of another type is a DataError with
file and line.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, NoReturn, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from ..errors import DataError, UsageError
from ..library import Library
from ..library.nearest import suggestion
from ..library.reading import Lines, Place, line_of, lines
from ..library.shapes import short
from ..model import NO_TEXT, Text
from ..values import dataclass
from .moments import Offset

T = TypeVar("T")


def load(library: Library, kind: type[T], relative: str) -> T:
    """The whole file as one value of `kind`."""
    return Reader(library, relative).read(kind, library.data(relative), ())


@dataclass(frozen=True, slots=True)
class Form:
    """A check on a value beyond its type, for `Annotated`. told: what is expected, in words."""

    holds: Callable[[Any], object]
    told: Text


def like(pattern: str, told: Text) -> Form:
    """A text that a pattern matches as a whole."""
    return Form(re.compile(pattern, re.ASCII).fullmatch, told)


def unknown(what: Text, id: str, known: Iterable[str], others: Text) -> UsageError:
    """The error for an id that nothing has: the nearest one that is known, then what else there is."""
    near = suggestion(id, known, NO_TEXT)
    hint = Text(f"{near.fr} {others.fr}".strip(), f"{near.en} {others.en}".strip())
    return UsageError(Text(f"{what.fr} : {id}", f"{what.en}: {id}"), hint)


class WrongWord(UsageError):
    """A word of a file that is only found wrong when a document is made of it."""

    def __init__(self, word: str, message: Text, hint: Text | str = "") -> None:
        super().__init__(message, hint)
        self.word = word

    def written_in(self, library: Library, relative: str) -> UsageError:
        """The DataError at the line of the file that has the word; this error when no line has it."""
        path = library.path(relative)
        whole = library.data(relative)
        for place, line in lines(path.read_bytes(), str(path)).items():
            value = whole
            for part in place:
                value = value[part]
            if value == self.word:
                return DataError(str(path), line, self.message, self.hint)
        return self


class Reader:
    """Reads values of one file. Raises DataError at the line of the value that is wrong."""

    def __init__(self, library: Library, relative: str) -> None:
        self._library = library
        self._relative = relative

    def read(self, kind: type[T], value: Any, place: Place) -> T:
        return cast(T, self._read(kind, value, place))

    def check_id(self, id: str) -> None:
        """The id of what a file holds is the name of the file."""
        name = PurePosixPath(self._relative).stem
        if id != name:
            wrong = Text(f"l'id « {id} » n'est pas le nom du fichier", f"id {id!r} is not the name of the file")
            self.refuse(("id",), wrong, Text(f"Écrire id: {name}.", f"Write id: {name}."))

    def refuse(self, place: Place, message: Text, hint: Text | str = "") -> NoReturn:
        raise self.error(place, message, hint)

    def error(self, place: Place, message: Text, hint: Text | str = "") -> DataError:
        path = self._library.path(self._relative)
        return DataError(str(path), self._line(lines(path.read_bytes(), self._relative), place), message, hint)

    def _line(self, found: Lines, place: Place) -> int:
        return line_of(place, found)

    def _read(self, kind: Any, value: Any, place: Place) -> Any:
        origin, arguments = get_origin(kind), get_args(kind)
        if origin in (Union, types.UnionType):
            inner = next(argument for argument in arguments if argument is not type(None))
            return None if value is None else self._read(inner, value, place)
        if origin is Annotated:
            read = self._read(arguments[0], value, place)
            return read if arguments[1].holds(read) else self._expected(place, arguments[1].told, value)
        if origin is Literal:
            return value if value in arguments else self._expected(place, " | ".join(map(str, arguments)), value)
        if origin is tuple:
            items = value if isinstance(value, list) else self._expected(place, Text("une liste, [...]", "a list, [...]"), value)
            return tuple(self._read(arguments[0], item, (*place, index)) for index, item in enumerate(items))
        if origin is not None and issubclass(origin, Mapping):
            entries = (
                value
                if isinstance(value, dict)
                else self._expected(place, Text("des clés et leurs valeurs, {...}", "a mapping, {...}"), value)
            )
            return {key: self._read(arguments[1], item, (*place, key)) for key, item in entries.items()}
        if is_dataclass(kind) and kind is not Offset:
            return self._dataclass(cast(type, kind), value, place)
        return self._scalar(kind, value, place)

    def _dataclass(self, kind: type, value: Any, place: Place) -> Any:
        hints = _hints(kind)
        wanted = {field.name: field for field in fields(kind) if field.init}
        if isinstance(value, list) and len(value) <= len(wanted):
            value = dict(zip(wanted, value, strict=False))
        if not isinstance(value, dict):
            self._expected(place, ", ".join(wanted), value)
        for key in value:
            if key not in wanted:
                self.refuse((*place, key), Text(f"clé inconnue « {key} »", f"unknown key {key!r}"), suggestion(key, wanted))
        for name, field in wanted.items():
            if name not in value and field.default is MISSING and field.default_factory is MISSING:
                where = _name(place)
                self.refuse(place, Text(f"{where.fr} : il manque « {name} »", f"{where.en} lacks {name!r}"))
        read = {key: self._read(hints[key], item, (*place, key)) for key, item in value.items()}
        for name, item in read.items():
            if item == "" and wanted[name].default is MISSING:
                self._expected((*place, name), Text("un texte qui dit quelque chose", "a text that says something"), item)
        return kind(**read)

    def _scalar(self, kind: Any, value: Any, place: Place) -> Any:
        if kind is object:
            return value
        if kind is Offset or kind is date:
            try:
                return Offset.parse(str(value)) if kind is Offset else date.fromisoformat(str(value))
            except ValueError:
                self._expected(place, "-P3M, P10D" if kind is Offset else Text("AAAA-MM-JJ", "YYYY-MM-DD"), value)
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self._expected(place, _KINDS[kind], value)
        return value

    def _expected(self, place: Place, shape: Text | str, value: Any) -> NoReturn:
        where = _name(place)
        wanted = Text(shape, shape) if isinstance(shape, str) else shape
        self.refuse(
            place,
            Text(f"{where.fr} vaut {short(value)}", f"{where.en} is {short(value)}"),
            Text(f"Attendu : {wanted.fr}.", f"Expected: {wanted.en}."),
        )


_KINDS = {
    str: Text("un texte, entre guillemets", "a text, in quotes"),
    int: Text("un nombre entier", "a whole number"),
    float: Text("un nombre", "a number"),
    bool: Text("true ou false", "true or false"),
}


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _name(place: Place) -> Text:
    name = ".".join(map(str, place))
    return Text(name or "ce fichier", name or "this file")
