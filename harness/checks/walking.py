"""A compiled profile, and the single walk that checks a document against it: grammar, constraints, claimed templates, rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any, Protocol

from lxml import etree

from .. import collector
from ..documents.mends import Mend
from ..library import Library
from ..model import Environment, Profile, RequirementVerdict, Rule, Template, Text
from ..values import dataclass
from .constraints import Check, Checks, Judged
from .functions.rule_functions import RuleFunctions
from .grammar import Grammar
from .node import Node
from .rules import RuleSet
from .runtime import value_set_facet
from .tree import nodes_of

_ROOTS_REMEMBERED = 4096
_KINDS_REMEMBERED = 128  # of documents, by what they were judged on: some 20 kB each


class Listener(Protocol):
    """Receives what does not hold, and which requirements had something to judge."""

    @property
    def judged(self) -> Judged: ...
    def note(self, check: Check, facet: str, node: Node, found: str) -> None: ...
    def grammar(self, rule: str, node: Node, message: Text, hint: Text, mend: Mend | None = None) -> None: ...
    def rule(self, rule: Rule, node: Node, rules: RuleSet) -> None: ...


class CompiledProfile:
    """One profile, ready to judge documents one after the other; templates are compiled when they are first claimed."""

    def __init__(self, library: Library, profile: Profile, now: datetime) -> None:
        self.profile = profile
        self._names = {"value_set": value_set_facet(library)}
        self._grammar = Grammar(library.grammar()) if library.files("profiles/cda/grammar.yaml") else None
        self._functions = RuleFunctions(library, now)
        self._document = [Checks(part.constraints, None, part.constraint_program, self._names) for part in profile.parts]
        self._templates = _Templates(profile, self._names)
        self.bearers = _bearers(profile.templates)
        self._rules = RuleSet([(part.rules, part.rule_program) for part in profile.parts], self._functions.table())
        self._met: dict[frozenset[tuple[str, ...]], dict[str, RequirementVerdict]] = {}

    def met(self, judged: Sequence[tuple[str, ...]]) -> dict[str, RequirementVerdict]:
        """What a document was judged on, by name, were it all met: made once for all documents that have the same to judge, and
        never changed. judged: as programs told it."""
        what = frozenset(judged)
        known = self._met.get(what)
        if known is None:
            known = dict.fromkeys(sorted({*chain.from_iterable(judged)}), RequirementVerdict.MET)
            if len(self._met) < _KINDS_REMEMBERED:
                self._met[what] = known
        return known

    def walk(self, root: etree._Element, environment: Environment, listener: Listener) -> None:
        with collector.at_rest():
            self.walk_nodes(nodes_of(root)[0], environment, listener)

    def walk_nodes(self, first: Node, environment: Environment, listener: Listener) -> None:
        """Walks the nodes of a document, given its first; they are freed at the end."""
        if self._grammar is not None:
            self._grammar.check(first, listener.grammar)
        self._check(first, listener)
        self._functions.begin(first, environment)
        self._rules.run(first, listener.judged, lambda rule, node: listener.rule(rule, node, self._rules))
        self._functions.end()
        first.index.release()

    def rules_held(self, root: etree._Element, environment: Environment) -> set[str]:
        """Ids of the rules that hold somewhere in a document."""
        first = nodes_of(root)[0]
        self._functions.begin(first, environment)
        held = self._rules.held(first)
        self._functions.end()
        return held

    def walk_constraints(self, root: etree._Element, listener: Listener) -> None:
        """Checks the constraints alone, of the document and of the templates it claims: neither grammar nor rules."""
        self._check(nodes_of(root)[0], listener)

    def walk_templates(self, part: etree._Element, listener: Listener) -> None:
        """Checks only the templates claimed in a part of a document."""
        self._check_claims(nodes_of(part)[0], listener)

    def _check(self, first: Node, listener: Listener) -> None:
        for checks in self._document:
            checks.run(first, listener.note, listener.judged)
        self._check_claims(first, listener)

    def _check_claims(self, first: Node, listener: Listener) -> None:
        note, judged = listener.note, listener.judged
        for node in first.index.claimants:
            for checks in self._claimed(node):
                checks.run(node, note, judged)

    def _claimed(self, node: Node) -> Iterable[Checks]:
        """Those of every template that an element claims, each template once."""
        found: dict[str, Checks] = {}
        for claim in node.named["templateId"]:
            said = claim.attributes
            for template in self._templates[said.get("root")]:
                if node.tag == template.element and template.extension in (None, said.get("extension")):
                    found[template.id] = template.checks
        return found.values()


@dataclass(frozen=True, slots=True)
class _CompiledTemplate:
    id: str
    element: str
    extension: str | None
    checks: Checks


class _Templates(dict["str | None", tuple[_CompiledTemplate, ...]]):
    """The templates of a profile by root, each compiled when it is first claimed."""

    def __init__(self, profile: Profile, names: Mapping[str, Any]) -> None:
        super().__init__()
        self._profile = profile
        self._names = names

    def __missing__(self, root: str | None) -> tuple[_CompiledTemplate, ...]:
        known = self[root] = tuple(
            _CompiledTemplate(
                template.id,
                template.element,
                template.extension,
                Checks(template.constraints, template.name, template.program, self._names),
            )
            for template in self._profile.templates.get(root or "", ())
        )
        return known


def _bearers(templates: Mapping[str, tuple[Template, ...]]) -> Callable[[str], frozenset[str]]:
    """The elements that a template of a profile may stand on, by its root; none for a root that the profile does not know."""

    @lru_cache(maxsize=_ROOTS_REMEMBERED)
    def bearers(root: str) -> frozenset[str]:
        return frozenset(template.element for template in templates.get(root, ()))

    return bearers
