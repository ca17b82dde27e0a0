"""The server that the tests of the host talk to does what the source of Jellyfin does: J1 to J25, one by one.

Read at v10.11.11 and v12.0-rc5. What is asked here is asked as anybody would, not by the host's own code.
"""

import base64
import json
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from fake_jellyfin import FakeItem, FakeJellyfin, contract
from fake_jellyfin.library import FakeFile, FakePerson, moment
from jellyfin_rig import FILMS, JPEG, film, jellyfin, show

pytestmark = pytest.mark.slow

FIELDS = ["Settings", "ProviderIds", "Overview", "Genres", "Tags", "Studios", "People", "Taglines", "OriginalTitle"]
FIELDS += ["CustomRating", "ProductionLocations", "DateCreated", "Path", "Etag", "SpecialEpisodeNumbers"]


def call(
    server: FakeJellyfin,
    method: str,
    path: str,
    body: Any = None,
    *,
    headers: dict[str, str] | None = None,
    **query: Any,
) -> tuple[int, Any]:
    """Status and answer."""
    sent = {"Authorization": f'MediaBrowser Token="{server.key}"'} if headers is None else dict(headers)
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    sent.setdefault("Content-Type", "application/json")
    address = f"{server.url}{path}?{urlencode(query, doseq=True)}"
    try:
        with urlopen(Request(address, data=data, method=method, headers=sent)) as answer:
            content = answer.read()
            told = content if "image" in (answer.headers["Content-Type"] or "") else json.loads(content or b"null")
            return answer.status, told
    except HTTPError as error:
        return error.code, error.read().decode()


def read(server: FakeJellyfin, item: FakeItem, fields: list[str] = FIELDS, **query: Any) -> dict[str, Any]:
    told: dict[str, Any] = call(server, "GET", "/Items", ids=item.id, fields=fields, **query)[1]["Items"][0]
    return told


def post(server: FakeJellyfin, item: FakeItem, body: dict[str, Any]) -> int:
    return call(server, "POST", f"/Items/{item.id}", body)[0]


def upload(
    server: FakeJellyfin, item: FakeItem, kind: str, content: bytes = JPEG, media_type: str = "image/jpeg"
) -> int:
    headers = {"Authorization": f'MediaBrowser Token="{server.key}"', "Content-Type": media_type}
    return call(server, "POST", f"/Items/{item.id}/Images/{kind}", base64.b64encode(content), headers=headers)[0]


FULL = {"Tags": [], "ProviderIds": {}, "Genres": []}


def test_j1_what_is_not_posted_is_emptied(server: FakeJellyfin):
    alien = film(server, "Alien", Overview="In space.", CommunityRating=8.5, IsLocked=True)
    assert post(server, alien, {"Name": "Alien", **FULL}) == 204
    assert (alien.data["Overview"], alien.data["CommunityRating"], alien.data["IsLocked"]) == (None, None, False)


def test_j2_some_lists_are_not_forgiven():
    with jellyfin("10.11.11") as server:
        alien = film(server, "Alien", Overview="In space.", Genres=["Horror"], ProviderIds={"Imdb": "tt1"})
        assert post(server, alien, {"Name": "Other", "People": [{"Name": "Sam", "Type": "Actor"}]}) == 400
        assert (alien.data["Name"], alien.data["Overview"], alien.data["Genres"]) == ("Other", None, None)
        assert [person.name for person in alien.people] == ["Sam"]
        assert alien.data["ProviderIds"] == {"Imdb": "tt1"}
    with jellyfin("12.0.0") as server:
        alien = film(server, "Alien", Genres=["Horror"], Tags=["x"], ProviderIds={"Imdb": "tt1"}, OriginalLanguage="en")
        assert post(server, alien, {"Name": "Alien"}) == 204
        assert (alien.data["Genres"], alien.data["Tags"], alien.data["ProviderIds"]) == (
            ["Horror"],
            ["x"],
            {"Imdb": "tt1"},
        )
        assert alien.data["OriginalLanguage"] is None


def test_j3_other_lists_are_kept(server: FakeJellyfin):
    [series, *_] = show(server, "Dark", Studios=["A"], Tagline="t", ProductionLocations=["DE"], AirDays=["Monday"])
    series.data["LockedFields"] = ["Name"]
    series.people = [FakePerson("Sam", "Actor")]
    assert post(server, series, {"Name": "Dark", **FULL}) == 204
    kept = ("Studios", "Tagline", "ProductionLocations", "AirDays", "LockedFields")
    assert [series.data[name] for name in kept] == [["A"], "t", ["DE"], ["Monday"], ["Name"]]
    assert len(series.people) == 1
    post(server, series, {"Name": "Dark", **FULL, "Taglines": ["first", "second"]})
    assert series.data["Tagline"] == "first"


