"""`metarr players`: media servers whose libraries are kept in sync."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import typer

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask, pages
from metarr.cli.difference import apart
from metarr.cli.output import as_json, note, say, table
from metarr.cli.text import clean, kind_word, name_of, one_line, shown, when, word

app = typer.Typer(help="See media servers, what is written to them, and what they did not take.", no_args_is_help=True)

SERVICE = "SyncService"
PAGE = 200
SAMPLES = 2
MOST_TEXT = 60
"""Characters of a value that a table shows."""

PREVIEW_TIMEOUT = 600.0
"""Seconds: a preview goes through all that a player has."""


class Policy(StrEnum):
    """What is done with values that a player holds and that are not Metarr's."""

    REPLACE = "replace"
    FILL = "fill"


class Edits(StrEnum):
    """What is done with what somebody changed there by hand."""

    KEEP = "keep"
    OVERWRITE = "overwrite"


Player = Annotated[str, typer.Argument(metavar="PLAYER", help="The player's id, as `metarr players list` shows it.")]
Wanted = Annotated[
    Policy,
    typer.Argument(metavar="POLICY", help="replace: Metarr's values go over its own; fill: only where it has none."),
]


GROUPS = ("texts", "ratings", "artwork", "tags", "collections", "ids", "cast")
GROUP_POLICIES = ("replace", "fill", "leave", "union", "default")

Groups = Annotated[
    list[str] | None,
    typer.Option(
        "--group",
        metavar="GROUP=POLICY",
        help=f"Another policy for a group of fields ({', '.join(GROUPS)}): replace, fill, leave, default, or for tags "
        "union; may be repeated.",
    ),
]


def groups_of(given: list[str] | None) -> list[Answer]:
    """Policies for groups as the contract tells them."""
    groups = []
    for each in given or ():
        group, equals, chosen = each.partition("=")
        if not equals or group not in GROUPS or chosen not in GROUP_POLICIES:
            raise typer.BadParameter(f"{each!r} is no GROUP=POLICY such as tags=union")
        constant = "UNSPECIFIED" if chosen == "default" else chosen.upper()
        groups.append({"group": f"FIELD_GROUP_{group.upper()}", "policy": f"SYNC_POLICY_{constant}"})
    return groups


def groups_text(player: Answer) -> str:
    """Where another policy counts than that of the whole player."""
    others = [
        f"{word(each.get('group'), 'FIELD_GROUP_')} {policy_word(each)}"
        for each in player.get("groups", ())
        if each.get("policy") != player.get("policy")
    ]
    return f"; {', '.join(others)}" if policy_word(player) and others else ""


@app.callback()
def _group() -> None:
    """Players register themselves, through their adapter."""


