"""The message and hint of a constraint that does not hold: which element, what was expected, what was found."""

from __future__ import annotations

from collections.abc import Callable

from ..library import wording
from ..model import NO_TEXT, AttributeFact, Constraint, Text
from .constraints import Check
from .node import Node

_LONGEST = 80


def told(check: Check, facet: str, node: Node, found: str) -> tuple[Text, Text]:
    """Message and hint: those of the data file, otherwise derived ones."""
    constraint = check.constraint
    message, hint = FACETS[facet](constraint, node, found)
    owner = check.owner
    if owner is not None:
        if facet == "label":  # the one that begins with a word
            message = Text(message.fr[0].lower() + message.fr[1:], message.en[0].lower() + message.en[1:])
        message = Text(f"{owner.fr} : {message.fr}", f"{owner.en}: {message.en}")
    if facet != "label":
        message = constraint.message or message
        hint = constraint.hint or hint
    return message, hint


def _card(constraint: Constraint, node: Node, found: str) -> tuple[Text, Text]:
    count = int(found)
    low, high = constraint.low or 0, constraint.high
    element = wording.element(constraint)
    expected = wording.card_words(low, high)
    if count == 0:
        message = Text(f"{element.fr} manque ; attendu : {expected.fr}.", f"{element.en} is missing; expected: {expected.en}.")
        hint = Text(f"Ajouter {element.fr} dans <{node.tag}>.", f"Add {element.en} inside <{node.tag}>.")
    elif high == 0:
        message = Text(f"{element.fr} n'est pas permis ici.", f"{element.en} is not allowed here.")
        hint = Text("Retirer cet élément.", "Remove this element.")
    else:
        often = "once" if count == 1 else f"{count} times"
        message = Text(
            f"{element.fr} est présent {count} fois ; attendu : {expected.fr}.",
            f"{element.en} appears {often}; expected: {expected.en}.",
        )
        hint = (
            Text("Retirer les occurrences en trop.", "Remove the extra occurrences.")
            if high is not None and count > high
            else Text("Ajouter les occurrences qui manquent.", "Add the missing occurrences.")
        )
    return message, hint


def _code(constraint: Constraint, node: Node, found: str) -> tuple[Text, Text]:
    expected = wording.codes_words(constraint.codes)
    borne = _code_borne(node, found)
    message = Text(f"{borne.fr} ; attendu : {expected.fr}.", f"{borne.en}; expected: {expected.en}.")
    first = constraint.codes[0]
    label = constraint.labels.get(first[0])
    example = f'code="{first[0]}" codeSystem="{first[1]}"' + (f' displayName="{label}"' if label else "")
    if len(constraint.codes) == 1:
        return message, Text(f"Écrire {example}.", f"Write {example}.")
    return message, Text(f"Par exemple {example}.", f"For instance {example}.")


def _system(constraint: Constraint, node: Node, found: str) -> tuple[Text, Text]:
    expected = wording.alternatives(constraint.systems)
    borne = _code_borne(node, found)
    message = Text(f"{borne.fr} ; système attendu : {expected.fr}.", f"{borne.en}; expected system: {expected.en}.")
    return message, Text(f"Coder dans {expected.fr} (codeSystem).", f"Code it in {expected.en} (codeSystem).")


def _label(_constraint: Constraint, node: Node, found: str) -> tuple[Text, Text]:
    written, _, expected = found.partition("\n")
    code = node.attributes.get("code", "")
    message = Text(
        f"Le libellé « {_cut(written)} » n'est pas celui du code {code} : « {expected} ».",
        f'Label "{_cut(written)}" is not that of code {code}: "{expected}".',
    )
    return message, Text(
        f'Vérifier le code, ou écrire displayName="{expected}".', f'Check the code, or write displayName="{expected}".'
    )


def _value_set(constraint: Constraint, node: Node, found: str) -> tuple[Text, Text]:
    coded, _, other = found.rpartition("\n")
    borne = _code_borne(node, coded)
    name = constraint.valueset
    if other:
        message = Text(
            f"{borne.fr} ; dans {name}, ce code est du système {other}.",
            f"{borne.en}; in {name} this code is of system {other}.",
        )
        return message, Text(f'Écrire codeSystem="{other}".', f'Write codeSystem="{other}".')
    if not coded.partition("\n")[0]:
        message = Text(f"{borne.fr} ; attendu : un code de {name}.", f"{borne.en}; expected: a code of {name}.")
    else:
        message = Text(f"{borne.fr}, hors du jeu de valeurs {name}.", f"{borne.en}, which is not in value set {name}.")
    return message, Text(f"Choisir un code de {name}, avec son système.", f"Choose a code of {name}, with its system.")


def _retired(constraint: Constraint, node: Node, found: str) -> tuple[Text, Text]:
    coded, _, day = found.rpartition("\n")
    borne = _code_borne(node, coded)
    name = constraint.valueset
    message = Text(f"{borne.fr}, retiré du jeu de valeurs {name} le {day}.", f"{borne.en}, retired from value set {name} on {day}.")
    return message, Text(f"Choisir un code de {name} qui a cours.", f"Choose a code of {name} that is in use.")


