"""What is pending for a player and what it says it did: sequences, acks, policies, hand edits, lost acks."""

from datetime import date

import pytest

from fakes import FakeClock
from harness import House
from metarr.domain.consent import IDS, SyncPolicy
from metarr.domain.delivery import Mode, Taken
from metarr.domain.values import Image, Kind
from metarr.errors import CannotDo, NoSuchThing
from metarr.library.edit import Edit
from metarr.library.intake import NewSeries
from metarr.players.outbox import MOST_OURS, Ack, AckStatus, FieldAck
from model_player import TAKES, ModelPlayer, provider_says

pytestmark = pytest.mark.slow

HEAT = {"imdb": "tt0113277"}


@pytest.fixture
def kodi(home: House) -> ModelPlayer:
    """A player with one film, of which it holds nothing but the title; Metarr's values may replace its own."""
    player = ModelPlayer(home)
    player.add("heat", "Heat", ids=dict(HEAT), fields={"title": "Heat"})
    player.report_all()
    player.sync()
    player.writes.clear()
    return player


def item_of(player: ModelPlayer, key: str = "heat") -> int:
    return player.states()[key].item.id


def sequence(player: ModelPlayer) -> int:
    [row] = player.pull()
    return row.entry.sequence


def plot(player: ModelPlayer, key: str = "heat") -> object:
    return player.films[key].fields.get("plot")


class TestSequences:
    def test_every_change_gives_a_new_one_and_undo_does_too(self, home: House, kodi: ModelPlayer) -> None:
        seen = []
        for text in ("one", "two", "one"):
            provider_says(home, item_of(kodi), plot=text)
            seen.append(sequence(kodi))
        home.services.history.undo(home.history(item_of(kodi))[0].id)
        seen.append(sequence(kodi))
        assert seen == sorted(set(seen))

    def test_votes_alone_wake_nobody_but_travel_along(self, home: House, kodi: ModelPlayer) -> None:
        provider_says(home, item_of(kodi), imdb_rating=8.3)
        kodi.sync()
        provider_says(home, item_of(kodi), imdb_votes=1000)
        assert kodi.pull() == []
        provider_says(home, item_of(kodi), plot="Thieves.")
        assert {name: due.value for name, due in kodi.due("heat").items()} == {"plot": "Thieves.", "imdb_votes": 1000}

    def test_what_is_pending_is_told_anew_where_a_field_changes_that_wakes_nobody(
        self, home: House, kodi: ModelPlayer
    ) -> None:
        provider_says(home, item_of(kodi), plot="Thieves.", imdb_rating=8.3, imdb_votes=1000)
        [row] = kodi.pull()
        provider_says(home, item_of(kodi), imdb_votes=1001)
        assert kodi.ack(kodi.take(row)) == [AckStatus.SUPERSEDED]
        kodi.sync()
        assert kodi.films["heat"].fields["imdb_votes"] == 1001

    def test_a_field_that_the_player_does_not_take_wakes_it_not(self, home: House, kodi: ModelPlayer) -> None:
        provider_says(home, item_of(kodi), poster=(Image(url="https://a.test/p.jpg"),))
        assert kodi.pull() == []

    def test_a_value_that_returns_clears_nothing(self, home: House, kodi: ModelPlayer) -> None:
        provider_says(home, item_of(kodi), plot="A")
        kodi.sync()
        provider_says(home, item_of(kodi), plot="B")
        provider_says(home, item_of(kodi), plot="A")
        assert sequence(kodi)
        assert kodi.sync() == [AckStatus.CLEARED]
        assert kodi.pull() == []

    def test_two_files_of_one_film_are_two_rows(self, home: House, kodi: ModelPlayer) -> None:
        kodi.add("heat-4k", "Heat", ids=dict(HEAT))
        kodi.report("heat-4k")
        kodi.sync()
        provider_says(home, item_of(kodi), plot="Thieves.")
        first, second = kodi.pull()
        assert (first.item.id, first.entry.host_key) == (second.item.id, "heat")
        assert kodi.ack(kodi.take(first)) == [AckStatus.CLEARED]
        assert [row.entry.host_key for row in kodi.pull()] == ["heat-4k"]
        kodi.sync()
        assert (plot(kodi), plot(kodi, "heat-4k")) == ("Thieves.", "Thieves.")

    def test_a_player_that_was_away_for_weeks_finds_everything(
        self, home: House, kodi: ModelPlayer, clock: FakeClock
    ) -> None:
        attic = ModelPlayer(home, "attic")
        attic.add("heat", "Heat", ids=dict(HEAT))
        attic.report_all()
        attic.sync()
        for week in range(6):
            clock.advance(7 * 86400)
            provider_says(home, item_of(kodi), plot=f"Week {week}.", tagline=f"{week}")
            kodi.sync()
        assert attic.sync() == [AckStatus.CLEARED]
        assert attic.films["heat"].fields == kodi.films["heat"].fields

    def test_pages_follow_the_sequences(self, home: House, kodi: ModelPlayer) -> None:
        for number in range(5):
            kodi.add(f"film-{number}", f"Film {number}")
        kodi.report(*(f"film-{number}" for number in range(5)))
        provider_says(home, item_of(kodi, "film-0"), plot="Changed since.")
        first = kodi.pull(3)
        rest = home.services.outbox.pending(kodi.id, kodi.session, first[-1].entry.sequence, 3).rows
        assert [row.entry.host_key for row in (*first, *rest)] == ["film-1", "film-2", "film-3", "film-4", "film-0"]

    def test_nothing_is_told_before_the_owner_chose_and_everything_after(self, home: House) -> None:
        player = ModelPlayer(home, policy=SyncPolicy.UNCHOSEN)
        player.add("heat", "Heat", ids=dict(HEAT))
        player.report_all()
        provider_says(home, item_of(player), plot="Thieves.")
        told = home.services.outbox.pending(player.id, player.session, 0, 10)
        assert (told.rows, told.policy_needed) == ([], True)
        known = home.services.outbox.look(player.id, player.session)[0]
        home.services.players.update(player.id, {"policy": SyncPolicy.FILL})
        # Who watches after what it knew is told now.
        assert home.services.outbox.look(player.id, player.session)[0] > known
        player.sync()
        assert plot(player) == "Thieves."


