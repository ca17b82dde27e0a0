import pytest

from metarr.web import show

LINK = 'Free, at <a href="https://x.test/a?b=1&amp;c" rel="noopener" target="_blank">https://x.test/a?b=1&amp;c</a>.'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("Free, at https://x.test/a?b=1&c.", LINK),
        ("<b>'", "&lt;b&gt;&#39;"),
        ("javascript:alert(1)", "javascript:alert(1)"),
    ],
)
def test_addresses_in_a_text_are_links_and_nothing_else_is_markup(text, html):
    assert show.linked(text) == html
