"""An expectation asks what the texts ask and no more: systems that differ in what is free all meet it."""

from __future__ import annotations

import base64
import gzip
import hashlib
from dataclasses import replace
from typing import Any

import pytest
from exchange_replies import reference, reply_of, searchset, transaction_response

from harness.errors import UsageError
from harness.exchange import Reply, Untold
from harness.exchange.pdsm.expectations import EXPECTATIONS
from harness.exchange.pdsm.paging import Unread
from harness.model import Text

SENT = ["POST List", "POST DocumentReference", "POST Binary", "PATCH DocumentReference"]
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "invalid", "diagnostics": "pas de hash"}]}
PATIENT = {"identifier": {"system": "urn:oid:1.2.250.1.213.1.4.10", "value": "2"}}
OTHER = {"identifier": {"system": "urn:oid:1.2.250.1.213.1.4.10", "value": "3"}}
LEFT = Unread(Text("La page 2 ne se lit pas", "Page 2 cannot be read"), blamed=True)
AWAY = replace(LEFT, blamed=False)


def told(name: str, reply: Reply, argument: Any) -> str:
    """What is wrong, in French; empty when the expectation holds."""
    text = EXPECTATIONS[name](reply, argument)
    assert not isinstance(text, Untold), text
    return "" if text is None else text.fr


def untold(name: str, reply: Reply, argument: Any) -> str:
    """Why it cannot be judged, in French."""
    text = EXPECTATIONS[name](reply, argument)
    assert isinstance(text, Untold), text
    return text.why.fr


@pytest.mark.parametrize("wanted", ["200 OK", [200, "success"], "2x", 42, None])
def test_what_is_no_status_is_a_fault_of_the_scenario_and_not_of_the_system(wanted: Any) -> None:
    with pytest.raises(UsageError):
        EXPECTATIONS["status"](reply_of(b""), wanted)


@pytest.mark.parametrize(
    ("status", "wanted", "holds"),
    [
        (200, 200, True),
        (201, [200, 201], True),
        (204, "2xx", True),
        (422, "4xx", True),
        (200, "4xx", False),
        (500, "4xx", False),
        (400, 200, False),
    ],
)
def test_a_status_is_one_of_those_wanted(status: int, wanted: Any, holds: bool) -> None:
    assert (told("status", reply_of(b"", status), wanted) == "") is holds


def test_a_server_error_is_not_a_refusal_and_is_told_so() -> None:
    assert "n'est pas un refus" in told("refused", reply_of(b"", 503), True)
    assert told("refused", reply_of(b"", 403), True) == ""
    assert told("refused", reply_of(b"", 503), "transaction") == ""
    assert told("refused", reply_of(b"", 200), "transaction") != ""


def test_what_the_system_says_is_quoted() -> None:
    assert "pas de hash" in told("status", reply_of(OUTCOME, 422), 200)


def test_of_what_the_system_says_the_error_is_quoted_before_warnings() -> None:
    warning = {"severity": "warning", "code": "informational", "diagnostics": "paramètre ignoré"}
    outcome = {**OUTCOME, "issue": [warning, *OUTCOME["issue"]]}
    assert "pas de hash" in told("status", reply_of(outcome, 422), 200)


RESPONSES: dict[str, list[dict[str, str]]] = {
    "relative locations": [
        {"status": "201 Created", "location": "List/1"},
        {"status": "201 Created", "location": "DocumentReference/2"},
        {"status": "201", "location": "Binary/3"},
        {"status": "200 OK"},
    ],
    "absolute locations with versions": [
        {"status": "201", "location": "https://ex.example/r4/List/a-1/_history/1"},
        {"status": "201 Created", "location": "https://ex.example/r4/DocumentReference/2/_history/1"},
        {"status": "201", "location": "https://ex.example/depot/documents?uid=12"},
        {"status": "200", "location": "DocumentReference/9"},
    ],
}


