"""FHIR JSON written as FHIR XML and read back, for any R4 resource, valid or not.

The models of `fhir.resources` say the order of elements, which of them repeat and which are booleans or numbers. They are not
used to validate: a message spoiled on purpose is written as it is. What a model does not know is written last, and read as text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from lxml import etree

from harness.documents.fhir_tree import Node
from harness.documents.fhir_xml import read_xml
from harness.documents.parsing import parse_xml
from harness.library.fhir.compiling import PRIMITIVE_TYPES
from harness.library.fhir.models import Models

FHIR = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"
_MODELS = Models()
_PARTS = ("BackboneElement", "")
_KINDS = {
    **dict.fromkeys(PRIMITIVE_TYPES, "text"),
    **dict.fromkeys(("decimal", "integer", "positiveInt", "unsignedInt"), "number"),
    "boolean": "boolean",
}
_NAMESPACE: Any = {None: FHIR}  # the stubs know no default namespace
_NARRATIVE_NAMESPACE: Any = {None: XHTML}


def to_xml(resource: Mapping[str, Any]) -> bytes:
    """A resource as FHIR XML, in UTF-8. A value without a resourceType cannot be written."""
    root = _resource_element(resource)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def from_xml(data: bytes) -> dict[str, Any]:
    """The JSON form of a resource in FHIR XML. Raises UnreadableDocument."""
    root = read_xml(data, parse_xml(data))
    return _plain(root, root.type)


# ------------------------------------------------------------------ what the models say


@cache
def _fields(place: str) -> Mapping[str, tuple[str, bool]]:
    """Of a type, or of a part of one (`Bundle.entry`), in order: element -> (type, part or primitive kind, whether it repeats).

    Empty of an unknown type.
    """
    structure = _MODELS.type(place.partition(".")[0])
    found: dict[str, tuple[str, bool]] = {}
    for element in structure["elements"] if structure is not None else ():
        holder, _, name = element["path"].rpartition(".")
        for code in (said["code"] for said in element["types"] if holder == place):
            part = element.get("content_reference", ("", element["path"]))[1]
            written = f"{name.removesuffix('[x]')}{code[:1].upper()}{code[1:]}" if "choice" in element else name
            found[written] = part if code in _PARTS else _KINDS.get(code, code), element["max"] is None
    return found


def elements(place: str) -> Mapping[str, str]:
    """Of a type, or of a part of one: element -> type, part or primitive kind. Empty of an unknown type."""
    return {name: type for name, (type, _) in _fields(place).items()}


# ------------------------------------------------------------------ writing


def _resource_element(resource: Mapping[str, Any]) -> etree._Element:
    name = str(resource.get("resourceType", ""))
    element = etree.Element(f"{{{FHIR}}}{name}", nsmap=_NAMESPACE)
    _write(element, resource, name, is_resource=True)
    return element


def _write(element: etree._Element, value: Mapping[str, Any], type_name: str, *, is_resource: bool = False) -> None:
    fields = _fields(type_name)
    names = [name for name in fields if name in value or f"_{name}" in value]
    names += [
        name for name in value if name not in fields and not name.startswith("_") and not (is_resource and name == "resourceType")
    ]
    for name in names:
        child_type = fields.get(name, ("", False))[0]
        if not is_resource and name in {"id", "url"} and (name == "id" or type_name == "Extension"):
            element.set(name, str(value[name]))
            continue
        for item, extra in _pairs(value.get(name), value.get(f"_{name}")):
            _write_item(element, name, item, extra, child_type)


def _pairs(values: Any, extras: Any) -> Iterator[tuple[Any, Any]]:
    many = values if isinstance(values, list) else [values]
    more = extras if isinstance(extras, list) else [extras]
    for position in range(max(len(many), len(more))):
        yield many[position] if position < len(many) else None, more[position] if position < len(more) else None


def _write_item(parent: etree._Element, name: str, item: Any, extra: Any, type_name: str) -> None:
    if name == "div" and isinstance(item, str):
        parent.append(_narrative(item))
        return
    child = etree.SubElement(parent, f"{{{FHIR}}}{name}")
    if isinstance(item, Mapping):
        if "resourceType" in item:
            child.append(_resource_element(item))
        else:
            _write(child, item, type_name)
        return
    if isinstance(extra, Mapping):
        _write(child, extra, "Element")
    if item is not None:
        child.set("value", item if isinstance(item, str) else json.dumps(item))


def _narrative(text: str) -> etree._Element:
    try:
        return etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        div = etree.Element(f"{{{XHTML}}}div", nsmap=_NARRATIVE_NAMESPACE)
        div.text = text
        return div


# ------------------------------------------------------------------ reading


def _plain(node: Node, type_name: str) -> dict[str, Any]:
    fields = _fields(type_name)
    value: dict[str, Any] = {"resourceType": node.type} if node.type else {}
    for name, children in node.children.items():
        kind, repeats = fields.get(name, ("text", False))
        items, extras = (list(some) for some in zip(*(_item(child, kind) for child in children), strict=True))
        if repeats or len(children) > 1:  # repeated against the model: said as it is
            value[name] = items
            if any(extras):  # what is beside a value stands at the same place as the value
                value[f"_{name}"] = [extra or None for extra in extras]
            continue
        if items[0] is not None:
            value[name] = items[0]
        if extras[0]:
            value[f"_{name}"] = extras[0]
    return value


def _item(child: Node, kind: str) -> tuple[Any, dict[str, Any]]:
    """What it is, and what JSON has beside a primitive."""
    if child.type or (child.value is None and kind not in {"text", "boolean", "number"}):
        return _plain(child, child.type or kind), {}
    rest = _plain(child, "Element")
    if child.value is None:
        return (None, rest) if rest.keys() <= {"id", "extension"} else (rest, {})
    return _primitive(str(child.value), kind), rest


def _primitive(written: str, kind: str) -> Any:
    if kind == "boolean" and written in {"true", "false"}:
        return written == "true"
    if kind == "number":
        try:
            return json.loads(written)
        except ValueError:
            return written
    return written
