"""`metarr health`: how the daemon and its providers fare."""

from metarr.cli.daemon import DEFAULT_SERVER, AsJson, Server, ask
from metarr.cli.output import as_json, say, table
from metarr.cli.providers import quota_text, status_text
from metarr.cli.text import counted, when, word


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
            str(provider.get("state", {}).get("pendingItems", 0)),
        )
        for provider in answer.get("providers", ())
    ]
    table(("provider", "state", "requests today", "waiting items"), rows, whole=("provider",))
    return None
