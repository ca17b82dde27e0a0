from sqlalchemy import Connection

from factories import listens_to
from metarr.domain.authority import DEFAULT_PRIORITY, Authority
from metarr.domain.values import Kind
from metarr.store import authorities, key_values

PLOT, GENRES = (Kind.MOVIE, "plot"), (Kind.SERIES, "genres")


def test_without_any_rule_of_the_owner_the_catalogue_is_in_force(connection: Connection) -> None:
    assert authorities.read(connection) == Authority()


def test_rules_come_back_as_they_were_put_and_others_stay(connection: Connection) -> None:
    authorities.put(connection, {PLOT: listens_to("omdb"), GENRES: listens_to("tvdb", "tmdb", union=True)})
    authorities.put(connection, {PLOT: listens_to("tmdb", "omdb", exclusive=True)})
    authorities.put(connection, {})
    read = authorities.read(connection)
    assert read.rule(*PLOT) == listens_to("tmdb", "omdb", exclusive=True)
    assert read.rule(*GENRES) == listens_to("tvdb", "tmdb", union=True)
    assert (read.priority, read.fill_gaps) == (DEFAULT_PRIORITY, True)


def test_a_reset_field_follows_the_catalogue_again(connection: Connection) -> None:
    authorities.put(connection, {PLOT: listens_to("omdb"), GENRES: listens_to("tvdb")})
    authorities.reset(connection, [PLOT, (Kind.EPISODE, "plot")])
    assert authorities.read(connection).rules.keys() == {"series.genres"}


def test_priority_and_the_filling_of_gaps_are_kept(connection: Connection) -> None:
    authorities.put_priority(connection, ["tvdb", "omdb"])
    authorities.put_fill_gaps(connection, fill_gaps=False)
    read = authorities.read(connection)
    assert (read.priority, read.fill_gaps) == (("tvdb", "omdb"), False)


def test_the_rules_of_before_are_remembered_the_latest_first_each_once_and_not_for_ever(connection: Connection) -> None:
    assert authorities.earlier(connection) == ()
    seen = [
        Authority(rules={"movie.plot": listens_to("tmdb", union=bool(n % 2))}, priority=(str(n),)) for n in range(9)
    ]
    for each in (*seen, seen[4]):
        authorities.remember(connection, each)
    assert authorities.earlier(connection) == (seen[4], *(each for each in seen[:0:-1] if each != seen[4]))
    assert len(authorities.earlier(connection)) == authorities.REMEMBERED
    assert authorities.read(connection) == Authority()


def test_rules_of_before_that_cannot_be_read_any_more_are_forgotten(connection: Connection) -> None:
    key_values.put(connection, {authorities.EARLIER: [{"priority": "tmdb"}]})
    assert authorities.earlier(connection) == ()
    authorities.remember(connection, Authority())
    assert authorities.earlier(connection) == (Authority(),)


def test_the_etag_changes_with_every_part_of_the_rules_and_only_then(connection: Connection) -> None:
    def etag() -> str:
        return authorities.etag(authorities.read(connection))

    seen = [etag()]
    for change in (
        lambda: authorities.put(connection, {PLOT: listens_to("omdb")}),
        lambda: authorities.put(connection, {PLOT: listens_to("omdb", exclusive=True)}),
        lambda: authorities.put_priority(connection, ["tvdb"]),
        lambda: authorities.put_fill_gaps(connection, fill_gaps=False),
    ):
        change()
        assert etag() == etag()
        seen.append(etag())
    assert len(set(seen)) == len(seen)
