"""Applies the edits of a mutation to a copy of a document (docs/profile-format.md)."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from ..model import Mutation
from ..namespaces import NAMESPACES, XSI_TYPE, as_document, attribute_named, element_named

_ATTRIBUTE = re.compile(r"(?:(?P<element>.*)/)?@(?P<name>[\w.:-]+)", re.DOTALL)


class _NotApplicable(Exception):
    """An edit finds nothing to work on in this document."""


def apply(mutation: Mutation, root: etree._Element) -> etree._Element | None:
    """A mutated deep copy of the document, None when one of the edits finds nothing in it.

    Raises ValueError for an edit that cannot be understood (an XPath or a fragment that is malformed).
    """
    try:
        _first(root, _place(mutation.edits[0]))
        mutated = copy.deepcopy(root)
        for edit in mutation.edits:
            verb = next(verb for verb in _VERBS if verb in edit)
            _VERBS[verb](mutated, edit)
    except _NotApplicable:
        return None
    except (etree.XPathError, etree.XMLSyntaxError) as error:
        raise ValueError(f"mutation {mutation.id}: {error}") from None
    return mutated


def _set(root: etree._Element, edit: Mapping[str, Any]) -> None:
    """Set an attribute, added where it is missing, or the text of an element."""
    attribute = _ATTRIBUTE.fullmatch(edit["set"])
    if attribute:
        _first(root, attribute["element"] or ".").set(attribute_named(attribute["name"]), edit["to"])
    else:
        _first(root, edit["set"]).text = edit["to"]


def _drop(root: etree._Element, edit: Mapping[str, Any]) -> None:
    attribute = _ATTRIBUTE.fullmatch(edit["drop"])
    if attribute:
        bearing = _first(root, attribute["element"] or ".").attrib
        name = attribute_named(attribute["name"])
        if name not in bearing:
            raise _NotApplicable
        del bearing[name]
        return
    element = _first(root, edit["drop"])
    parent = _parent(element)
    _keep_tail(element)
    parent.remove(element)


def _repeat(root: etree._Element, edit: Mapping[str, Any]) -> None:
    element = _first(root, edit["repeat"])
    parent = _parent(element)
    again = copy.deepcopy(element)  # with the text that follows it, which then follows both
    element.tail = None
    parent.insert(parent.index(element) + 1, again)


def _rename(root: etree._Element, edit: Mapping[str, Any]) -> None:
    _first(root, edit["rename"]).tag = element_named(edit["to"])


def _insert(root: etree._Element, edit: Mapping[str, Any]) -> None:
    holder = etree.fromstring(as_document(edit["insert"]))
    into = _first(root, edit["into"])
    at = edit.get("at", "last")
    place = {"first": 0, "last": len(into)}.get(at, at - 1 if isinstance(at, int) else 0)
    for number, element in enumerate(holder):
        into.insert(place + number, element)


def _move(root: etree._Element, edit: Mapping[str, Any]) -> None:
    element = _first(root, edit["move"])
    target = _first(root, edit.get("before") or edit["after"])
    _parent(target)
    _keep_tail(element)
    _parent(element).remove(element)
    (target.addprevious if "before" in edit else target.addnext)(_without_tail(element))


def _retype(root: etree._Element, edit: Mapping[str, Any]) -> None:
    _first(root, edit["retype"]).set(XSI_TYPE, edit["to"])


_VERBS: dict[str, Callable[[etree._Element, Mapping[str, Any]], None]] = {
    "set": _set,
    "drop": _drop,
    "repeat": _repeat,
    "rename": _rename,
    "insert": _insert,
    "move": _move,
    "retype": _retype,
}


def _place(edit: Mapping[str, Any]) -> str:
    """XPath of the element that an edit works on, looked for before anything is copied."""
    path: str = edit.get("into") or next(edit[verb] for verb in _VERBS if verb in edit)
    attribute = _ATTRIBUTE.fullmatch(path)
    return (attribute["element"] or ".") if attribute else path


def _first(root: etree._Element, path: str) -> etree._Element:
    found = root.xpath(path, namespaces=NAMESPACES)
    if isinstance(found, list):
        for node in found:
            if isinstance(node, etree._Element):
                return node
    raise _NotApplicable


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    if parent is None:
        raise _NotApplicable
    return parent


def _keep_tail(element: etree._Element) -> None:
    """Keep the text after an element, which lxml would remove with it, in its parent."""
    if not element.tail:
        return
    before, parent = element.getprevious(), _parent(element)
    if before is not None:
        before.tail = (before.tail or "") + element.tail
    else:
        parent.text = (parent.text or "") + element.tail


def _without_tail(element: etree._Element) -> etree._Element:
    element.tail = None
    return element
