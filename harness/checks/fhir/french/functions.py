"""The functions that our rules on FHIR may call beside those of FHIRPath (`library/fhirpath/further.py`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

from .... import identifiers
from ....documents.fhir_tree import Node
from ....labels import fold
from ....library.fhirpath.further import FURTHER
from ....library.fhirpath.times import HOUR, Moment, compare, moment_at, read_moment, shifted
from ....timestamps import timestamp_fault
from ...codes.rule_tables import RuleTables
from ...functions import contents
from ...functions.legibility import is_legible
from ...functions.people import is_bare
from ..fhirpath import Context, Further
from ..fhirpath.evaluation import Items
from ..fhirpath.running import written
from ..resources import attachments
from ..terms.known_systems import OIDS, UCUM
from . import held_documents
from .legible import doubtful

_SEXES = {"male": "M", "female": "F"}
_TRAIT = re.compile(r"[ '’-]*[^\W\d_]([^\W\d_]|[ '’-])*")
_AS_INSI_RETURNS = re.compile(r"[ '’-]*[A-Z][A-Z '’-]*")

_LEADING: Mapping[str, tuple[str, ...]] = {  # the references of R4 whose one target is of this type
    "Organization": ("assigner", "custodian", "managingOrganization", "organization", "providedBy", "serviceProvider"),
    "Practitioner": ("practitioner",),
}
_XML = re.compile(r'(?:text|application)/(?:[\w.-]+\+)?xml(?![\w.+-])(?:.*\bcharset\s*=\s*"?([\w.:-]+))?')
_WIDEST_OFFSET = 14  # hours from UTC

_FAULTS: Mapping[str, Callable[[str], str | None]] = {
    **identifiers.FAULTS,
    "trait": lambda text: _trait_fault(text),
}


def _trait_fault(text: str) -> str | None:
    """sign: a digit or a sign that no trait has, or signs alone; space: one too many, which no comparison of traits forgives;
    case: not in capitals without accents, as INSi returns traits."""
    said = unicodedata.normalize("NFC", " ".join(text.split()))
    if not said:
        return None
    if said != unicodedata.normalize("NFC", text) and _TRAIT.fullmatch(said):
        return "space"
    if _AS_INSI_RETURNS.fullmatch(said):
        return None
    return "case" if _TRAIT.fullmatch(said) else "sign"


@lru_cache(maxsize=256)
def _fault(text: str, kind: str) -> str:
    """Remembered: several rules check the same matricule."""
    return str(_FAULTS[kind](text) or "")


def _agrees_with_birth(ins: str, birth: str) -> bool:
    """Also true of a day that does not exist, which another rule reports."""
    digits = birth.replace("-", "")
    agrees = identifiers.ins_agrees_with_year(ins, digits) and identifiers.ins_agrees_with_month(ins, digits)
    return agrees or timestamp_fault(digits) is not None


def _content_fault(data: str, media: str) -> str:
    """other: it begins as another type than it says; kind: it does not begin as its type does; cut: a PDF without end, no XML."""
    fault = contents.base64_fault(data, media)
    if fault in ("base64", "empty"):
        return ""  # told of the value itself
    if fault == "other" or contents.begins_as_another(data, media):
        return "other"
    xml = None if fault else _XML.match(media.lower())
    return "cut" if xml and held_documents.is_malformed(data, xml[1]) else fault


def _identifiers(items: Items, _context: Context) -> Items:
    """Every Identifier under them."""
    return [
        node
        for item in items
        if isinstance(item, Node)
        for node in item.holders
        if "system" in node.children and _is_identifier(node)
    ]


def _ins(items: Items, _context: Context) -> Items:
    """The identifiers that are an INS, without those whose value is masked, as an extension says."""
    patients = [item for item in items if isinstance(item, Node)]
    said = [identifier for patient in patients for identifier in patient.children.get("identifier", ())]
    found: Items = []
    for one in said:
        if identifiers.is_ins_oid(one.text("system")):
            value = one.children.get("value")
            if value is None or value[0].value is not None:
                found.append(one)
    return found


def _extension_ending(items: Items, _context: Context, end: str) -> Items:
    """The extensions whose URL ends with this: the same extension has had several addresses."""
    found: Items = []
    for item in items:
        if isinstance(item, Node) and "extension" in item.children:
            for extension in item.children["extension"]:
                if extension.text("url").endswith(end):
                    found.append(extension)
    return found


def _held_by(items: Items, _context: Context, type_: str) -> bool:
    """Whether the first item stands directly in an element or a resource of this type, or in a reference to nothing else."""
    holder = items[0].parent if items and isinstance(items[0], Node) else None
    return holder is not None and (holder.type == type_ or holder.name in _LEADING.get(type_, ()))


def _in_the_future(items: Items, context: Context) -> bool:
    """Whether a moment is certainly in the future: clocks may differ by an hour, a date without time is a local one."""
    said = written(items)
    if context.now is None or said[:4] < str(context.now.year - 1):
        return False  # as of most, by the year alone
    moment = read_moment(said)
    if moment is None:
        return False
    ahead = timedelta(hours=1 if _has_clock(moment) else _WIDEST_OFFSET)
    return compare(moment, moment_at(context.now + ahead, "datetime")) == 1


def _is_before(text: str, other: str) -> bool:
    """Whether a moment is certainly before another, whatever the time zones: a date without time is a local one."""
    first, second = read_moment(text), read_moment(other)
    if first is None or second is None:
        return False
    if _has_clock(first) and not _has_clock(second):
        first = shifted(first, Decimal(_WIDEST_OFFSET), "hour")
    elif _has_clock(second) and not _has_clock(first):
        second = shifted(second, Decimal(-_WIDEST_OFFSET), "hour")
    return first is not None and second is not None and compare(first, second) == -1


def _has_clock(moment: Moment) -> bool:
    return len(moment.fields) >= HOUR


def _measure_fault(items: Items, context: Context) -> str:
    """What the table of measures says of the value of an Observation or of its component: unit, scale, value, or nothing."""
    if not isinstance(context.tables, RuleTables):
        return ""
    faults = (
        context.tables.measures.fault(code, system, str(value.raw), _ucum(quantity))
        for node in items
        if isinstance(node, Node)
        and (quantity := node.only("valueQuantity")) is not None
        and (value := quantity.only("value")) is not None
        for system, code in _codings(node)
    )
    return next(filter(None, faults), "")


def _measure_range(items: Items, context: Context) -> str:
    if not isinstance(context.tables, RuleTables):
        return ""
    measures = context.tables.measures
    ranges = (measures.range(code, system) for node in items if isinstance(node, Node) for system, code in _codings(node))
    return next(filter(None, ranges), "")


def _document_class(items: Items, context: Context) -> str:
    """The class (ASS_X04) of documents of the type that a CodeableConcept gives."""
    if not isinstance(context.tables, RuleTables):
        return ""
    codings = [coding for item in items if isinstance(item, Node) for coding in item.children.get("coding", ())]
    classes = (context.tables.document_class(coding.text("system"), coding.text("code")) for coding in codings)
    return next(filter(None, classes), "")


def _titled_otherwise(items: Items, context: Context, code: str) -> bool:
    return isinstance(context.tables, RuleTables) and context.tables.titled_otherwise(written(items), code)


def _of_cda(items: Items, context: Context, what: str) -> str:
    reference = items[0] if items else None
    return held_documents.told(reference, what, context) if isinstance(reference, Node) else ""


def _format_meant(items: Items, context: Context) -> str:
    """Of a DocumentReference with its CDA, the format of its template where the one that is said is that of another."""
    reference = items[0] if items else None
    if not isinstance(reference, Node) or not isinstance(context.tables, RuleTables):
        return ""
    found = held_documents.held(reference, context)
    said = [one.text("code") for content in reference.children.get("content", ()) for one in content.children.get("format", ())]
    return "" if found is None or len(said) != 1 else context.tables.format_meant(said[0], found.templates)


def _codings(node: Node) -> list[tuple[str, str]]:
    """Of the code of an element: each system as an OID, and its code."""
    code = node.only("code")
    said = code.children.get("coding", ()) if code is not None else ()
    systems = ((one.text("system"), one.text("code")) for one in said)
    return [(OIDS.get(system, system.removeprefix("urn:oid:")), code) for system, code in systems]


def _ucum(quantity: Node) -> str:
    """The unit: its code in UCUM, else its words, which are one where they read as one."""
    return quantity.text("code") if quantity.text("system") == UCUM else quantity.text("unit")


def _is_identifier(node: Node) -> bool:
    """By its shape: types are not known without definitions. A contact point's system is a word, a quantity's value a number."""
    children = node.children
    if "system" not in children or "value" not in children:
        return False
    system, value = children["system"][0].value, children["value"][0].value
    return isinstance(system, str) and isinstance(value, str) and (":" in system or "." in system)


GATHERING: Mapping[str, Callable[[Items, Context], Items]] = {"identifiers()": _identifiers, "ins()": _ins, "doubtful()": doubtful}
"""Those without arguments that find items, as they are called."""

_FUNCTIONS: Mapping[str, Callable[..., object]] = {
    **{call.removesuffix("()"): function for call, function in GATHERING.items()},
    "extensionEnding": _extension_ending,
    "heldBy": _held_by,
    "inTheFuture": _in_the_future,
    "isBefore": _is_before,
    "measureFault": _measure_fault,
    "measureRange": _measure_range,
    "documentClass": _document_class,
    "titledOtherwise": _titled_otherwise,
    "formatMeant": _format_meant,
    "ofCda": _of_cda,
    "written": lambda text: text,
    "folded": fold,
    "isIns": identifiers.is_ins_oid,
    "isProductionIns": identifiers.is_production_ins_oid,
    "isUnderInsRoot": identifiers.under_ins_root,
    "insArcExists": lambda system: identifiers.ins_arc(system) is not None,
    "agreesWithSex": lambda ins, gender: identifiers.ins_agrees_with_sex(ins, _SEXES.get(gender, "")),
    "agreesWithBirth": _agrees_with_birth,
    "agreesWithBirthplace": identifiers.ins_agrees_with_birthplace,
    "contentFault": _content_fault,
    "octets": lambda data: len(attachments.octets(data)),
    "sha1": lambda data: attachments.digest(attachments.octets(data)),
    "isLegible": is_legible,
    "isBare": lambda name: is_bare("family", name),
    "fault": _fault,
}
OURS = Further({name: (_FUNCTIONS[name], said.arguments, said.arguments) for name, said in FURTHER.items()})
"""`system.isIns()`, `value.fault('ins')`, `identifiers()` ... as `compile` takes them."""
