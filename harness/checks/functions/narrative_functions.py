"""The functions that read the narrative: what references lead to, and what is told there (docs/functions.md)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from ..codes.labels import PublishedLabels
from ..narrative.assertions import is_asserted
from ..narrative.codes import writes_another_code
from ..narrative.contraries import has_contrary, headed_otherwise, row_tells_contrary
from ..narrative.names import cites_another, names_another
from ..narrative.numbers import is_alone, told_otherwise
from ..narrative.posology import taken_otherwise
from ..narrative.references import left_for_another_row
from ..narrative.rows import entry_told
from ..narrative.tables import cells_beside, cells_headed, words_of
from ..node import Node

_OF_SEVERAL = frozenset(("table", "tbody", "list"))
_PASSAGES = frozenset(("content", "paragraph", "list", "item", "caption", "table", "tr", "th", "td", "footnote"))


_Told = TypeVar("_Told")


def of_first(table: Mapping[str, Callable[[Node], _Told]], *, of_none: _Told) -> dict[str, Callable[[Sequence[Node]], _Told]]:
    """Functions of an element as XPath calls them, with a node set: of its first node they speak. of_none: of an empty one."""

    def with_nodes(call: Callable[[Node], _Told]) -> Callable[[Sequence[Node]], _Told]:
        return lambda nodes: call(nodes[0]) if nodes else of_none

    return {name: with_nodes(call) for name, call in table.items()}


class NarrativeFunctions:
    """The functions, the passages of the document, and the references that lead to them, gathered when one is first asked for."""

    def __init__(self, labels: PublishedLabels) -> None:
        self._labels = labels
        self.about(None)

    def about(self, root: Node | None) -> None:
        """From here on the functions speak of this document; of none, once there is nothing more to ask of it."""
        self._root = root
        self._ids: Counter[str] | None = None
        self._references: Counter[str] | None = None
        self._bearers: dict[str, Node] = {}

    def table(self) -> dict[str, Callable[..., object]]:
        """By name, without prefix."""
        texts: dict[str, Callable[..., bool | str]] = {
            "resolves": self._resolves,
            "referenced": self._referenced,
            "unique": lambda identifier: self._all_ids()[identifier] == 1,
            "cites-nothing": self._cites_nothing,
            "told-otherwise": self._told_otherwise,
            "told-contrary": self._told_contrary,
            "headed-otherwise": self._headed_otherwise,
            "passage": lambda reference: "" if (told := self._passage(reference)) is None else " ".join(told.whole_text.split()),
            "row": lambda reference: "" if (told := self._passage(reference)) is None else " | ".join(cells_beside(told)[0]),
            "cell": self._cell,
        }
        told: dict[str, Callable[[Node], str]] = {
            "entry-told": lambda entry: entry_told(entry, self._passage, self._cited),
            "left-for-another-row": left_for_another_row,
        }
        truths: dict[str, Callable[[Node], bool]] = {
            "is-asserted": lambda entry: is_asserted(entry, self._passage),
            "writes-another-code": lambda coded: writes_another_code(coded, self._passage),
            "cites-another": lambda bearer: cites_another(bearer, self._passage, self._labels.fault, self._labels.codes),
            "names-another": lambda coded: names_another(coded, self._passage, self._labels.bearers),
        }
        return {**texts, **of_first(told, of_none=""), **of_first(truths, of_none=False)}

    def _resolves(self, reference: str) -> bool:
        return reference.startswith("#") and reference[1:] in self._all_ids()

    def _referenced(self, identifier: str) -> bool:
        return f"#{identifier}" in self._all_references()

    def _cites_nothing(self, reference: str) -> bool:
        """The passage has neither text nor picture; in `<td><content ID="x"/>words</td>` the words are read all the same."""
        passage = self._bearers.get(reference.removeprefix("#")) if self._all_ids() and reference.startswith("#") else None
        if passage is None or passage.tag not in _PASSAGES or passage.whole_text.strip():
            return False
        around = passage.parent if passage.parent is not None and passage.parent.tag in _PASSAGES else passage
        return not around.has_text and not passage.index.below(passage, "renderMultiMedia")

    def _told_otherwise(self, reference: str, value: str, unit: str) -> bool:
        """Of a passage that one reference alone cites: several may tell several things of it. A number alone may count tablets or
        flasks of what the entry measures."""
        passage = self._passage(reference)
        if passage is None or self._cited(reference) != 1:
            return False
        said = words_of(passage)
        if is_alone(said) and unit[:1] not in ("", "{", "1"):
            return False
        return told_otherwise(said, value, unit) or taken_otherwise(said, value, unit)

    def _cell(self, reference: str, heading: str) -> str:
        """Of the row of the passage, where one of its columns has such a heading."""
        passage = self._passage(reference)
        cells = cells_headed(passage, cells_beside(passage)[0], _compiled(heading)) if passage is not None else []
        return cells[0] if len(cells) == 1 else ""

    def _told_contrary(self, reference: str, label: str) -> bool:
        passage = self._passage(reference) if has_contrary(label) else None
        return passage is not None and row_tells_contrary(passage, label)

    def _headed_otherwise(self, reference: str, label: str) -> bool:
        passage = self._passage(reference) if has_contrary(label) else None
        return passage is not None and headed_otherwise(passage, label)

    def _cited(self, reference: str) -> int:
        """How many references say it."""
        return self._all_references()[reference]

    def _passage(self, reference: str) -> Node | None:
        """What the reference leads to, when it is one passage: a whole table, list or narrative may tell of several facts."""
        identifier = reference.removeprefix("#")
        passage = self._bearers[identifier] if identifier and self._all_ids()[identifier] == 1 else None
        return None if passage is None or passage.tag in _OF_SEVERAL or (passage.tag == "text" and passage.children) else passage

    def _all_references(self) -> Counter[str]:
        """What elements of entries say of the narrative, and links and pictures within it."""
        if self._references is None:
            bearing = [] if self._root is None else self._root.index.below(self._root, ("reference", "linkHtml"), or_self=True)
            self._references = Counter(node.attributes.get("value", node.attributes.get("href", "")) for node in bearing)
        return self._references

    def _all_ids(self) -> Counter[str]:
        if self._ids is None:
            bearing = [] if self._root is None else self._root.index.below(self._root, "@ID", or_self=True)
            ids = [node.attributes["ID"] for node in bearing]
            self._ids = Counter(ids)
            self._bearers = dict(zip(ids, bearing, strict=True))
        return self._ids


_compiled = lru_cache(maxsize=64)(re.compile)
