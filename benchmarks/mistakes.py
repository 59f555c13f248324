"""Mistakes of those who write a CDA by hand or by a template: edits for `spoiling.py`, made in turn or drawn by `KINDS=`.

Each edits an element in place, chooses with `choose`, and says what it did; None when it does not apply.
"""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from lxml import etree

Choose = Callable[[Sequence[Any]], Any]

GRAMMAR = Path(__file__).parents[1] / "profiles/cda/grammar.yaml"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
STATUS = ("new", "active", "held", "suspended", "aborted", "completed", "cancelled", "nullified", "normal", "obsolete")
DEFAULTS = {  # of the schema, where it lets another value be said
    "inclusive": "true", "operator": "I", "qty": "1", "unit": "1", "institutionSpecified": "false", "negationInd": "false",
    "contextConductionInd": "true", "inversionInd": "false", "mediaType": "text/plain", "representation": "TXT", "partType": "DEL",
}  # fmt: skip
NAMESPACES = ("", "urn:hl7-org:sdtc", "urn:hl7-org:v2", "urn:ihe:pharm:medication", "urn:oid:1.3.6.1.4.1.19376.1.3.2")
LOST = "urn:lost"  # written as no namespace, which lxml cannot put inside a default one
DATE = re.compile(r"(\d{4,14})([+-]\d{4})?")
PRECISIONS = (4, 6, 8, 10, 12, 14)
SAID = ("extension", "value", "code", "ID", "root")  # what tells an element from another
UNITED = ("entry", "entryRelationship", "component", "participant", "author", "performer")


def second(element: Any, choose: Choose) -> str | None:
    """A sibling beside it that is another: by an identifier, a value, an actor."""
    said = [(one, name) for one in element.iter("*") for name in SAID if one.get(name)]
    if not said:
        return None
    at = choose(range(len(said)))
    made = copy.deepcopy(element)
    one, name = [(one, name) for one in made.iter("*") for name in SAID if one.get(name)][at]
    was = one.get(name)
    one.set(name, was[:-1] + ("1" if was[-1] != "1" else "2"))
    element.addnext(made)
    return f"by {local(one)}/@{name} {one.get(name)!r}"


def say_default(element: Any, choose: Choose) -> str | None:
    allowed = _allowed(local(element), element.get(TYPE))
    told = {name: values[0] for name, values in allowed.items() if len(values) == 1}
    told |= {name: DEFAULTS[name] for name in allowed.keys() & DEFAULTS.keys()}
    left = sorted(told.keys() - set(element.attrib))
    if not left:
        return None
    name = choose(left)
    element.set(name, told[name])
    return f"@{name} {told[name]!r}"


def legal(element: Any, choose: Choose) -> str | None:
    """A structural code, truth value or status by another that the schema allows there."""
    allowed = _allowed(local(element), element.get(TYPE)) | ({"code": STATUS} if local(element) == "statusCode" else {})
    names = [name for name, values in sorted(allowed.items()) if len(values) > 1 and (name in element.attrib or name in DEFAULTS)]
    if not names:
        return None
    name = choose(names)
    was, value = element.get(name), choose([one for one in allowed[name] if one != element.get(name)])
    element.set(name, value)
    return f"@{name} {was!r} -> {value!r}"


def move_attribute(element: Any, choose: Choose) -> str | None:
    neighbours = [one for one in (element.getnext(), element.getprevious(), element.getparent(), *element) if one is not None]
    if not element.attrib or not neighbours:
        return None
    name, to = choose(list(element.attrib)), choose(neighbours)
    to.set(name, element.attrib.pop(name))
    return f"@{name.rpartition('}')[2]} to {local(to)}"


def exchange(element: Any, choose: Choose) -> str | None:
    pairs = [(a, b) for a in element.attrib for b in element.attrib if a < b and element.get(a) != element.get(b)]
    if not pairs:
        return None
    a, b = choose(pairs)
    was = element.get(a)
    element.set(a, element.get(b))
    element.set(b, was)
    return f"@{a} and @{b}"


def precision(element: Any, choose: Choose) -> str | None:
    date = DATE.fullmatch(element.get("value", "")) if not element.get("unit") else None
    if date is None:
        return None
    whole = date[1].ljust(14, "0") if len(date[1]) >= 8 else date[1].ljust(8, "1")[:8].ljust(14, "0")
    made = [whole[:width] + zone for width in PRECISIONS for zone in (("", "+0100") if width > 8 else ("",))]
    value = choose([one for one in made if one != date[0]])
    element.set("value", value)
    return f"{date[0]} -> {value}"


def namespace(element: Any, choose: Choose) -> str | None:
    """On this element alone: what is inside keeps its own."""
    uri = choose([one for one in NAMESPACES if one != etree.QName(element).namespace])
    alone: Any = {None: uri or LOST}
    made = etree.Element(f"{{{uri or LOST}}}{local(element)}", dict(element.attrib), nsmap=alone)
    made.text, made.tail = element.text, element.tail
    made.extend(list(element))
    element.getparent().replace(element, made)
    return f"-> {uri!r}"


def another_type(element: Any, choose: Choose) -> str | None:
    was = element.get(TYPE)
    if not was:
        return None
    element.set(TYPE, choose([one for one in _types() if one != was]))
    return f"{was} -> {element.get(TYPE)}"


def transplant(element: Any, choose: Choose) -> str | None:
    """Copied to another place of its kind: an entry to another section, an actor to another act."""
    parent = element.getparent()
    others = [one for one in element.getroottree().iter(parent.tag) if one is not parent and element not in one.iterancestors()]
    if not others:
        return None
    to = choose(others)
    after = [*to.iterchildren(element.tag)][-1:]
    made = copy.deepcopy(element)
    after[0].addnext(made) if after else to.append(made)
    return f"to {named(to)}"


