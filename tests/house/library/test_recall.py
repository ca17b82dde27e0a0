"""What the providers said about an item: told again, and nobody is asked."""

from harness import House
from metarr.domain.values import Kind
from metarr.library.intake import NewItem, NewSeries

SERIES = NewSeries(title="Breaking Bad", year=2008, ids={"tvdb": "81189"})


def test_of_an_episode_and_a_season_the_lists_of_the_series_tell_why_and_what_pictures_there_are(home: House) -> None:
    [taken] = home.services.library.upsert([NewItem(Kind.EPISODE, "", 0, {}, series=SERIES, season=1, episode=1)])
    episode = taken.item.id
    season = home.item(episode).parent_id
    assert season is not None
    home.enrich(home.item(season).parent_id or 0)
    home.asked()
    shown = home.services.library.show(episode, why=True)
    [source] = home.item(episode).fields["title"].sources
    runners = {each.provider: each.value for each in shown.runners_up["title"]}
    assert source not in runners
    assert any(runners.values()), runners
    assert "title" not in {name for name, waits in shown.waiting.items() if waits}
    told = ((episode, "still", {"tmdb", "tvdb"}), (season, "poster", {"fanart", "tmdb", "tvdb"}))
    for item_id, field, providers in told:
        pictures = home.services.pictures.of(item_id, field)
        assert {each.provider for each in pictures} == providers
        assert [each.provider for each in pictures if each.chosen] == list(home.item(item_id).fields[field].sources)
    assert home.asked() == {}


def test_one_of_a_series_that_nobody_was_asked_about_has_nothing_to_tell(home: House) -> None:
    [taken] = home.services.library.upsert([NewItem(Kind.EPISODE, "", 0, {}, series=SERIES, season=1, episode=1)])
    shown = home.services.library.show(taken.item.id, why=True)
    assert not [each for runners in shown.runners_up.values() for each in runners if each.value is not None]
    assert home.services.pictures.of(taken.item.id, "still") == []
    assert home.asked() == {}
