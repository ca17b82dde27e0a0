"""Health: the daemon, each provider with its quota, the daily run."""

from collections.abc import Iterator

import pytest

from menu_rig import Rig, rig, row
from metarr_adapter.errors import RpcError
from metarr_kodi.visit import Visit
from simulators import Simulators

HEALTH = "plugin://script.metarr/?show=health"


@pytest.fixture(scope="module")
def kodi(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    running_simulators.reset()
    with rig(running_simulators, tmp_path_factory.mktemp("kodi"), "tmdb", "omdb", "fanart") as made:
        made.add_movie("Inception", 2010, imdb="tt1375666")
        made.add_movie("The Matrix", 1999, imdb="tt0133093")
        made.report()
        yield made


def test_all_is_well_at_first(kodi: Rig):
    rows = kodi.open(HEALTH)
    assert [each.label for each in rows[:-1]] == [
        "Metarr 0.1.0: all is well",
        "fanart.tv: works",
        "OMDb: works · 0 of 1000 requests today",
        "TMDB: works",
        "TheTVDB: not set up",
    ]
    assert rows[-1].label.startswith("Daily run: in ")
    assert ", at 03:00 (" in rows[-1].label


def test_a_quota_that_is_used_up_is_told_with_its_end(kodi: Rig, running_simulators: Simulators):
    running_simulators.set_quota("omdb", 0)
    kodi.enrich(kodi.named("Inception")["id"])
    rows = kodi.open(HEALTH)
    assert rows[0].label == "Metarr 0.1.0: something is limited or fails"
    omdb = row(rows, "OMDb")
    assert omdb.label.startswith("OMDb: limited · ")
    assert " of 1000 requests today · 1 waiting · Asked again: in " in omdb.label
    [shown] = kodi.select(omdb.url)
    assert (shown.what, shown.heading) == ("show", "OMDb")
    lines = shown.text.split("\n")
    assert lines[0] == "limited"
    assert "Last asked: just now" in lines
    assert "Titles waiting for it: 1" in lines
    assert any(line.startswith("Counted anew: in ") for line in lines)
    assert any(line.startswith("Requests today: ") for line in lines)


def test_a_provider_that_was_never_asked_says_so(kodi: Rig):
    [shown] = kodi.select(row(kodi.open(HEALTH), "TheTVDB").url)
    assert "Last asked: never" in shown.text
    assert "Requests today" not in shown.text


def test_the_daemon_as_a_whole_is_told_of(kodi: Rig):
    [shown] = kodi.select("plugin://script.metarr/?do=daemon")
    assert f"Address: {kodi.live.url}" in shown.text
    assert "2 titles, " in shown.text
    assert "Running since: " in shown.text
    assert "Last daily run: never" in shown.text


def test_what_the_owner_should_know_has_rows_and_stands_with_the_daemon(kodi: Rig, running_simulators: Simulators):
    running_simulators.reset()
    running_simulators.fault("fanart", "auth_refused")
    kodi.enrich(kodi.named("The Matrix")["id"])
    [refused] = [each for each in kodi.open(HEALTH) if each.label.startswith("fanart.tv: refuses the key")]
    assert refused.label.endswith("enter a working one")
    [shown] = kodi.select(refused.url)
    assert any(
        line.startswith("fanart.tv: refuses the key") and line.endswith("since: just now")
        for line in shown.text.split("\n")
    )


def test_a_daemon_that_knows_no_notices_has_its_health_shown_all_the_same(kodi: Rig, monkeypatch: pytest.MonkeyPatch):
    def ask(visit: Visit, service: str, method: str, *more: object, **message: object) -> dict[str, object]:
        if method == "ListNotices":
            raise RpcError("unimplemented", "ListNotices is not implemented")
        return really(visit, service, method, *more, **message)

    really = Visit.ask
    monkeypatch.setattr(Visit, "ask", ask)
    assert kodi.open(HEALTH)[0].label.startswith("Metarr 0.1.0: ")
