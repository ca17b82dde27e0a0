"""Which entry is which episode of the library, and what stays of that from run to run."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from factories import NOW, item
from metarr.domain.entries import KnownEntry, PairState, SeriesPairs, leading_orders, pairs_of
from metarr.domain.item import FieldValue, MediaItem
from metarr.domain.listings import Listing, ListPart, listing
from metarr.domain.outcome import Answered, Fragment, ListedEpisode, NotFound, Outcome, Unavailable
from metarr.domain.pairing import PairingRule
from metarr.domain.values import Kind, Text
from metarr.errors import Reason

TITLES = ("Red Morning", "Grey Afternoon", "Black Midnight", "White Daybreak")
LATER = NOW + timedelta(days=8)


def listed(provider: str, entries: Iterable[tuple[str, int, int, str]], *, day: str = "") -> Listing:
    """A list of these entries: id, season, number and title."""
    told = tuple(
        ListedEpisode(id=entry, season=season, number=number, fragment=said(provider, title, day or f"2010-01-{at:02}"))
        for at, (entry, season, number, title) in enumerate(entries, 1)
    )
    answer = Answered(fragment=Fragment(provider=provider, kind=Kind.SEASON, listed=told), fetched_at=NOW)
    return listing(f"{provider}:5", [ListPart(language="en", season=None, outcome=answer)])


def said(provider: str, title: str, day: str) -> Fragment:
    values: dict[str, Any] = {"release_date": day}
    texts = {"title": (Text(value=title, language="en"),)} if title else {}
    return Fragment(provider=provider, kind=Kind.EPISODE, texts=texts, values=values)


def tvdb(titles: Iterable[str] = TITLES, ids: Iterable[int] = (1, 2, 3, 4), day: str = "") -> Listing:
    entries = [(f"tvdb:{n}", 1, at, title) for at, (n, title) in enumerate(zip(ids, titles, strict=False), 1)]
    return listed("tvdb", entries, day=day)


def tmdb(titles: Iterable[str] = TITLES) -> Listing:
    return listed("tmdb", [(f"tmdb:5/1/{n}", 1, n, title) for n, title in enumerate(titles, 1)])


def unheard(provider: str, outcome: Outcome) -> Listing:
    return listing(f"{provider}:5", [ListPart(language="en", season=None, outcome=outcome)])


def episodes(*numbers: int, **ids: str) -> list[MediaItem]:
    """Episodes of the first season, each with its number for its id."""
    return [
        item(
            Kind.EPISODE,
            ids,
            id=number,
            fields={"season_number": FieldValue(value=1), "episode_number": FieldValue(value=number)},
        )
        for number in numbers
    ]


def pairs(lists: Mapping[str, Listing], records: Iterable[KnownEntry] = (), **more: Any) -> SeriesPairs:
    return pairs_of(more.get("below", episodes(1, 2, 3)), lists, records, more.get("now", NOW))


def told(found: SeriesPairs) -> dict[str, tuple[str, int | None]]:
    return {each.entry: (str(each.state), each.item_id) for each in found.records}


def decided(entry: str, item_id: int | None, provider: str = "tmdb") -> KnownEntry:
    state = PairState.REFUSED if item_id is None else PairState.PAIRED
    return KnownEntry(provider=provider, entry=entry, state=state, item_id=item_id, rule=PairingRule.DECIDED)


def test_every_entry_is_known_with_what_it_is() -> None:
    found = pairs({"tvdb": tvdb(), "tmdb": tmdb((*TITLES[:2], "Quite Another Thing"))})
    assert told(found) == {
        "tvdb:1": ("paired", 1),
        "tvdb:2": ("paired", 2),
        "tvdb:3": ("paired", 3),
        "tvdb:4": ("missing", None),
        "tmdb:5/1/1": ("paired", 1),
        "tmdb:5/1/2": ("paired", 2),
        "tmdb:5/1/3": ("open", None),
    }
    rules = {each.entry: each.rule for each in found.records}
    assert (rules["tvdb:1"], rules["tmdb:5/1/1"]) == (PairingRule.NUMBER, PairingRule.TITLE_AND_DAY)


def test_what_was_found_once_is_written_once() -> None:
    lists = {"tvdb": tvdb(), "tmdb": tmdb()}
    first = pairs(lists)
    assert pairs(lists, first.records, now=LATER).records == first.records


def test_an_episode_keeps_its_entry_where_thetvdb_renumbers() -> None:
    """One is put before the second: all after it are one higher, and every file keeps its own."""
    first = pairs({"tvdb": tvdb()})
    new = tvdb((TITLES[0], "Put Between", *TITLES[1:]), ids=(1, 9, 2, 3, 4))
    found = pairs({"tvdb": new}, first.records, now=LATER)
    assert found.named == {1: "tvdb:1", 2: "tvdb:2", 3: "tvdb:3"}
    moved = {each.entry: (each.number, each.made_for) for each in found.records if each.item_id}
    assert moved == {"tvdb:1": (1, (1, 1)), "tvdb:2": (3, (1, 2)), "tvdb:3": (4, (1, 3))}


@pytest.mark.parametrize(("days", "expected"), [(-1, "tvdb:9"), (0, "tvdb:2"), (1, "tvdb:2")])
def test_what_was_found_before_it_was_shown_is_found_anew(days: int, expected: str) -> None:
    shown = (NOW - timedelta(days=days)).date().isoformat()
    first = pairs({"tvdb": tvdb(day=shown)})
    new = tvdb((TITLES[0], "Put Between", *TITLES[1:]), ids=(1, 9, 2, 3, 4), day=shown)
    assert pairs({"tvdb": new}, first.records, now=LATER).named[2] == expected


def test_what_is_found_too_early_lasts_from_the_first_run_after_it_was_shown() -> None:
    shown = (NOW + timedelta(days=1)).date().isoformat()
    first = pairs({"tvdb": tvdb(day=shown)})
    assert not any(each.lasts() for each in first.records)
    second = pairs({"tvdb": tvdb(day=shown)}, first.records, now=NOW + timedelta(hours=1))
    assert second.records == first.records
    third = pairs({"tvdb": tvdb(day=shown)}, second.records, now=LATER)
    assert [each.lasts() for each in third.records] == [True, True, True, False]


def test_an_episode_of_another_number_is_another_entry() -> None:
    first = pairs({"tvdb": tvdb()}, below=episodes(1))
    [moved] = episodes(2)
    [renumbered] = [item(Kind.EPISODE, id=1, fields=moved.fields)]
    assert pairs({"tvdb": tvdb()}, first.records, below=[renumbered], now=LATER).named == {1: "tvdb:2"}


def test_an_id_of_its_own_counts_more_than_what_it_was() -> None:
    first = pairs({"tvdb": tvdb()}, below=episodes(1))
    assert pairs({"tvdb": tvdb()}, first.records, below=episodes(1, tvdb="3"), now=LATER).named == {1: "tvdb:3"}


def test_entries_of_tmdb_are_found_anew() -> None:
    """What was its second is its third now: nothing of it stays where it was."""
    first = pairs({"tvdb": tvdb(), "tmdb": tmdb()})
    new = tmdb((TITLES[0], "Put Between", *TITLES[1:]))
    days = {"tvdb": tvdb(day="2010-01-01"), "tmdb": listed("tmdb", [
        (entry, 1, each.number, each.fragment.texts["title"][0].value) for entry, each in new.entries.items()
    ], day="2010-01-01")}  # fmt: skip
    found = pairs(days, first.records, now=LATER)
    assert found.of_provider["tmdb"].of_item == {1: "tmdb:5/1/1", 2: "tmdb:5/1/3", 3: "tmdb:5/1/4"}


def test_the_owners_word_counts_before_all() -> None:
    lists = {"tvdb": tvdb(), "tmdb": tmdb()}
    words = [decided("tmdb:5/1/2", 3), decided("tmdb:5/1/3", None), decided("tvdb:4", 1, "tvdb")]
    found = pairs(lists, words, below=episodes(1, 2, 3, tvdb="1"))
    assert found.named[1] == "tvdb:4"
    assert found.of_provider["tmdb"].of_item[3] == "tmdb:5/1/2"
    assert "tmdb:5/1/3" not in found.of_provider["tmdb"].of_item.values()
    assert told(found)["tmdb:5/1/3"] == ("refused", None)
    again = pairs(lists, found.records, below=episodes(1, 2, 3, tvdb="1"), now=LATER)
    assert told(again) == told(found)


def test_the_owner_may_name_an_episode_that_the_leading_list_does_not_have() -> None:
    found = pairs({"tvdb": tvdb(), "tmdb": tmdb()}, [decided("tmdb:5/1/4", 9)], below=episodes(9))
    assert found.of_provider["tmdb"].of_item == {9: "tmdb:5/1/4"}


SILENT = Unavailable(reason=Reason.ERROR)


@pytest.mark.parametrize(
    ("now_listed", "kept"),
    [(tvdb(TITLES[:1]), False), (unheard("tvdb", SILENT), True), (None, True)],
    ids=["gone from the list", "unread", "not asked"],
)
def test_an_entry_is_forgotten_only_where_the_list_was_read_without_it(now_listed: Listing | None, kept: bool) -> None:
    first = pairs({"tvdb": tvdb(), "tmdb": tmdb()})
    lists = {"tmdb": tmdb()} | ({"tvdb": now_listed} if now_listed else {})
    assert ("tvdb:2" in told(pairs(lists, first.records, now=LATER))) is kept


def test_what_the_owner_decided_is_kept_while_nobody_lists_it() -> None:
    found = pairs({"tvdb": tvdb(), "tmdb": tmdb(TITLES[:1])}, [decided("tmdb:5/1/2", 3)])
    assert told(found)["tmdb:5/1/2"] == ("paired", 3)


def test_nobody_leads_in_the_place_of_one_that_cannot_be_heard() -> None:
    """TMDB's numbers may be others; they are the library's only where TheTVDB has none of the series."""
    assert pairs({"tvdb": unheard("tvdb", SILENT), "tmdb": tmdb()}).named == {}
    assert pairs({"tvdb": unheard("tvdb", NotFound(fetched_at=NOW)), "tmdb": tmdb()}).named[1] == "tmdb:5/1/1"


def test_the_number_of_two_entries_names_neither() -> None:
    twice = listed("tvdb", [("tvdb:1", 1, 1, "One"), ("tvdb:2", 1, 1, "Other"), ("tvdb:3", 1, 2, "Third")])
    assert pairs({"tvdb": twice}).named == {2: "tvdb:3"}


# Orders of others than the leading one

ARCS = "tmdb-5acf93e6"


def with_arcs() -> Listing:
    """TMDB's list with an episode that TheTVDB does not have, and a group: the first two turned, then that one."""
    numbers = {(1, 1): "tmdb:5/1/2", (1, 2): "tmdb:5/1/1", (2, 1): "tmdb:5/1/5", (0, 3): "tmdb:5/1/4"}
    return replace(tmdb((*TITLES, "Only Here")), orders={**tmdb().orders, ARCS: numbers})


