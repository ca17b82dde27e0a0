from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import Connection, select, text, update

from factories import EARLIER, NOW, fragment, image
from metarr.domain.fields import FIELDS, fields_of
from metarr.domain.freshness import AHEAD, is_soft_miss
from metarr.domain.outcome import Fragment
from metarr.domain.values import Kind
from metarr.store import answers
from metarr.store.answers import AnswerKey
from metarr.store.database import Database
from metarr.store.tables import provider_answers
from strategies import names, texts, values_of

KEY = AnswerKey(provider="tmdb", kind=Kind.MOVIE, asked_id="imdb:tt1", shape="en-US|en|US")
DAY = timedelta(days=1)


def write_answer(connection: Connection, key: AnswerKey, said: Fragment, at: datetime, parser_version: int) -> None:
    answers.write_all(connection, [answers.new_answer(key, said, at, parser_version)])


@st.composite
def fragments(draw: st.DrawFn) -> Fragment:
    order = draw(st.permutations([field.name for field in fields_of(Kind.MOVIE)]))
    values = {name: draw(values_of(name)) for name in order[:5]}
    return Fragment(
        provider="tmdb",
        kind=Kind.MOVIE,
        ids=draw(st.dictionaries(names, texts, max_size=3)),
        values=values,
        empty=frozenset(order[5:9]),
        unread=frozenset(order[9 : draw(st.integers(9, 12))]),
        titles=draw(st.lists(texts, max_size=3).map(tuple)),
        trouble=draw(st.lists(texts, max_size=2).map(tuple)),
    )


@given(fragments())
def test_a_fragment_comes_back_as_it_was_written(shared: Database, said: Fragment) -> None:
    with shared.read() as connection:
        write_answer(connection, KEY, said, NOW, 3)
        read = answers.read(connection, [KEY])[KEY]
    assert read.fragment == said
    assert read.answered_at == read.head.fetched_at == NOW
    assert (read.head.found, read.head.partial, read.head.parser_version) == (True, bool(said.unread), 3)


def test_a_long_fragment_comes_back_too_and_is_kept_small(connection: Connection) -> None:
    said = fragment("tmdb", {"poster": tuple(image(f"poster-{number}") for number in range(200))})
    write_answer(connection, KEY, said, NOW, 1)
    assert answers.read(connection, [KEY])[KEY].fragment == said
    assert connection.execute(text("SELECT length(fragment) FROM provider_answers")).scalar_one() < 3000


def test_only_what_was_asked_comes_back_for_any_mix_of_questions(connection: Connection) -> None:
    keys = [
        AnswerKey(provider=provider, kind=kind, asked_id=f"imdb:tt{number}", shape=shape)
        for provider in ("tmdb", "omdb")
        for kind in (Kind.MOVIE, Kind.SERIES)
        for shape in ("en", "de")
        for number in range(3)
    ]
    for position, key in enumerate(keys):
        said = fragment(key.provider, {"runtime_minutes": position + 1}, kind=key.kind)
        write_answer(connection, key, said, NOW, 1)
    wanted = [*keys[::2], replace(KEY, shape="never asked")]
    read = answers.read(connection, wanted)
    assert {key: found.fragment.values["runtime_minutes"] for key, found in read.items() if found.fragment} == {
        key: position + 1 for position, key in enumerate(keys) if position % 2 == 0
    }
    assert answers.read_heads(connection, wanted) == {key: found.head for key, found in read.items()}
    assert answers.read_heads(connection, []) == {}


def test_more_questions_than_one_statement_takes(connection: Connection) -> None:
    keys = [replace(KEY, asked_id=f"imdb:tt{number}") for number in range(answers.CHUNK + 7)]
    for key in keys:
        write_answer(connection, key, fragment("tmdb"), NOW, 1)
    assert answers.read_heads(connection, keys).keys() == set(keys)


def test_an_answer_fetched_later_is_never_replaced_by_an_earlier_one(connection: Connection) -> None:
    write_answer(connection, KEY, fragment("tmdb", {"plot": "new"}), NOW, 1)
    write_answer(connection, KEY, fragment("tmdb", {"plot": "late"}), NOW - AHEAD, 1)
    assert answers.write_miss(connection, KEY, NOW - AHEAD, 1).found
    stored = answers.read(connection, [KEY])[KEY]
    assert stored.head.found
    assert stored.fragment == fragment("tmdb", {"plot": "new"})
    write_answer(connection, KEY, fragment("tmdb", {"plot": "newer"}), NOW + DAY, 1)
    assert answers.read(connection, [KEY])[KEY].fragment == fragment("tmdb", {"plot": "newer"})


def test_an_answer_of_a_clock_that_was_ahead_is_replaced(connection: Connection) -> None:
    write_answer(connection, KEY, fragment("tmdb", {"plot": "ahead"}), NOW + 3652 * DAY, 1)
    write_answer(connection, KEY, fragment("tmdb", {"plot": "now"}), NOW, 1)
    assert answers.read(connection, [KEY])[KEY].fragment == fragment("tmdb", {"plot": "now"})
    write_answer(connection, KEY, fragment("tmdb", {"plot": "ahead"}), NOW + 3652 * DAY, 1)
    assert not answers.write_miss(connection, KEY, NOW, 1).found


