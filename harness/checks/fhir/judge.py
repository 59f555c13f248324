"""Judges a FHIR document: turns the remarks of the walk into findings with their place, and says what was not judged."""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from ... import collector, identifiers
from ...documents import Document
from ...documents.fhir_tree import Node
from ...documents.locations import Places as Lines
from ...library.fhir.definitions import Definitions
from ...library.tables import Tables
from ...model import Finding, Judgement, RequirementVerdict, Severity, Source, Text
from ..verdicts import KEPT_PER_RULE, ended, masked, verdict_of, with_count
from . import guides, judging, not_judged
from .beside import Beside
from .bindings import Bindings
from .fhirpath import FhirPathError, defined
from .french.judging import FrenchRules
from .invariants import Invariants
from .remarks import Remark
from .shapes import BASE, Structure
from .structures import Structures
from .terms.terminology import Server, Terminology

if TYPE_CHECKING:
    from .without_packages import WithoutPackages

_APART = Text(
    "ce que les entrées du Bundle disent les unes des autres, et ce qu'il demande : il est trop grand pour être jugé en une fois",
    "what the entries of the Bundle say of one another, and what the Bundle asks: it is too large to be judged whole",
)
_LONGEST = 1_000  # characters of a location: a name may be of any length
_WIDEST = 300  # characters of a line that is shown around a finding


class FhirJudge:
    """Judges FHIR resources against the definitions that are installed, and by our own rules, which need none.

    french: these rules; profiles: canonicals that each document has to follow; tables: of the CI-SIS; server: of
    terminology, if one was asked for; must_support: tell which of these elements are there.
    Raises UsageError when one of these is not known.
    """

    def __init__(
        self,
        definitions: Definitions,
        french: FrenchRules,
        *,
        now: datetime,
        profiles: Sequence[str] = (),
        tables: Tables,
        server: Server | None = None,
        must_support: bool = False,
    ) -> None:
        self._definitions = definitions
        self._french = french
        self._structures = Structures(definitions)
        self._tables = tables
        self._terminology = Terminology(definitions, value_sets=tables.published_set, tables=tables, server=server)
        self._invariants = Invariants(self._structures, now, self._written)
        self._now = now
        self._must_support = must_support
        self._beside = Beside(definitions.beside, self._structures) if definitions.beside else None
        self._profiles = tuple(profiles)
        for canonical in self._profiles:
            self._structures.asked(canonical)

    def judge(self, document: Document, sha256: str = "") -> Judgement:
        """sha256: of its bytes, as the judgement carries it."""
        with collector.at_rest():
            return self._judge(document, sha256)

    def _judge(self, document: Document, sha256: str) -> Judgement:
        started = time.perf_counter()
        root = document.resource
        if root is None:
            raise ValueError(f"{document.path} holds no FHIR resource")
        if self._structures.type("Patient") is None:
            outcome = self._without_packages.judge(root)
        else:
            bindings = Bindings(self._terminology, self._now.date())
            outcome = judging.judge(
                root,
                self._structures,
                profiles=(*self._profiles, *self._french.followed(root)),
                of_type=self._definitions.global_profiles,
                expressions=self._invariants,
                bindings=bindings,
                context_of=self._invariants.context,
                further=self._definitions,
                beside=self._beside,
                must_support=self._must_support,
            )
        hidden = _carries_production_ins(document, root)
        ours = self._french.judge(root, outcome.places if self._beside is None else None, may_be_production=hidden)
        worded = {key: element for key, element in outcome.worded.items() if key not in ours.sources}
        apart = (_APART,) if document.wrapped == "bundle" else ()
        left = (
            *outcome.not_judged,
            *not_judged.in_words_only(worded),
            *ours.not_judged,
            *apart,
            *self._where_to_look(outcome.missing),
        )
        left = tuple(map(masked, left)) if hidden else left
        profile = _profile(root, outcome, self._structures)
        findings = _findings(document, [*outcome.remarks, *ours.remarks], ours.sources, hidden=hidden)
        return Judgement(
            path=document.path,
            kind=document.kind,
            profile=profile or ours.coordinate,
            profile_digest=self._digest if profile is not None else ours.digest,
            version_assumed=False,
            verdict=verdict_of(findings, left),
            not_judged=left,
            findings=findings,
            seconds=time.perf_counter() - started,
            requirements={**_requirements(outcome, findings), **ours.requirements},
            must_support=outcome.must_support,
            sha256=sha256,
        )

    def _where_to_look(self, missing: frozenset[str]) -> tuple[Text, ...]:
        if not missing:
            return ()  # as of most documents
        return guides.where_to_look(missing, {name for name, _, _ in self._definitions.packages}, self._tables.guides())

    @cached_property
    def _without_packages(self) -> WithoutPackages:
        from .without_packages import WithoutPackages  # fhir.resources is slow to import

        return WithoutPackages()

    def _written(self, key: str) -> Callable[..., object] | None:
        """What an invariant was compiled to with its package. Raises FhirPathError when it is no FHIRPath."""
        code = self._definitions.program(key)
        if isinstance(code, tuple):
            french, english, at = code
            raise FhirPathError(Text(french, english), at, key.partition(":")[2])
        return None if code is None else defined(code)["made"]

    @cached_property
    def _digest(self) -> str:
        """Of the packages, in any order."""
        said = "\n".join(sorted(f"{name}#{version} {digest}" for name, version, digest in self._definitions.packages))
        return hashlib.sha256(said.encode()).hexdigest()


