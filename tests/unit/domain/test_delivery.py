"""What a player has to take in, as tables: what it holds, what of that is Metarr's, what its owner changed there."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from factories import item
from metarr.domain.consent import IDS, Consent, FieldGroup, SyncPolicy
from metarr.domain.delivery import (
    DueValue,
    Effect,
    FieldState,
    Mode,
    Taken,
    acknowledged,
    differs,
    due,
    effects,
    is_anew,
    not_taken,
    reported,
    retry,
    takeable,
    unacknowledged,
    value_for,
    value_of,
)
from metarr.domain.item import FieldValue, MediaItem, Rule
from metarr.domain.plain import plain_value
from metarr.domain.values import Artwork, Collection, Credit, Image, Kind

TAKES = ("title", "plot", IDS)
REPLACE = Consent(policy=SyncPolicy.REPLACE)
FILL = Consent(policy=SyncPolicy.FILL)


def with_plot(plot: str | None, **more: object):
    fields = {"title": FieldValue(value="Heat", sources=("tmdb",))}
    if plot is not None:
        fields["plot"] = FieldValue(value=plot, sources=("tmdb",))
    return item(fields=fields, ids={"imdb": "tt0113277"}, **more)


def told(plot: str | None, held: dict[str, FieldState], policy=SyncPolicy.REPLACE, *, overwrite=False, since=()):
    """What is told of the plot; None: nothing."""
    found = due(
        with_plot(plot),
        held,
        ("plot",),
        consent=Consent(policy=policy, overwrite_edits=overwrite),
        since={"plot": since},
    )
    return found[0] if found else None


OURS = FieldState(host="A", acked="A", sent="A", before="old")

# What Metarr has, what is known of the host, the policy, whether edits are overwritten → how it is told; None: not.
TOLD = {
    "first contact, replace": ("A", {"plot": FieldState(host="x")}, "replace", False, Mode.ALWAYS),
    "first contact, fill, something there": ("A", {"plot": FieldState(host="x")}, "fill", False, Mode.IF_EMPTY),
    "first contact, fill, nothing there": ("A", {}, "fill", False, Mode.IF_EMPTY),
    "acknowledged": ("A", {"plot": OURS}, "replace", False, None),
    "changed since": ("B", {"plot": OURS}, "replace", False, Mode.IF_OURS),
    "changed since, under fill": ("B", {"plot": OURS}, "fill", False, Mode.IF_OURS),
    "changed since, edits are overwritten": ("B", {"plot": OURS}, "replace", True, Mode.ALWAYS),
    "emptied after it was ours": (None, {"plot": OURS}, "replace", False, Mode.IF_OURS),
    "an absence erases nothing": (None, {"plot": FieldState(host="x")}, "replace", False, None),
    "declined": ("A", {"plot": FieldState(host="x", declined="A", outcome=Taken.KEPT)}, "fill", False, None),
    "another one than was declined": ("B", {"plot": FieldState(host="x", declined="A", outcome=Taken.KEPT)}, "fill",
                                      False, Mode.IF_EMPTY),
    "back to the acknowledged one": ("A", {"plot": replace(OURS, declined="B", outcome=Taken.EDITED)}, "replace",
                                     False, None),
    "forced": ("A", {"plot": replace(OURS, forced=True)}, "fill", False, Mode.ALWAYS),
    "superseded: ours, but which one is not known": ("A", {"plot": replace(OURS, sent=UNSET)}, "replace", False,
                                                     Mode.IF_OURS),
}  # fmt: skip


@pytest.mark.parametrize(("plot", "held", "policy", "overwrite", "mode"), TOLD.values(), ids=TOLD)
def test_what_is_told(plot, held, policy, overwrite, mode):
    found = told(plot, held, SyncPolicy(policy), overwrite=overwrite)
    assert (found and found.mode) is mode
    assert found is None or found.value == plot


def test_a_value_that_may_have_been_written_without_an_ack_is_named_as_ours():
    assert told("C", {"plot": OURS}, since=["B", "A", "B2"]) == DueValue(
        field="plot", value="C", mode=Mode.IF_OURS, ours=("A", "B", "B2")
    )
    assert told("C", {}, SyncPolicy.FILL, since=["B"]) == DueValue(
        field="plot", value="C", mode=Mode.IF_EMPTY, ours=("B",)
    )


def test_an_empty_reading_that_was_acknowledged_is_ours_too():
    held = {"plot": FieldState(host=None, acked=None, sent=None, before="old")}
    assert told("B", held) == DueValue(field="plot", value="B", mode=Mode.IF_OURS, ours=(None,))


def test_the_ids_travel_as_a_field_of_their_own():
    assert value_of(with_plot("A"), IDS) == {"imdb": "tt0113277"}
    assert value_of(item(ids={}), IDS) is None
    assert unacknowledged(with_plot("A"), {}, TAKES, REPLACE) == ["title", "plot", IDS]


@pytest.mark.parametrize(
    ("sources", "ids", "state", "kind", "expected"),
    [
        (("player:a",), {}, FieldState(), Kind.MOVIE, None),
        (("nfo", "player:a"), {"imdb_list": "7"}, FieldState(), Kind.SERIES, None),
        (("player:a",), {"imdb": "tt0113277"}, FieldState(), Kind.MOVIE, "Heat"),
        (("tmdb",), {}, FieldState(), Kind.MOVIE, "Heat"),
        (("owner",), {}, FieldState(), Kind.MOVIE, "Heat"),
        (("player:a",), {}, OURS, Kind.MOVIE, "Heat"),
        (("player:a",), {}, FieldState(forced=True), Kind.MOVIE, "Heat"),
        (("player:a",), {}, FieldState(), Kind.EPISODE, "Heat"),
    ],
)
def test_a_name_that_only_players_tell_of_what_nobody_identified_is_told_to_none(
    sources: tuple[str, ...], ids: dict[str, str], state: FieldState, kind: Kind, expected: str | None
) -> None:
    named = item(kind=kind, fields={"title": FieldValue(value="Heat", sources=sources)}, ids=ids)
    assert value_for(named, "title", ("title",), state) == expected
    found = due(named, {"title": state}, ("title",), consent=FILL, since={})
    assert [each.value for each in found] == (
        [expected] if expected and (state.forced or state.sent != expected) else []
    )


def test_what_a_kind_takes_is_in_the_catalogues_order_and_holds_only_what_the_kind_has():
    assert takeable(Kind.EPISODE, [IDS, "plot", "tagline", "title", "still"]) == ("title", "plot", "still", IDS)


@pytest.mark.parametrize("outcome", [Taken.EDITED, Taken.KEPT, Taken.REFUSED])
def test_what_was_not_taken_is_not_sent_again_until_that_value_changes(outcome):
    held = {"plot": acknowledged(FieldState(host="x"), outcome, "x", "A", "because")}
    assert told("A", held) is None
    assert told("B", held) is not None
    (refusal,) = not_taken(with_plot("A"), held, ("plot",), REPLACE)
    assert (refusal.outcome, refusal.host, refusal.value, refusal.why) == (outcome, "x", "A", "because")


def test_what_is_taken_is_known_as_read_back():
    held = acknowledged(FieldState(host="x"), Taken.TAKEN, "A…", "A and more")
    assert held == FieldState(host="A…", acked="A…", sent="A and more", before="x")
    assert not held.edited
    assert acknowledged(held, Taken.TAKEN, "B", "B") == FieldState(host="B", acked="B", sent="B", before="x")


def test_a_superseded_ack_tells_what_is_ours_and_acknowledges_nothing():
    held = acknowledged(OURS, Taken.TAKEN, "B", UNSET)
    assert (held.acked, held.sent) == ("B", UNSET)
    assert told("C", {"plot": held}) == DueValue(field="plot", value="C", mode=Mode.IF_OURS, ours=("B",))


def test_what_a_host_made_of_a_value_that_it_did_not_keep_is_no_hand_edit():
    held = acknowledged(OURS, Taken.REFUSED, "B, cut", "B and more", "too long")
    assert not held.edited
    assert told("B and more", {"plot": held}) is None
    assert told("C", {"plot": held}) == DueValue(field="plot", value="C", mode=Mode.IF_OURS, ours=("B, cut",))
    first = acknowledged(FieldState(host="x"), Taken.REFUSED, "B, cut", "B and more")
    assert (first.acked, first.before) == ("B, cut", "x")


@pytest.mark.parametrize("host", ["x", None])
def test_a_value_that_was_refused_and_left_what_was_there_makes_nothing_ours(host):
    """None: what is there could not be read."""
    assert not acknowledged(FieldState(host="x"), Taken.REFUSED, host, "B").ours


def test_a_hand_edit_is_seen_in_a_report_and_ends_where_it_is_taken_back():
    edited = reported({"plot": OURS}, {"plot": "mine"}, ("plot",), anew=False)
    assert edited["plot"].edited
    assert [refusal.outcome for refusal in not_taken(with_plot("A"), edited, ("plot",), REPLACE)] == [Taken.EDITED]
    back = reported(edited, {"plot": "A"}, ("plot",), anew=False)
    assert not back["plot"].edited
    assert not not_taken(with_plot("A"), back, ("plot",), REPLACE)


def test_what_was_declined_for_an_edit_is_told_again_once_the_edit_was_taken_back():
    held = {"plot": acknowledged(OURS, Taken.EDITED, "mine", "B")}
    assert told("B", held) is None
    assert told("B", reported(held, {"plot": "A"}, ("plot",), anew=False)).mode is Mode.IF_OURS


def test_an_edit_to_what_metarr_has_anyway_is_none_that_needs_to_be_shown():
    held = reported({"plot": OURS}, {"plot": "B"}, ("plot",), anew=False)
    assert not not_taken(with_plot("B"), held, ("plot",), REPLACE)


TWO = {"plot": OURS, "title": FieldState(host="Heat", acked="Heat", sent="Heat", before="Heat (1995)")}


def test_a_library_that_was_rebuilt_from_its_files_is_no_hand_edit():
    rebuilt = reported(TWO, {"plot": "old", "title": "Heat (1995)"}, ("title", "plot"), anew=False)
    assert is_anew(TWO, rebuilt)
    assert not any(known.ours for known in rebuilt.values())


@pytest.mark.parametrize("now", [{"plot": "old", "title": "Heat"}, {"plot": "mine", "title": "Heat (1995)"}])
def test_a_single_value_that_goes_back_is_a_hand_edit(now):
    held = reported(TWO, now, ("title", "plot"), anew=False)
    assert not is_anew(TWO, held)
    assert any(known.edited for known in held.values())


def test_an_entry_that_the_host_made_anew_holds_nothing_of_ours_but_still_refuses_what_it_cannot_take():
    held = TWO | {"plot": acknowledged(OURS, Taken.REFUSED, "A", "B", "too long")}
    anew = reported(held, {"plot": "old", "title": "Heat"}, ("title", "plot"), anew=True)
    assert not any(known.ours for known in anew.values())
    assert unacknowledged(with_plot("B"), anew, ("title", "plot"), REPLACE) == ["title"]


def test_a_new_choice_has_sent_again_what_was_kept_and_the_owner_can_force_more():
    held = {"plot": acknowledged(FieldState(host="x"), Taken.KEPT, "x", "A"), "title": TWO["title"]}
    assert unacknowledged(with_plot("A"), retry(held, {Taken.KEPT}), TAKES[:2], REPLACE) == ["plot"]
    assert unacknowledged(with_plot("A"), retry(held, {Taken.EDITED}), TAKES[:2], REPLACE) == []
    forced = retry(held, (), force=["title"])
    assert unacknowledged(with_plot("A"), forced, TAKES[:2], REPLACE) == ["title"]
    assert not acknowledged(forced["title"], Taken.TAKEN, "Heat", "Heat").forced
    assert not acknowledged(forced["title"], Taken.REFUSED, "Heat", "Heat").forced


IMAGE: Artwork = (Image(url="https://image.tmdb.org/t/p/original/a.jpg", width=2000, height=3000, language="en"),)
CAST = (Credit(name="Al Pacino", role="Vincent Hanna"),)
DIFFERENT = {
    "another text": ("plot", "A", "B", True),
    "nothing there": ("plot", None, "B", True),
    "only white space differs": ("plot", "A  b", "A b", False),
    "an image without its size": ("poster", [{"url": IMAGE[0].url}], plain_value(IMAGE), False),
    "another image": ("poster", [{"url": "https://image.tmdb.org/t/p/original/b.jpg"}], plain_value(IMAGE), True),
    "a local image": ("poster", [{"url": "/films/poster.jpg"}], plain_value(IMAGE), True),
    "a rating at shown precision": ("imdb_rating", 8.34, 8.3, False),
    "genres in another order": ("genres", ["Crime", "Drama"], ["Drama", "Crime"], False),
    "a collection without its ids": ("collection", {"name": "Heat"},
                                     plain_value(Collection(name="Heat", ids={"tmdb": "1"})), False),
    "a cast": ("cast", plain_value(CAST), plain_value(CAST), False),
    "more ids than Metarr knows": (IDS, {"imdb": "tt1", "other": "7"}, {"imdb": "tt1"}, False),
    "another id": (IDS, {"imdb": "tt2"}, {"imdb": "tt1"}, True),
}  # fmt: skip


@pytest.mark.parametrize(("field", "host", "value", "expected"), DIFFERENT.values(), ids=DIFFERENT)
def test_whether_what_a_host_holds_means_something_else(field, host, value, expected):
    assert differs(field, host, value) is expected


VALUES = (
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3) | st.lists(st.text(max_size=2), max_size=2)
)
MAYBE = VALUES | st.just(UNSET)


@given(
    st.builds(
        FieldState,
        host=VALUES,
        acked=MAYBE,
        sent=MAYBE,
        before=MAYBE,
        declined=MAYBE,
        outcome=st.sampled_from(Taken),
        why=st.text(max_size=3),
        forced=st.booleans(),
    )
)
def test_what_is_known_of_an_entry_survives_its_storage(held):
    assert msgspec.json.decode(msgspec.json.encode({"plot": held}), type=dict[str, FieldState]) == {"plot": held}


PLOTS = st.sampled_from(["A", "B", "C", None])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("metarr"), st.sampled_from("ABC")),
        st.tuples(st.just("hand"), st.sampled_from("xy")),
        st.tuples(st.just("report"), st.none()),
        st.tuples(st.just("sync"), st.booleans()),
    ),
    max_size=12,
)


@given(STEPS, st.sampled_from([SyncPolicy.REPLACE, SyncPolicy.FILL]), st.sampled_from([None, "x"]))
def test_no_hand_edit_is_overwritten_and_nothing_of_metarrs_is_lost(steps, policy, at_first):
    """One entry, one field; an ack may be lost after the write. `lost` values are those written without an ack."""
    value, host, held, since, by_hand = "A", at_first, {"plot": FieldState(host=at_first)}, [], False
    for step, argument in [*steps, ("report", None), ("sync", True)]:
        if step == "metarr":
            since = since if value == argument else [value, *since]
            value = argument
        elif step == "hand":
            host, by_hand = argument, True
        elif step == "report":
            held = reported(held, {"plot": host}, ("plot",), anew=False)
        else:
            found, known = told(value, held, policy, since=since), held.get("plot", FieldState())
            if found is None:
                continue
            outcome = decided(found, host)
            if outcome is Taken.TAKEN:
                # Before the first write what is there is the owner's, and a policy that he chose decides about it.
                assert not by_hand or not known.ours or host == value
                host, by_hand = value, False
            if argument:
                held, since = {"plot": acknowledged(known, outcome, host, value)}, []
    if host != value:
        (refusal,) = not_taken(with_plot(value), held, ("plot",), REPLACE)
        assert refusal.host == host
        assert by_hand or (policy is SyncPolicy.FILL and host == at_first)


def decided(found: DueValue, host: str | None) -> Taken:
    """As the contract tells players to decide."""
    ours = host in found.ours
    if host == found.value or found.mode is Mode.ALWAYS or ours:
        return Taken.TAKEN
    if found.mode is Mode.IF_EMPTY:
        return Taken.TAKEN if host is None else Taken.KEPT
    return Taken.EDITED


def test_a_stored_rule_does_not_matter_to_players():
    """Provenance alone is no news for a player."""
    one = with_plot("A")
    held = {name: replace(OURS, sent=value_of(one, name)) for name in TAKES}
    plot = replace(one.fields["plot"], sources=("omdb",), rule=Rule.NEXT)
    assert unacknowledged(replace(one, fields={**one.fields, "plot": plot}), held, TAKES, REPLACE) == []


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"imdb_votes": 1234, "imdb_rating": 7.5}, {"imdb_votes": 1234, "imdb_rating": 7.5}),
        ({"imdb_votes": 1234}, {}),
        ({"imdb_votes": 1234, "tmdb_rating": 7.5}, {"tmdb_rating": 7.5}),
        ({"tmdb_votes": 1234, "imdb_rating": 7.5}, {"imdb_rating": 7.5}),
        ({"imdb_rating": 7.5}, {"imdb_rating": 7.5}),
    ],
)
def test_votes_are_told_beside_their_rating_only(fields: dict[str, Any], told: dict[str, Any]) -> None:
    film = item(fields={name: FieldValue(value=value, sources=("omdb",)) for name, value in fields.items()})
    takes = ("imdb_rating", "imdb_votes", "tmdb_rating", "tmdb_votes")
    due_now = due(film, {}, takes, consent=REPLACE, since={})
    assert {each.field: each.value for each in due_now} == told
    assert set(unacknowledged(film, {}, takes, REPLACE)) == told.keys()


def in_years(released: tuple[str | None, str], year: tuple[int | None, str, str]) -> MediaItem:
    """An item with a release date and its source, and a year with its source and the day that it comes from."""
    (date, says_date), (number, says_year, day) = released, year
    fields = {"release_date": FieldValue(value=date, sources=(says_date,))} if date else {}
    if number:
        fields["year"] = FieldValue(value=number, sources=(says_year,), day=day)
    return item(fields=fields)


@pytest.mark.parametrize(
    ("released", "year", "told"),
    [
        (("1987-08-28", "tmdb"), (1987, "tmdb", "1987-08-28"), "1987-08-28"),
        (("1988-03-04", "tmdb"), (1987, "tmdb", "1987-08-28"), "1987-08-28"),
        (("2018-03-02", "tmdb"), (1987, "omdb", ""), "2018-03-02"),
        (("2018-03-02", "tmdb"), (1987, "import", ""), "2018-03-02"),
        (("2018-03-02", "tmdb"), (1987, "owner", ""), "1987-01-01"),
        (("2018-03-02", "owner"), (1987, "tmdb", "1987-08-28"), "2018-03-02"),
        (("2018-03-02", "owner"), (1987, "owner", ""), "1987-01-01"),
        (("2018-03-02", "tmdb"), (None, "", ""), "2018-03-02"),
        ((None, ""), (1987, "tmdb", "1987-08-28"), None),
    ],
)
def test_a_date_of_another_year_gives_way_to_the_day_of_the_year(
    released: tuple[str | None, str], year: tuple[int | None, str, str], told: str | None
) -> None:
    film = in_years(released, year)
    assert value_of(film, "release_date", ("title", "release_date")) == told
    assert value_of(film, "release_date", ("release_date", "year")) == released[0], "this player shows the year itself"


def tagged(*tags: str) -> MediaItem:
    return item(fields={"tags": FieldValue(value=tags, sources=("tmdb",))} if tags else {})


def join(film: MediaItem, held: FieldState, host: list[str] | None, consent: Consent = REPLACE) -> list[str] | None:
    """What stands on the player after it took in the tags as the contract says; None: it was told of none."""
    found = due(film, {"tags": held}, ("tags",), consent=consent, since={})
    if not found:
        return None
    [one] = found
    assert one.mode is Mode.UNION
    gone = {word.lower() for part in one.ours for word in part} - {word.lower() for word in one.value}
    stays = [word for word in host or () if word.lower() not in gone]
    return [*stays, *(word for word in one.value if word.lower() not in {each.lower() for each in stays})]


MINE = FieldState(host=["Mine", "heist"], acked=["Mine", "heist"], sent=["heist"], before=["Mine"])
BOTH = FieldState(host=["heist"], acked=["heist"], sent=["heist"], before=["Heist"])


@pytest.mark.parametrize(
    ("tags", "held", "host", "there"),
    [
        (["heist"], FieldState(host=["Mine"]), ["Mine"], ["Mine", "heist"]),
        (["heist"], FieldState(), None, ["heist"]),
        (["Heist"], FieldState(host=["heist"]), ["heist"], ["heist"]),
        (["heist"], MINE, ["Mine", "heist"], None),
        (["la"], MINE, ["Mine", "heist"], ["Mine", "la"]),
        (["heist", "la"], MINE, ["Mine", "heist", "new"], ["Mine", "heist", "new", "la"]),
        (["heist", "la"], replace(MINE, host=["Mine"]), ["Mine"], ["Mine", "la"]),
        ([], MINE, ["Mine", "heist"], ["Mine"]),
        (["la"], BOTH, ["heist"], ["heist", "la"]),
    ],
    ids=[
        "beside the owner's",
        "into nothing",
        "in another spelling",
        "acknowledged",
        "one goes, one comes",
        "what the owner added since stays",
        "what the owner took away stays away",
        "the last one goes",
        "what was there before stays",
    ],
)
def test_tags_stand_beside_the_owners(tags, held, host, there):
    assert join(tagged(*tags), held, host) == there


def test_what_the_owner_took_away_comes_back_where_edits_are_overwritten():
    consent = Consent(policy=SyncPolicy.REPLACE, overwrite_edits=True)
    assert join(tagged("heist", "la"), replace(MINE, host=["Mine"]), ["Mine"], consent) == ["Mine", "heist", "la"]


def test_a_tag_that_was_taken_away_is_shown_as_edited_and_one_that_was_added_is_no_news():
    gone = not_taken(tagged("heist"), {"tags": replace(MINE, host=["Mine"])}, ("tags",), REPLACE)
    assert [refusal.outcome for refusal in gone] == [Taken.EDITED]
    assert not not_taken(tagged("heist"), {"tags": replace(MINE, host=["Mine", "heist", "x"])}, ("tags",), REPLACE)


def with_ids(**ids: str) -> MediaItem:
    return item(fields={}, ids=ids)


def test_ids_are_filled_one_by_one():
    film, own = with_ids(imdb="tt0000002", tmdb="949"), FieldState(host={"imdb": "tt0000001"})
    [one] = due(film, {IDS: own}, (IDS,), consent=FILL, since={})
    assert (one.value, one.mode, one.ours) == ({"tmdb": "949"}, Mode.IF_OURS, ())
    there = {"imdb": "tt0000001", "tmdb": "949"}
    held = {IDS: acknowledged(own, Taken.TAKEN, there, one.value)}
    assert unacknowledged(film, held, (IDS,), FILL) == []
    assert not not_taken(film, held, (IDS,), FILL)
    assert due(film, {IDS: own}, (IDS,), consent=REPLACE, since={})[0].value == film.id_values()
    assert due(with_ids(imdb="tt0000002"), {IDS: own}, (IDS,), consent=FILL, since={}) == []


def test_what_is_left_to_the_player_is_neither_told_nor_shown():
    leave = Consent(policy=SyncPolicy.REPLACE, groups={FieldGroup.TEXTS: SyncPolicy.LEAVE})
    edited = {"plot": replace(OURS, host="mine")}
    assert due(with_plot("B"), edited, ("plot",), consent=leave, since={}) == []
    assert unacknowledged(with_plot("B"), edited, ("plot",), leave) == []
    assert not_taken(with_plot("B"), edited, ("plot",), leave) == []


RATED = {"imdb_rating": 8.3, "imdb_votes": 700_000}


@pytest.mark.parametrize(
    ("held", "consent", "told"),
    [
        ({}, FILL, {"imdb_rating", "imdb_votes"}),
        ({"imdb_rating": FieldState(host=9.5)}, FILL, {"imdb_rating"}),
        ({"imdb_rating": FieldState(host=8.3)}, FILL, {"imdb_rating", "imdb_votes"}),
        ({"imdb_rating": FieldState(host=9.5)}, REPLACE, {"imdb_rating", "imdb_votes"}),
        ({"imdb_rating": FieldState(host=9.5, acked=8.0, sent=8.0, before=None)}, REPLACE, {"imdb_rating"}),
        ({"imdb_rating": FieldState(declined=8.3, outcome=Taken.REFUSED)}, REPLACE, set()),
    ],
    ids=["into nothing", "beside another's rating", "beside the same", "replaced", "edited by hand", "refused"],
)
def test_votes_follow_their_rating(held, consent, told):
    film = item(fields={name: FieldValue(value=value, sources=("omdb",)) for name, value in RATED.items()})
    assert {each.field for each in due(film, held, tuple(RATED), consent=consent, since={})} == told


def test_no_votes_are_told_to_a_player_that_takes_no_rating():
    film = item(fields={name: FieldValue(value=value, sources=("omdb",)) for name, value in RATED.items()})
    assert due(film, {}, ("imdb_votes",), consent=REPLACE, since={}) == []


@pytest.mark.parametrize(
    ("film", "held", "consent", "done"),
    [
        (tagged("heist"), {"tags": FieldState(host=["Mine"])}, REPLACE, ("tags", Effect.ADDED, ["Mine", "heist"])),
        (tagged("heist"), {}, REPLACE, ("tags", Effect.FILLED, ["heist"])),
        (tagged("heist"), {"tags": FieldState(host=["heist", "Mine"])}, REPLACE, None),
        (with_ids(imdb="tt2"), {IDS: FieldState(host={"imdb": "tt1"})}, FILL, (IDS, Effect.KEPT, {"imdb": "tt2"})),
        (
            with_ids(imdb="tt2", tmdb="9"),
            {IDS: FieldState(host={"imdb": "tt1"})},
            FILL,
            (IDS, Effect.ADDED, {"imdb": "tt1", "tmdb": "9"}),
        ),
        (
            with_ids(imdb="tt2"),
            {IDS: FieldState(host={"imdb": "tt1", "own": "7"})},
            REPLACE,
            (IDS, Effect.REPLACED, {"imdb": "tt2", "own": "7"}),
        ),
    ],
)
def test_what_a_policy_would_do(film, held, consent, done):
    found = list(effects(film, held, ("tags", IDS), consent))
    assert [each for each in found if each[0] == (done[0] if done else "tags")] == ([done] if done else [])
