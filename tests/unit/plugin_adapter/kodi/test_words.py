"""Words for what the daemon tells by codes: the add-on's own, and the daemon's where it has none."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from fake_kodi_port import english
from metarr_adapter.errors import RpcError
from metarr_kodi.visit import Visit
from metarr_kodi.words import Words

LISTED = {
    "fields": [{"name": "smell", "label": "Smell"}, {"name": "plot", "label": "The daemon's plot"}],
    "rules": [{"code": "by_lot", "word": "Drawn by lot."}],
    "reasons": [{"code": "asleep", "word": "it sleeps"}],
}


class Port:
    def setting(self, _key: str) -> str:
        return "127.0.0.1:8080"

    def read_memory(self, _name: str) -> str:
        return ""

    def text(self, number: int, **places: Any) -> str:
        return english()[number].format(**places)


def words(theirs: Mapping[str, str], asked: list[str] | None = None) -> Words:
    def daemons() -> Mapping[str, str]:
        if asked is not None:
            asked.append("asked")
        return theirs

    return Words(Port(), datetime.now(UTC), {"omdb": "OMDb"}, daemons=daemons)  # type: ignore[arg-type]


def test_a_code_that_the_add_on_knows_has_its_own_word_and_asks_nobody():
    asked: list[str] = []
    own = words({"plot": "The daemon's plot"}, asked)
    assert (own.field("plot"), own.rule("locked")) == ("Plot", "You locked it.")
    assert own.unheard({"provider": "omdb", "reason": "proxy"}) == "OMDb: its proxy does not work"
    assert own.unheard({"provider": "omdb", "reason": "", "detail": "so it is"}) == "OMDb: so it is"
    assert asked == []


def test_one_that_it_does_not_know_has_the_daemons():
    asked: list[str] = []
    other = words({"smell": "Smell\x1b", "by_lot": "Drawn by lot.", "asleep": "it sleeps"}, asked)
    assert other.field("smell").startswith("Smell")
    assert "\x1b" not in other.field("smell")
    assert other.rule("by_lot") == "Drawn by lot."
    assert other.unheard({"provider": "omdb", "reason": "asleep", "detail": "zzz"}) == "OMDb: it sleeps"
    assert asked == ["asked"]


def test_one_that_nobody_knows_stands_for_itself():
    nobody = words({})
    assert (nobody.field("smell"), nobody.rule("by_lot")) == ("smell", "by_lot")
    assert nobody.unheard({"provider": "omdb", "reason": "asleep", "detail": "zzz"}) == "OMDb: zzz"


@pytest.mark.parametrize("knows", [True, False])
def test_the_daemon_is_asked_for_them_and_an_older_one_has_none(monkeypatch: pytest.MonkeyPatch, knows: bool):
    monkeypatch.setattr("metarr_kodi.visit.current", lambda _port: type("Status", (), {"player_id": ""}))

    class Caller:
        def call(self, method: str, _message: dict[str, Any], *, timeout: float) -> dict[str, Any]:
            assert timeout > 0
            if method.endswith("/ListFields"):
                if knows:
                    return LISTED
                raise RpcError("unimplemented", "there is no such method")
            return {"providers": []}

        def close(self) -> None:
            pass

    visit = Visit(Port(), Caller(), lambda: datetime.now(UTC))  # type: ignore[arg-type]
    assert visit.words.field("smell") == ("Smell" if knows else "smell")
    assert visit.words.field("plot") == "Plot"