class TestYears:
    """A player that takes no year, such as Kodi, shows that of the date."""

    @pytest.fixture
    def kodi(self, home: House) -> ModelPlayer:
        player = ModelPlayer(home, takes=(*TAKES, "release_date"))
        player.add("predator", "Predator", ids={"imdb": "tt0093773"})
        player.report_all()
        provider_says(home, item_of(player, "predator"), release_date="2018-03-02")
        player.sync()
        player.writes.clear()
        return player

    def test_the_date_of_a_re_release_gives_way_to_the_day_of_the_year(self, home: House, kodi: ModelPlayer) -> None:
        provider_says(home, item_of(kodi, "predator"), year=date(1987, 6, 12))
        assert kodi.sync() == [AckStatus.CLEARED]
        assert kodi.writes == [("predator", "release_date", "1987-06-12")]
        assert (kodi.pull(), kodi.sync()) == ([], [])

    def test_a_year_that_the_date_tells_already_wakes_nobody(self, home: House, kodi: ModelPlayer) -> None:
        provider_says(home, item_of(kodi, "predator"), year=date(2018, 3, 2))
        provider_says(home, item_of(kodi, "predator"), year=date(2018, 1, 1))
        assert kodi.sync() in ([], [AckStatus.CLEARED])
        assert kodi.writes == []

    def test_what_was_told_on_the_way_to_another_year_is_still_metarr_s(self, home: House, kodi: ModelPlayer) -> None:
        """It was written, though no acknowledgement of it came."""
        for year in (date(1986, 6, 12), date(1987, 6, 12)):
            [kodi.take(row) for row in kodi.pull()]
            provider_says(home, item_of(kodi, "predator"), year=year)
        [kodi.take(row) for row in kodi.pull()]
        provider_says(home, item_of(kodi, "predator"), release_date="1987-08-27")
        assert kodi.sync() == [AckStatus.CLEARED]
        assert kodi.films["predator"].fields["release_date"] == "1987-08-27"

    def test_a_player_that_takes_both_is_told_both_as_they_are(self, home: House, kodi: ModelPlayer) -> None:
        both = ModelPlayer(home, "attic", takes=(*TAKES, "release_date", "year"))
        both.add("predator", "Predator", ids={"imdb": "tt0093773"})
        both.report_all()
        provider_says(home, item_of(kodi, "predator"), year=date(1987, 6, 12))
        both.sync()
        told = both.films["predator"].fields
        assert (told["release_date"], told["year"]) == ("2018-03-02", 1987)

    def test_whatever_else_a_player_takes_no_year_wakes_it(self, home: House) -> None:
        player = ModelPlayer(home)
        player.add("predator", "Predator", ids={"imdb": "tt0093773"})
        player.report_all()
        player.sync()
        provider_says(home, item_of(player, "predator"), year=date(1987, 6, 12))
        assert player.pull() == []


