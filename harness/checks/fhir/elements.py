"""What a definition asks of an element by itself: its value, its length, its type, its code.

Each is a check of the walk, asked of the elements of which the definition says such a thing.
"""

# ruff: noqa: ARG001 - all checks are given the same

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from ...documents.fhir_tree import Node
from ...library.fhirpath.failures import NotEvaluatedError
from ...model import Text
from . import narrative, value_limits
from .remarks import Remarks
from .shapes import ANY, CODED, QUANTITIES, Element
from .values import shown, told

if TYPE_CHECKING:
    from .walk import Walk

Check: TypeAlias = Callable[["Walk", Node, Element, Remarks], None]


def fixed(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    for rule, wanted, is_met in element.wanted:
        if not is_met(node):
            remarks.refute()
            value = told(wanted)
            message = Text(f"« {shown(node)} » : {value} est attendu", f"`{shown(node)}`: {value} is expected")
            remarks.error(rule, element.requirement, node, message)
        elif node.type in CODED or node.type == "uri":
            walk.facts.prescribed(node)


def length(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    text = _written(node)
    if text is not None and (why := value_limits.length(text, element.min_length, element.max_length)) is not None:
        remarks.error("FHIR-LENGTH", element.requirement, node, why)


def languages(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    narrative.judge_languages(node, element.asks["narrative_languages"], element.requirement, remarks)


def has_value(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """A primitive that must have a value: an extension in its place is not enough, unless the profile allows it."""
    if node.value is not None or (node.children.keys() - {"extension", "id"}):
        return
    admitted = () if "must_have_value" in element.asks else element.asks["value_alternatives"]
    if any(one.text("url") in admitted for one in node.children.get("extension", ())):
        return
    names = ", ".join(admitted)
    fr, en = (f" ou {names}", f" or {names}") if names else ("", "")
    remarks.error("FHIR-CARD", element.requirement, node, Text(f"une valeur est obligatoire{fr}", f"a value is required{en}"))


def of_value(value: Element, check: Check, walk: Walk, node: Node, _: Element, remarks: Remarks) -> None:
    """A check asked of the value of a primitive, which is no node of its own."""
    check(walk, node, value, remarks)


def value_there(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """The definition requires the value itself, even where an extension says why it is absent."""
    if node.value is None:
        remarks.error("FHIR-CARD", element.requirement, node, Text("une valeur est obligatoire", "a value is required"))


def form(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """The whole value has to match a regular expression; R4's own, which snapshots repeat, was checked with the type."""
    said = element.asks["regex"]
    text = _written(node)
    if text is None or said == walk.structures.regex(node.type):
        return
    try:
        why = value_limits.form(node, text, said)
    except NotEvaluatedError:
        walk.facts.left.add((element.id, "regex"))
        return
    if why is not None:
        remarks.error("FHIR-REGEX", element.requirement, node, why)


def decimals(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """maxDecimalPlaces: of a number, or of that of a quantity."""
    most = element.asks["max_decimals"]
    number = node if node.type == "decimal" else node.only("value")
    if not isinstance(most, int):
        walk.facts.left.add((element.id, "maxDecimalPlaces"))
    elif number is not None and (why := value_limits.decimals(number, most)) is not None:
        remarks.error("FHIR-LIMIT", element.requirement, number, why)


def size(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """maxSize: of an attachment."""
    if node.type == "Attachment" and (why := value_limits.size(node, element.asks["max_size"])) is not None:
        remarks.error("FHIR-ATTACHMENT", element.requirement, node, why)


def media_type(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """mimeType: those that an attachment may be of."""
    if node.type == "Attachment" and (why := value_limits.media_type(node, element.asks["media_types"])) is not None:
        remarks.error("FHIR-ATTACHMENT", element.requirement, node, why)


def unit(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """unitOption and unitValueSet oblige (SDC: as a required binding); of allowedUnits R4 says that it *should* be one of them."""
    if "value" not in node.children or node.type not in QUANTITIES:
        return
    for one in element.asks["units"]:
        verdict, why = value_limits.unit(node, one["codes"], one["valuesets"], walk.member)
        if verdict is None:
            walk.facts.left.add((element.id, "unit"))
        elif why is not None:
            tell = remarks.error if one["strength"] == "required" else remarks.warning
            tell("FHIR-BINDING", element.requirement, node, why)


def alternatives(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """preferredValueAlternatives: where a primitive has no value, one of these extensions *should* stand for it."""
    preferred = element.asks["preferred_alternatives"]
    if node.value is None and not any(one.text("url") in preferred for one in node.children.get("extension", ())):
        names = ", ".join(preferred)
        message = Text(
            f"sans valeur, une extension est préférée ici : {names}", f"without a value, an extension is preferred here: {names}"
        )
        remarks.warning("FHIR-CARD", element.requirement, node, message)


def versioning(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """Whether a reference has to name a version, or must not. What is contained, or named by a URN, has none."""
    wanted = element.asks["versioning"].get(node.type)
    url = node.text("reference") if node.type == "Reference" else node.value
    if wanted is None or not isinstance(url, str) or not url or url.startswith(("#", "urn:")):
        return
    is_specific = ("/_history/" if node.type == "Reference" else "|") in url
    if is_specific == (wanted == "specific"):
        return
    message = (
        Text(f"« {url} » nomme une version, le profil n'en veut pas", f"`{url}` names a version, the profile expects none")
        if is_specific
        else Text(f"« {url} » ne nomme pas de version", f"`{url}` names no version")
    )
    remarks.error("FHIR-REFERENCE", element.requirement, node, message)


def left(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """Reports what the definition asks and the harness does not judge."""
    walk.facts.left |= {(element.id, what) for what in element.asks["left"]}


def worded(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """Constraints that have words only, and no expression."""
    walk.facts.worded.update(dict.fromkeys(element.asks["worded"], element.id))


def limits(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    walk.facts.limits(node, element, remarks)


def of_type(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    if node.type in element.types or not node.type or not element.types:
        return
    if node.is_resource:
        if ANY & set(element.types):
            return
    elif element.content_reference is not None or "Element" in element.types or node.type == "BackboneElement":
        return
    allowed = ", ".join(element.types)[:200]
    message = Text(f"{node.type} : {allowed} est attendu", f"{node.type}: {allowed} is expected")
    remarks.error("FHIR-TYPE", element.requirement, node, message)


def binding(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    walk.facts.binding(node, element, remarks)


def _written(node: Node) -> str | None:
    """A value as it is written; None where there is none, and of a boolean, which no text limits."""
    return None if node.value is None or isinstance(node.value, bool) else str(node.value)


# Of what few elements ask (`Element.asks`), who judges it.
BESIDE: dict[str, Check] = {
    "narrative_languages": languages,
    "must_have_value": has_value,
    "value_alternatives": has_value,
    "regex": form,
    "max_decimals": decimals,
    "max_size": size,
    "media_types": media_type,
    "units": unit,
    "versioning": versioning,
    "preferred_alternatives": alternatives,
    "left": left,
    "worded": worded,
}
