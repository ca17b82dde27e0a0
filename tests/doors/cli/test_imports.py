import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from doors.cli.messages import item
from metarr.errors import Violation
from metarr.rpc.client import RpcFailure


def titles(tmp_path: Path, count: int) -> str:
    path = tmp_path / "titles.jsonl"
    path.write_text("".join(json.dumps({"kind": "movie", "title": f"Title {n}"}) + "\n" for n in range(count)))
    return str(path)


def answering(daemon: Any, answer: Callable[[list[dict[str, Any]]], Any]) -> list[int]:
    """Have every batch answered by `answer`; the sizes of the batches, as they come."""
    sizes: list[int] = []

    def upsert(request: dict[str, Any]) -> dict[str, Any]:
        sizes.append(len(request["items"]))
        return {"results": answer(request["items"])}

    daemon.answers["LibraryService", "UpsertItems"] = upsert
    return sizes


def created(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"item": item(), "created": True} for _ in items]


def test_titles_go_in_batches_and_are_counted(metarr, daemon, tmp_path):
    sizes = answering(daemon, created)
    assert metarr("library", "import", titles(tmp_path, 1201)) == (0, "1201 titles added, 0 known\n", "")
    assert sizes == [500, 500, 201]


def test_a_batch_of_long_titles_stays_far_below_what_the_daemon_takes(metarr, daemon, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({"kind": "movie", "title": f"{n}" + "x" * 300_000}) + "\n" for n in range(10)))
    sizes = answering(daemon, created)
    assert metarr("library", "import", str(path)).status == 0
    assert sizes == [3, 3, 3, 1]


def test_the_summary_tells_what_became_of_each(metarr, daemon, tmp_path):
    results = [
        {"item": item(), "created": True, "newIds": 2},
        {"item": item()},
        {"item": item(), "changed": True, "newIds": 1},
        {"item": item(), "deleted": True},
    ]
    answering(daemon, lambda _: results)
    (tmp_path / "notes.nfo").write_text("release notes")
    result = metarr("library", "import", titles(tmp_path, 4), str(tmp_path / "notes.nfo"))
    assert result == (
        0,
        "1 title added, 2 known (1 got something new, 1 id added)\n"
        "1 skipped: you deleted them; `metarr library undelete` brings one back\n"
        "1 file skipped: no .nfo of a movie, a series or an episode\n",
        "",
    )


def test_what_the_daemon_refuses_is_taken_out_and_the_rest_goes_in(metarr, daemon, tmp_path):
    def refusing(items):
        wrong = [
            Violation(f"items[{place}].ids", f"{each['title']} is bad")
            for place, each in enumerate(items)
            if each["title"] in ("Title 1", "Title 3")
        ]
        if wrong:
            raise RpcFailure("INVALID_ARGUMENT", "bad", violations=(wrong[0], Violation("", "and 1 more")))
        return created(items)

    sizes = answering(daemon, refusing)
    path = titles(tmp_path, 5)
    assert metarr("library", "import", path) == (
        1,
        "3 titles added, 0 known\n2 failed\n",
        f"metarr: {path}:2: ids: Title 1 is bad\nmetarr: {path}:4: ids: Title 3 is bad\n",
    )
    assert sizes == [5, 4, 3]


def test_a_fault_that_names_no_item_is_found_by_halving(metarr, daemon, tmp_path):
    def refusing(items):
        if any(each["title"] == "Title 6" for each in items):
            raise RpcFailure("RESOURCE_EXHAUSTED", "too large")
        return created(items)

    answering(daemon, refusing)
    path = titles(tmp_path, 10)
    assert metarr("library", "import", path) == (
        1, "9 titles added, 0 known\n1 failed\n", f"metarr: {path}:7: too large\n",
    )  # fmt: skip


def test_bad_files_are_listed_and_fail_the_import(metarr, daemon, tmp_path):
    answering(daemon, created)
    bad = tmp_path / "bad.nfo"
    bad.write_text("\n<movie></movie>")
    result = metarr("library", "import", str(bad), titles(tmp_path, 1), "--json")
    assert result.status == 1
    told = json.loads(result.out)
    assert (told["added"], told["failed"]) == (1, 1)
    assert told["failures"][0]["where"] == f"{bad}:2"


