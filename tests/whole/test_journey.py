"""An owner's library, from a folder of .nfo files through edits and another rule, and all the way back.

The steps of one journey: each starts from what the one before it left.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from harness import PROVIDERS, Live, live
from metarr.rpc.client import RpcFailure
from simulators import Movie, Simulators, generated_movie

pytestmark = pytest.mark.e2e

ITEMS = 220
"""More than a page of a listing."""
PATIENCE = 300
"""Seconds that one command may take on a busy machine."""

KEPT_WHOLE, EDITED, LOCKED = 50, 20, 7
"""Every 50th file locks all its values; every 20th title gets a plot of the owner's; every 7th one's tagline is
locked."""

DETAILS = {"fanart": "movies", "omdb": "id", "tmdb": "movie", "tvdb": "movie"}
"""By provider the kind of request that asks about a title."""

RULES = {"plot": ["omdb", "tmdb"], "poster": ["fanart", "tmdb"]}
"""The other rules: whom these fields listen to then."""

Fields = dict[str, dict[str, Any]]
Library = dict[str, Fields]
"""The fields of every item by its id: values, sources, rules and locks."""


@dataclass(frozen=True)
class Owner:
    """The owner at the keyboard, with a running daemon and the simulated providers."""

    daemon: Live
    simulators: Simulators
    folder: Path
    items: int
    """How many movies there are."""

    def metarr(self, *arguments: str) -> str:
        """What a command prints; it has to succeed."""
        command = [sys.executable, "-m", "metarr.cli", *arguments, "--server", self.daemon.daemon.grpc_address]
        run = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout

    def ids(self) -> dict[int, str]:
        """By the number of its movie, each item's id."""
        found: dict[int, str] = {}
        token = ""
        while True:
            page = self.daemon.call("Library", "ListItems", {"pageSize": 200, "pageToken": token})
            for item in page["items"]:
                imdb = next(claim["value"] for claim in item["ids"] if claim["type"] == "imdb")
                found[int(imdb.removeprefix("tt9"))] = item["id"]
            token = page.get("nextPageToken", "")
            if not token:
                return found

    def item(self, item_id: str) -> dict[str, Any]:
        item: dict[str, Any] = self.daemon.call("Library", "GetItem", {"itemId": item_id})["item"]
        return item

    def library(self) -> Library:
        return {item_id: told(self.item(item_id)) for item_id in self.ids().values()}

    def change_sets(self, cause: str) -> list[str]:
        """The change-sets of a cause that stand, the latest first."""
        found: list[str] = []
        token = ""
        while True:
            page = self.daemon.call("Enrichment", "ListChangeSets", {"pageSize": 200, "pageToken": token})
            found += [
                each["id"] for each in page.get("changeSets", ()) if each["cause"] == cause and "undoneBy" not in each
            ]
            token = page.get("nextPageToken", "")
            if not token:
                return found

    def undo(self, change_set_ids: list[str]) -> list[str]:
        """Take change-sets back, each as a whole; the change-sets of the undos."""
        made = []
        for change_set_id in change_set_ids:
            answer = self.daemon.call("Enrichment", "UndoChangeSet", {"changeSetId": change_set_id})
            assert "refused" not in answer
            made.append(answer["changeSet"]["id"])
        return made

    def without_a_request(self, act: Callable[[], Any]) -> Any:
        """What comes of it; no provider may be asked meanwhile."""
        self.simulators.clear_requests()
        answer = act()
        assert {provider: self.simulators.count(provider) for provider in PROVIDERS} == dict.fromkeys(PROVIDERS, 0)
        return answer


def told(item: Mapping[str, Any]) -> Fields:
    """An item's fields by name: value, source, rule and lock."""
    return {
        field["name"]: {key: without_previews(field.get(key)) for key in ("value", "source", "rule", "locked")}
        for field in item["fields"]
    }


def without_previews(value: Any) -> Any:
    """A value without where its pictures are smaller: that is told with an item, and no part of what it holds."""
    if not isinstance(value, list):
        return value
    return [
        {key: part for key, part in each.items() if key != "preview_url"} if isinstance(each, dict) else each
        for each in value
    ]


def nfo(number: int, movie: Movie) -> str:
    """A movie as a media server wrote it, with values that no provider has and some that are contested."""
    locked = "<lockdata>true</lockdata>" if number % KEPT_WHOLE == 0 else ""
    return f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<movie>
  <title>{escape(movie.title)}</title><sorttitle>Shelf {number:03}</sorttitle><year>{movie.year}</year>
  <plot>The plot of file {number}.</plot><outline>The outline of file {number}.</outline>
  <tagline>The tagline of file {number}.</tagline>
  <tag>seen in file {number}</tag>{locked}
  <ratings><rating name="imdb" max="10" default="true"><value>9.9</value><votes>3</votes></rating></ratings>
  <uniqueid type="imdb" default="true">{movie.imdb}</uniqueid><uniqueid type="tmdb">{movie.tmdb}</uniqueid>
  <uniqueid type="tvdb">{movie.tvdb}</uniqueid>
  <playcount>2</playcount>
