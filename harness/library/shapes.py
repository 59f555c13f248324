"""Judges the shape of a data file with the JSON Schemas in schemas/, and says what is wrong for the person who writes the file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from ..errors import DataError
from ..model import NO_TEXT, Text
from ..values import dataclass
from . import reading
from .nearest import is_it, nearest, slipped, suggestion
from .patterns import matches
from .reading import Lines, Place

_WEIGHED = 50  # faults of a file, of which the first is told
_SHOWN = 60  # letters
SCHEMAS = Path(__file__).parent / "schemas"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One data file as read: what it says, and where, when something in it is wrong."""

    relative: str
    path: str
    data: Any

    def as_written(self, where: Place) -> str:
        """The letters of the number at `where`: 1.10 is 1.1 once read, and the text that was meant is not."""
        return reading.as_written(Path(self.path).read_bytes(), self.path, where)

    def error(self, where: Place, message: Text, hint: Text | str = "") -> DataError:
        """The error to raise about the value at `where` (or the nearest thing above it that has a line)."""
        return DataError(self.path, reading.line_of(where, self.lines()), message, hint)

    def lines(self) -> Lines:
        """Line of every value and key, by its path in the data."""
        return _lines(Path(self.path).read_bytes(), self.path)


_lines = lru_cache(maxsize=1)(reading.lines)  # asked several times of one file, then of another


def schema_of(relative: str) -> str | None:
    """Name of the schema for a data file, None when its shape is free."""
    return next((schema for pattern, schema in _table() if matches(pattern, relative)), None)


def is_read(relative: str) -> bool:
    """Whether anything reads a data file of profiles/: by what a schema says of it, or by its name."""
    return schema_of(relative) is not None or relative in _FREE


def check_shape(sheet: Sheet) -> None:
    """Raises DataError for the first thing (by line) that the schema of this file does not allow."""
    schema = schema_of(sheet.relative)
    if schema is None:
        return
    wrong = list(islice(_validator(schema).iter_errors(sheet.data), _WEIGHED))
    if wrong:
        unknown_first = sorted(_without_respelled(wrong), key=lambda error: error.validator != "additionalProperties")
        raise min((_explain(sheet, error) for error in unknown_first), key=lambda error: error.line)


def _without_respelled(wrong: list[Any]) -> list[Any]:
    """A missing key beside an unknown one was most likely misspelt: only the unknown one is reported."""
    unknown = [error.absolute_path for error in wrong if error.validator == "additionalProperties"]
    return [error for error in wrong if error.validator != "required" or error.absolute_path not in unknown]


_FREE = ("profiles/cda/grammar.yaml", "profiles/cda/official-tool.yaml", "profiles/pdsm/associations.yaml")


@cache
def _table() -> tuple[tuple[str, str], ...]:
    return tuple(json.loads((SCHEMAS / "files.json").read_text("utf-8")).items())


@cache
def _validator(name: str) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(_schemas()[name], registry=_registry())


@cache
def _schemas() -> dict[str, Any]:
    return {path.name: json.loads(path.read_text("utf-8")) for path in sorted(SCHEMAS.glob("*.json")) if path.name != "files.json"}


@cache
def _registry() -> Any:
    """All schemas, looked into once: a registry that retrieves them one by one forgets each of them at once."""
    from referencing import Registry, Resource

    resources = [(name, Resource.from_contents(schema)) for name, schema in _schemas().items()]
    return Registry().with_resources(resources).crawl()


def _explain(sheet: Sheet, error: Any) -> DataError:
    """The sentence for one violation; among alternatives, for the one that the data is nearest to."""
    while error.context:
        deepest = max(len(inner.absolute_path) for inner in error.context)
        nearest = [inner for inner in error.context if len(inner.absolute_path) == deepest]
        if deepest == len(error.absolute_path) and "description" in error.schema:
            break
        error = next((inner for inner in nearest if inner.validator != "type"), nearest[0])
    where = tuple(error.absolute_path)
    explain = _EXPLANATIONS.get(error.validator, _explain_value)
    return explain(sheet, where, error)


def _explain_unknown(sheet: Sheet, where: Place, error: Any) -> DataError:
    known = error.schema.get("properties", {})
    allowed = [re.compile(pattern) for pattern in error.schema.get("patternProperties", {})]
    unknown = next(key for key in error.instance if key not in known and not any(pattern.search(key) for pattern in allowed))
    message = Text(f"clé inconnue « {unknown} »{_in(sheet, where).fr}", f"unknown key {unknown!r}{_in(sheet, where).en}")
    path, slash, last = str(unknown).rpartition("/")
    if slash and allowed:  # a path among conditions leads to an attribute
        meant = f"{path}/templateId/@root" if last == "template" else f"{path}/@{last}"
        return sheet.error((*where, unknown), message, is_it(meant))
    return sheet.error((*where, unknown), message, suggestion(unknown, known))


