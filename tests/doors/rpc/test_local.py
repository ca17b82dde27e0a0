"""The local door: what a page calls in process."""

import threading

import pytest

from doors.rpc.servicers import FAILURES, SECRET, FakeHealth, FakeLibrary
from fakes import FakeClock
from metarr.rpc.doors.closing import Closing
from metarr.rpc.doors.local import LocalDoor, Refused
from metarr.v1 import health_service_pb2 as health
from metarr.v1 import library_service_pb2 as library


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def closing() -> Closing:
    return Closing()


@pytest.fixture
def door(clock, closing) -> LocalDoor:
    return LocalDoor(None, clock, closing)  # type: ignore[arg-type]  (these tests bring their own services)


def get_item(door: LocalDoor, name: str):
    return door.ask(FakeLibrary().GetItem, library.GetItemRequest(item_id=name))


def test_a_method_is_answered(door):
    assert get_item(door, "Heat").item.title == "Heat"
    assert door.ask(FakeHealth().GetHealth, health.GetHealthRequest())


@pytest.mark.parametrize("name", FAILURES)
def test_every_error_is_a_refusal_with_its_code(door, name):
    with pytest.raises(Refused) as caught:
        get_item(door, name)
    assert caught.value.code.isupper()
    assert caught.value.message
    assert SECRET not in caught.value.message


def test_what_is_wrong_is_told_by_its_path(door):
    with pytest.raises(Refused) as caught:
        get_item(door, "missing")
    assert (caught.value.code, caught.value.reason) == ("NOT_FOUND", "ITEM_NOT_FOUND")
    assert list(caught.value.violations) == ["item_id"]


def test_when_to_try_again_is_told(door):
    with pytest.raises(Refused) as caught:
        get_item(door, "limited")
    assert (caught.value.code, caught.value.retry_seconds) == ("RESOURCE_EXHAUSTED", 90)


def test_the_deadline_counts_down_and_ends_the_call(door, clock):
    seen = []

    def method(request, context):
        seen.append((context.time_remaining(), context.is_active()))
        clock.advance(6)
        seen.append((context.time_remaining(), context.is_active()))
        clock.advance(6)
        seen.append((context.time_remaining(), context.is_active()))

    door.ask(method, None, 10)
    assert seen == [(10, True), (4, True), (0, False)]


def test_a_call_that_comes_too_late_is_refused_before_it_begins(door):
    with pytest.raises(Refused) as caught:
        door.ask(lambda request, context: pytest.fail("it began"), None, 0)
    assert caught.value.code == "DEADLINE_EXCEEDED"


@pytest.mark.parametrize("fails", [False, True])
def test_callbacks_run_once_when_the_call_ends(door, closing, fails):
    ran = []

    def method(request, context):
        assert context.add_callback(lambda: ran.append("it ended"))
        if fails:
            raise ValueError

    if fails:
        with pytest.raises(ValueError):  # noqa: PT011 (whatever leaves a method leaves the door)
            door.ask(method, None)
    else:
        door.ask(method, None)
    closing.begin()
    assert ran == ["it ended"]


def test_whoever_waits_is_let_go_when_the_door_closes(door, closing):
    entered, woken = threading.Event(), threading.Event()
    left = []

    def method(request, context):
        context.add_callback(woken.set)
        entered.set()
        assert woken.wait(10)
        left.append(context.is_active())

    thread = threading.Thread(target=door.ask, args=(method, None))
    thread.start()
    assert entered.wait(10)
    closing.begin()
    thread.join(10)
    assert left == [False]


def test_nobody_shows_a_token_in_process(door):
    shown = door.ask(lambda request, context: tuple(context.invocation_metadata()), None)
    assert shown == ()
