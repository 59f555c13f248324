"""What tests that judge official examples, edited or not, share."""

from __future__ import annotations

from pathlib import Path

import pytest
from cda_examples import Examples


@pytest.fixture(scope="session")
def examples(official: Path) -> Examples:
    """A volet is compiled, and a clean example judged, once for all."""
    return Examples(official)
