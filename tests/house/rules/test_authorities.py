"""Changing which providers fields listen to, and what comes of it in the next merge."""

import pytest

from factories import source_of
from harness import House
from metarr.domain.authority import DEFAULT_PRIORITY, Authority, FieldRule
from metarr.domain.item import Rule
from metarr.domain.values import Kind
from metarr.errors import InvalidInput, VersionMoved
from metarr.store import authorities

PLOT = (Kind.MOVIE, "plot")


def listens(*providers: str, **more: bool) -> FieldRule:
    return FieldRule(providers=providers, **more)


def test_the_rules_are_those_of_the_catalogue_until_changed(home: House) -> None:
    rules = home.services.authorities.read()
    assert rules.priority == DEFAULT_PRIORITY
    assert rules.authority.fill_gaps
    assert rules.authority.rule(*PLOT) == listens("tmdb", "omdb")
    assert rules.authority.rule(Kind.MOVIE, "imdb_rating") == listens("omdb", exclusive=True)


def test_a_new_rule_decides_the_next_merge_without_a_request(home: House) -> None:
    item_id = home.add("fight-club")
    before = home.enrich(item_id).item.fields
    rules = home.services.authorities.update(rules=[(*PLOT, listens("tvdb"))])
    home.asked()
    enriched = home.enrich(item_id)
    assert home.asked() == {}
    assert [change.field for change in enriched.changes] == ["plot"]
    assert source_of(enriched.item.fields["plot"]) == "tvdb"
    assert rules.etag == home.services.authorities.read().etag
    home.services.authorities.update(resets=[PLOT])
    assert home.enrich(item_id).item.fields["plot"] == before["plot"]


def test_rules_that_were_in_force_are_remembered_once_they_are_not(home: House) -> None:
    def earlier() -> tuple[Authority, ...]:
        with home.database.read() as connection:
            return authorities.earlier(connection)

    home.services.authorities.update(resets=[PLOT], fill_gaps=True)
    assert earlier() == ()
    first = home.services.authorities.read().authority
    second = home.services.authorities.update(rules=[(*PLOT, listens("tvdb"))]).authority
    assert earlier() == (first,)
    home.services.authorities.update(fill_gaps=False)
    assert earlier() == (second, first)


def test_an_exclusive_rule_keeps_a_value_of_before_and_marks_it(home: House) -> None:
    item_id = home.add("seven-samurai")
    home.enrich(item_id)
    home.services.authorities.update(rules=[(Kind.MOVIE, "tagline", listens("omdb", exclusive=True))])
    home.services.authorities.update(rules=[(Kind.MOVIE, "clearlogo", listens("fanart", exclusive=True))])
    fields = home.enrich(item_id).item.fields
    assert "tagline" not in fields
    assert (source_of(fields["clearlogo"]), fields["clearlogo"].rule) == ("tmdb", Rule.OUTSIDE)


def test_without_filling_gaps_only_the_first_counts(home: House) -> None:
    home.services.authorities.update(fill_gaps=False)
    fields = home.enrich(home.add("seven-samurai")).item.fields
    assert "plot" not in fields, "TMDB has none, and nobody else is listened to"
    assert source_of(fields["title"]) == "tmdb"


def test_the_priority_decides_who_fills_a_gap(home: House) -> None:
    home.services.authorities.update(rules=[(*PLOT, listens("fanart"))], priority=("tvdb", "omdb", "tmdb", "fanart"))
    plot = home.enrich(home.add("fight-club")).item.fields["plot"]
    assert (source_of(plot), plot.rule) == ("tvdb", Rule.GAP)


def test_a_union_joins_the_lists_and_holds_what_an_unheard_one_said(home: House) -> None:
    home.services.authorities.update(rules=[(Kind.MOVIE, "genres", listens("tmdb", "tvdb", "omdb", union=True))])
    item_id = home.add("the-matrix")
    genres = home.enrich(item_id).item.fields["genres"]
    assert genres.value == ("Action", "Science Fiction", "Sci-Fi")
    assert genres.sources[0] == "tmdb"
    home.simulators.refuse_key("omdb")
    assert home.enrich(item_id, force=True).changes == ()


def test_a_priority_names_every_provider_those_left_out_last(home: House) -> None:
    assert home.services.authorities.update(priority=("tvdb",)).priority == ("tvdb", "fanart", "omdb", "tmdb")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rules": [(*PLOT, listens())]}, "authorities.fields[0].providers"),
        ({"rules": [(*PLOT, listens(exclusive=True))]}, "authorities.fields[0].providers"),
        ({"rules": [(*PLOT, listens("imdb"))]}, "authorities.fields[0].providers"),
        ({"rules": [(*PLOT, listens("tmdb", "tmdb"))]}, "authorities.fields[0].providers"),
        ({"rules": [(*PLOT, listens("tmdb", union=True))]}, "authorities.fields[0].union"),
        ({"rules": [(Kind.MOVIE, "still", listens("tmdb"))]}, "authorities.fields[0].field"),
        ({"rules": [(*PLOT, listens("tvdb")), (Kind.MOVIE, "x", listens("tmdb"))]}, "authorities.fields[1].field"),
        ({"priority": ()}, "authorities.provider_priority"),
        ({"priority": ("imdb",)}, "authorities.provider_priority"),
        ({"rules": [(*PLOT, listens("tvdb"))], "priority": ("tmdb", "tmdb")}, "authorities.provider_priority"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(home: House, change: dict, field: str) -> None:
    before = home.rows()
    with pytest.raises(InvalidInput) as caught:
        home.services.authorities.update(**change)
    assert [violation.field for violation in caught.value.violations] == [field]
    assert home.rows() == before


def test_an_update_over_what_somebody_else_changed_is_refused(home: House) -> None:
    read = home.services.authorities.read()
    home.services.authorities.update(fill_gaps=False, etag=read.etag)
    with pytest.raises(VersionMoved):
        home.services.authorities.update(fill_gaps=True, etag=read.etag)
    assert not home.services.authorities.read().authority.fill_gaps
