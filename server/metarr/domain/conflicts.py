"""Conflicts that the owner sees, and those that he dismissed: what is claimed again as before is not shown again."""

from collections.abc import Iterable

from msgspec.structs import replace

from metarr.domain.item import Conflict, MediaItem

Claim = tuple[str, str, str]
"""What makes a conflict the same one: its type, what is claimed, and by whom."""


def claim_of(conflict: Conflict) -> Claim:
    """What a conflict is about, whatever stands against it now."""
    return (conflict.id_type, conflict.value, conflict.claimed_by)


def with_conflicts(item: MediaItem, conflicts: Iterable[Conflict]) -> MediaItem:
    """The item with what contradicts now; dismissed claims are shown no more.

    A dismissal outlasts the claim: a provider that drops it for a day does not bring it back with the next one. While
    it is not claimed, no other item is in its way.
    """
    left = {claim_of(each) for each in item.dismissed}
    by_claim = {each: claim_of(each) for each in conflicts}
    again = {claim: each for each, claim in by_claim.items() if claim in left}
    return replace(
        item,
        conflicts=tuple(each for each, claim in by_claim.items() if claim not in left),
        dismissed=tuple(again.get(claim_of(each), replace(each, item=0)) for each in item.dismissed),
    )


def dismissed(item: MediaItem, claim: Claim) -> MediaItem:
    """The item without this conflict; the same one where it has none such."""
    named = tuple(each for each in item.conflicts if claim_of(each) == claim)
    kept = tuple(each for each in item.conflicts if claim_of(each) != claim)
    return replace(item, conflicts=kept, dismissed=item.dismissed + named[:1]) if named else item


def dismissed_before(item: MediaItem, claim: Claim) -> MediaItem:
    """The item without this conflict, now and whenever it is claimed: what was dismissed elsewhere stays so here."""
    if claim in map(claim_of, item.dismissed):
        return item
    after = dismissed(item, claim)
    id_type, value, claimed_by = claim
    to_come = Conflict(id_type=id_type, value=value, claimed_by=claimed_by)
    return after if after is not item else replace(item, dismissed=(*item.dismissed, to_come))


def restored(item: MediaItem, claim: Claim) -> MediaItem:
    """The item with this conflict again; the same one where none such was dismissed."""
    named = tuple(each for each in item.dismissed if claim_of(each) == claim)
    kept = tuple(each for each in item.dismissed if claim_of(each) != claim)
    return replace(item, conflicts=item.conflicts + named, dismissed=kept) if named else item
