"""Suites of test cases as the XML of JUnit, written one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from datetime import UTC, datetime
from typing import Literal

from lxml import etree

from harness.reporting.printable import printable

from ..values import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """One test case. outcome None: passed; message and details go with the outcome; output: what it has to say besides."""

    classname: str
    name: str
    seconds: float = 0.0
    outcome: Literal["failure", "error", "skipped"] | None = None
    message: str = ""
    details: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    name: str
    at: datetime
    seconds: float
    cases: Sequence[Case]
    properties: dict[str, str] = field(default_factory=dict)

    def count(self, outcome: str) -> int:
        return sum(case.outcome == outcome for case in self.cases)


class Head:
    """The root element, with the counts of its suites, which are written after it."""

    def __init__(self, name: str, suites: Iterable[Suite], seconds: float) -> None:
        tests, outcomes = 0, Counter[str | None]()
        for suite in suites:
            tests += len(suite.cases)
            outcomes.update(case.outcome for case in suite.cases)
        self._element = _element(
            "testsuites",
            name=name,
            tests=str(tests),
            failures=str(outcomes["failure"]),
            errors=str(outcomes["error"]),
            time=_seconds(seconds),
        )

    def around(self, inside: Iterator[str]) -> Iterator[str]:
        alone: str = etree.tostring(self._element, encoding="unicode")
        first = next(inside, None)
        if first is None:
            yield f"{alone}\n"
            return
        yield f"{alone.removesuffix('/>')}>\n"
        yield first
        yield from inside
        yield f"</{self._element.tag}>\n"


def written(head: Head, suites: Iterable[Suite]) -> Iterator[str]:
    """The whole report, a piece for each suite. head: of the same suites, counted before."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield from head.around(_indented(_suite(suite)) for suite in suites)


def _indented(element: etree._Element) -> str:
    """Indented for its place in the root, one element a line."""
    etree.indent(element, level=1)
    return f"  {etree.tostring(element, encoding='unicode', with_tail=False)}\n"


def _suite(suite: Suite) -> etree._Element:
    element = _element(
        "testsuite",
        name=suite.name,
        tests=str(len(suite.cases)),
        failures=str(suite.count("failure")),
        errors=str(suite.count("error")),
        skipped=str(suite.count("skipped")),
        time=_seconds(suite.seconds),
        timestamp=suite.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
    )
    if suite.properties:
        properties = etree.SubElement(element, "properties")
        properties.extend(_element("property", name=name, value=value) for name, value in suite.properties.items())
    element.extend(_case(case) for case in suite.cases)
    return element


def _case(case: Case) -> etree._Element:
    element = _element("testcase", classname=case.classname, name=case.name, time=_seconds(case.seconds))
    if case.outcome:
        outcome = _element(case.outcome, message=case.message)
        outcome.text = printable(case.details) or None
        element.append(outcome)
    if case.output:
        etree.SubElement(element, "system-out").text = printable(case.output)
    return element


def _element(tag: str, **attributes: str) -> etree._Element:
    return etree.Element(tag, {name: printable(value) for name, value in attributes.items()})


def _seconds(value: float) -> str:
    """Three decimals and no exponent, as the schema of Jenkins wants."""
    return f"{max(value, 0.0):.3f}"
