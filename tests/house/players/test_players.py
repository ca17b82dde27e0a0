"""Who the players are: sessions, names, what they take, and what a policy would do before it is chosen."""

import pytest

from fakes import FakeClock
from harness import House
from metarr.domain.consent import IDS, FieldGroup, SyncPolicy
from metarr.domain.values import Collection, Kind
from metarr.errors import CannotDo, InvalidInput, NoSuchThing
from metarr.players.players import LEASE, Effects, Preview
from model_player import ModelPlayer, provider_says

HEAT = {"imdb": "tt0113277"}


def with_film(home: House, player_id: str = "kodi", **more: object) -> ModelPlayer:
    """A player with one film, for which nothing is pending."""
    fields = {"title": "Heat", "plot": "From the file."}
    player = ModelPlayer(home, player_id, **more)  # type: ignore[arg-type]
    player.add("heat", "Heat", ids=dict(HEAT), fields=fields)
    player.report_all()
    player.sync()
    player.writes.clear()
    return player


def item_of(player: ModelPlayer) -> int:
    return player.states()["heat"].item.id


class TestSessions:
    def test_the_same_program_may_come_again_at_any_time(self, home: House) -> None:
        player = ModelPlayer(home)
        sessions = [player.session, str(player.register().standing.player.session)]
        assert len(set(sessions)) == 2

    def test_another_program_has_to_wait_until_the_first_was_silent(self, home: House, clock: FakeClock) -> None:
        player = ModelPlayer(home)
        clock.advance(LEASE.total_seconds() - 1)
        with pytest.raises(CannotDo) as caught:
            player.register("second")
        assert caught.value.reason == "PLAYER_IN_USE"
        assert player.pull() == []
        clock.advance(LEASE.total_seconds() - 1)
        with pytest.raises(CannotDo):
            player.register("second")
        clock.advance(LEASE.total_seconds())
        first = player.session
        player.register("second")
        with pytest.raises(CannotDo) as caught:
            home.services.outbox.pending(player.id, first, 0, 1)
        assert caught.value.reason == "SESSION_ENDED"

    def test_who_has_to_wait_hears_the_library_s_name_not_the_other_program_s(self, home: House) -> None:
        player = ModelPlayer(home)
        home.services.players.update(player.id, {"name": "Films"})
        with pytest.raises(CannotDo, match="another program keeps the library 'Films' in sync"):
            player.register("second")

    def test_a_clock_that_was_put_back_locks_nobody_out(self, home: House, clock: FakeClock) -> None:
        player = ModelPlayer(home)
        clock.step_wall(-86400)
        player.pull()
        clock.step_wall(-1)
        with pytest.raises(CannotDo):
            player.register("second")
        clock.step_wall(-86400)
        player.register("second")

    def test_another_program_may_take_over(self, home: House) -> None:
        player = ModelPlayer(home)
        first = player.session
        player.register("second", take_over=True)
        with pytest.raises(CannotDo) as caught:
            home.services.outbox.pending(player.id, first, 0, 1)
        assert caught.value.reason == "SESSION_ENDED"

    def test_what_the_owner_chose_outlives_the_session(self, home: House, clock: FakeClock) -> None:
        player = with_film(home, policy=SyncPolicy.FILL)
        home.services.players.update(player.id, {"name": "Den", "overwrite_edits": True})
        began = clock.now()
        clock.advance(3600)
        known = player.register(name="Living room").standing.player
        assert (known.name, known.policy, known.overwrite_edits) == ("Den", SyncPolicy.FILL, True)
        assert (known.added_at, known.seen_at, known.reported_at) == (began, clock.now(), began)


