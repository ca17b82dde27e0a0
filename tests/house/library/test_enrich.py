"""Enriching items of the library, through the simulators: real HTTP, the real store, and a clock that the test owns."""

import dataclasses
import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from msgspec.structs import replace

from factories import source_of
from fakes import FakeClock
from harness import PROVIDERS, SECONDS, House, house, kinds, title, told
from metarr.asking import arrivals
from metarr.asking.gather import Inquiry
from metarr.domain.authority import FieldRule
from metarr.domain.item import Conflict, FieldValue, IdClaim, MediaItem, Rule
from metarr.domain.outcome import Answered, NotAsked
from metarr.domain.subject import Subject
from metarr.domain.values import Kind
from metarr.errors import AllLimited, AllRefused, CannotDo, NobodyAnswered, NoSuchThing, VersionMoved
from simulators import Simulators

ALL_ANSWERED = {"fanart": "Answered", "omdb": "Answered", "tmdb": "Answered", "tvdb": "Answered"}
DAY = timedelta(days=1)
EXPECTED = {
    # TMDB's day is the American one of its release rows, not the earlier premiere; TVDB's runtime is 140.
    "fight-club": {
        "plot": ("A sleepless claims adjuster meets a soap maker", "tmdb"),
        "outline": ("A bored office worker starts brawling", "omdb"),
        "release_date": ("1999-10-06", "tmdb"),
        "runtime_minutes": (139, "tmdb"),
        "certification": ("R", "tmdb"),
        "genres": (("Drama", "Thriller"), "tmdb"),
        "imdb_rating": (8.8, "omdb"),
        "imdb_votes": (2345678, "omdb"),
        "tmdb_rating": (8.438, "tmdb"),
        "rotten_tomatoes_score": (81, "omdb"),
        "metacritic_score": (67, "omdb"),
        "awards": ("Nominated for 1 Oscar. 12 wins & 38 nominations total", "omdb"),
    },
    # TMDB has no plot, runtime and rating (0 is none there), OMDb none of its ratings.
    "man-of-steel-1967": {
        "plot": ("A foundry worker and his union.", "omdb"),
        "runtime_minutes": None,
        "tmdb_rating": None,
        "imdb_rating": None,
        "release_date": ("1967-03-25", "tmdb"),
    },
    # No English plot on TMDB: the next in order has one. fanart.tv has a background only.
    "seven-samurai": {
        "plot": ("A village hires seven swordsmen for rice.", "omdb"),
        "original_title": ("七人の侍", "tmdb"),
        "tagline": None,
        "certification": ("NR", "tmdb"),
    },
    # TMDB does not know it: TVDB tells the facts, OMDb the ratings.
    "cellar-tapes": {
        "title": ("Cellar Tapes", "omdb"),
        "release_date": ("1994-02-11", "tvdb"),
        "runtime_minutes": (74, "tvdb"),
        "genres": (("Horror",), "tvdb"),
        "imdb_rating": (5.2, "omdb"),
        "tmdb_rating": None,
    },
    # "TBA" is no title; OMDb has one.
    "untitled-next": {"title": ("Untitled Comedy", "omdb"), "status": ("Planned", "tmdb"), "imdb_rating": None},
    # TMDB has no runtime of the series; TVDB has.
    "game-of-thrones": {
        "runtime_minutes": (56, "tmdb"),
        "end_date": ("2019-05-19", "tmdb"),
        "networks": (("HBO",), "tmdb"),
        "imdb_rating": (9.2, "omdb"),
    },
    "das-boot": {
        "plot": ("A submarine crew waits", "tmdb"),
        "rotten_tomatoes_score": None,
        "metacritic_score": (86, "omdb"),
    },
}
ARTWORK = {
    "das-boot": {"poster": "fanart", "fanart": "fanart", "clearlogo": "fanart"},
    "seven-samurai": {"poster": "tmdb", "fanart": "fanart", "clearlogo": "tmdb", "disc": None},
    "cellar-tapes": {"poster": "omdb", "fanart": "tvdb", "clearlogo": "tvdb", "disc": None},
    "lost-reel": {"poster": None, "fanart": None},
    "house-of-cards-uk": {"poster": "tmdb", "fanart": "tmdb", "banner": "tvdb"},
}


