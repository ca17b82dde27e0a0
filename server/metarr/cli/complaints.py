"""What went wrong, in the words of who typed the command: not in the contract's paths."""

import re

from metarr.cli.output import note
from metarr.cli.text import clean, span
from metarr.errors import Violation
from metarr.rpc.client import RpcFailure

_CONTAINERS = ("items", "filter", "authorities", "settings", "fields")
"""What requests wrap around what was typed."""

_TYPED = {
    "item_id": "ITEM",
    "item_ids": "ITEM",
    "parent_id": "ITEM",
    "joined_item_id": "JOINED",
    "change_set_id": "CHANGESET",
    "job_id": "JOB",
    "provider_id": "ID",
    "player_id": "PLAYER",
    "host_keys": "ENTRY",
    "lock_fields": "FIELD",
    "unlock_fields": "FIELD",
    "reset_fields": "KIND.FIELD",
    "field": "KIND.FIELD",
    "provider_priority": "PROVIDER",
    "providers": "PROVIDER",
    "ids": "--id",
    "etag": "--etag",
    "page_size": "--limit",
    "title_contains": "--title",
    "missing_field": "--missing",
    "pending_provider": "--awaited",
}
"""By the name in the contract, what the usage of commands calls it."""

NEXT_STEPS = {
    "NOBODY_TO_ASK": "whose key is missing: metarr providers list; to enter one: metarr providers set tmdb api_key=-",
    "PROVIDERS_REFUSED_KEY": "to enter another key: metarr providers set ID api_key=-",
    "TITLE_AMBIGUOUS": "to see them: metarr library undecided; to take one: metarr library identify ITEM --pick NUMBER",
    "TITLE_UNKNOWN": "to say which title it is: metarr library identify ITEM --id imdb=tt0137523",
    "ITEM_DELETED": "to bring it back: metarr library undelete ITEM",
    "TOKEN_REQUIRED": "a file with the token is named by --token-file, or by METARR_TOKEN_FILE; for a daemon on this"
    " machine it is enough to name its data directory by METARR_DATA_DIR",
}
"""By an error's reason, what may be done about it."""


def complain(failure: RpcFailure) -> int:
    """Tell on stderr what went wrong, a line per fault; the status to exit with."""
    wrong_usage = failure.code == "INVALID_ARGUMENT"
    faults = [fault_text(fault) for fault in failure.violations]
    lines = faults if wrong_usage and faults else [failure.message or failure.code]
    if failure.retry_seconds:
        lines[-1] += f" (try again in {span(failure.retry_seconds)})"
    if failure.reason in NEXT_STEPS:
        lines.append(NEXT_STEPS[failure.reason])
    for line in lines:
        note(clean(line))
    return 2 if wrong_usage else 1


def fault_text(fault: Violation) -> str:
    """A fault with what was typed wrong, such as "imdb_rating: 11 is not between 0 and 10"."""
    name = typed_name(fault.field)
    return f"{name}: {fault.description}" if name else fault.description


def typed_name(path: str) -> str:
    """What stands in a request, such as "items[0].ids[1].value", as the usage of commands calls it: "--id"."""
    names = re.sub(r"\[\d+\]", "", path).split(".")
    while len(names) > 1 and names[0] in _CONTAINERS:
        del names[0]
    return _TYPED.get(names[0], ".".join(names)) if names else ""
