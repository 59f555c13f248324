"""Contexts of rules that have something in common are walked once, and find what each finds alone."""

from __future__ import annotations

import pytest

from harness.library import xpath
from harness.library.functions import Signature
from harness.library.programs.rules import rule_source
from harness.library.programs.sharing import at_once, shared_beginnings


@pytest.mark.parametrize(
    ("context", "same"),
    [
        ("//low[@value] | //high[@value]", "//*[self::low or self::high][@value]"),
        ("(//low | //high)/@value", "(//*[self::low or self::high])/@value"),
        ("//low | //high | //id[@root]", "//*[self::low or self::high] | //id[@root]"),
    ],
)
def test_branches_that_differ_by_a_name_are_looked_for_at_once(context: str, same: str) -> None:
    assert at_once(xpath.parse(context, {})) == xpath.parse(same, {})


@pytest.mark.parametrize("context", ["//low[1] | //high[1]", "//low[@value] | //high", "low | high", "//low | //id/low"])
def test_other_branches_are_left_apart(context: str) -> None:
    assert at_once(xpath.parse(context, {})) == xpath.parse(context, {})


def test_what_is_asked_of_the_same_elements_is_asked_of_one_row_of_them() -> None:
    contexts = [xpath.parse(f"component//observation[@classCode='{code}']", {}) for code in ("OBS", "CLUSTER")]

    assert xpath.parse("component//observation", {}) in shared_beginnings(contexts)
    assert rule_source([("R", context, ("call", "false", ())) for context in contexts], {}).count("observation") == 1


def test_positions_are_counted_from_where_they_were() -> None:
    contexts = [xpath.parse(f"component//observation[{number}]", {}) for number in (1, 2)]

    assert xpath.parse("component//observation", {}) not in shared_beginnings(contexts)


def test_a_function_that_several_rules_ask_of_the_same_element_is_called_once() -> None:
    context = xpath.parse("component//id", {})
    tests = ["h:fault(@root) != 'empty'", "h:fault(@root) != 'kind'", "not(id[h:fault(@root) = 'key'])"]
    asked = [("R", context, xpath.parse(test, {"h:fault": (1, 1)})) for test in tests]

    source = rule_source(asked, {"h:fault": Signature(2, "string")})

    assert source.count("h_fault(") == 2  # that of the element, and that of another below it


def test_a_function_that_knows_at_once_of_which_elements_it_is_true_is_called_once() -> None:
    context = xpath.parse("component//id", {})
    test = xpath.parse("not(h:twice(.)) or h:twice(id)", {"h:twice": (1, 1)})

    source = rule_source([("R", context, test)], {"h:twice": Signature(1, "boolean", takes_nodes=True, of_all=True)})

    assert source.count("h_twice_of_all(") == 1
    assert source.count("h_twice(") == 1  # that of what is below it


def test_what_the_whole_document_says_is_asked_before_the_elements() -> None:
    context = xpath.parse("component//id", {})
    test = xpath.parse("@root = /ClinicalDocument/id/@root or h:matches(@extension, '[0-9]+')", {"h:matches": (2, 2)})

    lines = rule_source([("R", context, test)], {"h:matches": Signature(2, "boolean")}).splitlines()

    asked = next(number for number, line in enumerate(lines) if line.strip().startswith("for asked"))
    assert "keep(" in "".join(lines[:asked])
    assert "whole_match(" in "".join(lines[:asked])
    assert "keep(" not in "".join(lines[asked:])
