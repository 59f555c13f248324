"""Specimens of a definition: a valid resource with all that it speaks of, and others for what that one cannot hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import field

from .....documents.fhir_tree import Node
from .....values import dataclass
from ...remarks import Remark
from ...shapes import Element, Structure
from ..bench import Bench
from ..editing import Json, pointer
from ..facets import Tree, is_of_every_element, own_elements
from .carrying import Carrier, carrier_of
from .codes import Codes
from .expressions import names_in
from .mending import Mender
from .plans import Plan, Wants
from .referring import Bundled, Contained
from .swaying import Swayer
from .writing import Writer
from .written import written_elements


@dataclass(frozen=True, slots=True)
class Specimen:
    """errors: what is wrong with it still; met: its nodes, each with the element of the definition that it is."""

    content: Json
    errors: tuple[Remark, ...]
    met: list[tuple[Node, Element]] = field(repr=False)

    @property
    def is_valid(self) -> bool:
        return not self.errors


class Deriver:
    """Derives specimens of one definition: of a resource type, a data type or an extension, of R4 or a profile."""

    def __init__(self, bench: Bench, structure: Structure) -> None:
        self.bench = bench
        self.structure = structure
        self.tree = Tree(structure, bench.structures)
        self.writer = Writer(bench.structures, Codes(bench.terminology), written_elements())
        self.carrier: Carrier = carrier_of(structure, bench, self.writer)
        self.profiles = self.carrier.profiles
        self.slicer = bench.slicer
        mine = {element.id for element in self.tree if not is_of_every_element(element)}
        self._wanted = own_elements(self.tree) if structure.is_profile else mine
        self.swayer = Swayer(bench, self.writer)
        self._mender = Mender(bench, self.writer, self.swayer, self.profiles)

    def full(self) -> Specimen:
        """All that the definition speaks of."""
        return self._derived(self._wanted)

    def minimal(self) -> Specimen:
        return self._derived(())

    def aimed(self, element: Element, type: str = "") -> Specimen:
        """What has to be there, and this element, of a type where it has several."""
        chain = self.tree.ids_above(element)
        self.writer.preferred = {element.id: type} if type else {}
        made = self._derived(chain, chain)
        self.writer.preferred = {}
        return made

    def specimens(self) -> Iterator[Specimen]:
        """The full one, then one for each element of which none so far holds anything."""
        specimen = self.full()
        yield specimen
        held = {element.id for _, element in specimen.met} if specimen.is_valid else set()
        for element in self.tree:
            if element.id in held or element.max == 0 or element.id not in self._wanted:
                continue
            specimen = self.aimed(element)
            if specimen.is_valid:
                held |= {one.id for _, one in specimen.met}
                yield specimen
        yield from self._of_other_types()

    def speaking(self, element: Element, expression: str) -> Iterator[Specimen]:
        """For an invariant of an element: with all that it names, then with each by itself; of choices, each type in its turn."""
        names, here = names_in(expression), self.tree.ids_above(element)
        inside = [one for one in self.tree if one.name in names and element.id in self.tree.ids_above(one)]
        yield self._derived(here.union(*map(self.tree.ids_above, inside)), here)
        for one in (element, *inside):
            yield from (self.aimed(one, type) for type in (one.types if one.choice else ("",)))

    def _of_other_types(self) -> Iterator[Specimen]:
        """Of a choice, each type of which more is asked."""
        for element in self.tree:
            told = {*element.profiles, *(type for type, targets in element.targets.items() if targets)}
            for type in element.types if element.choice and len(element.types) > 1 and element.id in self._wanted else ():
                if type in told and (specimen := self.aimed(element, type)).is_valid:
                    yield specimen

    def _derived(self, ids: Collection[str], kept: Collection[str] = ()) -> Specimen:
        """ids: of elements to write beside what is required; kept: of those that are not to be taken away."""
        structure = self.structure

        def wants(element: Element) -> bool:
            return element.structure is structure and element.id in ids

        referred: Bundled | Contained
        if structure.type == "Bundle":
            referred = Bundled(self.writer, self.bench.structures, _speaks_of_all(self.bench), self._mend_entry, structure)
        else:
            referred = Contained(self.writer, self.bench.structures, self.carrier.holder or structure)
        if self.carrier.holder is None:
            content = referred.finish(self.writer.resource(structure, Plan(referred, wants), _id(structure)))
        else:
            content = referred.finish(self.carrier.carry(self.writer.content(structure, Plan(referred, wants))))
        met = self.bench.met(content, structure, self.profiles) if kept else []
        places = [pointer(node) for node, element in met if element.id in kept]
        content, errors = self._mender.mended(content, referred, places)
        return Specimen(content, tuple(errors), self.bench.met(content, structure, self.profiles))

    def _mend_entry(self, content: Json, structure: Structure, referred: Bundled) -> Json:
        profiles = (structure.canonical,) if structure.is_profile else ()
        return Mender(self.bench, self.writer, self.swayer, profiles).mended(content, referred)[0]


def _id(structure: Structure) -> str:
    return "" if structure.type == "Parameters" else "specimen"


def _speaks_of_all(bench: Bench) -> Wants:
    """Of a Composition in a document: with all that its profile speaks of, so that entries are linked to it."""
    known: dict[str, set[str]] = {}

    def wants(element: Element) -> bool:
        structure = element.structure
        if not structure.is_profile:
            return False
        if structure.canonical not in known:
            known[structure.canonical] = own_elements(Tree(structure, bench.structures))
        return element.id in known[structure.canonical]

    return wants
