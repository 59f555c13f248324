"""The remarks of the walk: put into words where they are found, made into findings at the end."""

from __future__ import annotations

from typing import NamedTuple

from ...documents.fhir_tree import Node
from ...model import NO_TEXT, Severity, Text

_SUBSET = Text(
    "La ressource dit n'être rendue qu'en partie (SUBSETTED).", "The resource says that it is returned in part only (SUBSETTED)."
)
_CUT = frozenset({"http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "http://hl7.org/fhir/v3/ObservationValue"})


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

    def lack(
        self, rule: str, requirement: str, node: Node, message: Text, hint: Text = NO_TEXT, *, consequence: bool = False
    ) -> None:
        """An error about what is not there; told as information of a resource that a server cut down, and that says so.

        R4, search, _summary and _elements: "Servers SHOULD always return mandatory elements", and contained resources are no part
        of a summary.
        """
        if _is_subset(node.container):
            self.info(rule, requirement, node, message, _SUBSET)
        else:
            self.error(rule, requirement, node, message, hint, consequence=consequence)

    @property
    def has_error(self) -> bool:
        return any(remark.severity is Severity.ERROR for remark in self)


def _is_subset(resource: Node) -> bool:
    meta = resource.only("meta")
    tags = meta.children.get("tag", ()) if meta is not None else ()
    return any(tag.text("code") == "SUBSETTED" and tag.text("system") in _CUT for tag in tags)
