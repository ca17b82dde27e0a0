"""Providers that say what a test tells them to, without any network."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness import House
from metarr.app import build
from metarr.domain.outcome import Fragment
from metarr.domain.values import Kind, Value
from metarr.errors import BadAnswer
from metarr.fetch.contract import Connection, Http, Limits, Response
from metarr.providers.contract import Ask, Provider, common_settings
from metarr.providers.registry import Registry
from metarr.secrets import Vault
from metarr.store.database import Database

FIELDS = frozenset({"title", "plot", "tagline", "genres", "tags"})
LIMITS = Limits(per_second=1e9)
BY_IMDB = ("imdb",)

Words = Mapping[str, Value] | None
"""What a provider says about a title: fields that it leaves out it has no value for. None: it cannot be heard."""


class Scripted(Provider):
    """Asked by IMDb id, it says what `words` holds for that id; nothing about an unknown one."""

    homepage = "https://scripted.example"
    settings = common_settings("https://scripted.example", LIMITS)
    limits = LIMITS
    covers = dict.fromkeys(Kind, FIELDS)
    asks_by = dict.fromkeys(Kind, BY_IMDB)

    def __init__(self, provider_id: str) -> None:
        self.id = self.name = provider_id  # type: ignore[misc]
        self.words: dict[str, Words] = {}

    def connection(self, settings: Mapping[str, Any]) -> Connection:
        return Connection(base_url="https://scripted.example")

    def classify(self, response: Response) -> None:
        return None

    def details(self, ask: Ask, http: Http) -> Fragment:
        words = self.words.get(ask.ids["imdb"], {})
        if words is None:
            raise BadAnswer("the test wants it so")
        return Fragment(
            provider=self.id,
            kind=ask.kind,
            ids={"imdb": ask.ids["imdb"]},
            values=dict(words),
            empty=FIELDS - words.keys(),
        )

    def check(self, http: Http, settings: Mapping[str, Any]) -> None:
        return None


@contextmanager
def scripted_house(
    folder: Path, clock: Any, *providers: str, make: Callable[[str], Scripted] = Scripted
) -> Iterator[tuple[House, dict[str, Scripted]]]:
    """The services in this process over these providers, each as `make` makes it."""
    scripted = {provider: make(provider) for provider in providers}
    database = Database.in_memory()
    services = build(database, Vault(folder / "metarr.key"), clock, Registry(providers=scripted))
    try:
        yield House(services, database, None, clock), scripted  # type: ignore[arg-type]
    finally:
        services.roster.close()
        database.close()
