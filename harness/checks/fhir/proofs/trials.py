"""Plays the mutations of a definition until each facet of it is tripped: by its own check, on its own element."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from ....model import Text
from ..shapes import Element, Structure
from .bench import Bench
from .editing import pointer, replaced
from .facets import Facet, Tree, facets_of, is_alone, is_tripped, slice_told_by
from .mutations import Mutation, Mutator
from .reasons import NOT_FOUND, TELLS, unheld, untrippable
from .specimens import Deriver, NotCarried, Specimen

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
        why = untrippable(facet, deriver)
        is_held = facet.element.id in trial.held
        if why is not None and (why is not TELLS or is_held):
            trial.reasons[facet.id] = why
        elif not is_held and (never := unheld(facet.element, deriver)) is not None:  # of a type of R4 it follows from R4
            (trial.open if structure.is_profile else trial.reasons)[facet.id] = never
        else:
            trial.open[facet.id] = NOT_FOUND
    return trial


def _is_spoken_of(facet: Facet, deriver: Deriver, trial: Trial, enough: Callable[[], bool]) -> bool:
    """Whether an invariant is tripped in a resource made for it."""
    if facet.kind != "INVARIANT" or trial.stopped or untrippable(facet, deriver) is not None:
        return False
    for specimen in deriver.speaking(facet.element, facet.constraint.expression):
        trial.rounds[facet.id] = 0
        if specimen.is_valid and not _play([facet], deriver, specimen, trial, enough):
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
