"""What is done about one pending field."""

from typing import Any

import pytest

from fake_host import FakeHost
from metarr_adapter.decide import EDITED, KEPT, TAKEN, WRITE, decide, joined


def _decided(mode: str, held: dict[str, Any], value: Any = "new", ours: tuple[Any, ...] = ()) -> str:
    pending: dict[str, Any] = {"name": "plot", "mode": mode, "ours": list(ours)}
    if value is not None:
        pending["value"] = value
    return decide(FakeHost(), "movie", pending, held)


@pytest.mark.parametrize("mode", ["MODE_ALWAYS", "MODE_IF_EMPTY", "MODE_IF_OURS", "MODE_OF_TOMORROW", ""])
def test_what_is_there_already_is_taken_and_not_written(mode: str) -> None:
    assert _decided(mode, {"plot": "new"}) == TAKEN
    assert _decided(mode, {"plot": 7.8}, 7.84) == TAKEN
    assert _decided(mode, {"plot": None}, None) == TAKEN


@pytest.mark.parametrize(
    ("mode", "held", "ours", "expected"),
    [
        ("MODE_ALWAYS", "theirs", (), WRITE),
        ("MODE_ALWAYS", None, (), WRITE),
        ("MODE_IF_EMPTY", None, (), WRITE),
        ("MODE_IF_EMPTY", "", (), WRITE),
        ("MODE_IF_EMPTY", "theirs", (), KEPT),
        ("MODE_IF_EMPTY", 0, (), KEPT),
        ("MODE_IF_EMPTY", "written, but never acknowledged", ("written, but never acknowledged",), WRITE),
        ("MODE_IF_EMPTY", "theirs", ("written, but never acknowledged",), KEPT),
        ("MODE_IF_OURS", "old", ("old",), WRITE),
        ("MODE_IF_OURS", "sent since", ("old", "sent since"), WRITE),
        ("MODE_IF_OURS", None, (None,), WRITE),
        ("MODE_IF_OURS", "", (None,), WRITE),
        ("MODE_IF_OURS", "edited", ("old",), EDITED),
        ("MODE_IF_OURS", None, ("old",), EDITED),
        ("MODE_IF_OURS", "edited", (), EDITED),
        ("MODE_OF_TOMORROW", "theirs", (), KEPT),
        ("MODE_OF_TOMORROW", "old", ("old",), KEPT),
        ("MODE_OF_TOMORROW", None, (), WRITE),
    ],
)
def test_what_is_not_there_is_written_as_the_mode_allows(mode: str, held: Any, ours: Any, expected: str) -> None:
    assert _decided(mode, {"plot": held}, "new", ours) == expected


def test_the_first_of_ours_is_the_hosts_own_reading_and_the_others_are_metarrs() -> None:
    assert _decided("MODE_IF_OURS", {"plot": 7.84}, 9.0, (7.84,)) == WRITE
    assert _decided("MODE_IF_OURS", {"plot": 7.8}, 9.0, (7.84,)) == WRITE
    assert _decided("MODE_IF_OURS", {"plot": 7.8}, 9.0, (5.0, 7.84)) == WRITE
    assert _decided("MODE_IF_OURS", {"plot": 7.84}, 9.0, (5.0, 7.84)) == EDITED


def _ids(held: Any, value: Any, *ours: Any) -> str:
    pending = {"name": "ids", "mode": "MODE_IF_OURS", "value": value, "ours": list(ours)}
    return decide(FakeHost(), "movie", pending, {"ids": held})


def test_external_ids_are_judged_one_by_one() -> None:
    assert _ids({"imdb": "tt1", "sonarr": "7"}, {"imdb": "tt1"}) == TAKEN
    assert _ids({"imdb": "tt1", "sonarr": "7"}, {"imdb": "tt2"}, {"imdb": "tt1"}) == WRITE
    assert _ids({"imdb": "tt1"}, {"imdb": "tt1", "tmdb": "5"}, {"imdb": "tt1"}) == WRITE
    assert _ids({"imdb": "tt9"}, {"imdb": "tt2"}, {"imdb": "tt1"}) == EDITED
    assert _ids({"imdb": "tt9"}, {"imdb": "tt2"}, None) == EDITED
    assert _ids(None, {"imdb": "tt2"}, None) == WRITE


def test_what_the_host_spells_in_its_own_way_is_the_same_value() -> None:
    pending = {"name": "genres", "mode": "MODE_IF_OURS", "value": ["Drama"], "ours": [["crime"]]}
    assert decide(FakeHost(), "movie", pending, {"genres": ["DRAMA"]}) == TAKEN
    assert decide(FakeHost(), "movie", pending, {"genres": ["CRIME"]}) == WRITE
    assert decide(FakeHost(), "movie", pending, {"genres": ["Comedy"]}) == EDITED


def test_emptying_by_hand_is_an_edit_and_emptying_by_metarr_is_a_write() -> None:
    assert _decided("MODE_IF_OURS", {"plot": ""}, "new", ("old",)) == EDITED
    assert _decided("MODE_IF_OURS", {"plot": "old"}, None, ("old",)) == WRITE


def test_what_cannot_be_read_is_written_unless_only_a_gap_may_be_filled() -> None:
    assert _decided("MODE_ALWAYS", {}) == WRITE
    assert _decided("MODE_IF_OURS", {}, ours=(None,)) == WRITE
    assert _decided("MODE_IF_EMPTY", {}) == KEPT


@pytest.mark.parametrize(
    ("held", "value", "ours", "expected"),
    [
        (["Mine"], ["heist"], [], ["Mine", "heist"]),
        (None, ["heist"], [], ["heist"]),
        (["mine", "HEIST"], ["heist"], [], ["mine", "HEIST"]),
        (["Mine", "old"], ["heist"], [["old"]], ["Mine", "heist"]),
        (["Mine", "old"], [], [["Old"]], ["Mine"]),
        (["Mine"], None, [], ["Mine"]),
    ],
)
def test_a_list_is_joined_with_what_is_there(held: Any, value: Any, ours: list[Any], expected: list[str]) -> None:
    pending = {"name": "tags", "mode": "MODE_UNION", "value": value, "ours": ours}
    whole = joined(pending, {"tags": held})
    assert whole["value"] == expected
    assert decide(FakeHost(), "movie", whole, {"tags": held}) == (TAKEN if expected == held else WRITE)


def test_a_list_is_not_joined_with_what_nobody_can_read() -> None:
    pending = {"name": "tags", "mode": "MODE_UNION", "value": ["heist"]}
    assert joined(pending, {}) == pending
    assert decide(FakeHost(), "movie", pending, {}) == KEPT
