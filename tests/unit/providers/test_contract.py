"""Every provider of the product keeps the contract, whatever it is answered."""

import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import FakeHttp
from metarr.domain.fields import fields_of
from metarr.domain.values import Kind
from metarr.errors import ProviderError, TitleNotFound
from metarr.fetch.contract import Response
from metarr.providers.contract import (
    Ask,
    ListsEpisodes,
    LooksUp,
    Preferences,
    Provider,
    Query,
    Searches,
    SettingType,
    common_settings,
)
from unit.providers.contract import (
    COVERED,
    PROVIDERS,
    REGISTRY,
    Example,
    check_fragment,
    examples,
    json_like,
    mutated,
    said,
    words_of,
)


def _kinds(capability: type) -> pytest.MarkDecorator:
    """Every provider that is capable of it, with each kind that it covers."""
    capable = [(provider, kind) for provider, kind in COVERED if isinstance(provider, capability)]
    return pytest.mark.parametrize(("provider", "kind"), capable, ids=[f"{p.id}-{kind}" for p, kind in capable])


each_provider = pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.id)
each_kind = _kinds(Provider)
each_searching_kind = _kinds(Searches)
each_finding_kind = _kinds(LooksUp)
each_example = pytest.mark.parametrize("example", examples(), ids=lambda e: f"{e.provider.id}-{e.kind}")

KEY = "0123456789abcdef0123456789abcdef"
IDS = {"imdb": "tt0133093", "tmdb": "603", "tvdb": "169"}


def test_every_bundled_provider_can_be_loaded() -> None:
    assert REGISTRY.broken == ()
    assert {"omdb", "tmdb"} <= REGISTRY.providers.keys()


@each_provider
def test_every_covered_kind_has_an_example(provider: Provider) -> None:
    assert {e.kind for e in examples() if e.provider is provider} == provider.asks_by.keys()


@each_kind
def test_declared_fields_are_in_the_catalogue(provider: Provider, kind: Kind) -> None:
    assert provider.covers[kind] <= {field.name for field in fields_of(kind)}


@each_provider
def test_the_declaration_is_complete(provider: Provider) -> None:
    assert re.fullmatch("[a-z][a-z0-9_]+", provider.id)
    assert provider.name
    assert provider.attribution
    assert provider.homepage.startswith("https://")
    below = provider.covers.keys() - provider.asks_by.keys()
    assert below <= ({Kind.SEASON, Kind.EPISODE} if isinstance(provider, ListsEpisodes) else {Kind.SEASON})
    assert provider.parser_version >= 1


@each_provider
def test_settings_can_be_rendered(provider: Provider) -> None:
    keys = [setting.key for setting in provider.settings]
    assert len(set(keys)) == len(keys)
    shared = common_settings("", provider.limits)
    assert keys[-len(shared) :] == [setting.key for setting in shared]
    for setting in provider.settings:
        assert setting.label
        assert (setting.type is SettingType.CHOICE) == bool(setting.choices)
        assert not setting.choices or setting.default in setting.choices
        assert setting.type is not SettingType.SECRET or setting.default == ""


@each_provider
def test_the_key_is_asked_for_and_its_source_named(provider: Provider) -> None:
    secret = next(setting for setting in provider.settings if setting.key == "api_key")
    assert secret.type is SettingType.SECRET
    assert secret.required
    assert "https://" in secret.help
    assert not provider.configured({})
    assert provider.configured({"api_key": KEY})


@each_provider
def test_the_connection_follows_the_settings_and_keeps_the_key_out_of_the_address(provider: Provider) -> None:
    assert provider.connection({"api_key": KEY}).base_url.startswith("https://")
    moved = provider.connection({"api_key": KEY, "base_url": "https://127.0.0.1:8443/x"})
    assert moved.base_url == "https://127.0.0.1:8443/x"
    assert KEY not in moved.base_url


@each_kind
def test_asked_by_the_best_id_and_by_none(provider: Provider, kind: Kind) -> None:
    best = provider.asks_by[kind][0]
    assert provider.asked_id(kind, IDS) == f"{best}:{IDS[best]}"
    assert provider.asked_id(kind, {"other": "1"}) is None


@each_kind
def test_the_shape_is_a_function_of_its_arguments(provider: Provider, kind: Kind) -> None:
    def shape() -> str:
        wanted = Preferences(languages=("de-DE", "en"), country="DE")
        return provider.shape(kind, wanted, {"plot_length": "full"})

    assert shape() == shape()
    assert KEY not in provider.shape(kind, Preferences(), {"api_key": KEY})


