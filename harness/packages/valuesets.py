"""Published value sets (IHE SVS, RetrieveValueSetResponse) made ours, and what changed since the version at hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from harness.errors import UnreadableDocument
from harness.model import Text
from harness.packages.sources import Sources
from harness.values import dataclass

SVS = "urn:ihe:iti:svs:2008"
Code = tuple[str, str]  # system OID, code


@dataclass(frozen=True, slots=True)
class PublishedSet:
    """concepts: code -> label, in the order published; ended: code -> the day from which it is no longer to be used (dateFin)."""

    id: str
    oid: str
    version: str
    title: str
    concepts: Mapping[Code, str]
    ended: Mapping[Code, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """From the set at hand to the published one. relabelled: code, label it had, label it has."""

    added: tuple[Code, ...]
    removed: tuple[Code, ...]
    retired: tuple[Code, ...]
    relabelled: tuple[tuple[Code, str, str], ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.retired or self.relabelled)


def value_set_names(sources: Sources) -> Iterator[str]:
    """The files that hold a value set."""
    for name in sources:
        if name.endswith(".xml") and b"RetrieveValueSetResponse" in sources.read(name)[:2000]:
            yield name


def read_value_set(sources: Sources, name: str) -> PublishedSet:
    """Raises UnreadableDocument when the file is not one value set with its OID and coded concepts."""
    root = sources.parse(name)
    found = root.find(f".//{{{SVS}}}ValueSet")
    if found is None or not found.get("id"):
        raise UnreadableDocument(Text(f"{name} : pas de ValueSet avec son OID", f"{name}: no ValueSet with its OID"))
    concepts: dict[Code, str] = {}
    ended: dict[Code, str] = {}
    for concept in found.iter(f"{{{SVS}}}Concept"):
        code = (concept.get("codeSystem", "").strip(), concept.get("code", "").strip())
        if not any(code):
            continue  # how a set that enumerates nothing is published
        if not all(code):
            raise UnreadableDocument(
                Text(f"{name} : un concept sans code ou sans codeSystem", f"{name}: a concept without code or codeSystem")
            )
        concepts.setdefault(code, concept.get("displayName", "").strip())
        if end := concept.get("dateFin", "").strip():
            ended[code] = _day(end)
            if not _is_day(ended[code]):
                raise UnreadableDocument(Text(f"{name} : {end} n'est pas une date", f"{name}: {end} is not a date"))
    id = PurePosixPath(name).stem
    version = _day(found.get("revisionDate") or found.get("dateMaj") or found.get("effectiveDate") or found.get("version") or "")
    return PublishedSet(id, found.get("id", ""), version.replace("-", "") or "unknown", _title(found, id), concepts, ended)


def changes(before: Mapping[str, Any] | None, after: PublishedSet) -> Changes:
    """before: the set at hand as its file says it, None when there is none."""
    had, over = _concepts(before or {})
    retired = tuple(code for code, end in after.ended.items() if over.get(code) != end)
    relabelled = tuple((code, had[code], label) for code, label in after.concepts.items() if code in had and had[code] != label)
    return Changes(
        added=tuple(code for code in after.concepts if code not in had),
        removed=tuple(code for code in had if code not in after.concepts and code not in over),
        retired=retired if before else tuple(after.ended),
        relabelled=relabelled,
    )


def with_those_gone(before: Mapping[str, Any], after: PublishedSet) -> PublishedSet:
    """The published set under the name at hand, with the concepts that it no longer has, as ended with it: documents of before may
    bear them. Of one that does not tell its day, they are gone."""
    had, over = _concepts(before)
    day = _day(after.version)
    gone = {code: label for code, label in had.items() if code not in after.concepts and (code in over or _is_day(day))}
    ended = {code: over.get(code, day) for code in gone}
    return PublishedSet(before["id"], after.oid, after.version, after.title, {**after.concepts, **gone}, {**after.ended, **ended})


def written(found: PublishedSet, title: str = "") -> str:
    """The value set as our data files are written: a concept a line, a retired one with the day it ended."""
    systems = list(dict.fromkeys(system for system, _ in found.concepts))
    head = {"id": found.id, "oid": found.oid, "version": found.version, "title": title or found.title, "systems": systems}
    rows = [
        [systems.index(code[0]), code[1], label, *([found.ended[code]] if code in found.ended else [])]
        for code, label in found.concepts.items()
    ]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f'{json.dumps(head, ensure_ascii=False)[:-1]}, "concepts": [\n{lines}\n]}}\n'


def _concepts(plain: Mapping[str, Any]) -> tuple[dict[Code, str], dict[Code, str]]:
    systems = plain.get("systems", [])
    had: dict[Code, str] = {}
    ended: dict[Code, str] = {}
    for system, code, label, *end in plain.get("concepts", []):
        had[systems[system], code] = label
        if end:
            ended[systems[system], code] = end[0]
    return had, ended


def _title(found: etree._Element, id: str) -> str:
    return found.get("description", "").strip() or re.sub(r"^(JDV|ASS|TRE)_|_CISIS$", "", id).replace("_", " ")


def _day(written: str) -> str:
    """`20240927120000` and `2024-09-27T12:00:00+01:00` -> `2024-09-27`; anything else as it is."""
    if found := re.match(r"(\d{4})-?(\d{2})-?(\d{2})", written):
        return "-".join(found.groups())
    return written


def _is_day(written: str) -> bool:
    try:
        return f"{date.fromisoformat(written)}" == written
    except ValueError:
        return False
