"""Files and players in the order of a field, and what of theirs is an echo."""

from datetime import timedelta
from typing import Any

import pytest

from factories import NOW, answered, item, unavailable
from metarr.domain.authority import Authority, FieldRule
from metarr.domain.changes import Change, undo
from metarr.domain.fields import FIELDS, fields_of
from metarr.domain.item import FieldValue, HeldValue, Rule, Statement
from metarr.domain.merge import MergePolicy, explain, merge
from metarr.domain.outcome import Outcome
from metarr.domain.statement import restated, words_of
from metarr.domain.values import Collection, Credit, Image, Kind, Value
from metarr.errors import Reason

ALL = frozenset(field.name for field in fields_of(Kind.MOVIE))
COVERAGE = {"tmdb": ALL, "omdb": ALL}
DOWN = unavailable(Reason.TIMEOUT)


def says(source: str, file: str = "f", **values: Any) -> Statement:
    held = {name: HeldValue(value=value, own=value, since=NOW) for name, value in values.items()}
    return Statement(source=source, file=file, values=held)


def policy(field: str, *providers: str, fill_gaps: bool = True, **more: bool) -> MergePolicy:
    rules = {f"movie.{field}": FieldRule(providers=providers, **more)} if providers else {}
    return MergePolicy(authority=Authority(rules=rules, fill_gaps=fill_gaps))


def found(value: FieldValue | None) -> tuple[Any, str, Rule] | None:
    return None if value is None else (value.value, "+".join(value.sources), value.rule)


B = answered("tmdb", {"plot": "B"})
NONE = answered("omdb", empty={"plot"})
NOBODY: dict[str, Outcome] = {"tmdb": answered("tmdb", empty={"plot"}), "omdb": NONE}


@pytest.mark.parametrize(
    ("order", "more", "outcomes", "expected"),
    [
        ((), {}, {"tmdb": B}, ("B", "tmdb", Rule.FIRST)),
        ((), {}, NOBODY, ("N", "nfo", Rule.REPORTED)),
        ((), {}, {"tmdb": DOWN, "omdb": DOWN}, ("N", "nfo", Rule.REPORTED)),
        (("nfo", "tmdb"), {}, {"tmdb": B}, ("N", "nfo", Rule.FIRST)),
        (("player:1", "nfo", "tmdb"), {}, {"tmdb": B}, ("P", "player:1", Rule.FIRST)),
        (("player:2", "nfo", "tmdb"), {}, {"tmdb": B}, ("N", "nfo", Rule.FIRST)),
        (("tmdb", "nfo"), {}, NOBODY, ("N", "nfo", Rule.NEXT)),
        (("tmdb", "nfo"), {}, {"tmdb": DOWN}, ("N", "nfo", Rule.NEXT)),
        (("nfo",), {"exclusive": True}, {"tmdb": B}, ("N", "nfo", Rule.FIRST)),
        (("player:2",), {"exclusive": True}, {"tmdb": B}, ("N", "nfo", Rule.REPORTED)),
        (("omdb",), {"exclusive": True}, {"tmdb": B}, ("N", "nfo", Rule.REPORTED)),
        (("omdb", "tmdb"), {"fill_gaps": False}, {"omdb": NONE}, ("N", "nfo", Rule.REPORTED)),
        (("nfo", "tmdb"), {"fill_gaps": False}, {"tmdb": B}, ("N", "nfo", Rule.FIRST)),
    ],
)
def test_a_file_stands_where_the_list_names_it_else_below_every_provider(
    order: tuple[str, ...], more: dict[str, bool], outcomes: dict[str, Outcome], expected: tuple[str, str, Rule]
) -> None:
    rules = policy("plot", *order, **more)
    title = item(statements=(says("nfo", plot="N"), says("player:1", plot="P")))
    once = merge(title, outcomes, rules, COVERAGE).item
    assert found(once.fields.get("plot")) == expected
    assert merge(once, outcomes, rules, COVERAGE).item == once


@pytest.mark.parametrize("name", [field.name for field in fields_of(Kind.MOVIE) if not field.union])
@pytest.mark.parametrize("order", [(), ("nfo", "tmdb")])
def test_of_every_field_a_file_counts_as_its_list_says(name: str, order: tuple[str, ...]) -> None:
    mine, theirs = value_of(name, 1), value_of(name, 2)
    rules = policy(name, *(order or ("tmdb",)))
    outcomes: dict[str, Outcome] = {"tmdb": answered("tmdb", {name: theirs})}
    alone = merge(item(statements=(says("nfo", **{name: mine}),)), {}, rules, COVERAGE).item
    assert alone.fields[name].value == mine
    after = merge(alone, outcomes, rules, COVERAGE).item
    assert (after.fields[name].value == mine) is bool(order)
    assert merge(after, outcomes, rules, COVERAGE).item == after


def value_of(name: str, which: int) -> Value:
    match FIELDS[name].type:
        case "texts":
            return (f"{which}",)
        case "integer":
            return 1990 + which
        case "rating":
            return 6.0 + which
        case "date":
            return f"199{which}-01-01"
        case "credits":
            return (Credit(name=f"{which}"),)
        case "collection":
            return Collection(name=f"{which}")
        case "artwork":
            # What players show of providers' images has a size; a file tells none.
            size = {"width": 3840, "height": 2160, "language": "en"} if which == 2 and name != "keyart" else {}
            size |= {"width": 3840, "height": 2160} if which == 2 else {}
            return (Image(url=f"https://art.example/{which}.jpg", **size),)  # type: ignore[arg-type]
        case _:
            return f"{which}"


