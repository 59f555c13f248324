"""Plays the mutations of a definition until each facet of it is tripped: by its own check, on its own element."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ....model import Text
from ..shapes import Element, Structure, Structures
from .bench import Bench
from .facets import Facet, Tree, facets_of, is_idle, is_tripped, tells_slice
from .mutations import Mutation, Mutator
from .specimens import Deriver, NotCarried, Specimen
from .specimens.written import written_reasons

_ROUNDS = 2  # specimens on which the mutations of one facet are played


@dataclass(slots=True)
class Trial:
    """What mutations showed of one definition.

    facets: ids of all; tripped: each with the mutation that did it; reasons: why the others were not; faults: what is wrong
    with the specimen that holds all, when it could not be made valid; played: how many mutations were judged; stopped: before all
    was tried; held: elements that a valid specimen had.
    """

    canonical: str
    facets: list[str] = field(default_factory=list)
    tripped: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, Text] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    played: int = 0
    stopped: bool = False
    rounds: Counter[str] = field(default_factory=Counter)
    held: set[str] = field(default_factory=set)


def tried(bench: Bench, structure: Structure, enough: Callable[[], bool] = lambda: False) -> Trial:
    """enough: whether to stop where it has come."""
    trial = Trial(structure.canonical)
    waiting = list(facets_of(Tree(structure, bench.structures)))
    trial.facets = [facet.id for facet in waiting]
    try:
        deriver = Deriver(bench, structure)
    except NotCarried as error:
        trial.reasons = {facet.id: error.why for facet in waiting}
        return trial
    for specimen in deriver.specimens():
        if not specimen.is_valid:
            trial.faults += [f"{one.rule} {one.node.path}: {one.message.en}" for one in specimen.errors[:3]]
            continue
        waiting = _play(waiting, deriver, specimen, trial, enough)
        if not waiting or trial.stopped:
            break
    waiting = [facet for facet in waiting if not _is_spoken_of(facet, deriver, trial, enough)]
    reasons = ((facet, _why(facet, deriver) or _unheld(facet, deriver, trial)) for facet in waiting)
    trial.reasons = {facet.id: why for facet, why in reasons if why is not None}
    return trial


def _is_spoken_of(facet: Facet, deriver: Deriver, trial: Trial, enough: Callable[[], bool]) -> bool:
    """Whether an invariant is tripped in a resource made for it."""
    if facet.kind != "INVARIANT" or trial.stopped or _why(facet, deriver) is not None:
        return False
    for specimen in deriver.speaking(facet.element, facet.constraint["expression"]):
        trial.rounds[facet.id] = 0
        if not _play([facet], deriver, specimen, trial, enough):
            return True
    return False


def _unheld(facet: Facet, deriver: Deriver, trial: Trial) -> Text | None:
    """Of a type of R4, what keeps an element out of every valid resource made here; of a profile that is told, not excused."""
    element = facet.element
    if deriver.structure.is_profile or element.id in trial.held:
        return None
    errors = deriver.aimed(element).errors
    rules = ", ".join(dict.fromkeys(one.rule.removeprefix("FHIR-INVARIANT:") for one in errors))[:200]
    if not rules:
        return None
    if rules == "FHIR-BINDING" and element.binding is not None and not deriver.writer.codes.is_certain(element.binding["valueset"]):
        return _NO_CODE_HERE
    return Text(f"aucune ressource valable faite ici ne le contient : {rules}", f"no valid resource made here holds it: {rules}")


def _why(facet: Facet, deriver: Deriver) -> Text | None:
    """Why no mutation can trip a facet by itself, None when it should have been tripped."""
    structures = deriver.bench.structures
    element = facet.element
    if facet.id in written_reasons():
        return written_reasons()[facet.id]
    if facet.kind == "INVARIANT":
        return deriver.bench.why_untold(facet.constraint["expression"], element.path)
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
    if facet.name == "closed" and element.choice and set(element.types) <= {type for one in element.slices for type in one.types}:
        return _TYPED
    if element.path == "Extension.url" or tells_slice(facet, deriver.tree):
        return _TELLS
    return None


def _stands_anywhere(extension: Structure, structures: Structures) -> bool:
    """Whether one of its contexts is every element, or no path of FHIR, against which nothing can be said."""
    return any(
        kind == "fhirpath" or expression == "Element" or structures.type(expression.rpartition("#")[2].partition(".")[0]) is None
        for kind, expression in extension.data["context"]
        if kind != "extension"
    )


def _is_untellable(element: Element, slice_: Element, deriver: Deriver) -> bool:
    """Whether a slice is told by a value set of which no package has a code for certain."""
    if element.binding is None or element.binding["strength"] != "required" or not element.id.startswith(slice_.id):
        return False
    told = tells_slice(Facet("BINDING", element, "", ""), deriver.tree)
    return told and not deriver.writer.codes.is_certain(element.binding["valueset"])


def _slices_of(element: Element, tree: Tree) -> Iterator[Element]:
    """Those in which an element stands, and that discriminators tell."""
    for one in tree.chain(element):
        if one.id in tree.sliced and tree.sliced[one.id].slicing is not None:
            yield one


_FORBIDDEN = Text("le profil exclut ce qui le contient", "the profile excludes what holds it")
_UNTOLD = Text("la tranche ne dit rien de ce à quoi on la reconnaîtrait", "the slice says nothing of what it would be told by")
_NO_CODE = Text(
    "aucun paquet n'a de code du jeu de valeurs à quoi la tranche se reconnaît",
    "no package has a code of the value set that the slice is told by",
)
_NO_CODE_HERE = Text("aucun paquet n'a de code de son jeu de valeurs", "no package has a code of its value set")
_ALIKE = Text("une autre tranche se reconnaît à la même URL", "another slice is told by the same URL")
_NO_CODES = Text(
    "aucun paquet n'a de quoi dire qu'un code est hors du jeu de valeurs", "no package can tell that a code is not in the value set"
)
_ANYWHERE = Text("l'extension peut être partout", "the extension may stand anywhere")
_TYPED = Text("chaque type admis a sa tranche", "each type that is admitted has its slice")
_UNKNOWN = Text("aucun paquet installé ne donne le profil", "no installed package gives the profile")
_IDLE = Text("le profil ne demande rien de plus que R4", "the profile asks nothing that R4 does not")
_TELLS = Text(
    "c'est à lui que la tranche se reconnaît : autre, l'élément n'en est plus",
    "it is what the slice is told by: with another, the element is no longer of it",
)


def _play(waiting: list[Facet], deriver: Deriver, specimen: Specimen, trial: Trial, enough: Callable[[], bool]) -> list[Facet]:
    mutator = Mutator(deriver, specimen)
    trial.held |= {element.id for _, element in specimen.met}
    left: list[Facet] = []
    for facet in waiting:
        trial.stopped = trial.stopped or enough()
        if trial.rounds[facet.id] >= _ROUNDS or trial.stopped:
            left.append(facet)
            continue
        before = trial.played
        found = next((one for one in mutator.of(facet) if _trips(one, deriver, trial)), None)
        trial.rounds[facet.id] += trial.played > before
        if found is None:
            left.append(facet)
        else:
            trial.tripped[facet.id] = found.id
    return left


def _trips(mutation: Mutation, deriver: Deriver, trial: Trial) -> bool:
    trial.played += 1
    remarks = deriver.bench.judge(mutation.resource, deriver.profiles)
    return is_tripped(mutation.facet, remarks)
