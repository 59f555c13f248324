"""Does the entry of a row cite, in one of the columns, the passage of another row?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from operator import attrgetter

from ..node import Node, once, section_of
from .tables import IDEM, row_of

_WORD = re.compile(r"[^\W\d_]{3}")
_AS_ABOVE = re.compile(rf"{IDEM.pattern}|(?:cf|voir|v|ci-dessus|comme|ibid(?:em)?|ditto)\b")
_order = attrgetter("order")


def left_for_another_row(text: Node) -> str:
    """The ID of a passage that nothing cites, where an entry that cites its row cites in its column the passage of another row,
    which another entry cites by an element of the same kind; or nothing. A cell that tells `idem`, `cf.`, or no word, is left
    with reason."""
    citing = _citing(section_of(text))
    shared = {identifier for identifier, entries in citing.items() if len(entries) > 1 and _cite_alike(entries)}
    return next(_left(text, citing, shared), "") if shared else ""


def _left(text: Node, citing: Mapping[str, Mapping[Node, Node]], shared: Collection[str]) -> Iterator[str]:
    """shared: the passages that several entries cite."""
    rows: defaultdict[Node, set[Node]] = defaultdict(set)  # those that each entry cites
    passages = [node for node in text.index.below(text, "@ID") if node.attributes["ID"] in citing]
    for passage in passages:
        if (row := row_of(passage)) is not None:
            for entry in citing[passage.attributes["ID"]]:
                rows[entry].add(row)
    for passage in passages:
        row = row_of(passage)
        if row is None or passage is row or passage.attributes["ID"] not in shared:
            continue
        entries = citing[passage.attributes["ID"]]
        column = next(at for at, cell in enumerate(row.children) if cell.order <= passage.order <= cell.end)
        for own in sorted(set().union(*(rows[entry] for entry in entries)), key=_order):
            if own is row or own.parent is not row.parent or len(own.children) != len(row.children):
                continue
            cell = own.children[column]
            identifiers = [node.attributes["ID"] for node in cell.index.below(cell, "@ID", or_self=True)]
            is_left = identifiers and citing.keys().isdisjoint(identifiers) and _tells(cell)
            if is_left and any(own not in rows[entry] for entry in entries):
                yield identifiers[0]


@once
def _citing(section: Node) -> Mapping[str, Mapping[Node, Node]]:
    """The entries that cite each passage, with what each cites it by first."""
    found: defaultdict[str, dict[Node, Node]] = defaultdict(dict)
    for reference in section.index.below(section, "reference"):
        entry: Node | None = reference
        while entry is not None and entry.tag not in ("entry", "section"):
            entry = entry.parent
        if entry is not None and entry.tag == "entry":
            found[reference.attributes.get("value", "").removeprefix("#")].setdefault(entry, reference)
    return found


def _cite_alike(entries: Mapping[Node, Node]) -> bool:
    """Two by an element of the same kind: the name of one may be the reason of another."""
    return len({_path(entry, reference) for entry, reference in entries.items()}) < len(entries)


def _path(entry: Node, reference: Node) -> tuple[str, ...]:
    tags: list[str] = []
    at: Node | None = reference
    while at is not None and at is not entry:
        tags.append(at.tag)
        at = at.parent
    return tuple(tags)


def _tells(cell: Node) -> bool:
    said = cell.whole_text.strip(" \t\r\n([«")
    return _WORD.search(said) is not None and _AS_ABOVE.match(said) is None
