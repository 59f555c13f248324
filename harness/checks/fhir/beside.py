"""Resources given beside a document: what its references lead to, read when one does."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from ...documents import Document, read
from ...documents.fhir_tree import Node
from ...errors import UnreadableDocument
from .base import BaseWalk
from .remarks import Remarks
from .structures import Structures


class Beside:
    """given: name and content of each file. What cannot be read is ignored; these resources are not judged themselves."""

    def __init__(self, given: Iterable[tuple[str, bytes]], structures: Structures) -> None:
        self._given = given
        self._structures = structures
        self._typed: set[str] = set()
        self._documents: list[Document] = []  # whose nodes go when they go

    def __call__(self, named: str) -> Node | None:
        """The resource by its type and id (`Patient/1`)."""
        node = self._read.get(named)
        if node is not None and named not in self._typed:
            self._typed.add(named)
            BaseWalk(self._structures, Remarks()).walk(node)
        return node

    @cached_property
    def _read(self) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for name, content in self._given:
            try:
                document = read(content, name)
            except UnreadableDocument:
                continue
            resource = document.resource
            if resource is not None:
                self._documents.append(document)
                found.setdefault(f"{resource.type}/{resource.text('id')}", resource)
        return found
