"""What the providers list of the episodes of a series: requests, pages, parsers."""

from copy import deepcopy
from typing import Any

import pytest
from msgspec.structs import replace

from fakes import FakeHttp
from metarr.domain.outcome import Fragment, ListedEpisode
from metarr.domain.values import Kind, Text
from metarr.errors import BadAnswer, TitleNotFound
from metarr.providers import guard
from metarr.providers.contract import Ask, Part, Preferences
from metarr.providers.fanart import Fanart
from metarr.providers.omdb import Omdb, parse_season
from metarr.providers.tmdb import EPISODES_A_REQUEST, MAX_APPENDS, Tmdb, parse_group, parse_seasons
from metarr.providers.tvdb import MAX_PAGES, Tvdb, parse_episodes
from samples import sample_json


def by_number(fragment: Fragment) -> dict[int, ListedEpisode]:
    return {entry.number: entry for entry in fragment.listed}


def ask(original: str = "", languages: tuple[str, ...] = ("en-US", "en"), **ids: str) -> Ask:
    return Ask(kind=Kind.SERIES, ids=ids, original_language=original, preferences=Preferences(languages=languages))


# TMDB

EPISODE = {
    "id": 1, "season_number": 1, "episode_number": 2, "name": "The Kingsroad", "overview": "Two roads part.",
    "air_date": "2011-04-24", "runtime": 56, "still_path": "/still2.jpg", "vote_average": 8.1, "vote_count": 12,
    "crew": [
        {"department": "Directing", "job": "Director", "name": "Tim"},
        {"department": "Writing", "job": "Writer", "name": "Ann"},
    ],
    "guest_stars": [{"name": "Joe", "character": "Benjen", "order": 1, "id": 5}],
}  # fmt: skip
SEASON = {
    "season_number": 1, "name": "Season 1", "overview": "A king rides north.", "air_date": "2011-04-17",
    "poster_path": "/season1.jpg", "episodes": [EPISODE],
}  # fmt: skip
SERIES = {"id": 1399, "seasons": [{"season_number": 1}, {"season_number": 2}], "season/1": SEASON}
S1, S2, S9 = (Part(asked_id=f"tmdb:1399/s{n}", shape="en-US", language="en-US", season=n) for n in (1, 2, 9))


def test_a_season_and_its_episodes_are_read() -> None:
    season = parse_seasons(SERIES, "1399", [S1])[S1]
    assert season is not None
    assert season.texts == {"plot": (Text(value="A king rides north.", language="en-US"),)}
    assert season.empty == {"title"}, "its name says but its number"
    [episode] = season.listed
    assert (episode.id, episode.season, episode.number) == ("tmdb:1399/1/2", 1, 2)
    told = episode.fragment
    assert told.texts["title"] == (Text(value="The Kingsroad", language="en-US"),)
    values = {name: value for name, value in told.values.items() if name not in ("cast", "still")}
    assert values == {
        "release_date": "2011-04-24",
        "runtime_minutes": 56,
        "directors": ("Tim",),
        "writers": ("Ann",),
        "tmdb_rating": 8.1,
    }
    assert told.unread == frozenset()
    assert told.ids == {}, "TMDB's ids of episodes change"


def test_a_season_that_was_not_appended_is_not_told_and_one_that_is_not_listed_is_none() -> None:
    assert parse_seasons(SERIES, "1399", [S2, S9]) == {S9: None}


@pytest.mark.parametrize("body", [None, [], {"id": 7, "season/1": SEASON}, {"season/1": SEASON}])
def test_an_answer_about_no_or_another_series_is_a_bad_one(body: Any) -> None:
    with pytest.raises(BadAnswer):
        parse_seasons(body, "1399", [S1])


@pytest.mark.parametrize("field", ["name", "overview", "air_date", "runtime", "still_path", "crew", "guest_stars"])
def test_what_is_malformed_in_an_episode_costs_its_field_alone(field: str) -> None:
    body = deepcopy(SERIES)
    body["season/1"]["episodes"].append({**EPISODE, "episode_number": 3, field: 5.5})  # type: ignore[index]
    season = parse_seasons(body, "1399", [S1])[S1]
    assert season is not None
    assert [entry.number for entry in season.listed] == [2, 3]
    assert len(season.listed[1].fragment.unread) <= 2


