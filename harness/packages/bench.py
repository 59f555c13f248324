"""Judges documents with a compiled package and tells what it says in values of ours."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from lxml import etree

from harness.documents import Document, read
from harness.errors import UsageError
from harness.model import OfficialFinding, OfficialPart, OfficialReport, Text, counted
from harness.packages.compiling import Compiled
from harness.packages.layout import Layout
from harness.packages.package import RECORD, Package, Part, written
from harness.packages.places import Places
from harness.packages.pool import DIED, JUDGING, LATE, Answers, Pool


def require_saxon() -> None:
    """Raises UsageError that says what to install, and where: the extra `official` of pyproject.toml asks the same."""
    if find_spec("saxonche") is None:
        installing = f"{sys.executable} -m pip install 'saxonche>=13.1'"
        raise UsageError(
            Text("il manque saxonche, qui exécute les Schematrons", "saxonche, which runs Schematrons, is not installed"),
            Text(installing, installing),
        )


class OfficialBench:
    """workers: processes; volet: judge with this one's rules whatever the document claims. Close it when done."""

    def __init__(self, package: Package, layout: Layout, workers: int = 1, volet: str | None = None) -> None:
        require_saxon()
        if volet is not None and volet not in package.volets():
            raise UsageError(
                Text(f"{package.id} n'a pas de volet {volet}", f"{package.id} has no volet {volet}"),
                Text(f"Volets : {', '.join(package.volets())}.", f"Volets: {', '.join(package.volets())}."),
            )
        self.package = package
        self.workers = workers
        self.layout = layout
        self._volet = volet
        self._pool = Pool(package.folder, workers)

    def judge(self, document: Document, likely: str = "") -> Callable[[], OfficialReport | None]:
        """Begins to judge; what is returned waits for the report. None for a document that is no CDA.

        likely: the version of the volet to assume when the document says none.
        """
        if document.root is not None:
            document = read(document.data, document.path, whole=True)
        root = document.root
        if root is None:
            return lambda: None
        volet, assumed = (self._volet, False) if self._volet else self.layout.volet_of(root, self.package, likely)
        parts = [*self.package.shared(), *([self.package.volets()[volet]] if volet else [])]
        started = time.perf_counter()
        pending = self._pool.submit(
            etree.tostring(root, encoding="unicode", with_tail=False), [part.name for part in parts if part.broken is None]
        )

        def report() -> OfficialReport:
            answers = pending.result()
            places = Places(document, root)
            told = tuple(_part(part, answers, places) for part in parts)
            seconds = time.perf_counter() - started
            return OfficialReport(self.package.id, self.package.digest, volet, assumed, told, seconds)

        return report

    def close(self) -> None:
        self._pool.close()


def _part(part: Part, answers: Answers, places: Places) -> OfficialPart:
    if part.broken is not None:
        return _stopped(part, Text(f"inutilisable dans ce paquet : {part.broken}", f"unusable in this package: {part.broken}"))
    what, said = answers[part.name]
    if what == LATE:
        return _stopped(part, Text(f"pas de réponse en {JUDGING:.0f} s", f"no answer in {JUDGING:.0f} s"))
    if what == DIED:
        return _stopped(part, Text("le processus s'est arrêté avant de répondre", "the process stopped before answering"))
    if what == "stopped":
        return _stopped(part, Text(f"erreur d'exécution : {said}", f"it ended in an error: {said}"))
    report = etree.fromstring(said.encode(), etree.XMLParser(huge_tree=True, resolve_entities=False))
    return OfficialPart(part.name, tuple(_findings(report, places)), None, tuple(_unjudged(report)))


def _stopped(part: Part, why: Text) -> OfficialPart:
    return OfficialPart(part.name, (), why)


def _findings(report: etree._Element, places: Places) -> Iterator[OfficialFinding]:
    for one in report.iterchildren("f"):
        where, line = places.place(one.get("at", ""))
        yield OfficialFinding(one.get("role", ""), where, line, places.said(" ".join("".join(map(str, one.itertext())).split())))


def _unjudged(report: etree._Element) -> Iterator[Text]:
    for file in dict.fromkeys(one.get("file", "") for one in report.iterchildren("u")):
        number = sum(one.get("file") == file for one in report.iterchildren("u"))
        yield counted(
            number,
            Text(f"assertion non évaluée : {file} manque au paquet", f"assertion not evaluated: the package lacks {file}"),
            Text(f"assertions non évaluées : {file} manque au paquet", f"assertions not evaluated: the package lacks {file}"),
        )


def tried(compiled: Compiled, workers: int) -> tuple[Part, ...]:
    """The parts, those whose compiled form Saxon or libxml2 refuses marked broken: each is compiled once, before it is kept."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for file, content in compiled.files.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        package = Package("trial", "", "", "", datetime.now(UTC), compiled.parts, folder)
        (folder / RECORD).write_text(written(package), "utf-8")
        with Pool(folder, workers) as pool:
            pending = [(part, None if part.broken else pool.submit(None, [part.name])) for part in compiled.parts]
            return tuple(part if answer is None else _tried(part, answer.result()[part.name]) for part, answer in pending)


def _tried(part: Part, answer: tuple[str, str]) -> Part:
    what, said = answer
    return part if what == "prepared" else replace(part, broken=said or what)
