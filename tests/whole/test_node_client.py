"""A client in another language, made of the .proto files alone, with the access token and over TLS."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from certificates import self_signed
from metarr import tokens
from metarr.app import Daemon
from metarr.rpc.doors.access import Access, Tls
from simulators import KEYS, MOVIES, Simulators

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).parent / "node"
PROVIDERS = ("tmdb", "omdb", "tvdb", "fanart")


@pytest.fixture(scope="module")
def program(request: pytest.FixtureRequest) -> Path:
    """The script beside the packages that it needs, fetched once."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed")
    folder = request.config.cache.mkdir("node_client")
    wanted = (SCRIPT / "package.json").read_text()
    installed = folder / "installed.json"
    if not installed.exists() or installed.read_text() != wanted:
        shutil.copy(SCRIPT / "package.json", folder)
        command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
        fetched = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
        if fetched.returncode != 0:
            pytest.skip(f"npm cannot fetch the packages: {fetched.stderr.strip()[-300:]}")
        installed.write_text(wanted)
    shutil.copy(SCRIPT / "enrich.js", folder)
    return folder / "enrich.js"


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def daemon(tls: Tls, data_dir: Path) -> Iterator[Daemon]:
    with Simulators() as simulators:
        running = Daemon(data_dir, access=Access(require_token=True, tls=tls))
        running.start()
        for provider in PROVIDERS:
            settings = {"api_key": KEYS[provider], "base_url": simulators.base_urls[provider]}
            running.services.providers.update(provider, True, settings)
        yield running
        running.stop()


def run(program: Path, daemon: Daemon, tls: Tls, token_file: Path) -> subprocess.CompletedProcess[str]:
    movie = next(each for each in MOVIES if each.key == "fight-club")
    arguments = [daemon.grpc_address, ROOT / "proto", tls.certificate, token_file, movie.imdb]
    command = ["node", program, *arguments]
    environment = {"PATH": os.environ["PATH"]}
    return subprocess.run(command, capture_output=True, text=True, timeout=90, check=False, env=environment)


def test_it_enriches_an_item_and_reads_its_sources(program: Path, daemon: Daemon, tls: Tls, data_dir: Path):
    done = run(program, daemon, tls, data_dir / tokens.FILE_NAME)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["withoutToken"]["code"] == "UNAUTHENTICATED"
    assert told["withoutToken"]["reasonTold"]
    assert told["outcomes"] == dict.fromkeys(PROVIDERS, "STATUS_ANSWERED")
    assert (told["title"], told["year"]) == ("Fight Club", 1999)
    assert told["sources"]["imdb_rating"] == "omdb"
    assert told["sources"]["plot"] == "tmdb"
    assert told["sources"]["clearlogo"] == "fanart"
    assert told["plot"]


def test_with_a_wrong_token_it_gets_nothing(program: Path, daemon: Daemon, tls: Tls, tmp_path: Path):
    tokens.renew(tmp_path / "wrong")
    done = run(program, daemon, tls, tmp_path / "wrong")
    assert done.returncode != 0
    assert "16 UNAUTHENTICATED: this is not the access token" in done.stderr
    assert done.stdout == ""
