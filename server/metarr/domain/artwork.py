"""Choosing among the artwork candidates of one provider."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from operator import attrgetter

from metarr.domain.equality import image_key
from metarr.domain.fields import Field, Textless
from metarr.domain.values import Artwork, Image, Struct

SIZE_CLASSES = (400, 900, 1800, 3600)
"""Widths in pixels at which an image counts as a class larger. Within a class, votes decide, not pixels."""

Tier = tuple[int, int]
"""Sorts the better language and the larger size class first."""


class ArtworkPolicy(Struct, frozen=True, kw_only=True):
    """What artwork the owner wants: `languages`, ISO 639-1, the best first; how many fanarts besides the main one."""

    languages: tuple[str, ...] = ("en",)
    extra_fanart: int = 5


def acceptable(field: Field, image: Image, policy: ArtworkPolicy) -> bool:
    """Whether an image may be shown at all: https, large enough (unknown counts as enough), readable."""
    return _reachable(image) and _tier(field, image.language, image.width, policy) is not None


def choose(field: Field, candidates: Artwork, stored: Artwork | None, policy: ArtworkPolicy) -> Artwork | None:
    """The images to show: one, for fanart up to `extra_fanart` more. None: no candidate is acceptable.

    Language order, then size class, then votes, then the provider's order; a stored image stays while it is still
    a candidate in a language and size class that is wanted, so that a few votes more or less never change a library.
    """
    groups: defaultdict[tuple[str, int], list[Image]] = defaultdict(list)
    for image in candidates:  # many: so nothing else is done for each of them
        groups[image.language, image.width].append(image)
    tiers: defaultdict[Tier, list[Image]] = defaultdict(list)
    for (language, width), images in groups.items():
        tier = _tier(field, language, width, policy)
        if tier is not None:
            tiers[tier] += images
    slots = 1 + (policy.extra_fanart if field.name == "fanart" else 0)
    best = (image for tier in sorted(tiers) for image in _ranked(tiers[tier], stored or ()) if _reachable(image))
    if slots == 1:
        return next(((image,) for image in best), None)
    chosen: dict[str, Image] = {}
    for image in best:
        chosen.setdefault(image_key(image), image)
        if len(chosen) == slots:
            break
    return tuple(chosen.values()) or None


def _ranked(members: list[Image], stored: Artwork) -> Iterator[Image]:
    """The images of one tier: what is stored in its order, then the others by votes."""
    if stored:
        places = {image.url: place for place, image in enumerate(stored)}
        kept = [image for image in members if image.url in places]
        if len(kept) < len(places):  # the same image may have come with another scheme or query
            place_of = {image_key(image): place for place, image in enumerate(stored)}
            places = {image.url: place_of[key] for image in members if (key := image_key(image)) in place_of}
            kept = [image for image in members if image.url in places]
        yield from sorted(kept, key=lambda image: places[image.url])
    yield from sorted(members, key=attrgetter("votes"), reverse=True)


def _reachable(image: Image) -> bool:
    return image.url.startswith("https://")


def _tier(field: Field, language: str, width: int, policy: ArtworkPolicy) -> Tier | None:
    """Where images of this language and width stand; None: they are not acceptable."""
    if 0 < width < field.min_width:
        return None
    size = -bisect_right(SIZE_CLASSES, width)
    if language == "":
        first = -1 if field.textless is Textless.FIRST else len(policy.languages)
        return None if field.textless is Textless.NEVER else (first, size)
    if field.textless is Textless.ONLY or language not in policy.languages:
        return None
    return (policy.languages.index(language), size)
