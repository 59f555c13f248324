"""Compiles the data files into the blobs of a pack: each file read and checked, profiles linked with what they use.

A file or profile that is wrong is kept as its error, which is raised when somebody asks for that file or profile: a mistake in a
scenario does not stop a document from being judged.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .. import collector
from ..errors import DataError
from ..model import Text
from . import code_tables, grids, scenarios
from .codec import is_kept_error, keep, to_plain
from .folders import DataFile, packaged
from .linking import Linker, LinkInput
from .pack import Pack, Written
from .patterns import matches
from .reading import read
from .shapes import Sheet, check_shape, schema_of
from .templates import Names

_VALUE_SETS = "profiles/**/valuesets/**/*.json"
_LABELS = "profiles/*/labels.json"
_TITLES = "profiles/cda/titles.yaml"
_REQUIREMENTS = "profiles/**/requirements.yaml"
Blobs = dict[str, Any]
_CHILD = re.compile(r"[\w.]+(?::[\w.]+)+")  # `code:CD`, `sdtc:id:II`: an element with its class


def compile_library(files: Mapping[str, DataFile], previous: Pack | None) -> Blobs:
    """Every blob of the library. previous: a pack of the same code, whose readings of unchanged files are taken over."""
    with collector.at_rest():  # a quarter of the time
        return _Compilation(files, previous).run()


class _Compilation:
    def __init__(self, files: Mapping[str, DataFile], previous: Pack | None) -> None:
        self.files = files
        self.previous = previous
        self.known: Mapping[str, str] = previous["digests"] if previous is not None else {}
        self.blobs: Blobs = {}
        self.digests: dict[str, str] = {}
        self.sheets: dict[str, Sheet] = {}
        self.errors: dict[str, DataError] = {}
        self.known_sets: Mapping[str, str] = (
            {file: id for id, file in previous["valuesets"].items()} if previous is not None else {}
        )
        self.known_oids: Mapping[str, str] = previous["oids of valuesets"] if previous is not None else {}
        self.same_sets: dict[str, str] = {}  # value sets whose file did not change: relative name -> id

    def run(self) -> Blobs:
        shipped = str(packaged())
        for relative, file in sorted(self.files.items(), key=lambda item: not item[1].path.startswith(shipped)):
            self.read(relative, file)  # of two files that are called alike, the person's own is told to be the second
        names, value_sets = self.value_sets(self.systems())
        self.blobs |= self.labels(value_sets)
        self.measures()
        self.titles()
        self.scenarios_and_grid()
        linker = Linker(LinkInput(self.sheets, self.digests, names, value_sets, self.errors, self.previous))
        self.blobs |= linker.blobs()
        self.blobs["digests"] = self.digests
        return self.blobs

    def wrong(self, relative: str, error: DataError) -> None:
        self.errors[relative] = error
        self.blobs[f"data:{relative}"] = keep(error)

    def read(self, relative: str, file: DataFile) -> None:
        content = Path(file.path).read_bytes()
        digest = self.digests[relative] = hashlib.sha256(content).hexdigest()
        if not relative.endswith((".yaml", ".yml", ".json")):
            return
        if self.known.get(relative) == digest and relative in self.known_sets:
            self.same_sets[relative] = self.known_sets[relative]
            return
        name = f"data:{relative}"
        try:
            data = self.taken_over(name, relative, digest)
            if data is None:
                data = read(content, file.path)
                check_shape(Sheet(relative, file.path, data))
        except DataError as error:
            self.wrong(relative, error)
            return
        self.sheets[relative] = Sheet(relative, file.path, data)
        self.blobs[name] = data

    def taken_over(self, name: str, relative: str, digest: str) -> Any:
        if self.previous is None or self.known.get(relative) != digest or name not in self.previous:
            return None
        data = self.previous[name]
        return None if is_kept_error(data) else data

    def systems(self) -> dict[str, tuple[str, str]]:
        systems: dict[str, tuple[str, str]] = {}
        forms: dict[str, str] = {}
        telling: list[str] = []
        for relative, sheet in self.sheets.items():
            if matches("profiles/*/systems.yaml", relative):
                systems |= {alias: (said["oid"], said["name"]) for alias, said in sheet.data.items()}
                forms |= {said["oid"]: said["codes"] for said in sheet.data.values() if "codes" in said}
                telling += [said["oid"] for said in sheet.data.values() if said.get("telling")]
        self.blobs["systems"] = systems
        self.blobs["code forms"] = forms
        self.blobs["telling systems"] = telling
        return systems

    def value_sets(self, systems: Mapping[str, tuple[str, str]]) -> tuple[Names, dict[str, str]]:
        """The names that data files may use, and the file of each value set."""
        files: dict[str, str] = {}
        oids: dict[str, str] = {}
        for relative in self.digests:  # whichever were compiled before, in one order: of two of one OID, the last is meant
            same = self.same_sets.get(relative) if self.previous is not None else None
            if same is None and not (relative in self.sheets and matches(_VALUE_SETS, relative)):
                continue
            identifier = same or self.sheets[relative].data["id"]
            if identifier in files:
                self.wrong(relative, _called_alike(self.files[relative], identifier, self.files[files[identifier]].path))
                continue
            files[identifier] = relative
            if same is not None and self.previous is not None:
                if identifier in self.known_oids:
                    oids[identifier] = self.known_oids[identifier]
                self.blobs[f"valueset:{identifier}"] = self.previous.written(f"valueset:{identifier}")
                continue
            del self.blobs[f"data:{relative}"]  # large, and JSON is read fast enough from the file
            try:
                built = code_tables.value_set(self.sheets[relative], systems)
            except DataError as error:
                self.blobs[f"valueset:{identifier}"] = keep(error)
            else:
                oids[identifier] = built.oid
                self.blobs[f"valueset:{identifier}"] = [
                    built.id,
                    built.oid,
                    built.version,
                    built.title,
                    dict(built.concepts),
                    dict(built.ended),
                ]
        self.blobs["valuesets"] = files
        self.blobs["oids of valuesets"] = oids
        self.blobs["valueset oids"] = {oid: identifier for identifier, oid in oids.items()}
        unread = tuple(error for relative, error in sorted(self.errors.items()) if matches(_VALUE_SETS, relative))
        named = {alias: oid for alias, (oid, _) in systems.items()}
        known = {identifier: oids.get(identifier, "") for identifier in files}
        return Names(named, known, self.elements(), self.types(), self.attributes(), unread), files

    def labels(self, value_sets: Iterable[str]) -> Blobs:
        if self.previous is not None and self.unchanged(_VALUE_SETS) and self.unchanged(_LABELS):
            return {name: self.previous.written(name) for name in self.previous if name.startswith(code_tables.LABEL_BLOBS)}
        return code_tables.label_blobs(self.published(value_sets), self.further())

    def unchanged(self, pattern: str) -> bool:
        """The files of these names, and no others, were there when the library was compiled before, and say the same."""
        then, now = ({name: said for name, said in some.items() if matches(pattern, name)} for some in (self.known, self.digests))
        return then == now

    def published(self, value_sets: Iterable[str]) -> code_tables.Concepts:
        for identifier in value_sets:
            blob = self.blobs[f"valueset:{identifier}"]
            if isinstance(blob, Written):
                blob = blob.read()
            if not is_kept_error(blob):
                yield from ((system, code, label) for (system, code), label in blob[4].items())

    def further(self) -> code_tables.Concepts:
        for relative, sheet in self.sheets.items():
            if matches(_LABELS, relative):
                systems = sheet.data["systems"]
                yield from ((systems[system], code, label) for system, code, label in sheet.data["concepts"])

    def measures(self) -> None:
        for relative, sheet in self.sheets.items():
            if matches("profiles/*/measures.yaml", relative):
                try:
                    self.blobs |= code_tables.measure_blobs(sheet, self.blobs["systems"])
                except DataError as error:
                    self.wrong(relative, error)

    def titles(self) -> None:
        self.blobs["titles"] = {}
        if (sheet := self.sheets.get(_TITLES)) is not None:
            try:
                self.blobs["titles"] = code_tables.title_patterns(sheet)
            except DataError as error:
                self.wrong(_TITLES, error)

    def elements(self) -> frozenset[str]:
        """Names of the elements of CDA, as paths write them: `code`, `sdtc:id`."""
        grammar = self.sheets.get("profiles/cda/grammar.yaml")
        if grammar is None:
            return frozenset()
        classes, groups = grammar.data["classes"].values(), grammar.data["groups"].values()
        rows = " ".join([*groups, *(said.get("children", "") for said in classes)])
        children = (name.rpartition(":")[0].removesuffix(":xs") for name in _CHILD.findall(rows))
        return frozenset((*grammar.data["root"], *children))

    def types(self) -> frozenset[str]:
        """What an xsi:type may name: data types, which are made of ANY, and no class of the model."""
        grammar = self.sheets.get("profiles/cda/grammar.yaml")
        classes: Mapping[str, Any] = grammar.data["classes"] if grammar is not None else {}

        def is_of_data(name: str) -> bool:
            return name == "ANY" or (name in classes and is_of_data(classes[name].get("is", "")))

        return frozenset(filter(is_of_data, classes))

    def attributes(self) -> dict[str, frozenset[str]]:
        """Names of the attributes of CDA, as paths write them: `code`, `xsi:type`; each with the values that one of its classes
        allows, none where one of them does not list these.
        """
        grammar = self.sheets.get("profiles/cda/grammar.yaml")
        if grammar is None:
            return {}
        listed: Mapping[str, Any] = grammar.data["values"]
        found: dict[str, list[frozenset[str]]] = {"xsi:type": [frozenset()]}
        for row in (said.get("attributes", {}) for said in grammar.data["classes"].values()):
            for name, form in row.items():
                if form != "forbidden":
                    values = form if isinstance(form, list) else [form[1:]] if form.startswith("=") else listed.get(form, ())
                    found.setdefault(name.rstrip("!"), []).append(frozenset(values))
        return {name: frozenset().union(*forms) if all(forms) else frozenset() for name, forms in found.items()}

    def requirements(self) -> frozenset[str]:
        """Ids of all that are written; none where one of their files cannot be read, which is then what is wrong."""
        if any(matches(_REQUIREMENTS, relative) for relative in self.errors):
            return frozenset()
        said = (sheet.data for relative, sheet in self.sheets.items() if matches(_REQUIREMENTS, relative))
        return frozenset(item["id"] for items in said for item in items)

    def scenarios_and_grid(self) -> None:
        played: dict[str, Any] = {}
        first: dict[str, Sheet] = {}  # by the id of the scenario
        known = self.requirements()
        before = self.previous["scenarios"] if self.previous is not None and self.unchanged(_REQUIREMENTS) else {}
        for relative, sheet in self.sheets.items():
            if matches("scenarios/**/*.yaml", relative):
                same = before.get(relative) if self.known.get(relative) == self.digests[relative] else None
                try:
                    scenario = same or to_plain(scenarios.scenario(sheet, known))
                    if (other := first.setdefault(sheet.data["id"], sheet)) is not sheet:
                        raise _called_alike(self.files[relative], sheet.data["id"], other.path)
                except DataError as error:
                    self.wrong(relative, error)
                else:
                    played[relative] = scenario
        self.blobs["scenarios"] = played
        grid = self.sheets.get("profiles/convergence/grid.yaml")
        if grid is not None:
            try:
                themes = self.themes()
                heads = (sheet.data for name, sheet in self.sheets.items() if schema_of(name) == "profile.json")
                profiles = frozenset(said["id"] for said in heads)
                files = sorted([grid.relative, *(sheet.relative for sheet in themes.values())])
                digest = hashlib.sha256("".join(self.digests[name] for name in files).encode()).hexdigest()
                self.blobs["grid"] = to_plain(grids.grid(grid, themes, digest, profiles))
            except DataError as error:
                self.blobs["grid"] = keep(error)

    def themes(self) -> dict[str, Sheet]:
        """The files of the grid's themes. Raises DataError for one that is wrong, and for the second of a theme."""
        found: dict[str, Sheet] = {}
        for relative in self.files:
            if schema_of(relative) == "grid-theme.json":
                if relative in self.errors:
                    raise self.errors[relative]
                sheet = self.sheets[relative]
                if sheet.data["theme"] in found:
                    other = found[sheet.data["theme"]].path
                    raise sheet.error(
                        ("theme",),
                        Text(
                            f"le thème {sheet.data['theme']} est aussi dans {other}",
                            f"theme {sheet.data['theme']} is in {other} too",
                        ),
                    )
                found[sheet.data["theme"]] = sheet
        return found


def _called_alike(file: DataFile, id: str, other: str) -> DataError:
    """The error for two files of one id: a run would play both, a constraint would be judged with either."""
    sheet = Sheet(file.relative, file.path, None)
    return sheet.error(
        ("id",),
        Text(f"« {id} » est aussi dans {other}", f"{id!r} is in {other} too"),
        Text(
            "Donner un autre id à l'un, ou à son fichier le nom de l'autre pour en prendre la place.",
            "Give one of them another id, or its file the name of the other to take its place.",
        ),
    )
