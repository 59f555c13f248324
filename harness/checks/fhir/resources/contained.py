"""Inside one resource: ids that are unique, and contained resources that are referred to.

A contained resource is referred to by the one that holds it, or refers to it (dom-3).

The invariant of R4 looks at references and addresses only; a narrative that shows a contained image refers to it as well. Source:
FHIR R4, references, contained resources; narrative, images and links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ....documents.fhir_tree import Node
from ....model import Text
from ..remarks import Remarks
from ..shapes import BASE

_ADDRESSES = frozenset({"canonical", "uri", "url"})
_LINK = re.compile(r"""\b(?:src|href)\s*=\s*["']#([^"']+)["']""")


def judge(holder: Node, remarks: Remarks) -> None:
    """holder: a resource, whose nodes have their types."""
    contained = holder.children.get("contained")
    if not contained:
        return
    named: set[str] = set()
    for node in holder.walk():
        value = node.value
        if not isinstance(value, str):
            continue
        if value.startswith("#") and (node.name == "reference" or node.type in _ADDRESSES):
            named.add(value[1:])
        elif node.type == "xhtml":
            named.update(_LINK.findall(value))
    ids: set[str] = set()
    for one in contained:
        identifier = one.text("id")
        if not identifier or identifier in ids:
            message = Text(
                f"l'id « {identifier} » nomme déjà une autre ressource contenue"
                if identifier
                else "une ressource contenue a un id",
                f"the id `{identifier}` names another contained resource already"
                if identifier
                else "a contained resource has an id",
            )
            remarks.error("FHIR-ID", f"{BASE}DomainResource#DomainResource.contained", one, message)
        ids.add(identifier)
        if identifier and identifier not in named and not _speaks_of_holder(one):
            message = Text(
                f"rien ne désigne la ressource contenue « #{identifier} », et elle ne désigne pas celle qui la contient",
                f"nothing refers to the contained resource `#{identifier}`, nor does it refer to the one that contains it",
            )
            hint = Text(
                f"Écrire « #{identifier} » là où elle est citée, ou la retirer.",
                f"Write `#{identifier}` where it is cited, or remove it.",
            )
            remarks.error("FHIR-INVARIANT:dom-3", f"{BASE}DomainResource#dom-3", one, message, hint)


def judge_ids(named: Iterable[Node], remarks: Remarks) -> None:
    """The ids of elements hold no space and are unique in their resource (R4, Element.id). named: elements that have one."""
    seen: set[tuple[int, str]] = set()
    for node in named:
        resource, identifier = node.resource, node.text("id")
        if resource.type == "StructureDefinition" or not identifier:
            continue  # its snapshot and its differential name the same elements
        if any(sign.isspace() for sign in identifier):
            message = Text(f"l'id « {identifier} » a une espace", f"the id `{identifier}` has a space")
            remarks.error("FHIR-ID", f"{BASE}Element#Element.id", node, message)
        key = (id(resource), identifier)
        if key in seen:
            message = Text(
                f"l'id « {identifier} » nomme déjà un autre élément", f"the id `{identifier}` names another element already"
            )
            remarks.error("FHIR-ID", f"{BASE}Element#Element.id", node, message)
        seen.add(key)


def _speaks_of_holder(contained: Node) -> bool:
    return any(node.value == "#" and (node.name == "reference" or node.type in _ADDRESSES) for node in contained.walk())
