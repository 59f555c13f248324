"""Whether the parts of a profile agree: each requirement, rule and check named exists, each expression can be parsed."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Mapping, Sequence

from ..errors import DataError
from ..model import Mutation, Requirement, Rule, Text
from ..namespaces import NAMESPACES, as_document
from . import xpath
from .expressions import Expression, attributes, calls, leads_to_elements, tags
from .functions import ARGUMENTS, FAULT_KINDS, FUNCTIONS, NAMING
from .linked import Linked
from .nearest import is_it, suggestion
from .placeholders import has_loose_brace, placeholders
from .reading import Place
from .shapes import Sheet
from .templates import Names

FACETS = ("card", "code", "system", "label", "type", "valueset", "attributes", "text", "null", "retired")
_EDITED = frozenset(("set", "drop", "repeat", "rename", "into", "move", "before", "after", "retype"))  # keys that hold an XPath
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_CALLED = re.compile(r"(?<![\w:.-])((?:\w+:)?[a-zA-Z][\w.-]*)\s*\(")
_NO_FUNCTIONS = frozenset(("and", "or", "div", "mod", "node", "text"))
_ELSEWHERE = {"==": "=", "&&": "and", "||": "or", " eq ": "=", " ne ": "!="}  # what other languages write, and what XPath 1.0 does


def check_agreement(
    linked: Linked,
    lineage: Sequence[Linked],
    templates: Iterable[frozenset[str]],
    sheets: Mapping[str, Sheet],
    *,
    names: Names,
    read_before: bool,
) -> None:
    """Raises DataError at the first thing that names what is not there, or is no expression.

    lineage: what it extends, itself last; templates: ids of the constraints of each that it may meet; read_before: its own files
    did not change since their expressions were read. What is read is kept in `linked.parsed`.
    """
    constraints = frozenset[str]().union(*(item.constraint_ids for item in lineage), *templates)
    above = {requirement.id for item in lineage[:-1] for requirement in item.requirements}
    requirements = constraints | {requirement.id for item in lineage for requirement in item.requirements}
    _refuse_twice(linked, above, sheets)
    rules: set[str] = {rule.id for item in lineage[:-1] for rule in item.rules}
    for number, rule in enumerate(linked.rules):
        sheet = sheets[f"{linked.folder}/rules.yaml"]
        _check_names(sheet, number, rule, rules, requirements, of_fhir=linked.head.kind == "fhir")
        rules.add(rule.id)
        if not read_before and linked.head.kind != "fhir":  # FHIRPath is read by who judges with it, and by the tests of each rule
            _Expressions(sheet, number, names).read(rule, linked)
    if not read_before and linked.head.kind == "fhir":
        _check_fhir(linked, sheets)
    if linked.mutations or linked.unproved:
        facets = {f"{name}.{facet}" for name in constraints for facet in FACETS}
        _check_proofs(linked, rules | requirements | facets, sheets, names, read_before=read_before)


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


def _check_proofs(linked: Linked, tripped: set[str], sheets: Mapping[str, Sheet], names: Names, *, read_before: bool) -> None:
    """tripped: all that a mutation may trip."""
    for number, mutation in enumerate(linked.mutations):
        sheet = sheets[f"{linked.folder}/mutations.yaml"]
        for place, name in enumerate(mutation.trips):
            if name not in tripped:
                raise sheet.error((number, "trips", place), unknown("règle inconnue", "rule", name), suggestion(name, tripped))
        if not read_before and linked.head.kind == "cda":
            _check_edits(sheet, number, mutation, names)
    for number, name in enumerate(linked.unproved):
        if name not in tripped:
            sheet = sheets[f"{linked.folder}/unproved.yaml"]
            raise sheet.error((number, "check"), unknown("vérification inconnue", "check", name), suggestion(name, tripped))


def _refuse_twice(linked: Linked, above: Container[str], sheets: Mapping[str, Sheet]) -> None:
    """above: requirements of what it extends."""
    named: tuple[tuple[str, Sequence[Requirement | Mutation], Container[str], str, str], ...] = (
        ("requirements", linked.requirements, above, "l'exigence", "requirement"),
        ("mutations", linked.mutations, (), "la mutation", "mutation"),
    )
    for part, items, known, french, english in named:
        seen: set[str] = set()
        for number, item in enumerate(items):
            if item.id in seen or item.id in known:
                message = Text(f"{french} « {item.id} » est écrite deux fois", f"{english} {item.id!r} is written twice")
                hint = Text("N'en garder qu'une, ou changer un id.", "Keep one of them, or change an id.")
                raise sheets[f"{linked.folder}/{part}.yaml"].error((number, "id"), message, hint)
            seen.add(item.id)


def _check_fhir(linked: Linked, sheets: Mapping[str, Sheet]) -> None:
    """What is FHIRPath beside rules can be parsed; an insert is JSON."""
    for number, when in enumerate(linked.head.when):
        _check_fhirpath(linked.sheet, ("recognise", "when", number), when)
    for number, (_, when, _) in enumerate(linked.head.follow):
        _check_fhirpath(linked.sheet, ("recognise", "follow", number, "when"), when)
    for number, rule in enumerate(linked.rules):
        _check_braces(sheets[f"{linked.folder}/rules.yaml"], number, rule)
    for number, mutation in enumerate(linked.mutations):
        sheet = sheets[f"{linked.folder}/mutations.yaml"]
        for edit in mutation.edits:
            for key in _EDITED.intersection(edit):
                _check_fhirpath(sheet, (number, "edit"), edit[key])
            if not _is_object(edit.get("insert", "{}")):
                raise sheet.error((number, "edit"), Text("insert n'est pas un objet JSON", "insert is no JSON object"))


def _check_fhirpath(sheet: Sheet, at: Place, expression: str) -> None:
    from .fhirpath.failures import FhirPathError
    from .fhirpath.syntax import parse

    try:
        parse(expression)
    except FhirPathError as error:
        raise sheet.error(at, Text(f"FHIRPath illisible, {error.told.fr}", f"not FHIRPath, {error.told.en}"), error.hint) from None


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _check_braces(sheet: Sheet, number: int, rule: Rule) -> None:
    for key, text in (("message", rule.message), ("hint", rule.hint)):
        for language, words in (("fr", text.fr), ("en", text.en)):
            if has_loose_brace(words):
                message = Text("une accolade n'y a pas la sienne", "a brace in it has no match")
                hint = Text("Une expression s'y écrit entre deux : {@code}.", "Write an expression between two braces: {@code}.")
                raise sheet.error((number, key, language), message, hint)


def _check_edits(sheet: Sheet, number: int, mutation: Mutation, names: Names) -> None:
    """Edits use the XPath of lxml, which applies them; of what rules may write too, the elements are known."""
    from lxml import etree

    for edit in mutation.edits:
        try:
            etree.fromstring(as_document(edit.get("insert", "")))
        except etree.XMLSyntaxError as error:
            message = Text("insert n'est pas un fragment de XML bien formé", f"insert is no well-formed piece of XML ({error.msg})")
            hint = Text("Fermer chaque élément et chaque guillemet.", "Close each element and each quotation mark.")
            raise sheet.error((number, "edit"), message, hint) from None
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
    for key in _EDITED.intersection(mutation.edits[0]):  # those after it may find what it wrote
        try:
            read = xpath.parse(mutation.edits[0][key])
        except xpath.XPathError:
            continue
        for tag in tags(read):
            _Expressions(sheet, number, names).check_tag(("edit",), tag)


class _Expressions:
    """Reads those of one rule."""

    def __init__(self, sheet: Sheet, number: int, names: Names) -> None:
        self.sheet = sheet
        self.number = number
        self.names = names
        self.elements = names.elements

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
        _check_braces(self.sheet, self.number, rule)
        for key, text in (("message", rule.message), ("hint", rule.hint)):
            for language, words in (("fr", text.fr), ("en", text.en)):
                for placeholder in placeholders(words):
                    self.parsed((key, language), placeholder)

    def parsed(self, at: tuple[str, ...], expression: str) -> Expression:
        try:
            read = xpath.parse(expression, ARGUMENTS)
        except xpath.XPathError as error:
            raise self.unreadable(at, expression, error.told) from None
        for tag in tags(read):
            self.check_tag(at, tag)
        for attribute in attributes(read):
            self.names.attribute(self.sheet, (self.number, *at), attribute)
        for name, arguments in calls(read):
            self.check_named(at, name, arguments)
        return read

    def unreadable(self, at: tuple[str, ...], expression: str, told: Text) -> DataError:
        """What was probably meant: a function by its name, a sign by another."""
        bare = _QUOTED.sub("''", expression)
        known = (*FUNCTIONS, *xpath.CORE_FUNCTIONS)
        for name in _CALLED.findall(bare):
            if name not in known and name not in _NO_FUNCTIONS:
                listed = Text("Sont connues celles de docs/functions.md.", "Known are those of docs/functions.md.")
                meant = is_it(f"h:{name}") if f"h:{name}" in FUNCTIONS else None
                return self.error(at, unknown("fonction inconnue", "function", name), meant or suggestion(name, known, listed))
        message = Text(f"expression XPath 1.0 illisible : {told.fr}", f"not an XPath 1.0 expression: {told.en}")
        found = next((sign for sign in _ELSEWHERE if sign in bare), None)
        if found is None:
            return self.error(at, message)
        sign, other = found.strip(), _ELSEWHERE[found]
        return self.error(at, message, Text(f"« {sign} » s'écrit « {other} ».", f"{sign!r} is written {other!r}."))

    def check_named(self, at: tuple[str, ...], name: str, arguments: tuple[Expression, ...]) -> None:
        """A value set or a kind of identifier that a function is given by name exists."""
        place, what = NAMING.get(name, (0, ""))
        if not what or arguments[place][0] != "text":
            return
        word = arguments[place][1]
        if what == "kind" and word not in FAULT_KINDS:
            message = Text(f"{name} ne connaît pas « {word} »", f"{name} does not know {word!r}")
            raise self.error(at, message, suggestion(word, FAULT_KINDS))
        if what == "value set":
            self.names.value_set(self.sheet, (self.number, *at), word)

    def check_tag(self, at: tuple[str, ...], tag: str) -> None:
        """Refuses an element that CDA does not have: such an expression selects nothing, so that its mistake would never show."""
        bare = tag.removeprefix("{}")
        if not self.elements or tag in self.elements:
            return
        message = Text(f"CDA n'a pas d'élément « {bare} »", f"CDA has no element {bare!r}")
        if bare != tag and bare in self.elements:
            message = Text(f"l'élément « {bare} » est écrit sans préfixe", f"element {bare!r} is written without a prefix")
            raise self.error(at, message, Text(f"Écrire cda:{bare}.", f"Write cda:{bare}."))
        quoted = Text(f"Si c'est un texte : '{bare}'.", f"If it is a text: '{bare}'.")
        raise self.error(at, message, suggestion(bare, self.elements, quoted))

    def error(self, at: tuple[str, ...], message: Text, hint: Text | str = "") -> DataError:
        return self.sheet.error((self.number, *at), message, hint)


def unknown(french: str, english: str, name: str) -> Text:
    return Text(f"{french} : « {name} »", f"unknown {english} {name!r}")
