"""Kodi's video library behind its JSON-RPC, as Kodi 20 was seen to behave: what Set*Details merges, replaces, ignores
and rejects, what Get*Details then answers, and the errors word for word."""

import json
import re
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from datetime import date
from typing import Any
from urllib.parse import quote

Message = dict[str, Any]

_STRING = ["null", "string"]
_INTEGER = ["null", "integer"]
_NUMBER = ["null", "number"]
_LIST = ["null", "array"]
_OBJECT = ["null", "object"]

_TYPES: Mapping[str, list[str]] = {
    **dict.fromkeys(("playcount", "runtime", "year", "top250", "userrating", "season", "episode"), _INTEGER),
    **dict.fromkeys(("director", "studio", "genre", "writer", "country", "showlink", "tag"), _LIST),
    **dict.fromkeys(("art", "resume", "ratings", "uniqueid"), _OBJECT),
    "rating": _NUMBER,
}
"""Of the parameters that are no texts."""


def _parameters(names: str) -> dict[str, list[str]]:
    return {name: _TYPES.get(name, _STRING) for name in names.split()}


PARAMETERS: Mapping[str, Mapping[str, list[str]]] = {
    "movie": _parameters(
        "title playcount runtime director studio year plot genre rating mpaa imdbnumber votes lastplayed originaltitle "
        "trailer tagline plotoutline writer country top250 sorttitle set showlink thumbnail fanart tag art resume "
        "userrating ratings dateadded premiered uniqueid"
    ),
    "tvshow": _parameters(
        "title playcount studio plot genre rating mpaa imdbnumber premiered votes lastplayed originaltitle sorttitle "
        "episodeguide thumbnail fanart tag art userrating ratings dateadded runtime status uniqueid"
    ),
    "season": _parameters("art userrating title"),
    "episode": _parameters(
        "title playcount runtime director plot rating votes lastplayed writer firstaired productioncode season episode "
        "originaltitle thumbnail fanart art resume userrating ratings dateadded uniqueid"
    ),
}
"""What Set*Details takes beside the id, in the order in which Kodi looks at it; with the types as a rejection names
them."""

_HIDDEN = {"status", "showlink", "fanart", "thumbnail", "imdbnumber", "rating", "votes"}
_TOLD = {
    "movie": {"year", "file", "setid", "imdbnumber", "rating", "votes", "streamdetails"},
    "tvshow": {"year", "file", "episode", "season", "watchedepisodes", "imdbnumber", "rating", "votes"},
    "season": {"season", "episode", "showtitle", "playcount", "tvshowid", "watchedepisodes"},
    "episode": {"file", "showtitle", "tvshowid", "seasonid", "rating", "votes", "streamdetails"},
}
PROPERTIES = {kind: (set(PARAMETERS[kind]) - _HIDDEN) | _TOLD[kind] for kind in PARAMETERS}
"""What Get*Details can be asked for."""

_PLURALS = {"movie": "movies", "tvshow": "tvshows", "season": "seasons", "episode": "episodes"}
_NAMES = {"Movie": "movie", "TVShow": "tvshow", "Season": "season", "Episode": "episode"}
_MOST = 2**31 - 1
_BLANKS = " \t\n\v\f\r"
_EMPTY = {"string": "", "integer": 0, "number": 0.0, "array": [], "object": {}}
_UNION = "Received value does not match any of the union type definitions"


def _passes(item: Message, wanted: Message) -> bool:
    """Whether a filter lets an item through: rules of the operator "is", which tells no case apart, or several."""
    if "and" in wanted:
        return all(_passes(item, rule) for rule in wanted["and"])
    return not wanted or str(item.get(wanted["field"], "")).casefold() == wanted["value"].casefold()


class Rejected(Exception):
    """A call that Kodi refuses; `error` is the object of its answer."""

    def __init__(self, error: Message) -> None:
        super().__init__(json.dumps(error))
        self.error = error


