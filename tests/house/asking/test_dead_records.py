"""Records that always fail count against themselves, however many there are; a provider that is down is left alone."""

import pytest

from harness import House, kinds
from metarr.domain.values import Kind
from metarr.errors import MetarrError
from metarr.library.intake import NewItem

pytestmark = pytest.mark.slow

DEAD = 12


def add_dead(home: House, id_type: str, form: str) -> list[int]:
    """Titles of which a provider's record fails whenever it is asked for, and of which nobody else knows anything."""
    new = [NewItem(Kind.SERIES, f"Gone {n}", 2000, {id_type: form.format(n)}) for n in range(DEAD)]
    return [taken.item.id for taken in home.services.library.upsert(new)]


@pytest.mark.parametrize("first", [pytest.param(True, id="that answered before"), pytest.param(False, id="new here")])
@pytest.mark.parametrize(
    ("provider", "id_type", "form", "path", "fault"),
    [
        ("tvdb", "tvdb", "99990{:02}", "/series/99990", "error_500"),
        ("omdb", "imdb", "tt99990{:02}", "", "truncated_json"),
        ("tmdb", "tmdb", "99990{:02}", "/tv/99990", "null_body"),
        ("fanart", "tvdb", "99990{:02}", "/tv/99990", "empty_body"),
    ],
)
def test_a_dozen_dead_records_do_not_shut_out_a_living_one(  # noqa: PLR0917 a row of the table
    home: House, provider: str, id_type: str, form: str, path: str, fault: str, first: bool
) -> None:
    if first:
        home.enrich(home.add("game-of-thrones", id_type), provider)
    gone = add_dead(home, id_type, form)
    for item_id in gone:
        # OMDb's records have one path, so it fails for as long as only they are asked for.
        home.simulators.fault(provider, fault, *([] if path else [1]), **({"path_contains": path} if path else {}))
        with pytest.raises(MetarrError):
            home.enrich(item_id, provider)
        home.simulators.clear_faults()
    assert kinds(home.enrich(home.add("breaking-bad", id_type), provider).outcomes)[provider] == "Answered"


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("provider", ["tmdb", "omdb", "tvdb"])
def test_a_provider_that_is_down_is_left_alone_after_a_handful_of_requests(
    home: House, provider: str, first: bool
) -> None:
    if first:
        home.enrich(home.add("game-of-thrones"), provider)
    home.asked()
    home.simulators.fault(provider, "error_500")
    for key in ("fight-club", "inception", "seven-samurai", "parasite", "the-matrix", "star-wars", "your-name"):
        try:
            home.enrich(home.add(key), provider)
        except MetarrError:
            continue
    assert home.asked()[provider] <= 7
    entry = home.services.roster.get(provider)
    assert entry is not None
    assert entry.channel.status().circuit_open