def test_j4_people_without_an_item_are_not_told_and_lost_by_posting(server: FakeJellyfin):
    alien = film(server, "Alien")
    alien.people = [FakePerson("Nobody", "Actor", "x", 2), FakePerson("Sam", "Actor", "y", 1)]
    server.persons["Sam"] = "a" * 32
    told = read(server, alien)
    assert [person["Name"] for person in told["People"]] == ["Sam"]
    post(server, alien, told)
    assert [(person.name, person.sort_order) for person in alien.people] == [("Sam", None)]
    twice = [{"Name": "Kim", "Type": "Actor", "Role": role} for role in ("a", "b")]
    post(server, alien, {**told, "People": twice})
    assert len(alien.people) == (2 if server.twelve else 1)
    assert {person["Name"] for person in read(server, alien)["People"]} == {"Kim"}


def test_j5_a_series_saves_all_that_is_below_it(server: FakeJellyfin):
    [series, season, one, two] = show(server, "Dark", OfficialRating="A")
    one.data |= {"OfficialRating": "own", "SeriesName": "As it was called"}
    two.data["LockedFields"] = ["OfficialRating"]
    etags = [each.etag for each in (season, one, two)]
    body = {**read(server, series), "CustomRating": "c", "Tags": ["new"]}
    assert post(server, series, body) == 204
    assert all(each.etag != etag for each, etag in zip((season, one, two), etags, strict=True))
    assert [each.data.get("OfficialRating") for each in (season, one, two)] == ["A", "A", None]
    assert [each.data["CustomRating"] for each in (season, one, two)] == ["c"] * 3
    assert one.data["Tags"] == ["new"]
    etag = two.etag
    post(server, season, read(server, season))
    assert two.etag != etag
    assert (one.data.get("SeriesName") == "Dark") is server.twelve


def test_j6_a_lock_goes_down_and_an_order_that_changes_refreshes_everything(server: FakeJellyfin):
    [series, season, one, _] = show(server, "Dark", DisplayOrder="dvd")
    post(server, series, {**read(server, series), "LockData": True})
    assert (season.data["IsLocked"], one.data["IsLocked"]) == (True, True)
    assert server.refreshes == []
    body = read(server, series)
    del body["DisplayOrder"]
    post(server, series, body)
    assert server.refreshes == [series.id]


def test_j7_an_unknown_status_breaks_off_at_the_end_and_zones_are_not_heard(server: FakeJellyfin):
    [series, *_] = show(server, "Dark", Status="Ended")
    body = {**read(server, series), "Name": "Other", "PremiereDate": "2017-12-01T23:00:00+05:00"}
    assert post(server, series, {**body, "Status": "Returning Series"}) == 400
    assert (series.data["Name"], series.data["Status"]) == ("Other", "Ended")
    assert post(server, series, {**body, "Status": "continuing"}) == 204
    assert (series.data["Status"], series.data["PremiereDate"]) == ("Continuing", "2017-12-01T23:00:00.0000000Z")


def test_j8_locks_bind_nobody_who_posts_and_what_was_watched_stays(server: FakeJellyfin):
    alien = film(server, "Alien", IsLocked=True, LockedFields=["Name"])
    server.play(alien)
    watched = dict(alien.user_data)
    post(server, alien, {**read(server, alien), "Name": "Other"})
    assert (alien.data["Name"], alien.user_data) == ("Other", watched)


def test_j9_twelve_trims_and_drops_doubles(server: FakeJellyfin):
    alien = film(server, "Alien")
    body = {**read(server, alien), "Tags": [" a", "A", "b "], "Genres": ["x", "X"], "ProductionLocations": ["U", "u"]}
    post(server, alien, {**body, "Studios": [{"Name": "S"}, {"Name": "s"}]})
    told = [alien.data[name] for name in ("Tags", "Genres", "ProductionLocations", "Studios")]
    as_posted = [[" a", "A", "b "], ["x", "X"], ["U", "u"], ["S", "s"]]
    assert told == ([["a", "b"], ["x"], ["U"], ["S"]] if server.twelve else as_posted)


def test_j10_only_what_is_asked_for_is_told(server: FakeJellyfin):
    alien = film(server, "Alien", Overview="In space.", CommunityRating=0, Tags=["x"])
    told = read(server, alien, [])
    assert not {"Overview", "Tags", "Etag", "LockData", "CommunityRating", "ProviderIds"} & told.keys()
    assert len(told["Id"]) == 32
    [series, *_] = show(server, "Dark", AirTime="20:15", Status="Ended")
    assert (read(server, series, [])["AirTime"], read(server, series, [])["Status"]) == ("20:15", "Ended")