@each_provider
@given(
    status=st.integers(100, 599),
    headers=st.dictionaries(st.sampled_from(["retry-after", "content-type"]), st.text(max_size=12)),
    body=st.one_of(
        st.binary(max_size=200),
        st.sampled_from([b"", b"null", b"[]", b"{}", b"<html></html>", b'{"status_code": {}}', b"[" * 5000]),
        st.sampled_from([b'{"Response":"False"}', b'{"Response":false,"Error":[]}', b'{"message":7}', b'{"a":1']),
    ),
)
def test_classify_never_raises(provider: Provider, status: int, headers: dict[str, str], body: bytes) -> None:
    verdict = provider.classify(Response(status=status, headers=headers, body=body))
    assert verdict is None or isinstance(verdict, ProviderError | TitleNotFound)
    assert verdict is not None or status < 400


@each_example
def test_an_example_is_read_without_trouble(example: Example) -> None:
    http = FakeHttp(example.answers)
    fragment = example.provider.details(example.ask, http)
    check_fragment(example.provider, example.kind, fragment)
    assert fragment.trouble == ()
    assert fragment.unread == frozenset()
    assert len(said(fragment)) > len(fragment.empty)
    id_type, _, asked = str(example.provider.asked_id(example.kind, example.ids)).partition(":")
    assert fragment.ids[id_type] == asked


@each_example
def test_the_same_answer_is_read_the_same(example: Example) -> None:
    first, second = (example.provider.details(example.ask, FakeHttp(example.answers)) for _ in range(2))
    assert first == second


@each_example
@given(data=st.data())
def test_a_mutated_answer_costs_fields_or_is_refused(example: Example, data: st.DataObject) -> None:
    answers = {
        path: body if path == "/login" else data.draw(mutated(body, words_of(example.provider)))
        for path, body in example.answers.items()
    }
    try:
        fragment = example.provider.details(example.ask, FakeHttp(answers))
    except (ProviderError, TitleNotFound):
        return
    check_fragment(example.provider, example.kind, fragment)


@each_example
def test_a_part_of_another_type_costs_no_other_field(example: Example) -> None:
    """Each top-level part in turn is a number in a list, which nobody expects anywhere."""
    path, body = max(example.answers.items(), key=lambda pair: len(str(pair[1])))
    holder = body["data"] if isinstance(body.get("data"), dict) else body
    whole = example.provider.details(example.ask, FakeHttp(example.answers))
    for key in list(holder):
        broken: dict[str, Any] = {**holder, key: [17]}
        changed = broken if holder is body else {**body, "data": broken}
        try:
            fragment = example.provider.details(example.ask, FakeHttp({**example.answers, path: changed}))
        except (ProviderError, TitleNotFound):
            continue
        check_fragment(example.provider, example.kind, fragment)
        assert said(whole).keys() - said(fragment).keys() <= fragment.unread, key


@each_kind
@given(data=st.data())
def test_any_json_is_read_or_refused(provider: Provider, kind: Kind, data: st.DataObject) -> None:
    body = data.draw(json_like(words_of(provider)))
    http = FakeHttp(default=body)
    ask = Ask(kind=kind, ids=IDS, settings={"api_key": KEY})
    with suppress(ProviderError, TitleNotFound):
        check_fragment(provider, kind, provider.details(ask, http))


@each_searching_kind
@given(data=st.data())
def test_any_json_is_searched_or_refused(provider: Searches, kind: Kind, data: st.DataObject) -> None:
    assert isinstance(provider, Provider)
    year = data.draw(st.sampled_from([0, 2010]))
    query = Query(kind=kind, title="Anything", year=year, settings={"api_key": KEY})
    http = FakeHttp(default=data.draw(json_like(words_of(provider))))
    with suppress(ProviderError, TitleNotFound):
        found = provider.search(query, http)
        assert all(candidate.provider == provider.id and candidate.kind == kind for candidate in found)
        assert all(candidate.ids and candidate.titles for candidate in found)


@each_finding_kind
@given(data=st.data())
def test_any_json_is_looked_up_or_refused(provider: LooksUp, kind: Kind, data: st.DataObject) -> None:
    assert isinstance(provider, Provider)
    http = FakeHttp(default=data.draw(json_like(words_of(provider))))
    with suppress(ProviderError, TitleNotFound):
        found = provider.lookup(Ask(kind=kind, ids=IDS, settings={"api_key": KEY}), http)
        assert found.keys() & set(provider.asks_by[kind])
