"""Explains why no mutation trips a facet: none can by itself, or no generated resource holds its element."""

from __future__ import annotations

from collections.abc import Iterator

from ....library.fhir.definitions import R4
from ....model import Text
from ..shapes import Element, Structure
from ..structures import Structures
from .facets import Facet, Tree, facets_of, is_idle, slice_told_by
from .specimens import Deriver
from .specimens.written import written_reasons

_FORBIDDEN = Text("le profil exclut ce qui le contient", "the profile excludes what holds it")
_UNTOLD = Text(
    "la tranche ne dit rien de ce à quoi on la reconnaîtrait", "the slice says nothing of what it would be recognised by"
)
_NO_CODE = Text(
    "aucun paquet n'a de code du jeu de valeurs à quoi la tranche se reconnaît",
    "no package has a code of the value set that the slice is recognised by",
)
_NO_CODE_HERE = Text("aucun paquet n'a de code de son jeu de valeurs", "no package has a code of its value set")
_ALIKE = Text("une autre tranche se reconnaît à la même URL", "another slice is recognised by the same URL")
_NO_CODES = Text(
    "aucun paquet n'a de quoi dire qu'un code est hors du jeu de valeurs", "no package can tell that a code is not in the value set"
)
_ANYWHERE = Text("l'extension peut être partout", "the extension may stand anywhere")
_REPUBLISHED = Text(
    "le paquet d'extensions de HL7 la définit à nouveau et ne le demande plus : une ressource peut suivre l'une ou l'autre",
    "HL7's package of extensions defines it anew and asks this no more: a resource may follow either",
)
_TYPED = Text("chaque type admis a sa tranche", "each type that is admitted has its slice")
_UNKNOWN = Text("aucun paquet installé ne donne le profil", "no installed package gives the profile")
_IDLE = Text("le profil ne demande rien de plus que R4", "the profile asks nothing that R4 does not")
NOT_FOUND = Text("aucune des mutations jouées ne l'enfreint", "none of the mutations that were played breaks it")
_KNOWN = Text("c'est à son URL que l'extension se reconnaît", "it is by its URL that the extension is known")
TELLS = Text(
    "c'est à lui que la tranche se reconnaît : autre, l'élément n'en est plus",
    "it is what the slice is recognised by: with another, the element is no longer of it",
)


def untrippable(facet: Facet, deriver: Deriver) -> Text | None:
    """Why no mutation can trip a facet by itself, None when it should have been tripped."""
    structures = deriver.bench.structures
    element = facet.element
    written = written_reasons()
    for name in (facet.id, f"{deriver.structure.url}#{facet.id}"):
        if name in written:
            return written[name]
    if facet.kind == "INVARIANT":
        return deriver.bench.why_untold(facet.constraint.expression, element.path)
    if facet.kind == "PROFILE":
        named = [structures.structure(canonical) for canonical in element.profiles[facet.name]]
        if not all(named):
            return _UNKNOWN
        if any(one is not None and is_idle(one, structures) for one in named):
            return _IDLE
    own = () if facet.kind in ("CARD", "SLICE") else (element,)
    if any(one.max == 0 for one in (*own, *deriver.tree.chain(element)) if one is not element or own):
        return _FORBIDDEN
    if facet.kind == "REFERENCE" and any(structures.structure(one) is None for one in element.targets["Reference"]):
        return _UNKNOWN
    if any(not deriver.slicer.tells(one, deriver.tree.sliced[one.id]) for one in _slices_of(element, deriver.tree)):
        return _UNTOLD
    if facet.name in ("closed", "openAtEnd", "ordered") and any(not deriver.slicer.tells(one, element) for one in element.slices):
        return _UNTOLD
    if facet.name in ("closed", "openAtEnd") and any(_may_hold_any(one, deriver) for one in element.slices):
        return _NO_CODES
    for one in (one for one in deriver.tree.chain(element) if one.id in deriver.tree.sliced):
        if any(_is_untellable(inside, one, deriver) for inside in deriver.tree):
            return _NO_CODE
        urls = deriver.slicer.extension_urls(one)
        if urls and any(
            other is not one and deriver.slicer.extension_urls(other) == urls for other in deriver.tree.sliced[one.id].slices
        ):
            return _ALIKE
    if facet.kind == "BINDING" and not deriver.bench.tells_out(element.binding or {}, limit=facet.name == "limit"):
        return _NO_CODES
    if facet.kind == "CONTEXT" and _stands_anywhere(deriver.structure, structures):
        return _ANYWHERE
    later = _republished(deriver.structure, structures)
    if later is not None and not _is_asked(facet, later, structures):
        return _REPUBLISHED
    if facet.name == "closed" and element.choice and set(element.types) <= {type for one in element.slices for type in one.types}:
        return _TYPED
    if element.path == "Extension.url" and element.id == element.path:
        return _KNOWN
    if slice_told_by(facet, deriver.tree) is not None:
        return TELLS
    return None


def unheld(element: Element, deriver: Deriver) -> Text | None:
    """What keeps an element out of every valid resource made here, when it can be told."""
    errors = deriver.aimed(element).errors
    rules = ", ".join(dict.fromkeys(one.rule.removeprefix("FHIR-INVARIANT:") for one in errors))[:200]
    if not rules:
        return None
    if rules == "FHIR-BINDING" and element.binding is not None and not deriver.writer.codes.is_certain(element.binding["valueset"]):
        return _NO_CODE_HERE
    return Text(f"aucune ressource valable faite ici ne le contient : {rules}", f"no valid resource made here holds it: {rules}")


def _stands_anywhere(extension: Structure, structures: Structures) -> bool:
    """Whether one of its contexts is every element, or no path of FHIR, against which nothing can be said."""
    return any(
        kind == "fhirpath" or expression == "Element" or structures.type(expression.rpartition("#")[2].partition(".")[0]) is None
        for kind, expression in extension.data["context"]
        if kind != "extension"
    )


def _republished(extension: Structure, structures: Structures) -> Structure | None:
    """As `Extensions` has it: the definition that HL7's package of extensions has come to for one of R4's own."""
    if extension.type != "Extension" or not extension.canonical.endswith(f"|{R4}"):
        return None
    later = structures.definitions.republished(extension.url)
    return None if later is None else structures.structure(later)


def _is_asked(facet: Facet, later: Structure, structures: Structures) -> bool:
    if facet.kind == "CONTEXT":
        return not _stands_anywhere(later, structures)
    same = next((one for one in facets_of(Tree(later, structures)) if one.id == facet.id), None)
    counts = facet.kind in ("CARD", "SLICE") and facet.name in ("min", "max")
    return same is not None and not (counts and getattr(same.element, facet.name) != getattr(facet.element, facet.name))


def _is_untellable(element: Element, slice_: Element, deriver: Deriver) -> bool:
    """Whether a slice is told by a value set of which no package has a code for certain."""
    if element.binding is None or element.binding["strength"] != "required" or not element.id.startswith(slice_.id):
        return False
    told = slice_told_by(Facet("BINDING", element, "", ""), deriver.tree)
    return told is not None and not deriver.writer.codes.is_certain(element.binding["valueset"])


def _may_hold_any(slice_: Element, deriver: Deriver) -> bool:
    """Whether a slice is told by a value set of which no code can be told to be out."""
    binding = slice_.binding
    return binding is not None and binding["strength"] == "required" and not deriver.bench.tells_out(binding)


def _slices_of(element: Element, tree: Tree) -> Iterator[Element]:
    """The slices that hold an element and are recognised by discriminators."""
    for one in tree.chain(element):
        if one.id in tree.sliced and tree.sliced[one.id].slicing is not None:
            yield one