def test_a_title_gets_everything_and_a_second_run_asks_and_changes_nothing(home: House) -> None:
    item_id = home.add("inception")
    enriched = home.enrich(item_id)
    assert kinds(enriched.outcomes) == ALL_ANSWERED
    assert enriched.item.id_values() == {
        "imdb": "tt1375666",
        "tmdb": "27205",
        "tvdb": "300113",
        "wikidata": "Q25188",
    }
    assert enriched.sync_reason == "Changed: plot, release_date, year, cast, imdb_rating, poster, fanart"
    assert home.awaited(item_id) == {}
    assert home.item(item_id) == enriched.item
    assert [change_set.cause for change_set in home.history(item_id)] == ["enrich"]
    home.asked()
    again = home.enrich(item_id)
    assert home.asked() == {}
    assert again.changes == ()
    assert again.sync_reason == ""
    assert all(isinstance(outcome, Answered) and outcome.cached for outcome in again.outcomes.values())
    assert told(again.item.fields) == told(enriched.item.fields)
    assert home.awaited(item_id) == {}
    assert len(home.history(item_id)) == 1


def test_a_provider_is_asked_once_for_a_movie_and_once_for_the_look_up_of_its_id(home: House) -> None:
    home.asked()
    home.enrich(home.add("the-matrix", "imdb"))
    assert home.asked() == {"omdb": 1, "tmdb": 2, "tvdb": 3, "fanart": 1}  # TVDB: a login, a look-up, the record
    home.enrich(home.add("inception", "imdb", "tmdb", "tvdb"))
    assert home.asked() == {"omdb": 1, "tmdb": 1, "tvdb": 1, "fanart": 1}


@pytest.mark.parametrize("key", EXPECTED)
def test_where_providers_disagree_the_order_of_the_field_decides(home: House, key: str) -> None:
    fields = home.enrich(home.add(key)).item.fields
    for name, expected in EXPECTED[key].items():
        if expected is None:
            assert name not in fields
            continue
        value, source = expected
        assert source_of(fields[name]) == source, name
        stored = fields[name].value
        assert stored.startswith(value) if isinstance(stored, str) else stored == value, name


@pytest.mark.parametrize("key", ARTWORK)
def test_artwork_comes_from_the_first_who_has_an_acceptable_image(home: House, key: str) -> None:
    item_id = home.add(key, *(() if key != "lost-reel" else ("tmdb",)))
    fields = home.enrich(item_id).item.fields
    found = {name: source_of(fields[name]) if name in fields else None for name in ARTWORK[key]}
    assert found == ARTWORK[key]


def test_every_value_tells_its_source_rule_time_and_the_id_it_was_asked_with(home: House, clock: FakeClock) -> None:
    fields = home.enrich(home.add("fight-club")).item.fields
    assert fields["plot"] == FieldValue(
        value=fields["plot"].value,
        sources=("tmdb",),
        fetched_at=clock.now(),
        rule=Rule.FIRST,
        asked_ids=("tmdb:550",),
        language="en-US",
    )
    assert fields["imdb_rating"].asked_ids == ("imdb:tt0137523",)


def test_a_series_and_a_movie_with_the_same_tvdb_id_are_two_items(home: House) -> None:
    movie, series = home.add("the-matrix", "tvdb"), home.add("breaking-bad", "tvdb")
    assert home.enrich(movie).item.fields["title"].value == "The Matrix"
    assert home.enrich(series).item.fields["title"].value == "Breaking Bad"


