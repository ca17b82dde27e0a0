"""The bell, and what waits for it."""

import threading
from collections.abc import Iterator

import pytest

from fakes import FakeClock
from metarr.bell import Bell, News, Watch

PATIENCE = 10.0
HEARTBEAT = 20.0


class Story(Watch[int]):
    """Tells numbers; one that was told before is no news."""

    def __init__(self, bell: Bell, clock: FakeClock, pace: float = 0.0) -> None:
        super().__init__(bell, News.JOBS, clock, heartbeat=HEARTBEAT, pace=pace)
        self.number, self.told, self.looks = 0, 0, 0
        self.looked = threading.Semaphore(0)

    def look(self) -> tuple[int, bool]:
        self.looks += 1
        self.looked.release()
        news, self.told = self.number > self.told, self.number
        return self.number, news


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def story(bell: Bell, clock: FakeClock) -> Iterator[Story]:
    with Story(bell, clock) as watch:
        yield watch


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


class Listener(threading.Thread):
    """Waits for the next word of a watch."""

    def __init__(self, watch: Watch[int]) -> None:
        super().__init__(daemon=True)
        self.watch = watch
        self.start()

    def run(self) -> None:
        self.heard = self.watch.next()

    def answer(self) -> tuple[int, bool]:
        self.join(PATIENCE)
        assert not self.is_alive()
        return self.heard


def test_all_who_listen_for_something_hear_it_and_nobody_else(bell: Bell) -> None:
    heard = [threading.Event() for _ in range(100)]
    for event in heard:
        bell.listen(News.JOBS, event)
    bell.leave(News.JOBS, heard[0])
    bell.leave(News.JOBS, heard[0])
    bell.ring([News.PENDING])
    assert not any(event.is_set() for event in heard)
    bell.ring([News.JOBS])
    assert [event.is_set() for event in heard] == [False] + [True] * 99


def test_what_is_there_already_is_told_at_once(story: Story, clock: FakeClock) -> None:
    story.number = 7
    assert story.next() == (7, True)
    assert clock.waits == []


def test_in_silence_nobody_looks_until_the_heartbeat(story: Story, clock: FakeClock) -> None:
    listener = Listener(story)
    clock.sleepers(1)
    clock.advance(HEARTBEAT - 0.1)
    clock.sleepers(1)
    assert story.looks == 1
    clock.advance(0.2)
    assert listener.answer() == (0, False)
    assert story.looks == 2


def test_the_bell_tells_news_at_once_and_no_news_not_at_all(story: Story, bell: Bell, clock: FakeClock) -> None:
    listener = Listener(story)
    assert story.looked.acquire(timeout=PATIENCE)
    bell.ring([News.JOBS])
    assert story.looked.acquire(timeout=PATIENCE)
    assert listener.is_alive()
    story.number = 1
    bell.ring([News.JOBS])
    assert listener.answer() == (1, True)


def test_what_comes_while_nobody_waits_is_not_missed(story: Story, bell: Bell) -> None:
    story.number = 1
    bell.ring([News.JOBS])
    assert story.next() == (1, True)
    story.number = 2
    bell.ring([News.JOBS])
    assert story.next() == (2, True)


def test_a_busy_house_is_looked_at_by_the_pace(bell: Bell, clock: FakeClock) -> None:
    clock.auto = True
    with Story(bell, clock, pace=1.0) as story:
        began = clock.monotonic()
        for number in range(1, 6):
            story.number = number
            bell.ring([News.JOBS])
            assert story.next() == (number, True)
        assert (story.looks, clock.monotonic() - began) == (5, 4.0)


def test_a_closed_watch_lets_go_at_once_and_is_rung_for_no_more(bell: Bell, clock: FakeClock) -> None:
    with Story(bell, clock, pace=5.0) as story:
        listener = Listener(story)
        clock.sleepers(1)
        story.close()
        assert listener.answer() == (0, False)
        assert story.next() == (0, False)
    story._heard.clear()
    bell.ring(News)
    assert not story._heard.is_set()
