"""Whether the parts of a profile agree: every requirement, rule and check that is named exists, every expression is one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ..model import Rule, Text
from . import xpath
from .functions import arguments, functions
from .nearest import suggestion
from .nested import walk
from .shapes import Sheet

if TYPE_CHECKING:
    from .linking import Linked

FACETS = ("card", "code", "system", "label", "type", "valueset", "attributes", "text", "null", "retired")
_FUNCTION = re.compile(r"\b(h:[a-zA-Z0-9-]+)\s*\(")


def check_agreement(
    linked: Linked,
    lineage: Sequence[Linked],
    templates: Iterable[frozenset[str]],
    sheets: Mapping[str, Sheet],
    *,
    read_before: bool,
) -> None:
    """Raises DataError at the first thing that names what is not there, or is no expression.

    lineage: what it extends, itself last; templates: ids of the constraints of each that it may meet; read_before: its own files
    did not change since their expressions were read. What is read is kept in `linked.parsed`.
    """
    own = frozenset(constraint.id for item in lineage for constraint in walk(item.constraints))
    constraints = own.union(*templates)
    requirements = constraints | {requirement.id for item in lineage for requirement in item.requirements}
    rules: set[str] = {rule.id for item in lineage[:-1] for rule in item.rules}
    folder = linked.sheet.relative.rpartition("/")[0]
    for number, rule in enumerate(linked.rules):
        sheet = sheets[f"{folder}/rules.yaml"]
        if rule.id in rules:
            message = Text(f"la règle « {rule.id} » existe déjà", f"rule {rule.id!r} exists already")
            raise sheet.error((number, "id"), message)
        rules.add(rule.id)
        if rule.requirement not in requirements:
            hint = suggestion(rule.requirement, requirements)
            raise sheet.error((number, "requirement"), unknown("exigence inconnue", "requirement", rule.requirement), hint)
        if read_before or linked.head.kind == "fhir":  # FHIRPath is read by who judges with it, and by the tests of each rule
            continue
        _read_expressions(sheet, number, rule, linked)
    if not (linked.mutations or linked.unproved):
        return
    tripped = rules | requirements | {f"{name}.{facet}" for name in constraints for facet in FACETS}
    for number, mutation in enumerate(linked.mutations):
        sheet = sheets[f"{folder}/mutations.yaml"]
        for place, name in enumerate(mutation.trips):
            if name not in tripped:
                raise sheet.error((number, "trips", place), unknown("règle inconnue", "rule", name), suggestion(name, tripped))
    for number, name in enumerate(linked.unproved):
        if name not in tripped:
            sheet = sheets[f"{folder}/unproved.yaml"]
            raise sheet.error((number, "check"), unknown("vérification inconnue", "check", name), suggestion(name, tripped))


def _read_expressions(sheet: Sheet, number: int, rule: Rule, linked: Linked) -> None:
    test = _parsed(sheet, (number, "assert"), rule.test)
    context = _parsed(sheet, (number, "context"), rule.context)
    linked.parsed.append((rule.requirement, context, test))
    if not xpath.leads_to_elements(context):
        message = Text("un contexte mène à des éléments", "a context leads to elements")
        hint = Text("Écrire x[@a] au lieu de x/@a.", "Write x[@a] instead of x/@a.")
        raise sheet.error((number, "context"), message, hint)
    if rule.fix is not None:
        _parsed(sheet, (number, "fix", "set"), rule.fix.element)
        _parsed(sheet, (number, "fix", "to"), rule.fix.to)
        _parsed(sheet, (number, "fix", "when"), rule.fix.when)
    for key, text in (("message", rule.message), ("hint", rule.hint)):
        for language, words in (("fr", text.fr), ("en", text.en)):
            for placeholder in xpath.placeholders(words):
                _parsed(sheet, (number, key, language), placeholder)


def _parsed(sheet: Sheet, at: tuple[str | int, ...], expression: str) -> xpath.Expression:
    for name in _FUNCTION.findall(expression):
        if name not in functions():
            raise sheet.error(at, unknown("fonction inconnue", "function", name), suggestion(name, functions()))
    try:
        return xpath.parse(expression, arguments())
    except xpath.XPathError as error:
        message = Text(f"expression XPath 1.0 illisible : {error.told.fr}", f"not an XPath 1.0 expression: {error.told.en}")
        raise sheet.error(at, message) from None


def unknown(french: str, english: str, name: str) -> Text:
    return Text(f"{french} : « {name} »", f"unknown {english} {name!r}")
