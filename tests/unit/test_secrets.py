import os
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from metarr.errors import CannotDo
from metarr.secrets import Vault

SECRET = "sk-0123456789abcdef"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "key"


def test_a_sealed_secret_opens_again_even_after_a_restart(key_file: Path) -> None:
    sealed = Vault(key_file).seal(SECRET)
    assert SECRET not in sealed
    assert Vault(key_file).open(sealed) == SECRET


def test_the_key_file_is_made_when_first_needed_and_is_its_owners_alone(key_file: Path) -> None:
    vault = Vault(key_file)
    assert not key_file.exists()
    vault.seal(SECRET)
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert [path.name for path in key_file.parent.iterdir()] == ["key"]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602, 0o601])
def test_a_key_file_that_others_can_reach_is_refused_with_the_remedy(key_file: Path, mode: int) -> None:
    Vault(key_file).seal(SECRET)
    key_file.chmod(mode)
    with pytest.raises(CannotDo, match=f"chmod 600 {key_file}"):
        Vault(key_file)


def test_a_lost_key_file_costs_the_secret_and_nothing_else(key_file: Path) -> None:
    sealed = Vault(key_file).seal(SECRET)
    key_file.unlink()
    vault = Vault(key_file)
    assert vault.open(sealed) is None
    assert vault.open(vault.seal("entered again")) == "entered again"


def test_another_key_file_opens_nothing_of_the_old_one(key_file: Path) -> None:
    sealed = Vault(key_file).seal(SECRET)
    key_file.write_bytes(Fernet.generate_key())
    assert Vault(key_file).open(sealed) is None


@pytest.mark.parametrize("content", [b"", b"half a k", b"\xff\xfe" * 40])
def test_an_unusable_key_file_is_put_aside_and_replaced(key_file: Path, content: bytes) -> None:
    key_file.parent.mkdir()
    key_file.touch(mode=0o600)
    key_file.write_bytes(content)
    vault = Vault(key_file)
    assert vault.open(vault.seal(SECRET)) == SECRET
    assert key_file.with_name("key.unusable").read_bytes() == content


def test_a_key_file_that_is_a_folder_is_refused(key_file: Path) -> None:
    key_file.mkdir(parents=True, mode=0o700)
    with pytest.raises(CannotDo, match="cannot be read"):
        Vault(key_file)


@pytest.mark.parametrize("nonsense", ["", "abc", "ü" * 50])
def test_what_was_never_sealed_does_not_open(key_file: Path, nonsense: str) -> None:
    assert Vault(key_file).open(nonsense) is None


def test_two_that_make_the_key_at_once_agree_on_one(key_file: Path) -> None:
    one, two = Vault(key_file), Vault(key_file)
    sealed = one.seal(SECRET)
    assert two.open(sealed) == SECRET
    assert one.open(two.seal(SECRET)) == SECRET


def test_a_key_that_appears_while_ours_is_made_wins(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, real_link = Vault(key_file), os.link

    def overtaken(made: str, name: Path) -> None:
        monkeypatch.setattr(os, "link", real_link)
        Vault(key_file).seal("")
        real_link(made, name)

    monkeypatch.setattr(os, "link", overtaken)
    sealed = ours.seal(SECRET)
    assert Vault(key_file).open(sealed) == SECRET
    assert [path.name for path in key_file.parent.iterdir()] == ["key"]


def test_a_fingerprint_tells_secrets_apart_and_needs_the_key_file(key_file: Path, tmp_path: Path) -> None:
    vault = Vault(key_file)
    assert vault.fingerprint(SECRET) == Vault(key_file).fingerprint(SECRET)
    assert len({vault.fingerprint(text) for text in (SECRET, SECRET + " ", "")}) == 3
    assert Vault(tmp_path / "other").fingerprint(SECRET) != vault.fingerprint(SECRET)
    assert SECRET not in vault.fingerprint(SECRET)
