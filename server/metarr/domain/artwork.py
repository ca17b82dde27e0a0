"""Choosing among the artwork candidates of one provider."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from operator import attrgetter

from metarr.domain.equality import image_key
from metarr.domain.fields import Field
from metarr.domain.languages import LanguagePolicy, Rank, TitleLanguages, base, image_rank
from metarr.domain.languages import region as region_of
from metarr.domain.values import Artwork, Image, Struct

SIZE_CLASSES = (400, 900, 1800, 3600)
"""Widths in pixels at which an image counts as a class larger. Within a class, votes decide, not pixels."""

Tier = tuple[Rank, bool, int]
"""Sorts the better language first, then the own region before another one, then the larger size class."""


class ArtworkPolicy(Struct, frozen=True, kw_only=True):
    """What artwork the owner wants: how many fanarts besides the main one."""

    extra_fanart: int = 5


def choose(
    field: Field,
    candidates: Artwork,
    stored: Artwork | None,
    policy: ArtworkPolicy,
    wanted: TitleLanguages,
) -> Artwork | None:
    """The images to show: one, for fanart up to `extra_fanart` more. None: no candidate is acceptable.

    Language order, then the own region, then size class, then votes, then the provider's order; a stored image stays
    while it is still a candidate in a language, region and size class that is wanted, so that a few votes more or less
    never change a library.
    """
    groups: defaultdict[tuple[str, str, int], list[Image]] = defaultdict(list)
    for image in candidates:  # many: so nothing else is done for each of them
        groups[image.language, image.region, image.width].append(image)
    tiers: defaultdict[Tier, list[Image]] = defaultdict(list)
    ranks = {language: image_rank(field, language, wanted) for language, _, _ in groups}
    for (language, region, width), images in groups.items():
        rank = ranks[language]
        if rank is not None and not 0 < width < field.min_width:
            elsewhere = bool(region) and _elsewhere(language, region, wanted.policy)
            tiers[rank, elsewhere, -bisect_right(SIZE_CLASSES, width)] += images
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


def _elsewhere(language: str, region: str, languages: LanguagePolicy) -> bool:
    """Whether an image is of another region than the owner's of its language: a French poster of Quebec's."""
    if not region or not language:
        return False
    own = {region_of(tag) for tag in languages.listed if base(tag) == language} - {""}
    return bool(own) and region not in own
