"""History: what changed, the latest first; opened, and taken back."""

from collections.abc import Iterator

import pytest

from menu_rig import Rig, rig
from metarr_kodi import menu_history
from simulators import Simulators

pytestmark = pytest.mark.slow

HISTORY = "plugin://script.metarr/?show=history"


@pytest.fixture
def kodi(simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rig(simulators, tmp_path_factory.mktemp("kodi")) as made:
        made.add_movie("Inception", 2010, imdb="tt1375666")
        made.add_movie("Bold [B]Moves[/B]", 2001)
        made.report()
        yield made


def edit(kodi: Rig, title: str, **fields: str) -> None:
    message = {"itemId": kodi.named(title)["id"], "fields": fields, "updateMask": "fields"}
    kodi.live.call("Library", "UpdateItem", message)


def test_changes_are_listed_the_latest_first_with_titles(kodi: Rig):
    assert [each.label for each in kodi.open(HISTORY)] == ["Nothing was changed yet"]
    edit(kodi, "Moves", plot="New")
    kodi.enrich(kodi.named("Inception")["id"])
    assert [each.label for each in kodi.open(HISTORY)] == [
        "Inception (2010) · just now · looked up: Plot, Poster, Fanart and 32 more",
        "Bold (B)Moves(/B) (2001) · just now · edited: Plot",
    ]


def test_a_change_is_opened_field_by_field_and_taken_back(kodi: Rig):
    edit(kodi, "Inception", plot="First\nwords")
    edit(kodi, "Inception", plot="Second words")
    newest, _ = kodi.open(HISTORY)
    menu, field, again, notice = kodi.select(newest.url, "Plot", "Take back")
    assert menu.heading == "Inception (2010), just now"
    assert menu.lines == ("Take back", "Plot | First words » Second words")
    assert (field.heading, field.text) == ("Plot", "you\n\nFirst\nwords\n\n»\n\nyou\n\nSecond words")
    assert again.what == "choose"
    assert notice.text == "Taken back: Plot"
    assert kodi.port.ran == ["Container.Refresh"]
    undo, undone, _ = kodi.open(HISTORY)
    assert undo.label == "Inception (2010) · just now · undo: Plot"
    assert undone.label == "Inception (2010) · just now · edited · taken back: Plot"


def test_what_was_taken_back_can_only_be_put_back_again(kodi: Rig):
    edit(kodi, "Inception", plot="Words")
    kodi.select(kodi.open(HISTORY)[0].url, "Take back")
    undo, undone = kodi.open(HISTORY)
    [menu] = kodi.select(undone.url, None)
    assert menu.lines == ("Plot | (nothing) » Words",)
    kodi.select(undo.url, "Put back again")
    item = kodi.full(kodi.named("Inception")["id"])
    assert item["fields"]["plot"]["value"] == "Words"
    assert kodi.open(HISTORY)[0].label == "Inception (2010) · just now · redo: Plot"


def test_a_corrected_title_is_a_change_too(kodi: Rig):
    item = kodi.named("Inception")["id"]
    message = {"itemId": item, "ids": [{"type": "imdb", "value": "tt0133093"}], "updateMask": "ids"}
    kodi.live.call("Library", "UpdateItem", message)
    [change] = kodi.open(HISTORY)
    assert change.label == "Inception (2010) · just now · title corrected: External ids"
    menu, notice = kodi.select(change.url, "Take back")
    assert menu.lines[0] == "Take back | Its identity was corrected."
    assert notice.text == "Taken back: External ids"
    assert [each["value"] for each in kodi.full(item)["ids"]] == ["tt1375666"]


def test_the_history_of_a_title_that_is_gone_is_still_told(kodi: Rig):
    edit(kodi, "Moves", plot="New")
    kodi.live.call("Library", "DeleteItems", {"itemIds": [kodi.named("Moves")["id"]]})
    [change] = kodi.open(HISTORY)
    assert change.label.startswith("a title that is gone · just now")
    [menu, told] = kodi.select(change.url, "Take back")
    assert menu.heading == "a title that is gone, just now"
    assert (told.what, "deleted" in told.text) == ("tell", True)


def test_a_long_history_comes_in_pages(kodi: Rig, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(menu_history, "PAGE", 2)
    for number in range(5):
        edit(kodi, "Inception", plot=f"Words {number}")
    seen: list[str] = []
    url, pages = HISTORY, 0
    while url:
        rows = kodi.open(url)
        more = [each for each in rows if each.label == "More …"]
        seen += [each.url for each in rows if each not in more]
        url, pages = more[0].url if more else "", pages + 1
    assert (pages, len(seen), len(set(seen))) == (3, 5, 5)


def test_a_change_that_is_forgotten_is_told_so(kodi: Rig):
    edit(kodi, "Inception", plot="Words")
    item = kodi.named("Inception")["id"]
    [told] = kodi.select(f"plugin://script.metarr/?do=change&id=4711&item={item}")
    assert told.text == "Metarr does not remember this change any more."
