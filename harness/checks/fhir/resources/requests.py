"""What the requests of a batch or a transaction ask: an address for each, a body of its kind, nothing twice, nothing of each other.

Source: FHIR R4, http.html (create, update, patch, conditional create, batch and transaction processing rules).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ....documents.fhir_tree import Node
from ....model import Text
from ..references import is_relative
from ..remarks import Remarks
from ..shapes import BASE

_ROOT = re.compile(r"(?P<type>[A-Za-z][A-Za-z0-9]*)(?P<id>/[^?$_][^?]*)?(?:[/?].*)?")  # of an address relative to the server's
_NAMED = re.compile(r"(?:^|/)(?P<type>[A-Z][A-Za-z]+)(?:/(?P<id>[A-Za-z0-9\-.]{1,64}))?$")  # of a request: no operation, no search
_ETAG = re.compile(r'\*|(?:W/)?"[^"]*"(?:\s*,\s*(?:W/)?"[^"]*")*')  # RFC 7232, 2.3, 3.1, 3.2
_URL = f"{BASE}Bundle#Bundle.entry.request.url"
_PATCHES = ("Binary", "Parameters")  # a JSON or XML Patch, a FHIRPath Patch
_OF_ONE = ("PUT", "PATCH", "DELETE")
_RULES = "http://hl7.org/fhir/http.html#transaction"
_BATCH = "http://hl7.org/fhir/http.html#batch"


def judge(
    entries: list[Node], kind: str, references: Mapping[int, list[Node]], remarks: Remarks, is_resource: Callable[[str], bool]
) -> None:
    """kind: transaction or batch; references: of each entry's resource, by its identity."""
    asked = [(entry, request) for entry in entries for request in entry.children.get("request", ())]
    for entry, request in asked:
        _request(request, entry.only("resource"), remarks, is_resource)
    if kind == "transaction":
        _overlapping(asked, remarks)
    else:
        _depending(asked, references, remarks)


def _request(request: Node, resource: Node | None, remarks: Remarks, is_resource: Callable[[str], bool]) -> None:
    """What is created or updated is of the type of the address, and has its id (R4, http.html#update, #create)."""
    method = request.text("method")
    _root(request, method, resource, remarks, is_resource)
    _condition(request, remarks)
    if resource is None:
        _bodiless(request, method, remarks, is_resource)
        return
    if method == "PATCH" and resource.type not in _PATCHES:
        message = Text(
            f"PATCH {request.text('url')} : un {resource.type} n'est pas un patch (Binary ou Parameters)",
            f"PATCH {request.text('url')}: a {resource.type} is not a patch (Binary or Parameters)",
        )
        remarks.error("FHIR-BUNDLE", f"{BASE}Bundle#Bundle.entry.resource", request, message)
    if method not in ("POST", "PUT"):
        return
    url = request.text("url").partition("?")[0]
    named = _NAMED.search(url)
    if named is None or not is_resource(named["type"]):
        return
    at = request.only("url") or request
    if named["type"] != resource.type:
        message = Text(
            f"{method} {url} : la ressource est de type {resource.type}", f"{method} {url}: the resource is of type {resource.type}"
        )
    elif method == "PUT" and named["id"] and named["id"] != resource.text("id"):
        message = Text(f"PUT {url} : la ressource n'a pas cet id", f"PUT {url}: the resource does not have this id")
    else:
        return
    remarks.error("FHIR-BUNDLE", _URL, at, message)


def _root(request: Node, method: str, resource: Node | None, remarks: Remarks, is_resource: Callable[[str], bool]) -> None:
    """An address is relative to the server's and begins with a type of FHIR, and a resource is created under its type alone.

    The first two are only warned of: some servers take their own address too, a French guide publishes requests that name its
    profiles in place of types, and no word of R4's on Bundles forbids it.
    """
    url = request.text("url")
    at = request.only("url") or request
    if url.startswith(("http://", "https://")):
        message = Text(
            f"l'adresse demandée n'est pas relative à celle du serveur : {url}",
            f"the address asked is not relative to the server's: {url}",
        )
        remarks.warning("FHIR-BUNDLE", _URL, at, message)
        return
    found = _ROOT.fullmatch(url)
    if found is None or found["type"] == "metadata":
        return
    if not is_resource(found["type"]):
        message = Text(
            f"{method} {url} : « {found['type']} » n'est pas un type de ressource",
            f"{method} {url}: `{found['type']}` is not a resource type",
        )
        remarks.warning("FHIR-BUNDLE", _URL, at, message)
    elif method == "POST" and resource is not None and resource.type == found["type"] and found["id"]:
        message = Text(
            f"POST {url} : une création s'adresse à {found['type']}, le serveur donne l'id",
            f"POST {url}: a creation is sent to {found['type']}, the server gives the id",
        )
        remarks.error("FHIR-BUNDLE", _URL, at, message)
    elif method in _OF_ONE and url.rstrip("/") == found["type"]:
        message = Text(
            f"{method} {url} ne dit pas quelle ressource : {url}/[id], ou une recherche",
            f"{method} {url} does not say which resource: {url}/[id], or a search",
        )
        remarks.error("FHIR-BUNDLE", _URL, at, message)


