"""The page Players: media servers and folders, what is written to them, and the hosts that the daemon runs."""

from typing import Any, cast

from flask import Blueprint, Response, abort, request, url_for

from metarr.rpc.doors.local import Refused
from metarr.v1 import host_service_pb2 as hosts
from metarr.v1 import sync_service_pb2 as sync
from metarr.web import forms
from metarr.web.frame import ask, go, page, refuse_form, services, status_of

pages = Blueprint("players", __name__)

TEST_SECONDS = 50.0
PREVIEW_SECONDS = 60.0
LISTED = 50
POLICIES = {"fill": sync.SYNC_POLICY_FILL, "replace": sync.SYNC_POLICY_REPLACE}
GROUPS = {
    "texts": sync.FIELD_GROUP_TEXTS,
    "ratings": sync.FIELD_GROUP_RATINGS,
    "artwork": sync.FIELD_GROUP_ARTWORK,
    "tags": sync.FIELD_GROUP_TAGS,
    "collections": sync.FIELD_GROUP_COLLECTIONS,
    "ids": sync.FIELD_GROUP_IDS,
    "cast": sync.FIELD_GROUP_CAST,
}
GROUP_POLICIES = {
    "": sync.SYNC_POLICY_UNSPECIFIED,
    **POLICIES,
    "leave": sync.SYNC_POLICY_LEAVE,
    "union": sync.SYNC_POLICY_UNION,
}


@pages.get("/players")
def players_page() -> Response:
    """All of them."""
    listed = ask(services.hosts.ListHosts, hosts.ListHostsRequest()).hosts
    players = ask(services.sync.ListPlayers, sync.ListPlayersRequest()).players
    kinds = ask(services.hosts.ListHostKinds, hosts.ListHostKindsRequest()).kinds
    tokens = ask(services.sync.ListPlayerTokens, sync.ListPlayerTokensRequest()).tokens
    return page(
        "players.html",
        hosts=listed,
        players=players,
        kinds=kinds,
        tokens=tokens,
        saved=request.args.get("saved", ""),
        paired=request.args.get("paired", ""),
    )


@pages.post("/players/pair")
def pair() -> Response:
    """Lets in the player that shows the code."""
    asked = sync.ApprovePairingRequest(code=request.form.get("code", ""))
    token = ask(services.sync.ApprovePairing, asked).token
    return go(url_for("players.players_page", paired=token.name))


@pages.post("/players/tokens/<token_id>/revoke")
def revoke(token_id: str) -> Response:
    """Shuts a player out."""
    ask(services.sync.RevokePlayerToken, sync.RevokePlayerTokenRequest(token_id=token_id))
    return go(url_for("players.players_page"))


# A player


@pages.get("/players/<player_id>")
def player_page(player_id: str) -> Response:
    """How it stands, what a policy would do, and what it did not take."""
    return _player(player_id)


@pages.post("/players/<player_id>/policy")
def choose(player_id: str) -> Response:
    """What becomes of values of its own: shown first, chosen then."""
    wanted = POLICIES.get(request.form.get("policy", ""))
    if wanted is None:
        refuse_form()
    groups = {name: request.form[f"group.{name}"] for name in GROUPS if f"group.{name}" in request.form}
    if not GROUP_POLICIES.keys() >= set(groups.values()):
        refuse_form()
    policies = [sync.GroupPolicy(group=GROUPS[name], policy=GROUP_POLICIES[each]) for name, each in groups.items()]
    if request.form.get("do") == "preview":
        asked = sync.PreviewSyncRequest(player_id=player_id, policy=wanted, samples=1, groups=policies)
        preview = ask(services.sync.PreviewSync, asked, PREVIEW_SECONDS)
        return _player(player_id, preview=preview, wanted=request.form["policy"], wanted_groups=groups)
    change = sync.UpdatePlayerRequest(player_id=player_id, policy=wanted, groups=policies)
    change.overwrite_edits = "overwrite_edits" in request.form
    change.update_mask.paths.extend(("policy", "overwrite_edits", "groups"))
    ask(services.sync.UpdatePlayer, change)
    return go(url_for("players.players_page", saved=player_id))


@pages.post("/players/<player_id>/gone")
def let_go(player_id: str) -> Response:
    """What it said to be gone, and what was held."""
    ask(services.sync.AcceptGone, sync.AcceptGoneRequest(player_id=player_id))
    return go(url_for("players.player_page", player_id=player_id))


