"""Which title an item is: found by its words, told by ids, contradicted, corrected, joined and split."""

import itertools
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from factories import source_of, stored
from fakes import FakeClock
from harness import House, house, kinds, title
from metarr.clock import SystemClock
from metarr.domain.entries import KnownEntry, PairState
from metarr.domain.item import OWNER, Conflict, FieldValue, IdClaim, MediaItem, Rule, Veto
from metarr.domain.outcome import NotAsked
from metarr.domain.pairing import PairingRule
from metarr.domain.values import Kind
from metarr.errors import CannotDo, InvalidInput, NobodyAnswered, NoSuchThing
from metarr.library.edit import Edit
from metarr.library.intake import NewItem
from metarr.library.reference import find
from metarr.library.wish import Wish
from metarr.store import episode_entries, items, joins
from metarr.store.changes import ChangeSet
from metarr.store.items import ItemFilter
from simulators import Simulators

pytestmark = pytest.mark.slow


def add(home: House, name: str, year: int = 0, kind: Kind = Kind.MOVIE, **ids: str) -> int:
    """A new item; returns its id."""
    [taken] = home.services.library.upsert([NewItem(kind, name, year, ids)])
    assert taken.created
    return taken.item.id


def sources(item: MediaItem) -> dict[str, tuple[str, str]]:
    return {id_type: (claim.value, claim.source) for id_type, claim in item.ids.items()}


def moved_ids(change_set: ChangeSet) -> tuple[dict[str, str], dict[str, str]]:
    old, new = change_set.old_ids or {}, change_set.new_ids or {}
    return {t: c.value for t, c in old.items()}, {t: c.value for t, c in new.items()}


