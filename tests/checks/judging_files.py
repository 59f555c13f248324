"""A small library of profiles and small CDA documents, for the tests of judging."""

from __future__ import annotations

import textwrap
from datetime import UTC, date, datetime
from pathlib import Path

from profile_files import profile_yaml

from harness.checks import Judge
from harness.documents import Document, read
from harness.library import Library
from harness.model import Environment, Judgement
from harness.namespaces import HL7_V3

AT = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SOURCE = "{document: Volet d'essai}"


class Trial:
    """cda/header judges the header; cda/volet (template 1.2.9, version 1) extends it and judges the body."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("profiles/cda/header/profile.yaml", profile_yaml())
        self.volet("1")
        self.write("profiles/cda/systems.yaml", "LOINC: {oid: 2.16.840.1.113883.6.1, name: LOINC}\n")
        self.write(
            "profiles/cda/valuesets/V.json",
            '{"id": "V", "oid": "1.2.7", "version": "1", "title": "t", "systems": ["1.2.8"],'
            ' "concepts": [[0, "a", "Été, à Noël"]]}',
        )

    def volet(self, version: str, **more: str) -> None:
        said = {"extends": "[cda/header]", "judges": "", "recognise": f'{{template: 1.2.9, extension: "{version}"}}', **more}
        self.write(f"profiles/cda/volet/{version}/profile.yaml", profile_yaml("cda/volet", version, **said))

    def write(self, relative: str, text: str) -> None:
        path = self.folder / "data" / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), "utf-8")

    def constraints(self, text: str) -> None:
        self.write("profiles/cda/volet/1/constraints.yaml", text)

    def template(self, constraints: str, **more: str) -> None:
        said = {"element": "section", "name": "{fr: Section d'essai, en: Trial section}", "source": SOURCE, **more}
        head = "".join(f"{key}: {value}\n" for key, value in said.items())
        body = textwrap.dedent(constraints)
        self.write("profiles/cda/sections/trial.yaml", f"id: section.trial\ntemplate: 1.2.5\n{head}constraints:\n{body}")

    def library(self) -> Library:
        return Library.open(self.folder / "home", self.folder / "data")

    def judge(
        self, inside: str | Document, *, environment: Environment = Environment.AUTO, profile: str | None = None
    ) -> Judgement:
        document = inside if isinstance(inside, Document) else cda(inside)
        return Judge(self.library(), at=AT, now=NOW, environment=environment, profile=profile).judge(document)

    def rules(self, inside: str) -> list[str]:
        """Rules that a document of cda/volet trips."""
        return [finding.rule for finding in self.judge(f'<templateId root="1.2.9" extension="1"/>{inside}').findings]


def cda(inside: str) -> Document:
    text = (
        f'<ClinicalDocument xmlns="{HL7_V3}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xmlns:sdtc="urn:hl7-org:sdtc">\n{inside}\n</ClinicalDocument>'
    )
    return read(text.encode(), "trial.xml")
