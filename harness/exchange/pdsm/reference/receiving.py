"""What a recipient has to check of an ITI-65 message, or an ITI-105 one, before it keeps any of it. Pure: message in, findings out.

Order: is it a transaction, is it FHIR, is everything there, does everything hang together, are the documents those announced.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from harness.exchange.pdsm.content import entries, first_text, objects, reach
from harness.exchange.pdsm.document_references import sha1
from harness.exchange.pdsm.facts import attachment_of, described
from harness.exchange.pdsm.mandatory import (
    EXCLUDED_OF_REFERENCE,
    EXCLUDED_OF_SIMPLIFIED,
    FIXED_OF_SET,
    REQUIRED_OF_REFERENCE,
    REQUIRED_OF_SET,
    REQUIRED_OF_SIMPLIFIED,
    SET_EXTENSIONS,
    Required,
    absent,
)
from harness.exchange.pdsm.simplified import document_inside
from harness.exchange.pdsm.submission_sets import LIST_TYPES
from harness.model import Finding, Severity, Text

PDSM_SOURCE = "PDSm 3.1.1"
MHD_65 = "IHE MHD ITI-65"
MHD_105 = "IHE MHD ITI-105"
ALLOWED = {
    "List": {"POST", "PUT"},  # PUT for a folder only
    "DocumentReference": {"POST"},
    "Binary": {"POST"},
    "Bundle": {"POST"},
    "Parameters": {"PATCH"},
    "Patient": {"GET", "POST", "PUT"},
}


def check_message(message: Mapping[str, Any], is_known: Callable[[str], bool]) -> tuple[Finding, ...]:
    """Every reason to refuse the message. is_known: whether a unique id (bare) or a reference is kept already."""
    if message.get("resourceType") != "Bundle" or message.get("type") != "transaction":
        shown = f"{message.get('resourceType')} {message.get('type', '')}".strip()
        return (
            _finding(
                "PDSM-TYPE",
                "Bundle.type",
                MHD_65,
                Text(f"Le message est un {shown}, pas une transaction.", f"The message is a {shown}, not a transaction."),
            ),
        )
    if invalid := tuple(_invalid_fhir(message)):
        return (*invalid, *_entries(message))  # what is no FHIR cannot be looked at more closely
    alone = [finding for check in (_entries, _slices, _metadata, _documents) for finding in check(message)]
    return (*alone, *_links(message, is_known), *_unique_ids(message, is_known))


def refused_entries(findings: tuple[Finding, ...]) -> frozenset[int]:
    """Positions (from 0) of the entries that the findings are about."""
    places = (
        finding.location.removeprefix("Bundle.entry[").partition("]")[0]
        for finding in findings
        if finding.location.startswith("Bundle.entry[")
    )
    return frozenset(int(place) for place in places if place.isdigit())


def check_simplified(resource: Mapping[str, Any], is_known: Callable[[str], bool]) -> tuple[Finding, ...]:
    """Every reason to refuse a DocumentReference of ITI-105, which carries its document."""
    if resource.get("resourceType") != "DocumentReference":
        text = Text("Une DocumentReference était attendue.", "A DocumentReference was expected.")
        return (_finding("PDSM-TYPE", "DocumentReference", MHD_105, text),)
    return tuple(_invalid_fhir(resource)) or tuple(_simplified(resource, is_known))


def _simplified(resource: Mapping[str, Any], is_known: Callable[[str], bool]) -> Iterator[Finding]:
    place = "DocumentReference"
    yield from _unique_id(resource, place)
    yield from _absent(resource, place, REQUIRED_OF_SIMPLIFIED)
    yield from _excluded(resource, place, EXCLUDED_OF_SIMPLIFIED)
    if resource.get("status") != "current":
        yield _finding(
            "PDSM-FHIR", f"{place}.status", PDSM_SOURCE, Text("Le statut n'est pas current.", "The status is not current.")
        )
    data = document_inside(resource)
    if data is None:
        text = Text("Le document n'est pas dans la fiche, en base64.", "The document is not in its DocumentReference, in base64.")
        yield _finding("PDSM-BINARY", f"{place}.content[0].attachment.data", MHD_105, text)
    else:
        yield from _announced(attachment_of(resource), data, f"{place}.content[0].attachment", MHD_105)
    for name in described(resource).names:
        if is_known(name):
            yield _duplicate(f"{place}.masterIdentifier", name)


def _finding(rule: str, location: str, source: str, message: Text) -> Finding:
    advice = Text("Corriger le message et le renvoyer en entier.", "Correct the message and send the whole of it again.")
    return Finding(rule, rule, Severity.ERROR, location, 0, message, advice, source)


def _missing(rule: str, location: str, what: str) -> Finding:
    return _finding(
        rule, location, PDSM_SOURCE, Text(f"Élément obligatoire absent : {what}.", f"Mandatory element absent: {what}.")
    )


def _duplicate(location: str, name: str) -> Finding:
    return _finding(
        "PDSM-DUPLICATE",
        location,
        MHD_65,
        Text(f"L'identifiant unique {name} est déjà pris.", f"The unique id {name} is taken already."),
    )


def _invalid_fhir(resource: Mapping[str, Any]) -> Iterator[Finding]:
    from fhir.resources.R4B import get_fhir_model_class
    from pydantic import ValidationError

    model: Any = get_fhir_model_class(str(resource["resourceType"]))
    try:
        model.model_validate(resource)
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False, include_input=False, include_context=False)[:20]:
            location = _fhir_path(str(resource["resourceType"]), error["loc"])
            yield _finding(
                "PDSM-FHIR", location, "FHIR R4", Text(f"Pas du FHIR valide : {error['msg']}.", f"Not valid FHIR: {error['msg']}.")
            )
    except (AttributeError, LookupError, TypeError, ValueError) as error:  # what the models raise on values of another kind
        yield _finding(
            "PDSM-FHIR",
            str(resource["resourceType"]),
            "FHIR R4",
            Text(f"Pas du FHIR valide : {error}.", f"Not valid FHIR: {error}."),
        )


def _fhir_path(type_: str, place: tuple[int | str, ...]) -> str:
    return type_ + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)


def _entries(message: Mapping[str, Any]) -> Iterator[Finding]:
    for number, entry in enumerate(entries(message)):
        kind, method = first_text(entry, "resource", "resourceType"), first_text(entry, "request", "method")
        if method not in _allowed(kind, entry.get("resource")):
            text = Text(
                f"Une entrée {kind or 'sans ressource'} par {method or 'aucune méthode'} n'a pas sa place ici.",
                f"An entry {kind or 'without resource'} by {method or 'no method'} has no place here.",
            )
            yield _finding("PDSM-ENTRY", f"Bundle.entry[{number}]", PDSM_SOURCE, text)
        elif method == "POST" and (url := first_text(entry, "request", "url")) != kind:
            text = Text(
                f"Une ressource {kind} se crée par POST à l'adresse {kind}, pas à « {url} ».",
                f"A {kind} is created by POST at the address {kind}, not at “{url}”.",
            )
            yield _finding("PDSM-ENTRY", f"Bundle.entry[{number}].request.url", "FHIR R4", text)


def _allowed(kind: str, resource: Any) -> Collection[str]:
    if kind == "List" and isinstance(resource, Mapping) and _is_submission_set(resource):
        return {"POST"}
    return ALLOWED.get(kind, set())


def _slices(message: Mapping[str, Any]) -> Iterator[Finding]:
    sets = [resource for _, resource in _of_type(message, "List") if _is_submission_set(resource)]
    if len(sets) != 1:
        text = Text(f"Lots de soumission : {len(sets)}, un seul attendu.", f"Submission sets: {len(sets)}, exactly one expected.")
        yield _finding("PDSM-SET", "Bundle.entry", PDSM_SOURCE, text)
    if not list(_of_type(message, "DocumentReference")):
        yield _finding("PDSM-REFERENCE", "Bundle.entry", PDSM_SOURCE, Text("Aucune fiche de document.", "No DocumentReference."))


def _metadata(message: Mapping[str, Any]) -> Iterator[Finding]:
    for number, resource in _of_type(message, "DocumentReference"):
        place = f"Bundle.entry[{number}].resource"
        yield from _unique_id(resource, place)
        yield from _absent(resource, place, REQUIRED_OF_REFERENCE)
        yield from _excluded(resource, place, EXCLUDED_OF_REFERENCE)
        if len(list(reach(resource, "content"))) > 1:
            text = Text("Une fiche n'a qu'un contenu.", "A DocumentReference has one content only.")
            yield _finding("PDSM-CARDINALITY", f"{place}.content[1]", PDSM_SOURCE, text)
        if resource.get("status") not in {"current", "superseded"}:
            yield _finding(
                "PDSM-FHIR",
                f"{place}.status",
                PDSM_SOURCE,
                Text("Le statut n'est ni current ni superseded.", "The status is neither current nor superseded."),
            )
    for number, resource in _of_type(message, "List"):
        if not _is_submission_set(resource):
            continue
        place = f"Bundle.entry[{number}].resource"
        yield from _absent(resource, place, REQUIRED_OF_SET)
        for element, wanted in FIXED_OF_SET.items():
            if resource.get(element, wanted) != wanted:
                text = Text(f"{element} d'un lot vaut {wanted}.", f"{element} of a submission set is {wanted}.")
                yield _finding("PDSM-CARDINALITY", f"{place}.{element}", PDSM_SOURCE, text)
        urls = [str(url).rpartition("/")[2] for url in reach(resource, "extension", "url")]
        for name in SET_EXTENSIONS:
            if name not in urls:
                yield _missing("PDSM-CARDINALITY", f"{place}.extension", name)


def _unique_id(resource: Mapping[str, Any], place: str) -> Iterator[Finding]:
    identifier = resource.get("masterIdentifier")
    if not isinstance(identifier, Mapping) or not identifier.get("system") or not identifier.get("value"):
        yield _missing("PDSM-UNIQUE-ID", f"{place}.masterIdentifier", "identifiant unique / unique id")


def _absent(resource: Mapping[str, Any], place: str, required: Sequence[Required]) -> Iterator[Finding]:
    for path, what in absent(resource, required):
        yield _missing("PDSM-CARDINALITY", f"{place}.{'.'.join(path)}", what)


def _excluded(resource: Mapping[str, Any], place: str, excluded: Iterable[tuple[str, ...]]) -> Iterator[Finding]:
    for path in excluded:
        if list(reach(resource, *path)):
            text = Text(f"{path[-1]} n'a pas sa place ici.", f"{path[-1]} has no place here.")
            yield _finding("PDSM-CARDINALITY", f"{place}.{'.'.join(path)}", PDSM_SOURCE, text)


def _links(message: Mapping[str, Any], is_known: Callable[[str], bool]) -> Iterator[Finding]:
    here = {first_text(entry, "fullUrl") for entry in entries(message)}
    for number, resource in [*_of_type(message, "DocumentReference"), *_of_type(message, "List")]:
        place = f"Bundle.entry[{number}].resource"
        inside = {f"#{inner}" for inner in reach(resource, "contained", "id")}
        for element in ("author", "authenticator", "custodian", "source"):
            for reference in reach(resource, element, "reference"):
                if str(reference).startswith("#") and reference not in inside:
                    yield _dangling(f"{place}.{element}", str(reference))
        for reference in reach(resource, "entry", "item", "reference"):
            if reference not in here and not is_known(str(reference)):
                yield _dangling(f"{place}.entry.item", str(reference), "PDSM-ITEM")
        for reference in reach(resource, "relatesTo", "target", "reference"):
            if reference not in here and not is_known(str(reference)):
                yield _dangling(f"{place}.relatesTo.target", str(reference))
    for number, _ in _of_type(message, "Parameters"):
        url = first_text(entries(message)[number], "request", "url")
        if not is_known(url):
            yield _dangling(f"Bundle.entry[{number}].request.url", url)


def _dangling(place: str, reference: str, rule: str = "PDSM-LINK") -> Finding:
    text = Text(f"La référence {reference} ne mène à rien.", f"The reference {reference} leads nowhere.")
    return _finding(rule, place, MHD_65, text)


def _documents(message: Mapping[str, Any]) -> Iterator[Finding]:
    for number, resource in _of_type(message, "DocumentReference"):
        place = f"Bundle.entry[{number}].resource.content[0].attachment"
        attachment = attachment_of(resource)
        if "url" not in attachment:
            continue  # said by the cardinalities
        data = document_of(message, str(attachment["url"]))
        if data is None:
            yield _finding(
                "PDSM-BINARY",
                f"{place}.url",
                PDSM_SOURCE,
                Text("Le document (Binary) n'est pas dans le message.", "The document (Binary) is not in the message."),
            )
            continue
        yield from _announced(attachment, data, place, MHD_65)


def _announced(attachment: Mapping[str, Any], data: bytes, place: str, source: str) -> Iterator[Finding]:
    """Check that the announced hash and size, if any, are those of the document."""
    if "hash" in attachment and attachment["hash"] != sha1(data):
        yield _finding(
            "PDSM-HASH",
            f"{place}.hash",
            source,
            Text("Le hash annoncé n'est pas le SHA-1 du document.", "The hash announced is not the SHA-1 of the document."),
        )
    if "size" in attachment and attachment["size"] != len(data):
        text = Text(
            f"Taille annoncée {attachment['size']}, taille réelle {len(data)}.",
            f"Size announced {attachment['size']}, actual size {len(data)}.",
        )
        yield _finding("PDSM-SIZE", f"{place}.size", source, text)


def document_of(message: Mapping[str, Any], url: str) -> bytes | None:
    """The bytes of the Binary entry that an attachment's url names, by fullUrl or as `Binary/id`; None when there is none."""
    for entry in entries(message):
        resource = entry.get("resource")
        if not isinstance(resource, Mapping) or resource.get("resourceType") != "Binary":
            continue
        if url and url in {entry.get("fullUrl"), f"Binary/{resource.get('id')}"}:
            try:
                return base64.b64decode(str(resource.get("data", "")), validate=True)
            except binascii.Error:
                return None
    return None


def _unique_ids(message: Mapping[str, Any], is_known: Callable[[str], bool]) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, resource in [*_of_type(message, "DocumentReference"), *_of_type(message, "List")]:
        for name in described(resource).names:
            if name in seen or is_known(name):
                yield _duplicate(f"Bundle.entry[{number}].resource", name)
            seen.add(name)


def _of_type(message: Mapping[str, Any], type_: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, entry in enumerate(entries(message)):
        resource = entry.get("resource")
        if isinstance(resource, Mapping) and resource.get("resourceType") == type_:
            yield number, resource


def _is_submission_set(resource: Mapping[str, Any]) -> bool:
    codings = objects(resource, "code", "coding")
    return any(coding.get("code") == "submissionset" and coding.get("system") == LIST_TYPES for coding in codings)
