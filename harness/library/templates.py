"""Templates and constraints from data files whose shape was checked: ids derived, names of code systems resolved to OIDs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any

from ..errors import DataError
from ..model import (
    AttributeFact,
    Constraint,
    Level,
    ProfileHead,
    Source,
    Template,
    Text,
    Where,
)
from ..values import dataclass
from .nearest import is_it, slipped, suggestion
from .pieces import optional_text, source, text
from .programs.constraints import constraint_program
from .reading import Place
from .shapes import Sheet

_OID = re.compile(r"[0-2](\.[0-9]+)+")
_PRESENCES = ("required", "optional", "forbidden")
_WHERE_KEYS = ("template", "has", "lacks", "null", "type", "not", "any")
_SYSTEM_ATTRIBUTES = ("codeSystem", "root")
_TO_FIND = Text("`harness profiles find MOT` en cherche un.", "`harness profiles find WORD` looks for one.")
_ID_LENGTH = 90


@dataclass(frozen=True, slots=True)
class Names:
    """What data files may call by name.

    systems: alias -> OID; value_sets: id -> OID; elements, types: of CDA, none where it has no grammar; attributes: likewise, each
    with its values where these are listed; unread: why files of value sets could not be read, whose ids are not known.
    """

    systems: Mapping[str, str]
    value_sets: Mapping[str, str]
    elements: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    attributes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unread: tuple[DataError, ...] = ()

    def system(self, sheet: Sheet, at: Place, name: str) -> str:
        """The OID of a code system, from its name or itself. Raises DataError."""
        if name in self.systems:
            return self.systems[name]
        if _OID.fullmatch(name):
            return name
        message = Text(f"système de codage inconnu « {name} »", f"unknown code system {name!r}")
        raise sheet.error(at, message, suggestion(name, self.systems))

    def value_set(self, sheet: Sheet, at: Place, name: str) -> str:
        """A name that is one. Raises DataError."""
        if name in self.value_sets:
            return name
        if self.unread:  # it may well be the one meant
            raise self.unread[0]
        message = Text(f"jeu de valeurs inconnu « {name} »", f"unknown value set {name!r}")
        of_oid = next((known for known, oid in self.value_sets.items() if oid == name), None)
        called = Text(f"Il s'appelle ici {of_oid}.", f"It is called {of_oid} here.")
        raise sheet.error(at, message, called if of_oid else suggestion(name, self.value_sets, _TO_FIND))

    def element(self, sheet: Sheet, at: Place, name: str) -> None:
        """Raises DataError for one that CDA does not have."""
        if not self.elements or name in self.elements:
            return
        message = Text(f"CDA n'a pas d'élément « {name} »", f"CDA has no element {name!r}")
        prefix, _, bare = name.rpartition(":")
        meant = Text(f"Est-ce {bare}, sans préfixe ?", f"Did you mean {bare}, without a prefix?")
        raise sheet.error(at, message, meant if prefix and bare in self.elements else suggestion(name, self.elements))

    def attribute(self, sheet: Sheet, at: Place, name: str, values: Iterable[str] = ()) -> None:
        """Raises DataError for one that CDA does not have, and for a value that none of that name can have."""
        if not self.attributes:
            return
        if name not in self.attributes:
            message = Text(f"CDA n'a pas d'attribut « {name} »", f"CDA has no attribute {name!r}")
            raise sheet.error(at, message, suggestion(name, self.attributes))
        known = self.attributes[name]
        for value in values:
            if known and value not in known:
                message = Text(f"aucun {name} de CDA ne vaut « {value} »", f"no {name} of CDA is {value!r}")
                raise sheet.error(at, message, suggestion(value, known))

    def digest(self) -> str:
        """Changes with any name."""
        unread = [str(error) for error in self.unread]
        attributes = [(name, sorted(values)) for name, values in self.attributes.items()]
        systems, value_sets = sorted(self.systems.items()), sorted(self.value_sets.items())
        said = (systems, value_sets, sorted(self.elements), sorted(self.types), sorted(attributes), unread)
        return hashlib.sha256(repr(said).encode()).hexdigest()


def template(sheet: Sheet, names: Names) -> tuple[tuple[str, ...], Template]:
    """The template of a file and every root it is claimed by, its own first."""
    data = sheet.data
    said = source(data["source"])
    also = data.get("also", [])
    builder = _Builder(sheet, names, said)
    builder.path(("element",), data["element"])
    constraints = builder.constraints(("constraints",), data["constraints"], f"{data['id']}:")
    built = Template(
        id=data["id"],
        root=data["template"],
        extension=data.get("extension"),
        element=data["element"],
        name=text(data["name"]),
        source=said,
        constraints=constraints,
        program=constraint_program(constraints),
    )
    return (data["template"], *([also] if isinstance(also, str) else also)), built


def profile_constraints(sheet: Sheet, names: Names, profile: ProfileHead) -> tuple[Constraint, ...]:
    """Constraints on ClinicalDocument; their ids begin with the name of the profile without its family: `header:realmCode`."""
    return _Builder(sheet, names, profile.source).constraints((), sheet.data, f"{profile.id.rpartition('/')[2]}:")


def places(items: list[dict[str, Any]], at: Place, prefix: str) -> Iterator[tuple[str, Place]]:
    """The ids of constraints, as a file writes them, and where in it each stands."""
    for number, item in enumerate(items):
        own = f"{prefix}{item.get('id') or _derived_id(item)}"
        yield own, (*at, number)
        yield from places(item.get("each", []), (*at, number, "each"), f"{own}/")


class _Builder:
    """Builds the constraints of one file. Raises DataError at the line of what it cannot understand."""

    def __init__(self, sheet: Sheet, names: Names, default_source: Source) -> None:
        self.sheet = sheet
        self.names = names
        self.source = default_source

    def constraints(self, at: Place, items: list[dict[str, Any]], prefix: str) -> tuple[Constraint, ...]:
        built: dict[str, Constraint] = {}
        for number, item in enumerate(items):
            constraint = self.constraint((*at, number), item, prefix)
            if constraint.id in built:
                message = Text(
                    f"deux contraintes s'appellent ici « {constraint.id} »", f"two constraints here are called {constraint.id!r}"
                )
                hint = Text("Donner à l'une un `id:` à elle.", "Give one of them an `id:` of its own.")
                raise self.sheet.error((*at, number), message, hint)
            built[constraint.id] = constraint
        return tuple(built.values())

    def constraint(self, at: Place, item: dict[str, Any], prefix: str) -> Constraint:
        where = self.where((*at, "where"), item["where"]) if "where" in item else None
        own = f"{prefix}{item.get('id') or _derived_id(item)}"
        low, high = self.card((*at, "card"), item.get("card"))
        codes, labels = self.codes((*at, "code"), item.get("code"))
        return Constraint(
            id=own,
            path=item["path"] if high == 0 else self.path((*at, "path"), item["path"]),
            where=where,
            when=self.where((*at, "when"), item["when"]) if "when" in item else None,
            low=low,
            high=high,
            codes=codes,
            labels=labels,
            systems=tuple(self.system((*at, "system"), name) for name in _listed(item.get("system"))),
            types=self.types((*at, "type"), item.get("type")),
            valueset=self.valueset((*at, "valueset"), item.get("valueset")),
            attributes={
                name: self.fact((*at, "attributes", name), said, name) for name, said in item.get("attributes", {}).items()
            },
            text=self.fact((*at, "text"), item["text"], "") if "text" in item else None,
            null_flavor=self.null_flavors((*at, "null_flavor"), item.get("null_flavor")),
            each=self.constraints((*at, "each"), item.get("each", []), f"{own}/"),
            level=Level(item.get("level", "must")),
            message=optional_text(item.get("message")),
            hint=optional_text(item.get("hint")),
            source=source(item["source"]) if "source" in item else self.source,
        )

    def path(self, at: Place, said: str) -> str:
        """Its steps are names of elements that CDA has (what is forbidden may be one that it has not)."""
        for step in said.split("/"):
            if step not in ("", ".", "..", "*"):
                self.names.element(self.sheet, at, step)
        return said

    def path_to_attribute(self, at: Place, said: str) -> None:
        """Of a condition: it may end with an attribute, `value/@code`. What names nothing of CDA would hold of no document."""
        path, _, attribute = said.partition("@")
        self.path(at, path.rstrip("/"))
        if attribute:
            self.names.attribute(self.sheet, at, attribute)

    def where(self, at: Place, said: dict[str, Any]) -> Where:
        for name, values in said.items():
            self._refuse_system_as_code((*at, name), name, values)
            for path in _listed(values) if name in ("has", "lacks") else ():
                self.path_to_attribute((*at, name), path)
            if name not in _WHERE_KEYS:
                path, _, attribute = name.rpartition("@")
                self.path((*at, name), path.rstrip("/"))
                self.names.attribute(self.sheet, (*at, name), attribute, _listed(values))
        attributes = {
            name: tuple(self.system_or_value(name, value) for value in _listed(values))
            for name, values in said.items()
            if name not in _WHERE_KEYS
        }
        return Where(
            attributes=attributes,
            template=said.get("template"),
            has=_listed(said.get("has")),
            lacks=_listed(said.get("lacks")),
            null_flavor=said.get("null"),
            types=self.types((*at, "type"), said.get("type")),
            negated=self.where((*at, "not"), said["not"]) if "not" in said else None,
            any=tuple(self.where((*at, "any", number), item) for number, item in enumerate(said.get("any", ()))),
        )

    def card(self, at: Place, said: str | None) -> tuple[int | None, int | None]:
        if said is None:
            return None, None
        low, _, high = said.partition("..")
        if high != "*" and int(high) < int(low):
            message = Text(f"la cardinalité {said} finit avant son début", f"cardinality {said} ends below its beginning")
            raise self.sheet.error(at, message)
        return int(low), None if high == "*" else int(high)

    def codes(self, at: Place, said: list[Any] | None) -> tuple[tuple[tuple[str, str], ...], dict[str, str]]:
        items = [] if said is None else [said] if isinstance(said[0], str) else said
        for code, system, *_ in items:
            if code in self.names.systems and system not in self.names.systems and not _OID.fullmatch(system):
                message = Text(f"« {code} » est un système de codage", f"{code!r} is a code system")
                raise self.sheet.error(at, message, Text(f"Écrire [{system}, {code}].", f"Write [{system}, {code}]."))
        codes = tuple((item[0], self.system(at, item[1])) for item in items)
        return codes, {item[0]: item[2] for item in items if len(item) == 3}

    def system(self, at: Place, name: str) -> str:
        return self.names.system(self.sheet, at, name)

    def system_or_value(self, attribute: str, value: str) -> str:
        return self.names.systems.get(value, value) if attribute.rpartition("@")[2] in _SYSTEM_ATTRIBUTES else value

    def _refuse_system_as_code(self, at: Place, attribute: str, values: Any) -> None:
        """In `where` a list is of codes that are allowed, and not a code with its system, as in `code`."""
        if attribute.rpartition("@")[2] != "code" or not isinstance(values, list):
            return
        system = next((value for value in values if value in self.names.systems), None)
        if system is not None:
            message = Text(
                f"« {system} » est un système de codage, et une liste donne ici des codes au choix",
                f"{system!r} is a code system, and a list here is of codes that are allowed",
            )
            wanted = f"{{code/@code: {values[0]!r}, code/@codeSystem: {system}}}"
            raise self.sheet.error(at, message, Text(f"Écrire {wanted}.", f"Write {wanted}."))

    def types(self, at: Place, said: str | list[str] | None) -> tuple[str, ...]:
        for name in _listed(said):
            if self.names.types and name not in self.names.types:
                message = Text(f"CDA n'a pas de type de données « {name} »", f"CDA has no data type {name!r}")
                raise self.sheet.error(at, message, suggestion(name, self.names.types))
        return _listed(said)

    def valueset(self, at: Place, name: str | None) -> str | None:
        return None if name is None else self.names.value_set(self.sheet, at, name)

    def null_flavors(self, at: Place, said: str | list[str] | None) -> tuple[str, ...] | None:
        if said is None:
            return None
        found = () if said == "forbidden" else _listed(said)
        self.names.attribute(self.sheet, at, "nullFlavor", found)
        return found

    def fact(self, at: Place, said: Any, name: str) -> AttributeFact:
        """name: of the attribute; empty of the text of an element."""
        if said in _PRESENCES:
            return AttributeFact(said)
        values = _listed(said.get("values")) if isinstance(said, dict) else _listed(said)
        if name:
            self.names.attribute(self.sheet, at, name, values)
        if isinstance(said, str) and (meant := slipped(said, _PRESENCES)):
            message = Text(f"« {said} » serait ici une valeur", f"{said!r} would be a value here")
            raise self.sheet.error(at, message, is_it(meant))
        values = tuple(self.system_or_value(name, value) for value in values)
        if not isinstance(said, dict):
            return AttributeFact("required", values)
        self.pattern((*at, "pattern"), said.get("pattern"))
        return AttributeFact(said.get("presence", "required"), values, said.get("pattern"))

    def pattern(self, at: Place, said: str | None) -> None:
        try:
            re.compile(said or "")
        except re.error as error:
            message = Text(f"expression régulière illisible : {said}", f"not a regular expression: {said} ({error})")
            hint = Text(
                "Un crochet ou une parenthèse n'y est pas fermé, ou un * ou un + n'y suit rien.",
                "A bracket or a parenthesis is not closed in it, or a * or a + follows nothing.",
            )
            raise self.sheet.error(at, message, hint) from None


def _listed(said: str | Iterable[str] | None) -> tuple[str, ...]:
    if said is None:
        return ()
    return (said,) if isinstance(said, str) else tuple(said)


def _derived_id(item: Mapping[str, Any]) -> str:
    """The last part of an id: the path and, in brackets, what `where` selects by: `templateId[1.2.250.1.213.1.1.1.1]`."""
    path = "self" if item["path"] == "." else item["path"]
    selected = f"[{_where_words(item['where'])}]" if "where" in item else ""
    return re.sub(r"\s+", "-", f"{path}{selected}")[:_ID_LENGTH]


def _where_words(said: Mapping[str, Any]) -> str:
    words: list[str] = []
    for key, value in said.items():
        match key:
            case "null":
                words.append("null" if value else "not-null")
            case "lacks":
                words.append(f"no-{'|'.join(_listed(value))}")
            case "not":
                words.append(f"not({_where_words(value)})")
            case "any":
                words.append("|".join(_where_words(item) for item in value))
            case _:
                words.append("|".join(_listed(value)))
    return ",".join(words)
