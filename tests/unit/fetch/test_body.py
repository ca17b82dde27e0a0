import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metarr.errors import BadAnswer
from metarr.fetch.body import decode_json


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ('{"title":"Amélie"}'.encode(), "application/json; charset=utf-8"),
        ('{"title":"Amélie"}'.encode(), "text/html"),
        ('{"title":"Amélie"}'.encode(), ""),
        ('{"title":"Amélie"}'.encode("utf-8-sig"), "application/json"),
        ('{"title":"Amélie"}'.encode("utf-16"), "application/json"),
        ('{"title":"Amélie"}'.encode("utf-16-le"), "application/json; charset=utf-16-le"),
        ('{"title":"Amélie"}'.encode("latin-1"), 'application/json; charset="ISO-8859-1"'),
        (b'{"title":"Am\\u00e9lie"}', "application/json"),
    ],
)
def test_json_is_read_in_the_encoding_that_it_has(body: bytes, content_type: str) -> None:
    assert decode_json(body, content_type) == {"title": "Amélie"}


@pytest.mark.parametrize(
    ("body", "content_type", "complaint"),
    [
        (b"", "application/json", "is empty"),
        (b" \r\n", "application/json", "is empty"),
        (b"null", "application/json", "neither object nor list"),
        (b"17", "application/json", "neither object nor list"),
        (b'"Error"', "application/json", "neither object nor list"),
        (b"<!doctype html><p>Just a moment", "application/json", "is a page"),
        (b'{"a":', "application/json", "is no JSON"),
        (b'{"a":1} trailing', "application/json", "is no JSON"),
        (b'{"a":NaN}', "application/json", "is no JSON"),
        (b'{"a":1e999}', "application/json", "is no JSON"),
        (b'["\\ud800"]', "application/json", "is no JSON"),
        ('{"a":"é"}'.encode("latin-1"), "application/json; charset=utf-8", "is no JSON"),
        ('{"a":"é"}'.encode("latin-1"), "application/json", "is no JSON"),
        (b'{"a":1}', "application/json; charset=klingon", "is no JSON"),
        (b"[" * 100_000 + b"]" * 100_000, "application/json", "nested too deeply"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "application/json", "nested too deeply"),
        (b"[" + b"9" * 10_000 + b"]", "application/json", "is no JSON"),
    ],
)
def test_anything_else_is_a_bad_answer(body: bytes, content_type: str, complaint: str) -> None:
    with pytest.raises(BadAnswer, match=complaint):
        decode_json(body, content_type)


@given(st.binary(max_size=200), st.sampled_from(["", "application/json; charset=utf-16", "text/plain; charset=ascii"]))
def test_no_bytes_raise_anything_but_a_bad_answer(body: bytes, content_type: str) -> None:
    with contextlib.suppress(BadAnswer):
        assert isinstance(decode_json(body, content_type), dict | list)
