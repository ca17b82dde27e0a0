import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from metarr import logs
from metarr.errors import CannotDo


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """What `set_up` changes for the whole process is as before."""
    logger, config = logging.getLogger("metarr"), structlog.get_config()
    before = (logger.handlers[:], logger.propagate, logger.level)
    yield
    for handler in logger.handlers:
        handler.close()
    logger.handlers, logger.propagate, logger.level = before
    structlog.configure(**config)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "metarr.log"


def test_an_event_is_one_line_on_stderr_and_in_the_file(file: Path, capsys: pytest.CaptureFixture[str]):
    logs.set_up("info", file)
    log = structlog.get_logger("any")
    log.info("item_enriched", title="100% Wolf\n(2020)", changed=3)
    try:
        raise ValueError("broken")
    except ValueError:
        log.exception("job_failed")
    lines = file.read_text().splitlines()
    assert lines == capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "level=info event=item_enriched" in lines[0]
    assert "100% Wolf\\n(2020)" in lines[0]
    assert "ValueError: broken" in lines[1]


def test_what_is_below_the_level_is_left_out(file: Path):
    logs.set_up("warning", file)
    structlog.get_logger("any").info("quiet")
    structlog.get_logger("any").warning("loud")
    assert [line.split("event=")[1] for line in file.read_text().splitlines()] == ["loud"]


def test_the_file_is_kept_small_and_private(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(logs, "FILE_BYTES", 1000)
    logs.set_up("info", file)
    for number in range(200):
        structlog.get_logger("any").info("event", number=number)
    files = sorted(file.parent.iterdir())
    assert [path.name for path in files] == ["metarr.log", *(f"metarr.log.{n}" for n in range(1, logs.FILES + 1))]
    assert all(path.stat().st_size <= 1000 for path in files)
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert "number=199" in file.read_text()


def test_it_goes_on_where_it_ended(file: Path):
    for event in ("first", "second"):
        logs.set_up("info", file)
        structlog.get_logger("any").info(event)
    assert [line.split("event=")[1] for line in file.read_text().splitlines()] == ["first", "second"]


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path):
    with pytest.raises(CannotDo, match=r"the log file .* cannot be written"):
        logs.set_up("info", tmp_path / "none" / "metarr.log")


def test_without_a_file_there_is_only_stderr(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    logs.set_up("info")
    structlog.get_logger("any").info("event")
    assert "event=event" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
