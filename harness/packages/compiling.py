"""A package's sources compiled: each Schematron a stylesheet, and beside it the documents that it may look into.

What is missing is worked around where the package holds the same facts elsewhere, and named in every case.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from xml.sax.saxutils import quoteattr

from harness.errors import UnreadableDocument
from harness.model import Text
from harness.packages.layout import Layout
from harness.packages.package import Part
from harness.packages.schematron import Schema, read_schema
from harness.packages.sources import Sources
from harness.packages.stylesheet import literals, stylesheet
from harness.packages.valuesets import SVS
from harness.values import dataclass

_SOURCES = (".sch", ".xsd", ".xml", ".rdf", ".xsl", ".dtd")
_ADDRESS = re.compile(r"[\w.][\w./ -]*/[\w. -]*|[\w. -]+\.(?:xml|rdf)")
_BY_OID = re.compile(r"voc-(?P<oid>\d+(?:\.\d+)+)-\w+\.xml$")


@dataclass(frozen=True, slots=True)
class Compiled:
    """parts, and their files by name in the package's folder."""

    parts: tuple[Part, ...]
    files: dict[str, bytes]


def code_digest() -> str:
    """Digest of the compiling code: what another version of it compiled is compiled again."""
    total = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        total.update(path.read_bytes())
    return total.hexdigest()


def digest(sources: Sources) -> str:
    """Digest of everything that the compiled form depends on."""
    total = hashlib.sha256()
    for name in sources:
        if name.endswith(_SOURCES):
            total.update(f"{name}\0{hashlib.sha256(sources.read(name)).hexdigest()}\n".encode())
    return total.hexdigest()


def compile_package(sources: Sources, layout: Layout) -> Compiled:
    return _Compiler(sources, layout).compiled()


@dataclass
class _Compiler:
    sources: Sources
    layout: Layout
    files: dict[str, bytes] = field(default_factory=dict)

    def compiled(self) -> Compiled:
        parts = [*self._schema(), *(self._schematron(name, file) for name, file in self.layout.schematrons(self.sources))]
        return Compiled(tuple(parts), self.files)

    def _schema(self) -> Iterator[Part]:
        main = self.layout.schema
        if main not in self.sources:
            return
        top = posixpath.dirname(main)
        documents = {
            name: f"schema/{name}" for name in self.sources if name.startswith(f"{top}/") and name.endswith((".xsd", ".dtd"))
        }
        for name, file in documents.items():
            self.files[file] = self.sources.read(name)
        yield Part("schema", "schema", f"schema/{main}", main, documents, ())

    def _schematron(self, name: str, source: str) -> Part:
        file = f"stylesheets/{re.sub(r'[^A-Za-z0-9._-]', '-', name)}.xsl"
        try:
            schema = read_schema(self.sources, source)
        except UnreadableDocument as error:
            return Part(name, "schematron", file, source, {}, (), error.message.en)
        documents, gaps = self._documents(schema)
        self.files[file] = stylesheet(schema)
        return Part(name, "schematron", file, source, documents, (*schema.gaps, *gaps))

    def _documents(self, schema: Schema) -> tuple[dict[str, str], list[Text]]:
        """Address -> file of what the schema's expressions name, and what is not there."""
        found: dict[str, str] = {}
        gaps: list[Text] = []
        named = {text for expression in schema.expressions() for text in literals(expression) if _ADDRESS.fullmatch(text)}
        folders = [text for text in named if text.endswith("/")]
        for text in sorted(named):
            address = posixpath.normpath(posixpath.join(schema.base, text))
            if text.endswith("/"):
                inside = [name for name in self.sources if posixpath.dirname(name) == address and name.endswith((".xml", ".rdf"))]
                found |= {name: self._kept(self.sources.read(name)) for name in inside}
            elif (held := self.sources.find(address)) is not None:
                found[address] = self._kept(self.sources.read(held))
            elif (other := self._in_its_place(address)) is not None:
                found[address] = self._kept(other[0])
                gaps.append(
                    Text(
                        f"fichier absent : {address} ; remplacé par {other[1]}",
                        f"file absent: {address}; {other[1]} takes its place",
                    )
                )
            elif "/" not in text and any(
                posixpath.normpath(posixpath.join(schema.base, one, text)) in self.sources for one in folders
            ):
                pass  # the end of an address whose beginning is said apart
            elif "." in posixpath.basename(address) or text.startswith("../"):
                gaps.append(
                    Text(
                        f"fichier absent : {address} ; ce qui en dépend n'est pas jugé",
                        f"file absent: {address}; what depends on it is not judged",
                    )
                )
        return found, gaps

    def _in_its_place(self, address: str) -> tuple[bytes, str] | None:
        """Content and name of an equivalent file: one whose name differs by one character, or the value set of that OID."""
        folder, plain = posixpath.dirname(address), _plain(posixpath.basename(address))
        for name in self.sources:
            if posixpath.dirname(name) == folder and _plain(posixpath.basename(name)) == plain:
                return self.sources.read(name), name
        if (named := _BY_OID.search(address)) is not None:
            for name in self.layout.value_set_files(self.sources):
                if named["oid"].encode() in self.sources.read(name) and (made := _as_decor(self.sources, name, named["oid"])):
                    return made, name
        return None

    def _kept(self, content: bytes) -> str:
        file = f"documents/{hashlib.sha256(content).hexdigest()[:32]}.xml"
        self.files[file] = content
        return file


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold().removesuffix(".xml"))


def _as_decor(sources: Sources, name: str, oid: str) -> bytes | None:
    """An IHE SVS value set written as the header's Schematron reads them; None when it is not the one of this OID."""
    try:
        root = sources.parse(name)
    except UnreadableDocument:
        return None
    value_set = next(root.iter(f"{{{SVS}}}ValueSet"), None)
    if value_set is None or value_set.get("id") != oid:
        return None
    concepts = "".join(
        f"<concept code={quoteattr(one.get('code', ''))} codeSystem={quoteattr(one.get('codeSystem', ''))}"
        f" displayName={quoteattr(one.get('displayName', ''))}/>"
        for one in value_set.iter(f"{{{SVS}}}Concept")
    )
    return f'<valueSets><valueSet id="{oid}"><conceptList>{concepts}</conceptList></valueSet></valueSets>'.encode()
