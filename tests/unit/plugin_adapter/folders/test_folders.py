"""Folders as a host: what is seen, moved, missed, away and gone, over looks and restarts."""

import os
import shutil

import pytest

from folder_tree import Tree
from metarr_adapter.host import EntryAway
from metarr_adapter.kind import Surroundings
from metarr_folders import look, writing
from metarr_folders.host import FolderHost
from metarr_folders.roots import Root


def test_what_names_tell_is_told_once_and_over_restarts_not_again(tree: Tree):
    entries, gone = tree.look()
    assert entries[tree.key("Alien (1979)")] == "Alien"
    assert entries[tree.key("Loose.Film.2001.1080p")] == "Loose Film"
    assert entries[tree.key("Dark")] == "Dark"
    assert tree.key("Dark/Season 1/Dark S01E01") in entries
    assert (len(entries), gone) == (7, [])
    tree.start()
    assert tree.look() == ({}, [])


def test_a_daemon_that_forgot_is_told_everything(tree: Tree):
    entries, _ = tree.look()
    tree.start().forget()
    assert tree.look()[0] == entries


def test_an_nfo_that_appears_or_changes_is_told(tree: Tree):
    tree.look()
    tree.put("Heat (1995)/movie.nfo", b"<movie><title>Heat</title><plot>Two men.</plot></movie>")
    entries, _ = tree.look()
    assert list(entries) == [tree.key("Heat (1995)")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Alien (1979)", "Alien, moved (1979)"),
        ("Alien (1979)", "Sorted/Alien (1979)"),
        ("Loose.Film.2001.1080p.mkv", "Loose Film (2001).mkv"),
        ("Dark", "Dark (2017)"),
        ("Dark/Season 1", "Dark/Staffel 1"),
    ],
)
def test_what_is_moved_or_renamed_keeps_its_key(tree: Tree, before: str, after: str):
    entries, _ = tree.look()
    (tree.path / after).parent.mkdir(exist_ok=True)
    (tree.path / before).rename(tree.path / after)
    moved, gone = tree.look()
    assert set(moved) <= set(entries)
    assert gone == []
    assert tree.look(later=120) == ({}, [])
    tree.start()
    assert tree.look(later=120) == ({}, [])


@pytest.mark.parametrize(
    ("before", "after", "keys"),
    [
        ("Heat (1995)", "Elsewhere/Heat (1995)", ["Heat (1995)"]),
        ("Loose.Film.2001.1080p.mkv", "Loose Film (2001).mkv", ["Loose.Film.2001.1080p"]),
        ("Dark", "Shows/Dark", ["Dark", "Dark#S1", "Dark/Season 1/Dark S01E01", "Dark/Season 1/Dark S01E02"]),
    ],
)
def test_what_is_moved_to_another_disk_keeps_its_key(tree: Tree, before: str, after: str, keys: list[str]):
    known = set(tree.look()[0])
    (tree.path / after).parent.mkdir(exist_ok=True)
    # As from one disk to another: other numbers, and here other times, too.
    copy = shutil.copytree if (tree.path / before).is_dir() else shutil.copyfile
    copy(tree.path / before, tree.path / after)
    (shutil.rmtree if (tree.path / before).is_dir() else os.unlink)(tree.path / before)
    told, gone = tree.look()
    assert (gone, set(told) - known) == ([], set())
    assert tree.look(later=61) == ({}, [])
    for key in keys:
        row = tree.host._index.row(tree.key(key))
        assert after.removesuffix(".mkv") in row.located.folder + "".join(row.located.videos), key


def test_a_copy_of_a_file_that_stays_is_a_title_of_its_own(tree: Tree):
    tree.look()
    shutil.copytree(tree.path / "Heat (1995)", tree.path / "Heat II (1995)")
    told, gone = tree.look(later=61)
    assert (list(told), gone) == ([tree.key("Heat II (1995)")], [])