class FakeKodi:
    """A library in memory. `calls` are the calls that came, `notifications` what Kodi told everybody.

    `unknown`: parameters that this Kodi does not know, as an older one would not.
    """

    def __init__(self, unknown: Iterable[str] = ()) -> None:
        self.calls: list[tuple[str, Message]] = []
        self.notifications: list[tuple[str, Message]] = []
        self._items: dict[str, dict[int, Message]] = {kind: {} for kind in PARAMETERS}
        self._durations: dict[tuple[str, int], int] = {}
        self._default_ids: dict[tuple[str, int], str] = {}
        self._sets: dict[str, str] = {}
        self.set_art: dict[str, dict[str, str]] = {}
        """Of the sets by title the pictures."""
        self._unknown = frozenset(unknown)

    # The doors

    def rpc(self, method: str, **params: Any) -> Any:
        """One call. Raises Rejected."""
        self.calls.append((method, deepcopy(params)))
        if method == "JSONRPC.Ping":
            return "pong"
        if method.endswith("MovieSetDetails"):
            return self._of_set(method, params)
        name = re.fullmatch(r"VideoLibrary\.(Get|Set)(\w+?)(Details|s)", method)
        kind = _NAMES.get(name[2]) if name else None
        if name is None or kind is None or name[1] + name[3] == "Sets":
            raise Rejected({"code": -32601, "message": "Method not found."})
        work = {"GetDetails": self._get, "SetDetails": self._set, "Gets": self._get_all}[name[1] + name[3]]
        return deepcopy(work(method, kind, params))

    def execute(self, text: str) -> str:
        """A request, or a batch of them, as JSON; the answer as JSON, as `xbmc.executeJSONRPC` does it."""
        message = json.loads(text)
        several = message if isinstance(message, list) else [message]
        answers = [self._answer(each) for each in several]
        return json.dumps(answers if isinstance(message, list) else answers[0])

    def writes(self) -> list[tuple[str, Message]]:
        """The calls that change the library."""
        return [(method, params) for method, params in self.calls if ".Set" in method]

    def _answer(self, message: Message) -> Message:
        head = {"id": message.get("id"), "jsonrpc": "2.0"}
        try:
            return {**head, "result": self.rpc(message["method"], **message.get("params", {}))}
        except Rejected as rejected:
            return {**head, "error": rejected.error}

    def _of_set(self, method: str, params: Message) -> Any:
        title = list(self._sets.values())[params["setid"] - 1]
        art = self.set_art.setdefault(title, {})
        if method == "VideoLibrary.SetMovieSetDetails":
            art.update(params["art"])
            return "OK"
        shown = {key: _wrapped(url) for key, url in art.items()}
        return {"setdetails": {"setid": params["setid"], "label": title, "art": shown}}

    # What stands in the library

    def add(self, kind: str, *, default_id: str = "", duration: int = 0, **details: Any) -> int:
        """A new item of a kind, as a scan brings it; returns its id.

        `duration`: seconds that Kodi found in the file of a movie or an episode. `default_id`: the type of its
        default id. Art is given as addresses, a rating as {"rating": …, "votes": …, "default": …}.
        """
        number = max(self._items[kind], default=0) + 1
        blank = {name: deepcopy(_EMPTY[types[1]]) for name, types in PARAMETERS[kind].items()}
        blank.update({_DAY[kind]: _no_day(kind)} if kind in _DAY else {})
        self._items[kind][number] = {"file": f"/media/{kind}/{number}.mkv", **blank, **deepcopy(details)}
        self._sets.setdefault(_folded(details.get("set", "")), details.get("set", ""))
        self._durations[kind, number] = duration
        self._default_ids[kind, number] = default_id or next(iter(details.get("uniqueid", {})), "")
        return number

    def remove(self, kind: str, number: int) -> None:
        del self._items[kind][number]
        self.notifications.append(("VideoLibrary.OnRemove", {"id": number, "type": kind}))

    def status(self, show: int) -> str:
        """What Kodi never tells."""
        return str(self._items["tvshow"][show]["status"])

    def default_id(self, kind: str, number: int) -> str:
        """The type of the id that Kodi takes for the item's default."""
        return self._default_ids[kind, number]

    # Reading

    def _get(self, method: str, kind: str, params: Message) -> Message:
        number = self._checked_id(method, kind, params)
        properties = params.get("properties", [])
        _check_properties(method, kind, properties)
        self._held(method, kind, params, {"properties": ["array"]})
        return {f"{kind}details": self._shown(kind, number, properties)}

    def _get_all(self, method: str, kind: str, params: Message) -> Message:
        properties = params.get("properties", [])
        _check_properties(method, kind, properties)
        asked = {name: params[name] for name in ("tvshowid", "season") if name in params}
        numbers = [
            number
            for number, item in self._items[kind].items()
            if all(item.get(name) == value for name, value in asked.items() if value != -1)
            and _passes(item, params.get("filter", {}))
        ]
        limits = params.get("limits", {})
        start, end = limits.get("start", 0), limits.get("end", -1)
        chosen = numbers[start : end if end > 0 else None]
        shown = [self._shown(kind, number, properties) for number in chosen]
        return {
            "limits": {"start": start, "end": start + len(chosen), "total": len(numbers)},
            **({_PLURALS[kind]: shown} if shown else {}),
        }

    def _shown(self, kind: str, number: int, properties: list[str]) -> Message:
        item = self._items[kind][number]
        told = {name: self._property(kind, number, item, name) for name in properties}
        if "streamdetails" in told and self._durations[kind, number]:
            told["runtime"] = self._durations[kind, number]
        if told.get("uniqueid") == {}:
            del told["uniqueid"]
        return {"label": item["title"], f"{kind}id": number, **told}

    def _property(self, kind: str, number: int, item: Message, name: str) -> Any:
        ratings = item.get("ratings", {})
        default: Message = next((each for each in ratings.values() if each["default"]), {})
        special: dict[str, Callable[[], Any]] = {
            "art": lambda: self._art(kind, item),
            "rating": lambda: default.get("rating", 0.0),
            "votes": lambda: str(default.get("votes", 0)),
            "imdbnumber": lambda: item["uniqueid"].get(self._default_ids[kind, number], ""),
            "year": lambda: int(item["premiered"][:4]) if item["premiered"] else item.get("year", 0),
            "showtitle": lambda: self._items["tvshow"].get(item.get("tvshowid", 0), {}).get("title", ""),
            "setid": lambda: list(self._sets).index(_folded(item["set"])) + 1 if item.get("set") else 0,
            "streamdetails": lambda: {"video": [{"duration": self._durations[kind, number]}]},
        }
        return special[name]() if name in special else item.get(name, 0)

    def _art(self, kind: str, item: Message) -> Message:
        """Its own art and a symbol; an episode shows that of its show and season too."""
        symbol = "image://DefaultVideo.png/" if kind in ("movie", "episode") else "image://DefaultFolder.png/"
        parents = {"tvshow": "tvshowid", "season": "seasonid"} if kind == "episode" else {}
        inherited = {
            f"{parent}.{name}": _wrapped(url)
            for parent, link in parents.items()
            for name, url in self._items[parent].get(item.get(link, 0), {}).get("art", {}).items()
        }
        return {"icon": symbol, **inherited, **{name: _wrapped(url) for name, url in item["art"].items()}}

    # Writing

    def _set(self, method: str, kind: str, params: Message) -> str:
        known = {name: types for name, types in PARAMETERS[kind].items() if name not in self._unknown}
        number = self._checked_id(method, kind, params)
        for name, types in known.items():
            if name in params:
                _check(method, name, types, params[name])
        item = self._held(method, kind, params, known)
        self._take_over_duration(kind, number, item, params)
        for name, value in params.items():
            if value is not None and name != f"{kind}id":
                self._write(kind, number, item, name, value)
        if kind in ("movie", "episode") and params.get("playcount") is not None:
            told = {"item": {"id": number, "type": kind}, "playcount": params["playcount"]}
            self.notifications.append(("VideoLibrary.OnUpdate", told))
        return "OK"

    def _checked_id(self, method: str, kind: str, params: Message) -> int:
        name = f"{kind}id"
        number = params.get(name)
        shape = {"name": name, "type": "integer"}
        if number is None:
            raise _rejection(method, {"message": "Missing parameter", **shape})
        if isinstance(number, bool) or not isinstance(number, int):
            raise _rejection(method, {"message": f"Invalid type {_type(number)} received", **shape})
        if not 1 <= number <= _MOST:
            bounds = f"Value between 1 (inclusive) and {_MOST} (inclusive) expected but {number} received"
            raise _rejection(method, {"message": bounds, **shape})
        return number

    def _held(self, method: str, kind: str, params: Message, known: Mapping[str, list[str]]) -> Message:
        """The item that a call is about. Kodi looks for it when all else is right."""
        if set(params) - set(known) - {f"{kind}id"}:
            looked_at = [{"name": name, "type": types} for name, types in known.items() if name in params]
            last = looked_at[-1] if looked_at else {"name": f"{kind}id", "type": "integer"}
            raise _rejection(method, last, message="Too many parameters")
        if params[f"{kind}id"] not in self._items[kind]:
            raise Rejected({"code": -32602, "message": "Invalid params."})
        return self._items[kind][params[f"{kind}id"]]

    def _take_over_duration(self, kind: str, number: int, item: Message, params: Message) -> None:
        """The trap: a call that is silent about the runtime has the length of the file put in its place."""
        duration = self._durations[kind, number]
        if duration and params.get("runtime") is None:
            item["runtime"] = duration

    def _write(self, kind: str, number: int, item: Message, name: str, value: Any) -> None:
        if name == "ratings":
            _merge_ratings(item["ratings"], value, removable=kind != "episode")
        elif name == "uniqueid":
            self._merge_ids(kind, number, item["uniqueid"], value)
        elif name == "art":
            _merge(item["art"], value)
        elif name in ("premiered", "firstaired"):
            # What is no date empties that of a movie or a show, and leaves that of an episode.
            unread = item[name] if kind == "episode" and value else _no_day(kind)
            item[name] = value if _is_day(value) else unread
            item["year"] = 0
        elif name == "tag":
            self._write_tags(kind, number, value)
        elif name == "set":
            # A set stays in the library, in its first spelling, also when no movie is in it any more.
            item[name] = self._sets.setdefault(_folded(value.strip(_BLANKS)), value.strip(_BLANKS))
        elif isinstance(value, list):
            item[name] = _rejoined(value)
        elif isinstance(value, str):
            text = value.partition("\0")[0].strip(_BLANKS)
            item[name] = text if text or kind != "season" else item[name]
        else:
            item[name] = value % 2**32 if name == "runtime" else value

    def _write_tags(self, kind: str, number: int, value: list[str]) -> None:
        """A tag is one row for all that bear it, in the spelling of whoever bore it first, while anybody does."""
        others = [item for (its_kind, its_number), item in self._all() if (its_kind, its_number) != (kind, number)]
        borne = {_folded(tag): tag for item in reversed(others) for tag in item.get("tag", ())}
        tags = {_folded(tag): tag for tag in reversed([text.strip(_BLANKS) for text in value])}
        given = dict.fromkeys(_folded(text.strip(_BLANKS)) for text in value)
        self._items[kind][number]["tag"] = [borne.get(key, tags[key]) for key in given if key]

    def _all(self) -> Iterator[tuple[tuple[str, int], Message]]:
        for kind, items in self._items.items():
            for number, item in items.items():
                yield (kind, number), item

    def _merge_ids(self, kind: str, number: int, held: Message, value: Message) -> None:
        """The default id stays whatever is asked, and so does every id of an episode."""
        default = self._default_ids[kind, number]
        _merge(held, {key: text for key, text in value.items() if text or (key != default and kind != "episode")})


