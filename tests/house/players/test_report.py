"""What a player reports becomes items of the library, or leaves it; and what of its word is stored."""

import pytest

from factories import source_of
from harness import House
from memory import peak
from metarr.domain.authority import FieldRule
from metarr.domain.consent import SyncPolicy
from metarr.domain.values import Kind
from metarr.errors import CannotDo, InvalidInput
from metarr.library.edit import Edit
from metarr.library.intake import NewItem, NewSeries
from metarr.store import items
from model_player import ModelPlayer, provider_says

pytestmark = pytest.mark.slow

HEAT, RAN, ALIEN = {"imdb": "tt0113277"}, {"imdb": "tt0089881"}, {"imdb": "tt0078748"}
DALLAS = NewSeries("Dallas", 1978, {"tvdb": "77092"})
SHOWS = (Kind.SERIES, Kind.SEASON, Kind.EPISODE)


@pytest.fixture
def kodi(home: House) -> ModelPlayer:
    """A player with two films."""
    player = ModelPlayer(home, kinds=(Kind.MOVIE, *SHOWS))
    player.add("heat", "Heat", ids=dict(HEAT), year=1995)
    player.add("ran", "Ran", ids=dict(RAN), year=1985)
    player.report_all()
    player.sync()
    return player


def item_of(player: ModelPlayer, key: str = "heat") -> int:
    return player.states()[key].item.id


def library(home: House) -> set[str]:
    """The titles of the live items."""
    with home.database.read() as connection:
        return {head.title for head in items.heads(connection)}


def episode(player: ModelPlayer, number: int) -> None:
    player.add(f"e{number}", f"Episode {number}", kind=Kind.EPISODE, series=DALLAS, season=1, episode=number)


class TestWhatComesIn:
    def test_each_entry_becomes_an_item_once(self, home: House, kodi: ModelPlayer) -> None:
        assert library(home) == {"Heat", "Ran"}
        before = home.rows()
        again = kodi.report_all("again")
        assert [(placed.key, placed.created, placed.problems) for placed in again] == [
            ("heat", False, ()),
            ("ran", False, ()),
        ]
        assert {placed.item_id for placed in again} == {item_of(kodi, "heat"), item_of(kodi, "ran")}
        after = home.rows()
        assert {name for name in after if after[name] != before[name]} == {"player_items"}

    def test_it_is_the_item_that_is_there_already(self, home: House, kodi: ModelPlayer) -> None:
        held = home.add("fight-club")
        kodi.add("club", "Fight Club (1999) [4K]", ids={"imdb": "tt0137523"})
        [placed] = kodi.report("club").placed
        assert (placed.item_id, placed.created) == (held, False)

    def test_an_id_of_an_unknown_type_wants_a_second_witness(self, home: House, kodi: ModelPlayer) -> None:
        kodi.add("alien", "Alien", ids={"unknown": ALIEN["imdb"], "tmdb": "348"}, year=1979)
        kodi.report("alien")
        claims = home.item(item_of(kodi, "alien")).ids
        assert {id_type: (claim.value, claim.weak) for id_type, claim in claims.items()} == {
            "imdb": (ALIEN["imdb"], True),
            "tmdb": ("348", False),
        }

    def test_a_second_file_is_the_same_item(self, home: House, kodi: ModelPlayer) -> None:
        kodi.add("heat-4k", "Heat", ids=dict(HEAT))
        [placed] = kodi.report("heat-4k").placed
        assert placed.item_id == item_of(kodi, "heat")

    def test_a_series_its_season_and_its_episodes_hang_together(self, home: House, kodi: ModelPlayer) -> None:
        kodi.add("show", "Dallas", kind=Kind.SERIES, ids={"tvdb": "77092"}, year=1978)
        episode(kodi, 1)
        episode(kodi, 2)
        kodi.report("e1", "show", "e2")
        first, second = home.item(item_of(kodi, "e1")), home.item(item_of(kodi, "e2"))
        assert first.parent_id == second.parent_id is not None
        assert home.item(first.parent_id).parent_id == item_of(kodi, "show")
        provider_says(home, second.id, plot="Who shot J.R.?")
        kodi.sync()
        assert kodi.films["e2"].fields["plot"] == "Who shot J.R.?"

    def test_another_session_may_not(self, kodi: ModelPlayer) -> None:
        old, _ = kodi.session, kodi.register()
        kodi.session = old
        with pytest.raises(CannotDo) as caught:
            kodi.report_all()
        assert caught.value.reason == "SESSION_ENDED"


