"""What is another thing in every country comes from who speaks for the owner's."""

import pytest

from harness import House
from metarr.domain.item import Rule
from metarr.store import key_values


def live_in(home: House, country: str) -> None:
    with home.database.begin() as connection:
        key_values.put(connection, {"country": country})


@pytest.mark.parametrize(("country", "rating"), [("US", "Approved"), ("DE", None), ("GB", None)])
def test_omdb_speaks_for_the_united_states_alone(home: House, country: str, rating: str | None) -> None:
    live_in(home, country)
    film = home.add("twelve-angry-men")
    home.enrich(film, "omdb")
    fields = home.item(film).fields
    assert (fields["certification"].value if "certification" in fields else None) == rating
    assert fields["imdb_rating"].sources == ("omdb",), "which is the same everywhere"


def test_another_country_costs_no_request_of_omdb(home: House) -> None:
    film = home.add("twelve-angry-men")
    live_in(home, "DE")
    home.enrich(film, "omdb")
    live_in(home, "US")
    home.asked()
    home.enrich(film, "omdb")
    assert home.asked() == {}
    assert home.item(film).fields["certification"].value == "Approved"
    live_in(home, "DE")
    home.enrich(film, "omdb")
    stored = home.item(film).fields["certification"]
    assert (stored.value, stored.rule) == ("Approved", Rule.OUTSIDE), "an absence erases nothing"
