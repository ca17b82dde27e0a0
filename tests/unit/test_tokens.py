import os
import stat
from pathlib import Path

import pytest

from metarr import tokens
from metarr.errors import CannotDo


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / tokens.FILE_NAME


def test_it_is_made_at_first_for_its_owner_alone_and_stays(file: Path):
    tokens.ensure(file)
    made = tokens.read(file)
    assert len(made) >= 40
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [tokens.FILE_NAME]
    tokens.ensure(file)
    assert tokens.read(file) == made


def test_no_two_are_alike(tmp_path: Path):
    made = {tokens.renew(tmp_path / tokens.FILE_NAME) for _ in range(20)}
    assert len(made) == 20


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
@pytest.mark.parametrize("use", [tokens.ensure, tokens.read])
def test_one_that_others_can_read_is_refused_with_what_to_do(file: Path, mode: int, use):
    tokens.ensure(file)
    file.chmod(mode)
    with pytest.raises(CannotDo, match=f"others can read the token file .*chmod 600 {file}"):
        use(file)


@pytest.mark.parametrize("content", ["", "\n", "short", "with a blank in it, and long", "long enough but ünsafe" * 2])
def test_one_that_cannot_be_shown_or_could_be_guessed_is_refused(file: Path, content: str):
    tokens.ensure(file)
    file.write_text(content)
    for use in (tokens.ensure, tokens.read):
        with pytest.raises(CannotDo, match="holds no usable token") as caught:
            use(file)
        assert caught.value.reason == "BAD_TOKEN"
    assert not tokens.fits(file, content)
    assert not tokens.fits(file, "")


def test_one_of_the_owners_own_may_end_a_line(file: Path):
    tokens.ensure(file)
    file.write_text("an-own-one-of-some-length\n")
    assert tokens.read(file) == "an-own-one-of-some-length"
    assert tokens.fits(file, "an-own-one-of-some-length")


def test_only_the_whole_token_fits(file: Path):
    tokens.ensure(file)
    token = tokens.read(file)
    assert tokens.fits(file, token)
    for wrong in ("", token[:-1], token + "x", token.swapcase(), "日本語"):
        assert not tokens.fits(file, wrong)


def test_a_new_one_counts_at_once_and_voids_the_old(file: Path):
    tokens.ensure(file)
    old = tokens.read(file)
    new = tokens.renew(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (tokens.fits(file, old), tokens.fits(file, new)) == (False, True)


def test_while_its_file_is_lost_or_open_to_others_nothing_fits(file: Path):
    tokens.ensure(file)
    token = tokens.read(file)
    file.chmod(0o644)
    assert not tokens.fits(file, token)
    os.unlink(file)
    assert not tokens.fits(file, token)
    with pytest.raises(CannotDo, match="metarr token new"):
        tokens.read(file)
