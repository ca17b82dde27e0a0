"""Which language a text or an image is in, and how far down the owner's list that stands.

Language comes before provider: a text in the owner's first language from a lesser provider is better than one in
another language from the best. Provider first would let a text flip between languages with every language that a
provider gains or loses. A *rank* is a place in that order; the merge walks the providers once for each.

For `es-ES, en`, an original language `ja` that is accepted, and a title:

    (0, 0, 0)   es-ES, es          (0, 0, 1)   called as in the original there
    (0, 1, 0)   es-MX              (0, 1, 1)
    (0, 2, 0)   a file's or a player's, which say no language (plot, tagline, outline only)
    (1, 0, 0)   en                 (1, 1, 0)   en-GB
    (2, 0, 0)   ja, the original
    (3, 0, 0)   any other: for a title alone
"""

import re
from functools import lru_cache

from metarr.domain.countries import country_code
from metarr.domain.fields import FIELDS, Field, FieldType, Textless
from metarr.domain.item import FieldValue, below_providers
from metarr.domain.outcome import Fragment
from metarr.domain.values import Artwork, Struct, Text

Rank = tuple[int, int, int]
"""The smaller the better: place in the list, the region (0: its own or none, 1: another), left empty or stated."""

_CODES = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg
ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl
nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv
sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu cn
"""
ISO_639_1 = frozenset(_CODES.split())
"""Codes that a language may have; `cn`, `mo` and `sh` are no longer standard, and TMDB uses them."""

_TAG = re.compile(r"([A-Za-z]{2})(?:[-_]([A-Za-z]{2}))?(?:[.][A-Za-z0-9-]{1,20})?", re.ASCII)


def language_tag(text: str) -> str:
    """The tag that is meant: `de_DE`, `DE-de` and `de_DE.UTF-8` are de-DE. What is none stays as it is."""
    match = _TAG.fullmatch(text.strip())
    if match is None:
        return text
    region = country_code(match[2]) if match[2] else ""
    return f"{match[1].lower()}-{region}" if region else match[1].lower()


BEST: Rank = (0, 0, 0)
TEXTLESS_FIRST: Rank = (-1, 0, 0)
AFTER_THE_FIRST: Rank = (0, 2, 0)
"""Where a file's or a player's text stands, which says no language: as good as an unknown one can be."""

TEXT_FIELDS = frozenset(
    name for name, field in FIELDS.items() if field.in_languages and field.type is not FieldType.ARTWORK
)
"""Of texts, those that exist in languages. All artwork does, too."""

_TEXTLESS_FIRST = frozenset(name for name, field in FIELDS.items() if field.textless is Textless.FIRST)

UNSTATED_AFTER_THE_FIRST = frozenset({"plot", "tagline", "outline"})
"""A file's or a player's text in these stands there. Of all else nobody knows what it would keep out: it stands last.
"""


class LanguagePolicy(Struct, frozen=True, kw_only=True, cache_hash=True):
    """`listed`: tags such as "es-ES" or "en", the best first. `original`: which of "texts", "artwork", "trailers" may
    be in a title's original language, too, after the listed ones; a title may always."""

    listed: tuple[str, ...] = ("en-US", "en")
    original: frozenset[str] = frozenset({"artwork", "trailers"})

    @property
    def bases(self) -> tuple[str, ...]:
        """The languages without their regions, the best first, each once."""
        return tuple(dict.fromkeys(base(tag) for tag in self.listed))


class TitleLanguages(Struct, frozen=True, kw_only=True, cache_hash=True):
    """What the owner wants of one title. `original`: its original language, ISO 639-1; "": not known."""

    policy: LanguagePolicy = LanguagePolicy()
    original: str = ""

    @property
    def last(self) -> Rank:
        """Where stands what is not wanted any more."""
        return (len(self.policy.listed) + 2, 0, 0)


def base(tag: str) -> str:
    """The language of a tag: "es" of "es-ES"."""
    return tag.partition("-")[0].lower()


def region(tag: str) -> str:
    """The region of a tag: "ES" of "es-ES"; "" where it states none."""
    return tag.partition("-")[2].upper()


