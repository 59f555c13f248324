"""The slices of a list: how many items each has, in which order, and whether an item that belongs to no slice is admitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...documents.fhir_tree import Node
from ...model import NO_TEXT, Severity, Text
from . import counts
from .remarks import Remark, Remarks
from .shapes import Element, Structure
from .slicing import Sorted

if TYPE_CHECKING:
    from .walk import Walk

_COMPARED = 8  # elements near a slice, and slices near an element


def judge(walk: Walk, parent: Node, sliced: Element, nodes: list[Node], remarks: Remarks) -> None:
    result = walk.sort(nodes, sliced)
    for node in nodes:
        found = result.slice_of.get(id(node))
        if found is None:
            walk.item(node, sliced, remarks)
        else:
            walk.item(node, found, remarks, sliced)
    for element in sliced.slices:
        if element.min == 0 and element.slice_name not in result.by_slice:
            continue
        inside = result.by_slice.get(element.slice_name, [])
        if element.max is not None and len(inside) > element.max:
            counts.too_many_in(inside, element, remarks)
        if len(inside) < element.min:
            if len(inside) + len(result.uncertain.get(element.slice_name, ())) >= element.min:
                walk.untold.append((parent, element))
            else:
                remarks.refute()
                near = [found for node in result.unsliced for found in _near(walk, node, element, sliced)]
                hint = _kept_out(walk, near) if near else counts.recognised(walk.slicer.said(element, sliced))
                counts.too_few_in(parent, inside, element, remarks, hint, consequence=bool(near))
                if len(near) == 1:  # what is wrong with the one element that would be of the slice, if it followed its profile
                    remarks.extend(walk.remarks(*near[0]))
        if element.slices and inside:
            judge(walk, parent, element, inside, remarks)
    if result.unsliced:
        _judge_unsliced(walk, sliced, nodes, result, remarks)
    for node, element in result.out_of_order:
        message = Text(f"la tranche « {element.slice_name} » vient trop tard", f"the slice `{element.slice_name}` comes too late")
        remarks.error("FHIR-SLICE", sliced.requirement, node, message)


def _judge_unsliced(walk: Walk, sliced: Element, nodes: list[Node], result: Sorted, remarks: Remarks) -> None:
    rules = sliced.slicing["rules"] if sliced.slicing else "open"
    if rules == "closed":
        remarks.refute()
        known = ", ".join(element.slice_name for element in sliced.slices)
        message = Text(
            f"n'est d'aucune des tranches admises de « {sliced.name} » ({known})",
            f"is of none of the slices admitted in `{sliced.name}` ({known})",
        )
        for node in result.unsliced:
            near = [found for element in sliced.slices for found in _near(walk, node, element, sliced)]
            remarks.error("FHIR-SLICE", sliced.requirement, node, message, _kept_out(walk, near), consequence=bool(near))
    elif rules == "openAtEnd" and result.slice_of:
        last = max(index for index, node in enumerate(nodes) if id(node) in result.slice_of)
        before = {id(node) for node in nodes[:last]}
        message = Text("ce qui n'est d'aucune tranche vient à la fin", "what is of no slice comes at the end")
        for node in result.unsliced:
            if id(node) in before:
                remarks.error("FHIR-SLICE", sliced.requirement, node, message)
    elif not remarks.asking:
        _tell_near(walk, result.unsliced, sliced, remarks)


def _tell_near(walk: Walk, unsliced: list[Node], sliced: Element, remarks: Remarks) -> None:
    """Of what open slices admit beside them: the slice that it would be of, and what keeps it out. It breaks nothing.

    Of several, nobody knows which was meant: that it is of none is told, with what is wrong for the one that finds least.
    """
    if not any(kind == "profile" for kind, _ in (sliced.slicing or {}).get("discriminator", ())):
        return
    for node in unsliced:
        possible = walk.slicer.possible(node, sliced, walk.places)
        if any(element.min > 0 for element in possible):
            continue  # of one that has to be there, it is told beside it
        near = [(element, *found[0]) for element in possible if len(found := _near(walk, node, element, sliced)) == 1]
        if len(near) != len(possible) or not near:
            continue
        element, of, structure = min(near, key=lambda one: sum(map(_is_error, walk.remarks(*one[1:]))))
        why = walk.why(of, [structure])
        if why is NO_TEXT:
            continue
        names = ", ".join(one.slice_name for one in possible)
        message = (
            Text(
                f"n'est pas de la tranche « {element.slice_name} » : {structure.title} n'est pas suivi",
                f"is not of the slice `{element.slice_name}`: {structure.title} is not followed",
            )
            if len(possible) == 1
            else Text(
                f"n'est d'aucune des tranches dont il pourrait être ({names}) : {structure.title} n'est pas suivi, ni les autres",
                f"is of none of the slices that it could be of ({names}): {structure.title} is not followed, nor the others",
            )
        )
        remarks.info("FHIR-SLICE", element.requirement, node, message, why)


def _kept_out(walk: Walk, near: list[tuple[Node, Structure]]) -> Text:
    """What keeps an element out of a slice, of several the one that finds least; empty where none is near."""
    if not near:
        return NO_TEXT
    of, structure = min(near[:_COMPARED], key=lambda one: sum(map(_is_error, walk.remarks(*one))))
    return walk.why(of, [structure])


def _near(walk: Walk, node: Node, element: Element, sliced: Element) -> list[tuple[Node, Structure]]:
    return walk.slicer.near(node, element, sliced, walk.places, walk)


def _is_error(remark: Remark) -> bool:
    return remark.severity is Severity.ERROR
