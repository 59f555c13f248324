"""FHIR packages: what is installed, from where, what is refused, and that nothing is ever left half done."""

from __future__ import annotations

import errno
import io
import json
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from fhir_registry import URL, Registry, package, served, structure
from harness.cli.packages import command
from harness.errors import UnreachableSystem, UnreadableDocument, UsageError
from harness.library import pack
from harness.library.fhir import installed, tarballs
from harness.library.fhir.definitions import Definitions
from harness.model import Text
from harness.packages.fhir import finding, npmrc, registry, resolving
from harness.packages.fhir.resolving import Outcome
from harness.packages.fhir.store import Store

NOW = "2026-01-01T00:00:00+00:00"
BASE = package("base", "1.2.3", {}, structure("base"))
LAST = package("base", "1.3.0", {}, structure("base", "1.3.0", minimum=1))
DRAFT = package("base", "2.0.0-ballot", {}, structure("base", "2.0.0-ballot"))
TOP = package("top", "0.1.0", {"base": "1.x"}, structure("top"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def bring(spec: tuple[str, str], store: Store, *archives: bytes, **settings: bool) -> list[Outcome]:
    with served(Registry(*archives, **settings)) as address:
        return list(resolving.install(*spec, store, registry.Registry(address), now=NOW))


def ids(store: Store) -> list[str]:
    return [one.id for one in store.packages()]


def left(store: Store) -> list[str]:
    return sorted(path.name for path in store.folder.glob("*")) if store.folder.is_dir() else []


@pytest.mark.parametrize("fhir_shape", [False, True])
def test_a_package_comes_with_what_it_depends_on(store: Store, fhir_shape: bool) -> None:
    outcomes = bring(("top", "0.1.0"), store, TOP, BASE, LAST, DRAFT, fhir_shape=fhir_shape)
    assert [(one.kind, one.name, one.package and one.package.version) for one in outcomes] == [
        ("installed", "top", "0.1.0"),
        ("installed", "base", "1.3.0"),
    ]
    assert ids(store) == left(store) == ["base#1.3.0", "top#0.1.0"]


@pytest.mark.parametrize(
    ("wanted", "version"),
    [
        ("latest", "1.3.0"),
        ("1.2.3", "1.2.3"),
        ("1.2.x", "1.2.3"),
        ("1", "1.3.0"),
        ("^1.2.0", "1.3.0"),
        ("2.0.0-ballot", "2.0.0-ballot"),
    ],
)
def test_the_version_asked_for_chooses_the_one_published(store: Store, wanted: str, version: str) -> None:
    bring(("base", wanted), store, BASE, LAST, DRAFT)
    assert ids(store) == [f"base#{version}"]


def test_a_version_that_is_not_published_is_an_error_that_names_those_that_are(store: Store) -> None:
    with pytest.raises(UsageError) as caught:
        bring(("base", "9.9.9"), store, BASE, LAST)
    assert "1.2.3, 1.3.0" in caught.value.hint.en
    assert left(store) == []


@pytest.mark.parametrize("wanted", ["1.2.9", "current"])
def test_the_last_of_the_same_major_stands_in_for_a_dependency_not_published(store: Store, wanted: str) -> None:
    outcomes = bring(("top", "1.0.0"), store, package("top", "1.0.0", {"base": wanted}), LAST, DRAFT)
    assert [(one.kind, one.package and one.package.version) for one in outcomes[1:]] == [("stands_in", "1.3.0")]


def test_a_dependency_that_no_registry_knows_is_told_and_the_rest_is_installed(store: Store) -> None:
    outcomes = bring(("top", "1.0.0"), store, package("top", "1.0.0", {"gone": "1.0.0", "base": "1.2.3"}), BASE)
    assert [(one.kind, one.name) for one in outcomes[1:]] == [("missing", "gone"), ("installed", "base")]


def test_dependencies_that_turn_in_a_circle_end(store: Store) -> None:
    bring(("a", "1.0.0"), store, package("a", "1.0.0", {"b": "1.0.0"}), package("b", "1.0.0", {"a": "1.0.0"}))
    assert ids(store) == ["a#1.0.0", "b#1.0.0"]


def test_what_is_installed_is_not_downloaded_again(store: Store) -> None:
    with served(source := Registry(BASE)) as address:
        for _ in range(2):
            outcomes = list(resolving.install("base", "1.2.3", store, registry.Registry(address), now=NOW))
    assert outcomes[0].kind == "there"
    assert len(source.asked) == 2


def test_an_interrupted_download_leaves_nothing_and_can_be_tried_again(store: Store) -> None:
    with served(source := Registry(BASE)) as address:
        source.spoiled.add(("base", "1.2.3"))
        with pytest.raises(UnreachableSystem):
            list(resolving.install("base", "1.2.3", store, registry.Registry(address), now=NOW))
        assert left(store) == []
        source.spoiled.clear()
        list(resolving.install("base", "1.2.3", store, registry.Registry(address), now=NOW))
    assert ids(store) == ["base#1.2.3"]


def test_a_download_that_drips_is_given_up_and_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_MINUTE", 0.2)
    with served(source := Registry(BASE)) as address:
        source.drips = True
        with pytest.raises(UnreachableSystem, match=r"\d+ B / \d+ s"):
            list(resolving.install("base", "1.2.3", store, registry.Registry(address), now=NOW))
        assert left(store) == []
        source.drips = False
        list(resolving.install("base", "1.2.3", store, registry.Registry(address), now=NOW))
    assert ids(store) == ["base#1.2.3"]


@pytest.mark.parametrize("fhir_shape", [False, True])
def test_an_archive_without_the_digest_announced_is_refused(store: Store, fhir_shape: bool) -> None:
    with served(source := Registry(BASE, fhir_shape=fhir_shape)) as address:
        source.wrong["base", "1.2.3"] = package("base", "1.2.3", {}, structure("base", minimum=1))
        with pytest.raises(UsageError, match="digest"):
            list(resolving.install("base", "1.2.3", store, registry.Registry(address), now=NOW))
    assert left(store) == []


def test_an_archive_without_the_digest_asked_for_is_refused(store: Store) -> None:
    with served(Registry(BASE)) as address:
        source = registry.Registry(address)
        with pytest.raises(UsageError, match="digest"):
            list(resolving.install("base", "1.2.3", store, source, now=NOW, digest=installed.digest(LAST)))
        assert left(store) == []
        list(resolving.install("base", "1.2.3", store, source, now=NOW, digest=installed.digest(BASE)))
    assert ids(store) == ["base#1.2.3"]


def test_a_digest_of_an_algorithm_that_is_not_known_is_told_and_another_may_be_given(store: Store) -> None:
    with served(announcing := Registry(BASE)) as address:
        announcing.algorithm = "blake3"
        source = registry.Registry(address)
        with pytest.raises(UsageError, match="blake3"):
            list(resolving.install("base", "1.2.3", store, source, now=NOW))
        assert left(store) == []
        list(resolving.install("base", "1.2.3", store, source, now=NOW, digest=installed.digest(BASE)))
    assert ids(store) == ["base#1.2.3"]


def test_an_archive_of_another_package_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match=r"is top#0\.1\.0"):
        store.add(TOP, "", ("base", "1.2.3"), now=NOW)


def test_a_published_version_that_changed_is_refused_until_it_is_removed(store: Store) -> None:
    store.add(BASE, "", now=NOW)
    other = package("base", "1.2.3", {}, structure("base", minimum=1))
    with pytest.raises(UsageError, match="other content"):
        store.add(other, "", now=NOW)
    store.remove(store.packages()[0])
    assert left(store) == []
    assert store.add(other, "", now=NOW)[1]


def test_a_package_that_is_made_anew_each_day_is_replaced(store: Store) -> None:
    store.add(package("base", "current", {}, structure("base")), "", now=NOW)
    store.add(package("base", "current", {}, structure("base", minimum=1)), "", now=NOW)
    assert ids(store) == left(store) == ["base#current"]


def test_two_writers_of_one_package_both_find_it_whole(store: Store) -> None:
    found: list[bool] = []
    barrier = threading.Barrier(6)

    def write() -> None:
        barrier.wait()
        found.append(store.add(BASE, "", now=NOW)[1])

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False] * 5 + [True]
    assert left(store) == ["base#1.2.3"]


