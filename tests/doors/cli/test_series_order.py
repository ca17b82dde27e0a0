"""`metarr series order`, against a daemon that answers from a table."""

import pytest

from doors.cli.messages import item

ORDERS = {
    "order": "aired",
    "orders": [
        {"order": "aired", "seasons": 2, "episodes": 13, "numbers": 13},
        {"order": "dvd", "seasons": 2, "episodes": 12, "numbers": 11},
    ],
}


def episode(item_id: str, title: str) -> dict[str, str]:
    return {"id": item_id, "kind": "MEDIA_KIND_EPISODE", "title": title}


MOVED = {
    "item": item(kind="MEDIA_KIND_SERIES", title="Firefly"),
    "moved": [
        {"seasonNumber": 1, "episodeNumber": 1, "oldItem": episode("5", "Train"), "newItem": episode("6", "Serenity")},
        {"seasonNumber": 1, "episodeNumber": 9, "oldItem": episode("7", ""), "entry": "tvdb:1"},
    ],
    "movedCount": 2,
    "createdCount": 1,
    "restingCount": 1,
}


def test_the_orders_are_listed(metarr, daemon):
    daemon.answers["LibraryService", "ListSeriesOrders"] = ORDERS
    result = metarr("series", "order", "4")
    assert daemon.request("ListSeriesOrders") == {"itemId": "4"}
    assert [line.split() for line in result.out.splitlines()[1:]] == [
        ["aired", "chosen", "2", "13", "13"],
        ["dvd", "2", "12", "11"],
    ]


def test_where_there_is_but_one_it_is_said(metarr, daemon):
    daemon.answers["LibraryService", "ListSeriesOrders"] = {**ORDERS, "orders": ORDERS["orders"][:1]}
    assert "no other order is listed" in metarr("series", "order", "4").err


@pytest.mark.parametrize("dry_run", [True, False])
def test_another_order_is_chosen_and_told(metarr, daemon, dry_run):
    change_set = {} if dry_run else {"changeSetId": "77"}
    daemon.answers["LibraryService", "SetSeriesOrder"] = {**MOVED, **change_set}
    result = metarr("series", "order", "4", "dvd", *(["--dry-run"] if dry_run else []))
    assert daemon.request("SetSeriesOrder") == {"itemId": "4", "order": "dvd", "dryRun": dry_run}
    lines = result.out.splitlines()
    assert lines[0].split() == (["NUMBER", "WAS", "WOULD", "BE"] if dry_run else ["NUMBER", "WAS", "IS"])
    assert [line.split() for line in lines[1:3]] == [
        ["S01E01", "Train", "Serenity"],
        ["S01E09", "item", "7", "a", "new", "item"],
    ]
    would = "would mean" if dry_run else "mean"
    assert f"in the dvd order: 2 numbers {would} another episode" in result.out
    assert "1 episode without a file" in result.out
    assert ("Nothing was changed." in result.out) is dry_run
    assert ("metarr undo 77" in result.out) is not dry_run


def test_an_order_that_is_chosen_already_is_said(metarr, daemon):
    daemon.answers["LibraryService", "SetSeriesOrder"] = {"item": MOVED["item"]}
    assert "goes by this order already" in metarr("series", "order", "4", "aired").err


def test_a_dry_run_needs_an_order(metarr, daemon):
    assert metarr("series", "order", "4", "--dry-run").status == 2
    assert daemon.asked == []


def test_the_answer_as_json_is_the_daemon_s(metarr, daemon):
    daemon.answers["LibraryService", "SetSeriesOrder"] = MOVED
    assert '"movedCount": 2' in metarr("series", "order", "4", "dvd", "--json").out


def test_the_history_tells_another_order(metarr, daemon):
    change_set = {"id": "9", "itemId": "4", "cause": "order", "oldNumbering": "aired", "newNumbering": "dvd"}
    daemon.answers["EnrichmentService", "ListChangeSets"] = {"changeSets": [change_set]}
    out = metarr("history").out
    assert "put into another order" in out
    assert "aired → dvd" in out
    undone = {**change_set, "id": "10", "oldNumbering": "dvd", "newNumbering": "aired"}
    daemon.answers["EnrichmentService", "UndoChangeSet"] = {"item": MOVED["item"], "changeSet": undone}
    out = metarr("undo", "9").out
    assert "the order (dvd → aired) put back" in out
    assert "metarr undo 10" in out
