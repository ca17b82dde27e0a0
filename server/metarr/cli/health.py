"""`metarr health`: how the daemon and its providers fare."""

from collections.abc import Iterator

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask
from metarr.cli.output import as_json, say, table
from metarr.cli.providers import quota_text
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
    for provider_id, told in providers:
        for line in _notes(told):
            say(clean(f"{provider_id}: {line}"))
    for broken in answer.get("brokenProviders", ()):
        say(clean(f"{broken['name']} ({broken.get('origin', '')}) cannot be used: {broken.get('why', '')}"))
    for player in answer.get("players", ()):
        notes = player.get("notes") or [f"well, last heard {when(player.get('seenAt'))}"]
        for told in notes:
            say(clean(f"player {player['name']}: {told}"))
    return None


def _row(provider_id: str, state: Answer) -> tuple[str, ...]:
    return (
        provider_id,
        word(state.get("status"), "STATUS_"),
        quota_text(state),
        str(state.get("pendingItems", 0)),
        when(state.get("lastRequestAt")) or "never",
    )


def _notes(state: Answer) -> Iterator[str]:
    """What is to be told about a provider besides: why it is not well, how far its quota goes, what to consider."""
    again = f"asked again {when(state['retryAt'])}" if state.get("retryAt") else ""
    reset = f"today's requests start anew {when(state['quotaResetAt'])}" if state.get("quotaResetAt") else ""
    quota = ("" if again else reset, forecast_text(state)) if state.get("quotaLimit") else ()
    for parts in ((state.get("detail", ""), again), quota, (state.get("advice", ""),)):
        if told := "; ".join(part for part in parts if part):
            yield told


def forecast_text(state: Answer) -> str:
    """When a provider with a daily quota was asked about everything."""
    if "forecastDays" not in state:
        return ""
    days = state["forecastDays"]
    return f"the library is covered in {counted(days, 'day')}" if days else "they suffice for the library"
