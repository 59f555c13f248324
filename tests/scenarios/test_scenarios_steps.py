"""What scenarios ask beyond the first answer, step by step: each step is seen to fail where an endpoint errs."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from harness.exchange import open_client
from harness.exchange.pdsm import Simulator
from harness.exchange.pdsm.content import reach
from harness.exchange.pdsm.reference import flawed, searching
from harness.exchange.pdsm.reference.endpoint import ReferenceEndpoint
from harness.exchange.pdsm.reference.repository import Repository
from harness.exchange.pdsm.reference.responses import Responses
from harness.library import Library
from harness.model import Event, Request, Response, ScenarioEnded, Verdict
from harness.runner import load_target, play

AT = date(2026, 11, 24)
SETS, SETS_BY, POSTED, BY = (
    "pdsm-iti66-find-submission-set",
    "pdsm-iti66-find-by-criteria",
    "pdsm-iti67-find-by-post",
    "pdsm-iti67-find-by-criteria",
)
SEEN_BY = [  # the scenario, the flaw, a step that fails because of it
    ("pdsm-iti65-publish-vsm", "plain-json", "media_type"),
    ("pdsm-iti65-refusal-explained", "plain-json", "media_type"),
    ("pdsm-iti65-replace", "accepts-dangling-references", "nothing_was_replaced"),
    ("pdsm-iti67-say-capabilities", "plain-json", "media_type"),
    ("pdsm-iti67-find-in-xml", "wrong-total", "total"),
    ("pdsm-iti67-find-in-xml", "changes-subject", "nobody_else"),
    ("pdsm-iti67-find-in-xml", "loses-metadata", "whole"),
    ("pdsm-iti67-find-in-xml", "changes-metadata", "metadata"),
    (POSTED, "plain-json", "media_type"),
    (POSTED, "wrong-total", "total"),
    (POSTED, "loses-metadata", "whole"),
    (POSTED, "no-full-url", "addresses"),
    (POSTED, "invalid-resources", "valid"),
    (POSTED, "bare-self-link", "self_link"),
    (POSTED, "ignores-type", "other_type"),
    (POSTED, "invalid-resources ignores-type", "other_type"),  # what failed before leaves nothing unasked
    (SETS, "wrong-total empties-sets", "members"),
    (SETS, "plain-json", "media_type"),
    (SETS, "wrong-total", "total"),
    (SETS, "bare-self-link", "self_link"),
    (SETS, "invalid-resources", "valid_by_post"),
    (SETS, "ignores-patient", "nobody_else"),
    (SETS, "ignores-patient", "nobody_else_by_post"),
    (SETS_BY, "ignores-criteria", "source_family"),
    (SETS_BY, "ignores-criteria", "source_given"),
    (SETS_BY, "ignores-code", "other_code_by_post"),
    (SETS_BY, "ignores-status", "other_status"),
    (BY, "ignores-criteria", "dated_before"),
    (BY, "ignores-criteria", "begun_before"),
    (BY, "ignores-criteria", "archived"),
]


pytestmark = pytest.mark.usefixtures("without_packages")


@pytest.fixture(scope="module")
def failed(library: Library) -> Iterator[Callable[..., set[str]]]:
    """Steps of a scenario that fail on an endpoint with a flaw."""
    known: dict[tuple[str, str], set[str]] = {}

    def failed(id: str, flaw: str = "", changed: str = "") -> set[str]:
        if (id, flaw + changed) not in known:
            events: list[Event] = []
            with Simulator(flaws=frozenset(flaw.split()), library=library) as endpoint:
                play(
                    [one for one in library.scenarios() if one.id == id],
                    load_target(endpoint.url, "Ex"),
                    library,
                    run="run-1",
                    seed=1,
                    emit=events.append,
                    now=lambda: datetime(AT.year, AT.month, AT.day, tzinfo=UTC),
                )
            [result] = [event.result for event in events if isinstance(event, ScenarioEnded)]
            known[id, flaw + changed] = {step.id for step in result.steps if step.verdict is Verdict.FAIL}
        return known[id, flaw + changed]

    yield failed


@pytest.mark.parametrize(("id", "flaw", "step"), SEEN_BY)
def test_a_step_is_seen_to_fail_where_an_endpoint_has_the_flaw_that_it_asks_about(
    failed: Callable[..., set[str]], id: str, flaw: str, step: str
) -> None:
    assert step in failed(id, flaw)
    assert step not in failed(id)


def _first_choice(name: str, value: str) -> list[str]:
    return value.split(",")[:1]


def _value_only(*paths: str) -> searching._Test:
    whole = searching._token(*paths)
    return lambda resource, wanted: whole(resource, wanted.rpartition("|")[2])


def _with_system_only(*paths: str) -> searching._Test:
    whole = searching._token(*paths)
    return lambda resource, wanted: "|" in wanted and whole(resource, wanted)


def _nobody_asked(resource: Mapping[str, Any], wanted: str) -> bool:
    return True


@pytest.mark.parametrize(
    ("id", "parameter", "test", "step"),
    [
        (BY, "identifier", _value_only("masterIdentifier", "identifier"), "identifier_of_another_system"),
        (BY, "type", _with_system_only("type"), "type_of_any_system"),
        (POSTED, "identifier", _nobody_asked, "other_document"),
    ],
)
def test_a_parameter_that_is_understood_in_part_is_told(
    failed: Callable[..., set[str]], monkeypatch: pytest.MonkeyPatch, id: str, parameter: str, test: Any, step: str
) -> None:
    known: Any = searching.PARAMETERS["DocumentReference"]
    monkeypatch.setitem(known, parameter, searching.Parameter("token", test))
    assert failed(id, changed=parameter) == {step}


def test_values_after_a_comma_that_are_overlooked_are_told(
    failed: Callable[..., set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "_choices", _first_choice)
    assert failed(BY, changed="choices") == {"either_type", "either_status"}


def test_a_set_that_is_not_where_its_creation_said_is_told(
    failed: Callable[..., set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    responses = flawed.responses

    def elsewhere(given: list[Any], flaws: frozenset[str]) -> list[Any]:
        return [{**one, "location": one["location"].replace("List/", "List/9")} for one in responses(given, flaws)]

    monkeypatch.setattr(flawed, "responses", elsewhere)
    assert failed(SETS, changed="location") == {"address"}


def test_a_statement_that_leaves_documents_out_is_told(failed: Callable[..., set[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    statement = flawed.statement

    def of_sets_only(given: Any, flaws: frozenset[str]) -> Any:
        told = statement(given, flaws)
        [rest] = told["rest"]
        return {**told, "rest": [{**rest, "resource": [one for one in rest["resource"] if one["type"] == "List"]}]}

    monkeypatch.setattr(flawed, "statement", of_sets_only)
    assert failed("pdsm-iti67-say-capabilities", changed="statement") == {"of_documents"}


def test_a_replacement_that_supersedes_other_documents_is_told(
    failed: Callable[..., set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def supersede_all(self: Repository, url: str, *, really: bool) -> Any:
        for reference, resource in list(self._resources.items()):
            if resource["resourceType"] == "DocumentReference" and "relatesTo" not in resource:
                self.replace(reference, {**resource, "status": "superseded"})
        return {"status": "200 OK"}

    monkeypatch.setattr(Repository, "_supersede", supersede_all)
    assert failed("pdsm-iti65-replace", changed="supersede") == {"other_is_current"}


def test_what_a_post_search_asks_is_encoded_as_a_form(library: Library) -> None:
    bodies: list[bytes] = []
    with Simulator(library=library, on_exchange=lambda exchange, *_: bodies.append(exchange.request.body)) as endpoint:
        client = open_client(load_target(endpoint.url, "Ex").endpoints[0], library)
        query = {"patient.identifier": "urn:oid:1.2.250.1.213.1.4.10|279035121518989", "status": "current"}
        client.perform("ITI-67", {"method": "POST", "query": query}, 30)
    assert bodies == [b"patient.identifier=urn:oid:1.2.250.1.213.1.4.10%7C279035121518989&status=current"]


def test_a_document_reference_that_is_not_read_at_its_address_is_told(
    failed: Callable[..., set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    retrieve: Any = ReferenceEndpoint._retrieve

    def unknown(self: ReferenceEndpoint, request: Request, kind: str, id: str) -> Any:
        return retrieve(self, request, kind, id if kind == "Binary" else "none")

    monkeypatch.setattr(ReferenceEndpoint, "_retrieve", unknown)
    assert failed("pdsm-iti67-return-what-the-profile-asks", changed="read") == {"read"}


def test_documents_of_one_submission_that_are_swapped_are_told(
    failed: Callable[..., set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    provide: Any = Repository.provide

    def swapped(self: Repository, message: Any, **how: Any) -> Any:
        kept = copy.deepcopy(dict(message))
        attachments = [one["content"][0]["attachment"] for one in reach(kept, "entry", "resource") if "masterIdentifier" in one]
        if len(attachments) == 3:
            attachments[0]["url"], attachments[1]["url"] = attachments[1]["url"], attachments[0]["url"]
        return provide(self, kept, **how)

    monkeypatch.setattr(Repository, "provide", swapped)
    assert failed("pdsm-iti65-publish-several", changed="swapped") == {"retrieve_first"}


def test_an_update_that_changes_more_or_names_another_version_is_told(
    failed: Callable[..., set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, version = Repository.replace, Responses.version

    def another_title(self: Repository, reference: str, resource: Any) -> Any:
        return replace(self, reference, {**resource, "description": "Autre titre"})

    def of_before(self: Responses, request: Request, status: int, resource: Any) -> Response:
        answer = version(self, request, status, resource)
        return Response(answer.status, {**answer.headers, "ETag": 'W/"1"'}, answer.body)

    monkeypatch.setattr(Repository, "replace", another_title)
    assert failed("pdsm-update-supersede", changed="title") == {"nothing_else"}
    monkeypatch.setattr(Repository, "replace", replace)
    monkeypatch.setattr(Responses, "version", of_before)
    assert failed("pdsm-update-supersede", changed="version") == {"version_named"}


@pytest.mark.parametrize(
    ("gone", "place", "steps"),
    [("", "DocumentReference/none", {"address_of_it"}), ("meta", "", {"as_created"})],
)
def test_a_publication_that_leads_elsewhere_or_has_no_version_is_told(
    failed: Callable[..., set[str]], monkeypatch: pytest.MonkeyPatch, gone: str, place: str, steps: set[str]
) -> None:
    written = Responses.resource

    def changed(self: Responses, request: Request, status: int, resource: Any, headers: Any = None) -> Response:
        if status == 201:
            resource = {name: value for name, value in resource.items() if name != gone}
            headers = {"Location": place or headers["Location"]}
        return written(self, request, status, resource, headers)

    monkeypatch.setattr(Responses, "resource", changed)
    assert failed("pdsm-iti105-publish", changed=gone or place) == steps
