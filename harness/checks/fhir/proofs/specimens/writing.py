"""Writes what a definition asks: an element with what it must hold, and what a plan wants of what it may hold."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from ...shapes import BASE, Element, Shape, Structure, is_primitive
from ...structures import Structures
from . import forms, samples
from .codes import Code, Codes
from .written import Written

Wants = Callable[[Element], bool]
"""Whether an element that may be left out is to be written."""
Json = dict[str, Any]

_ANY = ("Resource", "DomainResource")
_OTHERS = 20  # codes of a value set, for one by which no slice is told
_DEEPEST = 12  # elements within elements of one resource
_NEVER = frozenset({"contained", "implicitRules", "modifierExtension", "language"})
_BY_NAME = {"birthDate": "1979-03-28", "contentType": "text/plain", "gender": "female"}


def only_required(element: Element) -> bool:  # noqa: ARG001 - a plan
    return False


def with_what_tells(wants: Wants) -> Wants:
    """And the values that are set: a slice is told by them, be they optional."""
    return lambda element: wants(element) or element.fixed is not None or element.pattern is not None


class Referred(Protocol):
    """Where what a reference leads to is put."""

    def reference(self, element: Element, *, followed: bool = False) -> tuple[str, str]:
        """The address that a reference says, and the type of what is there. followed: a slice is told by what is there."""

    def inside(self, structure: Structure) -> Json | None: ...

    def addressed(self, content: Json) -> Json:
        """The resource with the address of each entry that was put in it."""


class Writer:
    """Values of elements, in JSON. written: those of some elements of R4, by path."""

    def __init__(self, structures: Structures, codes: Codes, written: Written) -> None:
        self._structures = structures
        self._written = written
        self.codes = codes
        self.preferred: dict[str, str] = {}  # types of choices, by the id of the element
        self._telling: frozenset[Code] = frozenset()  # what the slices are told by of which an element is to be none

    def resource(self, structure: Structure, wants: Wants, referred: Referred, identifier: str = "") -> Json:
        """identifier: its id, none when empty; a profile is claimed."""
        content: Json = {"resourceType": structure.type, **copy.deepcopy(self._written.get(structure.type, {}))}
        if identifier:
            content["id"] = identifier
        if structure.is_profile:
            is_last = self._structures.structure(structure.url) is structure
            content["meta"] = {"profile": [structure.url if is_last else structure.canonical]}
        shape = self._structures.own_shape(structure.root)
        if shape is not None:
            if "text" in shape.by_name and structure.type != "Bundle":
                content["text"] = copy.deepcopy(samples.DATA_TYPES["Narrative"])
            self._fill(content, shape, wants, referred, 0)
        return content

    def content(self, structure: Structure, wants: Wants, referred: Referred) -> Any:
        """Of a data type or extension."""
        made: Json = copy.deepcopy(self._written.get(structure.type, {}))
        self._fill(made, Shape(structure.root.children), wants, referred, 0)
        name = structure.url.removeprefix(BASE)  # R4 has samples for some profiles of its own: MoneyQuantity
        type = name if name in samples.DATA_TYPES else structure.type
        return self._never_empty(made, Shape(structure.root.children), type, referred, 0)

    def value(
        self, element: Element, type: str, wants: Wants, referred: Referred, depth: int = 0, general: Element | None = None
    ) -> Any:
        """general: the element that a slice is of."""
        if element.fixed is not None:
            return copy.deepcopy(element.fixed[1])
        if is_primitive(type):
            return self._primitive(element, type)
        if type in _ANY or self._is_resource(type):
            return self._inner(element, type, wants, referred, depth)
        return self._complex(element, type, wants, referred, depth, general)

    # ---------------------------------------------------------- children

    def _fill(self, content: Json, shape: Shape, wants: Wants, referred: Referred, depth: int) -> None:
        if depth > _DEEPEST:
            wants = only_required
        for element in shape.elements:
            if element.max == 0 or (element.name in _NEVER and not element.slices):
                continue
            is_wanted = wants(element) and element.name != "extension"
            if not is_wanted and any(name in content for name, _ in element.names()):
                continue  # written already
            if element.slices:
                self._slices(content, element, wants, referred, depth)
            elif element.min or is_wanted:
                content.pop(element.name, None)
                for _ in range(max(element.min, 1)):
                    self.put(content, element, wants, referred, depth)

    def _slices(self, content: Json, element: Element, wants: Wants, referred: Referred, depth: int) -> None:
        room = element.max if element.max is not None else 1000
        count = 0
        for required in (True, False):
            for one in element.slices:
                if one.max == 0 or bool(one.min) is not required or not (required or wants(one)):
                    continue
                for _ in range(max(one.min, 1)):
                    if count < room:
                        count += self.put(content, one, wants, referred, depth, element)
        more = element.min - count
        open_ = element.slicing is None or element.slicing["rules"] != "closed"
        open_ = open_ and element.name not in ("extension", "modifierExtension")
        if more < 1 and count < room and open_ and wants(element) and not any(wants(one) for one in element.slices):
            more = 1  # one that is of no slice
        told_by, self._telling = self._telling, _codes_set(element.slices)
        for _ in range(more):
            self.put(content, element, wants, referred, depth)
        self._telling = told_by

    def put(
        self, content: Json, element: Element, wants: Wants, referred: Referred, depth: int = 0, general: Element | None = None
    ) -> bool:
        """Adds an element to what holds it. Returns whether something could be written."""
        if element.slices and general is not None:  # a slice that is sliced again
            return self._resliced(content, element, wants, referred, depth, general)
        if general is not None:
            wants = with_what_tells(wants)
        name, type = self._name_and_type(element)
        if element.choice and any(one in content for one, _ in (general or element).names()):
            return False
        value = self.value(element, type, wants, referred, depth, general)
        if value is None or value == {}:
            return False
        written = self._written.get(element.path)
        if isinstance(written, list) and name not in content and general is None:
            content[name] = copy.deepcopy(written[:-1])
        self._beside(content, name, element, type, wants, referred, depth)
        if element.single or element.choice:
            if name == "meta" and "profile" in content.get(name, ()):  # what it claims stays claimed
                value = {**value, "profile": list(dict.fromkeys((*content[name]["profile"], *value.get("profile", ()))))}
            content[name] = value
        else:
            content.setdefault(name, []).append(value)
        return True

    def _beside(self, content: Json, name: str, element: Element, type: str, wants: Wants, referred: Referred, depth: int) -> None:
        """The extensions of a primitive, which JSON has beside its value."""
        own = self._structures.own_shape(element) if is_primitive(type) else None
        sliced = [child for child in own.elements if child.name == "extension" and child.slices] if own is not None else []
        made: Json = {}
        for child in sliced:
            self._slices(made, child, wants, referred, depth + 1)
        if made and (element.single or element.choice):
            content[f"_{name}"] = made
        elif made:
            content[f"_{name}"] = [*[None] * len(content.get(name, ())), made]

    def _resliced(self, content: Json, element: Element, wants: Wants, referred: Referred, depth: int, general: Element) -> bool:
        inner = [one for one in element.slices if one.max != 0 and (one.min or wants(one))]
        for one in inner:
            self.put(content, one, wants, referred, depth, element)
        if not inner:
            plain = copy.copy(element)
            plain.slices = []
            return self.put(content, plain, wants, referred, depth, general)
        return True

    def _name_and_type(self, element: Element) -> tuple[str, str]:
        names = element.names()
        if element.choice:
            codes = ("CodeableConcept", "Quantity", "dateTime", "string")
            names = sorted(names, key=lambda one: codes.index(one[1]) if one[1] in codes else len(codes)) or [(element.name, "")]
            if element.id in self.preferred:
                names = [one for one in names if one[1] == self.preferred[element.id]] or names
            profiled = [one for one in names if element.profiles.get(one[1]) or element.targets.get(one[1])]
            names = profiled or names
        name, type = names[0]
        if not type and element.content_reference is not None:
            type = "BackboneElement"
        return name, type

    # ---------------------------------------------------------- values

    def _primitive(self, element: Element, type: str) -> Any:
        if element.pattern is not None:
            return element.pattern[1]
        if element.name in _BY_NAME and type in ("date", "code"):
            return _BY_NAME[element.name]
        written = self._written_of(element, type)
        if written is not None and not isinstance(written, dict):
            return written
        if element.binding is not None and type in ("code", "uri", "string", "canonical", "oid"):
            code = self.codes.one(element.binding["valueset"])
            if code is not None and (type != "canonical" or ":" in code[1]):
                return code[1]
        limit = element.min_value or element.max_value
        value = limit[1] if limit is not None else samples.PRIMITIVES.get(type, samples.WORDS)
        if "regex" in element.asks and isinstance(value, str):
            value = forms.following(element.asks["regex"]) or value
        if isinstance(value, str):
            value = value[: element.max_length].ljust(element.min_length or 0, "x")
        return value

    def _complex(self, element: Element, type: str, wants: Wants, referred: Referred, depth: int, general: Element | None) -> Any:
        content: Json = {}
        said: Json = {}
        if type == "Reference":
            referring = element if general is None or element.targets.get("Reference") else general
            is_followed = general is not None and _is_followed(general)
            said = dict(zip(("reference", "type"), referred.reference(referring, followed=is_followed), strict=True))
            content["reference"] = said["reference"]
        profile = self._profile(element, type)
        if profile is not None:
            if profile.type == "Extension":
                content = {"url": profile.url}
            self._fill(content, Shape(profile.root.children), with_what_tells(only_required), referred, depth + 1)
            if profile.root.pattern is not None:
                content = _merged(content, profile.root.pattern[1])
            if profile.type == "Extension":
                self._value_or_parts(content, Shape(profile.root.children), referred, depth)
        elif type == "Extension" and element.profiles.get(type):  # no package defines it: whatever it holds is not judged
            return {"url": element.profiles[type][0].partition("|")[0], "valueString": samples.WORDS}
        own = self._structures.own_shape(element)
        is_general = own is None and general is not None
        if own is None and general is not None:
            own = self._structures.own_shape(general)
        written = self._written_of(element, type)
        if own is None and isinstance(written, dict):
            content = _overlaid(content, copy.deepcopy(written))
        if own is not None:
            deeper = wants if element.content_reference is None else only_required
            asked: Json = copy.deepcopy(written) if isinstance(written, dict) else {}
            self._fill(asked, own, deeper, referred, depth + 1)
            kept = {
                name: value
                for name, value in asked.items()
                if name not in content or (not is_general and _says_something(name, own))
            }
            content = _overlaid(content, kept)
            content.update({name: value for name, value in said.items() if name in content})
        if element.pattern is not None:
            content = _merged(content, copy.deepcopy(element.pattern[1]))
        self._code(content, element, general, type)
        shape = own or (Shape(profile.root.children) if profile is not None else self._structures.type_shape(type))
        return self._never_empty(content, shape, type, referred, depth)

    def _written_of(self, element: Element, type: str) -> Any:
        """What is written of an element: a profile that binds it to codes of its own asks something else."""
        named = f"{element.path.removesuffix('[x]')}{type[:1].upper()}{type[1:]}" if element.choice else element.path
        written = self._written.get(named)
        if element.structure.is_profile and element.binding is not None and not self._binds_as_r4(element):
            return None
        return written[-1] if isinstance(written, list) else written

    def _binds_as_r4(self, element: Element) -> bool:
        """Whether the value set of an element is R4's own, which snapshots repeat."""
        type = self._structures.type(element.path.partition(".")[0])
        same = None if type is None else type.by_id.get(element.path)
        if same is None or same.binding is None or element.binding is None:
            return False
        return bool(same.binding["valueset"].partition("|")[0] == element.binding["valueset"].partition("|")[0])

    def _code(self, content: Json, element: Element, general: Element | None, type: str) -> None:
        """Of the value set that the element is bound to, unless a code was asked that is not merely a sample."""
        binding = element.binding or (general.binding if general is not None else None)
        inside = content["coding"][0] if content.get("coding") else content
        if binding is None or ("code" in inside and inside.get("system") != samples.SYSTEM):
            return
        code = self.codes.one(binding["valueset"])
        if code is None and binding.get("max"):
            code = self.codes.one(binding["max"])
        if code in self._telling:
            code = next((one for one in self.codes.certain(binding["valueset"], _OTHERS) if one not in self._telling), code)
        if code is None:
            return
        coding = {"system": code[0], "code": code[1]} if code[0] else {"code": code[1]}
        if type == "CodeableConcept":
            content["coding"] = [{**(inside if inside is not content else {}), **coding}]
        elif type == "Coding":
            content.update(coding)
        elif type in ("Quantity", "SimpleQuantity", "Age", "Duration", "Count", "Distance"):
            content.update({"value": content.get("value", 1), **coding})

    def _never_empty(self, content: Json, shape: Shape | None, type: str, referred: Referred, depth: int) -> Json:
        """With a sample of its type where nothing was asked: an element says something."""
        sample = samples.DATA_TYPES.get(type, {})
        if type == "Identifier" and content.get("system") in samples.INS:
            content["value"] = samples.MATRICULE
        if content.get("system") == samples.URI_SYSTEM and ":" not in str(content.get("value", ":")):
            content["value"] = samples.PRIMITIVES["uuid"]
        if type == "Coding" and "code" not in content and "code" in (shape.by_name if shape is not None else ()):
            content.setdefault("system", samples.SYSTEM)
            content["code"] = self.codes.of_system(content["system"])
        says_little = content.keys() <= {"id", "system", "use", "type", "extension"} and type not in ("Coding", "Extension")
        if says_little and not ({"coding", "code"} & content.keys()):
            for name, value in sample.items():
                known = shape.by_name.get(name) if shape is not None else None
                if name not in content and (shape is None or (known is not None and known[0].max != 0)):
                    content[name] = copy.deepcopy(value)
        if type == "Extension" and shape is not None:
            self._value_or_parts(content, shape, referred, depth)
        if content.keys() - {"id"} or shape is None or depth > _DEEPEST:
            return content
        for required in (True, False):
            for child in shape.elements:
                if child.max == 0 or child.name in (*_NEVER, "id", "extension") or bool(child.min) is not required:
                    continue
                if (required or not content) and not child.content_reference:
                    self.put(content, child, only_required, referred, depth + 1)
        for child in shape.elements if not content else ():  # what is as another element is
            if child.content_reference and child.max != 0 and not content:
                self.put(content, child, only_required, referred, depth + 1)
        return content

    def _value_or_parts(self, content: Json, shape: Shape, referred: Referred, depth: int) -> None:
        """An extension that says nothing yet has a value, else the first of its parts."""
        if content.keys() - {"id", "url"}:
            return
        for child in shape.elements:
            if child.name == "value" and child.max != 0:
                inside = next((one for one in child.slices if one.max != 0), None)
                self.put(content, inside or child, only_required, referred, depth + 1, child if inside is not None else None)
                return
        parts = [one for child in shape.elements if child.name == "extension" for one in child.slices if one.max != 0]
        if parts:
            self.put(content, parts[0], only_required, referred, depth + 1, parts[0])

    def _inner(self, element: Element, type: str, wants: Wants, referred: Referred, depth: int) -> Any:
        """A resource within an element."""
        structure = self._profile(element, type) or (None if type in _ANY else self._structures.type(type))
        own = self._structures.own_shape(element)
        if structure is None and own is None:
            structure = self._structures.type("Basic")
        if structure is None:
            return None
        content = referred.inside(structure) if element.name == "resource" else None
        if content is None:
            content = self.resource(structure, only_required, referred)
        if own is not None:
            self._fill(content, own, wants, referred, depth + 1)
        return content

    def _profile(self, element: Element, type: str) -> Structure | None:
        for canonical in element.profiles.get(type, ()):
            structure = self._structures.structure(canonical)
            if structure is not None:
                return structure
        return None

    def _is_resource(self, type: str) -> bool:
        structure = self._structures.type(type)
        return structure is not None and structure.kind == "resource"


