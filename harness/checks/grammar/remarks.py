"""The messages for defects against the grammar of CDA."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ...documents.mends import Move
from ...model import Text
from ..node import Node
from .forms import Form, listed

XSI_TYPE = "xsi:type"


class Report(Protocol):
    def __call__(self, rule: str, node: Any, message: Text, hint: Text, mend: Move | None = None, /) -> None: ...


def unknown(node: Node, child: Node, expected: Sequence[str], report: Report) -> None:
    here = f"<{node.tag}>"
    message = Text(
        f"<{child.tag}> n'existe pas dans {here} selon CDA R2.", f"<{child.tag}> does not exist inside {here} in CDA R2."
    )
    report("CDA-CHILD", child, message, _instead(expected))


def moved(node: Node, place: int, move: Move, last: str, expected: Sequence[str], report: Report) -> None:
    """The element that has to move: the one found at a place that is not its own, or the one before it, which came too early."""
    child, before = node.children[place], node.children[place - 1]
    if move.order == child.order:
        misplaced(node, child, last, expected, report, move)
        return
    message = Text(
        f"<{before.tag}> n'est pas à sa place dans <{node.tag}>, avant <{child.tag}>.",
        f"<{before.tag}> is out of place inside <{node.tag}>, before <{child.tag}>.",
    )
    beside = next(sibling.tag for sibling in node.children if sibling.order == move.beside)
    report("CDA-ORDER", before, message, Text(f"Le placer après <{beside}>.", f"Place it after <{beside}>."), move)


def misplaced(node: Node, child: Node, last: str, expected: Sequence[str], report: Report, mend: Move | None) -> None:
    if child.tag == last:
        message = Text(f"<{child.tag}> est répété dans <{node.tag}>.", f"<{child.tag}> is repeated inside <{node.tag}>.")
        report("CDA-REPEATED", child, message, Text("Ne garder qu'une occurrence.", "Keep one occurrence only."))
        return
    message = Text(
        f"<{child.tag}> n'est pas à sa place dans <{node.tag}>" + (f", après <{last}>." if last else "."),
        f"<{child.tag}> is out of place inside <{node.tag}>" + (f", after <{last}>." if last else "."),
    )
    report("CDA-ORDER", child, message, _instead(expected), mend)


def missing(node: Node, names: Sequence[str], report: Report) -> None:
    if len(names) == 1:
        message = Text(f"<{names[0]}> manque dans <{node.tag}>.", f"<{names[0]}> is missing inside <{node.tag}>.")
        hint = Text(f"Ajouter <{names[0]}>.", f"Add <{names[0]}>.")
    else:
        message = Text(f"Il manque un élément dans <{node.tag}>.", f"An element is missing inside <{node.tag}>.")
        hint = Text(f"Ajouter l'un de : {_tags(names)}.", f"Add one of: {_tags(names)}.")
    report("CDA-MISSING", node, message, hint)


def text(node: Node, report: Report) -> None:
    message = Text(f"<{node.tag}> ne peut pas contenir de texte.", f"<{node.tag}> may not hold text.")
    hint = Text("Retirer le texte ou le placer dans un attribut.", "Remove the text or move it to an attribute.")
    report("CDA-TEXT", node, message, hint)


def unknown_attribute(node: Node, name: str, facts: Mapping[str, Form], report: Report) -> None:
    typed = node.attributes.get(XSI_TYPE)
    tag = f'{node.tag} xsi:type="{typed}"' if typed else node.tag
    message = Text(f"L'attribut {name} n'existe pas sur <{tag}>.", f"Attribute {name} does not exist on <{tag}>.")
    known = listed(sorted(facts))
    hint = Text(f"Attributs permis : {known or 'aucun'}.", f"Attributes allowed: {known or 'none'}.")
    report("CDA-ATTRIBUTE", node, message, hint)


def form(node: Node, name: str, value: str, expected: Text, report: Report) -> None:
    shown = value if len(value) <= 60 else value[:60] + "…"
    message = Text(
        f"La valeur « {shown} » de l'attribut {name} de <{node.tag}> n'est pas permise.",
        f'Value "{shown}" of attribute {name} on <{node.tag}> is not allowed.',
    )
    report("CDA-FORM", node, message, Text(f"Attendu : {expected.fr}.", f"Expected: {expected.en}."))


def spaces(node: Node, name: str, value: str, report: Report) -> None:
    message = Text(
        f"Des espaces entourent la valeur « {value} » de l'attribut {name} de <{node.tag}>.",
        f'There are spaces around the value "{value}" of attribute {name} on <{node.tag}>.',
    )
    hint = Text(
        "Les retirer : le schéma les ignore, mais un logiciel qui compare les valeurs à la lettre ne reconnaît pas la valeur.",
        "Remove them: the schema ignores them, but software that compares values literally does not recognise it.",
    )
    report("CDA-SPACES", node, message, hint)


def attribute_missing(node: Node, name: str, expected: Text, report: Report) -> None:
    message = Text(f"L'attribut {name} manque à <{node.tag}>.", f"Attribute {name} is missing on <{node.tag}>.")
    report("CDA-ATTRIBUTE-MISSING", node, message, Text(f"Valeur attendue : {expected.fr}.", f"Expected value: {expected.en}."))


def foreign_prefix(node: Node, prefix: str, report: Report) -> None:
    if not prefix:
        message = Text("xsi:type est sans préfixe, là où HL7 V3 en a un.", "xsi:type has no prefix, where HL7 V3 has one.")
        report("CDA-TYPE", node, message, Text("Écrire le préfixe de l'élément.", "Write the prefix of the element."))
        return
    message = Text(
        f"Le préfixe {prefix} de xsi:type n'est pas celui de HL7 V3.", f"Prefix {prefix} of xsi:type is not that of HL7 V3."
    )
    hint = Text(
        f'Le déclarer (xmlns:{prefix}="urn:hl7-org:v3") ou le retirer.',
        f'Declare it (xmlns:{prefix}="urn:hl7-org:v3") or remove it.',
    )
    report("CDA-TYPE", node, message, hint)


def untyped(node: Node, report: Report) -> None:
    message = Text(f"<{node.tag}> n'a pas d'attribut xsi:type.", f"<{node.tag}> has no xsi:type attribute.")
    hint = Text('Indiquer le type de données, par exemple xsi:type="CD".', 'Give the data type, for instance xsi:type="CD".')
    report("CDA-TYPE", node, message, hint)


def unsuitable(node: Node, named: str, declared: str, report: Report) -> None:
    message = Text(
        f'xsi:type="{named}" ne convient pas à <{node.tag}>, qui attend {declared} ou un type qui en dérive.',
        f'xsi:type="{named}" is not valid for <{node.tag}>, which expects {declared} or a type derived from it.',
    )
    report("CDA-TYPE", node, message, Text("Corriger le type de données ou l'élément.", "Correct the data type or the element."))


def _tags(names: Sequence[str]) -> str:
    return listed([f"<{name}>" for name in names])


def _instead(expected: Sequence[str]) -> Text:
    if not expected:
        return Text("Rien n'est permis à cette place.", "Nothing is allowed at this place.")
    return Text(f"À cette place sont permis : {_tags(expected)}.", f"Allowed at this place: {_tags(expected)}.")
