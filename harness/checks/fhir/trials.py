"""Plays the mutations of a definition until each facet of it is tripped: by its own check, on its own element."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...model import Severity, Text
from .bench import Bench
from .facets import Facet, facets_of, is_idle, tells_slices
from .mutations import Mutation, Mutator
from .remarks import Remark
from .shapes import Structure, Structures
from .specimens import Deriver, Specimen


@dataclass(slots=True)
class Trial:
    """What mutations showed of one definition.

    facets: ids of all; tripped: each with the mutation that did it; reasons: why the others were not; faults: what is wrong
    with the specimen that holds all, when it could not be made valid; played: how many mutations were judged.
    """

    canonical: str
    facets: list[str] = field(default_factory=list)
    tripped: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, Text] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    played: int = 0


def tried(bench: Bench, structure: Structure) -> Trial:
    trial = Trial(structure.canonical)
    try:
        deriver = Deriver(bench, structure)
    except LookupError as error:
        trial.faults.append(str(error))
        return trial
    waiting = list(facets_of(deriver.tree))
    trial.facets = [facet.id for facet in waiting]
    for specimen in deriver.specimens():
        if not specimen.is_valid:
            trial.faults += [f"{one.rule} {one.node.path}: {one.message.en}" for one in specimen.errors[:3]]
            continue
        waiting = _play(waiting, deriver, specimen, trial)
        if not waiting:
            break
    trial.reasons = {facet.id: why for facet in waiting if (why := _why(facet, deriver)) is not None}
    return trial


def _why(facet: Facet, deriver: Deriver) -> Text | None:
    """Why no mutation can trip a facet by itself, None when it should have been tripped."""
    structures = deriver.bench.structures
    element = facet.element
    if facet.kind == "PROFILE":
        named = [structures.structure(canonical) for canonical in element.profiles[facet.name]]
        if not all(named):
            return _UNKNOWN
        if any(one is not None and is_idle(one, structures) for one in named):
            return _IDLE
    if facet.kind == "CONTEXT" and _stands_anywhere(deriver.structure, structures):
        return _ANYWHERE
    if facet.name == "closed" and element.choice and set(element.types) <= {type for one in element.slices for type in one.types}:
        return _TYPED
    if element.path == "Extension.url" or tells_slices(element, deriver.tree):
        return _TELLS
    return None


def _stands_anywhere(extension: Structure, structures: Structures) -> bool:
    """Whether one of its contexts is every element, or no path of FHIR, against which nothing can be said."""
    return any(
        kind == "fhirpath" or expression == "Element" or structures.type(expression.rpartition("#")[2].partition(".")[0]) is None
        for kind, expression in extension.data["context"]
        if kind != "extension"
    )


_ANYWHERE = Text("l'extension peut être partout", "the extension may stand anywhere")
_TYPED = Text("chaque type admis a sa tranche", "each type that is admitted has its slice")
_UNKNOWN = Text("aucun paquet installé ne donne le profil", "no installed package gives the profile")
_IDLE = Text("le profil ne demande rien de plus que R4", "the profile asks nothing that R4 does not")
_TELLS = Text(
    "c'est à lui que la tranche se reconnaît : autre, l'élément n'en est plus",
    "it is what the slice is told by: with another, the element is no longer of it",
)


def _play(waiting: list[Facet], deriver: Deriver, specimen: Specimen, trial: Trial) -> list[Facet]:
    mutator = Mutator(deriver, specimen)
    left: list[Facet] = []
    for facet in waiting:
        found = next((one for one in mutator.of(facet) if _trips(one, deriver, trial)), None)
        if found is None:
            left.append(facet)
        else:
            trial.tripped[facet.id] = found.id
    return left


def _trips(mutation: Mutation, deriver: Deriver, trial: Trial) -> bool:
    trial.played += 1
    remarks = deriver.bench.judge(mutation.resource, deriver.profiles)
    return is_tripped(mutation.facet, remarks)


def is_tripped(facet: Facet, remarks: Sequence[Remark]) -> bool:
    """Whether one of the remarks is that of the facet itself."""
    if facet.kind == "PROFILE":
        named = {canonical.partition("|")[0] for canonical in facet.element.profiles[facet.name]}
        return any(
            remark.severity is Severity.ERROR
            and (
                remark.requirement.partition("#")[0] in named
                or (remark.rule, remark.requirement) == (facet.rule, facet.requirement)
            )
            for remark in remarks
        )
    return any(remark.rule == facet.rule and remark.requirement == facet.requirement for remark in remarks)
