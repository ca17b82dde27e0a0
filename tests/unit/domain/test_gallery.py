"""The pictures that an item could have: all of them, in their order, and why not."""

import pytest

from factories import answered, coverage_of, image, item, listens_to, not_asked, policy, stored, unavailable
from metarr.domain.fields import FIELDS
from metarr.domain.gallery import gallery
from metarr.domain.languages import LanguagePolicy
from metarr.domain.outcome import Answered, NotAsked, Outcome, Skip
from metarr.domain.values import Image

ALL = coverage_of("tmdb", "fanart", "tvdb", "omdb")


def offers(provider: str, *images: Image, field: str = "poster") -> Answered:
    return answered(provider, {field: images})


def seen(outcomes: dict[str, Outcome], field: str = "poster", of=None, rules=policy()) -> list[tuple[str, str, str]]:  # noqa: B008
    """Name, provider and mark of each: what is chosen, or why it is not."""
    pictures = gallery(of or item(), FIELDS[field], outcomes, rules, ALL)
    names = [each.image.url.rpartition("/")[2].removesuffix(".jpg") for each in pictures]
    marks = ["chosen" if each.chosen else each.why_not for each in pictures]
    return list(zip(names, (each.provider for each in pictures), marks, strict=True))


def test_they_stand_as_they_would_be_chosen_whoever_answered_first():
    tmdb = offers("tmdb", image("low", votes=1), image("high", votes=9), image("none", language=""))
    fanart = offers("fanart", image("liked", votes=99))
    expected = [("high", "tmdb", ""), ("low", "tmdb", ""), ("liked", "fanart", ""), ("none", "tmdb", "")]
    assert seen({"tmdb": tmdb, "fanart": fanart}) == seen({"fanart": fanart, "tmdb": tmdb}) == expected


def test_what_the_item_holds_comes_first_in_its_order_and_is_marked_at_whoever_has_it():
    held = item(fields={"fanart": stored((image("b", language=""), image("a", language="")))})
    outcomes = {"fanart": offers("fanart", *(image(each, language="") for each in "abc"), field="fanart")}
    assert seen(outcomes, "fanart", held) == [("b", "fanart", "chosen"), ("a", "fanart", "chosen"), ("c", "fanart", "")]


def test_another_scheme_or_query_is_the_same_picture():
    held = item(fields={"poster": stored((Image(url="http://ART.test/a.jpg?v=2"),))})
    assert seen({"tmdb": offers("tmdb", image("a"))}, of=held) == [("a", "tmdb", "chosen")]


def test_what_the_item_holds_and_nobody_offers_is_told_with_its_source():
    held = item(fields={"poster": stored((image("mine"),), "owner")})
    outcomes = {"tmdb": offers("tmdb", image("a"))}
    assert seen(outcomes, of=held) == [("mine", "owner", "chosen"), ("a", "tmdb", "")]


@pytest.mark.parametrize(
    ("field", "picture", "why"),
    [
        ("poster", image("x", language="de"), "is in a language that is not wanted"),
        ("poster", image("x", width=299), "is narrower than 300 pixels"),
        ("poster", Image(url="http://art.test/x.jpg", language="en"), "has no https address"),
        ("clearlogo", image("x", language=""), "bears no text"),
        ("keyart", image("x"), "bears text"),
    ],
)
def test_what_would_not_be_chosen_comes_last_and_says_why(field, picture, why):
    good = image("good", language="" if field == "keyart" else "en")
    told = seen({"tmdb": offers("tmdb", picture, good, field=field)}, field)
    assert told == [("good", "tmdb", ""), ("x", "tmdb", why)]


def test_whom_the_field_does_not_listen_to_and_who_spoke_of_another_title_are_shown_too():
    rejected = NotAsked(reason=Skip.CONFLICT, rejected=offers("tvdb", image("other")))
    outcomes = {"tmdb": offers("tmdb", image("a")), "fanart": offers("fanart", image("b")), "tvdb": rejected}
    only_fanart = policy({"poster": listens_to("fanart", exclusive=True)})
    assert seen(outcomes, rules=only_fanart) == [
        ("b", "fanart", ""),
        ("a", "tmdb", "the field does not listen to it"),
        ("other", "tvdb", "spoke about a title with other ids"),
    ]


def test_an_answer_that_stands_in_counts_and_a_provider_that_is_out_does_not():
    outcomes = {
        "tmdb": unavailable(last=offers("tmdb", image("old"))),
        "fanart": not_asked(Skip.DISABLED, offers("fanart", image("off"))),
        "omdb": unavailable(),
    }
    assert seen(outcomes) == [("old", "tmdb", "")]


def test_the_owners_languages_decide():
    german = policy(languages=LanguagePolicy(listed=("de", "en")))
    outcomes = {"tmdb": offers("tmdb", image("en"), image("de", language="de"))}
    assert [name for name, *_ in seen(outcomes, rules=german)] == ["de", "en"]


def test_nobody_has_any():
    assert seen({"tmdb": answered("tmdb", empty=["poster"])}) == []