class TestWhatWakesAll:
    def test_a_player_that_takes_more_is_told_of_it(self, home: House) -> None:
        player = with_film(home, takes=("title", IDS))
        provider_says(home, item_of(player), plot="Thieves.")
        assert player.pull() == []
        player.takes = {"movie": ("title", "plot", IDS)}
        player.register()
        player.sync()
        assert player.films["heat"].fields["plot"] == "Thieves."

    @pytest.mark.parametrize("takes", [("title", IDS), ("title", "plot", "tagline", "imdb_rating", "imdb_votes", IDS)])
    def test_one_that_takes_no_more_is_left_alone(self, home: House, takes: tuple[str, ...]) -> None:
        player = with_film(home)
        player.takes = {"movie": takes}
        player.register()
        assert player.pull() == []

    def test_more_fields_that_wake_players_wake_those_that_miss_them(self, home: House) -> None:
        player = with_film(home)
        provider_says(home, item_of(player), tagline="A Los Angeles crime saga.")
        other = ModelPlayer(home, "attic")
        other.add("ran", "Ran")
        other.report_all()
        other.sync()
        assert player.pull() == []
        home.services.settings.update({"sync_fields": ["title", "plot", "tagline"]})
        assert player.due("heat").keys() == {"tagline"}
        assert other.pull() == []

    def test_fewer_fields_wake_nobody(self, home: House) -> None:
        player = with_film(home)
        home.services.settings.update({"sync_fields": ["title"]})
        assert player.pull() == []
        provider_says(home, item_of(player), plot="Thieves.")
        assert player.pull() == []


class TestPreviews:
    def told(self, preview: Preview, name: str = "plot") -> tuple[int, int, int]:
        effects = preview.effects.get((Kind.MOVIE, name), Effects())
        return effects.filled, effects.replaced, effects.kept

    @pytest.mark.parametrize(
        ("policy", "plot", "changed"), [(SyncPolicy.REPLACE, (0, 1, 0), 1), (SyncPolicy.FILL, (0, 0, 1), 1)]
    )
    def test_they_count_what_then_happens_and_change_nothing(
        self, home: House, policy: SyncPolicy, plot: tuple[int, int, int], changed: int
    ) -> None:
        player = ModelPlayer(home, policy=SyncPolicy.UNCHOSEN)
        player.add("heat", "Heat", ids=dict(HEAT), fields={"title": "Heat", "plot": "From the file."})
        player.report_all()
        provider_says(home, item_of(player), plot="Thieves.", tagline="A crime saga.")
        before = home.rows()
        preview = home.services.players.preview(player.id, policy, 5)
        assert home.rows() == before
        assert (preview.items, preview.changed_items, preview.waiting) == (1, changed, 1)
        assert (self.told(preview), self.told(preview, "tagline")) == (plot, (1, 0, 0))
        [sample] = preview.effects[Kind.MOVIE, "tagline"].samples
        assert (sample.title, sample.host, sample.value) == ("Heat", None, "A crime saga.")
        home.services.players.update(player.id, {"policy": policy})
        player.sync()
        assert len(player.writes) == sum(each.filled + each.replaced for each in preview.effects.values())

    def test_what_is_settled_is_no_effect_any_more(self, home: House) -> None:
        player = with_film(home)
        player.refuses = {"tagline"}
        player.shortens = 6
        provider_says(home, item_of(player), plot="Thieves.", tagline="A crime saga.")
        player.sync()
        preview = home.services.players.preview(player.id, SyncPolicy.REPLACE, 5)
        assert (preview.changed_items, preview.effects) == (0, {})

    def test_a_hand_edit_counts_as_kept_until_the_owner_has_them_overwritten(self, home: House) -> None:
        player = with_film(home)
        provider_says(home, item_of(player), plot="Thieves.")
        player.sync()
        player.films["heat"].fields["plot"] = "By hand."
        player.report_all()
        assert self.told(home.services.players.preview(player.id, SyncPolicy.REPLACE, 5)) == (0, 0, 1)
        home.services.players.update(player.id, {"overwrite_edits": True})
        assert self.told(home.services.players.preview(player.id, SyncPolicy.REPLACE, 5)) == (0, 1, 0)

    def test_there_are_at_most_so_many_samples(self, home: House) -> None:
        player = ModelPlayer(home, policy=SyncPolicy.UNCHOSEN)
        for number in range(5):
            player.add(f"{number}", f"Film {number}", ids={"imdb": f"tt000000{number + 1}"})
        player.report_all()
        effects = home.services.players.preview(player.id, SyncPolicy.FILL, 2).effects[Kind.MOVIE, "title"]
        assert (effects.filled, len(effects.samples)) == (5, 2)


