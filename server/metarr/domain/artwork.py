"""Choosing among the artwork candidates of one provider."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from operator import attrgetter

from metarr.domain.equality import image_key
from metarr.domain.fields import Field, Textless
from metarr.domain.languages import LanguagePolicy, TitleLanguages, base, image_rank
from metarr.domain.languages import region as region_of
from metarr.domain.values import Artwork, Image, Struct

SIZE_CLASSES = (400, 900, 1800, 3600)
"""Widths in pixels at which an image counts as a class larger. Within a class, votes decide, not pixels."""

_VOTES = attrgetter("votes")


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
    slots = 1 + (policy.extra_fanart if field.name == "fanart" else 0)
    chosen: dict[str, Image] = {}
    for tier in _tiers(field, candidates, wanted):
        if slots == 1 and (first := _first(tier, stored or ())).url.startswith("https://"):
            return (first,)
        for image in _ranked(tier, stored or ()):
            if not image.url.startswith("https://"):
                continue
            if slots == 1:
                return (image,)
            chosen.setdefault(image_key(image), image)
            if len(chosen) == slots:
                return tuple(chosen.values())
    return tuple(chosen.values()) or None


def in_order_of_choice(field: Field, candidates: Artwork, wanted: TitleLanguages) -> list[Image]:
    """The acceptable ones among a provider's candidates, as they would be chosen where nothing is stored."""
    ranked = (image for tier in _tiers(field, candidates, wanted) for image in _ranked(tier, ()))
    return [image for image in ranked if image.url.startswith("https://")]


def why_not_acceptable(field: Field, image: Image, wanted: TitleLanguages) -> str:
    """What keeps an image from being chosen, for a person to read; "": nothing."""
    if not image.url.startswith("https://"):
        return "has no https address"
    if 0 < image.width < field.min_width:
        return f"is narrower than {field.min_width} pixels"
    if image_rank(field, image.language, wanted) is not None:
        return ""
    if not image.language:
        return "bears no text"
    return "bears text" if field.textless is Textless.ONLY else "is in a language that is not wanted"


def _tiers(field: Field, candidates: Artwork, wanted: TitleLanguages) -> Iterator[list[Image]]:
    """The acceptable candidates by language, then region, then size class, the best first."""
    languages = {image.language for image in candidates}  # candidates are many: so little is done for each of them
    ranked = [(rank, each) for each in languages if (rank := image_rank(field, each, wanted)) is not None]
    for _, language in sorted(ranked):
        images = [image for image in candidates if image.language == language]
        regions = {image.region for image in images}
        elsewhere = {each for each in regions if _elsewhere(language, each, wanted.policy)}
        if not elsewhere:
            yield from _by_size(field, images)
            continue
        yield from _by_size(field, [image for image in images if image.region not in elsewhere])
        yield from _by_size(field, [image for image in images if image.region in elsewhere])


def _by_size(field: Field, images: list[Image]) -> Iterator[list[Image]]:
    """The images that are large enough by their size class, the largest first."""
    widths = {image.width for image in images}
    classes: defaultdict[int, set[int]] = defaultdict(set)
    for width in widths:
        if not 0 < width < field.min_width:
            classes[bisect_right(SIZE_CLASSES, width)].add(width)
    for _, fitting in sorted(classes.items(), reverse=True):
        yield images if fitting == widths else [image for image in images if image.width in fitting]


def _first(members: list[Image], stored: Artwork) -> Image:
    """The first of `_ranked`, without putting the others in order."""
    if not stored:
        return max(members, key=_VOTES)
    address = stored[0].url
    for image in members:
        if image.url == address:
            return image
    return next(_ranked(members, stored))


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
    yield from sorted(members, key=_VOTES, reverse=True)


def _elsewhere(language: str, region: str, languages: LanguagePolicy) -> bool:
    """Whether an image is of another region than the owner's of its language: a French poster of Quebec's."""
    if not region or not language:
        return False
    own = {region_of(tag) for tag in languages.listed if base(tag) == language} - {""}
    return bool(own) and region not in own
