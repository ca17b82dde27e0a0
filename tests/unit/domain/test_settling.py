from typing import Any

import pytest

from factories import NOW, fragment
from metarr.domain.authority import Authority
from metarr.domain.item import Conflict, IdClaim, MediaItem
from metarr.domain.outcome import Answered, Fragment, NotAsked, NotFound, Outcome, Skip
from metarr.domain.settling import Findings, of_others, set_aside, settle_again, settled_by, sorted_out, strangers
from metarr.domain.subject import Subject


def told(title: str, year: int, *titles: str, original: str = "") -> dict[str, Any]:
    values = {"title": title, "release_date": f"{year}-05-01"} if year else {"title": title}
    return {"values": {**values, **({"original_title": original} if original else {})}, "titles": titles}


def answers(**by_provider: dict[str, Any]) -> dict[str, Fragment]:
    return {provider: fragment(provider, **more) for provider, more in by_provider.items()}


HEAT, HEAT_TOO = told("Heat", 1995), told("HEAT", 1996)


@pytest.mark.parametrize("order", [("tmdb", "omdb", "tvdb"), ("tvdb", "omdb", "tmdb")])
def test_quite_another_title_and_year_than_two_that_agree_is_a_stranger(order: tuple[str, ...]) -> None:
    known = {"tmdb": HEAT, "omdb": HEAT_TOO, "tvdb": told("Summer Stock", 1950)}
    assert strangers(answers(**{provider: known[provider] for provider in order})) == {
        "tvdb": Conflict(id_type="title", value="Summer Stock (1950)", claimed_by="tvdb", stands="HEAT (1996)")
    }


@pytest.mark.parametrize(
    "other",
    [
        told("Summer Stock", 1995),
        told("Summer Stock", 1997),
        told("Heat", 1950),
        told("Heat 2", 1950, "Heat"),
        told("Fuego", 1950, original="Heat"),
        told("Summer Stock", 0),
        {"values": {"release_date": "1950-01-01"}},
    ],
)
def test_a_title_or_a_year_that_fits_or_is_not_told_makes_no_stranger(other: dict[str, Any]) -> None:
    assert strangers(answers(tmdb=HEAT, omdb=HEAT_TOO, tvdb=other)) == {}


def test_of_two_nobody_can_tell_who_is_wrong() -> None:
    assert strangers(answers(tmdb=HEAT, tvdb=told("Summer Stock", 1950))) == {}


def test_where_nobody_agrees_with_anybody_nobody_is_a_stranger() -> None:
    assert strangers(answers(tmdb=HEAT, omdb=told("Ran", 1985), tvdb=told("Summer Stock", 1950))) == {}


def test_two_pairs_that_agree_among_themselves_are_no_strangers_to_each_other() -> None:
    other = told("Summer Stock", 1950)
    assert strangers(answers(tmdb=HEAT, omdb=HEAT_TOO, tvdb=other, fanart=other)) == {}


def test_a_date_that_is_none_counts_as_not_told() -> None:
    odd = {"values": {"title": "Summer Stock", "release_date": "soon"}}
    assert strangers(answers(tmdb=HEAT, omdb=HEAT_TOO, tvdb=odd)) == {}


# Which answers count, and which ids stand


def claimed(source: str = "owner", **ids: str) -> dict[str, IdClaim]:
    return {id_type: IdClaim(value=value, source=source) for id_type, value in ids.items()}


def said(provider: str, asked_id: str, **ids: str) -> Answered:
    return Answered(fragment=fragment(provider, ids=ids), fetched_at=NOW, asked_id=asked_id)


def findings(ids: dict[str, IdClaim], outcomes: dict[str, Outcome], authority: Authority) -> Findings:
    return sorted_out(outcomes, settled_by(Subject(ids=ids), outcomes, authority))


