"""The rows and columns of the narrative: what stands beside a passage, and above it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from ...labels import fold
from ..node import Node, once

_RAISED = ("sup", "footnote", "footnoteRef")
IDEM = re.compile(r"(?i)idem\b|id\.|identique|[\"″=]$|(?:le |la )?m[êe]me")  # as the row above, or the cell before


def row_of(passage: Node) -> Node | None:
    """The row of a table that the passage stands in."""
    row = passage.nearest("tr", "text")
    return row if row is not None and row.tag == "tr" else None


def cells_beside(passage: Node) -> tuple[list[str], int]:
    """The texts of the row that the passage stands in (of all that its cell spans), and the place of its own; or none."""
    row = row_of(passage)
    if row is None or passage is row:
        return [], 0
    cell = passage
    while cell.parent is not None and cell.parent is not row:
        cell = cell.parent
    cells, found = _cells_of(row)
    spanned = _spanned(cell, "rowspan")
    if spanned > 1 and cell.parent is row and row.parent is not None:
        first = row.parent.children.index(row) + 1
        further = row.parent.children[first : first + spanned - 1]
        found = [*found, *(_said(one) for other in further for one in other.children)]
    return found, cells.index(cell)


@once  # several entries cite the same row, and each is asked several things of it
def _cells_of(row: Node) -> tuple[Sequence[Node], list[str]]:
    """With those of the rows above that reach down to it, and their texts."""
    spans = row.parent is not None and row.index.under("@rowspan") and row.index.below(row.parent, "@rowspan")
    cells = _with_those_above(row.parent)[row] if spans and row.parent is not None else row.children
    read = _said if row.index.under(_RAISED) else _said_plainly
    return cells, [read(cell) for cell in cells]


@once
def _with_those_above(body: Node) -> Mapping[Node, Sequence[Node]]:
    """The cells of each row of a table or of a part of it, with those of rows above that span it."""
    found: dict[Node, Sequence[Node]] = {}
    reaching: dict[int, tuple[Node, int]] = {}  # by column: a cell, and how many rows below it still has
    for row in body.children:
        cells = list(row.children)
        for column in sorted(reaching):
            cells.insert(column, reaching[column][0])
        spans = ((at, cell, reaching[at][1] if at in reaching else _spanned(cell, "rowspan")) for at, cell in enumerate(cells))
        reaching = {at: (cell, rows - 1) for at, cell, rows in spans if rows > 1}
        found[row] = cells
    return found


def _said(cell: Node) -> str:
    return " ".join(words_of(cell).split())


def _said_plainly(cell: Node) -> str:
    return " ".join(cell.whole_text.split())


@once
def narrative_text(narrative: Node) -> str:
    """All of it, which several rules look through."""
    return narrative.whole_text


def words_of(passage: Node) -> str:
    """Its text, what is raised set apart: `8<sup>1</sup>` is not 81; a letter is left out: `37<sup>a</sup>` is no age."""
    if not passage.children or not passage.index.under(_RAISED) or not passage.index.below(passage, _RAISED):
        return passage.whole_text
    return "".join(_pieces(passage.element))


def _pieces(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            said = "".join(_pieces(child))
            raised = child.tag.endswith(_RAISED)
            yield (" " if len(said.strip()) < 2 and not said.strip().isdigit() else f" {said} ") if raised else said
        yield child.tail or ""


def table_of(passage: Node) -> Node | None:
    table = passage.nearest("table", "text")
    return table if table is not None and table.tag == "table" else None


def cells_headed(passage: Node, cells: Sequence[str], head: re.Pattern[str]) -> list[str]:
    """Those of the row whose column has such a heading, where each column has one."""
    return [cell for one, cell in zip(headings_over(passage, cells), cells, strict=False) if head.fullmatch(one)]


def headings_over(passage: Node, cells: Sequence[str]) -> Sequence[str]:
    """The words of the column headings, in lower case without accents."""
    heads = heads_over(passage, cells)
    return _folded(*heads) if heads else ()


@once
def _folded(*heads: Node) -> Sequence[str]:
    return [fold(head.whole_text) for head in heads]


def heads_over(passage: Node, cells: Sequence[str]) -> tuple[Node, ...]:
    """The headings of the columns, where each cell of the row has one: those of the nearest row of as many above it."""
    row = row_of(passage) if cells else None
    return () if row is None else _heads_over(row, len(cells))


@once
def _heads_over(row: Node, columns: int) -> tuple[Node, ...]:
    above = (head.parent for head in reversed(heads_of(row)) if head.parent is not None and head.order < row.order)
    return tuple(next((each for one in above if len(each := _of_each_column(one)) == columns), ()))


def first_row_over(passage: Node, cells: Sequence[str]) -> Sequence[str]:
    """The cells of the first row of the table where it has no headings of columns, more than two of them, as many as the row of the
    passage, which is another: they may be headings that are not told as such."""
    row, table = row_of(passage), table_of(passage)
    if row is None or table is None or len(cells) < 3 or heads_of(passage):
        return ()
    first = table.index.below(table, "tr")[0]
    return _cells_of(first)[1] if first is not row and len(first.children) == len(cells) else ()


def _of_each_column(row: Node) -> Sequence[Node]:
    """The headings of a row; one that spans several columns stands for each."""
    return [head for head in row.children for _ in range(_spanned(head, "colspan"))]


def heads_of(passage: Node) -> Sequence[Node]:
    """Those of the columns of the table that the passage stands in, in rows of headings alone; not the title of several."""
    table = table_of(passage)
    found = table.index.below(table, "th") if table is not None else ()
    return [one for one in found if one.parent is not None and "td" not in one.parent.named and "colspan" not in one.attributes]


def _spanned(cell: Node, by: str) -> int:
    """The number of rows or columns that a cell spans; an impossible number counts as one."""
    spanned = cell.attributes.get(by, "1")
    return int(spanned) if spanned.isdecimal() and len(spanned) < 4 else 1
