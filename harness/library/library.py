"""The library of profiles, scenarios and fixtures, opened from its compiled form and read only as far as it is asked."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path, PurePosixPath
from types import CodeType
from typing import TYPE_CHECKING, Any

from ..errors import DataError, UsageError
from ..model import Mutation, Profile, ProfileHead, ProfilePart, Requirement, Template, Text
from ..remembered import remembered
from . import folders
from .claimed_templates import ClaimedTemplates
from .codec import from_plain, is_kept_error, unless_error
from .compiled import Compiled
from .derived import DerivedRequirements
from .folders import DataFile
from .in_force import NOT_TO_BE_IMPLEMENTED, is_in_force, latest
from .nearest import nearest, suggestion
from .overlooked import overlooked
from .patterns import matches
from .tables import Tables

if TYPE_CHECKING:
    from ..model import Constraint, Grid, Scenario

_FAMILY = re.compile(r"profiles/[^/]+/(sections|entries|parts)/")
_TEMPLATE_FOLDER = re.compile(r"profiles/.+/(sections|entries|parts)(?=/)")
_ALL_PROFILES = Text("`harness profiles list` les montre tous.", "`harness profiles list` shows them all.")


class Library(Tables):
    """Read only. Two libraries opened on the same files answer the same; nothing is read before it is asked for."""

    def __init__(self, files: Mapping[str, DataFile], compiled: Compiled, told: Callable[[Text], None] | None = None) -> None:
        super().__init__(compiled)
        self.told = told
        self._files = files

    @classmethod
    def open(cls, home: Path | None = None, data: Path | None = None, *, told: Callable[[Text], None] | None = None) -> Library:
        """Opens the data that travels with the package and, over it, what the user's data folder adds.

        home: the user's data folder, HARNESS_HOME unless given, where the compiled form is kept; data: another folder of
        profiles/, scenarios/ and fixtures/ in place of the package's own; told: hears what of home nothing reads, and that a
        compiled form cannot be kept.
        Compiles what changed since the last time.
        """
        own = folders.home() if home is None else home
        files = folders.listing(tuple(dict.fromkeys((data or folders.packaged(), own))))
        if told is not None:
            mine = [file for file in files.values() if file.path.startswith(f"{own}{os.sep}")]
            for said in overlooked(mine, files):
                told(said)
        return cls(files, Compiled.open(files, own / "cache", told), told)

    # ---------------------------------------------------------- profiles

    @remembered
    def heads(self) -> tuple[ProfileHead, ...]:
        """Every profile's head, by coordinate. Raises DataError when a profile.yaml is wrong."""
        for error in self._compiled["head errors"]:
            unless_error(error)
        return tuple(sorted((from_plain(head) for head in self._compiled["heads"]), key=lambda head: head.coordinate))

    def recognition_program(self) -> CodeType:
        """What the FHIRPath of heads was written to (`fhirpath.program.together`)."""
        code: CodeType = self._compiled["recognition program"]
        return code

    def head(self, name: str, at: date) -> ProfileHead:
        """`cda/vsm@2022.01`, or `cda/vsm` for the latest version in force at a date. Raises UsageError naming the nearest."""
        wanted, _, version = name.partition("@")
        versions = [head for head in self.heads() if head.id == wanted]
        if not versions:
            ids = {head.id for head in self.heads()}
            meant = [id for id in ids if id.endswith(f"/{wanted}")] or nearest(wanted, ids, 1)  # `vsm` for cda/vsm
            hint = suggestion(meant[0], meant) if meant else _ALL_PROFILES
            raise UsageError(Text(f"profil inconnu : {name}", f"unknown profile: {name}"), hint)
        if version:
            for head in versions:
                if head.version == version:
                    return head
            message = Text(f"le profil {wanted} n'a pas de version {version}", f"profile {wanted} has no version {version}")
            raise UsageError(message, suggestion(version, [head.version for head in versions]))
        active = [head for head in versions if is_in_force(head, at) and head.status not in NOT_TO_BE_IMPLEMENTED]
        if not active:
            known = ", ".join(head.coordinate for head in versions)
            message = Text(f"aucune version de {wanted} n'est en vigueur le {at}", f"no version of {wanted} is in force on {at}")
            raise UsageError(message, Text(f"En nommer une : {known}.", f"Name one: {known}."))
        return latest(active)

    def _head(self, name: str) -> ProfileHead:
        """By coordinate, or the latest version whatever the date. Raises UsageError naming the nearest."""
        versions = [head for head in self.heads() if name in (head.coordinate, head.id)]
        return latest(versions) if versions else self.head(name, date.max)

    def profile(self, coordinate: str) -> Profile:
        """A profile and all it extends. Raises DataError when one of its files is wrong, UsageError when there is none."""
        head = self._head(coordinate)
        linked = self._profile_blob(head.coordinate)
        parts: list[ProfilePart] = []
        mutations: list[Mutation] = []
        excused: dict[str, Text] = {}
        for part, own_mutations, own_excused in map(self._part, linked["lineage"]):
            parts.append(part)
            mutations += own_mutations
            excused |= own_excused
        templates = ClaimedTemplates(self._compiled, linked["templates"])
        written = {item.id: item for ancestor in linked["lineage"] for item in self._requirements(ancestor)}
        return Profile(
            head=head,
            parts=tuple(parts),
            templates=templates,
            mutations=tuple(mutations),
            requirements=DerivedRequirements(written, [one for part in parts for one in part.constraints], templates),
            digest=linked["digest"],
            excused=excused,
        )

    @remembered
    def _part(self, coordinate: str) -> tuple[ProfilePart, list[Mutation], dict[str, Text]]:
        """What a profile says itself, its mutations and what it excuses; kept, for most extend the same."""
        blob = self._profile_blob(coordinate)
        constraints, rules = from_plain(blob["constraints"]), from_plain(blob["rules"])
        part = ProfilePart(tuple(constraints), blob["constraint program"], tuple(rules), blob["rule program"])
        return part, from_plain(blob["mutations"]), from_plain(blob["unproved"])

    def lineage(self, coordinate: str) -> tuple[ProfileHead, ...]:
        """What a profile extends, itself last. Raises DataError when one of its files is wrong."""
        return tuple(self._head(name) for name in self._profile_blob(self._head(coordinate).coordinate)["lineage"])

    def own_part(self, coordinate: str) -> Profile:
        """A profile with what its own folder says and nothing else: what is to be proved in its name.

        Templates of the family's own folders are those of the most general profile that judges bodies and that no document claims.
        """
        whole = self.profile(coordinate)
        linked = self._profile_blob(whole.head.coordinate)
        folder = self.folder(whole.head)
        above = self.lineage(coordinate)[:-1]
        shared = f"profiles/{whole.head.id.partition('/')[0]}"
        scopes = {folder + "/sections", folder + "/entries", folder + "/parts"}
        if whole.head.judges_body and not whole.head.is_claimed and not any(head.judges_body for head in above):
            scopes |= {shared + "/sections", shared + "/entries", shared + "/parts"}
        files = {
            root: own for root, names in linked["templates"].items() if (own := [name for name in names if _scope(name) in scopes])
        }
        return replace(
            whole,
            parts=whole.parts[-1:],
            mutations=tuple(from_plain(linked["mutations"])),
            excused=from_plain(linked["unproved"]),
            templates=ClaimedTemplates(self._compiled, files),
        )

    def own_requirements(self, coordinate: str) -> Mapping[str, Requirement]:
        """Those that a profile adds to what it extends: written, and of its own constraints and templates."""
        own = self.own_part(coordinate)
        written = {item.id: item for item in self._requirements(own.head.coordinate)}
        return DerivedRequirements(written, own.constraints, own.templates)

    def folder(self, head: ProfileHead) -> str:
        """Relative name of the folder in which a profile is declared."""
        return self._folders[head.coordinate]

    @cached_property
    def _folders(self) -> Mapping[str, str]:
        """By coordinate; of two files of one, the first."""
        found: dict[str, str] = {}
        for declared in self.files("profiles/**/profile.yaml"):
            said = self._compiled[f"data:{declared}"]
            if not is_kept_error(said):
                found.setdefault(f"{said['id']}@{said['version']}", declared.rpartition("/")[0])
        return found

    def templates(self) -> tuple[str, ...]:
        """Relative names of the files of sections, entries and parts that a volet may take up: those of its family, and the
        person's own.
        """
        shipped = str(folders.packaged())
        return tuple(
            name
            for name, file in self._files.items()
            if f"template:{name}" in self._compiled and (_FAMILY.match(name) or not file.path.startswith(shipped))
        )

    def template(self, relative: str) -> Template:
        found: Template = from_plain(self._compiled[f"template:{relative}"])
        return found

    def unread(self, head: ProfileHead | None = None) -> list[Path]:
        """Data files that nothing reads, of a profile's folder or of all: their names or folders are none of
        docs/profile-format.md.
        """
        from .shapes import is_read  # only for who proves a profile

        folder = self.folder(head) if head is not None else "profiles"
        data = (name for name in self.files(f"{folder}/**/*") if name.endswith((".yaml", ".yml", ".json")))
        return [self.path(name) for name in data if not is_read(name) and "/specimens/" not in name]

    def places(self, head: ProfileHead) -> Mapping[str, str]:
        """`file:line` of what a profile says itself, by id: constraints, templates, rules, requirements; by none, profile.yaml."""
        from . import templates  # only for who proves a profile
        from .reading import line_of
        from .shapes import Sheet, schema_of

        found: dict[str, str] = {}
        for relative in self.files(f"{self.folder(head)}/**/*.yaml"):
            schema, sheet = schema_of(relative), Sheet(relative, str(self.path(relative)), None)
            data = self.data(relative)
            if schema == "constraints.json":
                where = list(templates.places(data, (), f"{head.id.rpartition('/')[2]}:"))
            elif schema == "template.json":
                where = [(data["id"], ("template",)), *templates.places(data["constraints"], ("constraints",), f"{data['id']}:")]
            elif schema in ("rules.json", "requirements.json"):
                where = [(item["id"], (number,)) for number, item in enumerate(data)]
            else:
                where = [("", ("recognise",))] if schema == "profile.json" else []
            lines = sheet.lines() if where else {}
            found |= {id: f"{sheet.path}:{line_of(place, lines)}" for id, place in where}
        return found

    def rule_error(self, coordinate: str, rule: str, key: str, message: Text, hint: Text) -> DataError:
        """The error to raise about what a rule says under a key, at its line: of the profile's own, else of one that it extends."""
        from .shapes import Sheet  # only when something is wrong

        for name in reversed(self._profile_blob(coordinate)["lineage"]):
            relative = f"{self.folder(self._head(name))}/rules.yaml"
            said = self.data(relative) if relative in self._files else []
            for number, item in enumerate(said):
                if item["id"] == rule:
                    return Sheet(relative, self._files[relative].path, said).error((number, key), message, hint)
        raise AssertionError(f"{coordinate} has no rule {rule}")

    def requirements(self) -> Mapping[str, Requirement]:
        """Written requirements of every profile, by id."""
        return {item.id: item for head in self.heads() for item in self._requirements(head.coordinate)}

    def rule_ids(self) -> Iterator[str]:
        """Of the written rules of every profile."""
        for relative in self.files("profiles/**/rules.yaml"):
            yield from (rule["id"] for rule in self.data(relative))

    def constraint_ids(self) -> Iterator[str]:
        """Of the constraints of every CDA profile and template."""
        constraints: list[Constraint] = []
        files: dict[str, dict[str, None]] = {}  # of templates, by root, each once
        for head in self.heads():
            if head.kind == "cda":
                linked = self._profile_blob(head.coordinate)
                constraints += from_plain(linked["constraints"])
                for root, names in linked["templates"].items():
                    files.setdefault(root, {}).update(dict.fromkeys(names))
        yield from DerivedRequirements(
            {}, constraints, ClaimedTemplates(self._compiled, {root: list(files[root]) for root in files})
        )

    def _requirements(self, coordinate: str) -> list[Requirement]:
        found: list[Requirement] = from_plain(self._compiled[f"requirements:{coordinate}"])
        return found

    def _profile_blob(self, coordinate: str) -> dict[str, Any]:
        found: dict[str, Any] = unless_error(self._compiled[f"profile:{coordinate}"])
        return found

    def grammar(self) -> Mapping[str, Any]:
        """The parsed grammar.yaml. Raises UsageError when there is none."""
        found: Mapping[str, Any] = self.data("profiles/cda/grammar.yaml")
        return found

    # ---------------------------------------------------------- scenarios and grid

    def scenarios(self) -> tuple[Scenario, ...]:
        """By id. Raises DataError when a scenario's file is wrong."""
        for relative in self.files("scenarios/**/*.yaml"):
            unless_error(self._compiled[f"data:{relative}"])
        found = [from_plain(item) for item in self._compiled["scenarios"].values()]
        return tuple(sorted(found, key=lambda scenario: scenario.id))

    def grid(self) -> Grid:
        """The maturity grid. Raises DataError when it is wrong or absent."""
        if "grid" in self._compiled:
            found: Grid = from_plain(unless_error(self._compiled["grid"]))
            return found
        self.data("profiles/convergence/grid.yaml")
        raise AssertionError("a grid that could be read was not compiled")

    # ---------------------------------------------------------- any data file

    def data(self, relative: str) -> Any:
        """What a YAML or JSON data file says, as plain data (dates are text). Raises DataError or, when absent, UsageError."""
        if f"data:{relative}" in self._compiled:
            return unless_error(self._compiled[f"data:{relative}"])
        from .reading import read

        path = self.path(relative)
        return read(path.read_bytes(), str(path))

    @remembered
    def files(self, pattern: str) -> tuple[str, ...]:
        """Relative names that match, sorted. `*` stays in one folder, `**` crosses folders."""
        return tuple(relative for relative in self._files if matches(pattern, relative))

    def named(self, pattern: str) -> dict[str, str]:
        """The same, by their own name without its ending, which is the id of what they hold."""
        return {PurePosixPath(relative).stem: relative for relative in self.files(pattern)}

    def path(self, relative: str) -> Path:
        """The file itself. Raises UsageError naming the nearest when there is none."""
        if relative not in self._files:
            message = Text(f"fichier de données absent : {relative}", f"no such data file: {relative}")
            raise UsageError(message, suggestion(relative, self._files))
        return Path(self._files[relative].path)


def _scope(template: str) -> str:
    """`profiles/cda/sections` of a template's file, folders inside left out."""
    found = _TEMPLATE_FOLDER.match(template)
    return found[0] if found else ""
