"""The one place through which providers are called: whatever a provider does wrong costs only that provider.

A provider may be anybody's code. Its own errors pass; any other exception becomes `BadAnswer`, and what it returns
is checked against its declaration and the field catalogue before anyone else sees it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
import structlog
from msgspec.structs import replace

from metarr.domain.checked import YEARS
from metarr.domain.fields import FIELDS, FieldType, decode_value, encode_value
from metarr.domain.ids import Bearer, ExternalId, admit
from metarr.domain.languages import TEXT_FIELDS
from metarr.domain.numbering import is_order
from metarr.domain.outcome import Fragment, ListedEpisode, ListedSeason
from metarr.domain.texts import LONG_TEXTS, cleaned
from metarr.domain.values import Collection, Credit, Image, Kind, Text, Value
from metarr.errors import BadAnswer, DatabaseUnusable, ProviderError, TitleNotFound
from metarr.fetch.contract import Cancelled, Classify, Http, Response
from metarr.providers.contract import (
    Ask,
    Candidate,
    ListsEpisodes,
    LooksUp,
    Part,
    Provider,
    Query,
    Searches,
    SettingValue,
    TellsAlong,
)
from metarr.providers.reading import Malformed, each

log = structlog.get_logger(__name__)
T = TypeVar("T")

MAX_TEXT = 20_000
"""Characters of one text."""
MAX_ELEMENTS = 500
"""Elements of one list; longer ones are cut, because a series of thirty years has more cast than anyone reads."""
MAX_NUMBER = 1e15
MAX_CANDIDATES = 100
MAX_WORDS = 500
"""Characters of a name that a title goes by."""
MAX_TROUBLE = 50
MAX_EPISODES = 10_000
"""Of one list: a daily soap of forty years."""
MAX_PLACE = 100_000
"""Numbers of seasons may be years, those of episodes have five digits at most."""
ENTRY_ID = re.compile(r"[a-z]+:[A-Za-z0-9/_-]{1,60}")
MAX_ORDERS = 20
MAX_SEASONS = 1_000
MAX_NOTE = 200
LANGUAGE_TAG = re.compile(r"([a-z]{2,3}(-[A-Z]{2})?)?")
ISO_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
SHAPELESS = (TypeError, ValueError, AttributeError, KeyError, RecursionError, msgspec.MsgspecError)
"""What looking into an object of an unexpected form raises."""


def guarded(call: Callable[[], T], what: str) -> T:
    """Call a provider's code; `what` names the call in the log.

    Raises ProviderError, TitleNotFound, Cancelled, and DatabaseUnusable, where fetch could not keep what it must: that
    is no fault of the provider's. Nothing else.
    """
    try:
        return call()
    except (ProviderError, TitleNotFound, Cancelled, DatabaseUnusable):
        raise
    except (Exception, SystemExit) as error:
        log.warning("provider_call_failed", what=what, error=type(error).__name__, exc_info=True)
        raise BadAnswer(f"{what} failed with {type(error).__name__}") from error


def classify(provider: Provider) -> Classify:
    """The provider's `classify`, as fetch calls it: it never raises and never returns anything else than promised."""

    def checked(response: Response) -> ProviderError | TitleNotFound | None:
        try:
            verdict: object = guarded(lambda: provider.classify(response), f"{provider.id}.classify")
        except (ProviderError, TitleNotFound) as error:
            return error
        if verdict is None or isinstance(verdict, ProviderError | TitleNotFound):
            return verdict
        return BadAnswer(f"{provider.id}.classify returned {type(verdict).__name__}")

    return checked


def details(provider: Provider, ask: Ask, http: Http) -> Fragment:
    """Everything the provider says about a title. Raises ProviderError, TitleNotFound."""
    returned = guarded(lambda: provider.details(ask, http), f"{provider.id}.details")
    fields = guarded(lambda: provider.fields(ask.kind, ask.settings), f"{provider.id}.fields")
    return guarded(lambda: checked_fragment(provider, ask.kind, returned, fields), f"{provider.id}.details")