@pytest.mark.parametrize("responses", RESPONSES.values(), ids=RESPONSES)
def test_conformant_responses_differ_in_their_locations(responses: list[dict[str, str]]) -> None:
    assert told("entries", reply_of(transaction_response(*responses), request_entries=SENT), "all-2xx") == ""


def _without(position: int, *names: str) -> list[dict[str, str]]:
    changed = [dict(one) for one in RESPONSES["relative locations"]]
    for name in names:
        del changed[position][name]
    return changed


WRONG_RESPONSES: dict[str, tuple[list[dict[str, str]], str]] = {
    "one too few": (RESPONSES["relative locations"][:3], "réponse : 3"),
    "other order": (RESPONSES["relative locations"][::-1], "location"),
    "types exchanged": (
        [RESPONSES["relative locations"][place] for place in (1, 0, 2, 3)],
        "l'ordre n'est pas gardé",
    ),
    "no location": (_without(1, "location"), "location"),
    "no status": (_without(0, "status"), "statut"),
    "what was created is not 201": ([{"status": "200 OK", "location": "List/1"}, *RESPONSES["relative locations"][1:]], "201"),
    "a status that is no text": ([{"status": 201, "location": "List/1"}, *RESPONSES["relative locations"][1:]], "statut"),
    "a refusal among them": ([{"status": "400"}, *RESPONSES["relative locations"][1:]], "400"),
}


@pytest.mark.parametrize(("responses", "why"), WRONG_RESPONSES.values(), ids=WRONG_RESPONSES)
def test_a_response_that_does_not_answer_each_entry_in_order_is_told(responses: list[dict[str, str]], why: str) -> None:
    assert why in told("entries", reply_of(transaction_response(*responses), request_entries=SENT), "all-2xx")


def test_each_of_several_documents_has_a_location_of_its_own() -> None:
    sent = ["POST DocumentReference", "POST DocumentReference", "POST Binary"]

    def told_of(*locations: str) -> str:
        response = transaction_response(*({"status": "201", "location": one} for one in locations))
        return told("entries", reply_of(response, request_entries=sent), "all-2xx")

    assert told_of("https://ex.example/depot?uid=1", "https://ex.example/depot?uid=2", "https://ex.example/depot?uid=1") == ""
    assert "la même location : DocumentReference/1" in told_of("DocumentReference/1", "DocumentReference/1", "Binary/1")


def test_an_entry_that_succeeds_may_warn_and_not_tell_an_error() -> None:
    def told_of(severity: str) -> str:
        bundle = transaction_response({"status": "201", "location": "List/1"})
        bundle["entry"][0]["response"]["outcome"] = {**OUTCOME, "issue": [{"severity": severity, "code": "processing"}]}
        return told("entries", reply_of(bundle, request_entries=["POST List"]), "all-2xx")

    assert told_of("warning") == ""
    assert "response.outcome" in told_of("error")


def test_other_documents_of_the_patient_may_be_there() -> None:
    found = reply_of(searchset(reference("1.2"), reference("1.3", "2"), total=2))
    assert told("found-once", found, "urn:oid:1.2") == ""
    assert told("found-once", found, ["1.2", "1.3"]) == ""
    assert told("not-found", found, "1.4") == ""
    assert told("found", found, "1.4") != ""
    assert told("not-found", found, "1.3") != ""


def test_a_document_found_twice_is_told() -> None:
    assert "2 fois" in told("found-once", reply_of(searchset(reference("1.2"), reference("1.2", "2"))), "1.2")


def test_absence_is_not_said_of_an_answer_with_pages_unread_nor_of_an_error() -> None:
    why = told("not-found", reply_of(searchset(), unread=LEFT), "1.2")
    assert why == "L'absence du document ne peut pas être affirmée. La page 2 ne se lit pas."
    assert told("not-found", reply_of(OUTCOME, 500), "1.2") != ""


