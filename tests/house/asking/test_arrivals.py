import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from factories import NOW, fragment
from fakes import FakeClock
from metarr.asking.arrivals import SLOTS, STORED_WITHIN, Arrivals
from metarr.domain.values import Kind
from metarr.errors import DatabaseUnusable
from metarr.store import answers
from metarr.store.answers import AnswerKey, NewAnswer
from metarr.store.database import Connection, Database
from postgres import MakeDatabase


@pytest.fixture
def database(make_database: MakeDatabase) -> Iterator[Database]:
    with make_database() as made:
        yield made


@pytest.fixture
def arrivals(database: Database, clock: FakeClock) -> Arrivals:
    return Arrivals(database, clock)


def answer(imdb: str = "tt1", plot: str = "A plot.") -> NewAnswer:
    key = AnswerKey(provider="tmdb", kind=Kind.MOVIE, asked_id=f"imdb:{imdb}", shape="en-US|en|US")
    return answers.new_answer(key, fragment("tmdb", {"plot": plot}), NOW, 1)


def kept(database: Database, *came: NewAnswer) -> list[str]:
    """The ids of those that are in the database."""
    with database.read() as connection:
        stored = answers.read(connection, [each.key for each in came])
    return sorted(key.asked_id for key in stored)


def test_an_answer_that_nobody_expects_is_stored_at_once(arrivals: Arrivals, database: Database) -> None:
    arrivals.add([answer()])
    assert kept(database, answer()) == ["imdb:tt1"]
    assert arrivals.find([answer().key]) == {}


def test_an_expected_answer_waits_and_is_found_as_it_will_be_read(arrivals: Arrivals, database: Database) -> None:
    came = answer()
    with arrivals.expected():
        arrivals.add([came])
        assert kept(database, came) == []
        waiting = arrivals.find([came.key, answer("tt2").key])
        with arrivals.begin() as connection:
            assert answers.read(connection, [came.key]) == waiting
        assert list(waiting) == [came.key]
        assert arrivals.find([came.key]) == {}


def test_what_waits_is_stored_with_the_next_that_is_committed(arrivals: Arrivals, database: Database) -> None:
    first, second = answer("tt1"), answer("tt2")
    with arrivals.expected():
        arrivals.add([first])
        arrivals.add([second])
        with arrivals.begin():
            pass
        assert kept(database, first, second) == ["imdb:tt1", "imdb:tt2"]


def test_what_waits_is_stored_though_the_transaction_is_rolled_back(arrivals: Arrivals, database: Database) -> None:
    with arrivals.expected():
        arrivals.add([answer()])
        with pytest.raises(ZeroDivisionError), arrivals.begin():
            _ = 1 / 0
        assert kept(database, answer()) == ["imdb:tt1"]


def test_the_last_who_expects_answers_leaves_none_behind(arrivals: Arrivals, database: Database) -> None:
    with arrivals.expected():
        with arrivals.expected():
            arrivals.add([answer()])
        assert kept(database, answer()) == []
    assert kept(database, answer()) == ["imdb:tt1"]


def test_an_answer_does_not_wait_long_while_others_come(
    arrivals: Arrivals, database: Database, clock: FakeClock
) -> None:
    first, second = answer("tt1"), answer("tt2")
    with arrivals.expected():
        arrivals.add([first])
        clock.advance(STORED_WITHIN + 0.1)
        arrivals.add([second])
        assert kept(database, first, second) == ["imdb:tt1", "imdb:tt2"]


def test_of_two_answers_to_one_question_the_later_one_is_stored(arrivals: Arrivals, database: Database) -> None:
    with arrivals.expected():
        arrivals.add([answer(plot="Older.")])
        arrivals.add([answer(plot="Newer.")])
    with database.read() as connection:
        [stored] = answers.read(connection, [answer().key]).values()
    assert stored.fragment is not None
    assert stored.fragment.values == {"plot": "Newer."}


def test_who_looked_before_an_answer_came_can_tell_and_who_looked_since_finds_it(
    arrivals: Arrivals, database: Database
) -> None:
    came = answer()
    several = (answer(f"tt{number}") for number in itertools.count(2))
    other = next(each for each in several if hash(each.key) % SLOTS != hash(came.key) % SLOTS)
    mark, of_other = arrivals.marks([came.key]), arrivals.marks([other.key])
    with arrivals.expected():
        arrivals.add([came])
        assert arrivals.marks([came.key]) != mark
        assert arrivals.marks([other.key]) == of_other
        mark = arrivals.marks([came.key])
        assert list(arrivals.find([came.key])) == [came.key]
        arrivals.store()
        assert arrivals.marks([came.key]) == mark, "it was seen already"


def test_an_answer_that_others_stored_is_told_as_well(arrivals: Arrivals) -> None:
    mark = arrivals.marks([answer().key])
    arrivals.stored([answer().key])
    assert arrivals.marks([answer().key]) != mark


class Full(Database):
    """A database that cannot be written for a while."""

    full = True

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        if self.full:
            raise DatabaseUnusable("the disk is full")
        with super().begin() as connection:
            yield connection


def test_what_cannot_be_written_is_told_and_does_not_pile_up(clock: FakeClock) -> None:
    database = Full.in_memory()
    assert isinstance(database, Full)
    arrivals = Arrivals(database, clock)
    with arrivals.expected():
        arrivals.add([answer("tt1")])
        with pytest.raises(DatabaseUnusable, match="full"):
            arrivals.store()
    database.full = False
    arrivals.add([answer("tt2")])
    assert kept(database, answer("tt1"), answer("tt2")) == ["imdb:tt2"]
    database.close()