def _type(constraint: Constraint, node: Node, found: str) -> tuple[Text, Text]:
    expected = wording.alternatives(constraint.types)
    written = Text(f"de type {_cut(found)}", f"of type {_cut(found)}") if found else Text("sans xsi:type", "without xsi:type")
    message = Text(
        f"{_tag(node)} est {written.fr} ; attendu : {expected.fr}.", f"{_tag(node)} is {written.en}; expected: {expected.en}."
    )
    return message, Text(f'Écrire xsi:type="{constraint.types[0]}".', f'Write xsi:type="{constraint.types[0]}".')


def _attributes(constraint: Constraint, node: Node, found: str) -> tuple[Text, Text]:
    name, _, value = found.partition("\n")
    fact = constraint.attributes[name]
    if name in node.attributes:
        message = Text(
            f"{_tag(node)} a l'attribut {name} = « {_cut(value)} »", f'{_tag(node)} has attribute {name} = "{_cut(value)}"'
        )
    else:
        message = Text(f"{_tag(node)} n'a pas d'attribut {name}", f"{_tag(node)} has no attribute {name}")
    if not fact.pattern:
        expected = wording.fact_words(f"@{name}", fact)
        message = Text(f"{message.fr} ; attendu : {expected.fr}.", f"{message.en}; expected: {expected.en}.")
    elif name in node.attributes:  # a pattern tells most readers nothing: it is for the hint, where the data say no other
        message = Text(f"{message.fr}, qui n'a pas la forme attendue.", f"{message.en}, which does not have the expected form.")
    else:
        message = Text(f"{message.fr}.", f"{message.en}.")
    return message, _mend_of_attribute(name, fact)


def _mend_of_attribute(name: str, fact: AttributeFact) -> Text:
    if fact.presence == "forbidden":
        return Text(f"Retirer l'attribut {name}.", f"Remove attribute {name}.")
    if len(fact.values) == 1:
        return Text(f'Écrire {name}="{fact.values[0]}".', f'Write {name}="{fact.values[0]}".')
    if fact.values:
        return Text("Écrire l'une des valeurs attendues.", "Write one of the expected values.")
    if fact.pattern:
        return Text(f"Forme attendue : {fact.pattern}", f"Expected form: {fact.pattern}")
    return Text(f"Renseigner l'attribut {name}.", f"Fill in attribute {name}.")


def _text(constraint: Constraint, node: Node, found: str) -> tuple[Text, Text]:
    fact = constraint.text
    expected = wording.fact_words("", fact) if fact is not None else NO_TEXT
    if not found:
        message = Text(f"{_tag(node)} est vide.", f"{_tag(node)} is empty.")
        return message, Text("Écrire son texte.", "Write its text.")
    message = Text(
        f"{_tag(node)} contient « {_cut(found)} » ; attendu :{expected.fr}.",
        f'{_tag(node)} holds "{_cut(found)}"; expected:{expected.en}.',
    )
    return message, Text("Corriger le texte de l'élément.", "Correct the text of the element.")


def _null(constraint: Constraint, node: Node, found: str) -> tuple[Text, Text]:
    allowed = constraint.null_flavor or ()
    if not allowed:
        message = Text(
            f'{_tag(node)} porte nullFlavor="{found}", interdit ici.', f'{_tag(node)} has nullFlavor="{found}", forbidden here.'
        )
        return message, Text("Renseigner l'élément.", "Fill in the element.")
    expected = wording.alternatives(allowed)
    message = Text(
        f'{_tag(node)} porte nullFlavor="{found}" ; permis : {expected.fr}.',
        f'{_tag(node)} has nullFlavor="{found}"; allowed: {expected.en}.',
    )
    return message, Text(f'Écrire nullFlavor="{allowed[0]}" ou la valeur.', f'Write nullFlavor="{allowed[0]}" or the value.')


FACETS: dict[str, Callable[[Constraint, Node, str], tuple[Text, Text]]] = {
    "card": _card,
    "code": _code,
    "system": _system,
    "label": _label,
    "valueset": _value_set,
    "type": _type,
    "attributes": _attributes,
    "text": _text,
    "null": _null,
    "retired": _retired,
}


def _code_borne(node: Node, found: str) -> Text:
    """The element and the code that it has."""
    code, _, system = found.partition("\n")
    if not code:
        return Text(f"{_tag(node)} ne porte aucun code", f"{_tag(node)} has no code")
    if not system:
        return Text(f"{_tag(node)} porte le code {_cut(code)} sans système", f"{_tag(node)} has code {_cut(code)} without a system")
    return Text(
        f"{_tag(node)} porte le code {_cut(code)} du système {_cut(system)}",
        f"{_tag(node)} has code {_cut(code)} of system {_cut(system)}",
    )


def _tag(node: Node) -> str:
    return f"<{node.tag}>"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