def test_included_resources_and_warnings_are_no_matches() -> None:
    bundle = searchset(reference("1.2"), total=1)
    bundle["entry"] += [
        {"resource": {"resourceType": "Patient", "id": "9"}, "search": {"mode": "include"}},
        {"resource": {"resourceType": "OperationOutcome", "issue": []}, "search": {"mode": "outcome"}},
    ]
    assert told("total-is-matches", reply_of(bundle), True) == ""
    assert told("only-matching", reply_of(bundle), {"status": "current"}) == ""


@pytest.mark.parametrize("total", [None, 0, 2, "1", True])
def test_a_total_that_is_absent_or_wrong_is_told(total: Any) -> None:
    bundle = searchset(reference("1.2"), total=None)
    assert told("total-is-matches", reply_of(bundle if total is None else {**bundle, "total": total}), True) != ""


def test_an_address_that_is_not_the_one_announced_is_told_in_plain_words() -> None:
    found = replace(reply_of(searchset(reference("1.2"))), facts={"document_reference": "DocumentReference/1"})
    assert told("found-at", found, "DocumentReference/1") == ""
    wrong = told("found-at", found, "::::")
    assert "« :::: » (location)" in wrong and "« DocumentReference/1 »" in wrong and "steps" not in wrong


@pytest.mark.parametrize("name", ["found", "found-once", "not-found"])
def test_nothing_is_held_against_a_system_for_pages_that_we_left(name: str) -> None:
    assert "La page 2 ne se lit pas." in untold(name, reply_of(searchset(reference("1.3")), unread=AWAY), "1.2")


@pytest.mark.parametrize("name", ["found", "found-once", "complete"])
def test_nothing_is_held_against_a_system_whose_own_patient_was_not_named(name: str) -> None:
    """A FHIR server finds by patient.identifier what refers to its Patient; under a bare identifier it may have the document."""
    unknown, known = ({"unknown_patient": one, "searched": "DocumentReference"} for one in (True, False))
    assert 'patients = "bundle"' in untold(name, reply_of(searchset(), **unknown), "1.2.9")
    assert told(name, reply_of(searchset(), **known), "1.2.9")
    assert told("found-once", reply_of(searchset(reference("1.2.9"), reference("1.2.9", "2")), **unknown), "1.2.9")
    assert told("not-found", reply_of(searchset(), **unknown), "1.2.9") == ""


def test_what_was_read_decides_before_what_was_not() -> None:
    read = reply_of(searchset(reference("1.2"), reference("1.2", "2")), unread=AWAY)
    assert "2 fois" in told("found-once", read, "1.2")
    assert "2 fois" in told("not-found", read, "1.2")
    assert told("found", read, "1.2") == ""


def test_what_pages_return_twice_is_one_match_of_the_total_and_no_second_copy() -> None:
    overlapping = reply_of(searchset(reference("1.2"), reference("1.3", "2"), reference("1.3", "2"), total=2))
    assert told("total-is-matches", overlapping, True) == ""
    assert "DocumentReference/2" in told("found-once", overlapping, "1.3")
    copied = reply_of(searchset(reference("1.3"), reference("1.3", "2"), total=1))
    assert told("total-is-matches", copied, True) != ""
    nameless = searchset(reference("1.2"), reference("1.3"))
    for entry in nameless["entry"]:
        del entry["resource"]["id"]
    assert told("total-is-matches", reply_of(nameless), True) == ""
    assert "DocumentReference" not in told("found-once", copied, "1.3")


def test_a_total_may_be_that_of_pages_left_unread() -> None:
    assert "La page 2" in untold("total-is-matches", reply_of(searchset(reference("1.2"), total=9), unread=LEFT), True)
    assert "9" in told("total-is-matches", reply_of(searchset(reference("1.2"), total=9), unread=LEFT), 8)
    assert told("total-is-matches", reply_of(searchset(total=0)), 0) == ""
    assert told("total-is-matches", reply_of(searchset(reference("1.2"))), 2) != ""


