from datetime import UTC, datetime, timedelta, timezone

import pytest
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Value
from hypothesis import given
from hypothesis import strategies as st

from metarr.domain.changes import Change
from metarr.domain.fields import FIELDS
from metarr.domain.item import Conflict, FieldValue, IdClaim, MediaItem, Rule
from metarr.domain.merge import RunnerUp
from metarr.domain.outcome import Answered, Fragment, NotAsked, NotFound, Skip, Unavailable
from metarr.domain.values import Collection, Credit, Image, Kind
from metarr.errors import Reason
from metarr.rpc import convert
from metarr.store.awaited_answers import AwaitedAnswer
from metarr.v1 import common_pb2 as pb

NOON = datetime(2026, 3, 1, 12, 0, 0, 250000, tzinfo=UTC)


MISSING = AwaitedAnswer(reason="quota_exhausted", since=NOON, not_before=NOON, attempts=3)


def as_json(message):
    return json_format.MessageToDict(message)


ITEM = MediaItem(
    id=7,
    kind=Kind.MOVIE,
    title="fight club 1999 1080p",
    year=1998,
    ids={"imdb": IdClaim(value="tt0137523"), "tmdb": IdClaim(value="550", source="tmdb")},
    fields={
        "imdb_rating": FieldValue(
            value=8.8, sources=("omdb",), fetched_at=NOON, rule=Rule.HELD, asked_ids=("imdb:tt0137523",)
        ),
        "title": FieldValue(value="Fight Club", sources=("tmdb",), locked=True),
        "year": FieldValue(value=1999, sources=("tmdb",)),
        "release_date": FieldValue(value="1999-10-15", sources=("tmdb",)),
    },
    conflicts=(Conflict(id_type="tvdb", value="9", claimed_by="fanart", stands="8"),),
    monitored=True,
    parent_id=3,
    added_at=NOON,
    last_enriched_at=NOON,
    last_enriched_providers=("tmdb",),
    version=12,
)


def test_an_item_becomes_a_message_with_its_fields_in_catalogue_order():
    message = as_json(convert.item_message(ITEM, awaited={"omdb": MISSING}))

    assert [field["name"] for field in message.pop("fields")] == ["title", "release_date", "year", "imdb_rating"]
    assert message == {
        "id": "7",
        "kind": "MEDIA_KIND_MOVIE",
        "title": "Fight Club",
        "year": 1999,
        "ids": [
            {"type": "imdb", "value": "tt0137523", "source": "owner"},
            {"type": "tmdb", "value": "550", "source": "tmdb"},
        ],
        "conflicts": [{"type": "tvdb", "value": "9", "claimedBy": "fanart", "held": "8"}],
        "monitored": True,
        "parentId": "3",
        "addedAt": "2026-03-01T12:00:00.250Z",
        "lastEnrichedAt": "2026-03-01T12:00:00.250Z",
        "lastEnrichedProviders": ["tmdb"],
        "pending": [
            {
                "provider": "omdb",
                "reason": "quota_exhausted",
                "notBefore": "2026-03-01T12:00:00.250Z",
                "attempts": 3,
            }
        ],
        "etag": "12",
    }


def test_a_field_tells_its_provenance_and_whether_it_is_held():
    held, locked = (convert.field_message(name, ITEM.fields[name]) for name in ("imdb_rating", "title"))

    assert as_json(held) == {
        "name": "imdb_rating",
        "value": 8.8,
        "source": "omdb",
        "fetchedAt": "2026-03-01T12:00:00.250Z",
        "rule": "held",
        "askedId": "imdb:tt0137523",
        "held": True,
    }
    assert locked.locked
    assert not locked.held
    assert not locked.HasField("fetched_at")


def test_an_item_never_enriched_is_shown_by_the_words_it_was_added_with():
    message = convert.item_message(MediaItem(id=1, title="Untitled", year=1972))

    assert (message.title, message.year) == ("Untitled", 1972)
    assert not message.HasField("last_enriched_at")
    assert not message.parent_id


def test_an_item_outside_the_library_has_no_id():
    assert not convert.item_message(MediaItem(title="Heat")).id


@pytest.mark.parametrize("date", ["", "unknown", None])
def test_a_date_without_a_year_leaves_the_year_it_was_added_with(date):
    item = MediaItem(year=1995, fields={"release_date": FieldValue(value=date)})
    assert convert.item_message(item).year == 1995


@pytest.mark.parametrize(("released", "told"), [("2018-03-02", "1987-08-28"), ("1987-10-01", "")])
def test_the_day_of_the_year_is_told_where_the_release_lies_in_another_year(released, told):
    year = FieldValue(value=1987, sources=("tmdb",), day="1987-08-28")
    item = MediaItem(fields={"release_date": FieldValue(value=released, sources=("tmdb",)), "year": year})
    assert convert.item_message(item).first_release == told


def test_lists_leave_the_fields_out():
    assert not convert.item_message(ITEM, fields=False).fields


