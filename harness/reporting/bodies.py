"""Bodies of requests and replies made readable: bounded, indented, long encoded payloads shortened.

Nothing here trusts the bytes: a body that does not parse is shown as it is.
"""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any, Literal

from lxml import etree

from harness.reporting.printable import printable
from harness.values import dataclass

PARSED_BYTES = 2_000_000  # a longer body is shown as it is
SHOWN_CHARACTERS = 12_000
SHOWN_VALUE = 200  # of one JSON string or XML text, which may be a whole document in base64
DOWNLOADED_BYTES = 16_000  # a longer body is left to the data folder, so that the page can be sent by mail

Kind = Literal["json", "xml", "text", "binary", "empty", "missing"]


@dataclass(frozen=True, slots=True)
class Body:
    """What is shown of stored bytes. hidden: characters left out at the end; download: all of it as a data: URI, or ""."""

    sha256: str
    kind: Kind
    size: int
    text: str = ""
    hidden: int = 0
    download: str = ""


def missing(sha256: str) -> Body:
    """A body that the record names and the data folder does not hold."""
    return Body(sha256, "missing", 0)


def readable(sha256: str, data: bytes) -> Body:
    if not data:
        return Body(sha256, "empty", 0)
    kind, text = _decoded(data)
    text = printable(text)
    download = f"data:application/octet-stream;base64,{b64encode(data).decode()}" if len(data) <= DOWNLOADED_BYTES else ""
    return Body(sha256, kind, len(data), text[:SHOWN_CHARACTERS], max(len(text) - SHOWN_CHARACTERS, 0), download)


def _decoded(data: bytes) -> tuple[Kind, str]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "binary", data[:512].hex(" ", 2)
    if "\x00" in text:
        return "binary", data[:512].hex(" ", 2)
    start = text.lstrip()[:1]
    if len(data) <= PARSED_BYTES and start in ("{", "["):
        return _json(text)
    if len(data) <= PARSED_BYTES and start == "<":
        return _xml(data, text)
    return "text", text


def _json(text: str) -> tuple[Kind, str]:
    try:
        return "json", json.dumps(_shortened(json.loads(text)), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return "text", text


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shortened(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_shortened(child) for child in value]
    return _short(value) if isinstance(value, str) else value


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_VALUE else f"{text[:60]} … ({len(text)})"


def _xml(data: bytes, text: str) -> tuple[Kind, str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=True, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return "text", text
    for element in root.iter(etree.Element):
        if element.text:
            element.text = _short(element.text)
    return "xml", etree.tostring(root, encoding="unicode", pretty_print=True)