class TestItsWord:
    def test_it_is_stored_only_where_nothing_is_and_below_every_provider(self, home: House) -> None:
        held = home.add("fight-club")
        home.services.editor.edit(held, Edit(fields={"plot": "The owner's."}))
        player = ModelPlayer(home)
        player.add("club", "Fight Club", ids={"imdb": "tt0137523"}, fields={"plot": "Its own.", "tagline": "Mischief."})
        player.report_all()
        fields = home.item(held).fields
        assert (fields["plot"].value, source_of(fields["plot"])) == ("The owner's.", "owner")
        assert (fields["tagline"].value, source_of(fields["tagline"])) == ("Mischief.", "player:kodi")
        home.enrich(held)
        assert source_of(home.item(held).fields["tagline"]) in ("tmdb", "omdb", "tvdb")

    def test_what_is_typed_there_later_counts_and_what_metarr_wrote_there_does_not(
        self, home: House, kodi: ModelPlayer
    ) -> None:
        kodi.films["heat"].fields["plot"] = "Typed there later."
        kodi.report("heat")
        stored = home.item(item_of(kodi)).fields["plot"]
        assert (stored.value, source_of(stored)) == ("Typed there later.", "player:kodi")
        provider_says(home, item_of(kodi), tagline="TMDB's.")
        kodi.sync()
        provider_says(home, item_of(kodi), tagline=None)
        kodi.report("heat")
        assert kodi.films["heat"].fields["tagline"] == "TMDB's."
        assert home.item(item_of(kodi)).fields["tagline"].value is None

    def test_what_is_wrong_costs_only_itself(self, home: House, kodi: ModelPlayer) -> None:
        kodi.add("alien", "Alien", ids={**ALIEN, "tmdb": "not a number"}, fields={"plot": 5, "colour": "red"})
        kodi.films["alien"].fields["tagline"] = "In space no one can hear you scream."
        [placed] = kodi.report("alien").placed
        assert placed.created
        assert len(placed.problems) == 3
        for problem, word in zip(placed.problems, ("tmdb", "plot", "colour"), strict=True):
            assert word in problem
        item = home.item(item_of(kodi, "alien"))
        assert item.id_values() == ALIEN
        assert item.fields["tagline"].value == "In space no one can hear you scream."
        assert "plot" not in item.fields

    @pytest.mark.parametrize(("id_type", "value"), [("trakt", "None"), ("anidb", "0"), ("imdb", "tt0000000")])
    def test_what_stands_for_no_id_joins_none_and_is_no_problem(
        self, home: House, kodi: ModelPlayer, id_type: str, value: str
    ) -> None:
        kodi.add("one", "Film A", year=2001, ids={id_type: value, "tmdb": "940001"})
        kodi.add("other", "Quite Another", year=2002, ids={id_type: value})
        one, other = kodi.report("one", "other").placed
        assert (one.problems, other.problems) == ((), ())
        assert one.item_id != other.item_id
        assert home.item(item_of(kodi, "other")).ids == {}

    def test_ids_are_stored_in_one_spelling_and_a_collection_s_are_not_its(
        self, home: House, kodi: ModelPlayer
    ) -> None:
        kodi.add(
            "one", "Film A", ids={"Imdb": "TT0900001", "Tmdb": "940001", "TmdbCollection": "8864", "TvdbSlug": "a"}
        )
        [placed] = kodi.report("one").placed
        assert placed.problems == ()
        assert home.item(item_of(kodi, "one")).id_values() == {"imdb": "tt0900001", "tmdb": "940001", "tvdbslug": "a"}

    def test_a_wrong_id_of_its_series_costs_itself(self, kodi: ModelPlayer) -> None:
        series = NewSeries("Dallas", 1978, {"tvdb": "x", "imdb": "None", "tmdb": "5"})
        kodi.add("e1", "Episode 1", kind=Kind.EPISODE, series=series, season=1, episode=1)
        [placed] = kodi.report("e1").placed
        assert placed.item_id is not None
        [problem] = placed.problems
        assert "'x' is no tvdb id" in problem

    def test_ids_of_different_items_leave_the_best_one(self, home: House, kodi: ModelPlayer) -> None:
        [other] = home.services.library.upsert([NewItem(Kind.MOVIE, "Another", 1999, {"tmdb": "949"})])
        kodi.add("mixed", "Heat", ids={**HEAT, "tmdb": "949"})
        [placed] = kodi.report("mixed").placed
        assert (placed.item_id, len(placed.problems)) == (item_of(kodi, "heat"), 1)
        assert home.item(other.item.id).id_values() == {"tmdb": "949"}

    def test_one_that_cannot_be_taken_leaves_the_others_alone(self, home: House, kodi: ModelPlayer) -> None:
        kodi.add("nameless", " ", ids={"imdb": "nonsense"})
        kodi.films["nameless"].title = ""
        kodi.films["heat"].fields["plot"] = "Typed there."
        lost, fine = kodi.report("nameless", "heat").placed
        assert (fine.item_id, fine.problems) == (item_of(kodi, "heat"), ())
        assert lost.problems


