import io
import json
from pathlib import Path

import pytest

from metarr.cli import decisions
from metarr.errors import Violation
from metarr.rpc.client import RpcFailure

EXPORT, IMPORT = ("ConfigService", "ExportSettings"), ("ConfigService", "ImportSettings")


def item(number: int, **more):
    return {"kind": "movie", "ids": {"tmdb": str(number)}, "monitored": False, **more}


class Importing:
    """A daemon that takes over every item but those it is told to pass over."""

    def __init__(self, passed_over: tuple[str, ...] = ()) -> None:
        self.passed_over = passed_over
        self.parts: list[tuple[dict, bool]] = []

    def __call__(self, request):
        part = json.loads(request["json"])
        self.parts.append((part, request["dryRun"]))
        known = [each for each in part["items"] if each["ids"]["tmdb"] not in self.passed_over]
        lost = [each["ids"]["tmdb"] for each in part["items"] if each not in known]
        answer = {"settings": len(part.get("settings", {})), "items": len(known)}
        return {**answer, "unplaced": [{"name": f"tmdb:{name}", "why": "it is not in the library"} for name in lost]}


@pytest.fixture
def importing(daemon) -> Importing:
    daemon.answers[IMPORT] = Importing()
    return daemon.answers[IMPORT]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "decisions.json"


def written(file: Path, document) -> str:
    file.write_text(json.dumps(document))
    return str(file)


def test_the_pages_become_one_document(metarr, daemon, file: Path):
    pages = {
        "": {"format": 1, "settings": {"country": "DE"}, "items": [item(1), item(2)]},
        "2": {"format": 1, "items": [item(3)]},
    }
    daemon.answers[EXPORT] = lambda request: {
        "json": json.dumps(pages[request["pageToken"]]),
        **({"nextPageToken": "2"} if not request["pageToken"] else {}),
    }
    result = metarr("export", str(file))
    assert (result.status, result.out) == (0, "")
    assert "what you decided about 3 items" in result.err
    whole = {**pages[""], "items": [item(1), item(2), item(3)]}
    assert json.loads(file.read_text()) == whole
    assert json.loads(metarr("export").out) == whole


def test_a_file_that_cannot_be_written_is_told(metarr, daemon, tmp_path: Path):
    daemon.answers[EXPORT] = {"json": '{"format": 1}'}
    result = metarr("export", str(tmp_path / "none" / "file"))
    assert result.status == 1
    assert "cannot be written" in result.err


def test_everything_is_tried_before_anything_is_changed(metarr, importing, file: Path):
    document = {"format": 1, "settings": {"country": "DE"}, "items": [item(1)]}
    result = metarr("import", written(file, document))
    assert result == (0, "1 setting, 1 item taken over; 0 items as wanted already\n", "")
    assert [dry_run for _, dry_run in importing.parts] == [True, True, False, False]
    assert [part for part, _ in importing.parts][:2] == [{**document, "items": []}, {"format": 1, "items": [item(1)]}]


def test_a_dry_run_only_tries(metarr, importing, file: Path):
    result = metarr("import", "--dry-run", written(file, {"format": 1, "items": [item(1)]}))
    assert result.out == "1 item would be taken over; 0 items as wanted already\n"
    assert {dry_run for _, dry_run in importing.parts} == {True}


def test_it_is_read_from_the_input_too(metarr, importing):
    assert metarr("import", "-", stdin=json.dumps({"format": 1, "items": [item(1)]})).status == 0
    assert importing.parts[-1][0]["items"] == [item(1)]


def test_many_items_travel_in_pieces_by_number_and_by_size(metarr, importing, file: Path, monkeypatch):
    monkeypatch.setattr(decisions, "MOST_ITEMS", 3)
    items = [item(number) for number in range(7)]
    metarr("import", "--dry-run", written(file, {"format": 1, "items": items}))
    assert [len(part["items"]) for part, _ in importing.parts] == [0, 3, 3, 1]

    importing.parts.clear()
    monkeypatch.setattr(decisions, "MOST_BYTES", 500)
    items = [item(number, locked={"plot": {"value": "x" * 300}}) for number in range(3)]
    metarr("import", "--dry-run", written(file, {"format": 1, "items": items}))
    assert [len(part["items"]) for part, _ in importing.parts] == [0, 1, 1, 1]
    assert [each for part, _ in importing.parts for each in part["items"]] == items


def test_a_fault_is_told_by_its_place_in_the_file_and_nothing_is_changed(metarr, daemon, file: Path, monkeypatch):
    monkeypatch.setattr(decisions, "MOST_ITEMS", 3)

    def answer(request):
        asked.append(request["dryRun"])
        if any(each["ids"]["tmdb"] == "4" for each in json.loads(request["json"])["items"]):
            raise RpcFailure(
                "INVALID_ARGUMENT", "…", "INVALID_INPUT", (Violation("items[1].locked.plot", "is no text"),)
            )
        return {}

    asked: list[bool] = []
    daemon.answers[IMPORT] = answer
    result = metarr("import", written(file, {"format": 1, "items": [item(number) for number in range(7)]}))
    assert (result.status, result.err) == (2, "metarr: items[4].locked.plot: is no text\n")
    assert set(asked) == {True}


def test_what_has_no_place_is_listed_and_gives_a_status(metarr, daemon, file: Path):
    daemon.answers[IMPORT] = Importing(passed_over=("2",))
    result = metarr("import", written(file, {"format": 1, "items": [item(1), item(2)]}))
    assert result.status == 1
    assert result.out == "1 item taken over; 0 items as wanted already\n"
    assert result.err == "metarr: passed over: tmdb:2: it is not in the library\n"
    as_json = metarr("import", "--json", str(file))
    assert json.loads(as_json.out)["unplaced"] == [{"name": "tmdb:2", "why": "it is not in the library"}]


@pytest.mark.parametrize("content", ["", "{", "[]", '"text"', '{"items": 1}', "[" * 100_000, "\udcff"])
def test_what_is_no_document_is_told_before_anybody_is_asked(metarr, importing, file: Path, content: str):
    file.write_bytes(content.encode(errors="surrogateescape"))
    result = metarr("import", str(file))
    assert result.status == 2
    assert "Traceback" not in result.err
    assert importing.parts == []
    assert metarr("import", "-", stdin=io.StringIO(content)).status == 2


def test_a_file_that_is_not_there_is_told(metarr, importing, tmp_path: Path):
    assert metarr("import", str(tmp_path / "none")).status == 2
