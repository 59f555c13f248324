"""What an element leads to or follows: the targets of its references, its profiles, where an extension may stand."""

from __future__ import annotations

from collections.abc import Iterator

from ...shapes import Element
from ..editing import Pointer, held, joined, pointer, replaced
from ..facets import Facet
from ..specimens import samples
from .subject import Deed, Subject, plain

_TARGETS = ("Basic", "Subscription", "Patient")


def reference(subject: Subject, facet: Facet) -> Iterator[Deed]:
    for node in subject.nodes(facet.element):
        if node.type != "Reference":
            continue
        at = pointer(node)
        if facet.name == "aggregation":
            type = node.text("type") or subject.target_type(facet.element)
            yield "outside", replaced(subject.content, at, {"reference": f"{type}/outside"})
            yield from _contained(subject, at, facet.element)
            continue
        for type in (*_types_of_r4(subject, facet.element), *_TARGETS):
            yield "other-type", replaced(subject.content, at, {"reference": f"{type}/other"})
        yield from _contained(subject, at, facet.element)


def _types_of_r4(subject: Subject, element: Element) -> list[str]:
    """Those that R4 lets the reference lead to, and the profile does not."""
    base = subject.tree.base(element)
    known = (subject.structures.structure(one) for one in (base.targets.get("Reference", ()) if base is not None else ()))
    excluded = {structure.type for one in element.targets["Reference"] if (structure := subject.structures.structure(one))}
    return [one.type for one in known if one is not None and one.type not in excluded]


def _contained(subject: Subject, at: Pointer, element: Element) -> Iterator[Deed]:
    """What the reference leads to is of the right type, and does not follow its profile."""
    resource: Pointer = ()
    for size in range(len(at)):
        if at[size] == "resource":
            resource = at[: size + 1]
    for canonical in element.targets.get("Reference", ()):
        structure = subject.structures.structure(canonical)
        if structure is None or structure.kind != "resource":
            continue
        bare = subject.broken(structure) or {"resourceType": structure.type}
        content = replaced(subject.content, at, {"reference": "#bare"})
        for inner in bare.get("contained", ()):
            content = joined(content, resource, "contained", inner, listed=True)
        target = {**{key: value for key, value in bare.items() if key != "contained"}, "id": "bare"}
        yield "other-profile", joined(content, resource, "contained", target, listed=True)


def profile(subject: Subject, facet: Facet) -> Iterator[Deed]:
    for node in subject.nodes(facet.element):
        for canonical in facet.element.profiles[facet.name]:
            structure = subject.structures.structure(canonical)
            value = None if structure is None else subject.broken(structure)
            if value is not None:
                yield "other-profile", replaced(subject.content, pointer(node), value)


def context(subject: Subject, facet: Facet) -> Iterator[Deed]:
    for node in subject.nodes(facet.element):
        value = held(subject.content, pointer(node))
        for type in ("Basic", "Patient", "OperationOutcome", "Observation"):
            yield "elsewhere", {**plain(type), "extension": [value]}
        yield "elsewhere", {**plain("Patient"), "name": [{**samples.data_types()["HumanName"], "extension": [value]}]}
