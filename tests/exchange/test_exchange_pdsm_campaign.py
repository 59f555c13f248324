"""Client and reference endpoint face to face: what is conformant passes, each flaw is seen by the expectation made for it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from exchange_documents import PATIENT, Tables, cda

from harness.errors import UsageError
from harness.exchange import Client, Reply, open_client
from harness.exchange.pdsm import FLAWS, Simulator
from harness.exchange.pdsm.faults import BODY_FAULTS, FAULTS
from harness.model import Endpoint, Exchange, Finding, Severity, Text, Verdict

_numbers = itertools.count(1000)


def fresh() -> str:
    return f"2.25.{next(_numbers)}"


def client_of(simulator: Simulator) -> Client:
    return open_client(Endpoint("pdsm", simulator.url, options={"patients": "identifier"}), Tables())  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Simulator() as simulator:
        yield client_of(simulator)


def publish(client: Client, name: str, **arguments: Any) -> Reply:
    return client.perform("ITI-65", {"document": cda(name), **arguments}, 5)


def find(client: Client, name: str = "", status: str = "current", **arguments: Any) -> Reply:
    query = {"patient.identifier": PATIENT, "status": status}
    if name:
        query["identifier"] = f"urn:ietf:rfc:3986|urn:oid:{name}"
    return client.perform("ITI-67", {"query": query, "pick": name, **arguments}, 5)


def wrong(client: Client, reply: Reply, expect: Mapping[str, Any]) -> list[str]:
    if reply.exchange.failure is not None:  # a run expects nothing more of it
        return list(expect)
    told = ((name, client.expectations[name](reply, wanted)) for name, wanted in expect.items())
    return [name for name, text in told if text is not None]


PUBLISHED = {"status": 200, "bundle": "transaction-response", "entries": "all-2xx"}


# ------------------------------------------------------------------ what a conformant endpoint does


@pytest.mark.parametrize("format_", ["json", "xml"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_published_is_found_once_and_served_as_it_was(client: Client, format_: str, method: str) -> None:
    name = fresh()
    published = publish(client, name, format=format_)
    assert wrong(client, published, {**PUBLISHED, "is-fhir": format_}) == []
    found = find(client, name, method=method, format=format_)
    expected = {
        "status": 200,
        "is-fhir": format_,
        "found-once": name,
        "total-is-matches": 1,
        "only-matching": {"patient": PATIENT, "status": "current", "type": "SYNTH"},
        "attachment-matches": cda(name),
        "full-urls": True,
        "self-link": True,
        "status-of": {name: "current"},
    }
    assert wrong(client, found, expected) == []
    served = client.perform("ITI-68", {"url": found.facts["attachment_url"]}, 5)
    metadata = {"hash": found.facts["attachment_hash"], "size": found.facts["attachment_size"]}
    assert (
        wrong(client, served, {"status": 200, "bytes-equal": cda(name), "media-type": "text/xml", "hash-matches": metadata}) == []
    )


def test_the_submission_set_is_found(client: Client) -> None:
    published = publish(client, fresh())
    query = {"patient.identifier": PATIENT, "status": "current", "code": "submissionset"}
    found = client.perform("ITI-66", {"query": query}, 5)
    assert (
        wrong(client, found, {"status": 200, "found-once": published.facts["submission_unique_id"], "total-is-matches": True}) == []
    )


def test_a_replaced_document_is_superseded(client: Client) -> None:
    old, new = fresh(), fresh()
    first = publish(client, old)
    second = publish(client, new, replaces=first.facts["document_reference"])
    assert wrong(client, second, PUBLISHED) == []
    assert wrong(client, find(client, old), {"not-found": old}) == []
    assert wrong(client, find(client, old, status="superseded"), {"status-of": {old: "superseded"}}) == []
    assert wrong(client, find(client, new), {"found-once": new}) == []


def test_a_simplified_publication_is_kept_like_another(client: Client) -> None:
    name = fresh()
    created = client.perform("ITI-105", {"document": cda(name)}, 5)
    assert wrong(client, created, {"status": 201, "resource": "DocumentReference", "headers": {"Location": "present"}}) == []
    found = find(client, name)
    assert found.facts["document_reference"] == created.facts["document_reference"]
    assert wrong(client, client.perform("ITI-68", {"url": found.facts["attachment_url"]}, 5), {"bytes-equal": cda(name)}) == []


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        ({"path": "masterIdentifier", "remove": True}, "PDSM-UNIQUE-ID"),
        ({"path": "subject", "remove": True}, "PDSM-CARDINALITY"),
        ({"path": "identifier", "value": [{"value": "1"}]}, "PDSM-CARDINALITY"),
        ({"path": "status", "value": "superseded"}, "PDSM-FHIR"),
        ({"path": "content[0].attachment.data", "value": "no base64"}, "PDSM-BINARY"),
        ({"path": "content[0].attachment.data", "remove": True}, "PDSM-BINARY"),
        ({"path": "content[0].attachment.size", "value": 1}, "PDSM-SIZE"),
    ],
)
def test_a_simplified_publication_that_is_wrong_is_refused_and_told(edit: dict[str, Any], rule: str) -> None:
    told: list[tuple[Verdict, list[str]]] = []

    def on_exchange(exchange: Exchange, verdict: Verdict, findings: tuple[Finding, ...]) -> None:
        told.append((verdict, [one.rule for one in findings]))

    name = fresh()
    with Simulator(on_exchange=on_exchange) as simulator:
        client = client_of(simulator)
        refused = client.perform("ITI-105", {"document": cda(name), "edit": edit}, 5)
        assert wrong(client, refused, {"status": 422, "operation-outcome": "required"}) == []
        assert wrong(client, find(client, name), {"not-found": name}) == []
    assert told[0] == (Verdict.FAIL, [rule])


def test_the_document_of_a_simplified_publication_is_judged() -> None:
    read: list[bytes] = []

    def judge(data: bytes) -> tuple[Finding, ...]:
        read.append(data)
        return ()

    name = fresh()
    with Simulator(judge=judge) as simulator:
        client_of(simulator).perform("ITI-105", {"document": cda(name)}, 5)
    assert read == [cda(name)]


def test_metadata_that_may_change_change_and_others_may_not(client: Client) -> None:
    name = fresh()
    publish(client, name)
    identifier = f"urn:ietf:rfc:3986|urn:oid:{name}"

    def patch(path: str, value: Any) -> Reply:
        return client.perform("PDSm-03", {"identifier": identifier, "patch": [{"op": "replace", "path": path, "value": value}]}, 5)

    assert wrong(client, patch("/status", "superseded"), {"status": 200, "headers": {"ETag": 'W/"2"'}}) == []
    assert wrong(client, find(client, name, status="superseded"), {"found-once": name}) == []
    assert wrong(client, patch("/type", {"text": "autre"}), {"status": 405, "operation-outcome": "required"}) == []
    assert wrong(client, patch("/status", "publie"), {"refused": True}) == []


@pytest.mark.parametrize(
    "path", ["DocumentReference?date=hier", "DocumentReference?couleur=bleu", "DocumentReference", "DocumentReference/x"]
)
def test_an_update_that_names_no_reference_changes_nothing(client: Client, path: str) -> None:
    change = [{"op": "replace", "path": "/status", "value": "superseded"}]
    arguments = {"method": "PATCH", "path": path, "body": change, "content_type": "application/json-patch+json"}
    assert wrong(client, client.perform("RAW", arguments, 5), {"refused": True, "operation-outcome": "required"}) == []


DERIVED = (
    "CARD:List.mode:drop",
    "CARD:DocumentReference.content:drop",
    "CARD:DocumentReference.content.attachment:drop",
    "BINDING:DocumentReference.status:outside",
)


@pytest.mark.parametrize("fault", [*FAULTS, *BODY_FAULTS, *DERIVED])
@pytest.mark.parametrize("format_", ["json", "xml"])
def test_a_spoiled_message_is_refused_with_a_reason_and_leaves_nothing(client: Client, fault: str, format_: str) -> None:
    name = fresh()
    refused = publish(client, name, spoil=fault, format=format_)
    assert wrong(client, refused, {"refused": True, "operation-outcome": "required"}) == []
    assert wrong(client, find(client, name), {"not-found": name, "total-is-matches": 0}) == []


def test_the_good_document_of_a_refused_submission_is_not_kept(client: Client) -> None:
    good, bad = fresh(), fresh()
    refused = client.perform("ITI-65", {"document": [cda(good), cda(bad)], "spoil": "second-entry-invalid"}, 5)
    assert wrong(client, refused, {"refused": True}) == []
    assert wrong(client, find(client, good), {"not-found": [good, bad]}) == []


def test_a_message_sent_again_is_refused(client: Client) -> None:
    first = publish(client, fresh())
    assert wrong(client, client.perform("ITI-65", {"message": first.facts["message"]}, 5), {"refused": True}) == []


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ({"query": {"status": "current"}}, 400),
        ({"query": {"patient.identifier": PATIENT}}, 400),
        ({"query": {"patient.identifier": PATIENT, "status": "current", "couleur": "bleu"}, "prefer": "strict"}, 400),
        ({"query": {"patient.identifier": PATIENT, "status": "current", "date": "hier"}}, 400),
        ({"query": {"patient.identifier": PATIENT, "status": "current", "type": ""}}, 400),
    ],
    ids=["no patient", "no status", "unknown parameter, strict", "impossible date", "empty value"],
)
def test_a_bad_search_is_refused_with_a_reason(client: Client, arguments: dict[str, Any], status: int) -> None:
    assert wrong(client, client.perform("ITI-67", arguments, 5), {"status": status, "operation-outcome": "required"}) == []


def test_an_unknown_parameter_is_overlooked_unless_handling_is_strict(client: Client) -> None:
    query = {"patient.identifier": PATIENT, "status": "current", "couleur": "bleu"}
    assert wrong(client, client.perform("ITI-67", {"query": query}, 5), {"status": 200, "bundle": "searchset"}) == []


SEARCHES: dict[str, tuple[dict[str, str], bool]] = {
    "type with its system": (
        {"type": "https://mos.esante.gouv.fr/NOS/TRE_A05-TypeDocComplementaire/FHIR/TRE-A05-TypeDocComplementaire|SYNTH"},
        True,
    ),
    "type of another system": ({"type": "http://loinc.org|SYNTH"}, False),
    "one type or another": ({"type": "AUTRE,SYNTH"}, True),
    "category": ({"category": "11"}, True),
    "another category": ({"category": "10"}, False),
    "format": ({"format": "urn:asip:ci-sis:vsm:2012"}, True),
    "facility": ({"facility": "SA07"}, True),
    "setting": ({"setting": "ETABLISSEMENT"}, True),
    "event": ({"event": "34117-2"}, True),
    "label": ({"security-label": "N"}, True),
    "date of that day": ({"date": "2026-01-15"}, True),
    "date from": ({"date": "ge2026-01-01"}, True),
    "date before": ({"date": "lt2026-01-01"}, False),
    "creation in the month": ({"creation": "2026-01"}, True),
    "period overlaps": ({"period": "le2026-12-31"}, True),
    "author": ({"author.family": "medec"}, True),
    "another author": ({"author.family": "nemo"}, False),
    "not archived": ({"isArchived": "false"}, True),
    "archived": ({"isArchived": "true"}, False),
    "both statuses": ({"status": "superseded"}, False),
}


@pytest.mark.parametrize(("more", "there"), SEARCHES.values(), ids=SEARCHES)
def test_a_search_parameter_keeps_what_matches(client: Client, more: dict[str, str], there: bool) -> None:
    name = fresh()
    publish(client, name)
    query = {"patient.identifier": PATIENT, "status": "current", "identifier": f"urn:oid:{name}", **more}
    found = client.perform("ITI-67", {"query": query}, 5)
    assert wrong(client, found, {"total-is-matches": int(there)}) == []


def test_all_pages_of_an_answer_are_read(client: Client) -> None:
    names = [fresh() for _ in range(3)]
    for name in names:
        publish(client, name)
    found = client.perform("ITI-67", {"query": {"patient.identifier": PATIENT, "status": "current", "_count": "1"}}, 5)
    assert wrong(client, found, {"found-once": names, "total-is-matches": True}) == []
    assert len(found.others) >= 2


def test_a_document_is_served_in_the_type_asked_for_or_not_at_all(client: Client) -> None:
    name = fresh()
    publish(client, name)
    url = find(client, name).facts["attachment_url"]
    assert wrong(client, client.perform("ITI-68", {"url": url, "accept": "video/mp4"}, 5), {"status": 406}) == []
    as_fhir = client.perform("ITI-68", {"url": url, "accept": "application/fhir+json"}, 5)
    assert wrong(client, as_fhir, {"status": 200, "resource": "Binary"}) == []


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ({"method": "DELETE", "path": "DocumentReference/1"}, 405),
        ({"method": "PUT", "path": ""}, 405),
        ({"method": "GET", "path": "Parchemin"}, 404),
        ({"method": "GET", "path": "Binary/inconnu"}, 404),
        ({"method": "GET", "path": "metadata", "accept": "text/csv"}, 406),
        ({"method": "POST", "path": "", "body": "{}", "content_type": "text/csv"}, 415),
    ],
)
def test_what_is_not_served_is_refused_in_fhir(client: Client, arguments: dict[str, str], status: int) -> None:
    assert wrong(client, client.perform("RAW", arguments, 5), {"status": status, "operation-outcome": "required"}) == []


def test_the_endpoint_says_what_it_can(client: Client) -> None:
    told = client.perform("CAPABILITIES", {}, 5)
    assert wrong(client, told, {"status": 200, "is-fhir": True, "resource": "CapabilityStatement"}) == []
    [said] = [one for one in told.facts["resource"]["rest"][0]["resource"] if one["type"] == "DocumentReference"]
    assert {one["code"] for one in said["interaction"]} == {"search-type", "read", "create", "patch"}
    types = {one["name"]: one["type"] for one in said["searchParam"]}
    assert (types["date"], types["patient"], types["type"], types["author.family"]) == ("date", "reference", "token", "string")


# ------------------------------------------------------------------ flaws

Seen = tuple[str, ...]  # expectations that see the flaw


def _publish_and_find(client: Client, **arguments: Any) -> list[str]:
    name = fresh()
    published = publish(client, name, **arguments)
    seen = wrong(client, published, PUBLISHED)
    found = find(client, name)
    seen += wrong(client, found, {"status": 200, "bundle": "searchset", "found-once": name, "total-is-matches": True})
    return seen


def _refusal_of(*faults: str) -> Any:
    def see(client: Client) -> list[str]:
        name, other = fresh(), fresh()
        documents = [cda(name), cda(other)] if "second-entry-invalid" in faults else cda(name)
        refused = client.perform("ITI-65", {"document": documents, "spoil": list(faults)}, 5)
        found = find(client, name)
        return wrong(client, refused, {"refused": True, "operation-outcome": "required"}) + wrong(
            client, found, {"not-found": name}
        )

    return see


def _replacement(client: Client) -> list[str]:
    old = fresh()
    publish(client, fresh(), replaces=publish(client, old).facts["document_reference"])
    return wrong(client, find(client, old), {"not-found": old})


def _twice(client: Client) -> list[str]:
    name = fresh()
    publish(client, name)
    return wrong(client, publish(client, name), {"refused": True})


def _search(expect: Mapping[str, Any], **arguments: Any) -> Any:
    def see(client: Client) -> list[str]:
        other = cda(fresh(), ins="277076322082910")
        superseded = publish(client, fresh(), status="superseded")
        client.perform("ITI-65", {"document": other}, 5)
        publish(client, fresh(), edit={"path": "DocumentReference.type.coding[0].code", "value": "AUTRE"})
        assert superseded.facts["status"] == 200
        query = {"patient.identifier": PATIENT, "status": "current", "type": "SYNTH", **arguments.get("query", {})}
        return wrong(client, client.perform("ITI-67", {**arguments, "query": query}, 5), expect)

    return see


def _returned(client: Client) -> list[str]:
    name = fresh()
    sent = publish(client, name).facts["message"]["entry"][1]["resource"]
    expect = {"complete": name, "codes-kept": sent, "metadata-kept": sent, "full-urls": True, "is-fhir": "json"}
    expect["self-link"] = ["patient", "status", "identifier"]
    return wrong(client, find(client, name), {**expect, "attachment-matches": cda(name)})


def _alone(client: Client) -> list[str]:
    name = fresh()
    client.perform("ITI-105", {"document": cda(name)}, 5)
    return wrong(client, find(client, name), {"found-once": name, "lacks": "entry.resource.content.attachment.data"})


def _of_whom(client: Client) -> list[str]:
    name = fresh()
    publish(client, name)
    return wrong(client, find(client, status="current"), {"found-once": name, "only-matching": {"patient": PATIENT}})


def _elsewhere(client: Client) -> list[str]:
    name = fresh()
    publish(client, name)
    query = {"patient.identifier": PATIENT, "status": "current", "facility": "RIEN"}
    return wrong(client, client.perform("ITI-67", {"query": query}, 5), {"not-found": name})


def _related(client: Client) -> list[str]:
    replaced = publish(client, fresh()).facts["document_reference"]
    name = fresh()
    publish(client, name, replaces=replaced)
    return wrong(client, find(client, name), {"relates-to": {"replaces": replaced}})


def _sets(client: Client) -> list[str]:
    published = publish(client, fresh()).facts
    name = published["submission_unique_id"]
    query = {"patient.identifier": PATIENT, "status": "current", "code": "submissionset"}
    sent = published["message"]
    expect = {"found-once": name, "complete": name, "metadata-kept": sent["entry"][0]["resource"], "links-resolved": sent}
    seen = wrong(client, client.perform("ITI-66", {"query": query}, 5), {**expect, "set-holds": published["document_reference"]})
    folders = client.perform("ITI-66", {"query": {**query, "code": "folder"}}, 5)
    return seen + wrong(client, folders, {"not-found": name})


def _superseded(client: Client) -> list[str]:
    name = fresh()
    publish(client, name)
    before = find(client, name).facts["resource"]
    change = [{"op": "replace", "path": "/status", "value": "superseded"}]
    update = client.perform("PDSm-03", {"identifier": f"urn:oid:{name}", "patch": change}, 5)
    expect = {"status-of": {name: "superseded"}, "new-version": before}
    seen = wrong(client, update, {"headers": {"ETag": "present"}})
    return seen + wrong(client, find(client, name, status="current,superseded"), expect)


def _capabilities(client: Client) -> list[str]:
    return wrong(client, client.perform("CAPABILITIES", {}, 5), {"status": 200, "resource": "CapabilityStatement"})


def _retrieval(expect: Mapping[str, Any], **arguments: Any) -> Any:
    def see(client: Client) -> list[str]:
        name = fresh()
        publish(client, name)
        url = arguments.get("url") or find(client, name).facts["attachment_url"]
        served = client.perform("ITI-68", {"url": url, "accept": arguments.get("accept", "*/*")}, 5)
        return wrong(client, served, {key: cda(name) if value is None else value for key, value in expect.items()})

    return see


def _patch(client: Client) -> list[str]:
    name = fresh()
    publish(client, name)
    change = [{"op": "replace", "path": "/type", "value": {"text": "autre"}}]
    patched = client.perform("PDSm-03", {"identifier": f"urn:oid:{name}", "patch": change}, 5)
    return wrong(client, patched, {"status": 405})


MATCHING = {"only-matching": {"patient": PATIENT, "status": "current", "type": "SYNTH"}}
CASES: dict[str, tuple[Any, Seen]] = {
    "accepts-wrong-hash": (_refusal_of("wrong-hash"), ("refused", "operation-outcome", "not-found")),
    "accepts-wrong-size": (_refusal_of("wrong-size"), ("refused", "operation-outcome", "not-found")),
    "accepts-missing-master-identifier": (_refusal_of("missing-master-identifier"), ("refused", "operation-outcome")),
    "accepts-incomplete-metadata": (_refusal_of("missing-security-label"), ("refused", "operation-outcome", "not-found")),
    "accepts-missing-binary": (_refusal_of("missing-binary"), ("refused", "operation-outcome", "not-found")),
    "accepts-missing-submission-set": (_refusal_of("missing-submission-set"), ("refused", "operation-outcome", "not-found")),
    "accepts-missing-document-reference": (_refusal_of("missing-document-reference"), ("refused", "operation-outcome")),
    "accepts-wrong-bundle-type": (_refusal_of("wrong-bundle-type"), ("refused", "operation-outcome", "not-found")),
    "accepts-invalid-fhir": (_refusal_of("unknown-element"), ("refused", "operation-outcome", "not-found")),
    "accepts-dangling-references": (_refusal_of("dangling-author"), ("refused", "operation-outcome", "not-found")),
    "accepts-duplicate-unique-id": (_twice, ("refused",)),
    "accepts-wrong-content-type": (_refusal_of("wrong-content-type"), ("refused", "operation-outcome", "not-found")),
    "answers-200-to-bad-json": (_refusal_of("truncated-body"), ("refused",)),
    "not-atomic": (_refusal_of("second-entry-invalid"), ("not-found",)),
    "500-on-refusal": (_refusal_of("wrong-hash"), ("refused",)),
    "no-outcome": (_refusal_of("wrong-hash"), ("operation-outcome",)),
    "wrong-order": (_publish_and_find, ("entries",)),
    "no-location": (_publish_and_find, ("entries",)),
    "missing-entry": (_publish_and_find, ("entries",)),
    "loses-documents": (_publish_and_find, ("found-once",)),
    "files-elsewhere": (_publish_and_find, ("found-once",)),
    "duplicates": (_publish_and_find, ("found-once",)),
    "keeps-replaced-current": (_replacement, ("not-found",)),
    "xml-refused": (lambda client: _publish_and_find(client, format="xml"), ("status", "bundle", "entries", "found-once")),
    "post-search-missing": (_search({"status": 200}, method="POST"), ("status",)),
    "get-search-missing": (_search({"status": 200}), ("status",)),
    "ignores-patient": (_search(MATCHING), ("only-matching",)),
    "changes-subject": (_of_whom, ("only-matching",)),
    "ignores-system": (
        _search(
            {"total-is-matches": 0}, query={"patient.identifier": f"urn:oid:2.25.1|{PATIENT.partition('|')[2]}", "type": "AUTRE"}
        ),
        ("total-is-matches",),
    ),
    "ignores-status": (_search(MATCHING), ("only-matching",)),
    "ignores-type": (_search(MATCHING), ("only-matching",)),
    "wrong-total": (_search({"total-is-matches": True}), ("total-is-matches",)),
    "no-total": (_search({"total-is-matches": True}), ("total-is-matches",)),
    "lists-missing": (_sets, ("found-once", "complete", "metadata-kept", "set-holds")),
    "accepts-unknown-parameter": (_search({"status": 400}, prefer="strict", query={"couleur": "bleu"}), ("status",)),
    "404-on-empty-search": (_search({"status": 200}, query={"type": "RIEN"}), ("status",)),
    "loses-metadata": (_returned, ("complete", "codes-kept")),
    "changes-codes": (_returned, ("codes-kept",)),
    "changes-metadata": (_returned, ("metadata-kept",)),
    "names-subject-only": (_returned, ("metadata-kept",)),
    "loses-hash": (_returned, ("attachment-matches",)),
    "keeps-document-inside": (_alone, ("lacks",)),
    "loses-relations": (_related, ("relates-to",)),
    "loses-set-metadata": (_sets, ("complete",)),
    "changes-set-metadata": (_sets, ("metadata-kept",)),
    "keeps-message-links": (_sets, ("links-resolved", "set-holds")),
    "empties-sets": (_sets, ("set-holds",)),
    "ignores-code": (_sets, ("not-found",)),
    "ignores-criteria": (_elsewhere, ("not-found",)),
    "patches-nothing": (_superseded, ("status-of", "new-version")),
    "no-etag": (_superseded, ("headers",)),
    "no-capabilities": (_capabilities, ("status", "resource")),
    "no-full-url": (_returned, ("full-urls",)),
    "bare-self-link": (_returned, ("self-link",)),
    "bad-next-link": (_elsewhere, ("not-found",)),
    "plain-json": (_returned, ("is-fhir",)),
    "json-after-a-mark": (_search({"utf-8": True}), ("utf-8",)),
    "fhir-in-latin": (_search({"utf-8": True}), ("utf-8",)),
    "post-ignores-criteria": (_search(MATCHING, method="POST"), ("only-matching",)),
    "alters-bytes": (_retrieval({"status": 200, "bytes-equal": None}), ("bytes-equal",)),
    "wrong-media-type": (_retrieval({"media-type": "text/xml", "bytes-equal": None}), ("media-type",)),
    "wrong-charset": (_retrieval({"charset-truthful": True, "bytes-equal": None}), ("charset-truthful",)),
    "ignores-accept": (_retrieval({"status": 406}, accept="video/mp4"), ("status",)),
    "loses-bytes": (_retrieval({"status": 200}), ("status",)),
    "200-on-unknown-document": (_retrieval({"refused": True}, url="Binary/inconnu"), ("refused",)),
    "patches-anything": (_patch, ("status",)),
    "not-fhir": (_search({"status": 200, "is-fhir": True}), ("is-fhir",)),
    "bad-json": (_search({"status": 200, "is-fhir": True}), ("is-fhir",)),
    "truncated": (_search({"status": 200}), ("status",)),
    "redirects-elsewhere": (_search({"status": 200}), ("status",)),
}
ENDLESS = {"slow", "endless", "huge"}
# Seen where scenarios are played, by the judge of FHIR, by a comparison or by a set of several documents
OF_SCENARIOS = {
    *("invalid-resources", "invalid-response", "leaves-profile", "says-another-version", "shortens-sets", "dead-location"),
    *("no-next-link", "total-of-the-page", "reads-another-id", "refuses-updates", "patches-the-rest", "overlooks-if-match"),
    *("finds-late", "says-less", "patches-unknown"),
}


def test_every_flaw_is_tried_here() -> None:
    assert set(CASES) | ENDLESS | OF_SCENARIOS == set(FLAWS)


@pytest.mark.parametrize("flaw", CASES)
def test_a_flaw_is_seen_where_it_should_and_a_conformant_endpoint_is_not_blamed(client: Client, flaw: str) -> None:
    see, expected = CASES[flaw]
    with Simulator(flaws=frozenset({flaw})) as flawed:
        assert set(see(client_of(flawed))) == set(expected)
    with Simulator() as conformant:
        assert see(client_of(conformant)) == []


@pytest.mark.parametrize("flaw", sorted(ENDLESS))
def test_an_answer_without_end_fails_in_words(flaw: str) -> None:
    with Simulator(flaws=frozenset({flaw})) as simulator:
        client = client_of(simulator)
        reply = client.perform("ITI-67", {"query": {"patient.identifier": PATIENT, "status": "current"}}, 0.5)
        assert reply.exchange.failure is not None
        assert wrong(client, reply, {"status": 200, "not-found": "2.25.1", "is-fhir": True}) == ["status", "not-found", "is-fhir"]


# ------------------------------------------------------------------ what the endpoint tells


def test_the_endpoint_tells_what_it_received_and_what_its_judge_found() -> None:
    told: list[tuple[Exchange, Verdict, tuple[Finding, ...]]] = []
    finding = Finding("R", "R", Severity.ERROR, "/", 1, Text("faux", "wrong"), Text("", ""), "")

    def judge(data: bytes) -> tuple[Finding, ...]:
        return (finding,) if b"2.25.13" in data else ()

    with Simulator(judge=judge, on_exchange=lambda *one: told.append(one)) as simulator:
        client = client_of(simulator)
        publish(client, "2.25.12")
        publish(client, "2.25.13")
        publish(client, "2.25.14", spoil="wrong-hash")
        client.perform("ITI-67", {"query": {"status": "current"}, "headers": {"Authorization": "Bearer secret"}}, 5)
    assert [(exchange.transaction, verdict) for exchange, verdict, _ in told] == [
        ("ITI-65", Verdict.PASS),
        ("ITI-65", Verdict.FAIL),
        ("ITI-65", Verdict.FAIL),
        ("ITI-67", Verdict.FAIL),
    ]
    assert told[1][2] == (finding,)
    assert [one.rule for one in told[2][2]] == ["PDSM-HASH"]
    assert "secret" not in repr(told[3][0])


# ------------------------------------------------------------------ usage


@pytest.mark.parametrize(
    ("transaction", "arguments"),
    [
        ("ITI-65", {}),
        ("ITI-65", {"document": cda(), "spoil": "wrong-hahs"}),
        ("ITI-65", {"document": cda(), "edit": {"path": "Parchemin.couleur", "value": "bleu"}}),
        ("ITI-65", {"document": cda(), "edit": {"path": "entry[9].request", "remove": True}}),
        ("ITI-65", {"document": cda(), "edit": {"path": "type"}}),
        ("ITI-65", {"document": cda(), "format": "yaml"}),
        ("ITI-65", {"document": cda(), "spoil": ["missing-binary", "altered-binary"]}),
        ("ITI-105", {}),
        ("ITI-68", {}),
    ],
)
def test_a_mistake_of_the_scenario_is_a_usage_error(client: Client, transaction: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        client.perform(transaction, arguments, 5)


def test_an_unknown_flaw_a_taken_port_and_a_bad_target_are_usage_errors() -> None:
    with pytest.raises(UsageError):
        Simulator(flaws=frozenset({"accepts-everything"}))
    with Simulator() as simulator, pytest.raises(UsageError):
        Simulator(port=int(simulator.url.split(":")[2].partition("/")[0]))
    for endpoint in (
        Endpoint("pdsm", "chez-moi"),
        Endpoint("pdsm", "https://x/", ca_file="/no/such.pem"),
        Endpoint("pdms", "https://x/"),
    ):
        with pytest.raises(UsageError):
            open_client(endpoint, Tables())  # type: ignore[arg-type]
