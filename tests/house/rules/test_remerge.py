"""Merging the library again from the cached answers: what a preview counts is what applying does, without a request."""

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from structlog.testing import capture_logs

from factories import source_of
from fakes import FakeClock
from harness import PROVIDERS, House, house, put_enriched
from metarr.app import build
from metarr.domain.authority import FieldRule
from metarr.domain.fields import FIELDS, FieldType, fields_of
from metarr.domain.item import FieldValue, IdClaim, MediaItem, Rule
from metarr.domain.values import Kind
from metarr.errors import CannotDo, InvalidInput, VersionMoved
from metarr.library.edit import Edit
from metarr.providers.registry import discover
from metarr.rules import remerge
from metarr.rules.remerge import FieldEffect, Remerger, RemergeTally
from metarr.secrets import Vault
from metarr.store import items
from metarr.store.database import Database
from simulators import Simulators

TITLES = (
    "fight-club",
    "inception",
    "man-of-steel-1967",
    "seven-samurai",
    "cellar-tapes",
    "untitled-next",
    "game-of-thrones",
    "das-boot",
)
ONLY_TMDB = {"rules": [(Kind.MOVIE, "plot", FieldRule(providers=("tmdb",), exclusive=True))]}
OMDB_FIRST = {"rules": [(Kind.MOVIE, "plot", FieldRule(providers=("omdb", "tmdb")))]}


@pytest.fixture
def library(home: House) -> dict[str, int]:
    """Eight enriched titles by their key; no request is counted yet."""
    return put_enriched(home, *TITLES)


def preview(home: House, wanted: dict[str, Any], **more: Any) -> RemergeTally:
    return home.services.remerger.preview(home.services.authorities.proposed(**wanted), **more)


def apply(home: House, *, drop_foreign: bool = False) -> RemergeTally:
    *_, last = home.services.remerger.apply(drop_foreign=drop_foreign)
    return last.tally


def counts(tally: RemergeTally) -> dict[tuple[Kind, str], tuple[int, int]]:
    return {key: (effect.changed, effect.outside) for key, effect in tally.effects.items()}


def everything(home: House) -> dict[int, MediaItem]:
    with home.database.read() as connection:
        return items.get_many(connection, range(1, 100))


def differing(before: dict[int, MediaItem], after: dict[int, MediaItem]) -> Counter[tuple[Kind, str]]:
    """By field, on how many items the value is another one."""
    nothing = FieldValue()
    return Counter(
        (item.kind, name)
        for item_id, item in before.items()
        for name in FIELDS
        if item.fields.get(name, nothing).value != after[item_id].fields.get(name, nothing).value
    )


