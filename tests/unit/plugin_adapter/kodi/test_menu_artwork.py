"""Choose artwork: the pictures of all providers, and choosing one of them."""

from collections.abc import Iterator

import pytest

from menu_rig import Rig, rig, row
from simulators import Simulators


@pytest.fixture(scope="module")
def kodi(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    running_simulators.reset()
    with rig(running_simulators, tmp_path_factory.mktemp("kodi")) as made:
        made.add_movie("Inception", 2010, imdb="tt1375666")
        made.report()
        made.enrich(made.named("Inception")["id"])
        yield made


def listed(kodi: Rig) -> str:
    """The address of the listing that the context menu opens."""
    kodi.point("artwork", "movie", 1)
    window, url, _ = kodi.port.ran[-1].removeprefix("ActivateWindow(").removesuffix(")").split(",")
    assert window == "programs"
    return url


def test_every_sort_of_picture_is_there_with_the_one_that_is_held(kodi: Rig):
    rows = kodi.open(listed(kodi))
    assert [each.label for each in rows][:3] == ["Poster", "Fanart", "Clear logo"]
    held = kodi.full(kodi.named("Inception")["id"])["fields"]["poster"]["value"]
    assert rows[0].image == held[0]["url"]


def test_a_picture_that_is_chosen_is_held_and_locked(kodi: Rig):
    pictures = kodi.open(row(kodi.open(listed(kodi)), "Poster").url)
    assert pictures[0].label.startswith("chosen · ")
    assert all(each.image.startswith("http") for each in pictures)
    other = next(each for each in pictures if not each.label.startswith("chosen"))
    [notice] = kodi.select(other.url)
    assert notice.text == "Chosen and locked: Poster"
    poster = kodi.full(kodi.named("Inception")["id"])["fields"]["poster"]
    assert poster["locked"]
    assert len(poster["value"]) == 1
    assert kodi.open(row(kodi.open(listed(kodi)), "Poster").url)[0].url == other.url
    assert kodi.port.ran[-1].startswith("ActivateWindow")


def test_another_fanart_comes_first_and_the_others_stay_behind_it(kodi: Rig):
    film = kodi.named("Inception")["id"]
    before = kodi.full(film)["fields"]["fanart"]["value"]
    pictures = kodi.open(row(kodi.open(listed(kodi)), "Fanart").url)
    other = next(each for each in pictures if not each.label.startswith("chosen"))
    kodi.select(other.url)
    after = kodi.full(film)["fields"]["fanart"]["value"]
    assert len(after) == len(before)
    assert after[0]["url"] not in [each["url"] for each in before]
    assert [each["url"] for each in after[1:]] == [each["url"] for each in before[: len(after) - 1]]


def test_a_sort_without_pictures_says_so(kodi: Rig):
    kodi.add_movie("Nobody knows it", 1901)
    kodi.report()
    kodi.point("artwork", "movie", 2)
    url = kodi.port.ran[-1].removeprefix("ActivateWindow(").split(",")[1]
    [only] = kodi.open(row(kodi.open(url), "Poster").url)
    assert only.label == "No provider has a picture of this sort"