def test_what_a_file_or_a_player_says_makes_no_turns() -> None:
    """What is stored from one of them stays when another one comes."""
    first = merge(item(statements=(says("player:1", tagline="P"),)), {}, policy("plot"), COVERAGE).item
    both = item(fields=first.fields, statements=(says("import", tagline="I"), *first.statements))
    after = merge(both, {}, policy("plot"), COVERAGE).item
    assert found(after.fields["tagline"]) == ("P", "player:1", Rule.REPORTED)


def test_tags_are_joined_and_other_lists_only_where_the_owner_says_so() -> None:
    outcomes: dict[str, Outcome] = {"tmdb": answered("tmdb", {"tags": ("t",), "genres": ("t",)})}
    title = item(statements=(says("nfo", tags=("n",), genres=("n",)),))
    joined = {"movie.genres": FieldRule(providers=("tmdb",), union=True)}
    after = merge(title, outcomes, MergePolicy(authority=Authority(rules=joined)), COVERAGE).item
    assert (after.fields["tags"].value, after.fields["genres"].value) == (("t", "n"), ("t",))
    named = {"movie.genres": FieldRule(providers=("nfo", "tmdb"), union=True)}
    after = merge(title, outcomes, MergePolicy(authority=Authority(rules=named)), COVERAGE).item
    assert after.fields["genres"].value == ("n", "t")


def test_of_two_files_the_one_counts_that_was_changed_last() -> None:
    newer = HeldValue(value="New", own="New", since=NOW + timedelta(minutes=1))
    one, other = says("nfo", "a", plot="A", tagline="A"), says("nfo", "b", plot="B", tagline="B")
    other = Statement(source="nfo", file="b", values=other.values | {"plot": newer})
    assert words_of((one, other)) == words_of((other, one)) | {"nfo": {"plot": "New", "tagline": "A"}}


# Echoes


def had(value: Any, *sources: str) -> FieldValue:
    return FieldValue(value=value, sources=sources or ("tmdb",))


PHOTO = "https://image.example/p.jpg"
FIRST, OTHER = (Image(url=f"https://image.example/{name}.jpg", width=2000) for name in "ab")


@pytest.mark.parametrize(
    ("name", "value", "ours", "echo"),
    [
        ("plot", "B ", "B", True),
        ("plot", "C", "B", False),
        ("imdb_rating", 8.81, 8.8, True),
        ("genres", ("b", "A"), ("a", "B"), True),
        ("genres", ("a",), ("a", "b"), False),
        ("cast", (Credit(name="Ann", role="X"),), (Credit(name="Ann", role="X", photo=PHOTO),), True),
        ("cast", (Credit(name="Ann", role="Y"),), (Credit(name="Ann", role="X"),), False),
        ("collection", Collection(name="Alien"), Collection(name="Alien", ids={"tmdb": "8091"}), True),
        ("poster", (Image(url=FIRST.url), OTHER), (FIRST,), True),
        ("fanart", (Image(url=FIRST.url),), (FIRST, OTHER), True),
        ("poster", (OTHER, FIRST), (FIRST,), False),
    ],
)
def test_an_echo_is_what_a_host_makes_of_a_value(name: str, value: Value, ours: Value, echo: bool) -> None:
    after = restated(None, Statement(source="nfo"), {name: value}, had={name: [had(ours)]}, unions=(), at=NOW)
    assert after.values[name].own == (None if echo else value)


@pytest.mark.parametrize(
    ("sources", "first", "later"),
    [(("tmdb",), True, True), (("owner",), True, True), (("player:1",), False, True), (("nfo",), False, False)],
)
def test_whose_value_is_an_echo(sources: tuple[str, ...], first: bool, later: bool) -> None:
    """At first a file may say what a player says because both have it from the same hand."""
    values = {"plot": [had("B", *sources)]}
    at_first = restated(None, Statement(source="nfo"), {"plot": "B"}, had=values, unions=(), at=NOW)
    assert (at_first.values["plot"].own is None) is first
    afterwards = restated(says("nfo", plot="A"), Statement(source="nfo"), {"plot": "B"}, had=values, unions=(), at=NOW)
    assert (afterwards.values["plot"].own == "A") is later


def test_an_undone_word_is_none_and_comes_again_by_a_redo() -> None:
    new, old = had("N", "nfo"), had("T", "tmdb")
    title = item(fields={"plot": new}, statements=(says("nfo", plot="N"),))
    undone = undo(title, [Change(field="plot", old=old, new=new)]).item
    assert (words_of(undone.statements), undone.vetoes) == ({"nfo": {}}, ())
    [runner] = [each for each in explain(undone, {}, MergePolicy(), {})["plot"] if each.provider == "nfo"]
    assert runner.value is None
    redone = undo(undone, [Change(field="plot", old=new, new=old)], redo=True).item
    assert words_of(redone.statements) == {"nfo": {"plot": "N"}}