def test_what_a_killed_writer_left_is_swept_and_what_is_being_written_is_not(store: Store, tmp_path: Path) -> None:
    code = "\n".join(
        (
            "import sys, os, pathlib",
            "from harness.packages.fhir.store import Store",
            "with Store(pathlib.Path(sys.argv[1])).writing() as place:",
            "    (place / 'download').write_bytes(b'x')",
            "    os.kill(os.getpid(), 9)",
        )
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert len(left(store)) == 1
    with store.writing() as mine:
        store.add(BASE, "", now=NOW)
        assert left(store) == sorted([mine.name, "base#1.2.3"])
    assert left(store) == ["base#1.2.3"]


def _tar(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for member, content in members:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


def _link(name: str) -> tarfile.TarInfo:
    link = tarfile.TarInfo(name)
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return link


def _said(text: str) -> tuple[tarfile.TarInfo, bytes]:
    return tarfile.TarInfo("package/package.json"), text.encode()


SAID = _said('{"name": "a", "version": "1"}')
NO_PACKAGE = {
    "nothing": (b"", "cannot be read"),
    "a zip": (b"PK\x03\x04 no tarball", "cannot be read"),
    "half of one": (BASE[: len(BASE) // 2], "cannot be read"),
    "one without its end": (BASE[:-9], "cannot be read"),
    "a file above its folder": (_tar((tarfile.TarInfo("../x.json"), b"{}"), SAID), "outside the archive: ../x"),
    "a file of the root": (_tar((tarfile.TarInfo("/x.json"), b"{}"), SAID), "outside the archive: /x"),
    "a file of a disk": (_tar((tarfile.TarInfo("C:\\x.json"), b"{}"), SAID), "outside the archive: C:/x"),
    "a link": (_tar((_link("package/link"), b""), SAID), "neither file nor folder"),
    "a list": (_tar(_said("[]")), "no name or version"),
    "no version": (_tar(_said('{"name": "a"}')), "no name or version"),
    "a depth without end": (_tar(_said("[" * 100_000)), "no name or version"),
    "no manifest": (_tar((tarfile.TarInfo("package/other.json"), b"{}")), "is absent"),
    "dependencies in a list": (_tar(_said('{"name": "a", "version": "1", "dependencies": []}')), "not an object"),
}


@pytest.mark.parametrize(("content", "why"), NO_PACKAGE.values(), ids=NO_PACKAGE)
def test_an_archive_that_is_no_package_is_refused_and_leaves_nothing(store: Store, content: bytes, why: str) -> None:
    with pytest.raises(UnreadableDocument, match=why):
        store.add(content, "", now=NOW)
    assert left(store) == []


@pytest.mark.parametrize(
    ("bounds", "why"),
    [
        (tarballs.Bounds(packed=100), "archive too large"),
        (tarballs.Bounds(files=1), "too many files"),
        (tarballs.Bounds(file=20), "file too large"),
        (tarballs.Bounds(unpacked=1000), "too large once unpacked"),
    ],
)
def test_an_archive_larger_than_its_bounds_is_refused(bounds: tarballs.Bounds, why: str) -> None:
    with pytest.raises(UnreadableDocument, match=why):
        list(tarballs.members(BASE, bounds))


@pytest.mark.parametrize(("name", "version"), [("../up", "1.0.0"), ("a/b", "1.0.0"), ("a", "../../1"), ("a", "1/2"), ("", "1")])
def test_names_that_would_leave_the_folder_are_refused(store: Store, name: str, version: str) -> None:
    with pytest.raises((UsageError, UnreadableDocument)):
        store.add(package(name, version), "", now=NOW)


def test_a_second_start_reads_the_pack_and_not_the_archive(store: Store, tmp_path: Path) -> None:
    made, _ = store.add(BASE, "", now=NOW)
    (made.folder / installed.ARCHIVE).unlink()
    assert Definitions.open(tmp_path).structure(URL + "base") is not None


def test_a_pack_that_is_lost_or_damaged_is_made_again_from_the_archive(store: Store, tmp_path: Path) -> None:
    made, _ = store.add(BASE, "", now=NOW)
    pack = next(made.folder.glob("*.pack"))
    for spoil in (pack.unlink, lambda: pack.write_bytes(b"damaged"), lambda: pack.rename(made.folder / "older.pack")):
        spoil()
        assert Definitions.open(tmp_path).structure(URL + "base") is not None
        assert [path.name for path in made.folder.glob("*.pack")] == [pack.name]


def test_packs_that_cannot_be_kept_are_said_once_before_they_are_made(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for made in (store.add(BASE, "", now=NOW)[0], store.add(package("other", "1.0.0"), "", now=NOW)[0]):
        next(made.folder.glob("*.pack")).unlink()
    monkeypatch.setattr(pack, "refusal", lambda folder: OSError(errno.EROFS, "Read-only file system"))
    told: list[Text] = []
    assert Definitions.open(tmp_path, told.append).structure(URL + "base") is not None
    [said] = told
    assert "cannot be kept" in said.en and "le disque est en lecture seule" in said.fr
    assert list(tmp_path.rglob("*.pack")) == []


def test_an_archive_that_is_no_longer_the_one_added_compiles_nothing(store: Store, tmp_path: Path) -> None:
    made, _ = store.add(BASE, "", now=NOW)
    (made.folder / installed.ARCHIVE).write_bytes(LAST)
    next(made.folder.glob("*.pack")).unlink()
    with pytest.raises(UnreadableDocument):
        Definitions.open(tmp_path)


def test_a_definition_with_a_hole_is_told_and_the_others_serve(store: Store, tmp_path: Path) -> None:
    spoiled = structure("bad")
    del spoiled["snapshot"]["element"][0]["path"]
    made, _ = store.add(package("a", "1.0.0", {}, spoiled, b"{not json StructureDefinition", structure("good")), "", now=NOW)
    assert made.left_out == ("0.json", "1.json")
    assert made.counts["structures"] == 1
    assert Definitions.open(tmp_path).structure(URL + "good") is not None


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Path]:
    """A FHIR package cache: an unpacked package with an example, an archive, and a folder that is none."""
    top = tmp_path / "cache"
    (top / "a#1.0.0" / "package" / "example").mkdir(parents=True)
    inside = top / "a#1.0.0" / "package"
    inside.joinpath("package.json").write_text(json.dumps({"name": "a", "version": "1.0.0", "fhirVersions": ["4.0.1"]}))
    inside.joinpath("StructureDefinition-a.json").write_text(json.dumps(structure("a")))
    inside.joinpath("example", "x.json").write_text(json.dumps(structure("example")))
    (top / "base.tgz").write_bytes(BASE)
    (top / "other").mkdir()
    yield top


def test_a_folder_of_packages_is_added_whole(folders: Path, store: Store, tmp_path: Path) -> None:
    for path in finding.found(folders):
        store.add(finding.archive(path), str(path), now=NOW)
    assert ids(store) == ["a#1.0.0", "base#1.2.3"]
    definitions = Definitions.open(tmp_path)
    assert definitions.structure(URL + "a") is not None
    assert definitions.structure(URL + "example") is None


def test_a_folder_makes_the_same_archive_each_time(folders: Path) -> None:
    place = folders / "a#1.0.0"
    assert finding.archive(place) == finding.archive(place / "package")


def run(home: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner(env={"HARNESS_HOME": str(home)}).invoke(command, [*arguments, "--lang", "en"], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.return_value, result.output


def test_the_commands_install_list_show_and_remove(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(Registry(TOP, BASE)) as address:
        monkeypatch.setenv("npm_config_registry", address)
        assert run(tmp_path, "install", "top@0.1.0")[0] == 0
    assert "base#1.2.3" in run(tmp_path, "list")[1]
    shown = run(tmp_path, "show", "top")[1]
    assert installed.digest(TOP) in shown
    assert "base@1.x  there already" in shown
    _, told = run(tmp_path, "remove", "base@1.2.3")
    assert "base#1.2.3 removed" in told
    assert "base@1.x: absent, what depends on it will not be judged (asked for by top#0.1.0)" in told
    assert "base@1.x  absent" in run(tmp_path, "show", "top#0.1.0")[1]
    assert "base#" not in run(tmp_path, "list")[1]


def test_a_package_of_another_fhir_is_said_to_serve_nothing(tmp_path: Path) -> None:
    with served(Registry(package("later", "1.0.0", {}, structure("later"), fhir="5.0.0"))) as address:
        assert "is not of FHIR R4: not used to judge" in run(tmp_path, "install", "later", "--registry", address)[1]


def test_a_dependency_without_a_version_is_on_the_latest(tmp_path: Path) -> None:
    archive = package("top", "0.1.0", {"base": None}, structure("top"))  # type: ignore[dict-item]
    tmp_path.joinpath("top.tgz").write_bytes(archive)
    assert "base@latest: absent" in run(tmp_path, "add", str(tmp_path / "top.tgz"))[1]


def test_a_missing_dependency_is_named_and_ends_with_1(tmp_path: Path) -> None:
    with served(Registry(TOP)) as address:
        code, told = run(tmp_path, "install", "top", "--registry", address)
        assert (code, "base@1.x: absent" in told) == (1, True)
        assert run(tmp_path, "install", "top", "--registry", address, "--no-dependencies")[0] == 0


@pytest.mark.parametrize(("version", "stands_in"), [("4.0.1", True), ("4.3.0", False)])
def test_the_examples_of_r4_hold_its_definitions_and_stand_in_for_them(tmp_path: Path, version: str, stands_in: bool) -> None:
    archives = {
        "r4.tgz": package("hl7.fhir.r4.examples", version, {}, structure("base")),
        "top.tgz": package("top", "0.1.0", {"hl7.fhir.r4.core": "4.0.1"}, structure("top")),
    }
    for name, data in archives.items():
        tmp_path.joinpath(name).write_bytes(data)
        _, told = run(tmp_path, "add", str(tmp_path / name))
    assert ("hl7.fhir.r4.core@4.0.1: absent, hl7.fhir.r4.examples#4.0.1 stands in" in told) == stands_in
    assert ("hl7.fhir.r4.core@4.0.1: absent, what depends" in told) == (not stands_in)


def test_the_definitions_of_r4_are_brought_by_the_name_that_the_registry_has_them_under(store: Store) -> None:
    same = package("hl7.fhir.r4.examples", "4.0.1", {"hl7.fhir.r4.core": "4.0.1"}, structure("base"))
    top = package("top", "0.1.0", {"hl7.fhir.r4.core": "4.0.1"}, structure("top"))
    outcomes = bring(("top", "0.1.0"), store, top, same)
    assert [(one.kind, one.name) for one in outcomes] == [("installed", "top"), ("stands_in", "hl7.fhir.r4.core")]
    assert ids(store) == ["hl7.fhir.r4.examples#4.0.1", "top#0.1.0"]
    store.remove(store.packages()[0])
    outcomes = bring(("hl7.fhir.r4.core", "4.0.1"), store, same)
    assert [one.kind for one in outcomes] == ["stands_in"]
    core = package("hl7.fhir.r4.core", "4.0.1", {}, structure("base"))
    assert bring(("hl7.fhir.r4.core", "4.0.1"), store, same, core)[0].kind == "installed"


def test_the_registry_of_npm_is_found_in_its_variable_then_its_file(tmp_path: Path) -> None:
    mine = tmp_path / "npmrc"
    mine.write_text("; mine\nregistry = http://127.0.0.1:1/\n")
    settings = {"NPM_CONFIG_USERCONFIG": str(mine), "PATH": ""}
    assert npmrc.configured(settings | {"npm_config_registry": "http://127.0.0.1:2/"}) == "http://127.0.0.1:2/"
    assert npmrc.configured(settings) == "http://127.0.0.1:1/"
    mine.write_text("")
    with pytest.raises(UsageError, match="no registry is known"):
        npmrc.configured(settings)


def test_why_a_registry_does_not_answer_is_said_in_french(store: Store) -> None:
    with pytest.raises(UnreachableSystem) as caught:
        list(resolving.install("base", "1.2.3", store, registry.Registry("http://127.0.0.1:9"), now=NOW))
    assert "pas de réponse utilisable (connexion impossible)" in caught.value.message.fr
    assert left(store) == []
