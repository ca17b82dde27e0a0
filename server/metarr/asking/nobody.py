"""Whether anybody was heard, and what to tell where nobody was."""

from collections.abc import Mapping

from metarr.domain.outcome import Answered, NotAsked, NotFound, Outcome, Skip, Unavailable
from metarr.errors import AllLimited, AllRefused, CannotDo, NobodyAnswered, Reason

LIMITED = frozenset({Reason.RATE_LIMITED, Reason.QUOTA_EXHAUSTED})


def answered(outcomes: Mapping[str, Outcome]) -> bool:
    """Whether anybody could be heard; a "not found" that is not to be believed is nothing heard, an answer about
    another title is something that the owner has to know of."""
    return any(
        isinstance(outcome, Answered)
        or (isinstance(outcome, NotFound) and not outcome.soft)
        or (isinstance(outcome, NotAsked) and outcome.rejected is not None)
        for outcome in outcomes.values()
    )


def nobody(outcomes: Mapping[str, Outcome]) -> NobodyAnswered | CannotDo:
    """The error for an item that nobody answered about."""
    reasons = "; ".join(f"{provider}: {why_not(outcome)}" for provider, outcome in sorted(outcomes.items()))
    tried = [outcome for outcome in outcomes.values() if isinstance(outcome, Unavailable)]
    doubtful = [outcome for outcome in outcomes.values() if isinstance(outcome, NotFound)]
    planned = any(isinstance(each, NotAsked) and each.reason is Skip.PLANNED for each in outcomes.values())
    if not tried and not doubtful and not planned:
        return CannotDo(f"there is nobody to ask: {reasons or 'no provider is known'}", reason="NOBODY_TO_ASK")
    if tried and not doubtful and all(outcome.reason in LIMITED for outcome in tried):
        back = [outcome.retry_at for outcome in tried if outcome.retry_at]
        return AllLimited(f"every provider is at its limit: {reasons}", min(back, default=None))
    if tried and not doubtful and all(outcome.reason is Reason.AUTH for outcome in tried):
        return AllRefused(f"every provider refuses its key; enter a working one: {reasons}")
    return NobodyAnswered(f"no provider could be heard; nothing was changed: {reasons}")


def why_not(outcome: Outcome) -> str:
    """Why a provider gave no answer, for a person to read."""
    if isinstance(outcome, Unavailable | NotAsked):
        return f"{outcome.reason} ({outcome.detail})" if outcome.detail else str(outcome.reason)
    return "does not know the title"
