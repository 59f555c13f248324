"""What rules and profiles look up: value sets, and what is known of the codes of a system."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ..errors import UsageError
from ..model import Measure, Text, ValueSet
from ..remembered import latest_remembered, remembered
from .codec import unless_error
from .compiled import Compiled
from .nearest import suggestion

_SYSTEMS = 1024  # of which tables are kept: documents may name any


class Tables:
    """Each table is read when it is first needed, and kept."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled

    @remembered
    def value_set(self, id: str) -> ValueSet:
        """Raises UsageError naming the nearest when there is none."""
        if f"valueset:{id}" not in self._compiled:
            message = Text(f"jeu de valeurs inconnu : {id}", f"unknown value set: {id}")
            raise UsageError(message, suggestion(id, self._compiled["valuesets"]))
        return ValueSet(*unless_error(self._compiled[f"valueset:{id}"]))

    def published_set(self, name: str) -> ValueSet | None:
        """By OID or by name; None when there is none."""
        id = self.value_set_oids().get(name, name)
        return self.value_set(id) if f"valueset:{id}" in self._compiled else None

    def value_set_ids(self) -> tuple[str, ...]:
        return tuple(self._compiled["valuesets"])

    def value_set_oids(self) -> Mapping[str, str]:
        """OID -> id of a value set."""
        found: dict[str, str] = self._compiled["valueset oids"]
        return found

    @latest_remembered(_SYSTEMS)
    def labels(self, system: str) -> Mapping[str, str]:
        """Code -> the labels under which value sets publish it, one a line; nothing of a code system (an OID) that none holds."""
        return self._table(f"labels:{system}")

    @latest_remembered(_SYSTEMS)
    def further_labels(self, system: str) -> Mapping[str, str]:
        """Code -> the labels that labels.json adds, one a line."""
        return self._table(f"further labels:{system}")

    @latest_remembered(_SYSTEMS)
    def labelled(self, system: str) -> Mapping[str, str]:
        """Label, as labels are compared -> the codes that bear it, one a line."""
        return self._table(f"labelled:{system}")

    @latest_remembered(_SYSTEMS)
    def measures(self, system: str) -> Mapping[str, Measure]:
        """Code of a code system (an OID) -> what its value can be (measures.yaml)."""
        return {code: Measure(*row) for code, row in self._compiled.get(f"measures:{system}", {}).items()}

    def titles_of_others(self, code: str) -> str:
        """The pattern of what titles of a type of document are not, empty of a type that has none (titles.yaml)."""
        patterns: Mapping[str, str] = self._compiled["titles"]
        return patterns.get(code, "")

    def guides(self) -> Sequence[Mapping[str, str]]:
        """How canonicals begin, with the package of each (guides.yaml)."""
        found: Sequence[Mapping[str, str]] = unless_error(self._compiled.get("data:profiles/fhir/guides.yaml", ()))
        return found

    def code_form(self, system: str) -> str:
        """The pattern of the codes of a code system (an OID), empty where none is known (systems.yaml)."""
        forms: Mapping[str, str] = self._compiled["code forms"]
        return forms.get(system, "")

    def telling_systems(self) -> Collection[str]:
        """OIDs of the code systems whose codes are known by their form (systems.yaml)."""
        found: Collection[str] = self._compiled["telling systems"]
        return found

    def _table(self, name: str) -> Mapping[str, str]:
        found: Mapping[str, str] = self._compiled.get(name, {})
        return found

    @remembered
    def systems(self) -> Mapping[str, tuple[str, str]]:
        """Name used in data files -> (OID, name as documents write it)."""
        found: dict[str, tuple[str, str]] = self._compiled["systems"]
        return found
