"""Whatever happens between Metarr and its players, in whatever order: in the end each field of each host is Metarr's,
or stands there by hand or of its own, shown to the owner; and nothing was written over a hand."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from fakes import FakeClock
from harness import House, house
from metarr.domain.consent import SyncPolicy
from metarr.errors import CannotDo
from metarr.library.edit import Edit
from metarr.players.outbox import Ack
from metarr.store import tables
from model_player import ModelPlayer, provider_says
from simulators import Simulators

FIELDS = ("title", "plot", "tagline")
KEYS = ("heat", "ran")
VALUES = ("A", "B", "C")
WAKING = ("title", "plot")
"""Those of the fields that wake players; the others travel along."""

_field, _key, _value = st.sampled_from(FIELDS), st.sampled_from(KEYS), st.sampled_from(VALUES)
_host = st.sampled_from(["kodi", "attic"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("provider"), _key, _field, st.one_of(_value, st.none())),
        st.tuples(st.just("owner"), _key, _field, _value),
        st.tuples(st.just("undo"), _key),
        st.tuples(st.just("hand"), _host, _key, _field),
        st.tuples(st.just("sync"), _host),
        st.tuples(st.just("lose"), _host),
        st.tuples(st.just("delay"), _host),
        st.tuples(st.just("deliver"), _host, st.booleans(), st.booleans()),
        st.tuples(st.just("restart"), _host),
        st.tuples(st.just("report"), _host),
        st.tuples(st.just("refuse"), _host, _field, st.booleans()),
    ),
    max_size=25,
)


class World:
    """Two films at two players, each of which is in session only where a step says so."""

    def __init__(self, home: House, policy: SyncPolicy) -> None:
        self.home = home
        self.hosts = {name: ModelPlayer(home, name, takes=FIELDS, policy=policy) for name in ("kodi", "attic")}
        self.delayed: dict[str, list[Ack]] = {name: [] for name in self.hosts}
        for name, player in self.hosts.items():
            player.add("heat", "Heat", ids={"imdb": "tt0113277"}, fields={"title": f"Heat of {name}"})
            player.add("ran", "Ran", ids={"imdb": "tt0089881"}, fields={"plot": f"Of {name}."})
            player.report_all()
        self.items = {key: state.item.id for key, state in self.hosts["kodi"].states().items()}
        self.policy = policy
        self.words = (f"by hand {number}" for number in count(1))
        self.hands: dict[tuple[str, str, str], str] = {}

    def do(self, what: str, *more: Any) -> None:
        getattr(self, f"_{what}")(*more)

    def _provider(self, key: str, field: str, value: str | None) -> None:
        stored = self.home.item(self.items[key]).fields.get(field)
        if stored is None or not stored.locked:
            provider_says(self.home, self.items[key], **{field: value})

    def _owner(self, key: str, field: str, value: str) -> None:
        self.home.services.editor.edit(self.items[key], Edit(fields={field: value}))

    def _undo(self, key: str) -> None:
        history = self.home.history(self.items[key])
        if history:
            self.home.services.history.undo(history[0].id)

    def _hand(self, host: str, key: str, field: str) -> None:
        self.hosts[host].films[key].fields[field] = self.hands[host, key, field] = next(self.words)

    def _sync(self, host: str) -> None:
        player = self.hosts[host]
        before = {(key, name): film.fields.get(name, "") for key, film in player.films.items() for name in FIELDS}
        held = {key: state.entry.states for key, state in player.states().items()}
        written = len(player.writes)
        player.sync()
        for key, field, _ in player.writes[written:]:
            # What was never acknowledged is the host's own, whoever typed it; what was typed at another host came here
            # as Metarr's.
            own = not (field in held[key] and held[key][field].ours)
            replaceable = own and self.policy is SyncPolicy.REPLACE
            assert replaceable or before[key, field] != self.hands.get((host, key, field)), (key, field)

    def _lose(self, host: str) -> None:
        for row in self.hosts[host].pull():
            self.hosts[host].take(row)

    def _delay(self, host: str) -> None:
        player = self.hosts[host]
        self.delayed[host] += [player.take(row) for row in player.pull()]

    def _deliver(self, host: str, backwards: bool, twice: bool) -> None:
        acks = self.delayed[host][::-1] if backwards else self.delayed[host]
        if acks:
            self.hosts[host].ack(*acks, *(acks if twice else ()))
        self.delayed[host] = []

    def _restart(self, host: str) -> None:
        player = self.hosts[host]
        old = player.session
        player.register()
        with pytest.raises(CannotDo):
            self.home.services.outbox.pending(player.id, old, 0, 1)

    def _report(self, host: str) -> None:
        self.hosts[host].report_all()

    def _refuse(self, host: str, field: str, refuses: bool) -> None:
        (self.hosts[host].refuses.add if refuses else self.hosts[host].refuses.discard)(field)

    def settle(self) -> None:
        """Nothing new happens; every player reports and takes in what is pending. What one reports may be news for the
        others, so each has its turn again."""
        for _ in range(2):
            for name, player in self.hosts.items():
                player.report_all()
                self._sync(name)
        for player in self.hosts.values():
            player.report_all()
            assert player.pull() == []

    def check(self) -> None:
        for name, player in self.hosts.items():
            for key, film in player.films.items():
                shown, item = player.shown(key), self.home.item(self.items[key])
                for field in WAKING:
                    stored = item.fields.get(field)
                    value, host = stored.value if stored else None, film.fields.get(field)
                    # An absence erases nothing: where Metarr has nothing, anything may stand there.
                    assert host == value or field in shown or value is None, (name, key, field, host, value)
            written = len(player.writes)
            player.report_all()
            assert (player.pull(), len(player.writes)) == ([], written)


@pytest.fixture
def home(simulators: Simulators, clock: FakeClock, tmp_path: Path) -> Iterator[House]:
    """No provider is needed: the steps say what providers would."""
    with house(simulators, tmp_path, clock, providers=()) as made:
        yield made


def emptied(home: House) -> None:
    with home.database.begin() as connection:
        for table in (tables.player_items, tables.players, tables.change_sets, tables.items):
            connection.execute(delete(table))


@pytest.mark.parametrize("policy", [SyncPolicy.REPLACE, SyncPolicy.FILL])
def test_in_the_end_every_field_is_metarr_s_or_is_shown_and_no_hand_is_overwritten(
    home: House, policy: SyncPolicy
) -> None:
    @given(STEPS)
    def try_it(steps: list[tuple[Any, ...]]) -> None:
        emptied(home)
        world = World(home, policy)
        for name, *more in steps:
            world.do(name, *more)
        world.settle()
        world.check()

    try_it()
