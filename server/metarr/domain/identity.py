"""Which external ids an item has, when several sources claim them (design 4.6).

The owner's word counts most, then a player's, then what the item was imported with; then a provider's word about
its own ids, then the global priority. The result does not depend on the order in which claims arrive.
"""

from collections.abc import Mapping

from metarr.domain.authority import Authority
from metarr.domain.model import OWNER, Conflict, Fragment, IdClaim, Struct, below_providers


class Settled(Struct, frozen=True, kw_only=True):
    """The ids that stand, the claims that contradict them, and the providers that speak about another title."""

    ids: dict[str, IdClaim]
    conflicts: tuple[Conflict, ...] = ()
    rejected: frozenset[str] = frozenset()


def settle(ids: Mapping[str, IdClaim], fragments: Mapping[str, Fragment], authority: Authority) -> Settled:
    """Join the known ids with what the fragments (by provider) claim.

    A fragment of which any id contradicts a more trusted one is about another title: all its claims go, and it is
    not to be merged. The least trusted contradicting one goes first, for its claims may have been the trouble.
    """
    speaking = dict(fragments)
    conflicts: list[Conflict] = []
    while True:
        adopted = _adopt(ids, speaking, authority)
        against = {
            provider: [(t, v) for t, v in sorted(fragment.ids.items()) if t in adopted and adopted[t].value != v]
            for provider, fragment in speaking.items()
        }
        contradicting = [provider for provider, claims in against.items() if claims]
        if not contradicting:
            break
        worst = max(contradicting, key=authority.trust)
        conflicts += [
            Conflict(id_type=id_type, value=value, claimed_by=worst, held=adopted[id_type].value)
            for id_type, value in against[worst]
        ]
        del speaking[worst]
    final = tuple(
        Conflict(id_type=c.id_type, value=c.value, claimed_by=c.claimed_by, held=adopted[c.id_type].value)
        for c in conflicts
        if c.id_type in adopted and adopted[c.id_type].value != c.value
    )
    order = sorted(final, key=lambda conflict: (conflict.id_type, conflict.claimed_by, conflict.value))
    return Settled(ids=adopted, conflicts=tuple(order), rejected=frozenset(fragments) - frozenset(speaking))


def _adopt(ids: Mapping[str, IdClaim], fragments: Mapping[str, Fragment], authority: Authority) -> dict[str, IdClaim]:
    """For every id type the most trusted claim. What a provider says now replaces what it said before."""
    claims = [
        (id_type, claim)
        for id_type, claim in ids.items()
        if claim.source not in fragments or id_type not in fragments[claim.source].ids
    ]
    for provider, fragment in fragments.items():
        claims += [(id_type, IdClaim(value=value, source=provider)) for id_type, value in fragment.ids.items()]
    claims.sort(key=lambda pair: (pair[0], trust(pair[0], pair[1].source, authority), pair[1].value))
    adopted: dict[str, IdClaim] = {}
    for id_type, claim in claims:
        adopted.setdefault(id_type, claim)
    return adopted


def trust(id_type: str, source: str, authority: Authority) -> tuple[int, int, str]:
    """Sorts sources of an id by how much their word counts, the most trusted first."""
    if source == OWNER:
        return (0, 0, source)
    if source.startswith("player:"):
        return (1, 0, source)
    if below_providers(source):
        return (2, 0, source)
    return (3 if source == id_type else 4, *authority.trust(source))
