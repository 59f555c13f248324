"""Writes a document: Jinja templates of the library, filled with a person, a story and its cast.

Templates are data that HARNESS_HOME may add to, so they run sandboxed; what they do not find is an error, never an empty text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from jinja2 import BytecodeCache, FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.bccache import Bucket
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from ..errors import DataError
from ..library import Library
from ..library.nearest import suggestion
from ..model import NO_TEXT, Text
from ..timestamps import format_timestamp
from ..values import dataclass
from .cast import Professional
from .fixture import WrongWord
from .moments import Offset, paris
from .people import Person
from .tellings import Telling
from .vocabulary import Vocabulary

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Writing:
    """The document being written, as templates see it (`document`).

    id, set_id: bare OIDs; written: when; local_id: the person's number in the author's organisation; draw: names -> UUID.
    """

    id: str
    set_id: str
    written: datetime
    local_id: str
    draw: Callable[[str], UUID]

    @property
    def time(self) -> str:
        return format_timestamp(self.written)

    @property
    def begun(self) -> str:
        """When the consultation that ends with the document began."""
        return format_timestamp(self.written - timedelta(minutes=25))

    @property
    def day(self) -> date:
        return self.written.date()

    def uuid(self, name: str) -> str:
        """The same name gives the same UUID throughout a document."""
        return str(self.draw(name)).upper()

    def at(self, offset: Offset, clock: str) -> str:
        """HL7 time of a moment: a day counted from the document's, and HH:MM."""
        hour, minute = (int(part) for part in clock.split(":"))
        return format_timestamp(paris(offset.after(self.day), hour, minute))


def render(
    library: Library, template: str, *, person: Person, cast: Mapping[str, Professional], telling: Telling, document: Writing
) -> etree._Element:
    """The ClinicalDocument. Raises DataError when a template or a text of the story is wrong."""
    names = _grammar_of(person) | {"person": person, "age": person.age(document.day), "cast": cast}
    environment = _environment(library, document.day)
    story = _told(telling, _phrases(document.day), names)
    author = cast[telling.author]
    try:
        text = environment.get_template(template).render(
            names, story=story, author=author, organisation=author.organisation, document=document
        )
        return etree.fromstring(text.encode(), etree.XMLParser(remove_blank_text=True, resolve_entities=False))
    except TemplateSyntaxError as error:
        raise DataError(error.filename or template, error.lineno, error.message or "") from None
    except (TemplateError, TypeError) as error:
        file, line = _place(error, template)
        raise DataError(file, line, Text(f"ce modèle ne peut être rempli : {error}", f"this cannot be filled: {error}")) from error
    except etree.XMLSyntaxError as error:
        raise DataError(template, 1, Text(f"ce modèle ne donne pas du XML : {error}", f"this does not give XML: {error}")) from None


def _place(error: Exception, template: str) -> tuple[str, int]:
    """File and line of the innermost template an error crossed."""
    place, trace = (template, 1), error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(".j2"):
            place = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return place


def serialise(root: etree._Element) -> bytes:
    """UTF-8, two spaces a level, one line feed at the end."""
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", pretty_print=True)


class _Remembered(BytecodeCache):
    """Templates compiled by this process: filters depend on the document's day, so each document has its own environment."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Remembered()


def _environment(library: Library, day: date) -> SandboxedEnvironment:
    def source(name: str) -> tuple[str, str, Callable[[], bool]]:
        path = library.path(name)
        return path.read_text("utf-8"), str(path), lambda: True

    environment = SandboxedEnvironment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=FunctionLoader(source),
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_COMPILED,
    )
    vocabulary = Vocabulary.of(library)
    environment.globals |= {"term": vocabulary.term, "medicine": vocabulary.medicine}
    environment.globals |= {"oid": vocabulary.oid, "name_of": vocabulary.name}
    environment.filters |= _filters(day)
    return environment


def _phrases(day: date) -> SandboxedEnvironment:
    """Environment for the texts of a story, unescaped: the template of the document escapes them."""
    environment = SandboxedEnvironment(autoescape=False, undefined=StrictUndefined)
    environment.globals |= {"day": lambda text: Offset.parse(text).french(day)}
    return environment


def _filters(day: date) -> dict[str, Callable[[Any], str]]:
    return {
        "ts": lambda value: value.hl7(day) if isinstance(value, Offset) else value.strftime("%Y%m%d"),
        "day": lambda value: value.french(day) if isinstance(value, Offset) else value.strftime("%d/%m/%Y"),
    }


def _grammar_of(person: Person) -> dict[str, str]:
    """What French agrees with: `e` is added to an adjective, `il` and `Il` stand for the person."""
    woman = person.birth.sex == "F"
    return {"e": "e", "il": "elle", "Il": "Elle"} if woman else {"e": "", "il": "il", "Il": "Il"}


def _told(value: T, phrases: SandboxedEnvironment, names: Mapping[str, Any]) -> T:
    """The value with each expression in its texts evaluated for the person."""
    if isinstance(value, str):
        return _said(value, phrases, names) if "{{" in value else value  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(_told(item, phrases, names) for item in value)  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type | Offset):
        return replace(value, **{field.name: _told(getattr(value, field.name), phrases, names) for field in fields(value)})
    return value


def _said(text: str, phrases: SandboxedEnvironment, names: Mapping[str, Any]) -> str:
    try:
        return phrases.from_string(text).render(names)
    except (TemplateError, ValueError) as error:
        why, hint = _unfilled(error, {**phrases.globals, **names})
        raise WrongWord(
            text, Text(f"ce texte ne peut être rempli : {why}", f"this text cannot be filled: {error}"), hint
        ) from error


def _unfilled(error: Exception, known: Mapping[str, Any]) -> tuple[str, Text]:
    """Why, in French, and what to do."""
    if found := re.fullmatch(r"'(\w+)' is undefined", str(error)):
        return f"« {found[1]} » n'y désigne rien", suggestion(found[1], known)
    if isinstance(error, ValueError):
        return "un décalage n'y a pas sa forme", Text("L'écrire -P3M, P10D ou -P2Y.", "Write it -P3M, P10D or -P2Y.")
    if isinstance(error, TemplateSyntaxError):
        return "ce qui est entre {{ et }} ne se lit pas", Text(
            "Fermer accolades, guillemets et parenthèses.", "Close braces, quotes and brackets."
        )
    return str(error), NO_TEXT
