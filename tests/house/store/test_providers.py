from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from factories import NOW
from metarr.fetch.contract import LimitState, LimitStore, SecretStore
from metarr.secrets import Vault
from metarr.store.database import Database
from metarr.store.providers import ProviderConfig, ProviderStore

KEY, TOKEN = "0123456789abcdef-the-api-key", "eyJhbGciOi-the-login-token"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "metarr.db")
    database.migrate(None, NOW)
    yield database
    database.close()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "key")


@pytest.fixture
def store(home: Database, vault: Vault) -> ProviderStore:
    return ProviderStore(home, vault)


def test_a_configuration_comes_back_as_it_was_saved(home: Database, store: ProviderStore) -> None:
    config = ProviderConfig(
        provider="tmdb", enabled=False, settings={"a": "x", "b": 2, "c": 2.5, "d": True}, sealed={"api_key": "…"}
    )
    with home.begin() as connection:
        store.save_config(connection, ProviderConfig(provider="tmdb", settings={"old": 1}))
        store.save_config(connection, config)
    with home.read() as connection:
        assert store.config(connection, "tmdb") == config
        assert store.configs(connection) == {"tmdb": config}
        assert store.config(connection, "omdb") == ProviderConfig(provider="omdb", enabled=True)


def test_limits_survive_a_restart(home: Database, store: ProviderStore, vault: Vault) -> None:
    limits: LimitStore = store
    assert limits.load_limits("omdb") is None
    for used in (998, 999):
        limits.save_limits("omdb", LimitState(key_fingerprint="ab", used=used, reset_at=NOW, learned_reset=10))
    assert ProviderStore(home, vault).load_limits("omdb") == LimitState(
        key_fingerprint="ab", used=999, reset_at=NOW, learned_reset=10
    )


def test_limits_written_otherwise_count_as_unknown(home: Database, store: ProviderStore) -> None:
    store.save_limits("omdb", LimitState(used=5))
    with home.begin() as connection:
        connection.execute(text('UPDATE provider_states SET state = \'{"used": "many"}\''))
    assert store.load_limits("omdb") is None


def test_a_remembered_secret_comes_back_until_it_is_forgotten(store: ProviderStore) -> None:
    secrets: SecretStore = store
    assert secrets.load_secret("tvdb", "token") is None
    secrets.save_secret("tvdb", "token", "old")
    secrets.save_secret("tvdb", "token", TOKEN)
    secrets.save_secret("fanart", "token", "another provider's")
    assert secrets.load_secret("tvdb", "token") == TOKEN
    secrets.save_secret("tvdb", "token", None)
    assert secrets.load_secret("tvdb", "token") is None
    assert secrets.load_secret("fanart", "token") == "another provider's"


def test_new_settings_forget_what_was_remembered_for_the_old_ones(home: Database, store: ProviderStore) -> None:
    store.save_secret("tvdb", "token", TOKEN)
    store.save_secret("fanart", "token", "another provider's")
    with home.begin() as connection:
        store.save_config(connection, ProviderConfig(provider="tvdb"))
    assert store.load_secret("tvdb", "token") is None
    assert store.load_secret("fanart", "token") == "another provider's"


def test_a_lost_key_file_forgets_secrets_and_keeps_everything_else(
    home: Database, store: ProviderStore, vault: Vault, tmp_path: Path
) -> None:
    store.save_secret("tvdb", "token", TOKEN)
    with home.begin() as connection:
        store.save_config(connection, ProviderConfig(provider="tmdb", sealed={"api_key": vault.seal(KEY)}))
    (tmp_path / "key").unlink()
    vault = Vault(tmp_path / "key")
    store = ProviderStore(home, vault)
    assert store.load_secret("tvdb", "token") is None
    with home.read() as connection:
        config = store.config(connection, "tmdb")
    assert config.sealed.keys() == {"api_key"}
    assert vault.open(config.sealed["api_key"]) is None


def test_no_secret_is_in_the_files_of_the_database(
    home: Database, store: ProviderStore, vault: Vault, tmp_path: Path
) -> None:
    store.save_secret("tvdb", "token", TOKEN)
    config = ProviderConfig(provider="tmdb", settings={"region": "a-plain-setting"}, sealed={"key": vault.seal(KEY)})
    with home.begin() as connection:
        store.save_config(connection, config)
    assert KEY not in repr(config)
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name.startswith("metarr.db"))
    assert b"a-plain-setting" in files
    for secret in (KEY, TOKEN):
        assert secret.encode() not in files
        assert secret[:12].encode() not in files
