"""What fields there are, as both doors tell it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from harness import Live, live
from metarr.domain.authority import default_rule
from metarr.domain.fields import FIELDS, FieldType
from metarr.domain.item import Rule
from metarr.domain.outcome import Skip
from metarr.domain.values import Kind
from metarr.errors import Reason


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with live(Path(tmp_path_factory.mktemp("data"))) as daemon:
        yield daemon


def grpc(daemon: Live, request: dict[str, Any]) -> dict[str, Any]:
    return daemon.client.call("ConfigService", "ListFields", request)


def http(daemon: Live, request: dict[str, Any]) -> dict[str, Any]:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(f"{daemon.url}/metarr.v1.ConfigService/ListFields", json=request, timeout=20)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.parametrize("door", [grpc, http])
def test_every_field_of_the_catalogue_is_told(running: Live, door: Any) -> None:
    told = door(running, {"pageSize": 200})
    assert [each["name"] for each in told["fields"]] == list(FIELDS)
    assert "nextPageToken" not in told
    for each in told["fields"]:
        field = FIELDS[each["name"]]
        kinds = [Kind(kind.removeprefix("MEDIA_KIND_").lower()) for kind in each["kinds"]]
        assert (each["label"], each.get("unit", "")) == (field.label, field.unit)
        assert (each["type"], tuple(kinds)) == (f"TYPE_{field.type.name}", field.kinds)
        assert each.get("mayUnion", False) is (field.type is FieldType.TEXTS)
        assert (each.get("sync", False), each.get("languageFirst", False)) == (field.sync, field.in_languages)
        for kind, rule in zip(kinds, each["defaultRules"], strict=True):
            assert tuple(rule["providers"]) == default_rule(kind, field.name).providers


@pytest.mark.parametrize("door", [grpc, http])
def test_every_code_has_its_word(running: Live, door: Any) -> None:
    told = door(running, {"pageSize": 1})
    assert {each["code"] for each in told["rules"]} == set(Rule)
    assert {each["code"] for each in told["reasons"]} == {*Reason, *Skip}
    assert all(each["word"].strip() for each in (*told["rules"], *told["reasons"]))


@pytest.mark.parametrize("kind", Kind)
def test_the_pages_of_a_kind_are_its_fields(running: Live, kind: Kind) -> None:
    names, token = [], ""
    while True:
        told = grpc(running, {"kind": f"MEDIA_KIND_{kind.upper()}", "pageSize": 7, "pageToken": token})
        names += [each["name"] for each in told["fields"]]
        assert ("rules" in told) is (not token)
        token = told.get("nextPageToken", "")
        if not token:
            break
    assert names == [name for name, field in FIELDS.items() if kind in field.kinds]


def test_a_token_belongs_to_its_kind(running: Live) -> None:
    token = grpc(running, {"kind": "MEDIA_KIND_MOVIE", "pageSize": 7})["nextPageToken"]
    with pytest.raises(Exception, match="page_token"):
        grpc(running, {"kind": "MEDIA_KIND_SERIES", "pageSize": 7, "pageToken": token})


def test_what_wakes_the_players_is_as_it_is_set(running: Live) -> None:
    running.call("Config", "UpdateSettings", {"settings": {"sync_fields": ["awards"]}})
    assert [each["name"] for each in grpc(running, {"pageSize": 200})["fields"] if each.get("sync")] == ["awards"]
    running.call("Config", "UpdateSettings", {"settings": {"sync_fields": None}})
