"""What a reference leads to: a contained resource, an entry of the Bundle, or a resource given beside the document."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from ...documents.fhir_tree import Node

_RELATIVE = re.compile(r"(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})(/_history/(?P<version>[A-Za-z0-9\-.]{1,64}))?")
_SEARCH = re.compile(r"(?P<type>[A-Z][A-Za-z]+)\?.")
_RESTFUL = re.compile(rf"(?P<base>https?://\S+?)/{_RELATIVE.pattern}")


class Places:
    """The resources of a document by the names that references give them.

    An entry with a `fullUrl` is found by it alone, as FHIR says: a relative reference then counts from the server that the
    `fullUrl` of its own entry names. Entries without one are found by their type and id.
    beside: the resource of another file by its type and id (`Patient/1`), asked for what is not in the document.
    """

    def __init__(self, root: Node, beside: Callable[[str], Node | None] | None = None) -> None:
        self._beside = beside
        self._by_url: dict[str, list[Node]] = {}
        self._by_id: dict[str, list[Node]] = {}
        self._named: dict[str, list[Node]] = {}  # those of entries with a fullUrl
        self._found: dict[int, Node | None] = {}
        self._inside: dict[int, dict[str, Node]] = {}  # what a resource contains, by its id
        self._note(root)
        for bundle in _bundles(root):
            for entry in bundle.children.get("entry", ()):
                resource = entry.only("resource")
                if resource is not None:
                    if url := entry.text("fullUrl"):
                        self._by_url.setdefault(url, []).append(resource)
                        self._named.setdefault(f"{resource.type}/{resource.text('id')}", []).append(resource)
                    else:
                        self._note(resource)

    def _note(self, resource: Node) -> None:
        if identifier := resource.text("id"):
            self._by_id.setdefault(f"{resource.type}/{identifier}", []).append(resource)

    def target(self, reference: Node) -> Node | None:
        """Of an element of type Reference (or of a string that is one), None when it is not at hand."""
        key = id(reference)
        if key not in self._found:
            value = reference.value if isinstance(reference.value, str) else reference.text("reference")
            self._found[key] = self.resolve(value, reference) if value else None
        return self._found[key]

    def resolve(self, url: str, at: Node) -> Node | None:
        """What a URL names, seen from the element that says it."""
        found = self.candidates(url, at)
        if found or self._beside is None or not is_relative(url):
            return found[0] if found else None
        return self._beside(url.partition("/_history/")[0])

    def candidates(self, url: str, at: Node) -> list[Node]:
        """All in the document that a URL may name: where there is more than one it does not say which is meant."""
        if url.startswith("#"):
            one = self._contained(url[1:], at)
            return [] if one is None else [one]
        url, _, fragment = url.partition("#")
        found = self._of(url, at)
        if fragment:
            inside = [one for resource in found for one in resource.children.get("contained", ())]
            return [one for one in inside if one.text("id") == fragment]
        return found

    def misnamed(self, url: str) -> bool:
        """Whether an entry has the type and id that a relative reference names, under a fullUrl that is another."""
        return url.partition("/_history/")[0] in self._named

    def _of(self, url: str, at: Node) -> list[Node]:
        if url in self._by_url:
            return self._by_url[url]
        whole, _, version = url.partition("/_history/")
        found = self._by_url.get(whole, [])
        if not found and _RELATIVE.fullmatch(whole):
            base = _base(at)
            found = self._by_url.get(f"{base}/{whole}", []) if base else []
            found = found or self._by_id.get(whole, [])
        if version:
            found = [one for one in found if _version(one) in (version, "")]
        return found

    def _contained(self, identifier: str, at: Node) -> Node | None:
        holder = at.container
        if not identifier:
            return holder
        inside = self._inside.get(id(holder))
        if inside is None:
            contained = reversed(holder.children.get("contained", ()))  # of two with one id, the first
            inside = self._inside[id(holder)] = {one.text("id"): one for one in contained}
        return inside.get(identifier)


@lru_cache(maxsize=1024)
def named_type(url: str) -> str:
    """The type of resource that a URL names (`Patient/1`, `https://x/fhir/Patient/1`), `""` when it names none."""
    found = _RELATIVE.fullmatch(url) or _RESTFUL.fullmatch(url)
    return found["type"] if found else ""


def searched_type(url: str) -> str:
    """The type of resource that a conditional reference looks for (`Patient?identifier=…`), `""` when it is none."""
    found = _SEARCH.match(url)
    return found["type"] if found else ""


def is_relative(url: str) -> bool:
    return _RELATIVE.fullmatch(url) is not None


def _version(resource: Node) -> str:
    meta = resource.only("meta")
    return "" if meta is None else meta.text("versionId")


def _base(node: Node) -> str:
    """The address of the server that the entry of a node was read from."""
    current: Node | None = node
    while current is not None:
        if current.name == "resource" and current.parent is not None:
            found = _RESTFUL.fullmatch(current.parent.text("fullUrl"))
            if found:
                return found["base"]
        current = current.parent
    return ""


def _bundles(root: Node) -> list[Node]:
    found: list[Node] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == "Bundle":
            found.append(node)
            waiting += [one for entry in node.children.get("entry", ()) for one in entry.children.get("resource", ())]
        elif node.type == "Parameters" or node.name in ("parameter", "part"):
            waiting += [one for name in ("parameter", "part", "resource") for one in node.children.get(name, ())]
        if "contained" in node.children:  # what a form is to be turned into (SDC, extraction by template)
            waiting += [one for one in node.children["contained"] if one.type == "Bundle"]
    return found
