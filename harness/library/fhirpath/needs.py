"""The children a node needs for an expression to find anything: elsewhere it is not evaluated."""

from __future__ import annotations

from .further import FURTHER
from .names import CHOICE_NAMES
from .syntax import Binary, Call, Dot, Expression, Index, Member, Special, TypeTest
from .truths import texts_told

Needs = frozenset[str]
"""Names of children, `name[x]` of a choice, and `name()` of functions of ours that have to find something, `name().child` where one
of what they find has to have such a child, `name().child=one other` where that has to be one of these texts, `is Type` of the node
itself; `one|other` where either is enough."""

NOTHING: Needs = frozenset()
_ITEMS_OF_ITEMS = frozenset({"where", "select", "ofType", "as", "resolve", "first", "last", "tail", "extension", "extensionEnding"})
_OF_TEXT = frozenset({"startsWith", "endsWith", "matches", "matchesFull", "contains"})
_OF_OTHERS = frozenset({"Resource", "DomainResource", "Element", "BackboneElement", "Quantity"})  # types that others come from
_COMPARED = frozenset({"=", "!=", "<", ">", "<=", ">="})


def needs(tree: Expression) -> Needs:
    """Of what finds items. Fewer than it needs where that cannot be told from its form."""
    match tree:
        case Member(name=name):
            if name[0].isupper() or name == "value":  # which may be that of the node itself
                return NOTHING
            return frozenset((f"{name}[x]" if name in CHOICE_NAMES else name,))
        case Dot(left=left, right=Call() as call) if call.name not in _ITEMS_OF_ITEMS and not _is_start(left):
            return NOTHING  # it may find something in nothing
        case Dot(left=left, right=Call(name="where", arguments=(condition,))) if name := _gathering(left):
            inside = {f"{name}.{one}" for one in _to_be_true(condition) if one.isidentifier()}
            told = {f"{name}.{child}={' '.join(sorted(texts))}" for child, texts in _told(condition)}
            return needs(left) | inside | told
        case Dot(Call(name="iif", arguments=(_, other, Special("this"))), Call(name="where", arguments=(condition,))):
            return frozenset(f"{one}|{this}" for one in needs(other) for this in _to_be_true(condition))
        case Dot(left=left, right=right):
            return needs(right) if _is_start(left) else needs(left)
        case Index(left=left) | TypeTest(operator="as", left=left):
            return needs(left)
        case Binary(operator="|", left=left, right=right):
            return needs(left) & needs(right)
        case Call(name="where", arguments=(condition,)):
            return _to_be_true(condition)
        case Call(name="select", arguments=(found,)):
            return needs(found)
        case Call(name="extension" | "extensionEnding"):
            return frozenset(("extension",))
        case Call():
            return frozenset((name,)) if (name := _gathering(tree)) else NOTHING
    return NOTHING


def _gathering(tree: Expression) -> str:
    """`name()` of a function of ours that finds items from the node itself."""
    match tree:
        case Dot(left=left, right=right) if _is_start(left):
            return _gathering(right)
        case Call(name=name, arguments=()) if name in FURTHER and FURTHER[name].gives == "items":
            return f"{name}()"
    return ""


def _to_be_true(tree: Expression) -> Needs:
    match tree:
        case Binary(operator="and", left=left, right=right):
            return _to_be_true(left) | _to_be_true(right)
        case Binary(operator="or", left=left, right=right):
            return _to_be_true(left) & _to_be_true(right)
        case Binary(operator=operator, left=left, right=right) if operator in _COMPARED:
            return needs(left) | needs(right)  # what is compared with nothing is not true
        case Binary(operator="in", left=left):
            return needs(left)
        case TypeTest(operator="is", left=Special(name="this"), type=type_) if type_ not in _OF_OTHERS:
            return frozenset((f"is {type_}",))
        case Dot(left=left, right=Call(name="exists")):
            return NOTHING if _is_start(left) else needs(left)
        case Dot(left=left, right=Call(name=name)) if name in _OF_TEXT:
            return NOTHING if _is_start(left) else needs(left)
    return NOTHING


def _told(tree: Expression) -> list[tuple[str, frozenset[str]]]:
    """The children that have to be one of some texts for it to be true."""
    match tree:
        case Binary(operator="and", left=left, right=right):
            return [*_told(left), *_told(right)]
        case Binary(operator="=" | "in", left=Member(name=name), right=right) if name not in CHOICE_NAMES:
            texts = frozenset(texts_told(right))
            return [(name, texts)] if texts and not any(" " in text or "|" in text for text in texts) else []
    return []


def _is_start(tree: Expression) -> bool:
    """`Patient` and `$this` are the node itself."""
    return (isinstance(tree, Member) and tree.name[0].isupper()) or (isinstance(tree, Special) and tree.name == "this")
