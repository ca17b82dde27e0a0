"""What the owner of a player lets Metarr do there: a policy for all of it, and others for groups of fields."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from metarr.domain.fields import FIELDS, FieldType
from metarr.domain.values import Struct

IDS = "ids"
"""The name by which the external ids travel."""


class SyncPolicy(StrEnum):
    """What is done with values that a player holds and that are not Metarr's.

    `REPLACE`: Metarr's go over them. `FILL`: they stay, and Metarr fills what is empty. `LEAVE`: Metarr writes nothing.
    `UNION`: they stay, and Metarr's stand beside them.
    """

    UNCHOSEN = ""
    REPLACE = "replace"
    FILL = "fill"
    LEAVE = "leave"
    UNION = "union"


class FieldGroup(StrEnum):
    """Fields for which an owner decides at once."""

    TEXTS = "texts"
    RATINGS = "ratings"
    ARTWORK = "artwork"
    TAGS = "tags"
    COLLECTIONS = "collections"
    IDS = "ids"
    CAST = "cast"


WHOLE = (SyncPolicy.REPLACE, SyncPolicy.FILL)
"""What may be chosen for all of a player."""

DEFAULTS: Mapping[FieldGroup, SyncPolicy] = {
    FieldGroup.TAGS: SyncPolicy.UNION,
    FieldGroup.COLLECTIONS: SyncPolicy.FILL,
}
"""Groups that follow their own policy, and not that of the player, unless their owner says so: people sort their
libraries by tags and collections of their own."""

_BY_NAME = {
    IDS: FieldGroup.IDS,
    "tags": FieldGroup.TAGS,
    "collection": FieldGroup.COLLECTIONS,
    "cast": FieldGroup.CAST,
    "rotten_tomatoes_score": FieldGroup.RATINGS,
    "metacritic_score": FieldGroup.RATINGS,
}


def group_of(field: str) -> FieldGroup:
    """The group that a field is of; the texts are whatever has no group of its own."""
    if field in _BY_NAME:
        return _BY_NAME[field]
    catalogued = FIELDS[field]
    if catalogued.type is FieldType.ARTWORK:
        return FieldGroup.ARTWORK
    rated = catalogued.type is FieldType.RATING or (catalogued.beside and group_of(catalogued.beside))
    return FieldGroup.RATINGS if rated else FieldGroup.TEXTS


def choices(group: FieldGroup) -> tuple[SyncPolicy, ...]:
    """What may be chosen for a group: only tags can stand beside others."""
    more = (SyncPolicy.UNION,) if group is FieldGroup.TAGS else ()
    return (SyncPolicy.REPLACE, SyncPolicy.FILL, SyncPolicy.LEAVE, *more)


class Consent(Struct, frozen=True, kw_only=True):
    """What Metarr may do with what a player holds. `groups`: where the owner chose another policy than by default.
    `overwrite_edits`: what was changed there by hand is overwritten."""

    policy: SyncPolicy = SyncPolicy.UNCHOSEN
    groups: Mapping[FieldGroup, SyncPolicy] = {}
    overwrite_edits: bool = False

    def policy_of(self, group: FieldGroup) -> SyncPolicy:
        """The policy that counts for a group."""
        return self.groups.get(group) or DEFAULTS.get(group, self.policy)

    def of(self, field: str) -> SyncPolicy:
        """The policy that counts for a field."""
        return self.policy_of(group_of(field))

    def among(self, fields: Iterable[str]) -> tuple[str, ...]:
        """Those of the fields that Metarr may write at all."""
        return tuple(field for field in fields if self.of(field) is not SyncPolicy.LEAVE)
