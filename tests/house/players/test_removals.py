"""The guard on what players say to be gone."""

from datetime import timedelta

import pytest

from fakes import FakeClock
from harness import House
from metarr.store import items
from model_player import ModelPlayer

pytestmark = pytest.mark.slow

MANY = [f"film {number}" for number in range(100)]


def titles(home: House) -> int:
    with home.database.read() as connection:
        return sum(1 for _ in items.heads(connection))


def later(home: House, minutes: float) -> None:
    assert isinstance(home.clock, FakeClock)
    home.clock.advance(timedelta(minutes=minutes).total_seconds())


@pytest.fixture
def kodi(home: House) -> ModelPlayer:
    """A player with a hundred films."""
    player = ModelPlayer(home)
    for key in MANY:
        player.add(key, key.title())
    player.report_all()
    return player


def lose(player: ModelPlayer, keys: list[str]) -> None:
    for key in keys:
        del player.films[key]


def held(player: ModelPlayer) -> int:
    [standing] = player.home.services.players.everyone()
    return standing.counts.held_removals


def test_what_is_deleted_by_hand_goes_at_once(home: House, kodi: ModelPlayer):
    lose(kodi, MANY[:20])
    kodi.report_all("r2")
    assert (titles(home), held(kodi)) == (80, 0)


def test_half_of_a_library_is_held(home: House, kodi: ModelPlayer):
    lose(kodi, MANY[:50])
    kodi.report_all("r2")
    assert (titles(home), held(kodi)) == (100, 50)


def test_so_it_is_where_it_is_told_bit_by_bit(home: House, kodi: ModelPlayer):
    lose(kodi, MANY[:60])
    for start in range(0, 60, 10):
        home.services.reporter.report(kodi.id, kodi.session, [], removed=MANY[start : start + 10])
    assert (titles(home), held(kodi)) == (80, 40)


def test_what_is_there_again_is_held_no_more(home: House, kodi: ModelPlayer):
    lose(kodi, MANY[:50])
    kodi.report_all("r2")
    for key in MANY[:50]:
        kodi.add(key, key.title())
    kodi.report_all("r3")
    assert (titles(home), held(kodi)) == (100, 0)


def test_a_report_of_an_hour_later_that_says_the_same_is_believed(home: House, kodi: ModelPlayer):
    lose(kodi, MANY[:50])
    kodi.report_all("r2")
    later(home, 59)
    kodi.report_all("r3")
    assert (titles(home), held(kodi)) == (100, 50)
    later(home, 2)
    kodi.report_all("r4")
    assert (titles(home), held(kodi)) == (50, 0)


def test_that_of_a_tree_is_for_its_owner_to_say(home: House, kodi: ModelPlayer):
    kodi.register(tree=True)
    lose(kodi, MANY[:50])
    kodi.report_all("r2")
    later(home, 600)
    kodi.report_all("r3")
    assert (titles(home), held(kodi)) == (100, 50)
    assert home.services.reporter.accept_gone(kodi.id) == (50, 50)
    assert (titles(home), held(kodi)) == (50, 0)


def test_the_owner_is_told(home: House, kodi: ModelPlayer):
    lose(kodi, MANY[:50])
    kodi.report_all("r2")
    codes = {str(notice.code): notice for notice in home.services.board.look()}
    assert "50" in codes["player_removals_held"].text


def test_a_mark_is_no_problem_and_nobodys_value(home: House, kodi: ModelPlayer):
    kodi.takes["movie"] = (*kodi.takes["movie"], "poster")
    kodi.register()
    kodi.add("marked", "Marked", fields={"poster": [{"url": "file:poster.jpg#abc"}]})
    [placed] = kodi.report("marked").placed
    assert placed.problems == ()
    assert placed.item_id is not None
    assert "poster" not in home.item(placed.item_id).fields
    assert kodi.states()["marked"].entry.states["poster"].host == [{"url": "file:poster.jpg#abc"}]
