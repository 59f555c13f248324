"""All that stands below several nodes of a document, queried as if it were one tree."""

from __future__ import annotations

from collections.abc import Sequence

from .node import NONE, Keys, Node, between, each_of, may_repeat

_FEW = 8  # nodes, of a zone: all of them are looked at sooner than those of a name are found


class Zone:
    """Everything below some nodes of a document, given in its order. Ranges that follow each other are one, so that a look-up costs
    little."""

    __slots__ = ("_index", "_ranges", "_size", "_tags", "_top", "_tops")

    def __init__(self, contexts: Sequence[Node]) -> None:
        self._top: Node | None = contexts[0] if len(contexts) == 1 else None
        self._ranges: list[tuple[int, int]] = []
        if self._top is not None or not contexts:
            return
        self._index = contexts[0].index
        self._tops = {node.order for node in contexts}
        self._tags = {node.tag for node in contexts}
        self._size = 0
        begin, end = contexts[0].order, contexts[0].end
        for node in contexts:
            if node.order > end + 1:
                self._ranges.append((begin, end))
                self._size += end - begin + 1
                begin, end = node.order, node.end
            elif node.end > end:
                end = node.end
        self._ranges.append((begin, end))
        self._size += end - begin + 1

    def below(self, keys: Keys, or_self: bool = False) -> Sequence[Node]:
        """Descendants that stand under one of the keys, each once, in document order."""
        if self._top is not None:
            return self._top.index.below(self._top, keys, or_self)
        ranges = self._ranges
        if not ranges:
            return NONE
        each = each_of(keys)
        few = len(ranges) > 1 and self._size <= _FEW * len(ranges)
        if few and (not may_repeat(keys) or (len(each) == 1 and each[0][0] == "@")):
            held = [node for begin, end in ranges for node in self._index.at(begin, end)]
            name = each[0][1:]
            found: Sequence[Node] = [node for node in held if (name in node.attributes if each[0][0] == "@" else node.tag in each)]
        else:
            among = self._index.within(keys, ranges[0][0], ranges[-1][1])
            if among and len(ranges) > 1:
                among = [node for begin, end in ranges for node in between(among, begin, end)]
            found = among
        return found if or_self or not found or not self._holds_tops(keys) else self._without_tops(found)

    def _holds_tops(self, keys: Keys) -> bool:
        """Whether one of the top nodes may itself stand under the keys."""
        return may_repeat(keys) or not self._tags.isdisjoint(each_of(keys))

    def _without_tops(self, found: Sequence[Node]) -> Sequence[Node]:
        """A context that stands below another is below it; the others are not."""
        tops = self._tops
        return [node for node in found if node.order not in tops or _has_ancestor_among(node, tops)]


def _has_ancestor_among(node: Node, orders: set[int]) -> bool:
    above = node.parent
    while above is not None:
        if above.order in orders:
            return True
        above = above.parent
    return False
