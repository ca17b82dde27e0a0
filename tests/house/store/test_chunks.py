from metarr.store.chunks import CHUNK, chunks


def test_each_value_comes_once_in_the_order_given_and_no_piece_is_too_long() -> None:
    values = [*range(CHUNK + 1), 0, CHUNK]
    pieces = list(chunks(values))
    assert [len(piece) for piece in pieces] == [CHUNK, 1]
    assert [value for piece in pieces for value in piece] == list(range(CHUNK + 1))


def test_nothing_makes_no_piece() -> None:
    assert list(chunks([])) == []
