"""What a reference has to lead to: a resource of an admitted type, which follows the profile asked of it where it is at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...documents.fhir_tree import Node
from ...library.fhir.index import CODE_SYSTEMS, MEASURES, QUESTIONNAIRES, SEARCH_PARAMETERS, STRUCTURES, VALUE_SETS
from ...model import NO_TEXT, Text
from ...remembered import remembered
from ...values import dataclass
from .references import named_type
from .remarks import Remarks
from .shapes import ANY, BASE, Element, Structure
from .structures import Structures

if TYPE_CHECKING:
    from .walk import Walk

_SORTS = {
    STRUCTURES: "StructureDefinition",
    VALUE_SETS: "ValueSet",
    CODE_SYSTEMS: "CodeSystem",
    QUESTIONNAIRES: "Questionnaire",
    MEASURES: "Measure",
    SEARCH_PARAMETERS: "SearchParameter",
}
_TOLD_ELSEWHERE = ("Meta.profile", "QuestionnaireResponse.questionnaire", "MeasureReport.measure")
_ANY = frozenset({"Resource", "CanonicalResource", "MetadataResource"})
_URIS = "urn:ietf:rfc:3986"
_HELD = {  # R4, aggregation mode
    "contained": Text("contenue", "contained"),
    "referenced": Text("hors de celle-ci", "outside of this one"),
    "bundled": Text("dans le même Bundle", "in the same Bundle"),
}
_CONTAIN = Text("La mettre sous contained et la désigner par # et son id.", "Put it under contained and name it by # and its id.")
REFERENCE_TYPE = f"{BASE}Reference#Reference.type"
REFERENCE_IDENTIFIER = f"{BASE}Reference#Reference.identifier"


@dataclass(frozen=True, slots=True)
class Allowed:
    """names: of the types, once each; is_open: whether one is any or not known; profiles: by type, none where any of it will do.

    unknown: canonicals of profiles that are not at hand.
    """

    names: tuple[str, ...]
    is_open: bool
    profiles: dict[str, list[Structure]]
    unknown: tuple[str, ...]


class Targets:
    """Of the definitions at hand."""

    def __init__(self, structures: Structures) -> None:
        self._structures = structures

    @remembered
    def of(self, element: Element) -> Allowed:
        names: list[str] = []
        plain: set[str] = set()
        unknown: list[str] = []
        profiles: dict[str, list[Structure]] = {}
        for canonical in element.targets.get("Reference", ()):
            if _is_base(canonical):
                name = canonical[len(BASE) :].partition("|")[0]
                plain.add(name)
                profiles.setdefault(name, [])
            else:
                structure = self._structures.structure(canonical)
                name = "" if structure is None else structure.type
                if structure is None:
                    unknown.append(canonical)
                else:
                    profiles.setdefault(name, []).append(structure)
            names.append(name)
        told = {name: [] if name in plain else asked for name, asked in profiles.items()}
        return Allowed(tuple(dict.fromkeys(names)), "" in names or not ANY.isdisjoint(names), told, tuple(unknown))


def _is_base(canonical: str) -> bool:
    """Whether a canonical is that of a resource type itself."""
    name = canonical[len(BASE) :].partition("|")[0]
    return canonical.startswith(BASE) and name.isalpha() and name[:1].isupper()


def judge(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """The type of what a reference leads to, and its profile when it is in the document."""
    if node.type != "Reference":
        return
    url = node.text("reference")
    if " " in url:
        message = Text(f"« {url} » n'est pas une adresse", f"`{url}` is not an address")
        remarks.error("FHIR-REFERENCE", f"{BASE}Reference#Reference.reference", node, message)
        return
    target = walk.places.target(node) if url else None
    if url.startswith("#") and target is None:
        message = Text(f"« {url} » ne mène à aucune ressource contenue", f"`{url}` leads to no contained resource")
        remarks.lack("FHIR-REFERENCE", element.requirement, node, message)
        return
    if target is not None or "type" in node.children:
        _name(walk, node, url, target, remarks)
    if target is not None and "identifier" in node.children:
        _identified(node, target, remarks)
    allowed = walk.targets.of(element)
    type = target.type if target is not None else named_type(url) or node.text("type")
    named = walk.structures.type(type)
    if not allowed.names or named is None or named.kind != "resource":
        return
    profiles = allowed.profiles.get(type)
    if profiles is None:
        if not allowed.is_open:
            names = ", ".join(sorted(allowed.names))  # the same of R4 and of a profile is told once
            message = Text(
                f"la référence mène à un {type} : {names} est attendu", f"the reference leads to {type}: {names} is expected"
            )
            remarks.error("FHIR-REFERENCE", element.requirement, node, message)
        elif target is not None:
            _not_at_hand(walk, node, allowed)
        return
    _aggregation(node, element, url, target, remarks)
    if "is_hierarchy" in element.asks and target is not None:
        _goes_round(walk, node, element, remarks)
    elif target is node.resource and url != "#":
        _of_itself(node, element, url, remarks)
    if target is None or not profiles or any(walk.conforms(target, one) for one in profiles):
        return
    if allowed.unknown:
        _not_at_hand(walk, node, allowed)
    else:
        names = ", ".join(one.title for one in profiles)
        message = Text(f"ce que la référence désigne ne suit pas {names}", f"what the reference names does not follow {names}")
        remarks.error("FHIR-REFERENCE", element.requirement, node, message, walk.why(target, profiles), consequence=True)


def _not_at_hand(walk: Walk, node: Node, allowed: Allowed) -> None:
    """What a reference names may follow a profile that nothing here gives."""
    for canonical in allowed.unknown:
        walk.unknown.setdefault(canonical, node)


def judge_canonical(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """The sort of definition that a canonical names, where one at hand has its address; who is told of it elsewhere is left."""
    if isinstance(node.value, str) and node.value.startswith("#"):
        _contained(node, node.value[1:], element, remarks)
        return
    targets = [target.partition("|")[0].rpartition("/")[2] for target in element.targets.get("canonical", ())]
    if not isinstance(node.value, str) or not targets or element.path in _TOLD_ELSEWHERE or not _ANY.isdisjoint(targets):
        return
    found = _SORTS.get(walk.structures.definitions.sort(node.value.partition("|")[0]))
    if found is not None and found not in targets:
        names = ", ".join(targets)
        message = Text(
            f"« {node.value} » est un {found} : {names} est attendu", f"`{node.value}` is a {found}: {names} is expected"
        )
        remarks.error("FHIR-REFERENCE", element.requirement, node, message)


def _contained(node: Node, identifier: str, element: Element, remarks: Remarks) -> None:
    """A canonical that begins with "#" is of a contained resource (R4, references, canonical)."""
    inside = node.container.children.get("contained", ())
    if identifier and not any(one.text("id") == identifier for one in inside):
        message = Text(f"« #{identifier} » ne mène à aucune ressource contenue", f"`#{identifier}` leads to no contained resource")
        remarks.lack("FHIR-REFERENCE", element.requirement, node, message)


def _of_itself(node: Node, element: Element, url: str, remarks: Remarks) -> None:
    """A warning: no word of R4 forbids it, and nothing comes from itself, replaces itself or is about itself."""
    name = node.name if node.name != "target" or node.parent is None else node.parent.name
    message = Text(f"{name} désigne la ressource elle-même : {url}", f"{name} names the resource itself: {url}")
    remarks.warning("FHIR-REFERENCE", element.requirement, node, message)


def _goes_round(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """Where R4 wants a strict hierarchy (an organization part of another), nothing comes back to itself, as far as is at hand.

    A warning: R4 says so of the type of the element, and publishes an encounter that is part of itself.
    """
    own = node.resource
    seen: set[int] = set()
    meets_again = False
    waiting = [node]
    while waiting:
        target = walk.places.target(waiting.pop())
        if target is None or (element.name, id(target)) in walk.straight:
            continue
        if target is own:
            message = Text(
                f"{element.name} revient à la ressource elle-même : {node.text('reference')}",
                f"{element.name} comes back to the resource itself: {node.text('reference')}",
            )
            remarks.warning("FHIR-REFERENCE", element.requirement, node, message)
            return
        if id(target) in seen:
            meets_again = True
        else:
            seen.add(id(target))
            waiting += target.children.get(element.name, ())
    if not meets_again:
        walk.straight.update((element.name, one) for one in seen)


def _name(walk: Walk, node: Node, url: str, target: Node | None, remarks: Remarks) -> None:
    """A reference that says a type says one of resources, and has to lead to one of that type."""
    said = node.text("type")
    known = walk.structures.type(said) if said else None
    if said and (known is None or known.kind != "resource") and walk.structures.type("Resource") is not None:
        message = Text(f"« {said} » n'est pas un type de ressource", f"`{said}` is not a resource type")
        end = said.rpartition("/")[2]
        hint = Text(f"Écrire {end}.", f"Write {end}.") if said == f"{BASE}{end}" else NO_TEXT
        remarks.error("FHIR-REFERENCE", REFERENCE_TYPE, node, message, hint)
        return
    type = target.type if target is not None else named_type(url)
    for one in (named_type(url) if target is not None else "", said):
        if one and type and one != type and walk.structures.type(one) is not None and walk.structures.type(type) is not None:
            message = Text(f"la référence dit {one}, elle mène à un {type}", f"the reference says {one}, it leads to {type}")
            remarks.error("FHIR-REFERENCE", REFERENCE_TYPE, node, message)
            return


def _identified(node: Node, target: Node, remarks: Remarks) -> None:
    """The identifier beside a reference is one of its target (R4, Reference.identifier), which may have others of the system.

    A former one, one of another type and a URI, whose system assigns nothing, are no sign of another target.
    """
    identifier = node.only("identifier")
    if identifier is None or identifier.text("use") == "old":
        return
    system, value, kinds = identifier.text("system"), identifier.text("value"), _kinds(identifier)
    of_system = [one for one in target.children.get("identifier", ()) if one.text("system") == system]
    held = [one.text("value") for one in of_system]
    is_of_one_kind = not any(kinds and (others := _kinds(one)) and kinds.isdisjoint(others) for one in of_system)
    if system not in ("", _URIS) and value and all(held) and held and value not in held and is_of_one_kind:
        message = Text(
            f"la référence dit l'identifiant {value}, ce qu'elle désigne a {held[0]}",
            f"the reference says the identifier {value}, what it names has {held[0]}",
        )
        remarks.warning("FHIR-REFERENCE", REFERENCE_IDENTIFIER, node, message)


def _kinds(identifier: Node) -> frozenset[tuple[str, str]]:
    kind = identifier.only("type")
    codings = () if kind is None else kind.children.get("coding", ())
    return frozenset((one.text("system"), one.text("code")) for one in codings)


def _aggregation(node: Node, element: Element, url: str, target: Node | None, remarks: Remarks) -> None:
    wanted = element.aggregations.get("Reference")
    if not wanted or not url:
        return
    is_elsewhere = target is None or target.root is not node.root
    kind = "contained" if url.startswith("#") else "referenced" if is_elsewhere else "bundled"
    if kind in wanted or (kind == "bundled" and "referenced" in wanted):
        return
    if kind == "referenced" and "bundled" in wanted and node.root.type != "Bundle":
        return  # what will go with it is not known
    asked = [_HELD[one] for one in wanted]
    message = Text(
        f"la ressource désignée ({url}) doit être {' ou '.join(one.fr for one in asked)}",
        f"the resource named ({url}) has to be {' or '.join(one.en for one in asked)}",
    )
    remarks.error("FHIR-REFERENCE", element.requirement, node, message, _CONTAIN if wanted == ["contained"] else NO_TEXT)
