"""The first contact, as an owner goes through it, with a real daemon."""

import re
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fake_kodi_port import FakePort, Shown, english
from harness import PROVIDERS, Live, live, title
from kodi_host import wait_for
from kodi_rig import Running, running
from metarr import tokens as tokens_file
from metarr.app import Daemon
from metarr.rpc.doors.access import Access
from metarr_adapter.status import State
from metarr_kodi import first_contact, texts, tokens
from metarr_kodi.contact import look
from scripted_server import ScriptedServer, reply
from simulators import Movie, Simulators

pytestmark = pytest.mark.slow


@pytest.fixture
def metarr(simulators: Simulators, tmp_path: Path) -> Iterator[Live]:
    with live(tmp_path / "data") as daemon:
        daemon.configure(simulators, *PROVIDERS)
        yield daemon
        for player in daemon.call("Sync", "ListPlayers").get("players", []):
            daemon.call("Sync", "RemovePlayer", {"playerId": player["id"]})


@pytest.fixture
def port(tmp_path: Path) -> FakePort:
    return FakePort(tmp_path / "kodi")


@pytest.fixture
def rig(port: FakePort, metarr: Live) -> Iterator[Running]:
    """A Kodi with two films whose add-on is not set up."""
    for key in ("fight-club", "inception"):
        film = title(key)
        assert isinstance(film, Movie)
        port.kodi.add("movie", title=film.title, uniqueid={"imdb": film.imdb}, file=f"/films/{key}.mkv")
    with running(port, metarr, address=False) as service:
        service.until(State.NOT_SET_UP)
        yield service


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    server.close()


def said(port: FakePort) -> str:
    return "\n".join(shown.text for shown in port.shown)


def test_from_the_address_to_what_is_written(rig: Running, port: FakePort):
    address = str(rig.metarr.daemon.http_address)
    port.answers.extend([address, True, "Show what replacing", "Next page", "Movies", None, "Show what filling", None])
    port.answers.append("Replace")
    first_contact.set_up(port)
    assert not port.answers
    assert f"Connected to Metarr 0.1.0 at {address}" in said(port)
    assert "Films and shows looked up: 2. Changed: 2." in said(port)
    choice, first_page, *_ = port.saw("choose")
    assert choice.lines[:3] == (
        "Replace what is there | Texts for 2 of 2 films. Tags and collections stay.",
        "Fill only what is empty (recommended) | Texts for 2 of 2 films. Tags and collections stay.",
        "Not yet (as it is now) | Nothing is written. You can choose later.",
    )
    assert choice.text == "1", "OK alone chooses what is recommended"
    assert first_page.lines[0] == "2 of 2 entries would change."
    assert first_page.lines[1].startswith("Movies · Poster: 2 filled | ")
    [field] = port.saw("show")
    assert "Fight Club (1999): (empty)  »  " in field.text or "Inception (2010): (empty)  »  " in field.text
    wait_for(
        lambda: port.kodi.rpc("VideoLibrary.GetMovieDetails", movieid=1, properties=["plot"])["moviedetails"]["plot"],
        "the plot",
    )


def test_nothing_is_written_before_the_choice_and_not_yet_can_be_chosen_again(rig: Running, port: FakePort):
    port.answers.extend([str(rig.metarr.daemon.http_address), False, "Not yet"])
    first_contact.set_up(port)
    rig.look_up()
    rig.until(State.NO_POLICY)
    assert port.kodi.writes() == []
    assert "Nothing is written until you choose" in said(port)
    port.answers.append("Fill")
    first_contact.choose_policy(port)
    rig.until_taken_in()
    assert port.kodi.writes()
    port.answers.append(None)
    first_contact.choose_policy(port)
    assert "Fill only what is empty (as it is now)" in port.saw("choose")[-1].lines[1]
    assert rig.player["policy"] == "SYNC_POLICY_FILL"


def test_an_empty_library_is_told_as_such_and_nothing_is_looked_up(port: FakePort, metarr: Live):
    with running(port, metarr, address=False):
        port.answers.extend([str(metarr.daemon.http_address), "Fill"])
        first_contact.set_up(port)
    assert port.saw("tell")[-1].text == english()[texts.LIBRARY_EMPTY]
    assert not metarr.call("Enrichment", "ListJobs").get("jobs")
    assert not [line for line in port.saw("choose")[0].lines if line.startswith("Show")], "nothing would change"
    [player] = metarr.call("Sync", "ListPlayers")["players"]
    assert player["policy"] == "SYNC_POLICY_FILL"