def test_who_answers_about_another_id_than_it_was_asked_about_speaks_of_another_title() -> None:
    known = findings(claimed(tmdb="1"), {"tmdb": said("tmdb", "tmdb:1", tmdb="2", imdb="tt2")}, Authority())
    assert known.settled.ids == claimed(tmdb="1")
    assert known.settled.conflicts == (Conflict(id_type="tmdb", value="2", claimed_by="tmdb", stands="1"),)
    outcome = known.outcomes["tmdb"]
    assert isinstance(outcome, NotAsked)
    assert (outcome.reason, outcome.rejected) == (Skip.CONFLICT, said("tmdb", "tmdb:1", tmdb="2", imdb="tt2"))


@pytest.mark.parametrize(("source", "stays"), [("owner", True), ("player:k", True), ("nfo", True), ("tmdb", False)])
def test_a_stranger_that_was_asked_by_an_id_given_by_hand_stays(source: str, stays: bool) -> None:
    fragments = answers(tmdb=HEAT, omdb=HEAT_TOO, tvdb=told("Summer Stock", 1950))
    outcomes: dict[str, Outcome] = {
        provider: Answered(fragment=each, fetched_at=NOW, asked_id=f"{provider}:1")
        for provider, each in fragments.items()
    }
    known = findings(claimed(source, tvdb="1"), outcomes, Authority())
    assert isinstance(known.outcomes["tvdb"], Answered) is stays
    assert ("tvdb" in known.settled.rejected) is not stays


def test_what_was_set_aside_counts_again_where_other_ids_are_known_to_be_right() -> None:
    first = findings(claimed(tmdb="1", imdb="tt1"), {"tmdb": said("tmdb", "tmdb:1", tmdb="1", imdb="tt2")}, Authority())
    assert isinstance(first.outcomes["tmdb"], NotAsked)
    again = settle_again(first, Subject(ids=claimed(tmdb="1", imdb="tt2")), Authority())
    assert isinstance(again.outcomes["tmdb"], Answered)


def test_answers_about_another_item_are_runners_up_only() -> None:
    item = MediaItem(conflicts=(Conflict(id_type="tvdb", value="9", claimed_by="tmdb", item=7),))
    outcomes: dict[str, Outcome] = {"tvdb": said("tvdb", "tvdb:9", tvdb="9"), "tmdb": said("tmdb", "tmdb:1", tmdb="1")}
    kept = set_aside(outcomes, of_others(item))
    assert of_others(MediaItem(dismissed=item.conflicts)) == of_others(item), (
        "a dismissed one is no less another item's"
    )
    assert kept["tmdb"] is outcomes["tmdb"]
    assert kept["tvdb"] == NotAsked(reason=Skip.CONFLICT, detail="speaks about item 7", rejected=outcomes["tvdb"])


# The second witness, and records that are gone


def told_as(provider: str, asked_id: str, title: str, year: int, **more: Any) -> Answered:
    values: dict[str, Any] = {"title": title, "release_date": f"{year}-01-01"}
    instead_of = more.pop("instead_of", "")
    return Answered(
        fragment=fragment(provider, values, ids={t: i for t, i in more.items() if i}),
        fetched_at=NOW,
        asked_id=asked_id,
        instead_of=instead_of,
    )


def settled_for(subject: Subject, *given: Answered | tuple[str, Outcome]) -> Findings:
    outcomes = dict((each.fragment.provider, each) if isinstance(each, Answered) else each for each in given)
    return sorted_out(outcomes, settled_by(subject, outcomes, Authority()))


def of_file(*, weak: bool = False, **ids: str) -> Subject:
    claims = {id_type: IdClaim(value=value, source="nfo", weak=weak) for id_type, value in ids.items()}
    return Subject(ids=claims, title="Right Show", year=2011)


RIGHT = told_as("tmdb", "tmdb:5", "Right Show", 2011, tmdb="5", tvdb="9")
WRONG = told_as("tvdb", "tvdb:5", "Wrong Other Name", 1999, tvdb="5")


def test_an_id_in_doubt_stays_for_the_owner_to_decide_and_contradicts_nobody() -> None:
    found = settled_for(of_file(tmdb="5", tvdb="5"), RIGHT, WRONG)
    assert isinstance(found.outcomes["tmdb"], Answered), "TMDB names another TVDB id, and is right"
    assert isinstance(found.outcomes["tvdb"], NotAsked)
    assert {id_type: claim.value for id_type, claim in found.settled.ids.items()} == {"tmdb": "5", "tvdb": "5"}
    assert found.settled.conflicts == (
        Conflict(id_type="tvdb", value="9", claimed_by="tmdb", stands="5"),
        Conflict(id_type="title", value="Wrong Other Name (1999)", claimed_by="tvdb", stands="Right Show (2011)"),
    )


