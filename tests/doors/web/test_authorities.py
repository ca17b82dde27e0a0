"""The page Authorities."""

import pytest
from werkzeug.test import Client

from harness import House, put_enriched
from metarr.domain.values import Kind
from pages import HTMX, Seen, seen

pytestmark = pytest.mark.slow

PLOT = "/authorities/movie/plot"


def rule(home: House, field: str = "plot"):
    return home.services.authorities.read().authority.rule(Kind.MOVIE, field)


def form(web: Client, path: str = PLOT) -> dict[str, list[str]]:
    """The hidden part of a rule's form."""
    return hidden(seen(web.get(path)))


def hidden(page: Seen) -> dict[str, list[str]]:
    sent: dict[str, list[str]] = {}
    for has in page.all("input", type="hidden"):
        sent.setdefault(has["name"], []).append(has["value"])
    return sent


def chosen(page: Seen) -> list[str]:
    return [has["value"] for has in page.all("input", name="providers") if "checked" in has]


def listed(page: Seen) -> list[str]:
    return [has["value"] for has in page.all("input", name="providers")]


def test_every_field_of_a_kind_is_there(web):
    page = seen(web.get("/authorities"))
    for name in ("Plot", "IMDb rating", "Release date", "Clear logo"):
        assert name in page.text
    assert "Still" not in page.text
    assert "Still" in seen(web.get("/authorities?kind=episode")).text


