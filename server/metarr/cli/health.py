"""`metarr health`: how the daemon and its providers fare."""

from collections.abc import Iterator

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask
from metarr.cli.notices import all_notices, lines
from metarr.cli.output import as_json, say, say_folded, table
from metarr.cli.providers import limits_of, quota_text
from metarr.cli.text import clean, counted, when, word
from metarr.rpc.client import RpcFailure

COLUMNS = ("provider", "state", "today", "waiting", "last asked")


def health(server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Tell how the daemon and each provider fare, and what you should know."""
    notices = all_notices(server)
    try:
        answer = ask(server, "HealthService", "GetHealth")
    except RpcFailure:
        _tell(notices)  # why it cannot be told may be among these
        raise
    if json:
        return as_json({**answer, "notices": notices})
    state = word(answer.get("status"), "STATUS_")
    say(f"Metarr {answer.get('version', '')}: {state}, started {when(answer.get('startedAt'))}")
    say_folded(_library(answer))
    say()
    providers = [(provider["id"], provider.get("state", {})) for provider in answer.get("providers", ())]
    table(COLUMNS, [_row(*each) for each in providers], whole=COLUMNS)
    say()
    for line in _besides(answer, providers):
        say_folded(clean(line))
    _tell(notices)
    return None


def _library(answer: Answer) -> str:
    untouched = answer.get("untouchedItems", 0)
    return (
        f"{counted(answer.get('items', 0), 'item')} in the library, "
        + (f"{untouched} of them never asked about yet, " if untouched else "")
        + f"{answer.get('pendingItems', 0)} of them waiting for some provider"
    )


def _besides(answer: Answer, providers: list[tuple[str, Answer]]) -> Iterator[str]:
    off = answer.get("schedule", {}).get("off")
    yield f"daily run: {off or when(answer.get('schedule', {}).get('nextRunAt')) or 'unknown'}"
    for provider_id, of_provider in providers:
        for line in limits_of(of_provider):
            yield f"{provider_id}: {line}"
    for player in answer.get("players", ()):
        yield f"player {player['name']}: last heard {when(player.get('seenAt'))}"


def _tell(notices: list[Answer]) -> None:
    if notices:
        say()
    for line in lines(notices):
        say_folded(line)


def _row(provider_id: str, state: Answer) -> tuple[str, ...]:
    return (
        provider_id,
        word(state.get("status"), "STATUS_"),
        quota_text(state),
        str(state.get("pendingItems", 0)),
        when(state.get("lastRequestAt")) or "never",
    )