class TestFreshness:
    def test_after_seven_days_everyone_is_asked_again_and_what_is_new_arrives(
        self, home: House, clock: FakeClock
    ) -> None:
        item_id = home.add("inception")
        home.enrich(item_id)
        home.simulators.patch("omdb", "movie", "tt1375666", imdbRating="8.9")
        clock.advance((7 * DAY).total_seconds() - 1)
        home.asked()
        home.enrich(item_id)
        assert home.asked() == {}
        clock.advance(1)
        enriched = home.enrich(item_id)
        assert home.asked() == {"fanart": 1, "omdb": 1, "tmdb": 1, "tvdb": 1}
        assert [(change.field, change.old.value, change.new.value) for change in enriched.changes] == [
            ("imdb_rating", 8.8, 8.9)
        ]
        assert len(home.history(item_id)) == 2

    def test_a_forced_refresh_asks_everyone_and_keeps_the_new_answers(self, home: House, clock: FakeClock) -> None:
        item_id = home.add("inception")
        home.enrich(item_id)
        clock.advance(60)
        home.asked()
        assert home.enrich(item_id, force=True).changes == ()
        assert home.asked() == {"fanart": 1, "omdb": 1, "tmdb": 1, "tvdb": 1}
        home.enrich(item_id)
        assert home.asked() == {}

    def test_not_found_is_believed_one_day_then_two_then_four_then_seven(self, home: House, clock: FakeClock) -> None:
        item_id = home.add("unlisted-valley")  # OMDb: "Error getting data."
        assert kinds(home.enrich(item_id).outcomes)["omdb"] == "NotFound"
        asked_on = []
        for day in range(1, 23):
            clock.advance(DAY.total_seconds())
            home.asked()
            home.enrich(item_id, "omdb")
            if home.asked():
                asked_on.append(day)
        assert asked_on == [1, 3, 7, 14, 21]

    def test_a_partial_answer_stays_due_and_what_was_read_counts(self, home: House) -> None:
        item_id = home.add("inception")
        home.simulators.fault("tmdb", "append_ignored")
        enriched = home.enrich(item_id)
        assert source_of(enriched.item.fields["plot"]) == "tmdb"
        missing = home.awaited(item_id)
        assert (missing["tmdb"].reason, missing["tmdb"].attempts) == ("partial", 1)
        assert "cast" in missing["tmdb"].detail
        home.simulators.clear_faults()
        home.asked()
        again = home.enrich(item_id)
        assert home.asked() == {"tmdb": 1}
        assert source_of(again.item.fields["cast"]) == "tmdb"
        assert home.awaited(item_id) == {}

    def test_a_failure_is_never_cached(self, home: House) -> None:
        item_id = home.add("inception")
        home.simulators.fault("omdb", "error_500", count=1)
        assert kinds(home.enrich(item_id).outcomes)["omdb"] == "error"
        home.asked()
        assert kinds(home.enrich(item_id).outcomes) == ALL_ANSWERED
        assert home.asked() == {"omdb": 1}

    def test_a_dry_run_changes_nothing_but_the_cache(self, home: House) -> None:
        item_id = home.add("fight-club")
        tables = ("items", "external_ids", "field_values", "change_sets", "pending_answers")
        before = home.rows(*tables)
        planned = home.enrich(item_id, dry_run=True)
        assert home.rows(*tables) == before
        home.asked()
        enriched = home.enrich(item_id)
        assert home.asked() == {}
        assert [change.field for change in planned.changes] == [change.field for change in enriched.changes]

    def test_a_dry_run_that_nobody_answers_notes_nothing(self, home: House) -> None:
        item_id = home.add("fight-club")
        for provider in ("fanart", "omdb", "tmdb", "tvdb"):
            home.simulators.refuse_key(provider)
        with pytest.raises(AllRefused):
            home.enrich(item_id, dry_run=True)
        assert home.awaited(item_id) == {}


