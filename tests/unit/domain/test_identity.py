from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import fragment
from metarr.domain.authority import Authority
from metarr.domain.identity import settle, trust
from metarr.domain.item import OWNER, Conflict, IdClaim
from metarr.domain.outcome import Fragment

TMDB_FIRST = Authority(priority=("tmdb", "omdb", "tvdb", "fanart"))
PROVIDERS = ("tmdb", "omdb", "tvdb", "fanart")


def claims(**by_provider: dict[str, str]) -> dict[str, Fragment]:
    """What each provider says the ids are."""
    return {provider: fragment(provider, ids=ids) for provider, ids in by_provider.items()}


def held(source: str = OWNER, **ids: str) -> dict[str, IdClaim]:
    return {id_type: IdClaim(value=value, source=source) for id_type, value in ids.items()}


def test_claims_that_agree_are_joined() -> None:
    settled = settle(
        held(tmdb="1"), claims(tmdb={"tmdb": "1", "imdb": "tt1"}, tvdb={"tvdb": "9", "imdb": "tt1"}), TMDB_FIRST
    )
    assert {t: (c.value, c.source) for t, c in settled.ids.items()} == {
        "tmdb": ("1", OWNER),
        "imdb": ("tt1", "tmdb"),
        "tvdb": ("9", "tvdb"),
    }
    assert settled.conflicts == ()
    assert settled.rejected == frozenset()


@pytest.mark.parametrize("source", [OWNER, "player:1", "import"])
def test_a_provider_never_replaces_the_id_of_an_owner_a_player_or_an_import(source: str) -> None:
    settled = settle(held(source, tmdb="1"), claims(tmdb={"tmdb": "2"}), TMDB_FIRST)
    assert settled.ids == held(source, tmdb="1")
    assert settled.rejected == {"tmdb"}
    assert settled.conflicts == (Conflict(id_type="tmdb", value="2", claimed_by="tmdb", stands="1"),)


def test_a_provider_s_word_about_its_own_id_beats_the_priority() -> None:
    settled = settle({}, claims(tmdb={"tvdb": "8"}, tvdb={"tvdb": "9"}), TMDB_FIRST)
    assert settled.ids["tvdb"] == IdClaim(value="9", source="tvdb")
    assert settled.rejected == {"tmdb"}


def test_between_strangers_to_an_id_the_priority_decides() -> None:
    settled = settle({}, claims(omdb={"imdb": "tt2"}, tmdb={"imdb": "tt1"}), TMDB_FIRST)
    assert settled.ids["imdb"].value == "tt1"
    assert settled.rejected == {"omdb"}


def test_a_rejected_fragment_s_other_claims_do_not_count() -> None:
    settled = settle(held(imdb="tt1"), claims(tvdb={"imdb": "tt2", "tvdb": "9", "wikidata": "Q1"}), TMDB_FIRST)
    assert settled.ids == held(imdb="tt1")


def test_nobody_is_rejected_for_contradicting_a_fragment_that_is_rejected_itself() -> None:
    """TMDB speaks about another title, so OMDb is not wrong for having another IMDb id than TMDB says."""
    settled = settle(held(tmdb="1"), claims(tmdb={"tmdb": "2", "imdb": "tt6"}, omdb={"imdb": "tt5"}), TMDB_FIRST)
    assert settled.rejected == {"tmdb"}
    assert settled.ids["imdb"] == IdClaim(value="tt5", source="omdb")
    assert [(c.id_type, c.value, c.stands) for c in settled.conflicts] == [("imdb", "tt6", "tt5"), ("tmdb", "2", "1")]


def test_where_two_contradict_each_other_the_less_trusted_one_goes() -> None:
    settled = settle({}, claims(tmdb={"tmdb": "1", "tvdb": "9"}, tvdb={"tvdb": "8", "tmdb": "2"}), TMDB_FIRST)
    assert settled.rejected == {"tvdb"}
    assert {t: c.value for t, c in settled.ids.items()} == {"tmdb": "1", "tvdb": "9"}


