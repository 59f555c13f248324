"""Compiled packages in HARNESS_HOME/packages, one folder each, named after what it was compiled from.

The file `current` names the one that `harness check --official` uses.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from harness.errors import UsageError
from harness.files import write_whole
from harness.model import Text
from harness.packages.folders import Folders
from harness.packages.package import RECORD, Package, loaded, written


class Store(Folders):
    """home: HARNESS_HOME."""

    def __init__(self, home: Path) -> None:
        super().__init__(home / "packages")

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
        """The package compiled from these sources by this code, if any."""
        return next((package for package in self.packages() if (package.digest, package.code) == (digest, code)), None)

    def add(self, package: Package, files: Mapping[str, bytes]) -> Package:
        """Store a package and make it current, in place of what other code compiled from the same sources.

        Raises UsageError when HARNESS_HOME cannot be written.
        """
        with self.writing() as place:
            for file, content in files.items():
                path = place / PurePosixPath(file)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            (place / RECORD).write_text(written(package), "utf-8")
            self.put(place, package.id, lambda folder: _read(folder) is not None)
            self.choose(package)
        for other in self.packages():
            if other.digest == package.digest and other.code != package.code:
                self.remove(other)
        return self.package(package.id)

    def choose(self, package: Package) -> None:
        """Raises UsageError when HARNESS_HOME cannot be written."""
        with self.explained():
            write_whole(self.folder / "current", package.id.encode())

    def remove(self, package: Package) -> None:
        """Raises UsageError when it cannot be."""
        self.take_away(package.folder)


def _read(folder: Path) -> Package | None:
    try:
        return loaded((folder / RECORD).read_text("utf-8"), folder)
    except (OSError, ValueError, KeyError, TypeError):
        return None
