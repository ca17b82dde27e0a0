"""Discovery: bundled and installed providers come in through one door, and a broken one costs only itself."""

import shutil
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from fakes import FakeHttp
from metarr.domain.values import Kind
from metarr.errors import BadAnswer, ProviderError, TitleNotFound
from metarr.fetch.contract import Connection, Http, Limits, Response
from metarr.providers import guard
from metarr.providers.contract import Ask, Provider, Setting, SettingType, SettingValue, common_settings
from metarr.providers.registry import GROUP, BrokenProvider, Discovered, bundled, declaration_faults, discover, register

TVMAZE = Path(__file__).parents[2] / "plugins" / "metarr_tvmaze"
BUNDLED = {"tmdb", "omdb", "tvdb", "fanart"}

MODULE = """
from metarr.domain.outcome import Fragment
from metarr.domain.values import Kind
from metarr.fetch.contract import Connection, Limits
from metarr.providers.contract import Provider, common_settings

LIMITS = Limits()

class Synthetic(Provider):
    id = {provider_id!r}
    name = "Synthetic"
    homepage = "https://synthetic.example"
    settings = common_settings("https://synthetic.example", LIMITS)
    limits = LIMITS
    covers = {{Kind.MOVIE: frozenset({{"title"}})}}
    asks_by = {{Kind.MOVIE: ("imdb",)}}

    def connection(self, settings):
        return Connection(base_url="https://synthetic.example")

    def classify(self, response):
        return None

    def details(self, ask, http):
        {details}

    def check(self, http, settings):
        http.get("/")
"""
ANSWERS = 'return Fragment(provider=self.id, kind=ask.kind, values={"title": self.id})'


def announce(folder: Path, distribution: str, points: Mapping[str, str]) -> None:
    """What installing a package leaves behind about its entry points."""
    info = folder / f"{distribution}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    rows = "".join(f"{name} = {value}\n" for name, value in points.items())
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{rows}")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that Python imports from, until the test is over."""
    known = set(sys.modules)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in set(sys.modules) - known:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def write(site: Path, module: str, source: str) -> None:
    (site / f"{module}.py").write_text(textwrap.dedent(source), encoding="utf-8")


def synthetic(provider_id: str, details: str = ANSWERS) -> str:
    return MODULE.format(provider_id=provider_id, details=details)


class TestBundled:
    def test_the_bundled_providers_are_there_in_order(self) -> None:
        registry = register(bundled())
        assert list(registry.providers) == sorted(BUNDLED)
        assert registry.broken == ()

    def test_discovery_finds_them_without_any_package(self, tmp_path: Path) -> None:
        assert set(discover([str(tmp_path)]).providers) == BUNDLED

    def test_each_bears_its_own_id(self) -> None:
        registry = register(bundled())
        assert all(provider.id == provider_id for provider_id, provider in registry.providers.items())


