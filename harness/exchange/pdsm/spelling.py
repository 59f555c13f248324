"""What FHIR R4, MHD and HTTP call things, so that a slip of a letter in a scenario is told before anything is played.

A scenario may ask for what nobody knows (a search parameter, an element that is not FHIR): only a name that is nearly a known one
is taken for a slip.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from harness.exchange.pdsm.content import listed
from harness.exchange.pdsm.derived import DEEDS, KINDS
from harness.exchange.pdsm.identifiers import RFC3986
from harness.exchange.terms import MAPPING, MAPPINGS, TEXT, TEXTS, Shape, Slip, one_of
from harness.library.fhirpath.names import RESOURCE_TYPES
from harness.library.nearest import nearest, slipped
from harness.model import Text


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# FHIR R4 search parameters of DocumentReference and List; those that MHD (2:3.66.4.1.2.1, 2:3.67.4.1.2.1) and PDSm add
_PARAMETERS = _words(
    """
_id _lastUpdated _profile _security _tag _text _content _count _elements _format _include _revinclude _sort _summary _total
authenticator author author.family author.given category code contenttype creation custodian date description designationType
empty-reason encounter event facility format identifier isArchived item language location notes patient patient.identifier
period period-start period-end related relatesto relatesTo relation relationship security-label setting source source.family
source.given sourceId status subject subject.identifier title type
"""
)
_DATES = frozenset({"_lastUpdated", "creation", "date", "period", "period-start", "period-end"})
_PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
_PREFIXED = re.compile(r"([a-z]+)(\d|\$\{)")
STATUSES = ("current", "superseded", "entered-in-error", "retired")  # of a DocumentReference, of a List
_WORDS_ASKED = {"status": STATUSES, "code": ("submissionset", "folder")}
_SCHEMES = ("urn:oid:", "urn:uuid:", "urn:ietf:")
_FIELDS = _words(
    """
Accept Accept-Charset Accept-Encoding Accept-Language Allow Authorization Cache-Control Connection Content-Disposition
Content-Encoding Content-Language Content-Length Content-Location Content-Type Cookie Date ETag Expires Host If-Match
If-Modified-Since If-None-Exist If-None-Match If-Unmodified-Since Last-Modified Location Origin Pragma Prefer Referer
Retry-After Server Set-Cookie Transfer-Encoding User-Agent Vary WWW-Authenticate X-Request-Id
"""
)
_FOLDED = frozenset(name.casefold() for name in _FIELDS)
_MEDIA_TYPES = _words(
    """
