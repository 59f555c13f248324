"""FHIR packages in HARNESS_HOME/packages/fhir, one folder each: the archive as published, what is known of it, its pack.

The pack is made from the archive, named after its digest and the code that compiled it: another Python or a newer harness finds no
pack of its name and makes its own.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import mmap
from collections.abc import Callable, Iterator
from dataclasses import asdict, field, replace
from pathlib import Path
from typing import Any

from ...errors import UnreadableDocument
from ...model import Text
from ...values import dataclass
from .. import pack as packs
from ..folders import home as user_home
from . import versions
from .index import key

RECORD, ARCHIVE = "record.json", "package.tgz"


@dataclass(frozen=True, slots=True)
class Installed:
    """One package. digest: `sha512-…` of its archive, as npm writes it; origin: where it came from; counts: definitions by sort."""

    name: str
    version: str
    digest: str
    origin: str
    added: str
    title: str = ""
    license: str = ""
    fhir_versions: tuple[str, ...] = ()
    dependencies: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    folder: Path = Path()

    @property
    def id(self) -> str:
        return f"{self.name}#{self.version}"

    @property
    def is_r4(self) -> bool:
        return not self.fhir_versions or any(version.startswith("4.0") for version in self.fhir_versions)

    def archive(self) -> bytes:
        """The archive as it was published. Raises UnreadableDocument when it is no longer what was added."""
        with contextlib.suppress(OSError):
            content = (self.folder / ARCHIVE).read_bytes()
            if digest(content) == self.digest:
                return content
        raise UnreadableDocument(
            Text(f"{self.id} : archive abîmée ou absente", f"{self.id}: archive damaged or absent"),
            Text(
                f"`harness packages remove {self.id}`, puis l'ajouter de nouveau.",
                f"`harness packages remove {self.id}`, then add it again.",
            ),
        )

    def pack(self, told: Callable[[Text], None] | None = None) -> packs.Pack:
        """Opened, made first when no pack of this harness and this Python is there; told: hears why it cannot be kept.

        Raises UnreadableDocument.
        """
        path = self.folder / f"{key(self.digest)}.pack"
        found = mapped(path)
        if found is not None:
            return found
        made = packs.kept(path, self._compiled, told)
        return mapped(path) or made

    def _compiled(self) -> bytes:
        from . import packing, tarballs  # only when there is something to compile

        content, _, _ = packing.compiled_pack(tarballs.members(self.archive()))
        for old in self.folder.glob("*.pack"):
            with contextlib.suppress(OSError):
                old.unlink()
        return content


def folder(home: Path | None = None) -> Path:
    return (home or user_home()) / "packages" / "fhir"


def packages(home: Path | None = None) -> tuple[Installed, ...]:
    """By name, the oldest version first. A folder that is being written or is damaged is none."""
    found = []
    with contextlib.suppress(OSError):
        for place in folder(home).iterdir():
            if not place.name.startswith(".") and (package := loaded(place)) is not None:
                found.append(package)
    return tuple(sorted(found, key=lambda package: (package.name, versions.order(package.version))))


def loaded(place: Path) -> Installed | None:
    try:
        plain: dict[str, Any] = json.loads((place / RECORD).read_text("utf-8"))
        made = Installed(**plain)
        return replace(made, fhir_versions=tuple(made.fhir_versions), left_out=tuple(made.left_out), folder=place)
    except (OSError, ValueError, TypeError):
        return None


def written(package: Installed) -> str:
    plain = asdict(package)
    del plain["folder"]
    return json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def digest(content: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def mapped(path: Path) -> packs.Pack | None:
    """The pack in this file without reading it whole: a page of it takes memory when a definition on it is asked for."""
    try:
        with path.open("rb") as file:
            return packs.unpack(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError):
        return None


def opened(home: Path | None = None, told: Callable[[Text], None] | None = None) -> Iterator[tuple[Installed, packs.Pack]]:
    """The packages that define R4. told: hears once why packs cannot be kept.

    Raises UnreadableDocument when a package can be neither read nor made again.
    """
    heard: list[Text] = []

    def once(said: Text) -> None:
        heard.append(said)
        if told is not None and len(heard) == 1:
            told(said)

    for package in packages(home):
        if package.is_r4:
            yield package, package.pack(once)
