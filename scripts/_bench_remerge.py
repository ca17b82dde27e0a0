"""A library merged again from the cached answers after a change of the rules."""

import resource
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from _bench_enrich import PROVIDERS, Providers, imdb, providers, services_over, tmdb, tvdb

if TYPE_CHECKING:
    from metarr.app import Services
    from metarr.asking.heard import Asker
    from metarr.store.database import Database

ITEMS, BATCH = 10_000, 500
DISTINCT = 300
"""Movies that are really asked for; the others have the same answers under ids of their own."""


def ids_of(number: int) -> dict[str, str]:
    return {"imdb": imdb(number), "tmdb": tmdb(number), "tvdb": tvdb(number)}


def fill(services: "Services", database: "Database") -> None:
    """Movies with the answers of four providers in the cache."""
    from metarr.clock import SystemClock
    from metarr.domain.values import Kind
    from metarr.library.intake import NewItem
    from metarr.library.wish import Wish

    clock = SystemClock()
    # By batches, here and below: the bench itself must not hold what grows with the library.
    taken: list[int] = []
    for numbers in batches(0, ITEMS):
        new = [NewItem(Kind.MOVIE, f"Movie {number}", 0, ids_of(number)) for number in numbers]
        taken += [each.item.id for each in services.library.upsert(new)]
    with ThreadPoolExecutor(32) as pool:
        list(pool.map(lambda i: services.enricher.enrich(i, Wish(deadline=clock.monotonic() + 120)), taken[:DISTINCT]))
    copy_answers(services, database)


def batches(start: int, end: int) -> Iterator[range]:
    return (range(first, min(first + BATCH, end)) for first in range(start, end, BATCH))


def copy_answers(services: "Services", database: "Database") -> None:
    from msgspec.structs import replace

    from metarr.domain.values import Kind
    from metarr.store import answers
    from metarr.store.answers import AnswerKey

    config = services.config.read()
    for asker in services.gatherer.heard(config).askers(Kind.MOVIE):

        def key(number: int, asker: "Asker" = asker) -> AnswerKey:
            return asker.keys(ids_of(number))[0]

        with database.read() as connection:
            known = answers.read(connection, [key(number) for number in range(DISTINCT)])
        for numbers in batches(DISTINCT, ITEMS):
            copies = []
            for number in numbers:
                answer = known[key(number % DISTINCT)]
                assert answer.fragment is not None
                ids = {id_type: ids_of(number)[id_type] for id_type in answer.fragment.ids}
                fragment = replace(answer.fragment, ids=ids)
                copies.append(answers.new_answer(key(number), fragment, answer.head.fetched_at, asker.parser_version))
            with database.begin() as connection:
                answers.write_all(connection, copies)


def requests_of(running: Providers) -> int:
    return sum(sum(running.counts(provider).values()) for provider in PROVIDERS)


@contextmanager
def timed(figures: dict[str, float], name: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    figures[name] = ITEMS / (time.perf_counter() - begun)


def bench_remerge() -> Mapping[str, float]:
    """Merge 10,000 movies from the cache: new ones; ones merged under rules that nobody knows any more, so all of them;
    then after other rules for the plot, previewed and applied."""
    from metarr.domain.authority import FieldRule
    from metarr.domain.values import Kind
    from metarr.store import items

    figures: dict[str, float] = {}
    with providers() as running, services_over(running) as (services, database):
        fill(services, database)
        asked, held = requests_of(running), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with timed(figures, "first_items_per_s"):
            *_, first = services.remerger.apply()
        assert first.tally.changed_items == ITEMS - DISTINCT
        with database.begin() as connection:
            items.put_fingerprints(connection, dict.fromkeys(range(1, ITEMS + 1), "of rules that nobody knows"))
        with timed(figures, "whole_items_per_s"):
            *_, whole = services.remerger.apply()
        assert whole.tally.changed_items == 0
        # Now they are as enrichments would have left them.
        services.authorities.update(rules=[(Kind.MOVIE, "plot", FieldRule(providers=("omdb", "tmdb")))])
        with timed(figures, "preview_items_per_s"):
            foretold = services.remerger.preview()
        begun = time.process_time()
        services.remerger.preview(samples=5, max_items=1500)
        figures["preview_of_1500_cpu_s"] = time.process_time() - begun
        with timed(figures, "apply_items_per_s"):
            *_, last = services.remerger.apply()
        assert last.tally.changed_fields() == foretold.changed_fields() == {(Kind.MOVIE, "plot"): ITEMS}
        with timed(figures, "again_items_per_s"):
            *_, again = services.remerger.apply()
        assert again.tally.changed_items == 0
        figures["growth_mb"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) / 1024
        figures["requests"] = requests_of(running) - asked
    return figures