class TestInstalled:
    def test_a_package_is_found_through_its_entry_point(self, site: Path) -> None:
        write(site, "extra", synthetic("extra"))
        announce(site, "metarr-extra", {"extra": "extra:Synthetic"})
        registry = discover([str(site)])
        assert set(registry.providers) == BUNDLED | {"extra"}

    def test_an_entry_point_may_name_a_module(self, site: Path) -> None:
        write(site, "whole_module", synthetic("extra"))
        announce(site, "metarr-extra", {"extra": "whole_module"})
        assert "extra" in discover([str(site)]).providers

    def test_a_bundled_provider_keeps_its_name(self, site: Path) -> None:
        write(site, "impostor", synthetic("tmdb"))
        announce(site, "metarr-impostor", {"tmdb": "impostor:Synthetic"})
        registry = discover([str(site)])
        assert type(registry.providers["tmdb"]).__module__ == "metarr.providers.tmdb"
        assert registry.broken == (
            BrokenProvider(
                name="tmdb", origin="metarr-impostor (impostor:Synthetic)", why="the name 'tmdb' is taken"
            ),
        )  # fmt: skip

    def test_of_two_packages_the_first_by_name_has_the_id(self, site: Path) -> None:
        for name in ("second", "first"):
            write(site, f"{name}_module", synthetic("same"))
            announce(site, f"metarr-{name}", {"same": f"{name}_module:Synthetic"})
        registry = discover([str(site)])
        assert type(registry.providers["same"]).__module__ == "first_module"
        assert [broken.origin for broken in registry.broken] == ["metarr-second (second_module:Synthetic)"]

    def test_a_package_found_twice_counts_once(self, site: Path) -> None:
        write(site, "extra", synthetic("extra"))
        announce(site, "metarr-extra", {"extra": "extra:Synthetic"})
        announce(site / "again", "metarr-extra", {"extra": "extra:Synthetic"})
        assert discover([str(site), str(site / "again")]).broken == ()

    def test_metadata_of_others_that_cannot_be_read_harms_nobody(self, site: Path) -> None:
        write(site, "extra", synthetic("extra"))
        announce(site, "metarr-extra", {"extra": "extra:Synthetic"})
        info = site / "ruin-1.0.dist-info"
        info.mkdir()
        (info / "entry_points.txt").write_bytes(b"[metarr.providers]\n\xff\xfe = ???\n")
        with capture_logs():
            assert "extra" in discover([str(site)]).providers

    def test_thirty_providers_work_side_by_side(self, site: Path) -> None:
        names = [f"synthetic_{number:02}" for number in range(30)]
        for name in names:
            write(site, name, synthetic(name))
        announce(site, "metarr-thirty", {name: f"{name}:Synthetic" for name in names})
        registry = discover([str(site)])
        assert list(registry.providers) == sorted({*BUNDLED, *names})
        ask = Ask(kind=Kind.MOVIE, ids={"imdb": "tt0133093"})
        for name in names:
            assert guard.details(registry.providers[name], ask, FakeHttp()).values == {"title": name}


class TestBroken:
    @pytest.mark.parametrize(
        ("source", "why"),
        [
            ("raise RuntimeError('cannot\\n start')", "RuntimeError: cannot start"),
            ("import no_such_module_anywhere", "ModuleNotFoundError: No module named 'no_such_module_anywhere'"),
            ("raise SystemExit(3)", "SystemExit: 3"),
            ("def broken(:", "SyntaxError"),
            ("x = 1", "AttributeError: module 'bad' has no attribute 'Synthetic'"),
            ("Synthetic = 7", "this is no provider class"),
            ("Synthetic = dict", "this is no provider class"),
            ("class Synthetic:\n    def __getattr__(self, name):\n        raise OSError", "this is no provider class"),
            ("raise ValueError('x' * 5000)", "ValueError: xxx"),
        ],
    )
    def test_a_package_that_cannot_be_loaded_is_reported_and_the_others_work(
        self, site: Path, source: str, why: str
    ) -> None:
        write(site, "bad", source)
        write(site, "good", synthetic("good"))
        announce(site, "metarr-bad", {"bad": "bad:Synthetic"})
        announce(site, "metarr-good", {"good": "good:Synthetic"})
        with capture_logs() as logs:
            registry = discover([str(site)])
        assert set(registry.providers) == BUNDLED | {"good"}
        (broken,) = registry.broken
        assert (broken.name, broken.origin) == ("bad", "metarr-bad (bad:Synthetic)")
        assert broken.why.startswith(why)
        assert len(broken.why) <= 300
        assert "Traceback" not in broken.why
        assert [(entry["event"], entry["exc_info"]) for entry in logs] == [("provider_not_loaded", True)]

    def test_a_constructor_that_fails_is_reported(self, site: Path) -> None:
        write(site, "bad", synthetic("bad") + "\n    def __init__(self):\n        raise ValueError('no licence')\n")
        announce(site, "metarr-bad", {"bad": "bad:Synthetic"})
        (broken,) = discover([str(site)]).broken
        assert broken.why == "ValueError: no licence"

    @pytest.mark.parametrize(
        ("method", "why"),
        [
            ("connection(self, settings): return settings['nothing']", "KeyError: 'nothing'"),
            (
                "connection(self, settings): return 'https://x.example'",
                "of another type than promised: what connection",
            ),
            ("configured(self, settings): return None", "of another type than promised: what configured"),
            ("shape(self, kind, preferences, settings): return 7", "of another type than promised: what shape"),
            ("asked_id(self, kind, ids): return ids['imdb']", "KeyError: 'imdb'"),
            ("asked_id(self, kind, ids): return 7", "of another type than promised: what asked_id"),
        ],
    )
    def test_what_is_called_without_a_request_is_tried_out(self, site: Path, method: str, why: str) -> None:
        write(site, "bad", synthetic("bad") + f"\n    def {method}\n")
        announce(site, "metarr-bad", {"bad": "bad:Synthetic"})
        registry = discover([str(site)])
        assert set(registry.providers) == BUNDLED
        (broken,) = registry.broken
        assert broken.why.startswith(why)

    @pytest.mark.parametrize(
        ("details", "outcome"),
        [
            ("raise ZeroDivisionError", BadAnswer),
            ("return {'title': 'x'}", BadAnswer),
            ("from metarr.errors import TitleNotFound; raise TitleNotFound('none')", TitleNotFound),
        ],
    )
    def test_a_provider_that_fails_in_a_call_costs_only_itself(
        self, site: Path, details: str, outcome: type[Exception]
    ) -> None:
        write(site, "bad", synthetic("bad", details))
        write(site, "good", synthetic("good"))
        announce(site, "metarr-bad", {"bad": "bad:Synthetic"})
        announce(site, "metarr-good", {"good": "good:Synthetic"})
        providers = discover([str(site)]).providers
        ask = Ask(kind=Kind.MOVIE, ids={"imdb": "tt0133093"})
        with pytest.raises(outcome):
            guard.details(providers["bad"], ask, FakeHttp())
        assert guard.details(providers["good"], ask, FakeHttp()).values == {"title": "good"}


