"""The wheel alone, away from the checkout: its data travels with it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and unpacked."""
    pytest.importorskip("build", reason="the wheel is built with the development tools")
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(build, capture_output=True, text=True, timeout=120)
    assert built.returncode == 0, built.stderr
    [wheel] = folder.glob("*.whl")
    site = folder / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that was never used, for all calls: what the first compiles is there for the next."""
    return tmp_path_factory.mktemp("wheel-home")


@pytest.fixture
def call(installed: Path, home: Path, tmp_path: Path) -> Callable[..., str]:
    """Runs Python with the unpacked wheel before everything else, and no folder of the checkout."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HARNESS_") and k != "PYTHONDONTWRITEBYTECODE"}

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-P", *words],
            cwd=tmp_path,
            env={**environment, "PYTHONPATH": str(installed), "HARNESS_HOME": str(home)},
            capture_output=True,
            text=True,
            timeout=300,  # a profile of a folder that was never used is compiled first, on a machine that may be busy
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    return run


def test_the_package_and_its_data_are_those_of_the_wheel(call: Callable[..., str], installed: Path) -> None:
    where = call("-c", "import harness, harness.library.folders as f; print(harness.__file__); print(f.packaged())").splitlines()
    assert [Path(line).is_relative_to(installed) for line in where] == [True, True]


def test_profiles_and_scenarios_are_found(call: Callable[..., str]) -> None:
    assert "cda/vsm@" in call("-m", "harness", "profiles", "list")
    assert "pdsm-iti65-publish-vsm" in call("-m", "harness", "scenarios", "list")


def test_documents_are_made_and_judged_and_a_report_is_written(call: Callable[..., str]) -> None:
    for volet in ("vsm", "ldl-ses", "ldl-ees"):
        call("-m", "harness", "synth", f"cda/{volet}", "--patient", "awa-ndoye", "--seed", "1", "--output", f"{volet}.xml")
    report = call("-m", "harness", "check", "vsm.xml", "ldl-ses.xml", "ldl-ees.xml", "--strict", "--format", "html")
    assert "<html" in report and all(f"{volet}.xml" in report for volet in ("vsm", "ldl-ses", "ldl-ees"))


def test_every_data_file_of_the_checkout_is_in_the_wheel(installed: Path) -> None:
    kept = {
        path.relative_to(ROOT)
        for folder in ("profiles", "scenarios", "fixtures")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix in (".yaml", ".j2")
    }
    assert len(kept) > 100
    assert [str(path) for path in sorted(kept) if not (installed / "harness" / "_data" / path).is_file()] == []
