"""The first contact: where Metarr is, what it is told, and what it may write. Nothing is written before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from metarr_adapter.address import DEFAULT_PORT
from metarr_adapter.client import Client
from metarr_adapter.errors import RpcError
from metarr_adapter.status import State, Status
from metarr_kodi import commands, texts, tokens
from metarr_kodi.contact import PATIENCE, Connect, Contact, look, problem
from metarr_kodi.leaving import closed_with_kodi
from metarr_kodi.port import Option, Port, Progress, ca_file
from metarr_kodi.preview import FILL, REPLACE, SAMPLES, preview_text
from metarr_kodi.status import current

PAUSE = 0.5
"""Seconds between two looks at how far something is."""

CONNECTING = 30.0
"""Seconds that the service has to connect."""

_SYNC = "metarr.v1.SyncService/"
_ENRICHMENT = "metarr.v1.EnrichmentService/"
_COUNTED = ("VideoLibrary.GetMovies", "VideoLibrary.GetTVShows", "VideoLibrary.GetSeasons", "VideoLibrary.GetEpisodes")
_POLICIES = (REPLACE, FILL, "")
"""In the order in which they are offered; "": none yet."""
_ENDED = {"STATE_COMPLETE", "STATE_DEGRADED", "STATE_CANCELLED", "STATE_FAILED"}


class _Look(NamedTuple):
    """A look at what a policy would change."""

    policy: str
    label: int
    heading: int


_LOOKS = (
    _Look(REPLACE, texts.SHOW_REPLACE, texts.PREVIEW_REPLACE),
    _Look(FILL, texts.SHOW_FILL, texts.PREVIEW_FILL),
)


def check(port: Port, connect: Connect = Client) -> None:
    """Say whether the daemon of the settings answers."""
    address, token = tokens.where(port)
    if address:
        finding = look(port, address, token, connect)
        withheld = finding.token_wanted and tokens.belongs_to(port)
        port.tell("Metarr", tokens.refused(port) if withheld else finding.text)
    else:
        port.tell("Metarr", port.text(texts.NOT_SET_UP))


def set_up(port: Port, connect: Connect = Client) -> None:
    """From the address to the choice of what is written. The owner may leave at any step, and come again."""
    if not _find_daemon(port, connect):
        return
    status = _wait_for_service(port)
    if not status.connected:
        port.tell(port.text(texts.SET_UP), status.error or port.text(texts.SERVICE_OFF))
        return
    address = port.setting("address")
    try:
        with _connected(port, address, connect) as client:
            _Steps(port, client, status.player_id).go()
    except RpcError as error:
        port.tell(port.text(texts.SET_UP), problem(port, address, error))


def choose_policy(port: Port, connect: Connect = Client) -> None:
    """Only the last step: what Metarr may write."""
    status = current(port)
    try:
        with _connected(port, port.setting("address"), connect) as client:
            _Steps(port, client, status.player_id).choose_policy()
    except RpcError as error:
        port.tell(port.text(texts.SET_UP), problem(port, port.setting("address"), error))


@contextmanager
def _connected(port: Port, address: str, connect: Connect) -> Iterator[Client]:
    """A client that is closed with Kodi, too."""
    made = connect(address, tokens.where(port)[1], ca_file=ca_file(port), attempts=3)
    with made as client, closed_with_kodi(port, client):
        yield client


def _find_daemon(port: Port, connect: Connect) -> bool:
    """Have the owner name a daemon that answers, and keep that. False where he left."""
    heading = port.text(texts.SET_UP)
    saved, token = tokens.where(port)
    address, tokens_by_origin = saved or f"127.0.0.1:{DEFAULT_PORT}", {tokens.origin(saved): token}
    while True:
        typed = port.ask(port.text(texts.ASK_ADDRESS), address)
        if typed is None:
            return False
        address = typed.strip()
        origin = tokens.origin(address)
        finding, tokens_by_origin[origin] = _with_token(port, address, tokens_by_origin.get(origin, ""), connect)
        if finding.ok:
            tokens.keep(port, address, tokens_by_origin[origin])
            commands.send(port, commands.CONNECT_AGAIN)
            port.tell(heading, finding.text)
            return True
        if not port.confirm(heading, finding.text, yes=port.text(texts.TRY_AGAIN), no=port.text(texts.GIVE_UP)):
            return False


def _with_token(port: Port, address: str, token: str, connect: Connect) -> tuple[Contact, str]:
    """Look, and ask for the token where only that is wrong."""
    finding = look(port, address, token, connect)
    if finding.token_wanted:
        if not token:
            other = tokens.kept_for(port)
            number = texts.TOKEN_ELSEWHERE if other not in ("", tokens.origin(address)) else texts.TOKEN_NEEDED
            port.tell(port.text(texts.SET_UP), port.text(number, address=address, known=other))
        typed = port.ask(port.text(texts.ASK_TOKEN), hidden=True)
        if typed:
            token = typed.strip()
            finding = look(port, address, token, connect)
    return finding, token


def _wait_for_service(port: Port) -> Status:
    """How the service stands when it has connected to the address of the settings, or does not."""
    wanted, left = port.setting("address"), CONNECTING
    while left > 0 and not port.pause(PAUSE):
        left -= PAUSE
        status = current(port)
        settled = status.state not in (State.CONNECTING, State.NOT_SET_UP, State.OFF)
        if status.address == wanted and settled:
            return status
    return current(port)


class _Steps:
    """What there is to do once the service is connected. Every step may raise RpcError."""

    def __init__(self, port: Port, client: Client, player_id: str) -> None:
        self._port, self._client, self._player_id = port, client, player_id
        self._heading = port.text(texts.SET_UP)

    def go(self) -> None:
        if self._report():
            if self._player().get("items"):
                self._look_up()
            else:
                self._port.tell(self._heading, self._port.text(texts.LIBRARY_EMPTY))
            self.choose_policy()

    def choose_policy(self) -> None:
        """Show what would change, and have it chosen what may."""
        port, text = self._port, self._port.text
        previews = {policy: self._preview(policy) for policy in (REPLACE, FILL)}
        present = self._player().get("policy", "")
        options = [
            self._option(
                texts.REPLACE, text(texts.REPLACE_DETAIL, items=_changed(previews[REPLACE])), present == REPLACE
            ),
            self._option(texts.FILL, text(texts.FILL_DETAIL, items=_changed(previews[FILL])), present == FILL),
            self._option(texts.NOT_YET, text(texts.NOT_YET_DETAIL), not present),
        ]
        looks = [look for look in _LOOKS if _changed(previews[look.policy])]
        options += [Option(text(look.label), text(texts.SHOW_DETAIL)) for look in looks]
        place = port.choose(text(texts.CHOOSE_POLICY), options, chosen=_POLICIES.index(present))
        while place is not None and place >= len(_POLICIES):
            look = looks[place - len(_POLICIES)]
            port.show(text(look.heading), preview_text(port, previews[look.policy]))
            place = port.choose(text(texts.CHOOSE_POLICY), options, chosen=place)
        if place is not None and _POLICIES[place]:
            self._call("UpdatePlayer", policy=_POLICIES[place], updateMask="policy")
            port.notify(text(texts.CHOSEN))
        elif not present:
            port.notify(text(texts.NOTHING_WRITTEN))

    def _option(self, label: int, detail: str, present: bool) -> Option:
        now = f" {self._port.text(texts.KEEP_POLICY)}" if present else ""
        return Option(self._port.text(label) + now, detail)

    def _preview(self, policy: str) -> dict[str, Any]:
        return self._call("PreviewSync", policy=policy, samples=SAMPLES)

    def _report(self) -> bool:
        """Wait until the service has told the whole library; whether it has."""
        total = max(1, self._entries_in_kodi())
        with self._port.progress(self._heading, self._port.text(texts.REPORTING)) as bar:
            while not (player := self._player()).get("reportedAt"):
                done = min(player.get("items", 0), total)
                bar.update(100 * done // total, self._port.text(texts.REPORTED_SO_FAR, done=done, total=total))
                if bar.cancelled or self._port.pause(PAUSE):
                    self._port.tell(self._heading, self._port.text(texts.REPORT_GOES_ON))
                    return False
        return True

    def _look_up(self) -> None:
        """Offer to look the library up, and show how far that is."""
        port, text = self._port, self._port.text
        items = self._player().get("items", 0)
        question = f"{text(texts.REPORTED, items=items)}\n{text(texts.LOOK_UP)}"
        if not port.confirm(self._heading, question, yes=text(texts.LOOK_UP_NOW), no=text(texts.LATER)):
            return
        with port.progress(text(texts.LOOKING_UP)) as bar:
            job = self._followed(self._start_job(), bar)
        if job.get("state") not in _ENDED:
            port.notify(text(texts.LOOK_UP_LEFT))
        elif job["state"] == "STATE_FAILED":
            port.tell(self._heading, text(texts.LOOK_UP_FAILED, why=job.get("detail", "")))
        else:
            summary = text(texts.LOOKED_UP, changed=job.get("changed", 0), total=job.get("total", 0))
            port.tell(self._heading, "\n".join(filter(None, (summary, job.get("detail", "")))))

    def _start_job(self) -> dict[str, Any]:
        message = {"all": True, "mode": "ENRICHMENT_MODE_AUTO"}
        return self._client.call(_ENRICHMENT + "StartEnrichment", message, timeout=PATIENCE)["job"]  # type: ignore[no-any-return]

    def _followed(self, job: dict[str, Any], bar: Progress) -> dict[str, Any]:
        """The job as it is when it has ended, or when the owner does not want to wait any more."""
        while job.get("state") not in _ENDED:
            done, total = job.get("done", 0), job.get("total", 0)
            line = self._port.text(texts.LOOKED_UP_SO_FAR, done=done, total=total, changed=job.get("changed", 0))
            bar.update(100 * min(done, total) // max(1, total), line)
            if bar.cancelled or self._port.pause(PAUSE):
                break
            job = self._client.call(_ENRICHMENT + "GetJob", {"jobId": job["id"]}, timeout=PATIENCE)["job"]
        return job

    def _player(self) -> dict[str, Any]:
        players = self._client.call(_SYNC + "ListPlayers", {}, timeout=PATIENCE).get("players", [])
        return next((player for player in players if player["id"] == self._player_id), {})

    def _call(self, method: str, **message: Any) -> dict[str, Any]:
        return self._client.call(_SYNC + method, {"playerId": self._player_id, **message}, timeout=4 * PATIENCE)

    def _entries_in_kodi(self) -> int:
        answers = (self._port.rpc(method, limits={"start": 0, "end": 1}) for method in _COUNTED)
        return sum(answer["limits"]["total"] for answer in answers)


def _changed(preview: dict[str, Any]) -> int:
    return int(preview.get("changedItems", 0))