def test_the_content_hash_tells_fragments_apart_and_stays_for_the_same_words(connection: Connection) -> None:
    said = fragment("tmdb", {"plot": "x", "tagline": "y"}, empty=frozenset({"trailer", "status", "homepage"}))
    hashes = []
    for number, words in enumerate((said, replace(said, values={"plot": "z"}), said)):
        write_answer(connection, KEY, words, NOW + number * DAY, 1)
        hashes.append(answers.read_heads(connection, [KEY])[KEY].content)
    assert hashes[0] == hashes[2] != hashes[1]
    answers.write_miss(connection, KEY, NOW + 5 * DAY, 1)
    assert answers.read_heads(connection, [KEY])[KEY].content not in hashes


def test_misses_are_counted_in_a_row_and_by_utc_day(connection: Connection) -> None:
    midnight = NOW.replace(hour=0, minute=0)
    counted = [
        answers.write_miss(connection, KEY, at, 1)
        for at in (midnight - timedelta(seconds=1), midnight, midnight + timedelta(hours=23), midnight + 2 * DAY)
    ]
    assert [(head.misses, head.miss_days) for head in counted] == [(1, 1), (2, 2), (3, 2), (4, 3)]
    assert answers.read_heads(connection, [KEY])[KEY] == counted[-1]
    write_answer(connection, KEY, fragment("tmdb"), midnight + 3 * DAY, 1)
    head = answers.write_miss(connection, KEY, midnight + 4 * DAY, 1)
    assert (head.misses, head.miss_days) == (1, 1)


def test_a_miss_keeps_the_fragment_of_before_so_that_it_can_stand_in(connection: Connection) -> None:
    write_answer(connection, KEY, fragment("tmdb", {"plot": "x"}), EARLIER, 1)
    answers.write_miss(connection, KEY, NOW, 1)
    stored = answers.read(connection, [KEY])[KEY]
    assert not stored.head.found
    assert is_soft_miss(stored.head)
    assert stored.fragment == fragment("tmdb", {"plot": "x"})
    assert (stored.answered_at, stored.head.fetched_at) == (EARLIER, NOW)


def test_an_id_that_was_answered_in_another_language_makes_a_miss_doubtful(connection: Connection) -> None:
    write_answer(connection, KEY, fragment("tmdb"), EARLIER, 1)
    assert answers.write_miss(connection, replace(KEY, shape="de-DE|de|DE"), NOW, 1).answered_before
    assert not answers.write_miss(connection, replace(KEY, asked_id="imdb:tt2"), NOW, 1).answered_before
    assert not answers.write_miss(connection, replace(KEY, kind=Kind.SERIES), NOW, 1).answered_before


def test_a_miss_remembers_that_its_provider_calls_it_doubtful(connection: Connection) -> None:
    assert answers.write_miss(connection, KEY, NOW, 1, soft=True).soft
    assert answers.read_heads(connection, [KEY])[KEY].soft


def test_a_field_whose_type_changed_since_costs_itself_only(connection: Connection) -> None:
    said = fragment("tmdb", {"plot": "x", "tagline": "y"}, empty=frozenset({"trailer"}))
    write_answer(connection, KEY, said, NOW, 1)
    encoded = connection.execute(select(provider_answers.c.fragment)).scalar_one()
    connection.execute(update(provider_answers).values(fragment=encoded.replace(b'"x"', b"[7]")))
    read = answers.read(connection, [KEY])[KEY].fragment
    assert read == replace(said, values={"tagline": "y"}, unread=frozenset({"plot"}))


@pytest.mark.parametrize("broken", [b"{", b"{}", b"not zlib", b""])
def test_a_fragment_that_cannot_be_read_at_all_is_as_none(connection: Connection, broken: bytes) -> None:
    write_answer(connection, KEY, fragment("tmdb", {"plot": "x"}), NOW, 1)
    connection.execute(update(provider_answers).values(fragment=broken))
    assert answers.read(connection, [KEY])[KEY].fragment is None


def test_a_field_that_left_the_catalogue_is_passed_over(connection: Connection) -> None:
    write_answer(connection, KEY, fragment("tmdb", {"plot": "x", "field_of_tomorrow": "y"}), NOW, 1)
    assert "field_of_tomorrow" not in FIELDS
    assert answers.read(connection, [KEY])[KEY].fragment == fragment("tmdb", {"plot": "x"})


def test_pruning_forgets_what_is_too_old_and_nothing_else(connection: Connection) -> None:
    write_answer(connection, KEY, fragment("tmdb"), NOW - 200 * DAY, 1)
    kept = replace(KEY, asked_id="imdb:tt2")
    write_answer(connection, kept, fragment("tmdb"), NOW - 200 * DAY, 1)
    answers.write_miss(connection, kept, NOW, 1)
    assert answers.prune(connection, NOW - 180 * DAY, 0) == 0
    assert answers.prune(connection, NOW - 180 * DAY, 1) == 1
    assert answers.read(connection, [KEY, kept]).keys() == {kept}
