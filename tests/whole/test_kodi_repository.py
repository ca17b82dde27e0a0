"""The repository of the Kodi add-ons: what is made for a web space, and a Kodi that installs and updates from it."""

import functools
import hashlib
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest

from kodi_host import Kodi, needs_kodi
from kodi_host.addon_checker import check
from scripts_as_modules import script

ADDONS = {"script.metarr", "metadata.metarr", "metadata.tvshows.metarr", "repository.metarr"}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 - the library's name


@pytest.fixture
def web(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a web space, and its folder."""
    folder = tmp_path / "web"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", folder
        server.shutdown()


@pytest.fixture
def builder(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return script("build_kodi_repository", monkeypatch)


def built(builder: ModuleType, web: tuple[str, Path]) -> Path:
    url, folder = web
    builder.build(url, folder)
    return folder


def newer(builder: ModuleType, folder: Path, addon_id: str, scratch: Path) -> Path:
    """The same add-on as version 0.2.0."""
    [packed] = (folder / addon_id).glob("*.zip")
    with zipfile.ZipFile(packed) as inside:
        files = {name: inside.read(name) for name in inside.namelist()}
    manifest = f"{addon_id}/addon.xml"
    files[manifest] = files[manifest].replace(b'version="0.1.0" provider', b'version="0.2.0" provider')
    target: Path = builder.write_zip(scratch / f"{addon_id}-0.2.0.zip", files)
    return target


@pytest.mark.slow
def test_each_zip_and_the_index_have_a_checksum_and_are_the_same_each_time(
    builder: ModuleType, web: tuple[str, Path]
) -> None:
    folder = built(builder, web)
    assert {path.parent.name for path in folder.glob("*/*.zip.sha256")} == ADDONS
    first = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    told = hashlib.sha256(first[folder / "addons.xml"]).hexdigest()
    assert first[folder / "addons.xml.sha256"].decode().strip() == told
    built(builder, web)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == first
    assert list(builder.unfitting(folder)) == []
    assert web[0].encode() in zipfile.ZipFile(folder / "repository.metarr-0.1.0.zip").read(
        "repository.metarr/addon.xml"
    )


ZIP = "metadata.metarr/metadata.metarr-0.1.0.zip"


def shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "spoil", "problem"),
    [
        (ZIP, shorten, "missing, or not the one"),
        (ZIP, Path.unlink, "missing, or not the one"),
        (f"{ZIP}.sha256", Path.unlink, "missing, or not the one"),
        ("addons.xml", shorten, "not the one of its checksum"),
        ("addons.xml.sha256", lambda path: path.write_text("0" * 64), "not the one of its checksum"),
    ],
)
def test_an_index_that_does_not_match_its_zips_is_told(
    builder: ModuleType, web: tuple[str, Path], name: str, spoil: Callable[[Path], object], problem: str
) -> None:
    folder = built(builder, web)
    spoil(folder / name)
    [told] = builder.unfitting(folder)
    assert problem in told


@pytest.mark.slow
def test_a_zip_that_says_something_else_than_the_index_is_told(
    builder: ModuleType, web: tuple[str, Path], tmp_path: Path
) -> None:
    folder = built(builder, web)
    other = newer(builder, folder, "metadata.metarr", tmp_path)
    builder.with_hash(folder / ZIP, other.read_bytes())
    assert list(builder.unfitting(folder)) == ["metadata.metarr-0.1.0.zip is not what addons.xml says of it"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "url", ["", "nas/kodi", "ftp://nas", "http://", 'http://nas/"', "http://nas/<kodi>", "http://na s"]
)
def test_what_is_no_address_of_the_web_is_refused(builder: ModuleType, url: str) -> None:
    with pytest.raises(builder.argparse.ArgumentTypeError):
        builder.web_address(url)


@pytest.mark.e2e
def test_kodis_checker_finds_no_problem(builder: ModuleType, web: tuple[str, Path], tmp_path: Path) -> None:
    folder = built(builder, web)
    for packed in folder.glob("*/*.zip"):
        zipfile.ZipFile(packed).extractall(tmp_path / "unpacked")
        checked = check(tmp_path / "unpacked" / packed.parent.name, tmp_path)
        assert (packed.name, checked.problems, checked.passed) == (packed.name, [], True), checked.output


def version(kodi: Kodi, addon_id: str) -> str:
    addons = kodi.rpc("Addons.GetAddons", properties=["version"])["addons"]
    return next((each["version"] for each in addons if each["addonid"] == addon_id), "")


@pytest.mark.e2e
@needs_kodi
def test_kodi_installs_from_it_refuses_another_zip_and_updates_by_itself(
    builder: ModuleType, web: tuple[str, Path], tmp_path: Path
) -> None:
    folder = built(builder, web)
    kodi = Kodi(tmp_path / "home")
    with kodi:
        kodi.install_zip(folder / "repository.metarr-0.1.0.zip")
        kodi.builtin("UpdateAddonRepos", wait=True)
        shows = folder / "metadata.tvshows.metarr" / "metadata.tvshows.metarr-0.1.0.zip"
        good = shows.read_bytes()
        shows.write_bytes(good[:-1] + b"x")
        install(kodi, "metadata.tvshows.metarr")
        kodi.wait_for(lambda: "Hash mismatch after download" in kodi.log, "the zip is refused")
        install(kodi, "metadata.metarr")
        kodi.wait_for(lambda: version(kodi, "metadata.metarr") == "0.1.0", "the scraper, with what it needs")
        assert version(kodi, "script.metarr") == "0.1.0"
        assert version(kodi, "metadata.tvshows.metarr") == ""
        kodi.rpc("Settings.SetSettingValue", setting="general.addonupdates", value=0)
        zips = [newer(builder, folder, name, tmp_path) for name in ("script.metarr", "metadata.metarr")]
        builder.lay_out(folder, zips)
        kodi.builtin("UpdateAddonRepos", wait=True)
        kodi.wait_for(lambda: version(kodi, "metadata.metarr") == "0.2.0", "the update comes by itself")
        assert version(kodi, "script.metarr") == "0.2.0"


def install(kodi: Kodi, addon_id: str) -> None:
    """Install an add-on of a repository as its page does, and answer Yes."""
    kodi.builtin(f"InstallAddon({addon_id})")
    kodi.wait_for(lambda: kodi.holds("System.HasActiveModalDialog"), "Kodi asks")
    kodi.press("left", "select")
