"""Files are replaced whole, all that belong together or none."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from migrate_gemini import files
from migrate_gemini.files import Change, WriteError, read, replace_all

posix = pytest.mark.skipif(os.name == "nt", reason="modes and links are POSIX's")
unprivileged = pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may do anything")


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_bytes_are_replaced_and_nothing_else_is_left_in_the_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old\r\n")
    replace_all([Change(path, b"old\r\n", b"new\r\n")])
    assert path.read_bytes() == b"new\r\n"
    assert listed(tmp_path) == ["a.py"]


@posix
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o4750, 0o666])
def test_the_mode_is_kept(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    path.chmod(mode)
    replace_all([Change(path, b"old", b"new")])
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    os.chown(path, 1234, 4321)
    replace_all([Change(path, b"old", b"new")])
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 4321)


def test_a_file_that_changed_since_it_was_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"edited meanwhile")
    with pytest.raises(WriteError, match="was changed by somebody else") as caught:
        replace_all([Change(path, b"old", b"new")])
    assert caught.value.path == path
    assert path.read_bytes() == b"edited meanwhile"
    assert listed(tmp_path) == ["a.py"]


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="cannot be read again: no such file"):
        replace_all([Change(tmp_path / "a.py", b"old", b"new")])
    assert listed(tmp_path) == []


@posix
def test_a_symbolic_link_is_never_written_through(tmp_path: Path) -> None:
    target, link = tmp_path / "target.py", tmp_path / "link.py"
    target.write_bytes(b"old")
    link.symlink_to(target)
    with pytest.raises(WriteError, match="symbolic link"):
        replace_all([Change(link, b"old", b"new")])
    assert link.is_symlink() and target.read_bytes() == b"old"


def test_if_one_file_cannot_be_replaced_none_is(tmp_path: Path) -> None:
    first, second = tmp_path / "a.py", tmp_path / "b.py"
    first.write_bytes(b"old")
    second.write_bytes(b"edited meanwhile")
    with pytest.raises(WriteError) as caught:
        replace_all([Change(first, b"old", b"new"), Change(second, b"old", b"new")])
    assert caught.value.path == second
    assert first.read_bytes() == b"old"
    assert listed(tmp_path) == ["a.py", "b.py"]


def test_a_failure_half_way_puts_back_what_was_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "a.py", tmp_path / "b.py"
    first.write_bytes(b"old")
    second.write_bytes(b"old")
    replace = files._replace

    def fails_for_the_second(temporary: Path, path: Path) -> None:
        if path == second:
            raise KeyboardInterrupt
        replace(temporary, path)

    monkeypatch.setattr(files, "_replace", fails_for_the_second)
    with pytest.raises(KeyboardInterrupt):
        replace_all([Change(first, b"old", b"new"), Change(second, b"old", b"new")])
    assert (first.read_bytes(), second.read_bytes()) == (b"old", b"old")
    assert listed(tmp_path) == ["a.py", "b.py"]


def test_the_temporary_file_goes_when_writing_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")

    def no_space(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(WriteError, match="cannot be written: no space left on device"):
        replace_all([Change(path, b"old", b"new")])
    assert path.read_bytes() == b"old"
    assert listed(tmp_path) == ["a.py"]


@unprivileged
def test_a_read_only_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(WriteError, match="is read-only"):
        replace_all([Change(path, b"old", b"new")])
    assert path.read_bytes() == b"old"


@unprivileged
@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such mode")
def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "a.py"
    path.write_bytes(b"old")
    folder.chmod(0o555)
    try:
        with pytest.raises(WriteError, match="cannot be written"):
            replace_all([Change(path, b"old", b"new")])
    finally:
        folder.chmod(0o755)
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("size", [0, 1, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 3 << 16])
def test_all_of_a_file_is_read(tmp_path: Path, size: int) -> None:
    data = bytes(number % 251 for number in range(size))
    (tmp_path / "a.py").write_bytes(data)
    assert read(tmp_path / "a.py") == read(str(tmp_path / "a.py")) == data


def test_a_folder_is_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        read(tmp_path)
