"""Values of the model, and errors of data files, as plain data and back, for the compiled library.

Fields at their default are left out.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from datetime import date
from typing import Any

from .. import model
from ..errors import DataError
from ..model import Text

_MARK = "!"  # of an error
_NAMES = frozenset(
    (
        "Text",
        "Source",
        "Requirement",
        "Where",
        "AttributeFact",
        "Constraint",
        "Template",
        "Rule",
        "RuleFix",
        "Mutation",
        "ValueSet",
        "ProfileHead",
        "Scenario",
        "Step",
        "Grid",
        "Theme",
        "Item",
        "GradedLevel",
        "Desired",
    )
)


class _Classes(dict[str, Any]):
    """By name: those above and no other, each when it is first met."""

    def __missing__(self, name: str) -> Any:
        if name not in _NAMES:
            raise KeyError(name)
        known = self[name] = getattr(model, name)
        return known


_CLASSES = _Classes()
_ENUMS: dict[str, Any] = {cls.__name__: cls for cls in (model.Level, model.Severity, model.Environment)}
_ENUM_VALUES = {name: {member.value: member for member in cls} for name, cls in _ENUMS.items()}


def to_plain(value: Any) -> Any:
    """A tagged tuple: ("=", class, {field: value}), ("e", enum, value), ("t", items), ("m", pairs), ("d", date); or the value."""
    kind = type(value)
    if kind.__name__ in _NAMES:
        said = {f.name: to_plain(getattr(value, f.name)) for f in fields(value) if getattr(value, f.name) != _default(f)}
        return ("=", kind.__name__, said)
    if kind.__name__ in _ENUMS:
        return ("e", kind.__name__, value.value)
    if kind is tuple:
        return ("t", [to_plain(item) for item in value])
    if kind is list:
        return [to_plain(item) for item in value]
    if kind is dict:
        return ("m", [(to_plain(key), to_plain(item)) for key, item in value.items()])
    if kind is date:
        return ("d", value.isoformat())
    return value


def from_plain(value: Any) -> Any:
    """The value that `to_plain` wrote."""
    kind = type(value)
    if kind is tuple:
        return _DECODERS[value[0]](value)
    if kind is list:
        return [from_plain(item) for item in value]
    return value


def _decode_instance(value: Any) -> Any:
    return _CLASSES[value[1]](**{name: from_plain(item) for name, item in value[2].items()})


def _decode_tuple(value: Any) -> Any:
    return tuple([from_plain(item) if type(item) is tuple else item for item in value[1]])


def _decode_mapping(value: Any) -> Any:
    return {from_plain(key): from_plain(item) for key, item in value[1]}


_DECODERS: dict[str, Any] = {
    "=": _decode_instance,
    "e": lambda value: _ENUM_VALUES[value[1]][value[2]],
    "t": _decode_tuple,
    "m": _decode_mapping,
    "d": lambda value: date.fromisoformat(value[1]),
}


def _default(described: Field[Any]) -> Any:
    if described.default_factory is not MISSING:
        return described.default_factory()
    return described.default


def keep(error: DataError) -> tuple[Any, ...]:
    """An error of a data file as plain data: raised only when the file at fault is needed."""
    place = f"{error.file}:{error.line}"
    french, english = error.message.fr.removeprefix(f"{place} : "), error.message.en.removeprefix(f"{place}: ")
    return (_MARK, error.file, error.line, french, english, error.hint.fr, error.hint.en)


def is_kept_error(blob: Any) -> bool:
    return type(blob) is tuple and len(blob) == 7 and blob[0] == _MARK


def unless_error(blob: Any) -> Any:
    """The blob itself. Raises the DataError that was kept in its place."""
    if is_kept_error(blob):
        _, file, line, french, english, french_hint, english_hint = blob
        raise DataError(file, line, Text(french, english), Text(french_hint, english_hint))
    return blob
