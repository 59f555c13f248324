"""HARNESS_HOME/packages/fhir as it is written: a package appears whole or not at all.

It is written in a folder beside and renamed into its place. Two writers of one package write the same folder, and the second finds
it there. What a writer that was killed left behind is swept by the next one.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from harness.errors import UsageError, cannot_be_written
from harness.library.fhir import packing, tarballs, versions
from harness.library.fhir.index import key
from harness.library.fhir.installed import ARCHIVE, RECORD, Installed, digest, folder, loaded, packages, written
from harness.model import Text
from harness.packages.fhir.naming import require_name, require_version

try:
    import fcntl
except ImportError:  # Windows: what was left behind is swept by its age
    fcntl = None  # type: ignore[assignment]

_WRITING, _GONE, _LOCK = ".writing-", ".removed-", "lock"
_STALE = 3600  # seconds after which a folder that nobody can be seen to write is nobody's


class Store:
    """home: HARNESS_HOME."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.folder = folder(home)

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

    @contextlib.contextmanager
    def writing(self) -> Iterator[Path]:
        """A folder of one's own, gone afterwards whatever happens unless it was renamed. Raises UsageError when there is none."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
            place = Path(tempfile.mkdtemp(dir=self.folder, prefix=_WRITING))
            lock = _locked(place)
        except OSError as error:
            raise self._unwritable(error) from None
        try:
            yield place
        except OSError as error:
            raise self._unwritable(error) from None
        finally:
            lock.close()
            shutil.rmtree(place, ignore_errors=True)

    def remove(self, package: Installed) -> None:
        """Gone at once for readers; then its files. Raises UsageError when it cannot be."""
        try:
            gone = Path(tempfile.mkdtemp(dir=self.folder, prefix=_GONE))
            package.folder.rename(gone / package.folder.name)
        except OSError as error:
            raise self._unwritable(error) from None
        shutil.rmtree(gone, ignore_errors=True)

    def _put(self, place: Path, package: Installed) -> tuple[Installed, bool]:
        final = self.folder / package.id.replace("/", "+")
        (place / _LOCK).unlink(missing_ok=True)
        for _ in range(2):
            try:
                place.rename(final)
                return replace(package, folder=final), True
            except OSError:
                there = loaded(final)
            if there is not None:  # another writer was first
                if there.digest != package.digest:
                    raise _different(there, package.digest)
                return there, False
            shutil.rmtree(final, ignore_errors=True)
        raise OSError(f"{final} cannot be replaced")

    def _sweep(self) -> None:
        """Takes away what writers that were killed left."""
        for place in (*self.folder.glob(f"{_WRITING}*"), *self.folder.glob(f"{_GONE}*")):
            with contextlib.suppress(OSError):
                if not _is_written(place):
                    shutil.rmtree(place, ignore_errors=True)

    def _unwritable(self, error: OSError) -> UsageError:
        return UsageError(
            cannot_be_written(self.folder, error),
            Text("Indiquer un autre dossier par HARNESS_HOME.", "HARNESS_HOME names another folder."),
        )


def _locked(place: Path) -> IO[bytes]:
    """The folder's lock, held before it has the name under which others look for it."""
    lock = (place / f".{_LOCK}").open("wb")
    if fcntl is not None:
        fcntl.flock(lock, fcntl.LOCK_EX)
    (place / f".{_LOCK}").rename(place / _LOCK)
    return lock


def _is_written(place: Path) -> bool:
    """Whether somebody still writes it: its lock is held, or it is young and has none yet."""
    try:
        with (place / _LOCK).open("rb") as lock:
            return _is_held(lock) if fcntl is not None else time.time() - place.stat().st_mtime < _STALE
    except FileNotFoundError:
        return time.time() - place.stat().st_mtime < _STALE


def _is_held(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


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
