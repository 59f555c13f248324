"""Names, titles and labels of a document that has signs of a broken encoding: UTF-8 that was read as another, and written again."""

from __future__ import annotations

from ....documents.fhir_tree import Node
from ...functions.legibility import OF_SOFTWARE
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
                    texts = (one for one in holder.children[name] if isinstance(one.value, str))
                    found += [one for one in texts if one.value not in OF_SOFTWARE]  # of a gene, null is a result
    return found
