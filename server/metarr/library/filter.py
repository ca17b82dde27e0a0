"""Which items a caller's filter fits."""

from collections.abc import Collection
from typing import TypeVar

from msgspec.structs import replace

from metarr.asking.roster import Roster
from metarr.domain.fields import FIELDS
from metarr.domain.item import OWNER, PLAYER_SOURCE, REPORTERS
from metarr.errors import InvalidInput, Violation
from metarr.store import items, players
from metarr.store.database import Connection
from metarr.store.items import ItemFilter

Filter = TypeVar("Filter", bound=ItemFilter)


def checked(connection: Connection, fits: Filter, roster: Roster) -> Filter:
    """A filter that knows by which ids providers are asked. Raises InvalidInput where nothing could fit it."""
    wrong = []
    for name, field in (("missing_field", fits.missing_field), ("locked_field", fits.locked_field)):
        if field and field not in FIELDS:
            wrong.append(Violation(f"filter.{name}", f"there is no field {field[:60]!r}"))
    sources = (OWNER, *REPORTERS, *roster.ids())
    if fits.source and not fits.source.startswith(PLAYER_SOURCE):
        wrong += _unknown("source", fits.source, sources)
    if fits.player:
        wrong += _unknown("player_id", fits.player, [each.id for each in players.everyone(connection)])
    if fits.awaited_provider:
        wrong += _unknown("pending_provider", fits.awaited_provider, roster.ids())
    for name, text in (("title", fits.title), ("title_contains", fits.title_contains)):
        if text and not items.folded(text):
            wrong.append(Violation(f"filter.{name}", "has no letter to look for"))
    if wrong:
        raise InvalidInput(*wrong)
    judged = fits.unidentified is not None or fits.undecided is not None
    return replace(fits, asked_by=roster.asked_by()) if judged else fits


def _unknown(name: str, given: str, allowed: Collection[str]) -> list[Violation]:
    if given in allowed:
        return []
    return [Violation(f"filter.{name}", f"{given[:60]!r} is unknown; known: {', '.join(sorted(allowed))}")]
