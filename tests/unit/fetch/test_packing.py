"""Whatever a body is packed in, its own bytes tell, and unpacking it takes no more memory than allowed."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metarr.errors import BadAnswer
from metarr.fetch.packing import LAYERS, MEMBERS, unpack
from tiers import slow_but

MOST = 100_000
PLAIN = b'{"a":1,"b":"' + b"Am\xc3\xa9lie " * 50 + b'"}'


def gzipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def deflated(body: bytes) -> bytes:
    """Without any header, as some servers take the word."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


FORMS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzipped, "zlib": zlib.compress, "deflate": deflated}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("body", [PLAIN, b"[]", b'{"a":1}', b" \r\n{}", b"<html>", "{}".encode("utf-16")])
def test_a_body_is_unpacked_by_what_it_is(form: str, body: bytes) -> None:
    assert unpack(FORMS[form](body), MOST) == body


@pytest.mark.parametrize("inner", FORMS)
@pytest.mark.parametrize("outer", FORMS)
def test_a_body_that_was_packed_twice_is_unpacked_twice(inner: str, outer: str) -> None:
    assert unpack(FORMS[outer](FORMS[inner](PLAIN)), MOST) == PLAIN


@pytest.mark.parametrize("body", [b"", b"\r\n", PLAIN, b"[1]", b"<p>", b"not packed", b"Hello", b"x\x9c", b"\x1f\x8b"])
def test_what_is_not_packed_stays_as_it_is(body: bytes) -> None:
    assert unpack(body, MOST) == body


def test_parts_that_were_packed_one_by_one_are_put_together_without_padding() -> None:
    assert unpack(gzipped(PLAIN) + gzipped(b"more"), MOST) == PLAIN + b"more"
    assert unpack(gzipped(PLAIN) + b"\x00" * 20, MOST) == PLAIN


@pytest.mark.parametrize(
    "body",
    [
        gzipped(PLAIN)[:-1],
        gzipped(PLAIN)[:30],
        gzipped(PLAIN)[:3],
        gzipped(PLAIN) + gzipped(PLAIN)[:-9],
        gzipped(PLAIN)[:-8] + b"\x00" * 8,
        gzipped(b"") * (MEMBERS + 1),
    ],
)
def test_a_damaged_body_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer, match="unpacked"):
        unpack(body, MOST)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layers", slow_but([LAYERS], range(1, LAYERS + 1)))
def test_a_bomb_is_unpacked_no_further_than_the_largest_answer(form: str, layers: int) -> None:
    bomb = b"0" * 60_000_000
    for _ in range(layers):
        bomb = FORMS[form](bomb)
    tracemalloc.start()
    try:
        with pytest.raises(BadAnswer, match="larger than 100000 bytes"):
            unpack(bomb, MOST)
        assert tracemalloc.get_traced_memory()[1] < 20 * MOST
    finally:
        tracemalloc.stop()


def test_the_largest_answer_is_let_through() -> None:
    assert unpack(gzipped(b"[" * MOST), MOST) == unpack(b"[" * MOST, MOST) == b"[" * MOST
    for body in (b"[" * (MOST + 1), gzipped(b"[" * (MOST + 1))):
        with pytest.raises(BadAnswer, match="larger"):
            unpack(body, MOST)


@given(st.binary(max_size=100))
def test_no_bytes_raise_anything_but_a_bad_answer(body: bytes) -> None:
    try:
        assert isinstance(unpack(body, MOST), bytes)
    except BadAnswer:
        assert body.startswith(b"\x1f\x8b")