</movie>
"""


@contextmanager
def owner_of(folder: Path, items: int) -> Iterator[Owner]:
    """The owner of so many movies; all that they have is in this folder."""
    for number in range(items):
        movie = generated_movie(number)
        own = folder / "movies" / f"{movie.title} ({movie.year})"
        own.mkdir(parents=True)
        (own / "movie.nfo").write_text(nfo(number, movie))
    with Simulators() as simulators, live(folder / "data") as daemon:
        daemon.configure(simulators, *PROVIDERS)
        yield Owner(daemon, simulators, folder / "movies", items)


def listening(order: Mapping[str, list[str]], **more: Any) -> dict[str, Any]:
    """A change of rules: whom these fields listen to."""
    fields = [
        {"kind": "MEDIA_KIND_MOVIE", "field": field, "providers": providers, **more}
        for field, providers in order.items()
    ]
    return {"authorities": {"fields": fields}, "updateMask": "fields"}


def effects(preview: Mapping[str, Any]) -> dict[str, int]:
    """By "movie.<field>", on how many items a preview would change its value."""
    return {f"movie.{each['field']}": each["changed"] for each in preview.get("effects", ()) if "changed" in each}


def differing(before: Library, after: Library) -> dict[str, int]:
    """By "movie.<field>", on how many items it is another one."""
    found: dict[str, int] = {}
    for item_id in before:
        for field in before[item_id].keys() | after[item_id].keys():
            if before[item_id].get(field) != after[item_id].get(field):
                found[f"movie.{field}"] = found.get(f"movie.{field}", 0) + 1
    return found


def test_a_library_goes_through_edits_and_other_rules_and_all_the_way_back(tmp_path: Path) -> None:
    with owner_of(tmp_path, ITEMS) as owner:
        travel(owner)


def travel(owner: Owner) -> None:
    """One journey in the order in which an owner makes it."""
    imported = bring_in(owner)
    enriched = enrich(owner)
    assert set(differing(imported, enriched)) >= {"movie.plot", "movie.tagline", "movie.imdb_rating", "movie.cast"}
    edited = edit(owner)
    merged = merge_again(owner, edited)

    merging = owner.change_sets("authority")
    unmerging = owner.undo(merging)
    assert differing(edited, owner.library()) == {}
    remerging = owner.undo(unmerging)
    assert differing(merged, owner.library()) == {}
    check_nothing_comes_again(owner, merged)
    empty_taglines(owner, merged)

    owner.undo(remerging)
    assert differing(edited, owner.library()) == {}
    unedited = owner.undo(owner.change_sets("edit"))
    assert differing(enriched, owner.library()) == {}
    unenriched = owner.undo(owner.change_sets("enrich"))
    # A value that a provider told just so was no change; it stays with its new source.
    assert set(differing(imported, owner.library())) == {"movie.title"}
    assert values(owner.library()) == values(imported)
    owner.undo(unenriched)
    assert differing(enriched, owner.library()) == {}
    owner.undo(unedited)
    assert differing(edited, owner.library()) == {}
    check_nothing_comes_again(owner, edited)


def bring_in(owner: Owner) -> Library:
    first = owner.without_a_request(lambda: owner.metarr("library", "import", str(owner.folder)))
    told_by = f"told by: .nfo {owner.items}, id in a name 0, name 0\n"
    assert first == f"{owner.items} titles added, 0 known\n{told_by}"
    library = owner.library()
    again = owner.metarr("library", "import", str(owner.folder))
    assert again == f"0 titles added, {owner.items} known\n{told_by}"
    assert owner.library() == library
    for number, item_id in owner.ids().items():
        how = {"rule": "reported", "locked": None} if number % KEPT_WHOLE else {"rule": "locked", "locked": True}
        assert library[item_id]["plot"] == {"value": f"The plot of file {number}.", "source": "nfo", **how}
    return library


def enrich(owner: Owner) -> Library:
    owner.simulators.clear_requests()
    assert f"{owner.items} of {owner.items} items" in owner.metarr("enrich-all", "--follow")
    asked = {provider: owner.simulators.count(provider, endpoint) for provider, endpoint in DETAILS.items()}
    assert asked == dict.fromkeys(PROVIDERS, owner.items)
    library = owner.library()
    for number, item_id in owner.ids().items():
        movie, fields = generated_movie(number), library[item_id]
        if number % KEPT_WHOLE == 0:
            assert fields["plot"]["value"] == f"The plot of file {number}."
        else:
            assert (fields["plot"]["value"], fields["plot"]["source"]) == (movie.overview, "tmdb")
        assert (fields["sort_title"]["value"], fields["sort_title"]["source"]) == (f"Shelf {number:03}", "nfo")
    return library


def edit(owner: Owner) -> Library:
    for number, item_id in owner.ids().items():
        if number % EDITED == 0:
            etag = owner.item(item_id)["etag"]
            mine = {"itemId": item_id, "fields": {"plot": f"Mine of {number}."}, "updateMask": "fields", "etag": etag}
            owner.daemon.call("Library", "UpdateItem", mine)
            with pytest.raises(RpcFailure) as refused:
                owner.daemon.call("Library", "UpdateItem", {**mine, "fields": {"plot": "Another hand's."}})
            assert refused.value.code == "ABORTED"
        if number % LOCKED == 0 and number % KEPT_WHOLE:
            owner.daemon.call(
                "Library", "UpdateItem", {"itemId": item_id, "lockFields": ["tagline"], "updateMask": "lockFields"}
            )
    library = owner.library()
    mine = library[owner.ids()[EDITED]]["plot"]
    assert mine == {"value": f"Mine of {EDITED}.", "source": "owner", "rule": "locked", "locked": True}
    return library


def merge_again(owner: Owner, edited: Library) -> Library:
    """Preview other rules, put them in force and apply them."""
    wanted = {**listening(RULES), "samples": 3}
    preview = owner.without_a_request(lambda: owner.daemon.call("Config", "PreviewFieldAuthorities", wanted))
    assert owner.library() == edited
    assert preview["items"] == owner.items
    protected = sum(number % KEPT_WHOLE == 0 or number % EDITED == 0 for number in range(owner.items))
    assert effects(preview)["movie.plot"] == owner.items - protected

    owner.daemon.call("Config", "UpdateFieldAuthorities", listening(RULES))
    assert owner.library() == edited
    applied = owner.without_a_request(lambda: json.loads(owner.metarr("authority", "apply", "--json")))
    assert (applied["done"], applied["changedItems"]) == (owner.items, preview["changedItems"])
    assert applied["changedFields"] == effects(preview)
    merged = owner.library()
    changed = {
        name: sum(
            edited[item_id][name.removeprefix("movie.")]["value"]
            != merged[item_id][name.removeprefix("movie.")]["value"]
            for item_id in edited
        )
        for name in applied["changedFields"]
    }
    assert changed == applied["changedFields"]
    for effect in preview["effects"]:
        for sample in effect.get("samples", ()):
            assert merged[sample["itemId"]][effect["field"]]["value"] == sample["change"]["newValue"]
    return merged


def values(library: Library) -> dict[str, dict[str, Any]]:
    return {item_id: {name: field["value"] for name, field in fields.items()} for item_id, fields in library.items()}


def check_nothing_comes_again(owner: Owner, library: Library) -> None:
    """Neither another apply nor a run over everything moves what the owner has settled on, and nobody is asked."""
    preview = owner.without_a_request(lambda: owner.daemon.call("Config", "PreviewFieldAuthorities", {}))
    assert (preview["items"], preview.get("changedItems", 0)) == (owner.items, 0)
    applied = owner.without_a_request(lambda: owner.metarr("authority", "apply"))
    assert applied == f"{owner.items} items merged again: none changed\n"
    owner.without_a_request(lambda: owner.metarr("enrich-all", "--follow"))
    assert values(owner.library()) == values(library)


def empty_taglines(owner: Owner, before: Library) -> None:
    """Taglines only of a provider that tells none: they stay, or go where the owner says so, and come back."""
    rule = listening({"tagline": ["omdb"]}, exclusive=True)
    wanted = {**rule, "dropForeign": True}
    preview = owner.without_a_request(lambda: owner.daemon.call("Config", "PreviewFieldAuthorities", wanted))
    assert effects(preview) == {"movie.tagline": preview["changedItems"]}
    owner.daemon.call("Config", "UpdateFieldAuthorities", rule)
    command = ("authority", "apply", "--drop-foreign", "--json")
    applied = owner.without_a_request(lambda: json.loads(owner.metarr(*command)))
    assert applied["changedFields"] == effects(preview)
    owner.undo(owner.change_sets("authority")[: applied["changedItems"]])
    assert differing(before, owner.library()) == {}
    owner.daemon.call("Config", "UpdateFieldAuthorities", {"resetFields": ["movie.tagline"]})
