"""Another order of a series: files are other episodes, and what is theirs stays with the episodes."""

from collections.abc import Mapping, Sequence
from time import process_time
from typing import Any

import pytest

from harness import House, title
from long_series import add_long_series
from metarr.domain.notice import Notice, NoticeAction, NoticeCode
from metarr.domain.outcome import Fragment
from metarr.domain.values import Kind
from metarr.errors import CannotDo, InvalidInput
from metarr.fetch.contract import Http
from metarr.library.edit import Edit
from metarr.library.intake import NewItem, NewSeries
from metarr.library.orders import Reordered
from metarr.providers import tvdb
from metarr.providers.contract import Ask, Part
from metarr.providers.tvdb import Tvdb
from metarr.store import items
from metarr.store.changes import Selection
from model_player import ModelPlayer
from series_trees import Tree, add_episodes, add_series, everything, told, values_of
from simulators import Series

pytestmark = pytest.mark.slow

Rows = dict[str, list[tuple[Any, ...]]]


def live(home: House, series_id: int) -> Tree:
    """By season and episode what the library shows."""
    with home.database.read() as connection:
        below = items.get_many(connection, items.descendants(connection, [series_id])).values()
    shown: dict[tuple[int, int], Any] = {}
    for item in below:
        if item.deleted_at is None:
            place = item.place()
            number = (place.season or 0, place.episode or 0)
            assert number not in shown, "each number is shown once"
            shown[number] = item
    return shown


def titles(home: House, series_id: int) -> dict[tuple[int, int], object]:
    return {number: told(item, "title")["title"] for number, item in live(home, series_id).items() if number[1]}


def choose(home: House, series_id: int, order: str, *, dry_run: bool = False) -> Reordered:
    return home.services.orders.choose(series_id, order, dry_run=dry_run)


DATA = ("field_values", "external_ids", "vetoes", "statements", "episode_numbers", "episode_entries")


def data(home: House) -> Rows:
    """All that must be as it was: what items are, hold and are below of."""
    with home.database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT id, kind, parent_id, title, numbering, monitored, deleted_by, origin, shown_title FROM items"
        )
        entries = connection.exec_driver_sql(
            "SELECT id, host_key, item_id, ids, held, season, number FROM player_items"
        )
        kept = {"items": sorted(map(tuple, rows)), "player_items": sorted(map(tuple, entries))}
    return kept | home.rows(*DATA)


@pytest.fixture
def bad(home: House) -> int:
    """Breaking Bad, of which 1x02 and 1x03 changed places on the discs, enriched."""
    series = add_series(home, "breaking-bad")
    home.enrich(series)
    home.asked()
    return series


def test_files_are_the_episodes_of_another_order(home: House, bad: int) -> None:
    before = titles(home, bad)
    done = choose(home, bad, "dvd")
    assert home.asked() == {}
    after = titles(home, bad)
    assert (after[1, 2], after[1, 3]) == (before[1, 3], before[1, 2])
    assert {number for number in before if before[number] != after[number]} == {(1, 2), (1, 3)}
    assert [(each.number, each.was.id != (each.now.id if each.now else 0)) for each in done.moved] == [
        ((1, 2), True),
        ((1, 3), True),
    ]
    assert (done.created, done.resting) == (0, 0)
    assert home.item(bad).order == "dvd"


def test_coming_back_is_as_if_nothing_had_been(home: House, bad: int) -> None:
    episode = live(home, bad)[1, 2]
    home.services.editor.edit(episode.id, Edit(fields={"title": "Mine"}))
    home.services.editor.edit(live(home, bad)[1, 0].id, Edit(fields={"plot": "A season of mine."}))
    before = data(home)
    choose(home, bad, "dvd")
    assert told(live(home, bad)[1, 3], "title") == {"title": "Mine"}, "an edit stays with its episode"
    assert told(live(home, bad)[1, 0], "plot") == {"plot": None}, "a season belongs to an order"
    between = data(home)
    choose(home, bad, "aired")
    after = data(home)
    for table in set(before) - {"items", "episode_numbers"}:
        shown = [row for row in after[table] if row in before[table]]
        assert shown == before[table]
    choose(home, bad, "dvd")
    assert data(home) == between
    choose(home, bad, "aired")
    assert data(home) == after
    assert home.asked() == {}


