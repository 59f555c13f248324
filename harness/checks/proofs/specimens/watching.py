"""Which constraints bear on each element of a document, whether they hold or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from lxml import etree

from ....library import Library
from ....library.nested import walk
from ....library.programs.constraints import constraint_program
from ....model import AttributeFact, Constraint, Profile, ProfilePart, Template
from ...constraints import Check
from ...node import Node
from ...walking import CompiledProfile
from ..trial import Deaf


class Watching:
    """A profile whose constraints select as they do, and ask what no element can meet: each that is selected is heard of."""

    def __init__(self, library: Library, profile: Profile, now: datetime) -> None:
        self._known = {one.id: one for part in profile.parts for one in walk(part.constraints)}
        templates = _Heard(profile.templates, self._known)
        self._compiled = CompiledProfile(
            library, replace(profile, parts=tuple(map(_heard_part, profile.parts)), templates=templates), now
        )

    def asked(self, root: etree._Element) -> Mapping[etree._Element, list[Constraint]]:
        """By element, every constraint that selects it."""
        listener = _Selected(self._known)
        self._compiled.walk_constraints(root, listener)
        return listener.found


class _Heard(Mapping[str, tuple[Template, ...]]):
    """The templates of a profile made such, each when it is first claimed. known: is told their constraints, by id."""

    def __init__(self, templates: Mapping[str, tuple[Template, ...]], known: dict[str, Constraint]) -> None:
        self._templates = templates
        self._known = known

    def __getitem__(self, root: str) -> tuple[Template, ...]:
        return tuple(self._heard(template) for template in self._templates[root])

    def __iter__(self) -> Iterator[str]:
        return iter(self._templates)

    def __len__(self) -> int:
        return len(self._templates)

    def _heard(self, template: Template) -> Template:
        self._known.update({one.id: one for one in walk(template.constraints)})
        constraints = tuple(map(_heard, template.constraints))
        return replace(template, constraints=constraints, program=constraint_program(constraints))


def _heard_part(part: ProfilePart) -> ProfilePart:
    constraints = tuple(map(_heard, part.constraints))
    return replace(part, constraints=constraints, constraint_program=constraint_program(constraints))


def _heard(constraint: Constraint) -> Constraint:
    """It asks of an element to carry a nullFlavor and not to: one note for each element, with it or without."""
    return Constraint(
        id=constraint.id,
        path=constraint.path,
        where=constraint.where,
        when=constraint.when,
        attributes={"nullFlavor": AttributeFact("required")},
        null_flavor=(),
        each=tuple(map(_heard, constraint.each)),
    )


@dataclass(slots=True)
class _Selected(Deaf):
    known: Mapping[str, Constraint]
    found: dict[etree._Element, list[Constraint]] = field(default_factory=dict)

    def note(self, check: Check, facet: str, node: Node, found: str) -> None:  # noqa: ARG002
        self.found.setdefault(node.element, []).append(self.known[check.constraint.id])