_AUTHORITY = f"{identifiers.INS_ROOT}.".encode()
# an authority of production in JSON, or a digit or a dot that is written as an escape; each with what it begins with
_SIGNS_OF_INS = (
    (_AUTHORITY, (_AUTHORITY + b"8", _AUTHORITY + b"9")),
    (rb"\u00", (rb"\u003", rb"\u002")),
)


def _profile(root: Node, outcome: judging.Outcome, structures: Structures) -> str | None:
    """The first profile of the document itself, R4's definition of its type when it has none."""
    own: list[Structure] = [structure for node, structure in outcome.profiles if node is root]
    base = structures.type(root.type)
    known = [*own, *([base] if base is not None else [])]
    return known[0].canonical if known else None


def _requirements(outcome: judging.Outcome, findings: tuple[Finding, ...]) -> dict[str, RequirementVerdict]:
    """Each profile that was walked, and each element or invariant that an error concerns."""
    broken = {finding.requirement for finding in findings if finding.severity is Severity.ERROR}
    told = {structure.url: RequirementVerdict.MET for _, structure in outcome.profiles}
    for requirement in broken:
        told[requirement] = RequirementVerdict.BROKEN
        if requirement.partition("#")[0] in told:
            told[requirement.partition("#")[0]] = RequirementVerdict.BROKEN
    return dict(sorted(told.items()))


def _findings(document: Document, remarks: Sequence[Remark], sources: Mapping[str, Source], *, hidden: bool) -> tuple[Finding, ...]:
    """In the order of the lines; where a rule spoke too often, its last finding says how often. hidden: matricules are masked."""
    if not remarks:
        return ()  # as of most documents
    lines = Lines(document, masked=hidden)
    counts: defaultdict[str, int] = defaultdict(int)
    last: dict[str, int] = {}
    found: list[tuple[tuple[int, int], Finding]] = []
    for remark in remarks:
        counts[remark.rule] += 1
        if counts[remark.rule] > KEPT_PER_RULE:
            continue
        last[remark.rule] = len(found)
        line, column = remark.node.place
        message, hint = ended(remark.message), remark.hint
        if hidden:
            message, hint = masked(message), masked(hint)
        finding = Finding(
            rule=remark.rule,
            requirement=remark.requirement,
            severity=remark.severity,
            location=remark.node.path[:_LONGEST],
            line=line,
            message=message,
            hint=hint,
            source=str(sources.get(remark.requirement) or remark.requirement.partition("#")[0].removeprefix(BASE)),
            excerpt=lines.excerpt(line) if column <= _WIDEST else None,
            consequence=remark.consequence,
            foremost=remark.foremost,
        )
        found.append(((line, column), finding))
    for rule, count in counts.items():
        if count > KEPT_PER_RULE:
            place, finding = found[last[rule]]
            found[last[rule]] = (place, with_count(finding, count - KEPT_PER_RULE))
    return tuple(finding for _, finding in sorted(found, key=lambda item: item[0]))


def _is_of_production(data: bytes, at: int) -> bool:
    """Whether the string of JSON there is a value, no name, that names an authority of production, told where it has no escape."""
    begins, ends = data.rfind(b'"', 0, at) + 1, data.find(b'"', at)
    string = data[begins:ends]
    is_value = b"\\" not in string and data[ends + 1 : ends + 80].lstrip().startswith((b",", b"}", b"]"))
    return is_value and identifiers.carries_production_ins(string.decode())


def _carries_production_ins(document: Document, root: Node) -> bool:
    """JSON is UTF-8 when it comes here, so that most resources are settled by their bytes; XML may be in any encoding."""
    data = document.data
    if document.kind == "fhir-json":
        signs = [sign for beginning, signs in _SIGNS_OF_INS if beginning in data for sign in signs if sign in data]
        if not signs:
            return False
        if _is_of_production(data, data.find(signs[0])):
            return True
    return any(identifiers.carries_production_ins(node.value) for node in root.walk() if isinstance(node.value, str))
