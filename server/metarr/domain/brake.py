"""Stops a provider whose answers make other titles of too many items, before that spreads through a library.

A provider that sends another title's texts under the right ids looks well: every answer is whole, every id agrees. What
gives it away is how much of what it said itself is suddenly otherwise. Counted are its *comparable* answers of a day:
those to a question that it answered before, under the same rules. First values, another language, order or version, a
corrected id tell nothing about it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from metarr.domain.changes import Change, is_told
from metarr.domain.freshness import MAX_AGE
from metarr.domain.item import FieldValue, MediaItem
from metarr.domain.outcome import Answered
from metarr.domain.shares import too_many
from metarr.domain.values import Struct, Value

WATCHED = ("title", "poster")
"""The fields by which a title is told apart. Plots, casts and ratings change all the time."""

LEAST, SHARE = 20, 0.3
"""At so many changed titles, and more than this share of the comparable ones, it is no news: it is nonsense."""

WINDOW, SLOT = timedelta(days=1), timedelta(hours=1)

EXAMPLES = 3


class Slot(Struct, frozen=True, kw_only=True):
    """An hour: how many comparable answers it brought, and how many of them changed a title."""

    begins: datetime
    comparable: int = 0
    changed: int = 0


class Altered(Struct, frozen=True, kw_only=True):
    """An item of which a provider's answer would make, or made, another title: a field, and what it says there."""

    item_id: int
    name: str
    field: str
    old: str
    new: str


class Brake(Struct, frozen=True, kw_only=True):
    """What is counted of one provider. `stopped_at`: since when nothing of it is taken; None: it is."""

    slots: tuple[Slot, ...] = ()
    examples: tuple[Altered, ...] = ()
    stopped_at: datetime | None = None

    @property
    def comparable(self) -> int:
        return sum(slot.comparable for slot in self.slots)

    @property
    def changed(self) -> int:
        return sum(slot.changed for slot in self.slots)

    @property
    def began_at(self) -> datetime | None:
        """Since when it changed titles, to the hour."""
        return next((slot.begins for slot in self.slots if slot.changed), None)

    def describe(self) -> str:
        """For a person to read."""
        what = f"its answers of a day change title or poster of {self.changed} of {self.comparable} items"
        examples = "; ".join(f"{each.name}: {each.field} “{each.old}” → “{each.new}”" for each in self.examples)
        since = f", since {self.began_at:%Y-%m-%d %H:%M} UTC" if self.began_at else ""
        return f"{what}{since}, so nothing of it is taken, and what it said before is held; such as {examples}"


def counted(brake: Brake, altered: Altered | None, now: datetime) -> Brake:
    """The same after one more comparable answer, and what it altered."""
    begins = now.replace(minute=0, second=0, microsecond=0)
    slots = [slot for slot in brake.slots if now - WINDOW < slot.begins <= now]
    last = slots.pop() if slots and slots[-1].begins == begins else Slot(begins=begins)
    slots.append(
        Slot(begins=begins, comparable=last.comparable + 1, changed=last.changed + (1 if altered is not None else 0))
    )
    examples = (*brake.examples, altered)[-EXAMPLES:] if altered is not None else brake.examples
    after = Brake(slots=tuple(slots), examples=examples, stopped_at=brake.stopped_at)
    over = after.stopped_at is None and too_many(after.changed, after.comparable, least=LEAST, share=SHARE)
    return Brake(slots=after.slots, examples=after.examples, stopped_at=now) if over else after


def is_comparable(item: MediaItem, provider: str, answer: Answered, bases: Mapping[str, str]) -> bool:
    """Whether an answer can be held against what the same provider said of the item before. `bases`: as
    `MediaItem.bases`, by the rules of now."""
    if answer.stale or dict(item.bases).get(provider, "") != bases.get(provider):
        return False
    return any(_is_before(stored, provider, answer) for stored in item.fields.values())


def _is_before(stored: FieldValue, provider: str, answer: Answered) -> bool:
    """Whether a stored value is of an earlier answer of the provider to the same question, and not too old."""
    if stored.value is None or stored.fetched_at is None or provider not in stored.sources:
        return False
    asked = dict(zip(stored.sources, stored.asked_ids, strict=False))
    age = answer.fetched_at - stored.fetched_at
    return asked.get(provider) == answer.asked_id and timedelta() < age < MAX_AGE


def altered_by(item: MediaItem, name: str, provider: str, changes: Iterable[Change]) -> Altered | None:
    """What of the item a provider makes another title's, of its own values. `name`: what the item is called."""
    for change in changes:
        mine = provider in change.old.sources and provider in change.new.sources
        if change.field in WATCHED and mine and is_told(change) and change.old.value and change.new.value:
            old, new = _shown(change.old.value), _shown(change.new.value)
            return Altered(item_id=item.id, name=name, field=change.field, old=old, new=new)
    return None


def _shown(value: Value) -> str:
    """A title, or the address of an image."""
    first = value[0] if isinstance(value, tuple) and value else value
    return str(getattr(first, "url", first))[:200]
