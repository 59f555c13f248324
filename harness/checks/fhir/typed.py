"""What the first walk of a document leaves to those that follow."""

from __future__ import annotations

from ...documents.fhir_tree import Node
from .shapes import Element


class Typed:
    def __init__(self) -> None:
        self.elements: list[tuple[Node, Element]] = []  # with constraints or a binding
        self.resources: list[Node] = []
        self.references: dict[int, list[Node]] = {}  # by the resource of the document or entry that holds them
        self.referring: list[Node] = []  # of these, those of the resource that is being walked
        self.codings: list[Node] = []  # and quantities
        self.extensions: list[tuple[Node, Node, Element]] = []  # each with its parent and that one's element
        self.narratives: list[Node] = []
        self.named: list[Node] = []  # elements with an id
        self.unknown_resources: list[Node] = []
        self.relative_systems: list[Node] = []  # of identifiers
