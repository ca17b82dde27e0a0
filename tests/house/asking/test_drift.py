"""A provider whose answers change their shape is noticed, and what they lose is set aside."""

from fakes import FakeClock
from harness import House
from harness import told as told_fields
from metarr.asking.drift import LOST_LEAST, TROUBLED_LEAST, DriftWatch
from metarr.care.health import Condition
from metarr.domain.outcome import Fragment
from metarr.domain.values import Kind
from metarr.library.intake import NewItem
from simulators import generated_movie

WHOLE = Fragment(provider="tmdb", kind=Kind.MOVIE, values={"title": "A", "plot": "B"}, empty=frozenset({"tagline"}))
WITHOUT_PLOT = Fragment(
    provider="tmdb", kind=Kind.MOVIE, values={"title": "A"}, empty=frozenset({"tagline", "plot"}), unread=frozenset()
)
UNREADABLE = Fragment(provider="tmdb", kind=Kind.MOVIE, values={"title": "A"}, unread=frozenset({"plot", "tagline"}))


def test_ordinary_answers_pass_as_they_are() -> None:
    watch = DriftWatch()
    for _ in range(20):
        assert watch.checked(WHOLE, WHOLE) is WHOLE
    assert not watch.drift("tmdb").suspicious
    assert watch.drift("tmdb").describe() == ""


def test_a_few_titles_may_lose_a_field() -> None:
    watch = DriftWatch()
    for number in range(40):
        told = WITHOUT_PLOT if number % 10 == 0 else WHOLE
        assert watch.checked(told, WHOLE) is told
    assert not watch.drift("tmdb").lost


def test_a_field_that_vanishes_from_most_titles_is_set_aside_and_comes_back() -> None:
    watch = DriftWatch()
    checked = [watch.checked(WITHOUT_PLOT, WHOLE) for _ in range(LOST_LEAST)]
    assert checked[0].empty >= {"plot"}
    assert "plot" in checked[-1].unread
    assert "plot" not in checked[-1].empty
    assert "tagline" in checked[-1].empty, "what was empty before is no loss"
    assert "plot gone from most titles" in watch.drift("tmdb").describe()
    for _ in range(3 * LOST_LEAST):
        watch.checked(WHOLE, WHOLE)
    assert watch.checked(WITHOUT_PLOT, WHOLE) is WITHOUT_PLOT
    assert not watch.drift("tmdb").lost


def test_new_titles_without_a_value_tell_nothing() -> None:
    watch = DriftWatch()
    for _ in range(20):
        assert watch.checked(WITHOUT_PLOT, None) is WITHOUT_PLOT
    assert not watch.drift("tmdb").suspicious


def test_unreadable_parts_of_many_answers_are_told_by_field() -> None:
    watch = DriftWatch()
    for _ in range(TROUBLED_LEAST - 1):
        watch.checked(UNREADABLE, None)
    assert not watch.drift("tmdb").suspicious
    watch.checked(UNREADABLE, None)
    drift = watch.drift("tmdb")
    assert drift.suspicious
    assert drift.describe() == ("its format may have changed: plot unreadable in 5 of 5; tagline unreadable in 5 of 5")


def test_providers_are_watched_apart_and_can_be_forgotten() -> None:
    watch = DriftWatch()
    for _ in range(10):
        watch.checked(UNREADABLE, None)
    assert not watch.drift("omdb").suspicious
    watch.forget("tmdb")
    assert not watch.drift("tmdb").suspicious


def test_a_provider_that_loses_a_part_everywhere_changes_only_the_first_titles(home: House, clock: FakeClock) -> None:
    """fanart.tv leaves out what it has no art for, so one title without is an ordinary answer, and many are not."""
    movies = [generated_movie(n) for n in range(3 * LOST_LEAST)]
    wanted = [
        NewItem(Kind.MOVIE, told.title, told.year, {"imdb": str(told.imdb), "tmdb": str(told.tmdb)}) for told in movies
    ]
    items = [taken.item.id for taken in home.services.library.upsert(wanted)]
    before = {item_id: told_fields(home.enrich(item_id).item.fields) for item_id in items}
    assert all("fanart" in {source for _, source in fields.values()} for fields in before.values())
    clock.advance(60)
    home.simulators.fault("fanart", "append_ignored")

    after = {item_id: told_fields(home.enrich(item_id, force=True).item.fields) for item_id in items}

    changed = [item_id for item_id in items if after[item_id] != before[item_id]]
    assert changed == items[: len(changed)], "it stops for good"
    assert 0 < len(changed) < LOST_LEAST
    [health] = [each for each in home.services.health.read().providers if each.configured.id == "fanart"]
    assert health.condition is Condition.SUSPECT
    assert "gone from most titles" in health.detail
    assert home.awaited(items[-1])["fanart"].reason == "partial", "it is asked again"


def test_what_was_set_aside_stays_so_on_the_days_after() -> None:
    """The stored answers lack the part by then; that is no sign that the titles never had it."""
    watch = DriftWatch()
    kept = [WHOLE] * 100
    for day in range(3):
        kept = [watch.checked(WITHOUT_PLOT, before) for before in kept]
        assert all("plot" in each.unread for each in kept[LOST_LEAST:]), f"day {day}"
    assert watch.drift("tmdb").lost == {"plot"}