def _says_something(name: str, shape: Shape) -> bool:
    """Whether a definition sets more of an element than that it is there."""
    element = shape.by_name[name][0]
    valued = element.fixed is not None or element.pattern is not None or element.binding is not None
    return bool(valued or element.children or element.slices or element.profiles or any(element.targets.values()))


def _codes_set(slices: Iterable[Element]) -> frozenset[Code]:
    """Those that slices, or what is in them, set."""
    found: set[Code] = set()
    waiting: list[Any] = list(slices)
    while waiting:
        one = waiting.pop()
        if isinstance(one, Element):
            values = [value[1] for value in (one.fixed, one.pattern) if value is not None]
            parts = {child.name: child.fixed[1] for child in one.children if child.fixed is not None}
            waiting += [*one.children, *one.slices, *values, parts]
        elif isinstance(one, dict):
            if isinstance(one.get("system"), str) and isinstance(one.get("code"), str):
                found.add((one["system"], one["code"]))
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return frozenset(found)


def _is_followed(general: Element) -> bool:
    """Whether its slices are told by what their references lead to."""
    return general.slicing is not None and any("resolve()" in path for _, path in general.slicing["discriminator"])


def _overlaid(content: Any, asked: Any) -> Any:
    """What a profile of the type wrote, where nothing was asked in its place."""
    if isinstance(content, dict) and isinstance(asked, dict):
        return {**content, **{key: _overlaid(content.get(key), value) for key, value in asked.items()}}
    return asked


def _merged(content: Any, pattern: Any) -> Any:
    """With all that the pattern says."""
    if isinstance(content, dict) and isinstance(pattern, dict):
        return {**content, **{key: _merged(content.get(key), value) for key, value in pattern.items()}}
    if isinstance(content, list) and isinstance(pattern, list) and content and pattern:
        return [_merged(content[0], pattern[0]), *pattern[1:]]
    return copy.deepcopy(pattern)
