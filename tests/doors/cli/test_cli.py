import errno
import io
import json
import os
import subprocess
import sys
from types import ModuleType

import pytest

from doors.cli.messages import item
from metarr import __version__
from metarr.cli import main
from metarr.errors import Violation
from metarr.rpc.client import RpcFailure


def failure(code="UNAVAILABLE", message="", reason="", violations=(), retry_seconds=None):
    return RpcFailure(code=code, message=message, reason=reason, violations=violations, retry_seconds=retry_seconds)


def test_the_version_is_told(metarr):
    assert metarr("--version") == (0, f"metarr {__version__}\n", "")


@pytest.mark.parametrize("arguments", [["nonsense"], ["library", "show"], ["enrich", "1", "--nonsense"]])
def test_wrong_usage_exits_with_2_and_asks_nothing(metarr, daemon, arguments):
    result = metarr(*arguments)
    assert result.status == 2
    assert result.out == ""
    assert daemon.asked == []


def test_a_malformed_argument_exits_with_2_and_a_line_per_violation(metarr, daemon):
    violations = (Violation("items[0].year", "must be 0 or a year"), Violation("items[0].title", "is too long"))
    daemon.answers["LibraryService", "UpsertItems"] = failure("INVALID_ARGUMENT", "all of it", violations=violations)
    result = metarr("library", "add", "movie", "--title", "x")
    assert result.status == 2
    assert result.err == "metarr: year: must be 0 or a year\nmetarr: title: is too long\n"


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (failure("NOT_FOUND", "there is no item 99", violations=(Violation("item_id", "x"),)), "there is no item 99"),
        (failure("INTERNAL", ""), "INTERNAL"),
        (
            failure("RESOURCE_EXHAUSTED", "all are limited", retry_seconds=7200.0),
            "all are limited (try again in 2 hours)",
        ),
        (failure("UNAVAILABLE", "bad \x1b[31m text"), "bad \ufffd[31m text"),
    ],
)
def test_any_other_failure_exits_with_1_and_one_line(metarr, daemon, error, line):
    daemon.answers["LibraryService", "GetItem"] = error
    assert metarr("library", "show", "99") == (1, "", f"metarr: {line}\n")


def test_the_unexpected_shows_no_traceback(metarr, daemon):
    daemon.answers["LibraryService", "GetItem"] = KeyError("oops")
    result = metarr("library", "show", "99")
    assert result == (1, "", "metarr: unexpected KeyError: 'oops'\n")


def test_every_question_goes_to_the_server_that_was_named(metarr, daemon):
    daemon.answers["HealthService", "GetHealth"] = {"status": "STATUS_OK"}
    metarr("schedule", "show")
    metarr("schedule", "show", "--server", "127.0.0.1:7")
    assert [address for address, _ in daemon.connections] == ["127.0.0.1:50051", "127.0.0.1:7"]


def test_health_tells_daemon_and_providers(metarr, daemon):
    daemon.answers["HealthService", "GetHealth"] = answer = {
        "status": "STATUS_DEGRADED",
        "version": "0.1.0",
        "items": 18,
        "pendingItems": 1,
        "untouchedItems": 5,
        "providers": [
            {"id": "omdb", "state": {"status": "STATUS_LIMITED", "detail": "Request limit reached!", "quotaUsed": 3}}
        ],
    }
    limited = {"code": "provider_limited", "subject": "provider:omdb", "text": "Request limit reached!"}
    daemon.answers["HealthService", "ListNotices"] = {"notices": [limited]}
    result = metarr("health")
    assert result.status == 0
    assert "Metarr 0.1.0: degraded" in result.out
    assert "18 items in the library, 5 of them never asked about yet, 1 of them waiting" in result.out
    assert "omdb: Request limit reached!" in result.out
    assert json.loads(metarr("health", "--json").out) == {**answer, "notices": [limited]}


@pytest.mark.parametrize(
    "address",
    [
        "nas",
        "nas:",
        ":50051",
        "nas:port",
        "nas:0",
        "nas:70000",
        "http://nas:50051",
        "nas:50051/",
        "unix:/run/x",
        "nas:٣",
    ],
)
def test_what_is_no_address_is_wrong_usage_and_nobody_is_asked(metarr, daemon, address):
    result = metarr("health", "--server", address)
    assert result.status == 2
    assert "is not HOST:PORT, such as 127.0.0.1:50051" in " ".join(result.err.split())
    assert daemon.connections == []


def test_blanks_around_an_address_do_no_harm(metarr, daemon):
    daemon.answers["HealthService", "GetHealth"] = {"status": "STATUS_OK"}
    assert metarr("health", "--server", " [::1]:7 ").status == 0
    assert daemon.connections[-1][0] == "[::1]:7"


class Interrupted(ModuleType):
    """A module that is being loaded when Ctrl-C comes."""

    def __getattr__(self, name: str) -> None:
        if name == "run":
            raise KeyboardInterrupt
        raise AttributeError(name)


def test_ctrl_c_while_the_commands_are_loaded_shows_no_traceback(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "metarr.cli.commands", Interrupted("metarr.cli.commands"))
    with pytest.raises(SystemExit) as ended:
        main(["health"])
    assert ended.value.code == 130
    assert capsys.readouterr() == ("", "")


