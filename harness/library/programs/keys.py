"""Node tests of XPath steps, and the keys of a document's index by which a step can find its nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..expressions import Expression, depends_on_position

TO_ROOT = (("attribute", ("name", "root"), ()),)
CLAIMED = ("path", "context", (("child", ("name", "templateId"), ()), *TO_ROOT))  # templateId/@root


def tag_test(test: tuple[Any, ...], tag: str) -> str:
    """A test of a tag, written as Python; empty where every tag passes."""
    match test:
        case ("name", name):
            return f"{tag} == {name!r}"
        case ("any in", ""):
            return f"':' not in {tag} and '{{' not in {tag}"
        case ("any in", prefix):
            return f"{tag}.startswith({prefix!r})"
    return ""


def index_keys(test: tuple[Any, ...], predicates: Sequence[Expression]) -> tuple[tuple[str, ...] | None, Sequence[Expression]]:
    """Keys of the document's index, under one of which every node that can pass stands, and the predicates left to ask.

    A tag, `#root` of a template that is claimed, `=name=value` of an attribute, `/tag` of a child, or `@name` of an attribute. None
    when there are no such keys.
    """
    if test[0] == "name":
        return (test[1],), predicates
    if test[0] not in ("any", "node"):
        return None, predicates
    best: tuple[str, ...] | None = None
    chosen = -1
    for number, predicate in enumerate(predicates):
        if depends_on_position(predicate):
            break
        keys = _keys(predicate)
        if keys is not None and (best is None or _spread(keys) < _spread(best)):
            best, chosen = keys, number
    if best is None:
        return None, predicates
    left = [predicate for number, predicate in enumerate(predicates) if number != chosen or not _is_just_keys(predicate)]
    return best, left


def _spread(keys: tuple[str, ...]) -> int:
    """Fewer nodes have a tag, claim a template or have a value than have a child of one tag, and fewer that than an attribute."""
    return max("/@".find(key[0]) for key in keys)


def _keys(predicate: Any) -> tuple[str, ...] | None:
    match predicate:
        case ("path", "context", (("self", ("name", tag), _), *_)):
            return (tag,)
        case ("path", "context", (("attribute", ("name", name), ()),)):
            return (f"@{name}",)
        case ("path", "context", (("child", ("name", tag), _), *_)):
            return (f"/{tag}",)
        case ("compare", "=", left, ("text", root)) if left == CLAIMED:
            return (f"#{root}",)
        case ("compare", "=", left, ("text", value)) if _is_attribute(left):
            return (f"={left[2][0][1][1]}={value}",)
        case ("compare", "=", left, right):
            return _keys(left) if left[0] == "path" else _keys(right)
        case ("or", left, right):
            one, other = _keys(left), _keys(right)
            return None if one is None or other is None else tuple(dict.fromkeys((*one, *other)))
        case ("and", left, right):
            return min(filter(None, (_keys(left), _keys(right))), key=_spread, default=None)
    return None


def _is_just_keys(predicate: Any) -> bool:
    """Every node that stands under its keys passes: `@a or @b = '1' or self::x or y or templateId/@root = '1.2'`."""
    match predicate:
        case ("path", "context", (("self" | "attribute" | "child", ("name", _), ()),)):
            return True
        case ("compare", "=", left, ("text", _)):
            return left == CLAIMED or _is_attribute(left)
        case ("or", left, right):
            return _is_just_keys(left) and _is_just_keys(right)
    return False


def _is_attribute(path: Any) -> bool:
    """`@name`"""
    match path:
        case ("path", "context", (("attribute", ("name", _), ()),)):
            return True
    return False