ON_A_PAGE: dict[str, Any] = {
    "found-at": "List/9",
    "set-holds": "DocumentReference/9",
    "attachment-matches": b"x",
    "attachment-address": True,
}


@pytest.mark.parametrize(("name", "wanted"), ON_A_PAGE.items())
def test_what_may_be_on_a_page_that_we_left_is_not_said_to_be_missing(name: str, wanted: Any) -> None:
    assert "La page 2" in untold(name, reply_of(searchset(), unread=AWAY), wanted)
    assert "La page 2" in told(name, reply_of(searchset(), unread=LEFT), wanted)
    assert told(name, reply_of(searchset()), wanted) != ""


def test_a_match_of_another_patient_or_status_is_told() -> None:
    wanted = {"patient": "urn:oid:1.2.250.1.213.1.4.10|2", "status": "current"}
    assert told("only-matching", reply_of(searchset(reference("1.2", subject=PATIENT))), wanted) == ""
    assert "autre patient" in told("only-matching", reply_of(searchset(reference("1.2", subject=OTHER))), wanted)
    contained: Any = [{"resourceType": "Patient", "identifier": [PATIENT["identifier"]]}]
    mixed = reply_of(searchset(reference("1.2", subject=OTHER, contained=contained)))
    assert "autre patient" in told("only-matching", mixed, wanted), "the patient at the source does not make up for the subject"
    assert "superseded" in told("only-matching", reply_of(searchset(reference("1.2", status="superseded"))), wanted)


def test_a_patient_by_literal_reference_or_local_identifier_is_not_questioned() -> None:
    wanted = {"patient": "urn:oid:1.2.250.1.213.1.4.10|2"}
    for subject in ({"reference": "Patient/12"}, {"identifier": {"system": "urn:oid:1.2.3", "value": "7"}}):
        assert told("only-matching", reply_of(searchset(reference("1.2", subject=subject))), wanted) == ""


def test_bytes_are_compared_to_the_last_one() -> None:
    assert told("bytes-equal", reply_of(b"abc", content_type="text/xml"), b"abc") == ""
    assert "3 " in told("bytes-equal", reply_of(b"abc", content_type="text/xml"), b"abcd")
    assert "vide" in told("bytes-equal", reply_of(b"", content_type="text/xml"), b"abcd")
    wrapped = {"resourceType": "Binary", "contentType": "text/xml", "data": base64.b64encode(b"abcd").decode()}
    assert "enveloppe" in told("bytes-equal", reply_of(wrapped), b"abcd")


@pytest.mark.parametrize(
    ("served", "what"),
    [
        (b"PGE+Cjxi\nPg==", "base64"),
        (b"<a>\r\n<b>", "fins de ligne"),
        (gzip.compress(b"<a>\n<b>", mtime=0), "gzip"),
        (b"<a>\n<b>\n\n", "suivi d'autres octets (2)"),
        (b"<a>\n<", "il lui manque la fin, 2 octets"),
        (b"<a>\n<c>", "dès l'octet 5"),
    ],
)
def test_what_was_done_to_a_document_is_told(served: bytes, what: str) -> None:
    assert what in told("bytes-equal", reply_of(served, content_type="text/xml"), b"<a>\n<b>")


def test_a_media_type_is_announced_with_parameters_or_without() -> None:
    assert told("media-type", reply_of(b"<a/>", content_type="text/xml"), "text/xml; charset=UTF-8") == ""
    assert told("media-type", reply_of(b"<a/>", content_type="text/html"), "text/xml; charset=UTF-8") != ""


