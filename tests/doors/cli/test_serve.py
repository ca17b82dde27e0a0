from pathlib import Path

import pytest

import metarr.app
from metarr.cli.data_dir import data_dir_or_default
from metarr.rpc.doors.access import Access, Tls


@pytest.fixture
def served(monkeypatch):
    """What the daemon was started with; it is ready at once and stops at once."""
    calls = []

    def serve(*, ready, **options):
        calls.append(options)
        ready("127.0.0.1:50051", "127.0.0.1:50052")

    monkeypatch.setattr(metarr.app, "serve", serve)
    return calls


def test_it_prints_one_line_with_both_addresses_when_ready(metarr, served, tmp_path):
    result = metarr("serve", "--data-dir", str(tmp_path), "--log-level", "error")
    assert result.status == 0
    assert result.err == ""
    assert len(result.out.splitlines()) == 1
    assert "gRPC on 127.0.0.1:50051, HTTP on http://127.0.0.1:50052/" in result.out
    assert served == [
        {
            "data_dir": tmp_path,
            "grpc": "127.0.0.1:50051",
            "http": "127.0.0.1:50052",
            "access": Access(),
            "log_level": "error",
            "log_file": None,
            "database_url": "",
        }
    ]


def test_who_may_reach_it_is_handed_on(metarr, served, tmp_path):
    options = [
        "--require-token",
        "--http-name",
        "metarr.home",
        "--http-name",
        "nas",
        "--tls-cert",
        "c",
        "--tls-key",
        "k",
    ]
    result = metarr("serve", "--log-file", str(tmp_path / "log"), *options)
    assert "HTTP on https://127.0.0.1:50052/" in result.out
    assert served[0]["access"] == Access(
        require_token=True, names=("metarr.home", "nas"), tls=Tls(certificate=Path("c"), key=Path("k"))
    )
    assert served[0]["log_file"] == tmp_path / "log"


def test_a_certificate_without_its_key_is_wrong_usage(metarr, served):
    result = metarr("serve", "--tls-cert", "c")
    assert result.status == 2
    assert "go together" in result.err
    assert served == []


def test_an_address_in_use_is_told_in_a_line(metarr, monkeypatch):
    def serve(**_):
        raise OSError("127.0.0.1:50051 is in use")

    monkeypatch.setattr("metarr.app.serve", serve)
    assert metarr("serve") == (1, "", "metarr: 127.0.0.1:50051 is in use\n")


@pytest.mark.parametrize(
    ("xdg", "expected"),
    [("/data", "/data/metarr"), ("", "/home/me/.local/share/metarr"), ("rel", "/home/me/.local/share/metarr")],
)
def test_data_lies_where_the_desktop_says(monkeypatch, xdg, expected):
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("XDG_DATA_HOME", xdg)
    assert data_dir_or_default(None) == Path(expected)


@pytest.mark.parametrize("option", ["--grpc", "--http"])
@pytest.mark.parametrize("address", ["50051", ":50051", "nas:x", "http://nas:50051", "127.0.0.1:65536"])
def test_what_is_no_address_is_wrong_usage_and_nothing_is_started(metarr, served, option, address):
    result = metarr("serve", option, address)
    assert result.status == 2
    assert "is not HOST:PORT" in " ".join(result.err.split())
    assert served == []


def test_any_free_port_may_be_asked_for(metarr, served):
    metarr("serve", "--grpc", "[::]:0", "--http", "0.0.0.0:0")
    assert [(each["grpc"], each["http"]) for each in served] == [("[::]:0", "0.0.0.0:0")]
