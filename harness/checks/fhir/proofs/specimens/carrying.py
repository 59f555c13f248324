"""Finds a resource to carry a data type or an extension, with a definition that applies it to what is carried."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .....model import Text
from .....values import dataclass
from ...shapes import BASE, Element, Structure
from ..bench import Bench
from ..editing import Json, Pointer, held, is_there, joined, replaced
from . import samples
from .plans import Plan
from .referring import Contained
from .writing import Writer

_ASKED = "https://example.org/fhir/StructureDefinition/carrier"
_PATH = re.compile(r"[A-Z][A-Za-z]*(\.[a-z][A-Za-z]*)*")
_ABSTRACT = {
    "Element": "Basic",
    "Resource": "Basic",
    "DomainResource": "Basic",
    "CanonicalResource": "ValueSet",
    "MetadataResource": "ValueSet",
}

_PLACES = {  # of the types that are no value of Parameters, an element of R4 that has each
    "ElementDefinition": "StructureDefinition.differential.element",
    "Extension": "Basic.extension",
    "MarketingStatus": "MedicinalProduct.marketingStatus",
    "Narrative": "Basic.text",
    "Population": "MedicinalProductIndication.population",
    "ProdCharacteristic": "DeviceDefinition.physicalCharacteristics",
    "ProductShelfLife": "DeviceDefinition.shelfLifeStorage",
    "SubstanceAmount": "SubstancePolymer.repeat.repeatUnit.amount",
}


_READY: dict[str, Json] = {  # of which R4 asks several things at once, by its invariants and by its text
    "Bundle.entry.search": {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [
            {
                "fullUrl": samples.primitives()["uuid"],
                "resource": {"resourceType": "Basic", "id": samples.CODE, "code": {"text": samples.WORDS}},
                "search": {"mode": "match"},
            }
        ],
    },
}


class NotCarried(LookupError):
    """why: in words."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True)
class Carrier:
    """holder: the definition of the resource that carries, None when what is made is a resource itself; profiles: to follow."""

    holder: Structure | None
    profiles: tuple[str, ...]
    carry: Callable[[Any], Json]


def carrier_of(structure: Structure, bench: Bench, writer: Writer) -> Carrier:
    """Raises NotCarried for what no resource can carry."""
    if structure.kind == "resource":
        return Carrier(None, (structure.canonical,) if structure.is_profile else (), lambda content: content)
    if structure.type == "Extension" and structure.is_profile:
        return _of_extension(structure, bench, writer)
    if structure.kind == "logical":
        raise NotCarried(Text("un modèle logique : aucune ressource n'en est un", "a logical model: no resource is one"))
    return _of_data_type(structure, bench, writer)


def _of_data_type(structure: Structure, bench: Bench, writer: Writer) -> Carrier:
    parameters = bench.structures.type("Parameters")
    name = f"value{structure.type[:1].upper()}{structure.type[1:]}"
    if parameters is not None and name in {one for one, _ in _value(parameters).names()}:
        holder, path, at = parameters, "Parameters.parameter.value[x]", f"parameter.{name}"
        content: Json = {"resourceType": "Parameters", "parameter": [{"name": "specimen"}]}
    else:
        path = _PLACES.get(structure.type, "")
        type, _, at = path.partition(".")
        known = bench.structures.type(type) if type else None
        if known is None:
            raise NotCarried(Text(f"aucune ressource ne porte un {structure.type}", f"no resource carries a {structure.type}"))
        holder, content = known, _with_path(known, at, bench, writer)

    def carry(value: Any) -> Json:
        made: Json = replaced(content, _way(content, at), value if element.single or element.choice else [value])
        return made

    element = holder.by_id[path]
    if not structure.is_profile:
        return Carrier(holder, (), carry)
    asked = f"{_ASKED}-{structure.name}-{structure.version}"
    bench.more[asked] = _asking(holder, path, structure, asked)
    return Carrier(holder, (asked,), carry)


def _value(parameters: Structure) -> Element:
    return parameters.by_id["Parameters.parameter.value[x]"]