def _bodiless(request: Node, method: str, remarks: Remarks, is_resource: Callable[[str], bool]) -> None:
    """A create and an update send a resource (R4, http.html); a search and an operation by POST may send none."""
    url = request.text("url")
    if method == "PUT" or (method == "POST" and is_resource(url)):
        message = Text(f"{method} {url} n'a pas de ressource à envoyer", f"{method} {url} has no resource to send")
        remarks.error("FHIR-BUNDLE", f"{BASE}Bundle#Bundle.entry.resource", request, message)


def _condition(request: Node, remarks: Remarks) -> None:
    """Of a conditional create, what follows the "?" alone (R4, Bundle.entry.request.ifNoneExist); of others, ETags."""
    for name in ("ifMatch", "ifNoneMatch"):
        judge_etag(request, name, remarks)
    condition = request.only("ifNoneExist")
    if condition is None or not isinstance(condition.value, str):
        return
    if request.text("method") != "POST":
        message = Text("ifNoneExist ne vaut que pour une création (POST)", "ifNoneExist is only for a creation (POST)")
        hint = Text("Le retirer, ou créer par POST.", "Remove it, or create by POST.")
        remarks.warning("FHIR-BUNDLE", f"{BASE}Bundle#Bundle.entry.request.ifNoneExist", condition, message, hint)
    if "?" not in condition.value.partition("=")[0]:
        return
    message = Text(
        f"ifNoneExist est ce qui suit le « ? », sans lui : {condition.value}",
        f"ifNoneExist is what follows the '?', without it: {condition.value}",
    )
    remarks.error("FHIR-BUNDLE", f"{BASE}Bundle#Bundle.entry.request.ifNoneExist", condition, message)


def judge_etag(holder: Node, name: str, remarks: Remarks) -> None:
    """holder: a request or a response, which may have an ETag of this name."""
    tag = holder.only(name)
    if tag is not None and isinstance(tag.value, str) and _ETAG.fullmatch(tag.value.strip()) is None:
        message = Text(
            f"{name} : « {tag.value[:80]} » n'est pas un ETag, qui s'écrit W/\"3\"",
            f'{name}: `{tag.value[:80]}` is not an ETag, which is written W/"3"',
        )
        remarks.warning("FHIR-BUNDLE", f"{BASE}Bundle#Bundle.entry.{holder.name}.{name}", tag, message)


def _overlapping(asked: list[tuple[Node, Node]], remarks: Remarks) -> None:
    """If the identities of what is deleted, created and updated overlap, the transaction shall fail.

    By id alone: what a search finds is not known here. One resource may be patched twice, by two parts of a whole.
    """
    seen: dict[str, str] = {}
    for _, request in asked:
        method, url = request.text("method"), request.text("url")
        if method not in _OF_ONE or not is_relative(url):
            continue
        before = seen.setdefault(url, "")
        seen[url] = method
        if before and not before == method == "PATCH":
            message = Text(
                f"{before} et {method} {url} dans une même transaction, qui échouera",
                f"{before} and {method} {url} in one transaction, which will fail",
            )
            hint = Text("Ne demander qu'une chose de chaque ressource.", "Ask only one thing of each resource.")
            remarks.error("FHIR-BUNDLE", _RULES, request, message, hint)


def _depending(asked: list[tuple[Node, Node]], references: Mapping[int, list[Node]], remarks: Remarks) -> None:
    """A reference to what the same batch creates is non-conformant: its entries may be processed in any order."""
    created = {entry.text("fullUrl") for entry, request in asked if request.text("method") == "POST"} - {""}
    for entry, _ in asked:
        for reference in references.get(id(entry.only("resource")), ()):
            url = reference.text("reference")
            if url in created and url != entry.text("fullUrl"):
                message = Text(f"{url} est créée dans ce même batch", f"{url} is created in this same batch")
                hint = Text(
                    "Un batch dont une entrée dépend d'une autre doit être une transaction.",
                    "A batch in which one entry depends on another has to be a transaction.",
                )
                remarks.error("FHIR-BUNDLE", _BATCH, reference, message, hint)
