"""Edits a FHIR resource in JSON where FHIRPath says: how the mutations that our rules must see are played."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ....documents.fhir_json import read_json
from ....documents.fhir_tree import Node
from ..fhirpath import Context, compile
from ..proofs.editing import Pointer, held, inserted, pointer, removed, replaced
from .functions import OURS


def mutated(data: bytes, edits: Iterable[Mapping[str, Any]]) -> bytes | None:
    """The resource after these edits, None when one of them finds nothing to work on.

    An edit works on the first node that its FHIRPath finds: `{set: PATH, to: TEXT}`, `{drop: PATH}`, `{repeat: PATH}`,
    `{insert: JSON, into: PATH}`, whose members join those of the object, lists after what is there.
    """
    for edit in edits:
        at = _found(data, next(edit[verb] for verb in ("set", "drop", "repeat", "into") if verb in edit))
        if at is None:
            return None
        data = json.dumps(_edited(json.loads(data), at, edit), ensure_ascii=False).encode()
    return data


def _found(data: bytes, expression: str) -> Pointer | None:
    found = compile(expression, OURS).evaluate(read_json(data), Context())
    return next((pointer(item) for item in found if isinstance(item, Node)), None)


def _edited(content: Any, at: Pointer, edit: Mapping[str, Any]) -> Any:
    if "insert" in edit:
        for name, value in json.loads(edit["insert"]).items():
            there = held(content, at).get(name)
            both = isinstance(there, list) and isinstance(value, list)
            content = replaced(content, (*at, name), [*there, *value] if both else value)
        return content
    if not at:
        raise ValueError("a whole document is not edited")
    if "set" in edit:
        return replaced(content, at, edit["to"])
    if "drop" in edit:
        return removed(content, at)
    if isinstance(at[-1], str):
        raise ValueError(f"{at[-1]} cannot be repeated")
    return inserted(content, at, held(content, at))