class TestUnavailable:
    def test_an_exclusive_field_waits_for_its_provider_and_nobody_fills_it(self, home: House) -> None:
        home.simulators.set_quota("omdb", 0)
        item_id = home.add("inception")
        enriched = home.enrich(item_id)
        assert kinds(enriched.outcomes)["omdb"] == "quota_exhausted"
        assert "imdb_rating" not in enriched.item.fields
        assert enriched.item.fields["tmdb_rating"].value == 8.37
        [rating] = [decision for decision in enriched.decisions if decision.field == "imdb_rating"]
        assert rating.waiting == ("omdb",)
        assert set(home.awaited(item_id)) == {"omdb"}

    def test_an_exclusive_value_is_held_while_its_provider_is_out_of_quota(self, home: House, clock: FakeClock) -> None:
        item_id = home.add("inception")
        before = home.enrich(item_id).item
        home.simulators.set_quota("omdb", 0)
        clock.advance((200 * DAY).total_seconds())  # so old an answer does not stand in any more
        home.simulators.patch("tmdb", "movie", 27205, tagline="Mind the fifth floor.")
        enriched = home.enrich(item_id)
        assert [change.field for change in enriched.changes] == ["tagline"]
        for name in ("imdb_rating", "imdb_votes", "rotten_tomatoes_score", "metacritic_score", "awards", "outline"):
            assert enriched.item.fields[name] == replace(before.fields[name], rule=Rule.HELD)
        waiting = home.awaited(item_id)["omdb"]
        assert waiting.reason == "quota_exhausted"
        assert waiting.not_before is not None
        assert waiting.not_before > clock.now()
        assert waiting.answered_at is None or waiting.answered_at < clock.now()

    def test_a_value_that_its_owner_cannot_confirm_does_not_flip_to_another_source_and_back(
        self, home: House, clock: FakeClock
    ) -> None:
        home.services.authorities.update(rules=[(Kind.MOVIE, "plot", FieldRule(providers=("omdb", "tmdb")))])
        item_id = home.add("inception")
        home.enrich(item_id)
        for _ in range(3):
            clock.advance((200 * DAY).total_seconds())
            home.simulators.refuse_key("omdb")
            assert home.enrich(item_id).changes == ()
            clock.advance((200 * DAY).total_seconds())
            home.simulators.refuse_key("omdb", refused=False)
            home.lift("omdb")
            assert home.enrich(item_id).changes == ()
        assert source_of(home.item(item_id).fields["plot"]) == "omdb"

    def test_a_stale_answer_stands_in_and_the_item_stays_pending(self, home: House, clock: FakeClock) -> None:
        item_id = home.add("inception")
        home.enrich(item_id)
        clock.advance((8 * DAY).total_seconds())
        home.simulators.fault("tmdb", "error_500")
        home.simulators.patch("omdb", "movie", "tt1375666", Title="Another Title")
        enriched = home.enrich(item_id)
        assert enriched.changes == ()
        outcome = enriched.outcomes["tmdb"]
        assert kinds({"tmdb": outcome}) == {"tmdb": "error"}
        assert outcome.last is not None
        assert outcome.last.stale
        assert enriched.item.fields["title"].rule is Rule.HELD
        assert home.awaited(item_id)["tmdb"].answered_at == clock.now() - 8 * DAY

    def test_a_title_that_a_provider_suddenly_does_not_know_is_not_believed_until_the_third_day(
        self, home: House, clock: FakeClock
    ) -> None:
        item_id = home.add("inception")
        home.enrich(item_id)
        home.simulators.patch("tmdb", "movie", 27205, missing=True)
        reasons = []
        clock.advance((7 * DAY).total_seconds())
        for _ in range(4):
            enriched = home.enrich(item_id)
            reasons.append(kinds(enriched.outcomes)["tmdb"])
            clock.advance(DAY.total_seconds())
            if enriched.changes:
                break
        assert reasons == ["error", "error", "error", "NotFound"]
        assert source_of(enriched.item.fields["plot"]) == "omdb"
        assert enriched.item.fields["tmdb_rating"].value == 8.37  # nobody else may speak; an absence never erases

    @pytest.mark.parametrize(
        ("fault", "options", "expected"),
        [
            ("error_500", {}, ("error", 1, timedelta(minutes=5))),
            ("truncated_json", {}, ("error", 1, timedelta(minutes=5))),
            ("rate_limited_with_retry_after", {"retry_after": 600}, ("rate_limited", 0, timedelta(minutes=10))),
            ("quota_exhausted", {"retry_after": 900}, ("rate_limited", 0, timedelta(minutes=15))),
            ("auth_refused", {}, ("auth", 0, None)),
        ],
    )
    def test_a_missing_answer_is_noted_with_its_reason_and_when_to_ask_again(
        self, home: House, fault: str, options: dict[str, int], expected: tuple[str, int, timedelta | None]
    ) -> None:
        home.simulators.fault("tmdb", fault, **options)
        item_id = home.add("inception")
        home.enrich(item_id)
        missing = home.awaited(item_id)
        assert set(missing) == {"tmdb"}
        reason, attempts, wait = expected
        assert (missing["tmdb"].reason, missing["tmdb"].attempts) == (reason, attempts)
        assert missing["tmdb"].not_before == (wait and home.clock.now() + wait)
        assert missing["tmdb"].since == home.clock.now()
        assert missing["tmdb"].answered_at is None

    def test_waiting_grows_with_every_attempt_and_ends_with_an_answer(self, home: House, clock: FakeClock) -> None:
        home.simulators.fault("tmdb", "truncated_json")
        item_id = home.add("inception")
        first = clock.now()
        waits = []
        for _ in range(4):
            home.enrich(item_id)
            missing = home.awaited(item_id)["tmdb"]
            assert missing.not_before is not None
            assert missing.since == first
            waits.append((missing.not_before - clock.now()).total_seconds() / 60)
            clock.advance(60)
        assert waits == [5, 10, 20, 40]
        home.simulators.clear_faults()
        enriched = home.enrich(item_id)
        assert home.awaited(item_id) == {}
        assert source_of(enriched.item.fields["plot"]) == "tmdb"

    def test_a_provider_whose_settings_changed_is_asked_again(self, home: House, clock: FakeClock) -> None:
        home.simulators.refuse_key("omdb")
        item_id = home.add("inception")
        home.enrich(item_id)
        home.simulators.refuse_key("omdb", refused=False)
        home.asked()
        home.enrich(item_id)
        assert home.asked() == {}, "a refused key is left alone"
        home.configure("omdb")
        assert home.awaited(item_id)["omdb"].not_before == clock.now()
        assert home.enrich(item_id).item.fields["imdb_rating"].value == 8.8
        assert home.awaited(item_id) == {}

    def test_a_limited_provider_costs_no_request(self, home: House) -> None:
        home.simulators.set_quota("omdb", 1)
        first, second, third = (home.add(key) for key in ("inception", "fight-club", "the-matrix"))
        assert kinds(home.enrich(first).outcomes)["omdb"] == "Answered"
        assert kinds(home.enrich(second).outcomes)["omdb"] == "quota_exhausted"
        home.asked()
        assert kinds(home.enrich(third).outcomes)["omdb"] == "quota_exhausted"
        assert "omdb" not in home.asked()

    def test_a_doubtful_not_found_is_asked_again_the_next_day_and_counts_as_an_attempt_only_then(
        self, home: House, clock: FakeClock
    ) -> None:
        item_id = home.add("twelve-angry-men")
        home.change(item_id, lambda item: replace(item, ids={**item.ids, "tvdb": IdClaim(value="4711")}))  # a 404
        first = home.enrich(item_id)
        missing = home.awaited(item_id)["tvdb"]
        assert (missing.reason, missing.attempts, missing.not_before) == ("not_found", 1, clock.now() + DAY)
        home.asked()
        again = home.enrich(item_id)
        assert home.asked() == {}
        assert [first.outcomes["tvdb"].cached, again.outcomes["tvdb"].cached] == [False, True]
        assert home.awaited(item_id)["tvdb"] == missing
        clock.advance(DAY.total_seconds())
        home.enrich(item_id)
        assert home.asked()["tvdb"] == 1
        assert home.awaited(item_id)["tvdb"].attempts == 2

    def test_an_id_that_nobody_told_leaves_its_provider_pending(self, home: House) -> None:
        item_id = home.add("man-of-steel-1999", "tmdb")
        enriched = home.enrich(item_id)
        assert kinds(enriched.outcomes)["omdb"] == "no_id"
        assert home.awaited(item_id)["omdb"].reason == "no_id"
        home.change(item_id, lambda item: replace(item, ids={**item.ids, "imdb": IdClaim(value="tt0263704")}))
        assert kinds(home.enrich(item_id).outcomes)["omdb"] == "Answered"


