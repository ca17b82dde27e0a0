"""Stores of limits and secrets that forget with the process."""

from metarr.fetch.contract import LimitState


class MemoryLimitStore:
    """A LimitStore in a dictionary. `saves` counts what was written."""

    def __init__(self) -> None:
        self.states: dict[str, LimitState] = {}
        self.saves = 0

    def load_limits(self, provider_id: str) -> LimitState | None:
        return self.states.get(provider_id)

    def save_limits(self, provider_id: str, state: LimitState) -> None:
        self.states[provider_id] = state
        self.saves += 1


class MemorySecretStore:
    """A SecretStore in a dictionary."""

    def __init__(self) -> None:
        self._secrets: dict[tuple[str, str], str] = {}

    def load_secret(self, provider_id: str, name: str) -> str | None:
        return self._secrets.get((provider_id, name))

    def save_secret(self, provider_id: str, name: str, secret: str | None) -> None:
        if secret is None:
            self._secrets.pop((provider_id, name), None)
        else:
            self._secrets[provider_id, name] = secret
