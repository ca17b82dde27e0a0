"""The page of an item, as a browser without script uses it, and as htmx does."""

from typing import Any

import pytest
from werkzeug.test import Client

from harness import House, put_enriched
from metarr.domain.values import Kind
from metarr.library.edit import Edit
from metarr.library.intake import NewItem, NewSeries
from pages import HTMX, Seen, seen

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
LONG = "x" * 490


@pytest.fixture
def film(home: House) -> int:
    """An enriched film."""
    return put_enriched(home, "inception", "fight-club")["inception"]


def opened(web: Client, item: int, name: str, show: str = "both") -> Seen:
    return seen(web.get(f"/item/{item}/field/{name}?show={show}"))


def form(page: Seen, **more: str) -> dict[str, str]:
    """The first form of a field's page, to be sent back."""
    return {
        "etag": page.all("input", name="etag")[0]["value"],
        "was": page.all("input", name="was")[0]["value"],
        **more,
    }


def stored(home: House, item: int, name: str) -> tuple[Any, tuple[str, ...], bool]:
    found = home.item(item).fields[name]
    return found.value, found.sources, found.locked


def send(web: Client, item: int, name: str, data: dict[str, str], *, htmx: bool = False):
    return web.post(f"/item/{item}/field/{name}", data=data, headers=HTMX if htmx else {})


class TestPage:
    def test_every_field_is_there_empty_ones_too(self, web, home, film):
        page = seen(web.get(f"/item/{film}"))
        ids = {has["id"] for _, has in page.everything if "id" in has}
        assert {"field-plot", "field-sort_title", "field-imdb_rating", "field-collection"} <= ids
        assert "A thief who works" in page.text
        assert "OMDb" in page.text
        assert "nothing" in page.text

    def test_who_is_waited_for_and_what_is_held_is_said(self, web, home, film):
        home.simulators.set_quota("omdb", 0)
        home.clock.advance(1)
        home.enrich(film, force=True)
        page = seen(web.get(f"/item/{film}"))
        assert "Waits for OMDb" in page.text
        assert "Held" in page.text

    @pytest.mark.parametrize("item", ["999", "abc", "imdb:tt0000001", "%00", LONG, "0"])
    def test_one_that_is_not_there(self, web, film, item):
        assert seen(web.get(f"/item/{item}")).status in (404, 422)

    def test_an_external_id_finds_it(self, web, film):
        assert "Inception" in seen(web.get("/item/imdb:tt1375666")).text

    @pytest.mark.parametrize("name", ["nothing", "still", "%00", "<script>"])
    def test_a_field_that_it_cannot_have(self, web, film, name):
        assert web.get(f"/item/{film}/field/{name}").status_code == 404
        assert web.post(f"/item/{film}/field/{name}", data={"etag": "1"}).status_code == 404

    def test_what_is_above_and_below_it_is_linked_by_number(self, web, home):
        of = NewSeries(title="Breaking Bad", year=2008, ids={"tvdb": "81189"})
        new = [NewItem(Kind.EPISODE, "", 0, {}, series=of, season=2, episode=each) for each in (10, 2, 1)]
        taken = home.services.library.upsert(new)
        season = home.item(taken[0].item.id).parent_id
        links = [has["href"] for has in seen(web.get(f"/item/{season}")).all("a") if "/item/" in has.get("href", "")]
        below = [f"/item/{taken[place].item.id}" for place in (2, 1, 0)]
        assert [link for link in links if link in below] == below
        assert links[0] == f"/item/{home.item(season).parent_id}"


