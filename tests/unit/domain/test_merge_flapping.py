"""No provider that comes and goes ever makes a value flip back and forth, while what it knows stays the same.

Small worlds are explored completely, as graphs of states: sequences of any length are covered. Larger ones, with every
way of not being heard, are tried as random sequences of rounds. A reference walk, written another way, gives the
expected value of every round.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from factories import answered, image, item, listens_to, not_asked, not_found, policy, source_of, stored, unavailable
from metarr.domain.authority import FieldRule
from metarr.domain.equality import meaning
from metarr.domain.item import FieldValue, MediaItem
from metarr.domain.merge import MergePolicy, merge
from metarr.domain.outcome import Answered, NotFound, Outcome, Skip
from metarr.domain.values import Value
from metarr.errors import Reason
from tiers import slow_but

pytestmark = pytest.mark.slow

TRIO = ("omdb", "tmdb", "tvdb")
QUARTET = (*TRIO, "fanart")
Knowledge = Mapping[str, Value | None]
"""What each provider knows for good: a value, None for "it has none", NO_TITLE for "it does not know the title"."""
NO_TITLE = "\0 no title"

RULES = {
    "two of three": listens_to("tmdb", "omdb"),
    "all three": listens_to("tvdb", "tmdb", "omdb"),
    "one, the others fill gaps": listens_to("tvdb"),
    "exclusive": listens_to("omdb", "tvdb", exclusive=True),
}


def says(field: str, provider: str, knows: Value | None) -> Answered | NotFound:
    if knows == NO_TITLE:
        return not_found()
    return answered(provider, {} if knows is None else {field: knows}, empty={field} if knows is None else ())


def step(field: str, state: FieldValue, outcomes: Mapping[str, Outcome], rules: MergePolicy) -> FieldValue:
    """The field after one more merge."""
    before = item(fields={field: state} if state != FieldValue() else {})
    coverage = {provider: frozenset({field}) for provider in QUARTET}
    return merge(before, outcomes, rules, coverage).item.fields.get(field, FieldValue())


def order_of(rule: FieldRule, providers: Iterable[str], *, fill_gaps: bool) -> list[str]:
    """The order of a field in words of its own: the own list, the others by the global priority."""
    priority = ["omdb", "tmdb", "tvdb", "fanart"]
    own = [provider for provider in rule.providers if provider in providers]
    others = [provider for provider in priority if provider in providers and provider not in rule.providers]
    return own[:1] if not fill_gaps else own if rule.exclusive else own + others


def expected(value: Any, source: str, order: list[str], heard: Mapping[str, Any]) -> tuple[Any, str]:
    """The reference walk, by places instead of by steps: `heard` holds None for a provider that has no value."""
    speaking = [place for place, provider in enumerate(order) if heard.get(provider) is not None]
    winner = min(speaking, default=len(order))
    held_at = order.index(source) if value is not None and source in order and source not in heard else len(order)
    if winner < held_at:
        return heard[order[winner]], order[winner]
    return value, source


# Small worlds, completely.


def assert_no_return(
    starts: list[FieldValue],
    moves: list[Mapping[str, Outcome]],
    go: Callable[..., FieldValue],
    key: Callable[..., Hashable],
) -> int:
    """Explore every state that any sequence of rounds reaches; from none may a value come back after it was left."""
    after: dict[FieldValue, set[FieldValue]] = {}
    todo = list(starts)
    while todo:
        state = todo.pop()
        if state not in after:
            after[state] = {go(state, outcomes) for outcomes in moves}
            todo += after[state]
    for origin, successors in after.items():
        left = [state for state in successors if key(state) != key(origin)]
        seen: set[FieldValue] = set()
        while left:
            state = left.pop()
            if state not in seen:
                assert key(state) != key(origin), f"{origin.value!r} was left and came back"
                seen.add(state)
                left += after[state]
    return len(after)


def every_round(field: str, knowledge: Knowledge) -> list[Mapping[str, Outcome]]:
    """Every way in which each provider is either heard or not."""
    ways = [(unavailable(), says(field, provider, knows)) for provider, knows in knowledge.items()]
    return [dict(zip(knowledge, outcomes, strict=True)) for outcomes in product(*ways)]


@pytest.mark.parametrize("fill_gaps", slow_but([True], [True, False]), ids=["filling gaps", "not filling gaps"])
@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_no_single_value_ever_comes_back_after_it_was_left(rule: FieldRule, *, fill_gaps: bool) -> None:
    rules = policy({"plot": rule}, fill_gaps=fill_gaps)
    for kinds in product(("value", None, NO_TITLE), repeat=3):
        knowledge = {
            provider: f"{provider}'s" if kind == "value" else kind for provider, kind in zip(TRIO, kinds, strict=True)
        }
        starts = [FieldValue(), stored("a player's", "player:1"), stored("of one that is gone", "gone")]
        starts += [stored(f"{provider}'s", provider) for provider in TRIO]
        assert_no_return(
            starts,
            every_round("plot", knowledge),
            lambda state, outcomes: step("plot", state, outcomes, rules),
            lambda state: state.value,
        )


@pytest.mark.parametrize("fill_gaps", slow_but([False], [True, False]), ids=["filling gaps", "not filling gaps"])
def test_no_union_ever_comes_back_after_it_was_left(*, fill_gaps: bool) -> None:
    rules = policy({"tags": listens_to("tmdb", "tvdb", union=True)}, fill_gaps=fill_gaps)
    lists = (("a", "b"), ("B", "c"), ("d",), None)
    states = 0
    for known in product(lists, repeat=3):
        states += assert_no_return(
            [FieldValue()],
            every_round("tags", dict(zip(TRIO, known, strict=True))),
            lambda state, outcomes: step("tags", state, outcomes, rules),
            lambda state: state.value and meaning("tags", state.value),
        )
    assert states > len(lists) ** 3


@pytest.mark.parametrize("field", ["poster", "fanart"])
def test_no_artwork_ever_comes_back_after_it_was_left_even_while_votes_move(field: str) -> None:
    rules = policy({field: listens_to("tmdb", "tvdb")})

    def candidates(provider: str, votes: Iterable[int]) -> tuple[Any, ...]:
        return tuple(image(f"{provider}{n}", votes=v, width=(2000, 2000, 1000)[n]) for n, v in enumerate(votes))

    ways = [
        (unavailable(), *(answered(provider, {field: candidates(provider, v)}) for v in ((1, 2, 3), (3, 2, 1))))
        for provider in TRIO
    ]
    moves: list[Mapping[str, Outcome]] = [dict(zip(TRIO, outcomes, strict=True)) for outcomes in product(*ways)]
    assert_no_return(
        [FieldValue()],
        moves,
        lambda state, outcomes: step(field, state, outcomes, rules),
        lambda state: state.value and meaning(field, state.value),
    )


# Larger worlds, at random: every way of being heard, half heard, and not heard.


@st.composite
def way(draw: st.DrawFn, field: str, provider: str, knows: Value | None) -> Outcome | None:
    """One round of one provider. None: it is not even in the mapping."""
    answer = says(field, provider, knows)
    last = draw(st.sampled_from([None, replace(answer, stale=True)]))
    ways: list[Outcome | None] = [
        answer,
        answer,
        replace(answer, stale=True),
        answered(provider, unread={field}),
        not_found(soft=True),
        None,
    ]
    ways += [unavailable(reason, last) for reason in Reason]
    ways += [not_asked(skip, last) for skip in (Skip.NO_ID, Skip.NOT_SELECTED, Skip.CONFLICT)]
    return draw(st.sampled_from(ways))


def is_heard(field: str, outcome: Outcome | None) -> bool:
    """Whether a way of `way` lets the field be heard, told from its shape alone."""
    answer = outcome if outcome is None or not getattr(outcome, "last", None) else outcome.last  # type: ignore[union-attr]
    if isinstance(answer, Answered):
        return field not in answer.fragment.unread
    return isinstance(answer, NotFound) and not answer.soft


@st.composite
def world(draw: st.DrawFn, field: str, pool: Mapping[str, list[Any]]) -> Any:
    """Who knows what, by which rule, and a sequence of rounds."""
    providers = draw(st.permutations(QUARTET))[: draw(st.integers(2, 4))]
    knowledge = {provider: draw(st.sampled_from([*pool[provider], None, NO_TITLE])) for provider in providers}
    rule = FieldRule(
        providers=tuple(draw(st.permutations(providers))[: draw(st.integers(1, len(providers)))]),
        exclusive=draw(st.booleans()),
    )
    one_round = st.fixed_dictionaries({provider: way(field, provider, knowledge[provider]) for provider in providers})
    rounds = draw(st.lists(one_round, min_size=2, max_size=8))
    return knowledge, rule, draw(st.booleans()), rounds


def play(
    field: str, rules: MergePolicy, rounds: Iterable[Mapping[str, Outcome | None]], start: FieldValue
) -> list[FieldValue]:
    """The states of the field, one per round, the start first."""
    states = [start]
    for one in rounds:
        outcomes = {provider: outcome for provider, outcome in one.items() if outcome is not None}
        states.append(step(field, states[-1], outcomes, rules))
    return states


def assert_never_back(keys: Iterable[Hashable]) -> None:
    runs = [key for before, key in pairwise([object(), *keys]) if before != key]
    assert len(runs) == len(set(runs)), f"a value was left and came back: {runs}"


@given(world("plot", {provider: [f"{provider}'s"] for provider in QUARTET}), st.sampled_from(["", "player:1", "gone"]))
def test_a_single_value_follows_the_reference_walk_and_never_flips(case: Any, source: str) -> None:
    knowledge, rule, fill_gaps, rounds = case
    start = stored("the first", source) if source else FieldValue()
    states = play("plot", policy({"plot": rule}, fill_gaps=fill_gaps), rounds, start)
    assert_never_back(state.value for state in states)
    order = order_of(rule, QUARTET, fill_gaps=fill_gaps)
    for (before, after), one in zip(pairwise(states), rounds, strict=True):
        heard = {p: None if knowledge[p] == NO_TITLE else knowledge[p] for p in one if is_heard("plot", one[p])}
        assert (after.value, source_of(after)) == expected(before.value, source_of(before), order, heard)


@given(world("plot", {provider: ["A", "B"] for provider in QUARTET}))
def test_where_providers_agree_each_change_is_the_word_of_a_better_authority(case: Any) -> None:
    """Two providers may know the same value: it can come again then, but only from ever better ones, so it ends."""
    _, rule, fill_gaps, rounds = case
    states = play("plot", policy({"plot": rule}, fill_gaps=fill_gaps), rounds, FieldValue())
    order = order_of(rule, QUARTET, fill_gaps=fill_gaps)
    places = [order.index(source_of(state)) for state in states if state.value is not None]
    assert places == sorted(places, reverse=True)
    assert sum(before.value != after.value for before, after in pairwise(states)) <= len(order)


IMAGES = {
    provider: [
        (image(f"{provider}-en"), image(f"{provider}-de", language="de"), image(f"{provider}-bare", language="")),
        (image(f"{provider}-small", width=500), image(f"{provider}-large", width=3900)),
        (image(f"{provider}-tiny", width=50),),
    ]
    for provider in QUARTET
}


@pytest.mark.parametrize("field", ["poster", "fanart", "clearlogo"])
@given(st.data())
def test_artwork_never_flips(field: str, data: st.DataObject) -> None:
    _, rule, fill_gaps, rounds = data.draw(world(field, IMAGES))
    states = play(field, policy({field: rule}, fill_gaps=fill_gaps), rounds, FieldValue())
    assert_never_back(state.value and meaning(field, state.value) for state in states)


TAGS: dict[str, list[Any]] = {provider: [("shared", provider), ("Shared",), (provider,)] for provider in QUARTET}


@given(world("tags", TAGS))
def test_a_union_only_grows_and_never_flips(case: Any) -> None:
    knowledge, rule, fill_gaps, rounds = case
    rule = replace(rule, union=True)
    states = play("tags", policy({"tags": rule}, fill_gaps=fill_gaps), rounds, FieldValue())
    sets = [frozenset(meaning("tags", state.value) if state.value else ()) for state in states]  # type: ignore[arg-type]
    assert all(before <= after for before, after in pairwise(sets))
    listened = set(order_of(rule, QUARTET, fill_gaps=fill_gaps))
    ever_heard = {p for one in rounds for p in one if p in listened and is_heard("tags", one[p])}
    told = [knowledge[p] for p in ever_heard if isinstance(knowledge[p], tuple)]
    assert sets[-1] == {text.casefold() for texts in told for text in texts}


@given(world("plot", {provider: [f"{provider}'s"] for provider in QUARTET}))
def test_a_locked_value_never_moves_in_any_round(case: Any) -> None:
    _, rule, fill_gaps, rounds = case
    for locked in (stored("mine", "owner", locked=True), FieldValue(locked=True)):
        assert set(play("plot", policy({"plot": rule}, fill_gaps=fill_gaps), rounds, locked)) == {locked}


def test_an_item_s_other_fields_are_not_touched() -> None:
    before: MediaItem = item(fields={"plot": stored("A", "tmdb"), "not_in_the_catalogue": stored("kept", "old")})
    after = merge(before, {"tmdb": answered("tmdb", {"plot": "B"})}, policy(), {"tmdb": frozenset({"plot"})}).item
    assert after.fields["not_in_the_catalogue"] == before.fields["not_in_the_catalogue"]
