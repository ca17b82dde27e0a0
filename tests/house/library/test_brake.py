"""A provider that makes other titles of too many items is stopped before that is committed, until the owner decides."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from door import Door
from fakes import FakeClock
from harness import House, house, kinds
from house.jobs.test_jobs import add_movies, at_work, run
from metarr.asking.roster import Roster
from metarr.care.health import Condition
from metarr.domain.authority import FieldRule
from metarr.domain.brake import LEAST
from metarr.domain.notice import NoticeAction, NoticeCode
from metarr.domain.values import Kind
from metarr.errors import NobodyAnswered
from metarr.jobs.jobs import Order
from metarr.library.intake import NewItem
from metarr.secrets import Vault
from metarr.store.changes import Selection
from metarr.store.jobs import JobState, Scope
from scripted_providers import Scripted, scripted_house
from simulators import Simulators

DAY = 86400.0
MOVIES = 60


class Shelf:
    """60 movies; TMDB tells the title and the plot, OMDb a title that nobody listens to, and the tagline."""

    def __init__(self, home: House, providers: dict[str, Scripted], clock: FakeClock) -> None:
        self.home, self.providers, self.clock = home, providers, clock
        new = [NewItem(Kind.MOVIE, ids={"imdb": self.imdb(n)}) for n in range(MOVIES)]
        self.items = [taken.item.id for taken in home.services.library.upsert(new)]

    @staticmethod
    def imdb(n: int) -> str:
        return f"tt000{n + 1:04}"

    def say(self, word: str, *, of: str = "tmdb", first: int = 0, last: int = MOVIES) -> None:
        for n in range(first, last):
            self.providers[of].words[self.imdb(n)] = {"title": f"Film {n} {word}", "plot": f"Plot {n} {word}"}

    def run(self, *, days: float = 8.0, items: range = range(MOVIES), **wish: Any) -> list[str]:
        """Enrich them; what came of asking TMDB about each, in a word."""
        self.clock.advance(days * DAY)
        return [self._enrich(self.items[n], wish) for n in items]

    def _enrich(self, item_id: int, wish: dict[str, Any]) -> str:
        try:
            return kinds(self.home.enrich(item_id, **wish).outcomes)["tmdb"]
        except NobodyAnswered:
            return "nobody"

    def words(self) -> list[str]:
        return [str(self.home.item(item_id).fields["title"].value).split()[-1] for item_id in self.items]

    @property
    def stopped(self) -> bool:
        return self.home.services.roster.brakes.stopped("tmdb") is not None


@pytest.fixture
def shelf(tmp_path: Path, clock: FakeClock) -> Iterator[Shelf]:
    with scripted_house(tmp_path, clock, "tmdb", "omdb") as (home, providers):
        made = Shelf(home, providers, clock)
        made.say("true")
        made.say("other", of="omdb")
        made.run()
        yield made


@pytest.fixture
def lied(shelf: Shelf) -> Shelf:
    """TMDB lies since a second."""
    shelf.say("false")
    assert shelf.run() == ["Answered"] * (LEAST - 1) + ["suspect"] * (MOVIES - LEAST + 1)
    return shelf


def test_it_is_stopped_before_the_20th_title_is_changed_and_what_it_said_is_held(lied: Shelf) -> None:
    assert lied.stopped
    assert lied.words() == ["false"] * (LEAST - 1) + ["true"] * (MOVIES - LEAST + 1)
    last = lied.items[-1]
    assert lied.home.awaited(last)["tmdb"].reason == "suspect"
    assert lied.home.item(last).fields["title"].sources == ("tmdb",), "OMDb's does not take its place"
    # Nobody asks it again by itself, and its lies, which are cached, are not taken from there either.
    lied.clock.advance(60)
    assert lied.home.awaited(last)["tmdb"].not_before is None
    assert lied.home.services.planner.spend("tmdb") == 0
    assert lied.home.services.remerger.preview().changed_items == 0
    aggregated = lied.home.services.health.read()
    assert [each.configured.id for each in aggregated.providers if each.condition is Condition.SUSPECT] == ["tmdb"]


@pytest.mark.slow
def test_the_owner_is_told_with_three_examples_and_what_mends_it(lied: Shelf) -> None:
    [notice] = [each for each in lied.home.services.board.look() if each.code is NoticeCode.PROVIDER_SUSPECT]
    assert notice.subject == "provider:tmdb"
    assert notice.action == NoticeAction(rpc="EnrichmentService.UndoChangeSets", target="tmdb")
    assert "title or poster of 20 of 20 items" in notice.text
    assert [f"Film {n} true: title “Film {n} true” → “Film {n} false”" in notice.text for n in (17, 18, 19)] == [
        True
    ] * 3
    [health] = [each for each in lied.home.services.health.read().providers if each.configured.id == "tmdb"]
    assert (health.condition, health.detail) == (Condition.SUSPECT, notice.text)


@pytest.mark.slow
def test_both_ways_out_are_calls_of_the_contract(lied: Shelf) -> None:
    door = Door(lied.home)
    state = door.call("Config", "UpdateProvider", {"providerId": "tmdb", "resume": True})["provider"]["state"]
    assert (state["status"], lied.stopped) == ("STATUS_OK", False)
    lied.run(days=0.1)
    since = (lied.clock.now() - timedelta(hours=9)).isoformat()
    asked = {"provider": "tmdb", "since": since, "samples": 2}
    told = door.call("Enrichment", "UndoChangeSets", {**asked, "dryRun": True, "maxItems": 5})
    assert (told["totalItems"], told["items"], len(told["samples"]), lied.stopped) == (2 * LEAST - 2, 5, 2, True)
    done = door.call("Enrichment", "UndoChangeSets", asked)
    assert (done["changedItems"], done["items"], lied.stopped) == (2 * LEAST - 2, 2 * LEAST - 2, False)
    assert lied.words() == ["true"] * MOVIES
    again = door.call("Enrichment", "UndoChangeSets", {"groupId": done["groupId"]})
    assert again["changedItems"] == 2 * LEAST - 2


@pytest.mark.slow
def test_one_undo_restores_all_of_it_and_has_it_go_on(lied: Shelf) -> None:
    since = lied.clock.now() - timedelta(hours=1)
    done = lied.home.services.mass_undo.undo(Selection(provider="tmdb", since=since))
    assert (done.items, done.refusals) == (LEAST - 1, 0)
    assert lied.words() == ["true"] * MOVIES
    assert not lied.stopped
    # It lies on: what was undone does not come back, and the brake still works.
    assert lied.run().count("Answered") == LEAST - 1 + LEAST - 1
    assert lied.words().count("false") == LEAST - 1
    lied.home.services.mass_undo.undo(Selection(provider="tmdb", since=since))
    lied.say("true")
    lied.run()
    assert lied.words() == ["true"] * MOVIES
    assert not lied.stopped


@pytest.mark.slow
def test_let_go_on_it_changes_the_next_19_and_at_last_all(lied: Shelf) -> None:
    for changed in (2 * LEAST - 2, 3 * LEAST - 3):
        lied.home.services.providers.resume("tmdb")
        assert not lied.stopped
        lied.run(days=0.1)
        assert lied.words().count("false") == changed
    assert lied.stopped
    lied.home.services.providers.resume("tmdb")
    lied.run(days=0.1)
    assert lied.words() == ["false"] * MOVIES
    assert not lied.stopped


@pytest.mark.slow
def test_it_stays_stopped_over_a_restart_and_so_does_the_count(shelf: Shelf, tmp_path: Path) -> None:
    def again() -> Roster:
        vault = Vault(tmp_path / "metarr.key")
        return Roster({"tmdb": shelf.providers["tmdb"]}, shelf.home.database, vault, shelf.clock)

    shelf.say("false")
    shelf.run(items=range(LEAST - 1))
    assert again().brakes.of("tmdb").changed == LEAST - 1
    assert again().brakes.stopped("tmdb") is None
    shelf.run(days=0, items=range(LEAST - 1, LEAST))
    assert again().brakes.stopped("tmdb") is not None
    shelf.home.services.providers.resume("tmdb")
    assert again().brakes.stopped("tmdb") is None


@pytest.mark.slow
def test_answers_that_were_fetched_by_a_dry_run_count_when_they_are_taken(shelf: Shelf) -> None:
    shelf.say("false")
    shelf.run(dry_run=True)
    assert not shelf.stopped
    assert shelf.run(days=0.1).count("suspect") == MOVIES - LEAST + 1
    assert shelf.words().count("false") == LEAST - 1


@pytest.mark.slow
def test_where_it_is_the_only_one_nobody_answers_and_nothing_is_changed(shelf: Shelf) -> None:
    shelf.home.services.providers.update("omdb", False, {})
    shelf.say("false")
    assert shelf.run().count("nobody") == MOVIES - LEAST + 1
    assert shelf.words().count("false") == LEAST - 1
    assert shelf.home.awaited(shelf.items[-1])["tmdb"].reason == "suspect"


@pytest.mark.slow
def test_first_values_of_all_a_month_away_and_few_changes_among_many_never_stop_it(shelf: Shelf) -> None:
    assert not shelf.stopped, "first values"
    shelf.say("renamed", last=MOVIES * 3 // 10)
    assert set(shelf.run(days=31)) == {"Answered"}
    assert shelf.words().count("renamed") == MOVIES * 3 // 10
    for n in range(MOVIES):  # all but what tells titles apart
        shelf.providers["tmdb"].words[shelf.imdb(n)] |= {"plot": "New", "tagline": "New", "genres": ("New",)}  # type: ignore[operator]
    assert set(shelf.run()) == {"Answered"}


@pytest.mark.slow
def test_a_half_year_away_tells_nothing_either(shelf: Shelf) -> None:
    shelf.say("renamed")
    assert set(shelf.run(days=181)) == {"Answered"}
    assert shelf.words() == ["renamed"] * MOVIES


@pytest.mark.slow
def test_another_order_never_stops_it_whoever_can_be_heard(shelf: Shelf) -> None:
    shelf.home.services.authorities.update(priority=("omdb", "tmdb"))
    shelf.home.services.authorities.update(rules=[(Kind.MOVIE, "title", FieldRule(providers=("omdb", "tmdb")))])
    for n in range(MOVIES):
        shelf.providers["omdb"].words[shelf.imdb(n)] = None
    shelf.run()
    shelf.say("other", of="omdb")
    shelf.run()
    assert shelf.words() == ["other"] * MOVIES
    assert not shelf.stopped


@pytest.mark.slow
def test_an_upgrade_never_stops_it(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scripted, "parser_version", Scripted.parser_version + 1)
    shelf.home.services.providers.update("omdb", True, {})  # what is configured is read anew
    shelf.say("as the new parser reads it")
    assert set(shelf.run()) == {"Answered"}
    assert not shelf.stopped


# With the simulators, in jobs


def titles(home: House, items: list[int]) -> dict[int, object]:
    """Title and poster of each."""
    fields = {item_id: home.item(item_id).fields for item_id in items}
    return {item_id: (of["title"].value, of["poster"].value, of["title"].sources) for item_id, of in fields.items()}


@pytest.mark.slow
def test_a_lying_provider_is_stopped_at_the_20th_title_of_a_job_and_one_undo_restores_all(
    simulators: Simulators, clock: FakeClock, tmp_path: Path
) -> None:
    with house(simulators, tmp_path, clock) as home, at_work(home):
        items = add_movies(home, MOVIES)
        assert run(home).state is JobState.COMPLETE
        before = titles(home, items)
        assert {sources for _, _, sources in before.values()} == {("tmdb",)}
        clock.advance(8 * DAY)
        since = clock.now()
        simulators.fault("tmdb", "another_title")
        job = run(home, Order(scope=Scope(), force=True))
        after = titles(home, items)
        assert sum(after[item_id] != before[item_id] for item_id in items) == LEAST - 1
        assert job.state is JobState.DEGRADED
        assert "tmdb (suspect)" in job.detail
        done = home.services.mass_undo.undo(Selection(provider="tmdb", since=since))
        assert (done.items, done.refusals) == (LEAST - 1, 0)
        assert titles(home, items) == before
        simulators.clear_faults()
        clock.advance(60)
        assert run(home).state is JobState.COMPLETE
        assert titles(home, items) == before


@pytest.mark.slow
def test_another_language_never_stops_it(simulators: Simulators, clock: FakeClock, tmp_path: Path) -> None:
    with house(simulators, tmp_path, clock) as home, at_work(home):
        items = add_movies(home, MOVIES)
        run(home)
        before = titles(home, items)
        # TMDB is not asked while the language changes, but later: that is no news of its own either.
        home.services.settings.update({"languages": ["de", "en"]})
        clock.advance(8 * DAY)
        run(home, Order(scope=Scope(), force=True, providers=frozenset({"fanart", "omdb", "tvdb"})))
        clock.advance(8 * DAY)
        assert run(home, Order(scope=Scope(), force=True)).state is JobState.COMPLETE
        after = titles(home, items)
        assert all(after[item_id][0] != before[item_id][0] for item_id in items)  # type: ignore[index]
        assert {each.stopped_at for each in map(home.services.roster.brakes.of, ("tmdb", "omdb", "tvdb"))} == {None}