def test_j11_a_user_is_not_shown_every_version(server: FakeJellyfin):
    film(server, "Alien")
    film(server, "Alien 4K").hidden_version = True
    query = {"recursive": "true", "includeItemTypes": "Movie"}
    assert call(server, "GET", "/Items", **query)[1]["TotalRecordCount"] == 2
    assert call(server, "GET", "/Items", userId="a" * 32, **query)[1]["TotalRecordCount"] == 1


def test_j12_a_single_item_needs_a_user_and_may_be_refreshed_by_reading(server: FakeJellyfin):
    alien = film(server, "Alien")
    assert call(server, "GET", f"/Items/{alien.id}")[0] == 400
    assert call(server, "GET", f"/Items/{alien.id}", userId="a" * 32)[0] == 200
    assert server.refreshed_by_reading == ([] if server.twelve else [alien.id])


def test_j13_a_time_without_a_zone_is_the_servers_own(server: FakeJellyfin):
    server.zone = 2
    alien = film(server, "Alien")
    alien.saved = server.now()
    query = {"recursive": "true", "includeItemTypes": "Movie"}

    def found(when: str) -> int:
        count: int = call(server, "GET", "/Items", minDateLastSaved=when, **query)[1]["TotalRecordCount"]
        return count

    shown = f"{moment(alien.saved):%Y-%m-%dT%H:%M:%S}"
    assert found(f"{shown}Z") == 1
    assert found(shown) == 1
    server.zone = -2
    assert found(shown) == 0
    server.faults.clear()  # its document demands a zone


def test_j14_every_save_changes_the_etag_and_playing_does_not(server: FakeJellyfin):
    alien = film(server, "Alien")
    etag = alien.etag
    server.play(alien)
    assert read(server, alien)["Etag"] == etag
    post(server, alien, read(server, alien))
    after = read(server, alien)["Etag"]
    assert after != etag
    upload(server, alien, "Primary")
    assert read(server, alien)["Etag"] not in (etag, after)


def test_j15_the_id_is_that_of_the_place(server: FakeJellyfin):
    alien = film(server, "Alien")
    before, path = alien.id, alien.path
    assert server.move(alien, f"{FILMS}/Elsewhere/Alien.mkv").id != before
    assert server.move(alien, path).id == before


def test_j16_backdrops_are_added_and_the_others_replaced(server: FakeJellyfin):
    alien = film(server, "Alien")
    assert upload(server, alien, "Primary", media_type="image/jpg") == 400
    for number in range(3):
        assert upload(server, alien, "Primary", JPEG + bytes([number])) == 204
        assert upload(server, alien, "Backdrop", JPEG + bytes([number])) == 204
    assert server.content(alien, "Primary") == JPEG + b"\x02"
    assert [server.content(alien, "Backdrop", place)[-1] for place in range(3)] == [0, 1, 2]
    call(server, "POST", f"/Items/{alien.id}/Images/Backdrop/2/Index", newIndex=0)
    assert [server.content(alien, "Backdrop", place)[-1] for place in range(3)] == [2, 1, 0]


def test_j17_beside_the_media_owners_files_are_overwritten_and_deleted(server: FakeJellyfin):
    alien = film(server, "Alien")
    server.libraries[0].saves_artwork = True
    server.files[f"{FILMS}/Alien/poster.jpg"] = FakeFile(b"mine", 1)
    upload(server, alien, "Primary")
    assert server.files[f"{FILMS}/Alien/poster.jpg"].content == JPEG
    upload(server, alien, "Primary", b"\x89PNG", "image/png")
    assert f"{FILMS}/Alien/poster.jpg" not in server.files
    call(server, "DELETE", f"/Items/{alien.id}/Images/Primary")
    assert f"{FILMS}/Alien/poster.png" not in server.files


def test_j18_a_tag_tells_when_and_not_what(server: FakeJellyfin):
    alien = film(server, "Alien")
    upload(server, alien, "Primary")
    tag = read(server, alien)["ImageTags"]["Primary"]
    upload(server, alien, "Primary")
    assert read(server, alien)["ImageTags"]["Primary"] != tag


def test_j19_an_edit_rewrites_an_nfo_though_nobody_chose_that(server: FakeJellyfin):
    alien, bare = film(server, "Alien"), film(server, "Bare")
    server.libraries[0].savers = None
    server.put_file(f"{FILMS}/Alien/Alien.nfo", b"<movie><title>x</title><foreign/></movie>")
    for item in (alien, bare):
        post(server, item, read(server, item))
    assert server.nfo_writes == [f"{FILMS}/Alien/Alien.nfo"]
    content = server.files[f"{FILMS}/Alien/Alien.nfo"].content
    assert b"<title>Alien</title>" in content
    assert b"<foreign/>" in content
    server.libraries[0].savers = ["Nfo"]
    post(server, bare, read(server, bare))
    assert f"{FILMS}/Bare/Bare.nfo" in server.files


