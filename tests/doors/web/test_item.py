"""The page of an item, as a browser without script uses it, and as htmx does."""

from contextlib import suppress
from typing import Any

import pytest
from werkzeug.test import Client

from harness import PROVIDERS, House, put_enriched
from metarr.domain.values import Kind
from metarr.errors import CannotDo
from metarr.jobs.jobs import Order
from metarr.library.edit import Edit
from metarr.library.intake import NewItem, NewSeries
from metarr.store.jobs import Scope
from pages import HTMX, Seen, seen

pytestmark = pytest.mark.slow

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

    @pytest.mark.slow
    def test_who_is_waited_for_and_what_is_held_is_said(self, web, home, film):
        home.simulators.set_quota("omdb", 0)
        home.clock.advance(1)
        home.enrich(film, force=True)
        page = seen(web.get(f"/item/{film}"))
        assert "Waits for OMDb quota used up; asked again" in page.text
        assert "Held" in page.text

    @pytest.mark.slow
    def test_whoever_is_waited_for_is_said_in_a_line(self, web, home):
        film = home.add("inception")
        for provider in ("tvdb", "fanart"):
            home.simulators.fault(provider, "error_500")
        home.simulators.set_quota("omdb", 0)
        home.enrich(film)
        page = seen(web.get(f"/item/{film}"))
        assert page.text.count("Waits for") == 1
        assert "Waits for fanart.tv, OMDb, TheTVDB" in page.text
        assert "OMDb: quota used up;" in page.text

    @pytest.mark.slow
    def test_one_that_is_not_known_waits_for_nobody_but_its_owner(self, web, home):
        [taken] = home.services.library.upsert([NewItem(Kind.MOVIE, "Man of Steel")])
        with suppress(CannotDo):
            home.enrich(taken.item.id)
        assert home.item(taken.item.id).undecided
        for address in (f"/item/{taken.item.id}", "/library", "/health"):
            text = seen(web.get(address)).text
            assert "Waits for" not in text
            assert "Waiting for T" not in text
            assert "waiting for an answer" not in text
        assert "Which title this is, is not clear." in seen(web.get(f"/item/{taken.item.id}")).text

    @pytest.mark.slow
    @pytest.mark.parametrize("item", ["999", "abc", "imdb:tt0000001", "%00", LONG, "0"])
    def test_one_that_is_not_there(self, web, film, item):
        assert seen(web.get(f"/item/{item}")).status in (404, 422)

    @pytest.mark.slow
    def test_an_external_id_finds_it(self, web, film):
        assert "Inception" in seen(web.get("/item/imdb:tt1375666")).text

    @pytest.mark.slow
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
        assert "Season 2 › Episode 10" in seen(web.get(f"/item/{taken[0].item.id}")).text


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

    @pytest.mark.slow
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

    @pytest.mark.slow
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

    @pytest.mark.slow
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

    @pytest.mark.slow
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

    @pytest.mark.slow
    def test_of_a_series_it_reaches_below_where_that_is_wanted(self, web, home):
        of = NewSeries(title="Breaking Bad", year=2008, ids={"tvdb": "81189"})
        [taken] = home.services.library.upsert([NewItem(Kind.EPISODE, "", 0, {}, series=of, season=1, episode=1)])
        series = home.item(home.item(taken.item.id).parent_id).parent_id
        for below in ("on", ""):
            page = opened(web, series, "plot", "edit")
            assert page.one("input", name="below")
            typed = {"fields.plot": f"Mine {below}", **({"below": "on"} if below else {})}
            send(web, series, "plot", form(page, do="save", **typed))
            assert home.item(series).fields["plot"].locks_below is bool(below)
        assert not opened(web, taken.item.id, "plot", "edit").all("input", name="below")


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

    @pytest.mark.slow
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

    @pytest.mark.slow
    def test_a_lock_meanwhile_is_a_change(self, web, home, film):
        page = opened(web, film, "plot", "edit")
        home.services.editor.edit(film, Edit(lock=frozenset({"plot"})))
        assert send(web, film, "plot", form(page, do="save", **{"fields.plot": "Mine"})).status_code == 409

    @pytest.mark.slow
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

    @pytest.mark.slow
    def test_all_fields_are_locked_and_unlocked(self, web, home, film):
        for wanted, locked in (("lock_all", True), ("unlock_all", False)):
            web.post(f"/item/{film}/locks", data={"locks": wanted})
            assert {each.locked for each in home.item(film).fields.values()} == {locked}


