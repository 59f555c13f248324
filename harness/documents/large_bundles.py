"""A Bundle in JSON that is too large to be judged whole: its resources one after the other, as they stand in the text.

Only Bundles whose entries can be understood alone are taken apart; a document or a message is one thing.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator

from ..errors import UnreadableDocument
from ..model import Text
from ..values import dataclass
from .json_places import after_space, members_of
from .json_text import malformed, text_of

_WHOLE = frozenset({"document", "message"})
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Parts:
    """text: of the Bundle; spans: where each entry begins and ends in it."""

    text: str
    spans: array[int]

    def __len__(self) -> int:
        return len(self.spans) // 2

    def resources(self) -> Iterator[tuple[int, int, bytes]]:
        """The number of each entry that has a resource, the line where that begins, and the resource."""
        line, counted = 1, 0
        for number in range(len(self)):
            start = self.spans[2 * number]
            for name, _, inside in members_of(self.text, start):
                if name == "resource":
                    _, end = _DECODER.raw_decode(self.text, inside)
                    line, counted = line + self.text.count("\n", counted, inside), inside
                    yield number, line, self.text[inside:end].encode()
                    break


def taken_apart(data: bytes) -> Parts | None:
    """None when it is no Bundle that can be. Raises UnreadableDocument when it is not JSON."""
    text = text_of(data)
    start = after_space(text, 0)
    if text[start : start + 1] != "{":
        return None
    said: dict[str, object] = {}
    spans: array[int] = array("Q")
    try:
        at = after_space(text, start + 1)
        while text[at] != "}":
            name, at = _DECODER.raw_decode(text, at)
            at = _expected(text, at, ":")
            if name == "entry" and text[at] == "[" and not spans:
                at = _entries(text, at, spans)
            else:
                said[str(name)], at = _DECODER.raw_decode(text, at)
            at = _past_comma(text, at, "}")
    except json.JSONDecodeError as error:
        raise malformed(error) from None
    except IndexError:
        raise malformed(json.JSONDecodeError("Unexpected end", text, len(text))) from None
    except (RecursionError, ValueError):
        return None  # what is beyond bounds is told by who reads it whole
    if said.get("resourceType") != "Bundle" or said.get("type") in _WHOLE or "entry" in said:
        return None
    return Parts(text, spans) if spans else None


def _entries(text: str, at: int, spans: array[int]) -> int:
    at = after_space(text, at + 1)
    while text[at] != "]":
        _, end = _DECODER.raw_decode(text, at)
        spans.extend((at, end))
        at = _past_comma(text, end, "]")
    return at + 1


def _past_comma(text: str, at: int, closing: str) -> int:
    """From the end of a member to the next one, or to the sign that closes."""
    at = after_space(text, at)
    if text[at] == ",":
        return after_space(text, at + 1)
    if text[at] != closing:
        raise json.JSONDecodeError("Expecting ',' delimiter", text, at)
    return at


def _expected(text: str, at: int, sign: str) -> int:
    at = after_space(text, at)
    if text[at] != sign:
        raise json.JSONDecodeError(f"Expecting '{sign}' delimiter", text, at)
    return after_space(text, at + 1)


def told(count: int) -> Text:
    """Why the Bundle itself is no document of the report."""
    return Text(
        f"Bundle trop grand pour être jugé en une fois : ses {count} entrées sont jugées une à une",
        f"Bundle too large to be judged whole: its {count} entries are judged one by one",
    )


def too_many_values(limit: int) -> UnreadableDocument:
    return UnreadableDocument(
        Text(f"JSON : plus de {limit} valeurs dans une seule ressource", f"JSON: more than {limit} values in one resource"),
        Text(
            "Découper : un Bundle (collection, searchset, transaction) ou un fichier NDJSON peuvent être de toute taille.",
            "Split it: a Bundle (collection, searchset, transaction) or an NDJSON file can be of any size.",
        ),
    )
