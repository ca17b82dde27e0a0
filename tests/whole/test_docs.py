"""The pages keep up with the code: whatever a person can set, call or meet is in them, and their examples run."""

import ast
import importlib.machinery
import importlib.util
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from typer.main import get_command

from harness import PROVIDERS, Live, live
from metarr import errors
from metarr.care.health import Condition
from metarr.cli import main
from metarr.cli.commands import app
from metarr.cli.show import RULES
from metarr.domain.fields import FIELDS, FieldType
from metarr.domain.freshness import TTL
from metarr.domain.outcome import Skip
from metarr.domain.values import Kind
from metarr.errors import Reason
from metarr.providers import registry
from metarr.providers.omdb import Omdb
from metarr.providers.tmdb import Tmdb
from metarr.rpc.errors import _CODES
from metarr.settings import DECLARED
from metarr_kodi import mapping
from ports import kept_free
from simulators import KEYS, Simulators
from whole.test_node_client import program as node_program  # noqa: F401 (a fixture: the packages that Node needs)

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    "proto/README.md",
    "server/README.md",
    "plugin_adapter/README.md",
    "plugin_adapter/kodi/README.md",
    "plugin_adapter/jellyfin/README.md",
)
SERVER = (ROOT / "server/README.md").read_text()
PROTO = (ROOT / "proto/README.md").read_text()
HTTP_DOOR, GRPC_DOOR = "http://127.0.0.1:50052", "127.0.0.1:50051"


def text_of(page: str) -> str:
    return (ROOT / page).read_text()


def block(page: str, mark: str) -> str:
    """The code block that follows a mark such as `<!-- file: service.py -->`."""
    found = re.findall(rf"<!-- {re.escape(mark)}[^\n]*-->\n```\w+\n(.*?)```", text_of(page), re.DOTALL)
    assert len(found) == 1, mark
    return found[0]


