"""A FHIR package as published: a gzipped tar read within bounds, from memory to memory. Nothing is ever unpacked on a disk."""

from __future__ import annotations

import io
import json
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from ...errors import UnreadableDocument
from ...model import Text
from ...values import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """packed: bytes of the archive; files; file: bytes of one; unpacked: bytes of all."""

    packed: int = 512_000_000
    files: int = 100_000
    file: int = 256_000_000
    unpacked: int = 3_000_000_000


BOUNDS = Bounds()
_BLOCK = 1 << 16
_GZIP = b"\x1f\x8b"


def members(content: bytes, bounds: Bounds = BOUNDS) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file, in the archive's order, `./` taken off.

    Raises UnreadableDocument when it is no such archive, is cut short, is larger than the bounds or names a place outside itself.
    """
    if len(content) > bounds.packed:
        raise _refused(Text("archive trop grande", "archive too large"))
    try:
        with tarfile.open(fileobj=_Measured(io.BytesIO(content), bounds.unpacked), mode="r|", bufsize=_BLOCK) as archive:
            yield from _members(archive, bounds)
    except (tarfile.TarError, zlib.error, EOFError) as error:
        raise _refused(Text(f"archive illisible ({error})", f"archive cannot be read ({error})")) from None


def manifest(content: bytes) -> dict[str, Any]:
    """The package's `package.json`. Raises UnreadableDocument when there is none that names the package and its version."""
    for name, data in members(content):
        if name == "package/package.json":
            return said(data)
    raise _refused(Text("package/package.json est absent", "package/package.json is absent"))


def said(data: bytes) -> dict[str, Any]:
    """What the bytes of a `package.json` say. Raises UnreadableDocument."""
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(found.get(key), str) and found[key] for key in ("name", "version")):
        raise _refused(Text("package.json ne dit ni nom ni version", "package.json has no name or version"))
    if not isinstance(found.get("dependencies", {}), Mapping):
        raise _refused(Text("package.json : dependencies n'est pas un objet", "package.json: dependencies is not an object"))
    return found


def packed(files: Mapping[str, bytes]) -> bytes:
    """An archive of these files: the same files make the same bytes, wherever and whenever."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size = len(files[name])
            member.mode = 0o644
            archive.addfile(member, io.BytesIO(files[name]))
    squeezed = zlib.compressobj(6, zlib.DEFLATED, 31)
    return squeezed.compress(plain.getvalue()) + squeezed.flush()


def _members(archive: tarfile.TarFile, bounds: Bounds) -> Iterator[tuple[str, bytes]]:
    count = 0
    for member in archive:
        name = member.name.replace("\\", "/").removeprefix("./")
        count += 1
        if count > bounds.files:
            raise _refused(Text("trop de fichiers", "too many files"))
        if name.startswith("/") or ".." in name.split("/") or ":" in name.split("/")[0]:
            raise _refused(Text(f"nom hors de l'archive : {name}", f"name outside the archive: {name}"))
        if member.isdir():
            continue
        if not member.isfile():
            raise _refused(Text(f"ni fichier ni dossier : {name}", f"neither file nor folder: {name}"))
        if member.size > bounds.file:
            raise _refused(Text(f"fichier trop grand : {name}", f"file too large: {name}"))
        reader = archive.extractfile(member)
        yield name, reader.read() if reader is not None else b""


class _Measured(io.RawIOBase):
    """The plain tar inside, no longer than it may be: what a small archive unpacks to is not known before."""

    def __init__(self, source: BinaryIO, longest: int) -> None:
        super().__init__()
        self._source = source
        self._left = longest
        self._zip = zlib.decompressobj(31)
        self._held = b""

    def read(self, size: int = -1) -> bytes:
        parts = [self._held]
        held = len(self._held)
        while held < size:
            if self._zip.eof:
                rest = self._zip.unused_data or self._source.read(_BLOCK)
                if not rest.startswith(_GZIP):
                    break
                self._zip, given = zlib.decompressobj(31), rest  # an archive may be several, one after the other
            else:
                given = self._zip.unconsumed_tail or self._source.read(_BLOCK)
            if not given:
                raise EOFError("cut short")
            parts.append(plain := self._zip.decompress(given, max(size - held, _BLOCK)))
            held += len(plain)
            self._left -= len(plain)
            if self._left < 0:
                raise _refused(Text("trop grand une fois décompressé", "too large once unpacked"))
        whole = b"".join(parts)
        self._held = whole[size:]
        return whole[:size]


def _refused(why: Text) -> UnreadableDocument:
    return UnreadableDocument(
        Text(f"paquet refusé : {why.fr}", f"package refused: {why.en}"),
        Text(
            "Un paquet FHIR est un .tgz qui contient package/package.json.", "A FHIR package is a .tgz with package/package.json."
        ),
    )