class TestWhichItem:
    def test_other_ids_at_the_host_are_another_item(self, home: House, kodi: ModelPlayer) -> None:
        kodi.films["heat"].ids = dict(ALIEN)
        kodi.films["heat"].title = "Alien"
        [placed] = kodi.report("heat").placed
        assert placed.created
        assert library(home) == {"Alien", "Ran"}
        provider_says(home, item_of(kodi, "heat"), plot="In space.")
        kodi.sync()
        assert kodi.films["heat"].fields["plot"] == "In space."

    def test_other_ids_are_written_to_under_fill_as_to_a_new_entry(self, home: House) -> None:
        player = ModelPlayer(home, policy=SyncPolicy.FILL)
        player.add("heat", "Heat", ids=dict(HEAT))
        player.report_all()
        provider_says(home, item_of(player), plot="Thieves.")
        player.sync()
        player.films["heat"].ids, player.films["heat"].fields["plot"] = dict(ALIEN), "Of the file."
        player.report_all()
        provider_says(home, item_of(player), plot="In space.")
        player.sync()
        assert player.films["heat"].fields["plot"] == "Of the file."

    def test_another_number_at_the_host_has_everything_told_again(self, home: House, kodi: ModelPlayer) -> None:
        provider_says(home, item_of(kodi), plot="Thieves.")
        kodi.sync()
        kodi.rebuild("heat", title="Heat")
        before = item_of(kodi)
        kodi.report("heat")
        assert item_of(kodi) == before
        kodi.sync()
        assert kodi.films["heat"].fields["plot"] == "Thieves."

    def test_a_renamed_file_keeps_its_item(self, home: House, kodi: ModelPlayer) -> None:
        before = item_of(kodi)
        kodi.films["heat-new"] = kodi.films.pop("heat")
        kodi.films["heat-new"].key = "heat-new"
        kodi.report("heat-new", removed=["heat"])
        assert item_of(kodi, "heat-new") == before
        assert home.item(before).deleted_at is None


