"""The process of a host: what it is told, what it prints, and how it ends."""

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from metarr_adapter import child
from metarr_adapter.child import BEAT, Voice, orders
from metarr_adapter.kind import OWNER_NEEDED, HostCheck, HostKind, HostNote, OwnerNeeded, Surroundings, Trial, Verdict


@pytest.fixture(autouse=True)
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of its input ends a process, and this one is the tests' own."""
    monkeypatch.setattr(child._Ear, "start", lambda _: None)


def lines(output: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.getvalue().splitlines()]


def kind(raises: Exception | None = None) -> HostKind:
    def test(settings: Mapping[str, Any], forbidden: Sequence[str]) -> Trial:
        return Trial([HostCheck(Verdict.OK, f"{settings['path']} and not {forbidden[0]}")], [settings["path"]])

    def opened(settings: Mapping[str, Any], surroundings: Surroundings) -> Any:
        assert raises is not None
        raise raises

    return HostKind("odd", "Odd", "", (), test, opened)


def test_orders_are_read_whole() -> None:
    line = json.dumps({"server": "http://127.0.0.1:1", "token": "t", "settings": {"a": 1}, "forbidden": ["/data"]})
    given = orders(line)
    assert (given.server, given.token, given.settings, given.forbidden, given.test) == (
        "http://127.0.0.1:1",
        "t",
        {"a": 1},
        ["/data"],
        False,
    )


@pytest.mark.parametrize("line", ["", "rubbish", "[]", "{}", '{"settings": 5}'])
def test_what_is_no_order_ends_it(line: str) -> None:
    output = io.StringIO()
    assert child.main(kind(), io.StringIO(line), output) == OWNER_NEEDED
    assert [each["level"] for each in lines(output)] == ["error"]


def test_a_test_says_what_came_of_it() -> None:
    output = io.StringIO()
    line = json.dumps({"test": True, "settings": {"path": "/media"}, "forbidden": ["/data"]})
    assert child.main(kind(), io.StringIO(line), output) == 0
    assert lines(output) == [
        {"checks": [["ok", "/media and not /data", ""]], "works_on": ["/media"], "beside": [], "library": ""}
    ]


def test_what_only_the_owner_can_mend_has_a_status_of_its_own() -> None:
    output = io.StringIO()
    line = json.dumps({"server": "http://127.0.0.1:1", "settings": {}})
    assert child.main(kind(OwnerNeeded("the path is gone")), io.StringIO(line), output) == OWNER_NEEDED
    assert {"level": "error", "text": "the path is gone"} in lines(output)


def test_signs_of_life_are_seldom_and_notes_are_said_where_they_change() -> None:
    now, output = 0.0, io.StringIO()
    voice = Voice(output, lambda: now)
    for _ in range(5):
        voice.beat()
    now += BEAT
    voice.beat()
    assert lines(output) == [{"beat": True}, {"beat": True}]
    for _ in range(2):
        voice.tell([HostNote("away", "/media", "why")])
    voice.tell([])
    assert [each["notes"] for each in lines(output)[2:]] == [[["away", "/media", "why"]], []]


def test_nobody_who_listens_is_no_fault() -> None:
    output = io.StringIO()
    output.close()
    Voice(output).log("info", "lost")