def lookup(provider: Provider, ask: Ask, http: Http) -> Mapping[str, str]:
    """Ids of a title, one by which the provider can be asked among them. Raises ProviderError, TitleNotFound."""
    if not isinstance(provider, LooksUp):
        raise TitleNotFound(f"{provider.id} cannot look up ids")
    finder: LooksUp = provider
    returned = guarded(lambda: finder.lookup(ask, http), f"{provider.id}.lookup")
    ids = checked_ids(ask.kind, returned)
    if not provider.asks_by.get(ask.kind, ()) or ids.keys().isdisjoint(provider.asks_by[ask.kind]):
        raise BadAnswer(f"{provider.id}.lookup returned no id by which it can be asked")
    return ids


def search(provider: Provider, query: Query, http: Http) -> tuple[Candidate, ...]:
    """Titles that may be meant; malformed candidates are dropped. Raises ProviderError, TitleNotFound."""
    if not isinstance(provider, Searches):
        return ()
    seeker: Searches = provider
    returned: object = guarded(lambda: seeker.search(query, http), f"{provider.id}.search")
    if not isinstance(returned, tuple | list):
        raise BadAnswer(f"{provider.id}.search returned {type(returned).__name__}")
    kept = [candidate for candidate in returned if _is_candidate(provider, query.kind, candidate)]
    if returned and not kept:
        raise BadAnswer(f"{provider.id}.search returned nothing that is a candidate")
    return tuple(_readable(candidate) for candidate in kept[:MAX_CANDIDATES])


def _readable(candidate: Candidate) -> Candidate:
    titles = tuple(_short_texts(candidate.titles))
    return replace(candidate, titles=titles, overview=cleaned(candidate.overview, lines=True))


def parts(provider: Provider, ask: Ask, counts: Mapping[int, int]) -> tuple[Part, ...]:
    """What there is to ask the provider about a series. Raises ProviderError."""
    if not isinstance(provider, ListsEpisodes):
        return ()
    lister: ListsEpisodes = provider
    returned: object = guarded(lambda: lister.parts(ask, counts), f"{provider.id}.parts")
    if not isinstance(returned, tuple | list) or not all(isinstance(part, Part) for part in returned):
        raise BadAnswer(f"{provider.id}.parts returned {type(returned).__name__}")
    return tuple(dict.fromkeys(returned))


def listed(provider: Provider, ask: Ask, parts: Sequence[Part], http: Http) -> dict[Part, Fragment | None]:
    """What the provider tells of these parts of a series; None for one that there is none of. Raises ProviderError,
    TitleNotFound."""
    if not isinstance(provider, ListsEpisodes):
        raise TitleNotFound(f"{provider.id} lists no episodes")
    lister: ListsEpisodes = provider
    returned: object = guarded(lambda: lister.listed(ask, parts, http), f"{provider.id}.listed")
    return _checked_parts(provider, parts, returned, f"{provider.id}.listed")


def along(provider: Provider, ask: Ask, counts: Mapping[int, int]) -> tuple[Part, ...]:
    """The parts that the answer about a series tells, too. Raises ProviderError."""
    if not isinstance(provider, TellsAlong) or not counts:
        return ()
    teller: TellsAlong = provider
    returned: object = guarded(lambda: teller.along(ask, counts), f"{provider.id}.along")
    if not isinstance(returned, tuple | list) or not all(isinstance(part, Part) for part in returned):
        raise BadAnswer(f"{provider.id}.along returned {type(returned).__name__}")
    return tuple(dict.fromkeys(returned))


def details_along(
    provider: Provider, ask: Ask, parts: Sequence[Part], http: Http
) -> tuple[Fragment, dict[Part, Fragment | None]]:
    """What `details` and `listed` tell, in one. Raises ProviderError, TitleNotFound."""
    if not parts or not isinstance(provider, TellsAlong):
        return details(provider, ask, http), {}
    teller: TellsAlong = provider
    what = f"{provider.id}.details_along"
    returned: object = guarded(lambda: teller.details_along(ask, parts, http), what)
    if not isinstance(returned, tuple) or len(returned) != 2:
        raise BadAnswer(f"{what} returned {type(returned).__name__}")
    fields = guarded(lambda: provider.fields(ask.kind, ask.settings), f"{provider.id}.fields")
    fragment = guarded(lambda: checked_fragment(provider, ask.kind, returned[0], fields), what)
    return fragment, _checked_parts(provider, parts, returned[1], what)


