"""Raw bytes of messages, once each, in files named by their SHA-256: HOME/exchanges/ab/abcd…"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from harness.errors import UsageError
from harness.files import write_whole
from harness.model import Text

_OF_A_MESSAGE = 1 << 17  # bytes: of a medical summary in its transaction, and more


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Contents:
    """A folder of files named by what they hold."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, data: bytes) -> str:
        """Writes the bytes unless they are there, whole or not at all, and returns their SHA-256. Raises OSError."""
        sha256 = digest(data)
        path = self._path(sha256)
        if not path.exists():
            write_whole(path, data)
        return sha256

    def check_writable(self) -> None:
        """Raises OSError when a message could not be kept."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self._folder) as file:
            file.write(bytes(_OF_A_MESSAGE))

    def read(self, sha256: str) -> bytes:
        """The bytes kept under a digest. Raises UsageError when they are not there, or are no longer those that were kept."""
        try:
            data = self._path(sha256).read_bytes()
        except FileNotFoundError:
            raise UsageError(
                Text(f"aucun message n'est gardé sous {sha256}", f"no message is kept under {sha256}"),
                Text(
                    "Le dossier exchanges de HARNESS_HOME a pu être vidé.",
                    "The folder exchanges of HARNESS_HOME may have been emptied.",
                ),
            ) from None
        if digest(data) != sha256:
            path = self._path(sha256)
            raise UsageError(Text(f"{path} : ce fichier a été modifié", f"{path}: this file was altered"))
        return data

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256
