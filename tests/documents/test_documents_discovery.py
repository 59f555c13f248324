"""Files, folders, archives and standard input: everything is judged, skipped with a reason, or refused with one."""

from __future__ import annotations

import errno
import io
import json
import os
import socket
import stat
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from harness.documents import Document, Input, Limits, Refused, discover, open_input
from harness.errors import UsageError
from harness.model import Skipped, Within
from harness.namespaces import HL7_V3

CDA = f'<ClinicalDocument xmlns="{HL7_V3}"/>'.encode()


def zipped(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def found(*paths: object, stdin: bytes = b"", limits: Limits = Limits()) -> list[Document | Skipped | Refused]:  # noqa: B008
    items = discover([str(path) for path in paths], lambda: io.BytesIO(stdin), limits)
    return [open_input(item, limits) if isinstance(item, Input) else item for item in items]


def told(items: list[Document | Skipped | Refused]) -> list[tuple[str, str]]:
    return [(type(item).__name__, Path(item.path).name if "!" not in item.path else item.path.rpartition("/")[2]) for item in items]


PATIENT = b'{"resourceType":"Patient"}'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("all.ndjson", PATIENT + b"\r\n\n" + PATIENT),
        ("one.ndjson", PATIENT),
        ("-", PATIENT + b"\n\n" + PATIENT + b"\n"),
        ("no-name", PATIENT + b"\n\n" + PATIENT),
    ],
)
def test_a_resource_a_line_is_a_document_a_line(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    items = found(name if name == "-" else tmp_path / name, stdin=content)
    numbers = [1] if name == "one.ndjson" else [1, 3]
    assert told(items) == [("Document", f"{name}:{number}") for number in numbers]


def test_a_line_that_is_no_resource_is_refused_alone(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_bytes(PATIENT + b"\n{]\n" + PATIENT)
    assert [type(item).__name__ for item in found(tmp_path)] == ["Document", "Refused", "Document"]


def test_a_file_of_lines_without_any_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bulk.ndjson").write_bytes(b"\n \n")
    [refused] = discover([str(tmp_path)], stdin=io.BytesIO)
    assert isinstance(refused, Refused)
    assert "empty" in refused.error.message.en


SMALL = Limits(size=300, values=20)


def test_lines_are_read_however_many_and_one_that_is_too_long_is_refused_alone(tmp_path: Path) -> None:
    lines = [b'{"resourceType": "Patient", "id": "%d"}' % number for number in range(2_000)]
    lines[7] = b'{"resourceType": "Patient", "id": "' + b"x" * 3_000_000 + b'"}'  # over several pieces
    content = b"\n".join(lines)
    (tmp_path / "bulk.ndjson").write_bytes(content)
    for items in (found(tmp_path / "bulk.ndjson", limits=SMALL), found("-", stdin=content, limits=SMALL)):
        assert [isinstance(item, Refused) for item in items] == [number == 7 for number in range(2_000)]
        assert items[1999].path.endswith(":2000")
        assert "too large" in items[7].error.message.en  # type: ignore[union-attr]


def bundle(kind: str, count: int) -> bytes:
    entries = [{"fullUrl": f"urn:x:{one}", "resource": {"resourceType": "Patient", "id": str(one)}} for one in range(count)]
    return json.dumps({"entry": [*entries, {"request": {}}], "type": kind, "resourceType": "Bundle"}, indent=1).encode()


def test_a_bundle_too_large_to_be_held_is_judged_entry_by_entry_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "all.json").write_bytes(bundle("collection", 50))
    told, *entries = found(tmp_path / "all.json", limits=SMALL)
    assert isinstance(told, Skipped) and "51 entries" in told.reason.en
    assert [Path(one.path).name for one in entries] == [f"all.json!entry[{number}]" for number in range(50)]
    assert {one.wrapped for one in entries if isinstance(one, Document)} == {"bundle"}
    assert [one.resource.text("id") for one in entries if isinstance(one, Document) and one.resource] == [str(n) for n in range(50)]
    [small] = found(tmp_path / "all.json")
    assert isinstance(small, Document) and small.wrapped is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bundle("document", 50), "20 values"),
        (json.dumps({"resourceType": "Patient", "name": [{"family": "x"}] * 99}).encode(), "20 values"),
        (json.dumps({"resourceType": "Patient", "x": [1] * 99}).encode(), "20 values"),
        (bundle("collection", 50)[:-2], "malformed"),
        (bundle("collection", 50)[:2000], "malformed"),
        (bundle("collection", 50).replace(b'"urn:x:40"', b'"urn:x:40'), "malformed"),
        (b'{"entry": [1], ' + bundle("collection", 50)[1:], "20 values"),
    ],
)
def test_what_is_too_large_and_is_one_thing_or_is_no_json_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "all.json").write_bytes(content)
    [refused] = found(tmp_path / "all.json", limits=replace(SMALL, size=60_000))
    assert isinstance(refused, Refused)
    assert words in refused.error.message.en


