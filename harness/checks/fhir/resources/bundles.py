"""What a Bundle asks beyond its elements: addresses that agree with ids, a document that holds what it speaks of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from urllib.parse import parse_qsl

from ....documents.fhir_tree import Node
from ....model import Text
from ..references import Places, is_relative, named_type
from ..remarks import Remarks
from ..shapes import BASE
from . import documents, requests

_FULL_URL = f"{BASE}Bundle#Bundle.entry.fullUrl"
_RESTFUL = re.compile(r"https?://\S+/(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})")
_STATUS = re.compile(r"[1-5][0-9]{2}(?![0-9])")
_BEFORE_IDS = ("transaction", "batch")  # a server is to give its resources their ids
_ANSWERS = ("transaction-response", "batch-response")
_UNNAMED = (*_BEFORE_IDS, *_ANSWERS)  # what is not yet there has no address
# the type that a search names: none of an operation, of all types, or of what is contained, whose holder is found (R4, search)
_SEARCHED = re.compile(r"(?:[^?]*/)?([A-Z][A-Za-z]+)(?:/_search)?(?:\?(?!.*\b_contained(?:Type)?=).*)?", re.DOTALL)
_LINKS = frozenset({"self", "first", "last", "next", "previous", "prev"})
_WHOLE = ("document", "transaction")  # what is asked of no one else: a document stands alone, a transaction gives ids by its URNs
_APART = ("document", "message", "collection")  # of no server: a relative reference counts from the fullUrl alone
_NOWHERE = ("urn:uuid:", "urn:oid:")  # what can be asked of no server
_URN = Text(
    "Une urn n'a de sens que dans son Bundle : y mettre l'entrée, ou reprendre sa fullUrl à la lettre.",
    "A urn has a meaning in its Bundle only: put the entry there, or repeat its fullUrl letter by letter.",
)


def judge(
    bundle: Node, places: Places, references: Mapping[int, list[Node]], remarks: Remarks, is_resource: Callable[[str], bool]
) -> None:
    """references: of each entry's resource, by its identity; is_resource: whether FHIR has a resource of this name."""
    entries = bundle.children.get("entry", [])
    kind = bundle.text("type")
    for entry in entries:
        _address(entry, kind, remarks, is_resource)
        _response(entry, kind, remarks)
    if kind in _BEFORE_IDS:
        requests.judge(entries, kind, references, remarks, is_resource)
    _links(bundle, remarks)
    if kind == "searchset":
        _results(bundle, entries, remarks, is_resource)
        _of_whom(bundle, entries, remarks)
        _joined(entries, places, references, remarks)
    if kind in ("document", "message"):
        _first(bundle, entries, kind, remarks)
    told = documents.judge(bundle, entries, places, references, remarks) if kind == "document" else set()
    tell = remarks.error if kind in _WHOLE else remarks.warning
    _unresolved(entries, places, references, told, tell)
    if kind in _APART:
        _misnamed(entries, places, references, told, remarks, alone=kind == "document")
    if kind != "history":
        _twice(entries, remarks)