@pytest.mark.parametrize("number", [None, -1, "x", 1.5, True])
def test_an_episode_without_a_number_costs_itself(number: Any) -> None:
    body = deepcopy(SERIES)
    body["season/1"]["episodes"].append({**EPISODE, "episode_number": number})  # type: ignore[index]
    season = parse_seasons(body, "1399", [S1])[S1]
    assert season is not None
    assert len(season.listed) == 1


@pytest.mark.parametrize("name", ["", "Episode 2", "TBA", "Folge 2", "Episode #1.2"])
def test_a_title_that_says_nothing_is_none(name: str) -> None:
    body = deepcopy(SERIES)
    body["season/1"]["episodes"] = [{**EPISODE, "name": name}]  # type: ignore[index]
    season = parse_seasons(body, "1399", [S1])[S1]
    assert season is not None
    assert "title" in season.listed[0].fragment.empty


def test_tmdb_is_asked_for_seasons_by_the_score_and_in_each_language() -> None:
    counts = dict.fromkeys(range(1, 46), 10)
    parts = Tmdb().parts(ask("ja", ("de-DE", "en-US", "en"), tmdb="1399"), counts)
    assert len(parts) == 3 * 45
    bundles = Tmdb().together(parts, counts)
    assert [(bundle[0].shape, len(bundle)) for bundle in bundles] == [
        (language, size) for language in ("de-DE", "en-US", "ja") for size in (20, 20, 5)
    ]


def test_long_seasons_are_asked_for_in_several_requests() -> None:
    counts = {1: 250, 2: 250, 3: 10}
    bundles = Tmdb().together(Tmdb().parts(ask(tmdb="1"), counts), counts)
    assert [[part.season for part in bundle] for bundle in bundles] == [[1], [2, 3]]
    assert EPISODES_A_REQUEST < 500


def test_seasons_come_along_with_their_series_as_far_as_there_is_room() -> None:
    counts = dict.fromkeys(range(1, 46), 10)
    along = Tmdb().along(ask("ja", ("de-DE", "en-US", "en"), tmdb="1399"), counts)
    assert [(part.shape, part.season) for part in along] == [("de-DE", season) for season in range(1, 12)]
    assert Tmdb().along(ask(tmdb="1399"), {}) == ()
    http = FakeHttp({"/tv/1399": {**SERIES, "name": "Game of Thrones"}})
    fragment, parts = guard.details_along(Tmdb(), ask(tmdb="1399"), [S1, S2], http)
    appended = http.requests[0].params["append_to_response"].split(",")
    assert appended[-2:] == ["season/1", "season/2"]
    assert len(appended) + 9 == MAX_APPENDS
    assert fragment.texts["title"][0].value == "Game of Thrones"
    assert [(each.number, each.episodes, each.fragment) for each in fragment.seasons] == [(1, 0, None), (2, 0, None)]
    assert parts.keys() == {S1}
    assert [entry.id for entry in (parts[S1] or seasoned()).listed] == ["tmdb:1399/1/2"]


def group(*members: Any) -> dict[str, Any]:
    """A group of members as (order, (season, number)…)."""
    return {
        "id": "5acf93e60e0a26346d0000ce",
        "groups": [
            {"order": order, "episodes": [
                {"show_id": 1399, "season_number": season, "episode_number": number, "order": place}
                for place, (season, number) in enumerate(rows)
            ]}
            for order, *rows in members
        ],
    }  # fmt: skip


@pytest.mark.parametrize("first", [0, 1])
def test_of_a_group_the_places_count_and_specials_are_left_out(first: int) -> None:
    body = group((first + 2, (2, 1)), (first, (0, 1), (0, 2)), (first + 1, (1, 2), (1, 1), (0, 3)))
    listed = parse_group(body, "1399").listed
    assert {(each.season, each.number): each.id for each in listed} == {
        (1, 1): "tmdb:1399/1/2", (1, 2): "tmdb:1399/1/1", (1, 3): "tmdb:1399/0/3", (2, 1): "tmdb:1399/2/1",
    }  # fmt: skip


@pytest.mark.parametrize("body", [None, {}, {"groups": {}}, {"groups": [{"order": 1}]}, {"groups": [{"episodes": []}]}])
def test_what_is_no_group_is_a_bad_answer(body: Any) -> None:
    with pytest.raises(BadAnswer):
        parse_group(body, "1399")


