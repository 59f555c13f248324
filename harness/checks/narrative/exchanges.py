"""Do two observations of a section cite each the passage of the other?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from ...labels import akin
from ..node import Node, once, section_of
from .labels import asked_of, label_of, reference_of, tells, words_named
from .tables import cells_beside, row_of

PassageOf = Callable[[str], Node | None]
_Codes = tuple[str, ...]


def are_exchanged(entry: Node, passage: Node, passage_of: PassageOf) -> bool:
    """By the words of their answers, or by what the rows are of."""
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
    """Its first cell, where there are but two and the passage is the other."""
    row = row_of(passage)
    if row is None or len(row.children) != 2:
        return ""
    cells, place = cells_beside(passage)
    return cells[0] if len(cells) == 2 and place == 1 else ""


@once
def _by_codes(section: Node, tag: str) -> Mapping[_Codes, Sequence[Node]]:
    """Its entries that have a text, by what they are asked."""
    found: defaultdict[_Codes, list[Node]] = defaultdict(list)
    for entry in section.index.below(section, tag):
        if "text" in entry.named:
            found[_codes_of(entry)].append(entry)
    return found


def _codes_of(entry: Node) -> _Codes:
    """That of its question, with its qualifiers."""
    coded = (one for code in entry.named.get("code", ()) for one in entry.index.below(code, "@code", or_self=True))
    return tuple(one.attributes["code"] for one in coded)
