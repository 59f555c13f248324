"""What the references of a specimen lead to: resources that it contains, or entries of its Bundle."""

from __future__ import annotations

import copy
import json
import re
import uuid
from collections.abc import Callable
from typing import Any

from ....proofs.specimens.samples import SPECIES
from ...shapes import ANY, Element, Structure
from ...structures import Structures
from ..editing import Json
from .plans import Plan, Wants
from .writing import Writer

_OUTSIDE = ("Patient/elsewhere", "Patient")
_NOT_OF_AN_ID = re.compile(r"[^A-Za-z0-9\-.]+")


def targets(element: Element, structures: Structures) -> list[tuple[str, Structure | None]]:
    """(type, profile) that a reference may lead to; None for a type of R4 itself. Those that no package gives are left out."""
    found: list[tuple[str, Structure | None]] = []
    for canonical in element.targets.get("Reference", ()):
        structure = structures.structure(canonical)
        if structure is not None and structure.kind == "resource":
            found.append((structure.type, structure if structure.is_profile else None))
    return found


def _contains(structure: Structure) -> bool:
    """Whether it has to contain resources itself, which a contained one cannot."""
    return any(element.min for element in structure.root.children if element.name == "contained")


class Contained:
    """Targets that follow a profile are contained; any other reference leads out of the document."""

    def __init__(self, writer: Writer, structures: Structures, root: Structure) -> None:
        self._writer = writer
        self._structures = structures
        self._root = root
        self._ids: dict[str, str] = {}
        self.resources: list[Json] = []

    def reference(self, element: Element, *, followed: bool = False) -> tuple[str, str]:
        known = targets(element, self._structures)
        if not known:
            return _OUTSIDE
        held = element.aggregations.get("Reference", [])
        for type, profile in known:
            if type == self._root.type or (held and "contained" not in held):
                continue
            if profile is None and (followed or "contained" in held):
                profile = self._structures.type(type if type not in ANY else "Patient")
            if profile is not None and not _contains(profile):
                return f"#{self._id(profile)}", profile.type
        type = known[0][0] if known[0][0] not in ANY else "Patient"
        return f"{type}/elsewhere", type

    def inside(self, structure: Structure) -> Json | None:  # noqa: ARG002 - as Bundled does
        return None

    def addressed(self, content: Json) -> Json:
        return content

    def finish(self, content: Json) -> Json:
        if self.resources:
            content = {**content, "contained": [*content.get("contained", []), *self.resources]}
        return content

    def _id(self, profile: Structure) -> str:
        if profile.url not in self._ids:
            name = self._ids[profile.url] = _NOT_OF_AN_ID.sub("-", profile.url.rpartition("/")[2]).lower()[:64]
            written = self._writer.resource(profile, Plan(self), name)
            written.pop("meta", None)
            written.pop("text", None)
            self.resources.append(written)
        return self._ids[profile.url]


