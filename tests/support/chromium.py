"""A browser, for the journeys through the pages: Debian's Chromium without a screen, driven by Playwright.

Whatever a journey does, it ends with what no page may ever do: break its own CSP, fail in a script, or ask a host that
nobody declared.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect, sync_playwright

PROGRAM = shutil.which("chromium")
MISSING = "" if PROGRAM else "Chromium is not installed: there is no chromium on the path"
needs_chromium = pytest.mark.skipif(bool(MISSING), reason=MISSING or "-")

DESKTOP, PHONE = {"width": 1280, "height": 850}, {"width": 390, "height": 844}
PATIENCE = 20_000.0
"""Milliseconds that only a failure uses up."""
expect.set_options(timeout=PATIENCE)

_REPORT = "addEventListener('securitypolicyviolation', (e) => report(`${e.violatedDirective} ${e.blockedURI}`));"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser that reaches nothing but this machine."""
    local = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox", local])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visitor(browser: Browser, url: str, *, pictures: tuple[str, ...] = (), **options: Any) -> Iterator[Page]:
    """A page of somebody who visits the daemon at `url`. `pictures`: hosts that may be asked besides."""
    options.setdefault("viewport", DESKTOP)
    context = browser.new_context(base_url=url, **options)
    context.set_default_timeout(PATIENCE)
    violations: list[str] = []
    errors: list[str] = []
    hosts: set[str] = set()
    _watch(context, violations, errors, hosts)
    try:
        yield context.new_page()
    finally:
        context.close()
    assert violations == [], violations
    assert errors == [], errors
    assert hosts <= {urlsplit(url).netloc, *pictures}


def _watch(context: BrowserContext, violations: list[str], errors: list[str], hosts: set[str]) -> None:
    context.expose_function("report", lambda text: violations.append(text))  # noqa: PLW0108 (it marks what it is given)
    context.add_init_script(_REPORT)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("console", lambda message: errors.extend(_refused(message)))
    context.on("request", lambda request: hosts.update([urlsplit(request.url).netloc] if "://" in request.url else []))


def _refused(message: ConsoleMessage) -> list[str]:
    """What the browser says of a policy that was broken, where no script could hear of it."""
    return [message.text] if "Content Security Policy" in message.text else []


def overflow(page: Page) -> int:
    """Pixels by which a page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


def hold(page: Page, form: str) -> list[Route]:
    """Where the next forms that hold this text are kept, instead of going to the daemon."""
    held: list[Route] = []
    page.route("**/*", lambda each: held.append(each) if form in (each.request.post_data or "") else each.continue_())
    return held


def wait_until(page: Page, said: Callable[[], object]) -> None:
    """The page lives on meanwhile."""
    for _ in range(400):
        if said():
            return
        page.wait_for_timeout(50)
    pytest.fail("It did not happen.")


__all__ = ["DESKTOP", "PHONE", "chromium", "hold", "needs_chromium", "overflow", "visitor", "wait_until"]
