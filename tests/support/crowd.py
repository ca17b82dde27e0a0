"""Many callers at both doors of one daemon at once, each of whom does what a person or a program does there."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from door import failure
from harness import PROVIDERS, Live, live
from metarr.rpc.client import Client, RpcFailure
from metarr.store.database import Database
from simulators import Simulators, generated_movie

CALLERS = 32
MOVIES = 200
SECONDS = 60.0
EXPECTED = ("NOT_FOUND", "INVALID_ARGUMENT", "ABORTED")
"""What may be said to callers who get in each other's way, or who misspell."""

Call = Callable[[str, str, dict[str, Any]], dict[str, Any]]
"""Calls a method of a service. Raises RpcFailure."""


def crowded(folder: Path, calls: int, seed: int = 20261122) -> Counter[str]:
    """Make so many calls; by its name how often each errand was done.

    Every call is answered, or refused with a reason that the callers may give each other. In the end no movie is there
    twice, and nothing is wrong with the database.
    """
    errands = [(number % CALLERS, seed + number) for number in range(calls)]
    with Simulators() as simulators, live(folder / "data") as daemon:
        daemon.configure(simulators, *PROVIDERS)
        with ThreadPoolExecutor(CALLERS) as pool:
            shares = [[each for caller, each in errands if caller == own] for own in range(CALLERS)]
            done = sum(pool.map(lambda pair: _calls_of(daemon, *pair), enumerate(shares)), Counter[str]())
        check(daemon)
    with closing(Database(folder / "data" / "metarr.db")) as database:
        assert database.problems() == ()
    assert sum(done.values()) == calls
    return done


def check(daemon: Live) -> None:
    """Every movie that is there is there once."""
    found: list[dict[str, Any]] = []
    token = ""
    while page := daemon.call("Library", "ListItems", {"pageSize": 200, "pageToken": token}):
        found += page.get("items", ())
        token = page.get("nextPageToken", "")
        if not token:
            break
    ids = Counter(claim["value"] for item in found for claim in item["ids"] if claim["type"] == "imdb")
    assert max(ids.values()) == 1, ids.most_common(3)


def _calls_of(daemon: Live, caller: int, seeds: list[int]) -> Counter[str]:
    """Do a caller's errands, every second caller by HTTP."""
    done: Counter[str] = Counter()
    with Client(daemon.daemon.grpc_address, SECONDS) as client, requests.Session() as session:
        session.trust_env = False

        def native(service: str, method: str, message: dict[str, Any]) -> dict[str, Any]:
            return client.call(f"{service}Service", method, message)

        def http(service: str, method: str, message: dict[str, Any]) -> dict[str, Any]:
            url = f"{daemon.url}/metarr.v1.{service}Service/{method}"
            answer = session.post(url, json=message, timeout=SECONDS)
            told: dict[str, Any] = answer.json()
            if answer.status_code != 200:
                raise failure(told)
            return told

        call = http if caller % 2 else native
        for seed in seeds:
            dice = random.Random(seed)
            name, errand = dice.choice(list(ERRANDS.items()))
            try:
                errand(call, dice)
            except RpcFailure as refused:
                if refused.code not in EXPECTED:
                    raise
            done[name] += 1
    return done


def _some(dice: random.Random) -> str:
    return f"imdb:{generated_movie(dice.randrange(MOVIES)).imdb}"


def _add(call: Call, dice: random.Random) -> None:
    movie = generated_movie(dice.randrange(MOVIES))
    ids = [{"type": "imdb", "value": movie.imdb}, {"type": "tmdb", "value": str(movie.tmdb)}]
    item = {"kind": "MEDIA_KIND_MOVIE", "title": movie.title, "year": movie.year, "ids": ids}
    [result] = call("Library", "UpsertItems", {"items": [item]})["results"]
    assert result["item"]["title"] == movie.title


def _look_up(call: Call, dice: random.Random) -> None:
    enriched = call("Enrichment", "Enrich", {"itemId": _some(dice)})
    assert enriched["item"]["id"]


def _edit(call: Call, dice: random.Random) -> None:
    item, plot = _some(dice), f"Words {dice.random()}"
    call("Library", "UpdateItem", {"itemId": item, "fields": {"plot": plot}, "updateMask": "fields"})


def _read(call: Call, dice: random.Random) -> None:
    item = _some(dice)
    kind, _, value = item.partition(":")
    told = call("Library", "GetItem", {"itemId": item})["item"]
    assert {"type": kind, "value": value} in [{"type": each["type"], "value": each["value"]} for each in told["ids"]]


def _browse(call: Call, dice: random.Random) -> None:
    call("Library", "ListItems", {"pageSize": dice.randrange(1, 200)})
    call("Health", "GetHealth", {})


def _misspell(call: Call, dice: random.Random) -> None:
    with pytest.raises(RpcFailure) as refused:
        call("Library", "GetItem", {"itemId": dice.choice(("imdb", "x", "0", "imdb:tt"))})
    assert refused.value.code == "INVALID_ARGUMENT"


ERRANDS = {"add": _add, "look up": _look_up, "edit": _edit, "read": _read, "browse": _browse, "misspell": _misspell}

__all__ = ["crowded"]
