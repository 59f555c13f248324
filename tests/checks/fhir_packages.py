"""Definitions and examples of the official packages."""

from __future__ import annotations

import json
import tarfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from harness.checks.fhir.bindings import Bindings
from harness.checks.fhir.invariants import Invariants
from harness.checks.fhir.judging import Outcome, judge
from harness.checks.fhir.structures import Structures
from harness.checks.fhir.terms.terminology import Terminology
from harness.documents.fhir_json import read_json
from harness.library.fhir import tarballs
from harness.library.fhir.definitions import Definitions
from harness.library.fhir.index import STRUCTURES
from harness.library.fhir.packing import compiled_pack
from harness.library.pack import Pack, unpack
from harness.model import Severity

CORE = "hl7.fhir.r4.core-4.0.1-rebuilt"
EXTENSIONS = "hl7.fhir.uv.extensions.r4-5.3.0-ballot-tc1"
TERMINOLOGY = "hl7.terminology.r4-7.0.1"
IPS = "hl7.fhir.uv.ips-2.0.0"
FR_CORE = "hl7.fhir.fr.core-2.2.0-ballot-2"
PDSM = "ans.fhir.fr.pdsm-3.1.1-combined"


class Packages(Definitions):
    """What archives define, as when they are installed, and their examples by name."""

    def __init__(self, folder: Path, *names: str) -> None:
        archives = [_archive(folder / f"{name}.tgz") for name in names]
        super().__init__([(one.name, one.version, "", one.pack) for one in archives])
        self.examples = {file: data for one in archives for file, data in one.examples.items()}

    def canonicals(self, kind: str = STRUCTURES) -> list[str]:
        return list(dict.fromkeys(url for index in self._indexes for url in index[kind]))

    @property
    def structures(self) -> list[dict[str, Any]]:
        """Each StructureDefinition, in its last version."""
        return [found for url in self.canonicals() if (found := self.structure(url)) is not None]


class _Archive(NamedTuple):
    name: str
    version: str
    pack: Pack
    examples: dict[str, bytes]


@cache
def _archive(path: Path) -> _Archive:
    content = path.read_bytes()
    said = tarballs.manifest(content)
    made, _, left_out = compiled_pack(tarballs.members(content))
    assert not left_out
    with tarfile.open(path) as archive:
        examples = {
            member.name.rpartition("/")[2]: archive.extractfile(member).read()  # type: ignore[union-attr]
            for member in archive
            if "/example/" in member.name and member.name.endswith(".json")
        }
    return _Archive(said["name"], said["version"], unpack(made), examples)  # type: ignore[arg-type]


def errors(outcome: Outcome) -> list[str]:
    found = [remark for remark in outcome.remarks if remark.severity is Severity.ERROR]
    return [f"{remark.rule} {remark.node.path}: {remark.message.en}" for remark in found]


class Bench:
    """Judges resources with every part of the engine."""

    def __init__(self, packages: Packages) -> None:
        self._structures = Structures(packages)
        self._terminology = Terminology(packages)
        self._invariants = Invariants(self._structures, datetime(2026, 6, 1, tzinfo=UTC))

    def judge(self, content: bytes | dict[str, Any], **options: Any) -> Outcome:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        return judge(
            read_json(data),
            self._structures,
            bindings=Bindings(self._terminology),
            expressions=self._invariants,
            context_of=self._invariants.context,
            **options,
        )