class TestFromWords:
    def test_a_title_without_ids_is_identified_and_enriched_at_once(self, home: House) -> None:
        item_id = add(home, "Inception", 2010)
        enriched = home.enrich(item_id)
        assert enriched.item.id_values().items() >= {"imdb": "tt1375666", "tmdb": "27205", "tvdb": "300113"}.items()
        assert OWNER not in {claim.source for claim in enriched.item.ids.values()}, "the ids are the finders' word"
        assert enriched.item.fields["plot"].value == title("inception").overview
        assert home.awaited(item_id) == {}
        [change_set] = home.history(item_id)
        assert change_set.old_ids == {}
        assert moved_ids(change_set) == ({}, enriched.item.id_values()), "what it was taken for can be looked up"

    def test_the_next_run_does_not_search_again(self, home: House, clock: FakeClock) -> None:
        item_id = add(home, "Inception", 2010)
        home.enrich(item_id)
        home.asked()
        clock.advance(1)
        home.enrich(item_id, force=True)
        assert home.simulators.count("tmdb", "search_movie") == 0

    @pytest.mark.parametrize(
        ("kind", "name", "year", "key"),
        [
            (Kind.SERIES, "Dallas", 2012, "dallas-2012"),
            (Kind.SERIES, "Shameless (US)", 0, "shameless-us"),
            (Kind.SERIES, "House of Cards", 1990, "house-of-cards-uk"),
            (Kind.MOVIE, "Man of Steel", 1967, "man-of-steel-1967"),
        ],
    )
    def test_a_remake_is_found_by_its_year_or_country(
        self, home: House, kind: Kind, name: str, year: int, key: str
    ) -> None:
        enriched = home.enrich(add(home, name, year, kind))
        assert enriched.item.ids["imdb"].value == title(key).imdb
        assert enriched.item.conflicts == ()

    def test_words_that_fit_several_titles_are_left_to_the_owner_with_the_candidates(self, home: House) -> None:
        item_id = add(home, "Dallas", kind=Kind.SERIES)
        with pytest.raises(CannotDo) as caught:
            home.enrich(item_id)
        assert caught.value.reason == "TITLE_AMBIGUOUS"
        assert "Dallas (1978)" in str(caught.value)
        assert "imdb:tt1723760" in str(caught.value)
        item = home.item(item_id)
        assert item.ids == {}
        assert item.undecided is not None
        assert {match.year for match in item.undecided.matches} >= {1978, 2012}
        assert home.history(item_id) == []

    def test_words_that_nobody_knows_say_so(self, home: House) -> None:
        item_id = add(home, "No Such Title Anywhere", 1999)
        with pytest.raises(CannotDo) as caught:
            home.enrich(item_id)
        assert caught.value.reason == "TITLE_UNKNOWN"
        undecided = home.item(item_id).undecided
        assert undecided is not None
        assert undecided.matches == ()

    def test_the_owner_picks_a_candidate(self, home: House) -> None:
        item_id = add(home, "Dallas", kind=Kind.SERIES)
        with pytest.raises(CannotDo):
            home.enrich(item_id)
        undecided = home.item(item_id).undecided
        assert undecided is not None
        [picked] = [match for match in undecided.matches if match.year == 2012]
        home.services.editor.edit(item_id, Edit(ids=picked.ids))
        enriched = home.enrich(item_id)
        assert enriched.item.undecided is None
        assert enriched.item.shown_year() == 2012
        assert enriched.item.ids["imdb"] == IdClaim(value="tt1723760", source=OWNER)

    def test_a_machine_does_not_search_in_vain_before_its_time(self, home: House, clock: FakeClock) -> None:
        item_id = add(home, "Dallas", kind=Kind.SERIES)
        for days in (1, 2, 4, 7, 7):
            with pytest.raises(CannotDo):
                home.enrich(item_id, auto=True)
            assert home.asked(), f"the search before {days} days of rest"
            due = home.awaited(item_id)["tmdb"].not_before
            assert due == clock.now() + timedelta(days=days)
            clock.advance(days * 86400 - 60)
            with pytest.raises(CannotDo) as caught:
                home.enrich(item_id, auto=True)
            assert caught.value.reason == "TITLE_AMBIGUOUS"
            assert "tt0077000" in str(caught.value), "the candidates are told from memory"
            assert home.asked() == {}
            clock.advance(120)

    def test_a_person_may_search_again_at_once(self, home: House) -> None:
        item_id = add(home, "Dallas", kind=Kind.SERIES)
        for _ in range(2):
            with pytest.raises(CannotDo):
                home.enrich(item_id)
            assert home.asked().keys() >= {"tmdb", "tvdb"}

    def test_a_title_that_becomes_clear_later_is_taken_then(self, home: House, clock: FakeClock) -> None:
        item_id = add(home, "No Such Title Anywhere")
        with pytest.raises(CannotDo):
            home.enrich(item_id)
        home.change(item_id, lambda item: replace(item, title="Inception", year=2010))
        clock.advance(86400 + 1)
        enriched = home.enrich(item_id, auto=True)
        assert enriched.item.undecided is None
        assert enriched.item.ids["imdb"].value == "tt1375666"

    def test_where_one_could_not_be_heard_the_search_is_repeated_soon(self, home: House, clock: FakeClock) -> None:
        item_id = add(home, "Unlisted Valley", 2024)
        for provider in ("tmdb", "tvdb"):
            home.simulators.fault(provider, "error_500")
        with pytest.raises(NobodyAnswered, match="tmdb: error"):
            home.enrich(item_id, auto=True)
        due = home.awaited(item_id)["tmdb"].not_before
        assert due is not None
        assert due - clock.now() <= timedelta(minutes=10)
        home.simulators.clear_faults()
        for provider in ("tmdb", "tvdb"):
            home.lift(provider)
        clock.advance((due - clock.now()).total_seconds())
        assert home.enrich(item_id, auto=True).item.ids["tmdb"].value == "990002"

    def test_where_nobody_could_be_heard_nothing_is_noted_but_that(self, home: House) -> None:
        item_id = add(home, "Inception", 2010)
        before = home.item(item_id)
        for provider in ("omdb", "tmdb", "tvdb"):
            home.simulators.fault(provider, "error_500")
        with pytest.raises(NobodyAnswered):
            home.enrich(item_id)
        assert home.item(item_id) == before
        assert home.awaited(item_id).keys() >= {"omdb", "tmdb", "tvdb"}

    def test_a_dry_run_stores_neither_ids_nor_candidates(self, home: House) -> None:
        clear, unclear = add(home, "Inception", 2010), add(home, "Dallas", kind=Kind.SERIES)
        before = home.rows("items", "external_ids", "field_values", "pending_answers", "change_sets")
        assert home.enrich(clear, dry_run=True).item.ids["imdb"].value == "tt1375666"
        with pytest.raises(CannotDo):
            home.enrich(unclear, dry_run=True)
        assert home.rows("items", "external_ids", "field_values", "pending_answers", "change_sets") == before

    def test_an_id_given_while_it_was_searched_for_counts(self, home: House) -> None:
        item_id = add(home, "Inception", 2010)
        gather = home.services.gatherer.gather

        def meanwhile(*arguments):
            home.services.gatherer.gather = gather
            home.services.editor.edit(item_id, Edit(ids={"imdb": "tt0133093"}))
            return gather(*arguments)

        home.services.gatherer.gather = meanwhile
        enriched = home.enrich(item_id)
        assert enriched.item.ids["imdb"] == IdClaim(value="tt0133093", source=OWNER)
        assert enriched.item.fields["title"].value == "The Matrix"

    def test_candidates_are_not_listed_on_an_item_that_got_its_id_meanwhile(self, home: House) -> None:
        item_id = add(home, "Dallas", kind=Kind.SERIES)
        search = home.services.searcher.search

        def meanwhile(*arguments, **more):
            home.services.editor.edit(item_id, Edit(ids={"imdb": "tt1723760"}))
            return search(*arguments, **more)

        home.services.searcher.search = meanwhile
        with pytest.raises(CannotDo):
            home.enrich(item_id)
        assert home.item(item_id).undecided is None
        assert home.enrich(item_id).item.shown_year() == 2012

    @pytest.mark.slow
    def test_a_provider_that_hangs_leaves_the_others_time_to_tell(self, simulators: Simulators, tmp_path: Path) -> None:
        simulators.fault("tvdb", "hang")
        with house(simulators, tmp_path, SystemClock()) as home:
            item_id = add(home, "Inception", 2010)
            wish = Wish(deadline=home.clock.monotonic() + 4.0)
            enriched = home.services.enricher.enrich(item_id, wish)
        assert kinds(enriched.outcomes) == {
            "fanart": "Answered",
            "omdb": "Answered",
            "tmdb": "Answered",
            "tvdb": "timeout",
        }
        assert enriched.item.ids["imdb"].value == "tt1375666"


