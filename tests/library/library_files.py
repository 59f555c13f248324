"""A small folder of data files, written by each test as it needs it."""

from __future__ import annotations

import textwrap
from pathlib import Path

from profile_files import profile_yaml

from harness.library import Library

SOURCE = "{document: Volet d'essai, section: '1', version: '1'}"


def template_yaml(constraints: str, root: str = "1.2.3", id: str = "section.trial", **more: str) -> str:
    said = {"element": "section", "name": "{fr: Section d'essai, en: Trial section}", "source": SOURCE, **more}
    return f"id: {id}\ntemplate: {root}\n" + "".join(f"{k}: {v}\n" for k, v in said.items()) + f"constraints:\n{constraints}"


class Files:
    """data: the folder that stands for the package's own; home: the user's."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.home = folder / "home"
        self.data.mkdir()
        self.home.mkdir()
        self.write("profiles/cda/header/profile.yaml", profile_yaml())
        self.write("profiles/cda/systems.yaml", "LOINC: {oid: 2.16.840.1.113883.6.1, name: LOINC}\n")

    def write(self, relative: str, text: str, *, home: bool = False) -> Path:
        path = (self.home if home else self.data) / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), "utf-8")
        return path

    def open(self) -> Library:
        return Library.open(self.home, self.data)
