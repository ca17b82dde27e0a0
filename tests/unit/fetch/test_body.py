"""A body is read by what it is; what breaks off is never taken for whole."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metarr.fetch.body import Body, read

AMELIE = '{"title":"Amélie"}'
WHOLE = {"title": "Amélie", "genres": ["Drama", "Comédie"], "votes": 7, "data": {"a": None, "b": [1, {"c": "x, y"}]}}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (AMELIE.encode(), "application/json; charset=utf-8"),
        (AMELIE.encode(), "text/html"),
        (AMELIE.encode(), ""),
        (AMELIE.encode("utf-8-sig"), "application/json"),
        (AMELIE.encode("utf-16"), "application/json"),
        (AMELIE.encode("utf-32"), "application/json"),
        (AMELIE.encode("utf-16-le"), "application/json; charset=utf-16-le"),
        (AMELIE.encode("utf-16-be"), "application/json; charset=utf-8"),
        (AMELIE.encode("latin-1"), 'application/json; charset="ISO-8859-1"'),
        (AMELIE.encode("latin-1"), "application/json; charset=utf-8"),
        (AMELIE.encode("latin-1"), "application/json"),
        (AMELIE.encode(), "application/json; charset=ISO-8859-1"),
        (AMELIE.encode(), "application/json; charset=klingon"),
        (AMELIE.encode("cp850"), "application/json; charset=cp850"),
        (b'{"title":"Am\\u00e9lie"}', "application/json"),
        (b'{"title":"Am\\u00e9lie"}', "application/json; charset=rot13"),
    ],
)
def test_json_is_read_in_the_encoding_that_it_has(body: bytes, content_type: str) -> None:
    assert read(body, content_type).value == {"title": "Amélie"}


def test_a_broken_byte_of_utf_8_costs_its_letter() -> None:
    assert read(AMELIE.encode() + b" \xe9" + b"\n").value == {"title": "Amélie"}
    assert read('{"a":"Amélie \xe9"}'.encode().replace(b" \xc3\xa9", b" \xe9")).value == {"a": "Amélie \ufffd"}


@pytest.mark.parametrize(
    ("body", "value"),
    [
        pytest.param(
            '{"a":"one\x08two\nthree\x00"}', {"a": "one\x08two\nthree\x00"}, id="control characters in a text"
        ),
        pytest.param('{"a":"one\ttwo\x1f"}', {"a": "one\ttwo\x1f"}, id="tabs"),
        pytest.param('{"a":NaN,"b":[-Infinity,Infinity]}', {"a": None, "b": [None, None]}, id="no numbers"),
        pytest.param('{"a":1e999,"b":-1e999}', {"a": None, "b": None}, id="beyond all numbers"),
        pytest.param('{"a":' + "9" * 10_000 + "}", {"a": None}, id="ten thousand digits"),
        pytest.param('{"a":007,"b":+1,"c":.5,"d":2.}', {"a": 7, "b": 1, "c": 0.5, "d": 2}, id="hand-written numbers"),
        pytest.param('{"a":None,"b":True,"c":undefined}', {"a": None, "b": True, "c": None}, id="another language's"),
        pytest.param('{"a":[1,2,],}', {"a": [1, 2]}, id="commas at the end"),
        pytest.param('{"a":[1,,2],,\n}', {"a": [1, 2]}, id="doubled commas"),
        pytest.param('{"a":"x,]"}', {"a": "x,]"}, id="a comma in a text"),
        pytest.param('{"a":"NaN, 007,} // no remark"}', {"a": "NaN, 007,} // no remark"}, id="all that in a text"),
        pytest.param('<br />\n<b>Warning</b>: line 3<br />\n{"a":1}', {"a": 1}, id="a warning before"),
        pytest.param(")]}',\n" + '{"a":1}', {"a": 1}, id="a guard before"),
        pytest.param('callback({"a":1});', {"a": 1}, id="a call around"),
        pytest.param('{"a":1}\n<!-- 0.01 s -->', {"a": 1}, id="a remark after"),
        pytest.param('{"a":1} trailing', {"a": 1}, id="a word after"),
        pytest.param('/* v1 */{"a":1 // one\n}', {"a": 1}, id="remarks"),
        pytest.param(r'{"a":"it\'s \x41 C:\dir"}', {"a": r"it's \x41 C:\dir"}, id="escapes that are none"),
        pytest.param(r'{"a":"\ud83d\ude00 \u00e9"}', {"a": "😀 é"}, id="whole pairs"),
        pytest.param(r'{"a":"x\ud800","b":["\udc00"]}', {"a": "x\ufffd", "b": ["\ufffd"]}, id="halves of letters"),
        pytest.param('{"a":"He said "no".","b":1}', {"a": 'He said "no".', "b": 1}, id="quotes in a text"),
        pytest.param("[1,\n 2,\n]", [1, 2], id="a list"),
    ],
)
def test_what_is_almost_json_is_read(body: str, value: object) -> None:
    told = read(body.encode())
    assert told.value == value
    assert json.loads(told.utf8) == value, "a provider looks for its errors in strict JSON"


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "is empty"),
        (b" \r\n", "is empty"),
        (b"null", "neither object nor list"),
        (b"17", "neither object nor list"),
        (b'"Error"', "neither object nor list"),
        (b"NaN", "is no JSON"),
        (b"not packed", "is no JSON"),
        (b"<!doctype html><p>Just a moment", "is a page"),
        (b"<html><script>var state = {};</script></html>", "is a page"),
        (b'<?xml version="1.0"?><a>{"a":1}</a>', "is a page"),
        (b'{"a":', "is no JSON"),
        (b'{"a":1}{"b":2}', "is no JSON"),
        (b'{"a":1}}', "is no JSON"),
        (b'{"a":"x","b":}', "is no JSON"),
        (b'{"a":"unescaped" inner, "b":1}', "is no JSON"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
        (b"warning " + b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    ],
)
def test_anything_else_is_a_bad_answer(body: bytes, complaint: str) -> None:
    assert complaint in read(body, "application/json").trouble


WRITTEN = {
    "strict": json.dumps(WHOLE).encode(),
    "by hand": json.dumps(WHOLE, indent=1).replace("null", "NaN").replace("}", ",}").encode(),
    "after a warning": b"<b>Warning</b>\n" + json.dumps(WHOLE).encode(),
    "with control characters": json.dumps([WHOLE, "a\\b"]).replace("Drama", "Dra\x01ma").encode(),
    "a list": json.dumps([WHOLE, WHOLE]).encode(),
}


@pytest.mark.parametrize("body", WRITTEN.values(), ids=WRITTEN)
def test_what_breaks_off_is_never_taken_for_whole(body: bytes) -> None:
    assert read(body).value
    for end in range(len(body) - 1):
        assert read(body[:end]).trouble


@pytest.mark.parametrize(
    "part", [b'"', b'"a', b"/*", b'":', b",", b"\\", b"[", b"{\n", b'"\\u', b"'", b"- ", b"1e", b"NaN", b" "]
)
def test_no_body_takes_long(part: bytes) -> None:
    """No part of a text is looked at again and again: that would take minutes here."""
    started = time.process_time()
    assert isinstance(read(b'{"a":' + part * (100_000 // len(part)) + b"]"), Body)
    assert time.process_time() - started < 5


@given(st.binary(max_size=200), st.sampled_from(["", "application/json; charset=utf-16", "text/plain; charset=idna"]))
def test_no_bytes_raise_anything(body: bytes, content_type: str) -> None:
    assert isinstance(read(body, content_type), Body)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
).filter(lambda value: isinstance(value, dict | list))


@given(JSON, st.booleans(), st.sampled_from(["", "Notice: x\n"]))
def test_nothing_but_what_is_wrong_is_put_right(value: Any, ascii_only: bool, before: str) -> None:
    body = (before + json.dumps(value, ensure_ascii=ascii_only)).encode("utf-8", "replace")
    assert read(body).value == value