def test_groups_are_orders_by_their_ids_and_the_chosen_one_is_asked_for_alone() -> None:
    rows = [{"id": "5acf93e60e0a26346d0000ce", "name": "Story Arcs"}, {"id": "../movie/1", "name": "Odd"}, "odd"]
    body = {**SERIES, "name": "Game of Thrones", "episode_groups": {"results": rows}}
    fragment = guard.details(Tmdb(), ask(tmdb="1399"), FakeHttp({"/tv/1399": body}))
    order = "tmdb-5acf93e60e0a26346d0000ce"
    assert (fragment.orders, fragment.order_titles) == ((order,), {order: "Story Arcs"})
    wanted = replace(ask(tmdb="1399"), orders=("dvd", order))
    parts = Tmdb().parts(wanted, {1: 10})
    assert [part.order for part in parts] == ["", order]
    assert [len(bundle) for bundle in Tmdb().together(parts, {1: 10})] == [1, 1]
    http = FakeHttp({"/tv/episode_group/5acf93e60e0a26346d0000ce": group((1, (1, 2)))})
    [(part, said)] = guard.listed(Tmdb(), wanted, parts[1:], http).items()
    assert (part.asked_id, said and said.listed[0].id) == (f"tmdb:1399/{order}", "tmdb:1399/1/2")


@pytest.mark.parametrize("said", [None, 7, (1, 2, 3), (Fragment(provider="tmdb", kind=Kind.SERIES), "parts")])
def test_what_is_no_answer_with_parts_is_refused(said: Any) -> None:
    class Odd(Tmdb):
        def details_along(self, ask: Ask, parts: Any, http: Any) -> Any:
            return said

    with pytest.raises(BadAnswer):
        guard.details_along(Odd(), ask(tmdb="1399"), [S1], FakeHttp())


@pytest.mark.recordings
def test_the_recorded_season_is_read() -> None:
    recorded = sample_json("tmdb/jdrouet/tv-season-details.json")
    season = parse_seasons({"id": 1399, "season/1": recorded}, "1399", [S1])[S1]
    assert season is not None
    checked = guard.listed(Once(season), ask(tmdb="1399"), (S1,), FakeHttp())[S1]  # type: ignore[arg-type]
    assert checked is not None
    episodes = by_number(checked)
    assert len(episodes) == 10
    assert episodes[9].fragment.texts["title"] == (Text(value="Baelor", language="en-US"),)
    assert episodes[1].fragment.values["directors"] == ("Timothy Van Patten",)
    assert all(not episode.fragment.unread for episode in episodes.values())


class Once(Tmdb):
    """TMDB, with an answer that is there already."""

    def __init__(self, season: Fragment) -> None:
        self._season = season

    def listed(self, ask: Ask, parts: Any, http: Any) -> dict[Part, Fragment | None]:
        return {parts[0]: self._season}


# TheTVDB

RECORD = {
    "id": 3254641, "seriesId": 121361, "name": "Winter Is Coming", "aired": "2011-04-17", "runtime": 62,
    "overview": "A king rides north.", "image": "/banners/episodes/121361/3254641.jpg", "seasonNumber": 1, "number": 1,
    "lastUpdated": "2024-01-02 00:00:00", "nameTranslations": ["eng"], "isMovie": 0,
}  # fmt: skip


def page(*records: Any, following: str | None = None, around: bool = False) -> dict[str, Any]:
    series = {"id": 121361, "name": "Game of Thrones"}
    data = {**series, "episodes": list(records)} if around else {"series": series, "episodes": list(records)}
    return {"status": "success", "data": data, "links": {"next": following}}


@pytest.mark.parametrize("around", [False, True], ids=["beside", "around"])
def test_a_list_of_thetvdb_is_read_with_and_without_a_language(around: bool) -> None:
    [episode] = parse_episodes([page(RECORD, around=around)], "en").listed
    assert (episode.id, episode.season, episode.number) == ("tvdb:3254641", 1, 1)
    assert episode.fragment.ids == {"tvdb": "3254641"}
    assert episode.fragment.texts["plot"] == (Text(value="A king rides north.", language="en"),)
    assert episode.fragment.values["release_date"] == "2011-04-17"
    [still] = episode.fragment.values["still"]  # type: ignore[misc]
    assert still.url == "https://artworks.thetvdb.com/banners/episodes/121361/3254641.jpg"  # type: ignore[union-attr]
    assert episode.fragment.unread == frozenset()


