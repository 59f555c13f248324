"""JSON Patch (RFC 6902) of one resource."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from harness.exchange.pdsm.parties import Resource
from harness.values import dataclass

Step = str | int


class BadPatch(ValueError):
    """Its argument says, in English, what cannot be read or done."""


@dataclass(frozen=True, slots=True)
class Operation:
    """verb: add, replace, remove, move, copy or test. path, source: steps into the resource; `-` is the end of a list."""

    verb: str
    path: tuple[Step, ...]
    value: Any = None
    source: tuple[Step, ...] = ()


def changed_by(resource: Mapping[str, Any], body: bytes) -> Resource:
    """The resource once patched. Raises BadPatch."""
    return applied(resource, list(_operations(body)))


def applied(resource: Mapping[str, Any], operations: list[Operation]) -> Resource:
    """The resource after the operations, in order, or none of them. Raises BadPatch."""
    changed: Resource = copy.deepcopy(dict(resource))
    if not operations:
        raise BadPatch("no operation")
    for one in operations:
        try:
            _apply(changed, one)
        except (LookupError, TypeError, ValueError) as error:
            raise BadPatch(f"{one.verb} /{'/'.join(map(str, one.path))} leads nowhere") from error
    return changed


def _operations(body: bytes) -> Iterator[Operation]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadPatch("not JSON") from error
    if not isinstance(said, list):
        raise BadPatch("not a list of operations")
    for one in said:
        verb = one.get("op") if isinstance(one, dict) else None
        if verb not in ("add", "replace", "remove", "move", "copy", "test") or (verb in ("add", "replace") and "value" not in one):
            raise BadPatch("unknown operation")
        source = _pointer(one.get("from")) if verb in ("move", "copy") else ()
        yield Operation(verb, _pointer(one.get("path")), one.get("value"), source)


def _pointer(text: Any) -> tuple[str, ...]:
    """RFC 6901."""
    if not isinstance(text, str) or not text.startswith("/"):
        raise BadPatch("a path that is no pointer")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in text[1:].split("/"))


def _apply(resource: Resource, one: Operation) -> None:
    value = copy.deepcopy(one.value)
    if one.verb in ("move", "copy"):
        holder, key = _holder(resource, one.source)
        value = copy.deepcopy(holder[key])
        if one.verb == "move":
            del holder[key]
    holder, key = _holder(resource, one.path)
    match one.verb:
        case "test":
            if holder[key] != value:
                raise BadPatch(f"test of /{'/'.join(map(str, one.path))} does not hold")
        case "remove":
            del holder[key]
        case "replace":
            holder[key]  # it has to be there
            holder[key] = value
        case _ if isinstance(holder, list):
            if not 0 <= key <= len(holder):
                raise IndexError(key)
            holder.insert(key, value)
        case _:
            holder[key] = value


def _holder(resource: Resource, path: tuple[Step, ...]) -> tuple[Any, Any]:
    """The object or list that the last step is in, and that step as it reads it."""
    holder: Any = resource
    for step in path[:-1]:
        holder = holder[_key(holder, step)]
    return holder, _key(holder, path[-1])


def _key(holder: Any, step: Step) -> Step:
    if isinstance(holder, list):
        if not str(step).isdecimal() and step != "-":
            raise ValueError(step)
        return len(holder) if step == "-" else int(step)
    if not isinstance(holder, dict):
        raise TypeError(holder)
    return step
