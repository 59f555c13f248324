"""The definitions of FHIR that are at hand, each made a tree when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import takewhile
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ...errors import UsageError
from ...model import Text
from ...remembered import remembered
from .shapes import Element, Shape, Structure

if TYPE_CHECKING:
    from ...library.fhir.neighbours import Neighbours

Kept = TypeVar("Kept")
_DEEPEST_BASE = 20  # profiles made from one another


class Definitions(Protocol):
    """What is known of FHIR, as `library.fhir.definitions` gives it. unfinished: why a definition cannot judge, by its URL."""

    unfinished: dict[str, Text]

    def structure(self, canonical: str) -> Mapping[str, Any] | None: ...

    def type(self, name: str) -> Mapping[str, Any] | None: ...

    def namesake(self, kind: str, url: str) -> str | None: ...

    def neighbours(self, *, extensions: bool) -> Neighbours: ...

    def sort(self, url: str) -> str: ...

    def canonical_versions(self, url: str) -> list[str]: ...

    def republished(self, url: str) -> str | None: ...


class Structures:
    """Trees of the definitions that were asked for, kept."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self._known: dict[str, Structure] = {}

    @remembered
    def kept(self, kind: Callable[[Structures], Kept]) -> Kept:
        """The one object of this class for these definitions: made once, and used for every document that follows."""
        return kind(self)

    @remembered
    def structure(self, canonical: str) -> Structure | None:
        """None when it is unknown, or was published without a snapshot. `canonical#id` is one element of it."""
        url, _, part = canonical.partition("#")
        if not part:
            return self._made(self.definitions.structure(canonical))
        whole = self.structure(url)
        return whole.part(part) if whole is not None and part in whole.by_id else None

    def asked(self, canonical: str) -> Structure:
        """One that somebody names. Raises UsageError, with the reason, when nothing can be judged with it."""
        structure = self.structure(canonical)
        if structure is not None:
            return structure
        why = self.definitions.unfinished.get(canonical.partition("|")[0])
        if why is None:
            raise UsageError(
                Text(f"profil FHIR inconnu : {canonical}", f"unknown FHIR profile: {canonical}"),
                Text("`harness packages list` montre ce qui est installé.", "`harness packages list` shows what is installed."),
            )
        raise UsageError(
            Text(f"profil FHIR inutilisable : {canonical} ({why.fr})", f"unusable FHIR profile: {canonical} ({why.en})"),
            Text(
                "Installer le paquet qui manque (`harness packages install`), ou publier la définition avec son snapshot.",
                "Install the package that is missing (`harness packages install`), or publish it with its snapshot.",
            ),
        )

    @remembered
    def type(self, name: str) -> Structure | None:
        """The base definition of a type of FHIR."""
        return self._made(self.definitions.type(name))

    def _made(self, data: Mapping[str, Any] | None) -> Structure | None:
        """One tree of each definition, however it is called."""
        if data is None or not data["elements"]:
            return None
        canonical = f"{data['url']}|{data['version']}"
        known = self._known.get(canonical)
        if known is None:
            known = self._known[canonical] = Structure(data)
        return known

    def shape(self, element: Element, type: str) -> Shape | None:
        """The children of an element: its own, those of the element whose content it has, or those of its type."""
        if element.shape is not None:
            return element.shape
        if element.children:
            element.shape = Shape(element.children)
            return element.shape
        if element.content_reference is not None:
            target = self.content(element)
            return None if target is None else self.shape(target, type)
        return self.type_shape(type)

    def type_shape(self, type: str) -> Shape | None:
        structure = self.type(type)
        if structure is None:
            return None
        root = structure.root
        if root.shape is None:
            root.shape = Shape(root.children)
        return root.shape

    def regex(self, type: str) -> str | None:
        """The form that R4 gives to a primitive type, which its own definition says."""
        structure = self.type(type)
        value = None if structure is None else structure.by_id.get(f"{type}.value")
        return None if value is None else value.asks.get("regex")

    def own_shape(self, element: Element) -> Shape | None:
        """The children that the element's own definition tells, None when it leaves them to its type."""
        if element.children or element.content_reference is not None:
            return self.shape(element, "")
        return None

    def content(self, element: Element) -> Element | None:
        """The element whose content it has (`contentReference`), None when it has its own."""
        if element.content_reference is None:
            return None
        url, target = element.content_reference
        structure = element.structure
        if url and url != structure.url:
            structure = self.structure(url) or structure
        return structure.by_id.get(target) or element.structure.by_id.get(target)

    @remembered
    def imposed(self, structure: Structure) -> list[str]:
        """What it and the profiles that it comes from impose."""
        profiles = takewhile(attrgetter("is_profile"), self._lineage(structure))
        return [canonical for profile in profiles for canonical in profile.imposes]

    def derives_from(self, structure: Structure, url: str) -> bool:
        """Whether a definition is that one or comes from it."""
        wanted = url.partition("|")[0]
        return any(one.url == wanted for one in self._lineage(structure))

    def _lineage(self, structure: Structure) -> Iterator[Structure]:
        """A definition, the one that it comes from, and so on."""
        current: Structure | None = structure
        for _ in range(_DEEPEST_BASE):
            if current is None:
                return
            yield current
            current = self.structure(current.base) if current.base else None