class TestAcks:
    def test_the_last_sequence_clears(self, home: House, kodi: ModelPlayer) -> None:
        provider_says(home, item_of(kodi), plot="Thieves.")
        assert kodi.sync() == [AckStatus.CLEARED]
        assert (kodi.pull(), kodi.sync()) == ([], [])

    def test_an_older_one_leaves_it_pending(self, home: House, kodi: ModelPlayer) -> None:
        provider_says(home, item_of(kodi), plot="One.")
        [row] = kodi.pull()
        ack = kodi.take(row)
        provider_says(home, item_of(kodi), plot="Two.")
        assert kodi.ack(ack) == [AckStatus.SUPERSEDED]
        assert kodi.due("heat")["plot"].value == "Two."
        assert kodi.due("heat")["plot"].ours[0] == "One."
        kodi.sync()
        assert plot(kodi) == "Two."

    def test_a_late_and_a_repeated_one_change_nothing(self, home: House, kodi: ModelPlayer) -> None:
        provider_says(home, item_of(kodi), plot="One.")
        [first] = kodi.pull()
        late = kodi.take(first)
        provider_says(home, item_of(kodi), plot="Two.")
        [second] = kodi.pull()
        last = kodi.take(second)
        assert kodi.ack(last) == [AckStatus.CLEARED]
        before = home.rows("player_items")
        assert kodi.ack(late, last) == [AckStatus.REPEATED, AckStatus.REPEATED]
        assert home.rows("player_items") == before

    def test_one_for_an_entry_that_left_is_gone(self, home: House, kodi: ModelPlayer) -> None:
        provider_says(home, item_of(kodi), plot="One.")
        ack = kodi.take(kodi.pull()[0])
        kodi.report(removed=["heat"])
        assert kodi.ack(ack) == [AckStatus.GONE]

    @pytest.mark.parametrize("beyond", [1, 10**6])
    def test_a_sequence_that_the_row_never_had_is_refused(self, home: House, kodi: ModelPlayer, beyond: int) -> None:
        kodi.add("ran", "Ran")
        kodi.report("ran")
        provider_says(home, item_of(kodi), plot="One.")
        provider_says(home, item_of(kodi, "ran"), plot="One.")
        heat = next(row for row in kodi.pull() if row.entry.host_key == "heat")
        before = home.rows("player_items")
        with pytest.raises(CannotDo) as caught:
            kodi.ack(kodi.take(heat), Ack("heat", heat.entry.sequence + beyond))
        assert caught.value.reason == "UNKNOWN_SEQUENCE"
        assert home.rows("player_items") == before

    def test_one_of_another_store_is_refused(self, home: House, kodi: ModelPlayer) -> None:
        provider_says(home, item_of(kodi), plot="One.")
        ack = kodi.take(kodi.pull()[0])
        with pytest.raises(CannotDo) as caught:
            home.services.outbox.ack(kodi.id, kodi.session, "another", [ack])
        assert caught.value.reason == "STORE_CHANGED"
        assert len(kodi.pull()) == 1

    def test_one_of_a_session_that_ended_is_refused(self, home: House, kodi: ModelPlayer) -> None:
        provider_says(home, item_of(kodi), plot="One.")
        ack, old = kodi.take(kodi.pull()[0]), kodi.session
        kodi.register()
        for call in (
            lambda: home.services.outbox.ack(kodi.id, old, kodi.store_id, [ack]),
            lambda: home.services.outbox.pending(kodi.id, old, 0, 5),
            lambda: home.services.outbox.watch(kodi.id, old, 0, 5),
        ):
            with pytest.raises(CannotDo) as caught:
                call()
            assert caught.value.reason == "SESSION_ENDED"
        assert kodi.ack(ack) == [AckStatus.CLEARED]

    def test_an_unknown_player_is_told_so(self, home: House) -> None:
        with pytest.raises(NoSuchThing):
            home.services.outbox.pending("nobody", "1", 0, 5)

    def test_an_ack_of_before_an_entry_was_made_anew_says_nothing_about_the_new_one(
        self, home: House, kodi: ModelPlayer
    ) -> None:
        provider_says(home, item_of(kodi), plot="One.")
        late = kodi.take(kodi.pull()[0])
        kodi.rebuild("heat", title="Heat", plot="From the file.")
        kodi.report("heat")
        assert kodi.ack(late) == [AckStatus.REPEATED]
        kodi.sync()
        assert plot(kodi) == "One."


