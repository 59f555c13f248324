"""Published value sets written into HARNESS_HOME, where they take the place of those that travel with the harness."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from harness.errors import UnreadableDocument, UsageError, cannot_be_written
from harness.files import write_whole
from harness.library import Library
from harness.model import Lang, Text, labelled
from harness.packages.sources import Sources
from harness.packages.valuesets import (
    Changes,
    Code,
    PublishedSet,
    changes,
    read_value_set,
    value_set_names,
    with_those_gone,
    written,
)
from harness.values import dataclass

FOLDER = "profiles/cda/valuesets"
_NAMED = 5  # codes told of each kind of change; the others are counted


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one published value set."""

    id: str
    outcome: Literal["new", "changed", "same", "older", "refused"]
    versions: tuple[str, str] = ("", "")
    changes: Changes | None = None
    why: Text | None = None

    def told(self, lang: Lang) -> list[str]:
        """Lines for a person; none when nothing changed."""
        if self.outcome == "refused" and self.why is not None:
            return [self.why.in_(lang)]
        if self.outcome == "older":
            return [
                Text(
                    f"{self.id} : la version {self.versions[1]} est plus ancienne que celle en place ({self.versions[0]}), laissée",
                    f"{self.id}: version {self.versions[1]} is older than the one in place ({self.versions[0]}), left out",
                ).in_(lang)
            ]
        if self.outcome == "same" or self.changes is None:
            return []
        was, now = self.versions
        head = f"{was} → {now}" if was else Text(f"nouveau ({now})", f"new ({now})").in_(lang)
        return [labelled(self.id, head, lang), *_told(self.changes, lang, new=not was)]


def add_value_sets(sources: Sources, library: Library, home: Path) -> list[Added]:
    """Raises UsageError when HARNESS_HOME cannot be written."""
    return [_added(sources, name, library, home) for name in value_set_names(sources)]


def _added(sources: Sources, name: str, library: Library, home: Path) -> Added:
    try:
        found = read_value_set(sources, name)
    except UnreadableDocument as error:
        return Added(name, "refused", why=error.message)
    before = _at_hand(library, found)
    after = changes(before, found)
    if before is None:
        _write(home, found.id, written(found))
        return Added(found.id, "new", ("", found.version), after)
    versions = (str(before["version"]), found.version)
    if found.version.isdigit() and versions[0].isdigit() and found.version < versions[0]:
        return Added(before["id"], "older", versions)
    if not after and versions[0] == versions[1]:
        return Added(before["id"], "same", versions)
    kept = with_those_gone(before, found)
    _write(home, kept.id, written(kept, str(before["title"])))
    return Added(kept.id, "changed", versions, after)


def _at_hand(library: Library, found: PublishedSet) -> dict[str, Any] | None:
    """The value set that profiles know under this name, else by this OID: the names of published files change."""
    files = library.files(f"{FOLDER}/*.json")
    names = (found.id, library.value_set_oids().get(found.oid, ""))
    relative = next((file for file in (f"{FOLDER}/{name}.json" for name in names) if file in files), None)
    if relative is None:
        return None
    plain: dict[str, Any] = json.loads(library.path(relative).read_text("utf-8"))
    return plain


def _write(home: Path, id: str, text: str) -> None:
    folder = home / FOLDER
    try:
        write_whole(folder / f"{id}.json", text.encode())
    except OSError as error:
        raise UsageError(cannot_be_written(folder, error)) from None


def _told(found: Changes, lang: Lang, *, new: bool) -> list[str]:
    rows = (
        (Text("ajoutés", "added"), () if new else found.added),
        (Text("retirés de la liste", "gone from the list"), found.removed),
        (Text("périmés", "retired"), found.retired),
    )
    told = ["  " + labelled(word.in_(lang), _codes(codes), lang) for word, codes in rows if codes]
    if found.relabelled:
        shown = "; ".join(f"{code[1]} « {was} » → « {label} »" for code, was, label in found.relabelled[:_NAMED])
        more = f" (+{len(found.relabelled) - _NAMED})" if len(found.relabelled) > _NAMED else ""
        told.append("  " + labelled(Text("libellés changés", "relabelled").in_(lang), f"{shown}{more}", lang))
    return told


def _codes(codes: tuple[Code, ...]) -> str:
    shown = ", ".join(code for _, code in codes[:_NAMED])
    return f"{len(codes)} ({shown}{', …' if len(codes) > _NAMED else ''})"
