"""Fixtures shared by every test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def official() -> Path:
    """The folder of official material (examples, schema, value sets), beside the repository or where CISIS_OFFICIAL says."""
    folder = Path(os.environ.get("CISIS_OFFICIAL", ROOT.parent / "shared" / "official"))
    if not folder.is_dir():
        pytest.skip(f"official material is not at {folder}; set CISIS_OFFICIAL to the folder that holds it")
    return folder


@pytest.fixture(autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the data folder of the person who runs it; the compiled cache is shared by the tests."""
    if "HARNESS_HOME" not in os.environ:
        monkeypatch.setenv("HARNESS_HOME", str(tmp_path_factory.getbasetemp() / "home"))
