"""The classes of CDA as grammar.yaml says them, each compiled when a document first needs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from ...remembered import remembered
from ...values import dataclass
from .content_model import Content, Particle, parse
from .forms import Form, Forms


@dataclass(frozen=True, slots=True)
class CdaClass:
    """free: nothing is asked of its content (xs:anyType, or a type that was already reported); never_bare: it must have
    attributes, an abstract one an `xsi:type`.

    accepted, followed: values of attributes and rows of children once found without defect. Documents repeat themselves, and each
    other.
    """

    name: str
    attributes: Mapping[str, Form]
    required: frozenset[str]
    content: Content
    text: bool
    abstract: bool
    free: bool = False
    never_bare: bool = False
    may_be_empty: bool = True
    accepted: dict[str, set[str]] = field(default_factory=dict)
    followed: dict[tuple[str, ...], tuple[CdaClass | None, ...]] = field(default_factory=dict)


FREE = CdaClass("xs:anyType", {}, frozenset(), Content(Particle("sequence")), text=True, abstract=False, free=True)


class Classes:
    """data: the parsed grammar.yaml."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self.words: Mapping[str, Any] = data["remarks"]
        self._groups: Mapping[str, str] = data["groups"]
        self._forms = Forms(data["forms"], data["values"], data.get("verbatim", ()), data.get("said", {}))

    def knows(self, name: str) -> bool:
        return name in self._data["classes"]

    def root(self, tag: str) -> CdaClass:
        """The class of a document's first element."""
        return self.class_named(self._data["root"][tag])

    def lineage(self, name: str) -> Iterator[str]:
        """A class, its base, and so on up."""
        above: str | None = name
        while above is not None and self.knows(above):
            yield above
            above = self._data["classes"][above].get("is")

    def derived(self, base: str) -> Iterator[str]:
        """Every class that is this one or derives from it and that an element may have."""
        for name in self._data["classes"]:
            if base in self.lineage(name) and not self.class_named(name).abstract:
                yield name

    def derives(self, name: str, base: str) -> bool:
        while name != base:
            above = self._data["classes"][name].get("is")
            if above is None:
                return False
            name = above
        return True

    @remembered
    def class_named(self, name: str) -> CdaClass:
        if name == "xs:anyType":
            return FREE
        said: Mapping[str, Any] = self._data["classes"][name]
        base = self.class_named(said["is"]) if "is" in said else None
        attributes = dict(base.attributes) if base else {}
        for key, form in said.get("attributes", {}).items():
            attribute = key.rstrip("!")
            if form == "forbidden":
                attributes.pop(attribute, None)
            else:
                attributes[attribute] = self._forms.attribute(form, required=key.endswith("!"))
        inherited = base is not None and "children" not in said
        content = base.content if base and inherited else Content(parse(said.get("children", ""), self._groups))
        return CdaClass(
            name=name,
            attributes=attributes,
            required=frozenset(key for key, fact in attributes.items() if fact.required),
            content=content,
            text=said.get("text", base.text if base else False),
            abstract=said.get("abstract", False),
            never_bare=said.get("abstract", False) or any(fact.required for fact in attributes.values()),
            may_be_empty=content.accepting(0),
        )
