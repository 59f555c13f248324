"""Links profiles: what each one extends, the templates it may meet, the value sets it names, and whether its parts agree."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from types import CodeType
from typing import Any

from ..errors import DataError
from ..model import ProfileHead, Text
from ..values import dataclass
from . import profiles, templates
from .agreement import check_agreement, unknown
from .codec import is_kept_error, keep, to_plain
from .fhirpath.names import Mode
from .fhirpath.program import together
from .functions import FUNCTIONS
from .in_force import latest
from .linked import Linked
from .nearest import suggestion
from .nested import walk
from .pack import Pack
from .patterns import matches
from .placeholders import placeholders
from .programs.constraints import constraint_program
from .programs.rules import rule_program
from .shapes import Sheet

_TEMPLATE_FOLDERS = re.compile(r"(?P<scope>profiles/.+)/(?P<kind>sections|entries|parts)/.*")


@dataclass(frozen=True, slots=True)
class LinkInput:
    """sheets, digests: by relative name; value_sets: id -> relative name; errors: of files that could not be read.

    previous: what was compiled last by the same code, from which templates whose file did not change are taken over.
    """

    sheets: Mapping[str, Sheet]
    digests: Mapping[str, str]
    names: templates.Names
    value_sets: Mapping[str, str]
    errors: Mapping[str, DataError]
    previous: Pack | None = None


@dataclass(frozen=True, slots=True)
class _TemplateFile:
    """constraints: their ids; value_sets: those that they name; compiled: the template as plain data, or as it was written."""

    relative: str
    scope: str
    kind: str
    id: str
    roots: tuple[str, ...]
    constraints: frozenset[str]
    value_sets: frozenset[str]
    compiled: Any

    @property
    def summary(self) -> tuple[Any, ...]:
        return self.id, self.roots, tuple(self.constraints), tuple(self.value_sets)


class Linker:
    def __init__(self, given: LinkInput) -> None:
        self.given = given
        self.errors: dict[str, DataError] = dict(given.errors)
        self.names = given.names.digest()
        self._of_all = {name for name in given.digests if matches("profiles/cda/{grammar,systems,measures,titles}.yaml", name)}
        previous = given.previous
        same_names = previous is not None and "names" in previous and previous["names"] == self.names
        self._known: Mapping[str, str] = previous["digests"] if previous is not None and same_names else {}
        self.templates = self._templates()
        self.profiles = self._profiles()

    def blobs(self) -> dict[str, Any]:
        found: dict[str, Any] = {"names": self.names}
        for file in self.templates:
            found[f"template:{file.relative}"] = file.compiled
            found[f"summary:{file.relative}"] = file.summary
        found["heads"] = [to_plain(linked.head) for linked in self.profiles.values()]
        known = (said for linked in self.profiles.values() for said in _expressions(linked.head))
        found["recognition program"] = together((said, "truth") for said in known)
        found["head errors"] = [keep(error) for name, error in self.errors.items() if name.endswith("/profile.yaml")]
        for coordinate, linked in self.profiles.items():
            try:
                found[f"profile:{coordinate}"] = self._profile(linked)
            except DataError as error:
                found[f"profile:{coordinate}"] = keep(error)
            found[f"requirements:{coordinate}"] = [to_plain(requirement) for requirement in linked.requirements]
        return found

    # ---------------------------------------------------------- the parts, file by file

    def _templates(self) -> list[_TemplateFile]:
        found: dict[str, _TemplateFile] = {}
        for relative, sheet in self.given.sheets.items():
            place = _TEMPLATE_FOLDERS.fullmatch(relative)
            if place is None or relative.endswith(".json"):
                continue
            try:
                file = self._template(sheet, place["scope"], place["kind"])
                if file.id in found:
                    raise sheet.error(("id",), _also_in(file.id, found[file.id].relative))
            except DataError as error:
                self.errors[relative] = error
                continue
            found[file.id] = file
        return list(found.values())

    def _template(self, sheet: Sheet, scope: str, kind: str) -> _TemplateFile:
        name, previous = sheet.relative, self.given.previous
        if self._known.get(name) == self.given.digests[name] and previous is not None and f"summary:{name}" in previous:
            id, roots, constraints, value_sets = previous[f"summary:{name}"]
            compiled = previous.written(f"template:{name}")
            return _TemplateFile(name, scope, kind, id, roots, frozenset(constraints), frozenset(value_sets), compiled)
        roots, template = templates.template(sheet, self.given.names)
        constraints = list(walk(template.constraints))
        return _TemplateFile(
            relative=name,
            scope=scope,
            kind=kind,
            id=template.id,
            roots=roots,
            constraints=frozenset(constraint.id for constraint in constraints),
            value_sets=frozenset(constraint.valueset for constraint in constraints if constraint.valueset is not None),
            compiled=to_plain(template),
        )

    def _profiles(self) -> dict[str, Linked]:
        found: dict[str, Linked] = {}
        for relative, sheet in self.given.sheets.items():
            if not matches("profiles/**/profile.yaml", relative):
                continue
            try:
                head = profiles.head(sheet, self.given.names)
                if head.coordinate in found:
                    raise sheet.error(("version",), _also_in(head.coordinate, found[head.coordinate].sheet.relative))
            except DataError as error:
                self.errors[relative] = error
                continue
            found[head.coordinate] = self._own_parts(Linked(head, sheet))
        return found

    def _own_parts(self, linked: Linked) -> Linked:
        names = self.given.names
        readers: dict[str, Callable[[Sheet], Any]] = {
            "constraints": lambda sheet: templates.profile_constraints(sheet, names, linked.head),
            "rules": profiles.rules,
            "mutations": profiles.mutations,
            "requirements": profiles.requirements,
            "unproved": profiles.unproved,
        }
        linked.files.add(linked.sheet.relative)
        for part, reader in readers.items():
            relative = f"{linked.folder}/{part}.yaml"
            if relative in self.given.digests:
                linked.files.add(relative)
            sheet = self.given.sheets.get(relative)
            if sheet is None:
                continue
            try:
                setattr(linked, part, reader(sheet))
            except DataError as error:
                self.errors[relative] = error
        return linked

    # ---------------------------------------------------------- a profile with all it extends

    def _profile(self, linked: Linked) -> dict[str, Any]:
        lineage = [self.profiles[name] for name in self._lineage(linked, ())]
        met = self._templates_of(lineage)
        files = {name for ancestor in lineage for name in ancestor.files} | {file.relative for file in met}
        self._raise_first_error(files, lineage)
        digest = self._digest(files | self._value_set_files(lineage, met) | self._of_all)
        before = self._before(linked)
        if before is not None and before["digest"] == digest:
            return before
        own = before if before is not None and before["own digest"] == self._digest(linked.files) else None
        constraints = (file.constraints for file in met)
        names = self.given.names
        check_agreement(linked, lineage, constraints, self.given.sheets, names=names, read_before=own is not None)
        by_root: dict[str, list[str]] = {}
        for file in met:
            for root in file.roots:
                by_root.setdefault(root, []).append(file.relative)
        return {
            **(own or self._compiled_part(linked)),
            "lineage": [ancestor.head.coordinate for ancestor in lineage],
            "templates": by_root,
            "digest": digest,
        }

    def _compiled_part(self, linked: Linked) -> dict[str, Any]:
        """What a profile says itself."""
        return {
            "own digest": self._digest(linked.files),
            "constraints": [to_plain(constraint) for constraint in linked.constraints],
            "rules": [to_plain(rule) for rule in linked.rules],
            "constraint program": constraint_program(linked.constraints),
            "rule program": _rule_program(linked),
            "mutations": [to_plain(mutation) for mutation in linked.mutations],
            "unproved": to_plain(dict(linked.unproved)),
        }

    def _before(self, linked: Linked) -> dict[str, Any] | None:
        """The profile as it was linked in the library compiled before."""
        name, previous = f"profile:{linked.head.coordinate}", self.given.previous
        if previous is None or not self._known or name not in previous:
            return None
        found = previous[name]
        return None if is_kept_error(found) else found

    def _lineage(self, linked: Linked, below: tuple[str, ...]) -> list[str]:
        own = linked.head.coordinate
        if own in below:
            circle = " → ".join([*below, own])
            raise linked.sheet.error(("extends",), Text(f"{own} s'étend lui-même : {circle}", f"{own} extends itself: {circle}"))
        found: list[str] = []
        for number, name in enumerate(linked.head.extends):
            ancestor = self._named(name)
            if ancestor is None:
                family, _, _ = name.partition("@")
                versions = [coordinate for coordinate, item in self.profiles.items() if item.head.id == family]
                hint = suggestion(name, versions or {item.head.id for item in self.profiles.values()})
                raise linked.sheet.error(("extends", number), unknown("profil inconnu", "profile", name), hint)
            found += [item for item in self._lineage(ancestor, (*below, own)) if item not in found]
        return [*found, own]

    def _named(self, name: str) -> Linked | None:
        if "@" in name:
            return self.profiles.get(name)
        versions = [item.head for item in self.profiles.values() if item.head.id == name]
        return self.profiles[latest(versions).coordinate] if versions else None

    def _templates_of(self, lineage: list[Linked]) -> list[_TemplateFile]:
        """Those of the family's own folders and of the lineage's; sections and entries only where the body is judged."""
        kinds, scopes = _kinds_and_scopes(lineage)
        return [file for file in self.templates if file.kind in kinds and file.scope in scopes]

    def _raise_first_error(self, files: Iterable[str], lineage: list[Linked]) -> None:
        """Of the files that make the profile, templates that could not be read among them."""
        family = f"profiles/{lineage[-1].head.id.partition('/')[0]}"
        kinds, scopes = _kinds_and_scopes(lineage)
        concerned = set(files)
        tables = {f"{family}/{table}.yaml" for table in ("systems", "measures", "titles")}
        for relative, error in sorted(self.errors.items()):
            place = _TEMPLATE_FOLDERS.fullmatch(relative)
            is_template = place is not None and place["scope"] in scopes and place["kind"] in kinds
            is_own_set = any(relative.startswith(f"{item.folder}/valuesets/") for item in lineage)
            if relative in concerned or is_template or is_own_set or relative in tables:
                raise error

    def _value_set_files(self, lineage: list[Linked], templates: list[_TemplateFile]) -> set[str]:
        named = frozenset[str]().union(*(item.named for item in lineage), *(file.value_sets for file in templates))
        return {self.given.value_sets[name] for name in named if name in self.given.value_sets}

    def _digest(self, files: set[str]) -> str:
        lines = "".join(f"{self.given.digests[name]}  {name}\n" for name in sorted(files))
        return hashlib.sha256(lines.encode()).hexdigest()


def _kinds_and_scopes(lineage: list[Linked]) -> tuple[tuple[str, ...], set[str]]:
    """Which templates a profile meets: of which folders, and where these stand."""
    head = lineage[-1].head
    kinds = ("sections", "entries", "parts") if head.judges_body else ("parts",)
    return kinds, {f"profiles/{head.id.partition('/')[0]}"} | {item.folder for item in lineage}


def _rule_program(linked: Linked) -> CodeType:
    if linked.head.kind != "fhir":
        return rule_program(linked.parsed, FUNCTIONS)
    asked: list[tuple[str, Mode]] = []
    for rule in linked.rules:
        asked += [(rule.context, "items"), (rule.test, "truth")]
        for text in (rule.message.fr, rule.message.en, rule.hint.fr, rule.hint.en):
            asked += [(inside, "items") for inside in placeholders(text)]
    return together(asked)


def _also_in(name: str, file: str) -> Text:
    return Text(f"« {name} » est aussi dans {file}", f"{name!r} is also in {file}")


def _expressions(head: ProfileHead) -> tuple[str, ...]:
    """By which a FHIR document is recognised, and what it follows."""
    return (*head.when, *(when for _, when, _ in head.follow))
