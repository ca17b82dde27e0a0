import importlib.util
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from unittest.mock import ANY

import pytest
from typer.main import get_command

from scripts_as_modules import script

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted(path for path in (ROOT / "scripts").iterdir() if path.is_file() and not path.suffix)

pytest_plugins = ["pytester"]


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module scripts/_environment, with an empty project of its own; what it does is noted in `done`."""
    spec = importlib.util.spec_from_file_location("_environment", ROOT / "scripts" / "_environment.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / ".venv").mkdir()
    done: list[object] = []
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "_install", lambda development: done.append(f"install {development}"))
    monkeypatch.setattr("os.execv", lambda program, arguments: done.append("exec"))
    vars(module)["done"] = done
    return module


def test_the_environment_is_made_once_and_again_when_the_project_changes(environment):
    environment.ensure_environment()
    environment.ensure_environment()
    (environment.ROOT / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    environment.ensure_environment()
    assert environment.done == ["install False", "exec", "exec", "install False", "exec"]


def test_the_environment_for_development_serves_users_but_not_the_other_way_round(environment):
    environment.ensure_environment()
    environment.ensure_environment(development=True)
    environment.ensure_environment()
    assert environment.done == ["install False", "exec", "install True", "exec", "exec"]
    (environment.VENV / "installed").unlink()
    environment.ensure_environment()
    assert environment.done[5:] == ["exec"]


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_tells_how_it_is_used(script):
    run = subprocess.run([sys.executable, script, "--help"], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert "usage:" in run.stdout


def test_inside_the_environment_the_script_goes_on(environment, monkeypatch):
    monkeypatch.setattr("sys.prefix", str(environment.VENV))
    environment.ensure_environment()
    assert environment.done == ["install False"]


def test_what_the_scripts_start_keeps_its_compiled_code(environment, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    environment.ensure_environment()
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ


def test_an_old_python_is_told_in_words(environment, monkeypatch):
    monkeypatch.setattr("sys.version_info", (3, 10))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11"):
        environment.ensure_environment()
    assert environment.done == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_can_be_run_and_says_what_it_is(script):
    assert os.access(script, os.X_OK)
    lines = script.read_text().splitlines()
    assert lines[0] == "#!/usr/bin/env python3"
    assert lines[1].startswith('"""')


def test_the_check_of_a_clean_checkout_is_sound_bash_and_calls_what_the_readme_tells():
    run = ROOT / ".ci" / "run"
    assert os.access(run, os.X_OK)
    assert subprocess.run(["bash", "-n", run], check=False).returncode == 0
    for command in ("scripts/check", "scripts/demo", "git clone", "scripts/test --complete", "-m recordings"):
        assert command in run.read_text()


