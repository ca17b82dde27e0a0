"""A scripted server, and clients and channels to it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from memory_stores import MemoryLimitStore, MemorySecretStore
from metarr.clock import Clock, SystemClock
from metarr.fetch.channel import Channel
from metarr.fetch.client import ProviderClient
from metarr.fetch.contract import Classify, Connection, Limits, Note, unnoted
from scripted_server import ScriptedServer


class HastyClock(SystemClock):
    """The machine's clock with luck that makes pauses before a repetition fifty times shorter. No day ends by it."""

    def now(self) -> datetime:
        return super().now().replace(hour=12)

    def jitter(self) -> float:
        return -0.98


@pytest.fixture
def hasty_clock() -> Clock:
    return HastyClock()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    server.close()


@pytest.fixture
def open_client(server: ScriptedServer) -> Iterator[Callable[..., ProviderClient]]:
    """Makes clients of the server that are closed after the test."""
    opened: list[ProviderClient] = []

    def make(
        clock: Clock, classify: Classify = lambda _response: None, *, note: Note = unnoted, **connection: Any
    ) -> ProviderClient:
        way = Connection(**{"base_url": server.url, **connection})
        client = ProviderClient("tmdb", way, classify, clock, 4, note)
        opened.append(client)
        return client

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def open_channel(server: ScriptedServer) -> Iterator[Callable[..., Channel]]:
    """Makes channels to the server, without a limit of pace, that are closed after the test."""
    opened: list[Channel] = []

    def make(**given: Any) -> Channel:
        parts = {
            "provider_id": "tmdb",
            "connection": Connection(base_url=server.url),
            "classify": lambda _response: None,
            "limits": Limits(per_second=0, workers=4),
            "clock": SystemClock(),
            "limit_store": MemoryLimitStore(),
            "secret_store": MemorySecretStore(),
            "key_fingerprint": "key-1",
        }
        opened.append(Channel(**{**parts, **given}))
        return opened[-1]

    yield make
    for channel in opened:
        channel.close()