def _checked_parts(
    provider: Provider, parts: Sequence[Part], returned: object, what: str
) -> dict[Part, Fragment | None]:
    if not isinstance(returned, Mapping):
        raise BadAnswer(f"{what} returned {type(returned).__name__}")
    return {
        part: fragment and guarded(partial(_checked_list, provider, part, fragment), what)
        for part, fragment in returned.items()
        if part in parts
    }


def _checked_list(provider: Provider, part: Part, returned: object) -> Fragment:
    """The fragment about a season, with those of its episodes that have an id and a place. A list of all seasons says
    nothing about any of them."""
    season = checked_fragment(provider, Kind.SEASON, returned, frozenset() if part.season is None else None)
    raw = returned.listed if isinstance(returned, Fragment) else ()
    entries = each(raw[:MAX_EPISODES], partial(_checked_entry, provider))
    return replace(season, listed=tuple({entry.id: entry for entry in entries}.values()))


def _checked_entry(provider: Provider, raw: object) -> ListedEpisode | None:
    if not isinstance(raw, ListedEpisode) or not ENTRY_ID.fullmatch(raw.id):
        raise Malformed("no episode of a list")
    if not (0 <= raw.season < MAX_PLACE and 0 <= raw.number < MAX_PLACE):
        return None
    return replace(raw, fragment=checked_fragment(provider, Kind.EPISODE, raw.fragment))


def check(provider: Provider, http: Http, settings: Mapping[str, SettingValue]) -> None:
    """One cheap request that proves the settings. Raises ProviderError."""
    guarded(lambda: provider.check(http, settings), f"{provider.id}.check")


def preview(provider: Provider, url: str, field: str) -> str:
    """The address of a small version of a picture, at one of the provider's own hosts; "": there is none."""
    try:
        small: object = guarded(lambda: provider.preview(url, field), f"{provider.id}.preview")
    except (ProviderError, TitleNotFound):
        return ""
    return small if isinstance(small, str) and is_picture_of(provider, small) else ""


