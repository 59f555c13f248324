"""Scenarios as data (docs/scenarios.md): a YAML file of scenarios/ to a Scenario, and what is wrong with it by file and line.

Judged here, once the schema has judged the shape: the step ids, the requirements, and each `${...}`. What depends
on a protocol (its transactions, arguments and expectations) is judged by the runner, once a client of that protocol is open.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

from ..model import Level, Scenario, Step, Text
from .nearest import suggestion
from .pieces import optional_text, text
from .shapes import Sheet

VERBS = ("send", "check", "wait")
DOCUMENT_FACTS = ("token", "unique_id", "set_id", "title", "profile", "story", "sha256", "sha1", "hash", "size", "data")
PATIENT_FACTS = ("token", "ins", "ins_oid")
RUN_FACTS = ("id", "seed")

REFERENCE = re.compile(r"\$\{([^}]*)\}")
_WHOLE = re.compile(r"(document|documents(\.\d+)?)(\.data)?")

Where = tuple[str | int, ...]


def scenario(sheet: Sheet, known: Collection[str] = ()) -> Scenario:
    """The scenario that a file tells. known: the requirements that there are, empty where that cannot be said. Raises DataError
    with file and line.
    """
    data = sheet.data
    for position, requirement in enumerate(data["requirements"]):  # before its steps are blamed for another word
        if known and requirement not in known:
            message = Text(f"exigence inconnue : {requirement}", f"unknown requirement: {requirement}")
            raise sheet.error(("requirements", position), message, _meant(requirement, known))
    given = data.get("given", {})
    if "document" in given and "documents" in given:
        message = Text("given a à la fois `document` et `documents`", "given has both `document` and `documents`")
        raise sheet.error(("given", "documents"), message, Text("N'en garder qu'un.", "Keep one of them."))
    if given.get("document", {}).get("count", 1) > 1:
        message = Text("un `document` ne peut pas être plusieurs", "one `document` cannot be several")
        raise sheet.error(
            ("given", "document", "count"), message, Text("Écrire une liste sous `documents`.", "Write a list under `documents`.")
        )
    return Scenario(
        id=data["id"],
        title=text(data["title"]),
        protocol=data["protocol"],
        level=Level(data.get("level", "must")),
        requirements=tuple(data["requirements"]),
        actors=data.get("actors", {}),
        given=given,
        steps=_Steps(sheet).read(),
        negative=data.get("negative", False),
        proves=tuple(data.get("proves", ())),
        note=optional_text(data.get("note")),
        file=sheet.relative,
        lines=dict(_named_above_the_steps(sheet)),
    )


def _meant(requirement: str, known: Collection[str]) -> Text:
    """The nearest name, among those with the same beginning where there are any: other numbers are no likeness."""
    alike = [one for one in known if one.rpartition("-")[0] == requirement.rpartition("-")[0]]
    return suggestion(requirement, alike or known)


def _named_above_the_steps(sheet: Sheet) -> Iterator[tuple[str, int]]:
    """Each name under these keys, and its line: whether anything bears it is judged later."""
    for place, line in sheet.lines().items():
        if place and place[0] in ("protocol", "requirements", "proves", "actors", "given"):
            value = sheet.data
            for part in place:
                value = value[part]
            if isinstance(value, str):
                yield value, line


class _Steps:
    """The steps of one scenario, read in order: each may name what the earlier ones gave."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._requirements: tuple[str, ...] = tuple(sheet.data["requirements"])
        self._given: list[str] = _given_facts(sheet.data.get("given", {}))
        self._steps: list[Step] = []
        self._saved: list[str] = []

    def read(self) -> tuple[Step, ...]:
        lines = self._sheet.lines()
        for number, said in enumerate(self._sheet.data["steps"]):
            where: Where = ("steps", number)
            self._steps.append(self._step(where, number, said, lines[where]))
            self._saved += said.get("save", {})
        named = {requirement for step in self._steps for requirement in step.requirements}
        for position, requirement in enumerate(self._requirements):
            if requirement not in named:
                message = Text(f"aucune étape ne renseigne sur {requirement}", f"no step gives evidence on {requirement}")
                raise self._sheet.error(("requirements", position), message)
        return tuple(self._steps)

    def _step(self, where: Where, number: int, said: Mapping[str, Any], line: int) -> Step:
        verbs = [verb for verb in VERBS if verb in said]
        if len(verbs) != 1:
            known, french, english = ", ".join(VERBS), " et ".join(verbs) or "aucun", " and ".join(verbs) or "none"
            message = Text(
                f"une étape a un verbe parmi {known} ; trouvé : {french}", f"a step has one verb of {known}; found {english}"
            )
            raise self._sheet.error(where, message)
        verb = verbs[0]
        step = Step(
            id=said.get("id", f"{verb}_{number + 1}"),
            kind=cast(Any, verb),
            arguments=said[verb],
            expect=said.get("expect", {}),
            requirements=tuple(said.get("requirements", self._requirements)),
            save=said.get("save", {}),
            when=said.get("when", {}),
            always=said.get("always", False),
            line=line,
        )
        if step.id in {earlier.id for earlier in self._steps}:
            message = Text(f"deux étapes s'appellent « {step.id} »", f"two steps are called {step.id!r}")
            raise self._sheet.error(where, message, Text("Donner un autre `id` à l'une.", "Give one of them another `id`."))
        self._check_requirements(where, step)
        self._check_answer(where, step)
        for part in (verb, "expect", "when"):
            self._check_references((*where, part), said.get(part))
        return step

    def _check_requirements(self, where: Where, step: Step) -> None:
        for position, requirement in enumerate(step.requirements):
            if requirement not in self._requirements:
                message = Text(
                    f"{requirement} n'est pas parmi les exigences du scénario",
                    f"{requirement} is not among the requirements of the scenario",
                )
                raise self._sheet.error((*where, "requirements", position), message, suggestion(requirement, self._requirements))

    def _check_answer(self, where: Where, step: Step) -> None:
        """`expect` and `save` are about an answer: that of a send step, or the earlier one that a check step names."""
        if step.kind == "send":
            return
        about = step.arguments.get("reply") if step.kind == "check" else None
        sends = [earlier.id for earlier in self._steps if earlier.kind == "send"]
        if about is not None and about not in sends:
            message = Text(f"aucune étape précédente n'envoie sous le nom « {about} »", f"no earlier step sends as {about!r}")
            raise self._sheet.error((*where, "check", "reply"), message, suggestion(about, sends))
        if about is not None and not step.expect:
            message = Text(
                "l'examen d'une réponse dit dans `expect` ce qui est attendu",
                "a check of an answer says in `expect` what is expected",
            )
            raise self._sheet.error(where, message)
        if about is None and (step.expect or step.save):
            message = Text(
                f"`expect` et `save` portent sur une réponse, et cette étape {step.kind} n'en a pas",
                f"`expect` and `save` are about an answer, and this {step.kind} step has none",
            )
            raise self._sheet.error(where, message)

    def _check_references(self, where: Where, value: Any) -> None:
        if isinstance(value, Mapping):
            for key, item in value.items():
                self._check_references((*where, key), key)
                self._check_references((*where, key), item)
        elif isinstance(value, list):
            for position, item in enumerate(value):
                self._check_references((*where, position), item)
        elif isinstance(value, str):
            if "${" in REFERENCE.sub("", value):
                message = Text("une référence ${…} n'est pas fermée", "a reference ${…} is not closed")
                raise self._sheet.error(where, message, Text("L'accolade } manque.", "The brace } is missing."))
            for reference in REFERENCE.findall(value):
                self._check_reference(where, reference, alone=value == f"${{{reference}}}")

    def _check_reference(self, where: Where, reference: str, *, alone: bool) -> None:
        known = self._given + [f"run.{fact}" for fact in RUN_FACTS] + [f"saved.{name}" for name in self._saved]
        answers = [f"steps.{step.id}." for step in self._steps if step.kind == "send"]
        if reference not in known and not any(reference.startswith(answer) and reference != answer for answer in answers):
            fact = reference.partition(".")[2].partition(".")[2]
            hint = suggestion(reference, known + [f"{answer}{fact or 'FACT'}" for answer in answers])
            message = Text(f"${{{reference}}} ne désigne rien ici", f"${{{reference}}} names nothing here")
            raise self._sheet.error(where, message, hint)
        if not alone and _WHOLE.fullmatch(reference):
            message = Text(
                f"${{{reference}}} est un document entier : il ne peut pas se trouver dans un texte",
                f"${{{reference}}} is a whole document: it cannot be used inside a text",
            )
            raise self._sheet.error(where, message)


def _given_facts(given: Mapping[str, Any]) -> list[str]:
    """What `given` lets the steps name."""
    known: list[str] = []
    if given:
        known += [f"patient.{fact}" for fact in PATIENT_FACTS]
    if "document" in given:
        known += ["document", *(f"document.{fact}" for fact in DOCUMENT_FACTS)]
    if "documents" in given:
        known.append("documents")
        for number in range(sum(one.get("count", 1) for one in given["documents"])):
            known += [f"documents.{number}", *(f"documents.{number}.{fact}" for fact in DOCUMENT_FACTS)]
    return known
