"""Which of our profiles apply to a FHIR document, by the meta.profile of its resources and by its content."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from ....documents.fhir_tree import Node
from ....library import is_in_force
from ....model import ProfileHead
from ..fhirpath import Compiled
from .rules import Asked, type_begun_with

COMMON = "fhir/common"


def recognised(
    document: Asked, heads: Collection[ProfileHead], at: date, ready: Callable[[str], Compiled]
) -> tuple[ProfileHead, ...]:
    """Those that the document claims or shows itself to be, else what every resource is judged by.

    heads: of profiles on FHIR. One version of each, in force at the date when one is. ready: the expressions of heads.
    """
    claims = [canonical for resource in document.resources for canonical in _claimed(resource)]
    found: dict[str, ProfileHead] = {}
    for head in heads:
        if _concerns(head, document, claims, ready) and _is_better(head, found.get(head.id), at):
            found[head.id] = head
    if not found:
        for head in heads:
            if head.id == COMMON and _is_better(head, found.get(COMMON), at):
                found[COMMON] = head
    return tuple(found[name] for name in sorted(found))


def _claimed(resource: Node) -> list[str]:
    meta = resource.only("meta")
    return [] if meta is None else [str(node.value) for node in meta.children.get("profile", ())]


def _concerns(head: ProfileHead, document: Asked, claims: list[str], ready: Callable[[str], Compiled]) -> bool:
    if head.canonicals:
        for canonical in claims:
            if canonical.startswith(head.canonicals):
                return True
    root = document.root
    for expression in head.when:
        if type_begun_with(expression) in ("", root.type) and ready(expression).truth(root, document.context) is True:
            return True
    return False


def _is_better(head: ProfileHead, other: ProfileHead | None, at: date) -> bool:
    if other is None:
        return True

    def rank(one: ProfileHead) -> tuple[bool, date, str]:
        return is_in_force(one, at), one.in_force_from or date.min, one.version

    return rank(head) > rank(other)