def test_ctrl_c_while_the_daemon_is_asked_shows_no_traceback(metarr, daemon):
    def interrupted(_):
        raise KeyboardInterrupt

    daemon.answers["HealthService", "GetHealth"] = interrupted
    result = metarr("health")
    assert (result.status, result.out, result.err.strip()) == (130, "", "")


@pytest.mark.slow
def test_what_only_the_daemon_needs_is_not_loaded_for_a_question():
    told = (
        "import sys, metarr.cli.commands; print(*{'alembic', 'cheroot', 'requests', 'sqlalchemy'} & sys.modules.keys())"
    )
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert run.stdout == "\n"


class Full(io.StringIO):
    """An output on a full disk."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_an_output_that_cannot_be_written_is_told_in_a_line(metarr, daemon, monkeypatch):
    daemon.answers["HealthService", "GetHealth"] = {"status": "STATUS_OK"}
    monkeypatch.setattr(sys, "stdout", Full())
    result = metarr("health")
    assert (result.status, result.err) == (1, "metarr: cannot go on: No space left on device\n")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /dev/full")
def test_nothing_more_is_said_at_the_exit_about_an_output_that_is_full():
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "metarr.cli", "--version"]
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (run.returncode, run.stderr) == (1, "metarr: cannot go on: No space left on device\n")


def test_without_any_output_a_command_still_does_its_work(metarr, daemon, monkeypatch):
    daemon.answers["HealthService", "GetHealth"] = {"status": "STATUS_OK"}
    monkeypatch.setattr(sys, "stdout", None)
    assert metarr("health").status == 0
    assert metarr("health", "--json").status == 0


def latin(monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="latin-1", write_through=True))
    return written


def test_a_terminal_without_the_letters_of_a_title_shows_their_numbers(metarr, daemon, monkeypatch):
    daemon.answers["LibraryService", "ListItems"] = {"items": [item(title="Amélie 東京")], "totalSize": 1}
    written = latin(monkeypatch)
    assert metarr("library", "list").status == 0
    assert "Amélie \\u6771\\u4eac" in written.getvalue().decode("latin-1")


def test_json_stays_json_where_the_output_lacks_letters(metarr, daemon, monkeypatch):
    daemon.answers["HealthService", "GetHealth"] = {"version": "é 東京 🎬"}
    written = latin(monkeypatch)
    assert metarr("health", "--json").status == 0
    assert json.loads(written.getvalue())["version"] == "é 東京 🎬"


def test_a_narrow_terminal_folds_no_word_of_a_heading(metarr, daemon, monkeypatch):
    player = {"id": "living-room", "name": "Living room " * 9, "host": "kodi"}
    daemon.answers["SyncService", "ListPlayers"] = {"players": [player]}
    monkeypatch.setenv("COLUMNS", "60")
    words = metarr("players", "list").out.partition("living-room")[0].split()
    assert {"PLAYER", "NAME", "HOST", "POLICY", "ITEMS", "PENDING", "LAST", "HEARD"} <= set(words)


@pytest.mark.slow
def test_words_are_completed():
    typed = {"_METARR_COMPLETE": "complete_bash", "COMP_WORDS": "metarr library un", "COMP_CWORD": "2"}
    command = [sys.executable, "-m", "metarr.cli"]
    run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **typed}, check=True)
    assert run.stdout.split() == ["undecided", "unlock", "unmonitor", "undelete"]


def interrupted(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("arguments", "method", "told"),
    [
        (["jobs", "watch", "7"], ("EnrichmentService", "WatchJob"), "job 7 goes on: metarr jobs watch 7"),
        (["enrich", "imdb:tt0137523"], ("EnrichmentService", "Enrich"), "metarr history imdb:tt0137523"),
        (["enrich", "imdb:tt0137523", "--dry-run"], ("EnrichmentService", "Enrich"), "nothing was changed"),
        (["authority", "apply"], ("ConfigService", "ApplyFieldAuthorities"), "what was merged stays"),
        (["authority", "apply", "--preview"], ("ConfigService", "PreviewFieldAuthorities"), "nothing was changed"),
    ],
)
def test_ctrl_c_tells_what_goes_on_all_the_same(metarr, daemon, arguments, method, told):
    daemon.answers[method] = interrupted
    result = metarr(*arguments)
    assert (result.status, result.out) == (130, "")
    assert told in result.err


def test_ctrl_c_tells_what_an_import_has_done(metarr, daemon, tmp_path):
    daemon.answers["LibraryService", "UpsertItems"] = interrupted
    (tmp_path / "a.jsonl").write_text('{"kind": "movie", "title": "Heat"}')
    result = metarr("library", "import", str(tmp_path / "a.jsonl"))
    assert (result.status, result.out) == (130, "")
    assert "what was sent so far stays" in result.err


def test_ctrl_c_while_a_new_job_is_followed_tells_that_it_goes_on(metarr, daemon):
    daemon.answers["EnrichmentService", "StartEnrichment"] = {"job": {"id": "7", "state": "STATE_QUEUED"}}
    daemon.answers["EnrichmentService", "WatchJob"] = interrupted
    result = metarr("enrich-all", "--follow")
    assert result.status == 130
    assert "metarr jobs cancel 7 ends it" in result.err
