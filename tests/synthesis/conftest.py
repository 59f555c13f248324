"""The library, opened once for these tests, and a data folder of one's own that need not be compiled from nothing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from harness.library import Library


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(os.environ.get("HARNESS_HOME", tmp_path_factory.getbasetemp() / "home"))


@pytest.fixture(scope="session")
def library(shared_home: Path) -> Library:
    return Library.open(shared_home)


@pytest.fixture
def own_home(library: Library, shared_home: Path, tmp_path: Path) -> Path:
    shutil.copytree(shared_home / "cache", tmp_path / "cache")
    return tmp_path
