"""Whether the parts of a profile agree: each requirement, rule and check named exists, each expression can be parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ..errors import DataError
from ..model import Mutation, Rule, Text
from ..namespaces import NAMESPACES
from . import xpath
from .expressions import Expression, leads_to_elements, tags
from .functions import ARGUMENTS, FUNCTIONS
from .linked import Linked
from .nearest import suggestion
from .placeholders import has_loose_brace, placeholders
from .shapes import Sheet

FACETS = ("card", "code", "system", "label", "type", "valueset", "attributes", "text", "null", "retired")
_EDITED = frozenset(("set", "drop", "repeat", "rename", "into", "move", "before", "after", "retype"))  # keys that hold an XPath
_FUNCTION = re.compile(r"\b(h:[a-zA-Z0-9-]+)\s*\(")


def check_agreement(
    linked: Linked,
    lineage: Sequence[Linked],
    templates: Iterable[frozenset[str]],
    sheets: Mapping[str, Sheet],
    *,
    elements: frozenset[str],
    read_before: bool,
) -> None:
    """Raises DataError at the first thing that names what is not there, or is no expression.

    lineage: what it extends, itself last; templates: ids of the constraints of each that it may meet; elements: of CDA, none where
    it has no grammar; read_before: its own files did not change since their expressions were read. What is read is kept in
    `linked.parsed`.
    """
    constraints = frozenset[str]().union(*(item.constraint_ids for item in lineage), *templates)
    requirements = constraints | {requirement.id for item in lineage for requirement in item.requirements}
    _refuse_twice(linked, sheets)
    rules: set[str] = {rule.id for item in lineage[:-1] for rule in item.rules}
    for number, rule in enumerate(linked.rules):
        sheet = sheets[f"{linked.folder}/rules.yaml"]
        _check_names(sheet, number, rule, rules, requirements, of_fhir=linked.head.kind == "fhir")
        rules.add(rule.id)
        if not read_before and linked.head.kind != "fhir":  # FHIRPath is read by who judges with it, and by the tests of each rule
            _Expressions(sheet, number, elements).read(rule, linked)
    if linked.mutations or linked.unproved:
        facets = {f"{name}.{facet}" for name in constraints for facet in FACETS}
        _check_proofs(linked, rules | requirements | facets, sheets, read_before=read_before)


def _check_names(sheet: Sheet, number: int, rule: Rule, rules: set[str], requirements: frozenset[str], *, of_fhir: bool) -> None:
    """rules: those that come before it."""
    if rule.id in rules:
        raise sheet.error((number, "id"), Text(f"la règle « {rule.id} » existe déjà", f"rule {rule.id!r} exists already"))
    if rule.requirement not in requirements:
        hint = suggestion(rule.requirement, requirements)
        raise sheet.error((number, "requirement"), unknown("exigence inconnue", "requirement", rule.requirement), hint)
    replaced = {rule.id, *rules} if of_fhir else ("label",)
    if rule.instead and rule.instead not in replaced:
        raise sheet.error((number, "instead"), unknown("règle inconnue", "rule", rule.instead), suggestion(rule.instead, replaced))


def _check_proofs(linked: Linked, tripped: set[str], sheets: Mapping[str, Sheet], *, read_before: bool) -> None:
    """tripped: all that a mutation may trip."""
    for number, mutation in enumerate(linked.mutations):
        sheet = sheets[f"{linked.folder}/mutations.yaml"]
        for place, name in enumerate(mutation.trips):
            if name not in tripped:
                raise sheet.error((number, "trips", place), unknown("règle inconnue", "rule", name), suggestion(name, tripped))
        if not read_before and linked.head.kind == "cda":
            _check_edits(sheet, number, mutation)
    for number, name in enumerate(linked.unproved):
        if name not in tripped:
            sheet = sheets[f"{linked.folder}/unproved.yaml"]
            raise sheet.error((number, "check"), unknown("vérification inconnue", "check", name), suggestion(name, tripped))


def _refuse_twice(linked: Linked, sheets: Mapping[str, Sheet]) -> None:
    seen: set[str] = set()
    for number, requirement in enumerate(linked.requirements):
        if requirement.id in seen:
            sheet = sheets[f"{linked.folder}/requirements.yaml"]
            message = Text(
                f"l'exigence « {requirement.id} » est écrite deux fois", f"requirement {requirement.id!r} is written twice"
            )
            raise sheet.error((number, "id"), message, Text("N'en garder qu'une.", "Keep one of them."))
        seen.add(requirement.id)


def _check_edits(sheet: Sheet, number: int, mutation: Mutation) -> None:
    """Edits use the XPath of lxml, which applies them."""
    from lxml import etree

    for edit in mutation.edits:
        for key in _EDITED.intersection(edit):
            try:
                etree.XPath(edit[key], namespaces=NAMESPACES)
            except etree.XPathError as error:
                message = Text(f"XPath illisible dans {key} : {edit[key]}", f"not an XPath in {key} ({error}): {edit[key]}")
                hint = Text(
                    "Une parenthèse, un crochet ou une apostrophe n'y est pas fermé.",
                    "A parenthesis, a bracket or a quotation mark is not closed in it.",
                )
                raise sheet.error((number, "edit"), message, hint) from None


class _Expressions:
    """Reads those of one rule."""

    def __init__(self, sheet: Sheet, number: int, elements: frozenset[str]) -> None:
        self.sheet = sheet
        self.number = number
        self.elements = elements

    def read(self, rule: Rule, linked: Linked) -> None:
        test = self.parsed(("assert",), rule.test)
        context = self.parsed(("context",), rule.context)
        linked.parsed.append((rule.requirement, context, test))
        if not leads_to_elements(context):
            message = Text("un contexte mène à des éléments", "a context leads to elements")
            hint = Text("Écrire x[@a] au lieu de x/@a.", "Write x[@a] instead of x/@a.")
            raise self.error(("context",), message, hint)
        if rule.fix is not None:
            self.parsed(("fix", "set"), rule.fix.element)
            self.parsed(("fix", "to"), rule.fix.to)
            self.parsed(("fix", "when"), rule.fix.when)
        for key, text in (("message", rule.message), ("hint", rule.hint)):
            for language, words in (("fr", text.fr), ("en", text.en)):
                if has_loose_brace(words):
                    message = Text("une accolade n'y a pas la sienne", "a brace in it has no match")
                    hint = Text("Un XPath s'y écrit entre deux : {@code}.", "Write an XPath between two braces: {@code}.")
                    raise self.error((key, language), message, hint)
                for placeholder in placeholders(words):
                    self.parsed((key, language), placeholder)

    def parsed(self, at: tuple[str, ...], expression: str) -> Expression:
        for name in _FUNCTION.findall(expression):
            if name not in FUNCTIONS:
                raise self.error(at, unknown("fonction inconnue", "function", name), suggestion(name, FUNCTIONS))
        try:
            read = xpath.parse(expression, ARGUMENTS)
        except xpath.XPathError as error:
            message = Text(f"expression XPath 1.0 illisible : {error.told.fr}", f"not an XPath 1.0 expression: {error.told.en}")
            raise self.error(at, message) from None
        for tag in tags(read):
            self.check_tag(at, tag)
        return read

    def check_tag(self, at: tuple[str, ...], tag: str) -> None:
        """Refuses an element that CDA does not have: such an expression selects nothing, so that its mistake would never show."""
        bare = tag.removeprefix("{}")
        if not self.elements or tag in self.elements:
            return
        message = Text(f"CDA n'a pas d'élément « {bare} »", f"CDA has no element {bare!r}")
        if bare != tag and bare in self.elements:
            message = Text(f"l'élément « {bare} » est écrit sans préfixe", f"element {bare!r} is written without a prefix")
            raise self.error(at, message, Text(f"Écrire cda:{bare}.", f"Write cda:{bare}."))
        raise self.error(at, message, suggestion(bare, self.elements))

    def error(self, at: tuple[str, ...], message: Text, hint: Text | str = "") -> DataError:
        return self.sheet.error((self.number, *at), message, hint)


def unknown(french: str, english: str, name: str) -> Text:
    return Text(f"{french} : « {name} »", f"unknown {english} {name!r}")
