"""Makes the snapshot of a profile that is published as a differential: its elements, from those of the definition it derives from.

The base is compiled (`compiling.compile_structure`), the changes are as they were published. Source: FHIR R4, profiling,
"generating snapshots", and the form of element ids (`Patient.identifier:INS.system`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ...model import Text
from .compiling import BASE, compile_element

Element = dict[str, Any]
Lookup = Callable[[str], Mapping[str, Any] | None]

_REPLACED = {  # in what was published -> in what is compiled
    "min": "min",
    "max": "max",
    "type": "types",
    "slicing": "slicing",
    "mustSupport": "must_support",
    "isModifier": "is_modifier",
    "maxLength": "max_length",
    "contentReference": "content_reference",
}
_OF_ALL = frozenset({"slicing", "must_support"})  # said of an element as a whole, not of each of its slices
_VALUES = ("fixed", "pattern", "min_value", "max_value")
_ADDED = ("left", "worded")  # what a change asks beside, where it takes the place of other demands


class NoSnapshot(Exception):
    """why: what cannot be made, and because of what."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


def elements(changes: Sequence[Mapping[str, Any]], base: Mapping[str, Any], lookup: Lookup) -> list[Element]:
    """changes: the published elements of the differential. Raises NoSnapshot."""
    made = _Snapshot(_owned(base["elements"], base["url"]), lookup)
    for id, change in _identified(changes):
        made.change(id, change)
    return made.elements