def _address(entry: Node, kind: str, remarks: Remarks, is_resource: Callable[[str], bool]) -> None:
    """fullUrl is absolute and ends as the resource is named."""
    url = entry.text("fullUrl")
    resource = entry.only("resource")
    if not url:
        if resource is not None and kind not in _UNNAMED and not _is_of_the_search(entry, resource, kind):
            message = Text("une entrée de ce Bundle a une fullUrl", "an entry of this Bundle has a fullUrl")
            hint = Text(
                "Écrire l'adresse absolue de la ressource, ou urn:uuid: et un UUID.",
                "Write the absolute address of the resource, or urn:uuid: and a UUID.",
            )
            remarks.error("FHIR-BUNDLE", _FULL_URL, entry, message, hint)
        return
    at = entry.only("fullUrl") or entry
    if ":" not in url or is_relative(url):
        message = Text(f"fullUrl n'est pas absolue : {url}", f"fullUrl is not absolute: {url}")
        remarks.error("FHIR-BUNDLE", _FULL_URL, at, message)
        return
    found = _RESTFUL.fullmatch(url)
    if found is None or resource is None or not is_resource(found["type"]):
        return
    identifier = resource.text("id")
    if not identifier:
        if kind not in _BEFORE_IDS:
            message = Text(
                f"fullUrl est celle d'un serveur, la ressource n'a pas d'id : {url}",
                f"fullUrl is that of a server, the resource has no id: {url}",
            )
            remarks.error("FHIR-BUNDLE", _FULL_URL, at, message)
    elif (found["type"], found["id"]) != (resource.type, identifier):
        named = f"{resource.type}/{identifier}"
        message = Text(f"fullUrl ne désigne pas {named} : {url}", f"fullUrl does not name {named}: {url}")
        remarks.error("FHIR-BUNDLE", _FULL_URL, at, message)


def _is_of_the_search(entry: Node, resource: Node, kind: str) -> bool:
    """What a server says of the search itself: "results from operations might involve resources that are not identified" (R4)."""
    search = entry.only("search")
    return (
        kind == "searchset" and resource.type == "OperationOutcome" and (search is None or search.text("mode") in ("", "outcome"))
    )


def _response(entry: Node, kind: str, remarks: Remarks) -> None:
    response = entry.only("response")
    if response is None:
        return
    requests.judge_etag(response, "etag", remarks)
    status = response.only("status")
    if status is None or not isinstance(status.value, str):
        return
    if kind in _ANSWERS and status.value.startswith("201") and response.only("location") is None:
        message = Text(
            "201 n'indique pas où est la ressource créée (location)", "201 does not say where the created resource is (location)"
        )
        remarks.warning("FHIR-BUNDLE", "http://hl7.org/fhir/http.html#create", response, message)
    if not _STATUS.match(status.value):
        message = Text(
            f"« {status.value} » ne commence pas par un code HTTP de trois chiffres",
            f"`{status.value}` does not begin with a code of HTTP in three digits",
        )
        remarks.error("FHIR-BUNDLE", f"{BASE}Bundle#Bundle.entry.response.status", status, message)


def _own_address(bundle: Node) -> str | None:
    """That of its link to itself, which says what was searched; None without such a link."""
    return next((link.text("url") for link in bundle.children.get("link", ()) if link.text("relation") == "self"), None)


def _links(bundle: Node, remarks: Remarks) -> None:
    seen: Counter[str] = Counter()
    links = bundle.children.get("link", ())
    own = _own_address(bundle)
    for link in links:
        relation = link.text("relation")
        if own and relation == "next" and link.text("url") == own:  # self may be the search, which the page before is
            message = Text("le lien « next » ramène à la même page", "the link `next` leads back to the same page")
            remarks.warning("FHIR-BUNDLE", "http://hl7.org/fhir/http.html#paging", link, message)
        seen[relation] += 1
        if relation in _LINKS and seen[relation] == 2:
            message = Text(f"le lien « {relation} » vient deux fois", f"the link `{relation}` comes twice")
            remarks.error("FHIR-BUNDLE", f"{BASE}Bundle#Bundle.link", link, message)


