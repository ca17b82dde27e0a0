"""What is told of writing into the library."""

from pathlib import Path

import pytest

from fake_kodi_port import FakePort
from metarr_kodi.telling import ASKED, MUCH, Telling


@pytest.fixture
def port(tmp_path: Path) -> FakePort:
    return FakePort(tmp_path)


def notices(port: FakePort) -> list[str]:
    return [shown.text for shown in port.saw("notify")]


def test_much_has_a_bar_and_is_told_by_kind(port: FakePort):
    telling = Telling(port)
    for done in range(1, 66):
        telling.progress(done, 65)
    telling.written({"movie": 62, "series": 3})
    assert len(port.saw("progress")) == 1
    assert port.saw("update")[-1].text == "65 of 65"
    assert notices(port) == ["Written: 62 films, 3 shows"]


def test_little_is_told_to_whoever_asked_and_once(port: FakePort):
    telling = Telling(port)
    telling.progress(1, 1)
    telling.written({"movie": 1})
    assert port.shown == []
    telling.asked()
    telling.written({})
    telling.written({"movie": 1, "episode": 2})
    telling.written({"movie": 1})
    assert notices(port) == ["Written: 1 film, 2 episodes"]


def test_what_is_written_long_after_somebody_asked_is_no_answer(port: FakePort):
    now = 1000.0
    telling = Telling(port, lambda: now)
    telling.asked()
    telling.written({})
    now += ASKED
    telling.written({"movie": 1})
    assert port.shown == []
    telling.written({"movie": MUCH})
    assert notices(port) == [f"Written: {MUCH} films"]


def test_an_owner_who_wants_no_notices_has_none(port: FakePort):
    port.settings["notifications"] = "false"
    telling = Telling(port)
    telling.progress(1, MUCH)
    telling.written({"movie": MUCH})
    assert port.shown == []