class TestPreview:
    def test_it_counts_by_field_shows_samples_asks_nobody_and_writes_nothing(
        self, home: House, library: dict[str, int]
    ) -> None:
        before = home.rows()
        tally = preview(home, OMDB_FIRST, samples=2)
        assert home.asked() == {}
        assert home.rows() == before
        effect = tally.effects[Kind.MOVIE, "plot"]
        assert set(tally.effects) == {(Kind.MOVIE, "plot")}
        # Where TMDB has no plot, there is OMDb's already.
        assert (tally.items, tally.changed_items, effect.changed, effect.outside) == (8, 3, 3, 0)
        first = effect.samples[0]
        assert (first.item_id, first.title) == (library["fight-club"], "Fight Club (1999)")
        assert (source_of(first.change.old), source_of(first.change.new)) == ("tmdb", "omdb")
        assert len(effect.samples) == 2

    def test_samples_are_bounded_and_may_be_none(self, home: House, library: dict[str, int]) -> None:
        assert preview(home, OMDB_FIRST).effects[Kind.MOVIE, "plot"].samples == []
        assert len(preview(home, OMDB_FIRST, samples=1).effects[Kind.MOVIE, "plot"].samples) == 1

    def test_values_of_providers_that_would_not_count_any_more_are_told_apart(
        self, home: House, library: dict[str, int]
    ) -> None:
        told = preview(home, ONLY_TMDB).effects
        dropped = preview(home, ONLY_TMDB, drop_foreign=True).effects
        without_tmdb = sum(
            item.kind is Kind.MOVIE and source_of(item.fields["plot"]) != "tmdb" for item in everything(home).values()
        )
        assert without_tmdb > 0
        assert told == {(Kind.MOVIE, "plot"): FieldEffect(changed=0, outside=without_tmdb)}
        assert dropped == {(Kind.MOVIE, "plot"): FieldEffect(changed=without_tmdb, outside=0)}

    def test_the_rules_in_force_change_nothing_where_everything_is_merged_already(
        self, home: House, library: dict[str, int]
    ) -> None:
        assert home.services.remerger.preview() == RemergeTally(items=len(TITLES))

    def test_a_stale_answer_stands_in_and_one_too_old_does_not(
        self, home: House, library: dict[str, int], clock: FakeClock
    ) -> None:
        fresh = counts(preview(home, OMDB_FIRST))
        clock.advance(timedelta(days=170).total_seconds())
        assert counts(preview(home, OMDB_FIRST)) == fresh
        clock.advance(timedelta(days=20).total_seconds())
        assert counts(preview(home, OMDB_FIRST)) == {}

    def test_it_ends_when_nobody_waits_any_more(
        self, home: House, library: dict[str, int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(remerge, "BATCH", 1)
        patience = iter([True, True, False])
        with pytest.raises(CannotDo):
            home.services.remerger.preview(wanted=lambda: next(patience))
        assert list(patience) == []

    def test_wrong_rules_are_refused_as_an_update_refuses_them(self, home: House) -> None:
        authorities = home.services.authorities
        wrong: list[dict[str, Any]] = [
            {"rules": [(Kind.MOVIE, "plot", FieldRule(providers=("tmbd",)))]},
            {"rules": [(Kind.SEASON, "genres", FieldRule(providers=("tmdb",)))]},
            {"priority": ("tmdb", "tmdb")},
            {"fill_gaps": True, "etag": "of yesterday"},
        ]
        for each in wrong:
            with pytest.raises((InvalidInput, VersionMoved)) as proposed:
                authorities.proposed(**each)
            with pytest.raises(proposed.type) as updated:
                authorities.update(**each)
            assert str(updated.value) == str(proposed.value)


class TestApply:
    def test_it_brings_the_values_with_an_undoable_change_set_each_and_asks_nobody(
        self, home: House, library: dict[str, int]
    ) -> None:
        before = everything(home)
        home.services.authorities.update(**OMDB_FIRST)
        tally = apply(home)
        assert home.asked() == {}
        assert tally.changed_fields() == {(Kind.MOVIE, "plot"): 3}
        changed = home.history(library["fight-club"])[0]
        assert (changed.cause, changed.sync_reason) == ("authority", "Changed: plot")
        assert [(source_of(each.old), source_of(each.new)) for each in changed.changes] == [("tmdb", "omdb")]
        assert home.item(library["fight-club"]).fields["plot"].value == changed.changes[0].new.value
        home.services.history.undo(changed.id)
        back = home.item(library["fight-club"]).fields["plot"]
        assert back == before[library["fight-club"]].fields["plot"]
        assert home.history(library["man-of-steel-1967"])[0].cause == "enrich"

    def test_afterwards_neither_another_apply_nor_an_enrichment_changes_anything(
        self, home: House, library: dict[str, int]
    ) -> None:
        home.services.authorities.update(**OMDB_FIRST)
        apply(home)
        applied = home.rows()
        assert apply(home).changed_items == 0
        assert home.rows() == applied
        marked = {item_id: item.fingerprint for item_id, item in everything(home).items()}
        for key, item_id in library.items():
            if key != "cellar-tapes":  # its answer by OMDb is partly unreadable, so it is asked for again
                assert home.enrich(item_id).changes == ()
                assert home.item(item_id).fingerprint == marked[item_id] != ""
        assert home.asked() == {}

    def test_an_update_alone_changes_nothing_until_apply_or_the_next_enrichment(
        self, home: House, library: dict[str, int]
    ) -> None:
        before = everything(home)
        home.services.authorities.update(**OMDB_FIRST)
        assert everything(home) == before
        assert [change.field for change in home.enrich(library["fight-club"]).changes] == ["plot"]

    def test_dropping_empties_what_is_foreign_undoably_and_spares_what_is_locked(
        self, home: House, library: dict[str, int]
    ) -> None:
        spared, emptied = library["man-of-steel-1967"], library["cellar-tapes"]
        home.services.editor.edit(spared, Edit(lock=frozenset({"plot"})))
        held = home.item(spared).fields["plot"]
        home.services.authorities.update(**ONLY_TMDB)
        kept = apply(home).effects[Kind.MOVIE, "plot"].outside
        assert home.item(emptied).fields["plot"].rule is Rule.OUTSIDE
        assert apply(home, drop_foreign=True).effects == {(Kind.MOVIE, "plot"): FieldEffect(changed=kept)}
        assert "plot" not in home.item(emptied).fields
        assert home.item(spared).fields["plot"] == held
        assert home.enrich(emptied).changes == ()
        home.services.history.undo(next(each.id for each in home.history(emptied) if each.cause == "authority"))
        assert source_of(home.item(emptied).fields["plot"]) == "omdb"

    def test_what_is_missing_stays_missing_and_the_item_due(self, home: House, library: dict[str, int]) -> None:
        item_id = home.add("parasite", "imdb", "tmdb")
        home.enrich(item_id, "omdb")
        missing, before = home.awaited(item_id), home.item(item_id)
        assert missing
        home.services.authorities.update(**OMDB_FIRST)
        apply(home)
        assert home.awaited(item_id) == missing
        assert home.item(item_id) == before

    def test_who_was_changed_while_the_batch_was_merged_is_merged_again_on_the_row_as_it_is(
        self, home: House, library: dict[str, int]
    ) -> None:
        edited, deleted = library["fight-club"], library["inception"]

        class Meddling:
            """The owner writes just when the answers were recalled."""

            heard = home.services.gatherer.heard
            coverage = home.services.gatherer.coverage
            times = 0

            def recall(self, *given: Any) -> Any:
                recalled = home.services.gatherer.recall(*given)
                self.times += 1
                if self.times == 1:
                    home.services.editor.edit(edited, Edit(fields={"plot": "My own words."}))
                    home.services.editor.delete([("item_ids[0]", deleted)])
                return recalled

        meddling: Any = Meddling()
        home.services.authorities.update(**OMDB_FIRST)
        before = home.item(deleted).fields
        *_, last = Remerger(home.database, meddling, home.services.config, home.clock).apply()
        assert meddling.times == 2
        assert last.tally.items == len(TITLES) - 1
        assert last.tally.changed_fields() == {(Kind.MOVIE, "plot"): 1}
        assert home.item(edited).fields["plot"].value == "My own words."
        assert home.item(deleted).fields == before

    def test_it_tells_how_far_it_is_and_keeps_what_is_done_when_it_is_ended_early(
        self, home: House, library: dict[str, int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(remerge, "BATCH", 3)
        home.services.authorities.update(**OMDB_FIRST)
        running = home.services.remerger.apply()
        assert [(next(running).done, next(running).done)] == [(0, 3)]
        running.close()
        assert source_of(home.item(library["inception"]).fields["plot"]) == "omdb"
        assert source_of(home.item(library["das-boot"]).fields["plot"]) == "tmdb"
        seen = [(progress.done, progress.total) for progress in home.services.remerger.apply()]
        assert seen == [(0, 8), (3, 8), (6, 8), (8, 8)]
        assert source_of(home.item(library["das-boot"]).fields["plot"]) == "omdb"

    def test_a_deleted_item_is_left_alone(self, home: House, library: dict[str, int]) -> None:
        home.services.editor.delete([("item_ids[0]", library["fight-club"])])
        home.services.authorities.update(**OMDB_FIRST)
        assert apply(home).changed_fields() == {(Kind.MOVIE, "plot"): 2}
        assert source_of(home.item(library["fight-club"]).fields["plot"]) == "tmdb"

    def test_an_answer_that_speaks_about_another_title_is_not_merged(
        self, home: House, library: dict[str, int]
    ) -> None:
        item_id = library["inception"]

        def corrected(item: MediaItem) -> MediaItem:
            others = {name: stored for name, stored in item.fields.items() if name != "plot"}
            return replace(item, ids={**item.ids, "imdb": IdClaim(value="tt0000001")}, fields=others, fingerprint="")

        home.change(item_id, corrected)
        apply(home)
        assert "plot" not in home.item(item_id).fields
        assert home.item(item_id).ids["imdb"].value == "tt0000001"
        assert home.item(item_id).fingerprint == ""


# Where the rules tell which fields can change


def unreadable(home: House, *fields: str) -> None:
    """Make the stored values of these fields such that reading one would be told in the log."""
    with home.database.begin() as connection:
        for field in fields:
            connection.exec_driver_sql(f"UPDATE field_values SET value = 'no JSON' WHERE field = '{field}'")


class TestWhatCannotChange:
    def test_only_the_fields_that_listen_to_others_are_read(self, home: House, library: dict[str, int]) -> None:
        unreadable(home, "genres", "cast")
        home.services.authorities.update(**OMDB_FIRST)
        with capture_logs() as logged:
            tally = apply(home)
        assert tally.changed_fields() == {(Kind.MOVIE, "plot"): 3}
        assert [each for each in logged if each["event"] == "stored_value_unreadable"] == []

    def test_items_that_no_changed_rule_is_about_are_only_marked_anew(
        self, home: House, library: dict[str, int]
    ) -> None:
        series = library["game-of-thrones"]
        before = home.item(series)
        home.services.authorities.update(**OMDB_FIRST)
        apply(home)
        after = home.item(series)
        assert after == replace(before, fingerprint=after.fingerprint)
        assert after.fingerprint != before.fingerprint

    def test_several_updates_before_an_apply_are_applied_together(self, home: House, library: dict[str, int]) -> None:
        unreadable(home, "genres", "cast")
        home.services.authorities.update(**OMDB_FIRST)
        home.services.authorities.update(rules=[(Kind.MOVIE, "title", FieldRule(providers=("tvdb",)))])
        home.services.authorities.update(resets=[(Kind.MOVIE, "plot")])
        with capture_logs() as logged:
            assert {field for _, field in apply(home).changed_fields()} <= {"title"}
        assert [each for each in logged if each["event"] == "stored_value_unreadable"] == []
        assert apply(home).changed_items == 0

    def test_what_is_shown_and_sorted_by_stays_where_another_field_changed(
        self, home: House, library: dict[str, int]
    ) -> None:
        def listed() -> list[tuple[str, int, str]]:
            with home.database.read() as connection:
                return [(head.title, head.year, head.sort_key) for head in items.page(connection)]

        before = listed()
        home.services.authorities.update(**OMDB_FIRST)
        apply(home)
        assert listed() == before

    def test_a_value_of_a_source_that_does_not_count_is_told_of_again_by_every_preview(
        self, home: House, library: dict[str, int]
    ) -> None:
        home.services.authorities.update(**ONLY_TMDB)
        outside = counts(apply(home))
        assert outside[Kind.MOVIE, "plot"][1] > 0
        assert counts(preview(home, {})) == outside
        dated = {"rules": [(Kind.MOVIE, "release_date", FieldRule(providers=("tmdb", "omdb")))]}
        assert counts(preview(home, dated))[Kind.MOVIE, "plot"] == outside[Kind.MOVIE, "plot"]


# Any configuration


def _rules(kind: Kind) -> st.SearchStrategy[tuple[Kind, str, FieldRule]]:
    lists = {field.name for field in fields_of(kind) if field.type is FieldType.TEXTS}
    names = st.sampled_from(["title", "plot", "release_date", "genres", "studios", "poster", "fanart", "imdb_rating"])
    orders = st.lists(st.sampled_from(PROVIDERS), min_size=1, max_size=3, unique=True).map(tuple)
    return st.tuples(names, orders, st.booleans(), st.booleans()).map(
        lambda drawn: (
            kind,
            drawn[0],
            FieldRule(providers=drawn[1], exclusive=drawn[2], union=drawn[3] and drawn[0] in lists),
        )
    )


configurations = st.fixed_dictionaries(
    {
        "rules": st.lists(_rules(Kind.MOVIE) | _rules(Kind.SERIES), max_size=4, unique_by=lambda rule: rule[:2]),
        "priority": st.none() | st.permutations(PROVIDERS).map(tuple),
        "fill_gaps": st.none() | st.booleans(),
    }
)


@pytest.fixture(scope="module")
def enriched(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the key and the database of an enriched library; some fields are locked, some were typed in."""
    folder = tmp_path_factory.mktemp("library")
    running_simulators.reset()
    with house(running_simulators, folder, FakeClock()) as home:
        added = {key: home.add(key) for key in TITLES}
        for item_id in added.values():
            home.enrich(item_id)
        edit = home.services.editor.edit
        edit(added["inception"], Edit(fields={"plot": "Dreams."}, lock=frozenset({"poster"})))
        edit(added["das-boot"], Edit(lock_all=True))
        assert home.database.path is not None
        shutil.copy(home.database.path, folder / "metarr.db")
        for more in ("-wal", "-shm"):
            if (side := Path(f"{home.database.path}{more}")).exists():
                shutil.copy(side, f"{folder / 'metarr.db'}{more}")
    return folder


@pytest.mark.slow
@given(wanted=st.tuples(configurations, configurations), drop_foreign=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_preview_counts_what_applying_does_whatever_the_rules(
    enriched: Path,
    tmp_path: Path,
    simulators: Simulators,
    wanted: tuple[dict[str, Any], dict[str, Any]],
    *,
    drop_foreign: bool,
) -> None:
    for file in enriched.iterdir():
        shutil.copy(file, tmp_path / file.name)
    database, clock = Database(tmp_path / "metarr.db"), FakeClock()
    services = build(database, Vault(tmp_path / "metarr.key"), clock, discover())
    home = House(services, database, simulators, clock)
    try:
        for each in wanted:
            before = everything(home)
            foretold = preview(home, each, drop_foreign=drop_foreign)
            assert everything(home) == before
            services.authorities.update(**each)
            done = apply(home, drop_foreign=drop_foreign)
            after = everything(home)
            assert counts(done) == counts(foretold)
            assert done.changed_items == foretold.changed_items
            assert done.changed_fields() == differing(before, after)
            outside = Counter(
                (item.kind, name)
                for item in after.values()
                for name, stored in item.fields.items()
                if stored.rule is Rule.OUTSIDE and not stored.locked
            )
            assert {key: effect.outside for key, effect in done.effects.items() if effect.outside} == outside
            assert all(
                after[item_id].fields[name] == stored
                for item_id, item in before.items()
                for name, stored in item.fields.items()
                if stored.locked
            )
            left = {key: (0, effect.outside) for key, effect in done.effects.items() if effect.outside}
            assert counts(preview(home, {}, drop_foreign=drop_foreign)) == left
            # Merged as a whole, every item would be what it is.
            with database.begin() as connection:
                items.put_fingerprints(
                    connection, {item.id: "of unknown rules" for item in after.values() if item.fingerprint}
                )
            assert counts(apply(home, drop_foreign=drop_foreign)) == left
            assert everything(home) == after
        assert home.asked() == {}
    finally:
        services.roster.close()
        database.close()
