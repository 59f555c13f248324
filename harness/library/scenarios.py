"""Scenarios as data (docs/scenarios.md): a YAML file of scenarios/ to a Scenario, and what is wrong with it by file and line.

Judged here, once the schema has judged the shape: the step ids, the requirements that a step names, and each `${...}`. What depends
on a protocol (its transactions, arguments and expectations) is judged by the runner, once a client of that protocol is open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from ..model import Level, Scenario, Step
from . import reading
from .building import optional_text, text
from .nearest import suggestion
from .shapes import Sheet

VERBS = ("send", "check", "wait")
DOCUMENT_FACTS = ("unique_id", "set_id", "title", "profile", "story", "sha256", "sha1", "size", "data")
PATIENT_FACTS = ("ins", "ins_oid")
RUN_FACTS = ("id", "seed")

_REFERENCE = re.compile(r"\$\{([^}]*)\}")
_WHOLE = re.compile(r"(document|documents(\.\d+)?)(\.data)?")

Where = tuple[str | int, ...]


def scenario(sheet: Sheet) -> Scenario:
    """The scenario that a file tells. Raises DataError with file and line."""
    data = sheet.data
    given = data.get("given", {})
    if "document" in given and "documents" in given:
        raise sheet.error(("given", "documents"), "given has both `document` and `documents`", "Keep one of them.")
    if given.get("document", {}).get("count", 1) > 1:
        raise sheet.error(("given", "document", "count"), "one `document` cannot be several", "Write a list under `documents`.")
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
    )


class _Steps:
    """The steps of one scenario, read in order: each may name what the earlier ones gave."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._requirements: tuple[str, ...] = tuple(sheet.data["requirements"])
        self._given: list[str] = _given_facts(sheet.data.get("given", {}))
        self._steps: list[Step] = []
        self._saved: list[str] = []

    def read(self) -> tuple[Step, ...]:
        lines = reading.lines(Path(self._sheet.path).read_bytes(), self._sheet.path)
        for number, said in enumerate(self._sheet.data["steps"]):
            where: Where = ("steps", number)
            self._steps.append(self._step(where, number, said, lines[where]))
            self._saved += said.get("save", {})
        named = {requirement for step in self._steps for requirement in step.requirements}
        for position, requirement in enumerate(self._requirements):
            if requirement not in named:
                raise self._sheet.error(("requirements", position), f"no step gives evidence on {requirement}")
        return tuple(self._steps)

    def _step(self, where: Where, number: int, said: Mapping[str, Any], line: int) -> Step:
        verbs = [verb for verb in VERBS if verb in said]
        if len(verbs) != 1:
            found = " and ".join(verbs) or "none"
            raise self._sheet.error(where, f"a step has one verb of {', '.join(VERBS)}; found {found}")
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
            raise self._sheet.error(where, f"two steps are called {step.id!r}", "Give one of them another `id`.")
        self._check_requirements(where, step)
        self._check_answer(where, step)
        for part in (verb, "expect", "when"):
            self._check_references((*where, part), said.get(part))
        return step

    def _check_requirements(self, where: Where, step: Step) -> None:
        for position, requirement in enumerate(step.requirements):
            if requirement not in self._requirements:
                raise self._sheet.error(
                    (*where, "requirements", position),
                    f"{requirement} is not among the requirements of the scenario",
                    f"{suggestion(requirement, self._requirements)} Or add it to `requirements` at the top.",
                )

    def _check_answer(self, where: Where, step: Step) -> None:
        """`expect` and `save` are about an answer: that of a send step, or the earlier one that a check step names."""
        if step.kind == "send":
            return
        about = step.arguments.get("reply") if step.kind == "check" else None
        sends = [earlier.id for earlier in self._steps if earlier.kind == "send"]
        if about is not None and about not in sends:
            raise self._sheet.error((*where, "check", "reply"), f"no earlier step sends as {about!r}", suggestion(about, sends))
        if about is not None and not step.expect:
            raise self._sheet.error(where, "a check of an answer says in `expect` what is checked")
        if about is None and (step.expect or step.save):
            raise self._sheet.error(where, f"`expect` and `save` are about an answer, and this {step.kind} step has none")

    def _check_references(self, where: Where, value: Any) -> None:
        if isinstance(value, Mapping):
            for key, item in value.items():
                self._check_references((*where, key), item)
        elif isinstance(value, list):
            for position, item in enumerate(value):
                self._check_references((*where, position), item)
        elif isinstance(value, str):
            for reference in _REFERENCE.findall(value):
                self._check_reference(where, reference, alone=value == f"${{{reference}}}")

    def _check_reference(self, where: Where, reference: str, *, alone: bool) -> None:
        known = self._given + [f"run.{fact}" for fact in RUN_FACTS] + [f"saved.{name}" for name in self._saved]
        answers = [f"steps.{step.id}." for step in self._steps if step.kind == "send"]
        if reference not in known and not any(reference.startswith(answer) and reference != answer for answer in answers):
            hint = suggestion(reference, known + [f"{answer}FACT" for answer in answers])
            raise self._sheet.error(where, f"${{{reference}}} names nothing here", hint)
        if not alone and _WHOLE.fullmatch(reference):
            raise self._sheet.error(where, f"${{{reference}}} is a whole document: it cannot stand inside a text")


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
