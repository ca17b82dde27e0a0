"""Any value that a field can hold, and any item."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from metarr.domain.checked import YEARS
from metarr.domain.fields import FIELDS, FieldType, fields_of
from metarr.domain.item import Conflict, FieldValue, IdClaim, Match, MediaItem, Rule, Undecided, Veto
from metarr.domain.values import Collection, Credit, Image, Kind

# No NUL: PostgreSQL takes none in a text column, and the requests are checked for it.
texts = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=20)
names = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=20)
moments = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ids = st.dictionaries(st.sampled_from(["imdb", "tmdb", "tvdb"]), names, max_size=3)

_images = st.builds(
    Image, url=names, width=st.integers(0, 9999), language=texts, votes=st.floats(0, 1e6, allow_nan=False)
)
_credits = st.builds(Credit, name=names, role=texts, order=st.integers(0, 99), photo=texts, ids=ids)

BY_TYPE: dict[FieldType, st.SearchStrategy[Any]] = {
    FieldType.TEXT: texts,
    FieldType.DATE: st.dates().map(lambda day: day.isoformat()),
    FieldType.INTEGER: st.integers(-(2**62), 2**62),
    FieldType.RATING: st.floats(allow_nan=False, allow_infinity=False),
    FieldType.TEXTS: st.lists(texts, max_size=4).map(tuple),
    FieldType.CREDITS: st.lists(_credits, max_size=3).map(tuple),
    FieldType.COLLECTION: st.builds(Collection, name=names, ids=ids),
    FieldType.ARTWORK: st.lists(_images, max_size=3).map(tuple),
}


def values_of(field: str) -> st.SearchStrategy[Any]:
    return st.integers(*YEARS) if field == "year" else BY_TYPE[FIELDS[field].type]


def stored_of(field: str) -> st.SearchStrategy[FieldValue]:
    return st.builds(
        FieldValue,
        value=st.none() | values_of(field),
        sources=st.lists(texts, max_size=2).map(tuple),
        fetched_at=st.none() | moments,
        rule=st.sampled_from(Rule),
        asked_ids=st.lists(texts, max_size=2).map(tuple),
        locked=st.booleans(),
        contributors=st.lists(st.lists(texts, max_size=2).map(tuple), max_size=2).map(tuple),
        day=st.just("") | BY_TYPE[FieldType.DATE] if field == "year" else st.just(""),
    )


_matches = st.builds(
    Match,
    title=names,
    source=names,
    ids=ids,
    year=st.integers(0, 3000),
    score=st.floats(0, 1),
    penalties=st.dictionaries(names, st.floats(0, 1), max_size=2),
    countries=st.lists(texts, max_size=2).map(tuple),
)
undecideds = st.builds(
    Undecided, not_before=moments, times=st.integers(1, 9), matches=st.lists(_matches, max_size=2).map(tuple)
)


@st.composite
def items(draw: st.DrawFn, kind: Kind = Kind.MOVIE) -> MediaItem:
    fields = draw(st.sets(st.sampled_from([field.name for field in fields_of(kind)]), max_size=6))
    vetoed = draw(st.sets(st.sampled_from([field.name for field in fields_of(kind)]), max_size=2))
    return MediaItem(
        kind=kind,
        title=draw(texts),
        year=draw(st.integers(0, 3000)),
        ids=draw(
            st.dictionaries(
                st.sampled_from(["imdb", "tmdb", "tvdb"]), st.builds(IdClaim, value=names, source=names), max_size=3
            )
        ),
        fields={field: draw(stored_of(field)) for field in sorted(fields)},
        vetoes=tuple(Veto(field=field, providers=("tmdb",), value=draw(values_of(field))) for field in sorted(vetoed)),
        conflicts=draw(
            st.lists(
                st.builds(Conflict, id_type=texts, value=texts, claimed_by=texts, item=st.integers(0, 9)), max_size=2
            ).map(tuple)
        ),
        undecided=draw(st.none() | undecideds),
        monitored=draw(st.booleans()),
        added_at=draw(st.none() | moments),
        last_enriched_at=draw(st.none() | moments),
        last_enriched_providers=draw(st.lists(texts, max_size=2).map(tuple)),
        fingerprint=draw(texts),
    )
