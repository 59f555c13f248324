"""Extensions: whether their definition is known, allows them at their place, and agrees with their content."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...documents.fhir_tree import Node
from ...library.fhir.definitions import R4
from ...model import Text
from .facts import Facts
from .remarks import Remark, Remarks
from .shapes import BASE, Element, Structure
from .structures import Structures
from .walk import Walk

_SLICE = re.compile(r":[^.]+")
_AS_R4_WRITES = {  # where R4's own definitions carry an extension that is published for elsewhere: its URL, names of that place
    f"{BASE}structuredefinition-fhir-type": ("type",),
    f"{BASE}structuredefinition-normative-version": ("element",),
    f"{BASE}regex": ("type",),
    f"{BASE}valueset-concept-comments": ("concept",),
}

_OF_ELEMENT = ("fixed", "pattern", "defaultValue", "example")
_MODIFIER = f"{BASE}BackboneElement#BackboneElement.modifierExtension"
_ABSENT = f"{BASE}data-absent-reason"
_REFUSED = Text(
    "Un logiciel qui ne la connaît pas doit refuser la ressource.", "Software that does not know it has to refuse the resource."
)


class Extensions:
    """Judges the extensions of one document. unknown: those whose definition no package gives, by URL."""

    def __init__(self, structures: Structures, walk: Walk, facts: Facts, of_profiles: Iterable[Remark] = ()) -> None:
        """of_profiles: what these have found, so as not to count again what a slice of theirs counts."""
        self._structures = structures
        self._walk = walk
        self._facts = facts
        self._counted = {id(remark.node) for remark in of_profiles if remark.rule == "FHIR-SLICE"}
        self._by_url: dict[tuple[int, str], dict[str, list[Node]]] = {}
        self.unknown: dict[str, Node] = {}

    def judge(self, node: Node, parent: Node, owner: Element, remarks: Remarks) -> None:
        """owner: the definition of the element that carries it.

        Profiles have been walked: where one of them names a version of the extension's definition, that one judges.
        """
        url = node.text("url")
        if not url:
            return
        if not _is_absolute(url):
            if parent.type != "Extension":
                message = Text(
                    f"l'URL de l'extension n'est pas absolue : {url}", f"the URL of the extension is not absolute: {url}"
                )
                remarks.error("FHIR-EXTENSION", f"{BASE}Extension#Extension.url", node, message)
            else:
                self._part(url, node, parent, remarks)
            return
        if "|" in url:
            message = Text(f"l'URL d'une extension ne porte pas de version : {url}", f"a version in the URL of an extension: {url}")
            remarks.error("FHIR-EXTENSION", f"{BASE}Extension#Extension.url", node, message)
            return
        structure = self._walk.extensions.get(id(node)) or self._structures.structure(url)
        if structure is None or structure.type != "Extension":
            self.unknown.setdefault(url, node)
            if node.name == "modifierExtension":
                message = Text(
                    f"aucun paquet installé ne définit cette extension, qui change le sens de ce qui la porte : {url}",
                    f"no installed package defines this extension, which changes the meaning of what carries it: {url}",
                )
                remarks.warning("FHIR-EXTENSION", _MODIFIER, node, message, _REFUSED)
            return
        if url == _ABSENT and parent.value is not None and parent.type != "code":
            _absent_and_said(node, parent, remarks)
        told = self._judged(node, parent, owner, structure)
        if told.has_error and (later := self._republished(structure)) is not None:
            by_later = self._judged(node, parent, owner, later)
            told = told if by_later.has_error else by_later
        remarks.extend(told)

    def _republished(self, structure: Structure) -> Structure | None:
        """The definition that HL7's package of extensions has come to for one of R4's own: wider contexts, other types of value.

        Both are in force for R4, and nothing says which of the two a resource follows: what one of them admits is admitted.
        """
        later = self._structures.definitions.republished(structure.url)
        return None if later is None or structure.data["version"] != R4 else self._structures.structure(later)

    def _judged(self, node: Node, parent: Node, owner: Element, structure: Structure) -> Remarks:
        """What one definition of the extension says of it."""
        remarks = Remarks()
        remarks.extend(self._walk.remarks(node, structure))
        self._too_often(node, parent, structure, remarks)
        self._modifier(node, structure, remarks)
        self._context(node, parent, owner, structure, remarks)
        for rule in structure.data["context_invariants"]:
            if self._facts.holds(rule, parent, extension=node) is False:
                message = Text(
                    f"l'extension {structure.title} demande ici : {rule}", f"the extension {structure.title} demands here: {rule}"
                )
                remarks.error("FHIR-EXTENSION", structure.url, node, message)
        return remarks

    def _too_often(self, node: Node, parent: Node, structure: Structure, remarks: Remarks) -> None:
        """Its definition says how often it comes on whatever element (R4, defining extensions, cardinality).

        A warning: definitions say `1` by habit, and their own authors repeat them (IPS: `textLink`).
        """
        most = structure.root.max
        if most is None or id(node) in self._counted:
            return
        beside = parent.children[node.name]
        if len(beside) <= most:
            return
        same = self._alike(parent, beside)[node.text("url")]
        if len(same) > most and same[most] is node:
            message = Text(
                f"l'extension {structure.title} vient {len(same)} fois, {most} au plus",
                f"the extension {structure.title} comes {len(same)} times, {most} at most",
            )
            remarks.warning("FHIR-EXTENSION", structure.url, node, message)

    def _alike(self, parent: Node, beside: list[Node]) -> dict[str, list[Node]]:
        """The extensions of one element by URL, gathered once for all of them."""
        key = (id(parent), beside[0].name)
        if key not in self._by_url:
            by_url = self._by_url[key] = {}
            for one in beside:
                by_url.setdefault(one.text("url"), []).append(one)
        return self._by_url[key]

    def _part(self, url: str, node: Node, parent: Node, remarks: Remarks) -> None:
        """A part of an extension is one of those that its definition names."""
        structure = self._structures.structure(parent.text("url"))
        if structure is None or structure.type != "Extension" or self._has_part(structure, url):
            return
        later = self._republished(structure)
        if later is None or not self._has_part(later, url):
            message = Text(
                f"« {url} » n'est pas une partie de l'extension {structure.title}",
                f"`{url}` is not part of the extension {structure.title}",
            )
            remarks.error("FHIR-EXTENSION", structure.url, node, message)

    def _has_part(self, structure: Structure, url: str) -> bool:
        """Whether the definition has this part; one that names no parts allows any."""
        parts = [child for child in structure.root.children if child.name == "extension"]
        named = [self._walk.urls(one) for child in parts for one in child.slices]
        return not named or any(url in (urls or ()) for urls in named)

    def _modifier(self, node: Node, structure: Structure, remarks: Remarks) -> None:
        modifies = structure.root.is_modifier
        if modifies and node.name == "extension":
            message = Text(
                "cette extension change le sens : elle va dans modifierExtension",
                "this extension changes the meaning: it goes in modifierExtension",
            )
            remarks.error("FHIR-EXTENSION", structure.url, node, message)
        elif not modifies and node.name == "modifierExtension":
            message = Text(
                "cette extension ne change pas le sens : elle va dans extension",
                "this extension does not change the meaning: it goes in extension",
            )
            remarks.error("FHIR-EXTENSION", structure.url, node, message)

    def _context(self, node: Node, parent: Node, owner: Element, structure: Structure, remarks: Remarks) -> None:
        told = structure.data["context"]
        if not told or parent.name in _AS_R4_WRITES.get(structure.url, ()):
            return
        plain = [owner.path, parent.type, "Element"]
        if parent.parent is not None and not parent.is_resource:
            plain.append(f"{parent.parent.type}.{_element_name(parent)}")
        if any(kind == "element" and expression in plain for kind, expression in told):
            return  # as most are, before all the names of the element are gathered
        places: set[str] = set()
        for kind, expression in told:
            if kind == "element":
                places = places or self._places(parent, owner)
                if _holds(expression, places) and self._is_of_profile(parent, expression):
                    return
            if kind == "extension" and _is_of_extension(parent, expression):
                return
            if kind == "fhirpath" and self._facts.selects(expression, parent) is not False:
                return
            if kind == "element" and not self._is_path(expression):
                return  # what is no path of R4: nothing can be said against it
        if _is_of_definition(parent):
            return
        allowed = ", ".join(expression for _, expression in told)[:300]
        where = parent.type or min(places or self._places(parent, owner), key=len)
        message = Text(
            f"l'extension {structure.title} n'a pas sa place sur {where} : elle est faite pour {allowed}",
            f"the extension {structure.title} has no place on {where}: it is made for {allowed}",
        )
        remarks.error("FHIR-EXTENSION", structure.url, node, message)

    def _is_of_profile(self, parent: Node, expression: str) -> bool:
        """Whether the resource follows the profile that a context names (`url#Organization`), as far as the profile is known."""
        profile = self._structures.structure(expression.rpartition("#")[0]) if "#" in expression else None
        return profile is None or profile.kind != "resource" or self._walk.is_asked(parent.resource, profile)

    def _is_path(self, expression: str) -> bool:
        """Whether an expression is the path of an element, from a type of R4: profiles that came after know others."""
        path = expression.rpartition("#")[2]
        return path.count("/") == 0 and self._structures.type(path.partition(".")[0]) is not None

    def _places(self, parent: Node, owner: Element) -> set[str]:
        """The names by which a context may mean the element: its path, its type, what its type comes from."""
        found = {owner.path, "Element", *_paths(parent)}  # "Element" has always been read as anywhere, resources too
        for name in self._ancestors(parent.type):
            found.add(name)
        resource = parent.resource
        if resource is not parent:  # `DomainResource.text` is that of each resource
            inside = [path.removeprefix(resource.type) for path in found if path.startswith(f"{resource.type}.")]
            found |= {name + path for name in self._ancestors(resource.type) for path in inside}
        if parent.is_resource:
            found |= {"CanonicalResource", "MetadataResource"} if "url" in parent.children else set()
        return found

    def _ancestors(self, type: str) -> Iterator[str]:
        """A type, and those that it comes from."""
        for _ in range(8):
            if not type:
                return
            yield type
            structure = self._structures.type(type)
            type = structure.base.rpartition("/")[2] if structure is not None else ""


def _is_of_extension(parent: Node, url: str) -> bool:
    """Whether an element is this extension, or its value."""
    holder = parent if parent.type == "Extension" or parent.parent is None else parent.parent
    return holder.type == "Extension" and holder.text("url") == url


def _is_of_definition(node: Node) -> bool:
    """Whether it is of a value that a definition sets or shows of an element: its extensions are made for that one."""
    while node.parent is not None and node.parent.type != "ElementDefinition":
        node = node.parent
    return node.parent is not None and node.name.startswith(_OF_ELEMENT)


def _holds(expression: str, places: set[str]) -> bool:
    path = _SLICE.sub("", expression.rpartition("#")[2])  # which slice of a profile's element it is, is not asked
    return path in places or path.removesuffix("[x]") in places


def _paths(node: Node) -> set[str]:
    """`Patient.contact.name`, from the resource; and from each datatype above, `HumanName.family`."""
    found: set[str] = set()
    steps: list[str] = []
    current = node
    while True:
        if current.type:
            found.add(".".join([current.type, *reversed(steps)]))
        if current.is_resource or current.parent is None:
            return found
        steps.append(_element_name(current))
        current = current.parent


def _element_name(node: Node) -> str:
    """A choice as definitions write it (`value[x]`)."""
    end = node.type[:1].upper() + node.type[1:]
    if end and node.name.endswith(end) and len(node.name) > len(end) and node.type not in ("BackboneElement", "Element"):
        return f"{node.name[: -len(end)]}[x]"
    return node.name


def _absent_and_said(node: Node, parent: Node, remarks: Remarks) -> None:
    """Its definition gives the reason why an expected value is missing; a code may itself be that of the unknown."""
    message = Text(
        f"{parent.name} a une valeur, et la raison de n'en pas avoir", f"{parent.name} has a value, and the reason for having none"
    )
    hint = Text(
        "Garder l'un des deux : la valeur, ou data-absent-reason.", "Keep one of the two: the value, or data-absent-reason."
    )
    remarks.warning("FHIR-EXTENSION", _ABSENT, node, message, hint)


def _is_absolute(url: str) -> bool:
    return ":" in url
