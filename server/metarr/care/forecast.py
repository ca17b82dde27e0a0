"""What a daily quota means for a library: how long until everything is covered.

Pure: how many requests it takes, and how many wait, is counted elsewhere.
"""

import math


def days_to_cover(waiting: int, left_today: int, quota: int) -> int:
    """Days until so many requests have been made; 0: today's rest of the quota suffices."""
    return math.ceil(max(0, waiting - left_today) / quota)
