"""Packages in what a person names: an archive, a folder that was unpacked, or a folder of either (as a FHIR package cache is)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.errors import UnreadableDocument, UsageError, cannot_be_read
from harness.files import read_named
from harness.library.fhir import tarballs
from harness.model import Text

_ARCHIVES = (".tgz", ".tar.gz")


def found(path: Path) -> list[Path]:
    """The packages there: files and folders, none when what is given is something else."""
    if path.is_file():
        return [path] if path.name.endswith(_ARCHIVES) else []
    if not path.is_dir():
        return []
    if _inside(path) is not None:
        return [path]
    return [
        one for one in sorted(path.iterdir()) if (one.is_file() and one.name.endswith(_ARCHIVES)) or (one.is_dir() and _inside(one))
    ]


def archive(path: Path) -> bytes:
    """The archive, or one made of the folder. Raises UsageError when it cannot be read."""
    try:
        if path.is_dir():
            return tarballs.packed(dict(_files(_inside(path) or path)))
        if path.stat().st_size > tarballs.BOUNDS.packed:
            raise UnreadableDocument(Text(f"{path} : archive trop grande", f"{path}: archive too large"))
        return read_named(path)
    except OSError as error:
        raise UsageError(cannot_be_read(path, error)) from None


def _inside(folder: Path) -> Path | None:
    """The folder whose `package.json` speaks of FHIR; that of a JavaScript package does not."""
    for place in (folder / "package", folder):
        try:
            said = (place / "package.json").read_text("utf-8-sig")
        except (OSError, ValueError):
            continue
        if "fhir" in said.casefold():
            return place
    return None


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files at the top of the folder, which hold the definitions."""
    for path in sorted(folder.glob("*.json")):
        if path.is_file():
            yield f"package/{path.name}", path.read_bytes()