def test_an_order_of_another_provider_is_told_by_the_entries_of_the_leading_list() -> None:
    leading = listed("tvdb", [("tvdb:1", 1, 1, TITLES[0]), ("tvdb:2", 1, 2, TITLES[1]), ("tvdb:9", 0, 1, "Special")])
    orders = leading_orders({"tvdb": leading, "tmdb": with_arcs()})
    assert orders["aired"] == {(1, 1): "tvdb:1", (1, 2): "tvdb:2", (0, 1): "tvdb:9"}
    assert orders[ARCS] == {(1, 1): "tvdb:2", (1, 2): "tvdb:1", (2, 1): "tmdb:5/1/5", (0, 1): "tvdb:9"}


def test_while_the_leading_list_is_unheard_no_other_one_tells_what_was_shown_when() -> None:
    silent = unheard("tvdb", Unavailable(reason=Reason.TIMEOUT))
    assert leading_orders({"tvdb": silent, "tmdb": tmdb()}) == {}
    assert leading_orders({"tmdb": with_arcs()}).keys() == {"aired", ARCS}


def test_what_only_the_other_one_lists_is_still_what_its_order_says() -> None:
    lists = {"tvdb": tvdb(), "tmdb": with_arcs()}
    [first, last] = episodes(1, 2)
    last = replace(last, fields={**last.fields, **season_and_number(2, 1)})
    made = pairs_of([first, last], lists, (), NOW, ARCS)
    assert made.named == {first.id: "tvdb:2"}
    assert made.of_provider["tmdb"].of_item == {first.id: "tmdb:5/1/2", last.id: "tmdb:5/1/5"}


def season_and_number(season: int, number: int) -> dict[str, FieldValue]:
    return {"season_number": FieldValue(value=season), "episode_number": FieldValue(value=number)}