class TestWhatLeaves:
    def test_an_item_that_no_player_has_any_more_is_deleted_and_comes_back(
        self, home: House, kodi: ModelPlayer
    ) -> None:
        heat = item_of(kodi)
        home.services.editor.edit(heat, Edit(fields={"plot": "The owner's."}))
        assert kodi.report(removed=["heat", "never there"]).removed == 1
        assert library(home) == {"Ran"}
        [placed] = kodi.report("heat").placed
        assert (placed.item_id, placed.created) == (heat, False)
        kodi.sync()
        assert kodi.films["heat"].fields["plot"] == "The owner's."

    def test_one_that_another_player_has_stays(self, home: House, kodi: ModelPlayer) -> None:
        other = ModelPlayer(home, "attic")
        other.add("heat", "Heat", ids=dict(HEAT))
        other.report_all()
        kodi.report(removed=["heat"])
        assert library(home) == {"Heat", "Ran"}
        assert home.services.players.remove("attic") == 1
        assert library(home) == {"Ran"}

    def test_one_that_the_owner_added_stays(self, home: House, kodi: ModelPlayer) -> None:
        held = home.add("fight-club")
        kodi.add("club", "Fight Club", ids={"imdb": "tt0137523"})
        kodi.report("club")
        kodi.report(removed=["club"])
        assert home.item(held).deleted_at is None

    def test_one_that_the_owner_added_later_by_hand_stays(self, home: House, kodi: ModelPlayer) -> None:
        home.services.library.upsert([NewItem(Kind.MOVIE, "Heat", 1995, dict(HEAT))])
        kodi.report(removed=["heat"])
        assert library(home) == {"Heat", "Ran"}

    def test_the_last_episode_takes_its_season_and_series_along(self, home: House, kodi: ModelPlayer) -> None:
        episode(kodi, 1)
        episode(kodi, 2)
        kodi.report("e1", "e2")
        kodi.report(removed=["e1"])
        assert library(home) == {"Heat", "Ran", "Dallas", "Season 1", "Episode 2"}
        kodi.report(removed=["e2"])
        assert library(home) == {"Heat", "Ran"}

    def test_a_series_that_comes_back_brings_only_the_episodes_that_are_there(
        self, home: House, kodi: ModelPlayer
    ) -> None:
        episode(kodi, 1)
        episode(kodi, 2)
        kodi.report("e1", "e2")
        before = item_of(kodi, "e1")
        kodi.report(removed=["e1", "e2"])
        [placed] = kodi.report("e1").placed
        assert placed.item_id == before
        assert library(home) == {"Heat", "Ran", "Dallas", "Season 1", "Episode 1"}

    def test_an_episode_that_the_owner_added_keeps_its_series(self, home: House, kodi: ModelPlayer) -> None:
        episode(kodi, 1)
        kodi.report("e1")
        home.services.library.upsert([NewItem(Kind.EPISODE, "Extra", series=DALLAS, season=1, episode=9)])
        kodi.report(removed=["e1"])
        assert library(home) == {"Heat", "Ran", "Dallas", "Season 1", "Extra"}


class TestTheOwnersDeletion:
    def test_it_outlasts_every_report(self, home: House, kodi: ModelPlayer) -> None:
        heat = item_of(kodi)
        home.services.editor.delete([("item_ids[0]", heat)])
        [placed, _] = kodi.report_all()
        assert (placed.item_id, placed.created) == (None, False)
        assert "deleted by the owner" in placed.problems[0]
        assert library(home) == {"Ran"}
        other = ModelPlayer(home, "attic")
        other.add("heat", "Heat", ids=dict(HEAT))
        assert other.report_all()[0].item_id is None
        assert library(home) == {"Ran"}

    def test_after_it_was_restored_the_players_hear_of_it_and_know_what_is_metarr_s(
        self, home: House, kodi: ModelPlayer
    ) -> None:
        heat = item_of(kodi)
        home.services.players.update(kodi.id, {"policy": SyncPolicy.FILL})
        provider_says(home, heat, plot="One.")
        kodi.sync()
        home.services.editor.delete([("item_ids[0]", heat)])
        kodi.report_all()
        assert kodi.pull() == []
        provider_says(home, heat, plot="Two.")
        home.services.editor.restore([("item_ids[0]", heat)])
        assert [row.entry.host_key for row in kodi.pull()] == ["heat"]
        kodi.sync()
        assert kodi.films["heat"].fields["plot"] == "Two."

    def test_an_episode_of_a_deleted_series_stays_away_and_comes_back_with_it(
        self, home: House, kodi: ModelPlayer
    ) -> None:
        episode(kodi, 1)
        kodi.report("e1")
        pilot = home.item(item_of(kodi, "e1"))
        series = home.item(pilot.parent_id or 0).parent_id
        assert series is not None
        home.services.editor.delete([("item_ids[0]", series)])
        assert kodi.report("e1").placed[0].item_id is None
        home.services.editor.restore([("item_ids[0]", series)])
        assert "e1" in {row.entry.host_key for row in kodi.pull()}


