"""What went wrong, in the words of who typed the command."""

import pytest
from typer.main import get_command

from metarr.cli.commands import app
from metarr.cli.complaints import NEXT_STEPS, typed_name
from metarr.rpc.client import RpcFailure


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("item_id", "ITEM"),
        ("item_ids[17]", "ITEM"),
        ("items[0].year", "year"),
        ("items[0].ids[1].value", "--id"),
        ("items[0].ids.imdb", "--id"),
        ("items[0].fields.imdb_rating", "imdb_rating"),
        ("items[0].series.title", "series.title"),
        ("fields.plot", "plot"),
        ("lock_fields.plott", "FIELD"),
        ("ids.tmdb", "--id"),
        ("filter.missing_field", "--missing"),
        ("filter.pending_provider", "--awaited"),
        ("filter.title_contains", "--title"),
        ("filter.kind", "kind"),
        ("settings.api_key", "api_key"),
        ("settings", "settings"),
        ("authorities.fields[0].providers[1]", "PROVIDER"),
        ("authorities.fields[0].field", "KIND.FIELD"),
        ("authorities.provider_priority", "PROVIDER"),
        ("reset_fields[0]", "KIND.FIELD"),
        ("providers[0]", "PROVIDER"),
        ("page_size", "--limit"),
        ("something_new", "something_new"),
        ("", ""),
    ],
)
def test_paths_of_the_contract_become_what_was_typed(path, name):
    assert typed_name(path) == name


@pytest.mark.parametrize("reason", NEXT_STEPS)
def test_what_may_be_done_is_told_after_what_went_wrong(metarr, daemon, reason):
    daemon.answers["LibraryService", "GetItem"] = RpcFailure("FAILED_PRECONDITION", "It went wrong.", reason)
    assert metarr("library", "show", "imdb:tt0137523") == (
        1, "", f"metarr: It went wrong.\nmetarr: {NEXT_STEPS[reason]}\n",
    )  # fmt: skip


def everything(command=None, words=()):
    command = command or get_command(app)
    yield words, command
    for name, nested in getattr(command, "commands", {}).items():
        yield from everything(nested, (*words, name))


@pytest.mark.parametrize("words", [words for words, _ in everything()], ids=" ".join)
def test_every_command_explains_itself_by_either_option(metarr, words):
    assert metarr(*words, "-h") == metarr(*words, "--help")
    assert metarr(*words, "-h").out.startswith(f"Usage: {' '.join(('metarr', *words))}")


HIDDEN = {("export",): ("decisions", "export"), ("import",): ("decisions", "import"),
          ("library", "restore"): ("library", "undelete")}  # fmt: skip


def test_names_of_before_are_taken_and_not_shown(metarr):
    found = dict(everything())
    assert {words for words, command in found.items() if command.hidden} == HIDDEN.keys()
    for words, now in HIDDEN.items():
        assert [each.opts for each in found[words].params] == [each.opts for each in found[now].params]
        listed = metarr(*words[:-1], "-h").out.partition("Commands:")[2]
        assert words[-1] not in [line.split()[0] for line in listed.splitlines() if line.strip()]


def test_no_two_commands_that_are_shown_bear_one_name_but_for_what_they_are_about():
    """`import` and `restore` alone say what they do: the one is of titles or of decisions, the other of a backup."""
    shown = [words for words, command in everything() if not command.hidden and not hasattr(command, "commands")]
    assert [words for words in shown if words[-1] == "restore"] == [("restore",)]
    assert sorted(words for words in shown if words[-1] == "import") == [("decisions", "import"), ("library", "import")]