class TestNotTaken:
    def test_what_was_refused_is_shown_and_sent_again_only_when_that_value_changes(
        self, home: House, kodi: ModelPlayer
    ) -> None:
        kodi.refuses = {"plot"}
        provider_says(home, item_of(kodi), plot="One.", tagline="A")
        kodi.sync()
        assert kodi.shown("heat") == {"plot": (Taken.REFUSED, None, "One.")}
        assert kodi.states(troubled=True).keys() == {"heat"}
        provider_says(home, item_of(kodi), title="Heat!")
        assert kodi.due("heat").keys() == {"title"}
        kodi.sync()
        kodi.refuses = set()
        provider_says(home, item_of(kodi), plot="Two.")
        kodi.sync()
        assert (plot(kodi), kodi.shown("heat")) == ("Two.", {})
        assert kodi.states(troubled=True) == {}

    def test_what_the_owner_wants_again_is_sent_again(self, home: House, kodi: ModelPlayer) -> None:
        kodi.refuses = {"plot"}
        provider_says(home, item_of(kodi), plot="One.")
        kodi.sync()
        kodi.refuses = set()
        assert home.services.players.resend(kodi.id, ["heat"], []) == 1
        kodi.sync()
        assert (plot(kodi), kodi.shown("heat")) == ("One.", {})

    def test_what_was_refused_and_is_there_now_is_not_shown_any_more(self, home: House, kodi: ModelPlayer) -> None:
        kodi.refuses = {"plot"}
        provider_says(home, item_of(kodi), plot="One.")
        kodi.sync()
        kodi.films["heat"].fields["plot"] = "One."
        kodi.report("heat")
        assert kodi.shown("heat") == {}

    def test_the_owner_s_wish_outlives_an_ack_of_before(self, home: House, kodi: ModelPlayer) -> None:
        provider_says(home, item_of(kodi), plot="One.")
        kodi.sync()
        kodi.films["heat"].fields["plot"] = "By hand."
        provider_says(home, item_of(kodi), plot="Two.")
        [row] = kodi.pull()
        late = kodi.take(row)
        home.services.players.resend(kodi.id, ["heat"], ["plot"])
        assert kodi.ack(late) == [AckStatus.SUPERSEDED]
        kodi.sync()
        assert plot(kodi) == "Two."


