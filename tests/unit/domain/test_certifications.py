"""Certifications in every dialect, the owner's country's only."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metarr.domain.certifications import MOST, certification_in


@pytest.mark.parametrize(
    ("text", "us", "de"),
    [
        ("PG-13", "PG-13", ""),
        ("Rated PG-13", "PG-13", ""),
        ("Rated PG-13 for violence, and some language", "PG-13", ""),
        ("rated r", "r", ""),
        ("R", "R", "R"),
        ("Not Rated", "Not Rated", "Not Rated"),
        ("NC-17", "NC-17", ""),
        ("TV-MA", "TV-MA", ""),
        ("TV-Y7-FV", "TV-Y7-FV", ""),
        ("Approved", "Approved", ""),
        ("MPAA:PG-13", "PG-13", ""),
        ("MPAA R", "R", ""),
        ("MPAA Rated R", "R", ""),
        ("MPAA: Rated PG-13 for violence", "PG-13", ""),
        ("[US] R / [DE] 16", "R", "16"),
        ("FSK12", "", "12"),
        ("DE:FSK12", "", "12"),
        ("12", "", "12"),
        ("FSK 12", "", "12"),
        ("FSK-16", "", "16"),
        ("FSK: 16", "", "16"),
        ("ab 12", "", "ab 12"),
        ("US:PG-13", "PG-13", ""),
        ("us:pg-13", "pg-13", ""),
        ("US: PG-13", "PG-13", ""),
        ("USA:R", "R", ""),
        ("U.S.A.:R", "R", ""),
        ("United States:PG-13", "PG-13", ""),
        ("US-PG-13", "PG-13", ""),
        ("USA PG-13", "PG-13", ""),
        ("US / R", "R", ""),
        ("us/R", "R", ""),
        ("US:Rated PG-13", "PG-13", ""),
        ("USA:R (certificate #35698)", "R", ""),
        ("R (Restricted)", "R", "R"),
        ("Germany:12", "", "12"),
        ("Germany: 12", "", "12"),
        ("Deutschland:FSK 12", "", "12"),
        ("DE-12", "", "12"),
        ("de/12", "", "12"),
        ("DE:FSK 12 / US:PG-13", "PG-13", "12"),
        ("US:PG-13 / DE:12", "PG-13", "12"),
        ("us:R|de:16", "R", "16"),
        ("US:PG-13, DE:12", "PG-13", "12"),
        ("US:PG-13;DE:12", "PG-13", "12"),
        ("USA:PG-13::(certificate #1) / Germany:12::(bw)", "PG-13", "12"),
        ("UK:15 / USA:R", "R", ""),
        ("UK:15 / UK:18 (video rating) / Germany:16 (bw)", "", "16"),
        ("PG-13 / DE:12", "PG-13", "12"),
        ("Rated R / US:R / DE:16", "R", "16"),
        ("au/MA15+", "", ""),
        ("AU:MA15+ / US:R", "R", ""),
        ("MA 15+", "", ""),
        ("Canada:14A / Canada:18A / USA:TV-14", "TV-14", ""),
        ("Nowhere:15", "", ""),
        ("Norge:15", "", ""),
        ("No rating", "No rating", "No rating"),
        ("N/A", "", ""),
        ("Rated", "", ""),
        ("US:", "", ""),
        ("Germany", "", ""),
        (" / ", "", ""),
        ("", "", ""),
        ("x" * (MOST + 1), "", ""),
    ],
)
def test_the_rating_of_the_country_is_read(text: str, us: str, de: str) -> None:
    assert (certification_in(text, "US"), certification_in(text, "DE")) == (us, de)


@pytest.mark.parametrize(
    ("text", "country", "rating"),
    [
        ("UK:15 / USA:R", "GB", "15"),
        ("gb/15", "GB", "15"),
        ("BBFC 12A", "GB", "12A"),
        ("12A", "GB", "12A"),
        ("12A", "DE", ""),
        ("BBFC15", "GB", "15"),
        ("au/MA15+", "AU", "MA15+"),
        ("Canada (Quebec):13+", "CA", "13+"),
        ("NL:12", "NL", "12"),
        ("France:Tous publics", "FR", "Tous publics"),
        ("España:16", "ES", "16"),
        ("PG", "GB", "PG"),
        ("TV-14", "CA", ""),
    ],
)
def test_every_country_has_its_own(text: str, country: str, rating: str) -> None:
    assert certification_in(text, country) == rating


@given(st.text(alphabet="USDEGBusde:/-| ,;()PGR1352+For", max_size=30), st.sampled_from(["US", "DE", "GB", "XX"]))
def test_what_was_read_reads_the_same(text: str, country: str) -> None:
    rating = certification_in(text, country)
    assert len(rating) <= MOST
    assert "/" not in rating


def test_a_hostile_text_costs_no_more_than_its_size() -> None:
    started = time.process_time()
    for text in ("(" * 20_000, "for " * 5000, "US:" * 6000, "a:b/" * 5000):
        certification_in(text, "US")
    assert time.process_time() - started < 1
