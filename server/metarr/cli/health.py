"""`metarr health`: how the daemon and its providers fare."""

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask
from metarr.cli.output import as_json, say, table
from metarr.cli.providers import quota_text, status_text
from metarr.cli.text import clean, counted, when, word


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
    rows = [
        (
            provider["id"],
            status_text(provider.get("state", {})),
            quota_text(provider.get("state", {})),
            when(provider.get("state", {}).get("quotaResetAt")) if provider.get("state", {}).get("quotaLimit") else "",
            str(provider.get("state", {}).get("pendingItems", 0)),
            when(provider.get("state", {}).get("lastRequestAt")) or "never",
            forecast_text(provider.get("state", {})),
        )
        for provider in answer.get("providers", ())
    ]
    heads = ("provider", "state", "requests today", "reset", "waiting items", "last asked", "all covered")
    table(heads, rows, whole=("provider",))
    schedule = answer.get("schedule", {})
    say()
    say(clean(f"daily run: {schedule.get('off') or when(schedule.get('nextRunAt')) or 'unknown'}"))
    for provider in answer.get("providers", ()):
        if provider.get("state", {}).get("advice"):
            say(clean(f"{provider['id']}: {provider['state']['advice']}"))
    for broken in answer.get("brokenProviders", ()):
        say(clean(f"{broken['name']} ({broken.get('origin', '')}) cannot be used: {broken.get('why', '')}"))
    for player in answer.get("players", ()):
        notes = player.get("notes") or [f"well, last heard {when(player.get('seenAt'))}"]
        for told in notes:
            say(clean(f"player {player['name']}: {told}"))
    return None


def forecast_text(state: Answer) -> str:
    """When a provider with a daily quota was asked about everything."""
    if "forecastDays" not in state:
        return ""
    days = state["forecastDays"]
    return f"in {counted(days, 'day')}" if days else "today's quota suffices"
