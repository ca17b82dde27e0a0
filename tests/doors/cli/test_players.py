"""`metarr players`: what a person sees of media servers, and what is asked for on their behalf."""

import json

import pytest

from doors.cli.messages import ago
from metarr.rpc.client import RpcFailure

SERVICE = "SyncService"


def player(**more):
    return {
        "id": "living-room",
        "name": "Living room",
        "host": "kodi",
        "hostVersion": "21.2",
        "policy": "SYNC_POLICY_FILL",
        "items": 812,
        "pendingItems": 3,
        "notTakenItems": 2,
        "editedItems": 1,
        "seenAt": ago(minutes=5, seconds=1),
        "reportedAt": ago(days=2, hours=1),
        **more,
    }


def entry(**more):
    refused = {
        "field": "plot",
        "outcome": "OUTCOME_REFUSED",
        "hostValue": "Old.",
        "value": "New \x1b[31m" + "x" * 100,
        "detail": "read-only",
    }
    return {"hostKey": "movie:/heat.mkv", "itemId": "12", "title": "Heat", "notTaken": [refused], **more}


PREVIEW = {
    "items": 812,
    "changedItems": 40,
    "waitingItems": 5,
    "fields": [
        {
            "kind": "MEDIA_KIND_MOVIE",
            "field": "plot",
            "filled": 30,
            "replaced": 10,
            "kept": 2,
            "samples": [{"itemId": "12", "title": "Heat", "value": "Thieves."}],
        }
    ],
}


def row(out, first):
    return next(line.split() for line in out.splitlines() if line.startswith(first))


def test_list_shows_how_each_stands(metarr, daemon):
    undecided = player(id="attic", policy="SYNC_POLICY_UNSPECIFIED")
    daemon.answers[SERVICE, "ListPlayers"] = {"players": [player(), undecided]}
    result = metarr("players", "list")
    assert result.status == 0
    cells = row(result.out, "living-room")
    assert cells[1:] == ["Living", "room", "kodi", "21.2", "fill", "812", "3", "5", "minutes", "ago"]
    assert "not chosen" in result.out
    lines = result.out.splitlines()
    assert "living-room: 2 of its entries did not take everything: metarr players show living-room" in lines
    assert "living-room: 1 of its entries were edited there: metarr players show living-room" in lines
    assert "attic: nothing is written there before you choose: metarr players policy attic fill" in lines


def test_list_without_players_says_so(metarr, daemon):
    daemon.answers[SERVICE, "ListPlayers"] = {}
    assert metarr("players", "list").err.startswith("metarr: no player has registered yet")


PILOT = {
    "hostKey": "e1",
    "kind": "MEDIA_KIND_EPISODE",
    "title": "Pilot",
    "seriesTitle": "Dallas",
    "seasonNumber": 1,
    "episodeNumber": 1,
    "pendingFields": ["title", "plot"],
}


def test_show_tells_what_was_not_taken_and_what_is_pending(metarr, daemon):
    daemon.answers[SERVICE, "ListPlayers"] = {"players": [player()]}
    daemon.answers[SERVICE, "ListPlayerItems"] = lambda request: {
        "items": [entry()] if request["state"] == "STATE_NOT_TAKEN" else [PILOT]
    }
    result = metarr("players", "show", "living-room", "--pending")
    assert result.status == 0
    assert "policy: fill; edits made there are kept" in result.out
    assert "last heard 5 minutes ago; told its whole library 2 days ago" in result.out
    for part in ("Heat", "movie:/heat.mkv", "refused: read-only", "Old.", "Dallas S01E01 Pilot", "title, plot"):
        assert part in result.out
    assert "\x1b" not in result.out
    assert "x" * 60 not in result.out.replace("\n", "")