class TestAcrossProviders:
    @pytest.mark.parametrize("id_type", ["imdb", "tmdb", "tvdb"])
    def test_any_one_id_leads_to_all_providers(self, home: House, id_type: str) -> None:
        enriched = home.enrich(home.add("inception", id_type))
        assert set(kinds(enriched.outcomes).values()) == {"Answered"}
        assert enriched.item.id_values().items() >= {"imdb": "tt1375666", "tmdb": "27205", "tvdb": "300113"}.items()
        assert enriched.item.ids[id_type].source == OWNER

    def test_a_tvdb_movie_is_looked_up_in_the_first_round_by_its_imdb_id(self, home: House) -> None:
        home.enrich(home.add("inception", "imdb"))
        paths = [request.path for request in home.simulators.requests("tvdb")]
        assert any(path.endswith("/search/remoteid/tt1375666") for path in paths)
        assert not any(path.endswith("/search/remoteid/27205") for path in paths)

    def test_a_tvdb_movie_id_never_reaches_tmdb_s_find(self, home: House) -> None:
        """TMDB's find knows TVDB ids of series only: the Matrix has the number of Breaking Bad there."""
        enriched = home.enrich(home.add("the-matrix", "tvdb"))
        asked = [request.path for request in home.simulators.requests("tmdb")]
        assert asked
        assert not any("81189" in path for path in asked)
        assert enriched.item.fields["title"].value == "The Matrix"
        assert enriched.item.ids["tmdb"].value == "603"

    def test_the_tvdb_id_of_a_series_does_find_it(self, home: House) -> None:
        enriched = home.enrich(home.add("breaking-bad", "tvdb"))
        assert enriched.item.ids["tmdb"].value == "1396"

    def test_an_id_of_the_other_kind_is_not_the_item_s(self, home: House) -> None:
        movie, series = home.add("the-matrix", "tvdb"), home.add("breaking-bad", "tvdb")
        assert movie != series
        assert home.enrich(movie).item.fields["title"].value == "The Matrix"
        assert home.enrich(series).item.fields["title"].value == "Breaking Bad"

    def test_an_id_under_the_wrong_kind_finds_nothing_rather_than_another_title(self, home: House) -> None:
        item_id = add(home, "Game of Thrones", 2011, Kind.MOVIE, imdb="tt0944947")
        try:
            item = home.enrich(item_id).item
        except NobodyAnswered:
            item = home.item(item_id)
        assert item.ids == {"imdb": IdClaim(value="tt0944947")}
        assert {source_of(field) for field in item.fields.values()} <= {"import", OWNER, ""}

    def test_a_provider_whose_id_cannot_be_had_is_pending(self, home: House) -> None:
        item_id = home.add("man-of-steel-1999", "tmdb")
        enriched = home.enrich(item_id)
        assert kinds(enriched.outcomes)["omdb"] == "no_id"
        assert home.awaited(item_id)["omdb"].reason == "no_id"


