"""The functions that compiled rules and constraints (library/programs/) call beside the methods of nodes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from types import CodeType, FunctionType
from typing import Any

from lxml import etree

from ..labels import same_label
from ..library.tables import Tables
from .node import Index, Node
from .zone import Zone

Item = Any  # a Node, or the text of an attribute or character data

_STRIPPED = "\x20\x09\x0d\x0a"
_MANY = 32
_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)")
_characters = etree.XPath("text()")
_place = attrgetter("order")


def function(program: CodeType, names: Mapping[str, Any]) -> FunctionType:
    """A program ready to run. names: what it calls beside the names of this module."""
    return FunctionType(program, {**NAMES, **names})


# ------------------------------------------------------------------ items


def string_value(item: Item) -> str:
    """The text of an element with that of all below it, or an attribute's value."""
    if type(item) is str:
        return item
    text: str = item.whole_text
    return text


def is_said(item: Item) -> bool:
    """Whether it has text other than spaces: `normalize-space() != ''`, without building the whole text."""
    if type(item) is str:
        return bool(item.strip(_STRIPPED))
    if item.has_text:
        return True
    return bool(item.children) and any(node.has_text for node in item.index.below(item, None))


def first(found: Sequence[Item]) -> str:
    """The text of a node set in XPath: that of its first node."""
    return string_value(found[0]) if found else ""


def first_text(found: Sequence[str]) -> str:
    """The same, of texts."""
    return found[0] if found else ""


def in_order(found: Sequence[Item]) -> Sequence[Item]:
    """Each node once, in document order. Texts are left as they are: they come from steps that give each once."""
    if len(found) < 2 or type(found[0]) is str:
        return found
    once = {*found}
    return sorted(found if len(once) == len(found) else once, key=_place)  # rows that are in order are soon sorted


def attributes_in_order(found: Iterable[tuple[int, int, str]]) -> list[str]:
    """Each attribute once, in document order. found: the order of its element, its place among the attributes there, its text."""
    return [text for _, _, text in sorted({*found})]


def counted(found: Sequence[Item], holds: Callable[[Item, int, int], bool]) -> list[Item]:
    size = len(found)
    return [item for position, item in enumerate(found, 1) if holds(item, position, size)]


def keep(index: Index, name: str, find: Callable[[Node], Any]) -> Any:
    """Keeps what a path from the root selects, once per document. name: the path as it is written."""
    known = index.remembered
    if name not in known:
        known[name] = find(index.root)
    return known[name]


# ------------------------------------------------------------------ axes


def parent(node: Node) -> Sequence[Node]:
    return () if node.parent is None else (node.parent,)


def ancestors(node: Node) -> list[Node]:
    """The nearest first, as positions count on this axis."""
    found = []
    current = node.parent
    while current is not None:
        found.append(current)
        current = current.parent
    return found


def _siblings(node: Node) -> tuple[Sequence[Node], int]:
    siblings = (node,) if node.parent is None else node.parent.children
    return siblings, next(place for place, sibling in enumerate(siblings) if sibling is node)


def before(node: Node) -> list[Node]:
    """The nearest first."""
    siblings, place = _siblings(node)
    return list(reversed(siblings[:place]))


def after(node: Node) -> list[Node]:
    siblings, place = _siblings(node)
    return list(siblings[place + 1 :])


def has_before(node: Node, tag: str) -> bool:
    """Whether a sibling of this tag stands before the node."""
    same = None if node.parent is None else node.parent.named.get(tag)
    return same is not None and same[0].order < node.order


def attribute(node: Node, name: str) -> Sequence[str]:
    return (node.attributes[name],) if name in node.attributes else ()


def claiming(node: Node, root: str, tag: str) -> Sequence[Node]:
    """Elements below a node that claim a template."""
    found = node.index.claims.get(root)
    if found is None:
        return ()
    if len(found) > _MANY:  # few are soon looked through, and need not be put in order for the whole document
        return [one for one in node.index.below(node, f"#{root}") if tag in (one.tag, "*")]
    first, end = node.order, node.end
    return in_order([one for one in found if first < one.order <= end and (tag in (one.tag, "*"))])


# ------------------------------------------------------------------ comparisons, numbers, texts


def differs(texts: Iterable[str], other: str) -> bool:
    return any(text != other for text in texts)


def meet(texts: Iterable[str], others: Iterable[str]) -> bool:
    return not frozenset(texts).isdisjoint(others)


def differ(texts: Iterable[str], others: Iterable[str]) -> bool:
    """Some text of the one differs from some text of the other."""
    one, other = frozenset(texts), frozenset(others)
    return bool(one and other) and len(one | other) > 1


