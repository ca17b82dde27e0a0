"""The Kodi add-on as people install it."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import quote

import pytest

from kodi_host import Kodi, needs_kodi
from kodi_host.addon_checker import check

pytestmark = pytest.mark.e2e

SCRIPT = Path(__file__).parents[2] / "scripts" / "build_kodi_addon"
ID = "script.metarr"
READS_ZIP = """
import xbmcvfs
folders, files = xbmcvfs.listdir(path)
with xbmcvfs.File(path + folders[0] + "/addon.xml") as manifest:
    result = [folders, files, manifest.read()]
"""


def built(option: str, folder: Path) -> Path:
    run = subprocess.run([sys.executable, SCRIPT, option, folder], capture_output=True, text=True, check=True)
    return Path(run.stdout.strip())


def test_kodis_checker_finds_no_problem(tmp_path: Path):
    checked = check(built("--folder", tmp_path / "made"), tmp_path)
    assert checked.problems == []
    assert checked.passed, checked.output


def test_kodis_checker_would_find_one(tmp_path: Path):
    addon = built("--folder", tmp_path / "made")
    manifest = ET.parse(addon / "addon.xml")
    for metadata in manifest.findall("extension[@point='xbmc.addon.metadata']"):
        manifest.getroot().remove(metadata)
    manifest.write(addon / "addon.xml")
    checked = check(addon, tmp_path)
    assert not checked.passed
    assert checked.problems


@needs_kodi
def test_kodi_reads_the_zip_and_takes_the_addon(tmp_path: Path):
    packed, folder = built("--output", tmp_path), built("--folder", tmp_path / "made")
    inside = f"zip://{quote(str(packed), safe='')}/"
    kodi = Kodi(tmp_path / "home")
    kodi.install(folder)
    with kodi:
        assert kodi.run_python(READS_ZIP, path=inside) == [[ID], [], (folder / "addon.xml").read_text()]
        addon = kodi.rpc("Addons.GetAddonDetails", addonid=ID, properties=["enabled", "broken", "version"])["addon"]
        version = ET.parse(folder / "addon.xml").getroot().attrib["version"]
        assert (addon["enabled"], addon["broken"], addon["version"]) == (True, False, version)
        complaints = [line for line in kodi.log.splitlines() if ID in line and "error <" in line]
        assert not complaints
