from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def own_home(new_home: Callable[[], Path]) -> Path:
    return new_home()