def _results(bundle: Node, entries: list[Node], remarks: Remarks, is_resource: Callable[[str], bool]) -> None:
    own = _own_address(bundle)
    found = _SEARCHED.fullmatch(own or "")
    searched = found[1] if found is not None and is_resource(found[1]) else ""
    if own is None:
        message = Text(
            "le lien self, qui dit ce qui a été cherché, manque", "the link self, which says what was searched, is missing"
        )
        remarks.warning("FHIR-BUNDLE", "http://hl7.org/fhir/search.html#conformance", bundle, message)
    matches = sum(search.text("mode") == "match" for entry in entries for search in entry.children.get("search", ()))
    total = bundle.only("total")
    if total is not None and isinstance(total.value, int) and total.value < matches:
        message = Text(
            f"total vaut {total.value} ; résultats présents : {matches}", f"total is {total.value}; matches present: {matches}"
        )
        remarks.warning("FHIR-BUNDLE", f"{BASE}Bundle#Bundle.total", total, message)
    for entry in entries:
        resource = entry.only("resource")
        if resource is None:
            continue
        search = entry.only("search")
        score = search.only("score") if search is not None else None
        if score is not None and isinstance(score.value, int | Decimal) and not 0 <= score.value <= 1:
            message = Text(f"score va de 0 à 1 : {score.value}", f"score goes from 0 to 1: {score.value}")
            remarks.warning("FHIR-BUNDLE", f"{BASE}Bundle#Bundle.entry.search.score", score, message)
        if search is not None and search.text("mode") == "outcome" and resource.type != "OperationOutcome":
            message = Text(
                f"{resource.type} : « outcome » est ce que dit un OperationOutcome de la recherche",
                f"{resource.type}: `outcome` is what an OperationOutcome says of the search",
            )
            remarks.error("FHIR-BUNDLE", f"{BASE}Bundle#Bundle.entry.search.mode", search.only("mode") or search, message)
        if search is not None and search.text("mode") == "match" and searched not in ("", resource.type):
            message = Text(
                f"{resource.type} n'est pas ce qui a été cherché ({searched})",
                f"{resource.type} is not what was searched ({searched})",
            )
            hint = Text("Un résultat joint porte le mode « include ».", "A result that is joined has the mode `include`.")
            remarks.error("FHIR-BUNDLE", f"{BASE}Bundle#Bundle.entry.search.mode", search.only("mode") or search, message, hint)
        if not resource.text("id") and not _is_of_the_search(entry, resource, "searchset"):
            message = Text("un résultat de recherche a un id", "a search result has an id")
            remarks.error("FHIR-BUNDLE", f"{BASE}Bundle#Bundle.entry.resource", resource, message)


def _of_whom(bundle: Node, entries: list[Node], remarks: Remarks) -> None:
    """What was searched of a patient is of that patient: a warning, since records may have been merged.

    Of what a search says otherwise than by an id (identifier, chain, modifier) nothing is known.
    """
    query = (_own_address(bundle) or "").partition("?")[2]
    asked = {value for name, value in parse_qsl(query) if name in ("patient", "subject")}
    if len(asked) != 1:
        return
    ids = [one.rpartition("/")[2] for one in asked.pop().split(",")]
    for entry in entries:
        resource = entry.only("resource")
        if resource is None or not any(search.text("mode") == "match" for search in entry.children.get("search", ())):
            continue
        said = resource.children.get("subject") or resource.children.get("patient", [])
        urls = [one.text("reference").partition("/_history/")[0] for one in said]
        if urls and all(named_type(url) == "Patient" and url.rpartition("/")[2] not in ids for url in urls):
            message = Text(
                f"{resource.type} : {urls[0]} n'est pas le patient cherché ({', '.join(ids)})",
                f"{resource.type}: {urls[0]} is not the patient searched ({', '.join(ids)})",
            )
            hint = Text("Vérifier le filtre du serveur, ou le lien self.", "Check the filter of the server, or the link self.")
            remarks.warning("FHIR-BUNDLE", f"{BASE}Bundle#Bundle.entry.search.mode", said[0], message, hint)


