"""Where a package's parts are, as `profiles/cda/official-tool.yaml` says for the ANS tool."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from lxml import etree

from harness.library import Library
from harness.namespaces import HL7_V3
from harness.packages.package import VOLET, Package
from harness.packages.sources import Sources
from harness.values import dataclass

DATA = "profiles/cda/official-tool.yaml"


@dataclass(frozen=True, slots=True)
class Layout:
    schema: str
    parts: Mapping[str, str]
    volets: str
    value_sets: str
    recognise: tuple[Mapping[str, str], ...]

    @classmethod
    def read(cls, library: Library) -> Layout:
        """Raises DataError when the file of the layout is wrong."""
        data: Mapping[str, Any] = library.data(DATA)
        return cls(data["schema"], data["parts"], data["volets"], data["value_sets"], tuple(data["recognise"]))

    def top(self, sources: Sources) -> str | None:
        """The folder of the package in what was given, "" for the top itself; None when nothing of it is there."""
        marks = (self.schema, *self.parts.values())
        for name in sources:
            for mark in marks:
                if name == mark:
                    return ""
                if name.endswith(f"/{mark}"):
                    return name.removesuffix(f"/{mark}")
        return None

    def schematrons(self, sources: Sources) -> Iterator[tuple[str, str]]:
        """Part name and file, for the Schematrons that are there."""
        yield from ((name, file) for name, file in self.parts.items() if file in sources)
        folder, _, start = self.volets.partition("*")[0].rpartition("/")
        for name in sources:
            if posixpath.dirname(name) == folder and fnmatchcase(name, self.volets):
                yield f"{VOLET}:{posixpath.splitext(posixpath.basename(name))[0].removeprefix(start)}", name

    def value_set_files(self, sources: Sources) -> list[str]:
        folder = posixpath.dirname(self.value_sets)
        return [name for name in sources if posixpath.dirname(name) == folder and fnmatchcase(name, self.value_sets)]

    def volet_of(self, root: etree._Element, package: Package, likely: str = "") -> tuple[str | None, bool]:
        """The volet whose Schematron judges a document, None when no template of it is known; whether its version was assumed.

        likely: the version to assume, the last one when the package has no such version.
        """
        claims = {one.get("root", ""): one.get("extension", "") for one in root.iterfind(f"{{{HL7_V3}}}templateId")}
        code = next((one.get("code") for one in root.iterfind(f"{{{HL7_V3}}}code")), None)
        told = [
            (row["volet"], claims[row["template"]])
            for row in self.recognise
            if row["template"] in claims and row.get("code") in (None, code)
        ]
        assumed: str | None = None
        for volet, version in told:
            versions = _versions(volet, package.volets())
            if version and (named := [name for name in versions if name.endswith(f"_{version}")]):
                return named[-1], False
            if versions and assumed is None:
                assumed = next((name for name in versions if name.endswith(f"_{likely}")), versions[-1])
        return assumed, assumed is not None


def _versions(volet: str, names: Iterable[str]) -> list[str]:
    """Schematrons of one volet, the oldest first: names end with the version."""
    return sorted((name for name in names if name.startswith(f"{volet}_")), key=lambda name: name.rpartition("_")[2])
