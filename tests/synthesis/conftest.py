"""The library, opened once for these tests, and a data folder of one's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.library import Library


@pytest.fixture(scope="session")
def library(shared_home: Path) -> Library:
    return Library.open(shared_home)


@pytest.fixture
def own_home(new_home: Callable[[], Path]) -> Path:
    return new_home()