def test_hash_and_size_are_those_of_the_bytes() -> None:
    digest = base64.b64encode(hashlib.sha1(b"abc").digest()).decode()
    served = reply_of(b"abc", content_type="text/xml")
    assert told("hash-matches", served, {"hash": digest, "size": 3}) == ""
    assert told("hash-matches", served, {"hash": digest, "size": 4}) != ""
    assert told("hash-matches", served, {"hash": hashlib.sha1(b"abc").hexdigest(), "size": 3}) != ""
    attachment = {"content": [{"attachment": {"hash": digest, "size": 3}}]}
    found = reply_of(searchset(reference("1.2", **attachment)), pick="1.2")
    assert told("attachment-matches", found, b"abc") == ""
    assert told("attachment-matches", found, b"abd") != ""
    assert told("attachment-matches", reply_of(searchset(), pick="1.2"), b"abc") != ""


@pytest.mark.parametrize(
    ("attachment", "holds"),
    [
        ({"size": 3, "hash": base64.b64encode(hashlib.sha1(b"abc").digest()).decode()}, True),
        ({}, True),
        ({"size": 4}, False),
        ({"size": 3, "hash": base64.b64encode(hashlib.sha1(b"abd").digest()).decode()}, False),
    ],
)
def test_what_a_document_reference_announces_is_true_when_it_is_there(attachment: dict[str, Any], holds: bool) -> None:
    reply = reply_of(searchset(reference("1.2", content=[{"attachment": attachment}])), pick="1.2")
    assert (told("attachment-truthful", reply, b"abc") == "") is holds


@pytest.mark.parametrize(
    ("address", "holds"),
    [
        ("Binary/1", True),
        ("/files/1?x=2", True),
        ("https://repository.example:8443/1", True),
        ("http://127.0.0.1/1", True),
        (None, False),
        ("file:///etc/hosts", False),
        ("javascript:alert(1)", False),
        ("urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427", False),
        ("http://[::1", False),
        ("http://repository.example:99999999/1", False),
    ],
)
def test_the_address_of_a_document_can_be_called(address: str | None, holds: bool) -> None:
    attachment = {} if address is None else {"url": address}
    reply = reply_of(searchset(reference("1.2", content=[{"attachment": attachment}])), pick="1.2")
    assert (told("attachment-address", reply, True) == "") is holds


ACCENTS = '<?xml version="1.0" encoding="{}"?><a>é</a>'


@pytest.mark.parametrize(
    ("body", "content_type", "truthful"),
    [
        (ACCENTS.format("UTF-8").encode(), "text/xml", True),
        (ACCENTS.format("UTF-8").encode(), "text/xml; charset=UTF8", True),
        (ACCENTS.format("UTF-8").encode(), 'text/xml; version=1; Charset="iso-8859-1"', False),
        (ACCENTS.format("ISO-8859-1").encode("latin-1"), "text/xml;charset=iso-8859-15", True),
        (ACCENTS.format("ISO-8859-1").encode("latin-1"), "text/xml;charset=utf-8", False),
        (b"<a>\xc3\xa9</a>", "text/xml;charset=us-ascii", False),
        (b"<a>e</a>", "text/xml;charset=us-ascii", True),
        (b"<a>e</a>", "text/xml;charset=base64", False),
        ("<a>é</a>".encode("utf-16"), "text/xml;charset=utf-16", True),
        (b"%PDF-1.4 \xe9", "application/pdf;charset=utf-8", True),
    ],
)
def test_a_charset_that_would_have_other_characters_read_is_told(body: bytes, content_type: str, truthful: bool) -> None:
    assert (told("charset-truthful", reply_of(body, content_type=content_type), True) == "") is truthful


def test_parameters_of_a_media_type_are_free() -> None:
    assert told("media-type", reply_of(b"x", content_type="Text/XML; charset=utf-8"), "text/xml") == ""
    assert told("media-type", reply_of(b"x", content_type="application/xml"), "text/xml") != ""
    assert told("is-fhir", reply_of({"resourceType": "Bundle"}, content_type="application/json"), True) != ""