def test_show_does_not_ask_for_what_is_pending_unless_told_to(metarr, daemon):
    daemon.answers[SERVICE, "ListPlayers"] = {"players": [player()]}
    daemon.answers[SERVICE, "ListPlayerItems"] = {}
    metarr("players", "show", "living-room")
    states = [request["state"] for method, request in daemon.asked if method == "ListPlayerItems"]
    assert states == ["STATE_NOT_TAKEN"]


def test_show_of_an_unknown_one_fails(metarr, daemon):
    daemon.answers[SERVICE, "ListPlayers"] = {"players": [player()]}
    result = metarr("players", "show", "cellar")
    assert (result.status, result.out) == (1, "")
    assert "no player 'cellar'" in result.err


def test_preview_counts_and_gives_samples(metarr, daemon):
    daemon.answers[SERVICE, "PreviewSync"] = PREVIEW
    result = metarr("players", "preview", "living-room", "fill")
    assert daemon.request("PreviewSync") == {"playerId": "living-room", "policy": "SYNC_POLICY_FILL", "samples": 2}
    assert result.out.splitlines()[:2] == [
        "something would be written on 40 of 812 entries",
        "no provider was asked yet about 5 of them: more may come",
    ]
    assert row(result.out, "movie.plot")[1:5] == ["30", "10", "0", "2"]
    assert "Thieves." in result.out


def test_a_policy_is_previewed_first_and_chosen_with_yes(metarr, daemon):
    daemon.answers[SERVICE, "PreviewSync"] = PREVIEW
    daemon.answers[SERVICE, "UpdatePlayer"] = {"player": player(policy="SYNC_POLICY_REPLACE")}
    result = metarr("players", "policy", "living-room", "replace")
    assert [method for method, _ in daemon.asked] == ["PreviewSync"]
    assert "nothing was changed; metarr players policy living-room replace --yes chooses it" in result.err
    result = metarr("players", "policy", "living-room", "replace", "--yes")
    request = {"playerId": "living-room", "policy": "SYNC_POLICY_REPLACE", "updateMask": "policy"}
    assert daemon.request("UpdatePlayer") == request
    assert result.out == "living-room: replace; edits made there are kept; pending: 3\n"


@pytest.mark.parametrize(("word", "overwrite"), [("keep", False), ("overwrite", True)])
def test_edits_are_kept_or_overwritten(metarr, daemon, word, overwrite):
    daemon.answers[SERVICE, "UpdatePlayer"] = {"player": player(overwriteEdits=overwrite)}
    result = metarr("players", "edits", "living-room", word)
    request = {"playerId": "living-room", "overwriteEdits": overwrite, "updateMask": "overwriteEdits"}
    assert daemon.request("UpdatePlayer") == request
    assert ("are overwritten" in result.out) is overwrite


def test_resend_names_entries_and_fields(metarr, daemon):
    daemon.answers[SERVICE, "ResendItems"] = {"items": 2}
    result = metarr("players", "resend", "living-room", "a", "b", "--field", "plot")
    assert daemon.request("ResendItems") == {"playerId": "living-room", "hostKeys": ["a", "b"], "fields": ["plot"]}
    assert result.out == "entries that are pending now: 2\n"


def test_remove_tells_what_went_along(metarr, daemon):
    daemon.answers[SERVICE, "RemovePlayer"] = {"deletedItems": 7}
    assert metarr("players", "remove", "attic").out == "attic is forgotten; items deleted with it: 7\n"


@pytest.mark.parametrize(
    ("arguments", "method", "answer"),
    [
        (("list",), "ListPlayers", {"players": []}),
        (("preview", "attic"), "PreviewSync", PREVIEW),
        (("policy", "attic", "fill"), "PreviewSync", PREVIEW),
        (("remove", "attic"), "RemovePlayer", {"deletedItems": 7}),
    ],
)
def test_json_is_the_daemon_s_answer(metarr, daemon, arguments, method, answer):

    daemon.answers[SERVICE, method] = answer
    assert json.loads(metarr("players", *arguments, "--json").out) == answer