class TestEdit:
    def test_what_is_saved_is_locked_and_survives_a_forced_look_up(self, web, home, film):
        page = opened(web, film, "plot")
        answer = send(web, film, "plot", form(page, do="save", **{"fields.plot": "Mine, in\r\ntwo lines."}))
        assert answer.headers["Location"] == f"/item/{film}?at=plot#field-plot"
        assert stored(home, film, "plot") == ("Mine, in\ntwo lines.", ("owner",), True)
        home.clock.advance(1)
        home.enrich(film, force=True)
        assert stored(home, film, "plot") == ("Mine, in\ntwo lines.", ("owner",), True)

    def test_htmx_gets_the_row_and_what_else_tells_of_it_and_hears_it(self, web, home, film):
        page = opened(web, film, "title", "edit")
        one = page.one("form", id="form-title")
        assert one["hx-select-oob"] == "#item-head,#history"
        answer = seen(send(web, film, "title", form(page, do="save", **{"fields.title": "Mine"}), htmx=True))
        assert answer.one("button", id="lock-title")["aria-checked"] == "true"
        assert "autofocus" in answer.one("a", id="edit-title")
        assert answer.one("header", id="item-head")
        assert "Title is saved and locked." in answer.headers["HX-Trigger"]

    @pytest.mark.parametrize(
        ("name", "typed", "value"),
        [
            ("year", "1999", 1999),
            ("runtime_minutes", " 90 ", 90),
            ("imdb_rating", "7,5", 7.5),
            ("release_date", "1999-10-15", "1999-10-15"),
            ("genres", "Drama\r\n\r\n Film, noir \r\nDrama", ("Drama", "Film, noir")),
            ("plot", "", None),
            ("genres", " \r\n ", None),
            ("title", "Ünïcode 漢字 & 7 < 8", "Ünïcode 漢字 & 7 < 8"),
        ],
    )
    def test_each_type_is_read_as_it_is_typed(self, web, home, film, *, name, typed, value):
        send(web, film, name, form(opened(web, film, name), do="save", **{f"fields.{name}": typed}))
        assert stored(home, film, name) == (value, ("owner",), True)

    def test_what_is_shown_in_an_input_is_read_back_as_the_same(self, web, home, film):
        """Nothing was typed, so whoever said a value still says it: it is only locked."""
        for name, before in home.item(film).fields.items():
            page = opened(web, film, name, "edit")
            shown = page.areas[0] if page.areas else page.one("input", id=f"input-{name}")["value"]
            send(web, film, name, form(page, do="save", **{f"fields.{name}": shown}))
            assert stored(home, film, name) == (before.value, before.sources, True), name

    def test_a_person_keeps_photo_and_ids_with_another_role(self, web, home, film):
        page = opened(web, film, "cast", "edit")
        first, *others = page.areas[0].splitlines()
        name = first.split(" | ")[0]
        lines = [*others, f"{name} | Somebody else", "Nobody Known"]
        send(web, film, "cast", form(page, do="save", **{"fields.cast": "\n".join(lines)}))
        cast, before = home.item(film).fields["cast"].value, {}
        [change_set] = [each for each in home.history(film) if each.cause == "edit"]
        before = {each.name: each for each in change_set.changes[0].old.value}
        assert [each.name for each in cast] == [line.split(" | ")[0] for line in lines]
        assert [each.order for each in cast] == list(range(len(lines)))
        moved = cast[-2]
        assert (moved.role, moved.photo, moved.ids) == ("Somebody else", before[name].photo, before[name].ids)

    @pytest.mark.parametrize(
        ("name", "typed"),
        [
            ("year", "soon"),
            ("year", "99999"),
            ("imdb_rating", "11"),
            ("imdb_rating", "nan"),
            ("imdb_rating", "1e999"),
            ("runtime_minutes", "1.5"),
            ("release_date", "15.10.1999"),
            ("plot", "x" * 20_001),
            ("cast", "| a role alone"),
            ("homepage", "\0" * 2 + "x" * 20_001),
        ],
    )
    @pytest.mark.parametrize("htmx", [False, True])
    def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(self, web, home, film, *, name, typed, htmx):
        before = stored(home, film, name)
        answer = seen(
            send(web, film, name, form(opened(web, film, name), do="save", **{f"fields.{name}": typed}), htmx=htmx)
        )
        assert answer.status == 422
        [area] = [has for tag in ("input", "textarea") for has in answer.all(tag, id=f"input-{name}")]
        assert area["aria-invalid"] == "true"
        shown = answer.areas[0] if answer.areas else area["value"]
        assert shown.replace("\r\n", "\n").strip() == typed.strip() or "\0" in typed
        assert stored(home, film, name) == before

    @pytest.mark.parametrize(
        "data", [{"do": "save"}, {"do": ""}, {}, {"do": "take"}, {"do": "take", "said": "omdb:no"}]
    )
    def test_a_form_that_is_none_of_ours_changes_nothing(self, web, home, film, data):
        before = home.rows()
        assert send(web, film, "plot", form(opened(web, film, "plot"), **data)).status_code in (409, 422)
        assert send(web, film, "plot", data).status_code == 422, "without an etag nobody knows what it would overwrite"
        assert home.rows() == before


class TestLock:
    def test_one_is_locked_and_unlocked_as_it_is(self, web, home, film):
        before = stored(home, film, "awards")
        for do, locked in (("lock", True), ("unlock", False)):
            answer = send(web, film, "awards", form(opened(web, film, "awards"), do=do), htmx=True)
            assert seen(answer).one("button", id="lock-awards")["aria-checked"] == str(locked).lower()
            assert stored(home, film, "awards") == (*before[:2], locked)

    def test_an_empty_one_can_be_locked_too(self, web, home, film):
        send(web, film, "sort_title", form(opened(web, film, "sort_title"), do="lock"))
        assert stored(home, film, "sort_title") == (None, (), True)


class TestTakeThis:
    def test_what_somebody_else_says_is_taken_and_locked(self, web, home, film):
        page = opened(web, film, "plot", "why")
        assert "Stands lower in the field's order." in page.text
        said = next(has["value"] for has in page.all("input", name="said") if has["value"].startswith("omdb:"))
        send(web, film, "plot", form(page, do="take", said=said))
        assert stored(home, film, "plot") == (
            "A dream thief must plant an idea instead of stealing one.",
            ("owner",),
            True,
        )

    def test_what_is_said_otherwise_by_now_is_not(self, web, home, film):
        page = opened(web, film, "plot", "why")
        said = next(has["value"] for has in page.all("input", name="said") if has["value"].startswith("omdb:"))
        home.simulators.patch("omdb", "movie", "tt1375666", Plot="Another one.")
        home.clock.advance(1)
        home.enrich(film, force=True)
        answer = send(web, film, "plot", form(page, do="take", said=said))
        assert answer.status_code == 409
        assert not home.item(film).fields["plot"].locked

    def test_a_picture_and_a_cast_can_be_taken(self, web, home, film):
        for name in ("poster", "cast"):
            page = opened(web, film, name, "why")
            send(web, film, name, form(page, do="take", said=page.all("input", name="said")[0]["value"]))
            assert stored(home, film, name)[1:] == (("owner",), True), name


