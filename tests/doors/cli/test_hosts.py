"""`metarr hosts`: what is typed, and what is said."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import Live, live
from metarr.cli.commands import run

pytestmark = pytest.mark.slow


@pytest.fixture
def metarr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    with live(tmp_path / "data") as daemon:
        monkeypatch.setenv("METARR_SERVER", daemon.daemon.grpc_address)
        yield daemon


@pytest.fixture
def films(tmp_path: Path) -> Path:
    folder = tmp_path / "films"
    (folder / "Alien (1979)").mkdir(parents=True)
    (folder / "Alien (1979)" / "Alien.mkv").touch()
    return folder


def spoken(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """The status of a command, and all that it said, with single blanks."""
    try:
        status = run(list(words))
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    out, err = capsys.readouterr()
    return status, " ".join((out + err).split())


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    status, text = spoken(capsys, *words)
    assert status == 0, text
    return text


def test_from_adding_to_removing(metarr: Live, films: Path, capsys: pytest.CaptureFixture[str]):
    added = said(capsys, "hosts", "add", "folders", str(films), "--name", "Cinema")
    assert "can be read and written" in added
    [host] = metarr.call("Host", "ListHosts")["hosts"]
    assert added.endswith(f"metarr players policy {host['playerId']} fill")
    assert "Cinema" in said(capsys, "hosts", "list")
    shown = said(capsys, "hosts", "show", "folders")
    assert f"player {host['playerId']}" in shown
    assert host["hookPath"] in shown
    assert "can be read and written" in said(capsys, "hosts", "test", "folders")
    assert "disabled" in said(capsys, "hosts", "disable", "folders")
    assert "Theatre" in said(capsys, "hosts", "set", "folders", "name=Theatre")
    said(capsys, "hosts", "enable", "folders")
    said(capsys, "hosts", "log", "folders")
    assert "nothing was changed" in said(capsys, "hosts", "remove", "folders")
    assert "its player stays" in said(capsys, "hosts", "remove", "folders", "--yes")
    assert "there is no host yet" in said(capsys, "hosts", "list")


def test_paths_are_taken_as_they_are_typed(metarr: Live, films: Path, capsys: pytest.CaptureFixture[str]):
    series = films.parent / "se=ries"
    series.mkdir()
    said(capsys, "hosts", "add", "folders", f"movies={films}", f"series={series}")
    [host] = metarr.call("Host", "ListHosts")["hosts"]
    values = {each["key"]: each.get("value") for each in host["settings"]}
    assert (values["movies"], values["series"], values["paths"]) == ([str(films)], [str(series)], [])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["hosts", "add", "folders", "/nowhere/at/all"], "is not there: is it mounted"),
        (["hosts", "add", "folders", "key=value"], "there is no setting 'key'"),
        (["hosts", "add", "nothing", "/tmp"], "there is no kind of host 'nothing'"),
        (["hosts", "show", "none"], "there is no host 'none'"),
        (["hosts", "test", "folders", "/nowhere"], "is not there"),
    ],
)
def test_what_is_wrong_is_said(metarr: Live, capsys: pytest.CaptureFixture[str], words: list[str], says: str):
    status, text = spoken(capsys, *words)
    assert status != 0
    assert says in text