@pytest.mark.slow
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


@pytest.mark.slow
class TestRefresh:
    def test_to_try_it_changes_nothing_and_says_what_would(self, web, home, film):
        home.simulators.patch("omdb", "movie", "tt1375666", imdbRating="5.0")
        home.clock.advance(1)
        before = home.item(film)
        answer = seen(web.post(f"/item/{film}/refresh", data={"do": "try", "force": "on"}))
        assert "1 field would change. Nothing is changed yet." in answer.text
        assert "IMDb rating" in answer.text
        assert home.item(film) == before
        done = seen(web.post(f"/item/{film}/refresh", data={"do": "refresh", "force": "on"}, headers=HTMX))
        assert "1 field was changed." in done.text
        assert home.item(film).fields["imdb_rating"].value == 5.0
        assert "Nothing changed" in seen(web.post(f"/item/{film}/refresh", data={"do": "refresh"})).text

    def test_only_some_are_asked(self, web, home, film):
        home.clock.advance(1)
        home.asked()
        answer = seen(web.post(f"/item/{film}/refresh", data={"do": "refresh", "force": "on", "providers": ["omdb"]}))
        assert set(home.asked()) == {"omdb"}
        assert "OMDb answered" in answer.text
        assert "TMDB answered lately" in answer.text

    @pytest.mark.parametrize("htmx", [False, True])
    def test_that_nobody_can_be_heard_is_said_on_the_page(self, web, home, film, *, htmx):
        home.clock.advance(1)
        for provider in PROVIDERS:
            home.simulators.set_quota(provider, 0)
        headers = HTMX if htmx else {}
        answer = seen(web.post(f"/item/{film}/refresh", data={"do": "refresh", "force": "on"}, headers=headers))
        assert answer.status in ((409,) if htmx else (429, 503))
        assert answer.one("div", class_="notice bad")["role"] == "alert"
        assert "Inception" in answer.text

    @pytest.mark.parametrize("data", [{}, {"do": "x"}, {"do": "refresh", "providers": ["nobody"]}])
    def test_a_form_that_is_none_of_ours(self, web, film, data):
        assert web.post(f"/item/{film}/refresh", data=data).status_code == 422


@pytest.mark.slow
class TestHistory:
    def test_a_change_is_taken_back(self, web, home, film):
        before = stored(home, film, "plot")
        home.services.editor.edit(film, Edit(fields={"plot": "Mine"}))
        page = seen(web.get(f"/item/{film}"))
        made = home.history(film)[0]
        assert page.one("button", id=f"undo-{made.id}")
        web.post(f"/item/{film}/undo", data={"change_set": str(made.id)})
        assert stored(home, film, "plot") == before
        page = seen(web.get(f"/item/{film}/history"))
        assert not page.all("button", id=f"undo-{made.id}"), "once is enough"
        assert "Taken back" in page.text

    def test_what_was_locked_since_stays_and_is_told(self, web, home, film):
        made = home.history(film)[0]
        home.services.editor.edit(film, Edit(lock=frozenset({"plot"})))
        answer = seen(web.post(f"/item/{film}/undo", data={"change_set": str(made.id)}))
        assert "Plot stays: " in answer.text
        assert home.item(film).fields.keys() & {"plot", "genres"} == {"plot"}

    def test_a_whole_run_is_shown_first_and_then_taken_back(self, web, home, film):
        job = home.services.jobs.submit(Order(scope=Scope(), force=True))
        home.simulators.patch("omdb", "movie", "tt1375666", imdbRating="5.0")
        home.simulators.patch("omdb", "movie", "tt0137523", imdbRating="4.0")
        home.clock.advance(1)
        for item in (film, film + 1):
            home.enrich(item, force=True, job_id=job.id)
        rated = [home.item(item).fields["imdb_rating"].value for item in (film, film + 1)]
        assert rated == [5.0, 4.0]
        page = seen(web.get(f"/item/{film}"))
        run = home.history(film)[0]
        assert page.one("button", id=f"run-{run.id}")
        first = home.history(film)[-1]
        assert not page.all("button", id=f"run-{first.id}"), "it came alone"
        data = {"group": run.group, "do": "preview"}
        shown = seen(web.post(f"/item/{film}/undo-run", data=data))
        assert "2 fields of 2 titles would go back" in shown.text
        assert rated == [home.item(item).fields["imdb_rating"].value for item in (film, film + 1)]
        done = seen(web.post(f"/item/{film}/undo-run", data={**data, "do": "undo"}))
        assert "2 fields of 2 titles went back" in done.text
        assert [home.item(item).fields["imdb_rating"].value for item in (film, film + 1)] == [8.8, 8.8]

    @pytest.mark.parametrize("data", [{}, {"change_set": "x"}, {"change_set": "999"}])
    def test_what_cannot_be_undone(self, web, film, data):
        assert web.post(f"/item/{film}/undo", data=data).status_code in (404, 422)

    @pytest.mark.parametrize("data", [{}, {"do": "preview"}, {"do": "undo", "group": "x"}, {"do": "x", "group": "1"}])
    def test_nor_which_run(self, web, film, data):
        assert web.post(f"/item/{film}/undo-run", data=data).status_code == 422