def test_runners_up_stand_beside_the_value_and_an_empty_field_shows_who_is_waited_for():
    runner = RunnerUp(provider="tvdb", value="Fight Club (1999)", fetched_at=NOON, why="tmdb stands before it")
    silent = RunnerUp(provider="omdb", why="out of quota")
    message = convert.item_message(ITEM, runners_up={"title": [runner, silent]}, waiting={"plot": ["omdb"], "cast": []})

    by_name = {field.name: field for field in message.fields}
    assert [(r.provider, r.why) for r in by_name["title"].runners_up] == [
        ("tvdb", "tmdb stands before it"),
        ("omdb", "out of quota"),
    ]
    assert by_name["title"].runners_up[0].value.string_value == "Fight Club (1999)"
    assert not by_name["title"].runners_up[1].HasField("value")
    assert list(by_name["plot"].waiting_for) == ["omdb"]
    assert not by_name["plot"].HasField("value")
    assert "cast" not in by_name


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ("text", "text"),
        (139, 139),
        (8.8, 8.8),
        (("Drama", "Thriller"), ["Drama", "Thriller"]),
        (
            (Credit(name="Brad Pitt", role="Tyler", order=1, photo="https://x.test/b.jpg", ids={"tmdb": "287"}),),
            [
                {
                    "name": "Brad Pitt",
                    "role": "Tyler",
                    "order": 1,
                    "photo": "https://x.test/b.jpg",
                    "ids": {"tmdb": "287"},
                }
            ],
        ),
        ((Credit(name="Extra"),), [{"name": "Extra", "role": "", "order": 0, "photo": ""}]),
        (
            (Image(url="https://x.test/p.jpg", width=2000, height=3000, language="en", votes=5.2),),
            [{"url": "https://x.test/p.jpg", "width": 2000, "height": 3000, "language": "en"}],
        ),
        (Collection(name="Alien", ids={"tmdb": "8091"}), {"name": "Alien", "ids": {"tmdb": "8091"}}),
        (Collection(name="Alien"), {"name": "Alien"}),
        ((), []),
    ],
)
def test_every_type_of_value_becomes_plain_json(value, plain):
    assert as_json(convert.value_message(convert.plain_value(value))) == plain


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_plain_json_survives_the_message(plain):
    assert convert.plain_of(convert.value_message(plain)) == plain


@pytest.mark.parametrize(("number", "kind"), [(7, int), (7.0, int), (7.5, float), (1e300, float)])
def test_whole_numbers_come_back_as_ints(number, kind):
    assert isinstance(convert.plain_of(convert.value_message(number)), kind)


def test_a_value_that_is_not_set_is_none():
    assert convert.plain_of(Value()) is None


def test_what_is_no_json_is_refused():
    with pytest.raises(TypeError, match="datetime"):
        convert.value_message(NOON)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (
            Answered(
                fragment=Fragment(provider="omdb", kind=Kind.MOVIE, unread=frozenset({"plot", "awards"})),
                fetched_at=NOON,
                cached=True,
            ),
            {
                "status": "STATUS_ANSWERED",
                "cached": True,
                "fetchedAt": "2026-03-01T12:00:00.250Z",
                "unread": ["awards", "plot"],
            },
        ),
        (NotFound(fetched_at=NOON), {"status": "STATUS_NOT_FOUND", "fetchedAt": "2026-03-01T12:00:00.250Z"}),
        (
            Unavailable(reason=Reason.QUOTA_EXHAUSTED, detail="1,000 of 1,000 used", retry_at=NOON),
            {
                "status": "STATUS_UNAVAILABLE",
                "reason": "quota_exhausted",
                "detail": "1,000 of 1,000 used",
                "retryAt": "2026-03-01T12:00:00.250Z",
            },
        ),
        (
            Unavailable(reason=Reason.TIMEOUT, last=NotFound(fetched_at=NOON)),
            {
                "status": "STATUS_UNAVAILABLE",
                "reason": "timeout",
                "stale": True,
                "fetchedAt": "2026-03-01T12:00:00.250Z",
            },
        ),
        (NotAsked(reason=Skip.NO_ID), {"status": "STATUS_NOT_ASKED", "reason": "no_id"}),
    ],
)
def test_every_outcome_is_told(outcome, expected):
    assert as_json(convert.outcome_message("omdb", outcome)) == {"provider": "omdb", **expected}


def test_a_soft_miss_says_that_it_is_not_believed_yet():
    assert "three days" in convert.outcome_message("tvdb", NotFound(fetched_at=NOON, soft=True)).detail


def test_a_change_tells_old_and_new():
    change = Change(
        field="plot",
        old=FieldValue(value="A", sources=("omdb",)),
        new=FieldValue(value="B", sources=("tmdb",), rule=Rule.NEXT),
    )
    assert as_json(convert.change_message(change)) == {
        "field": "plot",
        "oldValue": "A",
        "newValue": "B",
        "oldSource": "omdb",
        "newSource": "tmdb",
        "rule": "next_in_order",
    }


def test_an_emptied_field_has_no_new_value_and_no_rule():
    message = convert.change_message(Change(field="plot", old=FieldValue(value="A", sources=("omdb",))))
    assert not message.HasField("new_value")
    assert not message.rule


def test_every_kind_goes_there_and_back_and_an_unsaid_one_is_none():
    assert [convert.kind_of(convert.kind_message(kind)) for kind in Kind] == list(Kind)
    assert convert.kind_of(pb.MEDIA_KIND_UNSPECIFIED) is None
    assert convert.kind_of(99) is None


BOUNDS = (datetime(1, 1, 2), datetime(9999, 12, 30))  # noqa: DTZ001 (hypothesis wants naive ones)


@given(st.datetimes(*BOUNDS), st.integers(-12, 12))
def test_moments_go_there_and_back_in_utc(naive, offset):
    aware = naive.replace(tzinfo=timezone(timedelta(hours=offset)))
    back = convert.moment(convert.timestamp(aware))
    assert back == aware
    assert back.tzinfo is UTC


def test_no_moment_is_no_timestamp():
    assert convert.timestamp(None) is None


def test_fields_are_told_in_the_order_of_the_whole_catalogue():
    item = MediaItem(fields={name: FieldValue(sources=("x",)) for name in reversed(FIELDS)})
    assert [field.name for field in convert.item_message(item).fields] == list(FIELDS)