def is_picture_of(provider: Provider, url: str) -> bool:
    """Whether a picture is at one of the hosts that the provider declares for its own."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and parts.netloc.lower() in provider.image_hosts
    except ValueError:
        return False


def checked_fragment(
    provider: Provider, kind: Kind, returned: object, fields: frozenset[str] | None = None
) -> Fragment:
    """The fragment with every declared field in exactly one place. Raises BadAnswer where it is beyond repair.

    `told`: of the declared fields, those that the provider tells with its present settings; None: all of them.

    A malformed value makes its field unread; fields that the provider does not declare are dropped.
    """
    if not isinstance(returned, Fragment):
        raise BadAnswer(f"{provider.id}.details returned {type(returned).__name__}")
    if (returned.provider, returned.kind) != (provider.id, kind):
        raise BadAnswer(f"{provider.id}.details spoke for {returned.provider!r} about a {returned.kind!r}"[:MAX_NOTE])
    declared = provider.covers.get(kind, frozenset())
    if fields is not None:
        declared &= fields
    trouble = [str(note)[:MAX_NOTE] for note in list(returned.trouble)[:MAX_TROUBLE]]
    values: dict[str, Value] = {}
    texts: dict[str, tuple[Text, ...]] = {}
    empty = (returned.empty & declared) - returned.values.keys() - returned.texts.keys() - returned.unread
    for field, said in returned.texts.items():
        try:
            if field not in declared or field not in TEXT_FIELDS:
                raise Malformed("not declared, or in no language")
            texts[field] = checked_texts(field, said)
        except (Malformed, *SHAPELESS) as error:
            trouble.append(f"{field}: {error}"[:MAX_NOTE])
    for field, raw in returned.values.items():
        try:
            if field not in declared:
                raise Malformed("not declared")
            if field in texts:
                raise Malformed("said twice")
            value = checked_value(field, raw)
        except (Malformed, *SHAPELESS) as error:
            trouble.append(f"{field}: {error}"[:MAX_NOTE])
            continue
        if value is None:
            empty |= {field}
        else:
            values[field] = value
    return Fragment(
        provider=provider.id,
        kind=kind,
        ids=checked_ids(kind, returned.ids),
        values=values,
        texts={field: said for field, said in texts.items() if said},
        year_day=_day_in(values.get("year"), returned.year_day),
        empty=empty | {field for field, said in texts.items() if not said},
        unread=declared - values.keys() - texts.keys() - empty,
        titles=tuple(dict.fromkeys(_short_texts(returned.titles))),
        trouble=tuple(trouble[: 2 * MAX_TROUBLE]),
        orders=(orders := _checked_orders(returned)),
        order_titles=_checked_titles(returned, orders),
        seasons=tuple(_checked_seasons(provider, returned)) if kind is Kind.SERIES else (),
    )


def _checked_orders(returned: Fragment) -> tuple[str, ...]:
    return tuple(order for order in list(returned.orders)[:MAX_ORDERS] if isinstance(order, str) and is_order(order))


def _checked_titles(returned: Fragment, orders: Iterable[str]) -> dict[str, str]:
    titles: Mapping[str, object] = returned.order_titles if isinstance(returned.order_titles, Mapping) else {}
    words = ((order, titles.get(order)) for order in orders)
    return {order: cleaned(title)[:MAX_WORDS] for order, title in words if isinstance(title, str) and cleaned(title)}


def _checked_seasons(provider: Provider, returned: Fragment) -> Iterator[ListedSeason]:
    """The seasons that have a place, each once; what is said about one passes the gate by itself."""
    for season in {(one.order, one.number): one for one in _seasons_in(returned)}.values():
        fragment = season.fragment
        try:
            yield replace(season, fragment=fragment and checked_fragment(provider, Kind.SEASON, fragment))
        except (BadAnswer, *SHAPELESS):
            continue


def _seasons_in(returned: Fragment) -> list[ListedSeason]:
    def sound(raw: object) -> ListedSeason | None:
        if not isinstance(raw, ListedSeason) or not is_order(raw.order):
            raise Malformed("no season of a series")
        return raw if 0 <= raw.number < MAX_PLACE and 0 <= raw.episodes < MAX_PLACE else None

    return each(list(returned.seasons)[:MAX_SEASONS], sound)


def checked_value(field: str, raw: object) -> Value | None:
    """The value in exactly the catalogue's type; None for a value that says nothing.

    A malformed element of a list costs itself, unless nothing else is left. Raises Malformed, or what msgspec raises.
    """
    if raw is None:
        return None
    try:
        value = _typed(field, raw)
    except (Malformed, *SHAPELESS):
        if not isinstance(raw, tuple | list):
            raise
        sound: Any = each(raw[:MAX_ELEMENTS], lambda part: _typed(field, (part,)))
        value = tuple(chain.from_iterable(sound))
    value = _cleaned(field, value)
    if isinstance(value, tuple):
        kept: Any = tuple(part for part in value if _says(part))
        value = kept[:MAX_ELEMENTS]
    if isinstance(value, int | float) and not 0 <= value < MAX_NUMBER:
        raise Malformed("a number out of range")
    if field == "year" and not YEARS[0] <= int(str(value)) <= YEARS[1]:
        raise Malformed("no year of a film")
    if FIELDS[field].type is FieldType.DATE and value and not ISO_DAY.fullmatch(str(value)):
        raise Malformed("not a day written as YYYY-MM-DD")
    return None if value in ("", ()) or (isinstance(value, Collection) and not value.name) else value


def _day_in(year: Value | None, day: object) -> str:
    """The day, if it is one of that year; else ""."""
    return day if isinstance(day, str) and ISO_DAY.fullmatch(day) and day[:4] == str(year) else ""


def _typed(field: str, raw: object) -> Value:
    encoded = encode_value(raw)  # type: ignore[arg-type]
    value = decode_value(field, encoded)  # the round trip is the check
    # No text is longer than all of them together.
    if len(encoded) > MAX_TEXT and any(len(words) > MAX_TEXT for words in _texts_in(value)):
        raise Malformed(f"a text of more than {MAX_TEXT} characters")
    return value


def _says(part: str | Credit | Image) -> bool:
    """Whether an element is one: a name, a person with a name, an image with an address."""
    if isinstance(part, Image):
        return part.url.startswith("https://")
    return bool(part.name if isinstance(part, Credit) else part)


def checked_texts(field: str, raw: object) -> tuple[Text, ...]:
    """What is said in each language, each once; a malformed one costs itself. Raises Malformed where all are."""

    def read(one: object) -> Text | None:
        text = msgspec.convert(msgspec.to_builtins(one), type=Text)
        if not LANGUAGE_TAG.fullmatch(text.language):
            raise Malformed("no language such as en or pt-BR")
        value = checked_value(field, text.value)
        return replace(text, value=value) if isinstance(value, str) else None

    kept: dict[str, Text] = {}
    for text in each(raw, read)[:MAX_ELEMENTS]:
        kept.setdefault(text.language, text)
    return tuple(kept.values())


def _cleaned(field: str, value: Value) -> Value:
    """The value with every text in it cleaned; addresses of images are no texts."""
    if isinstance(value, str):
        return cleaned(value, lines=field in LONG_TEXTS)
    if isinstance(value, Collection):
        art = {name: "" for name in ("poster", "fanart") if not getattr(value, name).startswith("https://")}
        return replace(value, name=cleaned(value.name), **art)
    if not isinstance(value, tuple):
        return value
    parts: Any = tuple(map(_cleaned_part, value))
    return parts  # type: ignore[no-any-return]


def _cleaned_part(part: str | Credit | Image) -> str | Credit | Image:
    if isinstance(part, str):
        return cleaned(part)
    if isinstance(part, Image):
        return part
    name, role = cleaned(part.name), cleaned(part.role)
    return part if (name, role) == (part.name, part.role) else replace(part, name=name, role=role)


def checked_ids(kind: Kind, raw: object) -> dict[str, str]:
    """A title's external ids by type, as they are stored; whatever is no id, or another's, is dropped.

    Raises BadAnswer for what is no mapping at all.
    """
    if not isinstance(raw, Mapping):
        raise BadAnswer(f"ids came as {type(raw).__name__}")
    texts = [(t, v) for t, v in list(raw.items())[:MAX_ELEMENTS] if isinstance(t, str) and isinstance(v, str)]
    admitted = (admit(kind, id_type, value) for id_type, value in texts)
    return {each.type: each.value for each in admitted if isinstance(each, ExternalId) and each.bearer is Bearer.TITLE}


def _texts_in(value: Value) -> Iterable[str]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Collection):
        return (value.name, value.poster, value.fanart, *value.ids.values())
    parts: tuple[Any, ...] = value if isinstance(value, tuple) else ()
    return [words for part in parts for words in _texts_of(part)]


def _texts_of(part: str | Credit | Image) -> tuple[str, ...]:
    if isinstance(part, Credit):
        return (part.name, part.role, part.photo, *part.ids.values())
    return (part.url, part.language) if isinstance(part, Image) else (part,)


def _short_texts(raw: Iterable[object]) -> list[str]:
    texts = [cleaned(words) for words in list(raw)[:MAX_ELEMENTS] if isinstance(words, str) and len(words) <= MAX_WORDS]
    return [words for words in texts if words]


def _is_candidate(provider: Provider, kind: Kind, candidate: object) -> bool:
    """Whether it is a candidate of this provider and kind, of the declared types throughout."""
    if not isinstance(candidate, Candidate):
        return False
    try:
        msgspec.json.decode(msgspec.json.encode(candidate), type=Candidate)
        sane = len(candidate.overview) <= MAX_TEXT and len(candidate.titles) <= MAX_ELEMENTS
        ids = checked_ids(kind, candidate.ids)
    except (BadAnswer, *SHAPELESS):
        return False
    own = (candidate.provider, candidate.kind) == (provider.id, kind)
    return own and sane and bool(ids) and ids == candidate.ids and bool(_short_texts(candidate.titles))