class TestNobody:
    @pytest.mark.parametrize(
        ("faults", "error"),
        [
            (dict.fromkeys(("fanart", "omdb", "tmdb", "tvdb"), "quota_exhausted"), AllLimited),
            (dict.fromkeys(("fanart", "omdb", "tmdb", "tvdb"), "auth_refused"), AllRefused),
            (dict.fromkeys(("fanart", "omdb", "tmdb", "tvdb"), "truncated_json"), NobodyAnswered),
            (
                {"fanart": "auth_refused", "omdb": "quota_exhausted", "tmdb": "truncated_json", "tvdb": "auth_refused"},
                NobodyAnswered,
            ),
            (
                {"fanart": "auth_refused", "omdb": "quota_exhausted", "tmdb": "auth_refused", "tvdb": "auth_refused"},
                NobodyAnswered,
            ),
        ],
    )
    def test_nothing_changes_but_what_is_missing(
        self, home: House, faults: dict[str, str], error: type[Exception]
    ) -> None:
        item_id = home.add("inception")
        for provider, fault in faults.items():
            home.simulators.fault(provider, fault, retry_after=600)
        before = home.rows("items", "external_ids", "field_values", "change_sets", "provider_answers")
        with pytest.raises(NobodyAnswered) as caught:
            home.enrich(item_id)
        assert type(caught.value) is error
        assert home.rows("items", "external_ids", "field_values", "change_sets", "provider_answers") == before
        assert set(home.awaited(item_id)) == set(faults)
        for provider in faults:
            assert provider in str(caught.value)

    def test_all_limited_tells_when_the_first_comes_back(self, home: House, clock: FakeClock) -> None:
        item_id = home.add("inception")
        for provider, seconds in (("fanart", 900), ("omdb", 900), ("tmdb", 300), ("tvdb", 600)):
            home.simulators.fault(provider, "rate_limited_with_retry_after", retry_after=seconds)
        with pytest.raises(AllLimited) as caught:
            home.enrich(item_id)
        assert caught.value.retry_at == clock.now() + timedelta(seconds=300)

    def test_a_fresh_cached_answer_is_an_answer(self, home: House) -> None:
        item_id = home.add("inception")
        home.enrich(item_id, "tmdb")
        for provider in ("fanart", "omdb", "tvdb"):
            home.simulators.refuse_key(provider)
        assert source_of(home.enrich(item_id).item.fields["plot"]) == "tmdb"

    def test_with_no_provider_configured_there_is_nobody_to_ask(
        self, simulators: Simulators, clock: FakeClock, tmp_path
    ) -> None:
        with house(simulators, tmp_path, clock, providers=()) as home:
            item_id = home.add("inception")
            with pytest.raises(CannotDo) as caught:
                home.enrich(item_id)
        assert caught.value.reason == "NOBODY_TO_ASK"
        assert "tmdb: not_configured" in str(caught.value)
        assert simulators.requests() == []

    def test_a_deadline_that_is_too_near_asks_nobody(self, home: House, clock: FakeClock) -> None:
        item_id = home.add("inception")
        home.asked()
        with pytest.raises(NobodyAnswered):
            home.services.enricher.enrich(item_id, dataclasses.replace(home.wish(), deadline=clock.monotonic() + 0.3))
        assert home.asked() == {}
        assert {missing.reason for missing in home.awaited(item_id).values()} == {"deadline"}

    def test_an_item_that_is_not_there_is_told(self, home: House) -> None:
        with pytest.raises(NoSuchThing):
            home.enrich(4711)


