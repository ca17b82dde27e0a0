from typing import Any

import pytest
from hypothesis import given
from msgspec.structs import replace

from factories import EARLIER, NOW, item, stored
from metarr.domain.authority import Authority
from metarr.domain.item import OWNER, Conflict, FieldValue, IdClaim, MediaItem, Undecided, Veto
from metarr.domain.joining import disagreement, joined
from metarr.domain.values import Kind
from strategies import items as any_items

AUTHORITY = Authority()


def heat(**more: Any) -> MediaItem:
    return item(**{"title": "Heat", "year": 1995, **more})


def test_the_same_title_and_year_agree_where_no_id_contradicts() -> None:
    assert disagreement(heat(ids={"tmdb": "949", "imdb": "tt1"}), heat(ids={"tvdb": "7", "imdb": "tt1"})) == ""
    assert disagreement(heat(), heat(title="HEAT")) == ""
    assert disagreement(heat(title="The Thing", year=1982), heat(title="Thing, The", year=1982)) == ""


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"ids": {"imdb": "tt2"}}, "imdb ids differ"),
        ({"title": "Heat 2"}, "titles differ"),
        ({"title": ""}, "titles differ"),
        ({"year": 1996}, "years differ"),
        ({"year": 0}, "years differ"),
        ({"fields": {"title": stored("Heat and Dust")}}, "titles differ"),
        ({"fields": {"year": stored(1996)}}, "years differ"),
        ({"year": 0, "fields": {"release_date": stored("1996-01-01")}}, "years differ"),
    ],
)
def test_whatever_differs_or_is_not_known_disagrees(other: dict[str, Any], said: str) -> None:
    one = heat(ids={"imdb": "tt1"})
    assert said in disagreement(one, heat(**other))
    assert said in disagreement(heat(**other), one)


def test_two_without_any_words_do_not_agree() -> None:
    assert disagreement(item(ids={"imdb": "tt1"}), item(ids={"tmdb": "1"})) != ""


def test_every_id_is_kept_by_the_word_that_counts_most() -> None:
    one = heat(id=1, ids={})
    one = replace(one, ids={"imdb": IdClaim(value="tt1", source="omdb"), "tmdb": IdClaim(value="9", source="tmdb")})
    other = heat(id=2, ids={"imdb": "tt1", "tvdb": "7"})
    assert joined(one, other, AUTHORITY).ids == {
        "imdb": IdClaim(value="tt1", source=OWNER),
        "tmdb": IdClaim(value="9", source="tmdb"),
        "tvdb": IdClaim(value="7", source=OWNER),
    }


@pytest.mark.parametrize(
    ("mine", "other", "kept"),
    [
        (stored("a"), None, "a"),
        (None, stored("b"), "b"),
        (stored("a"), stored("b"), "a"),
        (stored("a"), stored("b", locked=True), "b"),
        (stored("a", locked=True), stored("b", locked=True), "a"),
        (stored(None, locked=True), stored("b"), None),
        (stored("a"), stored(None, locked=True), None),
    ],
)
def test_locks_of_both_stand_and_the_survivor_s_values_before_the_other_s(
    mine: FieldValue | None, other: FieldValue | None, kept: str | None
) -> None:
    one = heat(id=1, fields={"plot": mine} if mine else {})
    two = heat(id=2, fields={"plot": other} if other else {})
    field = joined(one, two, AUTHORITY).fields["plot"]
    assert field.value == kept
    assert field.locked == any(each is not None and each.locked for each in (mine, other))


def test_it_is_monitored_if_either_was_and_as_old_as_the_older() -> None:
    one, two = heat(id=1, monitored=False, added_at=NOW), heat(id=2, monitored=True, added_at=EARLIER)
    whole = joined(one, two, AUTHORITY)
    assert (whole.monitored, whole.added_at, whole.id) == (True, EARLIER, 1)
    assert joined(heat(id=1), heat(id=2), AUTHORITY).added_at is None


def test_what_one_was_said_to_take_from_the_other_is_no_conflict_any_more() -> None:
    about_each_other = Conflict(id_type="tmdb", value="1", claimed_by="tmdb", item=2)
    another = Conflict(id_type="imdb", value="tt9", claimed_by="omdb", stands="tt1")
    undecided = Undecided(not_before=NOW)
    one = heat(id=1, conflicts=(about_each_other, another), undecided=undecided)
    whole = joined(one, heat(id=2, conflicts=(another,)), AUTHORITY)
    assert whole.conflicts == (another,)
    assert whole.undecided is None


@given(any_items(), any_items())
def test_nothing_that_either_had_alone_is_lost(one: MediaItem, other: MediaItem) -> None:
    one, other = replace(one, id=1), replace(other, id=2)
    whole = joined(one, other, AUTHORITY)
    assert whole.ids.keys() == one.ids.keys() | other.ids.keys()
    assert whole.fields.keys() == one.fields.keys() | other.fields.keys()
    assert whole.locked_fields() == one.locked_fields() | other.locked_fields()
    assert set_of(whole.vetoes) >= set_of(one.vetoes) | set_of(other.vetoes)
    for name, held in whole.fields.items():
        assert held in (one.fields.get(name), other.fields.get(name))
    assert whole.kind is Kind.MOVIE


def set_of(vetoes: tuple[Veto, ...]) -> set[str]:
    return {repr(veto) for veto in vetoes}