class TestContradictions:
    def test_the_owner_s_id_stands_against_every_provider(self, home: House) -> None:
        """A right TVDB id is not "corrected" to a wrong one that TMDB claims."""
        item_id = home.add("breaking-bad", "imdb", "tvdb")
        home.simulators.patch(
            "tmdb", "series", 1396, external_ids={"imdb_id": "tt0903747", "tvdb_id": 121361, "wikidata_id": None}
        )
        enriched = home.enrich(item_id)
        assert enriched.item.ids["tvdb"] == IdClaim(value="81189", source=OWNER)
        assert Conflict(id_type="tvdb", value="121361", claimed_by="tmdb", stands="81189") in enriched.item.conflicts
        outcome = enriched.outcomes["tmdb"]
        assert isinstance(outcome, NotAsked)
        assert outcome.rejected is not None

    def test_an_answer_about_another_id_than_the_one_asked_about_is_a_conflict(self, home: House) -> None:
        item_id = home.add("inception", "imdb")
        home.simulators.patch("omdb", "movie", "tt1375666", imdbID="tt0133093", Title="The Matrix", Year="1999")
        enriched = home.enrich(item_id)
        assert kinds(enriched.outcomes)["omdb"] == "conflict"
        assert enriched.item.conflicts == (
            Conflict(id_type="imdb", value="tt0133093", claimed_by="omdb", stands="tt1375666"),
        )
        assert "omdb" not in {source_of(field) for field in enriched.item.fields.values()}

    def test_nor_does_such_an_answer_move_an_id_that_only_providers_claimed(
        self, home: House, clock: FakeClock
    ) -> None:
        item_id = home.add("inception", "imdb")
        home.enrich(item_id)
        before = home.item(item_id)
        home.simulators.patch("tmdb", "movie", 27205, id=603, title="The Matrix")
        clock.advance(1)
        enriched = home.enrich(item_id, force=True)
        assert enriched.item.id_values() == before.id_values()
        assert enriched.item.fields["title"].value == "Inception"
        assert Conflict(id_type="tmdb", value="603", claimed_by="tmdb", stands="27205") in enriched.item.conflicts

    def test_a_conflict_ends_when_the_provider_agrees_again(self, home: House, clock: FakeClock) -> None:
        item_id = home.add("inception", "imdb")
        home.simulators.patch("omdb", "movie", "tt1375666", imdbID="tt0133093")
        home.enrich(item_id)
        home.simulators.patch("omdb", "movie", "tt1375666")
        clock.advance(1)
        enriched = home.enrich(item_id, force=True)
        assert enriched.item.conflicts == ()
        assert source_of(enriched.item.fields["imdb_rating"]) == "omdb"

    def test_any_order_of_arrival_gives_one_result(self, home: House, clock: FakeClock) -> None:
        """Who answers late is heard in the same round; who answers first has no right of way."""
        home.simulators.patch("tmdb", "movie", 27205, imdb_id="tt0137523", external_ids={"imdb_id": "tt0137523"})
        results = []
        for slow in itertools.permutations(("omdb", "tmdb", "tvdb")):
            for place, provider in enumerate(slow):
                home.simulators.set_latency(provider, 0.03 * place)
            item_id = add(home, "Inception", 2010, imdb="tt1375666", tmdb="27205")
            clock.advance(1)
            enriched = home.enrich(item_id, force=True)
            results.append(
                (
                    sources(enriched.item),
                    enriched.item.conflicts,
                    {name: (held.value, source_of(held)) for name, held in enriched.item.fields.items()},
                )
            )
            home.services.editor.delete([("item_ids[0]", item_id)])
            home.change(item_id, lambda item: replace(item, ids={}, title="gone"))
        assert all(result == results[0] for result in results)

    def test_quite_another_title_and_year_than_all_others_tell_is_a_conflict(self, home: House) -> None:
        """TheTVDB's record bears the IMDb id of Inception and is about another film."""
        home.simulators.patch(
            "tvdb",
            "movie",
            300113,
            name="Summer Stock",
            year="1950",
            aliases=[],
            translations={
                "nameTranslations": [{"name": "Summer Stock", "language": "eng"}],
                "overviewTranslations": [],
            },
            releases=[{"country": "global", "date": "1950-08-31", "detail": None}],
            first_release={"country": "global", "date": "1950-08-31", "detail": None},
        )
        enriched = home.enrich(home.add("inception", "imdb"))
        assert kinds(enriched.outcomes)["tvdb"] == "conflict"
        assert enriched.item.conflicts == (
            Conflict(id_type="title", value="Summer Stock (1950)", claimed_by="tvdb", stands="Inception (2010)"),
        )
        assert "tvdb" not in enriched.item.ids
        assert "tvdb" not in {source_of(field) for field in enriched.item.fields.values()}
        home.services.editor.edit(enriched.item.id, Edit(ids={"imdb": "tt1375666", "tvdb": "300113"}))
        item = home.enrich(enriched.item.id).item
        assert item.conflicts == (), "the owner said that this is the title"

    def test_two_new_items_cannot_claim_one_id(self, home: House) -> None:
        first = home.add("inception", "imdb")
        second = home.add("the-matrix", "tmdb")
        with pytest.raises(InvalidInput) as caught:
            home.services.editor.edit(second, Edit(ids={"imdb": "tt1375666"}))
        assert caught.value.reason == "ID_TAKEN"
        assert f"item {first}" in str(caught.value)
        assert home.item(second).id_values() == {"tmdb": "603"}

    def test_an_id_of_an_item_that_is_another_title_is_listed_and_nothing_got_by_it_is_merged(
        self, home: House
    ) -> None:
        other = add(home, "Quite Another Film", 1971, tvdb="300113")
        item_id = home.add("inception", "imdb")
        enriched = home.enrich(item_id)
        assert "tvdb" not in enriched.item.ids
        assert Conflict(id_type="tvdb", value="300113", claimed_by="tvdb", item=other) in (enriched.item.conflicts)
        assert kinds(enriched.outcomes)["tvdb"] == "conflict"
        assert "tvdb" not in {source_of(field) for field in enriched.item.fields.values()}
        assert home.awaited(item_id).keys() == {"tvdb"}

    def test_an_id_stays_where_the_one_that_would_replace_it_is_another_item_s(
        self, home: House, clock: FakeClock
    ) -> None:
        item_id = home.add("inception", "tmdb")
        home.enrich(item_id, "tmdb")
        other = add(home, "Quite Another Film", 1971, imdb="tt7654321")
        home.simulators.patch("tmdb", "movie", 27205, imdb_id="tt7654321", external_ids={"imdb_id": "tt7654321"})
        clock.advance(1)
        item = home.enrich(item_id, "tmdb", force=True).item
        assert item.ids["imdb"] == IdClaim(value="tt1375666", source="tmdb")
        assert item.conflicts == (Conflict(id_type="imdb", value="tt7654321", claimed_by="tmdb", item=other),)

    def test_merging_again_from_the_cache_leaves_other_items_answers_alone(self, home: House) -> None:
        add(home, "Quite Another Film", 1971, tvdb="300113")
        item_id = home.add("inception", "imdb")
        before = home.enrich(item_id).item
        config = home.services.config.read()
        with home.database.read() as connection:
            [recalled] = home.services.gatherer.recall(connection, [before], config).values()
        assert kinds(recalled.findings.outcomes)["tvdb"] == "conflict"
        for _ in home.services.remerger.apply():
            pass
        assert "tvdb" not in {source_of(field) for field in home.item(item_id).fields.values()}


