"""Who a Kodi is to Metarr: one library, for ever the same."""

import json
import re
import shutil
from pathlib import Path

import pytest

from fake_kodi_port import FakePort
from metarr_adapter.memory import FILE, FileMemory
from metarr_kodi.player import identity

SHARED = """<advancedsettings><videodatabase>
  <type>{type}</type> <host>NAS</host> <port>3306</port> <user>kodi</user> <pass>secret</pass>
</videodatabase></advancedsettings>"""


def memory(port: FakePort, failed: list[str] | None = None) -> FileMemory:
    return FileMemory(port.profile(), (failed if failed is not None else []).append)


def advanced(port: FakePort, text: str) -> FakePort:
    folder = Path(port.path("special://masterprofile/"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "advancedsettings.xml").write_text(text)
    return port


def test_an_id_is_made_once_and_kept(tmp_path: Path):
    port = FakePort(tmp_path)
    first = identity(port, memory(port))
    assert re.fullmatch("[a-z0-9-]{4,64}", first.player_id)
    assert identity(port, memory(port)) == first
    assert json.loads(Path(port.profile(), FILE).read_text())["instance"] in first.player_id
    other = FakePort(tmp_path / "other")
    assert identity(other, memory(other)).player_id != first.player_id


def test_kodis_on_one_database_are_one_player_with_an_instance_each(tmp_path: Path):
    ports = [advanced(FakePort(tmp_path / name), SHARED.format(type="MySQL")) for name in ("den", "attic")]
    den, attic = (identity(port, memory(port)) for port in ports)
    assert den.player_id == attic.player_id
    assert den.instance != attic.instance
    assert "nas" not in den.player_id


def test_a_kodi_that_goes_back_to_a_library_of_its_own_is_not_the_shared_one_any_more(tmp_path: Path):
    port = FakePort(tmp_path)
    own = identity(port, memory(port)).player_id
    shared = identity(advanced(port, SHARED.format(type="mysql")), memory(port)).player_id
    assert identity(advanced(port, "<advancedsettings/>"), memory(port)).player_id == own != shared


def test_a_copy_on_another_machine_is_another_instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    port, made_up = FakePort(tmp_path), 1 << 40
    found = []
    for node in (0x00_1A_2B_3C_4D_5E, 0x00_1A_2B_3C_4D_5F, made_up | 1, made_up | 2):
        monkeypatch.setattr("uuid.getnode", lambda node=node: node)
        found.append(identity(port, memory(port)))
    first, second, third, fourth = (each.instance for each in found)
    assert len({first, second, third}) == 3
    assert third == fourth
    assert len({each.player_id for each in found}) == 1


@pytest.mark.parametrize("text", [SHARED.format(type="sqlite3"), "<advancedsettings/>", "<broken", ""])
def test_a_library_of_its_own_is_a_player_of_its_own(tmp_path: Path, text: str):
    ports = [advanced(FakePort(tmp_path / name), text) for name in ("den", "attic")]
    assert len({identity(port, memory(port)).player_id for port in ports}) == 2


def test_a_full_disk_is_told_once_and_the_id_stays_the_same(tmp_path: Path):
    port, failed = FakePort(tmp_path), []
    Path(port.profile()).parent.mkdir(parents=True)
    Path(port.profile()).touch()
    first = identity(port, memory(port, failed))
    assert len(failed) == 1
    assert identity(port, memory(port)) == first


def test_a_disk_that_has_room_again_gets_everything_and_the_next_full_one_is_told(tmp_path: Path):
    port, failed = FakePort(tmp_path), []
    folder = Path(port.profile())
    folder.parent.mkdir(parents=True)
    keeps = memory(port, failed)
    for number in range(2):
        folder.touch()
        keeps.set("lost?", f"no, {number}")
        folder.unlink()
        keeps.set("room", f"again, {number}")
        assert memory(port).get("lost?") == f"no, {number}"
        shutil.rmtree(folder)
    assert len(failed) == 2


def test_a_damaged_file_is_a_new_beginning(tmp_path: Path):
    port = FakePort(tmp_path)
    Path(port.profile()).mkdir(parents=True)
    Path(port.profile(), FILE).write_text('{"player_id": ')
    assert identity(port, memory(port)).player_id.startswith("kodi-")


@pytest.mark.parametrize(
    ("device", "friendly", "name"),
    [
        ("Living room", "x", "Living room"),
        ("Kodi", "Kodi (box)", "Kodi (box)"),
        ("", "", "Kodi"),
        ("x" * 300, "", None),
    ],
)
def test_it_is_called_what_its_owner_calls_it(tmp_path: Path, device: str, friendly: str, name: str | None):
    port = FakePort(tmp_path)
    port.kodi_settings["services.devicename"], port.labels["System.FriendlyName"] = device, friendly
    assert identity(port, memory(port)).name == (name or device[:100])
