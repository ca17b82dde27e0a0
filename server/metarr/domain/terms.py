"""An English word for each code that travels with values and outcomes: for clients that have none of their own."""

from collections.abc import Mapping

from metarr.domain.item import Rule
from metarr.domain.outcome import Skip
from metarr.errors import Reason

RULES: Mapping[Rule, str] = {
    Rule.FIRST: "It stands first in the field's order.",
    Rule.NEXT: "It is next in the field's order: those before it have no value.",
    Rule.GAP: "It fills a gap: nobody in the field's own order has a value.",
    Rule.UNION: "Joined from several providers.",
    Rule.HELD: "Held: its provider cannot be heard now, so what it said last stays.",
    Rule.KEPT: "Kept: nobody has a value now.",
    Rule.OUTSIDE: "Kept, though its source no longer counts for this field.",
    Rule.LOCKED: "You locked it.",
    Rule.WITHDRAWN: "Its source has had none for two weeks.",
    Rule.VETOED: "Kept: you undid what was to replace it.",
    Rule.OWNER: "You typed it in.",
    Rule.REPORTED: "The library had it already; any provider may replace it.",
}
"""Why a value is what it is."""

REASONS: Mapping[Reason | Skip, str] = {
    Reason.RATE_LIMITED: "asked too often",
    Reason.QUOTA_EXHAUSTED: "quota used up",
    Reason.TIMEOUT: "no answer in time",
    Reason.ERROR: "it failed",
    Reason.AUTH: "its key is refused",
    Reason.CIRCUIT_OPEN: "left alone after failing repeatedly",
    Reason.DEADLINE: "no time was left for it",
    Reason.SUSPECT: "its answers look wrong",
    Reason.PROXY: "its proxy does not work",
    Skip.DISABLED: "switched off",
    Skip.NOT_CONFIGURED: "not set up",
    Skip.NOT_COVERED: "tells nothing of this kind",
    Skip.NOT_SELECTED: "was not asked",
    Skip.PLANNED: "its turn comes: the quota is short",
    Skip.NO_ID: "its id of this title is not known",
    Skip.CONFLICT: "its answer is about another title",
    Skip.UNPAIRED: "which of its episodes this is, is not known",
}
"""Why a provider was not heard."""
