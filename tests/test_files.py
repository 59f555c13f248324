"""A file that a person names is read without waiting for what nobody writes, and never without end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.errors import reason
from harness.files import read_named


def told(path: Path) -> str:
    with pytest.raises(OSError) as raised:
        read_named(path)
    return reason(raised.value).fr


def test_a_file_is_read_whole_and_an_empty_one_is_empty(tmp_path: Path) -> None:
    (tmp_path / "full").write_bytes(b"a\r\n" * 100_000)
    (tmp_path / "empty").touch()
    assert read_named(tmp_path / "full") == b"a\r\n" * 100_000
    assert read_named(tmp_path / "empty") == b""


def test_a_pipe_is_read_where_a_program_writes_to_it() -> None:
    out, into = os.pipe()
    os.write(into, b"as the shell gives what a command prints")
    os.close(into)
    assert read_named(Path(f"/dev/fd/{out}")) == b"as the shell gives what a command prints"
    os.close(out)


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert told(tmp_path / "pipe") == "aucun programme n'écrit dans ce tube"


def test_a_device_or_what_has_no_end_is_refused() -> None:
    assert told(Path("/dev/zero")) == told(Path("/dev/null")) == "pas un fichier ordinaire"
