"""Scenarios are chosen by name; what the target does not offer is left out, and said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from runner_memory import SYSTEM, scenario

from harness.errors import UsageError
from harness.model import Text
from harness.runner import select

ALL = (scenario(id="pdsm-publish"), scenario(id="pdsm-find"), replace(scenario(id="mail-send"), protocol="mail"))


def chosen(*patterns: str) -> list[str]:
    return [one.id for one in select(ALL, patterns, SYSTEM).scenarios]


def test_without_a_pattern_everything_the_target_offers_is_played() -> None:
    assert chosen() == ["pdsm-publish", "pdsm-find"]


def test_patterns_add_up_and_keep_the_order_of_the_library() -> None:
    assert chosen("*-find", "pdsm-pub*") == ["pdsm-publish", "pdsm-find"]


def test_what_the_target_does_not_offer_is_said() -> None:
    said = select(ALL, (), SYSTEM).said()
    assert said is not None and "mail" in said.en
    assert select(ALL[:2], (), SYSTEM).said() is None


def test_a_protocol_that_is_misspelt_is_told_with_the_nearest() -> None:
    left = select([*ALL, replace(scenario(id="mine"), protocol="pdms")], (), SYSTEM).said()
    assert left is not None and "does not offer pdms (unknown protocol: did you mean pdsm?)" in left.en


def test_what_the_target_does_not_claim_to_be_is_left_out_and_said() -> None:
    find = replace(ALL[1], actors={"harness": "consumer", "system": "responder"})
    publish = replace(ALL[0], actors={"harness": "source", "system": "recipient"})
    selected = select((publish, find), (), replace(SYSTEM, actors=("recipient",)))
    assert [one.id for one in selected.scenarios] == ["pdsm-publish"]
    assert selected.said() == Text(
        "1 scénario laissé de côté : la cible ne se dit pas responder.",
        "1 scenario left out: the target does not claim to be responder.",
    )
    assert len(select((publish, find), (), SYSTEM).scenarios) == 2, "a target that names no actor may be any"


def test_an_actor_that_no_system_can_be_is_told_with_the_one_that_was_meant() -> None:
    find = replace(ALL[1], protocol="pdsm", actors={"system": "respondr"})
    system = replace(SYSTEM, actors=("responder",), endpoints=(replace(SYSTEM.endpoints[0], protocol="pdsm"),))
    with pytest.raises(UsageError, match=r"does not claim to be respondr \(unknown actor: did you mean responder\?\)"):
        select((find,), (), system)


@pytest.mark.parametrize("claimed", ["cda/vsm", "cda/vsm@2022.01"])
def test_what_sends_a_volet_that_the_target_does_not_claim_is_left_out(claimed: str) -> None:
    medical_summary = replace(ALL[0], given={"document": {"profile": "cda/vsm"}})
    letters = replace(ALL[1], given={"documents": [{"profile": "cda/vsm"}, {"profile": "cda/ldl-ses@2022.01"}]})
    selected = select((medical_summary, letters), (), replace(SYSTEM, volets=(claimed,)))
    assert [one.id for one in selected.scenarios] == ["pdsm-publish"]
    assert "cda/ldl-ses" in str(selected.said())


def test_a_pattern_that_matches_nothing_names_what_there_is() -> None:
    with pytest.raises(UsageError) as raised:
        chosen("pdsm-publsh")
    assert "pdsm-publish" in raised.value.hint.en


def test_nothing_left_to_play_is_an_error() -> None:
    with pytest.raises(UsageError, match="mail"):
        chosen("mail-*")
