"""`metarr enrich`: bring one item up to date, and see what changed."""

from typing import Annotated

import typer

from metarr.cli.changes import change_table
from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask, going_on
from metarr.cli.items import Item, named
from metarr.cli.output import as_json, say, table
from metarr.cli.text import clean, counted, name_of, pending_text, when, word


def enrich(
    item: Item,
    *,
    force: Annotated[bool, typer.Option("--force", help="Ask again even where a fresh answer is cached.")] = False,
    providers: Annotated[
        list[str] | None, typer.Option("--provider", metavar="ID", help="Only this provider; may be repeated.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would change, and change nothing.")] = False,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", help="How long to wait for the providers.", min=0.1, max=3600)
    ] = 60.0,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Ask the providers about an item; tell what changed."""
    request = {
        "itemId": named(server, item),
        "mode": "ENRICHMENT_MODE_MANUAL",
        "forceRefresh": force,
        "providers": providers or [],
        "dryRun": dry_run,
    }
    goes_on = f"the daemon goes on; to see what changed: metarr history {request['itemId']}"
    with going_on("nothing was changed" if dry_run else goes_on):
        answer = ask(server, "EnrichmentService", "Enrich", request, timeout)
    if json:
        return as_json(answer)
    changes = answer.get("changes", [])
    would = "would change" if dry_run else "changed"
    say(f"{name_of(answer['item'])}: {counted(len(changes), 'field') if changes else 'nothing'} {would}")
    if changes:
        say()
        change_table(changes)
    say()
    outcomes = [outcome_row(outcome) for outcome in answer.get("outcomes", ())]
    table(("provider", "outcome", "detail"), outcomes, whole=("provider",))
    _closing(answer, would="would need" if dry_run else "need")
    return None


def outcome_row(outcome: Answer) -> tuple[str, ...]:
    """The provider, what came of asking it, and the detail."""
    status = word(outcome.get("status"), "STATUS_")
    notes = [outcome.get("reason", "").replace("_", " ")]
    if outcome.get("cached") or outcome.get("stale"):
        notes.append(f"{'older answer' if outcome.get('stale') else 'cached'}, {when(outcome.get('fetchedAt'))}")
    noted = "; ".join(text for text in notes if text)
    details = [outcome.get("detail", "")]
    if outcome.get("retryAt"):
        details.append(f"may be asked again {when(outcome['retryAt'])}")
    if outcome.get("unread"):
        details.append(f"could not read {', '.join(outcome['unread'])}")
    detail = "; ".join(text for text in details if text)
    return (outcome["provider"], f"{status} ({noted})" if noted else status, clean(detail))


def _closing(answer: Answer, would: str) -> None:
    lines = [f"Waits for {pending_text(pending)}" for pending in answer["item"].get("pending", ())]
    if answer.get("requiresPlayerSync"):
        lines.append(f"Players {would} to hear of it. {answer.get('syncReason', '')}")
    if answer.get("skipped"):
        lines.append("Skipped: the item is not monitored")
    if lines:
        say()
    for line in lines:
        say(clean(line))
