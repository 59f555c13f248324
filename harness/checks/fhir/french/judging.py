"""A FHIR document judged by our own rules, which need no package: identity of the patient, actors, French exchanges."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cached_property

from .... import identifiers
from ....documents.fhir_tree import Node
from ....library import Library
from ....model import Environment, Profile, ProfileHead, RequirementVerdict, Severity, Source, Text
from ....remembered import remembered
from ....values import dataclass
from ... import environments
from ...circumstances import Circumstances
from ...codes.rule_tables import RuleTables
from ..fhirpath import Compiled, Context, defined
from ..references import Places
from ..remarks import Remark
from . import recognition
from .functions import OURS
from .rules import Asked, RuleSet, Verdicts, untold_in_words


@dataclass(frozen=True, slots=True)
class French:
    """coordinate: of the profiles that were recognised; requirements: those that were judged; sources: of all."""

    coordinate: str
    digest: str
    remarks: tuple[Remark, ...]
    requirements: Mapping[str, RequirementVerdict]
    sources: Mapping[str, Source]
    not_judged: tuple[Text, ...]


class FrenchRules:
    """Rules are read when a document first needs them, and kept."""

    def __init__(self, library: Library, circumstances: Circumstances) -> None:
        self._library = library
        self._circumstances = circumstances
        self._tables = RuleTables(library)

    def judge(self, root: Node, places: Places | None = None, *, may_be_production: bool = True) -> French:
        """places: of this document alone, where they are known already; may_be_production: False when nothing in it names an
        authority of production. Raises DataError for a wrong profile."""
        places = places or Places(root)
        systems = _systems(root) if may_be_production else []
        environment = environments.told_by((value for _, value in systems), self._circumstances.environment)
        context = Context(
            resolve=lambda reference: places.target(reference) if isinstance(reference, Node) else places.resolve(reference, root),
            now=self._circumstances.now,
            variables={"environment": environment.value},
            tables=self._tables,
        )
        document = Asked(root, context)
        if self._circumstances.asked is not None:
            heads: tuple[ProfileHead, ...] = (self._circumstances.asked,)
        else:
            heads = recognition.recognised(document, self._heads, self._circumstances.at, self._ready)
        read = self._read(tuple(head.coordinate for head in heads))
        verdicts = Verdicts()
        if self._circumstances.environment is Environment.AUTO and environment is Environment.PRODUCTION:
            verdicts.real = next(node for node, value in systems if identifiers.is_production_ins_oid(value))
        for rules in read.rules:
            rules.run(document, environment, verdicts)
        seen = set(verdicts.replaced)
        remarks = []
        for remark in verdicts.remarks:  # two profiles that extend the same one say the same
            if (mark := (remark.rule, id(remark.node))) not in seen:
                seen.add(mark)
                remarks.append(remark)
        if verdicts.real is not None and (graver := sum(remark.consequence for remark in remarks)):
            message, hint = environments.told_of_production(str(verdicts.real.value), graver)
            remarks.append(Remark(environments.TOLD, "", Severity.INFO, verdicts.real, message, hint, foremost=True))
        return French(
            coordinate=read.coordinate,
            digest=read.digest,
            remarks=tuple(remarks),
            requirements={
                id: RequirementVerdict.BROKEN if id in verdicts.broken else RequirementVerdict.MET for id in sorted(verdicts.judged)
            },
            sources=read.sources,
            not_judged=untold_in_words(verdicts.untold),
        )

    def followed(self, root: Node) -> tuple[str, ...]:
        """Canonicals of the profiles that a document has to follow by what it is, where it claims none itself."""
        meta = root.only("meta")
        if self._circumstances.asked is not None or (meta is not None and "profile" in meta.children):
            return ()
        asked = [(when, profile) for head in self._heads for type_, when, profile in head.follow if type_ == root.type]
        if not asked:
            return ()
        context = Context(now=self._circumstances.now)
        return tuple(dict.fromkeys(profile for when, profile in asked if self._ready(when).truth(root, context) is True))

    def environment_of(self, root: Node) -> Environment:
        """Told by every `system` in it: the patient may be identified from any resource."""
        return environments.told_by((value for _, value in _systems(root)), self._circumstances.environment)

    @remembered
    def _ready(self, expression: str) -> Compiled:
        """An expression by which a profile is recognised."""
        return Compiled(expression, OURS, self._written.get)

    @cached_property
    def _written(self) -> dict[str, Callable[..., object]]:
        found: dict[str, Callable[..., object]] = defined(self._library.recognition_program())["programs"]
        return found

    @cached_property
    def _heads(self) -> tuple[ProfileHead, ...]:
        return tuple(head for head in self._library.heads() if head.kind == "fhir")

    @remembered
    def _read(self, coordinates: tuple[str, ...]) -> _Read:
        read = [self._profile(coordinate) for coordinate in coordinates]
        profiles = [profile for profile, _ in read]
        digests = [profile.digest for profile in profiles]
        return _Read(
            rules=tuple(rules for _, rules in read),
            coordinate=" + ".join(coordinates),
            sources={id: requirement.source for profile in profiles for id, requirement in profile.requirements.items()},
            digest=hashlib.sha256(" ".join(digests).encode()).hexdigest() if len(digests) != 1 else digests[0],
        )

    @remembered
    def _profile(self, coordinate: str) -> tuple[Profile, RuleSet]:
        profile = self._library.profile(coordinate)
        return profile, RuleSet(self._library, profile)


def _systems(root: Node) -> list[tuple[Node, str]]:
    """Every `system` under the node that has a value, with it."""
    found = [system for node in root.holders if "system" in node.children for system in node.children["system"]]
    return [(system, system.value) for system in found if isinstance(system.value, str)]


@dataclass(frozen=True, slots=True)
class _Read:
    """The profiles that concern a document, whose expressions were read."""

    rules: tuple[RuleSet, ...]
    coordinate: str
    sources: Mapping[str, Source]
    digest: str
