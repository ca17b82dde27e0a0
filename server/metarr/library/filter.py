"""Which items a caller's filter fits."""

from typing import TypeVar

from msgspec.structs import replace

from metarr.asking.roster import Roster
from metarr.domain.fields import FIELDS
from metarr.errors import InvalidInput, Violation
from metarr.store import items
from metarr.store.items import ItemFilter

Filter = TypeVar("Filter", bound=ItemFilter)


def checked(fits: Filter, roster: Roster) -> Filter:
    """A filter that knows by which ids providers are asked. Raises InvalidInput where nothing could fit it."""
    wrong = []
    if fits.missing_field and fits.missing_field not in FIELDS:
        wrong.append(Violation("filter.missing_field", f"there is no field {fits.missing_field[:60]!r}"))
    provider, providers = fits.awaited_provider, roster.ids()
    if provider and provider not in providers:
        text = f"{provider[:60]!r} is unknown; known: {', '.join(sorted(providers))}"
        wrong.append(Violation("filter.pending_provider", text))
    for name, text in (("title", fits.title), ("title_contains", fits.title_contains)):
        if text and not items.folded(text):
            wrong.append(Violation(f"filter.{name}", "has no letter to look for"))
    if wrong:
        raise InvalidInput(*wrong)
    judged = fits.unidentified is not None or fits.undecided is not None
    return replace(fits, asked_by=roster.asked_by()) if judged else fits