def _explain_missing(sheet: Sheet, where: Place, error: Any) -> DataError:
    missing = next(key for key in error.schema["required"] if key not in error.instance)
    message = Text(f"la clé « {missing} » manque{_in(sheet, where).fr}", f"key {missing!r} is missing{_in(sheet, where).en}")
    misspelt = next((key for key in error.instance if slipped(missing, [str(key)])), None)
    if misspelt is None or misspelt in error.schema.get("properties", {}):
        return sheet.error(where, message)
    hint = Text(f"« {misspelt} » : est-ce {missing} ?", f"{misspelt}: did you mean {missing}?")
    return sheet.error((*where, misspelt), message, hint)


def _explain_word(sheet: Sheet, where: Place, error: Any) -> DataError:
    words = [str(word) for word in error.validator_value]
    found = short(error.instance)
    message = Text(f"{found} n'est pas permis{_in(sheet, where).fr}", f"{found} is not allowed{_in(sheet, where).en}")
    return sheet.error(where, message, suggestion(str(error.instance), words))


def _explain_value(sheet: Sheet, where: Place, error: Any) -> DataError:
    wanted = _wanted(error)
    numeral = isinstance(error.instance, int | float) and not isinstance(error.instance, bool)
    found = sheet.as_written(where) if numeral else short(error.instance)
    said = Text("rien", "nothing") if error.instance is None else Text(found, found)
    if misspelt := _misspelt_key(error):
        where = (*where, misspelt[0])
    hint = _meant(error.instance if isinstance(error.instance, str) else found, error.schema)
    if hint is NO_TEXT and numeral and "text" in wanted.en and "meant" not in error.schema:
        hint = Text(f'L\'écrire entre guillemets : "{found}".', f'Write it in quotes: "{found}".')
    if hint is NO_TEXT and isinstance(error.instance, str):
        words = [word for inner in error.context or () if inner.validator == "enum" for word in inner.validator_value]
        hint = suggestion(error.instance, words, NO_TEXT)
    if misspelt:
        hint = Text(f"« {misspelt[0]} » : est-ce {misspelt[1]} ?", f"{misspelt[0]}: did you mean {misspelt[1]}?")
    message = Text(
        f"attendu{_in(sheet, where).fr} : {wanted.fr} ; trouvé : {said.fr}",
        f"expected {wanted.en}{_in(sheet, where).en}, found {said.en}",
    )
    return sheet.error(where, message, hint)


def _meant(written: str, schema: Mapping[str, Any]) -> Text:
    """`meant` of a schema has forms that people write in the place of what it asks, each with that."""
    for form, asked in schema.get("meant", ()):
        if one := re.fullmatch(form, written):
            return is_it(one.expand(asked))
    return NO_TEXT


def _misspelt_key(error: Any) -> tuple[str, str] | None:
    """Of alternatives of which none holds: a key that none has, and the one that was probably meant."""
    known = [key for inner in error.context or () for key in inner.schema.get("properties", {})]
    unknown = [key for key in error.instance if key not in known] if isinstance(error.instance, dict) else []
    return next(((key, near[0]) for key in unknown if (near := nearest(str(key), known, 1))), None)


def _wanted(error: Any) -> Text:
    """What a schema asks: its description, whose French stands beside it where it has one, or its type."""
    said = error.schema.get("description")
    if said:
        return Text(error.schema.get("description-fr", said), said)
    if error.validator in ("minItems", "minProperties"):
        return Text("quelque chose", "something")
    kinds = error.schema.get("type")
    named = [_TYPES.get(kind, Text(kind, kind)) for kind in ([kinds] if isinstance(kinds, str) else kinds or [])]
    if not named:
        return Text(error.message, error.message)
    return Text(" ou ".join(kind.fr for kind in named), " or ".join(kind.en for kind in named))


_EXPLANATIONS: dict[str, Callable[[Sheet, Place, Any], DataError]] = {
    "additionalProperties": _explain_unknown,
    "required": _explain_missing,
    "enum": _explain_word,
}


def _in(sheet: Sheet, where: Place) -> Text:
    """Where, as a person finds it: an item of a list by its id or path, else by its place from 1."""
    if not where:
        return NO_TEXT
    french, english = [], []
    data: Any = sheet.data
    for part in where:
        data = _child(data, part)
        own = (data.get("id") or data.get("path")) if isinstance(part, int) and isinstance(data, dict) else None
        named = str(own) if own else None if isinstance(part, int) else part
        french.append(named or f"l'élément {int(part) + 1}")
        english.append(named or f"item {int(part) + 1}")
    return Text(f" dans {' › '.join(french)}", f" in {' › '.join(english)}")


def _child(data: Any, part: str | int) -> Any:
    try:
        return data[part]
    except (LookupError, TypeError):
        return None


def short(value: Any) -> str:
    """A value as a person wrote it, or nearly, no longer than a message can hold."""
    text = ""
    for part in json.JSONEncoder(ensure_ascii=False).iterencode(value):  # never the whole of what may be endless
        text += part
        if len(text) > _SHOWN:
            return text[: _SHOWN - 3] + "..."
    return text


_TYPES = {
    "string": Text("un texte", "text"),
    "object": Text("des clés et leurs valeurs", "a mapping"),
    "array": Text("une liste", "a list"),
    "integer": Text("un nombre entier", "a whole number"),
    "boolean": Text("true ou false", "true or false"),
}
