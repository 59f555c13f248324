"""Invariants in FHIRPath for the walk: each expression compiled once, and what it may ask while a document is judged."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from weakref import ref

from ...documents.fhir_tree import Node
from ...library.fhir.mended import MENDED
from ...model import Text
from ...remembered import remembered
from . import fhirpath
from .references import Places, named_type
from .structures import Structures
from .walk import Walk

_OUTSIDE = Text(
    "une référence mène hors du document, à ce qu'on ne peut pas lire",
    "a reference leads out of the document, to what cannot be read",
)


class Unreadable:
    """An expression that is not valid FHIRPath, and cannot be evaluated on any resource."""

    def __init__(self, error: fhirpath.FhirPathError) -> None:
        told = error.told
        self.reason = Text(f"l'expression n'est pas du FHIRPath, {told.fr}", f"the expression is not FHIRPath, {told.en}")

    def truth(self, node: Node, context: fhirpath.Context) -> bool | None:  # noqa: ARG002 - the shape of an expression
        return None


class TypesOnly(fhirpath.Compiled):
    """An expression that asks only the type of what references lead to."""

    def truth(self, node: Node, context: fhirpath.Context) -> bool | None:
        context.types_only = True
        try:
            return super().truth(node, context)
        finally:
            context.types_only = False


class Invariants:
    """The expressions of all profiles."""

    def __init__(self, structures: Structures, now: datetime, written: fhirpath.Written | None = None) -> None:
        """written: expressions that were compiled before."""
        self._structures = structures
        self._written = written
        self._now = now

    @remembered
    def compile(self, expression: str) -> fhirpath.Compiled | Unreadable:
        try:
            return self._ready(MENDED.get(expression, expression))
        except fhirpath.FhirPathError as error:
            return Unreadable(error)

    def select(self, expression: str, node: Node, context: fhirpath.Context) -> list[Any] | None:
        compiled = self.compile(expression)
        if isinstance(compiled, Unreadable):
            return None
        try:
            return compiled.evaluate(node, context)
        except fhirpath.NotEvaluatedError:
            return None

    def _ready(self, expression: str) -> fhirpath.Compiled:
        kind = TypesOnly if _asks_types_only(expression) else fhirpath.Compiled
        compiled = kind(expression, written=self._written)
        compiled.holds  # noqa: B018 - what is wrong with it is told now
        return compiled

    @remembered
    def is_idle(self, expression: str, path: str) -> bool:
        compiled = self.compile(expression)
        return isinstance(compiled, fhirpath.Compiled) and any(
            remark.kind == "never-false" for remark in fhirpath.remarks(compiled, path, self._structures.definitions)
        )

    def _named(self, url: str) -> Node | None:
        """A stand-in for the target of a literal reference: only its type is known."""
        type = named_type(url)
        if not type or self._structures.type(type) is None:
            return None
        node = Node(type)
        node.type = type
        return node

    def context(self, root: Node, places: Places, walk: Walk) -> fhirpath.Context:
        """What the expressions on one document know."""

        def resolve(reference: Node | str) -> Node | None:
            text = reference if isinstance(reference, str) else reference.text("reference")
            found = places.resolve(text, root) if isinstance(reference, str) else places.target(reference)
            if found is None and not text.startswith("#"):
                context = this()
                if context is not None:
                    found = self._named(text) if context.types_only else None
                    if found is None:
                        context.undecided = _OUTSIDE
            return found

        def member_of(item: object, canonical: str) -> bool | None:
            return walk.member(item, {"strength": "required", "valueset": canonical}) if isinstance(item, Node) else None

        def conforms_to(node: Node, canonical: str) -> bool | None:
            structure = self._structures.structure(canonical)
            return None if structure is None else structure.type == node.type and walk.conforms(node, structure)

        known = fhirpath.Context(resolve=resolve, member_of=member_of, conforms_to=conforms_to, now=self._now)
        this = ref(known)  # not the context itself: nothing is left for Python's collector
        return known


def _asks_types_only(expression: str) -> bool:
    if "resolve()" not in expression or "conformsTo(" in expression:  # a profile has invariants of its own
        return False
    from ...library.fhirpath.syntax import parse
    from ...library.fhirpath.targets import asks_types_only

    return asks_types_only(parse(expression))
