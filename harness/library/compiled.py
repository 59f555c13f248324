"""The compiled form of data files: found where it is kept, or compiled and kept there. It never outlives its files nor its code."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from .. import __version__
from ..model import Text
from . import pack
from .folders import DataFile

_SOURCES = (
    "library/*.py",
    "library/programs/*.py",
    "library/fhirpath/*.py",
    "library/schemas/*.json",
    "model/*.py",
)


class Compiled:
    """The values that data files were compiled to, by name, each read when it is asked for."""

    def __init__(self, files: Mapping[str, DataFile], kept: pack.Pack) -> None:
        self._files = files
        self._pack = kept

    @classmethod
    def open(cls, files: Mapping[str, DataFile], folder: Path, told: Callable[[Text], None] | None = None) -> Compiled:
        """folder: where compiled forms are kept; told: hears why they cannot be, before the time that compiling takes where that
        is known then. Compiles what changed since the last time.
        """
        prefix = f"library-{_code_stamp()}-"
        kept_as = folder / f"{prefix}{_stamp(files)}.pack"
        found = pack.open_file(kept_as)
        if found is None:
            found = pack.kept(kept_as, lambda: _compiled(files, pack.newest(folder, prefix)), told)
        return cls(files, found)

    def __getitem__(self, name: str) -> Any:
        """Compiles again what was damaged on disk since it was written."""
        try:
            return self._pack[name]
        except pack.DamagedPack:
            self._pack = pack.of(_compiled(self._files, None))
            return self._pack[name]

    def get(self, name: str, otherwise: Any) -> Any:
        if name not in self:
            return otherwise
        return self[name]

    def __contains__(self, name: str) -> bool:
        return name in self._pack


def _compiled(files: Mapping[str, DataFile], previous: pack.Pack | None) -> bytes:
    from .compiling import compile_library

    try:
        return pack.pack(compile_library(files, previous))
    except pack.DamagedPack:
        return pack.pack(compile_library(files, None))


def _stamp(files: Mapping[str, DataFile]) -> str:
    """Changes with any file's path, size or times: two data folders that add nothing may share what was compiled."""
    digest = hashlib.sha256()
    for file in files.values():
        digest.update(f"{file.relative}\0{file.path}\0{file.stamp}\n".encode())
    return digest.hexdigest()[:24]


@cache
def _code_stamp() -> str:
    """Changes with the code that compiles, so that a cache never outlives it.

    Once a process: the code it runs is that of when it began, and what it compiles after an upgrade is not for those to come.
    """
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256(__version__.encode())
    for pattern in _SOURCES:
        for path in sorted(package.glob(pattern)):
            state = path.stat()
            digest.update(f"{path.name}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:12]
