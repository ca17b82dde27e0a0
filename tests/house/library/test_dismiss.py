"""Conflicts that the owner leaves as they are."""

import pytest

from fakes import FakeClock
from harness import House
from metarr.domain.conflicts import claim_of
from metarr.errors import NoSuchThing
from metarr.library.edit import Edit
from metarr.store.items import ItemFilter


@pytest.fixture
def disputed(home: House) -> int:
    """A film of which TMDB says that it has another IMDb id."""
    item_id = home.add("inception", "imdb", "tmdb")
    home.simulators.patch("tmdb", "movie", 27205, imdb_id="tt0133093", external_ids={"imdb_id": "tt0133093"})
    home.enrich(item_id)
    return item_id


def test_the_next_run_does_not_bring_it_back_and_nothing_else_is_otherwise(home, disputed, clock: FakeClock):
    before = home.item(disputed)
    [conflict] = before.conflicts
    left = home.services.editor.dismiss(disputed, claim_of(conflict))
    assert (left.conflicts, left.dismissed) == ((), (conflict,))
    assert home.services.library.page(ItemFilter(conflict=True)).heads == []
    clock.advance(1)
    enriched = home.enrich(disputed, force=True)
    assert (enriched.item.conflicts, enriched.item.dismissed) == ((), (conflict,))
    assert home.item(disputed) == enriched.item
    assert enriched.item.id_values() == before.id_values()
    assert "tmdb" not in {source for stored in enriched.item.fields.values() for source in stored.sources}


def test_it_is_shown_again_where_that_is_wanted(home, disputed):
    before = home.item(disputed)
    claim = claim_of(before.conflicts[0])
    home.services.editor.dismiss(disputed, claim)
    assert home.services.editor.dismiss(disputed, claim).conflicts == (), "twice is once"
    back = home.services.editor.dismiss(disputed, claim, restore=True)
    assert (back.conflicts, back.dismissed) == (before.conflicts, ())


def test_a_corrected_identity_forgets_what_was_dismissed(home, disputed):
    home.services.editor.dismiss(disputed, claim_of(home.item(disputed).conflicts[0]))
    done = home.services.editor.edit(disputed, Edit(ids={"imdb": "tt1375666"}))
    assert done.item.dismissed == ()


@pytest.mark.parametrize("claim", [("imdb", "tt0133093", "omdb"), ("imdb", "tt1", "tmdb"), ("tmdb", "", "tmdb")])
def test_what_nobody_claims_cannot_be_dismissed(home, disputed, claim):
    with pytest.raises(NoSuchThing, match="does not claim"):
        home.services.editor.dismiss(disputed, claim)
