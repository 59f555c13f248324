"""The memory of the reference endpoint: what was accepted, under the ids it was given. Safe to use from several threads."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from harness.exchange.pdsm.content import entries, first_text
from harness.exchange.pdsm.facts import attachment_of, bare, described, local_reference
from harness.exchange.pdsm.parties import Resource
from harness.exchange.pdsm.simplified import as_kept
from harness.exchange.pdsm.submission_sets import submission_set_of

_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")
PERSISTED = ("List", "DocumentReference", "Binary", "Bundle", "Patient")


class Repository:
    """Addresses of documents are kept relative (`Binary/3`)."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._resources: dict[str, Resource] = {}
        self._names: dict[str, frozenset[str]] = {}  # the unique ids of each, bare
        self._last_id = 0

    def is_known(self, name: str) -> bool:
        """Whether a reference (`DocumentReference/12`, `DocumentReference?identifier=...`) or a unique id (bare) is kept."""
        with self._lock:
            return bool(self._meant(name)) or any(name in names for names in self._names.values())

    def read(self, reference: str) -> Resource | None:
        with self._lock:
            found = self._resources.get(reference)
            return _copied(found) if found else None

    def find(self, kind: str, wanted: Callable[[Sequence[Mapping[str, Any]]], list[Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
        """Those that are wanted of the resources of a type, latest first: they alone are copied."""
        with self._lock:
            there = [one for one in reversed(self._resources.values()) if one["resourceType"] == kind]
        return [_copied(one) for one in wanted(there)]

    def provide(
        self, message: Mapping[str, Any], *, only: Collection[int] | None = None, supersede: bool = True, relink: bool = True
    ) -> list[Resource]:
        """Keeps the entries of a message (those at the positions `only`, when given); the `response` of each kept, in order.

        supersede, relink: False where a flawed endpoint leaves replaced references current, and links as the message wrote them.

        What is no resource at all is not kept: an endpoint that validates never gets that far.
        """
        with self._lock:
            kept = [entry for number, entry in enumerate(entries(message)) if (only is None or number in only) and _kind(entry)]
            places = [self._new_reference(_kind(entry)) for entry in kept]
            known = {first_text(entry, "fullUrl"): place for entry, place in zip(kept, places, strict=True)}
            known |= {
                f"Binary/{old}": place
                for entry, place in zip(kept, places, strict=True)
                if (old := first_text(entry, "resource", "id"))
            }
            if not relink:
                known = {old: place for old, place in known.items() if place.startswith("Binary/")}
            return [self._respond(entry, place, known, supersede) for entry, place in zip(kept, places, strict=True)]

    def _respond(self, entry: Mapping[str, Any], place: str, known: Mapping[str, str], supersede: bool) -> Resource:
        if _kind(entry) == "Parameters":
            return self._supersede(first_text(entry, "request", "url"), really=supersede)
        if first_text(entry, "request", "method") == "GET":
            return {"status": "200 OK"}
        return self._keep(place, _relinked(entry["resource"], known))

    def add(self, resource: Mapping[str, Any]) -> Resource:
        """Keeps one resource under a new id."""
        with self._lock:
            reference = self._new_reference(str(resource["resourceType"]))
            self._keep(reference, dict(resource))
            return _copied(self._resources[reference])

    def publish(self, resource: Mapping[str, Any], data: bytes, *, inside: bool) -> Resource:
        """ITI-105: keeps the document, its DocumentReference (inside: with it still) and the submission set that MHD asks for."""
        media_type = str(attachment_of(resource).get("contentType", "application/octet-stream"))
        with self._lock:
            binary = self.add({"resourceType": "Binary", "contentType": media_type, "data": base64.b64encode(data).decode()})
            kept = self.add(as_kept(resource, data, f"Binary/{binary['id']}", inside=inside))
            self.add(submission_set_of(kept, f"DocumentReference/{kept['id']}", self._instant()))
        return kept

    def replace(self, reference: str, resource: Resource) -> Resource:
        """A new version of a resource that is kept already."""
        with self._lock:
            version = int(self._resources[reference]["meta"]["versionId"]) + 1
            resource["meta"] = {**resource.get("meta", {}), "versionId": str(version), "lastUpdated": self._instant()}
            self._put(reference, resource)
            return _copied(resource)

    def _new_reference(self, kind: str) -> str:
        self._last_id += 1
        return f"{kind}/{self._last_id}"

    def _keep(self, reference: str, resource: Resource) -> Resource:
        stamp = self._instant()
        resource["id"] = reference.partition("/")[2]
        meta = resource.get("meta")
        resource["meta"] = {**(meta if isinstance(meta, dict) else {}), "versionId": "1", "lastUpdated": stamp}
        self._put(reference, resource)
        return {"status": "201 Created", "location": f"{reference}/_history/1", "etag": 'W/"1"', "lastModified": stamp}

    def _put(self, reference: str, resource: Resource) -> None:
        self._resources[reference] = resource
        self._names[reference] = described(resource).names

    def _supersede(self, url: str, *, really: bool) -> Resource:
        reference = self._meant(url)
        if really and reference:
            self.replace(reference, {**self._resources[reference], "status": "superseded"})
        return {"status": "200 OK", "location": reference, "lastModified": self._instant()}

    def _meant(self, url: str) -> str:
        """The key of the resource that a reference or a conditional reference names; empty unless it is exactly one."""
        kind, _, condition = url.partition("?")
        if not condition:
            reference = local_reference(url)
            return reference if reference in self._resources else ""
        wanted = bare(dict(parse_qsl(condition)).get("identifier", "").rpartition("|")[2])
        kind = kind.rpartition("/")[2]
        found = [place for place, names in self._names.items() if place.startswith(f"{kind}/") and wanted in names]
        return found[0] if len(found) == 1 else ""

    def _instant(self) -> str:
        return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _kind(entry: Mapping[str, Any]) -> str:
    """The type of the entry's resource when it is one that can be kept, else empty."""
    kind = first_text(entry, "resource", "resourceType")
    return kind if _TYPE.fullmatch(kind) else ""


def _copied(resource: Mapping[str, Any]) -> Resource:
    """A deep copy, three times as fast as `copy.deepcopy`."""
    return {name: _copied_value(value) for name, value in resource.items()}


def _copied_value(value: Any) -> Any:
    if isinstance(value, dict):
        return _copied(value)
    return [_copied_value(one) for one in value] if isinstance(value, list) else value


def _relinked(resource: Mapping[str, Any], places: Mapping[str, str]) -> Resource:
    """A copy whose references into the message lead to where its entries are kept now."""
    linked: Resource = {name: _followed(value, places) for name, value in resource.items()}
    return linked


def _followed(value: Any, places: Mapping[str, str]) -> Any:
    """A copy of a value, each of its `reference` and `url` replaced where it names an entry (FHIR R4 http, transaction)."""
    if isinstance(value, Mapping):
        return {
            name: places.get(one, one) if name in ("reference", "url") and isinstance(one, str) else _followed(one, places)
            for name, one in value.items()
        }
    return [_followed(one, places) for one in value] if isinstance(value, list) else value
