"""ZIP archives, XDM or plain, read in memory within bounds: nothing is ever written where a member's name says."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from ..errors import UnreadableDocument
from ..model import NO_TEXT, Text
from .document import XDM_FOLDER, ZIP_MAGIC, Limits

_CHUNK = 1 << 20
_RATIO_FLOOR = 1_000_000  # below this size a high ratio harms nobody


def members(data: bytes, limits: Limits, folder: str | None = None) -> Iterator[tuple[str, bytes | UnreadableDocument]]:
    """Each member by name, of one folder and those in it where it is named, with its bytes or why they are refused.

    Raises UnreadableDocument when the archive itself is refused.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        message = Text("archive ZIP illisible, ou coupée", f"unreadable ZIP archive ({error})")
        raise UnreadableDocument(message, Text("Refaire l'archive.", "Recreate the archive.")) from None
    with archive:
        listed = archive.infolist()
        if len(listed) > limits.members:
            raise _refused(f"plus de {limits.members} fichiers", f"more than {limits.members} files", _SMALLER)
        total = sum(member.file_size for member in listed)
        if total > limits.expanded:
            raise _refused(
                f"{total / 1e6:.0f} Mo une fois décompressée, la limite est {limits.expanded / 1e6:.0f} Mo",
                f"{total / 1e6:.0f} MB once expanded, the limit is {limits.expanded / 1e6:.0f} MB",
                _SMALLER,
            )
        for member in sorted(listed, key=lambda member: member.filename):
            if not member.is_dir() and (folder is None or _is_in(folder, member.filename)):
                yield member.filename, _member(archive, member, limits)


def at_root(data: bytes, metadata: str) -> tuple[str, ...] | None:
    """The names beside the folder IHE_XDM where metadata stand, in the archive; None of metadata that stand elsewhere.

    data: an archive whose members were read.
    """
    parts = PurePosixPath(metadata).parts
    if len(parts) < 3 or parts[-3].upper() != XDM_FOLDER:
        return None
    root = "/".join(parts[:-3])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return tuple(PurePosixPath(name).name for name in archive.namelist() if not name.endswith("/") and folder_of(name) == root)


def folders_of(data: bytes, name: str) -> frozenset[str]:
    """Folders that have a file of this name, whatever its case. data: an archive whose members were read."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return frozenset(folder_of(one) for one in archive.namelist() if PurePosixPath(one).name.upper() == name)


def _is_in(folder: str, name: str) -> bool:
    """At the top of an archive its own files alone: what stands beside is no part of a submission set."""
    return folder_of(name) == folder or (folder != "" and name.startswith(f"{folder}/"))


def folder_of(name: str) -> str:
    """Folder of a member; empty at the top of the archive."""
    return name.rpartition("/")[0]


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> bytes | UnreadableDocument:
    parts = member.filename.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in parts[0]:
        return _refused("un nom qui sort de l'archive", "a name that leads out of the archive", _AGAIN)
    if stat.S_ISLNK(member.external_attr >> 16):
        return _refused("un lien symbolique", "a symbolic link", _APART)
    if member.flag_bits & 1:
        return _refused("un fichier chiffré", "an encrypted file", Text("Le donner déchiffré.", "Provide it decrypted."))
    if member.file_size > limits.size:
        return _refused(f"plus de {limits.size / 1e6:.0f} Mo", f"more than {limits.size / 1e6:.0f} MB", NO_TEXT)
    if member.file_size > _RATIO_FLOOR and member.file_size > limits.ratio * max(1, member.compress_size):
        ratio = member.file_size // max(1, member.compress_size)
        return _refused(f"un taux de compression de {ratio}", f"a compression ratio of {ratio}", _APART)
    try:
        content = _read(archive, member)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        return UnreadableDocument(Text(f"fichier abîmé dans l'archive ({error})", f"damaged file in the archive ({error})"))
    if content.startswith(ZIP_MAGIC):
        return _refused("une archive dans l'archive", "an archive inside the archive", _APART)
    return content


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Read no more than the directory of the archive declares, whatever the header of the member says."""
    with archive.open(member) as stream:
        content = bytearray()
        while len(content) <= member.file_size and (chunk := stream.read(min(_CHUNK, member.file_size + 1 - len(content)))):
            content += chunk
        return bytes(content)


_SMALLER = Text(
    "La partager en plusieurs archives, ou donner le dossier décompressé.", "Split it, or give the folder that it was made of."
)
_APART = Text("Le sortir de l'archive et le donner à part.", "Take it out of the archive and give it by itself.")
_AGAIN = Text("Refaire l'archive avec des noms simples, relatifs.", "Recreate the archive with plain, relative names.")


def _refused(french: str, english: str, hint: Text) -> UnreadableDocument:
    return UnreadableDocument(Text(f"archive refusée : {french}", f"archive refused: {english}"), hint)
