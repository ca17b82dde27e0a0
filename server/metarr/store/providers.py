"""Per provider: the owner's settings, its secrets (sealed), and what must survive a restart about its limits."""

import hashlib

import msgspec
from sqlalchemy import Connection, delete, select

from metarr.declared import SettingValue
from metarr.domain.values import Struct
from metarr.fetch.contract import LimitState
from metarr.proxy import PASSWORD
from metarr.secrets import Vault
from metarr.store import key_values
from metarr.store.database import Database
from metarr.store.tables import hosts, provider_configs, provider_secrets, provider_states
from metarr.store.upsert import upsert


class ProviderConfig(Struct, frozen=True, kw_only=True):
    """What the owner set for a provider. `settings`: without secrets. `sealed`: the secrets by the key of their
    setting, as a `Vault` sealed them; one that it cannot open any more must be entered again."""

    provider: str
    enabled: bool = True
    settings: dict[str, SettingValue] = {}
    sealed: dict[str, str] = {}

    @property
    def etag(self) -> str:
        """Changes with every change."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16]


def sealed_secrets(connection: Connection) -> list[str]:
    """Every secret that is kept, entered or remembered, as a `Vault` sealed it: for whoever must not let one out."""
    entered = connection.execute(select(provider_configs.c.sealed)).scalars()
    remembered = connection.execute(select(provider_secrets.c.sealed)).scalars()
    of_hosts = connection.execute(select(hosts.c.sealed)).scalars()
    of_proxy = key_values.get(connection, PASSWORD)
    of_all = [of_proxy] if of_proxy else []
    return [secret for sealed in (*entered, *of_hosts) for secret in sealed.values()] + list(remembered) + of_all


class ProviderStore:
    """Configuration of the providers, and what fetch has kept for it: its `LimitStore` and its `SecretStore`.

    The methods that take no connection are transactions of their own: not to be called within another one.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def configs(self, connection: Connection) -> dict[str, ProviderConfig]:
        """The configuration of every provider that was ever configured, by id."""
        return {
            row.provider: ProviderConfig(
                provider=row.provider, enabled=row.enabled, settings=row.settings, sealed=row.sealed
            )
            for row in connection.execute(select(provider_configs))
        }

    def config(self, connection: Connection, provider_id: str) -> ProviderConfig:
        """The configuration of one provider; an enabled one without settings where nothing was ever set."""
        return self.configs(connection).get(provider_id, ProviderConfig(provider=provider_id))

    def save_config(self, connection: Connection, config: ProviderConfig) -> None:
        """Replace a provider's configuration.

        What was remembered for it (login tokens) is forgotten: it belongs to the settings it was got with.
        """
        upsert(connection, provider_configs, [msgspec.structs.asdict(config)])
        connection.execute(delete(provider_secrets).where(provider_secrets.c.provider == config.provider))

    def load_limits(self, provider_id: str) -> LimitState | None:
        """None: nothing known, or written by a version that counted otherwise."""
        query = select(provider_states.c.state).where(provider_states.c.provider == provider_id)
        with self._database.read() as connection:
            text = connection.execute(query).scalar_one_or_none()
        try:
            return None if text is None else msgspec.json.decode(text, type=LimitState)
        except msgspec.DecodeError:
            return None

    def save_limits(self, provider_id: str, state: LimitState) -> None:
        row = {"provider": provider_id, "state": msgspec.json.encode(state).decode()}
        with self._database.begin() as connection:
            upsert(connection, provider_states, [row])

    def load_secret(self, provider_id: str, name: str) -> str | None:
        """None: not remembered, or sealed with another key file."""
        query = select(provider_secrets.c.sealed).where(
            provider_secrets.c.provider == provider_id, provider_secrets.c.name == name
        )
        with self._database.read() as connection:
            sealed = connection.execute(query).scalar_one_or_none()
        return None if sealed is None else self._vault.open(sealed)

    def save_secret(self, provider_id: str, name: str, secret: str | None) -> None:
        """None forgets it."""
        same = (provider_secrets.c.provider == provider_id, provider_secrets.c.name == name)
        with self._database.begin() as connection:
            if secret is None:
                connection.execute(delete(provider_secrets).where(*same))
            else:
                row = {"provider": provider_id, "name": name, "sealed": self._vault.seal(secret)}
                upsert(connection, provider_secrets, [row])
