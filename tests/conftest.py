"""Fixtures shared by every test."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from harness.files import write_whole
from harness.library import Library

ROOT = Path(__file__).resolve().parent.parent

# how fast this machine is, or how much else it does, is no property of the code
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

# What the person who runs the tests may have set, and what would change what a command says or where it calls.
_OF_THE_PERSON = ("HARNESS_LANG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


_DATA = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """HARNESS_HOME is never that of the person who runs the tests, unless it is named, from before the first module opens the
    library: an empty folder, for each worker its own, to which the library that was compiled for all of them is copied.
    """
    said: dict[str, str] = getattr(config, "workerinput", {})
    if "data" in said:
        own = Path(said["data"], said["workerid"])
        shutil.copytree(Path(said["data"], "cache"), own / "cache")
        os.environ["HARNESS_HOME"] = str(own)
    elif not said and "HARNESS_HOME" not in os.environ:
        config.stash[_DATA] = data = Path(tempfile.mkdtemp(prefix="harness-tests-"))
        config.add_cleanup(lambda: shutil.rmtree(data, ignore_errors=True))
        config.add_cleanup(lambda: os.environ.pop("HARNESS_HOME"))
        os.environ["HARNESS_HOME"] = str(data)
        _compile_library(data / "cache")


def _compile_library(cache: Path) -> None:
    """In five seconds, or in none where the last run left it: what changed since is compiled again, as it is for every command."""
    kept = ROOT / ".pytest_cache" / "library"
    with suppress(OSError):
        shutil.copytree(kept, cache)
    Library.open()
    *old, last = sorted(cache.iterdir(), key=lambda path: path.stat().st_mtime)
    for path in old:
        path.unlink()
    with suppress(OSError):
        if not (kept / last.name).exists():
            write_whole(kept / last.name, last.read_bytes())
        for path in kept.iterdir():
            if path.name != last.name:
                path.unlink()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Of a worker that is about to be started."""
    if _DATA in node.config.stash:
        node.workerinput["data"] = str(node.config.stash[_DATA])


def pytest_collection_finish() -> None:
    """A quarter of the time went to the collector of garbage, which walked through thousands of tests and whole packages again and
    again. The judges keep it at rest themselves, and what must not wait for it has tests of its own.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000)


@pytest.fixture(scope="session", autouse=True)
def _plain_environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in _OF_THE_PERSON:
            patch.delenv(name, raising=False)
            patch.delenv(name.lower(), raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> Iterator[None]:
    """What runs behind a script (`make test &`) ignores Ctrl-C, and so would the commands that tests start and interrupt."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def official() -> Path:
    """The folder of official material (examples, schema, value sets), beside the repository or where CISIS_OFFICIAL says."""
    folder = Path(os.environ.get("CISIS_OFFICIAL", ROOT.parent / "shared" / "official"))
    missing = [part for part in ("cda/examples", "fhir/packages") if not (folder / part).is_dir()]
    if missing:
        pytest.skip(f"no {missing[0]} in {folder}; set CISIS_OFFICIAL to the folder that holds the official material")
    return folder


@pytest.fixture(scope="session")
def examples(official: Path) -> Any:
    """The official examples of CDA, edited and judged: a volet is compiled, and a clean example judged, once for all."""
    from cda_examples import Examples

    return Examples(official)


@pytest.fixture(scope="session")
def fhir_archives(official: Path) -> Path:
    """The folder of published FHIR packages (`.tgz`)."""
    return official / "fhir" / "packages"


@pytest.fixture(scope="session")
def shared_home() -> Path:
    """The data folder of all tests that need none of their own."""
    return Path(os.environ["HARNESS_HOME"])


@pytest.fixture(scope="session")
def library(shared_home: Path) -> Library:
    """The one that travels with the package."""
    return Library.open(shared_home)


@pytest.fixture(autouse=True)
def _home(shared_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_HOME", str(shared_home))


@pytest.fixture(scope="session")
def new_home(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes an empty data folder, but for the library that was compiled already: compiling takes five seconds each time."""
    Library.open(shared_home)

    def make() -> Path:
        made = tmp_path_factory.mktemp("home")
        shutil.copytree(shared_home / "cache", made / "cache")
        return made

    return make


@pytest.fixture
def home(new_home: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder of one test, which HARNESS_HOME names."""
    made = new_home()
    monkeypatch.setenv("HARNESS_HOME", str(made))
    return made