class TestCorrection:
    def test_values_of_the_wrong_title_go_and_those_of_the_right_one_come(self, home: House) -> None:
        item_id = home.add("the-matrix")
        home.enrich(item_id)
        done = home.services.editor.edit(item_id, Edit(ids={"imdb": "tt1375666"}))
        assert done.item.ids == {"imdb": IdClaim(value="tt1375666", source=OWNER)}
        assert {source_of(field) for field in done.item.fields.values()} <= {"import"}
        assert done.change_set is not None
        assert done.change_set.cause == "identify"
        enriched = home.enrich(item_id)
        assert enriched.item.fields["title"].value == "Inception"
        assert enriched.item.ids["tmdb"].value == "27205"
        assert enriched.item.conflicts == ()

    def test_what_the_owner_locked_or_typed_stays(self, home: House) -> None:
        item_id = home.add("the-matrix")
        home.enrich(item_id)
        home.services.editor.edit(item_id, Edit(fields={"tagline": "Mine."}, lock=frozenset({"plot"})))
        plot = home.item(item_id).fields["plot"]
        done = home.services.editor.edit(item_id, Edit(ids={"imdb": "tt1375666"}))
        assert done.item.fields["tagline"].value == "Mine."
        assert done.item.fields["plot"] == plot
        assert "poster" not in done.item.fields

    def test_an_id_that_stays_keeps_what_was_got_by_it(self, home: House) -> None:
        item_id = home.add("inception", "imdb")
        home.enrich(item_id)
        done = home.services.editor.edit(item_id, Edit(ids={"imdb": "tt1375666"}))
        kept = {source_of(held) for held in done.item.fields.values()}
        assert "omdb" in kept, "it was asked by the IMDb id"
        assert "tmdb" not in kept, "its id was not named, so nothing vouches for what was got by it"

    def test_old_answers_do_not_count_any_more(self, home: House) -> None:
        item_id = home.add("the-matrix")
        home.enrich(item_id)
        home.services.editor.edit(item_id, Edit(ids={"imdb": "tt1375666"}))
        for provider in ("omdb", "tmdb", "tvdb", "fanart"):
            home.simulators.fault(provider, "error_500")
        with pytest.raises(NobodyAnswered):
            home.enrich(item_id)
        assert {source_of(field) for field in home.item(item_id).fields.values()} <= {"import"}

    def test_it_can_be_undone_ids_and_all(self, home: House) -> None:
        item_id = home.add("the-matrix")
        home.enrich(item_id)
        before = home.item(item_id)
        done = home.services.editor.edit(item_id, Edit(ids={"imdb": "tt1375666"}))
        assert done.change_set is not None
        home.services.history.undo(done.change_set.id)
        after = home.item(item_id)
        assert after.id_values() == before.id_values()
        assert {name: held.value for name, held in after.fields.items()} == {
            name: held.value for name, held in before.fields.items()
        }
        assert after.vetoes == ()

    def test_an_undo_is_refused_where_the_ids_were_corrected_again(self, home: House) -> None:
        item_id = home.add("the-matrix")
        first = home.services.editor.edit(item_id, Edit(ids={"imdb": "tt1375666"})).change_set
        home.services.editor.edit(item_id, Edit(ids={"imdb": "tt0137523"}))
        assert first is not None
        with pytest.raises(CannotDo) as caught:
            home.services.history.undo(first.id)
        assert caught.value.reason == "IDS_MOVED"
        assert home.item(item_id).id_values() == {"imdb": "tt0137523"}

    def test_an_undo_is_refused_where_another_item_has_the_old_id_by_now(self, home: House) -> None:
        item_id = home.add("the-matrix")
        done = home.services.editor.edit(item_id, Edit(ids={"imdb": "tt1375666"})).change_set
        other = add(home, "The Matrix", 1999, imdb="tt0133093")
        assert done is not None
        with pytest.raises(CannotDo, match=f"item {other}"):
            home.services.history.undo(done.id)

    def test_conflicts_and_candidates_are_settled_by_it(self, home: House) -> None:
        item_id = home.add("inception")
        home.simulators.patch("omdb", "movie", "tt1375666", imdbID="tt0133093")
        assert home.enrich(item_id).item.conflicts
        assert home.services.editor.edit(item_id, Edit(ids={"imdb": "tt0137523"})).item.conflicts == ()

    def test_confirming_the_ids_makes_them_the_owner_s_and_removes_nothing(self, home: House) -> None:
        item_id = home.add("inception", "imdb")
        before = home.enrich(item_id).item
        done = home.services.editor.edit(item_id, Edit(ids=before.id_values()))
        assert {claim.source for claim in done.item.ids.values()} == {OWNER}
        assert done.item.fields == before.fields

    def test_ids_may_be_taken_away_from_an_item_that_has_a_title(self, home: House) -> None:
        named = home.add("inception", "imdb")
        assert home.services.editor.edit(named, Edit(ids={})).item.ids == {}
        nameless = add(home, "", imdb="tt0133093")
        with pytest.raises(InvalidInput, match="at least one id"):
            home.services.editor.edit(nameless, Edit(ids={}))


