"""Our rules on FHIR: each asked of the resources that its context begins with, told in words where it does not hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from ....documents.fhir_tree import Node
from ....errors import DataError
from ....library import Library
from ....library.fhirpath.names import RESOURCE_TYPES, key
from ....library.nearest import suggestion
from ....library.placeholders import filled
from ....model import Environment, Level, Profile, Rule, Severity, Text
from ....remembered import remembered
from ..fhirpath import Compiled, Context, FhirPathError, NotEvaluatedError, defined
from ..fhirpath.running import written
from ..remarks import Remark
from .functions import GATHERING, OURS

_TYPE = re.compile(r"[A-Z][A-Za-z]*(?=\.|$)")
_REMEMBERED = 1_000  # sets of what resources have


class _OfContext(NamedTuple):
    """What is asked of the items of one context. needs: what a resource has for anything to be found in it
    (`library/fhirpath/needs.py`)."""

    needs: frozenset[str]
    evaluate: Callable[[Node, Context], list[Any]]
    rules: list[tuple[Rule, Compiled]]


class _Gathering(NamedTuple):
    """What finds items in a resource. inside: names of children that contexts need one of these to have, each with that need;
    told: likewise, with the texts of which it has to be one."""

    name: str
    find: Callable[[list[Any], Context], list[Any]]
    inside: tuple[tuple[str, str], ...]
    told: tuple[tuple[str, frozenset[str], str], ...]


class RuleSet:
    """The rules of a profile, read once. Raises DataError, at its line, when an expression of one is no FHIRPath."""

    def __init__(self, library: Library, profile: Profile) -> None:
        self._library = library
        self._coordinate = profile.head.coordinate
        self._made: dict[str, Callable[..., Any]] = {}
        self._contexts: dict[str, dict[str, _OfContext]] = {}  # by the type of resources they begin with, `""` for the document
        self._optional = {id for id, requirement in profile.requirements.items() if requirement.level is not Level.MUST}
        made = self._made
        needed: dict[str, list[str]] = {}
        for part in profile.parts:
            program = defined(part.rule_program)
            made |= program["programs"]
            needed |= program["needed"]
        for rule in profile.rules:
            type_ = type_begun_with(rule.context)
            if type_ and type_ not in RESOURCE_TYPES:
                said = Text(f"FHIR n'a pas de ressource « {type_} »", f"FHIR has no resource {type_!r}")
                raise library.rule_error(self._coordinate, rule.id, "context", said, suggestion(type_, RESOURCE_TYPES))
            of_type = self._contexts.setdefault(type_, {})
            try:
                if rule.context not in of_type:
                    found = Compiled(rule.context, OURS, made.get).evaluate
                    of_type[rule.context] = _OfContext(frozenset(needed.get(key(rule.context, "items"), ())), found, [])
                test = Compiled(rule.test, OURS, made.get)
                test.holds  # noqa: B018 - what is wrong with it is told now
            except FhirPathError as error:
                raise self._unreadable(rule, error) from None
            of_type[rule.context].rules.append((rule, test))
        self._gathering = {type_: _gathered_for(contexts.values()) for type_, contexts in self._contexts.items()}
        self._possible: dict[tuple[str, frozenset[str]], list[_OfContext]] = {}

    def run(self, document: Asked, environment: Environment, verdicts: Verdicts) -> None:
        context = document.context
        for type_, places in document.by_type.items():
            if type_ not in self._contexts:
                continue
            for place in places:
                for _, evaluate, rules in self._asked_of(place, type_, context):
                    try:
                        found = evaluate(place, context)
                    except NotEvaluatedError as error:
                        verdicts.untold.update((rule.id, error.told) for rule, _ in rules)
                        continue
                    for item in found:
                        if isinstance(item, Node):
                            self._ask(item, rules, context, environment, verdicts)

    def _asked_of(self, place: Node, type_: str, context: Context) -> list[_OfContext]:
        """The contexts in which something may be found by what a resource has: many have the same, so that it is remembered."""
        had = {*place.children, f"is {place.type}"}
        for name, find, inside, told in self._gathering[type_]:
            mark = (name, place)  # by which expressions remember it too
            found = context.remembered.get(mark)
            if found is None:
                found = context.remembered[mark] = find([place], context)
            if found:
                had.add(name)
                for child, need in inside:
                    for item in found:
                        if child in item.children:
                            had.add(need)
                            break
                for child, texts, need in told:
                    for item in found:
                        if item.text(child) in texts:
                            had.add(need)
                            break
        key = (type_, frozenset(had))
        known = self._possible.get(key)
        if known is None:
            if len(self._possible) >= _REMEMBERED:  # names may be any
                self._possible.clear()
            contexts = self._contexts[type_].values()
            known = self._possible[key] = [one for one in contexts if all(_is_met(need, had) for need in one.needs)]
        return known

    def _ask(
        self, node: Node, rules: list[tuple[Rule, Compiled]], context: Context, environment: Environment, verdicts: Verdicts
    ) -> None:
        for rule, test in rules:
            holds = test.truth(node, context)
            if holds is None:
                verdicts.untold[rule.id] = test.reason
                continue
            verdicts.judged.add(rule.requirement)
            if not holds:
                if rule.requirement in self._optional and _is_withdrawn(node.resource):
                    continue  # it may say what made it an error
                severity = rule.severity[environment]
                message, hint = self._told(rule, node, context)
                if rule.instead:
                    verdicts.replaced.add((rule.instead, id(node)))
                graver = verdicts.real is not None and severity is not rule.severity[Environment.TEST]
                verdicts.remarks.append(Remark(rule.id, rule.requirement, severity, node, message, hint, consequence=graver))
                if severity is Severity.ERROR or rule.requirement in self._optional:
                    verdicts.broken.add(rule.requirement)

    def _told(self, rule: Rule, node: Node, context: Context) -> tuple[Text, Text]:
        return filled(rule, lambda expression: self._value(rule, expression, node, context))

    def _value(self, rule: Rule, expression: str, node: Node, context: Context) -> str:
        try:
            items = self._ready(rule, expression)(node, context)
        except NotEvaluatedError:
            return "?"
        return ", ".join(dict.fromkeys(written([item]) for item in items))

    def _ready(self, rule: Rule, expression: str) -> Callable[[Node, Context], list[Any]]:
        """An expression within a message."""
        try:
            return self._inside(expression).evaluate
        except FhirPathError as error:
            raise self._unreadable(rule, error) from None

    @remembered
    def _inside(self, expression: str) -> Compiled:
        return Compiled(expression, OURS, self._made.get)

    def _unreadable(self, rule: Rule, error: FhirPathError) -> DataError:
        key = "context" if error.expression == rule.context else "assert" if error.expression == rule.test else "message"
        said = Text(f"FHIRPath illisible dans {rule.id}, {error.told.fr}", f"not FHIRPath in {rule.id}, {error.told.en}")
        return self._library.rule_error(self._coordinate, rule.id, key, said, error.hint)


def _gathered_for(contexts: Collection[_OfContext]) -> list[_Gathering]:
    """What finds something that one of these contexts needs."""
    needs = frozenset[str]().union(*(one.needs for one in contexts))
    gathered: list[_Gathering] = []
    for name, find in GATHERING.items():
        if name in needs:
            inside = [(need.removeprefix(f"{name}.").partition("="), need) for need in needs if need.startswith(f"{name}.")]
            children = tuple((child, need) for (child, equals, _), need in inside if not equals)
            told = tuple((child, frozenset(texts.split(" ")), need) for (child, equals, texts), need in inside if equals)
            gathered.append(_Gathering(name, find, children, told))
    return gathered


def _is_met(need: str, had: Collection[str]) -> bool:
    """A choice (`deceased[x]`) is written with its type."""
    if "|" in need:
        return any(_is_met(one, had) for one in need.split("|"))
    return need in had or (need.endswith("[x]") and any(name.startswith(need[:-3]) for name in had))


class Asked:
    """A document as rules ask it, and what expressions know. by_type: its resources, and under no type the document."""

    def __init__(self, root: Node, context: Context) -> None:
        self.root = root
        self.context = context
        self.resources = list(resources(root))
        self.by_type: dict[str, list[Node]] = {}
        for resource in self.resources:
            self.by_type.setdefault(resource.type, []).append(resource)
        self.by_type[""] = [root]


class Verdicts:
    """judged, broken: ids of requirements; untold: rules that could not be evaluated, with the reason.

    replaced: rules in whose place another has spoken of a node; real: the system of an INS that alone told that the document is
    of production.
    """

    def __init__(self) -> None:
        self.remarks: list[Remark] = []
        self.judged: set[str] = set()
        self.broken: set[str] = set()
        self.untold: dict[str, Text] = {}
        self.replaced: set[tuple[str, int]] = set()
        self.real: Node | None = None


def _is_withdrawn(resource: Node) -> bool:
    """Whether it was entered in error: it "should never have existed" (R4), and is not asked whether it makes sense."""
    statuses = [resource.text("status")]
    for one in resource.children.get("verificationStatus", ()):
        statuses += [coding.text("code") for coding in one.children.get("coding", ())]
    return "entered-in-error" in statuses


@lru_cache(maxsize=512)
def type_begun_with(expression: str) -> str:
    """The type of the resources that an expression is asked of, `""` where it is asked of the document."""
    named = _TYPE.match(expression)
    return named[0] if named else ""


def resources(root: Node) -> Iterable[Node]:
    """The document, then each resource that it contains or that is an entry of it, however deep."""
    waiting = [root]
    while waiting:
        resource = waiting.pop()
        yield resource
        waiting += resource.children.get("contained", ())
        for name in ("entry", "parameter"):
            for holder in resource.children.get(name, ()):
                waiting += _held(holder)


def _held(holder: Node) -> list[Node]:
    """Of an entry of a Bundle or a parameter, parts of parameters included."""
    found = [*holder.children.get("resource", ())]
    found += [one for part in holder.children.get("part", ()) for one in _held(part)]
    return [*found, *(one for response in holder.children.get("response", ()) for one in response.children.get("outcome", ()))]


def untold_in_words(untold: Mapping[str, Text]) -> tuple[Text, ...]:
    """What could not be evaluated, one sentence for all."""
    if not untold:
        return ()
    french = ", ".join(f"{rule} ({reason.fr})" for rule, reason in sorted(untold.items()))
    english = ", ".join(f"{rule} ({reason.en})" for rule, reason in sorted(untold.items()))
    return (Text(f"règles françaises non évaluées : {french}", f"French rules not evaluated: {english}"),)
