"""Frozen values of the model to plain JSON and back, led by their type hints.

What is written by `dump` is read by `load` with the same type: dataclasses, enums, dates, tuples, mappings and unions of these.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def dump(value: Any) -> str:
    """JSON text of a value of the model, or of a tuple or mapping of these."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def load(kind: type[T] | Any, text: str) -> T:
    """The value of type `kind` that `dump` wrote. Raises ValueError, KeyError or TypeError when the text holds something else."""
    value: T = _typed(kind, json.loads(text))
    return value


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _typed(kind: Any, plain: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return None if plain is None else _typed(next(one for one in get_args(kind) if one is not type(None)), plain)
    if origin is tuple:
        return tuple(_typed(get_args(kind)[0], item) for item in plain)
    if origin is Literal or kind is Any:
        return plain
    if origin is not None and issubclass(origin, Mapping):
        key, item = get_args(kind)
        return {_typed(key, name): _typed(item, value) for name, value in plain.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _typed(hints[name], value) for name, value in plain.items() if name in hints})
    if kind in (datetime, date):
        return kind.fromisoformat(plain)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(plain)
    return plain


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
