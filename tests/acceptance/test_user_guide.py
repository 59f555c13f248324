"""The user guide's commands, run as written, in its order, in an empty folder."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from guides import Followed, Home, follow


@pytest.fixture(scope="module")
def followed(new_home: Callable[[], Path]) -> tuple[Home, Followed]:
    home = Home(new_home())
    return home, follow("user-guide.md", home)


def test_every_command_of_the_guide_ends_as_it_says(followed: tuple[Home, Followed]) -> None:
    wrong = [
        f"{command}: {ran.returncode}\n{ran.stderr}{ran.stdout}" for command, ran, code in followed[1] if ran.returncode != code
    ]
    assert wrong == []
    assert len(followed[1]) > 15


def test_the_guide_leaves_what_it_promises(followed: tuple[Home, Followed]) -> None:
    """A guide whose commands did nothing would pass the test above."""
    home, done = followed
    words = [shlex.split(command) for command, _, _ in done]
    written = {after for said in words for before, after in pairwise(said) if before == "--output"}
    assert {"vsm.xml", "letters", "junit.xml", "harness.sarif", "maturity.html"} <= written
    assert [name for name in written if not (home.folder / name).exists()] == []