def test_an_owner_who_leaves_changes_nothing(rig: Running, port: FakePort):
    port.answers.append(None)
    first_contact.set_up(port)
    assert port.settings.get("address", "") == ""
    assert rig.status.state == State.NOT_SET_UP


def test_a_wrong_address_can_be_mended_at_once(rig: Running, port: FakePort):
    port.answers.extend(["ftp://nas", True, str(rig.metarr.daemon.http_address), False, None])
    first_contact.set_up(port)
    [first, *_] = port.saw("confirm")
    assert "This is no address" in first.text
    assert first.lines == ("Change it", "Cancel")
    assert [asked.text for asked in port.saw("ask")] == ["127.0.0.1:50052", "ftp://nas"]
    assert "Connected to Metarr" in said(port)


def test_the_look_up_can_be_left_and_goes_on(rig: Running, port: FakePort):
    def leaves(_shown: Shown) -> bool:
        port.cancels = True
        return True

    port.answers.extend([str(rig.metarr.daemon.http_address), leaves, None])
    first_contact.set_up(port)
    jobs = rig.metarr.call("Enrichment", "ListJobs")["jobs"]
    assert len(jobs) == 1
    wait_for(lambda: rig.metarr.call("Enrichment", "ListJobs")["jobs"][0]["state"] == "STATE_COMPLETE", "the job's end")


# What may be wrong


def test_the_token_is_asked_for_once_where_the_daemon_wants_it_and_never_shown(
    port: FakePort, scripted: ScriptedServer
):
    refusal = reply(b'{"code":"unauthenticated","message":"no"}', 401, Content_Type="application/json")
    health = reply(b'{"version":"0.1.0","apiLevel":2}', Content_Type="application/json")
    scripted.script(refusal, refusal, health, refusal)
    port.answers.extend([f"127.0.0.1:{scripted.port}", "s3cret-t0ken"])
    port.ended.set()  # no service is there to wait for
    first_contact.set_up(port)
    assert port.settings["token"] == "s3cret-t0ken"
    assert "authorization: bearer s3cret-t0ken" in scripted.requests[2].lower()
    assert "s3cret-t0ken" not in str(port.shown) + str(port.logged) + str(port.told)


def test_a_saved_token_is_not_sent_to_another_address_before_the_owner_types_it_in(
    port: FakePort, scripted: ScriptedServer
):
    tokens.keep(port, "nas", "s3cret-t0ken")
    refusal = reply(b'{"code":"unauthenticated","message":"no"}', 401, Content_Type="application/json")
    health = reply(b'{"version":"0.1.0","apiLevel":2}', Content_Type="application/json")
    scripted.script(refusal, refusal, health)
    address = f"127.0.0.1:{scripted.port}"
    port.answers.extend([address, "an0ther"])
    port.ended.set()  # no service is there to wait for
    first_contact.set_up(port)
    first, code, second, *_ = scripted.requests
    assert "authorization" not in first.lower() + code.lower()
    assert "authorization: bearer an0ther" in second.lower()
    assert "s3cret-t0ken" not in str(scripted.requests)
    assert port.saw("tell")[0].text == english()[texts.TOKEN_ELSEWHERE].format(
        address=address, known="http://nas:50052"
    )
    assert tokens.where(port) == (address, "an0ther")


def test_a_token_that_was_typed_for_one_address_is_not_tried_at_the_next(port: FakePort, scripted: ScriptedServer):
    refusal = reply(b'{"code":"unauthenticated"}', 401, Content_Type="application/json")
    scripted.script(refusal, refusal, refusal, refusal)
    with closing(ScriptedServer()) as other:
        other.script(refusal, refusal)
        port.answers.extend([f"127.0.0.1:{scripted.port}", "s3cret-t0ken", True])
        port.answers.extend([f"127.0.0.1:{other.port}", None, False])
        first_contact.set_up(port)
        assert len(other.requests) == 2
        assert "s3cret-t0ken" in str(scripted.requests)
        assert "s3cret-t0ken" not in str(other.requests)


def test_testing_a_changed_address_sends_no_token_and_says_why(port: FakePort, scripted: ScriptedServer):
    tokens.keep(port, "nas", "s3cret-t0ken")
    scripted.script(reply(b'{"code":"unauthenticated"}', 401, Content_Type="application/json"))
    port.settings["address"] = f"127.0.0.1:{scripted.port}"
    first_contact.check(port)
    assert "authorization" not in scripted.requests[0].lower()
    assert "was given for http://nas:50052" in port.saw("tell")[0].text