def script(name: str) -> ModuleType:
    """A script as a module."""
    loader = importlib.machinery.SourceFileLoader(name, str(ROOT / "scripts" / name))
    spec = importlib.util.spec_from_loader(name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


# What the code has is on the pages


@pytest.fixture
def gen_docs(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return script("gen_docs")


def test_what_is_generated_into_the_pages_is_fresh(gen_docs):
    assert gen_docs.stale() == [], "run scripts/gen_docs"
    assert set(re.findall(r"<!-- generated: ([a-z ]+) -->", PROTO + SERVER)) == set(gen_docs.SECTIONS)


def test_a_page_that_is_not_fresh_is_noticed(gen_docs):
    assert gen_docs.written(SERVER.replace("| `daily_at` |", "| `nightly_at` |")) == SERVER


def test_every_setting_of_metarr_is_documented():
    assert [each.key for each in DECLARED if f"| `{each.key}` |" not in SERVER] == []


@pytest.mark.parametrize("provider", registry.register(registry.bundled()).providers.values(), ids=lambda each: each.id)
def test_every_provider_is_documented_with_its_settings(provider):
    heading = f"#### {provider.name} (`{provider.id}`)"
    assert heading in SERVER
    own = re.split(r"\n#### |<!-- end", SERVER.partition(heading)[2])[0]
    assert [setting.key for setting in provider.settings if f"| `{setting.key}` |" not in own] == []
    secrets = [setting for setting in provider.settings if setting.type == "secret"]
    keys = text_of("README.md").partition("### Keys")[2].partition("\n\n**")[0]
    [row] = [line for line in keys.splitlines() if line.startswith(f"| {provider.name} |")]
    assert all(f"`{setting.key}`" in row for setting in secrets)
    told = {address for setting in secrets for address in re.findall(r"https://[^\s,]+[^\s,.]", setting.help)}
    assert told
    assert all(f"<{address}>" in row for address in told)


def rpcs() -> Iterator[tuple[str, str]]:
    for proto in sorted((ROOT / "proto").rglob("*.proto")):
        for service, body in re.findall(r"^service (\w+) \{(.*?)^\}", proto.read_text(), re.MULTILINE | re.DOTALL):
            yield from ((service, name) for name in re.findall(r"^  rpc (\w+)\(", body, re.MULTILINE))


def test_every_service_and_rpc_is_documented():
    found = list(rpcs())
    assert ("HealthService", "GetHealth") in found
    for service, name in found:
        own = re.split(r"\n####? ", PROTO.partition(f"#### {service}\n")[2])[0]
        assert f"| `{name}` |" in own, f"{service}.{name}"


@pytest.mark.parametrize(
    ("row", "kind"), [("films", "movie"), ("shows", "series"), ("seasons", "season"), ("episodes", "episode")]
)
def test_what_kodi_takes_and_cannot_take_is_documented(row, kind):
    [(written, not_written)] = re.findall(
        rf"^\| {row} \| (.*) \| (.*) \|$", text_of("plugin_adapter/kodi/README.md"), re.MULTILINE
    )
    assert [name for name in mapping.takes(kind) if not names_field(written, name)] == []
    assert [name for name in mapping.CANNOT[kind] if not names_field(not_written, name)] == []


def test_the_menus_that_kodi_s_page_names_are_there():
    strings = (
        ROOT / "plugin_adapter/kodi/script.metarr/resources/language/resource.language.en_gb/strings.po"
    ).read_text()
    page = " ".join(text_of("plugin_adapter/kodi/README.md").replace("**", "").split())
    named = {name for name in re.findall(r"(?<![*\w])\*(?! )([^*]+)\*", page) if "→" not in name}
    assert "Wrong title?" in named
    of_kodi = {"Settings", "Choose art", "Information", "Refresh", "Set content"}
    of_pages = {"Players"}
    addons = [path.read_text() for path in (ROOT / "plugin_adapter/kodi").glob("*/addon.xml")]
    labels = {label for text in addons for label in re.findall(r'<addon [^>]*? name="([^"]+)"|<label>([^<]+)<', text)}
    shown = of_kodi | of_pages | {name for pair in labels for name in pair}
    # A text may go on: "Use this: {provider}".
    assert sorted(name for name in named - shown if not re.search(rf'msgid "{re.escape(name)}[":]', strings)) == []


def names_field(cell: str, name: str) -> bool:
    """Whether a list of words names a field: by its label, or by the family that it belongs to."""
    if name == "ids":
        return "external ids" in cell
    field = FIELDS[name]
    families = {
        "artwork": field.type is FieldType.ARTWORK,
        "rating": name.endswith(("_rating", "_votes", "_score")),
        "original and sort title": name in ("original_title", "sort_title"),
        "the number": name.endswith("_number"),
    }
    label = re.sub(r" \(.*", "", field.label).lower()
    return label in cell or any(applies and words in cell for words, applies in families.items())


def commands(found: Any = None, name: str = "metarr") -> Iterator[str]:
    found = found or get_command(app)
    if not hasattr(found, "commands"):
        yield name
    for word, nested in getattr(found, "commands", {}).items():
        if not nested.hidden:
            yield from commands(nested, f"{name} {word}")


def test_every_command_and_every_option_of_the_daemon_is_documented():
    assert [name for name in commands() if f"| `{name}` |" not in SERVER] == []
    serve = get_command(app).commands["serve"]
    options = {option for parameter in serve.params for option in parameter.opts} - {"-h", "--help"}
    assert [option for option in sorted(options) if f"`{option}`" not in SERVER] == []


def reasons() -> dict[str, set[str]]:
    """Every reason that an error of this code can have, with the statuses it travels with ("" where it stays)."""
    codes = {kind.__name__: code.name for kind, code in _CODES}
    found: dict[str, set[str]] = {}
    for name, kind in vars(errors).items():
        if isinstance(kind, type) and issubclass(kind, errors.MetarrError) and kind is not errors.MetarrError:
            found.setdefault(kind.reason, set()).add(codes[name])
    for path in (ROOT / "server" / "metarr").rglob("*.py"):
        if "v1" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in codes:
                for told in (*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "reason")):
                    if isinstance(told, ast.Constant) and re.fullmatch(r"[A-Z_]{4,}", str(told.value)):
                        found.setdefault(str(told.value), set()).add(codes[node.func.id])
    return found


def test_every_error_reason_is_documented_with_its_status():
    found, section = reasons(), PROTO.partition("\n## Errors\n")[2].partition("\n## ")[0]
    assert {"ITEM_NOT_FOUND", "ID_TAKEN", "CANNOT_LISTEN"} <= found.keys()
    with_status = dict(re.findall(r"^\| `([A-Z_]+)` \| ([A-Z_, ]+) \| \S", section, re.MULTILINE))
    at_home = set(re.findall(r"^\| `([A-Z_]+)` \| [A-Z`][^|]*[a-z][^|]*\|$", section, re.MULTILINE))
    assert sorted({*with_status, *at_home}) == sorted(found)
    for reason, statuses in with_status.items():
        assert set(statuses.split(", ")) == found[reason], reason


def test_every_reason_for_a_missing_answer_is_documented():
    told = dict(re.findall(r"^\| `([a-z_]+)` \| (STATUS_\w+) \| \S", PROTO, re.MULTILINE))
    expected = {str(reason): "STATUS_UNAVAILABLE" for reason in Reason}
    assert told == expected | {str(reason): "STATUS_NOT_ASKED" for reason in Skip}


def test_every_rule_and_every_trouble_of_a_provider_is_explained():
    assert [words for words in RULES.values() if f"*{words}*" not in SERVER] == []
    troubles = set(Condition) - {Condition.OK, Condition.DISABLED}
    assert [each for each in troubles if f"| A provider is *{each.replace('_', ' ')}*" not in SERVER] == []


def test_the_messages_that_are_explained_are_those_that_are_told():
    symptoms = re.findall(
        r"^\| (\*.+?\*) \|", SERVER.partition("## Troubleshooting")[2].partition("\n## ")[0], re.MULTILINE
    )
    parts = [part.strip() for each in symptoms for part in re.split(r"\*, \*|…", each.strip("*")) if part.strip()]
    source = "".join(path.read_text() for path in (ROOT / "server" / "metarr").rglob("*.py"))
    assert "the port is taken" in parts
    assert [part for part in parts if part not in source] == []


def test_the_layers_on_the_page_are_those_that_are_checked():
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    [layers] = [each["layers"] for each in contracts if each["type"] == "layers"]
    checked = [re.sub(r"metarr\.|[()]", "", layer) for layer in layers]
    assert block("server/README.md", "layers").splitlines() == checked


def test_what_tmdb_alone_lacks_is_told():
    told = re.search(r"What it does not have: (.*?)\n\n", text_of("README.md"), re.DOTALL)
    assert told is not None
    others = [each for each in registry.register(registry.bundled()).providers.values() if each.id != "tmdb"]
    lacking = {
        name
        for kind in (Kind.MOVIE, Kind.SERIES)
        for each in others
        for name in each.covers[kind] - Tmdb.covers[kind]
        if not {"tmdb"} >= set(FIELDS[name].order)
    }
    assert set(re.findall(r"`(\w+)`", told[1])) == lacking


def test_what_is_told_of_omdbs_quota_follows_from_it():
    quota, page = Omdb.limits.daily_quota, " ".join(text_of("README.md").split())
    titles = 5000
    assert f"**{quota:,} OMDb calls a day** cover {titles:,} titles in {titles // quota} days" in page
    assert f"fresh for {TTL.days} days, so keeping {titles:,} titles fresh takes about 715 calls" in page
    assert 714 < titles / TTL.days < 715
    assert f"From {quota * TTL.days:,} titles on" in page


# What the pages name exists


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str):
    text = re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        file = (ROOT / page).parent / path if path else ROOT / page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file.read_text()), target


