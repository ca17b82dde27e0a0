"""What people install: the wheel is whole, and the files for systemd and containers name what there is."""

import configparser
import json
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from metarr.cli.commands import app
from metarr.hosts.kinds import BUNDLED

ROOT = Path(__file__).parents[2]
PACKAGING = ROOT / "scripts" / "packaging"


PACKAGES = (
    "server/metarr",
    "plugin_adapter/metarr_adapter",
    "plugin_adapter/folders/metarr_folders",
    "plugin_adapter/jellyfin/metarr_jellyfin",
)
"""What the wheel carries: the daemon, what every adapter shares, the hosts."""


def package_files() -> set[str]:
    """Every file of the packages as it lies in the tree."""
    folders = [ROOT / package for package in PACKAGES]
    return {
        str(path.relative_to(folder.parent))
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: building writes into the tree."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps"]
    subprocess.run([*command, "--no-build-isolation", "--wheel-dir", target, source], check=True, timeout=300)
    [built] = target.glob("metarr-*.whl")
    return built


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_package_and_none_besides(wheel: Path):
    with zipfile.ZipFile(wheel) as packed:
        held = {name for name in packed.namelist() if ".dist-info/" not in name}
    assert held == package_files()
    assert "metarr/py.typed" in held
    assert any(name.startswith("metarr/store/migrations/versions/0001") for name in held)


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the wheel is installed, and nothing else."""
    folder = tmp_path_factory.mktemp("installed") / "site"
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
    subprocess.run([*command, "--target", folder, wheel], check=True, timeout=300)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(BUNDLED))
def test_every_kind_of_host_starts_from_the_wheel(site: Path, kind: str, tmp_path: Path):
    """It tries what it is given, says so, and ends with its input."""
    where = (
        "import sys, metarr, metarr_adapter; assert all(sys.argv[1] in m.__file__ for m in (metarr, metarr_adapter))"
    )
    environment = {"PYTHONPATH": str(site), "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-c", where, site], cwd=tmp_path, env=environment, check=True, timeout=60)
    command = [sys.executable, "-m", "metarr.hosts", kind]
    orders = json.dumps({"test": True, "settings": {"paths": [str(tmp_path)], "url": "http://127.0.0.1:1"}})
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment,
        input=f"{orders}\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(done.stdout)["checks"]


@pytest.mark.slow
def test_what_is_installed_from_the_wheel_serves_without_the_checkout(site: Path, tmp_path: Path):
    assert (site / "bin" / "metarr").exists()
    program = "import metarr, sys; from metarr.cli import main; print(metarr.__file__, flush=True); main(sys.argv[1:])"
    doors = ["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", "--log-level", "error"]
    serve = [sys.executable, "-c", program, "serve", "--data-dir", tmp_path / "data", *doors]
    environment = {"PYTHONPATH": str(site), "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(serve, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        try:
            assert select.select([serving.stdout], [], [], 60)[0]
            assert serving.stdout.readline().startswith(str(site))
            assert "is ready" in serving.stdout.readline()
        finally:
            serving.send_signal(signal.SIGTERM)
        assert serving.wait(30) == 0


def check_command(words: Iterable[str]) -> None:
    """Whether the command line has this command with these options."""
    program, *rest = words
    assert Path(program).name == "metarr"
    found = get_command(app)
    while rest and hasattr(found, "commands"):
        found = found.commands[rest.pop(0)]
    flags = {option: parameter for parameter in found.params for option in parameter.opts}
    while rest:
        option, sign, _ = rest.pop(0).partition("=")
        assert option in flags, f"{option} is no option of {found.name}"
        if not sign and not flags[option].is_flag:
            assert not rest.pop(0).startswith("--")


def test_the_check_of_commands_finds_what_is_wrong():
    check_command(["metarr", "serve", "--require-token", "--data-dir", "/data", "--http=0.0.0.0:1"])
    with pytest.raises(AssertionError, match="--datadir is no option of serve"):
        check_command(["metarr", "serve", "--datadir", "/data"])
    with pytest.raises(KeyError):
        check_command(["metarr", "sreve"])


@pytest.mark.parametrize("name", ["metarr.service", "Containerfile", "compose.yaml"])
def test_every_command_in_a_comment_exists(name: str):
    text = (PACKAGING / name).read_text()
    told = re.findall(r"^# .*?\b(metarr (?:token|serve) [^#\n]*)", text, re.MULTILINE)
    assert told
    for command in told:
        check_command(shlex.split(command))
    for option in re.findall(r"^\s*#.* (--(?:grpc|http|http-name|tls-cert))\b", text, re.MULTILINE):
        check_command(["metarr", "serve", option, "value"])
    for path in re.findall(r"scripts/packaging/\w+(?:\.\w+)?", text):
        assert (ROOT / path).is_file()


class TestUnit:
    @pytest.fixture
    def unit(self) -> configparser.ConfigParser:
        parser = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
        parser.optionxform = str  # type: ignore[assignment, method-assign]
        parser.read(PACKAGING / "metarr.service")
        return parser

    def test_it_starts_a_command_that_exists(self, unit):
        check_command(shlex.split(unit["Service"]["ExecStart"]))
        assert unit["Install"]["WantedBy"] == "multi-user.target"

    def test_it_keeps_the_data_where_systemd_makes_the_directory(self, unit):
        service = unit["Service"]
        assert f"--data-dir /var/lib/{service['StateDirectory']}" in service["ExecStart"]
        assert service["StateDirectoryMode"] == "0700"

    def test_it_is_neither_root_nor_able_to_become_it(self, unit):
        service = unit["Service"]
        assert service["User"] not in ("", "root")
        assert service["CapabilityBoundingSet"] == ""
        for directive in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "RestrictSUIDSGID"):
            assert service[directive] == "yes"
        assert service["ProtectSystem"] == "strict"

    def test_systemd_has_longer_to_stop_it_than_it_takes(self, unit):
        from metarr.rpc.doors.http import HttpServer
        from metarr.rpc.doors.server import GrpcServer

        graces = sum(door.stop.__defaults__[0] for door in (GrpcServer, HttpServer))
        assert int(unit["Service"]["TimeoutStopSec"]) > 2 * graces


def instructions() -> list[tuple[str, str]]:
    text = (PACKAGING / "Containerfile").read_text()
    lines = re.sub(r"\\\n\s*", "", "\n".join(line for line in text.splitlines() if not line.startswith("#")))
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines.splitlines() if line)]


def only(name: str) -> str:
    """The one instruction of that name."""
    [value] = [rest for word, rest in instructions() if word == name]
    return value


class TestContainerfile:
    KNOWN = frozenset(
        {
            "FROM",
            "WORKDIR",
            "COPY",
            "RUN",
            "USER",
            "ENV",
            "VOLUME",
            "EXPOSE",
            "STOPSIGNAL",
            "HEALTHCHECK",
            "ENTRYPOINT",
            "CMD",
        }
    )

    def test_every_instruction_is_one(self):
        assert {word for word, _ in instructions()} <= self.KNOWN

    def test_it_starts_a_command_that_exists_and_keeps_the_data_in_its_volume(self):
        command = [*yaml.safe_load(only("ENTRYPOINT")), *yaml.safe_load(only("CMD"))]
        check_command(command)
        assert command[command.index("--data-dir") + 1] == only("VOLUME")
        assert only("ENV") == f"METARR_DATA_DIR={only('VOLUME')}"  # for the commands that are run beside it
        ports = {command[command.index(door) + 1].rpartition(":")[2] for door in ("--grpc", "--http")}
        assert set(only("EXPOSE").split()) == ports

    def test_it_is_not_root(self):
        user, _, group = only("USER").partition(":")
        assert int(user) > 0
        assert int(group) > 0
        last_stage = [word for word, _ in instructions()][::-1].index("FROM")
        assert last_stage > [word for word, _ in instructions()][::-1].index("USER")

    def test_what_it_copies_is_there_and_is_all_that_a_build_needs(self):
        copied = [path for word, rest in instructions() if word == "COPY" for path in rest.split()[:-1]]
        assert all((ROOT / path).exists() for path in copied)
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        needed = {
            "pyproject.toml",
            project["project"]["readme"],
            *project["tool"]["setuptools"]["package-dir"].values(),
        }
        assert set(copied) == needed

    def test_its_python_is_pinned_and_new_enough(self):
        for word, rest in instructions():
            if word == "FROM":
                match = re.match(r"python:3\.(\d+)-slim-\w+", rest)
                assert match is not None
                assert int(match[1]) >= 11

    def test_its_health_is_asked_where_no_token_is_needed(self):
        from metarr.rpc.doors.gate import OPEN_PATHS

        [asked] = re.findall(r"http://127\.0\.0\.1:(\d+)(/\w+)", only("HEALTHCHECK"))
        assert asked[0] in only("EXPOSE").split()
        assert asked[1] in OPEN_PATHS


class TestCompose:
    @pytest.fixture
    def service(self) -> dict:
        compose = yaml.safe_load((PACKAGING / "compose.yaml").read_text())
        assert set(compose) == {"services", "volumes"}
        [service] = compose["services"].values()
        assert [volume.partition(":")[0] for volume in service["volumes"]] == list(compose["volumes"])
        return service

    def test_it_starts_a_command_that_exists_on_the_one_volume(self, service):
        check_command([yaml.safe_load(only("ENTRYPOINT"))[0], *service["command"]])
        [volume] = service["volumes"]
        assert volume.partition(":")[2] == only("VOLUME")
        assert f"--data-dir={only('VOLUME')}" in service["command"]
        assert "environment" not in service

    def test_it_builds_from_the_containerfile_for_both_architectures(self, service):
        context = (PACKAGING / service["build"]["context"]).resolve()
        assert context == ROOT
        assert (context / service["build"]["dockerfile"]).samefile(PACKAGING / "Containerfile")
        assert service["build"]["platforms"] == ["linux/amd64", "linux/arm64"]

    def test_it_has_no_more_rights_than_it_needs(self, service):
        assert service["user"] == only("USER")
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]

    def test_beside_a_jellyfin_it_is_the_same(self):
        beside = yaml.safe_load((PACKAGING / "compose.jellyfin.yaml").read_text())
        assert list(beside["services"]) == ["jellyfin"]
        assert [volume.partition(":")[0] for volume in beside["services"]["jellyfin"]["volumes"]] == list(
            beside["volumes"]
        )
        assert beside["services"]["jellyfin"]["ports"] == ["8096:8096"]

    def test_its_ports_are_those_of_the_command(self, service):
        published = {port.rpartition(":")[2] for port in service["ports"]}
        listened = {word.rpartition(":")[2] for word in service["command"] if word.startswith(("--grpc", "--http="))}
        assert published == listened
