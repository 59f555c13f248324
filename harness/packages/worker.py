"""One process that runs a package's compiled parts on documents. It opens nothing but the package's own folder.

saxonche holds the interpreter during a transformation and may not come back from it: it is only ever used here, in a process that
whoever waits for it can end. Settings of Saxon are the process's own, and are made before anything is read:

* no protocol is allowed, so that no stylesheet and no document can reach a file or the network;
* a document type declaration is refused, and so are extension functions; the environment is empty;
* the process may not allocate more than its share of memory.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from lxml import etree

from harness.packages.package import RECORD, Package, Part, loaded
from harness.packages.stylesheet import OURS

MEMORY = 3 << 30  # bytes of data a process may hold; the terminologies of the ANS tool take about 700 MB
_SETTINGS = {
    "http://saxon.sf.net/feature/allowedProtocols": "",
    "http://saxon.sf.net/feature/parserFeature?uri=http://apache.org/xml/features/disallow-doctype-decl": "true",
    "http://saxon.sf.net/feature/allow-external-functions": "off",
    "http://saxon.sf.net/feature/parserProperty?uri=jdk.xml.maxElementDepth": "1000",
}

Judged = tuple[str, str, str]  # name of the part; `found`, `stopped` or `prepared`; what it says


def serve(connection: Connection, folder: str) -> None:
    """Answers requests until there are no more: `(document, names of parts)` gives one `Judged` a part, then None."""
    _bound_memory()
    _be_quiet()
    os.environ.clear()  # a stylesheet may ask for a variable by its name
    bench = _Bench(Path(folder))
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        while (request := connection.recv()) is not None:
            document, names = request
            for answer in bench.answers(document, names):
                connection.send(answer)
            connection.send(None)


class _Bench:
    def __init__(self, folder: Path) -> None:
        self.package: Package = loaded((folder / RECORD).read_text("utf-8"), folder)
        self._judges: dict[str, Callable[[str], str]] = {}
        self._processor: Any = None
        self._documents: dict[str, Any] = {}

    def answers(self, document: str | None, names: tuple[str, ...]) -> Iterator[Judged]:
        """Each part is prepared when it is first asked for, and says so: that takes its own time. document None: nothing more."""
        for name in names:
            try:
                if name not in self._judges:
                    part = self.package.part(name)
                    if part is None:
                        raise LookupError(name)
                    self._judges[name] = self._schema(part) if part.kind == "schema" else self._schematron(part)
                yield name, "prepared", ""
                if document is not None:
                    yield name, "found", self._judges[name](document)
            except Exception as error:  # noqa: BLE001 - whatever stops a part is said of it, and the others go on
                yield name, "stopped", " ".join(str(error).split())[:500]

    def _schema(self, part: Part) -> Callable[[str], str]:
        parser = etree.XMLParser(no_network=True, resolve_entities=False)
        parser.resolvers.add(_Inside(self.package.folder / "schema"))
        schema = etree.XMLSchema(etree.parse(str(self.package.folder / part.file), parser))

        def judge(document: str) -> str:
            root = etree.fromstring(
                document, etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True, load_dtd=False)
            )
            schema.validate(root)
            report = etree.Element("r")
            for entry in schema.error_log:  # type: ignore[attr-defined]
                finding = etree.SubElement(report, "f", n=str(entry.type), at=_place(root, entry.path), role="error")
                finding.text = entry.message
            return etree.tostring(report, encoding="unicode")

        return judge

    def _schematron(self, part: Part) -> Callable[[str], str]:
        processor = self._saxon()
        compiler = processor.new_xslt30_processor()
        executable = compiler.compile_stylesheet(stylesheet_text=(self.package.folder / part.file).read_text("utf-8"))
        documents = {processor.make_string_value(address): self._document(file) for address, file in part.documents.items()}
        if documents:
            executable.set_parameter(f"{{{OURS}}}documents", processor.make_map(documents))

        def judge(document: str) -> str:
            found: str = executable.transform_to_string(xdm_node=processor.parse_xml(xml_text=document))
            return found

        return judge

    def _document(self, file: str) -> Any:
        if file not in self._documents:
            text = _without_declaration((self.package.folder / file).read_bytes())
            self._documents[file] = self._saxon().parse_xml(xml_text=text)
        return self._documents[file]

    def _saxon(self) -> Any:
        if self._processor is None:
            from saxonche import PySaxonProcessor

            self._processor = PySaxonProcessor(license=False)
            for name, value in _SETTINGS.items():
                self._processor.set_configuration_property(name, value)
        return self._processor


class _Inside(etree.Resolver):
    """Gives an XML schema the files of its package and no others."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder.resolve()

    def resolve(self, system_url: str | None, public_id: str | None, context: Any) -> Any:  # type: ignore[override]  # noqa: ARG002
        path = Path(system_url or "").resolve()
        if path.is_relative_to(self._folder) and path.is_file():
            return self.resolve_filename(str(path), context)  # type: ignore[attr-defined]
        return self.resolve_empty(context)  # type: ignore[attr-defined]


def _place(root: etree._Element, path: str | None) -> str:
    """Positions of an element among its sibling elements, from the root; "" when the path leads nowhere."""
    try:
        found = root.getroottree().xpath(path or "", namespaces={})
    except etree.XPathError:
        return ""
    element = found[0] if isinstance(found, list) and found else None
    if not isinstance(element, etree._Element):
        return ""
    steps = [element, *element.iterancestors()]
    return "/".join(str(sum(1 for _ in step.itersiblings("*", preceding=True))) for step in reversed(steps))


def _without_declaration(data: bytes) -> str:
    """The document as text, read by lxml: no entity, no document type."""
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    return etree.tostring(etree.fromstring(data, parser), encoding="unicode")


def _be_quiet() -> None:
    """Saxon tells errors on standard error besides raising them."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # not on this system: the bound on documents' size remains
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
