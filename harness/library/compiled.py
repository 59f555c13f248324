"""The compiled form of data files: found where it is kept, or compiled and kept there. It never outlives its files nor its code."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import reason
from ..model import Text
from . import pack
from .folders import DataFile

_SOURCES = (
    "library/*.py",
    "library/programs/*.py",
    "library/fhirpath/*.py",
    "library/schemas/*.json",
    "library/functions.json",
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
            refused = pack.refusal(folder)
            if refused and told:
                told(_not_kept(folder, refused))
            content, found = _compiled(files, pack.newest(folder, prefix))
            refused_now = None if refused else pack.save(kept_as, content)
            if refused_now and told:
                told(_not_kept(folder, refused_now))
        return cls(files, found)

    def __getitem__(self, name: str) -> Any:
        """What was damaged on disk since it was written is compiled again."""
        try:
            return self._pack[name]
        except pack.DamagedPack:
            self._pack = _compiled(self._files, None)[1]
            return self._pack[name]

    def get(self, name: str, otherwise: Any) -> Any:
        if name not in self:
            return otherwise
        return self[name]

    def __contains__(self, name: str) -> bool:
        return name in self._pack


def _not_kept(folder: Path, error: OSError) -> Text:
    why = reason(error)
    return Text(
        f"les règles compilées ne peuvent pas être gardées dans {folder} ({why.fr}) et chaque commande les compile de nouveau, "
        "ce qui prend des secondes ; HARNESS_HOME doit nommer un dossier où l'on peut écrire, sur un disque qui a de la place.",
        f"the compiled rules cannot be kept in {folder} ({why.en}) and each command compiles them again, which takes seconds; "
        "HARNESS_HOME has to name a folder that can be written, on a disk that has room.",
    )


def _compiled(files: Mapping[str, DataFile], previous: pack.Pack | None) -> tuple[bytes, pack.Pack]:
    from .compiling import compile_library

    try:
        content = pack.pack(compile_library(files, previous))
    except pack.DamagedPack:
        content = pack.pack(compile_library(files, None))
    compiled = pack.unpack(content)
    if compiled is None:
        raise AssertionError("a pack just made cannot be read")
    return content, compiled


def _stamp(files: Mapping[str, DataFile]) -> str:
    """Changes with any file's path, size or times: two data folders that add nothing may share what was compiled."""
    digest = hashlib.sha256()
    for file in files.values():
        digest.update(f"{file.relative}\0{file.path}\0{file.stamp}\n".encode())
    return digest.hexdigest()[:24]


def _code_stamp() -> str:
    """Changes with the code that compiles, so that a cache never outlives it."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256(__version__.encode())
    for pattern in _SOURCES:
        for path in sorted(package.glob(pattern)):
            state = path.stat()
            digest.update(f"{path.name}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:12]
