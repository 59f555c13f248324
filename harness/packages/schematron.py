"""A Schematron schema made plain: includes pasted, abstract patterns and rules unfolded, the phase chosen.

What a published package says and does not hold (a file to include, a pattern to activate) is named in `gaps` and left out.
"""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import field

from lxml import etree

from harness.errors import UnreadableDocument
from harness.model import Text
from harness.packages.sources import Sources
from harness.values import dataclass

SCH = "http://purl.oclc.org/dsdl/schematron"
_ALL = "#ALL"
_VARIABLE = re.compile(r"\$([\w.-]+)")
_DEEPEST = 30  # includes within includes


@dataclass(frozen=True, slots=True)
class Assertion:
    """test: XPath; fails_when: the value of the test that makes a finding (False for an assert, True for a report)."""

    test: str
    fails_when: bool
    role: str
    message: etree._Element


@dataclass(frozen=True, slots=True)
class Let:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Extends:
    """Here stand the assertions of an abstract rule."""

    rule: str


Part = Let | Assertion | Extends


@dataclass(frozen=True, slots=True)
class Rule:
    """body: in the order it is read."""

    context: str
    body: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    id: str
    lets: tuple[Let, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """base: the folder that addresses in it start from; title: as its author wrote it; gaps: what was named and is absent;
    abstract: bodies of the abstract rules that are extended as they stand.
    """

    base: str
    title: str
    namespaces: Mapping[str, str]
    lets: tuple[Let, ...]
    patterns: tuple[Pattern, ...]
    abstract: Mapping[str, tuple[Part, ...]]
    foreign: tuple[etree._Element, ...]
    gaps: tuple[Text, ...]

    def expressions(self) -> Iterator[str]:
        """Every XPath that is evaluated."""
        yield from (let.value for let in self.lets)
        bodies = list(self.abstract.values())
        for pattern in self.patterns:
            yield from (let.value for let in pattern.lets)
            yield from (rule.context for rule in pattern.rules)
            bodies += [rule.body for rule in pattern.rules]
        for part in itertools.chain.from_iterable(bodies):
            if not isinstance(part, Extends):
                yield part.value if isinstance(part, Let) else part.test


def read_schema(sources: Sources, name: str) -> Schema:
    """Raises UnreadableDocument when a file of it is not well formed, or its root is not a schema."""
    reader = _Reader(sources)
    root = reader.load(name)
    if root.tag != f"{{{SCH}}}schema":
        raise UnreadableDocument(Text(f"{name} n'est pas un schéma Schematron", f"{name} is not a Schematron schema"))
    return _Unfolding(root, reader.gaps).schema(posixpath.dirname(name))


@dataclass
class _Reader:
    sources: Sources
    gaps: list[Text] = field(default_factory=list)

    def load(self, name: str, depth: int = 0) -> etree._Element:
        if depth > _DEEPEST:
            raise UnreadableDocument(Text(f"{name} s'inclut lui-même", f"{name} includes itself"))
        root = self.sources.parse(name)
        for include in list(root.iter(f"{{{SCH}}}include")):
            wanted = posixpath.normpath(posixpath.join(posixpath.dirname(name), include.get("href", "").partition("#")[0]))
            parent = include.getparent()
            if parent is None:
                continue
            held = self.sources.find(wanted)
            if held is None:
                self.gaps.append(Text(f"fichier inclus absent : {wanted}", f"included file absent: {wanted}"))
                parent.remove(include)
            else:
                parent.replace(include, self.load(held, depth + 1))
        return root


class _Unfolding:
    def __init__(self, root: etree._Element, gaps: Iterable[Text]) -> None:
        self.root = root
        self.gaps = list(gaps)
        self.patterns = list(_children(root, "pattern"))
        self.abstract = {one.get("id"): one for one in self.patterns if one.get("abstract") == "true"}
        self.rules = {one.get("id", ""): one for one in root.iter(f"{{{SCH}}}rule") if one.get("abstract") == "true"}
        self.alone: dict[str, bool] = {}
        self.extended_by: dict[str, list[etree._Element]] = {}
        for one in root.iter(f"{{{SCH}}}extends"):
            parent = one.getparent()
            if parent is not None:
                self.extended_by.setdefault(one.get("rule", ""), []).append(parent)

    def schema(self, base: str) -> Schema:
        active, phase_lets = self._phase()
        patterns = [
            found
            for element in self.patterns
            if element.get("abstract") != "true" and (active is None or element.get("id") in active)
            if (found := self._pattern(element)) is not None
        ]
        return Schema(
            base=base,
            title=_plain(next(_children(self.root, "title"), None)),
            namespaces=_namespaces(self.root),
            lets=(*_lets(self.root), *phase_lets),
            patterns=tuple(patterns),
            abstract={id: tuple(self._body(rule, "", {id})) for id, rule in self.rules.items() if self._stands_alone(id)},
            foreign=tuple(one for one in self.root if isinstance(one.tag, str) and not one.tag.startswith(f"{{{SCH}}}")),
            gaps=tuple(self.gaps),
        )

    def _phase(self) -> tuple[frozenset[str] | None, tuple[Let, ...]]:
        """The ids of the active patterns, None for all of them, and the variables of the phase."""
        chosen = self.root.get("defaultPhase", _ALL)
        if chosen == _ALL:
            return None, ()
        phase = next((one for one in _children(self.root, "phase") if one.get("id") == chosen), None)
        if phase is None:
            self._gap(f"phase par défaut non déclarée : {chosen}", f"default phase not declared: {chosen}")
            return None, ()
        declared = {one.get("id") for one in self.patterns}
        active = [one.get("pattern", "") for one in _children(phase, "active")]
        for id in dict.fromkeys(id for id in active if id not in declared):
            self._gap(f"motif activé mais non déclaré : {id}", f"pattern activated and not declared: {id}")
        return frozenset(active), tuple(_lets(phase))

    def _pattern(self, element: etree._Element) -> Pattern | None:
        id = element.get("id", "")
        if (wanted := element.get("is-a")) is not None:
            abstract = self.abstract.get(wanted)
            if abstract is None:
                self._gap(f"motif {id} : motif abstrait absent : {wanted}", f"pattern {id}: abstract pattern absent: {wanted}")
                return None
            element = _with_parameters(abstract, {one.get("name", ""): one.get("value", "") for one in _children(element, "param")})
        rules = [
            Rule(context, tuple(self._body(rule, id, set())))
            for rule in _children(element, "rule")
            if rule.get("abstract") != "true" and (context := rule.get("context"))
        ]
        return Pattern(id, tuple(_lets(element)), tuple(rules))

    def _stands_alone(self, id: str) -> bool:
        """An abstract rule none of whose variables is used by a rule that extends it: it need not be copied into each."""
        if id not in self.alone:
            declared = self._declared(id, set())
            self.alone[id] = id in self.rules and not any(declared & self._borrowed(rule) for rule in self._extenders(id, set()))
        return self.alone[id]

    def _declared(self, id: str, seen: set[str]) -> set[str]:
        if id in seen or id not in self.rules:
            return set()
        rule, seen = self.rules[id], seen | {id}
        names = {one.get("name", "") for one in _children(rule, "let")}
        return names.union(*(self._declared(one.get("rule", ""), seen) for one in _children(rule, "extends")))

    def _extenders(self, id: str, seen: set[str]) -> Iterator[etree._Element]:
        if id in seen:
            return
        for rule in self.extended_by.get(id, ()):
            yield rule
            if rule.get("abstract") == "true":
                yield from self._extenders(rule.get("id", ""), seen | {id})

    def _borrowed(self, rule: etree._Element) -> set[str]:
        """The variables that a rule uses and does not declare."""
        used = {name for one in rule.iter("*") for value in one.attrib.values() for name in _VARIABLE.findall(str(value))}
        return used - {one.get("name", "") for one in _children(rule, "let")}

    def _body(self, rule: etree._Element, pattern: str, within: set[str]) -> Iterator[Part]:
        for part in rule:
            match _local(part):
                case "let":
                    yield Let(part.get("name", ""), _let_value(part))
                case "assert" | "report":
                    yield Assertion(
                        part.get("test", ""),
                        _local(part) == "report",
                        part.get("role") or part.get("flag") or rule.get("role") or rule.get("flag") or "",
                        part,
                    )
                case "extends":
                    wanted = part.get("rule", "")
                    if wanted in within:
                        continue
                    if wanted not in self.rules:
                        self._gap(
                            f"motif {pattern} : règle abstraite absente : {wanted}",
                            f"pattern {pattern}: abstract rule absent: {wanted}",
                        )
                        continue
                    if self._stands_alone(wanted):
                        yield Extends(wanted)
                    else:
                        yield from self._body(self.rules[wanted], pattern, within | {wanted})
                case _:
                    pass

    def _gap(self, french: str, english: str) -> None:
        gap = Text(french, english)
        if gap not in self.gaps:
            self.gaps.append(gap)


def _with_parameters(abstract: etree._Element, values: Mapping[str, str]) -> etree._Element:
    """The pattern with each `$name` of a parameter replaced by its text, everywhere a value is written."""
    if not values:
        return abstract
    names = "|".join(re.escape(name) for name in sorted(values, key=len, reverse=True))
    parameter = re.compile(rf"\$({names})(?![\w.-])")
    pattern = deepcopy(abstract)
    for element in pattern.iter("*"):
        for name, value in element.attrib.items():
            if "$" in (text := str(value)):
                element.set(name, parameter.sub(lambda found: values[found[1]], text))
    return pattern


def _children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return element.iterchildren(f"{{{SCH}}}{name}")


def _lets(element: etree._Element) -> Iterator[Let]:
    return (Let(one.get("name", ""), _let_value(one)) for one in _children(element, "let"))


def _let_value(element: etree._Element) -> str:
    value = element.get("value")
    if value is not None:
        return value
    text = "".join(map(str, element.itertext())).replace("'", "''")
    return f"'{text}'"


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.removeprefix(f"{{{SCH}}}") if isinstance(tag, str) and tag.startswith(f"{{{SCH}}}") else ""


def _plain(element: etree._Element | None) -> str:
    return "" if element is None else " ".join("".join(map(str, element.itertext())).split())


def _namespaces(root: etree._Element) -> dict[str, str]:
    """Prefixes declared as Schematron asks, then those that the files declare only as XML does."""
    found = {one.get("prefix", ""): one.get("uri", "") for one in _children(root, "ns")}
    for element in root.iter("*"):
        for prefix, uri in element.nsmap.items():
            if prefix and uri != SCH:
                found.setdefault(prefix, uri)
    return {prefix: uri for prefix, uri in found.items() if prefix not in ("xml", "xmlns")}
