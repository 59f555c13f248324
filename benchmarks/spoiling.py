"""Single edits of a CDA, drawn with a seed or each in turn: the mistakes on which our rules and the official ones are compared."""

from __future__ import annotations

import copy
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree
from mistakes import LOST, MISTAKES, TYPE, Choose, named

V3 = "urn:hl7-org:v3"
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
LIKELY = {"typeCode": ("COMP", "SUBJ"), "moodCode": ("INT", "RQO"), "code": ("active",), "negationInd": ("true", "false")}
TRIED = 40  # places, for a kind that was asked for: few elements have a date or a reference
FEW = 6  # of what an edit may choose, when each is made in turn
NARRATIVE_SHARE = 25  # one element of the narrative for so many others


@dataclass(frozen=True, slots=True)
class Edited:
    """edit: in words, `drop recordTarget/patientRole/id[2]`; document: the XML."""

    edit: str
    document: bytes


def clinical_document(document: bytes) -> Any:
    """The root of a CDA, also of one that stands inside something else, without comments."""
    root = etree.fromstring(document, etree.XMLParser(huge_tree=True, resolve_entities=False, remove_comments=True))
    name = f"{{{V3}}}ClinicalDocument"
    return copy.deepcopy(root if root.tag == name else next(root.iter(name)))


class Spoiler:
    """Draws edits of one document; the same seed draws the same."""

    def __init__(self, document: bytes, seed: str = "") -> None:
        self._root = clinical_document(document)
        self._random: random.Random | _Turn = random.Random(seed)
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

    def draw(self, count: int, kinds: Sequence[str] = ()) -> list[Edited]:
        """Of these kinds alike, else of those that each seed always drew."""
        found: list[Edited] = []
        for _ in range(count * 50):
            if len(found) == count:
                break
            kind = self._random.choice(kinds or _DRAWN)
            for _ in range(TRIED if kinds else 1):
                edited = self._edited(kind, self._random.choice(self._places))
                if edited is not None:
                    found.append(edited)
                    break
        return found

    def each(self, place: int) -> Iterator[Edited]:
        """Every kind of edit of the element at this place in document order, with each of the first `FEW` choices that it has."""
        for kind in _KINDS:
            waiting: list[list[int]] = [[]]
            while waiting:
                self._random = turn = _Turn(waiting.pop())
                edited = self._edited(kind, place)
                waiting += turn.others
                if edited is not None:
                    yield edited

    def choose(self, of: Sequence[Any]) -> Any:
        return self._random.choice(of)

    def _edited(self, kind: str, place: int) -> Edited | None:
        root = copy.deepcopy(self._root)
        element = next(itertools.islice(root.iterdescendants("*"), place, None))
        name = named(element)
        said = _KINDS[kind](self, element)
        written = etree.tostring(root).replace(f'xmlns="{LOST}"'.encode(), b'xmlns=""')
        return None if said is None else Edited(f"{kind} {name} {said}".strip(), written)

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

    # The following are made in turn and not drawn, so that a seed draws what it always drew.

    def _unknown(self, element: Any) -> str | None:
        kept = element.get(TYPE)
        element.attrib.clear()
        del element[:]
        element.text = None
        if kept:
            element.set(TYPE, kept)
        element.set("nullFlavor", "UNK")
        return ""

    def _namesake(self, element: Any) -> str | None:
        was = etree.tostring(element, with_tail=False)
        others = [one for one in self._root.iterdescendants(element.tag) if etree.tostring(one, with_tail=False) != was]
        if not others:
            return None
        other = self._random.choice(others)
        element.getparent().replace(element, copy.deepcopy(other))
        return f"-> {named(other)}"

    def _respell(self, element: Any) -> str | None:
        if not element.attrib:
            return None
        name = self._random.choice(list(element.attrib))
        was = element.get(name)
        made = (was[:-1], was + was, was.swapcase(), f" {was}", *LIKELY.get(name, ()))
        value = self._random.choice([one for one in dict.fromkeys(made) if one != was] or [was])
        element.set(name, value)
        return None if value == was else f"@{name.rpartition('}')[2]} {was!r} -> {value!r}"


class _Turn:
    """In the place of chance: makes the choices that it is told, then the first of each, and notes what there was besides."""

    def __init__(self, made: list[int]) -> None:
        self._made = made
        self._asked = 0
        self.others: list[list[int]] = []

    def choice(self, of: Sequence[Any]) -> Any:
        if self._asked == len(self._made):
            self.others += ([*self._made, other] for other in range(1, min(len(of), FEW)))
            self._made.append(0)
        self._asked += 1
        return of[self._made[self._asked - 1]]


def _mistaken(make: Callable[[Any, Choose], str | None]) -> Callable[[Spoiler, Any], str | None]:
    return lambda spoiler, element: make(element, spoiler.choose)


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
    "unknown": Spoiler._unknown,
    "namesake": Spoiler._namesake,
    "respell": Spoiler._respell,
    **{name: _mistaken(make) for name, make in MISTAKES.items()},
}
RARE = ("unknown", "namesake", "respell", *MISTAKES)  # made in turn, or drawn when they are asked for
_WEIGHTS = {"drop": 3, "drop-attribute": 2, "spoil": 3, "another-code": 2}
_WEIGHTS |= dict.fromkeys(RARE, 0)
_DRAWN = [kind for kind in _KINDS for _ in range(_WEIGHTS.get(kind, 1))]


def _in_narrative(element: Any) -> bool:
    return any(one.tag == f"{{{V3}}}text" for one in element.iterancestors())