class TestWholeReports:
    def test_what_was_in_no_part_of_it_is_gone(self, home: House, kodi: ModelPlayer) -> None:
        kodi.add("alien", "Alien", ids=dict(ALIEN))
        kodi.report("heat", report_id="r2")
        done = kodi.report("alien", report_id="r2", complete=True)
        assert done.removed == 1
        assert library(home) == {"Heat", "Alien"}
        [standing] = home.services.players.everyone()
        assert standing.player.reported_at == home.clock.now()

    def test_one_that_was_killed_removes_nothing(self, home: House, kodi: ModelPlayer) -> None:
        kodi.report("heat", report_id="killed")
        assert library(home) == {"Heat", "Ran"}
        kodi.register()
        kodi.report("heat", report_id="next")
        kodi.report("ran", report_id="next", complete=True)
        assert library(home) == {"Heat", "Ran"}

    def test_news_told_meanwhile_do_not_drop_an_entry_from_it(self, home: House, kodi: ModelPlayer) -> None:
        kodi.report("heat", report_id="r2")
        kodi.report("heat")
        kodi.report("ran", report_id="r2", complete=True)
        assert library(home) == {"Heat", "Ran"}

    def test_a_deleted_item_s_entry_counts_as_reported(self, home: House, kodi: ModelPlayer) -> None:
        home.services.editor.delete([("item_ids[0]", item_of(kodi))])
        assert kodi.report("heat", "ran", report_id="r2", complete=True).removed == 0


class TestJoinsAndSplits:
    def test_entries_move_with_a_join_and_back_with_its_split(self, home: House) -> None:
        player = ModelPlayer(home)
        player.add("imdb", "Fight Club", ids={"imdb": "tt0137523"}, year=1999)
        player.add("tmdb", "Fight Club", ids={"tmdb": "550"}, year=1999)
        player.report_all()
        first, second = item_of(player, "imdb"), item_of(player, "tmdb")
        assert first != second
        player.sync()
        home.enrich(first)
        home.enrich(second)
        assert item_of(player, "imdb") == item_of(player, "tmdb")
        survivor = item_of(player, "imdb")
        player.sync()
        assert player.films["imdb"].fields["title"] == player.films["tmdb"].fields["title"]
        gone = second if survivor == first else first
        home.services.splitter.split(survivor, gone)
        moved = {item_of(player, "imdb"), item_of(player, "tmdb")}
        assert moved == {first, second}
        assert {row.entry.host_key for row in player.pull()} >= {"tmdb" if gone == second else "imdb"}


@pytest.mark.slow
def test_a_library_of_2000_is_taken_in_by_parts_that_need_no_more_memory_at_its_end(home: House) -> None:
    player = ModelPlayer(home)
    for number in range(2000):
        player.add(f"film-{number}", f"Film {number}", ids={"tmdb": str(number + 1)}, fields={"plot": "p" * 500})
    keys = list(player.films)
    parts = [keys[start : start + 200] for start in range(0, len(keys), 200)]
    for part in parts:
        player.report(*part, report_id="first", complete=part is parts[-1])
    while rows := player.pull(100):
        player.ack(*[player.take(row) for row in rows])
    assert player.writes == [(key, "title", f"Film {number}") for number, key in enumerate(keys)]

    def begin_anew() -> None:
        player.report(*parts[0], report_id="second")
        home.services.players.preview(player.id, SyncPolicy.REPLACE, 20)

    needed = peak(begin_anew)
    for part in parts[1:]:
        player.report(*part, report_id="second", complete=part is parts[-1])
    [standing] = home.services.players.everyone()
    assert (standing.counts.items, standing.counts.pending, standing.counts.not_taken) == (2000, 0, 0)
    assert needed < 32 * 2**20


