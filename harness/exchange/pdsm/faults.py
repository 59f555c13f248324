"""Ways to spoil an ITI-65 message on purpose, each a small pure function: a scenario sends a bad message without Python.

`FAULTS` change the Bundle, `derived` does what the name of a mutation of a FHIR definition says, `BODY_FAULTS` change the bytes or
the media type once written; `edited` changes one place that a path names.
"""

from __future__ import annotations

import base64
import copy
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.errors import UsageError
from harness.exchange.pdsm import derived
from harness.exchange.pdsm.content import reach
from harness.exchange.pdsm.document_references import sha1
from harness.exchange.pdsm.parties import Resource
from harness.model import Text

_NOWHERE = "urn:uuid:00000000-0000-4000-8000-000000000000"


Fault = Callable[[Resource], object]
"""Changes the Bundle in place: it is given a copy of its own."""
BodyFault = Callable[[bytes, str], tuple[bytes, str]]
"""Body and media type as written -> as sent."""


def spoiled(bundle: Resource, names: Sequence[str]) -> Resource:
    """A copy of the message with the named faults, in order, but those of the body. Raises UsageError on an unknown name."""
    message = copy.deepcopy(bundle)
    for name in names:
        if name in FAULTS or derived.is_derived(name):
            try:
                if name in FAULTS:
                    FAULTS[name](message)
                else:
                    derived.spoil(message, name)
            except (AttributeError, LookupError, StopIteration, TypeError, ValueError) as error:
                text = Text(f"{name} ne s'applique pas à ce message.", f"{name} does not apply to this message.")
                raise UsageError(text) from error
        elif name not in BODY_FAULTS:
            known = ", ".join([*FAULTS, *BODY_FAULTS])
            raise UsageError(
                Text(f"Défaut de message inconnu : {name}.", f"Unknown message fault: {name}."),
                Text(
                    f"Connus : {known} ; ou le nom d'une mutation dérivée, comme CARD:DocumentReference.subject:drop.",
                    f"Known: {known}; or the name of a derived mutation, as CARD:DocumentReference.subject:drop.",
                ),
            )
    return message


def spoiled_body(body: bytes, media_type: str, names: Sequence[str]) -> tuple[bytes, str]:
    """Body and media type after the named body faults."""
    for name in names:
        if name in BODY_FAULTS:
            body, media_type = BODY_FAULTS[name](body, media_type)
    return body, media_type


_EDIT_FORMS = Text("{path, value} ou {path, remove: true}", "{path, value} or {path, remove: true}")
_STEP = re.compile(r"(?P<name>[A-Za-z_][\w-]*)(?:\[(?P<index>\d+)\])?")


def edited(bundle: Resource, edit: Mapping[str, Any]) -> Resource:
    """A copy with one place changed: `{path, value}` sets it, `{path, remove: true}` removes it.

    path: steps parted by dots, each `name` or `name[index]` (from 0): `type`, `entry[1].request.url`. A first step that is a
    resource type starts at the entry of that type: `DocumentReference.status`, `DocumentReference[1].content[0].attachment.hash`.
    A document, or its bytes, is written in base64, as FHIR writes bytes.
    Raises UsageError when the path leads nowhere.
    """
    message = copy.deepcopy(bundle)
    path = str(edit.get("path", ""))
    steps = [_STEP.fullmatch(step) for step in path.split(".")]
    if unknown := set(edit) - {"path", "value", "remove"}:
        names = ", ".join(sorted(unknown))
        raise UsageError(Text(f"edit : clé inconnue, {names}.", f"edit: unknown key, {names}."), _EDIT_FORMS)
    if not path or None in steps or ("value" in edit) == bool(edit.get("remove")):
        raise UsageError(Text(f"edit illisible : {dict(edit)!r}", f"Unreadable edit: {dict(edit)!r}"), _EDIT_FORMS)
    keys: list[str | int] = []
    for match in steps:
        if match is not None:
            keys += [match["name"], *([int(match["index"])] if match["index"] else [])]
    target: Any = message
    if str(keys[0])[0].isupper():
        target, keys = _resource(message, keys)
    try:
        for key in keys[:-1]:
            target = target[key]
        if edit.get("remove"):
            del target[keys[-1]]
        else:
            value = edit["value"]
            value = getattr(value, "data", value)
            target[keys[-1]] = base64.b64encode(value).decode() if isinstance(value, bytes) else value
    except (KeyError, IndexError, TypeError) as error:
        raise UsageError(Text(f"edit : {path} ne mène nulle part.", f"edit: {path} leads nowhere.")) from error
    return message


def _resource(message: Resource, keys: list[str | int]) -> tuple[Any, list[str | int]]:
    index = keys[1] if len(keys) > 1 and isinstance(keys[1], int) else 0
    found = [entry for entry in message.get("entry", []) if entry.get("resource", {}).get("resourceType") == keys[0]]
    if index >= len(found) or len(keys) < 2:
        raise UsageError(Text(f"edit : pas de {keys[0]}[{index}] dans le message.", f"edit: no {keys[0]}[{index}] in the message."))
    return found[index]["resource"], keys[2:] if isinstance(keys[1], int) else keys[1:]


# ------------------------------------------------------------------ the faults


