"""HARNESS_HOME/packages/fhir as it is written, a folder for each package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.library.fhir import packing, tarballs, versions
from harness.library.fhir.index import key
from harness.library.fhir.installed import ARCHIVE, RECORD, Installed, digest, folder, loaded, packages, written
from harness.model import Text
from harness.packages.fhir.naming import require_name, require_version
from harness.packages.folders import Folders


class Store(Folders):
    """home: HARNESS_HOME."""

    def __init__(self, home: Path) -> None:
        super().__init__(folder(home))
        self._home = home

    def packages(self) -> tuple[Installed, ...]:
        return packages(self._home)

    def find(self, name: str, version: str) -> Installed | None:
        return next((one for one in self.packages() if (one.name, one.version) == (name, version)), None)

    def named(self, name: str) -> tuple[Installed, ...]:
        """By `name`, `name#version` or `name@version`; a name alone may stand for several versions."""
        plain = name.replace("@", "#") if not name.startswith("@") else name[0] + name[1:].replace("@", "#")
        return tuple(one for one in self.packages() if plain in (one.id, one.name))

    def add(self, content: bytes, origin: str, expected: Sequence[str] = ("", ""), *, now: str) -> tuple[Installed, bool]:
        """The package of this archive, and whether it was not there before. expected: the name and version it must have, if known.

        Raises UnreadableDocument when the archive is refused, UsageError when it is not the package that was expected, another of
        the same name and version is there, or HARNESS_HOME cannot be written.
        """
        said = tarballs.manifest(content)
        name, version = require_name(said["name"]), require_version(said["version"])
        if expected[0] and (name, version) != tuple(expected):
            raise UsageError(
                Text(
                    f"le paquet reçu est {name}#{version}, non {'#'.join(expected)}",
                    f"the package is {name}#{version}, not {'#'.join(expected)}",
                )
            )
        found, known = digest(content), self.find(name, version)
        if known is not None and known.digest == found:
            return known, False
        if known is not None and not versions.is_moving(version):
            raise _different(known, found)
        made, counts, left_out = packing.compiled_pack(tarballs.members(content))
        package = Installed(
            name,
            version,
            found,
            origin,
            now,
            title=_text(said, "title"),
            license=_text(said, "license"),
            fhir_versions=tuple(_texts(said, "fhirVersions") or _texts(said, "fhir-version-list")),
            dependencies={str(one): str(wanted or "latest") for one, wanted in said.get("dependencies", {}).items()},
            counts=counts,
            left_out=tuple(left_out),
        )
        if known is not None:
            self.remove(known)
        with self.writing() as place:
            (place / ARCHIVE).write_bytes(content)
            (place / f"{key(found)}.pack").write_bytes(made)
            (place / RECORD).write_text(written(package), "utf-8")
            return self._put(place, package)

    def remove(self, package: Installed) -> None:
        """Raises UsageError when it cannot be."""
        self.take_away(package.folder)

    def _put(self, place: Path, package: Installed) -> tuple[Installed, bool]:
        final = self.folder / package.id.replace("/", "+")
        if self.put(place, final.name, lambda folder: loaded(folder) is not None):
            return replace(package, folder=final), True
        there = loaded(final)
        if there is None or there.digest != package.digest:
            raise _different(there or package, package.digest)
        return there, False


def _different(known: Installed, found: str) -> UsageError:
    return UsageError(
        Text(
            f"{known.id} est déjà là, d'un autre contenu ({known.digest[:19]}…, ici {found[:19]}…)",
            f"{known.id} is there already with other content ({known.digest[:19]}…, here {found[:19]}…)",
        ),
        Text(
            f"Une version publiée ne change pas : vérifier la source, ou `harness packages remove {known.id}` d'abord.",
            f"A published version does not change: check the source, or `harness packages remove {known.id}` first.",
        ),
    )


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name, "")
    return value if isinstance(value, str) else ""


def _texts(said: dict[str, Any], name: str) -> list[str]:
    value = said.get(name, ())
    return [str(one) for one in value] if isinstance(value, list) else []
