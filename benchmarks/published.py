"""The official tool as it is published: its Schematrons made into XSLT by the engine it ships, run warm by Saxon.

`check --official` compiles the same Schematrons itself (docs/adr/0006), which runs them several times faster; this is the tool that
its users have. Its schema, which takes some two milliseconds of a document, is left out.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.packages.layout import Layout
from harness.packages.package import VOLET, Package
from harness.packages.sources import Sources

_ENGINE = tuple(
    f"schematrons/moteur/{step}.xsl" for step in ("iso_dsdl_include", "iso_abstract_expand", "iso_svrl_for_xslt2")
)  # each makes what the next one reads
_INCLUDE = re.compile(rb"""<(?:\w+:)?include\s+href\s*=\s*["']([^"']+)["']""")
_COPIED = (".sch", ".xsl", ".xml", ".rdf")


@dataclass(frozen=True, slots=True)
class Published:
    """stylesheets: the shared parts and those of volets, by name; unusable: why a part is not among them."""

    saxon: Any
    stylesheets: Mapping[str, Any]
    unusable: Mapping[str, str]

    def judge(self, document: Path, volet: str) -> list[str]:
        """The report of each part, in SVRL; raises the error of Saxon when a part ends in one."""
        node = self.saxon.parse_xml(xml_file_name=str(document))
        return [
            stylesheet.transform_to_string(xdm_node=node)
            for name, stylesheet in self.stylesheets.items()
            if not name.startswith(VOLET) or name == f"{VOLET}:{volet}"
        ]


@contextmanager
def published(package: Package, layout: Layout, volets: tuple[str, ...]) -> Iterator[Published | None]:
    """None when what was added holds no engine. volets: as the file names write them; those of the package only.

    Works on a copy in which what the package lacks is mended as `packages add` mends it, so that both run the same assertions.
    """
    from saxonche import PySaxonProcessor

    sources = Sources.open(Path(package.origin))
    sources = sources.below(layout.top(sources) or "")
    if not all(step in sources for step in _ENGINE):
        yield None
        return
    with tempfile.TemporaryDirectory() as place, PySaxonProcessor(license=False) as saxon:
        top = Path(place)
        _copy(sources, package, top)
        saxon.set_configuration_property("http://saxon.sf.net/feature/allowedProtocols", "file")
        processor = saxon.new_xslt30_processor()
        steps = [processor.compile_stylesheet(stylesheet_file=str(top / step)) for step in _ENGINE]
        stylesheets, unusable = {}, {}
        for name, file in layout.schematrons(sources):
            if name.startswith(VOLET) and name.removeprefix(f"{VOLET}:") not in volets:
                continue
            source = top / file
            try:
                for number, step in enumerate(steps):
                    made = source.with_name(f"{source.stem}.{number}.xsl")  # beside it: addresses start from there
                    step.transform_to_file(source_file=str(source), output_file=str(made))
                    source = made
                stylesheets[name] = processor.compile_stylesheet(stylesheet_file=str(source))
            except Exception as error:  # noqa: BLE001 - whatever stops a part is said of it, and the others are timed
                unusable[name] = str(error).strip().partition("\n")[0]
        yield Published(saxon, stylesheets, unusable)


def _copy(sources: Sources, package: Package, top: Path) -> None:
    for name in sources:
        if name.startswith("schematrons/") and name.endswith(_COPIED):
            _write(top / name, sources.read(name))
    for name in sources:
        if name.startswith("schematrons/") and name.endswith(".sch"):
            for found in _INCLUDE.findall(sources.read(name)):
                _mend_include(sources, name, found.decode(), top)
    for part in package.parts:
        for address, file in part.documents.items():
            if not (top / address).exists():
                _write(top / address, (package.folder / file).read_bytes())


def _mend_include(sources: Sources, including: str, address: str, top: Path) -> None:
    """A file under another letter case is put under the one that is asked."""
    wanted = (top / including).parent.joinpath(address).resolve()
    if not wanted.is_relative_to(top.resolve()) or wanted.exists():
        return
    if (held := sources.find(wanted.relative_to(top.resolve()).as_posix())) is not None:
        _write(wanted, sources.read(held))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
