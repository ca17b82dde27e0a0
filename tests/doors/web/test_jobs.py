"""The page Jobs."""

import pytest

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


def test_many_are_shown_by_the_page(web, home):
    home.add("inception")
    for number in range(21):
        job_id = web.post("/jobs", data={"request_id": f"number-{number}"}).headers["Location"]
        web.post(f"{job_id}/cancel")
    page = seen(web.get("/jobs"))
    [after] = [has["href"] for has in page.all("a") if "page=" in has.get("href", "")]
    assert len(page.all("li", class_="row")) == 20
    rest = seen(web.get(after))
    assert len(rest.all("li", class_="row")) == 1
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
        ("GET", "/jobs?page=junk", 422),
        ("GET", "/jobs?page=%00", 422),
        ("GET", "/jobs?page=" + "x" * 5000, 422),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_not_there_gets_a_page(web, method, path, status, headers):
    assert web.open(path, method=method, headers=headers).status_code == status
