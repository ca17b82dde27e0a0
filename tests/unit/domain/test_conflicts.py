"""Conflicts that were dismissed, and what is claimed again."""

from factories import item
from metarr.domain.conflicts import claim_of, dismissed, restored, with_conflicts
from metarr.domain.item import Conflict

ONE = Conflict(id_type="imdb", value="tt2", claimed_by="tmdb", stands="tt1")
OTHER = Conflict(id_type="tmdb", value="7", claimed_by="omdb", item=3)


def test_the_same_claim_is_not_shown_again_whatever_stands_by_then():
    left = dismissed(item(conflicts=(ONE, OTHER)), claim_of(ONE))
    assert (left.conflicts, left.dismissed) == ((OTHER,), (ONE,))
    now = Conflict(id_type="imdb", value="tt2", claimed_by="tmdb", stands="tt9")
    again = with_conflicts(left, (now, OTHER))
    assert (again.conflicts, again.dismissed) == ((OTHER,), (now,))


def test_another_value_or_another_provider_is_another_claim():
    left = dismissed(item(conflicts=(ONE,)), claim_of(ONE))
    for more in ({"value": "tt3"}, {"claimed_by": "omdb"}, {"id_type": "tvdb"}):
        other = Conflict(**{"id_type": "imdb", "value": "tt2", "claimed_by": "tmdb", "stands": "tt1", **more})
        assert with_conflicts(left, (other,)).conflicts == (other,)


def test_a_claim_that_is_dropped_for_a_while_does_not_come_back_and_blocks_nothing_meanwhile():
    left = dismissed(item(conflicts=(OTHER,)), claim_of(OTHER))
    quiet = with_conflicts(left, ())
    assert [each.item for each in quiet.dismissed] == [0]
    back = with_conflicts(quiet, (OTHER,))
    assert (back.conflicts, back.dismissed) == ((), (OTHER,))


def test_it_can_be_shown_again():
    whole = item(conflicts=(OTHER, ONE))
    assert restored(dismissed(whole, claim_of(ONE)), claim_of(ONE)) == whole


def test_what_is_not_there_changes_nothing():
    whole = item(conflicts=(ONE,))
    assert dismissed(whole, claim_of(OTHER)) is whole
    assert restored(whole, claim_of(ONE)) is whole
