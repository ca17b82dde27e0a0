"""The walk along a field's order: which value is taken, held, kept, and what is said about it."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from factories import (
    EARLIER,
    NOW,
    answered,
    coverage_of,
    image,
    item,
    listens_to,
    not_asked,
    not_found,
    policy,
    source_of,
    stored,
    unavailable,
)
from metarr.domain.artwork import ArtworkPolicy
from metarr.domain.authority import FieldRule
from metarr.domain.changes import diff
from metarr.domain.evidence import in_order, is_awaited
from metarr.domain.item import FieldValue, MediaItem, Rule, Veto, by_parent
from metarr.domain.merge import Decision, explain, merge
from metarr.domain.outcome import Answered, NotAsked, NotFound, Outcome, Skip
from metarr.domain.values import Credit, Image, Kind, Value
from metarr.errors import Reason

PROVIDERS = ("omdb", "tmdb", "tvdb")
OMDB_ONLY = listens_to("omdb", exclusive=True)
OMDB_TMDB = listens_to("omdb", "tmdb")
TMDB_OMDB = listens_to("tmdb", "omdb")
QUOTA = unavailable(Reason.QUOTA_EXHAUSTED)
DOWN = unavailable()


def merged(
    field: str,
    before: FieldValue | None,
    rule: FieldRule,
    outcomes: dict[str, Outcome],
    *,
    fill_gaps: bool = True,
    **more: Any,
) -> tuple[FieldValue | None, Decision, MediaItem]:
    """Merge into an item that holds only this field, with answers about it only."""
    fields = {} if before is None else {field: before}
    result = merge(
        item(fields=fields, **more), outcomes, policy({field: rule}, fill_gaps=fill_gaps), coverage_of(*PROVIDERS)
    )
    decision = next(decision for decision in result.decisions if decision.field == field)
    return result.item.fields.get(field), decision, result.item


def plot(provider: str, value: str) -> Answered:
    return answered(provider, {"plot": value})


def without_plot(provider: str) -> Answered:
    return answered(provider, empty={"plot"})


def rating(provider: str, value: float) -> Answered:
    return answered(provider, {"imdb_rating": value})


# The table of the design, row for row: stored, rule, fill_gaps, outcomes -> value, source, rule.
TABLE = {
    "the exclusive provider's rating is taken": (
        "imdb_rating", None, OMDB_ONLY, True,
        {"omdb": rating("omdb", 8.8), "tmdb": rating("tmdb", 8.4)},
        (8.8, "omdb", Rule.FIRST),
    ),
    "nothing is stored while the exclusive provider cannot be heard": (
        "imdb_rating", None, OMDB_ONLY, True,
        {"omdb": QUOTA, "tmdb": rating("tmdb", 8.4)},
        None,
    ),
    "the exclusive provider's rating is held while it cannot be heard": (
        "imdb_rating", stored(8.8, "omdb"), OMDB_ONLY, True,
        {"omdb": DOWN, "tmdb": rating("tmdb", 8.4)},
        (8.8, "omdb", Rule.HELD),
    ),
    "a rating from elsewhere stays, marked, when the exclusive provider has none": (
        "imdb_rating", stored(8.4, "tmdb"), OMDB_ONLY, True,
        {"omdb": answered("omdb", empty={"imdb_rating"}), "tmdb": rating("tmdb", 8.1)},
        (8.4, "tmdb", Rule.OUTSIDE),
    ),
    "the value of a provider that is down is held": (
        "plot", stored("A", "omdb"), OMDB_TMDB, True,
        {"omdb": DOWN, "tmdb": plot("tmdb", "B")},
        ("A", "omdb", Rule.HELD),
    ),
    "a lower provider updates its own value while the better one is down": (
        "plot", stored("B", "tmdb"), OMDB_TMDB, True,
        {"omdb": DOWN, "tmdb": plot("tmdb", "C")},
        ("C", "tmdb", Rule.NEXT),
    ),
    "the better authority's word replaces a lower one's": (
        "plot", stored("A", "omdb"), TMDB_OMDB, True,
        {"omdb": plot("omdb", "A"), "tmdb": plot("tmdb", "B")},
        ("B", "tmdb", Rule.FIRST),
    ),
    "a provider that answers without a value gives way": (
        "plot", stored("A", "omdb"), OMDB_TMDB, True,
        {"omdb": without_plot("omdb"), "tmdb": plot("tmdb", "B")},
        ("B", "tmdb", Rule.NEXT),
    ),
    "a provider that does not know the title gives way": (
        "plot", stored("A", "omdb"), OMDB_TMDB, True,
        {"omdb": not_found(), "tmdb": plot("tmdb", "B")},
        ("B", "tmdb", Rule.NEXT),
    ),
    "a provider the caller did not select keeps its value": (
        "plot", stored("A", "omdb"), OMDB_TMDB, True,
        {"tmdb": plot("tmdb", "B")},
        ("A", "omdb", Rule.HELD),
    ),
    "a disabled provider's value gives way": (
        "plot", stored("A", "omdb"), OMDB_TMDB, True,
        {"omdb": not_asked(Skip.DISABLED), "tmdb": plot("tmdb", "B")},
        ("B", "tmdb", Rule.FIRST),
    ),
    "the source updates its value while a better provider is down": (
        "plot", stored("A", "omdb"), TMDB_OMDB, True,
        {"omdb": plot("omdb", "A2"), "tmdb": DOWN},
        ("A2", "omdb", Rule.NEXT),
    ),
    "a locked value stays whatever is said": (
        "plot", stored("A", "omdb", locked=True), TMDB_OMDB, True,
        {"omdb": plot("omdb", "A2"), "tmdb": plot("tmdb", "B")},
        ("A", "omdb", Rule.FIRST),
    ),
    "without filling gaps only the first provider counts": (
        "plot", stored("A", "tvdb"), TMDB_OMDB, False,
        {"omdb": plot("omdb", "C"), "tmdb": without_plot("tmdb"), "tvdb": plot("tvdb", "A2")},
        ("A", "tvdb", Rule.OUTSIDE),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("field", "before", "rule", "fill_gaps", "outcomes", "expected"), TABLE.values(), ids=TABLE)
def test_design_table(
    field: str,
    before: FieldValue | None,
    rule: FieldRule,
    *,
    fill_gaps: bool,
    outcomes: dict[str, Outcome],
    expected: tuple[Value, str, Rule] | None,
) -> None:
    after, decision, _ = merged(field, before, rule, outcomes, fill_gaps=fill_gaps)
    assert (after and (after.value, source_of(after), after.rule)) == expected
    assert decision.value == after


def test_the_table_says_who_is_still_to_be_heard() -> None:
    _, decision, _ = merged("imdb_rating", None, OMDB_ONLY, {"omdb": QUOTA, "tmdb": rating("tmdb", 8.4)})
    assert decision.waiting == ("omdb",)
    assert is_awaited(QUOTA)


def test_a_held_value_keeps_its_age_and_makes_no_change() -> None:
    before = stored(8.8, "omdb", asked_id="imdb:tt1")
    after, _, whole = merged("imdb_rating", before, OMDB_ONLY, {"omdb": QUOTA})
    assert after == replace(before, rule=Rule.HELD)
    assert diff({"imdb_rating": before}, whole.fields) == ()


# What else the walk must do.


@pytest.mark.parametrize("reason", Reason)
def test_no_reason_of_being_unavailable_lets_go_of_a_value(reason: Reason) -> None:
    outcomes = {"omdb": unavailable(reason), "tmdb": plot("tmdb", "B")}
    after, _, _ = merged("plot", stored("A", "omdb"), OMDB_TMDB, outcomes)
    assert after is not None
    assert (after.value, after.rule) == ("A", Rule.HELD)


@pytest.mark.parametrize("skip", [Skip.NO_ID, Skip.NOT_SELECTED, Skip.CONFLICT])
def test_a_provider_that_was_not_asked_holds_its_value(skip: Skip) -> None:
    outcomes = {"omdb": not_asked(skip), "tmdb": plot("tmdb", "B")}
    after, _, _ = merged("plot", stored("A", "omdb"), OMDB_TMDB, outcomes)
    assert after is not None
    assert after.value == "A"


@pytest.mark.parametrize("skip", [Skip.DISABLED, Skip.NOT_CONFIGURED, Skip.NOT_COVERED])
def test_a_provider_out_of_the_order_holds_nothing(skip: Skip) -> None:
    outcomes = {"omdb": not_asked(skip), "tmdb": plot("tmdb", "B")}
    after, _, _ = merged("plot", stored("A", "omdb"), OMDB_TMDB, outcomes)
    assert after is not None
    assert after.value == "B"


def test_an_unread_field_holds_its_value_although_the_provider_answered() -> None:
    outcomes = {"omdb": answered("omdb", {"title": "T"}, unread={"plot"}), "tmdb": plot("tmdb", "B")}
    after, _, whole = merged("plot", stored("A", "omdb"), OMDB_TMDB, outcomes)
    assert after is not None
    assert (after.value, after.rule) == ("A", Rule.HELD)
    assert whole.fields["title"].value == "T"


def test_a_soft_miss_holds_its_value() -> None:
    outcomes = {"omdb": not_found(soft=True), "tmdb": plot("tmdb", "B")}
    after, _, _ = merged("plot", stored("A", "omdb"), OMDB_TMDB, outcomes)
    assert after is not None
    assert after.value == "A"


@pytest.mark.parametrize("stands_in_for", [unavailable, not_asked], ids=["unavailable", "not asked"])
def test_the_last_answer_stands_in_with_its_own_age(stands_in_for: Any) -> None:
    last = answered("omdb", {"plot": "A2"}, fetched_at=EARLIER + timedelta(days=1), asked_id="imdb:tt1")
    after, _, _ = merged("plot", stored("B", "tmdb"), OMDB_TMDB, {"omdb": stands_in_for(last=last), "tmdb": DOWN})
    assert after is not None
    assert (after.value, source_of(after), after.fetched_at) == ("A2", "omdb", last.fetched_at)


def test_a_last_not_found_stands_in_too() -> None:
    outcomes = {"omdb": unavailable(last=not_found(fetched_at=EARLIER)), "tmdb": plot("tmdb", "B")}
    after, _, _ = merged("plot", stored("A", "omdb"), OMDB_TMDB, outcomes)
    assert after is not None
    assert after.value == "B"


def test_filling_a_gap_names_its_rule() -> None:
    after, _, _ = merged("plot", None, TMDB_OMDB, {"tvdb": plot("tvdb", "T"), "tmdb": without_plot("tmdb")})
    assert after is not None
    assert (after.value, after.rule) == ("T", Rule.GAP)


def test_gaps_are_filled_by_the_global_priority_after_the_own_list() -> None:
    everyone = {provider: plot(provider, provider) for provider in ("omdb", "tvdb")}
    after, _, _ = merged("plot", None, listens_to("tmdb"), {**everyone, "tmdb": without_plot("tmdb")})
    assert after is not None
    assert after.value == "omdb"


@pytest.mark.parametrize("exclusive", [False, True])
def test_without_filling_gaps_the_second_of_the_list_does_not_count(exclusive: bool) -> None:
    rule = listens_to("tmdb", "omdb", exclusive=exclusive)
    outcomes = {"tmdb": without_plot("tmdb"), "omdb": plot("omdb", "B")}
    after, _, _ = merged("plot", None, rule, outcomes, fill_gaps=False)
    assert after is None


def test_an_empty_text_or_list_never_wins() -> None:
    outcomes = {"omdb": answered("omdb", {"plot": "", "tags": ()}), "tmdb": plot("tmdb", "B")}
    after, _, whole = merged("plot", stored("A", "omdb"), OMDB_TMDB, outcomes)
    assert after is not None
    assert after.value == "B"
    assert "tags" not in whole.fields


def test_season_zero_is_a_value() -> None:
    result = merge(
        item(Kind.SEASON),
        {"tvdb": answered("tvdb", {"season_number": 0}, kind=Kind.SEASON)},
        policy(),
        coverage_of("tvdb", kind=Kind.SEASON),
    )
    assert result.item.fields["season_number"].value == 0


@pytest.mark.parametrize("silence", [DOWN, not_found(), without_plot("omdb"), not_asked(), not_asked(Skip.DISABLED)])
@pytest.mark.parametrize("source", ["omdb", "tmdb", "gone", "owner", "player:1", "import", "omdb+tmdb"])
def test_an_absence_never_erases(source: str, silence: Outcome) -> None:
    after, _, _ = merged("plot", stored("A", source), OMDB_TMDB, dict.fromkeys(PROVIDERS, silence))
    assert after is not None
    assert (after.value, source_of(after), after.fetched_at) == ("A", source, EARLIER)


@pytest.mark.parametrize("source", ["player:1", "import", "nfo"])
def test_any_provider_is_above_what_an_item_came_with(source: str) -> None:
    after, _, _ = merged("plot", stored("A", source), OMDB_TMDB, {"omdb": DOWN, "tmdb": plot("tmdb", "B")})
    assert after is not None
    assert after.value == "B"


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("omdb", Rule.KEPT),
        ("gone", Rule.OUTSIDE),
        ("omdb+gone", Rule.OUTSIDE),
        ("owner", Rule.OWNER),
        ("player:1", Rule.REPORTED),
    ],
)
def test_a_kept_value_says_why(source: str, rule: Rule) -> None:
    after, _, _ = merged("plot", stored("A", source), OMDB_TMDB, dict.fromkeys(PROVIDERS, not_found()))
    assert after is not None
    assert after.rule is rule


def test_equal_by_meaning_keeps_the_bytes_and_renews_the_provenance() -> None:
    before = stored(("Drama", "War"), "omdb")
    rule = listens_to("tmdb", "omdb")
    outcomes = {"tmdb": answered("tmdb", {"genres": ("war", "drama")}, asked_id="tmdb:550")}
    after, _, whole = merged("genres", before, rule, outcomes)
    assert after == FieldValue(
        value=("Drama", "War"), sources=("tmdb",), fetched_at=NOW, rule=Rule.FIRST, asked_ids=("tmdb:550",)
    )
    assert diff({"genres": before}, whole.fields) == ()


@pytest.mark.parametrize("older", [plot("omdb", "old"), without_plot("omdb"), not_found()])
def test_an_older_answer_never_replaces_a_newer_value_of_the_same_provider(older: Any) -> None:
    before = stored("new", "omdb", asked_id="omdb:1", fetched_at=NOW)
    older = replace(older, fetched_at=EARLIER, asked_id="omdb:1")
    after, _, _ = merged("plot", before, OMDB_TMDB, {"omdb": older, "tmdb": plot("tmdb", "B")})
    assert after is not None
    assert (after.value, source_of(after), after.fetched_at) == ("new", "omdb", NOW)


def test_an_older_answer_for_the_right_id_replaces_a_value_got_under_another_one() -> None:
    before = stored("another title's", "omdb", asked_id="imdb:tt9", fetched_at=NOW)
    outcomes = {"omdb": answered("omdb", {"plot": "right"}, fetched_at=EARLIER, asked_id="imdb:tt1")}
    after, _, _ = merged("plot", before, OMDB_TMDB, outcomes)
    assert after is not None
    assert after.value == "right"


def test_a_value_that_was_joined_is_held_by_each_of_its_providers() -> None:
    before = stored(("a", "b"), "tmdb+omdb")
    rule = listens_to("tmdb", "omdb")
    outcomes: dict[str, Outcome] = {"tmdb": DOWN, "omdb": answered("omdb", {"tags": ("b",)})}
    after, _, _ = merged("tags", before, rule, outcomes)
    assert after is not None
    assert (after.value, after.rule) == (("a", "b"), Rule.HELD)


def test_a_provider_that_does_not_declare_the_field_is_not_in_its_order() -> None:
    coverage = {"tmdb": frozenset({"plot"}), "omdb": frozenset({"title"})}
    outcomes = {"omdb": answered("omdb", {"plot": "smuggled"})}
    result = merge(item(fields={"plot": stored("A", "omdb")}), outcomes, policy(), coverage)
    assert result.item.fields["plot"].value == "A"


def test_an_unknown_provider_is_not_heard() -> None:
    result = merge(item(), {"stranger": plot("stranger", "X")}, policy(), coverage_of("tmdb"))
    assert result.item.fields == {}


# Locks.


@pytest.mark.parametrize("value", ["A", None], ids=["a value", "emptiness"])
def test_an_own_lock_protects(value: str | None) -> None:
    before = FieldValue(value=value, sources=("owner",), rule=Rule.OWNER, locked=True)
    after, _, _ = merged("plot", before, OMDB_TMDB, {"omdb": plot("omdb", "B")})
    assert after == before


@pytest.mark.parametrize(
    ("before", "expected"),
    [(stored("A", "omdb"), "A"), (None, "B"), (stored("A", "nfo"), "B"), (stored("A", "player:kodi"), "B")],
    ids=["existing", "none", "of a file", "of a player"],
)
def test_an_inherited_lock_protects_existing_values_that_nobody_reported(
    before: FieldValue | None, expected: str
) -> None:
    outcomes = {"omdb": plot("omdb", "B")}
    after, _, _ = merged("plot", before, OMDB_TMDB, outcomes, parent_locked=frozenset({"plot"}))
    assert after is not None
    assert after.value == expected


# Lists joined from several providers.

JOINED = listens_to("tmdb", "omdb", union=True)


def tags(provider: str, *values: str) -> Answered:
    return answered(provider, {"tags": values} if values else None, empty=() if values else {"tags"})


def test_a_union_joins_in_order_of_authority() -> None:
    outcomes = {"omdb": tags("omdb", "b", "A"), "tmdb": tags("tmdb", "c", "a")}
    after, _, _ = merged("tags", None, JOINED, outcomes)
    assert after is not None
    assert (after.value, source_of(after), after.rule) == (("c", "a", "b"), "tmdb+omdb", Rule.UNION)
    assert after.contributors == (("tmdb",), ("tmdb", "omdb"), ("omdb",))
    assert after.asked_ids == ("tmdb:1", "omdb:1")


def test_in_a_union_the_elements_of_a_silent_provider_stay_and_the_others_are_replaced() -> None:
    before = stored(("a", "b", "ab"), "tmdb+omdb", contributors=(("tmdb",), ("omdb",), ("tmdb", "omdb")))
    after, decision, _ = merged("tags", before, JOINED, {"tmdb": tags("tmdb", "new"), "omdb": DOWN})
    assert after is not None
    assert after.value == ("new", "b", "ab")
    assert after.contributors == (("tmdb",), ("omdb",), ("omdb",))
    assert decision.waiting == ("omdb", "tvdb")


def test_a_union_remembers_under_which_ids_its_elements_were_got() -> None:
    before = stored(("a", "b"), "tmdb+omdb", contributors=(("tmdb",), ("omdb",)), asked_id="tmdb:7+imdb:tt7")
    after, _, _ = merged("tags", before, JOINED, {"tmdb": tags("tmdb", "new"), "omdb": DOWN})
    assert after is not None
    assert after.asked_ids == ("tmdb:1", "imdb:tt7")


def test_a_union_of_nothing_erases_nothing() -> None:
    before = stored(("a",), "tmdb")
    after, _, _ = merged("tags", before, JOINED, {"tmdb": tags("tmdb"), "omdb": tags("omdb"), "tvdb": DOWN})
    assert after is not None
    assert (after.value, after.rule) == (("a",), Rule.KEPT)


def test_a_union_is_held_when_no_provider_with_elements_is_heard() -> None:
    before = stored(("a", "b"), "tmdb+omdb", contributors=(("tmdb",), ("omdb",)))
    after, _, _ = merged("tags", before, JOINED, {"tmdb": tags("tmdb"), "omdb": DOWN})
    assert after is not None
    assert (after.value, after.rule) == (("a", "b"), Rule.HELD)


def test_the_order_of_a_union_alone_is_no_change() -> None:
    before = stored(("b", "a"), "omdb")
    after, _, whole = merged("tags", before, JOINED, {"tmdb": tags("tmdb", "a", "b"), "omdb": tags("omdb", "b")})
    assert after is not None
    assert after.value == ("b", "a")
    assert after.contributors == (("tmdb", "omdb"), ("tmdb",))
    assert diff({"tags": before}, whole.fields) == ()


# Artwork in the walk.


def posters(provider: str, *images: Image) -> Answered:
    return answered(provider, {"poster": images})


def test_a_provider_without_acceptable_artwork_gives_way() -> None:
    outcomes = {
        "tmdb": posters("tmdb", image("de", language="de"), image("tiny", width=100)),
        "omdb": posters("omdb", image("fine")),
    }
    after, _, _ = merged("poster", stored((image("old"),), "tmdb"), listens_to("tmdb", "omdb"), outcomes)
    assert after is not None
    assert (after.value, source_of(after)) == ((image("fine"),), "omdb")


def test_artwork_is_held_with_its_provider() -> None:
    before = stored((image("old"),), "tmdb")
    outcomes: dict[str, Outcome] = {"tmdb": DOWN, "omdb": posters("omdb", image("new", votes=99))}
    after, _, _ = merged("poster", before, listens_to("tmdb", "omdb"), outcomes)
    assert after is not None
    assert (after.value, after.rule) == ((image("old"),), Rule.HELD)


def test_more_votes_alone_change_no_artwork() -> None:
    before = stored((image("old", votes=1),), "tmdb")
    outcomes = {"tmdb": posters("tmdb", image("old", votes=2), image("new", votes=99))}
    after, _, _ = merged("poster", before, listens_to("tmdb"), outcomes)
    assert after is not None
    assert after.value == before.value


def test_the_owner_decides_about_extra_fanart() -> None:
    backdrops = tuple(image(f"f{n}", language="", votes=-n) for n in range(9))
    for extra in (0, 2, 5):
        result = merge(
            item(),
            {"fanart": answered("fanart", {"fanart": backdrops})},
            policy(artwork=ArtworkPolicy(extra_fanart=extra)),
            coverage_of("fanart"),
        )
        assert result.item.fields["fanart"].value == backdrops[: 1 + extra]


# Vetoes in the walk.

VETO = Veto(field="plot", providers=("tmdb",), value="B")


@pytest.mark.parametrize(
    ("outcomes", "expected", "ended"),
    [
        pytest.param({"tmdb": DOWN, "omdb": plot("omdb", "C")}, "A", False, id="vetoed provider is silent"),
        pytest.param({"tmdb": plot("tmdb", "B"), "omdb": plot("omdb", "C")}, "A", False, id="it repeats itself"),
        pytest.param({"tmdb": plot("tmdb", "  B "), "omdb": plot("omdb", "C")}, "A", False, id="or means the same"),
        pytest.param({"tmdb": without_plot("tmdb"), "omdb": plot("omdb", "B")}, "A", False, id="another says it"),
        pytest.param({"tmdb": without_plot("tmdb"), "omdb": plot("omdb", "C")}, "C", True, id="another one wins"),
        pytest.param({"tmdb": plot("tmdb", "D")}, "D", True, id="it says something new"),
        pytest.param({"tmdb": without_plot("tmdb"), "omdb": plot("omdb", "A")}, "A", False, id="the restored one wins"),
    ],
)
def test_veto(outcomes: dict[str, Outcome], expected: str, ended: bool) -> None:
    after, decision, whole = merged("plot", stored("A", "omdb"), TMDB_OMDB, outcomes, vetoes=(VETO,))
    assert after is not None
    assert after.value == expected
    assert decision.ended_veto is ended
    assert whole.vetoes == (() if ended else (VETO,))


def test_a_veto_on_an_empty_field_keeps_it_empty() -> None:
    after, _, whole = merged("plot", None, TMDB_OMDB, {"tmdb": plot("tmdb", "B")}, vetoes=(VETO,))
    assert after is None
    assert whole.vetoes == (VETO,)


def test_a_vetoed_union_stays_undone_while_one_of_its_providers_is_silent() -> None:
    veto = Veto(field="tags", providers=("tmdb", "omdb"), value=("a", "b"))
    before = stored(("x",), "player:1")
    for outcomes in (
        {"tmdb": tags("tmdb", "a"), "omdb": tags("omdb", "b")},
        {"tmdb": tags("tmdb", "new"), "omdb": DOWN},
    ):
        after, _, _ = merged("tags", before, JOINED, outcomes, vetoes=(veto,))
        assert after is not None
        assert (after.value, after.rule) == (("x",), Rule.VETOED)
    after, _, whole = merged(
        "tags", before, JOINED, {"tmdb": tags("tmdb", "new"), "omdb": tags("omdb", "b")}, vetoes=(veto,)
    )
    assert after is not None
    assert (after.value, whole.vetoes) == (("new", "b"), ())


@pytest.mark.parametrize(
    ("undone_from", "outcomes"),
    [
        pytest.param(
            "tmdb+omdb",
            {"tmdb": tags("tmdb", "a"), "omdb": tags("omdb", "b"), "tvdb": tags("tvdb", "c")},
            id="its providers repeat it and another one adds to it",
        ),
        pytest.param("tmdb", {"tmdb": tags("tmdb"), "omdb": tags("omdb", "b", "a")}, id="another one says it"),
    ],
)
def test_a_vetoed_union_does_not_come_back_by_a_detour(undone_from: str, outcomes: dict[str, Outcome]) -> None:
    veto = Veto(field="tags", providers=tuple(undone_from.split("+")), value=("a", "b"))
    after, _, whole = merged("tags", stored(("x",), "player:1"), JOINED, outcomes, vetoes=(veto,))
    assert after is not None
    assert (after.value, whole.vetoes) == (("x",), (veto,))


# Why not X?


def test_runners_up_say_why_they_did_not_win() -> None:
    rejected = answered("tvdb", {"plot": "another title's"})
    outcomes: dict[str, Outcome] = {
        "tmdb": plot("tmdb", "A"),
        "omdb": plot("omdb", "B"),
        "tvdb": NotAsked(reason=Skip.CONFLICT, rejected=rejected),
        "fanart": unavailable(Reason.TIMEOUT),
        "fourth": not_found(),
        "fifth": not_asked(Skip.DISABLED),
    }
    coverage = coverage_of(*outcomes)
    rules = policy({"plot": listens_to("tmdb", "omdb")})
    after = merge(item(), outcomes, rules, coverage).item
    told = {runner.provider: (runner.value, runner.why) for runner in explain(after, outcomes, rules, coverage)["plot"]}
    assert told == {
        "omdb": ("B", "stands lower in the field's order"),
        "tvdb": ("another title's", "spoke about a title with other ids"),
        "fanart": (None, "could not be heard (timeout)"),
        "fourth": (None, "does not know the title"),
        "fifth": (None, "could not be heard (disabled)"),
    }


@pytest.mark.parametrize(
    ("before", "rule", "more", "why"),
    [
        (stored("A", "tmdb", locked=True), TMDB_OMDB, {}, "the field is locked"),
        (stored("A", "tmdb"), listens_to("tmdb", exclusive=True), {}, "the field does not listen to it"),
        (stored("A", "tmdb"), TMDB_OMDB, {"vetoes": (replace(VETO, providers=("omdb",)),)}, "undone by the owner"),
    ],
)
def test_a_runner_up_names_the_owner_s_reasons(before: FieldValue, rule: FieldRule, more: Any, why: str) -> None:
    outcomes = {"omdb": plot("omdb", "B")}
    told = explain(item(fields={"plot": before}, **more), outcomes, policy({"plot": rule}), coverage_of(*PROVIDERS))
    assert [(runner.provider, runner.value, runner.why) for runner in told["plot"]] == [("omdb", "B", why)]


# Any order, any number of times.

FIELD_VALUES: dict[str, list[Value]] = {
    "plot": ["A", "B", " A", "C"],
    "imdb_rating": [8.81, 8.84, 7.0],
    "tags": [("a", "b"), ("B", "a"), ("c",)],
    "poster": [(image("p"), image("q", votes=3)), (image("q"), image("r", width=900)), (image("x", language="de"),)],
    "fanart": [tuple(image(f"{n}", language="", votes=n) for n in range(k, k + 7)) for k in (0, 3, 9)],
    "cast": [(Credit(name="X"), Credit(name="Y", order=1)), (Credit(name="x"),)],
}


@st.composite
def any_outcome(draw: st.DrawFn, provider: str) -> Outcome:
    def answer() -> Answered | NotFound:
        age = timedelta(days=draw(st.integers(0, 9)))
        if draw(st.integers(0, 4)) == 0:
            return not_found(soft=draw(st.booleans()), fetched_at=NOW - age)
        kinds = {name: draw(st.sampled_from(["value", "empty", "unread"])) for name in FIELD_VALUES}
        values = {n: draw(st.sampled_from(FIELD_VALUES[n])) for n, kind in kinds.items() if kind == "value"}
        empty = {n for n, kind in kinds.items() if kind == "empty"}
        return answered(provider, values, empty=empty, unread=FIELD_VALUES.keys() - values.keys() - empty,
                        fetched_at=NOW - age)  # fmt: skip

    which = draw(st.sampled_from(["answer", "answer", "unavailable", "not asked"]))
    if which == "answer":
        return answer()
    last = answer() if draw(st.booleans()) else None
    if which == "unavailable":
        return unavailable(draw(st.sampled_from(Reason)), last)
    return not_asked(draw(st.sampled_from(Skip)), last)


@st.composite
def any_stored(draw: st.DrawFn, name: str) -> FieldValue:
    value = draw(st.none() | st.sampled_from(FIELD_VALUES[name]))
    if value is not None and name in ("poster", "fanart"):
        value = value[:1]  # type: ignore[index]
    return stored(
        value,
        "" if value is None else draw(st.sampled_from([*PROVIDERS, "owner", "player:1", "gone", "tmdb+omdb"])),
        fetched_at=NOW - timedelta(days=draw(st.integers(0, 9))),
        asked_id=draw(st.sampled_from(["", "tmdb:1", "omdb:1"])),
        locked=draw(st.sampled_from([False, False, False, True])),
    )


@st.composite
def any_case(draw: st.DrawFn) -> tuple[MediaItem, dict[str, Outcome], Any]:
    rules = {
        name: FieldRule(
            providers=tuple(draw(st.permutations(PROVIDERS))[: draw(st.integers(1, 3))]),
            exclusive=draw(st.booleans()),
            union=name == "tags" and draw(st.booleans()),
        )
        for name in FIELD_VALUES
    }
    outcomes = {provider: draw(any_outcome(provider)) for provider in PROVIDERS}
    fields = {name: draw(any_stored(name)) for name in FIELD_VALUES if draw(st.booleans())}
    vetoes = tuple(
        Veto(field=name, providers=(draw(st.sampled_from(PROVIDERS)),), value=draw(st.sampled_from(FIELD_VALUES[name])))
        for name in ("plot", "tags")
        if draw(st.booleans())
    )
    before = item(
        fields=fields, vetoes=vetoes, parent_locked=frozenset(draw(st.sets(st.sampled_from([*FIELD_VALUES]))))
    )
    return before, outcomes, policy(rules, fill_gaps=draw(st.booleans()))


@given(any_case(), st.randoms(use_true_random=False))
def test_any_arrival_order_gives_the_same(case: Any, random: Any) -> None:
    before, outcomes, rules = case
    shuffled, providers = list(outcomes.items()), list(PROVIDERS)
    random.shuffle(shuffled)
    random.shuffle(providers)
    one = merge(before, outcomes, rules, coverage_of(*PROVIDERS))
    other = merge(before, dict(shuffled), rules, coverage_of(*providers))
    assert one == other
    assert list(one.item.fields) == list(other.item.fields)


@given(any_case())
def test_merging_again_changes_nothing(case: Any) -> None:
    before, outcomes, rules = case
    once = merge(before, outcomes, rules, coverage_of(*PROVIDERS)).item
    assert merge(once, outcomes, rules, coverage_of(*PROVIDERS)).item == once


@given(any_case(), any_case())
def test_after_other_rules_it_is_enough_to_merge_the_fields_that_listen_to_others(case: Any, other: Any) -> None:
    before, outcomes, old = case
    new, coverage = other[2], coverage_of(*PROVIDERS)
    once = merge(before, outcomes, old, coverage).item
    usable = [(provider, coverage[provider]) for provider, outcome in outcomes.items() if in_order(outcome)]
    plans = zip(old.authority.listening(before.kind, usable), new.authority.listening(before.kind, usable), strict=True)
    differing = {now.field.name for was, now in plans if was != now}
    assert merge(once, outcomes, new, coverage, only=differing).item == merge(once, outcomes, new, coverage).item
    assert {decision.field for decision in merge(once, outcomes, new, coverage, only=differing).decisions} == differing


@given(any_case())
def test_only_an_answer_can_alter_a_value_and_nothing_erases_one(case: Any) -> None:
    before, outcomes, rules = case
    after = merge(before, outcomes, rules, coverage_of(*PROVIDERS)).item
    answers = {
        provider: answer
        for provider, outcome in outcomes.items()
        if isinstance(answer := getattr(outcome, "last", None) or outcome, Answered)
    }
    for change in diff(before.fields, after.fields):
        assert change.new.value is not None
        assert not change.old.locked
        assert any(change.field in answers[source].fragment.values for source in change.new.sources
                   if source in answers)  # fmt: skip


@given(any_case())
def test_a_locked_field_never_moves(case: Any) -> None:
    before, outcomes, rules = case
    after = merge(before, outcomes, rules, coverage_of(*PROVIDERS)).item
    for name, held in before.fields.items():
        if held.locked or (name in before.parent_locked and by_parent(held)):
            assert after.fields[name] == held


@pytest.mark.parametrize(
    ("before", "said", "day", "after"),
    [
        (stored(1987, "import"), 1987, "1987-08-28", (1987, "1987-08-28")),
        (stored(1987, "tmdb", day="1987-08-28"), 1987, "1987-09-01", (1987, "1987-08-28")),
        (stored(1987, "tmdb", day="1987-08-28"), 1987, "", (1987, "1987-08-28")),
        (stored(1987, "tmdb", day="1987-08-28"), 1988, "1988-03-04", (1988, "1988-03-04")),
        (stored(1987, "tmdb", day="1987-08-28"), 1988, "", (1988, "")),
    ],
)
def test_a_year_keeps_the_day_that_it_comes_from(
    before: FieldValue, said: int, day: str, after: tuple[int, str]
) -> None:
    film = item(fields={"year": before})
    told = answered("tmdb", {"year": said})
    told = replace(told, fragment=replace(told.fragment, year_day=day))
    merged = merge(film, {"tmdb": told}, policy(), {"tmdb": frozenset({"year"})}).item
    assert (merged.fields["year"].value, merged.fields["year"].day) == after
    again = merge(merged, {"tmdb": told}, policy(), {"tmdb": frozenset({"year"})}).item
    assert again == merged
    changes = diff(film.fields, merged.fields)
    assert bool(changes) is ((before.value, before.day) != after)
