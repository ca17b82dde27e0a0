from datetime import UTC, datetime

import pytest
import typer

from metarr.cli.moments import moment

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("36h", "2026-02-28T00:00:00+00:00"),
        ("2d", "2026-02-27T12:00:00+00:00"),
        ("90m ago", "2026-03-01T10:30:00+00:00"),
        (" 1 w ", "2026-02-22T12:00:00+00:00"),
        ("2026-02-03T04:05:06Z", "2026-02-03T04:05:06+00:00"),
        ("2026-02-03 04:05+02:00", "2026-02-03T02:05:00+00:00"),
    ],
)
def test_times_are_read_as_people_write_them(text: str, said: str) -> None:
    assert moment(text, "--since", NOW) == said


@pytest.mark.parametrize(
    "text", ["", "soon", "2 fortnights", "-2d", "999999w", "2026-13-01", "٣d", "0001-01-01T00:00+23:00"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no time"):
        moment(text, "--since", NOW)