class Bundled:
    """Targets are entries of the Bundle, one for each profile.

    wants: of the Composition, which speaks of the others; mend: of an entry by itself; slices: profiles of the entries that the
    Bundle's own definition names; grows: whether it may have others.
    """

    def __init__(
        self,
        writer: Writer,
        structures: Structures,
        wants: Wants,
        mend: Callable[[Json, Structure, Bundled], Json],
        bundle: Structure,
    ) -> None:
        self._writer = writer
        self._structures = structures
        self._wants = wants
        self._mend = mend
        self._named = _profiles_of_entries(bundle)
        self._grows = _grows(bundle)
        self._entries: dict[str, tuple[str, Json]] = {}

    def reference(self, element: Element, *, followed: bool = False) -> tuple[str, str]:  # noqa: ARG002 - all that it can is in the Bundle
        known = targets(element, self._structures)
        if element.targets.get("Reference") and not known:
            return _OUTSIDE
        fitting = [
            (type, profile) for type, profile in known if profile is not None and (self._grows or profile.url in self._named)
        ]
        type, profile = (fitting or known or [("Patient", None)])[0]
        if profile is None or not (self._grows or profile.url in self._named):
            profile = self._standing(type)
        if profile is None:
            return f"{type if type not in ANY else 'Patient'}/elsewhere", type if type not in ANY else "Patient"
        return self._entry(profile)[0], profile.type

    def _standing(self, type: str) -> Structure | None:
        """An entry of that type that is there already, else one of R4's own definition."""
        for url in self._entries:
            structure = self._structures.structure(url)
            if structure is not None and (structure.type == type or type in ANY):
                return structure
        return self._structures.type("Patient" if type in ANY else type) if self._grows else None

    def inside(self, structure: Structure) -> Json | None:
        return self._entry(structure)[1]

    def _entry(self, structure: Structure) -> tuple[str, Json]:
        if structure.url not in self._entries:
            name = str(uuid.uuid5(SPECIES, structure.url))
            address = f"urn:uuid:{name}"
            resource: Json = {}
            self._entries[structure.url] = address, resource
            within = _WithinBundle(self, self._writer, self._structures, structure)
            plan = Plan(within, self._wants) if structure.type == "Composition" else Plan(within)
            written = within.finish(self._writer.resource(structure, plan, name))
            resource.update(self._mend(written, structure, self))
        return self._entries[structure.url]

    def addressed(self, content: Json) -> Json:
        addresses = {id(resource): address for address, resource in self._entries.values()}
        entries = [
            {**entry, "fullUrl": address} if (address := addresses.get(id(entry.get("resource")))) is not None else entry
            for entry in content.get("entry", ())
        ]
        return {**content, "entry": entries} if entries else content

    def finish(self, content: Json) -> Json:
        """Each entry under its address, and those that references need beside those that the profile names."""
        content = self.addressed(content)
        entries: list[Any] = content.get("entry", [])
        there = {id(entry["resource"]) for entry in entries if "resource" in entry}
        more = [
            {"fullUrl": address, "resource": resource} for address, resource in self._entries.values() if id(resource) not in there
        ]
        if self._grows:
            self._link_the_rest()
        return {**content, "entry": [*entries, *more]} if more else content

    def _link_the_rest(self) -> None:
        """What the Composition does not lead to stands in one more section of it."""
        first = next((url for url, (_, resource) in self._entries.items() if resource.get("resourceType") == "Composition"), None)
        structure = None if first is None else self._structures.structure(first)
        section = None if structure is None else structure.by_id.get("Composition.section")
        if first is None or section is None:
            return
        composition = self._entries[first][1]
        said = {address: json.dumps(resource) for address, resource in self._entries.values()}
        reached, waiting = set(), [self._entries[first][0]]
        while waiting:
            here = waiting.pop()
            reached.add(here)
            waiting += [one for one in said if one not in reached and (one in said[here] or here in said[one])]
        lost = [{"reference": address} for address in said if address not in reached]
        plain = copy.copy(section)
        plain.slices = []
        made: Json = {}
        if lost and self._writer.put(made, plain, Plan(self)):
            composition.setdefault("section", []).append({**made["section"][0], "entry": lost})


class _WithinBundle(Contained):
    """For one entry: what has to be contained is, the rest is in the Bundle."""

    def __init__(self, bundled: Bundled, writer: Writer, structures: Structures, root: Structure) -> None:
        super().__init__(writer, structures, root)
        self._bundled = bundled

    def reference(self, element: Element, *, followed: bool = False) -> tuple[str, str]:
        held = element.aggregations.get("Reference", [])
        is_within = held and "bundled" not in held and "contained" in held
        return super().reference(element, followed=followed) if is_within else self._bundled.reference(element, followed=followed)

    def inside(self, structure: Structure) -> Json | None:
        return self._bundled.inside(structure)


def _grows(bundle: Structure) -> bool:
    """Whether entries beside those that are named do no harm: in a document that is not closed."""
    entry, type = bundle.by_id.get("Bundle.entry"), bundle.by_id.get("Bundle.type")
    closed = entry is not None and entry.slicing is not None and entry.slicing["rules"] == "closed"
    fixed = None if type is None else type.fixed or type.pattern
    return not closed and fixed is not None and fixed[1] == "document"


def _profiles_of_entries(bundle: Structure) -> set[str]:
    return {
        canonical.partition("|")[0]
        for element in bundle.by_id.values()
        if element.name == "resource"
        for profiles in element.profiles.values()
        for canonical in profiles
    }
