"""Finds templates by the identifiers that documents claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..model import Template
from ..remembered import remembered
from .codec import from_plain
from .compiled import Compiled


class ClaimedTemplates(Mapping[str, tuple[Template, ...]]):
    """Templates by root, each decoded when it is first claimed."""

    def __init__(self, compiled: Compiled, files: Mapping[str, list[str]]) -> None:
        self._compiled = compiled
        self._files = files

    def __getitem__(self, root: str) -> tuple[Template, ...]:
        return tuple(self._template(relative) for relative in self._files[root])

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __contains__(self, root: object) -> bool:
        return root in self._files

    @remembered
    def _template(self, relative: str) -> Template:
        found: Template = from_plain(self._compiled[f"template:{relative}"])
        return found
