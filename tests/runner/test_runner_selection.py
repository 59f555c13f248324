"""Scenarios are chosen by name; what the target does not offer is left out, and said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from runner_memory import SYSTEM, scenario

from harness.errors import UsageError
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


def test_a_pattern_that_matches_nothing_names_what_there_is() -> None:
    with pytest.raises(UsageError) as raised:
        chosen("pdsm-publsh")
    assert "pdsm-publish" in raised.value.hint.en


def test_nothing_left_to_play_is_an_error() -> None:
    with pytest.raises(UsageError, match="mail"):
        chosen("mail-*")
