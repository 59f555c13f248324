"""ValueSets and CodeSystems as published become the plain data that membership needs, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_CONCEPT_PROPERTIES = "http://hl7.org/fhir/concept-properties#"
_PARENTS = frozenset({"parent", "subsumedBy"})  # THO keeps the second parent of a v3 concept in `subsumedBy`
_ABSTRACT = frozenset({"notSelectable", "not-selectable", "abstract"})
_RETIRED = frozenset({"retired", "deprecated", "inactive", "withdrawn", "obsolete"})
_ENDS = frozenset({"deprecationDate", "retirementDate", "dateFin"})  # `dateFin`: the NOS of the ANS
_INCOMPLETE = ("valueset-toocostly", "valueset-unclosed")
_LONGEST = 100  # characters of a property that a filter may ask for; longer ones are prose


def compile_code_system(resource: Mapping[str, Any]) -> dict[str, Any]:
    """What `Definitions.code_system` gives.

    {"url", "version", "name", "title", "oid", "content", "case_sensitive" (None: not said), "supplements" (the canonical of the
    system that it adds to, or ""), "value_set" (the canonical of all its codes, or ""), "meaning" (of its hierarchy, or ""),
    "displays": {code: display}, "designations": {code: [[language, words]]}, "parents": {code: [code]}, "abstract": [code],
    "retired": {code: date or ""}, "properties": {name: {code: [value]}}, "declared": [name of property], "flags": [name],
    "left_out": [name]}.
    Codes keep the order of the system. Values of properties are text; a property too long to be filtered on is left out. Flags are
    false where they are not said.
    """
    compiled: dict[str, Any] = {key: resource.get(key, "") for key in ("url", "version", "name", "title", "content", "supplements")}
    compiled["oid"] = _oid(resource)
    compiled["case_sensitive"] = resource.get("caseSensitive")
    compiled["value_set"] = resource.get("valueSet", "")
    compiled["meaning"] = resource.get("hierarchyMeaning", "")
    roles = {
        item.get("code", ""): item.get("uri", "").removeprefix(_CONCEPT_PROPERTIES)
        for item in resource.get("property", ())
        if item.get("uri", "").startswith(_CONCEPT_PROPERTIES)
    }
    compiled["declared"] = [item.get("code", "") for item in resource.get("property", ())]
    compiled["flags"] = [name for name in compiled["declared"] if roles.get(name, name) in _ABSTRACT | {"inactive"}]
    reading = _Concepts(roles)
    reading.read(resource.get("concept", ()))
    compiled["displays"] = reading.displays
    compiled["designations"] = reading.designations
    compiled["parents"] = reading.whole_parents()
    compiled["abstract"] = reading.abstract
    compiled["retired"] = reading.retired
    compiled["properties"] = {name: values for name, values in reading.properties.items() if name not in reading.left_out}
    compiled["left_out"] = sorted(reading.left_out)
    return compiled


def compile_value_set(resource: Mapping[str, Any]) -> dict[str, Any]:
    """What `Definitions.value_set` gives.

    {"url", "version", "name", "title", "oid", "inactive" (False when it says that it has no inactive code), "include", "exclude":
    [{"system", "version", "codes": {code: display} or None, "designations": {code: [[language, words]]}, "filters": [[property,
    op, value]], "imports": [canonical]}], "expansion": None or {"complete": bool, "codes": {system: {code: display}},
    "designations": {system: {code: [[language, words]]}}}}.
    """
    compose = resource.get("compose", {})
    compiled: dict[str, Any] = {key: resource.get(key, "") for key in ("url", "version", "name", "title")}
    compiled["oid"] = _oid(resource)
    compiled["inactive"] = compose.get("inactive") is not False
    compiled["include"] = [_part(item) for item in compose.get("include", ())]
    compiled["exclude"] = [_part(item) for item in compose.get("exclude", ())]
    compiled["expansion"] = _expansion(resource["expansion"]) if resource.get("expansion") else None
    return compiled


def published_value_set(compiled: Mapping[str, Any]) -> dict[str, Any]:
    """The definition of a compiled value set as a ValueSet again, without its wordings: what a terminology server needs to know."""
    compose: dict[str, Any] = {}
    for key in ("include", "exclude"):
        if compiled[key]:
            compose[key] = [_published_part(item) for item in compiled[key]]
    if not compiled["inactive"]:
        compose["inactive"] = False
    said = {key: compiled[key] for key in ("url", "version", "name") if compiled[key]}
    return {"resourceType": "ValueSet", "status": "active", **said, "compose": compose}


def _published_part(item: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {key: item[key] for key in ("system", "version") if item[key]}
    if item["codes"] is not None:
        said["concept"] = [{"code": code} for code in item["codes"]]
    if item["filters"]:
        said["filter"] = [{"property": name, "op": op, "value": value} for name, op, value in item["filters"]]
    if item["imports"]:
        said["valueSet"] = list(item["imports"])
    return said


def whole_system(url: str, system: str) -> dict[str, Any]:
    """The compiled value set of every code of a system, as a CodeSystem's `valueSet` names it without publishing it."""
    return compile_value_set({"url": url, "name": url.rpartition("/")[2], "compose": {"include": [{"system": system}]}})


