"""A document as read, what stands beside metadata, and the bounds within which they are read."""

from __future__ import annotations

import hashlib
from dataclasses import field
from typing import TYPE_CHECKING

from ..values import dataclass

if TYPE_CHECKING:
    from lxml import etree

    from .fhir_tree import Node, Tree

XDM_FOLDER = "IHE_XDM"  # of an archive, which holds one folder for each submission set
ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read at most.

    Sizes in bytes; tags: `<` signs in XML; values: members of JSON objects, some 600 bytes of memory each; ratio: size once
    expanded over size in the archive.
    """

    size: int = 60_000_000
    depth: int = 500
    tags: int = 600_000
    values: int = 600_000
    attributes: int = 1_000
    members: int = 2_000
    expanded: int = 250_000_000
    ratio: int = 200


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Described:
    """A file beside metadata. sha1: in hexadecimal; size: in bytes; the others are of a CDA, empty for another file.

    unique_id: (root, extension) of the document; patients: (extension, root) of each identifier; type_code: (code, codeSystem);
    title: its words; created: effectiveTime; language: languageCode; confidentiality: confidentialityCode; families, born, sex:
    of the patient; templates: that the document claims; professionals: national identifiers of who wrote or signed it.
    """

    name: str
    sha1: str
    size: int
    is_cda: bool = False
    unique_id: tuple[str, str] = ("", "")
    patients: tuple[tuple[str, str], ...] = ()
    type_code: tuple[str, str] = ("", "")
    title: str = ""
    created: str = ""
    language: str = ""
    confidentiality: str = ""
    families: tuple[str, ...] = ()
    born: str = ""
    sex: str = ""
    templates: tuple[str, ...] = ()
    professionals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document whose kind is known.

    path: as typed (`archive.zip!member` for a member); kind: `cda`, or one of KINDS that is recognised and not judged here;
    root: the ClinicalDocument of a `cda`, alone in its tree, its long contents in base64 without their middle (long_contents.py);
    tree: of a `fhir-json` or `fhir-xml`; wrapped: `stylesheet` when it presents itself (an XSLT around it), `bundle` when it was
    taken out of one that is too large; first: how many elements of the file come before `root`; beside: of `xds-metadata`, the
    files of its folder; at_root: of the first of an XDM archive, the names at its root.
    """

    path: str
    data: bytes = field(repr=False)
    kind: str
    root: etree._Element | None = field(default=None, repr=False)
    wrapped: str | None = None
    first: int = 0
    tree: Tree | None = field(default=None, repr=False)
    beside: tuple[Described, ...] | None = field(default=None, repr=False)
    at_root: tuple[str, ...] | None = None

    @property
    def sha256(self) -> str:
        """Of its bytes, in hexadecimal: worked out each time it is asked for, a megabyte in a millisecond."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def resource(self) -> Node | None:
        """The resource in it, whose nodes last as long as the document."""
        return None if self.tree is None else self.tree.root
