"""What the owner of a player lets Metarr do there, group by group."""

import pytest

from metarr.domain.consent import DEFAULTS, IDS, Consent, FieldGroup, SyncPolicy, choices, group_of
from metarr.domain.fields import FIELDS

FILL, LEAVE, REPLACE, UNION = SyncPolicy.FILL, SyncPolicy.LEAVE, SyncPolicy.REPLACE, SyncPolicy.UNION


@pytest.mark.parametrize(
    ("field", "group"),
    [
        ("title", FieldGroup.TEXTS),
        ("genres", FieldGroup.TEXTS),
        ("release_date", FieldGroup.TEXTS),
        ("runtime_minutes", FieldGroup.TEXTS),
        ("imdb_rating", FieldGroup.RATINGS),
        ("tmdb_votes", FieldGroup.RATINGS),
        ("rotten_tomatoes_score", FieldGroup.RATINGS),
        ("metacritic_score", FieldGroup.RATINGS),
        ("poster", FieldGroup.ARTWORK),
        ("still", FieldGroup.ARTWORK),
        ("tags", FieldGroup.TAGS),
        ("collection", FieldGroup.COLLECTIONS),
        ("cast", FieldGroup.CAST),
        (IDS, FieldGroup.IDS),
    ],
)
def test_every_field_is_of_a_group(field: str, group: FieldGroup):
    assert group_of(field) is group


def test_every_group_has_a_field():
    assert {group_of(field) for field in (*FIELDS, IDS)} == set(FieldGroup)


def test_tags_and_collections_are_the_owners_unless_he_says_so():
    replaced = Consent(policy=REPLACE)
    assert {group: replaced.policy_of(group) for group in FieldGroup if replaced.policy_of(group) is not REPLACE} == {
        FieldGroup.TAGS: UNION,
        FieldGroup.COLLECTIONS: FILL,
    }
    chosen = Consent(policy=FILL, groups={FieldGroup.TAGS: REPLACE, FieldGroup.ARTWORK: LEAVE})
    assert [chosen.of(field) for field in ("tags", "poster", "title", "collection")] == [REPLACE, LEAVE, FILL, FILL]
    assert chosen.among(["title", "poster", "tags"]) == ("title", "tags")


@pytest.mark.parametrize("group", FieldGroup)
def test_only_tags_stand_beside_others(group: FieldGroup):
    assert (UNION in choices(group)) == (group is FieldGroup.TAGS)
    assert DEFAULTS.get(group, REPLACE) in choices(group)
