"""Edits a FHIR resource in JSON where FHIRPath says: how the mutations that our rules must see are played."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from typing import Any

from ....documents.fhir_json import read_json
from ....documents.fhir_tree import Node
from ..fhirpath import Context, compile
from .functions import OURS


def mutated(data: bytes, edits: Iterable[Mapping[str, Any]]) -> bytes | None:
    """The resource after these edits, None when one of them finds nothing to work on.

    An edit works on the first node that its FHIRPath finds: `{set: PATH, to: TEXT}`, `{drop: PATH}`, `{repeat: PATH}`,
    `{insert: JSON, into: PATH}`, whose members join those of the object, lists after what is there.
    """
    for edit in edits:
        content = json.loads(data)
        verb = next(name for name in ("set", "drop", "repeat", "insert") if name in edit)
        node = _found(data, edit["into" if verb == "insert" else verb])
        if node is None:
            return None
        if verb == "insert":
            _join(_value(content, node), json.loads(edit["insert"]))
        else:
            _edit(content, node, verb, edit.get("to"))
        data = json.dumps(content, ensure_ascii=False).encode()
    return data


def _found(data: bytes, expression: str) -> Node | None:
    root = read_json(data)
    found = compile(expression, OURS).evaluate(root, Context())
    return next((item for item in found if isinstance(item, Node)), None)


def _edit(content: Any, node: Node, verb: str, to: str | None) -> None:
    if node.parent is None:
        raise ValueError("a whole document is not edited")
    holder = _value(content, node.parent)
    items = holder[node.name]
    if node.position is None:
        if verb == "set":
            holder[node.name] = to
        elif verb == "drop":
            del holder[node.name]
        else:
            raise ValueError(f"{node.path} cannot be repeated")
    elif verb == "set":
        items[node.position] = to
    elif verb == "repeat":
        items.insert(node.position, copy.deepcopy(items[node.position]))
    else:
        del items[node.position]
        if not items:
            del holder[node.name]


def _value(content: Any, node: Node) -> Any:
    """What the JSON has for a node."""
    if node.parent is None:
        return content
    held = _value(content, node.parent)[node.name]
    return held if node.position is None else held[node.position]


def _join(holder: dict[str, Any], members: Mapping[str, Any]) -> None:
    for name, value in members.items():
        if isinstance(value, list) and isinstance(holder.get(name), list):
            holder[name] += value
        else:
            holder[name] = value