def test_a_daemon_that_goes_away_ends_it_with_what_was_done(metarr, daemon, tmp_path):
    batches = iter([True, False])

    def upsert(items):
        if not next(batches):
            raise RpcFailure("UNAVAILABLE", "no Metarr daemon here")
        return created(items)

    answering(daemon, upsert)
    result = metarr("library", "import", titles(tmp_path, 600))
    assert result == (1, "500 titles added, 0 known\n", "metarr: no Metarr daemon here\n")


def test_a_path_that_is_not_there_is_wrong_usage(metarr, daemon, tmp_path):
    result = metarr("library", "import", str(tmp_path / "nowhere"))
    assert result.status == 2
    assert daemon.asked == []


def test_a_folder_without_any_title_is_told(metarr, daemon, tmp_path):
    result = metarr("library", "import", str(tmp_path))
    assert (result.status, result.out) == (0, "0 titles added, 0 known\n")
    assert "there is nothing to add" in result.err


def a_tree(tmp_path):
    """Two films by name, one by an id, one by its file; extras, and what nobody understands."""
    files = {
        "Alien (1979)/Alien.mkv": "",
        "Alien (1979)/Alien-trailer.mkv": "",
        "Alien (1979)/Extras/a.mkv": "",
        "Aliens (1986)/Aliens.mkv": "",
        "Brazil {tmdb-68}/Brazil.mkv": "",
        "Heat (1995)/Heat.mkv": "",
        "Heat (1995)/movie.nfo": "<movie><title>Heat</title><year>1995</year></movie>",
        "Empty (2001)/Empty.srt": "",
        "Dark/Season 2/Dark S01E01.mkv": "",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


def test_what_a_tree_holds_is_told_by_its_evidence_and_the_rest_by_name(metarr, daemon, tmp_path):
    answering(daemon, created)
    root = a_tree(tmp_path)
    assert metarr("library", "import", str(root)) == (
        0,
        "6 titles added, 0 known\n"
        "told by: .nfo 1, id in a name 1, name 4\n"
        "2 files left alone that are no titles: a trailer (1), an extra (1)\n"
        "1 not understood\n"
        "titles by name alone are searched for by `metarr enrich-all`\n",
        f"metarr: {root}/Dark/Season 2/Dark S01E01.mkv: its folder says season 2, its name season 1; the name counts\n"
        f"metarr: {root}/Empty (2001): holds only subtitles, no video\n",
    )


def test_the_same_is_in_the_json(metarr, daemon, tmp_path):
    answering(daemon, created)
    root = a_tree(tmp_path)
    result = metarr("library", "import", str(root), "--json")
    told = json.loads(result.out)
    assert (result.status, result.err) == (0, "")
    assert {name: told[name] for name in ("added", "by_nfo", "by_id", "by_name", "extras", "unknown", "failed")} == {
        "added": 6, "by_nfo": 1, "by_id": 1, "by_name": 4, "extras": 2, "unknown": 1, "failed": 0,
    }  # fmt: skip
    assert told["not_understood"] == [
        {"where": f"{root}/Empty (2001)", "why": "holds only subtitles, no video", "sort": "not understood"}
    ]
    assert [each["why"] for each in told["extra_files"]] == ["a trailer", "an extra"]
    assert [each["where"] for each in told["notes"]] == [f"{root}/Dark/Season 2/Dark S01E01.mkv"]


def test_a_folder_without_a_title_says_so(metarr, daemon, tmp_path):
    result = metarr("library", "import", str(tmp_path))
    assert result == (
        0,
        "0 titles added, 0 known\n",
        "metarr: there is nothing to add: no title in these files, no video and no .nfo file in these folders\n",
    )


def test_an_id_of_which_the_file_does_not_say_the_type_is_sent_as_weak(metarr, daemon, tmp_path):
    (tmp_path / "tvshow.nfo").write_text("<tvshow><title>Night Bus</title><year>2001</year><id>940</id></tvshow>")
    sent: list[dict[str, Any]] = []
    answering(daemon, lambda items: [sent.append(each) or {"item": item(), "created": True} for each in items])
    assert metarr("library", "import", str(tmp_path)).status == 0
    assert [each["ids"] for each in sent] == [[{"type": "tvdb", "value": "940", "weak": True}]]
