"""What a title costs of a provider's quota: a series with all that is below it takes more requests than one."""

import math
from collections.abc import Mapping

from metarr.asking.roster import ConfiguredProvider
from metarr.domain.values import Kind
from metarr.providers import guard
from metarr.providers.contract import Ask, ListsEpisodes
from metarr.store.items import Stock

USUAL_SEASON = 10
"""Episodes of a season of which it is not known how many it has."""


def cost_of_series(configured: ConfiguredProvider, counts: Mapping[int, int]) -> int:
    """Requests for one, of which the library holds so many episodes by season: as many as it takes at least, in one
    language and with one page of a list."""
    lister = configured.provider
    if not isinstance(lister, ListsEpisodes) or not counts:
        return 1
    ids = dict.fromkeys(configured.provider.asks_by.get(Kind.SERIES, ()), "1")
    ask = Ask(kind=Kind.SERIES, ids=ids, original_language="en", settings=configured.settings)
    along = guard.along(configured.provider, ask, counts)
    apart = [part for part in guard.parts(configured.provider, ask, counts) if part not in along]
    return 1 + (len(lister.together(apart, counts)) if apart else 0)


def cost_of_many(configured: ConfiguredProvider, count_of: Mapping[Kind, int], stock: Mapping[Kind, Stock]) -> int:
    """Requests for so many items of each kind that it is asked about; a series of them is one as the library's are on
    average."""
    cost = {Kind.SERIES: cost_of_series(configured, _average(stock))}
    return sum(count * cost.get(kind, 1) for kind, count in count_of.items() if count)


def _average(stock: Mapping[Kind, Stock]) -> dict[int, int]:
    series, seasons = (stock.get(kind, Stock()).live for kind in (Kind.SERIES, Kind.SEASON))
    return dict.fromkeys(range(1, 1 + math.ceil(seasons / series if series else 0)), USUAL_SEASON)
