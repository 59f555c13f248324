"""Tells the defects of a document against the grammar of CDA, in the words of grammar.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ...documents.mends import Move
from ...model import Text
from ..node import Node
from .forms import listed

XSI_TYPE = "xsi:type"
_NOTHING = Text("Rien n'est permis à cette place.", "Nothing is allowed at this place.")


class Report(Protocol):
    def __call__(self, rule: str, node: Any, message: Text, hint: Text, mend: Move | None = None, /) -> None: ...


class Remarks:
    """words: `remarks` of grammar.yaml; report: hears each defect."""

    def __init__(self, words: Mapping[str, Any], report: Report) -> None:
        self._words = words
        self._report = report

    def tell(self, what: str, node: Node, mend: Move | None = None, **said: object) -> None:
        """what: as grammar.yaml names it; said: what its sentence and hint repeat, beside the tag of the node."""
        row = self._words[what]
        message, hint = (Text(**row[part]).filled(**{"tag": node.tag, **said}) for part in ("message", "hint"))
        self._report(row["rule"], node, message, hint, mend)


def tags(names: Sequence[str]) -> str:
    return listed([f"<{name}>" for name in names])


def instead(expected: Sequence[str]) -> Text:
    """What may stand where something else does."""
    if not expected:
        return _NOTHING
    return Text(f"À cette place sont permis : {tags(expected)}.", f"Allowed at this place: {tags(expected)}.")