LIMITS = Limits()


class Sound(Provider):
    """Declares everything as it should be; tests change one thing of it."""

    id = "sound"
    name = "Sound"
    homepage = "https://sound.example"
    settings = common_settings("https://sound.example", LIMITS)
    limits = LIMITS
    covers = {Kind.MOVIE: frozenset({"title"})}
    asks_by = {Kind.MOVIE: ("imdb",)}

    def connection(self, settings: Mapping[str, Any]) -> Connection:
        return Connection(base_url="https://sound.example")

    def classify(self, response: Response) -> ProviderError | TitleNotFound | None:
        return None

    def details(self, ask: Ask, http: Http) -> Any:
        return None

    def check(self, http: Http, settings: Mapping[str, SettingValue]) -> None:
        return None


KEY = Setting(key="api_key", label="Key", type=SettingType.SECRET)


class TestDeclarations:
    def test_a_sound_one_has_no_fault(self) -> None:
        assert list(declaration_faults(Sound)) == []

    @pytest.mark.parametrize(
        ("changed", "fault"),
        [
            ({"id": "Sound"}, "id is not"),
            ({"id": "s"}, "id is not"),
            ({"id": "so-und"}, "id is not"),
            ({"id": "s" * 33}, "id is not"),
            ({"id": 7}, "id is not"),
            ({"id": "owner"}, "the id 'owner' is reserved"),
            ({"id": "player"}, "the id 'player' is reserved"),
            ({"id": "import"}, "the id 'import' is reserved"),
            ({"name": ""}, "name is no text"),
            ({"homepage": None}, "homepage is no text"),
            ({"attribution": None}, "attribution is no text"),
            ({"settings": None}, "settings is no list of settings"),
            ({"settings": ("api_key",)}, "settings is no list of settings"),
            ({"settings": (KEY, KEY)}, "settings declared twice: api_key"),
            ({"settings": (Setting(key="API key", label="Key"),)}, "settings with unusable keys: 'API key'"),
            (
                {"settings": (Setting(key="api_key", label="Key", type="secret"),)},
                "the setting 'api_key' has no SettingType",
            ),
            (
                {"settings": (Setting(key="tags", label="Tags", type=SettingType.TEXTS),)},
                "the setting 'tags' is of several texts",
            ),
            ({"limits": None}, "limits are not declared"),
            ({"limits": Limits(per_second=0)}, "limits: per_second is not above 0"),
            ({"limits": Limits(per_second=float("nan"))}, "limits: per_second is not above 0"),
            ({"limits": Limits(per_second="5")}, "limits: per_second is not above 0"),
            ({"limits": Limits(daily_quota=-1)}, "limits: daily_quota is below 0"),
            ({"limits": Limits(workers=0)}, "limits: workers is below 1"),
            ({"covers": {}}, "covers names no field"),
            ({"covers": None}, "covers names no field"),
            ({"covers": {"film": frozenset({"title"})}}, "covers names an unknown kind: 'film'"),
            ({"covers": {Kind.MOVIE: frozenset({"title", "colour"})}}, "covers: no field of a movie: colour"),
            ({"covers": {Kind.MOVIE: frozenset({"networks"})}}, "covers: no field of a movie: networks"),
            ({"covers": {Kind.MOVIE: ["title"]}}, "covers: movie has no frozenset of fields"),
            ({"asks_by": {}}, "asks_by names no id for a movie"),
            ({"asks_by": {Kind.MOVIE: ()}}, "asks_by names no id for a movie"),
            ({"asks_by": {Kind.MOVIE: "imdb"}}, "asks_by names no id for a movie"),
            ({"details": 7}, "details is no method"),
            ({"search": "yes"}, "search is no method"),
            ({"lookup": Sound.details}, "lookup and looks_up_by are not declared together"),
            ({"looks_up_by": {Kind.MOVIE: ("imdb",)}}, "lookup and looks_up_by are not declared together"),
            (
                {"lookup": Sound.details, "looks_up_by": {Kind.MOVIE: "imdb"}},
                "looks_up_by is no mapping of kinds to id types",
            ),
            ({"country": "us"}, "country is no code of ISO 3166-1: 'us'"),
            ({"country": None}, "country is no code of ISO 3166-1: None"),
            ({"parser_version": 0}, "parser_version is no number above 0"),
            ({"parser_version": "2"}, "parser_version is no number above 0"),
        ],
    )
    def test_a_fault_is_told_and_keeps_the_provider_out(self, changed: dict[str, Any], fault: str) -> None:
        wrong = type("Wrong", (Sound,), changed)
        (told,) = declaration_faults(wrong)
        assert told.startswith(fault)
        with capture_logs():
            registry = register([Discovered(name="wrong", origin="a test", load=lambda: wrong)])
        assert registry.providers == {}
        assert [broken.why for broken in registry.broken] == [told]

    def test_missing_methods_are_named(self) -> None:
        class Half(Provider):
            id = "half"
            name = "Half"
            homepage = "https://half.example"
            settings = ()
            limits = LIMITS
            covers = {Kind.MOVIE: frozenset({"title"})}
            asks_by = {Kind.MOVIE: ("imdb",)}

        faults = list(declaration_faults(Half))
        assert faults == ["it does not implement check, classify, connection, details"]

    def test_every_fault_is_told_at_once(self) -> None:
        wrong = type("Wrong", (Sound,), {"id": "X", "limits": None, "covers": {}})
        with capture_logs():
            (broken,) = register([Discovered(name="wrong", origin="a test", load=lambda: wrong)]).broken
        assert broken.why.count(";") == 2


