"""`metarr health`: how the daemon and its providers fare."""

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask
from metarr.cli.output import as_json, say, say_folded, table
from metarr.cli.providers import notes_of, quota_text
from metarr.cli.text import clean, counted, when, word

COLUMNS = ("provider", "state", "today", "waiting", "last asked")


def health(server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Tell how the daemon and each provider fare."""
    answer = ask(server, "HealthService", "GetHealth")
    if json:
        return as_json(answer)
    state = word(answer.get("status"), "STATUS_")
    items, pending = answer.get("items", 0), answer.get("pendingItems", 0)
    say(f"Metarr {answer.get('version', '')}: {state}, started {when(answer.get('startedAt'))}")
    say(f"{counted(items, 'item')} in the library, {pending} of them waiting for some provider")
    say()
    providers = [(provider["id"], provider.get("state", {})) for provider in answer.get("providers", ())]
    table(COLUMNS, [_row(*each) for each in providers], whole=COLUMNS)
    say()
    off = answer.get("schedule", {}).get("off")
    say(clean(f"daily run: {off or when(answer.get('schedule', {}).get('nextRunAt')) or 'unknown'}"))
    for provider_id, of_provider in providers:
        for line in notes_of(of_provider):
            say_folded(f"{provider_id}: {line}")
    for broken in answer.get("brokenProviders", ()):
        say(clean(f"{broken['name']} ({broken.get('origin', '')}) cannot be used: {broken.get('why', '')}"))
    for player in answer.get("players", ()):
        notes = player.get("notes") or [f"well, last heard {when(player.get('seenAt'))}"]
        for line in notes:
            say(clean(f"player {player['name']}: {line}"))
    return None


def _row(provider_id: str, state: Answer) -> tuple[str, ...]:
    return (
        provider_id,
        word(state.get("status"), "STATUS_"),
        quota_text(state),
        str(state.get("pendingItems", 0)),
        when(state.get("lastRequestAt")) or "never",
    )
