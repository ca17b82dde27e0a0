"""`metarr library undecided, identify, split`: saying which title an item is, and which it is not."""

import sys
from typing import Annotated

import typer

from metarr.cli.candidates import best_id, candidates_table, fit_of, title_of
from metarr.cli.complaints import complain
from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask
from metarr.cli.items import HOW, SERVICE, Item, listed, named
from metarr.cli.library import id_claim
from metarr.cli.output import as_json, note, say, table
from metarr.cli.text import MOST_OBJECTS, NOTHING, clean, counted, ids_text, kind_word, name_of, shown
from metarr.rpc.client import RpcFailure

SEARCH_TIMEOUT = 60.0
UNDECIDED = {"filter": {"undecided": True}}
NOTHING_WAITS = "nothing waits for you to say which title it is"


def undecided(server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """List the titles of which only you can say which ones they are, each with what it may be."""
    items, total = listed(server, UNDECIDED)
    if json:
        return as_json({"items": items, "totalSize": total})
    _tell_others(server)
    if not items:
        return note(NOTHING_WAITS)
    rows = [row for item in items for row in _rows(item)]
    table(("item", "title", "no.", "may be", "id", "fit"), rows, whole=("item", "no.", "id", "fit"))
    say()
    say("Say which it is:  metarr library identify ITEM --pick NUMBER")
    say("None of these:    metarr library identify ITEM --id imdb=tt0137523")
    return say("One by one:       metarr library identify")


def _rows(item: Answer) -> list[tuple[str, ...]]:
    head = (item["id"], name_of(item))
    candidates = item.get("candidates", [])
    if not candidates:
        return [(*head, NOTHING, "nothing was found by this title", "", "")]
    return [
        (*(head if number == 1 else ("", "")), str(number), title_of(each), best_id(each), fit_of(each))
        for number, each in enumerate(candidates, 1)
    ]


def _tell_others(server: str) -> None:
    """Tell of what is no list of this kind: titles to be searched for, and contradictions."""
    _, unknown = listed(server, {"filter": {"unidentified": True, "undecided": False}}, 1)
    if unknown:
        note(f"{counted(unknown, 'title')} still to be searched for: metarr enrich-all")
    _, conflicts = listed(server, {"filter": {"conflict": True}}, 1)
    if conflicts:
        note(f"{counted(conflicts, 'title')} with contradicting ids: metarr library list --conflicts")


def identify(
    item: Annotated[
        str, typer.Argument(metavar="ITEM", help=f"Which one: {HOW}. Without it: all undecided ones, one by one.")
    ] = "",
    *,
    ids: Annotated[
        list[str] | None,
        typer.Option("--id", metavar="TYPE=ID", help="Its true id, such as imdb=tt0137523; may be repeated."),
    ] = None,
    pick: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="The one with this number of what it may be.", min=1)
    ] = None,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Say which title an item is. Ids not named here go, and so do unlocked values that were got with them."""
    if not item:
        if ids or pick:
            raise typer.BadParameter("say which item it is", param_hint="ITEM")
        return _ask_about_all(server)
    reference = named(server, item)
    if ids:
        claims = [id_claim(text) for text in ids]
    else:
        item_found = ask(server, SERVICE, "GetItem", {"itemId": reference})["item"]
        claims = _picked(item_found, pick) if pick else _chosen(server, item_found)
    answer = _identified(server, reference, claims)
    return as_json(answer) if json else _tell(answer)


def _picked(item: Answer, number: int) -> list[Answer]:
    """The ids of what an item may be, by the number that it is listed with."""
    candidates = item.get("candidates", [])
    if not candidates:
        note(f"there is nothing to pick from for {name_of(item)}")
        note(f"to look for it: metarr search {kind_word(item)} TITLE")
        note(f"to say which it is: metarr library identify {item['id']} --id TYPE=ID")
        raise typer.Exit(1)
    if number > len(candidates):
        text = f"there are {len(candidates)} to pick from: metarr library show {item['id']}"
        raise typer.BadParameter(text, param_hint="--pick")
    return _ids(candidates[number - 1])


def _ids(candidate: Answer) -> list[Answer]:
    return [{"type": claim["type"], "value": claim["value"]} for claim in candidate.get("ids", ())]


def _identified(server: str, reference: str, claims: list[Answer]) -> Answer:
    return ask(server, SERVICE, "UpdateItem", {"itemId": reference, "ids": claims, "updateMask": "ids"})


def _tell(answer: Answer) -> None:
    item, changes = answer["item"], answer.get("changes", [])
    say(f"{name_of(item)}, item {item['id']}, is {ids_text(item)}")
    if changes:
        say(f"{counted(len(changes), 'value')} of another title removed (change-set {answer.get('changeSetId', '')}):")
        rows = [(change["field"], shown(change.get("oldValue"), MOST_OBJECTS)) for change in changes]
        table(("field", "old"), rows, whole=("field",))
    say(f"Ask the providers about it with: metarr enrich {item['id']}")


# At a terminal


def _chosen(server: str, item: Answer) -> list[Answer]:
    """The ids of the title that a person chooses of what an item may be."""
    candidates = item.get("candidates") or _searched(server, item)
    _show(item, candidates)
    if not sys.stdin.isatty():
        hint = "say which: --pick NUMBER, or --id TYPE=ID" if item.get("candidates") else "say which: --id TYPE=ID"
        raise typer.BadParameter(hint, param_hint="--id")
    claims = _asked(candidates, "Which one? Its number, or an id such as tt0137523")
    if claims is None:
        note("nothing was changed")
        raise typer.Exit(1)
    return claims


def _searched(server: str, item: Answer) -> list[Answer]:
    """What the providers find by the title of an item."""
    request = {"kind": item["kind"], "title": item.get("title", ""), "year": item.get("year", 0)}
    answer = ask(server, "AggregationService", "Search", request, SEARCH_TIMEOUT)
    candidates: list[Answer] = answer.get("candidates", [])
    return candidates


def _show(item: Answer, candidates: list[Answer]) -> None:
    say(f"{name_of(item)}: {kind_word(item)}, item {item['id']}")
    if candidates:
        candidates_table(candidates)
    else:
        say("no provider knows a title like that")


def _asked(candidates: list[Answer], question: str) -> list[Answer] | None:
    """What a person answers: the ids of the one with a number, or an id; None for nothing."""
    while text := typer.prompt(question, default="", show_default=False).strip():
        if text.isdecimal() and 1 <= int(text) <= len(candidates):
            return _ids(candidates[int(text) - 1])
        try:
            return [id_claim(text)]
        except typer.BadParameter:
            note(f"{clean(text)!r} is neither one of these numbers nor an id")
    return None


def _ask_about_all(server: str) -> None:
    """All undecided items, one after the other."""
    if not sys.stdin.isatty():
        raise typer.BadParameter("say which; metarr library undecided lists those that wait", param_hint="ITEM")
    items, _ = listed(server, UNDECIDED)
    if not items:
        return note(NOTHING_WAITS)
    done = 0
    for place, item in enumerate(items, 1):
        say()
        say(f"{place} of {len(items)}")
        candidates = item.get("candidates", [])
        _show(item, candidates)
        done += _settled(server, item, candidates)
    say()
    say(f"{counted(done, 'title')} identified, {len(items) - done} left.")
    return say("Bring them up to date with: metarr enrich-all") if done else None


def _settled(server: str, item: Answer, candidates: list[Answer]) -> bool:
    """Whether a person said which title an item is; where the daemon refuses that, it is asked again."""
    while claims := _asked(candidates, "Which one? Its number, or an id such as tt0137523; Enter leaves it"):
        try:
            identified = _identified(server, item["id"], claims)["item"]
        except RpcFailure as failure:
            if failure.code != "INVALID_ARGUMENT":
                raise
            complain(failure)
        else:
            say(f"{name_of(item)} is {ids_text(identified)}")
            return True
    return False


def split(
    item: Item,
    joined: Annotated[str, typer.Argument(metavar="JOINED", help="The item that was joined to it, by its number.")],
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Take an item apart that another one was joined to. They are not joined again by themselves."""
    answer = ask(server, SERVICE, "SplitItem", {"itemId": named(server, item), "joinedItemId": joined})
    if json:
        return as_json(answer)
    for each in (answer["item"], answer["splitItem"]):
        say(f"{name_of(each)}, item {each['id']} {ids_text(each)}".rstrip())
    return None