class TestIdentify:
    def ids(self, home: House, item: int) -> dict[str, str]:
        return home.item(item).id_values()

    def test_it_is_searched_for_and_told_from_others_with_reasons(self, web, home, film):
        home.asked()
        page = seen(web.get(f"/item/{film}/identify"))
        assert home.asked() == {}
        assert page.one("input", id="title")["value"] == "Inception"
        answer = seen(web.post(f"/item/{film}/identify", data={"do": "search", "title": "Fight Club", "year": "1998"}))
        assert "Fight Club" in answer.text
        assert "a year earlier or later" in answer.text
        assert "Same title, a year apart" in answer.text
        assert "%" not in answer.text
        assert "tmdb:550" in answer.text

    def test_it_becomes_another_title_and_says_what_stays(self, web, home):
        [item] = [home.add("inception")]
        home.enrich(item)
        home.services.editor.edit(item, Edit(fields={"tagline": "Mine"}, lock=frozenset({"plot"})))
        plot = stored(home, item, "plot")
        page = seen(web.post(f"/item/{item}/identify", data={"do": "search", "title": "Fight Club", "year": "1999"}))
        assert "Locked, so it stays as it is: Tagline, Plot." in page.text
        taken = {"do": "take", "id": ["imdb:tt0137523", "tmdb:550"], **form(page)}
        answer = web.post(f"/item/{item}/identify", data=taken)
        assert answer.headers["Location"] == f"/item/{item}?looked_up=yes"
        assert self.ids(home, item)["imdb"] == "tt0137523"
        assert (stored(home, item, "title")[0], stored(home, item, "plot")) == ("Fight Club", plot)
        assert "It is identified" in seen(web.get(answer.headers["Location"])).text
        identified = next(each for each in home.history(item) if each.cause == "identify")
        assert identified.old_ids["imdb"].value == "tt1375666"

    @pytest.mark.slow
    def test_one_whom_nobody_can_be_asked_about_is_identified_all_the_same(self, web, home, film):
        page = seen(web.get(f"/item/{film}/identify"))
        for provider in PROVIDERS:
            home.simulators.set_quota(provider, 0)
        answer = web.post(f"/item/{film}/identify", data=form(page, do="ids", ids="imdb:tt0468569"))
        assert answer.headers["Location"] == f"/item/{film}?looked_up=no"
        assert "that is done by itself" in seen(web.get(answer.headers["Location"])).text

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("ids", "says"),
        [
            ("imdb:zero", "Is no imdb id"),
            ("nonsense", "Is no nonsense id"),
            ("imdb:tt0137523", "has imdb tt0137523 already"),
            ("<script>alert(1)</script>:1", "Is no type of id"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_is_kept(self, web, home, film, *, ids, says):
        before = self.ids(home, film)
        answer = seen(
            web.post(f"/item/{film}/identify", data=form(seen(web.get(f"/item/{film}/identify")), do="ids", ids=ids))
        )
        assert (answer.status, answer.areas) == (422, [ids])
        assert says in answer.text
        assert "<script>alert" not in answer.html
        assert self.ids(home, film) == before

    @pytest.mark.slow
    @pytest.mark.parametrize("year", ["soon", "99999", "9" * 30, "-1", "²"])
    def test_a_year_that_is_none_is_refused_by_the_search(self, web, film, year):
        answer = seen(web.post(f"/item/{film}/identify", data={"do": "search", "title": "Inception", "year": year}))
        assert answer.status == 422
        assert answer.one("input", id="year")["value"] == year

    @pytest.mark.slow
    def test_other_ids_meanwhile_are_not_overwritten_unseen_and_another_field_disturbs_nobody(self, web, home, film):
        drawn = form(seen(web.get(f"/item/{film}/identify")), do="ids", ids="imdb:tt0468569")
        home.services.editor.edit(film, Edit(fields={"plot": "Theirs"}))
        assert web.post(f"/item/{film}/identify", data=drawn).status_code == 303
        home.services.editor.edit(film, Edit(ids={"imdb": "tt1375666"}))
        assert web.post(f"/item/{film}/identify", data=drawn).status_code == 409
        assert self.ids(home, film)["imdb"] == "tt1375666"

    @pytest.mark.slow
    def test_what_a_provider_found_is_text(self, web, home, film):
        home.simulators.patch("tmdb", "movie", 550, title=HOSTILE, overview=HOSTILE)
        answer = seen(web.post(f"/item/{film}/identify", data={"do": "search", "title": "Fight Club"}))
        assert "<script>alert" not in answer.html
        assert "<img src=x" not in answer.html


@pytest.mark.slow
class TestConflict:
    @pytest.fixture
    def disputed(self, home) -> int:
        item = home.add("inception", "imdb", "tmdb")
        home.simulators.patch("tmdb", "movie", 27205, imdb_id="tt0133093", external_ids={"imdb_id": "tt0133093"})
        home.enrich(item)
        return item

    CLAIM = {"type": "imdb", "value": "tt0133093", "claimed_by": "tmdb"}

    def test_it_is_left_so_and_shown_again(self, web, home, disputed):
        assert "TMDB says imdb:tt0133093; imdb:tt1375666 stands." in seen(web.get(f"/item/{disputed}")).text
        web.post(f"/item/{disputed}/conflict", data={**self.CLAIM, "do": "dismiss"})
        page = seen(web.get(f"/item/{disputed}"))
        assert "1 contradiction you left as it is" in page.text
        home.clock.advance(1)
        home.enrich(disputed, force=True)
        assert home.item(disputed).conflicts == ()
        web.post(f"/item/{disputed}/conflict", data={**self.CLAIM, "do": "restore"})
        assert len(home.item(disputed).conflicts) == 1

    def test_what_is_claimed_is_taken(self, web, home, disputed):
        page = seen(web.get(f"/item/{disputed}"))
        data = {**self.CLAIM, "do": "take", "etag": str(home.item(disputed).version)}
        assert page.all("button", value="take")
        assert web.post(f"/item/{disputed}/conflict", data=data).status_code == 303
        assert home.item(disputed).id_values()["imdb"] == "tt0133093"
        assert "tmdb" not in {each.claimed_by for each in home.item(disputed).conflicts}

    def test_a_form_that_is_none_of_ours(self, web, home, disputed):
        for data in ({}, {"do": "take"}, {"do": "x", "type": "imdb"}, {**self.CLAIM, "do": "dismiss", "value": "tt7"}):
            assert web.post(f"/item/{disputed}/conflict", data=data).status_code in (404, 422)
        assert len(home.item(disputed).conflicts) == 1


class TestArtwork:
    def pictures(self, page: Seen) -> list[str]:
        return [has["value"] for has in page.all("input", name="url") if has.get("type") == "hidden"]

    def test_all_are_shown_without_asking_anybody_the_chosen_first(self, web, home, film):
        home.asked()
        page = seen(web.get(f"/item/{film}/artwork/poster"))
        assert home.asked() == {}
        assert self.pictures(page)[0] == stored(home, film, "poster")[0][0].url
        assert len(self.pictures(page)) > 2
        assert {"TMDB", "fanart.tv"} <= {word for word in ("TMDB", "fanart.tv", "OMDb") if word in page.text}
        assert page.all("img", class_="thumb")

    def test_one_is_chosen_which_locks_and_survives(self, web, home, film):
        page = seen(web.get(f"/item/{film}/artwork/poster"))
        other = self.pictures(page)[1]
        answer = seen(web.post(f"/item/{film}/artwork/poster", data=form(page, do="choose", url=other), headers=HTMX))
        assert self.pictures(answer)[0] == other
        home.clock.advance(1)
        home.enrich(film, force=True)
        [image], sources, locked = stored(home, film, "poster")
        assert (image.url, sources, locked) == (other, ("owner",), True)
        assert image.width > 0, "what its provider told of it is kept"

    @pytest.mark.slow
    def test_fanart_has_a_main_one_and_others(self, web, home, film):
        path = f"/item/{film}/artwork/fanart"
        before = [image.url for image in stored(home, film, "fanart")[0]]
        web.post(path, data=form(seen(web.get(path)), do="choose", url=before[-1]))
        assert [image.url for image in stored(home, film, "fanart")[0]] == [before[-1], *before[:-1]]
        web.post(path, data=form(seen(web.get(path)), do="leave_out", url=before[0]))
        assert before[0] not in [image.url for image in stored(home, film, "fanart")[0]]

    @pytest.mark.slow
    def test_they_are_narrowed_by_provider_and_language(self, web, film):
        everything = self.pictures(seen(web.get(f"/item/{film}/artwork/poster")))
        page = seen(web.get(f"/item/{film}/artwork/poster?provider=tmdb&language=en"))
        assert 0 < len(self.pictures(page)) < len(everything)
        assert web.get(f"/item/{film}/artwork/poster?language=english").status_code == 422
        assert seen(web.get(f"/item/{film}/artwork/poster?provider=nobody")).status == 200

    @pytest.mark.slow
    @pytest.mark.parametrize("url", ["javascript:alert(1)", "http://plain.test/a.jpg", "x" * 3000, "https://", HOSTILE])
    def test_what_is_no_address_is_refused_and_kept(self, web, home, film, url):
        before = stored(home, film, "poster")
        page = seen(web.get(f"/item/{film}/artwork/poster"))
        answer = seen(web.post(f"/item/{film}/artwork/poster", data=form(page, do="choose", url=url)))
        assert answer.status == 422
        assert answer.one("input", id="url")["value"] == url
        assert stored(home, film, "poster") == before

    @pytest.mark.slow
    def test_one_of_another_host_is_taken_but_not_loaded_here(self, web, home, film):
        page = seen(web.get(f"/item/{film}/artwork/poster"))
        web.post(f"/item/{film}/artwork/poster", data=form(page, do="choose", url="https://elsewhere.test/a.jpg"))
        assert stored(home, film, "poster")[0][0].url == "https://elsewhere.test/a.jpg"
        page = seen(web.get(f"/item/{film}/artwork/poster"))
        assert not [has for has in page.all("img") if "elsewhere" in has["src"]]

    @pytest.mark.slow
    def test_another_choice_meanwhile_is_shown(self, web, home, film):
        page = seen(web.get(f"/item/{film}/artwork/poster"))
        one, other = self.pictures(page)[1:3]
        web.post(f"/item/{film}/artwork/poster", data=form(page, do="choose", url=one))
        late = seen(web.post(f"/item/{film}/artwork/poster", data=form(page, do="choose", url=other)))
        assert late.status == 409
        assert stored(home, film, "poster")[0][0].url == one

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["plot", "still", "nothing"])
    def test_a_field_without_pictures(self, web, film, name):
        assert web.get(f"/item/{film}/artwork/{name}").status_code == 404