@pytest.mark.parametrize(
    ("step", "number"),
    [
        (reply(b"<html>hello</html>", Content_Type="text/html"), texts.NOT_METARR),
        (reply(b'{"version":"0.0.1","apiLevel":1}', Content_Type="application/json"), texts.OLDER_DAEMON),
        (reply(b'{"hello":"world"}', Content_Type="application/json"), texts.NOT_METARR),
        (reply(b'{"code":"unauthenticated"}', 401, Content_Type="application/json"), texts.WRONG_TOKEN),
        (reply(b'{"code":"unimplemented"}', 404, Content_Type="application/json"), texts.OLDER_DAEMON),
        (reply(b'{"code":"internal","message":"oops"}', 500, Content_Type="application/json"), texts.OTHER_PROBLEM),
        (lambda _socket: None, texts.BROKEN),
    ],
)
def test_what_answers_otherwise_is_told_in_words(port: FakePort, scripted: ScriptedServer, step: object, number: int):
    scripted.script(step)  # type: ignore[arg-type]
    where = f"127.0.0.1:{scripted.port}"
    found = look(port, where, "")
    assert not found.ok
    assert found.text == english()[number].format(address=where, host="127.0.0.1", why="oops")
    assert found.token_wanted == (number == texts.WRONG_TOKEN)


@pytest.mark.parametrize(
    ("address", "token", "number"),
    [
        ("127.0.0.1:1", "", texts.REFUSED),
        ("no-such-machine.invalid", "", texts.NAME_UNKNOWN),
        ("127.0.0.1:1", "a b", texts.NO_TOKEN),
    ],
)
def test_nobody_there_is_told_in_words(port: FakePort, address: str, token: str, number: int):
    found = look(port, address, token)
    host = address.partition(":")[0]
    full = address if ":" in address else f"{address}:50052"
    assert found.text == english()[number].format(address=full, host=host)


def test_a_connection_can_be_tested_from_the_settings(port: FakePort, metarr: Live):
    first_contact.check(port)
    port.settings["address"] = str(metarr.daemon.http_address)
    first_contact.check(port)
    nothing, connected = port.saw("tell")
    assert nothing.text == "Metarr is not set up yet. Choose Set up Metarr first."
    assert connected.text.startswith("Connected to Metarr 0.1.0")


def test_a_service_that_does_not_run_is_told(port: FakePort, metarr: Live):
    port.answers.append(str(metarr.daemon.http_address))
    port.ended.set()
    first_contact.set_up(port)
    assert "service does not run" in port.saw("tell")[-1].text


# Letting in by a code


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Daemon]:
    daemon = Daemon(tmp_path / "guarded", access=Access(require_token=True))
    daemon.start()
    yield daemon
    daemon.stop()


def typed_by_the_owner(daemon: Daemon, port: FakePort) -> None:
    """Have the code that is shown typed at the daemon, as soon as it is."""
    wait_for(lambda: port.saw("update"), "the code")
    digits = re.findall(r"(\d{3}) (\d{3})", port.saw("update")[0].text)[0]
    daemon.services.pairing_codes.approve("".join(digits))


def test_a_kodi_is_let_in_by_the_code_that_it_shows(port: FakePort, guarded: Daemon):
    port.answers.append(guarded.http_address)
    owner = threading.Thread(target=typed_by_the_owner, args=(guarded, port))
    owner.start()
    found = first_contact.find_daemon(port)
    owner.join()
    assert found
    token = port.settings["token"]
    assert token
    assert token not in str(port.shown) + str(port.logged)
    [given] = guarded.services.player_tokens.listed()
    assert guarded.services.player_tokens.subject(token) == given.player_id
    assert given.name == "Living room"
    assert look(port, guarded.http_address, token).ok


def test_a_code_that_is_closed_leads_to_the_token(port: FakePort, guarded: Daemon, tmp_path: Path):
    token = tokens_file.read(tmp_path / "guarded" / tokens_file.FILE_NAME)
    port.cancels = True
    port.answers.extend([guarded.http_address, token])
    assert first_contact.find_daemon(port)
    assert port.settings["token"] == token
    assert not guarded.services.player_tokens.listed()
