"""Whether a person can read a text as it is shown: no UTF-8 read in another encoding, no tags or entities of HTML, no
words that software left."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from .node import Node

_OF_SOFTWARE = frozenset(("null", "undefined", "NaN"))  # for want of a value; in capitals it may be a name
_NAMES = frozenset(("title", "family", "given", "city", "streetName"))
_LOST = re.compile(r"[^\W\d_]\?[^\W\d_]")  # what a transcoding leaves of accents; in free text two words may stand so
_LONGEST = 40  # signs, space around included
_ILLEGIBLE = re.compile(
    "Ã[\u0080-\u009f\u00a1-\u00bf‰€ŠŒŽšœž™]|(?<![A-Z])Ã\u00a0|Â[\u00a0-\u00bf]|[\ufffd\x92]|&(lt|gt|amp|quot|nbsp|[a-zA-Z](acute|grave|circ|cedil|uml)|#[0-9]+);"
    r"|\$\{[^{}]*\}|\{\{[^{}]*\}\}|\[object [A-Z]\w*\]"
    "|</?(b|i|u|p|br|hr|div|span|font|table|tr|td|th|ul|ol|li|strong|em|h[1-6]|img|html|body)( [^<>]*)?/?>"
)


def is_legible(text: str) -> bool:
    if len(text) <= _LONGEST and text.strip() in _OF_SOFTWARE:
        return False
    return not _is_suspect(text) or _ILLEGIBLE.search(text) is None


def legible(nodes: Sequence[Node]) -> Collection[Node]:
    """Those whose texts are. Mostly all are, which is seen of their texts together."""
    texts = [node.whole_text for node in nodes]
    together = "\n".join(texts)
    held = nodes
    if not _OF_SOFTWARE.isdisjoint(map(str.strip, texts)) or _is_suspect(together):
        held = [node for node, text in zip(nodes, texts, strict=True) if is_legible(text)]
    if "?" in together:
        lost = {node for node, text in zip(nodes, texts, strict=True) if "?" in text and node.tag in _NAMES and _LOST.search(text)}
        held = [node for node in held if node not in lost] if lost else held
    return frozenset(held)


def _is_suspect(text: str) -> bool:
    """It has signs of what is not legible, which are found ten times faster."""
    if "<" in text or "&" in text or "{" in text or "[object " in text:
        return True
    return not text.isascii() and ("Ã" in text or "Â" in text or "\ufffd" in text or "\x92" in text)
