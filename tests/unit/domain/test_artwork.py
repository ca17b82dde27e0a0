from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import image
from metarr.domain.artwork import SIZE_CLASSES, ArtworkPolicy, choose
from metarr.domain.equality import image_key
from metarr.domain.fields import FIELDS, Textless
from metarr.domain.languages import LanguagePolicy, TitleLanguages
from metarr.domain.values import Artwork, Image

ENGLISH = TitleLanguages()
GERMAN_FIRST = TitleLanguages(policy=LanguagePolicy(listed=("de", "en")))
p = pytest.param


def of(*listed: str, original: str = "") -> TitleLanguages:
    return TitleLanguages(policy=LanguagePolicy(listed=listed), original=original)


def chosen(
    field: str,
    *candidates: Image,
    stored: Artwork | None = None,
    wanted: TitleLanguages = ENGLISH,
    policy: ArtworkPolicy = ArtworkPolicy(),  # noqa: B008 (frozen)
) -> list[str] | None:
    """The names of the chosen images."""
    images = choose(FIELDS[field], candidates, stored, policy, wanted)
    return None if images is None else [image.url.rpartition("/")[2].removesuffix(".jpg") for image in images]


@pytest.mark.parametrize(
    ("field", "candidate", "welcome"),
    [
        p("poster", image("x"), True, id="in a language of the list"),
        p("poster", image("x", language="de"), False, id="in another language"),
        p("poster", image("x", language=""), True, id="a textless poster is better than none"),
        p("poster", image("x", width=299), False, id="too small"),
        p("poster", image("x", width=300), True, id="just large enough"),
        p("poster", image("x", width=0), True, id="of unknown size"),
        p("poster", Image(url="http://art.test/x.jpg", language="en"), False, id="not https"),
        p("poster", Image(url="data:image/png;base64,AA", language="en"), False, id="no address"),
        p("clearlogo", image("x", language=""), False, id="a logo bears text"),
        p("keyart", image("x", language=""), True, id="key art is textless"),
        p("keyart", image("x"), False, id="and nothing else"),
        p("fanart", image("x", language=""), True, id="fanart is textless"),
        p("fanart", image("x"), True, id="or in a language of the list"),
        p("fanart", image("x", language="", width=1279), False, id="fanart too small"),
    ],
)
def test_acceptable(field: str, candidate: Image, *, welcome: bool) -> None:
    assert (chosen(field, candidate) is not None) is welcome


@pytest.mark.parametrize(
    ("field", "candidates", "wanted", "expected"),
    [
        p("poster", (image("en", votes=9), image("de", language="de")), GERMAN_FIRST, "de", id="language order first"),
        p("poster", (image("bare", language="", votes=9), image("en")), ENGLISH, "en", id="textless posters last"),
        p("fanart", (image("bare", language=""), image("en", votes=9)), ENGLISH, "bare", id="textless fanart first"),
        p("poster", (image("small", width=1000, votes=9), image("large")), ENGLISH, "large", id="then the size class"),
        p("poster", (image("a", width=1900), image("b", width=2000, votes=1)), ENGLISH, "b", id="then votes"),
        p("poster", (image("b", width=1900, votes=1), image("a", width=2000)), ENGLISH, "b",
          id="within a size class votes decide, not pixels"),
        p("poster", (image("first"), image("second")), ENGLISH, "first", id="then the provider's own order"),
        p("poster", (image("quebec", language="fr", region="CA", votes=9), image("france", language="fr", region="FR")),
          of("fr-FR", "en"), "france", id="the own region's before another's"),
        p("poster", (image("quebec", language="fr", region="CA"), image("en", votes=9)), of("fr-FR", "en"), "quebec",
          id="a region only breaks ties"),
        p("poster", (image("bare", language=""), image("own", language="ta")), of("en", original="ta"), "own",
          id="the original language before a textless poster"),
        p("poster", (image("en"), image("own", language="ta", votes=9)), of("en", original="ta"), "en",
          id="and after the listed ones"),
        p("keyart", (image("a", language="", votes=1), image("b", language="", votes=2)), ENGLISH, "b",
          id="key art by its votes"),
    ],
)  # fmt: skip
def test_the_best_is_chosen(field: str, candidates: Any, wanted: TitleLanguages, expected: str) -> None:
    names = chosen(field, *candidates, wanted=wanted)
    assert names is not None
    assert names[0] == expected


