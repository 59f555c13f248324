"""Every PDSm scenario passes on a conformant endpoint, again and again, and is seen to fail on an endpoint with a flaw."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any

import pytest
import trustme

from harness import documents
from harness.checks import Judge
from harness.exchange.pdsm import FLAWS, Simulator
from harness.exchange.pdsm.reference import endpoint as reference
from harness.exchange.pdsm.reference import flawed, searching
from harness.exchange.pdsm.reference.responses import Responses
from harness.library import Library
from harness.model import (
    STEP_NOT_JUDGED,
    Event,
    Exchange,
    Finding,
    Level,
    Request,
    RequirementVerdict,
    Response,
    RunEnded,
    Scenario,
    ScenarioEnded,
    ScenarioResult,
    StepEnded,
    Verdict,
)
from harness.runner import load_target, play
from harness.synthesis import SyntheticDocument, synthesize

AT = date(2026, 11, 24)
AMPLE = 30.0  # seconds: a slow machine is not to fail where an answer comes
SCARCE = 0.5  # seconds: where none comes to its end

FLAWS_SEEN = {
    "pdsm-iti65-publish-vsm": "no-location",
    "pdsm-iti65-publish-ldl-ses": "wrong-order",
    "pdsm-iti65-publish-ldl-ees": "loses-documents",
    "pdsm-iti65-publish-in-xml": "xml-refused",
    "pdsm-iti65-publish-several": "missing-entry",
    "pdsm-iti65-replace": "keeps-replaced-current",
    "pdsm-iti65-refusal-explained": "no-outcome",
    "pdsm-iti65-refuse-dangling-author": "accepts-dangling-references",
    "pdsm-iti65-refuse-dangling-url": "accepts-missing-binary",
    "pdsm-iti65-refuse-code-outside": "accepts-invalid-fhir",
    "pdsm-iti65-refuse-invalid-date": "accepts-invalid-fhir",
    "pdsm-iti65-refuse-invalid-fhir": "accepts-invalid-fhir",
    "pdsm-iti65-refuse-invalid-submission-set": "accepts-invalid-fhir",
    "pdsm-iti65-refuse-invalid-second-entry": "not-atomic",
    "pdsm-iti65-refuse-misshapen-element": "accepts-invalid-fhir",
    "pdsm-iti65-refuse-missing-binary": "accepts-missing-binary",
    "pdsm-iti65-refuse-missing-master-identifier": "accepts-missing-master-identifier",
    "pdsm-iti65-refuse-incomplete-metadata": "accepts-incomplete-metadata",
    "pdsm-iti65-refuse-missing-subject": "accepts-incomplete-metadata",
    "pdsm-iti65-refuse-not-a-transaction": "accepts-wrong-bundle-type",
    "pdsm-iti65-refuse-not-json": "answers-200-to-bad-json",
    "pdsm-iti65-refuse-taken-unique-id": "accepts-duplicate-unique-id",
    "pdsm-iti65-refuse-truncated": "answers-200-to-bad-json",
    "pdsm-iti65-refuse-without-document-reference": "accepts-missing-document-reference",
    "pdsm-iti65-refuse-without-submission-set": "accepts-missing-submission-set",
    "pdsm-iti65-refuse-wrong-content-type": "accepts-wrong-content-type",
    "pdsm-iti65-refuse-wrong-hash": "accepts-wrong-hash",
    "pdsm-iti65-refuse-wrong-size": "accepts-wrong-size",
    "pdsm-iti66-find-by-criteria": "ignores-criteria",
    "pdsm-iti66-find-submission-set": "lists-missing",
    "pdsm-iti67-explain-search-error": "no-outcome",
    "pdsm-iti67-find-by-criteria": "ignores-criteria",
    "pdsm-iti66-find-by-criteria-by-post": "post-ignores-criteria",
    "pdsm-iti67-find-by-criteria-by-post": "post-ignores-criteria",
    "pdsm-iti67-find-page-by-page": "no-next-link",
    "pdsm-iti67-find-at-once": "finds-late",
    "pdsm-iti65-say-capabilities": "says-less",
    "pdsm-iti67-find-by-get": "ignores-patient",
    "pdsm-iti67-find-by-identifier": "duplicates",
    "pdsm-iti67-find-by-post": "post-search-missing",
    "pdsm-iti67-find-by-status": "ignores-status",
    "pdsm-iti67-find-by-type": "ignores-type",
    "pdsm-iti67-find-in-xml": "get-search-missing",
    "pdsm-iti67-find-nothing": "404-on-empty-search",
    "pdsm-iti67-refuse-unknown-parameter": "accepts-unknown-parameter",
    "pdsm-iti67-refuse-without-patient": "500-on-refusal",
    "pdsm-iti67-return-what-the-profile-asks": "changes-codes",
    "pdsm-iti67-say-capabilities": "no-capabilities",
    "pdsm-iti68-refuse-unavailable-type": "ignores-accept",
    "pdsm-iti68-refuse-unknown-document": "200-on-unknown-document",
    "pdsm-iti68-retrieve-line-ends": "alters-bytes",
    "pdsm-iti68-retrieve": "wrong-media-type",
    "pdsm-iti68-retrieve-what-was-sent": "alters-bytes",
    "pdsm-iti105-publish": "lists-missing",
    "pdsm-iti105-publish-in-xml": "loses-documents",
    "pdsm-iti105-refuse-invalid-fhir": "accepts-invalid-fhir",
    "pdsm-iti105-refuse-without-document": "accepts-missing-binary",
    "pdsm-update-archive": "patches-nothing",
    "pdsm-update-refuse-stale-version": "overlooks-if-match",
    "pdsm-update-refuse-type": "patches-anything",
    "pdsm-update-supersede": "patches-nothing",
}
OF_INS = (
    "pdsm-receive-ins-missing-traits",
    "pdsm-receive-ins-wrong-key",
)  # fail on a conformant endpoint, which need not read the CDA

BREAKS = {
    "accepts-missing-master-identifier": {"PDSM-ITI65-09"},
    "accepts-missing-binary": {"PDSM-ITI65-10"},
    "not-atomic": {"PDSM-ITI65-07"},
    "no-location": {"PDSM-ITI65-02", "PDSM-ITI65-04"},
    "no-next-link": {"PDSM-ITI67-32"},
    "total-of-the-page": {"PDSM-ITI67-08"},
    "reads-another-id": {"PDSM-ITI67-31"},
    "post-ignores-criteria": {"PDSM-ITI66-02", "PDSM-ITI66-10", "PDSM-ITI67-02", "PDSM-ITI67-04", "PDSM-ITI67-06"},
    "wrong-total": {"PDSM-ITI67-08"},
    "plain-json": {"PDSM-ITI67-15"},
    "no-full-url": {"PDSM-ITI66-03", "PDSM-ITI67-17", "PDSM-ITI67-19"},  # FHIR R4 wants it as MHD does
    "ignores-type": {"PDSM-ITI67-06"},
    "ignores-system": {"PDSM-ITI67-04"},
    "alters-bytes": {"PDSM-ITI68-01"},
    "404-on-empty-search": {"PDSM-ITI67-07"},
    "keeps-replaced-current": {"PDSM-ITI65-23"},
    "invalid-resources": {"PDSM-ITI66-03", "PDSM-ITI67-19"},
    "invalid-response keeps-message-links loses-relations": {"PDSM-ITI65-25", "PDSM-ITI65-26", "PDSM-ITI67-22"},  # at once
}
TOGETHER = (  # each shows in a few scenarios: where none shows at once, none does alone, and only the rest is played with each
    (
        *("accepts-missing-master-identifier", "no-next-link", "ignores-type", "ignores-system", "keeps-replaced-current"),
        "invalid-response keeps-message-links loses-relations",
    ),
    ("accepts-missing-binary", "total-of-the-page", "reads-another-id", "post-ignores-criteria"),
    ("no-full-url", "invalid-resources", "plain-json", "wrong-total"),
)
SEEN_BY = {  # what is recommended: the flaw, and the one step that sees it
    ("pdsm-iti67-return-what-the-profile-asks", "changes-metadata"): ("metadata", "PDSM-ITI67-21"),
    ("pdsm-iti67-find-by-get", "changes-subject"): ("nobody_else", "PDSM-ITI67-04"),
    ("pdsm-iti67-return-what-the-profile-asks", "names-subject-only"): ("metadata", "PDSM-ITI67-21"),
    ("pdsm-iti66-find-submission-set", "names-subject-only"): ("metadata", "PDSM-ITI66-08"),
    ("pdsm-iti67-find-by-post", "loses-metadata"): ("whole", "PDSM-ITI67-16"),
    ("pdsm-iti67-return-what-the-profile-asks", "bare-self-link"): ("self_link", "PDSM-ITI67-26"),
    ("pdsm-iti67-find-by-get", "bad-next-link"): ("nobody_else", "PDSM-ITI67-04"),
    ("pdsm-iti67-find-by-identifier", "loses-hash"): ("announced", "PDSM-ITI67-12"),
    ("pdsm-iti66-find-submission-set", "empties-sets"): ("members", "PDSM-ITI66-05"),
    ("pdsm-iti65-publish-several", "shortens-sets"): ("members", "PDSM-ITI66-05"),
    ("pdsm-iti66-find-submission-set", "loses-set-metadata"): ("whole", "PDSM-ITI66-06"),
    ("pdsm-iti66-find-submission-set", "wrong-total"): ("total", "PDSM-ITI66-11"),
    ("pdsm-iti66-find-submission-set", "ignores-code"): ("no_folder", "PDSM-ITI66-07"),
    ("pdsm-iti66-find-submission-set", "changes-set-metadata"): ("metadata", "PDSM-ITI66-08"),
    ("pdsm-iti67-say-capabilities", "says-another-version"): ("of_r4", "PDSM-ITI67-27"),
    ("pdsm-iti67-say-capabilities", "says-less"): ("of_sets", "PDSM-ITI67-27"),
    ("pdsm-iti105-publish", "changes-metadata"): ("metadata", "PDSM-ITI105-08"),
    ("pdsm-iti105-publish", "changes-codes"): ("metadata", "PDSM-ITI105-08"),
    ("pdsm-iti105-publish", "keeps-document-inside"): ("apart", "PDSM-ITI105-02"),
    ("pdsm-iti65-publish-vsm", "dead-location"): ("address_of_document", "PDSM-ITI65-27"),
    ("pdsm-iti67-return-what-the-profile-asks", "json-after-a-mark"): ("encoding", "PDSM-ITI67-33"),
    ("pdsm-iti67-find-in-xml", "fhir-in-latin"): ("encoding", "PDSM-ITI67-33"),
    ("pdsm-update-refuse-type", "patches-the-rest"): ("nothing_done_by_half", "PDSM-UPDATE-01"),
    ("pdsm-iti105-publish", "no-location"): ("address", "PDSM-ITI105-07"),
    ("pdsm-update-refuse-type", "patches-unknown"): ("update_unknown", "PDSM-UPDATE-07"),
    ("pdsm-update-supersede", "no-etag"): ("etag", "PDSM-UPDATE-03"),
    ("pdsm-iti67-return-what-the-profile-asks", "no-etag"): ("etag", "PDSM-ITI67-34"),
    ("pdsm-iti68-retrieve", "wrong-charset"): ("charset", "PDSM-ITI68-06"),
}


@pytest.fixture(scope="module")
def make() -> Callable[..., SyntheticDocument]:
    """The real synthesis, each document made once: endpoints that forget everything may be sent the same one."""
    made: dict[Any, SyntheticDocument] = {}

    def make(library: Library, profile: str, *, mutation: Any, **said: Any) -> SyntheticDocument:
        key = (profile, mutation and mutation.id, *sorted(said.items()))
        if key not in made:
            made[key] = synthesize(library, profile, mutation=mutation, **said)
        return made[key]

    return make


def all_scenarios() -> list[str]:
    return [*FLAWS_SEEN, *OF_INS]


class Campaign:
    """Plays scenarios of the library against an endpoint."""

    def __init__(self, library: Library, make: Callable[..., SyntheticDocument]) -> None:
        self.library = library
        self.make = make

    def chosen(self, ids: Sequence[str]) -> list[Scenario]:
        return [one for one in self.library.scenarios() if one.id in ids]

    def events(self, url: str, ids: Sequence[str], seed: int = 1, deadline: float = AMPLE) -> list[Event]:
        events: list[Event] = []
        play(
            self.chosen(ids),
            load_target(url, "Ex"),
            self.library,
            run=f"run-{seed}",
            seed=seed,
            emit=events.append,
            now=lambda: datetime(AT.year, AT.month, AT.day, tzinfo=UTC),
            step_deadline=deadline,
            make=self.make,
        )
        return events

    def results(self, url: str, ids: Sequence[str], seed: int = 1, deadline: float = AMPLE) -> Mapping[str, ScenarioResult]:
        ended = (event for event in self.events(url, ids, seed, deadline) if isinstance(event, ScenarioEnded))
        return {event.result.id: event.result for event in ended}

    def result(self, id: str, *flaws: str) -> ScenarioResult:
        """Of one scenario, on an endpoint that has these flaws."""
        with Simulator(flaws=frozenset(flaws)) as endpoint:
            return self.results(endpoint.url, [id])[id]


def failing(result: ScenarioResult) -> list[str]:
    """Its steps that fail."""
    return [step.id for step in result.steps if step.verdict is Verdict.FAIL]


def broken(result: ScenarioResult) -> list[str]:
    return [id for id, verdict in result.requirements.items() if verdict is RequirementVerdict.BROKEN]


@pytest.fixture(scope="module")
def campaign(library: Library, make: Callable[..., SyntheticDocument]) -> Campaign:
    return Campaign(library, make)


def test_the_table_of_flaws_covers_every_scenario_and_half_of_them_are_negative(library: Library) -> None:
    scenarios = [one for one in library.scenarios() if one.protocol == "pdsm"]
    assert {one.id for one in scenarios} == set(all_scenarios())
    assert set(FLAWS_SEEN.values()) | set(" ".join(BREAKS).split()) <= set(FLAWS)
    assert len(scenarios) >= 16
    assert sum(one.negative for one in scenarios) * 2 >= len(scenarios)


def test_every_requirement_of_pdsm_is_tested_by_a_scenario_and_every_scenario_says_why(library: Library) -> None:
    scenarios = [one for one in library.scenarios() if one.protocol == "pdsm"]
    written = {id for id in library.requirements() if id.startswith("PDSM-")}
    assert written == {requirement for one in scenarios for requirement in one.requirements}
    assert [one.id for one in scenarios if one.note is None] == []


def test_a_must_scenario_rests_on_a_must(library: Library) -> None:
    requirements = library.requirements()
    for one in library.scenarios():
        levels = {requirements[id].level for id in one.requirements}
        if one.level is Level.MUST:
            assert levels == {Level.MUST} or {Level.MUST, Level.SHOULD} == levels, one.id
        else:
            assert one.level in levels, one.id


def test_what_is_recommended_hides_no_must_that_comes_after_it(library: Library) -> None:
    requirements = library.requirements()
    hidden = []
    for one in library.scenarios():
        recommended = False
        for step in one.steps if one.protocol == "pdsm" and not one.negative else ():
            levels = {requirements[id].level for id in step.requirements}
            if Level.MUST in levels and recommended and not step.always:
                hidden.append((one.id, step.id))
            recommended |= bool(levels) and Level.MUST not in levels
    assert {id for id, _ in hidden} <= {"pdsm-iti65-replace"}  # nothing to see where it is refused


def test_no_must_asks_for_one_precise_status_of_refusal(library: Library) -> None:
    requirements = library.requirements()
    precise = {
        (one.id, step.id): {requirements[id].level for id in step.requirements}
        for one in library.scenarios()
        for step in one.steps
        if isinstance(step.expect.get("status"), int) and step.expect["status"] >= 400
    }
    assert precise
    assert [place for place, levels in precise.items() if Level.MUST in levels] == []


def test_every_scenario_passes_on_a_conformant_endpoint_and_again_on_the_same_one(campaign: Campaign) -> None:
    with Simulator(library=campaign.library) as endpoint:
        for seed in (1, 2):
            results = campaign.results(endpoint.url, list(FLAWS_SEEN), seed)
            wrong = {
                id: [step.message.en for step in result.steps if step.verdict is not Verdict.PASS]
                for id, result in results.items()
                if result.verdict is not Verdict.PASS
            }
            assert wrong == {}
            assert len(results) == len(FLAWS_SEEN)


@pytest.mark.parametrize(("id", "flaw"), FLAWS_SEEN.items())
def test_every_scenario_is_seen_to_fail(campaign: Campaign, request: pytest.FixtureRequest, id: str, flaw: str) -> None:
    if flaw == "finds-late":
        request.getfixturevalue("in_time")
    result = campaign.result(id, flaw)
    assert result.verdict is Verdict.FAIL
    assert RequirementVerdict.BROKEN in result.requirements.values()


@pytest.mark.parametrize("flaws", [*TOGETHER, *((flaw,) for flaw in BREAKS if flaw not in chain(*TOGETHER))], ids=", ".join)
def test_a_flaw_breaks_the_duty_it_is_about_and_no_other_must(campaign: Campaign, flaws: tuple[str, ...]) -> None:
    requirements = campaign.library.requirements()

    def results(flaws: tuple[str, ...], among: Collection[str]) -> Mapping[str, ScenarioResult]:
        broken = set().union(*(BREAKS[flaw] for flaw in flaws))
        concerned = [
            one.id
            for one in campaign.library.scenarios()
            if one.id in among and (not one.negative or broken & set(one.requirements))
        ]
        with Simulator(flaws=frozenset(" ".join(flaws).split())) as endpoint:
            return campaign.results(endpoint.url, concerned)

    def found(flaw: str, among: Collection[str]) -> set[str]:
        return {
            id
            for result in results((flaw,), among).values()
            if result.level is not Level.MAY
            for id, verdict in result.requirements.items()
            if verdict is RequirementVerdict.BROKEN and requirements[id].level is Level.MUST
        }

    touched: Collection[str] = FLAWS_SEEN
    if len(flaws) > 1:
        touched = [id for id, result in results(flaws, FLAWS_SEEN).items() if result.verdict is not Verdict.PASS]
    assert {flaw: found(flaw, touched) for flaw in flaws} == {flaw: BREAKS[flaw] for flaw in flaws}


@pytest.mark.parametrize(("id", "flaw"), SEEN_BY)
def test_a_flaw_is_seen_by_the_step_made_for_it_and_by_no_other(
    campaign: Campaign, id: str, flaw: str, without_packages: None
) -> None:
    result = campaign.result(id, flaw)
    assert (*failing(result), *broken(result)) == SEEN_BY[id, flaw]


@pytest.mark.parametrize("kind", ["iti66", "iti67"])
def test_a_search_by_post_is_held_against_the_same_by_get_criterion_by_criterion(campaign: Campaign, kind: str) -> None:
    id = f"pdsm-{kind}-find-by-criteria-by-post"
    judged = {step.id for [scenario] in [campaign.chosen([id])] for step in scenario.steps if step.id.endswith("_by_post")}
    assert len(judged) >= 6
    assert set(failing(campaign.result(id, "post-ignores-criteria"))) == judged
    assert failing(campaign.result(id, "ignores-criteria")) == []  # by GET as by POST


def test_a_system_that_updates_nothing_is_not_held_to_refuse_updates(campaign: Campaign) -> None:
    result = campaign.result("pdsm-update-refuse-type", "refuses-updates")
    assert result.requirements["PDSM-UPDATE-01"] is RequirementVerdict.UNTESTED


def test_a_system_that_says_nothing_of_what_it_serves_is_judged(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    said = reference.capability_statement
    monkeypatch.setattr(reference, "capability_statement", lambda *of: {k: v for k, v in said(*of).items() if k != "rest"})
    ids = ["pdsm-iti65-say-capabilities", "pdsm-iti67-say-capabilities"]
    with Simulator(library=campaign.library) as endpoint:
        results = campaign.results(endpoint.url, ids)
    assert {id: result.verdict for id, result in results.items()} == dict.fromkeys(ids, Verdict.FAIL)
    assert results[ids[0]].requirements["PDSM-ITI65-29"] is RequirementVerdict.BROKEN


def test_a_refused_submission_is_held_against_nothing_else(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, without_packages: None
) -> None:
    def refuse(self: reference.ReferenceEndpoint, request: Request) -> reference.Answer:
        return reference.Answer(Response(500, {"Content-Type": "text/html"}, b"<html>"), "ITI-65")

    monkeypatch.setattr(reference.ReferenceEndpoint, "_provide", refuse)
    ids = [one.id for one in campaign.library.scenarios() if one.protocol == "pdsm" and not one.negative]
    with Simulator(library=campaign.library) as endpoint:
        results = campaign.results(endpoint.url, ids)
    verdicts = [pair for result in results.values() for pair in result.requirements.items()]
    broken = {one for one, verdict in verdicts if verdict is RequirementVerdict.BROKEN}
    assert {"PDSM-ITI65-01", "PDSM-ITI65-02", "PDSM-ITI65-05"} <= broken <= {f"PDSM-ITI65-0{number}" for number in range(1, 6)}


def test_what_is_found_late_is_found(campaign: Campaign, without_packages: None, in_time: None) -> None:
    ids = [
        *("pdsm-iti65-publish-vsm", "pdsm-iti65-replace", "pdsm-iti66-find-submission-set", "pdsm-iti67-find-page-by-page"),
        *("pdsm-iti67-find-by-status", "pdsm-iti105-publish-in-xml", "pdsm-update-supersede"),
    ]
    with Simulator(flaws=frozenset({"finds-late"})) as endpoint:
        results = campaign.results(endpoint.url, ids)
    assert {id for id, result in results.items() if result.verdict is not Verdict.PASS} == set()
    assert RequirementVerdict.UNTESTED not in results["pdsm-iti67-find-page-by-page"].requirements.values()


def _warning(diagnostics: str) -> dict[str, Any]:
    issue = {"severity": "warning", "code": "business-rule", "diagnostics": diagnostics}
    return {"outcome": {"resourceType": "OperationOutcome", "issue": [issue]}}


@pytest.mark.parametrize(
    ("of_any", "of_replacing", "verdict"),
    [
        ("class not known here, request 71a2", "", RequirementVerdict.BROKEN),
        ("", "the other one is left as it was", RequirementVerdict.UNTESTED),
    ],
)
def test_a_warning_that_any_submission_is_given_leaves_no_replacement_unjudged(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, of_any: str, of_replacing: str, verdict: RequirementVerdict
) -> None:
    def responses(given: list[Any], flaws: frozenset[str]) -> list[Any]:
        said = of_replacing if len(given) == 4 else of_any
        return [{**one, **_warning(f"{said} {number}")} for number, one in enumerate(given)] if said else given

    monkeypatch.setattr(flawed, "responses", responses)
    result = campaign.result("pdsm-iti65-replace", "loses-relations")
    assert result.requirements["PDSM-ITI67-22"] is verdict
    told = next(step.message.en for step in result.steps if step.id == "related")
    assert of_replacing in told


def test_the_order_of_the_members_of_json_is_nothing_to_a_scenario(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    def sorted_backwards(given: Any) -> Any:
        if isinstance(given, list):
            return [sorted_backwards(one) for one in given]
        return {key: sorted_backwards(given[key]) for key in sorted(given, reverse=True)} if isinstance(given, dict) else given

    def turned(self: Responses, request: Request, status: int, resource: Any, headers: Any = None) -> Response:
        return said(self, request, status, sorted_backwards(resource), headers)

    said = Responses.resource
    monkeypatch.setattr(Responses, "resource", turned)
    with Simulator(library=campaign.library) as endpoint:
        results = campaign.results(endpoint.url, list(FLAWS_SEEN))
    wrong = {id: result.verdict for id, result in results.items() if result.verdict is not Verdict.PASS}
    assert wrong == {}
    untested = {
        one for result in results.values() for one, verdict in result.requirements.items() if verdict is RequirementVerdict.UNTESTED
    }
    assert untested <= {"PDSM-ITI66-04", "PDSM-ITI67-20"}  # which an installed package of FHIR alone can judge


def test_the_bytes_are_judged_where_what_is_recommended_of_their_reference_is_not_done(campaign: Campaign) -> None:
    steps = {
        **{"pdsm-iti65-publish-vsm": "retrieve", "pdsm-iti65-publish-ldl-ses": "retrieve"},
        **{"pdsm-iti68-retrieve": "truthful", "pdsm-iti105-publish": "truthful"},
    }
    for flaws, verdict in (((), Verdict.PASS), (("alters-bytes",), Verdict.FAIL)):
        with Simulator(flaws=frozenset({"dead-location", "changes-metadata", "wrong-charset", *flaws})) as endpoint:
            results = campaign.results(endpoint.url, list(steps))
        assert {result.verdict for result in results.values()} == {Verdict.FAIL}
        judged = {id: next(one.verdict for one in result.steps if one.id == steps[id]) for id, result in results.items()}
        assert {id: judged[id] for id, step in steps.items() if step == "retrieve"} == dict.fromkeys(list(steps)[:2], verdict)
        assert {judged[id] for id, step in steps.items() if step == "truthful"} == {Verdict.PASS}  # of what was sent


def test_a_search_on_archiving_that_is_refused_says_nothing_of_archiving(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, without_packages: None
) -> None:
    def bad(resource: Any, wanted: str) -> bool:
        raise searching.BadQuery("isArchived", "unknown")

    known: Any = searching.PARAMETERS["DocumentReference"]
    monkeypatch.setitem(known, "isArchived", searching.Parameter("token", bad))
    result = campaign.result("pdsm-update-archive")
    assert broken(result) == ["PDSM-ITI67-29"]
    assert result.requirements["PDSM-UPDATE-04"] is RequirementVerdict.MET


def test_a_document_that_is_filed_under_another_patient_is_told_to_be(campaign: Campaign, without_packages: None) -> None:
    id = "pdsm-iti65-publish-vsm"
    assert failing(campaign.result(id, "files-elsewhere")) == ["kept", "of_its_patient"]
    assert failing(campaign.result(id, "loses-documents")) == ["kept", "address_of_document"]


def test_the_identifier_of_an_entry_is_looked_for_where_the_system_kept_it(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, without_packages: None
) -> None:
    known: Any = searching.PARAMETERS["DocumentReference"]
    monkeypatch.setitem(known, "identifier", searching.Parameter("token", searching._token("masterIdentifier")))
    assert failing(campaign.result("pdsm-iti67-find-by-identifier")) == ["find_by_entry"]


def test_a_5xx_to_a_misshapen_message_alone_is_told_of_what_is_recommended(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, without_packages: None
) -> None:
    refusal = Responses.refusal

    def crash(self: Responses, request: Request, findings: Sequence[Finding]) -> Response:
        sent = [entry["resource"] for entry in json.loads(request.body)["entry"]]
        if any(one.get("content") == [1] for one in sent):
            return Response(500, {"Content-Type": "text/plain"}, b"java.lang.ClassCastException\n\tat com.example.Server")
        return refusal(self, request, findings)

    monkeypatch.setattr(Responses, "refusal", crash)
    result = campaign.result("pdsm-iti65-refusal-explained")
    assert (failing(result), broken(result)) == (["misshapen_by_a_4xx"], ["PDSM-ITI65-24"])


def test_a_refusal_may_be_said_in_either_form_of_fhir(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    issue = b'<issue><severity value="error"/><code value="invalid"/></issue>'
    said = b'<OperationOutcome xmlns="http://hl7.org/fhir">' + issue + b"</OperationOutcome>"
    monkeypatch.setattr(Responses, "refusal", lambda *_: Response(422, {"Content-Type": "application/fhir+xml"}, said))
    assert campaign.result("pdsm-iti65-refusal-explained").verdict is Verdict.PASS


def test_a_system_without_an_option_is_not_judged_on_it(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint_type = reference.ReferenceEndpoint

    def publish(self: reference.ReferenceEndpoint, request: Request) -> Response:
        if b"http://hl7.org/fhir" in request.body[:200]:  # as one that takes no XML says it, whatever is published
            return Response(406, {"Content-Type": "text/plain"}, b"JSON only")
        return self._not_allowed(request, "GET", "ITI-105")

    monkeypatch.setattr(endpoint_type, "_publish", publish)
    ids = [id for id in FLAWS_SEEN if id.startswith("pdsm-iti105-")]
    with Simulator() as endpoint:
        results = campaign.results(endpoint.url, ids)
    assert {result.verdict for result in results.values()} == {Verdict.SKIP}
    assert {one for result in results.values() for one in result.requirements.values()} == {RequirementVerdict.UNTESTED}


def test_an_invalid_resource_of_an_answer_is_a_finding_with_its_place(campaign: Campaign) -> None:
    result = campaign.result("pdsm-iti67-find-in-xml", "invalid-resources")
    [found] = [finding for step in result.steps for finding in step.findings]
    assert found.location == "Bundle.entry[0].resource.date"
    assert found.requirement.startswith("http://hl7.org/fhir/StructureDefinition/")


def test_a_profile_that_no_package_gives_is_said_to_be_unjudged_and_fails_nobody(
    campaign: Campaign, without_packages: None
) -> None:
    result = campaign.result("pdsm-iti67-return-what-the-profile-asks")
    [step] = [one for one in result.steps if one.id == "profile"]
    assert (result.verdict, step.verdict) == (Verdict.PASS, Verdict.SKIP)
    assert result.requirements["PDSM-ITI67-20"] is RequirementVerdict.UNTESTED
    assert [finding.rule for finding in step.findings] == [STEP_NOT_JUDGED]


def test_a_doubtful_identity_accepted_is_shown_and_never_counted(campaign: Campaign) -> None:
    with Simulator() as endpoint:
        results = campaign.results(endpoint.url, OF_INS)
    assert {result.verdict for result in results.values()} == {Verdict.FAIL}
    assert {result.level for result in results.values()} == {Level.MAY}


def test_a_receiver_that_reads_identities_passes(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = Judge(campaign.library, at=AT, now=datetime(AT.year, AT.month, AT.day, tzinfo=UTC))
    check_message = reference.check_message

    def reading(message: Any, is_known: Any) -> tuple[Finding, ...]:
        found = check_message(message, is_known)
        for entry in message["entry"]:
            data = reference.document_of(message, entry["fullUrl"])
            if data is not None:
                found += tuple(one for one in judge.judge(documents.read(data, "received")).findings if one.rule.startswith("INS-"))
        return found

    monkeypatch.setattr(reference, "check_message", reading)
    with Simulator() as endpoint:
        results = campaign.results(endpoint.url, [*OF_INS, "pdsm-iti65-publish-vsm"])
    assert {id: result.verdict for id, result in results.items()} == dict.fromkeys(results, Verdict.PASS)


WIRE = {
    "slow": SCARCE,
    "endless": SCARCE,
    "huge": AMPLE,
    "truncated": AMPLE,
    "not-fhir": AMPLE,
    "bad-json": AMPLE,
}


@pytest.mark.parametrize(("flaw", "deadline"), WIRE.items())
def test_a_bad_answer_ends_in_a_clear_failure(campaign: Campaign, flaw: str, deadline: float) -> None:
    with Simulator(flaws=frozenset({flaw})) as endpoint:
        result = campaign.results(endpoint.url, ["pdsm-iti67-find-nothing"], deadline=deadline)["pdsm-iti67-find-nothing"]
    assert result.verdict is Verdict.FAIL
    assert result.steps[0].message.fr and result.steps[0].message.en


def test_a_search_that_redirects_elsewhere_is_not_judged_and_names_the_address(campaign: Campaign) -> None:
    with Simulator(flaws=frozenset({"redirects-elsewhere"})) as endpoint:
        result = campaign.results(endpoint.url, ["pdsm-iti67-find-nothing"])["pdsm-iti67-find-nothing"]
    assert result.verdict is Verdict.ERROR
    assert "http://192.0.2.1/fhir" in result.steps[0].message.fr


def test_a_dead_endpoint_ends_the_campaign_at_once_with_the_reason(campaign: Campaign) -> None:
    with socket.socket() as held:  # bound and not listening, so that nobody else gets the port
        held.bind(("127.0.0.1", 0))
        events = campaign.events(f"http://127.0.0.1:{held.getsockname()[1]}/fhir", list(FLAWS_SEEN))
    results = [event.result for event in events if isinstance(event, ScenarioEnded)]
    assert [result.verdict for result in results] == [Verdict.ERROR] * 3
    assert all(RequirementVerdict.BROKEN not in result.requirements.values() for result in results)
    ended = events[-1]
    assert isinstance(ended, RunEnded) and ended.interrupted
    assert ended.reason is not None and "Connexion refusée" in ended.reason.fr


def test_a_certificate_that_cannot_be_trusted_leaves_the_system_unjudged(campaign: Campaign) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"https://localhost:{server.getsockname()[1]}/fhir"
        threading.Thread(target=_shake_hands, args=(server, context), daemon=True).start()
        result = campaign.results(url, ["pdsm-iti67-find-nothing"])["pdsm-iti67-find-nothing"]
    assert result.verdict is Verdict.ERROR
    assert "TLS" in result.steps[0].message.fr


def _shake_hands(server: socket.socket, context: ssl.SSLContext) -> None:
    client, _ = server.accept()
    with client, contextlib.suppress(OSError):
        context.wrap_socket(client, server_side=True).close()


def test_an_endpoint_that_dies_half_way_leaves_what_was_judged(campaign: Campaign) -> None:
    done = threading.Event()
    seen: list[Exchange] = []

    def count(exchange: Exchange, verdict: Verdict, findings: tuple[Finding, ...]) -> None:
        seen.append(exchange)
        if len(seen) == 12:
            done.set()

    endpoint = Simulator(on_exchange=count)
    closing = threading.Thread(target=lambda: (done.wait(20), endpoint.close()))
    closing.start()
    events = campaign.events(endpoint.url, list(FLAWS_SEEN))
    closing.join()
    verdicts = [event.result.verdict for event in events if isinstance(event, ScenarioEnded)]
    assert Verdict.PASS in verdicts and verdicts[-1] is Verdict.ERROR
    assert any(isinstance(event, StepEnded) for event in events)
    assert isinstance(events[-1], RunEnded) and events[-1].interrupted


def test_what_is_wrong_is_said_in_both_languages(campaign: Campaign) -> None:
    result = campaign.result("pdsm-iti65-refuse-missing-binary", "accepts-missing-binary")
    message = result.steps[0].message
    assert "4xx ou 5xx attendu" in message.fr and "4xx or 5xx expected" in message.en
