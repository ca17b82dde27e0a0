"""Lock fields: a list of all fields, those marked that are locked."""

from collections.abc import Iterator

import pytest

from menu_rig import Rig, rig
from simulators import Simulators


@pytest.fixture(scope="module")
def kodi(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    running_simulators.reset()
    with rig(running_simulators, tmp_path_factory.mktemp("kodi")) as made:
        made.add_movie("Inception", 2010, imdb="tt1375666")
        made.report()
        made.enrich(made.named("Inception")["id"])
        yield made


@pytest.fixture(autouse=True)
def all_open(kodi: Rig) -> Iterator[None]:
    yield
    message = {"itemId": kodi.named("Inception")["id"], "unlockAll": True, "updateMask": "unlockAll"}
    kodi.live.call("Library", "UpdateItem", message)


def locked(kodi: Rig) -> set[str]:
    fields = kodi.full(kodi.named("Inception")["id"])["fields"]
    return {name for name, field in fields.items() if field.get("locked")}


def test_chosen_fields_are_locked_and_shown_so_the_next_time(kodi: Rig):
    seen = kodi.point("locks", "movie", 1, ["Plot", "Poster"])
    assert seen[0].text == "[]"
    assert seen[-1].text == "Locked: Plot, Poster"
    assert locked(kodi) == {"plot", "poster"}
    [shown] = kodi.point("locks", "movie", 1, None)
    marked = [shown.lines[int(place)].partition(" | ")[0] for place in shown.text.strip("[]").split(",")]
    assert marked == ["Plot", "Poster"]


def test_what_is_taken_out_of_the_choice_is_unlocked(kodi: Rig):
    kodi.point("locks", "movie", 1, ["Plot", "Poster"])
    assert kodi.point("locks", "movie", 1, ["Poster", "Title"])[-1].text == "Locked: Title. Unlocked: Plot"
    assert locked(kodi) == {"poster", "title"}


def test_leaving_or_choosing_the_same_changes_nothing(kodi: Rig):
    kodi.point("locks", "movie", 1, ["Plot"])
    before = kodi.named("Inception")["etag"]
    assert [shown.what for shown in kodi.point("locks", "movie", 1, None)] == ["choose_several"]
    assert kodi.point("locks", "movie", 1, ["Plot"])[-1].text == "The locks stay as they are"
    assert kodi.named("Inception")["etag"] == before


def test_a_lock_that_somebody_overtook_is_not_set_over_it(kodi: Rig):
    def meanwhile(_shown: object) -> list[str]:
        edit = {"itemId": kodi.named("Inception")["id"], "fields": {"plot": "Mine"}, "updateMask": "fields"}
        kodi.live.call("Library", "UpdateItem", edit)
        return ["Poster"]

    [*_, shown] = kodi.point("locks", "movie", 1, meanwhile)
    assert (shown.what, shown.text) == ("tell", "Somebody changed this title in the meantime. Try again.")
    assert locked(kodi) == {"plot"}
