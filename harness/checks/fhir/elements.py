"""What a definition asks of an element by itself: its value, its length, its type, its code.

Each is a check of the walk, asked of the elements of which the definition says such a thing.
"""

# ruff: noqa: ARG001 - all checks are given the same

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from ...documents.fhir_tree import Node
from ...library.fhirpath.failures import NotEvaluatedError
from ...model import Text
from . import narrative
from .fhirpath.patterns import pattern
from .remarks import Remarks
from .resources.attachments import octets
from .shapes import CODED, QUANTITIES, Element
from .values import shown, told

if TYPE_CHECKING:
    from .walk import Walk

Check: TypeAlias = Callable[["Walk", Node, Element, Remarks], None]

ANY = frozenset({"Resource", "DomainResource"})


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
    if text is None:
        return
    number = len(text)
    if element.max_length is not None and number > element.max_length:
        limit, fr, en = element.max_length, "au plus", "at most"
    elif element.min_length is not None and number < element.min_length:
        limit, fr, en = element.min_length, "au moins", "at least"
    else:
        return
    message = Text(f"{number} caractères, {limit} {fr}", f"{number} characters, {limit} {en}")
    remarks.error("FHIR-LENGTH", element.requirement, node, message)


def languages(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    narrative.judge_languages(node, element.narrative_languages, element.requirement, remarks)


def has_value(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
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


def of_value(value: Element, check: Check, walk: Walk, node: Node, _: Element, remarks: Remarks) -> None:
    """A check asked of the value of a primitive, which is no node of its own."""
    check(walk, node, value, remarks)


def value_there(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """A definition says that the value itself is there, be it told why not."""
    if node.value is None:
        remarks.error("FHIR-CARD", element.requirement, node, Text("une valeur est obligatoire", "a value is required"))


def form(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """A regular expression that the whole value has to follow; R4's own, which snapshots repeat, has been judged as its type."""
    said = element.asks["regex"]
    text = _written(node)
    if text is None or said == walk.structures.regex(node.type):
        return
    try:
        fits = pattern(said).is_whole(text)
    except NotEvaluatedError:
        walk.facts.left.add((element.id, "regex"))
        return
    if not fits:
        message = Text(
            f"« {shown(node)} » n'a pas la forme attendue : {said}", f"`{shown(node)}` has not the form that is asked: {said}"
        )
        remarks.error("FHIR-REGEX", element.requirement, node, message)


def decimals(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """maxDecimalPlaces: of a number, or of that of a quantity. All that are written count, zeros included."""
    most = element.asks["max_decimals"]
    number = node if node.type == "decimal" else node.only("value")
    if not isinstance(most, int):
        walk.facts.left.add((element.id, "maxDecimalPlaces"))
    elif number is not None and isinstance(number.value, Decimal):
        exponent = number.value.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > most:
            message = Text(f"{number.value} : {most} décimales au plus", f"{number.value}: {most} decimals at most")
            remarks.error("FHIR-LIMIT", element.requirement, number, message)


def size(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """maxSize: of an attachment, as it says and as its content is."""
    most = element.asks["max_size"]
    said = node.only("size")
    told = said.value if said is not None and isinstance(said.value, int) else len(octets(node.text("data")))
    if node.type == "Attachment" and told > most:
        message = Text(f"{told} octets, {most:g} au plus", f"{told} bytes, {most:g} at most")
        remarks.error("FHIR-ATTACHMENT", element.requirement, node, message)


def media_type(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """mimeType: those that an attachment may be of, whatever their parameters."""
    kind = node.text("contentType")
    admitted = element.asks["media_types"]
    if node.type == "Attachment" and kind and kind not in admitted and kind.partition(";")[0].strip() not in admitted:
        names = ", ".join(admitted)
        message = Text(f"« {kind} » : {names} est attendu", f"`{kind}`: {names} is expected")
        remarks.error("FHIR-ATTACHMENT", element.requirement, node, message)


def unit(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """unitOption and unitValueSet oblige (SDC: as a required binding); of allowedUnits R4 says that it *should* be one of them."""
    if "value" not in node.children or node.type not in QUANTITIES:
        return
    own = (node.text("system"), node.text("code"))
    for asked in element.asks["units"]:
        if any(own == (system or own[0], code) for system, code in asked["codes"]):
            continue
        verdicts = (
            {walk.member(node, {"strength": "required", "valueset": one}) for one in asked["valuesets"]} if all(own) else {False}
        )
        if True in verdicts:
            continue
        if None in verdicts:
            walk.facts.left.add((element.id, "unit"))
            continue
        names = ", ".join([*(code for _, code in asked["codes"]), *asked["valuesets"]])
        written = own[1] or node.text("unit")
        message = Text(
            f"l'unité « {written} » n'est pas de celles attendues : {names}", f"the unit `{written}` is none of: {names}"
        )
        tell = remarks.error if asked["strength"] == "required" else remarks.warning
        tell("FHIR-BINDING", element.requirement, node, message)


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
        Text(f"« {url} » nomme une version, le profil n'en veut pas", f"`{url}` names a version, the profile wants none")
        if is_specific
        else Text(f"« {url} » ne nomme pas de version", f"`{url}` names no version")
    )
    remarks.error("FHIR-REFERENCE", element.requirement, node, message)


def left(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """What the definition asks and nothing judges is said."""
    walk.facts.left |= {(element.id, what) for what in element.asks["left"]}


def worded(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """Constraints written for a reader only."""
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
