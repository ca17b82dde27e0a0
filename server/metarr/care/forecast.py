"""What a daily quota means for a library: how long until everything is covered, and whether it is enough at all.

Pure: how many items there are and wait is counted elsewhere.
"""

import math

from metarr.domain.freshness import TTL


def days_to_cover(waiting: int, left_today: int, quota: int) -> int:
    """Days until so many items have been asked about; 0: today's rest of the quota suffices."""
    return math.ceil(max(0, waiting - left_today) / quota)


def advice(name: str, items: int, quota: int) -> str:
    """What to consider where a library is larger than what a quota can keep fresh; "" where it is not."""
    days = TTL.days
    if items <= quota * days:
        return ""
    return (
        f"{items} items are more than {quota} requests a day keep fresh ({quota * days} at {days} days an answer): "
        f"answers of {name} get up to {math.ceil(items / quota)} days old. A key for {math.ceil(items / days)} "
        "requests a day would keep all of them fresh; enter its quota as daily_quota"
    )
