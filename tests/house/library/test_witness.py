"""An id from a file or a player that leads to another title: nothing of that title gets into the item."""

from collections.abc import Callable
from typing import Any

import pytest

from harness import House, kinds, title, told
from metarr.domain.item import IdClaim
from metarr.domain.values import Kind
from metarr.library.edit import Edit
from metarr.library.intake import NewItem, NewSeries

RIGHT, WRONG = title("game-of-thrones"), title("breaking-bad")
NFO = "nfo"


def add(home: House, source: str = NFO, *, weak: bool = False, name: str = "", year: int = 0, **ids: Any) -> int:
    """A series as a file or a player tells of it; of the right name and year, unless others are given."""
    given = {id_type: str(value) for id_type, value in ids.items()}
    new = NewItem(
        Kind.SERIES,
        name or RIGHT.title,
        year or RIGHT.year,
        given,
        source=source,
        weak=frozenset({"tvdb"}) if weak else frozenset(),
    )
    [taken] = home.services.library.upsert([new])
    assert taken.created
    return taken.item.id


def no_change_after(home: House, item_id: int) -> None:
    """A second run, a forced one, and a merge from the cache find the same."""
    before = home.item(item_id)
    for force in (False, True):
        assert home.enrich(item_id, force=force).changes == ()
    *_, last = home.services.remerger.apply()
    assert last.tally.changed_items == 0
    after = home.item(item_id)
    assert (after.ids, told(after.fields), after.conflicts) == (before.ids, told(before.fields), before.conflicts)


@pytest.mark.parametrize("source", [NFO, "import", "player:kodi"])
def test_a_wrong_id_beside_a_right_one_costs_only_its_provider(home: House, source: str) -> None:
    """As Kodi exports a series after scraping TMDB: TMDB's number stands in the place of TheTVDB's."""
    item_id = add(home, source, tmdb=RIGHT.tmdb, tvdb=WRONG.tvdb)
    enriched = home.enrich(item_id)
    outcomes = kinds(enriched.outcomes)
    assert (outcomes["tvdb"], outcomes["fanart"], outcomes["tmdb"], outcomes["omdb"]) == (
        "conflict",
        "conflict",
        "Answered",
        "Answered",
    )
    assert enriched.item.fields["title"].value == RIGHT.title
    assert {source for stored in enriched.item.fields.values() for source in stored.sources} <= {"tmdb", "omdb", source}
    assert enriched.item.ids["tvdb"].value == str(WRONG.tvdb), "the owner decides"
    assert {(each.id_type, each.value) for each in enriched.item.conflicts} >= {
        ("tvdb", str(RIGHT.tvdb)),
        ("title", f"{WRONG.title} ({WRONG.year})"),
    }
    no_change_after(home, item_id)


def test_a_weak_one_gives_way_to_what_the_others_say(home: House) -> None:
    item_id = add(home, weak=True, tmdb=RIGHT.tmdb, tvdb=WRONG.tvdb)
    enriched = home.enrich(item_id)
    assert enriched.item.ids["tvdb"] == IdClaim(value=str(RIGHT.tvdb), source="tvdb")
    assert set(kinds(enriched.outcomes).values()) == {"Answered"}
    assert enriched.item.conflicts == ()
    no_change_after(home, item_id)


@pytest.mark.parametrize("weak", [True, False])
def test_where_nothing_but_the_wrong_id_is_known_nothing_is_taken_and_the_owner_is_told(
    home: House, *, weak: bool
) -> None:
    item_id = add(home, weak=weak, tvdb=WRONG.tvdb)
    enriched = home.enrich(item_id)
    assert kinds(enriched.outcomes) == {"fanart": "conflict", "omdb": "no_id", "tmdb": "conflict", "tvdb": "conflict"}
    assert told(enriched.item.fields) == {"title": (RIGHT.title, NFO)}
    assert enriched.item.ids == {"tvdb": IdClaim(value=str(WRONG.tvdb), source=NFO, weak=weak)}
    assert {each.claimed_by for each in home.item(item_id).conflicts} == {"fanart", "tmdb", "tvdb"}
    no_change_after(home, item_id)


def test_a_weak_id_that_name_and_year_confirm_is_its_provider_s_word_from_then_on(home: House) -> None:
    item_id = add(home, weak=True, tvdb=RIGHT.tvdb)
    enriched = home.enrich(item_id)
    assert enriched.item.ids["tvdb"] == IdClaim(value=str(RIGHT.tvdb), source="tvdb")
    assert set(kinds(enriched.outcomes).values()) == {"Answered"}
    no_change_after(home, item_id)


