"""When so many of something are touched at once that it is no coincidence."""


def too_many(count: int, of: int, *, least: int, share: float) -> bool:
    """Whether `count` of so many are at least `least`, and more than this share."""
    return count >= least and count > share * of