class TestAsASource:
    """A player may stand in a field's order; what it has of Metarr's is an echo."""

    def listen(self, home: House, *sources: str) -> None:
        home.services.authorities.update(rules=[(Kind.MOVIE, "plot", FieldRule(providers=sources))])

    def plot(self, home: House, kodi: ModelPlayer) -> tuple[object, str]:
        stored = home.item(item_of(kodi)).fields["plot"]
        return stored.value, source_of(stored)

    def test_what_was_written_there_is_an_echo_and_what_was_changed_there_is_its_word(
        self, home: House, kodi: ModelPlayer
    ) -> None:
        kodi.shortens = 3
        provider_says(home, item_of(kodi), plot="TMDB's.")
        kodi.sync()
        self.listen(home, "player:kodi", "tmdb")
        kodi.report_all()
        assert (kodi.films["heat"].fields["plot"], self.plot(home, kodi)) == ("TMD", ("TMDB's.", "tmdb"))
        kodi.films["heat"].fields["plot"] = "By hand."
        kodi.report_all()
        assert self.plot(home, kodi) == ("By hand.", "player:kodi")
        before = home.rows()
        kodi.report_all("again")
        after = home.rows()
        assert {name for name in after if after[name] != before[name]} <= {"player_items"}

    def test_what_it_held_before_stays_its_word_when_metarr_has_written_there(
        self, home: House, kodi: ModelPlayer
    ) -> None:
        kodi.add("alien", "Alien", ids=dict(ALIEN), fields={"plot": "Its own."})
        kodi.report("alien")
        provider_says(home, item_of(kodi, "alien"), plot="TMDB's.")
        kodi.sync()
        kodi.report_all()
        self.listen(home, "player:kodi", "tmdb")
        list(home.services.remerger.apply())
        stored = home.item(item_of(kodi, "alien")).fields["plot"]
        assert (stored.value, source_of(stored)) == ("Its own.", "player:kodi")

    def test_a_value_of_one_player_that_came_to_another_is_no_word_of_that_one(
        self, home: House, kodi: ModelPlayer
    ) -> None:
        attic = ModelPlayer(home, "attic")
        attic.add("heat", "Heat", ids=dict(HEAT))
        attic.report_all()
        self.listen(home, "player:attic", "player:kodi")
        kodi.films["heat"].fields["plot"] = "By hand."
        kodi.report_all()
        attic.sync()
        attic.report_all()
        assert attic.films["heat"].fields["plot"] == "By hand."
        kodi.films["heat"].fields["plot"] = "By hand, again."
        kodi.report_all()
        assert self.plot(home, kodi) == ("By hand, again.", "player:kodi")

    def test_what_a_player_said_goes_with_the_entry(self, home: House, kodi: ModelPlayer) -> None:
        home.services.library.upsert([NewItem(Kind.MOVIE, "Heat", 1995, dict(HEAT))])
        item_id = item_of(kodi)
        assert [each.source for each in home.item(item_id).statements] == ["player:kodi"]
        kodi.report(removed=["heat"])
        assert home.item(item_id).statements == ()

    def test_what_a_player_said_goes_with_the_player(self, home: House, kodi: ModelPlayer) -> None:
        home.services.library.upsert([NewItem(Kind.MOVIE, "Heat", 1995, dict(HEAT))])
        item_id = item_of(kodi)
        home.services.players.remove("kodi")
        assert home.item(item_id).statements == ()

    def test_an_order_names_only_players_that_there_are(self, home: House, kodi: ModelPlayer) -> None:
        with pytest.raises(InvalidInput, match="there is no player 'attic'"):
            self.listen(home, "player:attic")
        assert home.services.authorities.read().further_sources == ("import", "nfo", "player:kodi")
