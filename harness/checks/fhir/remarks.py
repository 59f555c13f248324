"""The remarks of the walk: put into words where they are found, made into findings at the end."""

from __future__ import annotations

from typing import NamedTuple

from ...documents.fhir_tree import Node
from ...model import NO_TEXT, Severity, Text


class Remark(NamedTuple):
    """consequence, foremost: as a finding tells them."""

    rule: str
    requirement: str
    severity: Severity
    node: Node
    message: Text
    hint: Text
    consequence: bool = False
    foremost: bool = False


class Refuted(Exception):
    """An error was found while it was only asked whether there is one."""


class Remarks(list[Remark]):
    """In the order they were found. asking: stop at the first error, by raising Refuted."""

    def __init__(self, *, asking: bool = False) -> None:
        self.asking = asking

    def refute(self) -> None:
        """To be called on an error before it is put into words: it ends a walk that only asks whether there is one."""
        if self.asking:
            raise Refuted

    def error(
        self, rule: str, requirement: str, node: Node, message: Text, hint: Text = NO_TEXT, *, consequence: bool = False
    ) -> None:
        self.refute()
        self.append(Remark(rule, requirement, Severity.ERROR, node, message, hint, consequence))

    def warning(self, rule: str, requirement: str, node: Node, message: Text, hint: Text = NO_TEXT) -> None:
        self.append(Remark(rule, requirement, Severity.WARNING, node, message, hint))

    def info(self, rule: str, requirement: str, node: Node, message: Text, hint: Text = NO_TEXT) -> None:
        self.append(Remark(rule, requirement, Severity.INFO, node, message, hint))

    @property
    def has_error(self) -> bool:
        return any(remark.severity is Severity.ERROR for remark in self)
