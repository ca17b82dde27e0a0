"""Merging a title without a library: by its ids, or by its words; the library is left alone."""

from typing import Any

import pytest

from factories import source_of
from fakes import FakeClock
from harness import PROVIDERS, SECONDS, House, kinds, title, told
from metarr.domain.values import Kind
from metarr.errors import AllLimited, AllRefused, CannotDo, NobodyAnswered
from metarr.library.aggregate import Aggregated, AggregateWish

pytestmark = pytest.mark.slow

LIBRARY = ("items", "external_ids", "field_values", "change_sets", "pending_answers")


def aggregate(home: House, kind: Kind = Kind.MOVIE, **more: Any) -> Aggregated:
    defaults = {"ids": {}, "title": "", "year": 0, "providers": None, "force_refresh": False}
    wish = AggregateWish(kind=kind, deadline=home.clock.monotonic() + SECONDS, **{**defaults, **more})
    return home.services.titles.aggregate(wish)


def test_a_title_is_merged_by_its_ids_and_the_library_stays_as_it_is(home: House) -> None:
    before = home.rows(*LIBRARY)
    merged = aggregate(home, ids={"imdb": "tt1375666"})
    assert home.rows(*LIBRARY) == before
    assert kinds(merged.outcomes) == dict.fromkeys(PROVIDERS, "Answered")
    assert merged.item.id_values() == {
        "imdb": "tt1375666",
        "tmdb": "27205",
        "tvdb": "300113",
        "wikidata": "Q25188",
    }
    assert merged.item.fields["imdb_rating"].value == 8.8
    assert merged.item.fields["genres"].value == ("Action", "Science Fiction", "Adventure")


def test_it_says_the_same_as_an_enrichment(home: House) -> None:
    merged = aggregate(home, ids={"imdb": "tt0137523"})
    assert told(merged.item.fields) == told(home.enrich(home.add("fight-club")).item.fields)


@pytest.mark.parametrize("ids", [{"imdb": "tt0137523"}, {"tmdb": "550"}, {"tvdb": "300550"}])
def test_asked_twice_by_any_id_it_asks_nobody_again(home: House, clock: FakeClock, ids: dict[str, str]) -> None:
    first = aggregate(home, ids=ids)
    home.asked()
    second = aggregate(home, ids=ids)
    assert home.asked() == {}
    assert told(second.item.fields) == told(first.item.fields)
    clock.advance(1)
    aggregate(home, ids=ids, force_refresh=True)
    assert set(home.asked()) == set(PROVIDERS)


def test_what_was_looked_up_for_a_stranger_is_found_for_an_item(home: House) -> None:
    aggregate(home, ids={"imdb": "tt0137523"})
    home.asked()
    home.enrich(home.add("fight-club"))
    assert home.asked() == {}


def test_every_field_tells_who_says_otherwise(home: House) -> None:
    merged = aggregate(home, ids={"imdb": "tt0137523"})
    plots = {each.provider: each.value for each in merged.runners_up["plot"]}
    assert plots == {"omdb": title("fight-club").short_plot, "tvdb": title("fight-club").tvdb_overview}
    assert [each.value for each in merged.runners_up["runtime_minutes"]] == [140, 139]


@pytest.mark.parametrize(
    ("words", "year", "tmdb"),
    [("Inception", 2010, "27205"), ("inception", 2011, "27205"), ("Man of Steel", 1967, "334166")],
)
def test_a_title_is_found_by_its_words(home: House, words: str, year: int, tmdb: str) -> None:
    merged = aggregate(home, title=words, year=year)
    assert merged.item.ids["tmdb"].value == tmdb


@pytest.mark.parametrize(
    ("kind", "words", "year", "reason"),
    [
        (Kind.MOVIE, "Man of Steel", 0, "TITLE_AMBIGUOUS"),
        (Kind.MOVIE, "Inception", 0, "TITLE_AMBIGUOUS"),
        (Kind.SERIES, "Dallas", 0, "TITLE_AMBIGUOUS"),
        (Kind.MOVIE, "No Such Film At All", 0, "TITLE_UNKNOWN"),
    ],
)
def test_words_that_fit_several_or_none_are_for_the_owner_to_decide(
    home: House, kind: Kind, words: str, year: int, reason: str
) -> None:
    with pytest.raises(CannotDo) as caught:
        aggregate(home, kind, title=words, year=year)
    assert caught.value.reason == reason


def test_only_the_selected_are_asked(home: House) -> None:
    home.asked()
    merged = aggregate(home, ids={"imdb": "tt0137523"}, providers=frozenset({"omdb"}))
    assert home.asked() == {"omdb": 1}
    assert {source_of(stored) for stored in merged.item.fields.values()} == {"omdb"}


@pytest.mark.parametrize(
    ("fault", "error"),
    [("auth_refused", AllRefused), ("rate_limited_with_retry_after", AllLimited), ("error_500", NobodyAnswered)],
)
@pytest.mark.parametrize("named", [{"ids": {"imdb": "tt0137523"}}, {"title": "Fight Club"}], ids=["by_id", "by_words"])
def test_where_nobody_answers_it_says_why(
    home: House, fault: str, error: type[Exception], named: dict[str, Any]
) -> None:
    for provider in PROVIDERS:
        home.simulators.fault(provider, fault, retry_after=600)
    with pytest.raises(NobodyAnswered) as caught:
        aggregate(home, **named)
    assert type(caught.value) is error


class TestExplain:
    """An item of the library and its runners-up, out of the cache."""

    def test_an_item_shows_what_others_would_say_without_a_request(self, home: House) -> None:
        item_id = home.add("fight-club")
        home.enrich(item_id)
        home.asked()
        shown = home.services.library.show(item_id, why=True)
        assert home.asked() == {}
        assert [each.provider for each in shown.runners_up["plot"]] == ["omdb", "tvdb"]
        assert {each.why for each in shown.runners_up["plot"]} == {"stands lower in the field's order"}
        assert shown.item == home.item(item_id)

    def test_a_field_that_waits_says_for_whom(self, home: House) -> None:
        home.simulators.set_quota("omdb", 0)
        item_id = home.add("fight-club")
        home.enrich(item_id)
        shown = home.services.library.show(item_id, why=True)
        assert shown.waiting["imdb_rating"] == ("omdb",)
        assert shown.waiting["plot"] == ()
        assert shown.awaited["omdb"].reason == "quota_exhausted"

    def test_an_item_is_found_by_any_of_its_ids(self, home: House) -> None:
        item_id = home.add("fight-club")
        home.enrich(item_id)
        for reference in (item_id, ("imdb", "tt0137523"), ("tmdb", "550"), ("tvdb", "300550")):
            assert home.services.library.show(reference, why=False).item.id == item_id