def test_a_provider_may_correct_its_own_earlier_claim() -> None:
    settled = settle(held("tmdb", imdb="tt1"), claims(tmdb={"imdb": "tt2"}), TMDB_FIRST)
    assert settled.ids == held("tmdb", imdb="tt2")
    assert settled.rejected == frozenset()


def test_silence_about_an_id_keeps_it() -> None:
    settled = settle(held("tmdb", imdb="tt1"), claims(tmdb={"tmdb": "1"}), TMDB_FIRST)
    assert settled.ids["imdb"] == IdClaim(value="tt1", source="tmdb")


def test_trust_falls_from_the_owner_to_the_last_provider() -> None:
    sources = [OWNER, "player:1", "import", "tvdb", "tmdb", "omdb", "fanart", "another"]
    assert (
        sorted(set(sources), key=lambda source: trust("tvdb", IdClaim(value="1", source=source), TMDB_FIRST)) == sources
    )


# Any claims, in any order.

TYPES = ("tmdb", "imdb", "tvdb")
IDS = st.dictionaries(st.sampled_from(TYPES), st.sampled_from(["1", "2", "3"]), max_size=3)
SOURCES = st.sampled_from([OWNER, "player:1", "player:2", "import", *PROVIDERS, "gone"])
HELD = st.dictionaries(
    st.sampled_from(TYPES), st.builds(IdClaim, value=st.sampled_from(["1", "2", "3"]), source=SOURCES), max_size=3
)
CLAIMED = st.dictionaries(st.sampled_from(PROVIDERS), IDS, max_size=4)


@given(HELD, CLAIMED, st.permutations(PROVIDERS), st.randoms(use_true_random=False))
def test_any_arrival_order_gives_one_result(ids: Any, claimed: Any, priority: Any, random: Any) -> None:
    authority = Authority(priority=tuple(priority))
    settled = settle(ids, claims(**claimed), authority)
    turned = list(claimed.items())
    random.shuffle(turned)
    turned_ids = dict(reversed(ids.items()))
    inner = {provider: dict(reversed(own.items())) for provider, own in turned}
    assert settle(turned_ids, claims(**inner), authority) == settled


@given(HELD, CLAIMED, st.permutations(PROVIDERS))
def test_what_settles_is_consistent_and_respects_trust(ids: Any, claimed: Any, priority: Any) -> None:
    authority = Authority(priority=tuple(priority))
    settled = settle(ids, claims(**claimed), authority)
    adopted = {id_type: claim.value for id_type, claim in settled.ids.items()}
    merged = {provider: own for provider, own in claimed.items() if provider not in settled.rejected}
    for id_type, claim in ids.items():
        assert id_type in adopted, "an absence never erases"
        if claim.source == OWNER or claim.source.startswith(("player:", "import")):
            assert settled.ids[id_type] == claim
    for provider, own in merged.items():
        assert all(adopted[id_type] == value for id_type, value in own.items()), f"{provider} contradicts"
    for id_type, claim in settled.ids.items():
        assert ids.get(id_type) == claim or merged[claim.source][id_type] == claim.value, "a rejected claim counted"
        rivals = [c for c in (ids.get(id_type),) if c is not None and c.source not in merged]
        assert all(trust(id_type, claim, authority) <= trust(id_type, rival, authority) for rival in rivals)
    for provider in settled.rejected:
        against = {c.id_type: c.value for c in settled.conflicts if c.claimed_by == provider}
        wrong = {
            id_type: value for id_type, value in claimed[provider].items() if adopted.get(id_type) not in (None, value)
        }
        assert against == wrong
        assert against, f"{provider} was rejected for nothing"
    assert {c.claimed_by for c in settled.conflicts} == set(settled.rejected)


@given(HELD, CLAIMED, st.permutations(PROVIDERS))
def test_settling_again_changes_nothing(ids: Any, claimed: Any, priority: Any) -> None:
    authority = Authority(priority=tuple(priority))
    once = settle(ids, claims(**claimed), authority)
    merged = {provider: own for provider, own in claimed.items() if provider not in once.rejected}
    assert settle(once.ids, claims(**merged), authority).ids == once.ids