def test_names_that_differ_by_case_alone_are_titles_of_their_own(tree: Tree):
    tree.put("HEAT (1995)/HEAT (1995).mkv", b"another file")
    told, _ = tree.look()
    assert {tree.key("Heat (1995)"), tree.key("HEAT (1995)")} <= told.keys()
    for name, plot in (("Heat (1995)", "One."), ("HEAT (1995)", "The other.")):
        assert tree.write("movie", name, plot=plot) == {}
    for name, plot in (("Heat (1995)", "One."), ("HEAT (1995)", "The other.")):
        assert tree.read("movie", name)["plot"] == plot


def test_a_clock_that_is_an_hour_off_changes_nothing(tree: Tree):
    tree.look()
    assert tree.write("movie", "Heat (1995)", plot="Two men.") == {}
    for path in tree.path.rglob("*"):
        status = path.stat()
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 3600 * 10**9))
    told, gone = tree.look()
    assert (set(told) - {tree.key("Heat (1995)")}, gone) == (set(), [])
    assert tree.look(later=3600) == ({}, [])
    assert tree.read("movie", "Heat (1995)")["plot"] == "Two men."
    assert tree.write("movie", "Heat (1995)", plot="Two men, one city.") == {}


def test_a_disk_that_is_read_only_is_one_line(tree: Tree, monkeypatch: pytest.MonkeyPatch):
    tree.look()

    def fails(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as patched:
        patched.setattr(writing.tempfile, "mkstemp", fails)
        for key in ("Alien (1979)", "Heat (1995)", "Loose.Film.2001.1080p"):
            assert tree.write("movie", key, plot="A plot.") == {"plot": "the disk is read-only"}
    [note] = tree.notes
    assert (note.sort, note.text) == ("refused", "the disk is read-only")
    assert "(and 2 more)" in note.subject
    tree.write("movie", "Alien (1979)", plot="A plot.")
    assert "(and 1 more)" in tree.notes[0].subject


def test_another_title_in_the_place_of_one_that_moved_has_a_key_of_its_own(tree: Tree):
    tree.look()
    (tree.path / "Alien (1979)").rename(tree.path / "Old Alien (1979)")
    tree.look()
    tree.put("Alien (1979)/Alien (1979).mkv", b"another copy")
    entries, gone = tree.look()
    assert (list(entries), gone) == ([tree.key("Alien (1979)~2")], [])


def test_an_upgraded_file_in_a_folder_of_its_own_is_the_same_title(tree: Tree):
    tree.look()
    shutil.rmtree(tree.path / "Heat (1995)")
    tree.put("Heat (1995)/Heat.1995.2160p.Remux.mkv", b"a better one")
    tree.look()
    assert tree.look(later=120) == ({}, [])


def test_what_is_deleted_is_gone_after_a_second_look_a_minute_later(tree: Tree):
    tree.look()
    shutil.rmtree(tree.path / "Heat (1995)")
    assert tree.look() == ({}, [])
    assert tree.look(later=59) == ({}, [])
    assert tree.look(later=2) == ({}, [tree.key("Heat (1995)")])
    assert tree.look(later=120) == ({}, [])


def test_what_comes_back_meanwhile_was_never_gone(tree: Tree):
    tree.look()
    (tree.path / "Heat (1995)").rename(tree.work / "aside")
    tree.look()
    (tree.work / "aside").rename(tree.path / "Heat (1995)")
    tree.look(later=30)
    assert tree.look(later=120) == ({}, [])


def test_a_single_missing_file_of_a_shared_folder_is_missed_alone(tree: Tree):
    tree.look()
    (tree.path / "Dark/Season 1/Dark S01E02.mkv").unlink()
    tree.look()
    assert tree.look(later=61)[1] == [tree.key("Dark/Season 1/Dark S01E02")]


def is_away(tree: Tree, why: str) -> bool:
    return any(note.sort == "away" and why in note.text for note in tree.notes)


def test_a_root_that_is_missing_is_away_and_nothing_is_gone(tree: Tree):
    entries, _ = tree.look()
    tree.path.rename(tree.work / "unmounted")
    for _ in range(3):
        assert tree.look(later=3600) == ({}, [])
    assert is_away(tree, "No such file")
    with pytest.raises(EntryAway):
        tree.start().read("movie", next(iter(entries)), "")
    (tree.work / "unmounted").rename(tree.path)
    assert tree.look(later=3600) == ({}, [])
    assert tree.notes == []


def test_a_root_that_is_empty_all_at_once_is_away(tree: Tree):
    tree.look()
    tree.path.rename(tree.work / "unmounted")
    tree.path.mkdir()
    for _ in range(3):
        assert tree.look(later=3600) == ({}, [])
    assert is_away(tree, "empty")


def test_another_disk_in_the_place_of_a_root_is_away(tree: Tree, monkeypatch: pytest.MonkeyPatch):
    tree.look()
    monkeypatch.setattr(look, "device", lambda root: os.stat(root.path).st_dev + 1)
    tree.path.rename(tree.work / "unmounted")
    tree.put("Other (2000)/Other (2000).mkv")
    for _ in range(3):
        assert tree.look(later=3600) == ({}, [])
    assert is_away(tree, "another disk")


def test_another_number_of_the_same_disk_is_nothing(tree: Tree, monkeypatch: pytest.MonkeyPatch):
    tree.look()
    monkeypatch.setattr(look, "device", lambda root: os.stat(root.path).st_dev + 1)
    shutil.rmtree(tree.path / "Heat (1995)")
    tree.look()
    assert tree.look(later=61)[1] == [tree.key("Heat (1995)")]


@pytest.mark.parametrize(("number", "why"), [(5, "Input/output error"), (13, "Permission denied")])
def test_a_folder_that_fails_keeps_what_it_held(tree: Tree, monkeypatch: pytest.MonkeyPatch, number: int, why: str):
    tree.look()
    scandir = os.scandir

    def fails(path: str) -> object:
        if str(path).endswith("Season 1"):
            raise OSError(number, why)
        return scandir(path)

    tree.put("Dark/new.txt", b"")
    monkeypatch.setattr(os, "scandir", fails)
    for _ in range(3):
        assert tree.look(later=3600) == ({}, [])
    assert is_away(tree, why)
    monkeypatch.undo()
    monkeypatch.setattr(look, "clock", lambda: tree.now)
    assert tree.look(later=3600) == ({}, [])
    assert tree.notes == []


def test_a_root_that_is_given_no_more_is_gone(tree: Tree):
    entries, _ = tree.look()
    tree.stop()
    tree.host = FolderHost(
        [Root(tree.work, "paths")],
        Surroundings(str(tree.work), lambda *_: None, lambda _: None, lambda: None, tree.image),
    )
    _, gone = tree.look()
    assert sorted(gone) == sorted(entries)


def test_an_index_that_is_damaged_is_made_anew(tree: Tree):
    entries, _ = tree.look()
    tree.stop()
    (tree.work / "index.db").write_bytes(b"rubbish" * 1000)
    for suffix in ("-wal", "-shm"):
        (tree.work / f"index.db{suffix}").unlink(missing_ok=True)
    tree.start()
    assert tree.look() == (entries, [])


def test_names_that_are_no_text_are_told(tree: Tree):
    tree.look()
    name = os.fsdecode(b"Caf\xe9 (2001)")
    tree.put(f"{name}/{name}.mkv")
    entries, _ = tree.look()
    assert list(entries.values()) == ["Café"]
    tree.start()
    assert tree.look() == ({}, [])
    shutil.rmtree(tree.path / name)
    tree.look()
    assert tree.look(later=61)[1] == list(entries)


def test_two_roots_of_a_kind_take_what_is_theirs(tree: Tree):
    tree.stop()
    around = Surroundings(str(tree.work), lambda *_: None, tree._tell, lambda: None, tree.image)
    tree.host = FolderHost([Root(tree.path, "movies")], around)
    entries, _ = tree.look()
    assert len(entries) == 3
    assert [note.sort for note in tree.notes] == ["undecided"]
