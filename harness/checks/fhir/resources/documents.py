"""What a Bundle that is a document asks: it holds what its Composition speaks of and what is linked to it, about one patient.

Source: FHIR R4, 3.3.1, Document Content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ....documents.fhir_tree import Node
from ....model import Text
from ..references import Places, is_relative, named_type
from ..remarks import Remarks
from ..shapes import BASE

_DOCUMENT = "http://hl7.org/fhir/documents.html#content"
_STYLE = "http://hl7.org/fhir/documents.html#css"
_SUBJECT = f"{BASE}Composition#Composition.subject"
_RELATED = f"{BASE}Composition#Composition.relatesTo"
_SHOWN = 5
_PLAIN = frozenset({"reference", "type"})  # what an entry of a section has that says no more than another of the same
_ITS_OWN = frozenset({"id", "meta", "text"})  # what two copies of one resource have apart
_OF_OTHERS = frozenset({"RelatedPerson", "Specimen", "Device", "Encounter"})  # a child, a donor, the stay of the mother
_HOLDS = Text(
    "Ajouter la ressource au Bundle : un document contient tout ce que sa Composition désigne.",
    "Add the resource to the Bundle: a document contains all that its Composition refers to.",
)
MISNAMED = Text(
    "Une entrée a ce type et cet id, mais sa fullUrl est autre : la référence doit la reprendre.",
    "An entry has this type and id, but its fullUrl is another: the reference has to repeat it.",
)
NOWHERE = Text(
    "Sous une fullUrl en urn:, une adresse relative ne mène nulle part : ajouter la ressource et reprendre sa fullUrl, "
    "ou écrire l'adresse entière ou l'identifiant.",
    "Under a fullUrl in urn:, a relative address leads nowhere: add the resource and repeat its fullUrl, "
    "or write the whole address or the identifier.",
)
_LEADS = Text(
    "Une section la désigne (entry), ou une ressource que la Composition désigne ; seule une Provenance s'en passe.",
    "A section refers to it (entry), or a resource that the Composition refers to; a Provenance alone needs none.",
)
_SIGNER = Text(
    "Le signataire devrait être un attester de la Composition (R4, 3.3.1), ou n'être désigné que par signature.who.identifier.",
    "The signatory should be an attester of the Composition (R4, 3.3.1), or be named by signature.who.identifier alone.",
)
_ABOUT = Text(
    "Une section sur quelqu'un d'autre, un nouveau-né par exemple, le dit par focus.",
    "A section about someone else, such as a newborn, says so by its focus.",
)


def judge(bundle: Node, entries: list[Node], places: Places, references: Mapping[int, list[Node]], remarks: Remarks) -> set[int]:
    """Gives the references told of."""
    resources = [resource for entry in entries if (resource := entry.only("resource")) is not None]
    told: set[int] = set()
    if resources and resources[0].type == "Composition":
        told = _held(resources[0], places, references, remarks)
        _repeated(resources[0], places, remarks)
        _linked(bundle, resources, places, references, remarks)
        told |= _about_one(resources, places, remarks)
        _of_itself(bundle, resources[0], remarks)
    _stylesheets(bundle, entries, places, remarks)
    return told


def _stylesheets(bundle: Node, entries: list[Node], places: Places, remarks: Remarks) -> None:
    """A stylesheet is absolute, or a Binary of the document: a relative address is internal (R4, documents, presentation)."""
    first = entries[0].only("resource") if entries else None
    for link in bundle.children.get("link", ()):
        url = link.text("url")
        if link.text("relation") == "stylesheet" and is_relative(url) and not places.candidates(url, first or bundle):
            message = Text(
                f"la feuille de style « {url} » n'est pas dans le document", f"the stylesheet `{url}` is not in the document"
            )
            remarks.error("FHIR-BUNDLE", _STYLE, link.only("url") or link, message)


def _held(composition: Node, places: Places, references: Mapping[int, list[Node]], remarks: Remarks) -> set[int]:
    """What the Composition speaks of directly has to be there; a warning of the document that it replaces, which is a whole too."""
    told: set[int] = set()
    for reference in references.get(id(composition), ()):
        url = reference.text("reference")
        found = places.candidates(url, reference)
        if not url or url.startswith("#") or len(found) == 1:
            continue
        if found:
            message = Text(f"« {url} » désigne {len(found)} entrées", f"`{url}` names {len(found)} entries")
            hint = Text("Dire la version voulue (…/_history/1).", "Say which version is meant (…/_history/1).")
        else:
            message = Text(f"« {url} » n'est pas dans le document", f"`{url}` is not in the document")
            hint = MISNAMED if places.misnamed(url) else _HOLDS
        told.add(id(reference))
        tell = remarks.warning if reference.name == "targetReference" else remarks.error
        tell("FHIR-REFERENCE", _DOCUMENT, reference, message, hint)
    return told


def _repeated(composition: Node, places: Places, remarks: Remarks) -> None:
    """A warning: no word of R4 forbids it, and who shows the entries of a section shows this one twice; others may say more."""
    for section in _sections(composition):
        if len(entries := section.children.get("entry", ())) < 2:
            continue
        seen: set[str] = set()
        known: dict[tuple[str, str, str], Node] = {}
        for entry in entries:
            url = entry.text("reference") if _PLAIN.issuperset(entry.children) else ""
            if url and url in seen:
                message = Text(f"la section désigne deux fois « {url} »", f"the section refers twice to `{url}`")
                remarks.warning("FHIR-REFERENCE", f"{BASE}Composition#Composition.section.entry", entry, message)
            elif url and (other := _same_thing(places.target(entry), known)) is not None:
                message = Text(
                    f"la section désigne deux fois la même chose ({other.type}, même identifiant) : « {url} »",
                    f"the section refers twice to the same thing ({other.type}, same identifier): `{url}`",
                )
                remarks.warning("FHIR-REFERENCE", f"{BASE}Composition#Composition.section.entry", entry, message)
            seen.add(url)


def _same_thing(resource: Node | None, known: dict[tuple[str, str, str], Node]) -> Node | None:
    """The one among known (by type and first identifier) that says the same as this resource, their ids apart; else notes this one.

    The identifier alone is not enough: results of one order share its number. Nor the content: two prostheses are alike.
    """
    first = resource.children.get("identifier") if resource is not None else None
    if resource is None or not first:
        return None
    other = known.setdefault((resource.type, first[0].text("system"), first[0].text("value")), resource)
    return other if other is not resource and _said(other) == _said(resource) else None


def _said(resource: Node) -> list[tuple[str, object]]:
    inside = [child for name, found in sorted(resource.children.items()) if name not in _ITS_OWN for child in found]
    return [(node.name, node.value) for child in inside for node in child.walk()]


def _linked(bundle: Node, resources: list[Node], places: Places, references: Mapping[int, list[Node]], remarks: Remarks) -> None:
    """What nothing links to the Composition has no place, nor, but for provenances, what only speaks of the document's content.

    A warning of the second: R5 admits it, and guides on R4 have taken that over. Who signs the Bundle is nowhere an exception.
    """
    forward: dict[int, set[int]] = {id(resource): set() for resource in resources}
    both: dict[int, set[int]] = {id(resource): set() for resource in resources}
    for resource in resources:
        for reference in references.get(id(resource), ()):
            target = places.target(reference)
            if target is not None and id(target) in both:
                forward[id(resource)].add(id(target))
                both[id(resource)].add(id(target))
                both[id(target)].add(id(resource))
    named, linked = _reached(id(resources[0]), forward), _reached(id(resources[0]), both)
    if len(named) == len(resources):
        return
    others = [one for one in resources if id(one) not in named and not (one.type == "Binary" and _is_admitted(one, bundle))]
    signature = bundle.only("signature")
    who = signature.only("who") if signature is not None else None
    signer = places.target(who) if who is not None else None
    for resource in [one for one in others if id(one) not in linked][:_SHOWN]:
        message = Text(
            f"rien ne relie cette ressource ({resource.type}) à la Composition",
            f"nothing links this resource ({resource.type}) to the Composition",
        )
        remarks.error("FHIR-BUNDLE", _DOCUMENT, resource, message, *([_SIGNER] if resource is signer else []))
    for resource in [one for one in others if id(one) in linked and one.type != "Provenance"][:_SHOWN]:
        message = Text(
            f"la Composition ne mène pas à cette ressource ({resource.type})",
            f"the Composition does not lead to this resource ({resource.type})",
        )
        remarks.warning("FHIR-BUNDLE", _DOCUMENT, resource, message, _LEADS)


def _is_admitted(binary: Node, bundle: Node) -> bool:
    """A Binary that no reference names: a style sheet, which R4 admits, or one whose address an attachment or a text has."""
    if binary.text("contentType").startswith("text/css"):
        return True
    names = [binary.parent.text("fullUrl")] if binary.parent is not None else []
    names += [f"Binary/{identifier}"] if (identifier := binary.text("id")) else []
    written = "|".join(re.escape(name) for name in names if name)
    address = re.compile(rf"(?:{written})(?![A-Za-z0-9-])")  # not the beginning of another's
    said = (one.value for one in bundle.walk() if isinstance(one.value, str) and one.name != "fullUrl")
    return written != "" and any(address.search(value) for value in said)


def _reached(first: int, links: Mapping[int, set[int]]) -> set[int]:
    reached, waiting = {first}, [first]
    while waiting:
        for one in links[waiting.pop()] - reached:
            reached.add(one)
            waiting.append(one)
    return reached


def _about_one(resources: list[Node], places: Places, remarks: Remarks) -> set[int]:
    """What a document says is about its patient; a section that is about someone else, as a newborn, says so by its focus.

    Records that are linked are of one person; of a patient who is not in the document, another server may have another id.
    Gives the references told of.
    """
    told: set[int] = set()
    composition, *others = resources
    reference = composition.only("subject")
    patient = places.target(reference) if reference is not None else None
    if (
        patient is None
        or patient.type != "Patient"
        or "link" in patient.children
        or any("focus" in section.children for section in _sections(composition))
    ):
        return told
    for resource in others:
        if resource.type in _OF_OTHERS or "focus" in resource.children:
            continue
        subject = resource.only("subject") or resource.only("patient")
        url = subject.text("reference") if subject is not None else ""
        if subject is None or url[:1] in ("", "#") or (url.startswith("urn:") and not places.candidates(url, subject)):
            continue
        target = places.target(subject)
        if target is patient or (target.type if target is not None else named_type(url)) != "Patient":
            continue
        if "link" in target.children if target is not None else not _is_another(url, patient):
            continue
        if target is None and places.candidates(url, subject):
            continue  # of several versions, told as such
        message = Text(
            f"ce qui est dit ({resource.type}) l'est d'un autre patient que celui du document : {url}",
            f"what is said ({resource.type}) is about another patient than the document's: {url}",
        )
        remarks.warning("FHIR-REFERENCE", _SUBJECT, subject, message, _ABOUT)
        told.add(id(subject))
    return told


def _of_itself(bundle: Node, composition: Node, remarks: Remarks) -> None:
    """A warning: no word of R4 forbids it, and the identifier of a document (Bundle.identifier) is of no other."""
    own = bundle.only("identifier")
    if own is None or not own.text("value"):
        return
    for related in composition.children.get("relatesTo", ()):
        target = related.only("targetIdentifier")
        if target is not None and all(target.text(name) == own.text(name) for name in ("system", "value")):
            message = Text(
                f"relatesTo désigne le document lui-même : {own.text('value')}",
                f"relatesTo names the document itself: {own.text('value')}",
            )
            remarks.warning("FHIR-REFERENCE", _RELATED, target, message)


def _is_another(url: str, patient: Node) -> bool:
    """Whether what is not in the document is sure to be another: one that the same server, or no other, knows by another id."""
    named, own = url.partition("/_history/")[0], patient.parent.text("fullUrl") if patient.parent is not None else ""
    if is_relative(named):
        return patient.text("id") not in ("", named.rpartition("/")[2])
    return named != own and named.rpartition("/")[0] == own.rpartition("/")[0]


def _sections(parent: Node) -> Iterator[Node]:
    for section in parent.children.get("section", ()):
        yield section
        yield from _sections(section)