@pytest.mark.parametrize(
    "arguments", [("policy", "attic", "merge"), ("edits", "attic"), ("resend", "attic"), ("show",), ("preview",)]
)
def test_wrong_usage_asks_nobody(metarr, daemon, arguments):
    assert metarr("players", *arguments).status == 2
    assert daemon.asked == []


def test_what_the_daemon_refuses_is_told_with_status_1(metarr, daemon):
    failure = RpcFailure("NOT_FOUND", "there is no player 'attic'", reason="PLAYER_NOT_FOUND")
    daemon.answers[SERVICE, "RemovePlayer"] = failure
    result = metarr("players", "remove", "attic")
    assert result.status == 1
    assert "there is no player 'attic'" in result.err


def test_health_has_a_line_for_each_player(metarr, daemon):
    players = [
        {"id": "attic", "name": "Attic", "seenAt": ago(days=9, seconds=1)},
        {"id": "kodi", "name": "Living room", "seenAt": ago(minutes=5, seconds=1)},
    ]
    daemon.answers["HealthService", "GetHealth"] = {"status": "STATUS_OK", "players": players}
    lines = metarr("health").out.splitlines()
    assert lines[-2:] == [
        "player Attic: last heard 9 days ago",
        "player Living room: last heard 5 minutes ago",
    ]


def token(**more):
    return {"id": "1a2b3c4d", "playerId": "living-room", "name": "Living room", "addedAt": ago(days=2, hours=1), **more}


def test_a_player_is_let_in_by_the_code_that_it_shows(metarr, daemon):
    daemon.answers[SERVICE, "ApprovePairing"] = {"token": token()}
    assert "metarr players revoke 1a2b3c4d" in metarr("players", "pair", "123456").out
    assert daemon.request("ApprovePairing") == {"code": "123456"}


def test_tokens_are_listed_and_revoked(metarr, daemon):
    daemon.answers[SERVICE, "ListPlayerTokens"] = {"tokens": [token()]}
    assert row(metarr("players", "tokens").out, "1a2b3c4d")[1:3] == ["Living", "room"]
    daemon.answers[SERVICE, "RevokePlayerToken"] = {}
    assert metarr("players", "revoke", "1a2b3c4d").out == "1a2b3c4d opens nothing any more\n"
    assert daemon.request("RevokePlayerToken") == {"tokenId": "1a2b3c4d"}


def test_groups_have_policies_of_their_own(metarr, daemon):
    groups = [
        {"group": "FIELD_GROUP_TEXTS", "policy": "SYNC_POLICY_FILL"},
        {"group": "FIELD_GROUP_TAGS", "policy": "SYNC_POLICY_UNION"},
    ]
    daemon.answers[SERVICE, "PreviewSync"] = PREVIEW
    daemon.answers[SERVICE, "UpdatePlayer"] = {"player": player(groups=groups)}
    asked = ["players", "policy", "living-room", "fill", "--group", "tags=union", "--group", "artwork=default"]
    assert "fill --group tags=union --group artwork=default --yes chooses it" in metarr(*asked).err
    sent = [
        {"group": "FIELD_GROUP_TAGS", "policy": "SYNC_POLICY_UNION"},
        {"group": "FIELD_GROUP_ARTWORK", "policy": "SYNC_POLICY_UNSPECIFIED"},
    ]
    assert daemon.request("PreviewSync")["groups"] == sent
    assert metarr(*asked, "--yes").out.startswith("living-room: fill; tags union; edits made there are kept")
    assert daemon.request("UpdatePlayer")["groups"] == sent
    assert daemon.request("UpdatePlayer")["updateMask"] == "policy,groups"


@pytest.mark.parametrize("given", ["tags", "colours=fill", "tags=join", "=fill"])
def test_what_is_no_group_is_told(metarr, daemon, given):
    result = metarr("players", "policy", "living-room", "fill", "--group", given)
    assert result.status == 2
    assert "tags=union" in result.err
    assert not daemon.asked