@pytest.mark.parametrize("page", PAGES)
def test_every_path_exists(page: str):
    text = re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL)
    bases = (ROOT, ROOT / "server" / "metarr", ROOT / "proto", (ROOT / page).parent)
    named = re.findall(r"`((?:[\w.-]+/)+(?:[\w*.-]+)?)`", text)
    for path in named:
        if path not in ("backups/", "images/", "dist/kodi"):  # in the data directory, and made by a script
            assert any([*base.glob(path)] for base in bases), path


@pytest.mark.parametrize("page", PAGES)
def test_every_command_exists_with_its_options(page: str):
    blocks = re.findall(r"```(?:sh|console)\n(.*?)```", text_of(page), re.DOTALL)
    lines = [line.removeprefix("$ ") for each in blocks for line in each.splitlines()]
    inline = re.findall(r"`((?:metarr|scripts/)[^`\n]+)`", text_of(page))
    for line in [*lines, *inline]:
        words = line.partition(" #")[0].split()
        if words and words[0].startswith("scripts/"):
            assert (ROOT / words[0]).exists(), line
        if words and words[0] == "metarr":
            check_command(words)


@cache
def root() -> Any:
    return get_command(app)


def check_command(words: list[str]) -> None:
    found, rest = root(), words[1:]
    if rest[-1] in ("-h", "--help"):
        return
    while rest and hasattr(found, "commands") and rest[0] in found.commands:
        found = found.commands[rest.pop(0)]
    assert not (rest and hasattr(found, "commands") and not rest[0].startswith("--")), words
    options = {option for parameter in found.params for option in parameter.opts} | {"-h", "--help"}
    assert {word.partition("=")[0] for word in rest if word.startswith("--")} <= options, words