def _asking(holder: Structure, path: str, structure: Structure, url: str) -> dict[str, Any]:
    """A profile of what carries a data type, whose element there follows that of the type."""
    made = {**holder.data, "url": url, "name": "Carrier", "derivation": "constraint", "base": f"{BASE}{holder.type}"}
    made["elements"] = [dict(element) for element in holder.data["elements"]]
    for element in made["elements"]:
        if element["id"] == path:
            kept = next(one for one in element["types"] if one["code"] == structure.type)
            element["types"] = [{**kept, "profiles": [structure.canonical]}]
    return made


def _of_extension(structure: Structure, bench: Bench, writer: Writer) -> Carrier:
    """On the first element of its contexts that can be written."""
    if bench.structures.structure(structure.url) is not structure:
        raise NotCarried(Text("une autre version répond à son adresse", "another version answers to its address"))
    told = structure.data["context"]
    contexts = [
        expression for kind, expression in told if kind == "element" or (kind == "fhirpath" and _PATH.fullmatch(expression))
    ]
    for expression in contexts or ["Basic"]:
        path = expression.rpartition("#")[2].removesuffix("[x]")
        type, _, rest = _ABSTRACT.get(path, path).partition(".")
        known = bench.structures.type(type) or bench.structures.type("Basic")  # what is no path of FHIR forbids no place
        if known is None:
            continue
        if known.kind == "resource":
            holder, content, at = known, _with_path(known, rest, bench, writer), rest
        else:
            parameters = bench.structures.type("Parameters")
            carried = _with_path(known, rest, bench, writer)
            name = f"value{type[:1].upper()}{type[1:]}"
            if parameters is None or name not in {one for one, _ in _value(parameters).names()}:
                continue
            content = {"resourceType": "Parameters", "parameter": [{"name": "specimen", name: carried}]}
            holder, at = parameters, ".".join(filter(None, (f"parameter.{name}", rest)))
        way = _way(content, at)
        if is_there(content, way) and held(content, way) is not None:
            return Carrier(holder, (), _carrying(content, way, "modifierExtension" if structure.root.is_modifier else "extension"))
    places = ", ".join(contexts)
    raise NotCarried(Text(f"aucune ressource ne peut être écrite pour {places}", f"no resource can be written for {places}"))


def _with_path(structure: Structure, rest: str, bench: Bench, writer: Writer) -> Any:
    """The least value of a type that has an element at this path."""
    ready = _READY.get(f"{structure.type}.{rest}")
    if ready is not None:
        return ready
    steps = rest.split(".") if rest else []
    wanted = {".".join([structure.type, *steps[: number + 1]]) for number in range(len(steps))}

    def wants(element: Element) -> bool:
        return element.structure is structure and element.path.removesuffix("[x]") in wanted

    plan = Plan(Contained(writer, bench.structures, structure), wants)
    if structure.kind == "resource":
        return writer.resource(structure, plan)
    if structure.is_primitive:
        return None
    return writer.content(structure, plan)


def _way(content: Any, path: str) -> Pointer:
    """To what stands at a path: of lists on the way the first item, of a choice of types the one that is there."""
    way: list[str | int] = []
    for step in filter(None, path.split(".")):
        if isinstance(content, list):
            content = content[0]
            way.append(0)
        inside = content if isinstance(content, dict) else {}
        name = step if step in inside else next((one for one in inside if one.startswith(step)), step)
        way.append(name)
        content = inside.get(name)
    return tuple(way)


def _carrying(content: Any, at: Pointer, member: str) -> Callable[[Any], Json]:
    """member: where an extension is written, of an element that is no primitive."""
    there = held(content, at)
    is_listed = isinstance(there, list)

    def carry(extension: Any) -> Json:
        if isinstance(there[0] if is_listed else there, dict):
            return joined(content, (*at, 0) if is_listed else at, member, extension, listed=True)  # type: ignore[no-any-return]
        beside = {"extension": [extension]}
        return replaced(content, (*at[:-1], f"_{at[-1]}"), [beside] if is_listed else beside)  # type: ignore[no-any-return]

    return carry
