"""The page Players, as a browser without script uses it."""

from pathlib import Path

import pytest
from werkzeug.test import Client

from harness import House
from metarr.domain.consent import SyncPolicy
from model_player import ModelPlayer
from pages import seen


@pytest.fixture
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    (folder / "Alien (1979)").mkdir(parents=True)
    return folder


@pytest.fixture
def kodi(home: House) -> ModelPlayer:
    player = ModelPlayer(home, policy=SyncPolicy.UNCHOSEN)
    player.add("alien", "Alien", fields={"title": "Alien"})
    player.report_all()
    return player


def text(web: Client, path: str) -> str:
    answer = web.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_folder_is_tested_and_added(web: Client, home: House, films: Path):
    form = {"settings.paths": str(films), "name": "My films"}
    tried = web.post("/players/add/folders", data={**form, "do": "test"}).get_data(as_text=True)
    assert "can be read and written" in tried
    assert str(films) in tried
    assert home.services.hosts.everyone() == []
    assert web.post("/players/add/folders", data={**form, "do": "save"}).status_code == 303
    [standing] = home.services.hosts.everyone()
    assert (standing.config.name, standing.settings["paths"]) == ("My films", [str(films)])
    assert "My films" in text(web, "/players")
    assert str(films) in text(web, "/players/hosts/folders")
    assert f"http://localhost/hooks/folders/{standing.hook_secret}" in text(web, "/players/hosts/folders")


@pytest.mark.parametrize(("path", "why"), [("/nowhere", "is not there"), ("relative", "no path from the root")])
def test_what_is_wrong_comes_back_with_what_was_typed(web: Client, home: House, path: str, why: str):
    answer = web.post("/players/add/folders", data={"settings.paths": path, "do": "save"})
    assert answer.status_code == 422
    assert why in answer.get_data(as_text=True)
    assert path in answer.get_data(as_text=True)
    assert home.services.hosts.everyone() == []


def test_the_same_folder_twice_is_told_which(web: Client, home: House, films: Path):
    for _ in range(2):
        answer = web.post("/players/add/folders", data={"settings.paths": str(films), "do": "save"})
    assert "the host folders" in answer.get_data(as_text=True).lower()


def test_a_host_is_changed_switched_off_and_removed(web: Client, home: House, films: Path):
    home.services.hosts.add("folders", "Films", {"paths": [str(films)]})
    assert web.post("/players/hosts/folders", data={"name": "Cinema", "do": "save"}).status_code == 303
    assert web.post("/players/hosts/folders/enabled", data={"enabled": "off"}).status_code == 303
    [standing] = home.services.hosts.everyone()
    assert (standing.config.name, standing.config.enabled) == ("Cinema", False)
    assert web.post("/players/hosts/folders/remove", data={}).status_code == 422
    assert web.post("/players/hosts/folders/remove", data={"sure": "on"}).status_code == 303
    assert home.services.hosts.everyone() == []


def test_a_policy_is_shown_first_and_chosen_then(web: Client, home: House, kodi: ModelPlayer):
    shown = web.post("/players/kodi/policy", data={"policy": "replace", "do": "preview"})
    assert "Something would be written" in shown.get_data(as_text=True)
    assert home.services.players.everyone()[0].player.policy is SyncPolicy.UNCHOSEN
    chosen = web.post("/players/kodi/policy", data={"policy": "replace", "do": "choose", "overwrite_edits": "on"})
    assert chosen.status_code == 303
    player = home.services.players.everyone()[0].player
    assert (player.policy, player.overwrite_edits) == (SyncPolicy.REPLACE, True)


def test_what_is_held_is_shown_and_let_go(web: Client, home: House, kodi: ModelPlayer):
    for number in range(30):
        kodi.add(f"film {number}", f"Film {number}")
    kodi.report_all("r2")
    for number in range(30):
        del kodi.films[f"film {number}"]
    kodi.report_all("r3")
    assert "let them go" in text(web, "/players/kodi")
    assert web.post("/players/kodi/gone").status_code == 303
    assert "let them go" not in text(web, "/players/kodi")


@pytest.mark.parametrize("path", ["/players/nobody", "/players/hosts/none", "/players/add/none"])
def test_there_is_nothing_else(web: Client, path: str):
    assert web.get(path).status_code == 404
    assert seen(web.get("/players"))


def test_a_player_is_let_in_by_its_code_and_shut_out_again(web: Client, home: House):
    code = home.services.pairing_codes.start("kodi-1", "Living <room>", "10.0.0.2")
    spaced = f"{code.code[:3]} {code.code[3:]}"
    done = web.post("/players/pair", data={"code": spaced})
    assert done.status_code == 303
    assert "Living &lt;room&gt; is let in" in text(web, done.headers["location"])
    token = home.services.pairing_codes.claim(code.claim)
    [listed] = home.services.player_tokens.listed()
    assert f"/players/tokens/{listed.id}/revoke" in text(web, "/players")
    assert token not in text(web, "/players")
    assert web.post(f"/players/tokens/{listed.id}/revoke").status_code == 303
    assert home.services.player_tokens.subject(token) is None


@pytest.mark.parametrize(("code", "status"), [("", 422), ("12345", 422), ("123456", 404)])
def test_a_wrong_code_is_told(web: Client, code: str, status: int):
    assert web.post("/players/pair", data={"code": code}).status_code == status


def test_a_group_has_a_choice_of_its_own(web: Client, home: House, kodi: ModelPlayer):
    form = {"policy": "replace", "group.tags": "leave", "group.artwork": "fill", "group.texts": ""}
    shown = web.post("/players/kodi/policy", data={**form, "do": "preview"}).get_data(as_text=True)
    assert '<option value="leave" selected>' in shown
    assert web.post("/players/kodi/policy", data={**form, "do": "choose"}).status_code == 303
    [standing] = home.services.players.everyone()
    assert standing.player.group_policies == {"tags": "leave", "artwork": "fill"}
    assert web.post("/players/kodi/policy", data={**form, "group.tags": "", "do": "choose"}).status_code == 303
    [standing] = home.services.players.everyone()
    assert standing.player.group_policies == {"artwork": "fill"}
    assert web.post("/players/kodi/policy", data={**form, "group.tags": "x"}).status_code == 422
    assert web.post("/players/kodi/policy", data={**form, "group.texts": "union"}).status_code == 422


def test_what_is_typed_into_its_forms_is_guarded(web: Client, home: House, kodi: ModelPlayer) -> None:
    for path, action in (("/players/add/folders", None), (f"/players/{kodi.id}", f"/players/{kodi.id}/policy")):
        forms = [has for has in seen(web.get(path)).all("form") if has.get("action") == action]
        assert forms
        assert all("data-guard" in has for has in forms)
