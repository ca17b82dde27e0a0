"""What the contract tells of one item: its pictures, players, conflicts and history; native and JSON over HTTP."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from harness import PROVIDERS, Live, live
from metarr.rpc.client import RpcFailure
from simulators import Simulators

Call = Callable[..., dict[str, Any]]
PLAYER = {
    "playerId": "living-room",
    "name": "Living room",
    "host": "kodi",
    "instance": "pc",
    "kinds": [{"kind": "MEDIA_KIND_MOVIE", "fields": ["title", "plot"]}],
}


@pytest.fixture(scope="module")
def daemon(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """With an enriched film, which a player has, and of whose IMDb id TMDB says another; it is item 1."""
    running_simulators.reset()
    with live(tmp_path_factory.mktemp("data")) as running:
        running.configure(running_simulators, *PROVIDERS)
        told = {"imdb_id": "tt0133093", "external_ids": {"imdb_id": "tt0133093"}}
        running_simulators.patch("tmdb", "movie", 27205, **told)
        film = {"kind": "MEDIA_KIND_MOVIE", "title": "Inception", "year": 2010}
        ids = [{"type": "imdb", "value": "tt1375666"}, {"type": "tmdb", "value": "27205"}]
        running.call("Library", "UpsertItems", {"items": [{**film, "ids": ids}]})
        running.call("Enrichment", "Enrich", {"itemId": "1"})
        running.call("Library", "UpdateItem", {"itemId": "1", "fields": {"plot": "Mine"}, "updateMask": "fields"})
        session = running.call("Sync", "RegisterPlayer", PLAYER)["session"]
        running.call("Sync", "UpdatePlayer", {"playerId": "living-room", "policy": 1, "updateMask": "policy"})
        entry = {**film, "hostKey": "movie:/inception.mkv", "hostId": "7", "ids": ids[:1], "fields": {"plot": "Old."}}
        running.call("Sync", "ReportItems", {"playerId": "living-room", "session": session, "items": [entry]})
        yield running


@pytest.fixture(params=["grpc", "http"])
def call(request: pytest.FixtureRequest, daemon: Live) -> Call:
    def over_http(service: str, method: str, **message: Any) -> dict[str, Any]:
        answer = requests.post(f"{daemon.url}/metarr.v1.{service}Service/{method}", json=message, timeout=20)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def over_grpc(service: str, method: str, **message: Any) -> dict[str, Any]:
        return daemon.call(service, method, message)

    return over_http if request.param == "http" else over_grpc


class TestArtwork:
    def test_all_pictures_are_told_without_asking_anybody(self, call: Call, running_simulators: Simulators) -> None:
        running_simulators.clear_requests()
        told = call("Library", "ListArtwork", itemId="1", field="poster")
        assert sum(running_simulators.count(provider) for provider in PROVIDERS) == 0
        pictures = told["artwork"]
        assert told["totalSize"] == len(pictures) > 2
        assert {each["provider"] for each in pictures} == set(told["providers"]) > {"fanart", "tmdb"}
        [chosen] = [each for each in pictures if each.get("chosen")]
        assert chosen == pictures[0]
        item = call("Library", "GetItem", itemId="1")["item"]
        [held] = next(field["value"] for field in item["fields"] if field["name"] == "poster")
        assert (chosen["url"], chosen["previewUrl"]) == (held["url"], held["preview_url"])
        from_tmdb = [each for each in pictures if each["provider"] == "tmdb"]
        assert {each["whyNot"] for each in from_tmdb} == {"spoke about a title with other ids"}

    def test_they_are_narrowed_and_paged(self, call: Call) -> None:
        everything = call("Library", "ListArtwork", itemId="1", field="poster")
        for language in everything["languages"]:
            some = call("Library", "ListArtwork", itemId="1", field="poster", languages=[language])
            assert {each.get("language", "-") for each in some["artwork"]} == {language}
            assert some["languages"] == everything["languages"]
        by_tmdb = call("Library", "ListArtwork", itemId="1", field="poster", providers=["tmdb"])
        assert {each["provider"] for each in by_tmdb["artwork"]} == {"tmdb"}
        seen, token = [], ""
        while True:
            page = call("Library", "ListArtwork", itemId="1", field="poster", pageSize=1, pageToken=token)
            assert len(page["artwork"]) == 1
            seen += page["artwork"]
            if not (token := page.get("nextPageToken", "")):
                break
        assert seen == everything["artwork"]

    def test_one_is_chosen_by_an_edit_which_locks(self, call: Call) -> None:
        told = call("Library", "ListArtwork", itemId="1", field="landscape")["artwork"]
        other = next(each for each in told if not each.get("chosen"))
        picture = {"url": other["url"], "preview_url": "https://passed.test/over.jpg"}
        call("Library", "UpdateItem", itemId="1", fields={"landscape": [picture]}, updateMask="fields")
        now = call("Library", "ListArtwork", itemId="1", field="landscape")["artwork"]
        assert (now[0]["url"], now[0]["provider"], now[0]["chosen"]) == (other["url"], other["provider"], True)
        call("Library", "UpdateItem", itemId="1", unlockFields=["landscape"], updateMask="unlockFields")
        call("Enrichment", "Enrich", itemId="1")

    @pytest.mark.parametrize(
        ("message", "path"),
        [
            ({"itemId": "1"}, "field"),
            ({"itemId": "1", "field": "plot"}, "field"),
            ({"itemId": "1", "field": "still"}, "field"),
            ({"itemId": "1", "field": "<script>"}, "field"),
            ({"field": "poster"}, "item_id"),
            ({"itemId": "x:y:z", "field": "poster"}, "item_id"),
            ({"itemId": "1", "field": "poster", "languages": ["english"]}, "languages[0]"),
            ({"itemId": "1", "field": "poster", "languages": ["en", "EN"]}, "languages[1]"),
            ({"itemId": "1", "field": "poster", "pageSize": 201}, "page_size"),
            ({"itemId": "1", "field": "poster", "pageToken": "junk"}, "page_token"),
        ],
    )
    def test_what_is_wrong_is_named(self, daemon: Live, message: dict[str, Any], path: str) -> None:
        with pytest.raises(RpcFailure) as failure:
            daemon.call("Library", "ListArtwork", message)
        assert failure.value.code == "INVALID_ARGUMENT"
        assert [each.field for each in failure.value.violations] == [path]

    def test_there_is_no_such_item(self, daemon: Live) -> None:
        with pytest.raises(RpcFailure) as failure:
            daemon.call("Library", "ListArtwork", {"itemId": "999", "field": "poster"})
        assert failure.value.code == "NOT_FOUND"


def test_the_players_that_have_it_are_told(call: Call) -> None:
    [player] = call("Library", "GetItem", itemId="1")["players"]
    assert (player["playerId"], player["name"], player["hostKey"]) == (
        "living-room",
        "Living room",
        "movie:/inception.mkv",
    )
    assert "plot" in player["pendingFields"]
    assert "notTakenFields" not in player


class TestConflict:
    NAMED = {"itemId": "1", "type": "imdb", "value": "tt0133093", "claimedBy": "tmdb"}

    def test_it_is_dismissed_and_stays_so_after_the_next_run(self, call: Call) -> None:
        [conflict] = call("Library", "GetItem", itemId="1")["item"]["conflicts"]
        assert (conflict["type"], conflict["value"], conflict["claimedBy"]) == ("imdb", "tt0133093", "tmdb")
        assert "conflicts" not in call("Library", "DismissConflict", **self.NAMED)["item"]
        call("Enrichment", "Enrich", itemId="1", forceRefresh=True)
        told = call("Library", "GetItem", itemId="1")
        assert "conflicts" not in told["item"]
        assert told["dismissedConflicts"] == [conflict]
        assert call("Library", "DismissConflict", **self.NAMED, restore=True)["item"]["conflicts"] == [conflict]
        assert "dismissedConflicts" not in call("Library", "GetItem", itemId="1")

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"value": "tt7"}, "NOT_FOUND"),
            ({"value": ""}, "NOT_FOUND"),
            ({"claimedBy": "omdb"}, "NOT_FOUND"),
            ({"itemId": "999"}, "NOT_FOUND"),
            ({"itemId": ""}, "INVALID_ARGUMENT"),
            ({"type": ""}, "INVALID_ARGUMENT"),
            ({"claimedBy": ""}, "INVALID_ARGUMENT"),
            ({"value": "\0"}, "INVALID_ARGUMENT"),
            ({"value": "x" * 3000}, "INVALID_ARGUMENT"),
        ],
    )
    def test_one_that_is_not_there(self, daemon: Live, more: dict[str, str], code: str) -> None:
        with pytest.raises(RpcFailure) as failure:
            daemon.call("Library", "DismissConflict", {**self.NAMED, **more})
        assert failure.value.code == code


class TestChangeSets:
    def listed(self, call: Call, **wanted: Any) -> list[tuple[str, set[str]]]:
        told = call("Enrichment", "ListChangeSets", itemId="1", **wanted).get("changeSets", [])
        return [(each["cause"], {change["field"] for change in each["changes"]}) for each in told]

    def test_they_are_narrowed_by_cause_field_source_and_time(self, call: Call) -> None:
        everything = call("Enrichment", "ListChangeSets", itemId="1")["changeSets"]
        assert {each["itemKind"] for each in everything} == {"MEDIA_KIND_MOVIE"}
        assert {each["itemTitle"] for each in everything} == {"Inception (2010)"}
        assert {cause for cause, _ in self.listed(call, cause="enrich")} == {"enrich"}
        assert all("plot" in fields for _, fields in self.listed(call, field="plot"))
        assert self.listed(call, field="plot", source="owner")[-1] == ("edit", {"plot"})
        assert self.listed(call, cause="enrich", source="owner") == []
        assert self.listed(call, field="plot", source="omdb") == self.listed(call, cause="enrich", field="plot")
        assert self.listed(call, field="plot", source="fanart") == [], "the source has to be that field's"
        newest = everything[0]["changedAt"]
        assert len(self.listed(call, since=newest)) < len(everything)
        assert self.listed(call, since="2100-01-01T00:00:00Z") == []

    def test_pages_of_what_fits_miss_nothing(self, call: Call) -> None:
        seen, token = [], ""
        while True:
            page = call("Enrichment", "ListChangeSets", itemId="1", field="plot", pageSize=1, pageToken=token)
            seen += [each["id"] for each in page.get("changeSets", ())]
            if not (token := page.get("nextPageToken", "")):
                break
        whole = call("Enrichment", "ListChangeSets", itemId="1", field="plot")["changeSets"]
        assert seen == [each["id"] for each in whole]
        assert len(seen) >= 2

    @pytest.mark.parametrize(
        ("wanted", "path"),
        [
            ({"cause": "magic"}, "cause"),
            ({"field": "plto"}, "field"),
            ({"field": "%"}, "field"),
            ({"source": "x" * 101}, "source"),
            ({"source": "\0"}, "source"),
        ],
    )
    def test_what_nothing_could_fit_is_refused(self, daemon: Live, wanted: dict[str, str], path: str) -> None:
        with pytest.raises(RpcFailure) as failure:
            daemon.call("Enrichment", "ListChangeSets", wanted)
        assert [each.field for each in failure.value.violations] == [path]

    def test_a_page_belongs_to_its_query(self, daemon: Live) -> None:
        token = daemon.call("Enrichment", "ListChangeSets", {"pageSize": 1})["nextPageToken"]
        with pytest.raises(RpcFailure, match="another query"):
            daemon.call("Enrichment", "ListChangeSets", {"pageSize": 1, "pageToken": token, "cause": "edit"})