def test_an_episode_without_a_translation_has_no_text_in_it() -> None:
    [episode] = parse_episodes([page({**RECORD, "name": None, "overview": None})], "de").listed
    assert episode.fragment.empty == {"title", "plot"}


def test_of_two_records_of_one_id_the_later_counts() -> None:
    newer = {**RECORD, "name": "Newer", "lastUpdated": "2025-01-02 00:00:00"}
    [episode] = parse_episodes([page(newer, RECORD)], "en").listed
    assert episode.fragment.texts["title"][0].value == "Newer"


@pytest.mark.parametrize(
    "odd", [None, 7, {"id": 0}, {**RECORD, "id": None}, {**RECORD, "seasonNumber": -1}, {**RECORD, "number": None}]
)
def test_an_odd_record_costs_itself(odd: Any) -> None:
    assert len(parse_episodes([page(RECORD, odd)], "en").listed) == 1


@pytest.mark.parametrize(
    "body", [None, [], {}, {"data": None}, {"data": {"episodes": "none"}}, {"data": {"series": {}}}]
)
def test_what_is_no_list_is_a_bad_answer(body: Any) -> None:
    with pytest.raises(BadAnswer):
        parse_episodes([body], "en")


def test_thetvdb_is_asked_for_its_list_and_the_names_in_other_languages() -> None:
    english = Tvdb().parts(ask("en", ("en-US", "en", "de-DE"), tvdb="121361"), {})
    assert [(part.asked_id, part.shape, part.language) for part in english] == [
        ("tvdb:121361/official", "", "en"), ("tvdb:121361/official", "deu", "de"),
    ]  # fmt: skip
    japanese = Tvdb().parts(ask("ja", ("pt-BR",), tvdb="5"), {})
    assert [(part.shape, part.language) for part in japanese] == [("", "ja"), ("pt", "pt-BR")]


class Pages(FakeHttp):
    """Answers with one page after the other."""

    def __init__(self, *pages: Any) -> None:
        super().__init__()
        self.pages = list(pages)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.remember("token", "t")

    def get(self, path: str, params: Any = None, headers: Any = None) -> Any:
        self.asked.append((path, dict(params or {})))
        return deepcopy(self.pages[min(len(self.asked), len(self.pages)) - 1])


WHOLE = Part(asked_id="tvdb:121361/official", language="en")


def test_pages_are_asked_for_to_the_end() -> None:
    http = Pages(page(RECORD, following="…?page=1"), page({**RECORD, "id": 2, "number": 2}))
    fragment = Tvdb().listed(ask(tvdb="121361"), [WHOLE], http)[WHOLE]
    assert fragment is not None
    assert [entry.number for entry in fragment.listed] == [1, 2]
    assert [params for _, params in http.asked] == [{"page": "0"}, {"page": "1"}]
    assert http.asked[0][0] == "/series/121361/episodes/official"


def test_a_page_that_is_repeated_fails_the_part() -> None:
    with pytest.raises(BadAnswer, match="repeats"):
        Tvdb().listed(ask(tvdb="121361"), [WHOLE], Pages(page(RECORD, following="…")))


def test_pages_without_an_end_fail_the_part() -> None:
    http = Pages(*(page({**RECORD, "id": n + 1, "number": n}, following="…") for n in range(MAX_PAGES + 1)))
    with pytest.raises(BadAnswer, match="pages"):
        Tvdb().listed(ask(tvdb="121361"), [WHOLE], http)


@pytest.mark.recordings
def test_the_recorded_pages_of_thetvdb_are_read() -> None:
    beside = sample_json("tvdb/v4_docs_excerpts/series__episodes.json")
    around = sample_json("tvdb/v4_docs_excerpts/series__episodeslanguage_1.json")
    for body in (beside, around):
        for record in body["data"]["episodes"]:
            record |= {"seasonNumber": 1, "number": 1}  # the excerpt leaves them out
        [episode] = parse_episodes([body], "en").listed
        assert episode.fragment.texts["title"]
    specials = sample_json("tvdb/v4/seasons_2004592_extended.json")
    listed = parse_episodes([specials], "ja").listed
    assert [(entry.season, entry.number) for entry in listed] == [(0, 1), (0, 2)]
    untranslated = sample_json("tvdb/errors/v4_episode_untranslated_nulls.json")
    [episode] = parse_episodes([page(untranslated)], "en").listed
    assert {"title", "plot", "still"} <= episode.fragment.empty