def template(element: Any, choose: Choose) -> str | None:
    """The template of another element of the same name, or else of any."""
    if local(element) != "templateId":
        return None
    owner = element.getparent()
    own = {one.get("root") for one in owner.iterchildren(element.tag)}
    found = [(one.get("root"), one.getparent().tag == owner.tag) for one in element.getroottree().iter(element.tag)]
    others = sorted({(root, alike) for root, alike in found if root and root not in own})
    if not others:
        return None
    was, root = element.get("root"), choose([root for root, alike in others if alike] or [root for root, _ in others])
    element.set("root", root)
    return f"{was} -> {root}"


def refer(element: Any, choose: Choose) -> str | None:
    was = element.get("value", "")
    ids = [one.get("ID") for one in element.getroottree().iter("*") if one.get("ID") and "#" + one.get("ID") != was]
    if not was.startswith("#") or not ids:
        return None
    element.set("value", "#" + choose(ids))
    return f"{was} -> {element.get('value')}"


def spaced(element: Any, choose: Choose) -> str | None:
    names = [name for name, value in element.attrib.items() if value and not name.startswith("{")]
    if not names:
        return None
    name = choose(names)
    was = element.get(name)
    half = len(was) // 2
    space = choose((" ", "\u00a0", "\t"))
    element.set(name, choose(sorted({f"{was[:half]}{space}{was[half:]}", f"{was}{space}", f"{space}{was}"})))
    return f"@{name} {element.get(name)!r}"


def recase(element: Any, choose: Choose) -> str | None:
    cased = [
        (name, made) for name, was in element.attrib.items() for made in sorted({was.upper(), was.lower(), was.title()} - {was})
    ]
    if not cased:
        return None
    name, made = choose(cased)
    element.set(name, made)
    return f"@{name.rpartition('}')[2]} {made!r}"


def reorder(element: Any, choose: Choose) -> str | None:
    """Among the elements of its name: sections, entries, values."""
    alike = [one for one in element.getparent().iterchildren(element.tag) if one not in (element, element.getnext())]
    if not alike:
        return None
    to = choose(alike)
    said = named(to)
    to.addprevious(element)
    return f"before {said}"


def hollow(element: Any, choose: Choose) -> str | None:
    """The elements stay, from here or from one of those inside down; what they say goes."""
    chain = [one for one in element.iter("*") if len(one)]
    if not chain:
        return None
    top = choose(chain)
    said = "" if top is element else f"from {local(top)}"
    for one in top.iter("*"):
        kept = one.get(TYPE)
        one.attrib.clear()
        one.text = one.tail = None
        if kept:
            one.set(TYPE, kept)
    return said


def drop_whole(element: Any, choose: Choose) -> str | None:
    """The entry, section or actor around it."""
    around = [one for one in element.iterancestors() if local(one) in UNITED and one.getparent() is not None]
    if not around:
        return None
    one = choose(around)
    said = named(one)
    one.getparent().remove(one)
    return said


def beside(element: Any, choose: Choose) -> str | None:
    """Another of its name, from elsewhere in the document."""
    inside = {element, *element.iterancestors()}
    others = [one for one in element.getroottree().iter(element.tag) if one not in inside]
    if not others:
        return None
    other = choose(others)
    element.addnext(copy.deepcopy(other))
    return named(other)


MISTAKES: Mapping[str, Callable[[Any, Choose], str | None]] = {
    made.__name__.replace("_", "-"): made
    for made in (
        second, beside, say_default, legal, move_attribute, exchange, precision, namespace, another_type, transplant, template,
        refer, spaced, recase, reorder, hollow, drop_whole,
    )
}  # fmt: skip


def local(element: Any) -> str:
    return str(etree.QName(element).localname)


def named(element: Any) -> str:
    """`component/structuredBody/component[3]/section/entry`."""
    steps = []
    while (parent := element.getparent()) is not None:
        namesakes = list(parent.iterchildren(element.tag))
        name = etree.QName(element).localname
        steps.append(name if len(namesakes) == 1 else f"{name}[{namesakes.index(element) + 1}]")
        element = parent
    return "/".join(reversed(steps))


@cache
def _grammar() -> Any:
    return yaml.load(GRAMMAR.read_text("utf-8"), yaml.CSafeLoader)


def _types() -> list[str]:
    """The data types that an xsi:type may name: no class of the model but them has a name without small letters."""
    return [name for name in map(str, _grammar()["classes"]) if name.isupper()]


@cache
def _classes() -> dict[str, set[str]]:
    """Those that an element of a name may be of, by the children of each class."""
    found = defaultdict(set)
    for told in (*(one.get("children", "") for one in _grammar()["classes"].values()), *_grammar()["groups"].values()):
        for name, kind in re.findall(r"(?:\w+:)?(\w+):((?:\w+\.)?\w+)", told):
            found[name].add(kind)
    return found


@cache
def _allowed(name: str, kind: str | None) -> dict[str, tuple[str, ...]]:
    """The attributes of an element that have a closed list of values, with that."""
    return {
        attribute.rstrip("!"): tuple(values)
        for one in ([kind] if kind and kind in _grammar()["classes"] else sorted(_classes().get(name, ())))
        for attribute, form in _attributes(one)
        if (values := form if isinstance(form, list) else [form[1:]] if form[0] == "=" else _grammar()["values"].get(form, ()))
    }


def _attributes(kind: str) -> Iterator[tuple[str, Any]]:
    told = _grammar()["classes"].get(kind, {})
    if "is" in told:
        yield from _attributes(told["is"])
    yield from told.get("attributes", {}).items()
