"""Whatever happens between a player and the daemon: no hand edit is lost, and nothing is written twice."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from adapter_rig import IDENTITY, opened, pulling, reported
from fake_daemon import FakeDaemon
from fake_host import FakeHost
from metarr_adapter.errors import RpcError
from metarr_adapter.session import open_session

TITLES = ("Heat", "Ran", "Dune")
FIELDS = ("plot", "imdb_rating")


class Killed(BaseException):
    """The program ends in the middle of its work."""


class World:
    """A host, a daemon, and a program between them that may be killed, or be one of two."""

    def __init__(self, policy: str) -> None:
        self.daemon = FakeDaemon({title: {} for title in TITLES}, policy)
        self.host = FakeHost(takes=FIELDS)
        for title in TITLES:
            self.host.add(f"/{title}", title, plot=f"file {title}")
        self.edits = 0
        self.instances = 0
        self.session = opened(self.host, self.daemon)
        reported(self.host, self.session)

    # What may happen

    def change(self, title: str, field: str, number: int) -> None:
        """Metarr gets a value, or one that it had before, or loses it."""
        values = {"plot": f" metarr {number} ", "imdb_rating": number + 0.04 * number}
        self.daemon.change(title, field, values[field] if number else None)

    def edit(self, title: str, field: str) -> None:
        """Somebody edits by hand."""
        if f"/{title}" in self.host.rows:
            self.edits += 1
            self.host.edit(f"/{title}", field, f"edit {self.edits}" if field == "plot" else 100.0 + self.edits)

    def remove(self, title: str) -> None:
        self.host.rows.pop(f"/{title}", None)

    def make_anew(self, title: str) -> None:
        self.host.add(f"/{title}", title, plot=f"file {title}")

    def report(self) -> None:
        reported(self.host, self.session, f"report {len(self.daemon.calls)}")

    def take_over(self) -> None:
        """Another program on the same library begins; the one that was there goes on unaware."""
        self.instances += 1
        former = self.session
        another = IDENTITY._replace(instance=f"box-{self.instances}")
        self.session = open_session(self.daemon, another, self.host.kinds(), take_over=True)
        before = len(self.host.writes)
        with pytest.raises(RpcError, match="another session began"):
            pulling(self.host, former).run()
        assert len(self.host.writes) == before, "who lost its session writes nothing"

    def taken_over_in_the_middle(self, writes: int) -> None:
        self._pull_until(writes, self.take_over_silently)

    def take_over_silently(self) -> None:
        self.instances += 1
        another = IDENTITY._replace(instance=f"box-{self.instances}")
        self.session = open_session(self.daemon, another, self.host.kinds(), take_over=True)

    def pull(self, fault: str) -> None:
        """Take in; an acknowledgement may be lost, come late or twice."""
        if fault:
            self.daemon.fault("AckItems", fault)
        with suppress(RpcError):
            pulling(self.host, self.session).run()
        self.daemon.faults.clear()

    def pull_and_be_killed(self, writes: int) -> None:
        def kill() -> None:
            raise Killed

        with suppress(Killed):
            self._pull_until(writes, kill)

    def pull_while_metarr_changes(self, title: str, field: str, number: int) -> None:
        self._pull_until(1, lambda: self.change(title, field, number))

    def pull_with_a_bad_row(self, title: str, writing: bool) -> None:
        bad = self.host.bad_writes if writing else self.host.bad
        bad.add(f"/{title}")
        pulling(self.host, self.session).run()
        bad.clear()

    def late_ones_come(self) -> None:
        self.daemon.deliver_late()

    def _pull_until(self, writes: int, then: Callable[[], object]) -> None:
        left = [writes]

        def count(_key: str) -> None:
            left[0] -= 1
            if left[0] == 0:
                then()

        self.host.after_write = count
        try:
            with suppress(RpcError):
                pulling(self.host, self.session).run()
        finally:
            self.host.after_write = lambda _key: None

    # What must hold

    def check_writes(self) -> None:
        """Every write since the last look was allowed."""
        for write in self.host.writes:
            mode = self.daemon.modes[write.host_key, write.field]
            if _is_edit(write.before):
                assert mode == "MODE_ALWAYS", f"the edit {write.before} was overwritten"
            if mode == "MODE_IF_EMPTY":
                assert write.before is None
            assert not self.host.same("movie", write.field, write.before, write.value), "it was there already"
        self.host.writes.clear()

    def settle(self) -> None:
        """Nothing goes wrong any more."""
        self.daemon.deliver_late()
        self.session = opened(self.host, self.daemon, take_over=True)
        for _ in range(4):
            self.report()
            while self.daemon.pending():
                assert not pulling(self.host, self.session).run().left
                self.check_writes()


def _is_edit(value: Any) -> bool:
    return str(value).startswith("edit") or (isinstance(value, float) and value > 100)


_titles, _fields = st.sampled_from(TITLES), st.sampled_from(FIELDS)
_numbers = st.integers(0, 4)
_writes = st.integers(1, 3)


def _act(name: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(st.just(name), *arguments)


_changes = _act("change", _titles, _fields, _numbers)
_pulls = _act("pull", st.sampled_from(["", "", "before", "after", "hang", "late", "twice"]))
_faultless = st.one_of(
    _changes,
    _changes,
    _pulls,
    _pulls,
    _act("edit", _titles, _fields),
    _act("report"),
    _act("take_over"),
    _act("taken_over_in_the_middle", _writes),
    _act("pull_and_be_killed", _writes),
    _act("pull_while_metarr_changes", _titles, _fields, _numbers),
    _act("late_ones_come"),
)
# One entry stays: a library that is empty all at once is not believed.
_removals = st.one_of(_act("remove", st.sampled_from(TITLES[1:])), _act("make_anew", _titles))
_bad_rows = _act("pull_with_a_bad_row", _titles, st.booleans())


def _played(policy: str, acts: list[tuple[Any, ...]]) -> World:
    world = World(policy)
    for name, *arguments in acts:
        getattr(world, name)(*arguments)
        world.check_writes()
    return world


@given(policy=st.sampled_from(["replace", "fill"]), acts=st.lists(_faultless | _removals | _bad_rows, max_size=25))
def test_no_hand_edit_is_lost_and_everything_settles(policy: str, acts: list[tuple[Any, ...]]) -> None:
    world = _played(policy, acts)
    world.settle()
    assert world.daemon.pending() == []
    assert set(world.daemon.entries) == set(world.host.rows)
    for key, entry in world.daemon.entries.items():
        for field in FIELDS:
            told, held, value = entry.told(field), world.host.value(key, field), entry.values.get(field)
            if told.outcome == "TAKEN" and told.sent == value and value is not None:
                event("taken")
                assert _is_edit(held) or world.host.same("movie", field, held, value)


@given(policy=st.sampled_from(["replace", "fill"]), acts=st.lists(_faultless, max_size=25))
def test_what_differs_in_the_end_was_edited_or_was_there_before(policy: str, acts: list[tuple[Any, ...]]) -> None:
    world = _played(policy, acts)
    world.settle()
    for key, entry in world.daemon.entries.items():
        for field in FIELDS:
            held, value = world.host.value(key, field), entry.values.get(field)
            if value is None or world.host.same("movie", field, held, value):
                continue
            event("differs")
            assert _is_edit(held) or (policy == "fill" and str(held).startswith("file"))


@given(policy=st.sampled_from(["replace", "fill"]), acts=st.lists(_faultless | _removals | _bad_rows, max_size=15))
def test_an_unchanged_library_is_never_written(policy: str, acts: list[tuple[Any, ...]]) -> None:
    world = _played(policy, acts)
    world.settle()
    for _ in range(3):
        world.session = opened(world.host, world.daemon, take_over=True)
        world.report()
        assert pulling(world.host, world.session).run().written == 0
    assert world.host.writes == []