def test_an_undo_puts_the_order_back_and_can_be_undone(home: House, bad: int) -> None:
    before = data(home)
    done = choose(home, bad, "dvd")
    assert done.change_set is not None
    between = data(home)
    undone = home.services.history.undo(done.change_set.id)
    assert home.item(bad).order == "aired"
    assert titles_of(data(home)) == titles_of(before)
    assert undone.change_set is not None
    assert (undone.change_set.old_numbering, undone.change_set.new_numbering) == ("dvd", "aired")
    home.services.history.undo(undone.change_set.id)
    assert titles_of(data(home)) == titles_of(between)
    home.services.mass_undo.undo(Selection(group=home.history(bad)[0].group))
    assert titles_of(data(home)) == titles_of(before)


def titles_of(rows: Rows) -> list[tuple[Any, ...]]:
    """What live items are shown, and where."""
    return [row for row in rows["items"] if row[6] == ""]


def test_an_older_order_does_not_come_back_by_an_undo(home: House, bad: int) -> None:
    done = choose(home, bad, "dvd")
    choose(home, bad, "aired")
    assert done.change_set is not None
    with pytest.raises(CannotDo) as caught:
        home.services.history.undo(done.change_set.id)
    assert caught.value.reason == "ORDER_MOVED"


def test_a_preview_tells_what_would_be(home: House, bad: int) -> None:
    before = home.rows()
    would = choose(home, bad, "dvd", dry_run=True)
    assert home.rows() == before
    done = choose(home, bad, "dvd")
    assert [(each.number, each.entry) for each in would.moved] == [(each.number, each.entry) for each in done.moved]
    assert [(each.was.id, each.now and each.now.id) for each in would.moved] == [
        (each.was.id, each.now and each.now.id) for each in done.moved
    ]
    assert would.change_set is None


@pytest.mark.parametrize("order", ["nonsense", "absolute", "library", "", "A B", "x" * 100])
def test_an_order_that_nobody_lists_is_refused(home: House, bad: int, order: str) -> None:
    before = home.rows()
    with pytest.raises(InvalidInput) as caught:
        choose(home, bad, order)
    assert [each.field for each in caught.value.violations] == ["order"]
    assert "listed: aired, dvd" in caught.value.violations[0].description
    assert home.rows() == before