# How values are stored


def _merge(held: Message, news: Message) -> None:
    for key, value in news.items():
        if value is None:
            held.pop(key, None)
        else:
            held[key] = value


def _merge_ratings(held: Message, news: Message, *, removable: bool) -> None:
    """Ratings of 0 and beyond 10 are ignored; of several only one is the default, and one always is."""
    before = next((key for key, each in held.items() if each["default"]), "")
    for key, each in news.items():
        if each is None and removable:
            held.pop(key, None)
        elif each and 0 < each["rating"] <= 10:
            rating = struct.unpack("f", struct.pack("f", each["rating"]))[0]
            held[key] = {"rating": rating, "votes": each.get("votes", 0), "default": False}
    leading = [key for key, each in news.items() if each and each.get("default") and key in held]
    first = next((key for key in (*leading[-1:], before, *sorted(held)) if key in held), "")
    for key, each in held.items():
        each["default"] = key == first


def _rejoined(elements: list[str]) -> list[str]:
    """Lists are stored as one text."""
    joined = " / ".join(text.strip(_BLANKS) for text in elements)
    return [text.strip(_BLANKS) for text in joined.split(" / ")] if joined else []


_DAY = {"movie": "premiered", "tvshow": "premiered", "episode": "firstaired"}


def _no_day(kind: str) -> str:
    return "" if kind == "movie" else "1970-01-01"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _folded(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _wrapped(url: str) -> str:
    if url.startswith("image://"):
        return url
    # Kodi leaves other signs alone than `quote` does, and writes its numbers in lower case.
    plain = quote(url, safe="!()").replace("~", "%7e")
    return "image://" + re.sub(r"%[0-9A-F]{2}", lambda code: code[0].lower(), plain) + "/"


# Rejections


def _rejection(method: str, stack: Message, **data: Any) -> Rejected:
    return Rejected({"code": -32602, "message": "Invalid params.", "data": {**data, "method": method, "stack": stack}})


def _check_properties(method: str, kind: str, properties: list[str]) -> None:
    for place, name in enumerate(properties):
        if name not in PROPERTIES[kind]:
            wrong = "Received value does not match any of the defined enum values"
            stack = {"name": "Item.Fields.Base", "type": "array", "property": {"message": wrong, "type": "string"}}
            raise _rejection(method, {"message": f"array element at index {place} does not match", **stack})


def _type(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _check(method: str, name: str, types: list[str], value: Any) -> None:
    """Raises Rejected where a parameter has a type, or holds something, that Kodi does not take."""
    if name == "ratings":
        _check_ratings(method, value)
    elif _type(value) not in types and (_type(value), types[1]) != ("integer", "number"):
        raise _rejection(method, {"message": f"Invalid type {_type(value)} received", "name": name, "type": types})
    elif types is _INTEGER and value is not None and not -(2**31) <= value <= _MOST:
        bounds = f"Value between {-(2**31)} (inclusive) and {_MOST} (inclusive) expected but {-(2**31)} received"
        raise _rejection(method, {"message": bounds, "name": name, "type": types})
    elif isinstance(value, list | dict) and name != "resume" and not _complete(value):
        raise _rejection(method, {"message": _UNION, "name": name, "type": types})


def _complete(value: list[Any] | Message) -> bool:
    """Whether a list holds texts only, none of them empty, and an object such texts or null."""
    texts = value if isinstance(value, list) else [text for text in value.values() if text is not None]
    return all(isinstance(text, str) and text for text in texts)


def _check_ratings(method: str, value: Any) -> None:
    stack = {"name": "ratings", "type": "object"}
    if value is None:
        raise _rejection(method, {"message": "Received value is null", **stack})
    if not isinstance(value, dict):
        raise _rejection(method, {"message": f"Invalid type {_type(value)} received", **stack})
    for each in value.values():
        if each is None:
            continue
        if not isinstance(each, dict):
            wrong = {"message": f"Invalid type {_type(each)} received", "type": _OBJECT}
            raise _rejection(method, {**stack, "property": wrong})
        right = (
            _type(each.get("rating")) in ("number", "integer")
            and _type(each.get("votes", 0)) == "integer"
            and -(2**31) <= each.get("votes", 0) <= _MOST
            and isinstance(each.get("default", False), bool)
        )
        if not right:
            raise _rejection(method, {**stack, "property": {"message": _UNION, "type": _OBJECT}})
