"""Documents made of what constraints ask: each of them exercised, then the whole mended until nothing is found in it.

To exercise a constraint is to write what it speaks of, be it optional. To mend is to ask of each constraint that is broken what it
wants; elements that several constraints bear on are made what all of them ask.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from lxml import etree

from ....library import Library
from ....model import NO_TEXT, Constraint, ProfileHead, Text
from ....namespaces import element_named
from ...grammar import Grammar
from ...walking import CompiledProfile
from ..targets import Target
from .exercising import Chain, Exerciser
from .mending import Mender
from .tree import Tree, Unplaced, children
from .writing import Writer

_OWN_MODEL = "2.999.1"  # the document model, nobody's, that a document of no volet claims
_REPEATED = ("entry", "component", "entryRelationship")  # hold one thing each, and there are as many as things to be held


@dataclass(slots=True)
class Derived:
    """A document. faults: checks that are broken in it still; reasons: what could not be written, by the constraint's id."""

    root: etree._Element
    faults: tuple[str, ...] = ()
    reasons: dict[str, Text] = field(default_factory=dict)


class Deriver:
    """Derives documents that are valid for one profile. carrier: a valid document with a structured body, which is not changed."""

    def __init__(self, library: Library, compiled: CompiledProfile, carrier: etree._Element) -> None:
        profile = compiled.profile
        self._judging = compiled
        self.tree = Tree(Grammar(library.grammar()))
        self.writer = Writer(self.tree, library, profile.templates)
        self._exerciser = Exerciser(profile, self.tree, self.writer)
        self._mender = Mender(compiled, self.writer, self._exerciser)
        self._carrier = copy.deepcopy(carrier)
        _bare(self._carrier)
        self._claim_volet(profile.head)

    def _claim_volet(self, head: ProfileHead) -> None:
        root = self._carrier
        template = head.template or (self._inherited() if head.is_claimed else None)
        for claim in children(root, "templateId"):
            if claim.get("root") == _OWN_MODEL and template is not None:
                claim.set("root", template)
                if head.extension is not None:
                    claim.set("extension", head.extension)
        for code, system in head.codes[:1]:
            for element in children(root, "code"):
                element.attrib.clear()
                element.set("code", code)
                element.set("codeSystem", system)

    def _inherited(self) -> str | None:
        """The template of what a volet extends that is known by its code alone: the last that its constraints ask for."""
        asked = [one for one in self._judging.profile.constraints if one.path == "templateId" and one.low and one.where is not None]
        return next((root for one in reversed(asked) if one.where for root in one.where.attributes.get("root", ())), None)

    # ---------------------------------------------------------- documents

    @cached_property
    def base(self) -> Derived:
        """The least document that the profile accepts."""
        root = copy.deepcopy(self._carrier)
        return Derived(root, self._mender.mend(root))

    @cached_property
    def blank(self) -> Derived:
        """The carrier alone. faults: what the profile misses in it, which is not asked of a document made for one template."""
        root = copy.deepcopy(self._carrier)
        self.writer.filler.complete(root)
        return Derived(root, self._mender.faults(root))

    def whole(self, target: Target) -> Derived:
        """All that the target's constraints speak of, as far as one document can hold it.

        One made for a template holds little beside: only what the profile asks of what is there.
        """
        start = self._start(target)
        made = self._exercised(start, target, [(constraint,) for constraint in target.constraints])
        return made if set(made.faults) <= set(start.faults) else self._one_by_one(start, (target,))

    def together(self, targets: Iterable[Target]) -> Derived:
        """All that several targets speak of, as far as one document can hold it."""
        return self._one_by_one(self.base, targets)

    def variant(self, target: Target, chain: Chain, *, apart: bool = False) -> Derived:
        """The least document with what one constraint speaks of. apart: in a section of no template, if it needs a place."""
        start = self._start(target)
        made = self._exercised(start, target, [chain], apart=apart)
        if made.faults != start.faults:
            made.reasons.setdefault(chain[-1].id, _against(made.faults, start.faults, chain[-1]))
        return made

    def _one_by_one(self, made: Derived, targets: Iterable[Target]) -> Derived:
        """What breaks nothing that was whole is kept, of the rest it is said why."""
        for target, constraint in [(one, constraint) for one in targets for constraint in one.constraints]:
            further = self._exercised(made, target, [(constraint,)])
            if set(further.faults) <= set(made.faults):
                made = further
            else:
                made = replace(made, reasons=further.reasons | {constraint.id: _against(further.faults, made.faults, constraint)})
        return made

    def _exercised(self, start: Derived, target: Target, several: Iterable[Chain], *, apart: bool = False) -> Derived:
        root, reasons = copy.deepcopy(start.root), dict(start.reasons)
        self.writer.apart = apart
        for one in several:
            self._exerciser.exercise(root, target, one, reasons)
        self.writer.apart = False
        return Derived(root, self._mender.mend(root, start.faults), reasons)

    def part(self, root: etree._Element, target: Target) -> etree._Element | None:
        """A copy of the part of the body in which an element claims the template; None where none does."""
        element = self._exerciser.claims(root, target)
        if element is None:
            return None
        for above in (element, *element.iterancestors()):
            parent = above.getparent()
            if parent is None or parent.tag == element_named("structuredBody"):
                return copy.deepcopy(above)
        return None

    def _start(self, target: Target) -> Derived:
        if target.template is None:
            return self.base
        base = self.blank
        root = copy.deepcopy(base.root)
        try:
            self._exerciser.claimant(root, target)
        except Unplaced as unplaced:
            return Derived(root, base.faults, {one.id: unplaced.reason for one in target.constraints})
        return Derived(root, self._mender.mend(root, base.faults))


def _bare(root: etree._Element) -> None:
    """Takes the sections out of a document's body."""
    for body in root.iter(element_named("structuredBody")):
        for child in list(body):
            body.remove(child)


def _against(faults: Iterable[str], known: Iterable[str], constraint: Constraint) -> Text:
    new = sorted(set(faults) - set(known))
    where = _counted_under(constraint)
    if new and all(name.rpartition(".")[0] == constraint.id for name in new):
        french = "rien ne convient à la fois à ce qu'elle demande, aux autres contraintes et à la grammaire de CDA"
        english = "nothing suits what it asks, the other constraints and the grammar of CDA together"
    else:
        names = ", ".join(new[:3])
        french, english = f"ce qu'elle demande ne va pas avec {names}", f"what it asks does not go with {names}"
    return Text(french + where.fr, english + where.en)


def _counted_under(constraint: Constraint) -> Text:
    """`entry/observation` asks of each entry of the section, be it of another kind: what two such lines ask is at odds."""
    above, _, last = constraint.path.rpartition("/")
    parent = above.rpartition("/")[2]
    if not constraint.low or parent not in _REPEATED:
        return NO_TEXT
    return Text(
        f" ; elle compte dans chaque {parent} : écrire //{last} pour compter dans l'ensemble",
        f"; it counts in each {parent}: write //{last} to count in all of them together",
    )


def chains(constraints: Iterable[Constraint], above: Chain = ()) -> Iterator[Chain]:
    """Every constraint, each with those it is nested in before it."""
    for constraint in constraints:
        yield (*above, constraint)
        yield from chains(constraint.each, (*above, constraint))
