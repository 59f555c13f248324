"""FHIR in JSON: read whole at the speed of the C parser; where a node stands is looked for only when it is asked."""

from __future__ import annotations

import contextlib
import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cached_property
from io import StringIO
from itertools import accumulate
from typing import Any, NoReturn

from .. import collector
from ..errors import UnreadableDocument
from ..model import Text
from . import refusals
from .fhir_tree import Node, Problem

DEPTH = 100  # objects within objects; the deepest published example has some fifteen
_SPACE = re.compile(r"[ \t\r\n]*")
_SPACES = (" ", "\n", "\r", "\t")
_PLAIN = r'(?:"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"|[-+.\w]+)[ \t\r\n]*'  # a value that is no object and no array
_MEMBER = re.compile(  # a name without escapes, and its value with the comma after it where that is plain; group 2: its place
    rf'"([^"\\\x00-\x1f]*)"[ \t\r\n]*:[ \t\r\n]*()(?:{_PLAIN}(?:,[ \t\r\n]*|(?=\}})))?'
)
_ITEM = re.compile(rf"{_PLAIN}(?:,[ \t\r\n]*|(?=\]))")
_NEXT = re.compile(r"[ \t\r\n]*,?[ \t\r\n]*")
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]')
_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(-?Infinity|NaN)')
_ESCAPE = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u[dD][89a-fA-F]..)|\\.")  # group 1: half a character alone
_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d+(?P<decimals>\.\d+)?(?P<exponent>[eE][+-]?\d+)?')
_DIGITS, _EXPONENT = 4_000, 18  # what Python converts, at least
_HALF_CHARACTER = re.compile(r"\\u[dD][89abAB]")
_DECODER = json.JSONDecoder()
# what Python's reader says -> the same in French
_EXPECTED = {
    "Expecting property name enclosed in double quotes": "un nom entre guillemets est attendu",
    "Expecting ':' delimiter": "un deux-points est attendu",
    "Expecting ',' delimiter": "une virgule est attendue, ou la fin de l'objet ou du tableau",
    "Expecting value": "une valeur est attendue",
    "Illegal trailing comma before end of object": "une virgule précède la fin de l'objet",
    "Illegal trailing comma before end of array": "une virgule précède la fin du tableau",
    "Extra data": "du contenu suit la fin du document",
    "Unterminated string starting": "une chaîne n'est pas fermée",
    "Invalid control character": "un caractère de contrôle n'est pas échappé",
    "Invalid \\escape": "une barre oblique inverse n'introduit aucun échappement connu",
    "Invalid \\uXXXX escape": "un échappement \\u n'a pas ses quatre chiffres hexadécimaux",
    "Unexpected end": "le document s'arrête avant sa fin",
}
_EMPTY = Text("Omettre l'élément.", "Leave the element out.")


def read_json(data: bytes) -> Node:
    """The resource in these bytes. Raises UnreadableDocument, saying where, when they are not JSON or hold no resource."""
    with collector.at_rest():
        text = text_of(data)
        return build(_value_of(text), text)


def parsed(data: bytes) -> Any:
    """The JSON value, decimals exact. Raises UnreadableDocument."""
    return _value_of(text_of(data))


def _value_of(text: str) -> Any:
    try:
        content = _read(text)
    except json.JSONDecodeError as error:
        raise malformed(error) from None
    except _Constant as error:
        _refuse_constant(text, str(error))
    except _Twice as error:
        raise _twice(text, str(error)) from None
    except RecursionError:
        _check_depth(text)
        raise _too_deep(0, 0) from None
    except (ValueError, InvalidOperation):  # Python converts no integer of more than some 4,300 digits, no exponent beyond reason
        raise _beyond(text) from None
    if _HALF_CHARACTER.search(text):
        _check_characters(content, text)
    return content