def test_only_a_series_has_an_order(home: House, bad: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        choose(home, live(home, bad)[1, 1].id, "dvd")
    assert [each.field for each in caught.value.violations] == ["item_id"]


def test_the_orders_are_told(home: House, bad: int) -> None:
    _, orders = home.services.orders.listed(bad)
    assert [(each.name, each.seasons, each.episodes, each.numbers) for each in orders] == [
        ("aired", 3, 15, 13),
        ("dvd", 3, 15, 13),
    ]


# What happens while another order is chosen


def test_a_run_asks_and_merges_by_the_order(home: House, bad: int) -> None:
    ratings = {item.id: told(item, "title", "imdb_rating", "tmdb_rating") for item in live(home, bad).values()}
    choose(home, bad, "dvd")
    home.asked()
    home.enrich(bad)
    assert home.asked() == {}
    home.enrich(bad, force=True)
    shown = live(home, bad)
    episodes = [item for number, item in shown.items() if number[1]]
    assert {item.id: told(item, "title", "imdb_rating", "tmdb_rating") for item in episodes} == {
        item.id: ratings[item.id] for item in episodes
    }
    assert told(shown[1, 0], "plot") == told(home.item(shown[1, 0].id), "plot"), "the season of the discs"


def test_a_file_that_comes_is_the_episode_of_its_number(home: House) -> None:
    """The library has no 1x03 at first, which on the discs is what was shown as 1x02."""
    series = add_series(home, "breaking-bad", seasons=())
    told_title = title("breaking-bad")
    assert isinstance(told_title, Series)
    add_episodes(home, told_title, {1: [1, 2]})
    home.enrich(series)
    second = live(home, series)[1, 2]
    home.services.editor.edit(second.id, Edit(fields={"plot": "Mine."}))
    choose(home, series, "dvd")
    shown = live(home, series)
    assert second.id not in {item.id for item in shown.values()}, "what no file is, rests"
    assert home.item(second.id).rests
    add_episodes(home, told_title, {1: [3]})
    third = live(home, series)[1, 3]
    assert (third.id, told(third, "plot")["plot"]) == (second.id, "Mine.")
    home.enrich(series)
    aired = {e.number: e.title for s in told_title.seasons if s.number == 1 for e in s.episodes}
    assert titles(home, series) == {(1, 1): aired[1], (1, 2): aired[3], (1, 3): aired[2]}
    choose(home, series, "aired")
    assert titles(home, series) == {(1, 1): aired[1], (1, 2): aired[2], (1, 3): aired[3]}
    assert told(live(home, series)[1, 2], "plot") == {"plot": "Mine."}


def test_a_number_that_an_order_lacks_has_an_item_of_its_own(home: House) -> None:
    """Counted through, the second season has no numbers of its own."""
    series = add_series(home, "oshi-no-ko", seasons=(0, 1, 2))
    home.enrich(series)
    before = live(home, series)
    values = {number: item.fields for number, item in before.items() if number[1]}
    done = choose(home, series, "absolute")
    after = live(home, series)
    assert after.keys() == before.keys()
    assert [number for number in before if number[1] and after[number].id != before[number].id] == [
        (2, number) for number in range(1, 7)
    ]
    assert (done.created, done.resting) == (6, 6)
    assert after[0, 1].id == before[0, 1].id, "specials are in every order"
    choose(home, series, "aired")
    again = live(home, series)
    assert {number: item.id for number, item in again.items()} == {number: item.id for number, item in before.items()}
    assert {number: item.fields for number, item in again.items() if number[1]} == values
    assert home.services.orders.listed(series)[1][1].name == "absolute"


def test_what_the_owner_deleted_stays_deleted(home: House, bad: int) -> None:
    second = live(home, bad)[1, 2]
    home.services.editor.delete([("item_id", second.id)])
    choose(home, bad, "dvd")
    assert (1, 2) not in live(home, bad)
    choose(home, bad, "aired")
    assert (1, 2) not in live(home, bad)
    assert home.item(second.id).deleted_by == "owner"
    home.services.editor.restore([("item_id", second.id)])
    assert live(home, bad)[1, 2].id == second.id


def test_what_rests_is_not_among_the_deleted_items_and_is_not_restored(home: House) -> None:
    series = add_series(home, "oshi-no-ko", seasons=(1, 2))
    home.enrich(series)
    resting = live(home, series)[2, 1].id
    choose(home, series, "absolute")
    assert home.item(resting).rests
    with home.database.read() as connection:
        assert items.count(connection, items.ItemFilter(deleted=True)) == 0
    assert home.services.editor.restore([("item_id", resting)]) == []
    assert home.item(resting).rests


# Players


def episodes_of(home: House, key: str) -> ModelPlayer:
    """A player with all episodes of a series, by number alone."""
    player = ModelPlayer(home, kinds=(Kind.SERIES, Kind.SEASON, Kind.EPISODE))
    told_title = title(key)
    assert isinstance(told_title, Series)
    given = NewSeries(told_title.title, told_title.year, {"imdb": told_title.imdb})
    player.add("show", told_title.title, kind=Kind.SERIES, ids={"imdb": told_title.imdb}, year=told_title.year)
    for season in told_title.seasons:
        player.add(f"s{season.number}", "", kind=Kind.SEASON, series=given, season=season.number)
        for each in season.episodes:
            name = f"s{season.number}e{each.number}"
            player.add(name, "", kind=Kind.EPISODE, series=given, season=season.number, episode=each.number)
    player.report_all()
    return player


def test_entries_of_players_are_the_episodes_of_their_numbers(home: House) -> None:
    player = episodes_of(home, "breaking-bad")
    series = player.states()["show"].item.id
    home.enrich(series)
    player.sync()
    before = {key: dict(film.fields) for key, film in player.films.items()}
    entries = {key: state.item.id for key, state in player.states().items()}
    choose(home, series, "dvd")
    now = {key: state.item.id for key, state in player.states().items()}
    assert (now["s1e2"], now["s1e3"]) == (entries["s1e3"], entries["s1e2"])
    assert {key for key in now if now[key] == entries[key]} == now.keys() - {"s1e2", "s1e3", "s0", "s1", "s2"}
    player.sync()
    assert player.films["s1e2"].fields["title"] == before["s1e3"]["title"]
    player.report_all()
    assert {key: state.item.id for key, state in player.states().items()} == now, "a report moves nothing back"
    choose(home, series, "aired")
    player.sync()
    assert {key: film.fields for key, film in player.films.items()} == before
    assert {key: state.item.id for key, state in player.states().items()} == entries


def reported(player: ModelPlayer, key: str, season: int, number: int, **ids: str) -> None:
    """Report an entry, new or changed."""
    film = player.films.get(key) or player.add(key, "", kind=Kind.EPISODE)
    film.series, film.season, film.episode, film.ids = DALLAS, season, number, dict(ids)
    player.report(key)


DALLAS = NewSeries("Dallas", 1978, {"tvdb": "77092"})


def entries_of(player: ModelPlayer) -> dict[str, int]:
    return {key: state.item.id for key, state in player.states().items()}


@pytest.fixture
def kodi(home: House) -> ModelPlayer:
    return ModelPlayer(home, kinds=(Kind.SERIES, Kind.SEASON, Kind.EPISODE))


def shown_at(home: House, player: ModelPlayer) -> dict[str, tuple[int | None, int | None]]:
    places = {key: home.item(item).place() for key, item in entries_of(player).items()}
    return {key: (place.season, place.episode) for key, place in places.items()}


def test_a_file_renumbered_on_the_host_takes_its_new_place(home: House, kodi: ModelPlayer) -> None:
    reported(kodi, "a", 1, 2, tvdb="901")
    reported(kodi, "b", 1, 4)
    before = entries_of(kodi)
    reported(kodi, "a", 1, 3, tvdb="901")
    reported(kodi, "b", 2, 1)
    assert shown_at(home, kodi) == {"a": (1, 3), "b": (2, 1)}
    assert entries_of(kodi)["a"] == before["a"], "an id finds an episode before its number does"
    assert entries_of(kodi)["b"] != before["b"], "without one the number says which episode it is"
    reported(kodi, "c", 1, 2)
    assert entries_of(kodi)["c"] != before["a"], "nothing is left at the number of before"


def test_files_that_change_places_take_each_other_s(home: House, kodi: ModelPlayer) -> None:
    for key, number in (("a", 1), ("b", 2), ("c", 3)):
        reported(kodi, key, 1, number, tvdb=f"90{number}")
    before = entries_of(kodi)
    for key, number in (("a", 2), ("b", 3), ("c", 1)):
        reported(kodi, key, 1, number, tvdb=kodi.films[key].ids["tvdb"])
    assert entries_of(kodi) == before
    assert shown_at(home, kodi) == {"a": (1, 2), "b": (1, 3), "c": (1, 1)}
    again = home.rows("items", "field_values", "episode_numbers")
    kodi.report_all()
    assert home.rows("items", "field_values", "episode_numbers") == again


def test_two_files_of_one_number_are_one_item(home: House, kodi: ModelPlayer) -> None:
    reported(kodi, "a", 1, 2)
    reported(kodi, "b", 1, 2)
    assert len(set(entries_of(kodi).values())) == 1


def test_two_with_one_tmdb_id_stay_two_and_a_new_one_is_no_conflict(home: House, kodi: ModelPlayer) -> None:
    reported(kodi, "a", 1, 2, tmdb="62085")
    reported(kodi, "b", 1, 3, tmdb="62085")
    entries = entries_of(kodi)
    assert entries["a"] != entries["b"]
    reported(kodi, "a", 1, 2, tmdb="99999")
    assert entries_of(kodi) == entries
    assert all(not home.item(item).conflicts for item in entries.values())
    reported(kodi, "c", 1, 4, tmdb="62085")
    assert len(set(entries_of(kodi).values())) == 3


def test_a_second_file_of_an_episode_with_another_number_leaves_it_where_it_is(home: House, kodi: ModelPlayer) -> None:
    reported(kodi, "a", 1, 2, tvdb="901")
    reported(kodi, "b", 1, 3, tvdb="901")
    assert shown_at(home, kodi) == {"a": (1, 2), "b": (1, 2)}
    kodi.report_all()
    assert shown_at(home, kodi) == {"a": (1, 2), "b": (1, 2)}


# An order that fits better


def with_ids(home: House, order: str) -> int:
    """The first season of Breaking Bad, with the ids of TheTVDB as its files would have them in an order."""
    told_title = title("breaking-bad")
    assert isinstance(told_title, Series)
    series = home.add("breaking-bad")
    given = NewSeries(told_title.title, told_title.year, {"imdb": told_title.imdb})
    [season] = [each for each in told_title.seasons if each.number == 1]
    home.services.library.upsert(
        [
            NewItem(
                Kind.EPISODE,
                series=given,
                season=1,
                episode=(each.dvd or each.number) if order == "dvd" else each.number,
                ids={"tvdb": str(each.tvdb)},
                source="nfo",
                file=f"/tv/{each.number}",
            )
            for each in season.episodes
        ]
    )
    home.enrich(series)
    return series


def offers(home: House) -> list[Notice]:
    return [each for each in home.services.board.look() if each.code is NoticeCode.SERIES_ORDER]


def test_an_order_that_fits_the_reported_ids_is_offered_and_not_taken(home: House) -> None:
    series = with_ids(home, "dvd")
    assert home.item(series).order == "aired"
    [notice] = offers(home)
    assert (notice.subject, notice.action) == (
        f"item:{series}",
        NoticeAction(rpc="LibraryService.SetSeriesOrder", target=str(series)),
    )
    assert "dvd order" in notice.text
    before = titles(home, series)
    choose(home, series, "dvd")
    assert offers(home) == []
    assert titles(home, series) == before, "an id says which episode a file is"
    home.enrich(series, force=True)
    assert titles(home, series) == before
    assert offers(home) == []


def test_where_the_aired_order_fits_no_other_one_is_offered(home: House) -> None:
    with_ids(home, "aired")
    assert offers(home) == []


def test_an_offer_ends_with_its_series(home: House) -> None:
    series = with_ids(home, "dvd")
    home.services.editor.delete([("item_id", series)])
    assert offers(home) == []


# Large, and ended at any moment


@pytest.fixture
def long_series(home: House, monkeypatch: pytest.MonkeyPatch) -> int:
    return add_long_series(home, monkeypatch)


@pytest.mark.slow
def test_twenty_seasons_there_and_back(home: House, long_series: int) -> None:
    shown = live(home, long_series)
    for number in ((1, 1), (20, 50), (7, 13)):
        home.services.editor.edit(shown[number].id, Edit(fields={"plot": f"Mine {number}"}))
    before, first = data(home), titles(home, long_series)
    for order in ("dvd", "absolute"):
        began = process_time()
        done = choose(home, long_series, order)
        took = process_time() - began
        assert len(done.moved) >= 950
        assert took < 10
        between = live(home, long_series)
        assert between.keys() == shown.keys()
        if order == "dvd":
            assert (done.created, done.resting) == (0, 0)
            assert told(between[7, 38], "title", "plot") == {"title": "Story 312", "plot": "Mine (7, 13)"}
        else:
            assert (done.created, done.resting) == (950, 950)
            assert told(between[1, 1], "plot") == {"plot": "Mine (1, 1)"}
        choose(home, long_series, "aired")
        assert titles(home, long_series) == first
        after = data(home)
        for table in set(before) - {"items", "episode_numbers"}:
            assert [row for row in after[table] if row in set(before[table])] == before[table]
    assert home.asked() == {}


@pytest.mark.parametrize("last", ["numbers.write", "player_entries.repoint", "items.save_all", "publish"])
def test_a_change_that_is_cut_off_is_none_at_all(
    home: House, bad: int, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    before = home.rows()

    def cut_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"metarr.library.reorder.{last}", cut_off)
    with pytest.raises(KeyboardInterrupt):
        choose(home, bad, "dvd")
    assert home.rows() == before
    monkeypatch.undo()
    choose(home, bad, "dvd")
    assert home.item(bad).order == "dvd"


# An order that was never read


def test_an_order_that_was_never_read_is_asked_for_and_then_gone_by(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TheTVDB lists an alternate order, too, which nobody asks for before it is chosen."""
    asked = _listing_more(monkeypatch, "alternate", "dvd")
    series = add_series(home, "breaking-bad")
    home.enrich(series)
    assert "alternate" not in asked
    before = titles(home, series)
    _, orders = home.services.orders.listed(series)
    assert [(each.name, each.episodes > 0) for each in orders] == [("aired", True), ("alternate", False), ("dvd", True)]
    would = choose(home, series, "alternate", dry_run=True)
    assert (would.unread, would.moved) == (True, ())
    done = choose(home, series, "alternate")
    assert done.unread
    assert titles(home, series) == before
    home.enrich(series)
    assert "alternate" in asked
    after = titles(home, series)
    assert (after[1, 2], after[1, 3]) == (before[1, 3], before[1, 2])
    assert done.change_set is not None
    home.services.history.undo(done.change_set.id)
    assert titles(home, series) == before
    choose(home, series, "alternate")
    assert titles(home, series) == after


def _listing_more(monkeypatch: pytest.MonkeyPatch, order: str, like: str) -> list[str]:
    """Have TheTVDB list one more order, which is as another one; the orders that are asked for."""
    asked: list[str] = []
    ask_part, orders = Tvdb.listed, tvdb._orders

    def listed(self: Tvdb, ask: Ask, parts: Sequence[Part], http: Http) -> Mapping[Part, Fragment | None]:
        [part] = parts
        asked.append(part.order)
        if part.order != order:
            return ask_part(self, ask, parts, http)
        same = Part(asked_id=part.asked_id, language=part.language, order=like)
        return {part: ask_part(self, ask, (same,), http)[same]}

    monkeypatch.setattr(Tvdb, "listed", listed)
    monkeypatch.setattr(tvdb, "_orders", lambda record: (*orders(record), order))
    return asked


# What is told of it


def test_the_tree_tells_what_is_missing_by_the_order(home: House) -> None:
    series = home.add("breaking-bad")
    told_title = title("breaking-bad")
    assert isinstance(told_title, Series)
    add_episodes(home, told_title, {1: [1, 2, 4, 5, 6, 7]})
    home.enrich(series)
    assert missing(home, series) == {(1, 3): "...And the Bag's in the River"}
    choose(home, series, "dvd")
    assert missing(home, series) == {(1, 3): "Cat's in the Bag..."}
    home.enrich(series)
    assert missing(home, series) == {(1, 3): "Cat's in the Bag..."}
    assert titles(home, series)[1, 2] == "...And the Bag's in the River"


def missing(home: House, series: int) -> dict[tuple[int, int], str]:
    """What is missing of the first season."""
    tree = home.services.trees.of(series)
    return {
        (season.number, each.number): each.entries[0].title
        for season in tree.seasons
        for each in season.episodes
        if each.item is None and season.number == 1
    }


def test_an_episode_tells_its_numbers_in_each_order(home: House, bad: int) -> None:
    choose(home, bad, "dvd")
    numbers = home.services.library.show(live(home, bad)[1, 2].id, why=False).numbers
    assert {(each.numbering, each.season, each.number) for each in numbers} == {
        ("library", 1, 2),
        ("aired", 1, 3),
        ("dvd", 1, 2),
    }


# TMDB's episode groups


def test_a_group_of_tmdb_is_an_order_by_its_id(home: House) -> None:
    """Arcs of four: what is episode 1x5 as shown, TheTVDB and TMDB tell of under 2x1 then."""
    series = add_series(home, "game-of-thrones", seasons=(1,))
    home.enrich(series)
    before = values_of(everything(home, series))
    _, orders = home.services.orders.listed(series)
    [group] = [each for each in orders if each.title == "Story Arcs"]
    assert (group.name.startswith("tmdb-"), group.episodes) == (True, 0)
    assert home.services.orders.choose(series, group.name, dry_run=False).unread
    home.asked()
    home.enrich(series)
    assert home.asked() == {"tmdb": 1}, "the group alone"
    _, orders = home.services.orders.listed(series)
    assert [each.episodes for each in orders if each.name == group.name] == [13]
    now = values_of(everything(home, series))
    assert now[1, 4]["title"] == before[1, 4]["title"]
    assert "title" not in now[1, 5], "an arc has four: this number has an item of its own"
    home.services.orders.choose(series, "aired", dry_run=False)
    assert home.asked() == {}
    again = values_of(everything(home, series))
    episodes = [place for place in before if place[1]]
    assert [again[place] for place in episodes] == [before[place] for place in episodes]
