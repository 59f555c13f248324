"""A definition written in XML as the plain JSON that means the same: what is a list, and what a number, R4's definitions tell.

Source: FHIR R4, JSON representation of resources.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from lxml import etree

from ...errors import UsageError
from ...model import Text

_FHIR = "{http://hl7.org/fhir}"
_DIV = "{http://www.w3.org/1999/xhtml}div"
_WHOLE = frozenset({"integer", "unsignedInt", "positiveInt"})
_HOLDERS = frozenset({"Resource", "DomainResource"})
_DEEPEST = 60

Plain = dict[str, Any]


class Types(Protocol):
    def type(self, name: str) -> Mapping[str, Any] | None: ...


def resource(content: bytes, types: Types) -> Plain | None:
    """The resource in these bytes, None when they are XML of something else.

    types: R4's definitions. Raises UsageError when the XML is malformed, has a DTD or when R4 is not installed.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UsageError(Text(f"XML illisible ({error})", f"unreadable XML ({error})")) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise UsageError(Text("XML avec une DTD", "XML with a DTD"))
    if not root.tag.startswith(_FHIR):
        return None
    return _Writer(types).resource(root, 0)


class _Writer:
    def __init__(self, types: Types) -> None:
        self._types = types
        self._by_path: dict[str, dict[str, Mapping[str, Any]]] = {}

    def resource(self, element: etree._Element, depth: int) -> Plain:
        name = str(element.tag).removeprefix(_FHIR)
        return {"resourceType": name, **self._children(element, name, name, depth)}

    def _children(self, element: etree._Element, owner: str, path: str, depth: int) -> Plain:
        """Of an element whose definition is at this path in the definition of the type `owner`."""
        if depth > _DEEPEST:
            raise UsageError(Text("XML trop profond", "XML too deep"))
        made: Plain = {str(name): str(value) for name, value in element.attrib.items() if name != "value"}
        for child in element:
            name = "div" if child.tag == _DIV else str(child.tag).removeprefix(_FHIR)
            self._add(made, name, child, owner, f"{path}.{name}", depth + 1)
        return made

    def _add(self, made: Plain, name: str, child: etree._Element, owner: str, path: str, depth: int) -> None:
        definition, type = self._definition(owner, path)
        is_list = definition is not None and definition["base_max"] != 1
        if child.tag == _DIV:
            made[name] = etree.tostring(child, encoding="unicode", with_tail=False)
            return
        if type in _HOLDERS and len(child):
            value: Any = self.resource(child[0], depth)
            inside: Plain = {}
        else:
            within = (type, type)  # where what is in it is defined
            if definition is not None and "content_reference" in definition:
                within = owner, definition["content_reference"][1]
            elif definition is None or type in ("BackboneElement", "Element", ""):
                within = owner, path
            inside = self._children(child, *within, depth)
            said = child.get("value")
            value = None if said is None else _value(said, type)
        if value is None and not type[:1].islower():
            value, inside = inside, {}
        _put(made, name, value, is_list=is_list)
        if inside or f"_{name}" in made:
            _beside(made, name, inside or None, is_list=is_list)

    def _definition(self, owner: str, path: str) -> tuple[Mapping[str, Any] | None, str]:
        """Of an element, with its type: a choice's is told by its name."""
        elements = self._elements(owner)
        found = elements.get(path)
        if found is not None:
            return found, found["types"][0]["code"] if found["types"] else ""
        for name, element in elements.items():
            start = name.removesuffix("[x]")
            if start != name and path.startswith(start):
                for item in element["types"]:
                    code = item["code"]
                    if path[len(start) :] == code[:1].upper() + code[1:]:
                        return element, code
        return None, ""

    def _elements(self, owner: str) -> dict[str, Mapping[str, Any]]:
        known = self._by_path.get(owner)
        if known is None:
            structure = self._types.type(owner)
            if structure is None and self._types.type("Element") is None:
                raise UsageError(
                    Text(
                        "une définition en XML ne se lit qu'avec R4 installé", "a definition in XML is read with R4 installed only"
                    ),
                    Text("Installer hl7.fhir.r4.core.", "Install hl7.fhir.r4.core."),
                )
            elements = structure["elements"] if structure is not None else ()
            known = self._by_path[owner] = {element["path"]: element for element in elements}
        return known


def _value(said: str, type: str) -> Any:
    """As JSON writes it; as it was written where it is not of its type."""
    try:
        if type in _WHOLE:
            return int(said)
        if type == "decimal":
            return float(said)
    except ValueError:
        return said
    if type == "boolean" and said in ("true", "false"):
        return said == "true"
    return said


def _put(made: Plain, name: str, value: Any, *, is_list: bool) -> None:
    if is_list:
        made.setdefault(name, []).append(value)
    elif value is not None:
        made[name] = value


def _beside(made: Plain, name: str, inside: Plain | None, *, is_list: bool) -> None:
    """The id and extensions of a primitive: in JSON, beside it."""
    if not is_list:
        made[f"_{name}"] = inside
        return
    beside = made.setdefault(f"_{name}", [])
    beside.extend([None] * (len(made[name]) - 1 - len(beside)))
    beside.append(inside)
