"""Judges a document against the CDA classes of its elements in one walk: data types, attributes, text and sequence of children."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...model import Text
from ..node import Node
from .children import check_children
from .classes import FREE, CdaClass, Classes
from .forms import Form, listed, words
from .remarks import XSI_TYPE, Remarks, Report

_GLOBAL_ATTRIBUTES = frozenset({XSI_TYPE, "xsi:schemaLocation", "xsi:noNamespaceSchemaLocation"})
_REMEMBERED = 4096  # rows of children kept for each class
_REMEMBERED_VALUES = 1024  # of each of its attributes
_REMEMBERED_CHILDREN = 64
_REMEMBERED_LENGTH = 256
_SHOWN = 60  # characters of a value that a message repeats


class Grammar(Classes):
    """Judges documents by the classes of CDA."""

    def check(self, root: Node, report: Report) -> None:
        """Judge a whole document, `root` being its ClinicalDocument; each defect goes to `report` once."""
        remarks = Remarks(self.words, report)
        nodes: list[Any] = [root]  # and grows by the children of each, as the row of their classes does
        classes: list[CdaClass | None] = [self.root(root.tag)]
        for node, cls in zip(nodes, classes):  # noqa: B905 - as many, and asking costs as much as the rest
            if cls is None:  # not known there, which was told
                continue
            attributes = node.attributes
            if attributes or cls.never_bare:
                if XSI_TYPE in attributes or cls.abstract:
                    cls = self._actual_class(node, cls, remarks)
                if cls.free:
                    continue
                accepted = cls.accepted
                for name, value in attributes.items():
                    if value not in accepted.get(name, ()):
                        _check_attributes(node, cls, remarks)
                        break
                else:
                    if cls.required and cls.required.difference(attributes):
                        _check_attributes(node, cls, remarks)
            elif cls.free:
                continue
            if node.has_text and not cls.text:
                remarks.tell("text", node)
            children = node.children
            if not children and cls.may_be_empty:
                continue
            named = node.named
            tags = tuple(named) if len(named) == len(children) else tuple([child.tag for child in children])
            followed = cls.followed.get(tags)
            if followed is None:
                followed = self._follow(node, cls, tags, remarks)
            nodes += children
            classes += followed

    def _follow(self, node: Node, cls: CdaClass, tags: tuple[str, ...], remarks: Remarks) -> tuple[CdaClass | None, ...]:
        """The class of each child, None where it is not known; a row of children without defect is remembered."""
        sound = check_children(node, cls, remarks)
        named = [cls.content.classes.get(tag) for tag in tags]
        classes = tuple(None if name is None else self.class_named(name) for tag, name in zip(tags, named, strict=True))
        if sound and len(cls.followed) < _REMEMBERED and len(tags) < _REMEMBERED_CHILDREN:
            cls.followed[tags] = classes
        return classes

    def _actual_class(self, node: Node, declared: CdaClass, remarks: Remarks) -> CdaClass:
        """By `xsi:type`; nothing is asked of the content of one that is not good."""
        prefix, colon, named = node.attributes.get(XSI_TYPE, "").rpartition(":")
        if colon and not node.binds(prefix):
            remarks.tell("foreign-prefix" if prefix else "no-prefix", node, prefix=prefix)
            return FREE
        if not named:
            remarks.tell("untyped", node)
            return FREE
        if self.knows(named) and (declared.free or self.derives(named, declared.name)):
            cls = self.class_named(named)
            if not cls.abstract:
                return cls
        remarks.tell("unsuitable", node, named=named, declared=declared.name)
        return FREE


def _check_attributes(node: Node, cls: CdaClass, remarks: Remarks) -> None:
    facts = cls.attributes
    given = node.attributes
    for name, value in given.items():
        fact = facts.get(name)
        if fact is None and name not in _GLOBAL_ATTRIBUTES:
            _unknown_attribute(node, name, facts, remarks)
        elif fact is not None and not fact.fits(value):
            if fact.verbatim or not fact.fits(" ".join(words(value))):
                shown = value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
                remarks.tell("form", node, name=name, value=shown, expected=fact.expected)
            else:
                remarks.tell("spaces", node, name=name, value=value)
        elif len(known := cls.accepted.setdefault(name, set())) < _REMEMBERED_VALUES and len(value) < _REMEMBERED_LENGTH:
            known.add(value)
    for name in sorted(cls.required):
        if name not in given:
            remarks.tell("attribute-missing", node, name=name, expected=facts[name].expected)


def _unknown_attribute(node: Node, name: str, facts: Mapping[str, Form], remarks: Remarks) -> None:
    typed = node.attributes.get(XSI_TYPE)
    tag = f'{node.tag} xsi:type="{typed}"' if typed else node.tag
    known = listed(sorted(facts))
    remarks.tell("attribute", node, name=name, typed=tag, known=Text(known or "aucun", known or "none"))
