"""What an element is: its type, its value, its code, its form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .....documents.fhir_tree import Node
from ...shapes import Element, is_primitive
from ..editing import Pointer, held, joined, pointer, removed, replaced
from ..facets import Facet
from ..specimens import samples
from .subject import Deed, Subject

_OTHER_CODE = {"system": "urn:oid:2.999.3", "code": "hors-jeu"}
_TYPES = ("string", "boolean", "integer", "CodeableConcept", "Quantity", "date", "Period", "Reference", "Identifier")
_CODED = frozenset({"Coding", "Quantity", "code", "uri", "string"})
_OTHER_FORMS = ("§", "x", "1", "x1-§ 1x", "urn:oid:2.999.3.1", "1999-01-01")  # one of them follows hardly any expression


def form_or_type(subject: Subject, facet: Facet) -> Iterator[Deed]:
    element = facet.element
    if element.slices and all(one.max == 0 for one in element.slices):  # none of those admitted can be there
        yield from _of_other_types(subject, element)
    for node in subject.nodes(element):
        at = pointer(node)
        if facet.name == "form":
            yield "form", replaced(subject.content, at, _misshapen(node, held(subject.content, at)))
            continue
        base = subject.tree.base(element)
        others = [name for name in (base.types if base is not None else ()) if name not in element.types]
        if not element.choice:
            yield "retype", replaced(subject.content, at, {"resourceType": "Basic", "code": {"text": samples.WORDS}})
            continue
        for type in sorted(others, key=lambda one: _TYPES.index(one) if one in _TYPES else len(_TYPES)):
            name = f"{element.name}{type[:1].upper()}{type[1:]}"
            for value in subject.samples(base or element, type):
                yield "retype", replaced(removed(subject.content, at), (*at[:-1], name), value)


def _of_other_types(subject: Subject, element: Element) -> Iterator[Deed]:
    base = subject.tree.base(element) or element
    for holder in subject.holders(element):
        for name, type in base.names():
            for value in subject.samples(base, type) if type not in element.types else ():
                yield "retype", joined(subject.content, pointer(holder), name, value, listed=False)


def choice(subject: Subject, facet: Facet) -> Iterator[Deed]:
    for node in subject.nodes(facet.element):
        for name, type in facet.element.names():
            if name != node.name:
                for value in subject.samples(facet.element, type):
                    yield "twice", replaced(subject.content, (*pointer(node)[:-1], name), value)


def fixed(subject: Subject, facet: Facet) -> Iterator[Deed]:
    wanted = (facet.element.fixed or facet.element.pattern or ("", None))[1]
    for node in subject.nodes(facet.element):
        at = pointer(node)
        for way, value in _leaves(wanted):
            spoiled = _other(value)
            try:
                yield "change", replaced(subject.content, (*at, *way), spoiled)
                if way:
                    yield "drop", removed(subject.content, (*at, *way))
            except (LookupError, TypeError, AttributeError):
                continue


def binding(subject: Subject, facet: Facet) -> Iterator[Deed]:
    for node in subject.nodes(facet.element):
        at = pointer(node)
        if node.type == "CodeableConcept":
            yield "outside", replaced(subject.content, at, {"coding": [_OTHER_CODE]})
        elif node.type not in _CODED and "CodeableConcept" in facet.element.types:  # a choice: with the type that is bound
            name = f"{facet.element.name}CodeableConcept"
            yield "outside", replaced(removed(subject.content, at), (*at[:-1], name), {"coding": [_OTHER_CODE]})
        elif not is_primitive(node.type):
            yield "outside", replaced(subject.content, at, {**held(subject.content, at), **_OTHER_CODE})
        else:
            yield "outside", replaced(subject.content, at, _OTHER_CODE["code"])
            yield "outside", replaced(subject.content, at, f"urn:oid:2.999.3.{_OTHER_CODE['code']}")


def regex(subject: Subject, facet: Facet) -> Iterator[Deed]:
    for node in subject.nodes(facet.element):
        at = pointer(node)
        written = held(subject.content, at)
        for value in _OTHER_FORMS if isinstance(written, str) else (written + 1, written * 1000, -written):
            yield "misform", replaced(subject.content, at, value)


def limit(subject: Subject, facet: Facet) -> Iterator[Deed]:
    limit = facet.element.min_value if facet.name == "min" else facet.element.max_value
    for node in subject.nodes(facet.element):
        for value in _beyond(limit[1], below=facet.name == "min") if limit is not None else ():
            yield "exceed", replaced(subject.content, pointer(node), value)


def length(subject: Subject, facet: Facet) -> Iterator[Deed]:
    for node in subject.nodes(facet.element):
        if facet.name == "min":
            yield "shorten", replaced(subject.content, pointer(node), "x" * ((facet.element.min_length or 0) - 1))
            continue
        yield "lengthen", replaced(subject.content, pointer(node), "x" * ((facet.element.max_length or 0) + 1))


def unknown(subject: Subject, facet: Facet) -> Iterator[Deed]:
    for node in subject.nodes(facet.element):
        yield "unknown", joined(subject.content, pointer(node), "inconnu", samples.WORDS, listed=False)


def _misshapen(node: Node, value: Any) -> Any:
    if node.type == "xhtml":  # which the narrative is judged by, be it a string at all
        return [value]
    return 1 if not is_primitive(node.type) or isinstance(node.value, str) else "x y"


def _beyond(limit: Any, *, below: bool) -> Iterator[Any]:
    """Values beyond a limit."""
    if isinstance(limit, dict):
        for value in _beyond(limit.get("value", 0), below=below):
            yield {**limit, "value": value}
    elif isinstance(limit, str):
        yield ("0001" if below else "9999") + limit[4:]
        yield "00:00:00" if below else "23:59:59"
    else:
        yield limit - 1 if below else limit + 1


def _leaves(value: Any, way: Pointer = ()) -> Iterator[tuple[Pointer, Any]]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from _leaves(inside, (*way, key))
    elif isinstance(value, list):
        for index, inside in enumerate(value):
            yield from _leaves(inside, (*way, index))
    else:
        yield way, value


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    text = str(value)
    if text[:4].isdigit() and "-" in text:
        return "1999-01-01"
    return f"{text}-autre" if not text.startswith("<") else text
