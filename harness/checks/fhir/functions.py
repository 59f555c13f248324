"""The functions that our rules on FHIR may call beside those of FHIRPath (docs/fhir-rules.md).

On nothing, each answers as on an empty text: a rule is never empty for want of an element.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ... import identifiers
from ...documents.fhir_tree import Node
from ...labels import fold
from .. import contents
from . import attachments
from .fhirpath import Further
from .fhirpath.evaluation import Frame, Items, Step

_Function = Callable[[Items, tuple[Step, ...], Frame], Items]
_SEXES = {"male": "M", "female": "F"}
_TRAIT = re.compile(r"([^\W\d_]|[ '’-])+")
_AS_INSI_RETURNS = re.compile(r"[A-Z '’-]+")

_FAULTS: Mapping[str, Callable[[str], str | None]] = {
    **identifiers.FAULTS,
    "trait": lambda text: _trait_fault(text),
}


def written(items: Items) -> str:
    """The text of the first item as the document writes it, `""` when there is none."""
    for item in items:
        value = item.value if isinstance(item, Node) else item
        if isinstance(value, bool):
            return "true" if value else "false"
        if value is not None:
            return str(value)
    return ""


def _trait_fault(text: str) -> str | None:
    """sign: a digit or a sign that no trait has; case: not in capitals without accents, as INSi returns traits."""
    said = " ".join(text.split())
    if not said:
        return None
    if not _TRAIT.fullmatch(said):
        return "sign"
    return None if _AS_INSI_RETURNS.fullmatch(said) else "case"


def _agrees_with_birth(ins: str, birth: str) -> bool:
    digits = birth.replace("-", "")
    return identifiers.ins_agrees_with_year(ins, digits) and identifiers.ins_agrees_with_month(ins, digits)


def _content_fault(data: str, media: str) -> str:
    """other: it begins as another type than it says; kind: it does not begin as its type does; cut: a PDF without its end."""
    fault = contents.base64_fault(data, media)
    if fault in ("base64", "empty"):
        return ""  # told of the value itself
    return "other" if fault == "other" or contents.begins_as_another(data, media) else fault


def _alone(function: Callable[[str], object]) -> tuple[_Function, int, int]:
    return (lambda items, _arguments, _frame: [function(written(items))]), 0, 0


def _with_text(function: Callable[[str, str], object]) -> tuple[_Function, int, int]:
    def call(items: Items, arguments: tuple[Step, ...], frame: Frame) -> Items:
        return [function(written(items), written(arguments[0](frame.this, frame)))]

    return call, 1, 1


def _identifiers(items: Items, _arguments: tuple[Step, ...], frame: Frame) -> Items:
    """Every Identifier in what is given, found once for a document."""
    found: list[Node] = []
    for item in items:
        if isinstance(item, Node):
            key = (_identifiers, item)
            known = frame.context.remembered.get(key)
            if known is None:
                known = frame.context.remembered[key] = [node for node in item.walk() if _is_identifier(node)]
            found += known
    return found


def _ins(items: Items, _arguments: tuple[Step, ...], frame: Frame) -> Items:
    """The identifiers of a patient that are an INS, found once."""
    found: list[Node] = []
    for item in items:
        if isinstance(item, Node):
            key = (_ins, item)
            known = frame.context.remembered.get(key)
            if known is None:
                said = item.children.get("identifier", ())
                known = [identifier for identifier in said if identifiers.is_ins_oid(identifier.text("system"))]
                frame.context.remembered[key] = known
            found += known
    return found


def _extension_ending(items: Items, arguments: tuple[Step, ...], frame: Frame) -> Items:
    """The extensions whose url ends so: the same one has had several addresses."""
    end = written(arguments[0](frame.this, frame))
    return [
        extension
        for item in items
        if isinstance(item, Node)
        for extension in item.children.get("extension", ())
        if extension.text("url").endswith(end)
    ]


def _held_by(items: Items, arguments: tuple[Step, ...], frame: Frame) -> Items:
    """Whether the first item stands directly in an element or a resource of this type."""
    type_ = written(arguments[0](frame.this, frame))
    holder = items[0].parent if items and isinstance(items[0], Node) else None
    return [holder is not None and holder.type == type_]


def _is_identifier(node: Node) -> bool:
    """By its shape: types are not known without definitions. A contact point's system is a word, a quantity's value a number."""
    children = node.children
    if "system" not in children or "value" not in children:
        return False
    system, value = children["system"][0].value, children["value"][0].value
    return isinstance(system, str) and isinstance(value, str) and (":" in system or "." in system)


OURS = Further(
    {
        "identifiers": (_identifiers, 0, 0),
        "ins": (_ins, 0, 0),
        "extensionEnding": (_extension_ending, 1, 1),
        "heldBy": (_held_by, 1, 1),
        "written": _alone(lambda text: text),
        "folded": _alone(fold),
        "isIns": _alone(identifiers.is_ins_oid),
        "isProductionIns": _alone(identifiers.is_production_ins_oid),
        "isUnderInsRoot": _alone(identifiers.under_ins_root),
        "insArcExists": _alone(lambda system: identifiers.ins_arc(system) is not None),
        "agreesWithSex": _with_text(lambda ins, gender: identifiers.ins_agrees_with_sex(ins, _SEXES.get(gender, ""))),
        "agreesWithBirth": _with_text(_agrees_with_birth),
        "agreesWithBirthplace": _with_text(identifiers.ins_agrees_with_birthplace),
        "contentFault": _with_text(_content_fault),
        "octets": _alone(lambda data: len(attachments.octets(data))),
        "sha1": _alone(lambda data: attachments.digest(attachments.octets(data))),
        "fault": _with_text(lambda text, kind: str(_FAULTS[kind](text) or "")),
    }
)
"""`system.isIns()`, `value.fault('ins')`, `identifiers()` ... as `compile` takes them."""
