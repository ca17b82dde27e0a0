from metarr.fetch.contract import LimitState
from metarr.fetch.memory import MemoryLimitStore, MemorySecretStore


def test_limit_states_are_kept_by_provider() -> None:
    store = MemoryLimitStore()
    store.save_limits("omdb", LimitState(used=3))
    assert store.load_limits("omdb") == LimitState(used=3)
    assert store.load_limits("tmdb") is None


def test_secrets_are_kept_by_provider_and_name_and_can_be_forgotten() -> None:
    store = MemorySecretStore()
    store.save_secret("tvdb", "token", "t")
    assert store.load_secret("tvdb", "token") == "t"
    assert store.load_secret("tmdb", "token") is None
    store.save_secret("tvdb", "token", None)
    store.save_secret("tvdb", "never there", None)
    assert store.load_secret("tvdb", "token") is None
