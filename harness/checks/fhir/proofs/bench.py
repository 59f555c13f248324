"""Judges generated resources with the whole engine, and tells which element of a definition each of their nodes is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from ....documents.fhir_json import read_json
from ....documents.fhir_tree import Node
from ....model import Severity, Text, ValueSet
from .. import judging
from ..base import BaseWalk
from ..bindings import Bindings
from ..facts import Facts
from ..invariants import Invariants, Unreadable
from ..references import Places
from ..remarks import Remark, Remarks
from ..shapes import Element, Structure
from ..slicing import Slicer
from ..structures import Structures
from ..terms.terminology import Terminology
from ..walk import Walk
from .editing import Pointer, node_at


class WithOne:
    """Definitions and one more structure, made here."""

    def __init__(self, definitions: Any, more: dict[str, dict[str, Any]]) -> None:
        self._definitions = definitions
        self._more = more

    def structure(self, canonical: str) -> Mapping[str, Any] | None:
        return self._more.get(canonical.partition("|")[0]) or self._definitions.structure(canonical)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._definitions, name)


class Bench:
    """Judges JSON values by the definitions that are at hand. rules: by which errors are looked for besides."""

    def __init__(
        self,
        definitions: Any,
        now: datetime,
        value_sets: Callable[[str], ValueSet | None] | None = None,
        rules: Callable[[Node], Iterable[Remark]] | None = None,
    ) -> None:
        self._rules = rules
        self.more: dict[str, dict[str, Any]] = {}
        self.structures = Structures(WithOne(definitions, self.more))
        self.terminology = Terminology(definitions, value_sets=value_sets)
        self._invariants = Invariants(self.structures, now)
        self._now = now
        self.slicer = self.structures.kept(Slicer)
        self.broken: dict[str, Any] = {}  # by canonical, what does not follow a profile

    def tells_out(self, binding: Mapping[str, str], *, limit: bool = False) -> bool:
        """Whether a code of no known system can be told to be outside the value set of this binding."""
        value_set = binding.get("max" if limit else "valueset", "")
        return self.terminology.validate(value_set, "urn:oid:2.999.3", "hors-jeu").kind == "out"

    def judge(self, content: Any, profiles: tuple[str, ...] = (), *, repeated: bool = True) -> list[Remark]:
        """repeated: also report what another definition has already found."""
        return judging.judge(
            _read(content),
            self.structures,
            profiles=profiles,
            expressions=self._invariants,
            bindings=Bindings(self.terminology, self._now.date()),
            context_of=self._invariants.context,
            repeated=repeated,
        ).remarks

    def errors(self, content: Any, profiles: tuple[str, ...] = ()) -> list[Remark]:
        found = self.judge(content, profiles, repeated=False)
        if self._rules is not None:
            found = [*found, *self._rules(_read(content))]
        return [remark for remark in found if remark.severity is Severity.ERROR]

    def why_untold(self, expression: str, path: str) -> Text | None:
        """Why an invariant can never be found false: it cannot be evaluated, or nothing can break it."""
        compiled = self._invariants.compile(expression)
        if isinstance(compiled, Unreadable):
            return compiled.reason
        if self._invariants.is_idle(expression, path):
            return Text("rien ne peut l'enfreindre, tel qu'il est écrit", "nothing can break it, as it is written")
        return None

    def holds(self, expression: str, node: Node) -> bool:
        """Whether an expression is true of a typed node."""
        return self._truth(expression, node) is True

    def says(self, expression: str, content: Any, at: Pointer) -> bool | None:
        """Whether an expression is true of what stands there; None where nothing does, or when it cannot be told."""
        node = node_at(self.typed(content), at)
        return None if node is None else self._truth(expression, node)

    def _truth(self, expression: str, node: Node) -> bool | None:
        root = node.root
        places = Places(root)
        walk = Walk(self.structures, places, Facts(None, Bindings(self.terminology), None))
        return self._invariants.compile(expression).truth(node, self._invariants.context(root, places, walk))

    def typed(self, content: Any) -> Node:
        root = _read(content)
        BaseWalk(self.structures, Remarks()).walk(root)
        return root

    def met(self, content: Any, structure: Structure, profiles: tuple[str, ...]) -> list[tuple[Node, Element]]:
        """Each node that is an element of this definition, as the walk of the profiles finds it."""
        root = self.typed(content)
        places = Places(root)
        walk = _Noting(self.structures, places, Facts(None, Bindings(self.terminology), None))
        for canonical in profiles:
            asked = self.structures.structure(canonical)
            if asked is not None:
                walk.remarks(root, asked)
        for node in root.walk():  # types and extensions follow their definition wherever they stand
            if node.type == structure.type and (not structure.is_profile or node.text("url") == structure.url):
                walk.remarks(node, structure)
        return [(node, element) for node, element in walk.noted if element.structure is structure]


def _read(content: Any) -> Node:
    return read_json(json.dumps(content, ensure_ascii=False).encode())


class _Noting(Walk):
    """Notes the element against which each node was checked; attempts that failed are forgotten."""

    def __init__(self, structures: Structures, places: Places, facts: Facts) -> None:
        super().__init__(structures, places, facts)
        self.noted: list[tuple[Node, Element]] = []

    def item(self, node: Node, element: Element, remarks: Remarks, general: Element | None = None) -> None:
        self.noted.append((node, element))
        super().item(node, element, remarks, general)

    def conforms(self, node: Node, structure: Structure) -> bool:
        so_far = len(self.noted)
        verdict = super().conforms(node, structure)
        if not verdict:
            del self.noted[so_far:]
        return verdict

    def fits(self, node: Node, element: Element) -> bool:
        so_far = len(self.noted)
        verdict = super().fits(node, element)
        del self.noted[so_far:]
        return verdict
