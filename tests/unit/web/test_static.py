"""What the pages load, as it lies in the tree."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "server" / "metarr" / "web" / "static"
TEMPLATES = ROOT / "server" / "metarr" / "web" / "templates"
NOTED = tomllib.loads((STATIC / "vendor" / "VENDOR.toml").read_text())["package"]


def check(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "scripts" / "vendor_web"), "--check"]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


def test_what_others_made_is_what_is_noted():
    done = check(ROOT)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("package", NOTED, ids=lambda package: package["name"])
def test_it_is_pinned_and_comes_with_its_licence(package):
    assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
    assert package["integrity"].startswith("sha512-")
    assert package["licence"] in ("MIT", "0BSD")
    [licence] = [name for name in package["files"] if name.endswith(".LICENSE")]
    assert "software" in (STATIC / "vendor" / licence).read_text().lower()


def test_htmx_is_the_program_that_the_pages_are_written_for():
    [htmx] = [package for package in NOTED if package["name"] == "htmx.org"]
    assert htmx["version"].startswith("2.0.")


def test_a_changed_or_a_stray_file_is_noticed(tmp_path: Path):
    vendor = tmp_path / "server/metarr/web/static/vendor"
    (tmp_path / "scripts").mkdir()
    vendor.mkdir(parents=True)
    for name in ("vendor_web", "_environment.py"):
        (tmp_path / "scripts" / name).write_bytes((ROOT / "scripts" / name).read_bytes())
    for path in (STATIC / "vendor").iterdir():
        (vendor / path.name).write_bytes(path.read_bytes())
    (vendor / "htmx.min.js").write_bytes(b"changed")
    (vendor / "stray.js").write_bytes(b"")
    done = check(tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "htmx.min.js is not what VENDOR.toml notes",
        "stray.js is not what VENDOR.toml notes",
    ]


def test_our_own_script_stays_small():
    assert len((STATIC / "app.js").read_text().splitlines()) <= 250


def test_no_page_names_a_host():
    ours = [*TEMPLATES.iterdir(), STATIC / "app.css", STATIC / "app.js"]
    addresses = {found for path in ours for found in re.findall(r"https?://[^\s\"']*", path.read_text())}
    assert addresses == set()


def test_every_icon_that_a_template_names_is_drawn():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    named = {found for path in TEMPLATES.iterdir() for found in re.findall(r'icon\("([\w-]+)"\)', path.read_text())}
    assert {"ok", "warn", "bad", "off"} <= drawn
    assert named <= drawn


def test_no_template_turns_escaping_off():
    for path in TEMPLATES.iterdir():
        assert not re.search(r"\|\s*safe\b|autoescape", path.read_text()), path.name