class TestWhom:
    def test_only_the_selected_are_asked_and_what_the_others_said_before_stays(
        self, home: House, clock: FakeClock
    ) -> None:
        item_id = home.add("inception")
        home.services.authorities.update(rules=[(Kind.MOVIE, "plot", FieldRule(providers=("omdb", "tmdb")))])
        first = home.enrich(item_id)
        clock.advance((200 * DAY).total_seconds())
        home.simulators.patch("tmdb", "movie", 27205, overview="Another plot.", tagline="Another tagline.")
        home.asked()
        enriched = home.enrich(item_id, "tmdb")
        assert home.asked() == {"tmdb": 1}
        assert [change.field for change in enriched.changes] == ["tagline"]
        assert enriched.item.fields["plot"] == replace(first.item.fields["plot"], rule=Rule.HELD)
        assert kinds(enriched.outcomes) == {
            "fanart": "not_selected",
            "omdb": "not_selected",
            "tmdb": "Answered",
            "tvdb": "not_selected",
        }

    def test_those_that_were_not_selected_and_never_answered_are_pending_at_once(
        self, home: House, clock: FakeClock
    ) -> None:
        item_id = home.add("inception", "imdb", "tmdb", "tvdb")
        home.enrich(item_id, "tmdb")
        missing = home.awaited(item_id)
        assert set(missing) == {"fanart", "omdb", "tvdb"}
        assert {(each.reason, each.attempts, each.not_before) for each in missing.values()} == {
            ("not_selected", 0, clock.now())
        }

    def test_a_machine_skips_what_is_not_monitored_and_a_person_does_not(self, home: House) -> None:
        item_id = home.add("inception")
        home.change(item_id, lambda item: replace(item, monitored=False))
        home.asked()
        skipped = home.enrich(item_id, auto=True)
        assert skipped.skipped
        assert home.asked() == {}
        assert home.awaited(item_id) == {}
        assert not home.enrich(item_id).skipped
        assert home.asked()

    def test_a_disabled_provider_is_out_of_the_order(self, home: House) -> None:
        item_id = home.add("inception")
        home.services.authorities.update(rules=[(Kind.MOVIE, "plot", FieldRule(providers=("omdb", "tmdb")))])
        home.enrich(item_id)
        home.services.providers.update("omdb", False, {})
        enriched = home.enrich(item_id)
        assert kinds(enriched.outcomes)["omdb"] == "disabled"
        assert source_of(enriched.item.fields["plot"]) == "tmdb"
        assert enriched.item.fields["imdb_rating"].rule is Rule.OUTSIDE
        assert enriched.item.fields["imdb_rating"].value == 8.8
        assert home.awaited(item_id) == {}


