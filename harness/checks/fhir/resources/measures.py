"""A MeasureReport against its Measure: groups, populations and stratifiers are those that the measure defines.

Source: FHIR R4, Measure and MeasureReport: what a report gives codes for is "as defined in the measure definition".
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from ....documents.fhir_json import read_json
from ....documents.fhir_tree import Node
from ....library.fhir.definitions import Definitions
from ....model import Text
from ..not_judged import named
from ..remarks import Remarks
from ..shapes import BASE

_RULE = "FHIR-MEASURE"
_REPORT = f"{BASE}MeasureReport#MeasureReport"
_NAMED = 4


class Measures:
    """Judges the reports of one document. unknown: measures that were not found."""

    def __init__(self, known: Definitions) -> None:
        self._known = known
        self.unknown: dict[str, Node] = {}

    def judge(self, report: Node, remarks: Remarks) -> None:
        for group in report.children.get("group", ()):
            _subjects(group, report.text("type"), remarks)
        canonical = report.text("measure")
        if not canonical:
            return
        plain = self._known.measure(canonical)
        if plain is None:
            self.unknown.setdefault(canonical, report)
            return
        measure = read_json(json.dumps(plain).encode())
        scoring = {coding.text("code") for one in measure.children.get("scoring", ()) for coding in one.children.get("coding", ())}
        defined = measure.children.get("group", [])
        is_whole = report.text("status") == "complete" and report.text("type") in ("summary", "subject-list")
        if is_whole and (missing := _missing(defined, report.children.get("group", ()))):
            _absent(report, "group", missing, remarks)
        for group in report.children.get("group", ()):
            meant = _same(group, defined)
            if meant is None:
                _unmatched(group, "group", remarks)
                continue
            missing = _missing(meant.children.get("stratifier", []), group.children.get("stratifier", ()))
            if is_whole and missing:
                _absent(group, "group.stratifier", missing, remarks)
            if scoring == {"cohort"} and (score := group.only("measureScore")) is not None:
                message = Text("une mesure de cohorte n'a pas de score", "a measure of a cohort has no score")
                remarks.error(_RULE, f"{_REPORT}.group.measureScore", score, message)
            for name in ("population", "stratifier"):
                parts = meant.children.get(name, [])
                for part in group.children.get(name, ()):
                    same = _same(part, parts)
                    if same is None:
                        _unmatched(part, f"group.{name}", remarks)
                    elif name == "stratifier":
                        _components(part, [same] if _codes(part) and same is not None else parts, remarks)

    def not_judged(self) -> tuple[Text, ...]:
        return named(
            self.unknown,
            "rapports de mesures qu'aucun paquet installé ne donne",
            "reports of measures that no installed package gives",
        )


def _subjects(group: Node, type: str, remarks: Remarks) -> None:
    """Only a list of subjects lists them."""
    populations = [*group.children.get("population", ())]
    for stratifier in group.children.get("stratifier", ()):
        for stratum in stratifier.children.get("stratum", ()):
            populations += stratum.children.get("population", ())
    for population in populations:
        results = population.only("subjectResults")
        if results is not None and type != "subject-list":
            message = Text("seul un rapport « subject-list » liste les personnes", "only a `subject-list` report lists subjects")
            remarks.error(_RULE, f"{_REPORT}.group.population.subjectResults", results, message)


def _missing(defined: list[Node], reported: Sequence[Node]) -> list[str]:
    """Codes of what the measure defines and the report does not have (MeasureReport.group, stratifier: one for each)."""
    told = [_codes(one) for one in reported]
    if not all(told):
        return []  # which one is meant is not said
    wanted = [codes for one in defined if (codes := _codes(one))]
    return [min(codes)[1] for codes in wanted if not any(_meet(codes, one) for one in told)]


def _absent(at: Node, name: str, codes: list[str], remarks: Remarks) -> None:
    shown = ", ".join(codes[:_NAMED])
    message = Text(f"la mesure définit aussi : {shown}", f"the measure defines as well: {shown}")
    remarks.error(_RULE, f"{_REPORT}.{name}", at, message)


def _components(stratifier: Node, defined: list[Node], remarks: Remarks) -> None:
    """The components of the strata are those of the stratifier, or of any where a stratifier has no code to be known by."""
    components = [component for one in defined for component in one.children.get("component", ())]
    codes = [_codes(component) for component in components]
    if not codes or not all(codes):
        return
    known = set().union(*codes)
    for stratum in stratifier.children.get("stratum", ()):
        for component in stratum.children.get("component", ()):
            if not _meet(known, _codes(component)):
                _unmatched(component, "group.stratifier.stratum.component", remarks)


def _same(part: Node, defined: list[Node]) -> Node | None:
    """What the measure defines that has a code of a part; where there is one of each and neither is named, that one."""
    codes = _codes(part)
    if not codes:
        return defined[0] if len(defined) == 1 else next((one for one in defined if not _codes(one)), None)
    return next((one for one in defined if _meet(codes, _codes(one))), None)


def _meet(codes: set[tuple[str, str]], others: set[tuple[str, str]]) -> bool:
    """Whether one may be the other's: a code that names no system is of any (R4, Coding: which one is meant is not known)."""
    return not codes.isdisjoint(others) or any(
        code == other and not (system and its_system) for system, code in codes for its_system, other in others
    )


def _codes(part: Node) -> set[tuple[str, str]]:
    """Coded meanings; words where there is no code."""
    found: set[tuple[str, str]] = set()
    for concept in part.children.get("code", ()):
        for coding in concept.children.get("coding", ()):
            found.add((coding.text("system"), coding.text("code")))
        if not found and concept.text("text"):
            found.add(("", concept.text("text")))
    return found


def _unmatched(part: Node, name: str, remarks: Remarks) -> None:
    message = Text("la mesure ne définit rien de ce code", "the measure defines nothing of this code")
    remarks.error(_RULE, f"{_REPORT}.{name}.code", part, message)
