"""Names, titles and labels of a document that has signs of a broken encoding: UTF-8 that was read as another, and written again.

Of the others, words of software among them, nothing is asked: of a gene, null is a result; markdown has tags and entities.
"""

from __future__ import annotations

from ....documents.fhir_tree import Node
from ..fhirpath import Context
from ..fhirpath.evaluation import Items

_SHOWN = frozenset({"family", "given", "prefix", "suffix", "title", "display", "text", "name", "line", "city", "district"})
_SIGNS = ("Ã", "Â", "€", "\ufffd", "\x80", "\x92")  # single ones, which are found at once; of â€™ its second


def doubtful(items: Items, _context: Context) -> Items:
    """Mostly there is none, which is seen of the whole document; in JSON that is all ASCII it is not looked for."""
    found: Items = []
    for item in items:
        if isinstance(item, Node) and (source := item.root.source) is not None and source.says(_SIGNS):
            for holder in item.holders:
                for name in _SHOWN.intersection(holder.children):
                    found += [one for one in holder.children[name] if _is_doubtful(one.value)]
    return found


def _is_doubtful(text: object) -> bool:
    return isinstance(text, str) and any(sign in text for sign in _SIGNS)