class TestJoining:
    def pair(self, home: House) -> tuple[int, int]:
        """One title twice: known by its TMDB id, and by its TheTVDB id."""
        return home.add("inception", "tmdb"), home.add("inception", "tvdb")

    def test_two_items_that_turn_out_to_be_one_title_are_joined_into_the_older(self, home: House) -> None:
        first, second = self.pair(home)
        home.enrich(first, "tmdb")
        enriched = home.enrich(second)
        assert enriched.item.id == first
        assert sources(enriched.item)["tmdb"] == ("27205", OWNER)
        assert sources(enriched.item)["tvdb"] == ("300113", OWNER)
        assert enriched.item.conflicts == ()
        with home.database.read() as connection:
            assert find(connection, second).id == first, "its own id leads to the survivor"
            assert find(connection, ("tvdb", "300113")).id == first
            assert joins.joined_to(connection, first) == [second]
        assert home.services.library.page(ItemFilter()).total == 1

    def test_the_younger_joins_as_well_when_the_older_one_is_enriched(self, home: House) -> None:
        first, second = self.pair(home)
        home.enrich(second, "tvdb")
        enriched = home.enrich(first)
        assert enriched.item.id == first
        with home.database.read() as connection:
            assert joins.joined_to(connection, first) == [second]

    def test_locks_vetoes_monitoring_and_history_move(self, home: House) -> None:
        first, second = self.pair(home)
        home.services.editor.edit(first, Edit(fields={"tagline": "The first's."}, monitored=False))
        home.services.editor.edit(second, Edit(fields={"tagline": "The second's.", "plot": "Mine."}))
        veto = Veto(field="outline", providers=("omdb",), value=title("inception").short_plot)
        home.change(second, lambda item: replace(item, vetoes=(veto,)))
        told = [each.id for each in home.history(second)]
        item = home.enrich(second).item
        assert item.fields["tagline"].value == "The first's."
        assert (item.fields["plot"].value, item.fields["plot"].locked) == ("Mine.", True)
        assert item.monitored
        assert veto in item.vetoes
        history = home.history(first)
        assert history[0].cause == "join"
        assert {each.id for each in history} >= set(told)
        assert home.history(second) == []

    def test_the_join_is_a_change_set_with_what_it_changed(self, home: House) -> None:
        first, second = self.pair(home)
        item = home.enrich(second).item
        [join] = [each for each in home.history(first) if each.cause == "join"]
        assert moved_ids(join) == ({"tmdb": "27205"}, item.id_values())
        assert "plot" in {change.field for change in join.changes}
        with pytest.raises(CannotDo, match="apart"):
            home.services.history.undo(join.id)

    @pytest.mark.parametrize(
        "other",
        [
            {"name": "Inception: The Cobol Job", "year": 2010},
            {"name": "Inception", "year": 2011},
            {"name": "Inception", "year": 0},
            {"name": "", "year": 2010},
        ],
    )
    def test_another_title_or_year_is_a_conflict_and_no_join(self, home: House, other: dict[str, object]) -> None:
        first = add(home, other["name"], other["year"], tmdb="27205")  # type: ignore[arg-type]
        second = home.add("inception", "tvdb")
        before = home.item(first)
        item = home.enrich(second).item
        assert item.id == second
        assert [(each.id_type, each.item) for each in item.conflicts] == [("tmdb", first)]
        assert home.item(first) == before

    def test_an_id_that_contradicts_is_a_conflict_and_no_join(self, home: House) -> None:
        first = add(home, "Inception", 2010, tmdb="27205", imdb="tt7777777")
        second = home.add("inception", "tvdb")
        item = home.enrich(second).item
        assert item.id == second
        assert first in {each.item for each in item.conflicts}
        assert home.item(first).id_values() == {"tmdb": "27205", "imdb": "tt7777777"}

    def test_a_title_found_by_its_words_joins_the_item_that_is_there(self, home: House) -> None:
        first = home.add("inception", "imdb")
        home.enrich(first)
        second = add(home, "Inception (2010)")
        assert home.enrich(second).item.id == first
        assert home.services.library.page(ItemFilter()).total == 1

    def test_a_dry_run_shows_the_join_and_joins_nothing(self, home: House) -> None:
        first, second = self.pair(home)
        before = home.rows("items", "external_ids", "field_values", "joins", "change_sets")
        assert home.enrich(second, dry_run=True).item.id == first
        assert home.rows("items", "external_ids", "field_values", "joins", "change_sets") == before

    def test_joining_again_after_that_asks_nobody(self, home: House) -> None:
        first, second = self.pair(home)
        home.enrich(second)
        home.asked()
        assert home.enrich(second).changes == ()
        assert home.asked() == {}
        assert [each.cause for each in home.history(first)] == ["join"]

    def test_aliases_of_the_joined_item_find_the_survivor(self, home: House) -> None:
        first, second = self.pair(home)
        with home.database.begin() as connection:
            found = items.get(connection, second)
            assert found is not None
            items.add_alias(connection, found, "trakt", "77", OWNER)
        home.enrich(second)
        with home.database.read() as connection:
            assert find(connection, ("trakt", "77")).id == first
        assert home.services.library.show(first, why=False).aliases == (("trakt", "77"),)

    def test_series_with_seasons_below_are_joined_with_them(self, home: House) -> None:
        first, second = home.add("breaking-bad", "tmdb"), home.add("breaking-bad", "tvdb")
        with home.database.begin() as connection:
            season = items.add(connection, MediaItem(kind=Kind.SEASON, title="Season 1", parent_id=second)).id
        assert home.enrich(second).item.id == first
        assert home.item(season).parent_id == first
        assert home.item(season).deleted_at is None
        home.services.splitter.split(first, second)
        assert home.item(season).parent_id == second

    def test_what_its_entries_are_goes_along_with_a_series(self, home: House) -> None:
        first, second = home.add("breaking-bad", "tmdb"), home.add("breaking-bad", "tvdb")
        with home.database.begin() as connection:
            season = items.add(connection, MediaItem(kind=Kind.SEASON, title="Season 1", parent_id=second)).id
            episode = items.add(connection, MediaItem(kind=Kind.EPISODE, parent_id=season)).id
            bare = KnownEntry(provider="tmdb", entry="tmdb:1396/1/1", state=PairState.MISSING)
            said = replace(bare, state=PairState.PAIRED, item_id=episode, rule=PairingRule.DECIDED)
            refused = replace(bare, entry="tmdb:1396/1/2", state=PairState.REFUSED, rule=PairingRule.DECIDED)
            episode_entries.write(connection, first, [], [bare])
            episode_entries.write(connection, second, [], [said, refused])
            episode_entries.move(connection, second, first)
            assert episode_entries.of_series(connection, first) == [said, refused]
            assert episode_entries.of_series(connection, second) == []
            episode_entries.move(connection, first, second, [episode])
            assert episode_entries.of_series(connection, first) == [refused]
            assert episode_entries.of_series(connection, second) == [said]
        assert home.enrich(second).item.id == first
        with home.database.read() as connection:
            assert [each.item_id for each in episode_entries.of_series(connection, first) if each.is_decided] == [
                episode,
                None,
            ]

    def test_a_series_whose_seasons_lie_in_two_places_is_one(self, home: House) -> None:
        first, second = home.add("breaking-bad", "tmdb"), home.add("breaking-bad", "tvdb")
        with home.database.begin() as connection:
            for number, series in ((1, first), (2, second)):
                fields = {"season_number": FieldValue(value=number, sources=("import",))}
                items.add(connection, MediaItem(kind=Kind.SEASON, parent_id=series, fields=fields))
        assert home.enrich(second).item.id == first
        assert home.services.library.show(first, why=False).children == 2

    def test_two_series_that_both_have_the_same_season_stay_two(self, home: House) -> None:
        first, second = home.add("breaking-bad", "tmdb"), home.add("breaking-bad", "tvdb")
        with home.database.begin() as connection:
            for series in (first, second):
                items.add(connection, MediaItem(kind=Kind.SEASON, title="Season 1", parent_id=series))
        assert home.enrich(second).item.id == second
        assert first in {each.item for each in home.item(second).conflicts}


