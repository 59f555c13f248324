"""One FHIR resource judged: typed against base R4, walked with each profile that concerns it, and what was not judged said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field

from ...documents.fhir_tree import Node
from ...library.fhir.definitions import Definitions
from ...model import MustSupport, Text
from ...values import dataclass
from . import addresses, data_types, implied, narrative, narrative_links, not_judged, referring
from .base import BaseWalk
from .bindings import Bindings
from .extensions import Extensions
from .facts import Facts
from .invariants import Invariants
from .references import Places
from .remarks import Remark, Remarks
from .resources import bundles, contained, defining_codes, defining_operations, defining_structures
from .resources.measures import Measures
from .resources.questionnaires import Questionnaires, judge_definition
from .shapes import BASE, Structure
from .structures import Structures
from .typed import Typed
from .walk import Walk


@dataclass(frozen=True, slots=True)
class Outcome:
    """profiles: canonicals of those that were walked, with the resource; not_judged: in words; must_support: when it was asked;
    places: where references of the document lead; missing: addresses of what no installed package gives.

    worded: the element of each constraint that was met and has no expression, by its key: whoever has it as a rule judges it.
    """

    remarks: list[Remark]
    profiles: list[tuple[Node, Structure]]
    not_judged: tuple[Text, ...]
    must_support: tuple[MustSupport, ...] | None = None
    worded: Mapping[str, str] = field(default_factory=dict)
    places: Places | None = None
    missing: frozenset[str] = frozenset()


# types of resources that are held against a definition of elsewhere
_ANSWERING = frozenset({"QuestionnaireResponse", "MeasureReport", "SearchParameter", "CapabilityStatement"})
ContextOf = Callable[[Node, Places, Walk], object]


def judge(
    root: Node,
    structures: Structures,
    *,
    profiles: Sequence[str] = (),
    of_type: Mapping[str, Sequence[str]] | None = None,
    expressions: Invariants | None = None,
    bindings: Bindings | None = None,
    context_of: ContextOf | None = None,
    further: Definitions | None = None,
    beside: Callable[[str], Node | None] | None = None,
    repeated: bool = False,
    must_support: bool = False,
) -> Outcome:
    """profiles: canonicals that the document has to follow beyond those it claims; of_type: those of each resource of a type.

    context_of: what expressions are evaluated in, for this document; further: questionnaires and measures of elsewhere;
    beside: resources of elsewhere by type and id, to which references may lead;
    repeated: what one definition finds is told also where another has found the same; must_support: tell what is there of it.
    """
    remarks = Remarks()
    typed = BaseWalk(structures, remarks).walk(root)
    places = Places(root, beside)
    facts = Facts(expressions, bindings, None)
    walk = Walk(structures, places, facts)
    facts.context = context_of(root, places, walk) if context_of is not None else None
    _base_facts(typed, walk, facts, remarks)
    walk.is_sound = not repeated and not remarks.has_error
    of_profiles = Remarks()
    walked = _profiles(root, typed, structures, walk, profiles, of_type or {}, of_profiles)
    extensions = Extensions(structures, walk, facts, of_profiles)
    for extension, parent, owner in typed.extensions:
        extensions.judge(extension, parent, owner, remarks)
    narrative_links.judge(typed.extensions, places, structures, remarks)
    contained.judge_ids(typed.named, remarks)
    anchors = narrative.Anchors(root)
    for text in typed.narratives:
        narrative.judge(text, anchors, remarks)
    _resources(typed, structures, places, bindings, remarks)
    data_types.judge_systems(typed.relative_systems, facts.prescribed_uris, remarks)
    remarks += of_profiles
    addresses.judge(walk.unknown, extensions.unknown, structures.definitions, remarks)
    left = not_judged.of_walk(walk, facts, extensions)
    missing = (walk.unknown.keys() - walk.unfinished.keys()) | extensions.unknown.keys()
    if further is not None:
        left += _answers(typed, walk, facts, further, remarks)
    if bindings is not None:
        bindings.base(remarks, _Beside(walked))
        bindings.codings(typed.codings, root, remarks)
        left += bindings.not_judged()
        missing |= bindings.absent()
    supported = None
    if must_support:
        from .must_support import seen  # only when asked

        supported = seen([*walked, *walk.followed(typed.resources)], walk.sort)
    facts.context = None  # which knows the walk, which knows the facts: nothing is left for Python's collector
    return Outcome(list(remarks) if repeated else _once(remarks), walked, left, supported, facts.worded, places, frozenset(missing))


def claims(resource: Node) -> list[Node]:
    """The canonicals that a resource says it follows."""
    meta = resource.only("meta")
    return [node for node in meta.children.get("profile", ()) if isinstance(node.value, str)] if meta is not None else []


def _resources(typed: Typed, structures: Structures, places: Places, bindings: Bindings | None, remarks: Remarks) -> None:
    """What some resources ask beyond their elements, whatever they are held against."""
    for resource in typed.resources:
        contained.judge(resource, remarks)
        if resource.type == "Questionnaire":
            judge_definition(resource, remarks)
        defining_structures.judge(resource, structures, remarks)
        defining_operations.judge(resource, structures, remarks)
        if bindings is not None:
            defining_codes.judge(resource, bindings, remarks)
        if resource.type == "Bundle":
            bundles.judge(resource, places, typed.references, remarks, lambda name: structures.type(name) is not None)


def _answers(typed: Typed, walk: Walk, facts: Facts, further: Definitions, remarks: Remarks) -> tuple[Text, ...]:
    """Those held against what they answer: questionnaires, measures, parameters. What could not be judged of them."""
    if _ANSWERING.isdisjoint([resource.type for resource in typed.resources]):
        return ()
    filled, reported = Questionnaires(further, walk.member, facts.truth), Measures(further)
    for resource in typed.resources:
        if resource.type == "QuestionnaireResponse":
            filled.judge(resource, remarks)
        elif resource.type == "MeasureReport":
            reported.judge(resource, remarks)
        else:
            defining_structures.judge_parameters(resource, further, remarks)
    return (*filled.not_judged(), *reported.not_judged())


def _base_facts(typed: Typed, walk: Walk, facts: Facts, remarks: Remarks) -> None:
    for node, element in typed.elements:
        if element.constraints:
            facts.constraints(node, element, element.constraints, remarks)
        if element.is_bound:
            facts.binding(node, element, remarks)
        if element.profiles:
            walk.profiles(node, element, remarks)
        if element.targets and node.type == "Reference":
            referring.judge(walk, node, element, remarks)
        elif node.type == "canonical":
            referring.judge_canonical(walk, node, element, remarks)


def _profiles(
    root: Node,
    typed: Typed,
    structures: Structures,
    walk: Walk,
    asked: Sequence[str],
    of_type: Mapping[str, Sequence[str]],
    remarks: Remarks,
) -> list[tuple[Node, Structure]]:
    """Each resource with the profiles it claims and those asked of its type, and the document with those that are asked."""
    walked: list[tuple[Node, Structure]] = []
    of_document, of_entries = _split(root, typed, structures, asked)
    for resource in typed.resources:
        wanted: list[tuple[str, Node]] = [(canonical, root) for canonical in of_document] if resource is root else []
        wanted += [(canonical, resource) for canonical in of_entries.get(resource.type, ()) if resource.name == "resource"]
        wanted += [(canonical, resource) for canonical in of_type.get(resource.type, ())]
        wanted += [(str(node.value), node) for node in claims(resource)]
        found: list[tuple[Structure, Node]] = []
        for canonical, at in wanted:
            structure = structures.structure(canonical)
            if structure is None:
                walk.unknown.setdefault(canonical, at)
            elif not _is_of_resource(structure, structures):
                message = Text(f"« {canonical} » n'est pas un profil de ressource", f"`{canonical}` is not a profile of a resource")
                remarks.error("FHIR-PROFILE", f"{BASE}Meta#Meta.profile", at, message)
            else:
                _tell_stand_in(canonical, structure, at, remarks)
                found.append((structure, at))
        for canonical in implied.profiles(resource):
            structure = structures.structure(canonical)
            if structure is not None:
                found.append((structure, resource))
        for structure, _ in _most_specific(found, structures):
            if structure.is_profile:
                remarks.extend(walk.remarks(resource, structure))
            walked.append((resource, structure))
            imposed = (structures.structure(canonical) for canonical in structures.imposed(structure))
            walked += [(resource, one) for one in imposed if one is not None and one.type == resource.type]
    return walked


def _split(root: Node, typed: Typed, structures: Structures, asked: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """What is asked of the document, and of entries by type: a profile of what a Bundle holds is not meant for it."""
    held = {resource.type for resource in typed.resources if resource.name == "resource"} if root.type == "Bundle" else set()
    of_document: list[str] = []
    of_entries: dict[str, list[str]] = {}
    for canonical in asked:
        structure = structures.structure(canonical)
        if structure is not None and structure.type != root.type and structure.type in held:
            of_entries.setdefault(structure.type, []).append(canonical)
        else:
            of_document.append(canonical)
    return of_document, of_entries


class _Beside:
    """The value sets that the profiles of a resource bind an element of it to, in any slice."""

    def __init__(self, walked: Sequence[tuple[Node, Structure]]) -> None:
        self._profiles: dict[int, list[Structure]] = {}
        for resource, structure in walked:
            self._profiles.setdefault(id(resource), []).append(structure)

    def __call__(self, node: Node) -> Iterator[str]:
        steps: list[str] = []
        holder: Node = node
        while not holder.is_resource and holder.parent is not None:
            steps.append(holder.name)
            holder = holder.parent
        path = ".".join([holder.type, *reversed(steps)])
        for structure in self._profiles.get(id(holder), ()):
            yield from structure.value_sets.get(path, ())


def _is_of_resource(structure: Structure, structures: Structures) -> bool:
    """By the type that it constrains: some profiles say a kind that is not their own."""
    type = structures.type(structure.type)
    return (structure if type is None else type).kind == "resource"


def _tell_stand_in(canonical: str, structure: Structure, at: Node, remarks: Remarks) -> None:
    """A version that is not installed is judged with another of the same major version: what it changed cannot be seen."""
    asked = canonical.partition("|")[2]
    version = structure.canonical.partition("|")[2]
    if asked and version != asked:
        message = Text(
            f"« {canonical} » n'est pas installé : jugé avec sa version {version}",
            f"`{canonical}` is not installed: judged with its version {version}",
        )
        hint = Text("Installer le paquet de cette version.", "Install the package of that version.")
        remarks.info("FHIR-PROFILE-VERSION", f"{BASE}Meta#Meta.profile", at, message, hint)


def _most_specific(found: list[tuple[Structure, Node]], structures: Structures) -> list[tuple[Structure, Node]]:
    """Without those from which another one comes: a snapshot holds all that its base says."""
    kept: dict[str, tuple[Structure, Node]] = {}
    for structure, at in found:
        others = [other for other, _ in found if other is not structure and other.url != structure.url]
        if not any(structures.derives_from(other, structure.url) for other in others):
            kept.setdefault(structure.canonical, (structure, at))
    return list(kept.values())


def _once(remarks: Remarks) -> list[Remark]:
    """Base R4 and profiles say the same of an element: the first that says it is kept."""
    seen: set[tuple[str, int, str]] = set()
    kept: list[Remark] = []
    for remark in remarks:
        key = (remark.rule, id(remark.node), remark.message.en)
        if key not in seen:
            seen.add(key)
            kept.append(remark)
    return kept