def test_an_outcome_without_error_explains_nothing() -> None:
    assert told("operation-outcome", reply_of(OUTCOME, 400), "required") == ""
    warning = {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "x"}]}
    assert told("operation-outcome", reply_of(warning, 400), "required") != ""
    assert told("operation-outcome", reply_of(b"", 400), "required") != ""
    assert told("operation-outcome", reply_of(OUTCOME, 400), "absent") != ""


@pytest.mark.parametrize(
    ("name", "argument"), [("entries", "all"), ("operation-outcome", "maybe"), ("only-matching", {"couleur": "bleu"})]
)
def test_an_argument_that_means_nothing_is_a_usage_error(name: str, argument: Any) -> None:
    with pytest.raises(UsageError):
        told(name, reply_of(searchset(reference("1.2"))), argument)


SENT_REFERENCE = {
    **reference("1.2"),
    "type": {"coding": [{"system": "http://loinc.org", "code": "60591-5"}]},
    "content": [{"attachment": {}, "format": {"code": "urn:ihe"}}],
}


def test_codes_may_be_beside_others_and_not_gone() -> None:
    more = {**SENT_REFERENCE, "type": {"coding": [{"code": "SYNTH"}, *SENT_REFERENCE["type"]["coding"]]}}
    assert told("codes-kept", reply_of(searchset(more)), SENT_REFERENCE) == ""
    gone = {**SENT_REFERENCE, "content": [{"attachment": {}}]}
    assert "content.format : |urn:ihe" in told("codes-kept", reply_of(searchset(gone)), SENT_REFERENCE)
    assert "trouvé 0 fois" in told("codes-kept", reply_of(searchset()), SENT_REFERENCE)


def test_what_a_profile_makes_mandatory_is_named_when_it_is_not_there() -> None:
    assert "category" in told("complete", reply_of(searchset(SENT_REFERENCE)), "1.2")
    assert "trouvé 0 fois" in told("complete", reply_of(searchset(SENT_REFERENCE)), "1.3")


@pytest.mark.parametrize(
    ("returned", "place"),
    [
        ({"birthDate": "1979-03-28", "gender": "female", "name": [{"family": "Pat-trois"}]}, ""),
        ({"birthDate": "1979"}, ""),
        ({"birthDate": "1980-01-01"}, "birthDate"),
        ({"gender": "male"}, "gender"),
        ({"name": [{"family": "AUTRE"}]}, "name.family"),
        ({"name": [{"family": "PAT TROIS", "given": ["Dominiqué", "MARIE"]}]}, ""),
        ({"name": [{"family": "PAT-TROIS", "given": ["AUTRE"]}]}, "name.given"),
        ({"name": [{"use": "official", "family": "AUTRE"}, {"use": "usual", "family": "PAT-TROIS"}]}, "name.family"),
    ],
)
def test_another_patient_at_the_source_than_was_sent_is_told(returned: dict[str, Any], place: str) -> None:
    def of(traits: dict[str, Any]) -> dict[str, Any]:
        patient: Any = {"resourceType": "Patient", "id": "p", **traits}
        return reference("1.2", contained=[patient], context={"sourcePatientInfo": {"reference": "#p"}})

    names = [{"use": use, "family": "PAT-TROIS", "given": ["DOMINIQUE"]} for use in ("official", "usual")]
    sent = of({"birthDate": "1979-03-28", "gender": "female", "name": names})
    message = told("metadata-kept", reply_of(searchset(of(returned))), sent)
    assert (f"sourcePatientInfo.{place} " in message) if place else message == ""


@pytest.mark.parametrize(
    ("subject", "is_told"),
    [
        ({"identifier": {"system": "urn:oid:1.2", "value": "12"}}, False),
        ({"identifier": {"system": "urn:oid:2.25.1", "value": "at home"}}, False),
        ({"reference": "Patient/12", "display": "DOMINIQUE PAT-TROIS"}, False),
        ({"display": "DOMINIQUE PAT-TROIS"}, True),
        ({"identifier": {"system": "urn:oid:1.2"}}, True),
    ],
)
def test_a_patient_of_whom_a_text_is_left_is_told(subject: dict[str, Any], is_told: bool) -> None:
    sent = reference("1.2", subject={"identifier": {"system": "urn:oid:1.2", "value": "12"}})
    message = told("metadata-kept", reply_of(searchset(reference("1.2", subject=subject))), sent)
    assert ("subject : « 12 »" in message) if is_told else message == ""