def build(content: Any, text: str) -> Node:
    """The nodes of a resource read from this text. Raises UnreadableDocument when the value is no resource."""
    if not isinstance(content, dict):
        raise refusals.not_recognised(Text("JSON qui n'est pas un objet", "JSON that is no object"), 1, 1)
    name = content.get("resourceType")
    if not isinstance(name, str) or not name:
        raise refusals.not_recognised(Text("JSON sans resourceType", "JSON without resourceType"), 1, 1)
    source = JsonSource(text)
    root = Node(name)
    root.source = source
    _fill(root, content, source)
    for node in source.nulls:
        if not node.children:
            _problem(source, node, Text("la valeur null", "the value null"), _EMPTY)
    return root


class JsonSource:
    """A JSON text, and where in it a node stands."""

    format = "json"

    def __init__(self, text: str) -> None:
        self._text = text
        self.problems: list[Problem] = []
        self.nulls: list[Node] = []
        self.depth = 0
        self._members: dict[int, _Members] = {}

    def place(self, node: Node) -> tuple[int, int]:
        start = value = _SPACE.match(self._text, 0).end()  # type: ignore[union-attr]
        for step in _pointer(node):
            members = self._members.get(value)
            if members is None:
                members = self._members[value] = _Members(self._text, value)
            found = members.find(step)
            if found is None:
                break
            start, value = found
        return self.line_and_column(start)

    def line_and_column(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *accumulate(map(len, StringIO(self._text, newline="\n")))]  # the last may be that of no line


class _Members:
    """Where the members of an object or an array stand, read as far as the last one that was asked for."""

    def __init__(self, text: str, start: int) -> None:
        self._rest = members_of(text, start)
        self._read: dict[str | int, tuple[int, int]] = {}

    def find(self, step: str | int) -> tuple[int, int] | None:
        """Its offset and that of its value."""
        found = self._read.get(step)
        if found is None:
            for key, at, inside in self._rest:
                self._read[key] = (at, inside)
                if key == step:
                    return at, inside
        return found


def members_of(text: str, start: int) -> Iterator[tuple[str | int, int, int]]:
    """Name (or index), offset of the member and of its value, for each in the object or array that begins there."""
    opening = text[start : start + 1]
    if opening not in ("{", "["):
        return
    in_object = opening == "{"
    at = after_space(text, start + 1)
    index = 0
    while text[at] not in "}]":
        key: str | int = index
        inside = at
        if in_object:
            member = _MEMBER.match(text, at)
            if member is not None:
                key, inside, end = member[1], member.start(2), member.end()
            else:
                key, end = _DECODER.raw_decode(text, at)
                inside = end = after_space(text, after_space(text, end) + 1)
        else:
            item = _ITEM.match(text, at)
            end = at if item is None else item.end()
        yield key, at, inside
        if end == inside:
            _, end = _DECODER.raw_decode(text, inside)
            end = _NEXT.match(text, end).end()  # type: ignore[union-attr]
        at = end
        index += 1


def after_space(text: str, start: int) -> int:
    if text[start : start + 1] not in _SPACES:
        return start
    return _SPACE.match(text, start).end()  # type: ignore[union-attr]


def _pointer(node: Node) -> list[str | int]:
    """The way to the node's value in the JSON; what a primitive holds is under the name with an underscore."""
    steps: list[list[str | int]] = []
    child: Node | None = None
    current = node
    while current.parent is not None:
        aside = child is not None and _is_primitive(current) and child.name in ("id", "extension")
        without_value = child is None and current.raw is None and _is_primitive(current) and bool(current.children)
        step: list[str | int] = [f"_{current.name}" if aside or without_value else current.name]
        if current.position is not None:
            step.append(current.position)
        steps.append(step)
        child, current = current, current.parent
    return [part for step in reversed(steps) for part in step]


def _is_primitive(node: Node) -> bool:
    return node.order == _ASIDE


_ASIDE = -1  # the mark of a JSON node that is a value, or stands in for one


