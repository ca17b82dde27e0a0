"""The page Jobs."""

import re

import pytest

from harness import put_enriched
from house.jobs.test_jobs import at_work, finished
from metarr.jobs.jobs import Order
from metarr.store.jobs import JobEdit, JobKind, Scope
from pages import HTMX, seen


def test_without_any_it_says_what_to_do(web):
    assert "No job yet" in seen(web.get("/jobs")).text


def test_one_is_started_shown_and_cancelled(web, home):
    home.add("inception")
    page = seen(web.get("/jobs"))
    sent = {"request_id": page.one("input", name="request_id")["value"]}
    started = web.post("/jobs", data=sent)
    assert started.headers["Location"].startswith("/jobs/")
    assert web.post("/jobs", data=sent).headers["Location"] == started.headers["Location"], "sent twice, begun once"
    job = seen(web.get(started.headers["Location"]))
    assert "Look up titles" in job.text
    assert "Queued" in job.text  # nothing works it off here
    assert job.all("div", id="job", hx_trigger="every 2s, look-again from:body")
    assert "Look up titles" in seen(web.get("/jobs")).text
    cancelled = web.post(f"{started.headers['Location']}/cancel")
    assert cancelled.headers["Location"] == started.headers["Location"]
    job = seen(web.get(started.headers["Location"]))
    assert "Cancelled" in job.text
    assert "hx-trigger" not in job.one("div", id="job"), "what has ended is not looked at again"


@pytest.mark.slow
def test_what_one_changed_is_taken_back_after_a_look_and_that_too(web, home):
    films = put_enriched(home, "inception", "fight-club").values()
    with at_work(home):
        lock = Order(scope=Scope(), kind=JobKind.UPDATE, edit=JobEdit(lock=("plot",)))
        job = finished(home, home.services.jobs.submit(lock))
    page = seen(web.get(f"/jobs/{job.id}"))
    assert page.one("button", id="undo")
    shown = seen(web.post(f"/jobs/{job.id}/undo", data={"do": "preview"}))
    assert "2 fields of 2 titles would go back" in shown.text
    assert all(home.item(film).fields["plot"].locked for film in films)
    done = seen(web.post(f"/jobs/{job.id}/undo", data={"do": "undo", "group": ""}))
    assert "2 fields of 2 titles went back" in done.text
    assert not any(home.item(film).fields["plot"].locked for film in films)
    again = {"do": "undo", "group": done.one("input", name="group")["value"]}
    assert "2 fields of 2 titles went back" in seen(web.post(f"/jobs/{job.id}/undo", data=again)).text
    assert all(home.item(film).fields["plot"].locked for film in films)


def test_many_are_shown_by_the_page(web, home):
    home.add("inception")
    for number in range(21):
        job_id = web.post("/jobs", data={"request_id": f"number-{number}"}).headers["Location"]
        web.post(f"{job_id}/cancel")
    page = seen(web.get("/jobs"))
    [after] = [has["href"] for has in page.all("a") if "page=" in has.get("href", "")]
    assert len(page.all("li", class_="row")) == 20
    assert "1 to 20" in page.text
    rest = seen(web.get(after))
    assert len(rest.all("li", class_="row")) == 1
    assert "21 to 21" in rest.text
    for junk in ("x", "-1", "9" * 5000, "%00"):
        assert "to 21" not in seen(web.get(re.sub("first=21", f"first={junk}", after))).text
    assert rest.all("a", href="/jobs", class_="button")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/jobs/nope", 422),
        ("GET", "/jobs/99999999999999999999999", 422),
        ("GET", "/jobs/%00", 422),
        ("GET", "/jobs/" + "x" * 3000, 422),
        ("POST", "/jobs/nope/cancel", 422),
        ("POST", "/jobs/777/cancel", 404),
        ("POST", "/jobs/777/undo", 404),
        ("POST", "/jobs/nope/undo", 422),
        ("GET", "/jobs?page=junk", 422),
        ("GET", "/jobs?page=%00", 422),
        ("GET", "/jobs?page=" + "x" * 5000, 422),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_not_there_gets_a_page(web, method, path, status, headers):
    assert web.open(path, method=method, headers=headers).status_code == status
