"""Definitions by canonical, from all installed packages: these are opened at once, each definition is read when needed."""

from __future__ import annotations

import marshal
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

from ...model import Text
from ...remembered import latest_remembered, remembered
from ...values import dataclass
from ..pack import DamagedPack, Pack, pack, unpack
from . import installed, versions
from .addresses import folded
from .compiling import BASE
from .index import CODE_SYSTEMS, INDEX, MEASURES, PROGRAMS, QUESTIONNAIRES, SEARCH_PARAMETERS, STRUCTURES, VALUE_SETS, Row
from .scopes import Scopes

if TYPE_CHECKING:
    from .neighbours import Neighbours

GUIDE = "ImplementationGuide"
R4 = "4.0.1"
_HELD = 256  # value sets and code systems kept read; structures are all kept
_NOS = "https://mos.esante.gouv.fr/NOS/"  # of the French agency (ANS)


@dataclass(frozen=True, slots=True)
class Held:
    """One definition that is there. package: `name#version`; whole: a StructureDefinition with its snapshot."""

    url: str
    version: str
    name: str
    type: str
    kind: str
    derivation: str
    whole: bool
    package: str
    blob: str
    source: int

    @property
    def canonical(self) -> str:
        return f"{self.url}|{self.version}" if self.version else self.url


