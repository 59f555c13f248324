"""Random single edits of a CDA, drawn with a seed: the mistakes on which our rules and the official ones are compared."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lxml import etree

V3 = "urn:hl7-org:v3"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
TYPES = ("ST", "CD", "CE", "PQ", "TS", "IVL_TS", "BL", "INT", "ED", "II")
FOREIGN = ("note", "id", "code", "templateId", "entry", "value")
SPOILED = {
    "root": ("1.2.3.4.5", "x"),
    "value": ("20AB", "-1", "2024", "true", ""),
    "code": ("ZZZ",),
    "codeSystem": ("1.2.3.4.5",),
    "unit": ("???", "mg"),
    "extension": ("", "2020.01"),
    "nullFlavor": ("ZZZ", "UNK"),
}
NARRATIVE_SHARE = 25  # one element of the narrative for so many others


@dataclass(frozen=True, slots=True)
class Edited:
    """edit: in words, `drop recordTarget/patientRole/id[2]`; document: the XML."""

    edit: str
    document: bytes


class Spoiler:
    """Draws edits of one document; the same seed draws the same."""

    def __init__(self, document: bytes, seed: str) -> None:
        root = etree.fromstring(document, etree.XMLParser(huge_tree=True, resolve_entities=False, remove_comments=True))
        cda = root if root.tag == f"{{{V3}}}ClinicalDocument" else next(root.iter(f"{{{V3}}}ClinicalDocument"))
        self._root = copy.deepcopy(cda)
        self._random = random.Random(seed)
        elements = list(self._root.iterdescendants("*"))
        told = [at for at, element in enumerate(elements) if _in_narrative(element)]
        kept = set(told)
        self._places = [at for at in range(len(elements)) if at not in kept]
        self._places += self._random.sample(told, min(len(told), len(self._places) // NARRATIVE_SHARE))
        self._codes = [
            (one.get("code"), one.get("codeSystem"), one.get("displayName"))
            for one in elements
            if one.get("code") and one.get("codeSystem")
        ]

    def clean(self) -> bytes:
        return etree.tostring(self._root)

    def draw(self, count: int) -> list[Edited]:
        found: list[Edited] = []
        for _ in range(count * 50):
            if len(found) == count:
                break
            kind = self._random.choice(_DRAWN)
            root = copy.deepcopy(self._root)
            element = list(root.iterdescendants("*"))[self._random.choice(self._places)]
            place = _named(element)
            said = _KINDS[kind](self, element)
            if said is not None:
                found.append(Edited(f"{kind} {place} {said}".strip(), etree.tostring(root)))
        return found

    # Each edits an element in place and says what it did besides its name, None when it does not apply.

    def _drop(self, element: Any) -> str | None:
        element.getparent().remove(element)
        return ""

    def _repeat(self, element: Any) -> str | None:
        element.addnext(copy.deepcopy(element))
        return ""

    def _empty(self, element: Any) -> str | None:
        if not len(element) and not (element.text or "").strip():
            return None
        del element[:]
        element.text = None
        return ""

    def _swap(self, element: Any) -> str | None:
        after = element.getnext()
        if after is None or after.tag == element.tag:
            return None
        element.addprevious(after)
        return f"with {etree.QName(after).localname}"

    def _retype(self, element: Any) -> str | None:
        was = element.get(TYPE)
        if not was:
            return None
        element.set(TYPE, self._random.choice([one for one in TYPES if one != was]))
        return f"{was} -> {element.get(TYPE)}"

    def _foreign(self, element: Any) -> str | None:
        name = self._random.choice(FOREIGN)
        etree.SubElement(element, f"{{{V3}}}{name}")
        return f"with {name} inside"

    def _drop_attribute(self, element: Any) -> str | None:
        names = [name for name in element.attrib if not name.startswith("{") or name == TYPE]
        if not names:
            return None
        name = self._random.choice(names)
        del element.attrib[name]
        return f"@{name.rpartition('}')[2]}"

    def _spoil(self, element: Any) -> str | None:
        names = [name for name in element.attrib if not name.startswith("{")]
        if not names:
            return None
        name = self._random.choice(names)
        was, value = element.get(name), self._random.choice(SPOILED.get(name, ("ZZZ",)))
        if was == value:
            return None
        element.set(name, value)
        return f"@{name} {was!r} -> {value!r}"

    def _another_code(self, element: Any) -> str | None:
        was = element.get("code")
        others = [one for one in self._codes if one[0] != was]
        if not was or not others:
            return None
        code, system, label = self._random.choice(others)
        element.set("code", code)
        element.set("codeSystem", system)
        if label:
            element.set("displayName", label)
        return f"{was} -> {code}"


_KINDS: dict[str, Callable[[Spoiler, Any], str | None]] = {
    "drop": Spoiler._drop,
    "repeat": Spoiler._repeat,
    "empty": Spoiler._empty,
    "swap": Spoiler._swap,
    "retype": Spoiler._retype,
    "foreign": Spoiler._foreign,
    "drop-attribute": Spoiler._drop_attribute,
    "spoil": Spoiler._spoil,
    "another-code": Spoiler._another_code,
}
_WEIGHTS = {"drop": 3, "drop-attribute": 2, "spoil": 3, "another-code": 2}
_DRAWN = [kind for kind in _KINDS for _ in range(_WEIGHTS.get(kind, 1))]


def _in_narrative(element: Any) -> bool:
    return any(one.tag == f"{{{V3}}}text" for one in element.iterancestors())


def _named(element: Any) -> str:
    """`component/structuredBody/component[3]/section/entry`."""
    steps = []
    while (parent := element.getparent()) is not None:
        namesakes = list(parent.iterchildren(element.tag))
        name = etree.QName(element).localname
        steps.append(name if len(namesakes) == 1 else f"{name}[{namesakes.index(element) + 1}]")
        element = parent
    return "/".join(reversed(steps))
