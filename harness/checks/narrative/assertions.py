"""Does the narrative plainly tell what an entry denies?

A text denies in more words than a list has: what is asserted is a passage that has the words of the entry and no others, alone in
its paragraph, its item or its cell, in a row of dates, of labels of the entries around and of other passages that they cite.
"""

from __future__ import annotations

import re

from ...labels import fold
from ..node import Node
from .dates import DATES
from .labels import PassageOf, reference_of

_SMALL = frozenset("a au aux d dans de des du en et l la le les ou par pour un une".split())  # noqa: SIM905
_BEGINNING = 5  # letters: `cancer` and `cancers`
_CODED = re.compile(r"[\[(](?:[A-Z][\w -]{1,12}:\s*)?[A-Z]?[0-9][0-9A-Z.]*[\])]")  # `[CIM-10 : T78.3]`, not `(normal en 2012)`
_BLOCKS = frozenset(("td", "th", "item", "paragraph", "text"))


def is_asserted(entry: Node, passage_of: PassageOf) -> bool:
    coded = (one for tag in ("value", "code") for one in entry.named.get(tag, ()))
    reference = reference_of(entry, "text") or next(filter(None, (reference_of(one, "originalText") for one in coded)), "")
    passage = passage_of(reference)
    return passage is not None and _has_its_words_alone(passage.whole_text, entry) and _stands_alone(passage, entry)


def _has_its_words_alone(said: str, labelled: Node) -> bool:
    labels = [node.attributes["displayName"] for node in labelled.index.below(labelled, "@displayName")]
    labels += [node.text for node in labelled.index.below(labelled, "name")]
    known = {word[:_BEGINNING] for label in labels for word in fold(label).split()}
    words = [word for word in fold(_CODED.sub("", said)).split() if word not in _SMALL and not word.isdigit()]
    return bool(words) and all(word[:_BEGINNING] in known for word in words)


def _stands_alone(passage: Node, entry: Node) -> bool:
    block = passage.nearest(*_BLOCKS)
    if block is None or block.whole_text.strip() != passage.whole_text.strip():
        return False
    row = block.parent
    cells = row.children if row is not None and row.tag == "tr" else ()
    around = entry.nearest("entry") or entry
    return all(cell is block or _is_date_or_cited(cell) or _has_its_words_alone(cell.whole_text, around) for cell in cells)


def _is_date_or_cited(cell: Node) -> bool:
    said = cell.whole_text.strip()
    if not said or (DATES.fullmatch(said) and any(map(str.isdigit, said))):  # not `/`, which denies
        return True
    return any(one.whole_text.strip() == said for one in cell.index.below(cell, "@ID", or_self=True))
