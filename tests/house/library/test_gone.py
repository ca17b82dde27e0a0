"""A provider deletes the record of a title, or makes it one with another: the item asks by its other ids."""

from collections.abc import Mapping

import pytest

from fakes import FakeClock
from harness import House, kinds, title, told
from metarr.domain.item import OWNER, Conflict, IdClaim
from metarr.domain.values import Kind
from metarr.library.intake import NewItem
from metarr.library.wish import Enriched
from metarr.providers.tmdb import Tmdb

pytestmark = pytest.mark.slow

DAY = 86400.0
INCEPTION = title("inception")
OTHER = title("quiet-lighthouse")
"""Its record of TMDB's plays the new one."""

SAME = {"title": "Inception", "original_title": "Inception", "release_date": "2010-07-15", "imdb_id": INCEPTION.imdb}


@pytest.fixture
def gone(home: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> int:
    """Inception, added by its TMDB and IMDb ids, of which TMDB has had no record for three days.

    Whatever is looked up there is found to be the other record.
    """
    item_id = home.add("inception", "imdb", "tmdb")
    home.enrich(item_id)
    home.simulators.patch("tmdb", "movie", INCEPTION.tmdb, missing=True)
    monkeypatch.setattr(Tmdb, "lookup", lambda self, ask, http: {"tmdb": str(OTHER.tmdb)})
    clock.advance(7 * DAY)
    for _ in range(3):
        assert kinds(home.enrich(item_id).outcomes)["tmdb"] == "error"
        clock.advance(DAY)
    return item_id


def no_change_after(home: House, item_id: int) -> Enriched:
    """What a further run finds: nothing new, and nothing that a merge from the cache would see otherwise."""
    before = home.item(item_id)
    again = home.enrich(item_id)
    assert again.changes == ()
    for after in (again.item, home.item(item_id)):
        assert (after.ids, told(after.fields), after.conflicts) == (before.ids, told(before.fields), before.conflicts)
    *_, last = home.services.remerger.apply()
    assert last.tally.changed_items == 0
    assert home.item(item_id).ids == before.ids
    return again


def test_the_provider_s_new_id_is_taken_where_it_is_the_same_title(home: House, gone: int) -> None:
    home.simulators.patch("tmdb", "movie", OTHER.tmdb, **SAME, overview="The plot as the new record has it.")
    enriched = home.enrich(gone)
    assert kinds(enriched.outcomes)["tmdb"] == "Answered"
    assert enriched.item.ids["tmdb"] == IdClaim(value=str(OTHER.tmdb), source="tmdb")
    assert enriched.item.conflicts == ()
    assert enriched.item.fields["plot"].value == "The plot as the new record has it."
    assert enriched.item.fields["plot"].asked_ids == (f"tmdb:{OTHER.tmdb}",)
    changed = home.history(gone)[0]
    assert (changed.old_ids or {})["tmdb"] == IdClaim(value=str(INCEPTION.tmdb), source=OWNER)
    assert (changed.new_ids or {})["tmdb"] == enriched.item.ids["tmdb"]
    no_change_after(home, gone)


def test_the_item_is_still_found_by_the_id_of_before(home: House, gone: int) -> None:
    home.simulators.patch("tmdb", "movie", OTHER.tmdb, **SAME)
    home.enrich(gone)
    new = NewItem(Kind.MOVIE, "Inception", 2010, {"tmdb": str(INCEPTION.tmdb)}, source="nfo")
    [taken] = home.services.library.upsert([new])
    assert (taken.item.id, taken.created, taken.changed) == (gone, False, False)
    assert home.item(gone).aliases == {f"tmdb:{INCEPTION.tmdb}"}


def test_who_still_names_the_record_that_is_gone_is_heard(home: House, gone: int) -> None:
    """TheTVDB's record bears TMDB's old number for as long as nobody mends it."""
    home.simulators.patch("tmdb", "movie", OTHER.tmdb, **SAME)
    for enriched in (home.enrich(gone), home.enrich(gone, force=True)):
        assert kinds(enriched.outcomes)["tvdb"] == "Answered"
        assert enriched.item.conflicts == ()


@pytest.mark.parametrize(
    "record",
    [
        pytest.param({}, id="quite another title"),
        pytest.param({**SAME, "imdb_id": OTHER.imdb, "release_date": "1957-07-15"}, id="a namesake"),
    ],
)
def test_another_title_in_its_place_is_for_the_owner_to_decide(
    home: House, gone: int, record: Mapping[str, str]
) -> None:
    before = told(home.item(gone).fields)
    home.simulators.patch("tmdb", "movie", OTHER.tmdb, **record)
    enriched = home.enrich(gone)
    assert kinds(enriched.outcomes)["tmdb"] == "conflict"
    assert enriched.item.ids["tmdb"].value == str(INCEPTION.tmdb)
    stands = str(INCEPTION.tmdb)
    assert enriched.item.conflicts == (
        Conflict(id_type="tmdb", value=str(OTHER.tmdb), claimed_by="tmdb", stands=stands),
    )
    assert told(enriched.item.fields) == before, "its values are held"
    no_change_after(home, gone)


def test_a_record_that_nothing_takes_the_place_of_is_for_the_owner_to_decide(home: House, gone: int) -> None:
    home.simulators.patch("tmdb", "movie", OTHER.tmdb, missing=True)
    enriched = home.enrich(gone)
    assert kinds(enriched.outcomes)["tmdb"] == "NotFound"
    assert enriched.item.conflicts == (
        Conflict(id_type="tmdb", value="", claimed_by="tmdb", stands=str(INCEPTION.tmdb)),
    )
    home.asked()
    no_change_after(home, gone)
    assert home.asked() == {}


def test_who_cannot_be_asked_by_the_other_ids_now_is_asked_later(home: House, gone: int, clock: FakeClock) -> None:
    home.simulators.patch("tmdb", "movie", OTHER.tmdb, **SAME)
    home.simulators.fault("tmdb", "rate_limited", path_contains=f"/movie/{OTHER.tmdb}")
    assert kinds(home.enrich(gone).outcomes)["tmdb"] == "rate_limited"
    assert home.awaited(gone).keys() == {"tmdb"}
    assert home.item(gone).ids["tmdb"].value == str(INCEPTION.tmdb)
    home.simulators.clear_faults()
    home.lift("tmdb")
    assert home.enrich(gone).item.ids["tmdb"].value == str(OTHER.tmdb)
    assert home.awaited(gone) == {}


def test_a_record_that_comes_back_is_taken_again(home: House, gone: int, clock: FakeClock) -> None:
    home.simulators.patch("tmdb", "movie", OTHER.tmdb, missing=True)
    home.enrich(gone)
    home.simulators.patch("tmdb", "movie", INCEPTION.tmdb)
    clock.advance(1)
    enriched = home.enrich(gone, force=True)
    assert kinds(enriched.outcomes)["tmdb"] == "Answered"
    assert enriched.item.conflicts == ()
