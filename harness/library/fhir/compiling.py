"""A StructureDefinition as published becomes the plain data that the walk needs, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

BASE = "http://hl7.org/fhir/StructureDefinition/"
_FHIR_TYPE = BASE + "structuredefinition-fhir-type"
_IMPOSES = BASE + "structuredefinition-imposeProfile"
_DEPENDS = BASE + "structuredefinition-dependencies"  # the same demand: also valid against that profile
_HIERARCHY = BASE + "structuredefinition-hierarchy"
_LIMIT = BASE + "elementdefinition-maxValueSet"
_BEST_PRACTICE = BASE + "elementdefinition-bestpractice"
_PROFILE_ELEMENT = BASE + "elementdefinition-profile-element"
_ADDITIONAL = (
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.binding.additional",
    "http://hl7.org/fhir/tools/StructureDefinition/additional-binding",
)
_OF_R5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition."
# What an element asks by an extension, on itself or on its type: its name among what it asks, and whether it comes several times.
_ASKED_BY_EXTENSION = {
    BASE + "regex": ("regex", False),
    BASE + "minLength": ("min_length", False),
    BASE + "maxDecimalPlaces": ("max_decimals", False),
    BASE + "maxSize": ("max_size", False),
    BASE + "mimeType": ("media_types", True),
    BASE + "narrative-language-control": ("narrative_languages", True),
    BASE + "preferredValueAlternatives": ("preferred_alternatives", True),
    _OF_R5 + "mustHaveValue": ("must_have_value", False),
    _OF_R5 + "valueAlternatives": ("value_alternatives", True),
}
# The unit that an element has to be in, and how strongly: SDC says that a form's options are required, R4 of the other no more than
# "should be captured or expressed".
_UNITS = {
    BASE + "elementdefinition-allowedUnits": "extensible",
    BASE + "questionnaire-unitOption": "required",
    BASE + "questionnaire-unitValueSet": "required",
}
# What is asked of a resource and judged by nothing here: it is said where the element is there.
_LEFT = {
    BASE + name: name
    for name in (
        "narrative-source-control",
        "elementdefinition-graphConstraint",
        "elementdefinition-selector",
        "questionnaire-constraint",
        "questionnaire-referenceProfile",
        "questionnaire-referenceResource",
    )
}
_TOLD_BY = ("value", "exists", "pattern", "type", "profile")  # discriminators of R4
_OBLIGING = ("required", "maximum", "extensible")  # purposes of an additional binding that say something of a code
_SYSTEM = "http://hl7.org/fhirpath/System."
_HEAD = ("url", "version", "name", "title", "status", "type", "kind", "abstract", "derivation")


def compile_structure(resource: Mapping[str, Any]) -> dict[str, Any]:
    """What `Definitions.structure` gives.

    {"url", "version", "name", "title", "status", "type", "kind", "base", "abstract", "derivation", "context": [[type, expression]],
    "context_invariants": [expression], "imposes": [canonical], "elements": [element]}: an absent text is `""`. `elements` are
    those of the snapshot in its order, and empty when the definition was published without one.

    An element always has "path", "id", "min", "max" (None: any number), "base_min", "base_max", "types" (a list of {"code",
    "profiles", "targets", "aggregation"}; a profile of which one element is meant is `canonical#element id`), and where there is
    something to say "choice": True, "content_reference": [url or "", id], "fixed": [type, value], "pattern": [type, value],
    "binding": {"strength", "valueset", and "max" where there is a limit, "further" [value set]}, "slicing": {"discriminator":
    [[type, path]], "rules", "ordered"}, "slice_name", "constraints": [{"key", "severity", "human", "expression", "source",
    "best_practice"}], "must_support": True, "is_modifier": True, "max_length", "min_value": [type, value], "max_value" and "asks",
    what few elements ask: "regex", "min_length", "max_decimals", "max_size" (bytes), "media_types": [code], "narrative_languages":
    [code], "must_have_value": True, "value_alternatives": [extension], "preferred_alternatives": [extension], "units":
    [{"strength", "codes": [[system, code]], "valuesets"}], "versioning": {type: code}, "is_hierarchy": True, "left": [what it asks
    that nothing judges], "worded": [key of a constraint without an expression].
    """
    compiled: dict[str, Any] = {key: resource.get(key, "") for key in _HEAD}
    compiled["abstract"] = bool(resource.get("abstract"))
    compiled["base"] = resource.get("baseDefinition", "")
    compiled["context"] = [[item.get("type", ""), item.get("expression", "")] for item in resource.get("context", ())]
    compiled["context_invariants"] = list(resource.get("contextInvariant", ()))
    imposes = [item.get("valueCanonical") or item.get("valueUri") for item in _extensions(resource, _IMPOSES, _DEPENDS)]
    compiled["imposes"] = [canonical for canonical in imposes if canonical]
    elements = resource.get("snapshot", {}).get("element", ())
    is_resource = resource.get("kind") == "resource"
    compiled["elements"] = [_element(element, is_resource=is_resource) for element in elements]
    return compiled


def compile_whole(resource: Mapping[str, Any]) -> dict[str, Any]:
    """As published, without its narrative: what answers a questionnaire, or reports on a measure, is judged against all of it."""
    kept: dict[str, Any] = _plain({key: value for key, value in resource.items() if key != "text"})
    return kept


def compile_search_parameter(resource: Mapping[str, Any]) -> dict[str, Any]:
    """{"url", "type", "base": [type of resource]}: what a parameter derived from it keeps."""
    return {"url": resource["url"], "type": resource.get("type", ""), "base": list(resource.get("base", ()))}


def compile_element(element: Mapping[str, Any]) -> dict[str, Any]:
    """One element of a differential, as those of a snapshot; what it does not say is as if it said nothing in particular."""
    return _element(element, is_resource=False)


def _element(element: Mapping[str, Any], *, is_resource: bool) -> dict[str, Any]:
    path = element["path"]
    base = element.get("base", {})
    is_id = is_resource and path.endswith(".id") and path.count(".") == 1
    compiled: dict[str, Any] = {
        "path": path,
        "id": element.get("id", path),
        "min": element.get("min", 0),
        "max": _maximum(element.get("max", "*")),
        "base_min": base.get("min", element.get("min", 0)),
        "base_max": _maximum(base.get("max", element.get("max", "*"))),
        "types": [_type(item, is_id=is_id) for item in element.get("type", ())],
    }
    if path.endswith("[x]"):
        compiled["choice"] = True
    if "contentReference" in element:
        url, _, target = element["contentReference"].rpartition("#")
        compiled["content_reference"] = [url, target]
    for key, value in element.items():
        for prefix, name in (("fixed", "fixed"), ("pattern", "pattern"), ("minValue", "min_value"), ("maxValue", "max_value")):
            if key.startswith(prefix) and key[len(prefix) : len(prefix) + 1].isupper():
                compiled[name] = [_type_name(key[len(prefix) :]), _plain(value)]
    if "valueSet" in element.get("binding", {}):
        compiled["binding"] = _binding(element["binding"])
    if "slicing" in element:
        said = element["slicing"]
        compiled["slicing"] = {
            "discriminator": [[item["type"], item["path"]] for item in said.get("discriminator", ())],
            "rules": said.get("rules", "open"),
            "ordered": bool(said.get("ordered")),
        }
    if "sliceName" in element:
        compiled["slice_name"] = element["sliceName"]
    if "constraint" in element:
        compiled["constraints"] = [_constraint(item) for item in element["constraint"]]
    for key, name in (("mustSupport", "must_support"), ("isModifier", "is_modifier"), ("maxLength", "max_length")):
        if element.get(key):
            compiled[name] = element[key]
    if asks := _asks(element):
        compiled["asks"] = asks
    return compiled


def _asks(element: Mapping[str, Any]) -> dict[str, Any]:
    """What few elements ask, mostly by an extension."""
    types = element.get("type", ())
    asks = _asked_by_extension(element)
    if any(found.get("valueBoolean") for item in types for found in _extensions(item, _HIERARCHY)):
        asks["is_hierarchy"] = True
    if versioning := {item["code"]: item["versioning"] for item in types if item.get("versioning", "either") != "either"}:
        asks["versioning"] = versioning
    if left := _left(element):
        asks["left"] = left
    if worded := [item.get("key", "") for item in element.get("constraint", ()) if not item.get("expression")]:
        asks["worded"] = worded
    return asks


def _asked_by_extension(element: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    units: dict[str, dict[str, Any]] = {}
    for found in (one for item in (element, *element.get("type", ())) for one in item.get("extension", ())):
        value = _plain(next((inside for key, inside in found.items() if key.startswith("value")), None))
        url = found.get("url")
        if value is None or value is False:
            continue
        if url in _UNITS:
            asked = units.setdefault(_UNITS[url], {"strength": _UNITS[url], "codes": [], "valuesets": []})
            if isinstance(value, str):
                asked["valuesets"].append(value)
            else:
                asked["codes"] += [[one.get("system", ""), one.get("code", "")] for one in value.get("coding", [value])]
        elif url in _ASKED_BY_EXTENSION:
            name, is_many = _ASKED_BY_EXTENSION[url]
            if is_many:
                made.setdefault(name, []).append(value)
            else:
                made.setdefault(name, value)
    return made | ({"units": list(units.values())} if units else {})


def _left(element: Mapping[str, Any]) -> list[str]:
    """What an element asks that nothing here judges, in the names of the standard."""
    types = element.get("type", ())
    targets = [beside for item in types for beside in item.get("_targetProfile", ()) if beside]
    left = [_LEFT[found["url"]] for item in (element, *types, *targets) for found in _extensions(item, *_LEFT)]
    left += [key for key in element if key.startswith(("_fixed", "_pattern"))]  # an extension of the value that is wanted
    left += [
        f"slicing by {item['type']}" for item in element.get("slicing", {}).get("discriminator", ()) if item["type"] not in _TOLD_BY
    ]
    for found in _extensions(element.get("binding", {}), *_ADDITIONAL):
        parts = {one.get("url"): one for one in found.get("extension", ())}
        if parts.get("purpose", {}).get("valueCode") in _OBLIGING and not _further(found):
            left.append("additional binding")
    return list(dict.fromkeys(left))


def _binding(said: Mapping[str, Any]) -> dict[str, str]:
    limits = [found.get("valueCanonical") or found.get("valueUri") for found in _extensions(said, _LIMIT)]
    limit = {"max": limits[0]} if limits and limits[0] else {}
    further = [one for one in (_further(found) for found in _extensions(said, *_ADDITIONAL)) if one]
    if further:
        limit["further"] = further
    return {"strength": said.get("strength", ""), "valueset": said["valueSet"], **limit}


def _type(item: Mapping[str, Any], *, is_id: bool) -> dict[str, Any]:
    code = item.get("code", "")
    if code.startswith(_SYSTEM):
        said = [found.get("valueUrl") or found.get("valueUri") for found in _extensions(item, _FHIR_TYPE)]
        code = "id" if is_id else said[0] if said and said[0] else "string"
    return {
        "code": code.removeprefix(BASE),
        "profiles": _profiles(item),
        "targets": list(item.get("targetProfile", ())),
        "aggregation": list(item.get("aggregation", ())),
    }


def _profiles(item: Mapping[str, Any]) -> list[str]:
    """With the element of the profile that is meant, where it is not the whole (`canonical#element id`)."""
    profiles = list(item.get("profile", ()))
    for place, beside in enumerate(item.get("_profile", ())[: len(profiles)]):
        meant = [found.get("valueString") for found in _extensions(beside or {}, _PROFILE_ELEMENT)]
        if meant and meant[0]:
            profiles[place] = f"{profiles[place]}#{meant[0]}"
    return profiles


def _constraint(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": item.get("key", ""),
        "severity": item.get("severity", "error"),
        "human": item.get("human", ""),
        "expression": item.get("expression", ""),
        "source": item.get("source", ""),
        "best_practice": any(found.get("valueBoolean") for found in _extensions(item, _BEST_PRACTICE)),
    }


def _further(said: Mapping[str, Any]) -> str:
    """The value set of an additional binding that obliges whatever the context; `""` of another."""
    parts = {one.get("url"): one for one in said.get("extension", ())}
    obliges = parts.get("purpose", {}).get("valueCode") in ("required", "maximum")
    if not obliges or "usage" in parts or parts.get("any", {}).get("valueBoolean"):
        return ""
    return str(parts.get("valueSet", {}).get("valueCanonical") or "")


def _extensions(item: Mapping[str, Any], *urls: str) -> Iterable[Mapping[str, Any]]:
    return [found for found in item.get("extension", ()) if found.get("url") in urls]


def _maximum(said: str) -> int | None:
    return None if said == "*" else int(said)


def _type_name(suffix: str) -> str:
    """The type that the end of `fixedCode`, `patternCodeableConcept` names: primitives begin with a small letter."""
    small = suffix[:1].lower() + suffix[1:]
    return small if small in PRIMITIVE_TYPES else suffix


def _plain(value: Any) -> Any:
    """Without Decimals, which a pack cannot hold."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


PRIMITIVE_TYPES = frozenset(
    {
        "base64Binary",
        "boolean",
        "canonical",
        "code",
        "date",
        "dateTime",
        "decimal",
        "id",
        "instant",
        "integer",
        "markdown",
        "oid",
        "positiveInt",
        "string",
        "time",
        "unsignedInt",
        "uri",
        "url",
        "uuid",
        "xhtml",
    }
)
