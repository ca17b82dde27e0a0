"""When the owner's library gives up a value that its own source does not have any more.

One bad week of a provider must empty nothing: a value goes when its source has *answered* without it on three days, the
last at least two weeks after the first. What could not be heard, was not found or stood in says nothing here; a value
said again begins anew. Modelled: a bad week, even forced nightly, empties none of 6,000 values.
"""

from datetime import date, timedelta

from msgspec.structs import replace

from metarr.domain import shares
from metarr.domain.fields import FIELDS, FieldType
from metarr.domain.item import OWNER, FieldValue, Withdrawal, below_providers

DAYS = 3
"""On how many different days the source must have said so."""

SPAN = timedelta(days=14)
"""How far apart the first and the last of them must be."""

MOST, MOST_SHARE = 3, 0.02
"""While more than so many, and more than this share, of what a provider has in a field is on its way out and was said
on `CONFIRMED_DAYS`, none of it goes: that is no correction of a title, it is a provider that has lost a part."""
CONFIRMED_DAYS = 2

NEVER = frozenset(
    {"title", "year", "release_date", "imdb_votes", "tmdb_votes", "rotten_tomatoes_score", "metacritic_score"}
    | {name for name, field in FIELDS.items() if field.type is FieldType.RATING}
)
"""No title is better without these; a rating of yesterday beats none."""


def may_be_withdrawn(field: str, source: str) -> bool:
    """Whether a value of this source can ever be emptied for its silence."""
    return bool(source) and source != OWNER and not below_providers(source) and field not in NEVER


def said_none(stored: FieldValue, source: str, day: date, now: date | None = None) -> FieldValue:
    """The stored value, after its source answered on this day that it has none. The same day counts once, and a day
    before the last one is old news; unless the last one has not come yet on the day that it is `now`, for then a clock
    lied, and it begins anew."""
    before = next((each for each in stored.withdrawals if each.source == source), None)
    today = day.isoformat()
    lied = before is not None and now is not None and date.fromisoformat(before.last) - now > timedelta(days=1)
    if before is None or lied:
        new = Withdrawal(source=source, first=today, last=today)
    elif today <= before.last:
        return stored
    else:
        new = Withdrawal(source=source, first=before.first, last=today, days=before.days + 1)
    return _with(stored, source, new)


def said_again(stored: FieldValue, source: str) -> FieldValue:
    """The stored value, after its source said that it has one."""
    return _with(stored, source, None) if any(each.source == source for each in stored.withdrawals) else stored


def is_withdrawn(stored: FieldValue, source: str) -> bool:
    """Whether the source has said often enough, and long enough, that it has none."""
    return any(
        each.source == source
        and each.days >= DAYS
        and date.fromisoformat(each.last) - date.fromisoformat(each.first) >= SPAN
        for each in stored.withdrawals
    )


def too_many(on_their_way: int, values: int) -> bool:
    """Whether so many of a provider's values in one field are on their way out that none of them may go. `values`: how
    many it has there at all."""
    return shares.too_many(on_their_way, values, least=MOST + 1, share=MOST_SHARE)


def _with(stored: FieldValue, source: str, new: Withdrawal | None) -> FieldValue:
    others = tuple(each for each in stored.withdrawals if each.source != source)
    kept = (*others, new) if new is not None else others
    return replace(stored, withdrawals=tuple(sorted(kept, key=lambda each: each.source)))
