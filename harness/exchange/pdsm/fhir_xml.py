"""FHIR JSON written as FHIR XML and read back, for any R4 resource, valid or not.

The models of `fhir.resources` say the order of elements, which of them repeat and which are booleans or numbers. They are not
used to validate: a message spoiled on purpose is written as it is. What a model does not know is written last, and read as text.
"""

from __future__ import annotations

import json
import typing
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Union

from lxml import etree

from harness.documents.fhir_tree import Node
from harness.documents.fhir_xml import read_xml
from harness.documents.parsing import parse_xml

FHIR = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"
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
def _fields(type_name: str) -> Mapping[str, tuple[str, bool]]:
    """Of a resource or data type, in order: element -> (type or primitive kind, whether it repeats). Empty for an unknown type."""
    from fhir.resources.R4B import get_fhir_model_class

    try:
        model: Any = get_fhir_model_class(type_name)
    except (LookupError, ValueError):  # no such type
        return {}
    fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    return {name: _shape(fields[name]) for name in model.elements_sequence() if name in fields}


def elements(type_name: str) -> Mapping[str, str]:
    """Of a resource or data type: element -> type or primitive kind. Empty for an unknown type."""
    return {name: type for name, (type, _) in _fields(type_name).items()}


def _shape(annotation: Any) -> tuple[str, bool]:
    repeats = False
    while (origin := typing.get_origin(annotation)) is not None:
        arguments = [argument for argument in typing.get_args(annotation) if argument is not type(None)]
        repeats = repeats or origin is list
        if origin is Union and len(arguments) > 1 and str in arguments:
            return "text", repeats
        if origin not in {Union, list, Annotated} and not _is_union(origin):
            break
        annotation = arguments[0]
    if annotation is bool:
        return "boolean", repeats
    if annotation in {int, Decimal, float}:
        return "number", repeats
    name = getattr(annotation, "__name__", "")
    return (name.removesuffix("Type"), repeats) if name.endswith("Type") else ("text", repeats)


def _is_union(origin: Any) -> bool:
    return getattr(origin, "__name__", "") == "UnionType"


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
            while extras and not extras[-1]:
                extras.pop()
            if extras:  # what is beside a value stands at the same place as the value
                value[f"_{name}"] = [extra or None for extra in extras]
        else:
            value |= {f"{before}{name}": one for before, one in (("", items[0]), ("_", extras[0] or None)) if one is not None}
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
