"""Methods whose answers are kept with their object, which does not change: what the same arguments give is worked out once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, TypeVar, cast

_Method = TypeVar("_Method", bound=Callable[..., Any])


def remembered(method: _Method) -> _Method:
    """Keeps every answer. Arguments have to be hashable; what raises is asked again.

    For objects that outlive documents only: the object and what it keeps know each other, which Python's collector has to find out.
    """
    return cast(_Method, _Remembered(method, None))


class latest_remembered:
    """Keeps so many answers, those that were asked for last: for what documents say, which may be anything."""

    def __init__(self, most: int) -> None:
        self._most = most

    def __call__(self, method: _Method) -> _Method:
        return cast(_Method, _Remembered(method, self._most))


class _Remembered:
    """Puts the method with its memory in the place of the method, in each object when it is first asked there."""

    def __init__(self, method: Callable[..., Any], most: int | None) -> None:
        self._method = method
        self._most = most
        self.__doc__ = method.__doc__

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, _owner: type | None = None) -> Any:
        if instance is None:
            return self
        found = instance.__dict__[self._name] = lru_cache(self._most)(partial(self._method, instance))
        return found