# OMDb

ROW = {"Title": "The Kingsroad", "Released": "2011-04-24", "Episode": "2", "imdbRating": "8.7", "imdbID": "tt1668746"}
LISTED = {"Title": "Game of Thrones", "Season": "1", "totalSeasons": "8", "Episodes": [ROW], "Response": "True"}


def test_a_season_of_omdb_is_read() -> None:
    [episode] = parse_season(LISTED, 1).listed
    assert (episode.id, episode.season, episode.number) == ("imdb:tt1668746", 1, 2)
    assert episode.fragment.ids == {"imdb": "tt1668746"}
    assert episode.fragment.values == {"release_date": "2011-04-24", "imdb_rating": 8.7}


@pytest.mark.parametrize("title", ["Episode #1.2", "Episode 2", "N/A"])
def test_a_placeholder_of_omdb_is_no_title(title: str) -> None:
    [episode] = parse_season({**LISTED, "Episodes": [{**ROW, "Title": title}]}, 1).listed
    assert episode.fragment.empty == {"title"}


@pytest.mark.parametrize("odd", [None, {**ROW, "imdbID": "N/A"}, {**ROW, "Episode": "x"}, {}])
def test_a_hole_costs_itself(odd: Any) -> None:
    assert len(parse_season({**LISTED, "Episodes": [ROW, odd]}, 1).listed) == 1


@pytest.mark.parametrize("body", [None, [], {}, {**LISTED, "Season": "2"}, {**LISTED, "Episodes": {}}])
def test_what_is_no_season_is_a_bad_answer(body: Any) -> None:
    with pytest.raises(BadAnswer):
        parse_season(body, 1)


def test_omdb_is_asked_for_no_specials() -> None:
    assert [part.season for part in Omdb().parts(ask(imdb="tt0944947"), {0: 2, 1: 10, 3: 1})] == [1, 3]


# The gate


class Wild(Tmdb):
    """Whose list is whatever it is given."""

    def __init__(self, said: Any) -> None:
        self._said = said

    def listed(self, ask: Ask, parts: Any, http: Any) -> Any:
        return self._said


def entry(**more: Any) -> ListedEpisode:
    fragment = Fragment(provider="tmdb", kind=Kind.EPISODE, values={"runtime_minutes": 5})
    return ListedEpisode(**{"id": "tmdb:1/1/1", "season": 1, "number": 1, "fragment": fragment, **more})


def seasoned(*entries: Any) -> Fragment:
    return Fragment(provider="tmdb", kind=Kind.SEASON, listed=entries)


@pytest.mark.parametrize("said", [None, [], "all", {S1: "x"}, {S1: Fragment(provider="omdb", kind=Kind.SEASON)}])
def test_what_is_no_answer_about_parts_is_refused(said: Any) -> None:
    with pytest.raises(BadAnswer):
        guard.listed(Wild(said), ask(tmdb="1"), (S1,), FakeHttp())


def test_entries_pass_the_gate_one_by_one() -> None:
    odd = [
        entry(id="no id of an entry"),
        entry(number=-1),
        entry(season=10**9),
        "text",
        entry(id="tmdb:1/1/2", number=2),
    ]
    said = guard.listed(Wild({S1: seasoned(entry(), *odd), S2: None, S9: None}), ask(tmdb="1"), (S1, S2), FakeHttp())
    assert said[S1] is not None
    assert [each.number for each in said[S1].listed] == [1, 2]
    assert said[S1].listed[0].fragment.unread >= {"title", "plot"}
    assert said.keys() == {S1, S2}


def test_who_lists_nothing_has_no_parts() -> None:
    assert guard.parts(Fanart(), ask(tvdb="1"), {1: 1}) == ()
    with pytest.raises(TitleNotFound):
        guard.listed(Fanart(), ask(tvdb="1"), (S1,), FakeHttp())
