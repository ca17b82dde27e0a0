"""Pending and not taken: what waits, what the owner changed in Kodi, and overwriting that."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from menu_rig import Rig, State, rig, row
from metarr_kodi import menu_pending
from simulators import Simulators

PENDING = "plugin://script.metarr/?show=pending"
NOT_TAKEN = "plugin://script.metarr/?show=not_taken"


@pytest.fixture(scope="module")
def kodi(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    running_simulators.reset()
    with rig(running_simulators, tmp_path_factory.mktemp("kodi")) as made:
        made.add_movie("Inception", 2010, imdb="tt1375666")
        made.add_movie("The Matrix", 1999, imdb="tt0133093")
        session = made.report()
        made.enrich(made.named("Inception")["id"])
        made.take_in(session)
        yield made


def edit_in_kodi(kodi: Rig, **details: object) -> None:
    """What the owner changes there by hand, found out by the next report."""
    kodi.port.kodi.rpc("VideoLibrary.SetMovieDetails", movieid=1, **details)
    kodi.take_in(kodi.report(policy=""))
    kodi.stand(State.CONNECTED)


def in_kodi(kodi: Rig, name: str) -> object:
    return kodi.port.kodi.rpc("VideoLibrary.GetMovieDetails", movieid=1, properties=[name])["moviedetails"][name]


def test_where_nothing_waits_that_is_said(kodi: Rig):
    kodi.take_in(kodi.report(policy=""))
    kodi.stand(State.CONNECTED)
    assert [each.label for each in kodi.open(PENDING)] == [
        "Nothing is waiting, and nothing was refused",
        "What Kodi cannot take at all",
    ]


def test_what_waits_is_counted_and_listed(kodi: Rig):
    kodi.enrich(kodi.named("Matrix")["id"])
    waiting = row(kodi.open(PENDING), "Waiting to be taken in")
    assert (waiting.label, waiting.folder) == ("Waiting to be taken in: 1", True)
    [entry] = kodi.open(waiting.url)
    assert entry.label.startswith("The Matrix: Title, ") or entry.label.startswith("The Matrix: ")
    [shown] = kodi.select(entry.url, None)
    assert shown.heading == "The Matrix"
    assert "Plot | waits to be taken in" in shown.lines
    kodi.take_in(kodi.report(policy=""))
    kodi.stand(State.CONNECTED)
    assert row(kodi.open(PENDING), "Nothing is waiting")


def test_what_was_changed_in_kodi_is_shown_with_both_values(kodi: Rig):
    edit_in_kodi(kodi, plot="My own words.", tagline="[B]Mine[/B]")
    assert row(kodi.open(PENDING), "Not taken by Kodi: 1").url == NOT_TAKEN
    [entry] = kodi.open(NOT_TAKEN)
    assert entry.label == "Inception: Tagline, Plot"
    menu, field, _ = kodi.select(entry.url, "Plot: ", None)
    assert menu.lines[-1] == "Overwrite with Metarr's values", "OK alone overwrites nothing"
    assert "Tagline: changed in Kodi by hand | Kodi: (B)Mine(/B) · Metarr: Mind the fourth floor." in menu.lines
    plot = kodi.full(kodi.named("Inception")["id"])["fields"]["plot"]["value"]
    assert field.heading == "Plot"
    assert field.text.split("\n") == [
        "changed in Kodi by hand",
        "",
        "",
        "[B]In Kodi[/B]",
        "My own words.",
        "",
        "[B]In Metarr[/B]",
        *plot.split("\n"),
    ]


def test_nothing_is_overwritten_without_a_yes(kodi: Rig):
    edit_in_kodi(kodi, plot="Still my own words.")
    [entry] = kodi.open(NOT_TAKEN)
    seen = kodi.select(entry.url, "Overwrite", ["Plot"], False, None)
    assert [shown.what for shown in seen] == ["choose", "choose_several", "confirm", "choose"]
    assert seen[2].text == "Plot of Inception in Kodi will be replaced."
    kodi.select(entry.url, "Overwrite", None, None)
    kodi.take_in(kodi.report(policy=""))
    kodi.stand(State.CONNECTED)
    assert in_kodi(kodi, "plot") == "Still my own words."


def test_chosen_fields_are_overwritten_and_the_others_stay(kodi: Rig):
    edit_in_kodi(kodi, plot="My plot.", tagline="My tagline.")
    [entry] = kodi.open(NOT_TAKEN)
    kodi.select(entry.url, "Overwrite", ["Plot"], True)
    assert kodi.port.shown[-1].text == "Metarr's values are written again"
    assert kodi.port.ran[-1] == "Container.Refresh"
    kodi.take_in(kodi.report(policy=""))
    kodi.stand(State.CONNECTED)
    assert in_kodi(kodi, "plot") == kodi.full(kodi.named("Inception")["id"])["fields"]["plot"]["value"]
    assert in_kodi(kodi, "tagline") == "My tagline."
    [entry] = kodi.open(NOT_TAKEN)
    assert entry.label == "Inception: Tagline"
    kodi.select(entry.url, "Overwrite", True)
    kodi.take_in(kodi.report(policy=""))
    kodi.stand(State.CONNECTED)
    assert in_kodi(kodi, "tagline") == "Mind the fourth floor."
    [shown] = kodi.select(entry.url)
    assert shown.text == "There is nothing left to decide about this entry"


def test_what_kodi_cannot_take_is_told_once_for_each_kind(kodi: Rig):
    [shown] = kodi.select("plugin://script.metarr/?do=cannot")
    kinds = [line for line in shown.text.split("\n") if line.startswith("[B]")]
    assert kinds == ["[B]Movies[/B]", "[B]TV shows[/B]", "[B]Seasons[/B]", "[B]Episodes[/B]"]
    assert shown.text.count("Cast: Kodi takes a cast from its scrapers and from .nfo files only") == 4


def test_a_library_without_a_choice_leads_to_it(simulators: Simulators, tmp_path: Path):
    with rig(simulators, tmp_path) as kodi:
        [*rows, _] = kodi.open(PENDING)
        assert rows[0].label == "This library was not reported yet."
        kodi.add_movie("Inception", 2010)
        kodi.report(policy="")
        rows = kodi.open(PENDING)
        assert (rows[0].label, rows[0].url) == (
            "Metarr writes nothing here yet: choose what it may write",
            "plugin://script.metarr/?do=policy",
        )


def test_long_lists_come_in_pages(kodi: Rig, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(menu_pending, "PAGE", 1)
    for film in ("Inception", "Matrix"):
        item = kodi.named(film)["id"]
        edit = {"itemId": item, "fields": {"plot": f"New words for {film}"}, "updateMask": "fields"}
        kodi.live.call("Library", "UpdateItem", edit)
    first, more = kodi.open("plugin://script.metarr/?show=waiting")
    assert (more.label, more.folder) == ("More …", True)
    [second] = kodi.open(more.url)
    assert {each.label.partition(":")[0] for each in (first, second)} == {"Inception", "The Matrix"}
