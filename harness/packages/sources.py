"""The files of a published package: a folder, or a ZIP read within bounds. Nothing outside the package is ever opened."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from harness.documents import Limits
from harness.documents.archives import members
from harness.errors import UnreadableDocument, UsageError, reason
from harness.files import read_named
from harness.model import Text

# A repository is larger than the archive of a document, and its terminologies compress well.
BOUNDS = Limits(size=60_000_000, members=20_000, expanded=1_000_000_000, ratio=1_000)


class Sources:
    """Files by their name in the package, `/` between folders."""

    def __init__(self, names: dict[str, Path | bytes], origin: str) -> None:
        self._files = names
        self._by_case = {name.casefold(): name for name in sorted(names, reverse=True)}
        self.origin = origin

    @classmethod
    def open(cls, path: Path) -> Sources:
        """Raises UsageError when there is nothing there, UnreadableDocument when the archive is refused."""
        if path.is_dir():
            return cls(_folder(path), str(path.resolve()))
        try:
            data = read_named(path) if path.stat().st_size <= BOUNDS.expanded else None
        except OSError as error:
            message = Text(
                f"paquet illisible : {path} ({reason(error).fr})", f"package cannot be read: {path} ({reason(error).en})"
            )
            raise UsageError(message, Text("Donner un dossier ou un ZIP.", "Give a folder or a ZIP.")) from None
        if data is None:
            raise UnreadableDocument(Text(f"{path} : archive trop grande", f"{path}: archive too large"))
        if not data.startswith(b"PK"):
            return cls({path.name: data}, str(path.resolve()))
        found: dict[str, Path | bytes] = {}
        try:
            for name, content in members(data, BOUNDS):
                if isinstance(content, bytes):
                    found[name.replace("\\", "/")] = content
                elif name.endswith((".sch", ".xsd", ".xml", ".rdf")):
                    raise content
        except UnreadableDocument as error:
            said = error.message
            raise UnreadableDocument(Text(f"{path} : {said.fr}", f"{path}: {said.en}"), error.hint) from None
        return cls(_without_top(found), str(path.resolve()))

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._files))

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def find(self, name: str) -> str | None:
        """The file of this name as it is written, letter case aside: packages are made where case does not matter."""
        return name if name in self._files else self._by_case.get(name.casefold())

    def read(self, name: str) -> bytes:
        """Raises UsageError when the file cannot be read, UnreadableDocument when it is too large."""
        held = self._files[name]
        if isinstance(held, bytes):
            return held
        try:
            if held.stat().st_size > BOUNDS.size:
                raise UnreadableDocument(Text(f"{name} : fichier trop grand", f"{name}: file too large"))
            return read_named(held)
        except OSError as error:
            raise UsageError(Text(f"{name} illisible : {reason(error).fr}", f"{name} cannot be read: {reason(error).en}")) from None

    def parse(self, name: str) -> etree._Element:
        """Raises UnreadableDocument when it is not well-formed XML."""
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=True
        )
        try:
            return etree.fromstring(self.read(name), parser)
        except etree.XMLSyntaxError as error:
            raise UnreadableDocument(Text(f"{name} : XML mal formé ({error})", f"{name}: not well-formed XML ({error})")) from None

    def below(self, folder: str) -> Sources:
        """The files in one folder of the package, named relative to it."""
        start = f"{folder}/" if folder else ""
        return Sources({name[len(start) :]: held for name, held in self._files.items() if name.startswith(start)}, self.origin)


def _folder(top: Path) -> dict[str, Path | bytes]:
    """A symbolic link is followed when it stays in the package: a version is sometimes another's folder under a new name."""
    found: dict[str, Path | bytes] = {}
    real_top = top.resolve()
    for folder, folders, files in os.walk(top, followlinks=True):
        parents = {Path(folder).resolve(), *Path(folder).resolve().parents}
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and _stays(Path(folder, name), real_top) not in (None, *parents)
        )
        for name in files:
            path = Path(folder, name)
            if _stays(path, real_top) is None or not path.is_file():
                continue
            found[path.relative_to(top).as_posix()] = path
            if len(found) > BOUNDS.members:
                raise UnreadableDocument(
                    Text(f"{top} : plus de {BOUNDS.members} fichiers", f"{top}: more than {BOUNDS.members} files"),
                    Text("Donner le dossier du paquet lui-même.", "Give the folder of the package itself."),
                )
    return found


def _stays(path: Path, top: Path) -> Path | None:
    """Where the path leads, None when that is outside."""
    real = path.resolve()
    return real if real.is_relative_to(top) else None


def _without_top(files: dict[str, Path | bytes]) -> dict[str, Path | bytes]:
    """The files named without the single top folder that archives of a repository have."""
    tops = {name.partition("/")[0] for name in files}
    if len(tops) != 1 or not all("/" in name for name in files):
        return files
    start = len(posixpath.join(tops.pop(), ""))
    return {name[start:]: held for name, held in files.items()}
