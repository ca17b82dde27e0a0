"""Which external ids an item has, when several sources claim them.

The owner's word counts most, then a player's, then what the item was imported with; then a provider's word about
its own ids, then the global priority; a weak id less than any. The result does not depend on the order in which claims
arrive.
"""

from collections.abc import Mapping

from metarr.domain.authority import Authority
from metarr.domain.ids import identifying
from metarr.domain.item import OWNER, Conflict, IdClaim, below_providers
from metarr.domain.outcome import Fragment
from metarr.domain.values import Struct


class Settled(Struct, frozen=True, kw_only=True):
    """The ids that stand, the claims that contradict them, and the providers that speak about another title."""

    ids: dict[str, IdClaim]
    conflicts: tuple[Conflict, ...] = ()
    rejected: frozenset[str] = frozenset()


def settle(ids: Mapping[str, IdClaim], fragments: Mapping[str, Fragment], authority: Authority) -> Settled:
    """Join the known ids with what the fragments (by provider) claim.

    A fragment of which any id contradicts a more trusted one is about another title: all its claims go, and it is
    not to be merged. One that contradicts only such a fragment is taken back.
    """
    speaking = dict(fragments)
    adopted = _adopt(ids, speaking, authority)
    while (wrong := _most_wrong(speaking, adopted, authority)) is not None:
        del speaking[wrong]
        adopted = _adopt(ids, speaking, authority)
    for provider in authority.by_priority(fragments.keys() - speaking.keys()):
        again = {**speaking, provider: fragments[provider]}
        adopted_again = _adopt(ids, again, authority)
        if _most_wrong(again, adopted_again, authority) is None:
            speaking, adopted = again, adopted_again
    rejected = frozenset(fragments) - frozenset(speaking)
    conflicts = [
        Conflict(id_type=id_type, value=value, claimed_by=provider, stands=adopted[id_type].value)
        for provider in rejected
        for id_type, value in _against(fragments[provider], adopted)
    ]
    conflicts.sort(key=lambda conflict: (conflict.id_type, conflict.claimed_by, conflict.value))
    return Settled(ids=adopted, conflicts=tuple(conflicts), rejected=rejected)


def _most_wrong(fragments: Mapping[str, Fragment], adopted: Mapping[str, IdClaim], authority: Authority) -> str | None:
    """The least trusted provider that contradicts a more trusted id; its claims may be the whole trouble."""
    wrong = [provider for provider, fragment in fragments.items() if _against(fragment, adopted)]
    return max(wrong, key=authority.trust, default=None)


def _against(fragment: Fragment, adopted: Mapping[str, IdClaim]) -> list[tuple[str, str]]:
    """The claims of a fragment that contradict the adopted ids; only what identifies a title contradicts."""
    claims = identifying(fragment.kind, fragment.ids)
    return [(t, value) for t, value in claims.items() if t in adopted and adopted[t].value != value]


def _adopt(ids: Mapping[str, IdClaim], fragments: Mapping[str, Fragment], authority: Authority) -> dict[str, IdClaim]:
    """For every id type the most trusted claim. What a provider says now replaces what it said before."""
    claims = [
        (id_type, claim)
        for id_type, claim in ids.items()
        if claim.source not in fragments or id_type not in fragments[claim.source].ids
    ]
    for provider, fragment in fragments.items():
        claims += [(id_type, IdClaim(value=value, source=provider)) for id_type, value in fragment.ids.items()]
    claims.sort(key=lambda pair: (pair[0], trust(pair[0], pair[1], authority), pair[1].value))
    adopted: dict[str, IdClaim] = {}
    for id_type, claim in claims:
        adopted.setdefault(id_type, claim)
    return adopted


def by_hand(source: str) -> bool:
    """Whether a person, a player or an import named the id, and no provider."""
    return source == OWNER or source.startswith("player:") or below_providers(source)


def trust(id_type: str, claim: IdClaim, authority: Authority) -> tuple[bool, int, int, str]:
    """Sorts claims of an id by how much their word counts, the most trusted first. A weak one counts less than any."""
    source = claim.source
    if source == OWNER:
        rank: tuple[int, int, str] = (0, 0, source)
    elif source.startswith("player:"):
        rank = (1, 0, source)
    elif below_providers(source):
        rank = (2, 0, source)
    else:
        rank = (3 if source == id_type else 4, *authority.trust(source))
    return (claim.weak, *rank)
