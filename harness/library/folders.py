"""Where the data files are: the folders that travel with the package, then HARNESS_HOME, which adds to and overrides them."""

from __future__ import annotations

import os
from pathlib import Path

from harness.errors import UsageError, cannot_be_read
from harness.model import Text
from harness.values import dataclass

AREAS = ("profiles", "scenarios", "fixtures")


@dataclass(frozen=True, slots=True)
class DataFile:
    """One data file. relative: its name in the library, `/` between folders; stamp: what changes when its content does."""

    relative: str
    path: str
    stamp: tuple[int, int, int]


def home() -> Path:
    """The user's data folder: HARNESS_HOME, else ~/.local/share/cisis-harness. Not created by asking."""
    named = os.environ.get("HARNESS_HOME")
    return Path(named).expanduser() if named else Path.home() / ".local" / "share" / "cisis-harness"


def packaged() -> Path:
    """The folder that holds profiles/, scenarios/ and fixtures/: inside an installed package, else the top of the checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_data"
    return inside if inside.is_dir() else package.parent


def listing(roots: tuple[Path, ...]) -> dict[str, DataFile]:
    """Every data file by relative name, sorted; a file of a later root takes the place of its namesake in an earlier one."""
    found: dict[str, DataFile] = {}
    for root in roots:
        for area in AREAS:
            _list(os.path.join(root, area), area, found)  # noqa: PTH118 - on the path of every command: no Path per file
    return dict(sorted(found.items()))


def _unreadable(folder: str, error: OSError) -> UsageError:
    return UsageError(
        cannot_be_read(folder, error),
        Text(
            "HARNESS_HOME doit être un dossier lisible ; en indiquer un autre.",
            "HARNESS_HOME must be a folder that can be read; name another.",
        ),
    )


def _list(folder: str, relative: str, found: dict[str, DataFile]) -> None:
    try:
        entries = os.scandir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise _unreadable(folder, error) from None
    with entries:
        for entry in entries:
            if entry.name.startswith((".", "__pycache__")) or entry.name.endswith("~"):
                continue
            name = f"{relative}/{entry.name}"
            if entry.is_dir():
                _list(entry.path, name, found)
            else:
                state = entry.stat()
                found[name] = DataFile(name, entry.path, (state.st_size, state.st_mtime_ns, state.st_ctime_ns))
