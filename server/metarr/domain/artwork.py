"""Choosing among the artwork candidates of one provider (design 4.4, rule 6)."""

from bisect import bisect_right
from collections import Counter

from metarr.domain.equality import image_key
from metarr.domain.fields import Field, Textless
from metarr.domain.model import Artwork, Image, Struct

SIZE_CLASSES = (400, 900, 1800, 3600)
"""Widths in pixels at which an image counts as a class larger. Within a class, votes decide, not pixels."""


class ArtworkPolicy(Struct, frozen=True, kw_only=True):
    """What artwork the owner wants: `languages`, ISO 639-1, the best first; how many fanarts besides the main one."""

    languages: tuple[str, ...] = ("en",)
    extra_fanart: int = 5


def acceptable(field: Field, image: Image, policy: ArtworkPolicy) -> bool:
    """Whether an image may be shown at all: https, large enough (unknown counts as enough), readable."""
    if not image.url.startswith("https://") or 0 < image.width < field.min_width:
        return False
    if image.language == "":
        return field.textless is not Textless.NEVER
    return field.textless is not Textless.ONLY and image.language in policy.languages


def choose(field: Field, candidates: Artwork, stored: Artwork | None, policy: ArtworkPolicy) -> Artwork | None:
    """The images to show: one, for fanart up to `extra_fanart` more. None: no candidate is acceptable.

    Language order, then size class, then votes; a stored image stays while it is still a candidate in a language
    and size class that is wanted, so that a few votes more or less never change a library.
    """
    unique = {image_key(image): image for image in reversed(candidates)}
    ranked = sorted(
        (image for image in unique.values() if acceptable(field, image, policy)),
        key=lambda image: (*_tier(field, image, policy), -image.votes, image_key(image)),
    )
    if not ranked:
        return None
    slots = 1 + (policy.extra_fanart if field.name == "fanart" else 0)
    wanted = Counter(_tier(field, image, policy) for image in ranked[:slots])
    held = {image_key(image): place for place, image in enumerate(stored or ())}
    chosen: list[Image] = []
    for tier, count in wanted.items():
        members = [image for image in ranked if _tier(field, image, policy) == tier]
        members.sort(key=lambda image: held.get(image_key(image), len(held)))
        chosen += members[:count]
    return tuple(chosen)


def _tier(field: Field, image: Image, policy: ArtworkPolicy) -> tuple[int, int]:
    """Sorts the better language and the larger size class first."""
    if image.language == "":
        language = -1 if field.textless is Textless.FIRST else len(policy.languages)
    else:
        language = policy.languages.index(image.language)
    return (language, -bisect_right(SIZE_CLASSES, image.width))
