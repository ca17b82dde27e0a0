"""The page Health, as a browser without script uses it, and as htmx does."""

from werkzeug.test import Client

from harness import House
from metarr.domain.consent import SyncPolicy
from model_player import ModelPlayer
from pages import HTMX, seen


def test_what_was_asked_is_drawn_and_told_day_by_day(web: Client, home: House) -> None:
    assert "No provider was asked yet" in seen(web.get("/health")).text
    home.simulators.set_quota("omdb", 0)
    home.enrich(home.add("fight-club"))
    page = seen(web.get("/health"))
    assert len(page.all("svg", class_="chart")) == 4
    assert len(page.all("rect", class_="limited")) == 1
    assert page.all("rect", class_="answered")
    assert page.text.count("2026-11-22") == 4
    assert "1 request, 0 failed" in page.text


def test_that_a_quota_is_used_up_is_said_once(web: Client, home: House) -> None:
    home.simulators.set_quota("omdb", 0)
    home.enrich(home.add("fight-club"))
    page = seen(web.get("/health"))
    assert page.text.casefold().count("quota used up") == 1
    assert page.text.count("Asked again") == 1


def test_who_looks_again_is_shown_what_is_in_force_now_and_nothing_else(web: Client, home: House) -> None:
    home.enrich(home.add("fight-club"))
    again = seen(web.get("/health", headers=HTMX))
    assert not again.all("svg", class_="chart")
    assert again.all("article", id="provider-omdb")


def test_a_choice_that_a_player_waits_for_is_a_click_away(web: Client, home: House) -> None:
    ModelPlayer(home, policy=SyncPolicy.UNCHOSEN)
    page = seen(web.get("/health"))
    assert "nothing is written to it before you choose" in page.text
    [address] = [each["href"] for each in page.all("a", class_="button") if each["href"].startswith("/players/")]
    assert "Show what would be written" in seen(web.get(address)).text