class _Concepts:
    """The concepts of a code system, gathered without recursion: a hierarchy may be as deep as its author likes."""

    def __init__(self, roles: Mapping[str, str]) -> None:
        """roles: code of a property -> the property of FHIR that it is declared to be."""
        self._roles = roles
        self._children: list[tuple[str, str]] = []
        self.displays: dict[str, str] = {}
        self.designations: dict[str, list[list[str]]] = {}
        self.parents: dict[str, list[str]] = {}
        self.abstract: list[str] = []
        self.retired: dict[str, str] = {}
        self.properties: dict[str, dict[str, list[str]]] = {}
        self.left_out: set[str] = set()

    def read(self, concepts: Iterable[Mapping[str, Any]]) -> None:
        waiting: list[tuple[Iterator[Mapping[str, Any]], str | None]] = [(iter(concepts), None)]
        while waiting:
            siblings, parent = waiting[-1]
            concept = next(siblings, None)
            if concept is None:
                waiting.pop()
                continue
            code = concept.get("code", "")
            self._concept(code, concept)
            if parent is not None:
                self._under(code, parent)
            if concept.get("concept"):
                waiting.append((iter(concept["concept"]), code))

    def whole_parents(self) -> dict[str, list[str]]:
        for parent, child in self._children:
            self._under(child, parent)
        return self.parents

    def _concept(self, code: str, concept: Mapping[str, Any]) -> None:
        self.displays.setdefault(code, concept.get("display", ""))
        if words := _designations(concept):
            self.designations[code] = words
        for item in concept.get("property", ()):
            name = item.get("code", "")
            value = _value(item)
            if value is not None:
                self._property(code, name, value)

    def _property(self, code: str, name: str, value: str) -> None:
        role = self._roles.get(name, name)
        if role in _PARENTS:
            self._under(code, value)
        elif role == "child":
            self._children.append((code, value))
        elif role in _ABSTRACT and value == "true":
            self.abstract.append(code)
        elif (role == "status" and value.lower() in _RETIRED) or (role in ("inactive", "deprecated") and value == "true"):
            self.retired.setdefault(code, "")
        elif role in _ENDS or (role == "deprecated" and value[:2].isdigit()):
            self.retired[code] = value[:10]
        self.properties.setdefault(name, {}).setdefault(code, []).append(value)
        if len(value) > _LONGEST:
            self.left_out.add(name)

    def _under(self, code: str, parent: str) -> None:
        known = self.parents.setdefault(code, [])
        if parent not in known:
            known.append(parent)


def _value(item: Mapping[str, Any]) -> str | None:
    """The value of a property as a filter writes it."""
    for key, value in item.items():
        if key.startswith("value"):
            if isinstance(value, bool):
                return "true" if value else "false"
            if isinstance(value, Mapping):
                value = value.get("code")
            return None if value is None else str(value)
    return None


def _part(item: Mapping[str, Any]) -> dict[str, Any]:
    """One include or exclude."""
    concepts = item.get("concept", ())
    return {
        "system": item.get("system", ""),
        "version": item.get("version", ""),
        "codes": {concept.get("code", ""): concept.get("display", "") for concept in concepts} if concepts else None,
        "designations": {concept.get("code", ""): words for concept in concepts if (words := _designations(concept))},
        "filters": [[one.get("property", ""), one.get("op", ""), one.get("value", "")] for one in item.get("filter", ())],
        "imports": list(item.get("valueSet", ())),
    }


def _expansion(expansion: Mapping[str, Any]) -> dict[str, Any]:
    codes: dict[str, dict[str, str]] = {}
    designations: dict[str, dict[str, list[list[str]]]] = {}
    waiting = list(expansion.get("contains", ()))
    listed = 0
    while waiting:
        item = waiting.pop()
        listed += 1
        waiting += item.get("contains", ())
        if "code" in item and not item.get("abstract"):
            system = item.get("system", "")
            codes.setdefault(system, {})[item["code"]] = item.get("display", "")
            if words := _designations(item):
                designations.setdefault(system, {})[item["code"]] = words
    marks = [one.get("url", "") for one in expansion.get("extension", ())]
    complete = (
        not any(mark.endswith(_INCOMPLETE) for mark in marks)
        and expansion.get("total", listed) <= listed
        and expansion.get("offset", 0) == 0
    )
    return {"complete": complete, "codes": codes, "designations": designations}


def _designations(concept: Mapping[str, Any]) -> list[list[str]]:
    """Each other wording once, with its language."""
    display = concept.get("display", "")
    found: list[list[str]] = []
    for item in concept.get("designation", ()):
        words = [item.get("language", ""), item.get("value", "")]
        if words[1] and words[1] != display and words not in found:
            found.append(words)
    return found


def _oid(resource: Mapping[str, Any]) -> str:
    values = [item.get("value", "") for item in resource.get("identifier", ())] + [resource.get("url", "")]
    return next((value.removeprefix("urn:oid:") for value in values if value.startswith("urn:oid:")), "")
