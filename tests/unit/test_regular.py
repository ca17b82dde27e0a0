"""Files that somebody named, and what is none."""

import os
import socket
import threading
from pathlib import Path

import pytest

from metarr import regular, tokens
from metarr.errors import CannotDo
from metarr.rpc.doors.access import Tls


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe", 0o600)
    return tmp_path / "pipe"


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert regular.content(tmp_path / "file") == regular.content(tmp_path / "link") == b"content"


def test_a_pipe_a_device_and_a_socket_are_refused_at_once(pipe: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(pipe)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        for path in (pipe, tmp_path / "link", Path("/dev/zero"), Path("/dev/null"), tmp_path / "socket"):
            with pytest.raises(OSError, match=r"pipe or a device|No such device"):
                regular.content(path)


def test_a_folder_and_nothing_are_told_as_ever(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        regular.content(tmp_path)
    with pytest.raises(FileNotFoundError):
        regular.content(tmp_path / "none")


def test_what_a_shell_hands_over_is_read(tmp_path: Path) -> None:
    reading, writing = os.pipe()

    def write() -> None:
        with os.fdopen(writing, "wb") as file:
            file.write(b"x" * 100_000)

    thread = threading.Thread(target=write)
    thread.start()
    assert len(regular.content(Path(f"/dev/fd/{reading}"))) == 100_000
    thread.join()
    os.close(reading)


def test_a_token_file_that_is_a_pipe_is_told_in_words(pipe: Path) -> None:
    with pytest.raises(CannotDo, match="a pipe or a device, and no file"):
        tokens.read(pipe)


def test_a_certificate_that_is_a_pipe_is_told_in_words(pipe: Path) -> None:
    with pytest.raises(CannotDo, match="a pipe or a device, and no file"):
        Tls(pipe, pipe).check()
