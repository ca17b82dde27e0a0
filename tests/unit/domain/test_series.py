"""What the providers say about each episode, of what they list."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from factories import NOW, item
from metarr.domain import series
from metarr.domain.entries import pairs_of
from metarr.domain.item import FieldValue, MediaItem
from metarr.domain.listings import Listing, ListPart, listing
from metarr.domain.outcome import Answered, Fragment, ListedEpisode, NotAsked, NotFound, Outcome, Skip, Unavailable
from metarr.domain.values import Kind, Text
from metarr.errors import Reason

TITLES = ("Red Morning", "Grey Afternoon", "Black Midnight", "White Daybreak")


def listed(provider: str, key: str, season: int, number: int, title: str, *, language: str = "en") -> ListedEpisode:
    texts = {"title": (Text(value=title, language=language),)} if title else {}
    empty = frozenset() if title else frozenset({"title"})
    values: dict[str, Any] = {"release_date": f"2010-{season:02}-{number * 7:02}"}
    fragment = Fragment(provider=provider, kind=Kind.EPISODE, texts=texts, values=values, empty=empty)
    return ListedEpisode(id=key, season=season, number=number, fragment=fragment)


def answer(provider: str, entries: Iterable[ListedEpisode]) -> Answered:
    fragment = Fragment(provider=provider, kind=Kind.SEASON, listed=tuple(entries))
    return Answered(fragment=fragment, fetched_at=NOW, asked_id="part")


def tvdb(titles: Iterable[str] = TITLES, *, language: str = "en") -> list[ListedEpisode]:
    return [listed("tvdb", f"tvdb:{n}", 1, n, title, language=language) for n, title in enumerate(titles, 1)]


def tmdb(titles: Iterable[str] = TITLES) -> list[ListedEpisode]:
    return [listed("tmdb", f"tmdb:9/1/{n}", 1, n, title) for n, title in enumerate(titles, 1)]


def part(outcome: Outcome, season: int | None = None, language: str = "en") -> ListPart:
    return ListPart(language=language, season=season, outcome=outcome)


def tvdb_list(*parts: ListPart) -> Listing:
    return listing("tvdb:5", parts or (part(answer("tvdb", tvdb())),))


def tmdb_list(*parts: ListPart) -> Listing:
    return listing("tmdb:9", parts or (part(answer("tmdb", tmdb()), 1),))


def episode(season: int, number: int, *, item_id: int = 1, **ids: str) -> MediaItem:
    fields = {"season_number": FieldValue(value=season), "episode_number": FieldValue(value=number)}
    return item(Kind.EPISODE, ids, id=item_id, fields=fields)


def outcomes_below(below: Iterable[MediaItem], listings: Mapping[str, Listing]) -> dict[int, dict[str, Outcome]]:
    below = tuple(below)
    return series.outcomes_below(below, listings, pairs_of(below, listings, (), NOW))


OUT = Unavailable(reason=Reason.ERROR, last=answer("tmdb", tmdb()))
GONE = Unavailable(reason=Reason.TIMEOUT)


def test_an_entry_answers_for_the_episode_of_its_number() -> None:
    [outcomes] = outcomes_below([episode(1, 2)], {"tvdb": tvdb_list(), "tmdb": tmdb_list()}).values()
    assert {p: o.asked_id for p, o in outcomes.items() if isinstance(o, Answered)} == {
        "tvdb": "tvdb:5/2",
        "tmdb": "tmdb:9/1/2",
    }


def test_numbers_of_others_mean_nothing() -> None:
    """TMDB lacks the first one, and counts all others one lower."""
    lists = {"tvdb": tvdb_list(), "tmdb": tmdb_list(part(answer("tmdb", tmdb(TITLES[1:])), 1))}
    outcomes = outcomes_below([episode(1, 3)], lists)[1]
    assert isinstance(outcomes["tmdb"], Answered) is False, "the days are against it"


def test_without_thetvdb_the_numbers_are_those_of_tmdb() -> None:
    outcomes = outcomes_below([episode(1, 2)], {"tmdb": tmdb_list()})[1]
    assert isinstance(outcomes["tmdb"], Answered)


def test_the_own_id_counts_more_than_the_number() -> None:
    below = [episode(1, 1, item_id=1, tvdb="3"), episode(1, 3, item_id=2)]
    outcomes = outcomes_below(below, {"tvdb": tvdb_list()})
    assert isinstance(first := outcomes[1]["tvdb"], Answered)
    assert first.asked_id == "tvdb:5/3"
    assert outcomes[2]["tvdb"] == NotAsked(
        reason=Skip.UNPAIRED, detail="which of its episodes this is, could not be told"
    )


def test_a_provider_that_lists_nothing_near_has_nothing_to_say() -> None:
    far = [listed("tmdb", "tmdb:9/4/9", 4, 4, "Another Season")]
    outcomes = outcomes_below([episode(1, 2)], {"tvdb": tvdb_list(), "tmdb": tmdb_list(part(answer("tmdb", far), 4))})[
        1
    ]
    assert outcomes["tmdb"] == NotFound(fetched_at=NOW, asked_id="tmdb:9")


def test_a_provider_without_such_a_season_may_list_its_episodes_elsewhere() -> None:
    parts = (part(answer("tmdb", tmdb(TITLES[:1])), 1), part(NotFound(fetched_at=NOW), 2))
    outcome = outcomes_below([episode(1, 4)], {"tvdb": tvdb_list(), "tmdb": tmdb_list(*parts)})[1]["tmdb"]
    assert isinstance(outcome, NotAsked)


@pytest.mark.parametrize(
    "near",
    [
        listed("tmdb", "tmdb:9/1/2", 1, 2, "Something Else"),
        listed("tmdb", "tmdb:9/3/1", 1, 3, "Something Else"),
        listed("tmdb", "tmdb:9/8/8", 8, 2, TITLES[1]),
    ],
)
def test_an_open_entry_that_is_near_is_no_absence(near: ListedEpisode) -> None:
    lists = {"tvdb": tvdb_list(), "tmdb": tmdb_list(part(answer("tmdb", [near]), 1))}
    outcome = outcomes_below([episode(1, 2)], lists)[1]["tmdb"]
    assert isinstance(outcome, NotAsked)
    assert outcome.reason is Skip.UNPAIRED


def test_a_part_that_failed_leaves_what_it_lists_unheard() -> None:
    lists = {"tvdb": tvdb_list(), "tmdb": tmdb_list(part(GONE, 1))}
    assert outcomes_below([episode(1, 2)], lists)[1]["tmdb"] == GONE


def test_a_part_that_failed_stands_in_with_what_it_said_last() -> None:
    outcome = outcomes_below([episode(1, 2)], {"tvdb": tvdb_list(), "tmdb": tmdb_list(part(OUT, 1))})[1]["tmdb"]
    assert isinstance(outcome, Answered)
    assert outcome.stale


def test_texts_of_all_languages_are_told_together() -> None:
    german = [f"Titel {n}" for n in "ABCD"]
    both = tvdb_list(part(answer("tvdb", tvdb())), part(answer("tvdb", tvdb(german, language="de")), language="de"))
    outcome = outcomes_below([episode(1, 1)], {"tvdb": both})[1]["tvdb"]
    assert isinstance(outcome, Answered)
    assert outcome.fragment.texts["title"] == (
        Text(value="Red Morning", language="en"), Text(value="Titel A", language="de"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("stored", "is_read"),
    [
        (None, True),
        (FieldValue(value="Titel A", sources=("tvdb",), language="de-DE"), False),
        (FieldValue(value="Titel A", sources=("tvdb",)), False),
        (FieldValue(value="Red Morning", sources=("tvdb",), language="en"), True),
        (FieldValue(value="Titel A", sources=("tmdb",), language="de"), True),
    ],
    ids=["nothing", "in it", "before languages were kept", "in another one", "of another provider"],
)
def test_a_language_that_could_not_be_heard_costs_the_texts_that_stand_in_it(
    stored: FieldValue | None, is_read: bool
) -> None:
    both = tvdb_list(part(answer("tvdb", tvdb())), part(GONE, language="de"))
    one = episode(1, 1)
    one = replace(one, fields={**one.fields, **({"title": stored} if stored else {})})
    outcome = outcomes_below([one], {"tvdb": both})[1]["tvdb"]
    assert isinstance(outcome, Answered)
    assert ("title" in outcome.fragment.texts) is is_read
    assert ("title" in outcome.fragment.unread) is not is_read
    assert outcome.fragment.values["release_date"] == "2010-01-07"


def test_no_title_in_one_language_is_not_none_where_another_could_not_be_heard() -> None:
    both = tvdb_list(part(answer("tvdb", tvdb([""]))), part(GONE, language="de"))
    outcome = outcomes_below([episode(1, 1)], {"tvdb": both})[1]["tvdb"]
    assert isinstance(outcome, Answered)
    assert (outcome.fragment.unread, outcome.fragment.empty) == ({"title"}, frozenset())


def test_a_language_that_lacks_an_episode_costs_nothing() -> None:
    both = tvdb_list(part(answer("tvdb", tvdb())), part(answer("tvdb", []), language="de"))
    outcome = outcomes_below([episode(1, 1)], {"tvdb": both})[1]["tvdb"]
    assert isinstance(outcome, Answered)
    assert outcome.fragment.texts["title"] == (Text(value="Red Morning", language="en"),)


def test_a_season_is_that_of_the_number_only_where_its_episodes_are() -> None:
    season = item(Kind.SEASON, id=7, fields={"season_number": FieldValue(value=1)})
    same = outcomes_below([season], {"tvdb": tvdb_list(), "tmdb": tmdb_list()})[7]["tmdb"]
    assert isinstance(same, Answered)
    assert same.asked_id == "tmdb:9/s1"
    others = [listed("tmdb", f"tmdb:9/1/{n}", 1, n, f"Quite Another Title {n}") for n in (1, 2, 3)]
    other = outcomes_below([season], {"tvdb": tvdb_list(), "tmdb": tmdb_list(part(answer("tmdb", others), 1))})[7][
        "tmdb"
    ]
    assert isinstance(other, NotAsked)


def test_without_any_list_nobody_says_anything() -> None:
    assert outcomes_below([episode(1, 1)], {}) == {1: {}}