def _entries(bundle: Resource, type_: str) -> list[Resource]:
    return [entry for entry in bundle["entry"] if entry["resource"].get("resourceType") == type_]


def _references(bundle: Resource) -> list[Resource]:
    return [entry["resource"] for entry in _entries(bundle, "DocumentReference")]


def _attachment(reference: Resource) -> Resource:
    attachment: Resource = reference["content"][0]["attachment"]
    return attachment


def _drop_element(name: str) -> Callable[[Resource], None]:
    def apply(bundle: Resource) -> None:
        _references(bundle)[0].pop(name, None)

    return apply


def _drop_context(bundle: Resource) -> None:
    """Drop the context, and the patient that nothing else refers to: FHIR (dom-3) forbids an orphan contained resource."""
    reference = _references(bundle)[0]
    named = set(reach(reference.pop("context", {}), "sourcePatientInfo", "reference"))
    for element in ("subject", "author", "authenticator"):
        named -= set(reach(reference, element, "reference"))
    if inside := [one for one in reference.pop("contained", []) if f"#{one['id']}" not in named]:
        reference["contained"] = inside


def _drop_entries(type_: str) -> Callable[[Resource], None]:
    def apply(bundle: Resource) -> None:
        gone = _entries(bundle, type_)
        bundle["entry"] = [entry for entry in bundle["entry"] if entry not in gone]

    return apply


def _set_attachment(name: str, value: Callable[[Resource], Any]) -> Callable[[Resource], None]:
    def apply(bundle: Resource) -> None:
        attachment = _attachment(_references(bundle)[0])
        attachment[name] = value(attachment)

    return apply


def _set_last_reference(name: str, value: Any) -> Callable[[Resource], None]:
    def apply(bundle: Resource) -> None:
        _references(bundle)[-1][name] = value

    return apply


def _set_bundle(name: str, value: Any) -> Callable[[Resource], None]:
    def apply(bundle: Resource) -> None:
        bundle[name] = value

    return apply


def _add_unknown_resource(bundle: Resource) -> None:
    bundle["entry"].append(
        {"fullUrl": _NOWHERE, "resource": {"resourceType": "Parchemin"}, "request": {"method": "POST", "url": "Parchemin"}}
    )


def _alter_binary(bundle: Resource) -> None:
    binary = _entries(bundle, "Binary")[0]["resource"]
    binary["data"] = base64.b64encode(base64.b64decode(binary["data"]) + b"\n").decode()


def _dangling_author(bundle: Resource) -> None:
    _references(bundle)[0]["author"] = [{"reference": "#personne"}]


def _dangling_item(bundle: Resource) -> None:
    _entries(bundle, "List")[0]["resource"]["entry"][0]["item"] = {"reference": _NOWHERE}


def _same_unique_id_twice(bundle: Resource) -> None:
    first = _entries(bundle, "DocumentReference")[0]
    again = copy.deepcopy(first)
    again["fullUrl"] = _NOWHERE
    again["resource"].pop("identifier", None)
    bundle["entry"].append(again)


FAULTS: Mapping[str, Fault] = {
    "wrong-hash": _set_attachment("hash", lambda attachment: sha1(str(attachment.get("hash")).encode())),
    "wrong-size": _set_attachment("size", lambda attachment: int(attachment.get("size", 0)) + 1),
    "altered-binary": _alter_binary,
    "missing-master-identifier": _drop_element("masterIdentifier"),
    "missing-subject": _drop_element("subject"),
    "missing-type": _drop_element("type"),
    "missing-category": _drop_element("category"),
    "missing-status": _drop_element("status"),
    "missing-content": _drop_element("content"),
    "missing-context": _drop_context,
    "missing-security-label": _drop_element("securityLabel"),
    "missing-binary": _drop_entries("Binary"),
    "missing-document-reference": _drop_entries("DocumentReference"),
    "missing-submission-set": _drop_entries("List"),
    "url-not-in-bundle": _set_attachment("url", lambda _: _NOWHERE),
    "dangling-author": _dangling_author,
    "dangling-list-item": _dangling_item,
    "unknown-resource-entry": _add_unknown_resource,
    "unknown-element": _set_last_reference("couleur", "bleu"),
    "second-entry-invalid": _set_last_reference("status", "publie"),
    "invalid-date": _set_last_reference("date", "2024-02-31T25:00:00+01:00"),
    "wrong-bundle-type": _set_bundle("type", "collection"),
    "missing-bundle-type": lambda bundle: bundle.pop("type", None),
    "empty-bundle": lambda bundle: bundle.pop("entry", None),
    "same-unique-id-twice": _same_unique_id_twice,
}

_ENTITIES = b'<!DOCTYPE Bundle [<!ENTITY a "aaaaaaaaaa">]><Bundle xmlns="http://hl7.org/fhir"><id value="&a;"/></Bundle>'

BODY_FAULTS: Mapping[str, BodyFault] = {
    "truncated-body": lambda body, type_: (body[: len(body) // 2], type_),
    "not-json": lambda _, type_: (b"ceci n'est pas un Bundle", type_),
    "empty-body": lambda _, type_: (b"", type_),
    "wrong-content-type": lambda body, _: (body, "text/plain"),
    "xml-entities": lambda *_: (_ENTITIES, "application/fhir+xml"),
}
