"""What a reference leads to inside its document: a contained resource, or an entry of the Bundle."""

from __future__ import annotations

import re

from ...documents.fhir_tree import Node

_RELATIVE = re.compile(r"(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})(/_history/[A-Za-z0-9\-.]{1,64})?")
_RESTFUL = re.compile(rf"(?P<base>https?://\S+?)/{_RELATIVE.pattern}")


class Places:
    """The resources of a document by the names that references give them."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._by_url: dict[str, list[Node]] = {}
        self._by_id: dict[str, list[Node]] = {}
        self._found: dict[int, Node | None] = {}
        self._note(root)
        for bundle in _bundles(root):
            for entry in bundle.children.get("entry", ()):
                resource = entry.only("resource")
                if resource is not None:
                    if url := entry.text("fullUrl"):
                        self._by_url.setdefault(url, []).append(resource)
                    self._note(resource)

    def _note(self, resource: Node) -> None:
        if identifier := resource.text("id"):
            self._by_id.setdefault(f"{resource.type}/{identifier}", []).append(resource)

    def target(self, reference: Node) -> Node | None:
        """Of an element of type Reference (or of a string that is one), None when it is outside the document."""
        key = id(reference)
        if key not in self._found:
            value = reference.value if isinstance(reference.value, str) else reference.text("reference")
            self._found[key] = self.resolve(value, reference) if value else None
        return self._found[key]

    def resolve(self, url: str, at: Node) -> Node | None:
        """What a URL names, seen from the element that says it."""
        if url.startswith("#"):
            return self._contained(url[1:], at)
        url, _, fragment = url.partition("#")
        found = self._of(url, at)
        if found is not None and fragment:
            return next((one for one in found.children.get("contained", ()) if one.text("id") == fragment), None)
        return found

    def _of(self, url: str, at: Node) -> Node | None:
        for known in (url, url.partition("/_history/")[0]):
            if known in self._by_url:
                return self._by_url[known][0]
        relative = _RELATIVE.fullmatch(url)
        if relative is None:
            return None
        named = f"{relative['type']}/{relative['id']}"
        if base := _base(at):
            found = self._by_url.get(f"{base}/{named}")
            if found:
                return found[0]
        candidates = self._by_id.get(named, [])
        return candidates[0] if candidates else None

    def _contained(self, identifier: str, at: Node) -> Node | None:
        holder = container(at)
        if not identifier:
            return holder
        return next((one for one in holder.children.get("contained", ()) if one.text("id") == identifier), None)


def container(node: Node) -> Node:
    """The resource in whose `contained` a reference of this node is looked for: never itself a contained one."""
    resource = node.resource
    while resource.name == "contained" and resource.parent is not None:
        resource = resource.parent.resource
    return resource


def named_type(url: str) -> str:
    """The type of resource that a URL names (`Patient/1`, `https://x/fhir/Patient/1`), `""` when it names none."""
    found = _RELATIVE.fullmatch(url) or _RESTFUL.fullmatch(url)
    return found["type"] if found else ""


def is_relative(url: str) -> bool:
    return _RELATIVE.fullmatch(url) is not None


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
    return found