def test_lines_in_an_archive_are_documents_too(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"export.ndjson": PATIENT + b"\n" + PATIENT}))
    assert [item.path.partition("!")[2] for item in found(tmp_path)] == ["export.ndjson:1", "export.ndjson:2"]


def test_what_is_no_file_of_its_own_says_where_it_stands(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(
        zipped({"x.ndjson": b'\n{"resourceType": "Patient"}\n{', "p.json": b'{"resourceType": "Patient"}', "n.txt": b"n"})
    )
    items = [item for item in discover([str(archive)], io.BytesIO) if isinstance(item, Input)]
    told = [(item.within.file.removeprefix(f"{archive}!"), item.within.line, item.within.archive) for item in items if item.within]
    assert {place for *_, place in told} == {str(archive)}
    assert sorted(place[:2] for place in told) == [("n.txt", 0), ("p.json", 0), ("x.ndjson", 2), ("x.ndjson", 3)]
    assert all(one.within for one in map(open_input, items) if isinstance(one, (Refused, Skipped)))


def test_an_entry_of_a_large_bundle_begins_on_its_line(tmp_path: Path) -> None:
    content = bundle("collection", 50)
    (tmp_path / "all.json").write_bytes(content)
    items = [item for item in discover([str(tmp_path / "all.json")], io.BytesIO, SMALL) if isinstance(item, Input)]
    expected = [number for number, line in enumerate(content.splitlines(), 1) if b'"resource":' in line]
    assert [item.within for item in items] == [Within(str(tmp_path / "all.json"), line) for line in expected]


def test_a_resource_on_several_lines_is_one_document(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'{"resourceType":"Patient",\n"name":[{}\n,{}]}')
    assert told(found(tmp_path)) == [("Document", "a.json")]


def test_a_package_given_as_a_document_is_refused_with_the_command_that_adds_it(tmp_path: Path) -> None:
    (tmp_path / "a.tgz").write_bytes(b"\x1f\x8b\x08\0")
    refused = found(tmp_path / "a.tgz")[0]
    assert isinstance(refused, Refused)
    assert "harness packages add" in refused.error.hint.en


def test_a_folder_is_searched_whole_hidden_files_included_in_order(tmp_path: Path) -> None:
    for name in ("b/z.xml", "a.xml", ".hidden.xml", "b/.deep/c.cda"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(CDA)
    paths = [item.path for item in found(tmp_path)]
    assert paths == [str(tmp_path / name) for name in (".hidden.xml", "a.xml", "b/.deep/c.cda", "b/z.xml")]


def test_in_a_folder_what_is_no_carrier_is_skipped_and_a_carrier_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    for name, content in {
        "cda-without-extension": CDA,
        "cut.xml": CDA[:-3],
        "notes.txt": b"hello",
        "picture.pdf": b"%PDF-1.7",
        "pom.xml": b"<project/>",
        "style.xsl": b"<a/>",
    }.items():
        (tmp_path / name).write_bytes(content)
    assert told(found(tmp_path)) == [
        ("Document", "cda-without-extension"),
        ("Refused", "cut.xml"),
        ("Skipped", "notes.txt"),
        ("Skipped", "picture.pdf"),
        ("Refused", "pom.xml"),
        ("Skipped", "style.xsl"),
    ]


@pytest.mark.parametrize("name", ["notes.txt", "empty"])
def test_a_file_named_explicitly_that_is_not_recognised_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"hello" if name == "notes.txt" else b"")
    assert told(found(tmp_path / name)) == [("Refused", name)]


def test_a_path_that_does_not_exist_is_told_before_anything_is_judged(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(CDA)
    with pytest.raises(UsageError, match=r"nowhere\.xml"):
        found(tmp_path / "a.xml", tmp_path / "nowhere.xml")


def test_links_that_turn_in_circles_are_followed_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.xml").write_bytes(CDA)
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "dead.xml").symlink_to(tmp_path / "nothing")
    assert told(found(tmp_path)) == [("Document", "x.xml"), ("Refused", "dead.xml")]


def test_a_folder_that_cannot_be_opened_is_refused_for_it_may_hold_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(_: object) -> list[str]:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "listdir", denied)  # modes do not hold for the administrator
    (refused,) = found(tmp_path)
    assert isinstance(refused, Refused)
    assert refused.error.message.fr == "lecture impossible : accès refusé"
    assert refused.error.message.en == "cannot be read: Permission denied"
    assert refused.error.hint.fr


