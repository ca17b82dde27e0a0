"""`metarr series`: which entries of the providers' lists are which episodes; and a series as a tree."""

import re
from typing import Annotated

import typer

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask
from metarr.cli.items import HOW, SERVICE, named
from metarr.cli.output import as_json, note, say, table
from metarr.cli.text import clean, counted, name_of

app = typer.Typer(help="Tell which episode is which in the providers' lists, and in which order.", no_args_is_help=True)

Series = Annotated[str, typer.Argument(metavar="SERIES", help=f"Which one: {HOW}.")]

NONE = "none"
_OPEN = "STATE_OPEN"
_STATES = {"STATE_MISSING": "not in the library", _OPEN: "open", "STATE_REFUSED": "none, as you said"}
_RULES = {
    "decided": "as you said",
    "id": "same id",
    "number": "its number",
    "standing": "as before",
    "title+day": "title and day",
    "number+title": "number and title",
    "between": "between its neighbours",
    "season": "the whole season",
    "title": "title",
}
_NUMBER = re.compile(r"s(\d{1,5})e(\d{1,5})", re.IGNORECASE)


@app.command()
def pairs(
    series: Series,
    *,
    only_open: Annotated[bool, typer.Option("--open", help="Only entries of which it could not be told.")] = False,
    provider: Annotated[str, typer.Option(metavar="PROVIDER", help="Only this one's.")] = "",
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """List the episodes that providers list of a series, and which of the library each is."""
    state = {"state": _OPEN} if only_open else {}
    request = {"itemId": named(server, series), "provider": provider, **state}
    answer = ask(server, SERVICE, "ListPairings", request)
    if json:
        return as_json(answer)
    records = answer.get("pairings", [])
    if not records:
        return say("nothing is open" if only_open else "no list of its episodes was read yet: metarr enrich SERIES")
    rows = [
        (clean(each["entry"]), _number(each), clean(each.get("title", "")), each.get("releaseDate", ""), _which(each))
        for each in records
    ]
    table(("entry", "listed as", "title", "day", "is"), rows, whole=("entry", "listed as", "day"))
    if any(each["state"] == _OPEN for each in records):
        say()
        say("Say which one is open: metarr series pair SERIES ENTRY EPISODE")
    return None


@app.command()
def pair(
    series: Series,
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="As `pairs` lists it, such as tmdb:1399/1/3.")],
    episode: Annotated[
        str, typer.Argument(metavar="EPISODE", help="Such as S01E03, or its item; none: it is none of the library's.")
    ] = "",
    *,
    clear: Annotated[bool, typer.Option("--clear", help="Let the rules decide again.")] = False,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Say which episode an entry is. Nobody is asked; what was got of it for another episode goes."""
    if bool(episode) == clear:
        raise typer.BadParameter("say which episode it is, or give --clear", param_hint="EPISODE")
    reference = named(server, series)
    item_id = "" if clear or episode.lower() == NONE else _episode(server, reference, episode)
    request = {"seriesId": reference, "entry": entry, "itemId": item_id, "clear": clear}
    answer = ask(server, SERVICE, "SetPairing", request)
    if json:
        return as_json(answer)
    record = answer["pairing"]
    say(f"{clean(record['entry'])} {clean(record.get('title', ''))!r}: {_which(record)}")
    changed = answer.get("changedItems", 0)
    say(f"{counted(changed, 'item')} changed" if changed else "nothing changed")
    if answer.get("groupId"):
        say(f"Undo that with: metarr undo --group {answer['groupId']}")
    return None


def _episode(server: str, series: str, text: str) -> str:
    """The item of an episode, by its number within the series or as items are named."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return named(server, text)
    tree = ask(server, SERVICE, "GetSeriesTree", {"itemId": series})
    for season in tree.get("seasons", ()):
        for each in season.get("episodes", ()):
            place = (season.get("seasonNumber", 0), each.get("episodeNumber", 0))
            if "item" in each and place == (int(match[1]), int(match[2])):
                return str(each["item"]["id"])
    note(f"{name_of(tree['item'])} has no episode {clean(text)} in the library")
    raise typer.Exit(1)


def _which(pairing: Answer) -> str:
    """Which episode an entry is, and why."""
    if pairing["state"] in _STATES:
        return _STATES[pairing["state"]]
    item = pairing.get("item", {})
    place = _number({**item, "seasonNumber": item.get("seasonNumber", 0)})
    other = ", numbered otherwise" if pairing.get("numberedOtherwise") else ""
    return f"{place} ({_RULES.get(pairing.get('rule', ''), pairing.get('rule', ''))}{other})"


def _number(place: Answer) -> str:
    return f"S{place.get('seasonNumber', 0):02}E{place.get('episodeNumber', 0):02}"


# A tree


def show_tree(server: str, reference: str, *, json: bool) -> None:
    """What `library show --tree` shows: the seasons and episodes of a series, and what is missing."""
    tree = ask(server, SERVICE, "GetSeriesTree", {"itemId": reference})
    if json:
        return as_json(tree)
    say(f"{name_of(tree['item'])}, item {tree['item']['id']}")
    for season in tree.get("seasons", ()):
        episodes = season.get("episodes", [])
        missing = season.get("missing", 0)
        there = f"{len(episodes) - missing} of {counted(len(episodes), 'episode')}" if episodes else "no episodes"
        say()
        say(f"{_season(season)}: {there} in the library")
        if "item" in season:
            table(("item", "number", "title", "day"), [_row(season, each) for each in episodes], whole=("item", "day"))
    return None


def _season(season: Answer) -> str:
    number = season.get("seasonNumber", 0)
    name = f"Season {number}" if number else "Specials"
    title = season.get("item", {}).get("title", "")
    return f"{name}, {clean(title)}" if title and title != name else name


def _row(season: Answer, episode: Answer) -> tuple[str, str, str, str]:
    place = _number({**episode, "seasonNumber": season.get("seasonNumber", 0)})
    item = episode["item"]["id"] if "item" in episode else "missing"
    return (item, place, clean(episode.get("title", "")), episode.get("releaseDate", ""))