@lru_cache(maxsize=4096)
def rank_of(field: str, language: str, wanted: TitleLanguages, implied: bool = False) -> Rank | None:
    """Where a text in a language stands; None: the owner wants none of it. `language` "": unknown, counts as the first.

    `implied`: a title that a translation leaves empty, so that it is called there as in the original.
    """
    if not language:
        return BEST
    listed, original = wanted.policy.listed, wanted.original
    for place, tag in enumerate(listed):
        if base(tag) == base(language):
            elsewhere = bool(region(tag) and region(language) and region(tag) != region(language))
            return (place, int(elsewhere), int(implied))
    if original and base(language) == base(original) and _original_accepted(field, wanted.policy):
        return (len(listed), 0, int(implied))
    return (len(listed) + 1, 0, int(implied)) if field == "title" else None


def image_rank(field: Field, language: str, wanted: TitleLanguages) -> Rank | None:
    """Where an image in a language stands ("": it bears no text); None: it is not acceptable. Regions only break ties
    among one provider's images, so they are no part of it."""
    return _image_rank(field.name, language, wanted)


@lru_cache(maxsize=4096)
def _image_rank(field: str, language: str, wanted: TitleLanguages) -> Rank | None:
    textless, policy, original = FIELDS[field].textless, wanted.policy, wanted.original
    if language == "":
        if textless is Textless.NEVER:
            return None
        if textless is Textless.ONLY:
            return BEST
        return TEXTLESS_FIRST if textless is Textless.FIRST else (len(policy.listed) + 1, 0, 0)
    if textless is Textless.ONLY:
        return None
    bases = policy.bases
    if base(language) in bases:
        return (bases.index(base(language)), 0, 0)
    if original and base(language) == base(original) and "artwork" in policy.original:
        return (len(policy.listed), 0, 0)
    return None


def stored_rank(field: Field, stored: FieldValue, wanted: TitleLanguages, *, in_list: bool) -> Rank:
    """Where the stored value stands, as the languages are now; one that is not wanted any more stands last.

    `in_list`: its source stands in the field's own list. A value stored before languages were kept counts as in the
    first one.
    """
    if field.type is FieldType.ARTWORK and stored.sources and all(map(below_providers, stored.sources)):
        return top_rank(field) if in_list else wanted.last
    if field.type is FieldType.ARTWORK:
        images: Artwork = stored.value if isinstance(stored.value, tuple) else ()  # type: ignore[assignment]
        return (image_rank(field, images[0].language, wanted) if images else None) or wanted.last
    if not stored.language and all(map(below_providers, stored.sources)) and stored.sources and not in_list:
        return unstated_rank(field.name, wanted)
    return rank_of(field.name, stored.language, wanted) or wanted.last


def unstated_rank(field: str, wanted: TitleLanguages) -> Rank:
    """Where a file's or a player's text stands that no list of the owner's names: it states no language."""
    return AFTER_THE_FIRST if field in UNSTATED_AFTER_THE_FIRST else wanted.last


def top_rank(field: Field) -> Rank:
    """Where the walk of a field begins."""
    return TEXTLESS_FIRST if field.name in _TEXTLESS_FIRST else BEST


def first_language(language: str, policy: LanguagePolicy) -> bool:
    """Whether a value in this language is what the owner wants first; an unknown one counts as that."""
    return not language or not policy.listed or base(language) == base(policy.listed[0])


def spoken(fragment: Fragment, language: str | None) -> Fragment:
    """A fragment as it was kept before texts told their languages, in today's form.

    `language`: what the provider's plain texts are in: "en"; "": as was asked; None: today it tells each text's, so
    what it said without is not to be believed, and counts as not read.
    """
    plain = {name: value for name, value in fragment.values.items() if name in TEXT_FIELDS}
    if not plain:
        return fragment
    values = {name: value for name, value in fragment.values.items() if name not in plain}
    texts = dict(fragment.texts)
    if language is not None:
        texts |= {name: (Text(value=str(value), language=language),) for name, value in plain.items()}
    return Fragment(
        provider=fragment.provider,
        kind=fragment.kind,
        ids=fragment.ids,
        values=values,
        texts=texts,
        empty=fragment.empty if language is not None else fragment.empty - TEXT_FIELDS,
        unread=fragment.unread,
        titles=fragment.titles,
        trouble=fragment.trouble,
    )


def _original_accepted(field: str, policy: LanguagePolicy) -> bool:
    if field == "title":
        return True
    return ("trailers" if field == "trailer" else "texts") in policy.original