def _joined(entries: list[Node], places: Places, references: Mapping[int, list[Node]], remarks: Remarks) -> None:
    """A result that is joined is referred to by another, or refers to it (R4, search-entry-mode, include)."""
    resources = [(one, entry) for entry in entries if (one := entry.only("resource")) is not None]
    joined = [
        (resource, entry)
        for resource, entry in resources
        if any(search.text("mode") == "include" for search in entry.children.get("search", ()))
        and "url" not in resource.children  # what has a canonical may be named by it
    ]
    urls = {one.text("reference") for found in references.values() for one in found} if joined else {""}
    if "" in urls:  # what an identifier alone names may be any of them
        return
    named = {"/".join(url.partition("/_history/")[0].split("/")[-2:]) for url in urls}
    others = {id(resource) for resource, _ in resources}
    for resource, entry in joined:
        refers = any(id(places.target(one)) in others for one in references.get(id(resource), ()))
        if not refers and f"{resource.type}/{resource.text('id')}" not in named:
            message = Text(
                f"{resource.type} est joint (include), et aucun autre résultat ne le désigne",
                f"{resource.type} is joined (include), and no other result refers to it",
            )
            hint = Text("Le retirer, ou vérifier les références.", "Remove it, or check the references.")
            remarks.warning("FHIR-BUNDLE", f"{BASE}Bundle#Bundle.entry.search.mode", entry, message, hint)


def _first(bundle: Node, entries: list[Node], kind: str, remarks: Remarks) -> None:
    wanted = "Composition" if kind == "document" else "MessageHeader"
    first = entries[0].only("resource") if entries else None
    if first is None or first.type != wanted:
        message = Text(f"la première entrée doit être {wanted}", f"the first entry has to be {wanted}")
        key = "bdl-11" if kind == "document" else "bdl-12"
        remarks.error(f"FHIR-INVARIANT:{key}", f"{BASE}Bundle#{key}", entries[0] if entries else bundle, message)


def _twice(entries: list[Node], remarks: Remarks) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        url = entry.text("fullUrl")
        if not url:
            continue
        resource = entry.only("resource")
        meta = resource.only("meta") if resource is not None else None
        key = (url, meta.text("versionId") if meta is not None else "")
        seen[key] += 1
        if seen[key] == 2:
            message = Text(f"fullUrl vient deux fois : {url}", f"fullUrl comes twice: {url}")
            remarks.error("FHIR-INVARIANT:bdl-7", f"{BASE}Bundle#bdl-7", entry, message)


def _misnamed(
    entries: list[Node], places: Places, references: Mapping[int, list[Node]], told: set[int], remarks: Remarks, *, alone: bool
) -> None:
    """Under a fullUrl that is not RESTful, a relative reference has no defined meaning (R4, bundle.html#references).

    A warning, told once. Of what stands beside other things, only where an entry has that type and id: lenient readers take it
    for the one meant. A document stands alone.
    """
    found = [
        (url, reference)
        for entry in entries
        for reference in references.get(id(entry.only("resource")), ())
        if is_relative(url := reference.text("reference"))
        and id(reference) not in told
        and (places.misnamed(url) or (alone and entry.text("fullUrl").startswith(_NOWHERE)))
        and not places.candidates(url, reference)
    ]
    if found:
        (url, first), count = found[0], len(found) - 1
        more = (f" ; autres cas dans ce Bundle : {count}", f"; other cases in this Bundle: {count}") if count else ("", "")
        message = Text(f"« {url} » n'est la fullUrl d'aucune entrée{more[0]}", f"`{url}` is the fullUrl of no entry{more[1]}")
        hint = documents.MISNAMED if places.misnamed(url) else documents.NOWHERE
        remarks.warning("FHIR-REFERENCE", f"{BASE}Reference#Reference.reference", first, message, hint)


def _unresolved(
    entries: list[Node],
    places: Places,
    references: Mapping[int, list[Node]],
    told: set[int],
    tell: Callable[[str, str, Node, Text, Text], None],
) -> None:
    """A reference has to be resolvable (R4, references, literal references): a URN leads into its Bundle or nowhere."""
    for entry in entries:
        for reference in references.get(id(entry.only("resource")), ()):
            url = reference.text("reference")
            if url.startswith(_NOWHERE) and id(reference) not in told and not places.candidates(url, reference):
                message = Text(f"« {url} » n'est la fullUrl d'aucune entrée", f"`{url}` is the fullUrl of no entry")
                tell("FHIR-REFERENCE", f"{BASE}Reference#Reference.reference", reference, message, _URN)
