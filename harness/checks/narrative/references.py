"""Were references exchanged: between two observations of a section, or between the rows of a table?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import attrgetter

from ...labels import akin
from ..node import Node, once, section_of
from .labels import PassageOf, asked_of, label_of, reference_of, tells, words_named
from .tables import IDEM, cells_beside, row_of

_Codes = tuple[str, ...]


def are_exchanged(entry: Node, passage: Node, passage_of: PassageOf) -> bool:
    """Whether two references were exchanged, by the words of their answers or by what their rows are about."""
    asked, answer = asked_of(entry), label_of(entry)
    if not asked or not answer or tells(passage.whole_text, [answer, asked]):
        return False
    others = _by_codes(section_of(entry), entry.tag)
    alike = others.get(_codes_of(entry), ())
    return _answers_are_exchanged(entry, passage, passage_of, alike) or _rows_are_exchanged(asked, passage, passage_of, others)


def _answers_are_exchanged(entry: Node, passage: Node, passage_of: PassageOf, alike: Sequence[Node]) -> bool:
    """It cites the very words of the answer of another to the same question, which cites those of its own: of a mother and a
    father, each in a column."""
    own = words_named(label_of(entry)) if len(alike) > 1 else None
    if not own:
        return False
    said = words_named(passage.whole_text)
    others = (other for other in alike if other is not entry and words_named(label_of(other)) == said)
    theirs = (passage_of(reference_of(other, "text")) for other in others)
    return any(one is not None and words_named(one.whole_text) == own for one in theirs)


def _rows_are_exchanged(asked: str, passage: Node, passage_of: PassageOf, others: Mapping[_Codes, Sequence[Node]]) -> bool:
    """`Certitude` cites a cell of the row `Statut du patient`, and `Statut clinique` one of the row `Certitude de la maladie`."""
    row = _row_name(passage)
    if not row or akin(row, [asked]):
        return False
    for alike in others.values():
        question = asked_of(alike[0])
        if akin(row, [question]) and not akin(question, [asked]):
            passages = (passage_of(reference_of(other, "text")) for other in alike)
            rows = (_row_name(theirs) for theirs in passages if theirs is not None)
            if any(akin(its_row, [asked]) and not akin(its_row, [question]) for its_row in rows):
                return True
    return False


def _row_name(passage: Node) -> str:
    """The first cell of the row, where it has just two cells and the passage is the other one."""
    row = row_of(passage)
    if row is None or len(row.children) != 2:
        return ""
    cells, place = cells_beside(passage)
    return cells[0] if len(cells) == 2 and place == 1 else ""


@once
def _by_codes(section: Node, tag: str) -> Mapping[_Codes, Sequence[Node]]:
    """The entries that have a text, by the code of their question."""
    found: defaultdict[_Codes, list[Node]] = defaultdict(list)
    for entry in section.index.below(section, tag):
        if "text" in entry.named:
            found[_codes_of(entry)].append(entry)
    return found


def _codes_of(entry: Node) -> _Codes:
    """That of its question, with its qualifiers."""
    coded = (one for code in entry.named.get("code", ()) for one in entry.index.below(code, "@code", or_self=True))
    return tuple(one.attributes["code"] for one in coded)


_WORD = re.compile(r"[^\W\d_]{3}")
_AS_ABOVE = re.compile(rf"{IDEM.pattern}|(?:cf|voir|v|ci-dessus|comme|ibid(?:em)?|ditto)\b")
_order = attrgetter("order")


def left_for_another_row(text: Node) -> str:
    """The ID of a passage that nothing cites, where an entry that cites its row cites in its column the passage of another row,
    which another entry cites by an element of the same kind; or nothing. A cell that tells `idem`, `cf.`, or no word, is left
    with reason."""
    section = section_of(text)
    entries = section.index.below(section, "entry")
    cited = [{one.attributes.get("value") for one in entry.index.below(entry, "reference")} for entry in entries]
    if sum(map(len, cited)) == len(set().union(*cited)):  # mostly: no passage is cited by two
        return ""
    citing = _citing(section)
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
    for entry in section.index.below(section, "entry"):
        for reference in entry.index.below(entry, "reference"):
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