class TestCommit:
    def during(self, home: House, item_id: int, edit) -> None:
        """Have `edit` written between the gathering of the answers and the commit."""
        gather = home.services.gatherer.gather_all

        def gathering(*arguments):
            for findings in gather(*arguments):
                home.change(item_id, edit)
                yield findings

        home.services.gatherer.gather_all = gathering

    def test_an_edit_made_meanwhile_is_seen_and_wins(self, home: House) -> None:
        item_id = home.add("inception")
        mine = FieldValue(value="My own plot", sources=("owner",), rule=Rule.OWNER, locked=True)
        self.during(home, item_id, lambda item: replace(item, fields={**item.fields, "plot": mine}))
        enriched = home.enrich(item_id)
        assert home.item(item_id).fields["plot"] == mine
        assert "plot" not in [change.field for change in enriched.changes]
        assert "tagline" in [change.field for change in enriched.changes]

    def test_an_identity_corrected_meanwhile_is_seen_and_asked_about_instead(self, home: House) -> None:
        item_id = home.add("the-matrix")

        def corrected(item: MediaItem) -> MediaItem:
            return replace(item, ids={"imdb": IdClaim(value="tt1375666")})

        self.during(home, item_id, corrected)
        enriched = home.enrich(item_id)
        assert enriched.item.fields["title"].value == "Inception"
        assert enriched.item.conflicts == ()
        assert home.item(item_id).id_values()["imdb"] == "tt1375666"

    def test_an_identity_corrected_again_and_again_is_an_error_and_changes_nothing(self, home: House) -> None:
        item_id = home.add("the-matrix")
        turns = itertools.cycle(["tt1375666", "tt0133093"])
        self.during(home, item_id, lambda item: replace(item, ids={"imdb": IdClaim(value=next(turns))}))
        with pytest.raises(VersionMoved):
            home.enrich(item_id)
        assert home.history(item_id) == []

    def test_an_item_deleted_meanwhile_stays_deleted(self, home: House, clock: FakeClock) -> None:
        item_id = home.add("inception")
        self.during(home, item_id, lambda item: replace(item, deleted_at=clock.now()))
        with pytest.raises(NoSuchThing):
            home.enrich(item_id)
        assert home.history(item_id) == []

    def test_what_was_answered_is_kept_though_the_item_could_not_be_saved(self, home: House, clock: FakeClock) -> None:
        item_id = home.add("inception")
        self.during(home, item_id, lambda item: replace(item, deleted_at=clock.now()))
        with pytest.raises(NoSuchThing):
            home.enrich(item_id)
        assert {row[0] for row in home.rows("provider_answers")["provider_answers"]} == set(PROVIDERS)

    def test_an_older_answer_never_replaces_a_newer_one(self, home: House, clock: FakeClock) -> None:
        item_id = home.add("inception")
        gather = home.services.gatherer.gather_all

        def overtaken(*arguments):
            """Another enrichment begins later, gets newer answers, and commits first."""
            for findings in gather(*arguments):
                home.services.gatherer.gather_all = gather
                home.simulators.patch("tmdb", "movie", 27205, tagline="Newer.")
                clock.advance(1)
                home.enrich(item_id, force=True)
                yield findings

        home.services.gatherer.gather_all = overtaken
        enriched = home.enrich(item_id)
        assert enriched.changes == ()
        assert home.item(item_id).fields["tagline"].value == "Newer."
        assert home.item(item_id).fields["tagline"].fetched_at == clock.now()

    def test_enrichments_of_one_item_at_once_share_their_requests_and_agree(self, home: House) -> None:
        item_id = home.add("inception")
        all_have_looked = threading.Barrier(4)
        before_asking(home, "fanart", lambda: all_have_looked.wait(SECONDS), times=4)
        home.asked()
        with ThreadPoolExecutor(4) as pool:
            results = list(pool.map(lambda _: home.enrich(item_id), range(4)))
        assert home.asked() == {"fanart": 1, "omdb": 1, "tmdb": 2, "tvdb": 3}
        assert len({repr(sorted(told(result.item.fields).items())) for result in results}) == 1
        assert len(home.history(item_id)) == 1
        assert home.awaited(item_id) == {}


def before_asking(home: House, provider: str, happens: Callable[[], object], times: int = 1) -> None:
    """Have something happen when a caller has looked for cached answers and now wants to ask this provider: the first
    so many times. fanart.tv is the first that is asked."""
    entry = home.services.roster.get(provider)
    assert entry is not None
    submit, left = entry.channel.submit, iter(range(times))

    def submitted(*arguments, **more):
        if next(left, None) is not None:
            happens()
        return submit(*arguments, **more)

    entry.channel.submit = submitted