class TestPolicies:
    def test_replace_replaces_and_fill_only_fills(self, home: House) -> None:
        found = {}
        for policy in (SyncPolicy.REPLACE, SyncPolicy.FILL):
            player = ModelPlayer(home, policy.value, policy=policy)
            player.add("heat", "Heat", ids=dict(HEAT), fields={"plot": "From the file."})
            player.report_all()
            provider_says(home, item_of(player), plot="Thieves.", tagline="A Los Angeles crime saga.")
            player.sync()
            found[policy] = (plot(player), player.films["heat"].fields["tagline"], player.shown("heat").get("plot"))
        kept = (Taken.KEPT, "From the file.", "Thieves.")
        assert found[SyncPolicy.REPLACE] == ("Thieves.", "A Los Angeles crime saga.", None)
        assert found[SyncPolicy.FILL] == ("From the file.", "A Los Angeles crime saga.", kept)

    @pytest.mark.parametrize("overtaken", [False, True])
    def test_fill_keeps_what_was_told_back_before_any_provider_was_asked(self, home: House, overtaken: bool) -> None:
        player = ModelPlayer(home, policy=SyncPolicy.FILL)
        player.add("heat", "Heat", ids=dict(HEAT), fields={"title": "Heat", "plot": "From the file."})
        player.report_all()
        [row] = player.pull()
        if overtaken:
            provider_says(home, item_of(player), plot="Thieves.")
        player.ack(player.take(row))
        for text in ("Thieves.", "Other thieves."):
            provider_says(home, item_of(player), plot=text)
            player.sync()
        assert plot(player) == "From the file."
        assert player.shown("heat").get("plot") == (Taken.KEPT, "From the file.", "Other thieves.")
        assert "plot" not in [field for _, field, _ in player.writes]

    def test_changing_to_replace_has_what_was_kept_replaced(self, home: House) -> None:
        player = ModelPlayer(home, policy=SyncPolicy.FILL)
        player.add("heat", "Heat", ids=dict(HEAT), fields={"plot": "From the file."})
        player.report_all()
        provider_says(home, item_of(player), plot="Thieves.")
        player.sync()
        home.services.players.update(player.id, {"policy": SyncPolicy.REPLACE})
        player.sync()
        assert (plot(player), player.shown("heat")) == ("Thieves.", {})

    def test_changing_to_fill_takes_nothing_back_and_keeps_what_was_ours_current(
        self, home: House, kodi: ModelPlayer
    ) -> None:
        provider_says(home, item_of(kodi), plot="One.")
        kodi.sync()
        home.services.players.update(kodi.id, {"policy": SyncPolicy.FILL})
        assert kodi.pull() == []
        provider_says(home, item_of(kodi), plot="Two.")
        kodi.sync()
        assert plot(kodi) == "Two."

    def test_a_place_that_is_emptied_there_is_filled(self, home: House) -> None:
        player = ModelPlayer(home, policy=SyncPolicy.FILL)
        player.add("heat", "Heat", ids=dict(HEAT), fields={"plot": "From the file."})
        player.report_all()
        provider_says(home, item_of(player), plot="Thieves.")
        player.sync()
        del player.films["heat"].fields["plot"]
        player.report("heat")
        player.sync()
        assert (plot(player), player.shown("heat")) == ("Thieves.", {})

    @pytest.mark.parametrize("policy", [SyncPolicy.FILL, SyncPolicy.REPLACE])
    def test_an_absence_erases_nothing(self, home: House, policy: SyncPolicy) -> None:
        player = ModelPlayer(home, policy=policy)
        player.add("heat", "Heat", ids=dict(HEAT))
        player.report_all()
        player.sync()
        provider_says(home, item_of(player), plot="Thieves.")
        player.films["heat"].fields["plot"] = "By hand."
        provider_says(home, item_of(player), plot=None)
        player.sync()
        home.services.players.resend(player.id, ["heat"], ["plot"])
        player.sync()
        assert (plot(player), player.shown("heat")) == ("By hand.", {})

    def test_under_fill_a_value_that_metarr_once_had_is_still_the_player_s_own(self, home: House) -> None:
        first = ModelPlayer(home, "first")
        first.add("heat", "Heat", ids=dict(HEAT))
        first.report_all()
        provider_says(home, item_of(first), plot="Old.")
        provider_says(home, item_of(first), plot="New.")
        second = ModelPlayer(home, "second", policy=SyncPolicy.FILL)
        second.add("heat", "Heat", ids=dict(HEAT), fields={"plot": "Old."})
        second.report_all()
        second.sync()
        assert plot(second) == "Old."


