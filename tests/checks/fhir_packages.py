"""Definitions and examples of the official packages, read as they are."""

from __future__ import annotations

import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.checks.fhir.bindings import Bindings
from harness.checks.fhir.invariants import Invariants
from harness.checks.fhir.judging import Outcome, judge
from harness.checks.fhir.shapes import BASE
from harness.checks.fhir.structures import Structures
from harness.checks.fhir.terms.terminology import Terminology
from harness.documents.fhir_json import read_json
from harness.library.fhir.compiling import compile_structure
from harness.library.fhir.neighbours import Neighbours
from harness.library.fhir.terminology_compiling import compile_code_system, compile_value_set
from harness.model import Severity, Text

CORE = "hl7.fhir.r4.core-4.0.1-rebuilt"
EXTENSIONS = "hl7.fhir.uv.extensions.r4-5.3.0-ballot-tc1"
TERMINOLOGY = "hl7.terminology.r4-7.0.1"
IPS = "hl7.fhir.uv.ips-2.0.0"
FR_CORE = "hl7.fhir.fr.core-2.2.0-ballot-2"
PDSM = "ans.fhir.fr.pdsm-3.1.1-combined"


_SORTS = {"StructureDefinition": compile_structure, "ValueSet": compile_value_set, "CodeSystem": compile_code_system}


class Packages:
    """What `Definitions` gives, of archives: each definition compiled when it is first asked for. Their examples by name."""

    packages: list[tuple[str, str, str]] = []  # noqa: RUF012 - none is installed

    def __init__(self, folder: Path, *names: str) -> None:
        self._raw: dict[tuple[str, str], bytes] = {}
        self._compiled: dict[tuple[str, str], dict[str, Any]] = {}
        self.examples: dict[str, bytes] = {}
        self.unfinished: dict[str, Text] = {}  # all that these hold can judge
        for name in names:
            with tarfile.open(folder / f"{name}.tgz") as archive:
                for member in archive:
                    file = member.name.rpartition("/")[2]
                    sort = file.partition("-")[0]
                    if member.name == f"package/{file}" and sort in _SORTS and file.endswith(".json"):
                        self._keep(sort, archive.extractfile(member).read())  # type: ignore[union-attr]
                    elif "/example/" in member.name and file.endswith(".json"):
                        self.examples[file] = archive.extractfile(member).read()  # type: ignore[union-attr]

    def _keep(self, sort: str, data: bytes) -> None:
        said = json.loads(data)
        if "url" in said:
            self._raw[sort, said["url"]] = self._raw[sort, f"{said['url']}|{said.get('version', '')}"] = data

    @property
    def structures(self) -> list[dict[str, Any]]:
        """Each StructureDefinition, in its last version."""
        urls = [url for sort, url in self._raw if sort == "StructureDefinition" and "|" not in url]
        return [found for url in urls if (found := self.structure(url)) is not None]

    def _read(self, sort: str, canonical: str) -> dict[str, Any] | None:
        key = (sort, canonical)
        if key not in self._raw:
            key = (sort, canonical.partition("|")[0])
        if key not in self._raw:
            return None
        if key not in self._compiled:
            self._compiled[key] = _SORTS[sort](json.loads(self._raw[key]))
        return self._compiled[key]

    def structure(self, canonical: str) -> dict[str, Any] | None:
        return self._read("StructureDefinition", canonical)

    def value_set(self, canonical: str) -> dict[str, Any] | None:
        return self._read("ValueSet", canonical)

    def code_system(self, canonical: str) -> dict[str, Any] | None:
        return self._read("CodeSystem", canonical)

    def supplements(self, url: str) -> list[dict[str, Any]]:
        return []

    def canonical_versions(self, url: str) -> list[str]:
        return []  # the first package that has a definition answers

    def republished(self, url: str) -> str | None:
        return None  # likewise

    def neighbours(self, *, extensions: bool) -> Neighbours:
        return Neighbours(())

    def sort(self, url: str) -> str:
        return ""

    def system_meant(self, url: str) -> str | None:
        return None

    def namesake(self, kind: str, url: str) -> str | None:
        return None

    def type(self, name: str) -> dict[str, Any] | None:
        return self.structure(f"{BASE}{name}|4.0.1")


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