def test_elements_that_a_resource_lacks_are_named() -> None:
    there = reply_of(reference("1.2", meta={"versionId": "1"}))
    assert told("has", there, ["id", "meta.versionId"]) == ""
    assert told("has", there, ["meta.versionId", "meta.lastUpdated", "date"]).endswith("sans meta.lastUpdated, date.")
    assert "OperationOutcome" in told("has", reply_of(OUTCOME, 400), "id")
    assert told("lacks", there, ["meta.lastUpdated", "date"]) == ""
    assert told("lacks", there, ["meta.versionId", "date"]).endswith("avec meta.versionId.")


@pytest.mark.parametrize(
    ("target", "is_told"),
    [
        ({"reference": "http://ex.example/fhir/DocumentReference/7/_history/1"}, False),
        ({"identifier": {"value": "1.2"}}, False),
        ({"reference": "DocumentReference/8"}, True),
        ({"display": "the former one"}, True),
    ],
)
def test_a_relation_leads_to_what_was_replaced(target: dict[str, Any], is_told: bool) -> None:
    related = reference("1.2", relatesTo=[{"code": "replaces", "target": target}])
    assert bool(told("relates-to", reply_of(searchset(related)), {"replaces": "DocumentReference/7"})) is is_told


def test_the_relation_is_asked_of_the_match_that_the_search_is_about() -> None:
    related = reference("1.2", "2", relatesTo=[{"code": "replaces", "target": {"reference": "DocumentReference/7"}}])
    both = searchset(reference("1.3", "3"), related)
    wanted = {"replaces": "DocumentReference/7"}
    assert told("relates-to", reply_of(both, document_reference="DocumentReference/2"), wanted) == ""
    assert told("relates-to", reply_of(both, document_reference="DocumentReference/3"), wanted) != ""
    assert told("relates-to", reply_of(both), wanted) != ""


@pytest.mark.parametrize(
    ("kept", "is_told"), [({"date": "2026-11-24"}, False), ({"date": "2026-11-30T10:00:00Z"}, False), ({}, True)]
)
def test_the_date_of_a_reference_may_be_another_but_not_none(kept: dict[str, Any], is_told: bool) -> None:
    sent = reference("1.2", date="2026-11-24")
    assert ("date : « 2026-11-24 »" in told("metadata-kept", reply_of(searchset(reference("1.2", **kept))), sent)) is is_told


@pytest.mark.parametrize(
    ("kept", "is_told"),
    [
        ({"identifier": [{"value": "urn:uuid:AB-1"}, {"value": "12"}]}, False),
        ({"id": "ab-1"}, False),
        ({"identifier": [{"value": "12"}]}, True),
        ({}, True),
    ],
)
def test_an_identifier_that_an_entry_came_with_is_kept(kept: dict[str, Any], is_told: bool) -> None:
    sent = reference("1.2", identifier=[{"value": "urn:uuid:ab-1"}])
    message = told("metadata-kept", reply_of(searchset({**reference("1.2"), **kept})), sent)
    assert ("identifier : « urn:uuid:ab-1 »" in message) is is_told


def test_the_number_of_a_patient_that_comes_back_under_another_system_is_told() -> None:
    def of(system: str) -> Any:
        return reference("1.2", subject={"identifier": {"system": f"urn:oid:1.2.250.1.213.1.4.{system}", "value": "12"}})

    assert told("metadata-kept", reply_of(searchset(of("10"))), of("10")) == ""
    assert "subject.identifier.system : « urn:oid:1.2.250.1.213.1.4.10 »" in told(
        "metadata-kept", reply_of(searchset(of("13"))), of("10")
    )


