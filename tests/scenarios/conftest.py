from __future__ import annotations

from pathlib import Path

import pytest

from harness.runner import pace


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an endpoint of these tests does not find at once, it does not have: nobody waits for it."""
    monkeypatch.setattr(pace, "DELAYS", (0.01,))


@pytest.fixture
def in_time(monkeypatch: pytest.MonkeyPatch, at_once: None) -> None:
    """Long enough for an endpoint that finds late, and no longer."""
    monkeypatch.setattr(pace, "DELAYS", (0.05, 0.5))


@pytest.fixture
def without_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No FHIR package is installed, whatever the home of the tests holds."""
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path))