class TestHandEdits:
    def edited(self, home: House, kodi: ModelPlayer) -> int:
        """A plot of Metarr's was changed at the host by hand."""
        provider_says(home, item_of(kodi), plot="One.")
        kodi.sync()
        kodi.films["heat"].fields["plot"] = "By hand."
        return item_of(kodi)

    def test_one_that_a_report_finds_stays_and_is_shown(self, home: House, kodi: ModelPlayer) -> None:
        item_id = self.edited(home, kodi)
        kodi.report("heat")
        assert kodi.pull() == []
        assert kodi.shown("heat") == {"plot": (Taken.EDITED, "By hand.", "One.")}
        provider_says(home, item_id, plot="Two.")
        kodi.sync()
        assert plot(kodi) == "By hand."
        assert kodi.shown("heat") == {"plot": (Taken.EDITED, "By hand.", "Two.")}

    def test_one_that_is_found_when_a_value_is_to_be_taken_stays_and_is_shown(
        self, home: House, kodi: ModelPlayer
    ) -> None:
        provider_says(home, self.edited(home, kodi), plot="Two.")
        assert kodi.due("heat")["plot"].mode is Mode.IF_OURS
        kodi.sync()
        assert plot(kodi) == "By hand."
        assert kodi.shown("heat") == {"plot": (Taken.EDITED, "By hand.", "Two.")}
        [standing] = home.services.players.everyone()
        assert (standing.counts.edited, standing.counts.not_taken, standing.counts.pending) == (1, 0, 0)

    def test_one_that_is_taken_back_by_hand_gets_what_is_new(self, home: House, kodi: ModelPlayer) -> None:
        provider_says(home, self.edited(home, kodi), plot="Two.")
        kodi.sync()
        kodi.films["heat"].fields["plot"] = "One."
        kodi.report("heat")
        kodi.sync()
        assert (plot(kodi), kodi.shown("heat")) == ("Two.", {})

    @pytest.mark.parametrize("reported", [True, False])
    def test_they_are_overwritten_once_the_owner_says_so(self, home: House, kodi: ModelPlayer, reported: bool) -> None:
        item_id = self.edited(home, kodi)
        if reported:
            kodi.report("heat")
        else:
            provider_says(home, item_id, plot="Two.")
            kodi.sync()
        home.services.players.update(kodi.id, {"overwrite_edits": True})
        kodi.sync()
        assert plot(kodi) == ("One." if reported else "Two.")
        kodi.films["heat"].fields["plot"] = "By hand again."
        kodi.report("heat")
        kodi.sync()
        assert (plot(kodi), kodi.shown("heat")) == ("One." if reported else "Two.", {})

    def test_one_is_overwritten_where_the_owner_wants_that_entry_again(self, home: House, kodi: ModelPlayer) -> None:
        self.edited(home, kodi)
        kodi.report("heat")
        home.services.players.resend(kodi.id, ["heat"], [])
        kodi.sync()
        assert (plot(kodi), kodi.shown("heat")) == ("One.", {})

    def test_a_host_that_shortens_what_it_takes_is_no_hand(self, home: House, kodi: ModelPlayer) -> None:
        kodi.shortens = 5
        provider_says(home, item_of(kodi), plot="A long text.")
        kodi.sync()
        kodi.report("heat")
        assert (kodi.pull(), kodi.shown("heat")) == ([], {})
        provider_says(home, item_of(kodi), plot="Another text.")
        kodi.sync()
        assert plot(kodi) == "Anoth"


