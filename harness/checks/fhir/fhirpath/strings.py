"""Functions on strings. Source: FHIRPath N1 (2.0.0), string manipulation; 3.0.0 for trim, split, join, encode and escape."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from collections.abc import Callable, Sequence

from ....documents.fhir_tree import Node
from ....library.fhirpath.failures import NotEvaluatedError
from . import patterns
from .evaluation import Context, Frame, Function, Items, Step
from .values import single, text_of, value_of, whole_number, without_value

# of these types, the value is the string as it stands
TEXTS = frozenset({"string", "code", "uri", "url", "id", "canonical", "markdown", "oid", "uuid"})


def string(items: Items, frame: Frame, what: str) -> str | None:
    return text_in(items, frame.context, what)


def text_in(items: Items, context: Context, what: str) -> str | None:
    """The one string of a collection, None when it is empty or has no value. Numbers and moments are read as text."""
    if not items:
        return None
    if (plain := plain_text(items)) is not None:
        return plain
    value = value_of(single(items, what), context)
    if isinstance(value, str):
        return value
    text = text_of(value)
    if text is None and not without_value(value, context):
        raise NotEvaluatedError(f"{what} prend une chaîne", f"{what} takes a string")
    return text


def plain_text(items: Items) -> str | None:
    """The one string of a collection, where it is text by its type. None of several items, and of what is compared otherwise."""
    if len(items) != 1:
        return None
    item = items[0]
    value = item.value if isinstance(item, Node) and item.type in TEXTS else item
    return value if isinstance(value, str) else None


def _with_text(name: str, make: Callable[[str, str], object]) -> Function:
    def function(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
        text = string(items, frame, f"{name}()")
        if text is None:
            return []
        other = string(arguments[0](frame.this, frame), frame, f"{name}()")
        return [] if other is None else [make(text, other)]

    return function


def _alone(name: str, make: Callable[[str], object]) -> Function:
    def function(items: Items, _: Sequence[Step], frame: Frame) -> Items:
        text = string(items, frame, f"{name}()")
        return [] if text is None else [make(text)]

    return function


def _substring(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    text = string(items, frame, "substring()")
    start = whole_number(arguments[0](frame.this, frame), frame.context, "substring()")
    if text is None or start is None or not 0 <= start < len(text):
        return []
    if len(arguments) == 1:
        return [text[start:]]
    length = whole_number(arguments[1](frame.this, frame), frame.context, "substring()")
    return [text[start:] if length is None else text[start : start + max(length, 0)]]


def _replace_matches(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    text = string(items, frame, "replaceMatches()")
    pattern, new = (string(step(frame.this, frame), frame, "replaceMatches()") for step in arguments)
    if text is None or pattern is None or new is None:
        return []
    if not pattern:
        return [text]
    return [patterns.pattern(pattern).replaced(text, re.sub(r"\$(?:(\d+)|\{(\w+)\})", r"\\g<\1\2>", new.replace("\\", "\\\\")))]


def _replace(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    text = string(items, frame, "replace()")
    old, new = (string(step(frame.this, frame), frame, "replace()") for step in arguments)
    return [] if text is None or old is None or new is None else [text.replace(old, new)]


def _to_chars(items: Items, _: Sequence[Step], frame: Frame) -> Items:
    return list(string(items, frame, "toChars()") or "")


def _split(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    text = string(items, frame, "split()")
    separator = string(arguments[0](frame.this, frame), frame, "split()")
    return [] if text is None or separator is None else text.split(separator) if separator else list(text)


def _join(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    separator = string(arguments[0](frame.this, frame), frame, "join()") if arguments else ""
    return [(separator or "").join(string([item], frame, "join()") or "" for item in items)] if items else []


def _encode(text: str, form: str) -> str:
    data = text.encode()
    if form == "hex":
        return data.hex()
    if form not in ("base64", "urlbase64"):
        raise NotEvaluatedError(f"encode() ne connaît pas {form!r}", f"encode() knows no {form!r}")
    return (base64.b64encode if form == "base64" else base64.urlsafe_b64encode)(data).decode()


def _decode(text: str, form: str) -> str:
    if form not in ("hex", "base64", "urlbase64"):
        raise NotEvaluatedError(f"decode() ne connaît pas {form!r}", f"decode() knows no {form!r}")
    try:
        if form == "hex":
            return bytes.fromhex(text).decode()
        return (base64.b64decode if form == "base64" else base64.urlsafe_b64decode)(text).decode()
    except (ValueError, binascii.Error):
        raise NotEvaluatedError(f"decode() : le texte n'est pas du {form}", f"decode(): the text is no {form}") from None


def _escape(text: str, form: str) -> str:
    if form == "html":
        return html.escape(text).replace("&#x27;", "&#39;")
    if form == "json":
        return json.dumps(text, ensure_ascii=False)[1:-1]
    raise NotEvaluatedError(f"escape() ne connaît pas {form!r}", f"escape() knows no {form!r}")


def _unescape(text: str, form: str) -> str:
    if form == "html":
        return html.unescape(text)
    if form != "json":
        raise NotEvaluatedError(f"unescape() ne connaît pas {form!r}", f"unescape() knows no {form!r}")
    from ....library.fhirpath.lexing import unescaped  # for it alone

    return unescaped(text)


FUNCTIONS = {
    "startsWith": (_with_text("startsWith", str.startswith), 1, 1),
    "endsWith": (_with_text("endsWith", str.endswith), 1, 1),
    "contains": (_with_text("contains", str.__contains__), 1, 1),
    "indexOf": (_with_text("indexOf", str.find), 1, 1),
    "lastIndexOf": (_with_text("lastIndexOf", str.rfind), 1, 1),
    "matches": (_with_text("matches", lambda text, pattern: patterns.pattern(pattern).is_in(text)), 1, 1),
    "matchesFull": (_with_text("matchesFull", lambda text, pattern: patterns.pattern(pattern).is_whole(text)), 1, 1),
    "replace": (_replace, 2, 2),
    "replaceMatches": (_replace_matches, 2, 2),
    "substring": (_substring, 1, 2),
    "length": (_alone("length", len), 0, 0),
    "upper": (_alone("upper", str.upper), 0, 0),
    "lower": (_alone("lower", str.lower), 0, 0),
    "trim": (_alone("trim", str.strip), 0, 0),
    "toChars": (_to_chars, 0, 0),
    "split": (_split, 1, 1),
    "join": (_join, 0, 1),
    "encode": (_with_text("encode", _encode), 1, 1),
    "decode": (_with_text("decode", _decode), 1, 1),
    "escape": (_with_text("escape", _escape), 1, 1),
    "unescape": (_with_text("unescape", _unescape), 1, 1),
}