class _Snapshot:
    def __init__(self, elements: list[Element], lookup: Lookup) -> None:
        self.elements = elements
        self._lookup = lookup

    def change(self, id: str, said: Mapping[str, Any]) -> None:
        element = self.elements[self._ensured(id)]
        compiled = compile_element(said)
        for published, name in _REPLACED.items():
            if published in said and name in compiled:
                element[name] = compiled[name]
        if "binding" in said and ("binding" in compiled or "binding" in element):
            changed = compiled.get("binding") or {"strength": said["binding"].get("strength", "")}
            element["binding"] = {**element.get("binding", {}), **{key: value for key, value in changed.items() if value}}
        for name in _VALUES:
            if name in compiled:
                element[name] = compiled[name]
        if "asks" in compiled:
            known, asked = element.get("asks", {}), compiled["asks"]
            element["asks"] = known | asked | {name: [*known.get(name, ()), *asked[name]] for name in _ADDED if name in asked}
        if "constraints" in compiled:
            known = element.get("constraints", [])
            keys = {item["key"] for item in compiled["constraints"]}
            element["constraints"] = [*(item for item in known if item["key"] not in keys), *compiled["constraints"]]

    def _ensured(self, id: str) -> int:
        """Where the element of this id is; it and those above it are made when they are not there."""
        found = self._index(id)
        if found is not None:
            return found
        parent, _, last = id.rpartition(".")
        if not parent:
            raise NoSnapshot(Text(f"{id} n'est pas de la définition de base", f"{id} is not in the base definition"))
        above = self._ensured(parent)
        if ":" in last:
            return self._sliced(id, f"{parent}.{last.partition(':')[0]}", last.partition(":")[2])
        self._unfold(above)
        found = self._index(id)
        if found is not None:
            return found
        choice = self._choice(parent, last)
        if choice is None:
            raise NoSnapshot(Text(f"{id} n'est pas de la définition de base", f"{id} is not in the base definition"))
        return self._ensured(choice)

    def _sliced(self, id: str, sliced: str, name: str) -> int:
        """A slice: as the element it is a slice of, from which it may then differ; a reslice as its slice."""
        if "/" in name:
            sliced = f"{sliced}:{name.rpartition('/')[0]}"
        start = self._ensured(sliced)
        if (known := self._index(id)) is not None:  # it came with the content of what is above it
            return known
        element = {key: value for key, value in self.elements[start].items() if key not in _OF_ALL}
        element |= {"id": id, "slice_name": name, "min": 0}
        if sliced.endswith("[x]"):
            wanted = name.removeprefix(sliced.rpartition(".")[2].removesuffix("[x]"))
            named = [one for one in element["types"] if one["code"].casefold() == wanted.casefold()]
            element["types"] = named or element["types"]
        end = start + 1
        while end < len(self.elements) and self.elements[end]["id"].startswith((f"{sliced}.", f"{sliced}:", f"{sliced}/")):
            end += 1
        self.elements.insert(end, element)
        return end

    def _unfold(self, index: int) -> None:
        """The children of an element after it: those of the element it is a slice of, or whose content it has, or of its type."""
        element = self.elements[index]
        id, path = element["id"], element["path"]
        if index + 1 < len(self.elements) and self.elements[index + 1]["id"].startswith(f"{id}."):
            return
        source, above = self._content(element)
        prefix = f"{above}."
        copies = []
        for one in source:
            if one["id"].startswith(prefix):
                inside = one["id"].removeprefix(above)
                copies.append({**one, "id": id + inside, "path": path + _plain_path(inside)})
        self.elements[index + 1 : index + 1] = copies

    def _content(self, element: Element) -> tuple[Sequence[Mapping[str, Any]], str]:
        """Elements, and the id of the one among them whose children are meant."""
        head, colon, _ = element["id"].rpartition(":")
        if colon and "." not in element["id"][len(head) :]:
            general = self._index(head)
            follows = "" if general is None or general + 1 >= len(self.elements) else self.elements[general + 1]["id"]
            if follows.startswith(f"{head}."):
                return list(self.elements), head
        if "content_reference" in element:
            url, target = element["content_reference"]
            found = self._lookup(url) if url else None
            return (found["elements"] if found is not None else list(self.elements)), target
        types = element["types"]
        if len(types) != 1:
            raise NoSnapshot(
                Text(f"{element['id']} a plusieurs types et des enfants", f"{element['id']} has several types and children")
            )
        profiles = types[0]["profiles"]
        canonical = profiles[0] if len(profiles) == 1 else BASE + types[0]["code"]
        url, _, part = canonical.partition("#")
        found = self._lookup(url)
        if found is None or not found["elements"]:
            raise NoSnapshot(Text(f"{url} n'est pas installé", f"{url} is not installed"))
        return found["elements"], part or found["elements"][0]["id"]

    def _choice(self, parent: str, name: str) -> str | None:
        """`value[x]:valueQuantity` for `valueQuantity`."""
        for element in self.elements:
            above, _, last = element["id"].rpartition(".")
            if above == parent and last.endswith("[x]") and name.startswith(last[:-3]) and len(name) > len(last) - 3:
                return f"{parent}.{last}:{name}"
        return None

    def _index(self, id: str) -> int | None:
        return next((index for index, element in enumerate(self.elements) if element["id"] == id), None)


def _identified(changes: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each change with its element id: where none was published, from its path, its slice, and the slices it stands in."""
    last: dict[str, str] = {}  # by path, the id of the change that came last
    for change in changes:
        path = str(change.get("path", ""))
        id = str(change.get("id", ""))
        if not id:
            above, _, name = path.rpartition(".")
            id = f"{last.get(above, above)}.{name}" if above else name
            if change.get("sliceName"):
                id = f"{id}:{change['sliceName']}"
        last = {known: named for known, named in last.items() if not known.startswith(f"{path}.")}
        last[path] = id
        yield id, change


def _owned(elements: Sequence[Mapping[str, Any]], url: str) -> list[Element]:
    """Copies that may be changed. A content that is that of another element stays that of the base, whatever becomes of it here."""
    made = [dict(element) for element in elements]
    for element in made:
        if "content_reference" in element and not element["content_reference"][0]:
            element["content_reference"] = [url, element["content_reference"][1]]
    return made


def _plain_path(id: str) -> str:
    return ".".join(part.partition(":")[0] for part in id.split("."))
