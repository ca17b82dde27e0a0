"""Events about single entries are gathered, and looked up when it has become quiet."""

from adapter_rig import Logged
from fake_host import FakeHost
from metarr_adapter.changes import LATEST, QUIET, Changes, Keys, LookedUp, find_out
from metarr_adapter.host import Entry


def _known(host: FakeHost) -> Keys:
    keys = Keys()
    for batch in host.entries():
        for entry in batch:
            keys.note(entry)
    return keys


def _found(host: FakeHost, keys: Keys, *numbers: str, log: Logged | None = None) -> LookedUp:
    return find_out(host, keys, [("movie", number) for number in numbers], log or Logged())


def test_events_wait_until_it_is_quiet() -> None:
    changes = Changes()
    assert changes.due_at() is None
    changes.touch("movie", "1", 100.0)
    changes.touch("movie", "2", 101.0)
    assert changes.due_at() == 101.0 + QUIET


def test_events_that_never_pause_wait_no_longer_than_bearable() -> None:
    changes = Changes()
    for second in range(100):
        changes.touch("movie", str(second), 100.0 + second)
    assert changes.due_at() == 100.0 + LATEST


def test_many_events_about_one_entry_are_one() -> None:
    changes = Changes()
    for _ in range(5):
        changes.touch("movie", "1", 100.0)
    assert changes.take() == [("movie", "1")]
    assert changes.take() == []
    assert changes.count == 5


def test_what_could_not_be_told_is_kept() -> None:
    changes = Changes()
    changes.touch("movie", "1", 100.0)
    changes.put_back(changes.take(), 200.0)
    assert changes.due_at() == 200.0 + QUIET
    assert changes.take() == [("movie", "1")]


def test_an_entry_that_is_there_was_changed_or_is_new() -> None:
    host = FakeHost()
    host.add("/Heat")
    found = _found(host, Keys(), "1")
    assert list(found.entries) == ["/Heat"]
    assert (found.removed, found.unknown) == ([], False)


def test_an_entry_that_is_not_there_any_more_is_known_by_its_former_key() -> None:
    host = FakeHost()
    host.add("/Heat")
    keys = _known(host)
    del host.rows["/Heat"]
    found = _found(host, keys, "1")
    assert (found.removed, found.unknown) == (["/Heat"], False)
    assert _found(host, keys, "1").unknown, "it is gone for good"


def test_a_removal_followed_by_an_addition_of_the_same_key_is_a_change() -> None:
    host = FakeHost()
    host.add("/Heat")
    keys = _known(host)
    host.add("/Heat")
    for order in (("1", "2"), ("2", "1"), ("1",)):
        found = _found(host, keys, *order)
        assert found.removed == []
        assert found.entries["/Heat"].host_id == "2"
        keys.note(Entry("/Heat", "1", "movie"))


def test_a_number_that_was_given_to_another_entry_tells_of_both() -> None:
    host = FakeHost()
    host.add("/Dune")
    keys = _known(host)
    del host.rows["/Dune"]
    host.add("/Matrix").host_id = "1"
    found = _found(host, keys, "1")
    assert list(found.entries) == ["/Matrix"]
    assert found.removed == ["/Dune"]
    del host.rows["/Matrix"]
    assert _found(host, keys, "1").removed == ["/Matrix"]


def test_of_two_looks_at_one_entry_the_later_one_counts() -> None:
    found = LookedUp()
    found.add(Entry("/Heat", "1", "movie"))
    found.remove("/Heat")
    assert (list(found.entries), found.removed) == ([], ["/Heat"])
    found.add(Entry("/Heat", "2", "movie"))
    assert (list(found.entries), found.removed) == (["/Heat"], [])


def test_a_removal_of_something_unknown_is_noticed() -> None:
    assert _found(FakeHost(), Keys(), "9").unknown


def test_an_entry_that_cannot_be_looked_up_costs_itself_only() -> None:
    host = FakeHost()
    host.add("/Heat")
    host.add("/Ran")
    keys = _known(host)
    host.rows.pop("/Heat")
    host.bad = {"/Heat"}
    log = Logged()
    found = _found(host, keys, "1", "2", log=log)
    assert list(found.entries) == ["/Ran"]
    assert "a bad row" in log.text