class TestWhatIsRefused:
    def test_an_unknown_player(self, home: House) -> None:
        players = home.services.players
        for call in (
            lambda: players.update("nobody", {"name": "x"}),
            lambda: players.remove("nobody"),
            lambda: players.preview("nobody", SyncPolicy.FILL, 1),
            lambda: players.resend("nobody", ["x"], []),
        ):
            with pytest.raises(NoSuchThing):
                call()

    def test_a_field_that_it_does_not_take_is_not_sent_again(self, home: House) -> None:
        player = with_film(home, takes=("title", IDS))
        before = home.rows()
        with pytest.raises(InvalidInput) as caught:
            home.services.players.resend(player.id, ["heat"], ["title", "plot"])
        assert [violation.field for violation in caught.value.violations] == ["fields.plot"]
        with pytest.raises(NoSuchThing):
            home.services.players.resend(player.id, ["heat", "ran"], [])
        assert home.rows() == before


def test_one_that_was_removed_begins_anew(home: House) -> None:
    player = with_film(home)
    with_film(home, "attic")
    assert home.services.players.remove("kodi") == 0
    assert [standing.player.id for standing in home.services.players.everyone()] == ["attic"]
    player.register()
    [_, standing] = home.services.players.everyone()
    assert (standing.player.policy, standing.counts.items) == (SyncPolicy.UNCHOSEN, 0)


class TestConsent:
    def test_what_was_left_to_the_player_is_told_once_it_may_be_written(self, home: House) -> None:
        player = with_film(home)
        home.services.players.update("kodi", {}, {FieldGroup.TEXTS: SyncPolicy.LEAVE})
        provider_says(home, item_of(player), plot="New.")
        player.sync()
        assert not player.writes
        home.services.players.update("kodi", {}, {FieldGroup.TEXTS: SyncPolicy.UNCHOSEN})
        player.sync()
        assert player.writes == [("heat", "plot", "New.")]

    def test_groups_stay_over_a_registration_and_another_policy(self, home: House) -> None:
        player = with_film(home)
        home.services.players.update("kodi", {}, {FieldGroup.ARTWORK: SyncPolicy.LEAVE})
        home.services.players.update("kodi", {"policy": SyncPolicy.FILL})
        consent = player.register().standing.player.consent
        assert [consent.of(name) for name in ("plot", "poster", "tags", "collection")] == [
            SyncPolicy.FILL,
            SyncPolicy.LEAVE,
            SyncPolicy.UNION,
            SyncPolicy.FILL,
        ]

    def test_only_tags_can_stand_beside_others(self, home: House) -> None:
        with_film(home)
        with pytest.raises(InvalidInput):
            home.services.players.update("kodi", {}, {FieldGroup.TEXTS: SyncPolicy.UNION})

    def test_the_owner_s_tags_and_collection_stay_under_replace(self, home: House) -> None:
        player = ModelPlayer(home, takes=("title", "plot", "tags", "collection", IDS))
        own = {"title": "Heat", "plot": "Mine.", "tags": ["Mine"], "collection": {"name": "My evenings"}}
        player.add("heat", "Heat", ids=dict(HEAT), fields=own)
        player.report_all()
        provider_says(home, item_of(player), plot="New.", tags=("heist",), collection=Collection(name="Heat"))
        preview = home.services.players.preview("kodi", SyncPolicy.REPLACE, 1)
        counted = preview.groups[Kind.MOVIE, FieldGroup.TAGS]
        assert (counted.changed, counted.replaced, counted.kept) == (1, 0, 0)
        player.sync()
        film = player.films["heat"].fields
        assert (film["plot"], film["tags"]) == ("New.", ["Mine", "heist"])
        assert film["collection"] == {"name": "My evenings"}
        written = len(player.writes)
        player.report_all()
        assert (player.pull(), len(player.writes)) == ([], written)
        assert player.states(troubled=True) == {}, "what stays because its owner wants it so is no trouble"
