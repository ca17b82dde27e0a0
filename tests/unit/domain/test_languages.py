"""Language comes before provider: the walk runs for each rank in turn, with evidence for each."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from factories import (
    EARLIER,
    answered,
    coverage_of,
    image,
    item,
    listens_to,
    not_asked,
    not_found,
    policy,
    stored,
    unavailable,
)
from metarr.domain.fields import FIELDS
from metarr.domain.item import FieldValue, MediaItem, Rule, Veto
from metarr.domain.languages import LanguagePolicy, TitleLanguages, image_rank, rank_of, spoken
from metarr.domain.merge import MergePolicy, explain, merge
from metarr.domain.outcome import Outcome, Skip
from metarr.domain.values import Text

p = pytest.param
PROVIDERS = ("omdb", "tmdb", "tvdb")
DOWN = unavailable()


def texts(**said: str) -> tuple[Text, ...]:
    """By language, `es_MX` for es-MX."""
    return tuple(Text(value=value, language=language.replace("_", "-")) for language, value in said.items())


def of(*listed: str, original: str = "", also: Any = ("artwork", "trailers")) -> TitleLanguages:
    return TitleLanguages(policy=LanguagePolicy(listed=listed, original=frozenset(also)), original=original)


@pytest.mark.parametrize(
    ("field", "language", "wanted", "better_than"),
    [
        p("plot", "es-ES", of("es-ES", "en"), "es-MX", id="the own region before another one"),
        p("plot", "es", of("es-ES", "en"), "es-MX", id="none stated is as good as the own"),
        p("plot", "es-MX", of("es-ES", "en"), "en", id="another region before the next language"),
        p("plot", "en", of("es-ES", "en", original="ja", also=("texts",)), "ja", id="the original after the listed"),
        p("title", "ja", of("es", original="ja"), "fr", id="a title takes the original before any other"),
        p("plot", "", of("es", "en"), "en", id="what states no language counts as in the first"),
    ],
)
def test_ranks(field: str, language: str, wanted: TitleLanguages, better_than: str) -> None:
    one, other = rank_of(field, language, wanted), rank_of(field, better_than, wanted)
    assert one is not None
    assert other is not None
    assert one < other


@pytest.mark.parametrize(
    ("field", "language", "wanted"),
    [
        p("plot", "fr", of("es", "en"), id="not listed"),
        p("plot", "ja", of("es", original="ja"), id="a text in the original language only where that is wanted"),
        p("trailer", "ja", of("es", original="ja", also=("texts",)), id="and a trailer likewise"),
    ],
)
def test_what_is_not_wanted_has_no_rank(field: str, language: str, wanted: TitleLanguages) -> None:
    assert rank_of(field, language, wanted) is None


def test_a_title_is_wanted_in_any_language() -> None:
    assert rank_of("title", "fr", of("es")) is not None


def test_an_artworks_region_is_no_rank() -> None:
    assert image_rank(FIELDS["poster"], "fr", of("fr-FR", "en")) == image_rank(
        FIELDS["poster"], "fr", of("fr-CA", "en")
    )


TMDB_TVDB, TMDB_OMDB, OMDB_TMDB = listens_to("tmdb", "tvdb"), listens_to("tmdb", "omdb"), listens_to("omdb", "tmdb")
A, B, C = "A", "B", "C"
CACHE = "Caché"
AS_THERE = (Text(value=CACHE, language="fr"), Text(value=CACHE, language="de", implied=True))


@pytest.mark.parametrize(
    ("field", "rule", "listed", "was", "outcomes", "expected"),
    [
        p("plot", TMDB_TVDB, ("de", "en"), stored(A, "tmdb", language="en"),
          {"tmdb": answered("tmdb", {"plot": texts(en=A)}), "tvdb": answered("tvdb", {"plot": texts(de=B)})},
          (B, "tvdb", Rule.NEXT, "de"), id="a lesser provider's in the better language"),
        p("plot", TMDB_TVDB, ("de", "en"), stored(B, "tvdb", language="de"),
          {"tmdb": answered("tmdb", {"plot": texts(en=A)}), "tvdb": DOWN},
          (B, "tvdb", Rule.HELD, "de"), id="held while its source is out"),
        p("plot", TMDB_TVDB, ("de", "en"), stored(B, "tvdb", language="de", asked_id="tvdb:1"),
          {"tmdb": answered("tmdb", {"plot": texts(en=A)}), "tvdb": answered("tvdb", empty=["plot"])},
          (B, "tvdb", Rule.KEPT, "de"), id="an empty of its own source lets the walk go no lower"),
        p("plot", TMDB_TVDB, ("de", "en"), stored(B, "tvdb", language="de"),
          {"tmdb": answered("tmdb", {"plot": texts(en=A)}), "tvdb": answered("tvdb", {"plot": texts(en=C)})},
          (B, "tvdb", Rule.KEPT, "de"), id="nor does its having another language only"),
        p("plot", TMDB_OMDB, ("de", "en"), stored(A, "tmdb", language="en"),
          {"tmdb": DOWN, "omdb": answered("omdb", {"plot": texts(en=C)})},
          (A, "tmdb", Rule.HELD, "en"), id="held at the rank of its own language"),
        p("plot", TMDB_OMDB, ("de", "en"), stored(A, "tmdb", language="en"),
          {"tmdb": DOWN, "omdb": answered("omdb", {"plot": texts(de=C)})},
          (C, "omdb", Rule.NEXT, "de"), id="and no higher"),
        p("plot", OMDB_TMDB, ("es-ES", "en"), None,
          {"omdb": answered("omdb", {"plot": texts(en=A)}), "tmdb": answered("tmdb", {"plot": texts(es_ES=B)})},
          (B, "tmdb", Rule.NEXT, "es-ES"), id="OMDb speaks English, whatever stands first"),
        p("plot", TMDB_OMDB, ("fr", "en"), stored(B, "tvdb", language="de"),
          {"tvdb": DOWN, "omdb": answered("omdb", {"plot": texts(en=C)}), "tmdb": answered("tmdb", empty=["plot"])},
          (C, "omdb", Rule.NEXT, "en"), id="a language that is no longer asked for gives way"),
        p("plot", TMDB_TVDB, ("de", "en"), stored(B, "tvdb", language="de"),
          {"tmdb": answered("tmdb", {"plot": texts(de=A)}), "tvdb": answered("tvdb", {"plot": texts(de=B)})},
          (A, "tmdb", Rule.FIRST, "de"), id="within a language the provider counts"),
        p("plot", TMDB_TVDB, ("de", "en"), stored(A, "tmdb"),
          {"tmdb": answered("tmdb", {"plot": texts(en=A)}), "tvdb": answered("tvdb", {"plot": texts(de=B)})},
          (B, "tvdb", Rule.NEXT, "de"), id="of unknown language: its source tells now which it is"),
        p("plot", TMDB_TVDB, ("de", "en"), stored(A, "tmdb"),
          {"tmdb": DOWN, "tvdb": answered("tvdb", {"plot": texts(de=B)})},
          (A, "tmdb", Rule.HELD, ""), id="of unknown language it counts as in the first"),
        p("title", TMDB_TVDB, ("de",), None,
          {"tmdb": answered("tmdb", {"title": AS_THERE}),
           "tvdb": answered("tvdb", empty=["title"])},
          (CACHE, "tmdb", Rule.FIRST, "de"), id="a title that a translation leaves empty"),
        p("title", TMDB_TVDB, ("de",), None,
          {"tmdb": answered("tmdb", {"title": AS_THERE}),
           "tvdb": answered("tvdb", {"title": texts(de=B)})},
          (B, "tvdb", Rule.NEXT, "de"), id="comes after every stated one"),
        p("title", TMDB_TVDB, ("de",), None,
          {"tmdb": answered("tmdb", {"title": texts(ja=A)}), "tvdb": answered("tvdb", empty=["title"])},
          (A, "tmdb", Rule.FIRST, "ja"), id="a title in any language is better than none"),
        p("plot", TMDB_TVDB, ("de",), None,
          {"tmdb": answered("tmdb", {"plot": texts(ja=A)}), "tvdb": answered("tvdb", empty=["plot"])},
          None, id="a plot is not"),
        p("tagline", TMDB_TVDB, ("de", "en"), stored(A, "nfo", rule=Rule.REPORTED),
          {"tmdb": answered("tmdb", {"tagline": texts(en=B)})},
          (A, "nfo", Rule.REPORTED, ""), id="a file's stands right after the first language"),
        p("tagline", TMDB_TVDB, ("de", "en"), stored(A, "nfo", rule=Rule.REPORTED),
          {"tmdb": answered("tmdb", {"tagline": texts(de=B)})},
          (B, "tmdb", Rule.FIRST, "de"), id="and gives way to that"),
        p("title", TMDB_TVDB, ("de", "en"), stored(A, "nfo", rule=Rule.REPORTED),
          {"tmdb": answered("tmdb", {"title": texts(en=B)})},
          (B, "tmdb", Rule.FIRST, "en"), id="a file's title stands last"),
        p("plot", TMDB_OMDB, ("de", "en"), stored(A, "tmdb", language="en"),
          {"tmdb": not_asked(Skip.DISABLED), "omdb": answered("omdb", {"plot": texts(en=C)})},
          (C, "omdb", Rule.FIRST, "en"), id="a disabled source holds nothing"),
    ],
)  # fmt: skip
def test_the_walk(
    field: str, rule: Any, listed: Any, was: FieldValue | None, *, outcomes: dict[str, Outcome], expected: Any
) -> None:
    before = item(fields={field: was} if was else {})
    rules = policy({field: rule}, languages=LanguagePolicy(listed=listed))
    after = merge(before, outcomes, rules, coverage_of(*outcomes)).item.fields.get(field)
    told = None if after is None else (after.value, "+".join(after.sources), after.rule, after.language)
    assert told == expected
    again = merge(replace(before, fields={field: after} if after else {}), outcomes, rules, coverage_of(*outcomes))
    assert again.item.fields.get(field) == after


def test_the_original_language_counts_as_this_merge_leaves_it() -> None:
    """Or the second run would choose another poster than the first one did."""
    posters = (image("null", language="", votes=9), image("own", language="ta"))
    outcomes: dict[str, Outcome] = {"tmdb": answered("tmdb", {"poster": posters, "original_language": "ta"})}
    once = merge(item(), outcomes, policy(), coverage_of("tmdb")).item
    assert once.fields["poster"].value == (posters[1],)
    assert merge(once, outcomes, policy(), coverage_of("tmdb")).item.fields == once.fields


def test_artwork_in_a_better_language_of_a_lesser_provider_wins() -> None:
    outcomes: dict[str, Outcome] = {
        "tmdb": answered("tmdb", {"poster": (image("en"),)}),
        "fanart": answered("fanart", {"poster": (image("de", language="de"),)}),
    }
    rules = policy({"poster": listens_to("tmdb", "fanart")}, languages=LanguagePolicy(listed=("de", "en")))
    chosen = merge(item(), outcomes, rules, coverage_of("tmdb", "fanart")).item.fields["poster"]
    assert (chosen.sources, chosen.value) == (("fanart",), (image("de", language="de"),))


def test_a_veto_holds_at_the_rank_of_its_value_only() -> None:
    vetoed = item(
        fields={"plot": stored(A, "tmdb", language="en")},
        vetoes=(Veto(field="plot", providers=("tvdb",), value=B, language="en"),),
    )
    rules = policy({"plot": TMDB_TVDB}, languages=LanguagePolicy(listed=("de", "en")))
    new: dict[str, Outcome] = {"tmdb": answered("tmdb", {"plot": texts(de=C)}), "tvdb": DOWN}
    assert merge(vetoed, new, rules, coverage_of(*new)).item.fields["plot"].value == C
    old: dict[str, Outcome] = {"tmdb": DOWN, "tvdb": DOWN}
    assert merge(vetoed, old, rules, coverage_of(*old)).item.fields["plot"].value == A


def test_why_a_lower_language_did_not_win_is_told() -> None:
    outcomes: dict[str, Outcome] = {
        "tmdb": answered("tmdb", {"plot": texts(en=A)}), "tvdb": answered("tvdb", {"plot": texts(de=B)})
    }  # fmt: skip
    rules = policy({"plot": TMDB_TVDB}, languages=LanguagePolicy(listed=("de", "en")))
    merged = merge(item(), outcomes, rules, coverage_of(*outcomes)).item
    [runner] = explain(merged, outcomes, rules, coverage_of(*outcomes))["plot"]
    assert (runner.value, runner.language, runner.why) == (A, "en", "is in a language that stands lower in the list")


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", texts(en="Told.")), ("", (Text(value="Told."),)), (None, ())],
)
def test_an_answer_of_before_is_read_as_what_its_provider_spoke(language: str | None, expected: Any) -> None:
    before = answered("x", {"plot": "Told.", "runtime_minutes": 9}, empty=["tagline"]).fragment
    after = spoken(before, language)
    assert after.texts.get("plot", ()) == expected
    assert after.values == {"runtime_minutes": 9}
    assert ("tagline" in after.empty) is (language is not None)
    assert after.unread == frozenset()  # it is no reason to ask again


# Properties over random histories

LISTED = ("de", "en")
LANGUAGES = ("de", "en", "fr")
RULES = policy({"plot": listens_to("tmdb", "tvdb", "omdb")}, languages=LanguagePolicy(listed=LISTED))
COVERAGE = coverage_of(*PROVIDERS)

knowledge = st.fixed_dictionaries(
    {provider: st.dictionaries(st.sampled_from(LANGUAGES), st.just(provider), max_size=3) for provider in PROVIDERS}
)
weather = st.lists(st.tuples(*[st.sampled_from(("ok", "down", "not asked"))] * 3), min_size=1, max_size=8)


def day(known: dict[str, dict[str, str]], states: tuple[str, ...]) -> dict[str, Outcome]:
    told: dict[str, Outcome] = {}
    for provider, state in zip(PROVIDERS, states, strict=True):
        said = {language: f"{provider} in {language}" for language in known[provider]}
        answer = answered(provider, {"plot": texts(**said)} if said else {}, empty=[] if said else ["plot"])
        told[provider] = answer if state == "ok" else DOWN if state == "down" else not_asked(Skip.NOT_SELECTED)
    return told


def rank(value: FieldValue | None) -> int:
    return LISTED.index(value.language) if value is not None and value.language in LISTED else len(LISTED)


@given(knowledge, weather)
def test_no_flip_and_never_a_worse_language(known: dict[str, dict[str, str]], days: list[tuple[str, ...]]) -> None:
    current: MediaItem = item()
    seen: list[str] = []
    for states in days:
        outcomes = day(known, states)
        after = merge(current, outcomes, RULES, COVERAGE).item
        old, new = current.fields.get("plot"), after.fields.get("plot")
        assert rank(new) <= rank(old)
        if new is not None and (old is None or new.value != old.value):
            assert str(new.value) not in seen, "a value that was replaced came back"
            seen.append(str(new.value))
        assert merge(after, outcomes, RULES, COVERAGE).item.fields == after.fields
        for other in itertools.permutations(outcomes.items()):
            assert merge(current, dict(other), RULES, COVERAGE).item.fields == after.fields
        current = after
    last = merge(current, day(known, ("ok", "ok", "ok")), RULES, COVERAGE).item.fields.get("plot")
    best = [
        f"{provider} in {language}"
        for language in LISTED
        for provider in ("tmdb", "tvdb", "omdb")
        if language in known[provider]
    ]
    assert (None if last is None else last.value) == next(iter(best), None)


def test_a_title_that_nobody_knows_changes_nothing() -> None:
    before = item(fields={"plot": stored(B, "tvdb", language="de")})
    outcomes: dict[str, Outcome] = {
        "tvdb": not_found(fetched_at=EARLIER),
        "tmdb": answered("tmdb", {"plot": texts(en=A)}),
    }
    rules: MergePolicy = policy({"plot": TMDB_TVDB}, languages=LanguagePolicy(listed=LISTED))
    assert merge(before, outcomes, rules, coverage_of(*outcomes)).item.fields["plot"].value == B
