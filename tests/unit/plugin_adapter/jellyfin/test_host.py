"""A Jellyfin server as a host: what it tells, what is written there, and what stays as it was."""

import pytest

from fake_jellyfin import FakeJellyfin
from jellyfin_rig import JellyfinRig, film, show, stored
from metarr.domain.fields import fields_of
from metarr.domain.values import Kind
from metarr_adapter.host import IDS
from metarr_jellyfin.fields import ARTWORK, cannot_take, places

pytestmark = pytest.mark.slow

PLACES = {"season_number", "episode_number", "absolute_number", "dvd_season_number", "dvd_episode_number"}
"""Of an episode, where it stands; no host writes that."""


def test_what_it_holds_is_told_once_and_over_restarts_not_again(rig: JellyfinRig, server: FakeJellyfin):
    film(server, "Alien", Overview="In space.", ProductionYear=1979, ProviderIds={"Imdb": "tt0078748"})
    show(server, "Dark")
    rig.look()
    assert rig.report() == 5
    rig.restart()
    rig.look()
    assert rig.report() == 0


def test_values_get_there_and_the_rest_stays(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(
        server, "Alien", Overview="Mine.", Genres=["Horror"], Tags=["mine"], CustomRating="X", ProviderIds={"Foo": "1"}
    )
    server.play(alien)
    before = stored(server, alien, {"OriginalTitle", "CommunityRating", "LockedFields"})
    rig.daemon.library["Alien"] = {"plot": "Theirs.", "original_title": "Alien", "imdb_rating": 8.5}
    rig.sync()
    assert (alien.data["OriginalTitle"], alien.data["CommunityRating"]) == ("Alien", 8.5)
    assert stored(server, alien, {"OriginalTitle", "CommunityRating", "LockedFields"}) == before
    assert rig.outcome(alien, "plot") == "KEPT"
    assert rig.outcome(alien, "original_title") == "TAKEN"
    posts = len(server.posts())
    assert rig.sync().written == 0
    assert len(server.posts()) == posts


@pytest.mark.parametrize("rating", ["imdb", "tmdb"])
@pytest.mark.parametrize("kind", list(Kind))
def test_every_field_is_taken_or_said_why_not(rating: str, kind: Kind):
    takes = {*places(rating)[kind], *ARTWORK[kind]}
    why = cannot_take(rating)[kind]
    catalogue = {field.name for field in fields_of(kind)} - PLACES
    assert (takes - {IDS}) | why.keys() == catalogue
    assert takes & why.keys() == set()
