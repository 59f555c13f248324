"""What tests that judge official examples, edited or not, share."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from harness.checks import Judge
from harness.library import Library


@pytest.fixture(scope="session")
def judge() -> Judge:
    """On a day after those of the official examples; it compiles a volet once for all."""
    return Judge(Library.open(), at=date(2026, 12, 1), now=datetime(2026, 12, 1, 12, tzinfo=UTC))