def test_a_command_that_does_not_exist_is_noticed():
    for wrong in ("metarr helth", "metarr library sow 1", "metarr enrich 1 --froce"):
        with pytest.raises(AssertionError):
            check_command(wrong.split())


# What the pages show runs


@pytest.fixture(scope="module")
def daemon(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    running_simulators.reset()
    with live(tmp_path_factory.mktemp("data")) as running:
        running.configure(running_simulators, *PROVIDERS)
        yield running


@pytest.fixture
def metarr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs a line of a page against a daemon; what it asks for is read from `stdin`. Returns what it prints."""

    def run(line: str, running: Live, stdin: str = "") -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        words = shlex.split(line, comments=True)
        assert words[0] == "metarr"
        with pytest.raises(SystemExit) as ended:
            main([*words[1:], "--server", running.daemon.grpc_address])
        told = capsys.readouterr()
        assert not ended.value.code, f"{line}: {told.err}"
        return told.out

    return run


def test_getting_started_works_as_it_is_told(daemon, metarr):
    lines = block("README.md", "commands: getting started").splitlines()
    printed = [metarr(line, daemon, stdin=KEYS["tmdb"] + "\n") for line in lines]
    assert len(printed) == 5
    assert "The Matrix" in printed[-1]


def curl_commands() -> list[str]:
    joined = block("proto/README.md", "example: curl").replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.startswith("curl ")]


def curl(line: str, running: Live) -> Any:
    program = shutil.which("curl")
    if program is None:
        pytest.skip("there is no curl here")
    words = [program, "--silent", "--noproxy", "*", *shlex.split(line.replace(HTTP_DOOR, running.url))[1:]]
    ended = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    return json.loads(ended.stdout)


def test_the_examples_for_curl_work(daemon):
    lines = curl_commands()
    answers = {line.rpartition("/")[2]: curl(line, daemon) for line in lines}
    assert len(answers) == len(lines) == 7
    assert [name for name, answer in answers.items() if "code" in answer] == []
    assert {each["provider"] for each in answers["Enrich"]["outcomes"]} == set(PROVIDERS)
    plot = next(each for each in answers["GetItem"]["item"]["fields"] if each["name"] == "plot")
    assert plot["source"] == "tmdb"
    assert plot["runnersUp"]
    tagline = next(each for each in answers["UpdateItem"]["item"]["fields"] if each["name"] == "tagline")
    assert (tagline["value"], tagline["locked"]) == ("Mine", True)
    assert answers["ListJobs"]["jobs"]


def test_an_error_looks_as_it_is_shown(daemon):
    shown = json.loads(block("proto/README.md", "example: error of GetItem"))
    asked = f'curl --json \'{{"itemId": "imdb:tt9999999"}}\' {HTTP_DOOR}/metarr.v1.LibraryService/GetItem'
    assert curl(asked, daemon) == shown


def printed() -> str:
    """What the page says that the Python example prints."""
    return re.findall(r"It prints, where .*?```text\n(.*?)```", PROTO, re.DOTALL)[0]


@pytest.mark.slow
def test_the_example_for_python_works(daemon, tmp_path):
    path = tmp_path / "example.py"
    path.write_text(block("proto/README.md", "example: python").replace(GRPC_DOOR, daemon.daemon.grpc_address))
    environment = {**os.environ, "no_proxy": "*", "no_grpc_proxy": "127.0.0.1"}
    ended = subprocess.run(
        [sys.executable, path], capture_output=True, text=True, timeout=60, check=False, env=environment
    )
    assert (ended.stdout, ended.returncode) == (printed(), 0), ended.stderr


@pytest.mark.e2e
def test_the_example_for_node_works(daemon, node_program):  # noqa: F811 (the fixture)
    path = node_program.with_name("page.js")
    path.write_text(block("proto/README.md", "example: node").replace(GRPC_DOOR, daemon.daemon.grpc_address))
    environment = {"PATH": os.environ["PATH"], "no_grpc_proxy": "127.0.0.1"}
    command = ["node", path]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert ended.stdout.splitlines() == printed().splitlines()[:2], ended.stderr


# The worked example of a provider

EXAMPLE = ("service.py", "metarr_shelf.py", "pyproject.toml", "test_metarr_shelf.py")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the page tells to make, its files word for word."""
    folder = tmp_path_factory.mktemp("example") / "metarr-shelf"
    folder.mkdir()
    for name in EXAMPLE:
        (folder / name).write_text(block("server/README.md", f"file: {name}"))
    return folder


@contextmanager
def service(folder: Path) -> Iterator[str]:
    """The page's service, on a free port; its address."""
    with kept_free() as port:
        served = (folder / "service.py").read_text().replace("8090", str(port))
        with subprocess.Popen([sys.executable, "-c", served], stderr=subprocess.DEVNULL) as serving:
            try:
                wait_for(f"http://127.0.0.1:{port}/")
                yield f"http://127.0.0.1:{port}"
            finally:
                serving.terminate()


def wait_for(url: str) -> None:
    for _ in range(1200):
        try:
            urlopen(url, timeout=5).close()
        except HTTPError as error:
            error.close()
            return
        except OSError:
            time.sleep(0.05)  # another process starts: nothing tells when
    pytest.fail(f"{url} does not answer")


@pytest.mark.slow
def test_a_provider_written_by_the_page_enriches_an_item(example, tmp_path, monkeypatch, metarr):
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--no-build-isolation", "--target", site, example], check=True, timeout=300)
    monkeypatch.syspath_prepend(str(site))
    with service(example) as url, live(tmp_path / "data") as running:
        lines = block("server/README.md", "commands: shelf").replace("http://127.0.0.1:8090", url).splitlines()
        assert len(lines) == 6
        told = [metarr(line, running, stdin="open-sesame\n") for line in lines]
        item = running.call("Library", "GetItem", {"itemId": "imdb:tt0137523"})["item"]
    assert told[-1] == "The one with the soap. Watch it with Ada.\tshelf\n"
    assert {field["name"]: field["source"] for field in item["fields"]} == dict.fromkeys(
        ("title", "plot", "tags", "poster"), "shelf"
    )


@pytest.mark.slow
def test_the_tests_of_the_worked_example_pass(example):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_metarr_shelf.py"]
    environment = {**os.environ, "PYTHONPATH": str(example)}
    ended = subprocess.run(
        command, cwd=example, capture_output=True, text=True, timeout=120, check=False, env=environment
    )
    assert "3 passed" in ended.stdout, ended.stdout
