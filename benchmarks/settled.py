"""Disagreements between two judges of which it is decided who is right, as data: `settled_fhir.yaml`, `settled_cda.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

OURS, THEIRS = "ours alone", "theirs alone"


@dataclass(frozen=True, slots=True)
class Settled:
    """A class of disagreement, whose text stands in the docs under the same id. says: its errors, by where and message;
    brings: those that only follow from them, and settle nothing alone.
    """

    id: str
    side: str
    says: re.Pattern[str]
    right: str
    brings: re.Pattern[str] | None = None

    def covers(self, where: str, message: str) -> bool:
        return self.says.search(f"{where}: {message}") is not None

    def follows(self, where: str, message: str) -> bool:
        return self.brings is not None and self.brings.search(f"{where}: {message}") is not None


def settled(file: Path) -> list[Settled]:
    rows = yaml.safe_load(file.read_text("utf-8"))
    return [
        Settled(
            row["id"],
            f"{row['side']} alone",
            re.compile(row["says"]),
            row["right"],
            re.compile(row["brings"]) if "brings" in row else None,
        )
        for row in rows
    ]
