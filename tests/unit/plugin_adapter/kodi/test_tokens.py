"""The access token goes to the daemon that it was given for, and to no other."""

from pathlib import Path

import pytest

from fake_kodi_port import FakePort, english
from metarr_kodi import texts, tokens

TOKEN = "s3cret-t0ken"


@pytest.fixture
def port(tmp_path: Path) -> FakePort:
    return FakePort(tmp_path)


def test_a_token_typed_beside_an_address_belongs_there(port: FakePort):
    port.settings.update(address="nas", token=TOKEN)
    assert tokens.where(port) == ("nas", TOKEN)
    tokens.note(port)
    assert tokens.where(port) == ("nas", TOKEN)
    assert tokens.kept_for(port) == "http://nas:50052"
    assert tokens.belongs_to(port) == ""


@pytest.mark.parametrize("address", ["other", "nas:8080", "https://nas", "nas.example.org", "ftp://nas"])
def test_at_another_host_port_or_scheme_it_is_withheld(port: FakePort, address: str):
    tokens.keep(port, "nas", TOKEN)
    port.settings["address"] = address
    assert tokens.where(port) == (address, "")
    assert tokens.belongs_to(port) == "http://nas:50052"
    tokens.note(port)
    assert tokens.where(port) == (address, ""), "noting it must not move it"


@pytest.mark.parametrize("address", ["nas", " NAS ", "http://nas", "nas:50052", "http://nas:50052/"])
def test_the_same_address_may_be_typed_in_any_way(port: FakePort, address: str):
    tokens.keep(port, "nas", TOKEN)
    port.settings["address"] = address
    assert tokens.where(port)[1] == TOKEN


def test_a_new_token_typed_beside_a_new_address_belongs_to_that(port: FakePort):
    tokens.keep(port, "nas", TOKEN)
    port.settings.update(address="other", token="another")
    assert tokens.where(port) == ("other", "another")
    tokens.note(port)
    port.settings["address"] = "nas"
    assert tokens.where(port) == ("nas", "")


def test_back_at_the_old_address_it_is_good_again(port: FakePort):
    tokens.keep(port, "nas", TOKEN)
    port.settings["address"] = "other"
    tokens.note(port)
    port.settings["address"] = "nas"
    assert tokens.where(port) == ("nas", TOKEN)


def test_while_a_new_pair_is_kept_nobody_sees_a_token_beside_the_other_address(port: FakePort):
    """The service hears of every setting that changes, and reads all of them then."""
    tokens.keep(port, "nas", TOKEN)
    seen: list[tuple[str, str]] = []

    class Watching(FakePort):
        def set_setting(self, name: str, value: str) -> None:
            super().set_setting(name, value)
            tokens.note(self)
            seen.append(tokens.where(self))

    watching = Watching(port.folder, **port.settings)
    tokens.keep(watching, "other", "another")
    assert seen[-1] == ("other", "another")
    assert set(seen) <= {("nas", TOKEN), ("nas", ""), ("other", ""), ("other", "another")}


def test_nothing_that_is_kept_with_it_tells_the_token(port: FakePort):
    tokens.keep(port, "nas", TOKEN)
    assert [name for name, value in port.settings.items() if TOKEN in value] == ["token"]


def test_what_is_said_names_both_addresses_and_not_the_token(port: FakePort):
    tokens.keep(port, "nas", TOKEN)
    assert tokens.refused(port) == english()[texts.TOKEN_REFUSED]
    port.settings["address"] = "other"
    told = tokens.refused(port)
    assert told.startswith(
        "Metarr at other wants its access token. The one that this Kodi has was given for http://nas:50052"
    )
    assert TOKEN not in told
