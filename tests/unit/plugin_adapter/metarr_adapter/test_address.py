import pytest
from typer.main import get_command

from metarr.cli.commands import app
from metarr_adapter.address import DEFAULT_PORT, BadAddress, parse


@pytest.mark.parametrize(
    ("typed", "host", "port", "encrypted"),
    [
        ("192.168.1.5", "192.168.1.5", DEFAULT_PORT, False),
        ("nas", "nas", DEFAULT_PORT, False),
        ("  NAS:8080 ", "nas", 8080, False),
        ("http://nas:8080/", "nas", 8080, False),
        ("HTTP://nas", "nas", DEFAULT_PORT, False),
        ("https://metarr.example.org:443", "metarr.example.org", 443, True),
        ("my_nas.local.", "my_nas.local.", DEFAULT_PORT, False),
        ("nas:", "nas", DEFAULT_PORT, False),
        ("[::1]:8080", "::1", 8080, False),
        ("[fe80::1%eth0]", "fe80::1%eth0", DEFAULT_PORT, False),
        ("::1", "::1", DEFAULT_PORT, False),
        ("https://[2001:db8::5]/", "2001:db8::5", DEFAULT_PORT, True),
        ("bücher.example", "xn--bcher-kva.example", DEFAULT_PORT, False),
    ],
)
def test_what_owners_type_is_understood(typed: str, host: str, port: int, encrypted: bool) -> None:
    assert parse(typed) == (host, port, encrypted)


def test_the_port_is_the_one_that_the_daemon_takes_by_itself() -> None:
    [option] = [each for each in get_command(app).commands["serve"].params if each.name == "http"]
    assert option.default == f"127.0.0.1:{DEFAULT_PORT}"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "the name of the machine is missing"),
        ("http://", "the name of the machine is missing"),
        (":8080", "the name of the machine is missing"),
        ("ftp://nas", "ftp:// is not spoken"),
        ("http:/nas", "such as http://nas:50052"),
        ("nas:port", "no address such as nas:50052"),
        ("nas:0", "from 1 to 65535"),
        ("nas:70000", "no address such as"),
        ("nas/settings", "more than a host and its port"),
        ("http://nas:50052/#library", "more than a host and its port"),
        ("my nas", "no name of a machine"),
        ("nas;reboot", "no name of a machine"),
        ("nas..local", "no name of a machine"),
        ("-nas", "no name of a machine"),
        ("x" * 300, "no name of a machine"),
        ("nas\r\nX-Evil: 1", "no "),
        ("[::1", "no address such as"),
        ("[nas]:1", "no address"),
        ("1:2:3", "no address"),
        ("\udcff", "no address of a machine"),
    ],
)
def test_nonsense_is_refused_in_words(typed: str, told: str) -> None:
    with pytest.raises(BadAddress, match=told):
        parse(typed)


def test_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(BadAddress, match="access token of its own") as caught:
        parse("http://owner:s3cret@nas:50052")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "shown"), [("nas", "nas:50052"), ("::1", "[::1]:50052"), ("[fe80::1%eth0]:1", "[fe80::1%eth0]:1")]
)
def test_an_address_can_be_shown(typed: str, shown: str) -> None:
    assert str(parse(typed)) == shown


def test_a_daemon_is_not_told_what_its_callers_network_card_is_called() -> None:
    assert str(parse("[fe80::1%eth0]:1").plain) == "[fe80::1]:1"