class TestRebuiltLibraries:
    def scraped(self, home: House) -> ModelPlayer:
        """A film with values from its file, in the place of which Metarr's are written."""
        player = ModelPlayer(home)
        player.add("heat", "Heat", ids=dict(HEAT), fields={"title": "Heat (file)", "plot": "File."})
        player.report_all()
        provider_says(home, item_of(player), title="Heat", plot="Thieves.")
        player.sync()
        assert player.films["heat"].fields == {"title": "Heat", "plot": "Thieves."}
        player.writes.clear()
        return player

    def test_everything_back_is_written_again(self, home: House) -> None:
        player = self.scraped(home)
        player.films["heat"].fields = {"title": "Heat (file)", "plot": "File."}
        player.report_all()
        player.sync()
        assert player.films["heat"].fields == {"title": "Heat", "plot": "Thieves."}
        assert player.shown("heat") == {}

    def test_a_single_value_back_is_a_hand(self, home: House) -> None:
        player = self.scraped(home)
        player.films["heat"].fields["plot"] = "File."
        player.report_all()
        assert (player.sync(), plot(player)) == ([], "File.")
        assert player.shown("heat") == {"plot": (Taken.EDITED, "File.", "Thieves.")}

    def test_an_entry_with_another_number_is_written_again(self, home: House) -> None:
        player = self.scraped(home)
        player.rebuild("heat", title="Heat (file)", plot="Another file.")
        player.report_all()
        player.sync()
        assert player.films["heat"].fields == {"title": "Heat", "plot": "Thieves."}

    def test_an_unchanged_library_costs_no_write_and_no_row(self, home: House) -> None:
        player = self.scraped(home)
        for number in range(3):
            player.report_all(f"report-{number}")
            assert player.pull() == []
        assert player.writes == []


class TestLostAcks:
    """A value was told and written, and the acknowledgement never came."""

    def lost(self, player: ModelPlayer) -> None:
        for row in player.pull():
            player.take(row)

    @pytest.mark.parametrize("policy", [SyncPolicy.FILL, SyncPolicy.REPLACE])
    @pytest.mark.parametrize("acked_before", [True, False])
    def test_a_newer_value_is_written_over_it(self, home: House, policy: SyncPolicy, acked_before: bool) -> None:
        player = ModelPlayer(home, policy=policy)
        player.add("heat", "Heat", ids=dict(HEAT))
        player.report_all()
        if acked_before:
            provider_says(home, item_of(player), plot="Zero.")
            player.sync()
        provider_says(home, item_of(player), plot="One.")
        self.lost(player)
        provider_says(home, item_of(player), plot="Two.")
        self.lost(player)
        provider_says(home, item_of(player), plot="Three.")
        player.sync()
        assert (plot(player), player.shown("heat")) == ("Three.", {})

    def test_it_is_known_for_metarrs_after_any_number_of_changes(self, home: House, kodi: ModelPlayer) -> None:
        provider_says(home, item_of(kodi), plot="One.", imdb_votes=1)
        kodi.sync()
        provider_says(home, item_of(kodi), plot="Two.", imdb_votes=2)
        self.lost(kodi)
        for number in range(3 * MOST_OURS):
            provider_says(home, item_of(kodi), plot=f"Text {number}.", imdb_votes=10 + number)
        assert len(kodi.due("heat")["plot"].ours) <= MOST_OURS + 1
        kodi.sync()
        assert (plot(kodi), kodi.shown("heat")) == (f"Text {3 * MOST_OURS - 1}.", {})

    @pytest.mark.parametrize("policy", [SyncPolicy.FILL, SyncPolicy.REPLACE])
    def test_the_value_of_before_is_written_back_where_it_returns(self, home: House, policy: SyncPolicy) -> None:
        player = ModelPlayer(home, policy=policy)
        player.add("heat", "Heat", ids=dict(HEAT))
        player.report_all()
        provider_says(home, item_of(player), plot="One.")
        player.sync()
        provider_says(home, item_of(player), plot="Two.")
        self.lost(player)
        home.services.history.undo(home.history(item_of(player))[0].id)
        player.sync()
        player.report_all()
        assert (plot(player), player.shown("heat")) == ("One.", {})

    def test_it_is_emptied_again_where_metarr_has_nothing_any_more(self, home: House, kodi: ModelPlayer) -> None:
        provider_says(home, item_of(kodi), plot="One.")
        self.lost(kodi)
        home.services.history.undo(home.history(item_of(kodi))[0].id)
        kodi.sync()
        assert (plot(kodi), kodi.shown("heat")) == (None, {})

    def test_after_a_new_session_it_is_taken_without_a_write(self, home: House, kodi: ModelPlayer) -> None:
        provider_says(home, item_of(kodi), plot="One.")
        self.lost(kodi)
        kodi.register()
        kodi.writes.clear()
        assert kodi.sync() == [AckStatus.CLEARED]
        assert kodi.writes == []

    def test_a_hand_edit_after_it_stays(self, home: House, kodi: ModelPlayer) -> None:
        provider_says(home, item_of(kodi), plot="One.")
        kodi.sync()
        provider_says(home, item_of(kodi), plot="Two.")
        self.lost(kodi)
        kodi.films["heat"].fields["plot"] = "By hand."
        provider_says(home, item_of(kodi), plot="Three.")
        kodi.sync()
        assert kodi.shown("heat") == {"plot": (Taken.EDITED, "By hand.", "Three.")}


