"""A published package of Schematrons in its compiled form: plain values, and the folder of HARNESS_HOME that holds them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from harness.model import Text
from harness.values import dataclass

VOLET = "volet"
RECORD = "package.json"  # in the folder of a compiled package


@dataclass(frozen=True, slots=True)
class Part:
    """One judge of the package: an XML schema or a Schematron.

    name: `schema`, `header`, ..., or `volet:VSM_1.4_2022.01`; file: its compiled form, in the package's folder; source: the file
    it was made from; documents: address -> file, what it may look into; gaps: what it names and the package does not hold;
    broken: why it cannot be used at all, None when it can.
    """

    name: str
    kind: str
    file: str
    source: str
    documents: Mapping[str, str]
    gaps: tuple[Text, ...]
    broken: str | None = None

    @property
    def volet(self) -> str | None:
        kind, _, name = self.name.partition(":")
        return name if kind == VOLET and name else None


@dataclass(frozen=True, slots=True)
class Package:
    """digest: of all the sources it was compiled from; code: of what compiled them; origin: where they were; folder: the
    compiled form's.
    """

    name: str
    digest: str
    code: str
    origin: str
    added: datetime
    parts: tuple[Part, ...]
    folder: Path

    @property
    def id(self) -> str:
        return f"{self.name}-{self.digest[:12]}-{self.code[:4]}"

    def part(self, name: str) -> Part | None:
        return next((part for part in self.parts if part.name == name), None)

    def volets(self) -> dict[str, Part]:
        return {part.volet: part for part in self.parts if part.volet}

    def shared(self) -> tuple[Part, ...]:
        """The parts that judge every document."""
        return tuple(part for part in self.parts if not part.volet)


def written(package: Package) -> str:
    plain = asdict(package) | {"added": package.added.isoformat()}
    del plain["folder"]
    return json.dumps(plain, ensure_ascii=False, indent=1)


def loaded(text: str, folder: Path) -> Package:
    """Raises ValueError, KeyError or TypeError when the text is not what `written` makes."""
    plain = json.loads(text)
    return Package(
        name=plain["name"],
        digest=plain["digest"],
        code=plain["code"],
        origin=plain["origin"],
        added=datetime.fromisoformat(plain["added"]),
        parts=tuple(_part(one) for one in plain["parts"]),
        folder=folder,
    )


def _part(plain: Mapping[str, Any]) -> Part:
    gaps: Iterable[Mapping[str, str]] = plain["gaps"]
    return Part(**{**plain, "gaps": tuple(Text(**gap) for gap in gaps)})
