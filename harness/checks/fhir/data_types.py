"""What R4 asks of some data types beyond their elements, whatever profile they are held against."""

# ruff: noqa: ARG001 - all are given the same

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping

from ...documents.fhir_tree import Node
from ...library.fhirpath.syntax import parse
from ...model import Text
from . import primitives
from .fhirpath import FhirPathError
from .references import named_type, searched_type
from .remarks import Remarks
from .resources import attachments
from .shapes import BASE
from .structures import Structures
from .typed import Typed

Judge = Callable[[Node, Typed, Structures, Remarks], None]

_URIS = "urn:ietf:rfc:3986"
_OF_DICOM = "urn:dicom:uid"  # under which R4 writes the UID of a study urn:oid:…
_WHOLE_URIS = ("urn:oid:", "urn:uuid:")
_OF_ITSELF = Text(
    f"Écrire {_URIS} dans system, ou sous ce système la valeur sans urn:.",
    f"Write {_URIS} in system, or under this system the value without urn:.",
)
_LINKS = frozenset({"mailto", "tel", "fax", "sms"})
_NUMBERS = frozenset({"phone", "fax", "pager"})
_TRUNK = re.compile(
    r"\s*(?:\+33[\s.-]*0|0033[\s.-]*0(?:[\s.-]*\d){9})"
)  # (0) tells that it is not dialled; 00330 may be an extension
_MAILBOX = re.compile(r"""[^@\s"<>]+@[^@\s"<>]+|".+"@\S+""")  # what RFC 5321 quotes may hold anything
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S")
_URN_BEGUN = re.compile(r"urn:(?:oid|uuid):", re.IGNORECASE)
_CASE = Text(
    "FHIR compare les URI à la lettre : c'est là un autre système.", "FHIR compares URIs letter by letter: this is another system."
)
_PREFIXED = Text("Écrire urn:oid: ou urn:uuid: devant la valeur.", "Write urn:oid: or urn:uuid: before the value.")
_QUERY = re.compile(r"[A-Za-z_][\w.:-]*=[^&]*(?:&[A-Za-z_][\w.:-]*=[^&]*)*&?")  # R4, search: name, modifier or chain, and value
_TYPE_ALONE = frozenset({"type"})
_NAMED = Text(
    "Désigner une ressource par son adresse (reference), ou par son identifiant métier (identifier).",
    "Name a resource by its address (reference), or by its business identifier (identifier).",
)
# What is wrong with a value is told of it, and an extension may say why there is none
_SAID_OF_IT = frozenset({"value", "extension"})
_ABSENT = Text(
    "Écrire la valeur, ou dire pourquoi elle manque (data-absent-reason sur value), ou retirer l'identifiant.",
    "Write the value, or say why there is none (data-absent-reason on value), or remove the identifier.",
)
_OID_AS_URN = Text("Un OID s'écrit urn:oid:1.2.250.1…", "An OID is written urn:oid:1.2.250.1…")
_POINT = re.compile(r"[ELU]|-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_SHOWN = 40  # characters of a point that a message repeats
_URN = Text(
    "Après urn:oid: un OID (RFC 3061), après urn:uuid: un UUID (RFC 4122).",
    "After urn:oid: an OID (RFC 3061), after urn:uuid: a UUID (RFC 4122).",
)


def extension(node: Node, typed: Typed, structures: Structures, remarks: Remarks) -> None:
    valued = any(name.startswith("value") for name in node.children)
    if valued == ("extension" in node.children):
        if valued:
            message = Text(
                "une extension a une valeur ou des extensions, pas les deux", "an extension has a value or extensions, not both"
            )
        else:
            message = Text("une extension a une valeur ou des extensions", "an extension has a value or extensions")
        remarks.error("FHIR-INVARIANT:ext-1", f"{BASE}Extension#ext-1", node, message)


def reference(node: Node, typed: Typed, structures: Structures, remarks: Remarks) -> None:
    """A relative address counts from a server, where a resource is at `[type]/[id]` (R4, references, literal references)."""
    typed.referring.append(node)
    url = node.text("reference")
    if not url:
        if node.children.keys() == _TYPE_ALONE:
            message = Text(
                "une référence qui ne dit qu'un type ne désigne rien", "a reference that gives only a type names nothing"
            )
            remarks.warning("FHIR-REFERENCE", f"{BASE}Reference#Reference.reference", node, message, _NAMED)
        return
    if url.startswith("http"):
        _of_server(node, url, structures, remarks)
        return
    if " " in url or ":" in url.partition("?")[0] or url.startswith("#"):
        return
    type = searched_type(url) or named_type(url.partition("#")[0])
    if not type or structures.type(type) is None:
        message = Text(f"« {url[:80]} » ne mène à aucune ressource", f"`{url[:80]}` leads to no resource")
        hint = Text("Écrire Type/id, urn:uuid:… ou une adresse entière.", "Write Type/id, urn:uuid:… or a whole address.")
        remarks.error("FHIR-REFERENCE", f"{BASE}Reference#Reference.reference", node, message, hint)
    elif "?" in url and _QUERY.fullmatch(url.partition("?")[2]) is None:
        message = Text(f"« {url[:80]} » n'est pas une recherche", f"`{url[:80]}` is not a search")
        hint = Text("Écrire Type?nom=valeur&nom=valeur.", "Write Type?name=value&name=value.")
        remarks.error("FHIR-REFERENCE", f"{BASE}Reference#Reference.reference", node, message, hint)
    elif "?" in url and not _in_transaction(node):
        message = Text(
            f"« {url[:80]} » est une recherche, qu'une transaction seule remplace par ce qu'elle trouve",
            f"`{url[:80]}` is a search, which only a transaction replaces by what it finds",
        )
        remarks.warning("FHIR-REFERENCE", f"{BASE}Reference#Reference.reference", node, message, _NAMED)


def _of_server(node: Node, url: str, structures: Structures, remarks: Remarks) -> None:
    """An absolute URL that ends with a resource type is the address of all resources of that type, not of one."""
    end = url.rstrip("/").rpartition("/")[2]
    if not end.isalpha() or not end[0].isupper() or named_type(url):
        return
    known = structures.type(end)
    if known is not None and known.kind == "resource":
        message = Text(f"« {url[:80]} » désigne un type, pas une ressource", f"`{url[:80]}` names a type, not a resource")
        remarks.warning("FHIR-REFERENCE", f"{BASE}Reference#Reference.reference", node, message, _NAMED)


def _in_transaction(node: Node) -> bool:
    return node.root.type == "Bundle" and node.root.text("type") == "transaction"


def expression(node: Node, typed: Typed, structures: Structures, remarks: Remarks) -> None:
    if node.text("language") == "text/fhirpath":
        judge_expression(node.only("expression"), remarks)


def attachment(node: Node, typed: Typed, structures: Structures, remarks: Remarks) -> None:
    attachments.judge(node, remarks)


def sampled(node: Node, typed: Typed, structures: Structures, remarks: Remarks) -> None:
    """Numbers, for one of which E (error), L or U (below, above the limit of detection) may stand (R4, SampledData.data)."""
    data = node.only("data")
    if data is None or not isinstance(data.value, str):
        return
    foreign = next((point for point in data.value.split() if _POINT.fullmatch(point) is None), None)
    if foreign is not None:
        shown = foreign[:_SHOWN]
        message = Text(f"« {shown} » n'est ni un nombre, ni E, L ou U", f"`{shown}` is neither a number, nor E, L or U")
        remarks.error("FHIR-SAMPLES", f"{BASE}SampledData#SampledData.data", data, message)


def identifier(node: Node, typed: Typed, structures: Structures, remarks: Remarks) -> None:
    """With the system `urn:ietf:rfc:3986`, the value is a whole URI, and conversely (R4, Identifier.value).

    Without value it is of little use (R5, ident-1). A warning of the converse, from which R4 departs itself for DICOM.
    """
    value, system = node.text("value"), node.only("system")
    if system is not None and isinstance(system.value, str) and system.value:
        if not _ABSOLUTE.match(system.value):
            typed.relative_systems.append(system)
        elif (start := _URN_BEGUN.match(system.value)) and not start[0].islower():
            message = Text(f"« {start[0]} » s'écrit {start[0].lower()}", f"`{start[0]}` is written {start[0].lower()}")
            remarks.warning("FHIR-IDENTIFIER", f"{BASE}Identifier#Identifier.system", system, message, _CASE)
    # what is no uri but a string may have a UUID in capitals, which RFC 4122 reads too
    if value and node.text("system") == _URIS and not (_ABSOLUTE.match(value) and primitives.is_uri(value.lower())):
        message = Text(
            f"« {value[:80]} » n'est pas une URI, ce que dit son système", f"`{value[:80]}` is not a URI, as its system says it is"
        )
        hint = _URN if value.startswith(_WHOLE_URIS) else _PREFIXED
        remarks.error("FHIR-IDENTIFIER", f"{BASE}Identifier#Identifier.value", node, message, hint)
    elif value.startswith(_WHOLE_URIS) and system is not None and system.value not in (_URIS, _OF_DICOM):
        message = Text(
            f"« {value[:80]} » est une URI entière, sous un autre système que {_URIS}",
            f"`{value[:80]}` is a whole URI, under another system than {_URIS}",
        )
        remarks.warning("FHIR-IDENTIFIER", f"{BASE}Identifier#Identifier.system", system, message, _OF_ITSELF)
    elif not value and node.children.keys().isdisjoint(_SAID_OF_IT):
        message = Text("un identifiant sans valeur ne désigne rien", "an identifier without value names nothing")
        remarks.warning("FHIR-IDENTIFIER", f"{BASE}Identifier#Identifier.value", node, message, _ABSENT)


def contact(node: Node, typed: Typed, structures: Structures, remarks: Remarks) -> None:
    """The number or the address itself (R4, ContactPoint.value), not a link such as `tel:`, which is how CDA writes it."""
    value, system = node.text("value"), node.text("system")
    scheme = value.partition(":")[0].lower()
    if scheme in _LINKS and system in ("phone", "fax", "email", "sms", "pager"):
        message = Text(
            f"« {value[:80]} » : le numéro ou l'adresse est attendu, sans {scheme}:",
            f"`{value[:80]}`: the number or the address is expected, without {scheme}:",
        )
    elif system == "email" and value and _MAILBOX.fullmatch(value) is None:
        message = Text(f"« {value[:80]} » n'est pas une adresse électronique", f"`{value[:80]}` is not an e-mail address")
    elif system in _NUMBERS and value and ("@" in value or not any(sign.isdigit() for sign in value)):
        message = Text(f"« {value[:80]} » n'est pas un numéro", f"`{value[:80]}` is not a number")
    elif system in _NUMBERS and _TRUNK.match(value):
        message = Text(
            f"« {value[:80]} » : le 0 ne suit pas l'indicatif +33 (E.164)", f"`{value[:80]}`: no 0 follows the code +33 (E.164)"
        )
    else:
        return
    remarks.warning("FHIR-CONTACT", f"{BASE}ContactPoint#ContactPoint.value", node, message)


def judge_expression(expression: Node | None, remarks: Remarks) -> None:
    """An expression carried as data (invariant, search parameter) is valid FHIRPath. expression: the element that holds it."""
    if expression is None or not isinstance(expression.value, str):
        return
    try:
        parse(expression.value)
    except FhirPathError as error:
        message = Text(f"ce n'est pas du FHIRPath, {error.told.fr}", f"this is not FHIRPath, {error.told.en}")
        remarks.error("FHIR-EXPRESSION", f"{BASE}Expression#Expression.expression", expression, message)


def judge_systems(relative: Iterable[Node], prescribed: Collection[int], remarks: Remarks) -> None:
    """A system is a URL that means the same wherever it appears (R4, Identifier.system).

    relative: systems that are no absolute address; prescribed: ids of elements whose very value a profile asks for, which is not
    held against who writes it (FR Core fixes one such system, of what an encounter was admitted under).
    """
    for system in relative:
        if id(system) not in prescribed:
            message = Text(
                f"« {str(system.value)[:80]} » n'est pas une adresse absolue : ce système ne désigne rien",
                f"`{str(system.value)[:80]}` is not an absolute address: this system names nothing",
            )
            remarks.error("FHIR-IDENTIFIER", f"{BASE}Identifier#Identifier.system", system, message, _OID_AS_URN)


def meta(node: Node, typed: Typed, structures: Structures, remarks: Remarks) -> None:
    """Its profiles, labels and tags are sets: of a code, neither version nor display makes another (R4, Meta).

    A warning: R4 says so in comments, which guide and do not oblige, and `$meta-add` drops what comes twice.
    """
    for name in ("profile", "security", "tag"):
        listed = node.children.get(name, ())
        if len(listed) < 2:
            continue
        seen: set[tuple[str, str]] = set()
        for one in listed:
            said = (str(one.value or ""), "") if name == "profile" else (one.text("system"), one.text("code"))
            if said in seen and any(said):
                shown = said[0] if name == "profile" else "|".join(said)
                message = Text(f"meta.{name} dit deux fois {shown}", f"meta.{name} says {shown} twice")
                hint = Text("En retirer un : un serveur n'en garde qu'un.", "Remove one: a server keeps only one.")
                remarks.warning("FHIR-META", f"{BASE}Meta#Meta.{name}", one, message, hint)
            seen.add(said)


FURTHER: Mapping[str, Judge] = {
    "Meta": meta,
    "Reference": reference,
    "Extension": extension,
    "Expression": expression,
    "Attachment": attachment,
    "SampledData": sampled,
    "Identifier": identifier,
    "ContactPoint": contact,
}