class TestIds:
    def test_they_travel_along_and_what_was_read_back_does_not_re_map_the_entry(
        self, home: House, kodi: ModelPlayer
    ) -> None:
        item_id = item_of(kodi)
        home.services.editor.edit(item_id, Edit(ids={"imdb": "tt0113277", "tmdb": "949"}, fields={"plot": "Thieves."}))
        kodi.sync()
        assert kodi.films["heat"].ids == {"imdb": "tt0113277", "tmdb": "949"}
        kodi.report_all()
        assert (item_of(kodi), kodi.pull()) == (item_id, [])

    def test_a_corrected_identity_stays_though_the_host_says_the_former_ids(
        self, home: House, kodi: ModelPlayer
    ) -> None:
        item_id = item_of(kodi)
        home.services.editor.edit(item_id, Edit(ids={"imdb": "tt0091159"}))
        kodi.report_all()
        assert item_of(kodi) == item_id


class TestWatching:
    def test_news_come_at_once_and_silence_now_and_then(self, home: House, kodi: ModelPlayer, clock: FakeClock) -> None:
        clock.auto = True
        known, _ = home.services.outbox.look(kodi.id, kodi.session)
        with home.services.outbox.watch(kodi.id, kodi.session, known, 20.0) as watch:
            assert watch.next() == ((0, 0), False)
            provider_says(home, item_of(kodi), plot="One.")
            assert watch.next() == ((sequence(kodi), 1), True)
            assert watch.next() == ((sequence(kodi), 1), False)

    def test_it_ends_with_the_session(self, home: House, kodi: ModelPlayer, clock: FakeClock) -> None:
        clock.auto = True
        with home.services.outbox.watch(kodi.id, kodi.session, 0, 20.0) as watch:
            kodi.register()
            with pytest.raises(CannotDo) as caught:
                watch.next()
        assert caught.value.reason == "SESSION_ENDED"

    def test_a_closed_one_lets_go_at_once(self, home: House, kodi: ModelPlayer) -> None:
        watch = home.services.outbox.watch(kodi.id, kodi.session, 0, 20.0)
        watch.close()
        assert watch.next() == ((0, 0), False)


def test_an_ack_of_the_ids_alone_is_kept_with_the_entry(home: House, kodi: ModelPlayer) -> None:
    home.services.players.resend(kodi.id, ["heat"], [IDS])
    number = sequence(kodi)
    kodi.ack(Ack("heat", number, [FieldAck(IDS, Taken.TAKEN, {"imdb": "tt0113277"})]))
    assert kodi.states()["heat"].entry.ids == {"imdb": "tt0113277"}


def test_the_series_of_an_entry_is_named(home: House) -> None:
    player = ModelPlayer(home, kinds=(Kind.EPISODE,))
    player.add("s1e1", "Pilot", kind=Kind.EPISODE, series=NewSeries("Dallas", 1978), season=1, episode=1)
    player.report_all()
    assert player.states()["s1e1"].item.series_title == "Dallas"