@app.command("list")
def list_players(server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """List the players and how their libraries stand."""
    answer = ask(server, SERVICE, "ListPlayers")
    if json:
        return as_json(answer)
    players = answer.get("players", ())
    if not players:
        return note("no player has registered yet; that is done in the player, by Metarr's add-on for it")
    heads = ("player", "name", "host", "policy", "items", "pending", "last heard")
    table(heads, [_row(each) for each in players], whole=("player", "policy", "last heard"))
    remarks = [f"{each['id']}: {remark}" for each in players for remark in _remarks(each)]
    if remarks:
        say()
    for remark in remarks:
        say(remark)
    return None


def _row(player: Answer) -> tuple[str, ...]:
    return (
        player["id"],
        clean(player["name"]),
        clean(f"{player['host']} {player.get('hostVersion', '')}").rstrip(),
        policy_word(player) or "not chosen",
        str(player.get("items", 0)),
        str(player.get("pendingItems", 0)),
        when(player.get("seenAt")),
    )


def _remarks(player: Answer) -> Iterator[str]:
    """What its owner may do about a player."""
    if not policy_word(player):
        yield f"nothing is written there before you choose: metarr players policy {player['id']} fill"
    if player.get("heldRemovals"):
        yield (
            f"{player['heldRemovals']} of its entries are said to be gone, and are held: if that is so, "
            f"metarr players accept-gone {player['id']}"
        )
    for number, what in (("notTakenItems", "did not take everything"), ("editedItems", "were edited there")):
        if player.get(number):
            yield f"{player[number]} of its entries {what}: metarr players show {player['id']}"


@app.command()
def show(
    player: Player,
    pending: Annotated[bool, typer.Option("--pending", help="List what is pending, too.")] = False,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Show one player with what it did not take and what was changed there by hand."""
    chosen = _find(server, player)
    entries = _entries(server, player, "STATE_NOT_TAKEN")
    waiting = _entries(server, player, "STATE_PENDING") if pending else []
    if json:
        return as_json({"player": chosen, "notTaken": entries} | ({"pending": waiting} if pending else {}))
    say(clean(f"{chosen['name']} ({chosen['host']} {chosen.get('hostVersion', '')}), player {chosen['id']}"))
    edits_are = "overwritten" if chosen.get("overwriteEdits") else "kept"
    say(f"policy: {policy_text(chosen)}{groups_text(chosen)}; edits made there are {edits_are}")
    say(f"last heard {when(chosen.get('seenAt'))}; told its whole library {when(chosen.get('reportedAt')) or 'never'}")
    say(f"entries: {chosen.get('items', 0)}; pending: {chosen.get('pendingItems', 0)}")
    if waiting:
        say()
        rows = [(name_of(each), each["hostKey"], ", ".join(each.get("pendingFields", ()))) for each in waiting]
        table(("pending", "entry", "fields"), rows)
    if entries:
        say()
        table(("not taken", "field", "why", "there", "metarr"), _refusals(entries))
        say(f"metarr players resend {chosen['id']} ENTRY writes Metarr's values over them.")
    return None


@app.command()
def preview(
    player: Player,
    policy: Wanted = Policy.REPLACE,
    groups: Groups = None,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Tell what a policy would write, and change nothing."""
    answer = _preview(server, player, policy, groups_of(groups))
    return as_json(answer) if json else _say_preview(answer)


@app.command()
def policy(
    player: Player,
    wanted: Wanted,
    *,
    groups: Groups = None,
    yes: Annotated[bool, typer.Option("--yes", help="Choose it. Without this, only the preview is shown.")] = False,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Choose what is done with values of the player's own. Shows what would be written; --yes has it written."""
    chosen = groups_of(groups)
    if not yes:
        answer = _preview(server, player, wanted, chosen)
        if json:
            return as_json(answer)
        _say_preview(answer)
        options = "".join(f" --group {each}" for each in groups or ())
        return note(f"nothing was changed; metarr players policy {player} {wanted}{options} --yes chooses it")
    request: Answer = {"playerId": player, "policy": policy_constant(wanted), "updateMask": "policy"}
    if chosen:
        request |= {"groups": chosen, "updateMask": "policy,groups"}
    return _updated(server, request, json)


@app.command()
def edits(
    player: Player,
    wanted: Annotated[Edits, typer.Argument(metavar="EDITS", help="keep or overwrite what was changed there by hand.")],
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Choose whether what was changed on a player by hand stays, or is overwritten."""
    overwrite = wanted is Edits.OVERWRITE
    request = {"playerId": player, "overwriteEdits": overwrite, "updateMask": "overwriteEdits"}
    return _updated(server, request, json)


@app.command()
def resend(
    player: Player,
    entries: Annotated[
        list[str], typer.Argument(metavar="ENTRY", help="Entries, as `metarr players show` names them.")
    ],
    fields: Annotated[
        list[str] | None, typer.Option("--field", metavar="FIELD", help="Only this field; may be repeated.")
    ] = None,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Have Metarr's values written again, over what was changed there by hand, too."""
    answer = ask(server, SERVICE, "ResendItems", {"playerId": player, "hostKeys": entries, "fields": fields or []})
    return as_json(answer) if json else say(f"entries that are pending now: {answer.get('items', 0)}")


@app.command("accept-gone")
def accept_gone(player: Player, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Let go what a player said to be gone and what was held, for it was very much at once."""
    answer = ask(server, SERVICE, "AcceptGone", {"playerId": player})
    removed, deleted = answer.get("removed", 0), answer.get("deletedItems", 0)
    return (
        as_json(answer) if json else say(f"entries that left {player}: {removed}; items deleted with them: {deleted}")
    )


@app.command()
def pair(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The six digits that the player shows.")],
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Let in the player that shows this code: it gets a token of its own."""
    answer = ask(server, SERVICE, "ApprovePairing", {"code": code})
    if json:
        return as_json(answer)
    token = answer["token"]
    return say(clean(f"{token['name']} is let in; to shut it out again: metarr players revoke {token['id']}"))


@app.command()
def tokens(server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """List the tokens that players were given."""
    answer = ask(server, SERVICE, "ListPlayerTokens")
    if json:
        return as_json(answer)
    rows = [
        (each["id"], clean(each["name"]), each["playerId"], when(each.get("addedAt")))
        for each in answer.get("tokens", ())
    ]
    if not rows:
        return note("no player was given a token; one that is to get one shows a code for metarr players pair")
    return table(("token", "name", "player", "let in"), rows, whole=("token", "player", "let in"))


@app.command()
def revoke(
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="The token's id, as `metarr players tokens` shows it.")],
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Make a player's token void: it is shut out until it is paired again."""
    answer = ask(server, SERVICE, "RevokePlayerToken", {"tokenId": token})
    return as_json(answer) if json else say(f"{token} opens nothing any more")


@app.command()
def remove(player: Player, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Forget a player. Items that only it had are deleted, and come back with it."""
    answer = ask(server, SERVICE, "RemovePlayer", {"playerId": player})
    line = f"{player} is forgotten; items deleted with it: {answer.get('deletedItems', 0)}"
    return as_json(answer) if json else say(line)


def policy_text(player: Answer) -> str:
    return policy_word(player) or "not chosen: nothing is written"


def policy_word(player: Answer) -> str:
    return word(player.get("policy"), "SYNC_POLICY_").replace("unspecified", "")


def policy_constant(wanted: Policy) -> str:
    return f"SYNC_POLICY_{wanted.upper()}"


def _find(server: str, player: str) -> Answer:
    for each in ask(server, SERVICE, "ListPlayers").get("players", ()):
        if each["id"] == player:
            return dict(each)
    note(f"there is no player {player!r}; see metarr players list")
    raise typer.Exit(1)


def _entries(server: str, player: str, state: str) -> list[Answer]:
    request = {"playerId": player, "state": state, "pageSize": PAGE}
    return [each for page in pages(server, SERVICE, "ListPlayerItems", request) for each in page.get("items", ())]


def _refusals(entries: list[Answer]) -> list[tuple[str, ...]]:
    return [
        (
            f"{name_of(entry)}\n{clean(entry['hostKey'])}",
            each["field"],
            clean(": ".join(filter(None, (word(each.get("outcome"), "OUTCOME_"), each.get("detail", ""))))),
            *_values(each),
        )
        for entry in entries
        for each in entry.get("notTaken", ())
    ]


def _preview(server: str, player: str, wanted: Policy, groups: list[Answer]) -> Answer:
    request = {"playerId": player, "policy": policy_constant(wanted), "samples": SAMPLES}
    if groups:
        request["groups"] = groups
    return ask(server, SERVICE, "PreviewSync", request, PREVIEW_TIMEOUT)


def _say_preview(answer: Answer) -> None:
    say(f"something would be written on {answer.get('changedItems', 0)} of {answer.get('items', 0)} entries")
    if answer.get("waitingItems"):
        say(f"no provider was asked yet about {answer['waitingItems']} of them: more may come")
    rows = [
        (
            f"{kind_word(each)}.{each['field']}",
            *(str(each.get(number, 0)) for number in ("filled", "replaced", "added", "kept")),
            "\n".join(_sample(sample) for sample in each.get("samples", ())),
        )
        for each in answer.get("fields", ())
    ]
    if rows:
        say()
        table(("field", "filled", "replaced", "added", "kept", "such as"), rows, whole=("field",))


def _sample(sample: Answer) -> str:
    return f"{clean(sample.get('title', ''))}: {' → '.join(_values(sample))}"


def _values(refusal: Answer) -> tuple[str, str]:
    """What a player holds and what Metarr has, from where they begin to differ."""
    there, here = (one_line(clean(shown(refusal.get(side), 1))) for side in ("hostValue", "value"))
    return apart(there, here, MOST_TEXT)


def _updated(server: str, request: Answer, json: bool) -> None:
    answer = ask(server, SERVICE, "UpdatePlayer", request)
    if json:
        return as_json(answer)
    player = answer["player"]
    kept = "overwritten" if player.get("overwriteEdits") else "kept"
    chosen = f"{policy_text(player)}{groups_text(player)}"
    return say(f"{player['id']}: {chosen}; edits made there are {kept}; pending: {player.get('pendingItems', 0)}")
