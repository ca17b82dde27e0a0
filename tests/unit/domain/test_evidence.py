from typing import Any

import pytest

from factories import NOW, answered, not_asked, not_found, unavailable
from metarr.domain.evidence import answer_of, hear, in_order, is_awaited
from metarr.domain.outcome import Outcome, Skip
from metarr.errors import Reason

OUT = (Skip.DISABLED, Skip.NOT_CONFIGURED, Skip.NOT_COVERED)
GAPS = (Skip.NOT_SELECTED, Skip.NO_ID, Skip.CONFLICT)
ANSWER = answered("omdb", {"plot": "A"}, empty={"tagline"}, unread={"awards"})
p = pytest.param


@pytest.mark.parametrize(
    ("outcome", "field", "heard", "value"),
    [
        p(ANSWER, "plot", True, "A", id="a value"),
        p(ANSWER, "tagline", True, None, id="it speaks about the field and has none"),
        p(ANSWER, "awards", False, None, id="it could not be read"),
        p(ANSWER, "status", False, None, id="it says nothing about the field"),
        p(answered("omdb", {"plot": ""}), "plot", True, None, id="an empty text"),
        p(answered("omdb", {"genres": ()}), "genres", True, None, id="an empty list"),
        p(answered("omdb", {"season_number": 0}), "season_number", True, 0, id="zero is a value"),
        p(not_found(), "plot", True, None, id="it does not know the title"),
        p(not_found(soft=True), "plot", False, None, id="a soft miss is not believed"),
        p(unavailable(), "plot", False, None, id="unavailable"),
        p(unavailable(last=ANSWER), "plot", True, "A", id="the last answer stands in"),
        p(unavailable(last=ANSWER), "awards", False, None, id="with what it could read"),
        p(unavailable(last=not_found()), "plot", True, None, id="so does the last believed miss"),
        p(unavailable(last=not_found(soft=True)), "plot", False, None, id="a soft one does not"),
        p(not_asked(), "plot", False, None, id="not asked"),
        p(not_asked(last=ANSWER), "plot", True, "A", id="not asked, with a last answer"),
    ],
)
def test_hear(outcome: Outcome, field: str, *, heard: bool, value: Any) -> None:
    said = hear("omdb", outcome, field)
    assert (said.heard, said.value) == (heard, value)
    assert (said.fetched_at == NOW) is heard


@pytest.mark.parametrize(
    ("outcome", "stale"),
    [
        (ANSWER, False),
        (answered("omdb", {"plot": "A"}, stale=True), True),
        (unavailable(last=ANSWER), True),
        (not_asked(last=ANSWER), True),
    ],
)
def test_what_stands_in_is_marked_stale(outcome: Outcome, *, stale: bool) -> None:
    assert hear("omdb", outcome, "plot").stale is stale


@pytest.mark.parametrize("skip", OUT)
def test_a_provider_that_cannot_be_asked_at_all_is_out_of_the_order(skip: Skip) -> None:
    assert not in_order(not_asked(skip))
    assert not is_awaited(not_asked(skip))


@pytest.mark.parametrize("outcome", [ANSWER, not_found(), *map(unavailable, Reason), *map(not_asked, GAPS)])
def test_every_other_one_stays_in_it(outcome: Outcome) -> None:
    assert in_order(outcome)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        p(answered("omdb", {"plot": "A"}), False, id="a full answer"),
        p(ANSWER, True, id="a partial answer"),
        p(answered("omdb", {"plot": "A"}, stale=True), True, id="a stale answer"),
        p(not_found(), False, id="not found is an answer"),
        p(not_found(soft=True), True, id="a soft miss"),
        p(not_found(stale=True), True, id="a stale miss"),
        p(unavailable(), True, id="unavailable"),
        p(unavailable(last=ANSWER), True, id="an answer standing in"),
        *(p(not_asked(skip), True, id=skip) for skip in GAPS),
    ],
)
def test_missing_an_answer(outcome: Outcome, *, expected: bool) -> None:
    assert is_awaited(outcome) is expected


def test_no_answer_is_told_apart_from_an_empty_one() -> None:
    assert answer_of(unavailable()) is None
    assert answer_of(not_asked(last=ANSWER)) is ANSWER
    assert answer_of(ANSWER) is ANSWER
