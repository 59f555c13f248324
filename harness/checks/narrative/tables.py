"""The rows and columns of the narrative: what stands beside a passage, and above it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...labels import fold
from ..node import Node


def row_of(passage: Node) -> Node | None:
    """The row of a table that the passage stands in."""
    at: Node | None = passage
    while at is not None and at.tag != "tr":
        if at.tag == "text":
            return None
        at = at.parent
    return at


def cells_beside(passage: Node) -> tuple[list[str], int]:
    """The texts of the row that the passage stands in (of all that its cell spans), and the place of its own; or none."""
    row = row_of(passage)
    if row is None or passage is row:
        return [], 0
    cell = passage
    while cell.parent is not None and cell.parent is not row:
        cell = cell.parent
    found = _texts_of(row)
    spanned = cell.attributes.get("rowspan", "1")
    if spanned != "1" and spanned.isdigit() and row.parent is not None:
        first = row.parent.children.index(row) + 1
        further = row.parent.children[first : first + int(spanned) - 1]
        found = [*found, *(text for other in further for text in _texts_of(other))]
    return found, row.children.index(cell)


def _texts_of(row: Node) -> list[str]:
    """Of its cells, found once: several entries cite the same row, and each is asked several things of it."""
    remembered = row.index.remembered
    key = _texts_of, row
    known: list[str] | None = remembered.get(key)
    if known is None:
        known = remembered[key] = [" ".join(cell.whole_text.split()) for cell in row.children]
    return known


def column_lacks(passage: Node, heading: str, word: str) -> bool:
    """The table of the passage has a column of this heading, and its row has not the word."""
    cells, _ = cells_beside(passage)
    return bool(cells) and not has_word(cells, " ".join(word.split())) and _headed(passage, heading)


def _headed(passage: Node, word: str) -> bool:
    table = table_of(passage)
    return table is not None and any(word in fold(head.whole_text).split() for head in table.index.below(table, "th"))


def table_of(passage: Node) -> Node | None:
    at: Node | None = passage
    while at is not None and at.tag not in ("table", "text"):
        at = at.parent
    return at if at is not None and at.tag == "table" else None


def has_word(cells: Sequence[str], word: str) -> bool:
    """One of the cells has the word; a number of one or two digits at its beginning or end: `1`, `1ère`, `dose 1(*)`."""
    bare = re.escape(word)
    if word.isdigit() and len(word) < 3:
        pattern = re.compile(rf"{bare}(?![0-9/]|[.,][0-9]).*|(?:.*[^\w/.,])?{bare}(?:\s?[(*¹²³].*)?")
        return any(pattern.fullmatch(cell) for cell in cells)
    return any(re.search(rf"(?<!\w){bare}(?!\w)", cell, re.IGNORECASE) for cell in cells)


def cells_headed(passage: Node, cells: Sequence[str], head: re.Pattern[str]) -> list[str]:
    """Those of the row whose column has such a heading, where each column has one."""
    heads = heads_over(passage, cells)
    return [cell for one, cell in zip(heads, cells, strict=False) if head.fullmatch(fold(one.whole_text))]


def heads_over(passage: Node, cells: Sequence[str]) -> Sequence[Node]:
    """The headings of the columns, where each cell of the row has one."""
    table = table_of(passage) if cells else None
    heads = table.index.below(table, "th") if table is not None else ()
    return heads if len(heads) == len(cells) else ()