def _fill(node: Node, content: dict[str, Any], source: JsonSource) -> None:
    children = node.children
    source.depth += 1
    if source.depth > DEPTH:
        raise _too_deep(node.line, node.column)
    if "resourceType" in content:
        name = content["resourceType"]
        node.type = name if isinstance(name, str) else ""
    asides: list[tuple[str, Any]] | None = None
    for name, value in content.items():
        if type(value) is str:
            if name == "resourceType":
                continue
            child = Node(name, node, None, value)
            child.order = _ASIDE
            children[name] = [child]
            if not value:
                _problem(source, child, Text("une chaîne vide", "an empty string"), _EMPTY)
        elif name[:1] == "_" and name[1:2].isalpha():  # no element begins otherwise
            asides = asides or []
            asides.append((name[1:], value))
        elif type(value) is dict:
            child = Node(name, node)
            children[name] = [child]
            _fill(child, value, source)
        elif type(value) is list:
            if items := _items(name, node, value, source):
                children[name] = items
        else:
            children[name] = [_one(name, node, None, value, source)]
    if asides:
        for name, value in asides:
            _merge(node, name, value, source)
    if not content:
        _problem(source, node, Text("un objet vide", "an empty object"), _EMPTY)
    source.depth -= 1


def _items(name: str, parent: Node, values: list[Any], source: JsonSource) -> list[Node]:
    if not values:
        _problem(source, parent, Text(f"« {name} » est un tableau vide", f"`{name}` is an empty array"), _EMPTY)
    return [_one(name, parent, index, value, source) for index, value in enumerate(values)]


def _one(name: str, parent: Node, position: int | None, value: Any, source: JsonSource) -> Node:
    child = Node(name, parent, position)
    if isinstance(value, dict):
        _fill(child, value, source)
        return child
    child.order = _ASIDE
    if isinstance(value, list):
        child.raw = value
        _problem(source, child, Text("un tableau dans un tableau", "an array in an array"), Text("", ""))
    elif value is None:
        source.nulls.append(child)
    else:
        child.value = child.raw = value
        if value == "":
            _problem(source, child, Text("une chaîne vide", "an empty string"), _EMPTY)
    return child


def _merge(parent: Node, name: str, aside: Any, source: JsonSource) -> None:
    """Puts the `id` and `extension` of `_name` on the primitives of `name`, which stand in where there is no value."""
    items = aside if isinstance(aside, list) else [aside]
    if not items:
        _problem(source, parent, Text(f"« _{name} » est un tableau vide", f"`_{name}` is an empty array"), _EMPTY)
        return
    known = parent.children.setdefault(name, [])
    if known and (known[0].position is not None) != isinstance(aside, list):  # R4, JSON: both are arrays, or neither is
        what = Text("un tableau", "an array") if known[0].position is not None else Text("un objet seul", "a single object")
        told = Text(f"« _{name} » doit être {what.fr}, comme « {name} »", f"`_{name}` has to be {what.en}, as `{name}` is")
        _problem(source, parent, told, Text("", ""))
    for index, item in enumerate(items):
        if index == len(known):
            stand_in = Node(name, parent, index if isinstance(aside, list) else None)
            stand_in.order = _ASIDE
            known.append(stand_in)
        if isinstance(item, dict):
            _fill(known[index], item, source)
        elif item is not None:
            wrong = Text(f"« _{name} » n'est pas un objet", f"`_{name}` is no object")
            _problem(source, known[index], wrong, Text("", ""))
    if isinstance(aside, list) and len(aside) != len(known):
        told = Text(f"« _{name} » n'a pas autant d'éléments que « {name} »", f"`_{name}` has not as many items as `{name}`")
        _problem(source, parent, told, Text("Compléter par des null.", "Fill with nulls."))


def _problem(source: JsonSource, node: Node, message: Text, hint: Text) -> None:
    source.problems.append(Problem(node, message, hint))


# ---------------------------------------------------------- what cannot be read


class _Constant(Exception):
    """NaN or an infinity."""


class _Twice(Exception):
    """A name written twice in an object."""


