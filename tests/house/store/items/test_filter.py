"""Which items a filter fits."""

import pytest
from sqlalchemy import Connection

from factories import EARLIER, NOW, item, stored
from metarr.domain.item import Conflict, FieldValue
from metarr.domain.values import Kind
from metarr.store import awaited_answers, items
from metarr.store.awaited_answers import AwaitedAnswer
from metarr.store.items import ItemFilter

CONFLICT = Conflict(id_type="imdb", value="tt2", claimed_by="tmdb", stands="tt1")


@pytest.fixture
def known(connection: Connection) -> dict[int, str]:
    """Items of every sort, each told from the others by what its name says; names by id."""
    english = {"title": stored("Amélie"), "original_title": stored("Le Fabuleux Destin d'Amélie Poulain")}
    series = items.add(connection, item(Kind.SERIES, title="Dark", ids={"tvdb": "1"}))
    made = {
        "amelie": item(ids={"imdb": "tt1"}, fields=english, last_enriched_at=NOW),
        "amelie two": item(title="Amélie 2", ids={"imdb": "tt2"}),
        "locked": item(title="It", ids={"tmdb": "2"}, fields={"plot": FieldValue(value="P.", locked=True)}),
        "locked empty": item(title="100% Wolf", ids={"tmdb": "5"}, fields={"plot": FieldValue(locked=True)}),
        "unmonitored": item(title="Bit", ids={"tmdb": "3"}, monitored=False),
        "conflict": item(title="Heat", ids={"tmdb": "4"}, conflicts=(CONFLICT,)),
        "nameless": item(title="Zzyzx"),
        "in vain": item(title="Qwv"),
        "not heard": item(title="Xkcd"),
        "noted": item(Kind.SERIES, title="Noted", ids={"wikidata": "Q1"}),
        "noted in vain": item(Kind.SERIES, title="Noted again", ids={"wikidata": "Q2"}),
        "season": item(Kind.SEASON, title="Season 1", parent_id=series.id),
        "gone": item(title="Gone", deleted_at=EARLIER),
    }
    found = {items.add(connection, each).id: name for name, each in made.items()}
    waiting = next(item_id for item_id, name in found.items() if name == "unmonitored")
    awaited_answers.set_for_item(connection, waiting, {"omdb": AwaitedAnswer(reason="timeout", since=NOW)})
    for item_id, name in found.items():
        if name in ("in vain", "noted in vain", "amelie two", "season"):
            awaited_answers.set_for_item(connection, item_id, {"omdb": AwaitedAnswer(reason="no_id", since=NOW)})
        if name == "not heard":
            awaited_answers.set_for_item(connection, item_id, {"omdb": AwaitedAnswer(reason="timeout", since=NOW)})
    return found | {series.id: "series"}


LIVE = {
    "amelie",
    "amelie two",
    "locked",
    "locked empty",
    "unmonitored",
    "conflict",
    "nameless",
    "in vain",
    "not heard",
    "noted",
    "noted in vain",
    "season",
    "series",
}


NAMELESS = {"nameless", "in vain", "not heard"}
ASKED_BY = ("imdb", "tmdb", "tvdb")


@pytest.mark.parametrize(
    ("fits", "expected"),
    [
        (ItemFilter(), LIVE),
        (ItemFilter(kind=Kind.SERIES), {"series", "noted", "noted in vain"}),
        (ItemFilter(title="amelie"), {"amelie"}),
        (ItemFilter(title="LE FABULEUX destin d'amelie poulain"), {"amelie"}),
        (ItemFilter(title="it"), {"locked"}),
        (ItemFilter(title="100% wolf"), {"locked empty"}),
        (ItemFilter(title="100%"), set()),
        (ItemFilter(title="%"), set()),
        (ItemFilter(title="amelie", title_contains="poulain"), {"amelie"}),
        (ItemFilter(title_contains="amelie"), {"amelie", "amelie two"}),
        (ItemFilter(missing_field="plot"), LIVE - {"locked"}),
        (
            ItemFilter(awaited_provider="omdb"),
            {"unmonitored", "amelie two", "season", "in vain", "noted in vain", "not heard"},
        ),
        (ItemFilter(monitored=False), {"unmonitored"}),
        (ItemFilter(monitored=True), LIVE - {"unmonitored"}),
        (ItemFilter(enriched=True), {"amelie"}),
        (ItemFilter(enriched=False), LIVE - {"amelie"}),
        (ItemFilter(locked=True), {"locked", "locked empty"}),
        (ItemFilter(locked=False), LIVE - {"locked", "locked empty"}),
        (ItemFilter(conflict=True), {"conflict"}),
        (ItemFilter(conflict=False), LIVE - {"conflict"}),
        (ItemFilter(unidentified=True), NAMELESS),
        (ItemFilter(unidentified=True, asked_by=ASKED_BY), NAMELESS | {"noted", "noted in vain"}),
        (ItemFilter(unidentified=False, asked_by=ASKED_BY), LIVE - NAMELESS - {"noted", "noted in vain"}),
        (ItemFilter(undecided=True), {"in vain"}),
        (ItemFilter(undecided=True, asked_by=ASKED_BY), {"in vain", "noted in vain"}),
        (ItemFilter(undecided=False, asked_by=ASKED_BY), LIVE - {"in vain", "noted in vain"}),
        (ItemFilter(unidentified=True, undecided=False, asked_by=ASKED_BY), {"nameless", "not heard", "noted"}),
        (ItemFilter(deleted=True), {"gone"}),
        (ItemFilter(deleted=True, title="gone"), {"gone"}),
        (ItemFilter(kind=Kind.MOVIE, monitored=True, locked=True, missing_field="plot"), {"locked empty"}),
    ],
)
def test_everything_that_a_filter_says_must_hold(
    connection: Connection, known: dict[int, str], fits: ItemFilter, expected: set[str]
) -> None:
    assert {known[head.id] for head in items.page(connection, fits)} == expected
    assert items.count(connection, fits) == len(expected)


def test_an_id_by_which_it_was_known_before_identifies_nothing(connection: Connection) -> None:
    one = items.add(connection, item(title="Zzyzx"))
    items.add_alias(connection, one, "imdb", "tt3", "owner")
    assert [head.id for head in items.page(connection, ItemFilter(unidentified=True))] == [one.id]