class TestPackage:
    """The fifth provider, as somebody else would ship it."""

    def test_its_own_metadata_makes_it_known(self, site: Path) -> None:
        project = tomllib.loads((TVMAZE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        shutil.copy(TVMAZE / "metarr_tvmaze.py", site)
        announce(site, project["name"], project["entry-points"][GROUP])
        registry = discover([str(site)])
        assert set(registry.providers) == BUNDLED | {"tvmaze"}
        assert registry.broken == ()
        show = {"id": 82, "name": "Any Show", "summary": "<p>Told.</p>"}
        http = FakeHttp({"/shows/82": show, "/shows/82/images": []})
        ask = Ask(kind=Kind.SERIES, ids={"tvmaze": "82"})
        assert guard.details(registry.providers["tvmaze"], ask, http).values == {"title": "Any Show", "plot": "Told."}

    @pytest.mark.slow
    def test_installing_it_makes_it_known(self, site: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
        source = tmp_path_factory.mktemp("source") / "metarr_tvmaze"
        shutil.copytree(TVMAZE, source, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
        subprocess.run([*pip, "--target", str(site), str(source)], check=True, capture_output=True)
        registry = discover([str(site)])
        assert set(registry.providers) == BUNDLED | {"tvmaze"}
        assert type(registry.providers["tvmaze"]).__module__ == "metarr_tvmaze"


def test_a_plugin_written_for_the_former_homes_of_the_names_still_finds_them():
    from metarr.domain import item, model, outcome, values
    from metarr.providers import base, contract, reading

    for former, homes in ((model, (item, outcome, values)), (base, (contract, reading))):
        for home in homes:
            own = [name for name, what in vars(home).items() if getattr(what, "__module__", "") == home.__name__]
            assert [name for name in own if not name.startswith("_") and not hasattr(former, name)] == []
