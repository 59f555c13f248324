"""A definition in XML means what its JSON means: lists, numbers, choices, what stands beside a primitive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.errors import UsageError
from harness.library.fhir import xml_definitions
from harness.library.fhir.definitions import Definitions
from harness.library.fhir.loose import with_loose


def element(path: str, *types: str, many: bool = False) -> dict[str, Any]:
    return {"path": path, "base_max": None if many else 1, "types": [{"code": code} for code in types]}


class Types:
    """A ValueSet of a few elements, an Extension, an Element."""

    by_name = {
        "ValueSet": [
            element("ValueSet.url", "uri"),
            element("ValueSet.experimental", "boolean"),
            element("ValueSet.note", "string", many=True),
            element("ValueSet.contained", "Resource", many=True),
            element("ValueSet.extension", "Extension", many=True),
            element("ValueSet.compose", "BackboneElement"),
            element("ValueSet.compose.include", "BackboneElement", many=True),
            element("ValueSet.compose.include.system", "uri"),
            element("ValueSet.compose.exclude", many=True) | {"content_reference": ["", "ValueSet.compose.include"]},
        ],
        "Extension": [element("Extension.url", "uri"), element("Extension.value[x]", "integer", "string", "decimal")],
        "Element": [element("Element.extension", "Extension", many=True)],
        "uri": [],
        "string": [element("string.extension", "Extension", many=True)],
    }

    def type(self, name: str) -> dict[str, Any] | None:
        found = self.by_name.get(name)
        return None if found is None else {"elements": found}


XML = b"""<?xml version="1.0"?><!-- a remark -->
<ValueSet xmlns="http://hl7.org/fhir">
  <contained><ValueSet><url value="#a"/></ValueSet></contained>
  <extension url="http://x.org/n"><valueInteger value="3"/></extension>
  <extension url="http://x.org/d"><valueDecimal value="1.5"/></extension>
  <url value="http://x.org/vs"/>
  <experimental value="true"/>
  <note value="first"/>
  <note id="n2"><extension url="http://x.org/s"><valueString value="3"/></extension></note>
  <compose><include><system value="http://x.org/cs"/></include><exclude><system value="http://x.org/no"/></exclude></compose>
</ValueSet>"""


def test_xml_becomes_the_json_that_means_the_same() -> None:
    assert xml_definitions.resource(XML, Types()) == {
        "resourceType": "ValueSet",
        "contained": [{"resourceType": "ValueSet", "url": "#a"}],
        "extension": [{"url": "http://x.org/n", "valueInteger": 3}, {"url": "http://x.org/d", "valueDecimal": 1.5}],
        "url": "http://x.org/vs",
        "experimental": True,
        "note": ["first", None],
        "_note": [None, {"id": "n2", "extension": [{"url": "http://x.org/s", "valueString": "3"}]}],
        "compose": {"include": [{"system": "http://x.org/cs"}], "exclude": [{"system": "http://x.org/no"}]},
    }


def test_xml_of_something_else_is_not_a_resource() -> None:
    assert xml_definitions.resource(b"<project/>", Types()) is None


@pytest.mark.parametrize("content", [b"<ValueSet", b'<!DOCTYPE a [<!ENTITY b "c">]><ValueSet xmlns="http://hl7.org/fhir"/>'])
def test_xml_that_cannot_be_trusted_is_an_error(content: bytes) -> None:
    with pytest.raises(UsageError, match="XML"):
        xml_definitions.resource(content, Types())


def test_without_r4_a_definition_in_xml_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "mine.xml").write_bytes(XML)
    with pytest.raises(UsageError, match=r"mine\.xml.*R4"):
        with_loose(Definitions(), [tmp_path / "mine.xml"])
