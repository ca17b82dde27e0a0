import pytest

from metarr.domain.languages import ISO_639_1
from metarr.domain.matching import PENALTIES
from metarr.store.changes import CAUSES
from metarr.v1 import common_pb2 as common
from metarr.v1 import config_service_pb2 as config
from metarr.v1 import enrichment_service_pb2 as enrichment
from metarr.web import show
from metarr.web.languages import language_name

LINK = 'Free, at <a href="https://x.test/a?b=1&amp;c" rel="noopener" target="_blank">https://x.test/a?b=1&amp;c</a>.'

LINKED_HOST = '<a href="https://x.test/" rel="noopener" target="_blank">https://x.test/</a>'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("no answer", "No answer."),
        ("done!", "Done!"),
        ("fanart.tv answered", "fanart.tv answered."),
        ("nothing. at all", "Nothing. at all."),
    ],
)
def test_a_text_becomes_a_sentence_and_a_name_is_spelled_as_it_is(text, said):
    assert show.sentence(text) == said


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("Free, at https://x.test/a?b=1&c.", LINK),
        ("<b>'", "&lt;b&gt;&#39;"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("such as http://proxy.lan:3128.", "such as http://proxy.lan:3128."),
        ('https://x.test/"><b>', LINKED_HOST + "&#34;&gt;&lt;b&gt;"),
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


@pytest.mark.parametrize("code", CAUSES)
def test_every_cause_of_a_change_has_a_word(code):
    assert show.cause(code) != code


@pytest.mark.parametrize("status", common.ProviderOutcome.Status.values()[1:])
def test_every_outcome_has_a_word(status):
    assert show.outcome(common.ProviderOutcome(status=status)).word != "is not known"


@pytest.mark.parametrize("kind", common.MediaKind.values()[1:])
def test_every_kind_has_a_word(kind):
    assert show.kind_word(kind) != "Unknown"


@pytest.mark.parametrize(
    ("conflict", "text"),
    [
        ({"type": "imdb", "value": "tt2", "held": "tt1"}, "says imdb:tt2; imdb:tt1 stands"),
        ({"type": "title", "value": "A (1999)", "held": "B (2001)"}, "tells of A (1999), not of B (2001)"),
        ({"type": "tmdb", "value": "", "held": "7"}, "has no tmdb:7 any more, nor another one of this title"),
        (
            {"type": "tmdb", "value": "7", "held": "item 3", "held_by_item_id": "3"},
            "says that it is tmdb:7, which is another one in the library",
        ),
    ],
)
def test_a_conflict_says_what_contradicts_what(conflict, text):
    assert show.conflict(common.IdConflict(**conflict)) == text


@pytest.mark.parametrize(
    ("penalties", "words"),
    [
        ({}, "Fits"),
        ({"provider_rank": 0.02}, "Fits"),
        ({"alternative_title": 0.03}, "Fits"),
        ({"name_only": 0.16}, "Same title"),
        ({"name_only": 0.16, "provider_rank": 0.002, "alternative_title": 0.03}, "Same title"),
        ({"year_unknown": 0.16}, "Same title"),
        ({"title": 0.018, "name_only": 0.16}, "Nearly the same title"),
        ({"title": 0.03}, "Fits"),
        ({"year_off_by_one": 0.06}, "Same title, a year apart"),
        ({"year_off_by_one": 0.06, "namesake": 0.1}, "Same title, a year apart"),
        ({"title": 0.018, "year": 0.45}, "Nearly the same title, another year"),
        ({"country": 0.15, "name_only": 0.16}, "Same title, another country"),
        ({"title": 0.096}, "A title like it"),
        ({"title": 0.26, "year": 0.45}, "Another title"),
    ],
)
def test_how_well_a_title_fits_is_said_in_words(penalties, words):
    assert show.fit(common.Candidate(penalties=penalties)).word == words


@pytest.mark.parametrize(
    ("tag", "name"),
    [("en", "English"), ("pt-BR", "Portuguese (BR)"), ("cn", "Cantonese"), ("xx", "xx"), ("", ""), ("de-", "German")],
)
def test_a_language_is_called_by_its_name(tag, name):
    assert language_name(tag) == name


def test_every_language_that_a_setting_takes_has_a_name():
    assert not [code for code in ISO_639_1 if language_name(code) == code]


@pytest.mark.parametrize("code", PENALTIES)
def test_everything_that_speaks_against_a_title_has_words(code):
    assert show.penalty(code) != code
