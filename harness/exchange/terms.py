"""What a scenario may write for a protocol, so that a slip is told before anything is played."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from typing import Any

from harness.library.nearest import nearest
from harness.model import Text
from harness.values import dataclass

_ALONE = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Slip:
    """word: as it is written; meant: the word that was probably meant, empty where none is near; place: where in the value."""

    word: str
    meant: str
    place: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """What a value may be. said: in words; admits: of one as it is written; known: the words among which one was meant; slips: the
    words in it that are known ones misspelt. A reference alone may be anything, unless `exactly`. needed: it cannot be left out.
    """

    said: Text
    admits: Callable[[Any], bool]
    exactly: bool = False
    known: tuple[str, ...] = ()
    slips: Callable[[Any], Iterable[Slip]] = lambda _: ()
    needed: bool = False

    def has(self, value: Any) -> bool:
        if not self.exactly and isinstance(value, str) and _ALONE.fullmatch(value):
            return True
        return self.admits(value)


@dataclass(frozen=True, slots=True)
class Terms:
    """arguments: the transactions, each with its arguments by name; expected: the argument of each expectation; facts: of the
    answer to each transaction; within: slips in the parts of a fact that a reference goes on with. Expectations and facts that are
    not here are not looked at.
    """

    arguments: Mapping[str, Mapping[str, Shape]] = field(default_factory=dict)
    expected: Mapping[str, Shape] = field(default_factory=dict)
    facts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    within: Callable[[list[str]], Iterable[Slip]] = lambda _: ()


def needed(shape: Shape) -> Shape:
    return replace(shape, needed=True)


def one_of(*words: str | bool) -> Shape:
    said = " | ".join(str(word).lower() if isinstance(word, bool) else word for word in words)
    texts = tuple(word for word in words if isinstance(word, str))
    return Shape(Text(said, said), lambda value: any(value is word for word in words) or value in texts, known=texts)


def mapping_of(*keys: str) -> Shape:
    """Of some of these keys: one that is misspelt would ask nothing."""
    said = f"{{{', '.join(keys)}}}"

    def slips(value: Any) -> Iterator[Slip]:
        unknown = [key for key in value if key not in keys] if isinstance(value, dict) else []
        return (Slip(key, near[0], (key,)) for key in unknown if (near := nearest(str(key), keys, 1)))

    return Shape(Text(said, said), lambda value: isinstance(value, dict) and bool(value) and set(value) <= set(keys), slips=slips)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return _is_text(value) or (isinstance(value, list) and all(map(_is_text, value)))


def _is_mappings(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and all(isinstance(one, dict) for one in value))


ANYTHING = Shape(Text("n'importe quoi", "anything"), lambda _: True)
TEXT = Shape(Text("un texte", "a text"), _is_text)
TEXTS = Shape(Text("un texte ou une liste de textes", "a text or a list of texts"), _is_texts)
MAPPING = Shape(Text("{nom: valeur}", "{name: value}"), lambda value: isinstance(value, dict))
MAPPINGS = Shape(Text("{nom: valeur}, ou une liste", "{name: value}, or a list"), _is_mappings)
FLAG = Shape(Text("true ou false", "true or false"), lambda value: isinstance(value, bool))

_DOCUMENT = re.compile(r"\$\{(document|documents\.\d+|saved\.\w+)(\.data)?\}")
_DOCUMENTS = re.compile(r"\$\{(document|documents(\.\d+)?|saved\.\w+)(\.data)?\}")


def _is_document(value: Any) -> bool:
    return _is_text(value) and _DOCUMENT.fullmatch(value) is not None


def _are_documents(value: Any) -> bool:
    return all(map(_is_document, value)) if isinstance(value, list) else _is_text(value) and bool(_DOCUMENTS.fullmatch(value))


DOCUMENT = Shape(Text("un document : ${document}", "a document: ${document}"), _is_document, exactly=True)
DOCUMENTS = Shape(
    Text("un ou plusieurs documents : ${document}", "one or more documents: ${document}"), _are_documents, exactly=True
)