def test_a_weak_id_in_doubt_gives_way_and_stays_where_nobody_knows_better() -> None:
    subject = Subject(ids={**of_file(tmdb="5").ids, **of_file(weak=True, tvdb="5").ids}, title="Right Show", year=2011)
    assert settled_for(subject, RIGHT, WRONG).settled.ids["tvdb"] == IdClaim(value="9", source="tmdb")
    alone = settled_for(of_file(weak=True, tvdb="5"), WRONG)
    assert alone.settled.ids["tvdb"] == IdClaim(value="5", source="nfo", weak=True)
    assert isinstance(alone.outcomes["tvdb"], NotAsked)


OWN = Subject(ids=claimed(tmdb="5", imdb="tt1"), title="Right Show", year=2011)


def test_a_record_that_is_gone_is_replaced_by_the_same_title_s_whoever_gave_its_id() -> None:
    found = settled_for(OWN, told_as("tmdb", "tmdb:6", "Right Show", 2011, tmdb="6", imdb="tt1", instead_of="tmdb:5"))
    assert found.settled.ids["tmdb"] == IdClaim(value="6", source="tmdb")
    assert isinstance(found.outcomes["tmdb"], Answered)
    assert found.settled.conflicts == ()


@pytest.mark.parametrize(
    ("title", "year", "imdb", "same"),
    [
        ("Right Show", 2011, "tt1", True),
        ("Right Show", 2012, "", True),
        ("Another Name", 2011, "tt1", True),
        ("Another Name", 2011, "", False),
        ("Another Name", 1999, "tt1", False),
        ("Right Show", 1999, "", False),
    ],
)
def test_it_is_the_same_title_by_an_id_that_its_names_do_not_contradict_or_by_its_names(
    title: str, year: int, imdb: str, *, same: bool
) -> None:
    found = settled_for(OWN, told_as("tmdb", "tmdb:6", title, year, tmdb="6", imdb=imdb, instead_of="tmdb:5"))
    assert (found.settled.ids["tmdb"].value == "6") is same
    assert isinstance(found.outcomes["tmdb"], Answered) is same
    wanted = () if same else (Conflict(id_type="tmdb", value="6", claimed_by="tmdb", stands="5"),)
    assert found.settled.conflicts == wanted


def test_a_record_that_is_gone_and_not_found_again_is_listed_where_it_is_its_provider_s_own() -> None:
    gone = NotFound(fetched_at=NOW, asked_id="tmdb:5", gone=True)
    found = settled_for(OWN, ("tmdb", gone), ("fanart", gone))
    assert found.settled.conflicts == (Conflict(id_type="tmdb", value="", claimed_by="tmdb", stands="5"),)
    assert found.settled.ids == OWN.ids
    assert found.outcomes["tmdb"] == gone


def test_who_still_names_a_record_that_is_gone_contradicts_nothing_by_that() -> None:
    stale = told_as("tmdb", "tmdb:5", "Right Show", 2011, tmdb="5", tvdb="8")
    moved = told_as("tvdb", "tvdb:9", "Right Show", 2011, tvdb="9", tmdb="5", instead_of="tvdb:8")
    subject = Subject(ids=claimed("tmdb", tmdb="5", tvdb="8"), title="Right Show", year=2011)
    first = settled_for(subject, stale, moved)
    assert first.settled.ids["tvdb"] == IdClaim(value="9", source="tvdb")
    later = Subject(ids=first.settled.ids, title="Right Show", year=2011, aliases=frozenset({"tvdb:8"}))
    again = settled_for(later, stale, told_as("tvdb", "tvdb:9", "Right Show", 2011, tvdb="9", tmdb="5"))
    for each in (first, again):
        assert each.settled.rejected == frozenset()
        assert each.settled.conflicts == ()
    assert again.settled.ids == first.settled.ids