def number(text: str) -> float:
    if text.isdigit() and text.isascii():
        return float(text)
    text = text.strip(_STRIPPED)
    return float(text) if _NUMBER.fullmatch(text) else math.nan


def is_true(value: float) -> bool:
    return not (math.isnan(value) or value == 0)


def spelled(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value == int(value) else repr(value)


def floor(value: float) -> float:
    return value if math.isnan(value) or math.isinf(value) else math.floor(value)


def ceiling(value: float) -> float:
    return value if math.isnan(value) or math.isinf(value) else math.ceil(value)


def rounded(value: float) -> float:
    return floor(value + 0.5)


def divided(one: float, other: float) -> float:
    if other == 0:
        return math.nan if one == 0 or math.isnan(one) else math.copysign(math.inf, one)
    return one / other


def remainder(one: float, other: float) -> float:
    return math.nan if other == 0 or math.isnan(one) or math.isnan(other) else math.fmod(one, other)


def substring(text: str, start: float, length: float = math.inf) -> str:
    first = rounded(start)
    last = first + rounded(length) if not math.isinf(length) else math.inf
    return "".join(character for place, character in enumerate(text, 1) if first <= place < last)


def translated(text: str, from_: str, to: str) -> str:
    table = {ord(character): (to[place] if place < len(to) else None) for place, character in reversed(list(enumerate(from_)))}
    return text.translate(table)


def name_of(found: Sequence[Item], name: str) -> str:
    tag = found[0].tag if found and isinstance(found[0], Node) else ""
    return tag.rpartition("}")[2].rpartition(":")[2] if name == "local-name" else tag


@lru_cache(maxsize=1024)
def whole_match(pattern: str) -> Callable[[str], re.Match[str] | None]:
    return re.compile(pattern).fullmatch


def matches(pattern: str, value: str) -> bool:
    return whole_match(pattern)(value) is not None


# ------------------------------------------------------------------ codes


def coded(attributes: Mapping[str, str]) -> str:
    return f"{attributes.get('code', '')}\n{attributes.get('codeSystem', '')}"


def value_set_facet(known_sets: Tables) -> Callable[[int, Node, str, Callable[..., None]], None]:
    """The check that a code is in a value set, not retired from it before the document, under a label that was published."""

    def value_set(check: int, node: Node, name: str, note: Callable[..., None]) -> None:
        attributes = node.attributes
        if "nullFlavor" in attributes:
            return
        known = known_sets.value_set(name)
        concepts = known.concepts
        if not concepts:
            return
        concept = attributes.get("codeSystem", ""), attributes.get("code", "")
        expected = concepts.get(concept)
        if expected is None:
            others = (system for system, code in concepts if code == concept[1])  # the code is there under another system
            note(check, "valueset", node, f"{coded(attributes)}\n{next(others, '')}")
            return
        if concept in known.ended and known.ended[concept] <= _day(node):
            note(check, "retired", node, f"{coded(attributes)}\n{known.ended[concept]}")
        written = attributes.get("displayName")
        if written is not None and expected and not same_label(written, expected):
            system, code = concept
            published = known_sets.labels(system).get(code, ""), known_sets.further_labels(system).get(code, "")
            if not any(same_label(written, label) for labels in published for label in labels.splitlines()):
                note(check, "label", node, f"{written}\n{expected}")

    return value_set


def _day(node: Node) -> str:
    """The day of the document that a node stands in, `2025-03-12`; one after all others where it is not written."""
    times = node.index.root.named.get("effectiveTime", ())
    written = next((time.attributes.get("value", "") for time in times), "")
    return f"{written[:4]}-{written[4:6]}-{written[6:8]}" if written[:8].isdigit() else "9999"


NAMES: Mapping[str, Any] = {
    "E": (),
    "__builtins__": {
        built.__name__: built for built in (bool, enumerate, float, frozenset, len, str, sum)
    },
    **{
        known.__name__: known
        for known in (
            after, ancestors, attribute, attributes_in_order, before, ceiling, claiming, coded, counted, differ, differs, divided,
            first, first_text, floor, has_before, in_order, is_said, is_true, keep, matches, meet, name_of, number, parent,
            remainder, rounded, same_label, spelled, string_value, substring, translated, whole_match,
        )
    },
    "zone": Zone,
    "ancestors_or_self": lambda node: [node, *ancestors(node)],
    "characters": lambda node: [str(text) for text in _characters(node.element)],  # type: ignore[union-attr]
    "substring_after": lambda text, mark: text.partition(mark)[2],
    "substring_before": lambda text, mark: text.partition(mark)[0] if mark in text else "",
}  # fmt: skip