def test_without_an_acceptable_candidate_nothing_is_chosen() -> None:
    assert chosen("poster") is None
    assert chosen("poster", image("de", language="de")) is None


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        p((image("old"), image("new", votes=99)), "old", id="votes alone replace nothing"),
        p((image("old", width=1000), image("new")), "new", id="a larger class does"),
        p((image("old", language=""), image("new")), "new", id="a better language does"),
        p((image("new"),), "new", id="gone from the candidates"),
        p((image("new", votes=9), Image(url="https://ART.test/old.jpg?v=2", language="en", width=2000)), "old",
          id="the same image under another query"),
    ],
)  # fmt: skip
def test_a_stored_image_stays_in_its_class(candidates: Any, expected: str) -> None:
    names = chosen("poster", *candidates, stored=(image("old"),))
    assert names is not None
    assert names[0].partition(".")[0] == expected


def test_only_fanart_has_extra_images() -> None:
    many = [image(str(n), language="") for n in range(9)]
    policy = ArtworkPolicy(extra_fanart=3)
    assert chosen("fanart", *many, policy=policy) == ["0", "1", "2", "3"]
    assert chosen("poster", *many, policy=policy) == ["0"]
    assert chosen("fanart", *many, policy=ArtworkPolicy(extra_fanart=0)) == ["0"]


def test_extra_fanart_is_filled_up_from_the_lower_classes() -> None:
    candidates = [image("text"), image("small", language="", width=1500), image("large", language="", width=3840)]
    assert chosen("fanart", *candidates) == ["large", "small", "text"]


def test_new_extra_fanart_fills_up_behind_the_stored_ones() -> None:
    stored = (image("b", language=""), image("a", language=""))
    candidates = [image(name, language="", votes=votes) for votes, name in enumerate("abcd")]
    assert chosen("fanart", *candidates, stored=stored) == ["b", "a", "d", "c"]


def test_an_image_listed_twice_is_shown_once() -> None:
    twice = [image("a", language=""), image("a", language="en"), image("b", language="en")]
    assert chosen("fanart", *twice) == ["a", "b"]


@pytest.mark.parametrize("width", [bound + step for bound in SIZE_CLASSES for step in (-1, 0)])
def test_a_size_class_begins_at_its_bound(width: int) -> None:
    bound = next(bound for bound in SIZE_CLASSES if bound >= width)
    pair = (image("at", width=bound), image("x", width=width, votes=9))
    assert chosen("poster", *pair) == (["x"] if width == bound else ["at"])


SOME_IMAGES = st.lists(
    st.builds(
        image,
        st.sampled_from("abcdefgh"),
        language=st.sampled_from(["en", "de", "", "fr"]),
        width=st.sampled_from([0, 250, 1300, 1900, 2000, 4000]),
        votes=st.integers(0, 3),
    ),
    max_size=12,
    unique_by=lambda one: one.url,
).map(tuple)
FIELD = st.sampled_from(["poster", "fanart", "clearlogo", "keyart"])


LANGUAGES = ("de", "en")


def acceptable(field: str, one: Image) -> bool:
    """In words of the test's own."""
    entry = FIELDS[field]
    readable = one.language in LANGUAGES if one.language else entry.textless is not Textless.NEVER
    return readable and not (one.language and entry.textless is Textless.ONLY) and not 0 < one.width < entry.min_width


def rank(field: str, one: Image) -> tuple[int, int]:
    """Language, then size class, in words of the test's own."""
    languages = list(LANGUAGES)
    place = FIELDS[field].textless
    order = ["", *languages] if place is Textless.FIRST else [*languages, ""]
    return order.index(one.language), -sum(one.width >= bound for bound in SIZE_CLASSES)


@given(FIELD, SOME_IMAGES, st.none() | SOME_IMAGES, st.integers(0, 4))
def test_the_choice_is_the_best_acceptable_and_stays(
    field: str, candidates: Artwork, stored: Artwork | None, extra: int
) -> None:
    policy, wanted = ArtworkPolicy(extra_fanart=extra), of(*LANGUAGES)
    welcome = [one for one in candidates if acceptable(field, one)]
    slots = 1 + extra if field == "fanart" else 1
    images = choose(FIELDS[field], candidates, stored, policy, wanted)
    assert len(images or ()) == min(slots, len(welcome))
    if images is None:
        return
    assert set(images) <= set(welcome)
    ranks = sorted(rank(field, one) for one in welcome)
    assert [rank(field, one) for one in images] == ranks[: len(images)]
    left_out = [one for one in welcome if one not in images]
    held = {image_key(one) for one in stored or ()}
    for out in left_out:
        for kept in images:
            if rank(field, out) == rank(field, kept) and image_key(kept) not in held:
                assert image_key(out) not in held
                assert out.votes <= kept.votes
    assert choose(FIELDS[field], candidates, images, policy, wanted) == images
