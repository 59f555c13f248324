"""Every error we raise on purpose, and the exit code a command ends with when one reaches it.

    HarnessError                     (never raised itself)
    ├── UsageError               2   the caller: a wrong path, profile, option
    │   ├── DataError            2   a data file of ours or of HARNESS_HOME (file and line)
    │   └── ForbiddenProduction  2   a production INS was about to be made or sent
    └── CannotJudge              3   what was given or what answered could not be judged
        ├── UnreadableDocument   3   raised by documents/
        └── UnreachableSystem    3   raised by exchange/

A defect of the system under test is a verdict, never one of these.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from harness.model import NO_TEXT, Lang, Text

# What a system says in English only -> the same in French.
_FRENCH = {
    errno.EACCES: "accès refusé",
    errno.EADDRINUSE: "adresse ou port déjà pris",
    errno.EADDRNOTAVAIL: "cette machine n'a pas cette adresse",
    errno.EBADF: "flux fermé",
    errno.EEXIST: "un fichier de ce nom existe déjà",
    errno.EFBIG: "fichier trop grand pour ce disque",
    errno.EINVAL: "ce système ne le permet pas",
    errno.EIO: "le disque ne répond pas comme il faut",
    errno.EISDIR: "c'est un dossier",
    errno.ELOOP: "des liens symboliques tournent en rond",
    errno.EMFILE: "trop de fichiers ouverts",
    errno.ENAMETOOLONG: "nom trop long",
    errno.ENFILE: "trop de fichiers ouverts",
    errno.ENODATA: "aucun programme n'écrit dans ce tube",
    errno.ENOENT: "fichier ou dossier introuvable",
    errno.ENOSPC: "plus de place sur le disque",
    errno.ENOTDIR: "une partie du chemin n'est pas un dossier",
    errno.ENOTEMPTY: "le dossier n'est pas vide",
    errno.ENXIO: "pas un fichier ordinaire",
    errno.EPERM: "opération non permise",
    errno.EROFS: "le disque est en lecture seule",
}


def reason(error: OSError) -> Text:
    """Why the system refused, in both languages; as it says it where it has no row."""
    said = error.strerror or str(error) or type(error).__name__
    return Text(_FRENCH.get(error.errno or 0, said), said)


def cannot_be_read(path: object, error: OSError) -> Text:
    why = reason(error)
    return Text(f"{path} : lecture impossible ({why.fr})", f"{path}: cannot be read ({why.en})")


def cannot_be_written(path: object, error: OSError) -> Text:
    why = reason(error)
    return Text(f"{path} : écriture impossible ({why.fr})", f"{path}: cannot be written ({why.en})")


class HarnessError(Exception):
    """message: what is wrong and where; hint: what to do next. Both are shown to who typed the command, in their language.

    A plain string stands for both languages (a name, a path).
    """

    exit_code = 2

    def __init__(self, message: Text | str, hint: Text | str = "") -> None:
        self.message = _text(message)
        self.hint = _text(hint)
        super().__init__(self.message.en)

    def told(self, lang: Lang) -> str:
        """Message and hint as printed on a terminal."""
        hint = self.hint.in_(lang)
        return self.message.in_(lang) + (f"\n  → {hint}" if hint else "")


def _text(said: Text | str) -> Text:
    return said if isinstance(said, Text) else Text(said, said)


class UsageError(HarnessError):
    exit_code = 2


class DataError(UsageError):
    """A data file does not say what it must. Shown as `file:line: message`."""

    def __init__(self, file: str, line: int, message: Text | str, hint: Text | str = "") -> None:
        said = _text(message)
        super().__init__(Text(f"{file}:{line} : {said.fr}", f"{file}:{line}: {said.en}"), hint)
        self.file = file
        self.line = line


class ForbiddenProduction(UsageError):
    """Synthetic people only: nothing under INS OID ….1.4.8 or ….1.4.9 leaves the harness."""


@contextmanager
def told_at(file: str, line: int) -> Iterator[None]:
    """What the caller asks wrongly is asked at this line of a file: a DataError there. Production stays forbidden as it is."""
    try:
        yield
    except (DataError, ForbiddenProduction):
        raise
    except UsageError as error:
        raise DataError(file, line, error.message, error.hint) from error


class CannotJudge(HarnessError):
    exit_code = 3


class Interrupted(CannotJudge):
    """Ctrl-C, a terminal that is closed, or the end of a pipeline's patience: what was done until then."""


class UnreadableDocument(CannotJudge):
    """what: is wrong, which the message says with its place; line and column from 1, 0 when unknown."""

    def __init__(self, what: Text | str, hint: Text | str = "", line: int = 0, column: int = 0) -> None:
        self.what = _text(what)
        place = NO_TEXT
        if line:
            place = Text(f"ligne {line}, colonne {column} : ", f"line {line}, column {column}: ") if column else _line(line)
        super().__init__(Text(f"{place.fr}{self.what.fr}", f"{place.en}{self.what.en}"), hint)
        self.line = line
        self.column = column


def _line(line: int) -> Text:
    return Text(f"ligne {line} : ", f"line {line}: ")


class UnreachableSystem(CannotJudge):
    pass
