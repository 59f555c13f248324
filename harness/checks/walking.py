"""A profile compiled, and the one walk in which a document meets it: grammar, constraints, claimed templates, rules."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from lxml import etree

from ..library import Library
from ..model import Environment, Profile, Rule, Text
from .constraints import Check, Judged, compile_all
from .functions import RuleFunctions
from .grammar import Grammar
from .node import Node, nodes_of
from .rules import RuleSet


class Listener(Protocol):
    """Who is told what does not hold. judged: is given the id of each requirement that has something to judge, each time."""

    @property
    def judged(self) -> Judged: ...
    def note(self, check: Check, facet: str, node: Node, found: str) -> None: ...
    def grammar(self, rule: str, node: Node, message: Text, hint: Text) -> None: ...
    def rule(self, rule: Rule, node: Node, rules: RuleSet) -> None: ...


class CompiledProfile:
    """One profile, ready to judge documents one after the other; templates are compiled when they are first claimed."""

    def __init__(self, library: Library, profile: Profile, now: datetime) -> None:
        self.profile = profile
        self._value_sets = library.value_set
        self._grammar = Grammar(library.grammar()) if library.files("profiles/cda/grammar.yaml") else None
        self._functions = RuleFunctions(library.value_set, now)
        self._document = compile_all(profile.constraints, None, library.value_set)
        self._templates: dict[str, tuple[_CompiledTemplate, ...]] = {}
        self._rules = RuleSet(profile.rules, profile.expressions, self._functions.table())

    def walk(self, root: etree._Element, environment: Environment, listener: Listener) -> None:
        nodes = nodes_of(root)
        first = nodes[0]
        if self._grammar is not None:
            self._grammar.check(first, listener.grammar)
        self._check(nodes, listener)
        self._functions.begin(first, environment)
        for rule, node in self._rules.run(first, listener.judged):
            listener.rule(rule, node, self._rules)

    def walk_constraints(self, root: etree._Element, listener: Listener) -> None:
        """What the constraints say, of the document and of the templates it claims; neither the grammar nor the rules."""
        self._check(nodes_of(root), listener)

    def _check(self, nodes: list[Node], listener: Listener) -> None:
        first = nodes[0]
        for check in self._document:
            check.run(first, listener.note, listener.judged)
        for node in nodes:
            if "templateId" in node.named:
                for check in self._claimed(node):
                    check.run(node, listener.note, listener.judged)

    def _claimed(self, node: Node) -> list[Check]:
        """The checks of every template that an element claims, those of each template once."""
        found: dict[str, tuple[Check, ...]] = {}
        for claim in node.named["templateId"]:
            root = claim.attributes.get("root")
            if root is not None:
                for template in self._compiled(root):
                    if template.fits(node, claim.attributes.get("extension")):
                        found[template.id] = template.checks
        return [check for checks in found.values() for check in checks]

    def _compiled(self, root: str) -> tuple[_CompiledTemplate, ...]:
        known = self._templates.get(root)
        if known is None:
            if root not in self.profile.templates:
                return ()
            known = self._templates[root] = tuple(
                _CompiledTemplate(
                    template.id,
                    template.element,
                    template.extension,
                    compile_all(template.constraints, template.name, self._value_sets),
                )
                for template in self.profile.templates[root]
            )
        return known


class _CompiledTemplate:
    __slots__ = ("checks", "element", "extension", "id")

    def __init__(self, id: str, element: str, extension: str | None, checks: tuple[Check, ...]) -> None:
        self.id = id
        self.element = element
        self.extension = extension
        self.checks = checks

    def fits(self, node: Node, extension: str | None) -> bool:
        return node.tag == self.element and self.extension in (None, extension)