def test_what_the_owner_says_needs_no_witness(home: House) -> None:
    item_id = add(home, "", tvdb=WRONG.tvdb)
    assert home.enrich(item_id).item.fields["title"].value == WRONG.title


def test_the_owner_settles_it_by_naming_the_ids(home: House) -> None:
    item_id = add(home, tmdb=RIGHT.tmdb, tvdb=WRONG.tvdb)
    home.enrich(item_id)
    home.services.editor.edit(item_id, Edit(ids={"tmdb": str(RIGHT.tmdb), "tvdb": str(RIGHT.tvdb)}))
    enriched = home.enrich(item_id)
    assert enriched.item.conflicts == ()
    assert set(kinds(enriched.outcomes).values()) == {"Answered"}


# Taking in


def weakly(tvdb: object, *, name: str = RIGHT.title, year: int = RIGHT.year, **ids: object) -> NewItem:
    """A file with a weak TVDB id."""
    given = {id_type: str(value) for id_type, value in {**ids, "tvdb": tvdb}.items()}
    return NewItem(Kind.SERIES, name, year, given, source=NFO, weak=frozenset({"tvdb"}))


@pytest.mark.parametrize(
    ("before", "then"),
    [
        pytest.param({"tmdb": RIGHT.tmdb}, lambda: weakly(WRONG.tvdb, tmdb=RIGHT.tmdb), id="a new weak one is kept"),
        pytest.param(
            {"tmdb": RIGHT.tmdb, "tvdb": RIGHT.tvdb},
            lambda: weakly(WRONG.tvdb, tmdb=RIGHT.tmdb),
            id="a weak one contradicts nothing",
        ),
    ],
)
def test_a_weak_id_refuses_no_file(home: House, before: dict[str, Any], then: Callable[[], NewItem]) -> None:
    item_id = add(home, **before)
    [taken] = home.services.library.upsert([then()])
    assert (taken.item.id, taken.created) == (item_id, False)
    kept = home.item(item_id).ids["tvdb"]
    assert kept.weak is ("tvdb" not in before)
    [again] = home.services.library.upsert([then()])
    assert (again.created, again.changed) == (False, False)


def test_a_weak_id_of_another_item_neither_joins_nor_refuses(home: House) -> None:
    other = add(home, name=WRONG.title, year=WRONG.year, tvdb=WRONG.tvdb)
    [alone, beside] = home.services.library.upsert(
        [weakly(WRONG.tvdb), weakly(WRONG.tvdb, name="Yet Another", year=2001, tmdb=7)]
    )
    assert (alone.created, beside.created) == (True, True)
    assert {other, alone.item.id, beside.item.id} == {1, 2, 3}
    assert "tvdb" not in alone.item.ids.keys() | beside.item.ids.keys()


def test_a_weak_id_finds_the_item_that_it_fits_by_name_and_year(home: House) -> None:
    item_id = add(home, tvdb=RIGHT.tvdb)
    [taken] = home.services.library.upsert([weakly(RIGHT.tvdb, year=RIGHT.year + 1)])
    assert (taken.item.id, taken.created) == (item_id, False)
    assert not home.item(item_id).ids["tvdb"].weak


def test_an_episode_does_not_make_sure_what_is_weak_of_its_series(home: House) -> None:
    item_id = add(home, weak=True, tvdb=WRONG.tvdb)
    series = NewSeries(RIGHT.title, RIGHT.year, {"tvdb": str(WRONG.tvdb)}, weak=frozenset({"tvdb"}))
    new = NewItem(Kind.EPISODE, "Winter Is Coming", series=series, season=1, episode=1, source=NFO)
    [taken] = home.services.library.upsert([new])
    season = home.item(taken.item.parent_id or 0)
    assert season.parent_id == item_id
    assert home.item(item_id).ids["tvdb"].weak


def test_what_is_sure_takes_the_place_of_what_is_weak(home: House) -> None:
    item_id = add(home, weak=True, tmdb=RIGHT.tmdb, tvdb=WRONG.tvdb)
    new = NewItem(Kind.SERIES, RIGHT.title, RIGHT.year, {"tmdb": str(RIGHT.tmdb), "tvdb": str(RIGHT.tvdb)}, source=NFO)
    [taken] = home.services.library.upsert([new])
    assert taken.item.id == item_id
    assert home.item(item_id).ids["tvdb"] == IdClaim(value=str(RIGHT.tvdb), source=NFO)