def _constant(name: str) -> NoReturn:
    raise _Constant(name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return members


_read = json.JSONDecoder(parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_object).decode


def text_of(data: bytes) -> str:
    """The text of bytes in UTF-8. Raises UnreadableDocument, saying where they are not."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        message = Text("les octets ne sont pas de l'UTF-8", "the bytes are not UTF-8")
        hint = Text("Enregistrer le fichier en UTF-8 : FHIR n'admet que lui.", "Save the file as UTF-8: FHIR admits nothing else.")
        raise UnreadableDocument(message, hint, line, column) from None


def _at(text: str, offset: int, message: Text, hint: Text) -> UnreadableDocument:
    return UnreadableDocument(message, hint, *JsonSource(text).line_and_column(offset))


def _too_deep(line: int, column: int) -> UnreadableDocument:
    message = Text(f"JSON de plus de {DEPTH} objets imbriqués", f"JSON of more than {DEPTH} nested objects")
    return UnreadableDocument(message, Text("Aucune ressource n'en demande autant.", "No resource needs as many."), line, column)


def malformed(error: json.JSONDecodeError) -> UnreadableDocument:
    """The refusal of what stops being JSON."""
    french = _EXPECTED.get(error.msg.partition(" at")[0], error.msg)
    message = Text(f"JSON mal formé ({french})", f"malformed JSON ({error.msg})")
    hint = Text("Le fichier est-il complet ? Le réexporter.", "Is the file whole? Export it again.")
    return UnreadableDocument(message, hint, error.lineno, error.colno)


def _refuse_constant(text: str, name: str) -> NoReturn:
    found = next((match for match in _CONSTANT.finditer(text) if match[1]), None)
    message = Text(f"{name} n'est pas du JSON", f"{name} is not JSON")
    raise _at(text, found.start() if found else 0, message, _EMPTY) from None


def _twice(text: str, name: str) -> UnreadableDocument:
    message = Text(f"« {name} » est écrit deux fois dans le même objet", f"`{name}` is written twice in one object")
    hint = Text("N'en garder qu'un : rien ne dit lequel vaut.", "Keep one of them: nothing says which of them counts.")
    waiting = [after_space(text, 0)]
    with contextlib.suppress(ValueError, IndexError):  # what follows may be no JSON at all
        while waiting:
            seen: set[str | int] = set()
            for key, at, inside in members_of(text, waiting.pop()):
                if key in seen:
                    return _at(text, at, message, hint)
                seen.add(key)
                if text[inside] in "{[":
                    waiting.append(inside)
    return UnreadableDocument(message, hint)


def _check_depth(text: str) -> None:
    depth = 0
    for found in _BRACKETS.finditer(text):
        sign = found[0]
        if sign in "[{":
            depth += 1
            if depth > 2 * DEPTH:
                raise _too_deep(*JsonSource(text).line_and_column(found.start()))
        elif sign in "]}":
            depth -= 1


def _check_characters(content: Any, text: str) -> None:
    try:
        json.dumps(content, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        found = next((match for match in _ESCAPE.finditer(text) if match[1]), None)
        message = Text(
            "une moitié de caractère (\\ud800 à \\udfff) est seule", "half a character (\\ud800 to \\udfff) stands alone"
        )
        raise _at(text, found.start() if found else 0, message, Text("", "")) from None


def _beyond(text: str) -> UnreadableDocument:
    """A number that no computer keeps."""
    for found in _NUMBER.finditer(text):
        exponent = found["exponent"] or ""
        if len(exponent) > _EXPONENT or (not found["decimals"] and not exponent and len(found[0]) > _DIGITS and found[0][0] != '"'):
            break
    else:
        found = None
    message = Text("un nombre a trop de chiffres", "a number has too many digits")
    hint = Text(
        "Écrire le nombre avec les chiffres qu'il a : FHIR en attend 18 au plus.",
        "Write the number with the digits it has: FHIR expects 18 at most.",
    )
    return _at(text, found.start() if found else 0, message, hint)