class TestSplitting:
    def joined(self, home: House) -> tuple[int, int, MediaItem, MediaItem]:
        """Two that were joined, with both as they were before."""
        first, second = home.add("inception", "tmdb"), home.add("inception", "tvdb")
        home.services.editor.edit(second, Edit(fields={"plot": "Mine."}))
        home.enrich(first, "tmdb")
        before = home.item(first), home.item(second)
        assert home.enrich(second).item.id == first
        return first, second, *before

    def test_a_split_brings_both_back_as_they_were(self, home: House) -> None:
        first, second, *before = self.joined(home)
        split = home.services.splitter.split(first, second)
        for now, then in zip((split.item, split.split_item), before, strict=True):
            assert now.id_values() == then.id_values()
            assert {name: (held.value, source_of(held), held.locked) for name, held in now.fields.items()} == {
                name: (held.value, source_of(held), held.locked) for name, held in then.fields.items()
            }
            assert now.deleted_at is None
        assert home.item(second) == split.split_item
        assert home.services.library.page(ItemFilter()).total == 2

    def test_history_goes_back_with_it(self, home: House) -> None:
        first, second, *_ = self.joined(home)
        home.services.splitter.split(first, second)
        assert [each.cause for each in home.history(second)] == ["edit"]
        assert [each.cause for each in home.history(first)] == ["split", "join", "enrich"]

    def test_they_are_not_joined_again_by_themselves(self, home: House, clock: FakeClock) -> None:
        first, second, *_ = self.joined(home)
        home.services.splitter.split(first, second)
        for item_id, other in ((first, second), (second, first)):
            clock.advance(1)
            item = home.enrich(item_id, force=True).item
            assert item.id == item_id
            assert other in {each.item for each in item.conflicts}

    def test_each_keeps_its_own_vetoes(self, home: House) -> None:
        first, second = home.add("inception", "tmdb"), home.add("inception", "tvdb")
        mine = Veto(field="plot", providers=("tmdb",), value=title("inception").overview)
        other = Veto(field="outline", providers=("omdb",), value=title("inception").short_plot)
        home.change(first, lambda item: replace(item, vetoes=(mine,)))
        home.change(second, lambda item: replace(item, vetoes=(other,)))
        assert home.enrich(second).item.vetoes == (mine, other)
        split = home.services.splitter.split(first, second)
        assert (split.item.vetoes, split.split_item.vetoes) == ((mine,), (other,))

    def test_what_changed_after_the_join_stays(self, home: House) -> None:
        first, second, *_ = self.joined(home)
        home.services.editor.edit(first, Edit(fields={"tagline": "Typed in later."}))
        split = home.services.splitter.split(first, second)
        assert split.item.fields["tagline"] == replace(
            split.item.fields["tagline"], value="Typed in later.", sources=(OWNER,), locked=True
        )
        assert "tagline" not in split.split_item.fields

    def test_splitting_twice_says_the_same(self, home: House) -> None:
        first, second, *_ = self.joined(home)
        once = home.services.splitter.split(first, second)
        again = home.services.splitter.split(first, second)
        assert (again.item, again.split_item) == (once.item, once.split_item)

    def test_items_that_were_never_one_cannot_be_split(self, home: House) -> None:
        first, second = home.add("inception"), home.add("the-matrix")
        with pytest.raises(NoSuchThing, match="joined to it: none"):
            home.services.splitter.split(first, second)

    def test_a_chain_of_joins_is_taken_apart_link_by_link(self, home: House) -> None:
        first, second, third = (
            home.add("inception", "imdb"),
            home.add("inception", "tmdb"),
            home.add("inception", "tvdb"),
        )
        home.simulators.patch(
            "tvdb", "movie", 300113, remoteIds=[{"id": "27205", "type": 10, "sourceName": "TheMovieDB.com"}]
        )
        home.simulators.patch("tmdb", "movie", 27205, imdb_id=None, external_ids={"imdb_id": None})
        assert home.enrich(third, "tvdb").item.id == second
        home.simulators.reset()
        assert home.enrich(second, force=True).item.id == first
        with home.database.read() as connection:
            assert {find(connection, each).id for each in (first, second, third)} == {first}
        assert home.services.splitter.split(first, second).split_item.id == second
        with home.database.read() as connection:
            assert find(connection, third).id == second
        assert home.services.splitter.split(second, third).split_item.id == third

    def test_a_joined_item_is_neither_restored_nor_added_again_beside_the_survivor(self, home: House) -> None:
        first, second, *_ = self.joined(home)
        assert home.services.editor.restore([("item_ids[0]", second)]) == []
        [taken] = home.services.library.upsert([NewItem(Kind.MOVIE, "Inception", 2010, {"tvdb": "300113"})])
        assert (taken.item.id, taken.created) == (first, False)
        home.services.editor.edit(first, Edit(ids={"tmdb": "27205"}))
        [taken] = home.services.library.upsert([NewItem(Kind.MOVIE, "Another", 1950, {"tvdb": "300113"})])
        assert taken.created, "the id is nobody's now"


def test_a_lock_without_a_value_moves_by_a_join_too(home: House) -> None:
    first, second = home.add("inception", "tmdb"), home.add("inception", "tvdb")
    empty = FieldValue(locked=True, rule=Rule.OWNER)
    home.change(second, lambda item: replace(item, fields={**item.fields, "tagline": empty}))
    home.change(
        first, lambda item: replace(item, fields={**item.fields, "plot": stored("Old.", asked_id="tmdb:27205")})
    )
    item = home.enrich(second).item
    assert item.fields["tagline"].locked
    assert item.fields["tagline"].value is None