def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    os.mkfifo(tmp_path / "pipe.xml")
    assert told(found(tmp_path)) == [("Skipped", "pipe"), ("Refused", "pipe.xml")]


def test_what_has_no_end_is_refused_even_when_it_is_named(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s.xml"))
        refused = [*found(tmp_path / "s.xml"), *found("/dev/zero"), *found("/dev/null")]
    assert [item.error.message.en for item in refused if isinstance(item, Refused)] == ["not a regular file"] * 3


def test_a_pipe_that_is_named_is_waited_for() -> None:
    reading, writing = os.pipe()
    later = threading.Timer(0.2, lambda: (os.write(writing, CDA), os.close(writing)))
    later.start()
    assert [type(item).__name__ for item in found(f"/dev/fd/{reading}")] == ["Document"]
    later.join()
    os.close(reading)


def test_standard_input_may_be_a_document_or_an_archive() -> None:
    assert told(found("-", stdin=CDA)) == [("Document", "-")]
    assert [item.path for item in found("-", stdin=zipped({"a.xml": CDA}))] == ["-!a.xml"]
    assert told(found("-", stdin=b"")) == [("Refused", "-")]


def test_the_cdas_of_an_archive_are_found_and_the_rest_is_skipped(tmp_path: Path) -> None:
    metadata = b'<l:SubmitObjectsRequest xmlns:l="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"/>'
    archive = tmp_path / "xdm.zip"
    archive.write_bytes(
        zipped(
            {
                "README.TXT": b"x",
                "IHE_XDM/SUBSET01/METADATA.XML": metadata,
                "IHE_XDM/SUBSET01/DOC1.XML": CDA,
                "IHE_XDM/SUBSET01/CUT.XML": CDA[:-3],
            }
        )
    )
    items = found(tmp_path)
    assert [(type(item).__name__, item.path.removeprefix(f"{archive}!")) for item in items] == [
        ("Refused", "IHE_XDM/SUBSET01/CUT.XML"),
        ("Document", "IHE_XDM/SUBSET01/DOC1.XML"),
        ("Document", "IHE_XDM/SUBSET01/METADATA.XML"),
        ("Skipped", "README.TXT"),
    ]


def link(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        member = zipfile.ZipInfo(name)
        member.create_system = 3
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    return buffer.getvalue()


def lying() -> bytes:
    """The archive's directory says 10 bytes, the member holds ten million."""
    data = bytearray(zipped({"a.xml": b"0" * 10_000_000}))
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = (10).to_bytes(4, "little")
    return bytes(data)


def encrypted() -> bytes:
    """The flags of the member say so, in the archive's directory and before the member itself."""
    data = bytearray(zipped({"a.xml": CDA}))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flags] |= 1
    return bytes(data)


HOSTILE = {
    "traversal": (zipped({"../../etc/x.xml": CDA}), "sort de l'archive"),
    "absolute": (zipped({"/etc/x.xml": CDA}), "sort de l'archive"),
    "drive": (zipped({"C:\\x.xml": CDA}), "sort de l'archive"),
    "backslashes": (zipped({"a\\..\\..\\x.xml": CDA}), "sort de l'archive"),
    "nested": (zipped({"inner.zip": zipped({"a.xml": CDA})}), "une archive dans l'archive"),
    "bomb": (zipped({"a.xml": b"0" * 50_000_000}), "taux de compression"),
    "link": (link("a.xml"), "lien symbolique"),
    "encrypted": (encrypted(), "fichier chiffré"),
    "lying size": (lying(), "abîmé"),
    "cut": (zipped({"a.xml": CDA})[:-10], "illisible"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_in_plain_words(tmp_path: Path, name: str) -> None:
    data, words = HOSTILE[name]
    (tmp_path / "x.zip").write_bytes(data)
    items = found(tmp_path)
    assert len(items) == 1
    assert isinstance(items[0], Refused)
    assert words in items[0].error.message.fr


def test_the_bounds_of_an_archive(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zipped({f"{number}.xml": CDA for number in range(5)}))
    for limits, words in ((Limits(members=4), "more than 4 files"), (Limits(expanded=100, size=10_000), "once expanded")):
        (item,) = found(tmp_path, limits=limits)
        assert isinstance(item, Refused)
        assert words in item.error.message.en


def test_a_file_too_large_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "big.xml"
    with path.open("wb") as file:
        file.truncate(300_000_000)
    (item,) = found(path)
    assert isinstance(item, Refused)
    assert "300 MB" in item.error.message.en
    assert item.data == b""
