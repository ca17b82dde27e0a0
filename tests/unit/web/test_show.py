import pytest

from metarr.v1 import config_service_pb2 as config
from metarr.v1 import enrichment_service_pb2 as enrichment
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


@pytest.mark.parametrize("status", config.ProviderState.Status.values()[1:])
def test_every_state_of_a_provider_has_a_word_of_its_own(status):
    assert show.state(config.ProviderState(status=status)).word != "Unknown"


@pytest.mark.parametrize("state", enrichment.Job.State.values()[1:])
def test_every_state_of_a_job_has_a_word_of_its_own(state):
    assert show.job_state(enrichment.Job(state=state)).word != "Unknown"
