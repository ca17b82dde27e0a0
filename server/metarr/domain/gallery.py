"""The pictures that an item could have in a field: all that providers have, as they would be chosen, and why not."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from metarr.domain.artwork import in_order_of_choice, why_not_acceptable
from metarr.domain.equality import image_key
from metarr.domain.evidence import answer_of, in_order
from metarr.domain.fields import Field
from metarr.domain.item import MediaItem
from metarr.domain.languages import TitleLanguages, image_rank
from metarr.domain.merge import Coverage, MergePolicy, stored_languages
from metarr.domain.outcome import Answered, NotAsked, Outcome
from metarr.domain.values import Artwork, Image, Struct

ABOUT_ANOTHER = "spoke about a title with other ids"
UNHEARD = "the field does not listen to it"


class Picture(Struct, frozen=True, kw_only=True):
    """A picture that an item could have. `provider`: who has it, or who said what the item holds. `chosen`: the item
    holds it. `why_not`: why it would not be chosen by itself, for a person to read; "": it could be."""

    image: Image
    provider: str
    chosen: bool = False
    why_not: str = ""


def gallery(
    item: MediaItem, field: Field, outcomes: Mapping[str, Outcome], policy: MergePolicy, coverage: Coverage
) -> list[Picture]:
    """Those that the item holds; then the others, by rank of their language, then by the field's order of providers,
    as they would be chosen; then those that would not be. The same picture of two providers comes twice."""
    wanted = stored_languages(item, policy)
    offers = {p: images for p, outcome in outcomes.items() if (images := _candidates(field, outcome))}
    able = {p for p in offers if field.name in coverage.get(p, ()) and not _is_rejected(outcomes[p])}
    order = policy.authority.order(item.kind, field.name, able)
    places = [*order, *policy.authority.by_priority(p for p in offers if p not in order)]
    kept = _places_of_stored(item, field)
    pictures = [
        Picture(image=image, provider=provider, chosen=image_key(image) in kept, why_not=why_not)
        for provider in places
        for image, why_not in _with_reasons(
            field, offers[provider], wanted, _against(outcomes[provider], provider, order)
        )
    ]
    ranked = sorted(
        pictures, key=lambda each: (bool(each.why_not), image_rank(field, each.image.language, wanted) or wanted.last)
    )
    chosen = sorted((each for each in ranked if each.chosen), key=lambda each: kept[image_key(each.image)])
    return [*_of_nobody(item, field, chosen), *chosen, *(each for each in ranked if not each.chosen)]


def _candidates(field: Field, outcome: Outcome) -> Artwork:
    """What an outcome offers, also where it is about another title by all appearances: the owner may know better."""
    if not in_order(outcome):
        return ()
    answer = outcome.rejected if _is_rejected(outcome) and isinstance(outcome, NotAsked) else answer_of(outcome)
    value = answer.fragment.values.get(field.name) if isinstance(answer, Answered) else None
    return value if isinstance(value, tuple) else ()  # type: ignore[return-value]


def _is_rejected(outcome: Outcome) -> bool:
    return isinstance(outcome, NotAsked) and outcome.rejected is not None


def _against(outcome: Outcome, provider: str, order: Collection[str]) -> str:
    """What keeps all pictures of a provider from being chosen; "": nothing."""
    if _is_rejected(outcome):
        return ABOUT_ANOTHER
    return "" if provider in order else UNHEARD


def _with_reasons(field: Field, images: Artwork, wanted: TitleLanguages, against: str) -> Iterator[tuple[Image, str]]:
    acceptable = in_order_of_choice(field, images, wanted)
    yield from ((image, against) for image in acceptable)
    passed = set(acceptable)
    for image in images:
        if image not in passed:
            yield image, why_not_acceptable(field, image, wanted) or against


def _places_of_stored(item: MediaItem, field: Field) -> dict[str, int]:
    """By what identifies them, the places of the images that the item holds."""
    stored = item.fields.get(field.name)
    images: Artwork = stored.value if stored is not None and isinstance(stored.value, tuple) else ()  # type: ignore[assignment]
    return {image_key(image): place for place, image in reversed(list(enumerate(images)))}


def _of_nobody(item: MediaItem, field: Field, chosen: Iterable[Picture]) -> Iterator[Picture]:
    """What the item holds and nobody offers: typed in, a file's, or gone at its provider."""
    stored, offered = item.fields.get(field.name), {image_key(each.image) for each in chosen}
    if stored is None or not isinstance(stored.value, tuple):
        return
    images: Artwork = stored.value  # type: ignore[assignment]
    for image in images:
        if image_key(image) not in offered:
            yield Picture(image=image, provider="+".join(stored.sources), chosen=True)
