"""A FHIR body read defensively: whatever a system answers becomes a resource, or a sentence that says why it is none; its times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from harness.documents.json_text import DEPTH, Twice, read_text, text_of
from harness.errors import UnreadableDocument
from harness.exchange.content_coding import GZIP_MAGIC
from harness.exchange.pdsm.fhir_xml import from_xml
from harness.model import Text
from harness.values import dataclass

JSON = "application/fhir+json"
XML = "application/fhir+xml"
_EMPTY = Text("Le corps est vide : une ressource FHIR était attendue.", "The body is empty: a FHIR resource was expected.")
_COMPRESSED = Text(
    "Le corps est compressé en gzip, et l'en-tête Content-Encoding ne le dit pas.",
    "The body is compressed with gzip, and no Content-Encoding header says so.",
)
_TOO_DEEP = Text("Le JSON est imbriqué trop profondément pour être lu.", "The JSON is nested too deeply to be read.")
_JSON_TYPES = frozenset({JSON, "application/json", "application/json+fhir", "text/json"})
_XML_TYPES = frozenset({XML, "application/xml", "application/xml+fhir", "text/xml"})


@dataclass(frozen=True, slots=True)
class Content:
    """resource: in its JSON form, None when `problem` says why; media_type: essence of the Content-Type, lower case."""

    resource: Mapping[str, Any] | None
    problem: Text | None
    media_type: str


def read_content(body: bytes, content_type: str) -> Content:
    """Never raises, whatever the body."""
    media_type = content_type.partition(";")[0].strip().lower()
    if not body:
        read: Mapping[str, Any] | Text = _EMPTY
    elif body.startswith(GZIP_MAGIC):
        read = _COMPRESSED
    elif media_type in _JSON_TYPES:
        read = _read("JSON", _read_json, body)
    elif media_type in _XML_TYPES:
        read = _read("XML", from_xml, body)
    else:
        read = Text(
            f"Ce n'est pas du FHIR : Content-Type « {media_type or 'absent'} », {JSON} ou {XML} attendu.",
            f"This is not FHIR: Content-Type “{media_type or 'absent'}”, {JSON} or {XML} expected.",
        )
    return Content(None, read, media_type) if isinstance(read, Text) else Content(read, None, media_type)


def header(headers: Mapping[str, str], name: str) -> str:
    """Value of a header, whatever its case; empty when absent."""
    return next((value for key, value in headers.items() if key.lower() == name.lower()), "")


def entries(bundle: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The entries that are objects; a malformed Bundle may hold others."""
    found = bundle.get("entry") if bundle else None
    return [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []


def reach(value: Any, *steps: str) -> Iterator[Any]:
    """Every value at the end of the steps, lists walked on the way; nothing where a step leads nowhere."""
    if isinstance(value, list):
        for item in value:
            yield from reach(item, *steps)
    elif not steps:
        if value is not None:
            yield value
    elif isinstance(value, Mapping) and steps[0] in value:
        yield from reach(value[steps[0]], *steps[1:])


def objects(value: Any, *steps: str) -> Iterator[Mapping[str, Any]]:
    """As `reach`, only the values that are objects."""
    return (one for one in reach(value, *steps) if isinstance(one, Mapping))


def listed(value: Any) -> list[Any]:
    """An argument that gives one or several values, as a list; empty for None."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def first_text(value: Any, *steps: str) -> str:
    """The first text at the end of the steps, else empty."""
    return next((found for found in reach(value, *steps) if isinstance(found, str)), "")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        raise Twice(next(name for name in names if names.count(name) > 1))
    return value


def _is_deep(value: Any) -> bool:
    """Whether anything is nested deeper than any FHIR resource has a reason to be. Without recursion."""
    level, inside = [value], 0
    while level:
        inside += 1
        if inside > DEPTH:
            return True
        level = [
            child
            for one in level
            if isinstance(one, dict | list)
            for child in (one.values() if isinstance(one, dict) else one)
            if isinstance(child, dict | list)
        ]
    return False


def _read(form: str, read: Callable[[bytes], Mapping[str, Any] | Text], body: bytes) -> Mapping[str, Any] | Text:
    try:
        return read(body)
    except UnreadableDocument as error:
        return Text(
            f"Le corps annoncé en {form} ne se lit pas : {error.message.fr}.",
            f"The body said to be {form} cannot be read: {error.message.en}.",
        )


def _read_json(body: bytes) -> Mapping[str, Any] | Text:
    value = read_text(text_of(body), _unique, float)
    if _is_deep(value):
        return _TOO_DEEP
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        return Text(
            "Le JSON n'est pas une ressource FHIR : pas de resourceType.",
            "The JSON is not a FHIR resource: it has no resourceType.",
        )
    return value


def span(text: str) -> tuple[datetime, datetime] | None:
    """First and last instant that a FHIR date means."""
    try:
        if len(text) == 4:
            first = datetime(int(text), 1, 1, tzinfo=UTC)
            return first, datetime(int(text) + 1, 1, 1, tzinfo=UTC) - timedelta(microseconds=1)
        if len(text) == 7:
            year, month = int(text[:4]), int(text[5:])
            return datetime(year, month, 1, tzinfo=UTC), datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC) - timedelta(
                microseconds=1
            )
        first = datetime.fromisoformat(text)
    except ValueError:
        return None
    first = first if first.tzinfo else first.replace(tzinfo=UTC)
    return first, first + (timedelta(days=1) if len(text) == 10 else timedelta(seconds=1)) - timedelta(microseconds=1)
