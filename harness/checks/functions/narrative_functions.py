"""The functions that read the narrative: what references lead to, and what is told there (docs/functions.md)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache

from ..codes.labels import PublishedLabels
from ..narrative.assertions import is_asserted
from ..narrative.codes import writes_another_code
from ..narrative.columns import left_for_another_row
from ..narrative.contraries import has_contrary, headed_otherwise, row_tells_contrary
from ..narrative.names import cites_another
from ..narrative.numbers import is_alone, told_otherwise
from ..narrative.others import names_another
from ..narrative.rows import entry_told
from ..narrative.tables import cells_beside, cells_headed, words_of
from ..narrative.takes import taken_otherwise
from ..node import Node

_OF_SEVERAL = frozenset(("table", "tbody", "list"))
_PASSAGES = frozenset(("content", "paragraph", "list", "item", "caption", "table", "tr", "th", "td", "footnote"))


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
        elements: dict[str, Callable[[Sequence[Node]], bool | str]] = {
            "entry-told": self._entry_told,
            "left-for-another-row": lambda texts: left_for_another_row(texts[0]) if texts else "",
            "is-asserted": lambda entries: bool(entries) and is_asserted(entries[0], self._passage),
            "writes-another-code": lambda coded: bool(coded) and writes_another_code(coded[0], self._passage),
            "cites-another": self._cites_another,
            "names-another": lambda coded: bool(coded) and names_another(coded[0], self._passage, self._labels.bearers),
        }
        return {**texts, **elements}

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

    def _cites_another(self, bearers: Sequence[Node]) -> bool:
        return bool(bearers) and cites_another(bearers[0], self._passage, self._labels.fault, self._labels.codes)

    def _entry_told(self, entries: Sequence[Node]) -> str:
        return entry_told(entries[0], self._passage, self._cited) if entries else ""

    def _cited(self, reference: str) -> int:
        """How many references say it."""
        return self._all_references()[reference]

    def _passage(self, reference: str) -> Node | None:
        """What the reference leads to, when it is one passage: a whole table, list or narrative may tell of several facts."""
        identifier = reference.removeprefix("#")
        passage = self._bearers[identifier] if self._all_ids()[identifier] == 1 else None
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