class TestMeanwhile:
    def test_the_same_field_was_changed_mine_and_theirs_are_shown(self, web, home, film):
        page = opened(web, film, "plot", "edit")
        home.services.editor.edit(film, Edit(fields={"plot": "Theirs"}))
        mine = form(page, do="save", **{"fields.plot": "Mine"})
        late = seen(send(web, film, "plot", mine, htmx=True))
        assert late.status == 409
        assert late.areas == ["Mine"]
        assert "There now: Theirs" in late.text
        assert stored(home, film, "plot")[0] == "Theirs"
        send(web, film, "plot", form(late, do="save", **{"fields.plot": "Mine"}))
        assert stored(home, film, "plot")[0] == "Mine"

    def test_another_field_was_changed_and_nobody_need_know(self, web, home, film):
        page = opened(web, film, "plot", "edit")
        home.services.editor.edit(film, Edit(fields={"tagline": "Theirs"}))
        assert send(web, film, "plot", form(page, do="save", **{"fields.plot": "Mine"})).status_code == 303
        assert (stored(home, film, "plot")[0], stored(home, film, "tagline")[0]) == ("Mine", "Theirs")

    def test_a_look_up_wrote_elsewhere(self, web, home, film):
        page = opened(web, film, "plot", "edit")
        home.simulators.patch("omdb", "movie", "tt1375666", imdbRating="5.0")
        home.clock.advance(1)
        home.enrich(film, force=True)
        assert send(web, film, "plot", form(page, do="save", **{"fields.plot": "Mine"})).status_code == 303

    def test_a_lock_meanwhile_is_a_change(self, web, home, film):
        page = opened(web, film, "plot", "edit")
        home.services.editor.edit(film, Edit(lock=frozenset({"plot"})))
        assert send(web, film, "plot", form(page, do="save", **{"fields.plot": "Mine"})).status_code == 409

    @pytest.mark.parametrize("do", ["lock", "take"])
    def test_what_nobody_saw_is_neither_locked_nor_overwritten(self, web, home, film, do):
        page = opened(web, film, "plot")
        said = page.all("input", name="said")[0]["value"]
        home.services.editor.edit(film, Edit(fields={"plot": "Theirs"}, unlock=frozenset()))
        late = seen(send(web, film, "plot", form(page, do=do, said=said)))
        assert late.status == 409
        assert "Theirs" in late.text
        assert stored(home, film, "plot")[0] == "Theirs"


class TestWhole:
    def test_it_is_left_to_the_daily_run_or_not(self, web, home, film):
        for wanted in ("off", "on"):
            web.post(f"/item/{film}/monitored", data={"monitored": wanted})
            assert home.item(film).monitored is (wanted == "on")

    def test_all_fields_are_locked_and_unlocked(self, web, home, film):
        for wanted, locked in (("lock_all", True), ("unlock_all", False)):
            etag = str(home.item(film).version)
            web.post(f"/item/{film}/locks", data={"locks": wanted, "etag": etag})
            assert {each.locked for each in home.item(film).fields.values()} == {locked}


class TestStrange:
    @pytest.mark.parametrize("text", [HOSTILE, LONG, "javascript:alert(1)", "{{ 7 * 7 }}"])
    def test_whatever_an_item_holds_is_text(self, web, home, film, text):
        fields = {"title": text, "plot": text, "homepage": text, "trailer": text, "genres": [text]}
        fields["cast"] = [{"name": text, "role": text}]
        home.services.editor.edit(film, Edit(fields=fields))
        for path in (f"/item/{film}", *(f"/item/{film}/field/{name}" for name in fields)):
            page = seen(web.get(path))
            assert page.status == 200
            assert "<script>alert" not in page.html
            assert "<img src=x" not in page.html
            assert not [has for has in page.all("a") if has["href"].startswith("javascript")]
            assert "49" not in page.text or "{{ 7" not in text or "{{ 7 * 7 }}" in page.text

    def test_pictures_of_other_hosts_are_not_loaded_and_none_where_the_owner_wants_none(self, web, home, film):
        home.services.editor.edit(film, Edit(fields={"poster": [{"url": "https://evil.test/a.jpg"}]}))
        assert not [has for has in seen(web.get(f"/item/{film}")).all("img") if "evil.test" in has["src"]]
        home.services.editor.edit(film, Edit(unlock=frozenset({"poster"})))
        home.enrich(film, force=True)
        assert seen(web.get(f"/item/{film}")).all("img", class_="thumb")
        home.services.settings.update({"show_pictures": False})
        assert not seen(web.get(f"/item/{film}")).all("img", class_="thumb")
