import pytest

from metarr.v1 import health_service_pb2 as pb
from metarr.web.charts import HEIGHT, LEAST, WIDTH, Chart, Segment, charts

NAMES = {"omdb": "OMDb", "tmdb": "TMDB"}


def day(day: str, provider: str = "omdb", **counts: int) -> pb.ProviderUsage:
    return pb.ProviderUsage(provider_id=provider, day=day, requests=sum(counts.values()), **counts)


def drawn(*days: pb.ProviderUsage, first: str = "2026-11-01", last: str = "2026-11-30") -> list[Chart]:
    return charts(pb.ListUsageResponse(usage=days, first_day=first, last_day=last), NAMES)


def test_who_was_never_asked_has_none():
    assert drawn() == []
    assert [each.name for each in drawn(day("2026-11-30", "tmdb", answered=1))] == ["TMDB"]


def test_each_day_has_its_place_and_the_latest_comes_first_in_the_table():
    [chart] = drawn(day("2026-11-01", answered=9), day("2026-11-30", answered=9, failed=2))
    assert chart.width == 30 * WIDTH
    assert {segment.x for segment in chart.segments} == {0, 29 * WIDTH}
    assert [each.day for each in chart.days] == ["2026-11-30", "2026-11-01"]
    assert (chart.requests, chart.failed) == (20, 2)


@pytest.mark.parametrize(
    "counts", [{"answered": 100_000, "failed": 1}, {"limited": 1}, {"answered": 1, "limited": 1, "failed": 1_000_000}]
)
def test_the_segments_of_a_bar_stand_upon_each_other_and_none_is_too_small_to_be_seen(counts):
    [chart] = drawn(day("2026-11-30", **counts))
    assert [segment.fate for segment in chart.segments] == list(counts)
    below = float(HEIGHT)
    for segment in chart.segments:
        assert segment.height >= LEAST
        assert segment.y + segment.height == pytest.approx(below)
        below = segment.y
    assert below >= 0


def test_a_bar_is_as_high_as_its_day_was_busy():
    [chart] = drawn(day("2026-11-29", answered=50), day("2026-11-30", answered=100))
    half, whole = chart.segments
    assert isinstance(half, Segment)
    assert half.height == pytest.approx(whole.height / 2)
