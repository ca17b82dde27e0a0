"""When two items of the library are one title, and what the one item is then."""

from msgspec.structs import replace

from metarr.domain.authority import Authority
from metarr.domain.identity import trust
from metarr.domain.item import Conflict, FieldValue, IdClaim, MediaItem
from metarr.domain.matching import title_key


def disagreement(one: MediaItem, other: MediaItem) -> str:
    """What speaks against both being one title, for a person to read; "" where ids, title and year agree.

    What is not known of one of them agrees with nothing.
    """
    for id_type in sorted(one.identifying_ids().keys() & other.identifying_ids().keys()):
        if one.ids[id_type].value != other.ids[id_type].value:
            return f"their {id_type} ids differ: {one.ids[id_type].value} and {other.ids[id_type].value}"
    titles, years = (one.shown_title(), other.shown_title()), (one.shown_year(), other.shown_year())
    if not all(titles) or title_key(titles[0]) != title_key(titles[1]):
        return f"their titles differ: {titles[0]!r} and {titles[1]!r}"
    if not all(years) or years[0] != years[1]:
        return f"their years differ: {years[0] or 'unknown'} and {years[1] or 'unknown'}"
    return ""


def joined(survivor: MediaItem, gone: MediaItem, authority: Authority) -> MediaItem:
    """The survivor with everything that the other one had and it had not. Locks of both stand.

    Where both lock a field, or hold a value of it, the survivor's stands.
    """
    ids = {id_type: _trusted(id_type, survivor, gone, authority) for id_type in survivor.ids.keys() | gone.ids.keys()}
    fields = {
        name: _standing(survivor.fields.get(name), gone.fields.get(name))
        for name in survivor.fields.keys() | gone.fields.keys()
    }
    keys = {each.key for each in survivor.statements}
    times = [moment for moment in (survivor.added_at, gone.added_at) if moment is not None]
    return replace(
        survivor,
        title=survivor.title or gone.title,
        year=survivor.year or gone.year,
        ids=dict(sorted(ids.items())),
        fields=fields,
        vetoes=survivor.vetoes + tuple(veto for veto in gone.vetoes if veto not in survivor.vetoes),
        statements=survivor.statements + tuple(each for each in gone.statements if each.key not in keys),
        conflicts=_with_others(survivor, gone, survivor.conflicts + gone.conflicts),
        dismissed=_with_others(survivor, gone, survivor.dismissed + gone.dismissed),
        undecided=None,
        monitored=survivor.monitored or gone.monitored,
        added_at=min(times, default=None),
        fingerprint="",
    )


def _with_others(one: MediaItem, other: MediaItem, conflicts: tuple[Conflict, ...]) -> tuple[Conflict, ...]:
    """Conflicts, each once, but those of the two with each other."""
    return tuple(each for each in dict.fromkeys(conflicts) if each.item not in (one.id, other.id))


def _trusted(id_type: str, one: MediaItem, other: MediaItem, authority: Authority) -> IdClaim:
    claims = [item.ids[id_type] for item in (one, other) if id_type in item.ids]
    return min(claims, key=lambda claim: trust(id_type, claim, authority))


def _standing(mine: FieldValue | None, other: FieldValue | None) -> FieldValue:
    if mine is None or (other is not None and not mine.locked and (other.locked or mine.value is None)):
        return other or FieldValue()
    return mine
