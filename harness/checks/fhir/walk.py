"""The walk of a profile: what it asks of a document that the first walk has typed.

Base R4 has been judged once for all (`base`), so that a profile is walked only where it says something: its own elements, its
slices, the profiles of its types. What was found of an element and a profile is kept: Bundles and references ask it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...documents.fhir_tree import Node
from ...model import NO_TEXT, Severity, Text
from . import counts, elements, referring, slices
from .facts import Facts
from .plans import Plans
from .references import Places
from .remarks import Refuted, Remarks
from .shapes import ANY, Element, Shape, Structure
from .slicing import Slicer, Sorted
from .structures import Structures

FAR = 40  # profiles within one another, through references; documents have a dozen


class Walk:
    """Walks profiles over one document.

    unknown: canonicals of profiles that were asked for and are not known; is_sound: whether R4 has found nothing wrong, so that
    what profiles repeat of it is not asked again.
    """

    def __init__(self, structures: Structures, places: Places, facts: Facts) -> None:
        self.structures = structures
        self.places = places
        self.facts = facts
        self.slicer = structures.kept(Slicer)
        self.targets = structures.kept(referring.Targets)
        self._plans = structures.kept(Plans)
        self._kept: dict[tuple[int, str], Remarks] = {}
        self._refuted: set[tuple[int, str]] = set()
        self._walking: set[tuple[int, str]] = set()
        self.unknown: dict[str, Node] = {}
        self.is_sound = False
        self.extensions: dict[int, Structure] = {}  # by the extension, the version of its definition that a profile asks for
        self.far = False  # whether references were followed as far as they are
        self.straight: set[tuple[str, int]] = set()  # from where no reference of this name comes back to anything
        self.untold: list[tuple[Node, Element]] = []  # slices of which it could not be told whether something is in them

    def remarks(self, node: Node, structure: Structure) -> Remarks:
        """All that a profile finds wrong with an element."""
        key = (id(node), structure.canonical)
        known = self._kept.get(key)
        if known is None:
            known = Remarks()
            if key not in self._walking:
                self._walked(key, node, structure, known)
                self._kept[key] = known
        return known

    def conforms(self, node: Node, structure: Structure) -> bool:
        """Whether it finds no error. What is being asked already is taken for granted: references go round in circles."""
        key = (id(node), structure.canonical)
        known = self._kept.get(key)
        if known is not None:
            return not known.has_error
        if key in self._refuted:
            return False
        if key in self._walking:
            return True
        if len(self._walking) >= FAR:
            self.far = True
            return True
        found = Remarks(asking=True)
        try:
            self._walked(key, node, structure, found)
        except Refuted:
            self._refuted.add(key)
            return False
        self._kept[key] = found
        return True

    @property
    def unfinished(self) -> dict[str, Text]:
        """Those of `unknown` that are at hand and cannot judge, and why."""
        whys = self.structures.definitions.unfinished
        return {one: whys[url] for one in self.unknown if (url := one.partition("|")[0]) in whys}

    def followed(self, resources: Sequence[Node]) -> Iterator[tuple[Node, Structure]]:
        """Each resource with the profiles that it was found to follow."""
        by_identity = {id(node): node for node in resources}
        for (node, canonical), remarks in self._kept.items():
            structure = self.structures.structure(canonical)
            if node in by_identity and not remarks.has_error and structure is not None and structure.kind == "resource":
                yield by_identity[node], structure

    def is_asked(self, node: Node, profile: Structure) -> bool:
        """Whether an element was asked to follow a profile, or one that comes from it, or follows it unasked."""
        asked = (self.structures.structure(canonical) for identity, canonical in self._kept if identity == id(node))
        comes = any(one is not None and self.structures.derives_from(one, profile.url) for one in asked)
        return comes or self.conforms(node, profile)

    def fits(self, node: Node, element: Element) -> bool:
        """Whether an element satisfies what a definition's element says."""
        try:
            self.item(node, element, Remarks(asking=True))
        except Refuted:
            return False
        return True

    def sort(self, nodes: list[Node], sliced: Element) -> Sorted:
        """Items of a list in the slices of their element."""
        return self.slicer.sort(nodes, sliced, self.places, self)

    def urls(self, element: Element) -> frozenset[str] | None:
        """The URLs of the extensions of a slice."""
        return self.slicer.extension_urls(element)

    def member(self, node: Node, binding: dict[str, str]) -> bool | None:
        return self.facts.member(node, binding)

    def _walked(self, key: tuple[int, str], node: Node, structure: Structure, remarks: Remarks) -> None:
        self._walking.add(key)
        try:
            if structure.type != node.type and structure.type not in ANY:
                message = Text(
                    f"le profil {structure.title} est celui d'un {structure.type}, pas d'un {node.type}",
                    f"the profile {structure.title} is of {structure.type}, not of {node.type}",
                )
                remarks.error("FHIR-PROFILE", structure.url, node, message)
            else:
                self.item(node, structure.root, remarks)
                self._imposed(node, structure, remarks)
        finally:
            self._walking.discard(key)

    def _imposed(self, node: Node, structure: Structure, remarks: Remarks) -> None:
        """What a profile, or one that it comes from, wants followed with it (`imposeProfile`, `dependencies`)."""
        for canonical in self.structures.imposed(structure):
            imposed = self.structures.structure(canonical)
            if imposed is None:
                self.unknown.setdefault(canonical, node)
            elif imposed.type != node.type:
                continue
            elif not remarks.asking:
                remarks.extend(self.remarks(node, imposed))
            elif not self.conforms(node, imposed):
                raise Refuted

    # ---------------------------------------------------------- one element

    def item(self, node: Node, element: Element, remarks: Remarks, general: Element | None = None) -> None:
        """general: the element that a slice is of, which tells its children when the slice does not."""
        whole, beyond = element.plan or self._plans.of(element)
        checks, shape, constraints = beyond if self.is_sound else whole
        for check in checks:
            check(self, node, element, remarks)
        if general is not None:
            self._general(node, element, general, remarks)
            if shape is None:
                shape = self.structures.own_shape(general)
            elif self._plans.adds(general, element) and (whole := self.structures.own_shape(general)) is not None:
                self._children(node, whole, remarks)
        if shape is not None:
            self._children(node, shape, remarks)
        if constraints:
            self.facts.constraints(node, element, constraints, remarks)

    def _general(self, node: Node, element: Element, general: Element, remarks: Remarks) -> None:
        """What is asked of an element is asked in each of its slices, also where a snapshot does not repeat it there."""
        if not element.wanted and general.wanted:
            elements.fixed(self, node, general, remarks)
        if element.binding is None and general.is_bound:
            self.facts.binding(node, general, remarks)
        if general.targets.get("Reference") and not element.targets.get("Reference"):
            referring.judge(self, node, general, remarks)
        whole, beyond = general.plan or self._plans.of(general)
        _, _, constraints = beyond if self.is_sound else whole
        if constraints:
            self.facts.constraints(node, general, constraints, remarks)

    def profiles(self, node: Node, element: Element, remarks: Remarks) -> None:
        """One of the profiles of its type has to be satisfied."""
        wanted = element.profiles_of(node.type, is_resource=node.is_resource)
        if not wanted:
            return
        structures = []
        for canonical in wanted:
            structure = self.structures.structure(canonical)
            if structure is None:
                self.unknown.setdefault(canonical, node)
            else:
                structures.append(structure)
        if not structures:
            return
        if len(wanted) == 1:
            if node.type == "Extension" and structures[0].url == node.text("url"):
                self.extensions.setdefault(id(node), structures[0])
            found = self.remarks(node, structures[0]) if not remarks.asking else None
            if found is not None:
                remarks.extend(found)
            elif not self.conforms(node, structures[0]):
                raise Refuted
            return
        satisfied = next((one for one in structures if self.conforms(node, one)), None)
        if satisfied is not None:
            remarks.extend(self.remarks(node, satisfied))
        elif len(structures) == len(wanted):
            names = ", ".join(one.title for one in structures)
            message = Text(
                f"aucun des profils admis n'est satisfait : {names}", f"none of the admitted profiles is satisfied: {names}"
            )
            remarks.error("FHIR-PROFILE", element.requirement, node, message, self.why(node, structures))

    def why(self, node: Node, structures: list[Structure]) -> Text:
        """The first error with respect to the first profile, a cause if any, as a hint, and why what a reference names has it."""
        errors = [remark for remark in self.remarks(node, structures[0]) if remark.severity is Severity.ERROR]
        if not errors:
            return NO_TEXT
        first = min(errors, key=lambda remark: remark.consequence)
        place, hint, name = first.node.path, first.hint, structures[0].title
        fr, en = (f". {hint.fr}", f". {hint.en}") if hint.fr else ("", "")
        return Text(f"Pour {name} : {place} : {first.message.fr}{fr}", f"For {name}: {place}: {first.message.en}{en}")

    # ---------------------------------------------------------- children

    def _children(self, node: Node, shape: Shape, remarks: Remarks) -> None:
        children = node.children
        chosen: set[str] | None = None
        sliced: dict[Element, list[Node]] | None = None
        silent = self._plans.silent(shape) if self.is_sound else ()
        for name, nodes in children.items():
            if name in silent:
                continue
            known = shape.by_name.get(name)
            if known is None:
                choice = shape.choice_of(name)
                if choice is not None:
                    chosen = (chosen or set()) | {choice.name}
                    allowed = ", ".join(one for one, _ in choice.names())[:300]
                    message = Text(f"« {name} » : le profil n'admet que {allowed}", f"`{name}`: the profile admits only {allowed}")
                    remarks.error("FHIR-TYPE", choice.requirement, nodes[0], message)
                continue
            element = known.element
            if element.choice:
                chosen = (chosen or set()) | {element.name}
            if element.max is not None and len(nodes) > element.max:
                counts.too_many(nodes, element, remarks)
            if element.slices:
                sliced = sliced or {}
                sliced[element] = [*sliced.get(element, ()), *nodes]
                continue
            for child in nodes:
                self.item(child, element, remarks)
        for element in shape.required:
            if element.choice:
                if chosen is None or element.name not in chosen:
                    counts.missing(node, element, remarks)
            elif element.name not in children:
                counts.missing(node, element, remarks)
            elif len(children[element.name]) < element.min:
                counts.too_few(node, element, children[element.name], remarks)
        for element in shape.sliced:
            found = sliced.get(element) if sliced is not None else None
            if found is not None:
                slices.judge(self, node, element, found, remarks)
            elif element.needs_slices:
                for one in element.slices:
                    if one.min > 0:
                        counts.too_few_in(node, [], one, remarks, counts.recognised(self.slicer.said(one, element)))