def _player(player_id: str, **more: Any) -> Response:
    listed = ask(services.sync.ListPlayers, sync.ListPlayersRequest()).players
    player = next((each for each in listed if each.id == player_id), None) or abort(404)
    asked = sync.ListPlayerItemsRequest(player_id=player_id, page_size=LISTED)
    asked.state = sync.ListPlayerItemsRequest.STATE_NOT_TAKEN
    entries = ask(services.sync.ListPlayerItems, asked).items
    names, words = ({number: name for name, number in each.items()} for each in (GROUPS, GROUP_POLICIES))
    chosen = {names[each.group]: words[each.policy] if each.chosen else "" for each in player.groups}
    return page("player.html", player=player, entries=entries, groups=chosen | more.pop("wanted_groups", {}), **more)


# A host


@pages.get("/players/add/<host_kind>")
def new_page(host_kind: str) -> Response:
    """The form of a host to come."""
    return _form(_kind(host_kind))


@pages.post("/players/add/<host_kind>")
def add(host_kind: str) -> Response:
    """A host as it was typed: tried, or added."""
    kind = _kind(host_kind)
    wanted = forms.changes(kind.settings, request.form)
    try:
        if request.form.get("do") == "test":
            asked = hosts.TestHostRequest(kind=host_kind, settings=wanted)
            return _form(kind, checks=ask(services.hosts.TestHost, asked, TEST_SECONDS).checks)
        new = hosts.AddHostRequest(kind=host_kind, name=request.form.get("name", ""), settings=wanted)
        host = ask(services.hosts.AddHost, new, TEST_SECONDS).host
    except Refused as refused:
        return _form(kind, status=status_of(refused), refused=refused)
    return go(url_for("players.host_page", host_id=host.id))


@pages.get("/players/hosts/<host_id>")
def host_page(host_id: str) -> Response:
    """A host: how it fares, its settings, what it wants its owner to know, and what it said."""
    host = _host(host_id)
    return _form(_kind(host.kind), host)


@pages.post("/players/hosts/<host_id>")
def save(host_id: str) -> Response:
    """Its settings as they were typed: tried, or stored."""
    host = _host(host_id)
    kind, wanted = _kind(host.kind), forms.changes(host.settings, request.form)
    try:
        if request.form.get("do") == "test":
            asked = hosts.TestHostRequest(host_id=host_id, settings=wanted)
            return _form(kind, host, checks=ask(services.hosts.TestHost, asked, TEST_SECONDS).checks)
        change = hosts.UpdateHostRequest(host_id=host_id, name=request.form.get("name", host.name), settings=wanted)
        change.update_mask.paths.extend(("name", *(f"settings.{key}" for key in wanted)))
        ask(services.hosts.UpdateHost, change, TEST_SECONDS)
    except Refused as refused:
        return _form(kind, host, status=status_of(refused), refused=refused)
    return go(url_for("players.host_page", host_id=host_id))


@pages.post("/players/hosts/<host_id>/enabled")
def switch(host_id: str) -> Response:
    """On or off."""
    on = request.form.get("enabled")
    if on not in ("on", "off"):
        refuse_form()
    change = hosts.UpdateHostRequest(host_id=host_id, enabled=on == "on")
    change.update_mask.paths.append("enabled")
    ask(services.hosts.UpdateHost, change)
    return go(url_for("players.host_page", host_id=host_id))


@pages.post("/players/hosts/<host_id>/remove")
def remove(host_id: str) -> Response:
    """Forget it, with its player where that is wanted."""
    if "sure" not in request.form:
        refuse_form()
    gone = hosts.RemoveHostRequest(host_id=host_id, remove_player="player" in request.form)
    ask(services.hosts.RemoveHost, gone)
    return go(url_for("players.players_page"))


def _form(
    kind: hosts.HostKind,
    host: hosts.Host | None = None,
    *,
    status: int = 200,
    refused: Refused | None = None,
    **more: Any,
) -> Response:
    """A host's page, with what was typed where something was."""
    form = request.form if request.method == "POST" else None
    faults = refused.violations if refused else {}
    declared = kind.settings if host is None else host.settings
    lines = [] if host is None else ask(services.hosts.GetHostLog, hosts.GetHostLogRequest(host_id=host.id)).lines
    return page(
        "host.html",
        status,
        kind=kind,
        host=host,
        name=request.form.get("name", "") if form else host.name if host else kind.name,
        inputs=forms.inputs(declared, form, faults),
        note=refused.message if refused else "",
        lines=list(lines)[-LISTED:],
        instead_of="#host" if refused else "",
        **more,
    )


def _kind(name: str) -> hosts.HostKind:
    kinds = ask(services.hosts.ListHostKinds, hosts.ListHostKindsRequest()).kinds
    return next((each for each in kinds if each.id == name), None) or cast("hosts.HostKind", abort(404))


def _host(host_id: str) -> hosts.Host:
    listed = ask(services.hosts.ListHosts, hosts.ListHostsRequest()).hosts
    return next((each for each in listed if each.id == host_id), None) or cast("hosts.Host", abort(404))
