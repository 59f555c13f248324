"""Writes what a definition asks: an element with what it must hold, and what a plan wants of what it may hold."""

from __future__ import annotations

import copy
from typing import Any

from ....proofs.specimens.patterns import fitting
from ...shapes import ANY, BASE, Element, Shape, Structure, is_primitive
from ...structures import Structures
from ..editing import Json, merged, overlaid
from . import samples
from .codes import Code, Codes, codes_set
from .plans import Plan
from .written import Written

_OTHERS = 20  # codes of a value set, for one by which no slice is told
_DEEPEST = 12  # elements within elements of one resource
_NEVER = frozenset({"contained", "implicitRules", "modifierExtension", "language"})
_BY_NAME = {"birthDate": "1979-03-28", "contentType": "text/plain", "gender": "female"}


class Writer:
    """Values of elements, in JSON. written: those of some elements of R4, by path."""

    def __init__(self, structures: Structures, codes: Codes, written: Written) -> None:
        self._structures = structures
        self._written = written
        self.codes = codes
        self.preferred: dict[str, str] = {}  # types of choices, by the id of the element
        self._telling: frozenset[Code] = frozenset()  # what the slices are told by of which an element is to be none

    def resource(self, structure: Structure, plan: Plan, identifier: str = "") -> Json:
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
                content["text"] = copy.deepcopy(samples.data_types()["Narrative"])
            self._fill(content, shape, plan)
        return content

    def content(self, structure: Structure, plan: Plan) -> Any:
        """Of a data type or extension."""
        made: Json = copy.deepcopy(self._written.get(structure.type, {}))
        self._fill(made, Shape(structure.root.children), plan)
        name = structure.url.removeprefix(BASE)  # R4 has samples for some profiles of its own: MoneyQuantity
        type = name if name in samples.data_types() else structure.type
        return self._never_empty(made, Shape(structure.root.children), type, plan)

    def value(self, element: Element, type: str, plan: Plan, general: Element | None = None) -> Any:
        """general: the element that a slice is of."""
        if element.fixed is not None:
            return copy.deepcopy(element.fixed[1])
        if is_primitive(type):
            return self._primitive(element, type)
        if type in ANY or self._is_resource(type):
            return self._inner(element, type, plan)
        return self._complex(element, type, plan, general)

    # ---------------------------------------------------------- children

    def _fill(self, content: Json, shape: Shape, plan: Plan) -> None:
        if plan.depth > _DEEPEST:
            plan = plan.least()
        for element in shape.elements:
            if element.max == 0 or (element.name in _NEVER and not element.slices):
                continue
            is_wanted = plan.wants(element) and element.name != "extension"
            if not is_wanted and any(name in content for name, _ in element.names()):
                continue  # written already
            if element.slices:
                self._slices(content, element, plan)
            elif element.min or is_wanted:
                content.pop(element.name, None)
                for _ in range(max(element.min, 1)):
                    self.put(content, element, plan)

    def _slices(self, content: Json, element: Element, plan: Plan) -> None:
        room = element.max if element.max is not None else 1000
        count = 0
        for required in (True, False):
            for one in element.slices:
                if one.max == 0 or bool(one.min) is not required or not (required or plan.wants(one)):
                    continue
                for _ in range(max(one.min, 1)):
                    if count < room:
                        count += self.put(content, one, plan, element)
        more = element.min - count
        open_ = element.slicing is None or element.slicing["rules"] != "closed"
        open_ = open_ and element.name not in ("extension", "modifierExtension")
        if more < 1 and count < room and open_ and plan.wants(element) and not any(plan.wants(one) for one in element.slices):
            more = 1  # one that is of no slice
        told_by, self._telling = self._telling, codes_set(element.slices)
        for _ in range(more):
            self.put(content, element, plan)
        self._telling = told_by

    def put(self, content: Json, element: Element, plan: Plan, general: Element | None = None) -> bool:
        """Adds an element to what holds it. Returns whether something could be written."""
        if element.slices and general is not None:  # a slice that is sliced again
            return self._resliced(content, element, plan, general)
        if general is not None:
            plan = plan.telling()
        name, type = self._name_and_type(element)
        if element.choice and any(one in content for one, _ in (general or element).names()):
            return False
        value = self.value(element, type, plan, general)
        if value is None or value == {}:
            return False
        written = self._written.get(element.path)
        if isinstance(written, list) and name not in content and general is None:
            content[name] = copy.deepcopy(written[:-1])
        self._beside(content, name, element, type, plan)
        if element.single or element.choice:
            if name == "meta" and "profile" in content.get(name, ()):  # what it claims stays claimed
                value = {**value, "profile": list(dict.fromkeys((*content[name]["profile"], *value.get("profile", ()))))}
            content[name] = value
        else:
            content.setdefault(name, []).append(value)
        return True

    def _beside(self, content: Json, name: str, element: Element, type: str, plan: Plan) -> None:
        """The extensions of a primitive, which JSON has beside its value."""
        own = self._structures.own_shape(element) if is_primitive(type) else None
        sliced = [child for child in own.elements if child.name == "extension" and child.slices] if own is not None else []
        made: Json = {}
        for child in sliced:
            self._slices(made, child, plan.deeper())
        if made and (element.single or element.choice):
            content[f"_{name}"] = made
        elif made:
            content[f"_{name}"] = [*[None] * len(content.get(name, ())), made]

    def _resliced(self, content: Json, element: Element, plan: Plan, general: Element) -> bool:
        inner = [one for one in element.slices if one.max != 0 and (one.min or plan.wants(one))]
        for one in inner:
            self.put(content, one, plan, element)
        if not inner:
            plain = copy.copy(element)
            plain.slices = []
            return self.put(content, plain, plan, general)
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
        value = limit[1] if limit is not None else samples.primitives().get(type, samples.WORDS)
        if "regex" in element.asks and isinstance(value, str):
            value = fitting(element.asks["regex"]) or value
        if isinstance(value, str):
            value = value[: element.max_length].ljust(element.min_length or 0, "x")
        return value

    def _complex(self, element: Element, type: str, plan: Plan, general: Element | None) -> Any:
        content: Json = {}
        said: Json = {}
        if type == "Reference":
            referring = element if general is None or element.targets.get("Reference") else general
            is_followed = general is not None and _is_followed(general)
            said = dict(zip(("reference", "type"), plan.referred.reference(referring, followed=is_followed), strict=True))
            content["reference"] = said["reference"]
        profile = self._profile(element, type)
        if profile is not None:
            if profile.type == "Extension":
                content = {"url": profile.url}
            self._fill(content, Shape(profile.root.children), plan.least().telling().deeper())
            if profile.root.pattern is not None:
                content = merged(content, profile.root.pattern[1])
            if profile.type == "Extension":
                self._value_or_parts(content, Shape(profile.root.children), plan)
        elif type == "Extension" and element.profiles.get(type):  # no package defines it: whatever it holds is not judged
            return {"url": element.profiles[type][0].partition("|")[0], "valueString": samples.WORDS}
        own = self._structures.own_shape(element)
        is_general = own is None and general is not None
        if own is None and general is not None:
            own = self._structures.own_shape(general)
        written = self._written_of(element, type)
        if own is None and isinstance(written, dict):
            content = overlaid(content, copy.deepcopy(written))
        if own is not None:
            asked: Json = copy.deepcopy(written) if isinstance(written, dict) else {}
            self._fill(asked, own, (plan if element.content_reference is None else plan.least()).deeper())
            kept = {
                name: value
                for name, value in asked.items()
                if name not in content or (not is_general and _says_something(name, own))
            }
            content = overlaid(content, kept)
            content.update({name: value for name, value in said.items() if name in content})
        if element.pattern is not None:
            content = merged(content, copy.deepcopy(element.pattern[1]))
        self._code(content, element, general, type)
        shape = own or (Shape(profile.root.children) if profile is not None else self._structures.type_shape(type))
        return self._never_empty(content, shape, type, plan)

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

    def _never_empty(self, content: Json, shape: Shape | None, type: str, plan: Plan) -> Json:
        """With a sample of its type where nothing was asked: an element says something."""
        sample = samples.data_types().get(type, {})
        if type == "Identifier" and content.get("system") in samples.INS:
            content["value"] = samples.MATRICULE
        if content.get("system") == samples.URI_SYSTEM and ":" not in str(content.get("value", ":")):
            content["value"] = samples.primitives()["uuid"]
        if type == "Coding" and "code" not in content and "code" in (shape.by_name if shape is not None else ()):
            content.setdefault("system", samples.SYSTEM)
            content["code"] = self.codes.of_system(content["system"])
        says_little = content.keys() <= {"id", "system", "use", "type", "extension"} and type not in ("Coding", "Extension")
        if says_little and not ({"coding", "code"} & content.keys()):
            for name, value in sample.items():
                known = shape.by_name.get(name) if shape is not None else None
                if name not in content and (shape is None or (known is not None and known.element.max != 0)):
                    content[name] = copy.deepcopy(value)
        if type == "Extension" and shape is not None:
            self._value_or_parts(content, shape, plan)
        if content.keys() - {"id"} or shape is None or plan.depth > _DEEPEST:
            return content
        inside = plan.least().deeper()
        for required in (True, False):
            for child in shape.elements:
                if child.max == 0 or child.name in (*_NEVER, "id", "extension") or bool(child.min) is not required:
                    continue
                if (required or not content) and not child.content_reference:
                    self.put(content, child, inside)
        for child in shape.elements if not content else ():  # what is as another element is
            if child.content_reference and child.max != 0 and not content:
                self.put(content, child, inside)
        return content

    def _value_or_parts(self, content: Json, shape: Shape, plan: Plan) -> None:
        """An extension that says nothing yet has a value, else the first of its parts."""
        if content.keys() - {"id", "url"}:
            return
        plan = plan.least().deeper()
        for child in shape.elements:
            if child.name == "value" and child.max != 0:
                inside = next((one for one in child.slices if one.max != 0), None)
                self.put(content, inside or child, plan, child if inside is not None else None)
                return
        parts = [one for child in shape.elements if child.name == "extension" for one in child.slices if one.max != 0]
        if parts:
            self.put(content, parts[0], plan, parts[0])

    def _inner(self, element: Element, type: str, plan: Plan) -> Any:
        """A resource within an element."""
        structure = self._profile(element, type) or (None if type in ANY else self._structures.type(type))
        own = self._structures.own_shape(element)
        if structure is None and own is None:
            structure = self._structures.type("Basic")
        if structure is None:
            return None
        content = plan.referred.inside(structure) if element.name == "resource" else None
        if content is None:
            content = self.resource(structure, Plan(plan.referred))
        if own is not None:
            self._fill(content, own, plan.deeper())
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
    element = shape.by_name[name].element
    valued = element.fixed is not None or element.pattern is not None or element.binding is not None
    return bool(valued or element.children or element.slices or element.profiles or any(element.targets.values()))


def _is_followed(general: Element) -> bool:
    """Whether its slices are told by what their references lead to."""
    return general.slicing is not None and any("resolve()" in path for _, path in general.slicing["discriminator"])