application/dicom application/fhir+json application/fhir+xml application/gzip application/json application/json-patch+json
application/octet-stream application/pdf application/x-www-form-urlencoded application/xml application/xslt+xml
application/zip image/jpeg image/png image/svg+xml image/tiff multipart/form-data multipart/related text/html text/plain
text/rtf text/xml video/mp4
"""
)
_OF_AN_EDIT = ("path", "value", "remove")
_OF_AN_OPERATION = ("op", "path", "value", "from")
_OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")  # RFC 6902
_IN_A_MESSAGE = frozenset({"Binary", "Bundle", "DocumentReference", "List", "Parameters", "Patient"})
_IN_AN_ANSWER = _IN_A_MESSAGE | {"CapabilityStatement", "OperationOutcome"}
_DATA_TYPES = frozenset({"Practitioner", "PractitionerRole", "Organization", "Device"})  # what a message contains
_STEP = re.compile(r"([A-Za-z_][\w-]*)(\[\d+\])?")


# ------------------------------------------------------------------ the slips in a value

_Place = tuple[str | int, ...]


def spelt(shape: Shape, *known: str) -> Shape:
    """The same shape, in which a near miss of a known word is a slip."""
    return replace(shape, slips=lambda value: _slips((), value, known))


def _slips(place: _Place, value: Any, known: Iterable[str]) -> Iterator[Slip]:
    for word in listed(value):
        if isinstance(word, str) and (meant := slipped(word, known)):
            yield Slip(word, meant, place)


def _unknown(place: _Place, word: object, known: Iterable[str], otherwise: str = "") -> Slip:
    """A slip for any word that is not a known one."""
    return Slip(str(word), next(iter(nearest(str(word), known, 1)), otherwise), place)


PARAMETERS = spelt(TEXTS, *_PARAMETERS)


def _of_type(value: Any) -> Iterator[Slip]:
    """A slip for any word that is no resource type."""
    if isinstance(value, str) and "${" not in value and value not in RESOURCE_TYPES:
        yield _unknown((), value, RESOURCE_TYPES)


def _of_query(query: Any) -> Iterator[Slip]:
    for name, wanted in query.items() if isinstance(query, dict) else ():
        plain = str(name).partition(":")[0]
        yield from _slips((name,), plain, _PARAMETERS)
        for one in listed(wanted):
            for word in str(one).split(","):
                yield from _slips((name,), word.rpartition("|")[2], _WORDS_ASKED.get(plain, ()))
                yield from _of_token((name,), word)
                yield from _of_prefix((name,), plain, word)


def _of_prefix(place: _Place, parameter: str, word: str) -> Iterator[Slip]:
    """A slip in the prefix of a date."""
    found = _PREFIXED.match(word) if parameter in _DATES else None
    if found and found[1] not in _PREFIXES:
        yield _unknown(place, found[1], _PREFIXES, "eq | ge | gt | le | lt")


def _of_token(place: _Place, word: str) -> Iterator[Slip]:
    """In `system|value`, of the system of what is itself a URI, and of how a URN begins."""
    system, bar, _ = word.partition("|")
    if bar and system.startswith("urn:ietf:rfc:") and system != RFC3986:  # no other is a system of identifiers
        yield Slip(system, RFC3986, place)
    elif bar:
        yield from _slips(place, system, (RFC3986,))
    for part in word.split("|"):
        begun = re.match(r"[^:$]+:[^:$]+:", part)
        if begun:
            yield from _slips(place, begun[0], _SCHEMES)


def _of_fields(fields: Any) -> Iterator[Slip]:
    """Slips in names of headers."""
    for name in fields if isinstance(fields, dict) else ():
        if str(name).casefold() not in _FOLDED:
            yield from _slips((name,), name, _FIELDS)


def _of_expected_fields(fields: Any) -> Iterator[Slip]:
    yield from _of_fields(fields)
    for name, word in fields.items() if isinstance(fields, dict) else ():
        yield from _slips((name,), word, ("present", "absent"))


def _of_edits(root: str, value: Any) -> Iterator[Slip]:
    for number, edit in enumerate(listed(value)):
        if isinstance(edit, dict):
            yield from _of_edit((number,) if isinstance(value, list) else (), root, edit)


def _of_edit(place: _Place, root: str, edit: Mapping[Any, Any]) -> Iterator[Slip]:
    for key in edit:
        if key not in _OF_AN_EDIT:
            yield _unknown((*place, key), key, _OF_AN_EDIT)
    if "remove" in edit and not isinstance(edit["remove"], bool):
        yield Slip(str(edit["remove"]), "true", (*place, "remove"))
    steps = [found[1] for step in str(edit.get("path", "")).split(".") if (found := _STEP.fullmatch(step))]
    yield from _of_path((*place, "path"), steps, root)


def _of_path(place: _Place, steps: list[str], root: str) -> Iterator[Slip]:
    """root: the type of what an element begins at; a step in capitals is a resource of the message."""
    if steps and steps[0][:1].isupper():
        if steps[0] not in RESOURCE_TYPES:
            yield _unknown(place, steps[0], _IN_A_MESSAGE)
        root, steps = steps[0], steps[1:]
    yield from _of_element(place, steps, {root})


def _of_patch(operations: Any) -> Iterator[Slip]:
    for number, operation in enumerate(operations if isinstance(operations, list) else ()):
        if isinstance(operation, dict):
            yield from _of_operation(number, operation)


def _of_operation(number: int, operation: Mapping[Any, Any]) -> Iterator[Slip]:
    for key in operation:
        if key not in _OF_AN_OPERATION:
            yield _unknown((number, key), key, _OF_AN_OPERATION)
    if (op := operation.get("op")) not in _OPERATIONS:
        yield _unknown((number, "op"), op, _OPERATIONS)
    steps = [step for step in str(operation.get("path", "")).split("/")[1:] if not step.isdigit() and step != "-"]
    if steps == ["status"]:
        yield from _slips((number, "value"), operation.get("value"), STATUSES)
    yield from _of_element((number, "path"), steps, {"DocumentReference"})


def _of_reference(value: Any) -> Iterator[Slip]:
    """`Binary/1`: of its type."""
    kind, slash, _ = str(value).partition("/")
    return _slips((), kind if slash else None, RESOURCE_TYPES)


def slips_of_faults(value: Any) -> Iterator[Slip]:
    """In the name of a derived mutation (`CARD:List.mode:drop`), of its type or its element."""
    for name in listed(value):
        parts = str(name).split(":")
        if len(parts) == 3:
            kind, path, deed = parts
            yield from _slips((), kind, KINDS)
            yield from _of_path((), path.split("."), "")
            yield from _slips((), deed, DEEDS)


def _of_element(place: _Place, steps: Iterable[str], types: Iterable[str]) -> Iterator[Slip]:
    """The first step that is a near miss of an element. Stops at what is unknown."""
    from harness.exchange.pdsm.fhir_xml import elements

    at = set(types)
    for step in steps:
        if step.isdigit():
            continue
        known = {name: type for one in at for name, type in elements(one).items()}
        if step not in known:
            yield from _slips(place, step, known)
            return
        at = {elements(one)[step] for one in at if step in elements(one)}
        at = at | _IN_A_MESSAGE | _DATA_TYPES if "Resource" in at else at


def slips_of_fact(steps: list[str]) -> Iterator[Slip]:
    """In `message.entry.1.resource...` or `resource...`, what a fact is of FHIR."""
    of = {"message": {"Bundle"}, "resource": _IN_AN_ANSWER}.get(steps[0])
    return _of_element((), steps[1:], of) if of else iter(())


def edits_of(root: str) -> Shape:
    """Edits of a message of this type."""
    return replace(MAPPINGS, slips=lambda value: _of_edits(root, value))


def slips_of_status(value: Any) -> Iterator[Slip]:
    """Slips in the status that matches must have."""
    return _slips(("status",), value.get("status") if isinstance(value, dict) else None, STATUSES)


def _is_query(value: Any) -> bool:
    """A parameter without a value would be sent as the word None, and a system blamed for what it answers."""
    values = value.values() if isinstance(value, dict) else [None]
    return all(isinstance(one, str | int | float) for said in values for one in (said if isinstance(said, list) else [said]))


QUERY = replace(
    MAPPING,
    said=Text("des paramètres, chacun avec sa valeur", "parameters, each with its value"),
    admits=_is_query,
    slips=_of_query,
)
FIELDS = replace(MAPPING, slips=_of_fields)
EXPECTED_FIELDS = replace(MAPPING, slips=_of_expected_fields)
MEDIA_TYPES = spelt(TEXTS, *_MEDIA_TYPES)
MEDIA_TYPE = spelt(TEXT, *_MEDIA_TYPES)
ACCEPTED = Shape(
    Text("json, xml ou un type de média", "json, xml or a media type"),
    lambda value: isinstance(value, str) and (value in ("json", "xml") or "/" in value),
    known=("json", "xml"),
    slips=MEDIA_TYPE.slips,
)
METHOD = one_of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
REFERENCE = replace(TEXT, slips=_of_reference)
RESOURCE_TYPE = replace(TEXT, slips=_of_type)
PATCH = replace(MAPPINGS, slips=_of_patch)
STATUS = spelt(TEXT, *STATUSES)