class TestOvertaken:
    """Another caller gets and keeps the answers after this one has looked for them, and before it asks."""

    ALL_IDS = ("imdb", "tmdb", "tvdb")

    @pytest.mark.parametrize("known", [ALL_IDS, ("imdb",)], ids=["by its own ids", "by a look-up"])
    def test_nothing_is_asked_twice(self, home: House, known: tuple[str, ...]) -> None:
        item_id = home.add("inception", *known)
        others = []
        before_asking(home, "fanart", lambda: others.append((home.enrich(item_id), home.asked())))
        enriched = home.enrich(item_id)
        [(other, asked)] = others
        assert set(asked) == set(PROVIDERS)
        assert home.asked() == {}
        assert kinds(enriched.outcomes) == kinds(other.outcomes) == ALL_ANSWERED
        assert enriched.changes == ()
        assert told(enriched.item.fields) == told(other.item.fields)

    def test_an_answer_found_by_a_look_up_is_not_asked_for_by_its_own_id(self, home: House) -> None:
        item_id = home.add("inception", "imdb")
        ids = {id_type: IdClaim(value=str(getattr(title("inception"), id_type))) for id_type in self.ALL_IDS}
        inquiry = Inquiry(kind=Kind.MOVIE, subject=Subject(ids=ids), deadline=home.clock.monotonic() + SECONDS)
        config = home.services.config.read()
        before_asking(home, "fanart", lambda: home.enrich(item_id) and home.asked())
        findings = home.services.gatherer.gather(inquiry, config)
        assert home.asked() == {}
        assert kinds(findings.outcomes) == ALL_ANSWERED

    def test_what_came_for_others_is_no_answer(self, home: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(arrivals, "SLOTS", 1)
        item_id, other_id = home.add("inception", *self.ALL_IDS), home.add("the-matrix", *self.ALL_IDS)
        before_asking(home, "fanart", lambda: home.enrich(other_id) and home.asked())
        enriched = home.enrich(item_id)
        assert home.asked() == {"fanart": 1, "omdb": 1, "tmdb": 1, "tvdb": 1}
        assert kinds(enriched.outcomes) == ALL_ANSWERED

    def test_that_a_title_is_not_known_is_not_asked_twice(self, home: House) -> None:
        item_id = home.add("inception", *self.ALL_IDS)
        home.simulators.patch("tmdb", "movie", 27205, missing=True)
        before_asking(home, "fanart", lambda: home.enrich(item_id) and home.asked())
        enriched = home.enrich(item_id)
        assert home.asked() == {}
        assert kinds(enriched.outcomes) == ALL_ANSWERED | {"tmdb": "NotFound"}

    def test_a_partial_answer_counts_as_if_it_had_been_waited_for(self, home: House) -> None:
        item_id = home.add("inception", *self.ALL_IDS)
        home.simulators.fault("tmdb", "append_ignored")
        before_asking(home, "fanart", lambda: home.enrich(item_id) and home.asked())
        home.enrich(item_id)
        assert home.asked() == {}
        home.enrich(item_id)
        assert home.asked() == {"tmdb": 1}, "a partial answer stays due"

    def test_what_failed_there_is_asked_for(self, home: House) -> None:
        item_id = home.add("inception", *self.ALL_IDS)
        home.simulators.fault("tmdb", "error_500", count=1)
        before_asking(home, "fanart", lambda: home.enrich(item_id) and home.asked())
        enriched = home.enrich(item_id)
        assert home.asked() == {"tmdb": 1}
        assert kinds(enriched.outcomes) == ALL_ANSWERED
        assert home.awaited(item_id) == {}

    def test_a_refresh_takes_what_came_after_its_start_and_nothing_older(self, home: House, clock: FakeClock) -> None:
        item_id = home.add("inception", *self.ALL_IDS)
        home.enrich(item_id)
        clock.advance(1)
        home.simulators.patch("tmdb", "movie", 27205, tagline="Newer.")
        home.asked()
        before_asking(home, "fanart", lambda: home.enrich(item_id, "tmdb", force=True))
        enriched = home.enrich(item_id, force=True)
        assert home.asked() == {"fanart": 1, "omdb": 1, "tmdb": 1, "tvdb": 1}
        assert kinds(enriched.outcomes) == ALL_ANSWERED
        assert enriched.item.fields["tagline"].value == "Newer."


class TestIdentity:
    def test_an_id_of_another_item_that_does_not_agree_is_listed_as_a_conflict(self, home: House) -> None:
        first, second = home.add("inception", "tmdb"), home.add("inception", "tvdb")
        home.change(first, lambda item: replace(item, title="Another One"))
        home.change(first, lambda item: replace(item, fields={}))
        enriched = home.enrich(second)
        assert "tmdb" not in enriched.item.ids
        assert {(each.id_type, each.value, each.item) for each in enriched.item.conflicts} == {("tmdb", "27205", first)}
        assert home.item(first).ids["tmdb"].value == "27205"
        assert home.item(second) == enriched.item

    def test_a_fragment_about_another_title_is_a_runner_up_and_never_merged(self, home: House) -> None:
        item_id = home.add("inception", "imdb", "tmdb")
        home.simulators.patch("tmdb", "movie", 27205, imdb_id="tt0133093", external_ids={"imdb_id": "tt0133093"})
        enriched = home.enrich(item_id)
        assert kinds(enriched.outcomes)["tmdb"] == "conflict"
        assert enriched.item.conflicts == (
            Conflict(id_type="imdb", value="tt0133093", claimed_by="tmdb", stands="tt1375666"),
        )
        assert "tmdb" not in {source_of(stored) for stored in enriched.item.fields.values()}
        outcome = enriched.outcomes["tmdb"]
        assert isinstance(outcome, NotAsked)
        assert outcome.rejected is not None
        shown = home.services.library.show(item_id, why=True)
        told_by_tmdb = [each for each in shown.runners_up["plot"] if each.provider == "tmdb"]
        assert told_by_tmdb[0].value
        assert told_by_tmdb[0].why == "spoke about a title with other ids"

    def test_a_conflict_that_the_provider_takes_back_is_gone(self, home: House, clock: FakeClock) -> None:
        item_id = home.add("inception", "imdb", "tmdb")
        home.simulators.patch("tmdb", "movie", 27205, imdb_id="tt0133093", external_ids={"imdb_id": "tt0133093"})
        home.enrich(item_id)
        home.simulators.patch("tmdb", "movie", 27205)
        clock.advance((8 * DAY).total_seconds())
        enriched = home.enrich(item_id)
        assert enriched.item.conflicts == ()
        assert source_of(enriched.item.fields["plot"]) == "tmdb"
