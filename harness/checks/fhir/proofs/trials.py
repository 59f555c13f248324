"""Plays the mutations of a definition until each facet of it is tripped: by its own check, on its own element."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ....model import Text
from ..shapes import Element, Structure, Structures
from .bench import Bench
from .editing import pointer, replaced
from .facets import Facet, Tree, facets_of, is_alone, is_idle, is_tripped, slice_told_by
from .mutations import Mutation, Mutator
from .specimens import Deriver, NotCarried, Specimen
from .specimens.written import written_reasons

_ROUNDS = 2  # specimens on which the mutations of one facet are played
_MORE = 4  # mutations that are looked at for one that breaks nothing else


@dataclass(slots=True)
class Trial:
    """What mutations showed of one definition.

    facets: ids of all; tripped: each with the mutation that did it (of what a slice is told by: with which the element is of that
    slice no more); reasons: why the others were not; open: what is known of those that should have been; faults: what is wrong
    with the specimen that holds all, when it could not be made valid; played: how many mutations were judged; stopped: before all
    was tried; alone: facets that a mutation tripped without any other error; last: the mutation that tripped one last; held:
    elements that a valid specimen had.
    """

    canonical: str
    facets: list[str] = field(default_factory=list)
    tripped: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, Text] = field(default_factory=dict)
    open: dict[str, Text] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    played: int = 0
    stopped: bool = False
    rounds: Counter[str] = field(default_factory=Counter)
    alone: set[str] = field(default_factory=set)
    last: Mutation | None = None
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
    waiting = [
        facet for facet in waiting if not (_is_spoken_of(facet, deriver, trial, enough) or _is_known_by(facet, deriver, trial))
    ]
    for facet in waiting:
        why = _why(facet, deriver)
        if why is not None and (why is not _TELLS or facet.element.id in trial.held):
            trial.reasons[facet.id] = why
        elif (unheld := _unheld(facet, deriver, trial)) is not None:  # of a type of R4 it follows from R4
            (trial.open if structure.is_profile else trial.reasons)[facet.id] = unheld
        else:
            trial.open[facet.id] = _NOT_FOUND
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


def _is_known_by(facet: Facet, deriver: Deriver, trial: Trial) -> bool:
    """Whether an extension is known by its URL: what is wrong with it is told no more when it has another."""
    spoiled = trial.last
    if facet.kind != "FIXED" or facet.element.path != "Extension.url" or spoiled is None:
        return False
    resource, url = spoiled.resource, deriver.structure.url
    for node in deriver.bench.typed(resource).walk():
        if node.type == "Extension" and node.text("url") == url:
            resource = replaced(resource, (*pointer(node), "url"), f"{url}-autre")
    trial.played += 1
    if is_tripped(spoiled.facet, deriver.bench.judge(resource, deriver.profiles)):
        return False
    trial.tripped[facet.id] = f"FIXED:{facet.element.id}:change"
    return True


def _unheld(facet: Facet, deriver: Deriver, trial: Trial) -> Text | None:
    """What keeps an element out of every valid resource made here."""
    element = facet.element
    if element.id in trial.held:
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
    if facet.name in ("closed", "openAtEnd", "ordered") and any(not deriver.slicer.tells(one, element) for one in element.slices):
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
    if element.path == "Extension.url" and element.id == element.path:
        return _KNOWN
    if slice_told_by(facet, deriver.tree) is not None:
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
    told = slice_told_by(Facet("BINDING", element, "", ""), deriver.tree)
    return told is not None and not deriver.writer.codes.is_certain(element.binding["valueset"])


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
_NOT_FOUND = Text("aucune des mutations jouées ne l'enfreint", "none of the mutations that were played breaks it")
_KNOWN = Text("c'est à son URL que l'extension se reconnaît", "it is by its URL that the extension is known")
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
        found = _tripping(mutator, facet, deriver, trial)
        if found is None and (told := slice_told_by(facet, deriver.tree)) is not None:
            found = next((one for one in mutator.of(facet) if _leaves(one, told, deriver, specimen, trial)), None)
        trial.rounds[facet.id] += trial.played > before
        if found is None:
            left.append(facet)
        else:
            trial.tripped[facet.id] = found.id
            trial.last = found if facet.kind not in ("CONTEXT", "SLICE") else trial.last
    return left


def _leaves(mutation: Mutation, slice_: Element, deriver: Deriver, specimen: Specimen, trial: Trial) -> bool:
    """Whether an element that is there still is no longer of the slice."""
    trial.played += 1
    met = deriver.bench.met(mutation.resource, deriver.structure, deriver.profiles)
    left = {pointer(node) for node, element in met if element is slice_}
    there = {pointer(node) for node in met[0][0].root.walk()} if met else set()
    return any(at in there and at not in left for at in (pointer(node) for node, element in specimen.met if element is slice_))


def _tripping(mutator: Mutator, facet: Facet, deriver: Deriver, trial: Trial) -> Mutation | None:
    """The first mutation that trips a facet; a later one, if it alone breaks nothing else."""
    first: Mutation | None = None
    more = 0
    for mutation in mutator.of(facet):
        trial.played += 1
        remarks = deriver.bench.judge(mutation.resource, deriver.profiles)
        if is_tripped(facet, remarks):
            if is_alone(facet, remarks):
                trial.alone.add(facet.id)
                return mutation
            first = first or mutation
        more += first is not None
        if more > _MORE:
            break
    return first