@pytest.mark.slow
def test_an_attack_tells_what_held():
    command = [sys.executable, ROOT / "scripts" / "attack", "--share", "0", "malformed", "crowd"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert [line.split("│")[1:5] for line in run.stdout.splitlines() if "held" in line] == [
        [" malformed ", " 100 mutations ", ANY, " held            "],
        [" crowd     ", "     200 calls ", ANY, " held            "],
    ]


def test_an_attack_that_finds_something_fails_and_the_others_are_made(monkeypatch, capsys):
    attack = script("attack", monkeypatch)

    def find(times):
        raise AssertionError(f"after {times}")

    held = attack.Attack(lambda times: None, 10, "kills")
    monkeypatch.setattr(attack, "ATTACKS", {"lost": attack.Attack(find, 4, "kills"), "kept": held})
    monkeypatch.setattr(attack, "prepare", lambda: None)
    monkeypatch.setattr("sys.argv", ["attack", "--share", "0.5"])
    assert attack.main() == 1
    told = capsys.readouterr().out
    assert re.search(r"lost .* 2 kills .*AssertionError: after 2", told)
    assert re.search(r"kept .* 5 kills .*held", told)


@pytest.fixture
def builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script build_kodi_addon over a small add-on of its own, with files that do not belong into it."""
    module = script("build_kodi_addon", monkeypatch)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "ADDONS", tmp_path / "addon")
    monkeypatch.setattr(module, "SHARED", tmp_path / "metarr_adapter")
    files = {
        "pyproject.toml": "[project]\nversion = '1.2.3'\n",
        "addon/script.metarr/addon.xml": '<addon id="script.metarr" version="1.2.3"/>',
        "addon/script.metarr/resources/icon.png": "icon",
        "addon/script.metarr/resources/lib/__pycache__/service.cpython-311.pyc": "cache",
        "addon/script.metarr/.directory": "a file manager's",
        "metarr_adapter/client.py": "client",
        "metarr_adapter/tests/test_client.py": "test",
        "metarr_adapter/old.pyc": "cache",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return module


def test_the_kodi_addon_holds_what_belongs_to_it_below_one_folder(builder, tmp_path):
    made = builder.pack(tmp_path / "dist")
    assert made.name == "script.metarr-1.2.3.zip"
    with zipfile.ZipFile(made) as packed:
        assert {name: packed.read(name).decode() for name in packed.namelist()} == {
            "script.metarr/addon.xml": '<addon id="script.metarr" version="1.2.3"/>',
            "script.metarr/resources/icon.png": "icon",
            "script.metarr/resources/lib/metarr_adapter/client.py": "client",
        }


def test_the_same_kodi_addon_is_made_whenever_and_wherever_its_files_were_written(builder, tmp_path):
    before = builder.pack(tmp_path / "dist").read_bytes()
    client = tmp_path / "metarr_adapter" / "client.py"
    os.utime(client, (1_000_000_000, 1_000_000_000))
    client.chmod(0o700)
    assert builder.pack(tmp_path / "dist").read_bytes() == before
    client.write_text("another")
    assert builder.pack(tmp_path / "dist").read_bytes() != before


def test_the_kodi_addon_can_be_written_unpacked_over_an_earlier_one(builder, tmp_path):
    made = builder.write_folder(tmp_path / "there")
    (made / "of-an-earlier-version.py").touch()
    assert builder.write_folder(tmp_path / "there") == tmp_path / "there" / "script.metarr"
    files = sorted(path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file())
    assert files == ["addon.xml", "resources/icon.png", "resources/lib/metarr_adapter/client.py"]


def test_a_folder_that_is_no_kodi_addon_is_not_replaced(builder, tmp_path):
    photos = tmp_path / "there" / "script.metarr" / "photos"
    photos.mkdir(parents=True)
    with pytest.raises(SystemExit, match="no add-on"):
        builder.write_folder(tmp_path / "there")
    assert photos.exists()


def test_a_kodi_addon_of_another_version_than_the_package_is_not_made(builder, tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project]\nversion = '1.3.0'\n")
    with pytest.raises(SystemExit, match=r"1\.2\.3, pyproject\.toml 1\.3\.0"):
        builder.pack(tmp_path / "dist")
    assert not (tmp_path / "dist").exists()


def test_the_kodi_addon_of_this_checkout_is_whole(tmp_path):
    command = [sys.executable, ROOT / "scripts" / "build_kodi_addon", "--output", tmp_path]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    [made] = tmp_path.iterdir()
    assert run.stdout == f"{made}\n"
    wanted = {
        f"{place}/{path.relative_to(source).as_posix()}"
        for place, source in (
            ("script.metarr", ROOT / "plugin_adapter" / "kodi" / "script.metarr"),
            ("script.metarr/resources/lib/metarr_adapter", ROOT / "plugin_adapter" / "metarr_adapter"),
        )
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(made) as packed:
        assert set(packed.namelist()) == wanted
        assert packed.testzip() is None


def commands_of_the_readme() -> Iterator[str]:
    for block in re.findall(r"```(?:sh|console)\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL):
        for line in block.splitlines():
            if match := re.match(r"(?:\$ )?(metarr|scripts/\w+)\b[^#|]*", line):
                yield match[0].removeprefix("$ ").strip()


def test_every_command_of_the_readme_exists():
    from metarr.cli.commands import app

    commands = list(commands_of_the_readme())
    assert {"scripts/demo", "scripts/test"} <= set(commands)
    for command in commands:
        words = command.split()
        if words[0] != "metarr":
            assert (ROOT / words[0]).exists(), command
            continue
        found = get_command(app)
        while words[1:] and hasattr(found, "commands") and not words[1].startswith("-"):
            found = found.commands[words.pop(1)]
        options = {option for parameter in found.params for option in parameter.opts}
        assert {word.partition("=")[0] for word in words[1:] if word.startswith("--")} <= options, command


def test_the_readme_shows_the_notice_that_tmdb_asks_for():
    from metarr.providers.tmdb import Tmdb

    assert Tmdb.attribution in " ".join((ROOT / "README.md").read_text().split())


SKIPPING = """
import pytest
def test_runs(): pass
@pytest.mark.recordings
def test_reads_a_recording(): pytest.skip("no recording tmdb/x.json beside the project")
def test_reads_one_unmarked(): pytest.skip("no recording tmdb/x.json beside the project")
@pytest.mark.skipif(True, reason="no network")
def test_is_skipped(): pass
@pytest.mark.xfail(reason="known")
def test_is_expected_to_fail(): assert False
"""


def test_with_complete_every_skip_is_a_failure(pytester: pytest.Pytester, pytestconfig: pytest.Config):
    assert pytestconfig.pluginmanager.has_plugin("completeness")
    pytester.makepyfile(SKIPPING)
    pytester.makeini("[pytest]\nmarkers = recordings\n")
    options = ("-p", "no:cacheprovider", "-p", "completeness")
    pytester.runpytest_inprocess(*options).assert_outcomes(passed=1, skipped=3, xfailed=1)
    complete = pytester.runpytest_inprocess(*options, "--complete")
    complete.assert_outcomes(passed=1, failed=2, errors=1, xfailed=1)
    complete.stdout.fnmatch_lines(["*--complete allows no skip: *no recording*"])
    without = pytester.runpytest_inprocess(*options, "--complete", "--without-recordings")
    without.assert_outcomes(passed=1, skipped=1, failed=1, errors=1, xfailed=1)
    without.stdout.fnmatch_lines(["FAILED *test_reads_one_unmarked*"])
