"""Lists are parted where their writers part them, and names that only look like lists stay one."""

import pytest

from metarr.nfo import lists


@pytest.mark.parametrize(
    ("text", "genres"),
    [
        ("Drama", ["Drama"]),
        ("Drama, Crime", ["Drama", "Crime"]),
        ("Drama|Crime", ["Drama", "Crime"]),
        ("|Drama|Crime|", ["Drama", "Crime"]),
        ("Drama / Crime", ["Drama", "Crime"]),
        ("Drama;Crime", ["Drama", "Crime"]),
        ("Action/Adventure", ["Action", "Adventure"]),
        ("Drama, Crime / Film-Noir", ["Drama", "Crime", "Film-Noir"]),
        ("Sci-Fi & Fantasy", ["Sci-Fi & Fantasy"]),
        ("Action & Adventure, War & Politics", ["Action & Adventure", "War & Politics"]),
        ("Home and Garden", ["Home and Garden"]),
        ("N/A", []),
        (" / ", []),
        ("Drama, ", ["Drama"]),
        ("Drama / None", ["Drama"]),
        ("Drama, N/A", ["Drama"]),
        ("N/A / n/a|Drama/N/A", ["Drama"]),
        ("Alpha/Omega, Japan/Asia", ["Alpha", "Omega", "Japan", "Asia"]),
        ("动作，剧情、爱情；家庭", ["动作", "剧情", "爱情", "家庭"]),
    ],
)
def test_genres(text: str, genres: list[str]) -> None:
    assert lists.genres([text]) == genres


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("Norway", ["Norway"]),
        ("Germany, USA", ["Germany", "USA"]),
        ("Germany / USA", ["Germany", "USA"]),
        ("Germany|USA", ["Germany", "USA"]),
        ("Korea, Republic of", ["Korea, Republic of"]),
        ("Congo, The Democratic Republic of the", ["Congo, The Democratic Republic of the"]),
        ("Taiwan, Province of China, Japan", ["Taiwan, Province of China", "Japan"]),
        ("France, Iran, Islamic Republic of", ["France", "Iran, Islamic Republic of"]),
        ("Virgin Islands, U.S.", ["Virgin Islands, U.S."]),
        ("Bosnia and Herzegovina", ["Bosnia and Herzegovina"]),
        ("Norway, N/A", ["Norway"]),
        ("Spain/Andorra", ["Spain", "Andorra"]),
        ("Unknown", []),
    ],
)
def test_countries(text: str, countries: list[str]) -> None:
    assert lists.countries([text]) == countries


@pytest.mark.parametrize(
    ("text", "companies"),
    [
        ("Warner Bros., Inc.", ["Warner Bros., Inc."]),
        ("Fjord Film / Strand", ["Fjord Film", "Strand"]),
        ("Fjord Film|Strand", ["Fjord Film", "Strand"]),
        ("AC/DC Films", ["AC/DC Films"]),
        ("Smith, Jones & Co.", ["Smith, Jones & Co."]),
        ("N/A", []),
    ],
)
def test_companies(text: str, companies: list[str]) -> None:
    assert lists.companies([text]) == companies


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Joel Coen", ["Joel Coen"]),
        ("Joel Coen / Ethan Coen", ["Joel Coen", "Ethan Coen"]),
        ("Joel Coen|Ethan Coen", ["Joel Coen", "Ethan Coen"]),
        ("Joel Coen, Ethan Coen", ["Joel Coen", "Ethan Coen"]),
        ("Downey, Robert", ["Downey, Robert"]),
        ("Robert Downey, Jr.", ["Robert Downey, Jr."]),
        ("Van Damme, Jean Claude", ["Van Damme, Jean Claude"]),
        ("Sammy Davis Jr., Dean Martin", ["Sammy Davis Jr.", "Dean Martin"]),
        ("McG", ["McG"]),
        ("N/A", []),
        ("Unknown", []),
    ],
)
def test_people(text: str, people: list[str]) -> None:
    assert lists.people([text]) == people


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("sea", ["sea"]),
        ("sea / shore", ["sea / shore"]),
        ("sea|shore", ["sea", "shore"]),
        ("a, b", ["a, b"]),
        ("-", []),
    ],
)
def test_tags(text: str, tags: list[str]) -> None:
    assert lists.tags([text]) == tags
