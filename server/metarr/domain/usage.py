"""What was asked of a provider on a day, and what became of it: counts, and how long its answers took."""

import math
from enum import StrEnum
from itertools import accumulate

from metarr.domain.values import Struct

STEP = math.log(1.1)
"""How long an answer took is kept to within 5 %: so thousands of them are some fifty counts, which can be added up."""


class Fate(StrEnum):
    """What became of a request. That it knows nothing of a title is an answer; a refused key is none."""

    ANSWERED = "answered"
    LIMITED = "limited"
    FAILED = "failed"


class Usage(Struct, frozen=True, kw_only=True):
    """The requests of a day by their fate. `times`: how many answers took so long, by the step of their milliseconds on
    a scale of which each step is 1.1 times the one before."""

    answered: int = 0
    limited: int = 0
    failed: int = 0
    times: dict[str, int] = {}

    @property
    def requests(self) -> int:
        """All that were sent."""
        return self.answered + self.limited + self.failed

    @property
    def median_ms(self) -> int:
        """What half of the answers took no longer than; 0: there was none."""
        steps = sorted(self.times, key=int)
        upto = accumulate(self.times[step] for step in steps)
        half = sum(self.times.values()) / 2
        return next(
            (round(math.exp(int(step) * STEP)) for step, count in zip(steps, upto, strict=True) if count >= half), 0
        )


NONE = Usage()


def of_one(fate: Fate, seconds: float) -> Usage:
    """The usage of a single request."""
    step = str(round(math.log(max(1.0, seconds * 1000)) / STEP))
    match fate:
        case Fate.ANSWERED:
            return Usage(answered=1, times={step: 1})
        case Fate.LIMITED:
            return Usage(limited=1)
    return Usage(failed=1)


def together(one: Usage, other: Usage) -> Usage:
    """Both of them."""
    times = dict(one.times)
    for step, count in other.times.items():
        times[step] = times.get(step, 0) + count
    return Usage(
        answered=one.answered + other.answered,
        limited=one.limited + other.limited,
        failed=one.failed + other.failed,
        times=times,
    )
