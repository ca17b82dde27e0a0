import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from typer.main import get_command

ROOT = Path(__file__).parent.parent
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


def test_inside_the_environment_the_script_goes_on(environment, monkeypatch):
    monkeypatch.setattr("sys.prefix", str(environment.VENV))
    environment.ensure_environment()
    assert environment.done == ["install False"]


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
    for command in ("scripts/check", "scripts/demo", "scripts/test --complete"):
        assert command in run.read_text()


def commands_of_the_readme() -> Iterator[str]:
    for block in re.findall(r"```(?:sh|console)\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL):
        for line in block.splitlines():
            if match := re.match(r"(?:\$ )?(metarr|scripts/\w+)\b[^#|]*", line):
                yield match[0].removeprefix("$ ").strip()


def test_every_command_of_the_readme_exists():
    from metarr.cli import app

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
def test_skips_itself(): pytest.skip("no recording tmdb/x.json beside the project")
@pytest.mark.skipif(True, reason="no network")
def test_is_skipped(): pass
@pytest.mark.xfail(reason="known")
def test_is_expected_to_fail(): assert False
"""


def test_with_complete_every_skip_is_a_failure(pytester: pytest.Pytester):
    pytester.makepyprojecttoml(f"[tool.pytest.ini_options]\npythonpath = ['{ROOT / 'tests'}']\n")
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text())
    pytester.makepyfile(SKIPPING)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    pytester.run(*command).assert_outcomes(passed=1, skipped=2, xfailed=1)
    complete = pytester.run(*command, "--complete")
    complete.assert_outcomes(passed=1, failed=1, errors=1, xfailed=1)
    complete.stdout.fnmatch_lines(["*--complete allows no skip: *no recording*"])
    without = pytester.run(*command, "--complete", "--without-recordings")
    without.assert_outcomes(passed=1, skipped=1, errors=1, xfailed=1)
