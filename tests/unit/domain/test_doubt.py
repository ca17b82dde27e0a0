"""Which answers want a second witness and have none: what led to them, and what stands by them."""

from typing import Any

import pytest

from factories import NOW, fragment
from metarr.domain.doubt import doubted
from metarr.domain.item import OWNER, Conflict, IdClaim
from metarr.domain.outcome import Answered
from metarr.domain.subject import Subject

p = pytest.param

FILE, PLAYER, IMPORT = "nfo", "player:kodi", "import"


def right(source: str = FILE, *, weak: bool = False, **ids: str) -> Subject:
    """The title that a file tells of, with the ids in it."""
    claims = {id_type: IdClaim(value=value, source=source, weak=weak) for id_type, value in ids.items()}
    return Subject(ids=claims, title="Right Show", year=2011)


def said(provider: str, asked_id: str, title: str, year: int, *titles: str, **ids: str) -> Answered:
    values: dict[str, Any] = {"title": title, **({"release_date": f"{year}-01-01"} if year else {})}
    return Answered(fragment=fragment(provider, values, ids=ids, titles=titles), fetched_at=NOW, asked_id=asked_id)


def answers(*given: Answered) -> dict[str, Answered]:
    return {answer.fragment.provider: answer for answer in given}


WRONG = said("tvdb", "tvdb:7", "Wrong Other Name", 1999, tvdb="7")


@pytest.mark.parametrize("source", [FILE, PLAYER, IMPORT])
def test_an_answer_of_another_name_and_year_is_in_doubt_where_a_file_or_a_player_led_to_it(source: str) -> None:
    doubt = doubted(right(source, tvdb="7"), answers(WRONG))
    assert doubt.answers == {
        "tvdb": Conflict(
            id_type="title", value="Wrong Other Name (1999)", claimed_by="tvdb", stands="Right Show (2011)"
        )
    }
    assert doubt.ids == {"tvdb"}


@pytest.mark.parametrize(
    ("subject", "given"),
    [
        p(right(OWNER, tvdb="7"), [WRONG], id="the owner's own word"),
        p(right("tmdb", tvdb="7"), [WRONG], id="a provider's word"),
        p(Subject(ids=right(tvdb="7").ids), [WRONG], id="no words came with it"),
        p(right(tvdb="7"), [said("tvdb", "tvdb:7", "Wrong", 2011, tvdb="7")], id="the same year"),
        p(right(tvdb="7"), [said("tvdb", "tvdb:7", "The Right Show", 1999, tvdb="7")], id="a name alike"),
        p(
            right(tvdb="7"),
            [said("tvdb", "tvdb:7", "Wrong", 1999, "Right Show", tvdb="7")],
            id="one of its names alike",
        ),
        p(right(tvdb="7"), [said("tvdb", "tvdb:7", "Wrong", 0, tvdb="7")], id="no year said"),
        p(
            right(tvdb="7", imdb="tt1"),
            [said("tvdb", "tvdb:7", "Wrong", 1999, tvdb="7", imdb="tt1")],
            id="it repeats another id of the file",
        ),
        p(
            right(tvdb="7"),
            [WRONG, said("tmdb", "tmdb:5", "Right Show", 2011, tmdb="5", tvdb="7")],
            id="another answer about the same title is alike",
        ),
    ],
)
def test_what_is_not_in_doubt(subject: Subject, given: list[Answered]) -> None:
    doubt = doubted(subject, answers(*given))
    assert (doubt.answers, doubt.ids) == ({}, frozenset())


def test_all_answers_about_a_title_are_in_doubt_together_and_others_are_not() -> None:
    fine = said("tmdb", "tmdb:5", "Right Show", 2011, tmdb="5", imdb="tt5")
    also_wrong = said("omdb", "imdb:tt7", "Wrong Other Name", 1999, imdb="tt7")
    wrong = said("tvdb", "tvdb:7", "Wrong", 1999, tvdb="7", imdb="tt7")
    doubt = doubted(right(tmdb="5", tvdb="7"), answers(fine, also_wrong, wrong))
    assert doubt.answers.keys() == {"omdb", "tvdb"}
    assert doubt.ids == {"tvdb"}


def test_what_was_looked_up_by_ids_that_it_does_not_repeat_is_in_doubt_without_them() -> None:
    doubt = doubted(right(imdb="tt1"), answers(WRONG))
    assert (set(doubt.answers), doubt.ids) == ({"tvdb"}, frozenset())


def test_what_was_looked_up_stays_in_doubt_when_the_item_has_ids_that_providers_said() -> None:
    """The next run looks it up from one of these, and must not find otherwise than the first."""
    ids = {**right(imdb="tt1").ids, **right("tmdb", tmdb="5").ids}
    assert doubted(Subject(ids=ids, title="Right Show", year=2011), answers(WRONG)).answers.keys() == {"tvdb"}


def test_a_namesake_of_other_years_is_shown_and_believed() -> None:
    doubt = doubted(right(tvdb="7"), answers(said("tvdb", "tvdb:7", "Right Show", 1999, tvdb="7")))
    assert (doubt.answers, doubt.ids) == ({}, frozenset())
    assert [conflict.value for conflict in doubt.namesakes] == ["Right Show (1999)"]


@pytest.mark.parametrize(
    ("title", "year", "believed"),
    [
        ("Right Show", 2011, True),
        ("Right Show", 2012, True),
        ("Right Show", 2013, False),
        ("Right Show", 0, True),
        ("Right Show 2", 0, False),
        ("Quite Another", 2011, False),
        ("Quite Another", 0, False),
    ],
)
@pytest.mark.parametrize("source", [FILE, OWNER])
def test_a_weak_id_wants_a_name_alike_within_a_year(title: str, year: int, source: str, *, believed: bool) -> None:
    doubt = doubted(right(source, weak=True, tvdb="7"), answers(said("tvdb", "tvdb:7", title, year, tvdb="7")))
    assert (doubt.ids == frozenset()) is believed


def test_without_words_nothing_confirms_a_weak_id() -> None:
    subject = Subject(ids={"tvdb": IdClaim(value="7", source=FILE, weak=True)})
    assert doubted(subject, answers(said("tvdb", "tvdb:7", "Right Show", 2011, tvdb="7"))).ids == {"tvdb"}


def test_a_weak_id_that_a_strong_one_leads_to_as_well_wants_no_more_than_that() -> None:
    ids = right(weak=True, tvdb="7").ids | right(tmdb="5").ids
    subject = Subject(ids=ids, title="Right Show", year=2011)
    both = answers(said("tmdb", "tmdb:5", "Another Name", 2011, tmdb="5", tvdb="7"), WRONG)
    assert doubted(subject, both).answers == {}
