"""The concepts that constraints allow: of their codes, value sets and systems, the one that all of them have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml import etree

from ....library import Library
from ....library.nested import walk
from ....model import Constraint, Template
from ...codes.forms import CodeForms
from . import samples
from .tree import claimed

Concept = tuple[tuple[str, str], str]
"""(system, code), label."""


class Concepts:
    def __init__(self, library: Library, templates: Mapping[str, tuple[Template, ...]]) -> None:
        self._library = library
        self._templates = templates
        self.is_of = CodeForms(library).holds

    def common(self, asked: Sequence[Constraint], code: str, system: str) -> Concept | None:
        """The concept that all allow; the one that is there, or of the same code or system, before others."""
        sets = [concepts for constraint in asked for concepts in self._of(constraint)]
        systems = [constraint.systems for constraint in asked if constraint.systems]
        said = (constraint.attributes.get("codeSystem") for constraint in asked)
        systems += [fact.values for fact in said if fact is not None and fact.values]
        if not sets:
            if not systems or system in systems[0]:
                return None
            wanted = next((one for one in systems[0] if all(one in those for those in systems)), systems[0][0])
            if label := self._published(code, wanted):
                return (wanted, code), label
            known = samples.CODES.get(wanted, (code or samples.CODE, samples.LABEL))
            return (wanted, known[0]), known[1]
        common = [
            key
            for key in sets[0]
            if all(key in those for those in sets[1:]) and all(not key[0] or key[0] in those for those in systems)
        ]
        if not common:
            common = list(sets[-1])
        labels = {key: label for concepts in reversed(sets) for key, label in concepts.items() if label}
        chosen = min(common, key=lambda key: (key != (system, code), key[1] != code, key[0] != system))
        return chosen, labels.get(chosen) or self.label(chosen[1], chosen[0])

    def label(self, code: str, system: str) -> str:
        """Under which a code is published."""
        return self._published(code, system) or samples.LABEL

    def _published(self, code: str, system: str) -> str:
        found = self._library.labels(system).get(code) or self._library.further_labels(system).get(code) or ""
        return found.partition("\n")[0]

    def name_system(self, element: etree._Element, code: str) -> None:
        """The system of a code, as the constraints of the templates claimed above it know it, else the one that publishes it."""
        for above in element.iterancestors():
            for constraint in (one for template in claimed(above, self._templates) for one in walk(template.constraints)):
                for concepts in self._of(constraint):
                    for (system, one), label in concepts.items():
                        if one == code:
                            element.set("codeSystem", system)
                            element.set("displayName", label or self.label(code, system))
                            return
        for system in samples.SYSTEMS:
            if label := self._published(code, system):
                element.set("codeSystem", system)
                element.set("displayName", label)
                return

    def _of(self, constraint: Constraint) -> list[Mapping[tuple[str, str], str]]:
        found: list[Mapping[tuple[str, str], str]] = []
        if constraint.codes:
            found.append({(system, code): constraint.labels.get(code, "") for code, system in constraint.codes})
        if constraint.valueset is not None and (concepts := self._library.value_set(constraint.valueset).concepts):
            found.append(concepts)
        return found