def test_a_rule_is_stored_shown_first_and_set_back(web, home):
    before = rule(home)
    sent = {**form(web), "providers": ["omdb", "tmdb"], "exclusive": ["on"], "do": ["save"]}
    answer = web.post(PLOT, data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/authorities?kind=movie&saved=plot")
    assert (rule(home).providers, rule(home).exclusive) == (("omdb", "tmdb"), True)
    page = seen(web.get(answer.headers["Location"]))
    assert "The rule for Plot is saved." in page.text
    assert page.all("a", id="rule-plot")
    assert not page.all("a", id="rule-genres"), "only one's own at first"
    assert seen(web.get("/authorities?all=1")).all("a", id="rule-genres")
    edited = seen(web.get(PLOT))
    assert chosen(edited) == ["omdb", "tmdb"]
    assert "checked" in edited.one("input", name="exclusive")
    assert web.post(PLOT, data={**form(web), "do": ["reset"]}).status_code == 303
    assert rule(home) == before


@pytest.mark.parametrize(("field", "inputs"), [("plot", 0), ("genres", 1), ("cast", 0), ("poster", 0)])
def test_only_of_a_list_of_texts_it_is_asked_whether_to_join_it(web, field, inputs):
    assert len(seen(web.get(f"/authorities/movie/{field}")).all("input", name="union")) == inputs


def test_its_list_is_moved_without_script_and_nothing_is_stored(web, home):
    before = rule(home)
    page = seen(web.get(PLOT))
    assert listed(page)[: len(before.providers)] == chosen(page) == list(before.providers)
    last = listed(page)[-1]
    sent = {**form(web), "providers": [last], "exclusive": ["on"], "move": [f"{last}:up"]}
    moved = seen(web.post(PLOT, data=sent))
    assert listed(moved) == [*listed(page)[:-2], last, listed(page)[-2]]
    assert chosen(moved) == [last], "what was ticked is kept"
    assert "checked" in moved.one("input", name="exclusive")
    again = seen(web.post(PLOT, data={**hidden(moved), "move": [f"{last}:up"]}))
    assert listed(again)[-3:].index(last) == 0
    assert rule(home) == before
    for junk in ("nope:up", "tmdb:sideways", ":"):
        assert web.post(PLOT, data={**sent, "move": [junk]}).status_code == 404


def test_what_is_saved_is_applied_to_the_library_as_a_job(web, home):
    saved = web.post(PLOT, data={**form(web), "providers": ["omdb"], "do": ["save"]})
    page = seen(web.get(saved.headers["Location"]))
    assert page.one("button", id="apply")
    sent = {"request_id": page.one("input", name="request_id")["value"]}
    started = web.post("/authorities/apply", data=sent).headers["Location"]
    assert web.post("/authorities/apply", data=sent).headers["Location"] == started, "sent twice, begun once"
    assert "Apply the rules" in seen(web.get(started)).text


def test_files_and_players_may_be_listened_to_and_stay_in_the_list(web, home):
    assert "Your .nfo files" in seen(web.get(PLOT)).text
    web.post(PLOT, data={**form(web), "providers": ["nfo", "tmdb"], "do": ["save"]})
    assert rule(home).providers == ("nfo", "tmdb")
    page = seen(web.get(PLOT))
    assert listed(page)[:2] == chosen(page) == ["nfo", "tmdb"]
    assert "Your .nfo files › TMDB" in seen(web.get("/authorities")).text


def test_a_preview_tells_what_would_change_and_changes_nothing(web, home):
    put_enriched(home, "inception", "fight-club")
    before = home.rows()
    asked = {**form(web), "providers": ["omdb"], "do": ["preview"]}
    page = seen(web.post(PLOT, data=asked, headers=HTMX))
    assert "2 items of 2 would change. Nothing is changed yet." in page.text
    assert chosen(page) == ["omdb"], "what was typed is kept"
    assert len(page.all("del")) == len(page.all("ins")) == 2
    assert home.rows() == before
    assert home.asked() == {}


def test_a_preview_that_changes_nothing_says_so(web, home):
    put_enriched(home, "inception")
    sent = {**form(web), "providers": list(rule(home).providers), "do": ["preview"]}
    assert "No stored value would change." in seen(web.post(PLOT, data=sent)).text


@pytest.mark.parametrize(
    "typed",
    [
        {"providers": ["nope"]},
        {"providers": ["tmdb", "tmdb"]},
        {"exclusive": ["on"]},
        {"providers": ["tmdb"], "union": ["on"]},
        {"providers": ["<script>alert(1)</script>"]},
        {"providers": ["\0"]},
    ],
)
@pytest.mark.parametrize("do", ["save", "preview"])
def test_what_is_no_rule_is_said_and_nothing_is_stored(web, home, typed, do):
    before = rule(home)
    answer = web.post(PLOT, data={**form(web), **typed, "do": [do]})
    page = seen(answer)
    assert answer.status_code == 422
    assert page.all("div", role="alert")
    assert "<script>alert" not in page.html
    assert ("checked" in page.one("input", name="exclusive")) == ("exclusive" in typed)
    assert rule(home) == before


@pytest.mark.parametrize("path", ["/authorities/movie/nope", "/authorities/nope/plot", "/authorities/movie/still",
                                  "/authorities/%00/plot", "/authorities/movie/%00", "/authorities/movie"])  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_not_there_is_not_found(web, path, method):
    assert web.open(path, method=method, data={"etag": "x"}).status_code == 404


@pytest.mark.parametrize("kind", ["abc", "", "MOVIE", "0", "%00", "<script>"])
def test_an_unknown_kind_is_not_found(web, kind):
    assert web.get(f"/authorities?kind={kind}").status_code == 404


def test_without_an_etag_nothing_is_stored(web, home):
    before = rule(home)
    assert web.post(PLOT, data={"providers": ["omdb"], "do": "save"}).status_code == 422
    assert rule(home) == before


def test_another_rule_that_somebody_changed_meanwhile_is_no_hindrance(web, home):
    sent = {**form(web), "providers": ["omdb"], "do": ["save"]}
    web.post("/authorities/movie/genres", data={**form(web, "/authorities/movie/genres"), "providers": ["omdb"]})
    assert web.post(PLOT, data=sent).status_code == 303
    assert rule(home).providers == rule(home, "genres").providers == ("omdb",)


def test_of_the_same_rule_both_are_shown_and_a_second_save_counts(web, home):
    sent = {**form(web), "providers": ["omdb"], "do": ["save"]}
    web.post(PLOT, data={**form(web), "providers": ["tvdb"]})
    answer = web.post(PLOT, data=sent)
    page = seen(answer)
    assert answer.status_code == 409
    assert "somebody else set it to: TheTVDB" in page.text
    assert chosen(page) == ["omdb"]
    assert rule(home).providers == ("tvdb",)
    assert web.post(PLOT, data={**hidden(page), "providers": ["omdb"], "do": ["save"]}).status_code == 303
    assert rule(home).providers == ("omdb",)


def test_gaps_are_filled_or_left(web, home):
    assert seen(web.get("/authorities")).one("button", id="gaps")["aria-checked"] == "true"
    assert (
        web.post("/authorities/gaps", data={"fill_gaps": "off", "kind": "series"})
        .headers["Location"]
        .endswith("series")
    )
    assert not home.services.authorities.read().authority.fill_gaps
    answer = web.post("/authorities/gaps", data={"fill_gaps": "on"}, headers=HTMX)
    assert seen(answer).one("button", id="gaps")["aria-checked"] == "true"
    assert "Gaps are filled." in answer.headers["HX-Trigger"]
    assert web.post("/authorities/gaps", data={"fill_gaps": "x"}).status_code == 422
    assert web.post("/authorities/gaps", data={"fill_gaps": "on", "kind": "\0"}, headers=HTMX).status_code == 404