class Definitions:
    """What is known of FHIR on this machine: nothing at all when no package was added.

    A canonical `url|version` gives that version, else the last of the same major version, which `stand_ins` then tells; `url` alone
    gives the last release there is, and that of R4 for what R4 itself defines. What a definition names without version is read with
    the version that its package means (`scopes`). Loose definitions (`with_resources`) come first.
    global_profiles: by type, those that a loose guide asks of every resource it covers; unfinished: why a definition cannot judge,
    by URL; beside: name and content of resources given with loose definitions, which define nothing: references may lead to them.
    """

    def __init__(
        self,
        sources: Iterable[tuple[str, str, str, Pack]] = (),
        dependencies: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """sources: name, version, digest and pack of each package; dependencies: theirs, by `name#version`."""
        self._sources = list(sources)
        self._dependencies = dependencies or {}
        self._indexes: list[dict[str, dict[str, list[Row]]]] = [opened[INDEX] for _, _, _, opened in self._sources]
        self._structures: dict[str, dict[str, Any] | None] = {}
        self.stand_ins: dict[str, str] = {}
        self.unfinished: dict[str, Text] = {}
        self.global_profiles: dict[str, list[str]] = {}
        self.beside: list[tuple[str, bytes]] = []

    @classmethod
    def open(cls, home: Path | None = None, told: Callable[[Text], None] | None = None) -> Definitions:
        """Those of HARNESS_HOME. told: hears that their compiled form cannot be kept.

        Raises UnreadableDocument when a package is damaged.
        """
        found = list(installed.opened(home, told))
        sources = [(package.name, package.version, package.digest, opened) for package, opened in found]
        return cls(sources, {package.id: package.dependencies for package, _ in found})

    def with_resources(self, resources: Iterable[tuple[str, Mapping[str, Any]]]) -> Definitions:
        """These and loose StructureDefinitions, ValueSets and CodeSystems (file, plain JSON), which take the place of namesakes."""
        from .packing import compiled  # only when definitions are compiled

        given = list(resources)
        blobs, _ = compiled(given)
        made = unpack(pack(blobs))
        loose = [] if made is None else [("", "", "", made)]
        whole = Definitions([*loose, *self._sources], self._dependencies)
        for _, guide in given:
            for asked in guide.get("global", ()) if guide.get("resourceType") == GUIDE else ():
                if isinstance(asked, dict) and {"type", "profile"} <= asked.keys():
                    whole.global_profiles.setdefault(str(asked["type"]), []).append(str(asked["profile"]))
        return whole

    @property
    def packages(self) -> list[tuple[str, str, str]]:
        """Name, version and digest of each."""
        return [(name, version, digest) for name, version, digest, _ in self._sources if name]

    def structure(self, canonical: str) -> dict[str, Any] | None:
        """The compiled StructureDefinition (see `compiling.compile_structure`), None when it is not there."""
        if canonical not in self._structures:
            self._structures[canonical] = None  # a profile that comes from itself has no base
            found = self._read(STRUCTURES, canonical)
            self._structures[canonical] = None if found is None else self._with_elements(*found)
        return self._structures[canonical]

    def type(self, name: str) -> dict[str, Any] | None:
        """R4's own definition of a resource or data type."""
        return self.structure(BASE + name)

    def program(self, key: str) -> CodeType | tuple[str, str, int] | None:
        """What an invariant was written to (see `fhirpath.program.programs`), None when no package holds it."""
        for programs in self._programs:
            if key in programs:
                code: CodeType | tuple[str, str, int] = marshal.loads(programs[key])  # noqa: S302 - of the pack, checked by its CRC
                return code
        return None

    @cached_property
    def _programs(self) -> list[dict[str, bytes]]:
        return [opened[PROGRAMS] for _, _, _, opened in self._sources]

    def value_set(self, canonical: str) -> dict[str, Any] | None:
        return self._other(VALUE_SETS, canonical)

    def code_system(self, canonical: str) -> dict[str, Any] | None:
        return self._other(CODE_SYSTEMS, canonical)

    def questionnaire(self, canonical: str) -> dict[str, Any] | None:
        """As published, without its narrative."""
        return self._other(QUESTIONNAIRES, canonical)

    def measure(self, canonical: str) -> dict[str, Any] | None:
        """As published, without its narrative."""
        return self._other(MEASURES, canonical)

    def search_parameter(self, canonical: str) -> dict[str, Any] | None:
        """{"url", "type", "base"}."""
        return self._other(SEARCH_PARAMETERS, canonical)

    def supplements(self, url: str) -> list[dict[str, Any]]:
        """The compiled CodeSystems that add wordings and properties to the concepts of another."""
        read = (self._other(CODE_SYSTEMS, held.canonical) for held in self._supplements.get(url, ()))
        return [found for found in read if found is not None]

    @cached_property
    def _supplements(self) -> Mapping[str, list[Held]]:
        """By the address of the code system that they add to."""
        found: defaultdict[str, list[Held]] = defaultdict(list)
        for number, index in enumerate(self._indexes):
            for row in (row for rows in index[CODE_SYSTEMS].values() for row in rows if row[4]):
                found[row[4].partition("|")[0]].append(self._held(row, number))
        return found

    def canonical_versions(self, url: str) -> list[str]:
        """Of a structure, value set, code system or questionnaire, the oldest first."""
        found = {row[1] for index in self._indexes for by_url in index.values() for row in by_url.get(url, ())}
        return sorted(found, key=versions.order)

    def republished(self, url: str) -> str | None:
        """The canonical, with its version, of the last definition that another package than R4's has of one of R4's own."""
        known = self.canonical_versions(url)
        last = versions.newest(one for one in known if one != R4) if R4 in known else None
        return f"{url}|{last}" if last else None

    def namesake(self, kind: str, url: str) -> str | None:
        """The address of a definition at hand that this one only differs from by its scheme, `www.`, case, `_` or a last `/`."""
        known = self._folded(kind).get(folded(url))
        return None if known == url else known

    @remembered
    def _folded(self, kind: str) -> Mapping[str, str]:
        return {folded(known): known for index in self._indexes for known in index[kind]}

    @remembered
    def neighbours(self, *, extensions: bool) -> Neighbours:
        """What stands near an address that none of the extensions, or of the other profiles, has."""
        from .neighbours import Neighbours  # only where an address is unknown

        structures = enumerate(index[STRUCTURES] for index in self._indexes)
        return Neighbours(
            (row[0], f"{self._sources[number][0]}#{self._sources[number][1]}")
            for number, by_url in structures
            for rows in by_url.values()
            for row in rows
            if row[6] == "constraint" and (row[4] == "Extension") == extensions
        )

    def system_meant(self, url: str) -> str | None:
        """The code system whose address was probably meant by one that none has."""
        return self._systems.slipped(url)

    @cached_property
    def _systems(self) -> Neighbours:
        from .neighbours import Neighbours

        return Neighbours((known, "") for index in self._indexes for known in index[CODE_SYSTEMS])

    @cached_property
    def systems_by_oid(self) -> Mapping[str, str]:
        """How FHIR calls the code systems of the NOS, which documents in CDA call by their OID."""
        urls = sorted({url for index in self._indexes for url in index[CODE_SYSTEMS] if url.startswith(_NOS)})
        found = ((url, self.code_system(url)) for url in urls)
        return {system["oid"]: url for url, system in found if system is not None and system["oid"]}

    def sort(self, url: str) -> str:
        """What an address is of (`structures`, `value_sets`, …), empty when nothing at hand has it."""
        return next((sort for index in self._indexes for sort, by_url in index.items() if url in by_url), "")

    def profiles(self, type: str = "") -> Iterator[Held]:
        """The constraints on a type, or on every type."""
        for number, index in enumerate(self._indexes):
            for rows in index[STRUCTURES].values():
                for row in rows:
                    if row[6] == "constraint" and (not type or row[4] == type):
                        yield self._held(row, number)

    def find(self, kind: str, canonical: str) -> Held | None:
        """What `structure`, `value_set` or `code_system` (the kind: "structures", ...) would read."""
        url, _, version = canonical.partition("|")
        held = [self._held(row, number) for number, index in enumerate(self._indexes) for row in index[kind].get(url, ())]
        if not held:
            return None
        loose = [one for one in held if not one.package.strip("#")]
        if not version:
            wanted = R4 if url.startswith(BASE) and any(one.version == R4 for one in held) else None
            return next((one for one in held if one.version == wanted), None) or (loose or sorted(held, key=_age))[-1]
        if exact := [one for one in held if one.version == version]:
            return next((one for one in exact if one.whole), exact[0])
        close = [one for one in sorted(held, key=_age) if _stands_for(one.version, version)]
        return close[-1] if close else None

    @cached_property
    def _scopes(self) -> Scopes:
        return Scopes([(name, version) for name, version, _, _ in self._sources], self._indexes, self._dependencies)

    def _read(self, kind: str, canonical: str) -> tuple[dict[str, Any], int] | None:
        """A definition and the number of the package that holds it."""
        held = self.find(kind, canonical)
        if held is None:
            return None
        version = canonical.partition("|")[2]
        if version and version != held.version:
            self.stand_ins[canonical] = held.canonical
        try:
            plain: dict[str, Any] = self._sources[held.source][3][held.blob]
        except (DamagedPack, EOFError, ValueError, TypeError):
            return None
        return self._scopes.pinned(kind, plain, held.source), held.source

    def _with_elements(self, plain: dict[str, Any], source: int) -> dict[str, Any]:
        """Published without snapshot: its elements are made from those of its base, or `unfinished` tells why not."""
        if plain["elements"] or not plain.get("differential"):
            return plain
        from . import snapshots  # for few profiles only

        base = self.structure(plain["base"])
        try:
            if base is None and self.find(STRUCTURES, plain["base"]) is not None:
                raise snapshots.NoSnapshot(
                    Text("elle vient d'elle-même, de base en base", "it comes from itself, from base to base")
                )
            if base is not None and not base["elements"] and (why := self.unfinished.get(base["url"])) is not None:
                raise snapshots.NoSnapshot(Text(f"{base['url']} : {why.fr}", f"{base['url']}: {why.en}"))
            if base is None or not base["elements"]:
                raise snapshots.NoSnapshot(Text(f"{plain['base']} n'est pas installé", f"{plain['base']} is not installed"))
            made = snapshots.elements(plain["differential"], base, self.structure)
        except snapshots.NoSnapshot as error:
            self.unfinished[plain["url"]] = error.why
            return plain
        except (KeyError, TypeError, ValueError, AttributeError):
            self.unfinished[plain["url"]] = Text("un de ses éléments est mal formé", "one of its elements is malformed")
            return plain
        return self._scopes.pinned(STRUCTURES, plain | {"elements": made}, source)

    def _held(self, row: Row, source: int) -> Held:
        url, version, blob, name, type_, kind, derivation, whole = row
        package, package_version, _, _ = self._sources[source]
        return Held(url, version, name, type_, kind, derivation, whole, f"{package}#{package_version}", blob, source)

    @latest_remembered(_HELD)
    def _other(self, kind: str, canonical: str) -> dict[str, Any] | None:
        found = self._read(kind, canonical)
        return None if found is None else found[0]


def _age(held: Held) -> tuple[bool, bool, versions.Key]:
    """The last of a list sorted by it is the one to take: what can judge before what cannot, a release before a draft."""
    return held.whole, versions.is_release(held.version), versions.order(held.version)


def _stands_for(version: str, wanted: str) -> bool:
    return version.startswith(f"{wanted}.") or (bool(version) and versions.major(version) == versions.major(wanted))
