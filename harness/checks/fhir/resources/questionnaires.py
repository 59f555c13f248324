"""A QuestionnaireResponse against its Questionnaire: the items it may have, in their places, with the answers they admit.

Source: FHIR R4, Questionnaire and QuestionnaireResponse, and the extensions of R4 and SDC that limit answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from ....documents.fhir_json import read_json
from ....documents.fhir_tree import Node
from ....library.fhir.definitions import Definitions
from ....model import NO_TEXT, Text, counted
from .. import value_limits
from ..not_judged import named
from ..remarks import Remarks
from ..shapes import BASE
from . import answers, enabling
from .answers import extension

_RULE = "FHIR-QUESTIONNAIRE"
_RESPONSE = f"{BASE}QuestionnaireResponse#QuestionnaireResponse"
_ITEM = f"{_RESPONSE}.item"
_WHOLE = ("completed", "amended")  # of what is still being filled in, nothing can be missing
_ALIKE = ({"integer", "decimal"}, {"date", "dateTime"}, {"string", "uri"})  # what can be compared; a condition has no answerUri
_CONTAINER = frozenset({"group", "display", "question"})  # `question` is abstract: it says no type of answer


def judge_definition(questionnaire: Node, remarks: Remarks) -> None:
    """A condition looks at another question of the questionnaire, not at what depends on it, for an answer that it can have."""
    items = list(_all_items(questionnaire))
    known = {item.text("linkId"): item for item in items}
    for item in items:
        inside = {item.text("linkId"), *(one.text("linkId") for one in _all_items(item))}
        for condition in item.children.get("enableWhen", ()):
            question = condition.text("question")
            at = condition.only("question") or condition
            where = f"{BASE}Questionnaire#Questionnaire.item.enableWhen.question"
            if question in inside:
                message = Text(f"« {question} » dépend de cette condition", f"`{question}` depends on this condition")
                remarks.error(_RULE, where, at, message)
            elif question and question not in known:
                message = Text(f"« {question} » n'est pas dans le questionnaire", f"`{question}` is not in the questionnaire")
                remarks.error(_RULE, where, at, message)
            elif question:
                _looks_for(condition, known[question], remarks)
        _offers(item, remarks)


def _offers(item: Node, remarks: Remarks) -> None:
    """What is offered or written beforehand is of the type of the question (R4, item.answerOption.value[x], item.initial)."""
    kind, offered = item.text("type"), item.children.get("answerOption", [])
    types = answers.types_of(item, [value for one in offered if (value := answers.value_of(one)) is not None])
    if types is None:
        return
    for name in ("answerOption", "initial"):
        for value in filter(None, map(answers.value_of, item.children.get(name, ()))):
            if (type := answers.type_of(value)) not in types:
                link, names = item.text("linkId"), ", ".join(sorted(types))
                message = Text(
                    f"{type} : « {link} » ({kind}) a pour réponse {names}", f"{type}: an answer to `{link}` ({kind}) is {names}"
                )
                remarks.error(_RULE, f"{BASE}Questionnaire#Questionnaire.item.{name}.value[x]", value, message)


def _looks_for(condition: Node, question: Node, remarks: Remarks) -> None:
    """A warning: R4 has no sentence on it, and what is looked for never comes."""
    wanted = answers.value_of(condition, "answer")
    options = [value for option in question.children.get("answerOption", ()) if (value := answers.value_of(option)) is not None]
    types = answers.types_of(question, options)
    if wanted is None or types is None or condition.text("operator") == "exists":
        return
    type = answers.type_of(wanted)
    if type not in types and not any({type, one} in _ALIKE for one in types):
        link, names = question.text("linkId"), ", ".join(sorted(types))
        message = Text(
            f"{type} : « {link} » ({question.text('type')}) a pour réponse {names}",
            f"{type}: an answer to `{link}` ({question.text('type')}) is {names}",
        )
        hint = Text("Cette condition n'est jamais remplie.", "This condition never holds.")
        remarks.warning(_RULE, f"{BASE}Questionnaire#Questionnaire.item.enableWhen.answer[x]", wanted, message, hint)


class Questionnaires:
    """Judges the responses of one document. unknown: questionnaires that were not found."""

    def __init__(self, known: Definitions, member: value_limits.Member, truth: enabling.Truth) -> None:
        self._known = known
        self._member = member
        self._truth = truth
        self.unknown: dict[str, Node] = {}
        self.untold = 0
        self.unsearched: set[str] = set()
        self.undecided: set[str] = set()

    def judge(self, response: Node, remarks: Remarks) -> None:
        said = response.only("questionnaire")
        canonical = response.text("questionnaire")
        if said is None or not canonical:
            return
        questionnaire = _in_document(response, canonical) or self._published(canonical)
        if questionnaire is not None:
            filled = _Filled(response, questionnaire, self._member, self._truth, remarks)
            told = filled.judge()
            self.untold += told.untold
            self.unsearched |= told.unsearched
            self.undecided |= filled.undecided
            return
        other = self._other(canonical)
        if other:
            message = Text(
                f"« {canonical} » est un {other}, pas un Questionnaire", f"`{canonical}` is a {other}, not a Questionnaire"
            )
            remarks.error(_RULE, f"{_RESPONSE}.questionnaire", said, message)
        else:
            self.unknown.setdefault(canonical, said)

    def not_judged(self) -> tuple[Text, ...]:
        said = [
            *named(
                self.unknown,
                "réponses à des questionnaires qu'aucun paquet installé ne donne",
                "responses to questionnaires that no installed package gives",
            )
        ]
        if self.untold:
            said.append(
                counted(
                    self.untold,
                    Text(
                        "réponse qui n'a pas pu être comparée au questionnaire",
                        "answer that could not be checked against the questionnaire",
                    ),
                    Text(
                        "réponses qui n'ont pas pu être comparées au questionnaire",
                        "answers that could not be checked against the questionnaire",
                    ),
                )
            )
        said += named(
            self.unsearched,
            "questions dont l'expression régulière ne peut être cherchée",
            "questions whose regular expression cannot be searched",
        )
        said += named(
            self.undecided,
            "questions dont la condition n'a pas pu être évaluée",
            "questions whose condition could not be evaluated",
        )
        return tuple(said)

    def _published(self, canonical: str) -> Node | None:
        plain = self._known.questionnaire(canonical)
        return None if plain is None else read_json(json.dumps(plain).encode())

    def _other(self, canonical: str) -> str:
        if self._known.value_set(canonical) is not None:
            return "ValueSet"
        return "StructureDefinition" if self._known.structure(canonical) is not None else ""


def _in_document(response: Node, canonical: str) -> Node | None:
    """Contained in the response, or in an entry beside it."""
    if canonical.startswith("#"):
        inside = response.children.get("contained", [])
        return next((one for one in inside if one.type == "Questionnaire" and one.text("id") == canonical[1:]), None)
    url, _, version = canonical.partition("|")
    root = response.root
    entries = root.children.get("entry", ()) if root.type == "Bundle" else ()
    for resource in [one for entry in entries for one in entry.children.get("resource", ())]:
        if resource.type == "Questionnaire" and resource.text("url") == url and version in ("", resource.text("version")):
            return resource
    return None


class _Filled:
    """One response, against one questionnaire. undecided: questions of which an expression does not tell whether they are asked."""

    def __init__(
        self, response: Node, questionnaire: Node, member: value_limits.Member, truth: enabling.Truth, remarks: Remarks
    ) -> None:
        self._response = response
        self._questionnaire = questionnaire
        self._remarks = remarks
        self._whole = response.text("status") in _WHOLE
        self._answers = answers.Answers(questionnaire, member, remarks)
        self._link_ids = {item.text("linkId") for item in _all_items(questionnaire)}
        self._truth = truth
        self.undecided: set[str] = set()

    def judge(self) -> answers.Answers:
        """With what could not be held against a limit or a value set."""
        self._level(self._response, self._questionnaire)
        return self._answers

    def _level(self, parent: Node, asked: Node) -> None:
        """The items under the response, an item or an answer, against those that are asked there."""
        given = parent.children.get("item", [])
        items = {item.text("linkId"): item for item in asked.children.get("item", ())}
        by_link: dict[str, list[Node]] = {}
        ranks = {link: rank for rank, link in enumerate(items)}
        last = -1
        for one in given:
            link = one.text("linkId")
            if link not in items:
                self._misplaced(one, link)
                continue
            by_link.setdefault(link, []).append(one)
            if ranks[link] < last:
                message = Text(f"« {link} » vient trop tard", f"`{link}` comes too late")
                self._remarks.error(_RULE, _ITEM, one, message, Text("Garder l'ordre du questionnaire.", "Keep the order."))
            last = max(last, ranks[link])
        for link, item in items.items():
            self._item(parent, item, by_link.get(link, []))

    def _misplaced(self, one: Node, link: str) -> None:
        if link in self._link_ids:
            message = Text(f"« {link} » n'est pas à sa place dans le questionnaire", f"`{link}` is not at its place")
        else:
            message = Text(f"« {link} » n'est pas dans le questionnaire", f"`{link}` is not in the questionnaire")
        self._remarks.error(_RULE, f"{_ITEM}.linkId", one, message)

    def _item(self, parent: Node, item: Node, given: list[Node]) -> None:
        enabled = enabling.is_enabled(item, parent, self._truth)
        if enabled is None and enabling.condition_of(item) is not None:
            self.undecided.add(item.text("linkId"))
        if enabled is False:
            for one in given:
                if _says(one):
                    link = item.text("linkId")
                    message = Text(f"« {link} » a une réponse sans être posée", f"`{link}` is answered but not enabled")
                    self._remarks.error(_RULE, _ITEM, one, message)
            return
        self._count(parent, item, given, enabled=enabled is True)
        for one in given:
            self._one(one, item)

    def _one(self, one: Node, item: Node) -> None:
        kind = item.text("type")
        said = one.children.get("answer", [])
        if kind in _CONTAINER:
            if said:
                message = Text(f"un item de type {kind} n'a pas de réponse", f"an item of type {kind} has no answer")
                self._remarks.error(_RULE, f"{_ITEM}.answer", said[0], message)
            self._level(one, item)
            return
        for nested in one.children.get("item", ()):
            message = Text("sous une question, les items sont dans la réponse", "under a question, items go in the answer")
            self._remarks.error(_RULE, f"{_ITEM}.item", nested, message)
        self._answers.judge(item, said)
        for answer in said:
            self._level(answer, item)

    def _count(self, parent: Node, item: Node, given: list[Node], *, enabled: bool) -> None:
        link, kind = item.text("linkId"), item.text("type")
        repeats = _is_true(item, "repeats")
        is_group = kind == "group"
        if len(given) > 1 and not (is_group and repeats):
            message = Text(f"« {link} » ne vient qu'une fois", f"`{link}` comes once only")
            hint = NO_TEXT if is_group or not repeats else Text("Les réponses sont dans un seul item.", "One item has all answers.")
            self._remarks.error(_RULE, _ITEM, given[1], message, hint)
        told = [one for one in given if _says(one)]
        count = len(told) if is_group else sum(len(one.children.get("answer", ())) for one in given)
        at = given[0] if given else parent
        if not is_group and not repeats and any(len(one.children.get("answer", ())) > 1 for one in given):
            message = Text(f"réponses à « {link} » : {count}, une au plus", f"answers to `{link}`: {count}, one at most")
            self._remarks.error(_RULE, f"{_ITEM}.answer", at, message)
        most, least = _number(item, "questionnaire-maxOccurs"), _number(item, "questionnaire-minOccurs")
        if most is not None and count > most:
            message = Text(f"réponses à « {link} » : {count}, {most} au plus", f"answers to `{link}`: {count}, {most} at most")
            self._remarks.error(_RULE, f"{_ITEM}.answer", at, message)
        if not self._whole or not enabled or kind in ("display", "question"):
            return
        if least is not None and count < least:
            message = Text(f"réponses à « {link} » : {count}, {least} au moins", f"answers to `{link}`: {count}, {least} at least")
            self._remarks.error(_RULE, f"{_ITEM}.answer", at, message)
        elif not count and _is_true(item, "required"):
            message = Text(f"« {link} » est obligatoire", f"`{link}` is required")
            self._remarks.error(_RULE, _ITEM, at, message)


def _all_items(node: Node) -> Iterator[Node]:
    for item in node.children.get("item", ()):
        yield item
        yield from _all_items(item)


def _says(item: Node) -> bool:
    """Whether an item or one under it has an answer."""
    return "answer" in item.children or any(_says(one) for one in item.children.get("item", ()))


def _is_true(item: Node, name: str) -> bool:
    found = item.only(name)
    return found is not None and found.value in (True, "true")


def _number(item: Node, name: str) -> int | None:
    found = extension(item, name)
    try:
        return None if found is None else int(str(found.value))
    except ValueError:
        return None
