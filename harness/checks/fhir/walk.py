"""The walk of a profile: what it asks of a document that the first walk has typed.

Base R4 has been judged once for all (`base`), so that a profile is walked only where it says something: its own elements, its
slices, the profiles of its types. What was found of an element and a profile is kept: Bundles and references ask it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from ...documents.fhir_tree import Node
from ...model import Severity, Text
from . import narrative
from .additions import Additions
from .references import Places, named_type
from .remarks import NOTHING, Refuted, Remarks
from .shapes import BASE, CODED, Element, Shape, Structure, Structures
from .slicing import Slicer, Sorted
from .targets import Targets
from .values import shown, told

_FAR = 40  # profiles within one another, through references; documents have a dozen
_ANY = frozenset({"Resource", "DomainResource"})
REFERENCE_TYPE = f"{BASE}Reference#Reference.type"


class Facts(Protocol):
    """Judges what an element says by itself: its constraints, its binding."""

    def constraints(self, node: Node, element: Element, remarks: Remarks) -> None: ...

    def binding(self, node: Node, element: Element, remarks: Remarks) -> None: ...

    def limits(self, node: Node, element: Element, remarks: Remarks) -> None: ...

    def prescribed(self, node: Node) -> None: ...

    def member(self, node: Node, binding: dict[str, str]) -> bool | None: ...


class Plan(NamedTuple):
    """What there is to do at an element. shape: of its children, where it tells them itself; is_plain: it says a type at most."""

    checks: tuple[Callable[[Walk, Node, Element, Remarks], None], ...]
    shape: Shape | None
    is_plain: bool


class Walk:
    """Walks profiles over one document. unknown: canonicals of profiles that were asked for and are not known."""

    _visits_all = False  # whether elements are walked too of which a profile says nothing

    def __init__(self, structures: Structures, places: Places, facts: Facts) -> None:
        self._structures = structures
        self._places = places
        self._facts = facts
        self._slicer = structures.kept(Slicer)
        self._targets = structures.kept(Targets)
        self._additions = structures.kept(Additions)
        self._kept: dict[tuple[int, str], Remarks] = {}
        self._refuted: set[tuple[int, str]] = set()
        self._walking: set[tuple[int, str]] = set()
        self.unknown: dict[str, Node] = {}
        self.extensions: dict[int, Structure] = {}  # by the extension, the version of its definition that a profile asks for
        self.far = False  # whether references were followed as far as they are
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
        if len(self._walking) >= _FAR:
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
        whys = self._structures.definitions.unfinished
        return {one: whys[url] for one in self.unknown if (url := one.partition("|")[0]) in whys}

    def followed(self, resources: Sequence[Node]) -> Iterator[tuple[Node, Structure]]:
        """Each resource with the profiles that it was found to follow."""
        by_identity = {id(node): node for node in resources}
        for (node, canonical), remarks in self._kept.items():
            structure = self._structures.structure(canonical)
            if node in by_identity and not remarks.has_error and structure is not None and structure.kind == "resource":
                yield by_identity[node], structure

    def is_asked(self, node: Node, profile: Structure) -> bool:
        """Whether an element was asked to follow a profile, or one that comes from it, or follows it unasked."""
        asked = (self._structures.structure(canonical) for identity, canonical in self._kept if identity == id(node))
        comes = any(one is not None and self._structures.derives_from(one, profile.url) for one in asked)
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
        return self._slicer.sort(nodes, sliced, self._places, self)

    def urls(self, element: Element) -> frozenset[str] | None:
        """The URLs of the extensions of a slice."""
        return self._slicer.extension_urls(element)

    def member(self, node: Node, binding: dict[str, str]) -> bool | None:
        return self._facts.member(node, binding)

    def _walked(self, key: tuple[int, str], node: Node, structure: Structure, remarks: Remarks) -> None:
        self._walking.add(key)
        try:
            if structure.type != node.type and structure.type not in _ANY:
                message = Text(
                    f"le profil {structure.title} est celui d'un {structure.type}, pas d'un {node.type}",
                    f"the profile {structure.title} is of {structure.type}, not of {node.type}",
                )
                remarks.error("FHIR-PROFILE", structure.url, node, message)
            else:
                self.item(node, structure.root, remarks)
        finally:
            self._walking.discard(key)

    # ---------------------------------------------------------- one element

    def item(self, node: Node, element: Element, remarks: Remarks, general: Element | None = None) -> None:
        """general: the element that a slice is of, which tells its children when the slice does not."""
        plan: Plan = element.plan or self._planned(element)
        for check in plan.checks:
            check(self, node, element, remarks)
        shape = plan.shape
        if general is not None:
            self._general(node, element, general, remarks)
            if shape is None:
                shape = self._structures.own_shape(general)
            elif self._additions.are_made(general, element) and (whole := self._structures.own_shape(general)) is not None:
                self._children(node, whole, remarks)
        if shape is not None:
            self._children(node, shape, remarks)
        if element.constraints:
            self._facts.constraints(node, element, remarks)

    def _planned(self, element: Element) -> Plan:
        checks = tuple(check for is_asked, check in _CHECKS if is_asked(element))
        shape = self._structures.own_shape(element)
        is_plain = shape is None and not element.constraints and not element.slices and checks in ((), (Walk._type,))
        plan = element.plan = Plan(checks, shape, is_plain)
        return plan

    def _length(self, node: Node, element: Element, remarks: Remarks) -> None:
        if not isinstance(node.value, str):
            return
        length = len(node.value)
        if element.max_length is not None and length > element.max_length:
            limit, fr, en = element.max_length, "au plus", "at most"
        elif element.min_length is not None and length < element.min_length:
            limit, fr, en = element.min_length, "au moins", "at least"
        else:
            return
        message = Text(f"{length} caractères, {limit} {fr}", f"{length} characters, {limit} {en}")
        remarks.error("FHIR-LENGTH", element.requirement, node, message)

    def _languages(self, node: Node, element: Element, remarks: Remarks) -> None:
        narrative.judge_languages(node, element.narrative_languages, element.requirement, remarks)

    def _limits(self, node: Node, element: Element, remarks: Remarks) -> None:
        self._facts.limits(node, element, remarks)

    def _binding(self, node: Node, element: Element, remarks: Remarks) -> None:
        self._facts.binding(node, element, remarks)

    def _general(self, node: Node, element: Element, general: Element, remarks: Remarks) -> None:
        """What is asked of an element is asked in each of its slices, also where a snapshot does not repeat it there."""
        if not element.wanted and general.wanted:
            self._value(node, general, remarks)
        if element.binding is None and general.is_bound:
            self._facts.binding(node, general, remarks)
        if general.targets.get("Reference") and not element.targets.get("Reference"):
            self.reference(node, general, remarks)
        if general.constraints:
            self._facts.constraints(node, general, remarks)

    def _value(self, node: Node, element: Element, remarks: Remarks) -> None:
        for rule, value, is_met in element.wanted:
            if not is_met(node):
                remarks.refute()
                wanted = told(value)
                message = Text(f"« {shown(node)} » : {wanted} est attendu", f"`{shown(node)}`: {wanted} is expected")
                remarks.error(rule, element.requirement, node, message)
            elif node.type in CODED or node.type == "uri":
                self._facts.prescribed(node)

    def _has_value(self, node: Node, element: Element, remarks: Remarks) -> None:
        """A primitive that has to say something: an extension instead of its value is not enough, unless the profile admits it."""
        if node.value is not None or (node.children.keys() - {"extension", "id"}):
            return
        if not element.must_have_value and any(
            one.text("url") in element.value_alternatives for one in node.children.get("extension", ())
        ):
            return
        admitted = "" if element.must_have_value else ", ".join(element.value_alternatives)
        fr, en = (f" ou {admitted}", f" or {admitted}") if admitted else ("", "")
        remarks.error("FHIR-CARD", element.requirement, node, Text(f"une valeur est obligatoire{fr}", f"a value is required{en}"))

    def _type(self, node: Node, element: Element, remarks: Remarks) -> None:
        if node.type in element.types or not node.type or not element.types:
            return
        if node.is_resource:
            if _ANY & set(element.types):
                return
        elif element.content_reference is not None or "Element" in element.types or node.type == "BackboneElement":
            return
        allowed = ", ".join(element.types)[:200]
        message = Text(f"{node.type} : {allowed} est attendu", f"{node.type}: {allowed} is expected")
        remarks.error("FHIR-TYPE", element.requirement, node, message)

    def profiles(self, node: Node, element: Element, remarks: Remarks) -> None:
        """One of the profiles of its type has to be satisfied."""
        wanted = element.profiles_of(node.type, is_resource=node.is_resource)
        if not wanted:
            return
        structures = []
        for canonical in wanted:
            structure = self._structures.structure(canonical)
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
            remarks.error("FHIR-PROFILE", element.requirement, node, message, self._why(node, structures))

    def _why(self, node: Node, structures: list[Structure]) -> Text:
        """The first error with respect to the first profile, as a hint."""
        for remark in self.remarks(node, structures[0]):
            if remark.severity is not Severity.ERROR:
                continue
            place = remark.node.path
            name = structures[0].title
            return Text(f"Pour {name} : {place} : {remark.message.fr}", f"For {name}: {place}: {remark.message.en}")
        return NOTHING

    # ---------------------------------------------------------- children and slices

    def _children(self, node: Node, shape: Shape, remarks: Remarks) -> None:
        children = node.children
        chosen: set[str] | None = None
        sliced: dict[Element, list[Node]] | None = None
        for name, nodes in children.items():
            known = shape.by_name.get(name)
            if known is None:
                choice = shape.choice_of(name)
                if choice is not None:
                    chosen = (chosen or set()) | {choice.name}
                    allowed = ", ".join(one for one, _ in choice.names())[:300]
                    message = Text(f"« {name} » : le profil n'admet que {allowed}", f"`{name}`: the profile admits only {allowed}")
                    remarks.error("FHIR-TYPE", choice.requirement, nodes[0], message)
                continue
            element = known[0]
            if element.choice:
                chosen = (chosen or set()) | {element.name}
            if element.max is not None and len(nodes) > element.max:
                self._too_many(nodes, element, remarks)
            if element.slices:
                sliced = sliced or {}
                sliced[element] = [*sliced.get(element, ()), *nodes]
                continue
            plan = element.plan or self._planned(element)
            for child in nodes:
                if self._visits_all or not plan.is_plain:
                    self.item(child, element, remarks)
                elif child.type not in element.types:
                    self._type(child, element, remarks)
        for element in shape.required:
            if element.choice:
                if chosen is None or element.name not in chosen:
                    self._missing(node, element, remarks)
            elif element.name not in children:
                self._missing(node, element, remarks)
            elif len(children[element.name]) < element.min:
                self._too_few(node, element, children[element.name], remarks)
        for element in shape.sliced:
            found = sliced.get(element) if sliced is not None else None
            if found is not None:
                self._slices(node, element, found, remarks)
            elif element.needs_slices:
                for one in element.slices:
                    if one.min > 0:
                        self._too_few_in(node, [], one, remarks)

    def _missing(self, node: Node, element: Element, remarks: Remarks) -> None:
        name = element.name + ("[x]" if element.choice else "")
        remarks.error("FHIR-CARD", element.requirement, node, Text(f"« {name} » manque", f"`{name}` is missing"))

    def _too_few(self, node: Node, element: Element, nodes: list[Node], remarks: Remarks) -> None:
        message = Text(
            f"« {element.name} » vient {len(nodes)} fois, {element.min} au moins",
            f"`{element.name}` comes {len(nodes)} times, {element.min} at least",
        )
        remarks.error("FHIR-CARD", element.requirement, node, message)

    def _too_many(self, nodes: list[Node], element: Element, remarks: Remarks) -> None:
        if element.max == 0:
            message = Text(f"« {element.name} » n'est pas admis par le profil", f"`{element.name}` is not admitted by the profile")
        else:
            message = Text(
                f"« {element.name} » vient {len(nodes)} fois, {element.max} au plus",
                f"`{element.name}` comes {len(nodes)} times, {element.max} at most",
            )
        remarks.error("FHIR-CARD", element.requirement, nodes[element.max or 0], message)

    def _slices(self, parent: Node, sliced: Element, nodes: list[Node], remarks: Remarks) -> None:
        result = self.sort(nodes, sliced)
        for node in nodes:
            found = result.slice_of.get(id(node))
            if found is None:
                self.item(node, sliced, remarks)
            else:
                self.item(node, found, remarks, sliced)
        for element in sliced.slices:
            if element.min == 0 and element.slice_name not in result.by_slice:
                continue
            inside = result.by_slice.get(element.slice_name, [])
            if element.max is not None and len(inside) > element.max:
                self._too_many_in(inside, element, remarks)
            if len(inside) < element.min:
                if len(inside) + len(result.uncertain.get(element.slice_name, ())) >= element.min:
                    self.untold.append((parent, element))
                else:
                    self._too_few_in(parent, inside, element, remarks)
                    self._why_not_in(result.unsliced, element, sliced, remarks)
            if element.slices and inside:
                self._slices(parent, element, inside, remarks)
        rules = sliced.slicing["rules"] if sliced.slicing else "open"
        if rules == "closed":
            for node in result.unsliced:
                known = ", ".join(element.slice_name for element in sliced.slices)
                message = Text(
                    f"n'est d'aucune des tranches admises de « {sliced.name} » ({known})",
                    f"is of none of the slices admitted in `{sliced.name}` ({known})",
                )
                remarks.error("FHIR-SLICE", sliced.requirement, node, message)
        elif rules == "openAtEnd" and result.unsliced and result.slice_of:
            last = max(index for index, node in enumerate(nodes) if id(node) in result.slice_of)
            for node in result.unsliced:
                if nodes.index(node) < last:
                    message = Text("ce qui n'est d'aucune tranche vient à la fin", "what is of no slice comes at the end")
                    remarks.error("FHIR-SLICE", sliced.requirement, node, message)
        elif result.unsliced and not remarks.asking:
            self._tell_near(result.unsliced, sliced, remarks)
        for node, element in result.out_of_order:
            message = Text(
                f"la tranche « {element.slice_name} » vient trop tard", f"the slice `{element.slice_name}` comes too late"
            )
            remarks.error("FHIR-SLICE", element.requirement, node, message)

    def _too_few_in(self, parent: Node, inside: list[Node], element: Element, remarks: Remarks) -> None:
        name = f"{element.name}:{element.slice_name}"
        if not inside:
            message = Text(f"« {name} » manque", f"`{name}` is missing")
        else:
            message = Text(
                f"« {name} » vient {len(inside)} fois, {element.min} au moins",
                f"`{name}` comes {len(inside)} times, {element.min} at least",
            )
        remarks.error("FHIR-SLICE", element.requirement, parent, message)

    def _why_not_in(self, unsliced: list[Node], element: Element, sliced: Element, remarks: Remarks) -> None:
        """What is wrong with the one element that would be of the slice, if it followed its profile."""
        near = [found for node in unsliced for found in self._slicer.near(node, element, sliced, self._places, self)]
        if len(near) == 1:
            remarks.extend(self.remarks(*near[0]))

    def _tell_near(self, unsliced: list[Node], sliced: Element, remarks: Remarks) -> None:
        """Of what open slices admit beside them: the one slice that it would be of, and what keeps it out. It breaks nothing."""
        if not any(kind == "profile" for kind, _ in (sliced.slicing or {}).get("discriminator", ())):
            return
        for node in unsliced:
            element = self._slicer.only(node, sliced, self._places)
            if element is None or element.min > 0:
                continue  # of several, nobody knows which was meant; of one that has to be there, it is told beside it
            near = self._slicer.near(node, element, sliced, self._places, self)
            if len(near) != 1:
                continue
            of, structure = near[0]
            why = self._why(of, [structure])
            if why is not NOTHING:
                message = Text(
                    f"n'est pas de la tranche « {element.slice_name} » : {structure.title} n'est pas suivi",
                    f"is not of the slice `{element.slice_name}`: {structure.title} is not followed",
                )
                remarks.info("FHIR-SLICE", element.requirement, node, message, why)

    def _too_many_in(self, inside: list[Node], element: Element, remarks: Remarks) -> None:
        name = f"{element.name}:{element.slice_name}"
        if element.max == 0:
            message = Text(f"« {name} » n'est pas admis par le profil", f"`{name}` is not admitted by the profile")
        else:
            message = Text(
                f"« {name} » vient {len(inside)} fois, {element.max} au plus",
                f"`{name}` comes {len(inside)} times, {element.max} at most",
            )
        remarks.error("FHIR-SLICE", element.requirement, inside[element.max or 0], message)

    # ---------------------------------------------------------- references

    def reference(self, node: Node, element: Element, remarks: Remarks) -> None:
        """The type of what a reference leads to, and its profile when it is in the document."""
        if node.type != "Reference":
            return
        url = node.text("reference")
        if " " in url:
            message = Text(f"« {url} » n'est pas une adresse", f"`{url}` is not an address")
            remarks.error("FHIR-REFERENCE", f"{BASE}Reference#Reference.reference", node, message)
            return
        target = self._places.target(node) if url else None
        if url.startswith("#") and target is None:
            message = Text(f"« {url} » ne mène à aucune ressource contenue", f"`{url}` leads to no contained resource")
            remarks.error("FHIR-REFERENCE", element.requirement, node, message)
            return
        if target is not None or "type" in node.children:
            self._name(node, url, target, remarks)
        allowed = self._targets.of(element)
        type = target.type if target is not None else named_type(url) or node.text("type")
        named = self._structures.type(type)
        if not allowed.names or named is None or named.kind != "resource":
            return
        profiles = allowed.profiles.get(type)
        if profiles is None:
            if not allowed.is_open:
                names = ", ".join(allowed.names)
                message = Text(
                    f"la référence mène à un {type} : {names} est attendu", f"the reference leads to {type}: {names} is expected"
                )
                remarks.error("FHIR-REFERENCE", element.requirement, node, message)
            return
        self._aggregation(node, element, url, target, remarks)
        if target is not None and profiles and not any(self.conforms(target, one) for one in profiles):
            names = ", ".join(one.title for one in profiles)
            message = Text(f"ce que la référence désigne ne suit pas {names}", f"what the reference names does not follow {names}")
            remarks.error("FHIR-REFERENCE", element.requirement, node, message, self._why(target, profiles))

    def _name(self, node: Node, url: str, target: Node | None, remarks: Remarks) -> None:
        """A reference that says a type says one of resources, and has to lead to one of that type."""
        said = node.text("type")
        known = self._structures.type(said) if said else None
        if said and (known is None or known.kind != "resource") and self._structures.type("Resource") is not None:
            message = Text(f"« {said} » n'est pas un type de ressource", f"`{said}` is no type of resource")
            end = said.rpartition("/")[2]
            hint = Text(f"Écrire {end}.", f"Write {end}.") if said == f"{BASE}{end}" else NOTHING
            remarks.error("FHIR-REFERENCE", REFERENCE_TYPE, node, message, hint)
            return
        type = target.type if target is not None else named_type(url)
        for one in (named_type(url) if target is not None else "", said):
            if one and type and one != type and self._structures.type(one) is not None and self._structures.type(type) is not None:
                message = Text(f"la référence dit {one}, elle mène à un {type}", f"the reference says {one}, it leads to {type}")
                remarks.error("FHIR-REFERENCE", REFERENCE_TYPE, node, message)
                return

    def _aggregation(self, node: Node, element: Element, url: str, target: Node | None, remarks: Remarks) -> None:
        wanted = element.aggregations.get("Reference")
        if not wanted or not url:
            return
        is_elsewhere = target is None or target.root is not node.root
        kind = "contained" if url.startswith("#") else "referenced" if is_elsewhere else "bundled"
        if kind in wanted or (kind == "bundled" and "referenced" in wanted):
            return
        if kind == "referenced" and "bundled" in wanted and node.root.type != "Bundle":
            return  # what will go with it is not known
        names = ", ".join(wanted)
        message = Text(f"la ressource désignée doit être : {names}", f"the resource named has to be: {names}")
        remarks.error("FHIR-REFERENCE", element.requirement, node, message)


# What an element may ask of those that it describes, and who judges it, in this order.
_CHECKS: tuple[tuple[Callable[[Element], object], Callable[[Walk, Node, Element, Remarks], None]], ...] = (
    (lambda element: element.wanted, Walk._value),
    (lambda element: element.max_length is not None or element.min_length is not None, Walk._length),
    (lambda element: element.narrative_languages, Walk._languages),
    (lambda element: element.must_have_value or element.value_alternatives, Walk._has_value),
    (lambda element: element.min_value is not None or element.max_value is not None, Walk._limits),
    (lambda element: element.types, Walk._type),
    (lambda element: element.profiles, Walk.profiles),
    (lambda element: "Reference" in element.targets, Walk.reference),
    (lambda element: element.is_bound, Walk._binding),
)
