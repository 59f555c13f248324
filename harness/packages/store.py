"""Compiled packages in HARNESS_HOME/packages, one folder each, named after what it was compiled from.

A folder appears whole or not at all: it is written beside and renamed. Two writers of the same package write the same folder, and
the second finds it there. The file `current` names the one that `harness check --official` uses.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from harness.errors import UsageError, cannot_be_written, reason
from harness.model import Text
from harness.packages.package import RECORD, Package, loaded, written


class Store:
    """home: HARNESS_HOME."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "packages"

    def packages(self) -> tuple[Package, ...]:
        """The last added first. What is damaged is as good as absent."""
        found: list[Package] = []
        with contextlib.suppress(OSError):
            for folder in self.folder.iterdir():
                if not folder.name.startswith(".") and (package := _read(folder)) is not None:
                    found.append(package)
        return tuple(sorted(found, key=lambda package: (package.added, package.id), reverse=True))

    def current(self) -> Package | None:
        """The one last added or chosen."""
        packages = self.packages()
        with contextlib.suppress(OSError):
            named = (self.folder / "current").read_text("utf-8").strip()
            return next((package for package in packages if package.id == named), next(iter(packages), None))
        return next(iter(packages), None)

    def package(self, name: str) -> Package:
        """By id, by the beginning of it, or by name (the last added). Raises UsageError when there is none."""
        for package in self.packages():
            if package.name == name or package.id.startswith(name):
                return package
        known = ", ".join(package.id for package in self.packages())
        message = Text(f"paquet inconnu : {name}", f"unknown package: {name}")
        if known:
            raise UsageError(message, Text(f"Paquets installés : {known}.", f"Packages installed: {known}."))
        raise UsageError(message, Text("Aucun paquet : `harness packages add CHEMIN`.", "No package: `harness packages add PATH`."))

    def same(self, digest: str, code: str) -> Package | None:
        """One compiled from these sources by this code."""
        return next((package for package in self.packages() if (package.digest, package.code) == (digest, code)), None)

    def add(self, package: Package, files: Mapping[str, bytes]) -> Package:
        """Kept, chosen, and in place of what other code compiled from the same sources.

        Raises UsageError when HARNESS_HOME cannot be written.
        """
        place = self.folder / package.id
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            writing = Path(tempfile.mkdtemp(dir=self.folder, prefix=".writing-"))
            try:
                for file, content in files.items():
                    path = writing / PurePosixPath(file)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(content)
                (writing / RECORD).write_text(written(package), "utf-8")
                _put(writing, place)
            finally:
                shutil.rmtree(writing, ignore_errors=True)
            self.choose(package)
        except OSError as error:
            raise UsageError(
                cannot_be_written(self.folder, error),
                Text("Indiquer un autre dossier par HARNESS_HOME.", "HARNESS_HOME names another folder."),
            ) from None
        for other in self.packages():
            if other.digest == package.digest and other.code != package.code:
                self.remove(other)
        return self.package(package.id)

    def choose(self, package: Package) -> None:
        handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=".writing-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(package.id)
        Path(temporary).replace(self.folder / "current")

    def remove(self, package: Package) -> None:
        """Gone at once for readers; then its files."""
        gone = package.folder.with_name(f".removed-{package.folder.name}-{os.getpid()}")
        try:
            package.folder.rename(gone)
        except OSError as error:
            raise UsageError(
                Text(
                    f"{package.folder} : suppression impossible ({reason(error).fr})",
                    f"{package.folder}: cannot be removed ({reason(error).en})",
                )
            ) from None
        shutil.rmtree(gone, ignore_errors=True)


def _read(folder: Path) -> Package | None:
    try:
        return loaded((folder / RECORD).read_text("utf-8"), folder)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _put(writing: Path, place: Path) -> None:
    """Renames the folder into its place, unless a whole one is there already."""
    try:
        writing.rename(place)
    except OSError:
        if _read(place) is None:
            shutil.rmtree(place, ignore_errors=True)
            writing.rename(place)
