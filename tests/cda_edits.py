"""Edits of a CDA, each a function on its root: the vocabulary in which tests say what a vendor got wrong."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

NS = {"c": "urn:hl7-org:v3", "p": "urn:ihe:pharm:medication", "xsi": "http://www.w3.org/2001/XMLSchema-instance"}

Edit = Callable[[Any], None]


def one(root: Any, path: str) -> Any:
    found = root.xpath(path, namespaces=NS)
    assert found, path
    return found[0]


def put(path: str, attribute: str, value: str) -> Edit:
    return lambda root: one(root, path).set(attribute, value)


def lose(path: str, attribute: str) -> Edit:
    return lambda root: one(root, path).attrib.__delitem__(attribute)


def drop(path: str) -> Edit:
    return lambda root: one(root, path).getparent().remove(one(root, path))


def text(path: str, value: str) -> Edit:
    return lambda root: setattr(one(root, path), "text", value)


def twice(path: str) -> Edit:
    return lambda root: one(root, path).addnext(copy.deepcopy(one(root, path)))


def all_of(*edits: Edit) -> Edit:
    """One after the other."""

    def edit(root: Any) -> None:
        for each in edits:
            each(root)

    return edit