def test_j20_an_nfo_is_read_only_where_it_is_newer_by_a_minute(server: FakeJellyfin):
    alien = film(server, "Alien")
    server.put_file(f"{FILMS}/Alien/Alien.nfo", b"<movie><title>Other</title></movie>", ago=-30)
    assert not server.scan_nfo(alien)
    server.put_file(f"{FILMS}/Alien/Alien.nfo", b"<movie><title>Other</title></movie>", ago=-90)
    assert server.scan_nfo(alien)
    assert alien.data["Name"] == "Other"


def test_j21_a_locked_item_is_passed_over(server: FakeJellyfin):
    alien = film(server, "Alien", IsLocked=True)
    server.put_file(f"{FILMS}/Alien/Alien.nfo", b"<movie><title>Other</title></movie>", ago=-90)
    assert not server.scan_nfo(alien)
    server.refresh(alien, Name="Other")
    assert alien.data["Name"] == "Alien"
    server.refresh(alien, replace_all=True, Name="Other")
    assert alien.data["Name"] == "Other"


def test_j22_a_refresh_replaces_what_bears_no_lock(server: FakeJellyfin):
    alien = film(server, "Alien", Overview="Mine.", CommunityRating=8.5, LockedFields=["Overview"])
    server.refresh(alien, Overview="Theirs.", CommunityRating=7.0, ForcedSortName="a")
    told = [alien.data[name] for name in ("Overview", "CommunityRating", "ForcedSortName")]
    assert told == ["Mine.", 7.0, "a"]


@pytest.mark.parametrize(
    ("headers", "ten", "twelve"),
    [
        ({"Authorization": 'MediaBrowser Token="KEY"'}, 200, 200),
        ({"Authorization": 'MediaBrowser Client="x", Token="KEY"'}, 200, 200),
        ({"Authorization": 'MediaBrowser Token="other"'}, 401, 401),
        ({"Authorization": "Bearer KEY"}, 401, 401),
        ({"X-Emby-Token": "KEY"}, 200, 401),
        ({"X-MediaBrowser-Token": "KEY"}, 200, 401),
        ({}, 401, 401),
    ],
)
def test_j23_how_a_key_is_shown(server: FakeJellyfin, headers: dict[str, str], ten: int, twelve: int):
    shown = {name: value.replace("KEY", server.key) for name, value in headers.items()}
    assert call(server, "GET", "/System/Info", headers=shown)[0] == (twelve if server.twelve else ten)
    assert call(server, "POST", "/Library/Media/Updated", {"Updates": []}, headers=shown)[0] in (204, 401)
    server.faults.clear()  # its document knows the first way only


def test_j24_failures_are_told_as_text(server: FakeJellyfin):
    assert call(server, "POST", f"/Items/{'a' * 32}", {"Name": "x"}) == (404, "")
    alien = film(server, "Alien", LockedFields=["Name"])
    headers = {"Authorization": f'MediaBrowser Token="{server.key}"', "Content-Type": "image/jpeg"}
    raw = call(server, "POST", f"/Items/{alien.id}/Images/Primary", JPEG, headers=headers)
    assert raw == (500, "Error processing request.")
    server.starting = True
    assert call(server, "GET", "/System/Info/Public")[0] == 503
    server.restart("10.11.4")
    assert alien.data["LockedFields"] == ["Name"]
    server.restart("10.11.3")
    assert alien.data["LockedFields"] == []


def test_j25_a_library_whose_disk_is_away_is_empty_and_comes_back_as_it_was(server: FakeJellyfin):
    films = [film(server, name) for name in ("Alien", "Heat")]
    server.unmount(FILMS)
    assert call(server, "GET", "/Items", recursive="true")[1]["TotalRecordCount"] == 0
    server.mount()
    told = call(server, "GET", "/Items", recursive="true")[1]["Items"]
    assert {each["Id"] for each in told} == {each.id for each in films}


@pytest.mark.recordings
@pytest.mark.parametrize(
    "body", [{"Title": "x"}, {"Name": 1}, {"LockedFields": ["Everything"]}, {"CommunityRating": "high"}]
)
def test_what_its_own_document_does_not_allow_is_told(body: dict[str, Any]):
    if contract.contract() is None:
        pytest.skip("nothing is validated without Jellyfin's document beside the project")
    with jellyfin() as server:
        alien = film(server, "Alien")
        post(server, alien, {"Name": "Alien", **FULL, **body})
        assert len(server.faults) == 1
        server.faults.clear()


def test_two_saves_have_two_etags(server: FakeJellyfin):
    seen = {film(server, f"Film {number}").etag for number in range(50)}
    assert len(seen) == 50
