"""About: versions, credits and licence, with and without a daemon."""

from pathlib import Path

import pytest

from menu_rig import rig
from simulators import Simulators

ABOUT = "plugin://script.metarr/?do=about"
CREDITS = (
    "This product uses the TMDB API but is not endorsed or certified by TMDB.",
    "TheTVDB",
    "OMDb",
    "fanart.tv",
    "MIT licence",
)


def test_versions_address_credits_and_licence_are_told(simulators: Simulators, tmp_path: Path):
    with rig(simulators, tmp_path) as kodi:
        [shown] = kodi.select(ABOUT)
        lines = shown.text.split("\n")
        assert lines[0] == "Add-on 0.1.0 · Metarr 0.1.0 · Kodi 20.1"
        assert lines[1] == f"Metarr runs at {kodi.live.url}"
        assert all(credit in shown.text for credit in CREDITS)
        assert shown.text.count("TMDB API") == 1


@pytest.mark.parametrize("address", ["", "127.0.0.1:1"])
def test_credit_is_given_while_the_daemon_is_away_too(simulators: Simulators, tmp_path: Path, address: str):
    with rig(simulators, tmp_path) as kodi:
        kodi.port.settings["address"] = address
        [shown] = kodi.select(ABOUT)
        assert shown.text.split("\n")[0] == "Add-on 0.1.0 · Metarr – · Kodi 20.1"
        assert all(credit in shown.text for credit in CREDITS)
