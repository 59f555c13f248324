"""Definitions and examples of the official packages, read as they are."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

from harness.checks.fhir.judging import Outcome, judge
from harness.checks.fhir.shapes import BASE, Structures
from harness.documents.fhir_json import read_json
from harness.library.fhir.compiling import compile_structure
from harness.model import Severity

CORE = "hl7.fhir.r4.core-4.0.1-rebuilt"
EXTENSIONS = "hl7.fhir.uv.extensions.r4-5.3.0-ballot-tc1"
IPS = "hl7.fhir.uv.ips-2.0.0"
FR_CORE = "hl7.fhir.fr.core-2.2.0-ballot-2"
PDSM = "ans.fhir.fr.pdsm-3.1.1-combined"


class Packages:
    """The structures of packages, each compiled when it is first asked for; their examples by name."""

    def __init__(self, folder: Path, *names: str) -> None:
        self._raw: dict[str, bytes] = {}
        self._compiled: dict[str, dict[str, Any]] = {}
        self.examples: dict[str, bytes] = {}
        for name in names:
            with tarfile.open(folder / f"{name}.tgz") as archive:
                for member in archive:
                    file = member.name.rpartition("/")[2]
                    if member.name.startswith("package/StructureDefinition") and file.endswith(".json"):
                        self._keep(archive.extractfile(member).read())  # type: ignore[union-attr]
                    elif "/example/" in member.name and file.endswith(".json"):
                        self.examples[file] = archive.extractfile(member).read()  # type: ignore[union-attr]

    def _keep(self, data: bytes) -> None:
        said = json.loads(data)
        for name in (said["url"], f"{said['url']}|{said.get('version', '')}"):
            if name not in self._raw or "fhir.uv.extensions" not in said.get("version", ""):
                self._raw[name] = data

    def structure(self, canonical: str) -> dict[str, Any] | None:
        name = canonical if canonical in self._raw else canonical.partition("|")[0]
        if name not in self._raw:
            return None
        if name not in self._compiled:
            self._compiled[name] = compile_structure(json.loads(self._raw[name]))
        return self._compiled[name]

    def type(self, name: str) -> dict[str, Any] | None:
        return self.structure(f"{BASE}{name}|4.0.1")


def errors(outcome: Outcome) -> list[str]:
    found = [remark for remark in outcome.remarks if remark.severity is Severity.ERROR]
    return [f"{remark.rule} {remark.node.path}: {remark.message.en}" for remark in found]


def judged(structures: Structures, content: bytes | dict[str, Any], **options: Any) -> Outcome:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return judge(read_json(data), structures, **options)