@pytest.mark.parametrize(
    ("returned", "place"),
    [
        ({"rpps": ("urn:oid:1.2", "81"), "name": "Bonnet"}, ""),
        ({"rpps": ("http://rpps.example", "81"), "name": "BONNET"}, ""),
        ({"rpps": ("http://rpps.example", "82"), "name": "BONNET"}, ""),
        ({"rpps": ("urn:oid:1.2", "82"), "name": "BONNET"}, "author"),
        ({"rpps": ("urn:oid:1.2", "81"), "name": "AUTRE"}, "author.name.family"),
    ],
)
def test_another_author_of_the_same_organisation_is_told(returned: dict[str, Any], place: str) -> None:
    def of(rpps: tuple[str, str], name: str) -> dict[str, Any]:
        held: Any = [
            {"id": "r", "practitioner": {"reference": "#p"}, "organization": {"reference": "#o"}},
            {"id": "p", "identifier": [{"system": rpps[0], "value": rpps[1]}], "name": [{"family": name}]},
            {"id": "o", "identifier": [{"system": "urn:oid:1.3", "value": "75"}]},
        ]
        return reference("1.2", contained=held, author=[{"reference": "#r"}])

    message = told("metadata-kept", reply_of(searchset(of(**returned))), of(("urn:oid:1.2", "81"), "BONNET"))
    assert (f"{place} :" in message) if place else message == ""


@pytest.mark.parametrize(
    ("address", "untold"),
    [
        ("http://ex.example/fhir/DocumentReference?patient.identifier=a%7Cb&status=current", ""),
        ("DocumentReference?_format=json&status=current&patient:Patient.identifier=a|b", ""),
        ("/fhir/DocumentReference?subject=Patient/12&status:exact=current", ""),
        ("http://ex.example/fhir/DocumentReference?status=current", "patient.identifier"),
        ("http://ex.example/fhir/DocumentReference", "patient.identifier, status"),
        ("http://[::1", "patient.identifier, status"),
        ("", "patient.identifier, status"),
    ],
)
def test_a_self_link_names_what_was_searched_in_its_own_way(address: str, untold: str) -> None:
    reply = reply_of(searchset(reference("1.2"), link=[{"relation": "self", "url": address}]))
    assert told("self-link", reply, True) == ""
    message = told("self-link", reply, ["patient.identifier", "status"])
    assert (f"il y manque {untold}." in message) if untold else message == ""


PATIENT_JSON = '{"resourceType": "Patient", "name": [{"family": "Hélène"}]}'
PATIENT_XML = (
    '<?xml version="1.0" encoding="{}"?><Patient xmlns="http://hl7.org/fhir"><name><family value="Hélène"/></name></Patient>'
)


@pytest.mark.parametrize(
    ("body", "content_type", "holds"),
    [
        (PATIENT_JSON.encode(), "application/fhir+json", True),
        (PATIENT_JSON.encode(), "application/fhir+json; fhirVersion=4.0; charset=UTF-8", True),
        (PATIENT_JSON.encode(), "application/fhir+json;charset=iso-8859-1", False),
        (b"\xef\xbb\xbf" + PATIENT_JSON.encode(), "application/fhir+json", False),
        (b"\xef\xbb\xbf" + PATIENT_XML.format("UTF-8").encode(), "application/fhir+xml", True),
        (PATIENT_XML.format("ISO-8859-1").encode("latin-1"), "application/fhir+xml", False),
        (b"%PDF-1.4 \xe9", "application/pdf;charset=iso-8859-1", True),  # no FHIR
    ],
)
def test_fhir_is_utf_8_and_says_nothing_else(body: bytes, content_type: str, holds: bool) -> None:
    assert (told("utf-8", reply_of(body, content_type=content_type), True) == "") is holds
