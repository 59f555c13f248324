"""Edits of a CDA, each a function on its root: the vocabulary in which tests say what a vendor got wrong."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from lxml import etree

NS = {"c": "urn:hl7-org:v3", "p": "urn:ihe:pharm:medication", "xsi": "http://www.w3.org/2001/XMLSchema-instance"}

Edit = Callable[[Any], None]


def one(root: Any, path: str) -> Any:
    found = root.xpath(path, namespaces=NS)
    assert found, path
    return found[0]


def element(xml: str) -> Any:
    """Of the namespace of CDA, where it says no other."""
    names = f'xmlns="{NS["c"]}" xmlns:xsi="{NS["xsi"]}" xmlns:sdtc="urn:hl7-org:sdtc"'
    return etree.fromstring(f"<x {names}>{xml}</x>")[0]


def after(path: str, xml: str) -> Edit:
    return lambda root: one(root, path).addnext(element(xml))


def before(path: str, xml: str) -> Edit:
    return lambda root: one(root, path).addprevious(element(xml))


def into(path: str, xml: str) -> Edit:
    """As its last child."""
    return lambda root: one(root, path).append(element(xml))


def first_in(path: str, xml: str) -> Edit:
    return lambda root: one(root, path).insert(0, element(xml))


def instead(path: str, xml: str) -> Edit:
    return lambda root: one(root, path).getparent().replace(one(root, path), element(xml))


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
