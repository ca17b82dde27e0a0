"""Ten thousand mutations of bodies through every parser: nothing but the documented errors may come out."""

import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from fakes import FakeHttp
from metarr.domain.outcome import Fragment
from metarr.domain.values import Kind
from metarr.errors import ProviderError, TitleNotFound
from metarr.fetch.contract import Response
from metarr.providers import guard
from metarr.providers.contract import Ask, Provider
from mutations import Part, attack
from samples import index, sample
from unit.providers.contract import PROVIDERS, examples

pytestmark = pytest.mark.slow

MUTATIONS = 10_000
SINGLE_MUTATIONS = 5_000
SEED = 20261122
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 1e308, 10**40, "", "N/A", "0000-00-00", "2024-07-07T00:00:00.000Z", "\x00", "日本",
    "x" * 30_000, [], {}, [[]], [None], {"id": None}, [1, "a", None, {}], "../../etc/passwd", "<script>", "http://[",
)  # fmt: skip

FOLDERS = {"fanart": "fanarttv"}


def made_up(provider: Provider) -> list[Any]:
    """The JSON bodies of the provider's examples."""
    answers = [example.answers for example in examples() if example.provider is provider]
    return [body for told in answers for path, body in told.items() if path != "/login"]


def recorded(provider: Provider) -> list[Any]:
    """Every recorded JSON body of a provider, whatever its endpoint: a parser may be handed any of them."""
    sample("INDEX.tsv")
    names = [row.file for row in index(FOLDERS.get(provider.id, provider.id)) if row.file.endswith(".json")]
    found = [json.loads(sample(name)) for name in names]
    if provider.id == "tvdb":  # some were recorded without their envelope
        found = [body if "data" in body else {"status": "success", "data": body} for body in found]
    return found


def question(body: Any, kind: Kind) -> Ask:
    """The question that this body answers, as far as it names its title: parsers refuse another title's answer."""
    record = body.get("data", body) if isinstance(body, dict) else {}
    record = record if isinstance(record, dict) else {}
    number = str(record.get("id") or record.get("tmdb_id") or record.get("thetvdb_id") or 550)
    ids = {"tmdb": number, "tvdb": number, "imdb": str(record.get("imdbID") or "tt0137523")}
    return Ask(kind=kind, ids=ids, settings={"api_key": "not-a-key"})


def places(body: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) in a body."""
    entries = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in entries:
        yield body, key
        yield from places(value)


def mutated(body: Any, dice: random.Random) -> Any:
    """A copy with up to four of its parts dropped, replaced, doubled or exchanged."""
    copy = deepcopy(body)
    for _ in range(dice.randint(1, 4)):
        found = list(places(copy))
        if not found:
            return dice.choice(ODD)
        container, key = dice.choice(found)
        match dice.randrange(4):
            case 0 if isinstance(container, dict):
                del container[key]
            case 1 if isinstance(container, list):
                container.append(deepcopy(container[key]))
            case 2:
                container[key] = deepcopy(dice.choice([found_in[at] for found_in, at in places(copy)]))
            case _:
                container[key] = deepcopy(dice.choice(ODD))
    return copy


def outcome(call: Callable[[], object]) -> object:
    """What came out; anything but the documented errors goes on as the failure that it is."""
    try:
        return call()
    except (ProviderError, TitleNotFound) as error:
        return error


class AnyPath(FakeHttp):
    """Hands out one body, whatever is asked."""

    def __init__(self, body: Any) -> None:
        super().__init__({})
        self.body = body

    def get(self, *args: Any, **options: Any) -> Any:
        return self.body

    def post(self, *args: Any, **options: Any) -> Any:
        return {"data": {"token": "t"}}


def mutate(provider: Provider, known: list[Any], times: int) -> None:
    """Have a provider read so many mutations of the bodies that are known."""
    dice = random.Random(SEED)
    fragments = 0
    for number in range(times):
        whole = dice.choice(known)
        body, ask = mutated(whole, dice), question(whole, (Kind.MOVIE, Kind.SERIES)[number % 2])
        # Past the guard, which would hide what a parser lets escape.
        told = outcome(lambda ask=ask, body=body: provider.details(ask, AnyPath(body)))
        assert isinstance(told, Fragment | ProviderError | TitleNotFound)
        fragments += isinstance(told, Fragment)
        outcome(lambda ask=ask, body=body: guard.details(provider, ask, AnyPath(body)))
        raw = Response(status=dice.choice((200, 401, 404, 429, 500)), headers={}, body=json.dumps(body).encode())
        assert isinstance(provider.classify(raw), ProviderError | TitleNotFound | None)
    assert fragments > times // 25, "most mutated titles can still be read"


@pytest.mark.parametrize("bodies", [made_up, pytest.param(recorded, marks=pytest.mark.recordings)])
@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.id)
def test_no_mutation_of_a_body_escapes_a_parser(provider: Provider, bodies: Callable[[Provider], list[Any]]) -> None:
    mutate(provider, bodies(provider), MUTATIONS // len(PROVIDERS))


def test_a_single_malformed_part_costs_one_field_at_most() -> None:
    """But for the keys that tell what an answer is about, and for whole sections."""
    tally = attack(SINGLE_MUTATIONS, SEED)
    assert tally.faults == [], str(tally)
    assert all(
        sum(costs.values()) > SINGLE_MUTATIONS // 20 for part, costs in tally.costs.items() if part != "identity key"
    )
    assert tally.refused[Part.IDENTITY] > 20
