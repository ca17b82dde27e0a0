"""The first contact: where Metarr is, what it is told, and what it may write. Nothing is written before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from metarr_adapter.address import DEFAULT_PORT
from metarr_adapter.client import Client
from metarr_adapter.errors import RpcError
from metarr_adapter.status import State, Status
from metarr_kodi import commands, texts, tokens
from metarr_kodi.consent import FILL, REPLACE, by_group, numbers, recommended
from metarr_kodi.consent import choose_groups as choose_groups_of
from metarr_kodi.contact import PATIENCE, Connect, Contact, look, problem
from metarr_kodi.leaving import closed_with_kodi
from metarr_kodi.pairing import paired
from metarr_kodi.port import Option, Port, Progress, ca_file
from metarr_kodi.preview import SAMPLES, browse
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
    if not find_daemon(port, connect):
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
    _one_step(port, connect, _Steps.choose_policy)


def choose_groups(port: Port, connect: Connect = Client) -> None:
    """What Metarr may write of texts, pictures, tags …"""
    _one_step(port, connect, _Steps.choose_groups)


def _one_step(port: Port, connect: Connect, step: Callable[[_Steps], None]) -> None:
    status = current(port)
    if not status.player_id:
        port.tell(port.text(texts.SET_UP), status.error or port.text(texts.NOT_SET_UP))
        return
    try:
        with _connected(port, port.setting("address"), connect) as client:
            step(_Steps(port, client, status.player_id))
    except RpcError as error:
        port.tell(port.text(texts.SET_UP), problem(port, port.setting("address"), error))


@contextmanager
def _connected(port: Port, address: str, connect: Connect) -> Iterator[Client]:
    """A client that is closed with Kodi, too."""
    made = connect(address, tokens.where(port)[1], ca_file=ca_file(port), attempts=3)
    with made as client, closed_with_kodi(port, client):
        yield client


def find_daemon(port: Port, connect: Connect = Client) -> bool:
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
            port.notify(finding.text)
            return True
        again, leave = port.text(texts.TRY_AGAIN), port.text(texts.GIVE_UP)
        if not port.confirm(heading, finding.text, yes=again, no=leave, onward=True):
            return False


def _with_token(port: Port, address: str, token: str, connect: Connect) -> tuple[Contact, str]:
    """Look, and have this Kodi let in, or ask for the token, where only that is wrong."""
    finding = look(port, address, token, connect)
    if finding.token_wanted:
        given = paired(port, address, connect)
        if given:
            port.notify(port.text(texts.CODE_TYPED))
            return look(port, address, given, connect), given
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
        """Tell what would change, and have it chosen what may."""
        port, text = self._port, self._port.text
        present, place = self._player().get("policy", ""), -1
        while True:
            previews = {policy: self._preview(policy) for policy in (REPLACE, FILL)}
            advised = recommended(previews)
            chosen = self._choice(previews, present, advised, place)
            if chosen is None or chosen < len(_POLICIES):
                break
            place = chosen
            looks = self._looks(previews)
            if place - len(_POLICIES) < len(looks):
                look = looks[place - len(_POLICIES)]
                browse(port, text(look.heading), previews[look.policy])
            else:
                self.choose_groups()
        if chosen is not None and _POLICIES[chosen]:
            self._call("UpdatePlayer", policy=_POLICIES[chosen], updateMask="policy")
            port.notify(text(texts.CHOSEN))
        elif not present:
            port.notify(text(texts.NOTHING_WRITTEN))

    def choose_groups(self) -> None:
        """Have policies for groups of fields chosen."""

        def update(groups: list[dict[str, str]]) -> None:
            self._call("UpdatePlayer", groups=groups, updateMask="groups")

        choose_groups_of(self._port, self._player, update)

    def _choice(self, previews: dict[str, dict[str, Any]], present: str, advised: str, place: int) -> int | None:
        """The place of what is chosen: of `_POLICIES`, then the looks, then the groups. With the first OK it is what
        counts, or what is recommended."""
        port, text = self._port, self._port.text
        groups = by_group(self._player())
        options = [
            self._option(
                label, numbers(port, previews[policy], groups), policy == present, policy == advised and not present
            )
            for policy, label in ((REPLACE, texts.REPLACE), (FILL, texts.FILL))
        ]
        options.append(self._option(texts.NOT_YET, text(texts.NOT_YET_DETAIL), not present, False))
        options += [Option(text(look.label), text(texts.SHOW_DETAIL)) for look in self._looks(previews)]
        if groups:
            options.append(Option(text(texts.GROUPS), text(texts.GROUPS_DETAIL)))
        first = _POLICIES.index(present or advised)
        return port.choose(text(texts.CHOOSE_POLICY), options, chosen=first if place < 0 else place)

    def _looks(self, previews: dict[str, dict[str, Any]]) -> list[_Look]:
        return [look for look in _LOOKS if _changed(previews[look.policy])]

    def _option(self, label: int, detail: str, present: bool, advised: bool) -> Option:
        word = self._port.text(label)
        if advised:
            word = self._port.text(texts.RECOMMENDED, label=word)
        return Option(f"{word} {self._port.text(texts.KEEP_POLICY)}" if present else word, detail)

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
        if not port.confirm(self._heading, question, yes=text(texts.LOOK_UP_NOW), no=text(texts.LATER), onward=True):
            return
        with port.progress(text(texts.LOOKING_UP)) as bar:
            job = self._followed(self._start_job(), bar)
        if job.get("state") not in _ENDED:
            port.notify(text(texts.LOOK_UP_LEFT))
        elif job["state"] == "STATE_FAILED":
            port.tell(self._heading, text(texts.LOOK_UP_FAILED, why=job.get("detail", "")))
        else:
            summary = text(texts.LOOKED_UP, changed=job.get("changed", 0), total=job.get("total", 0))
            if job.get("detail"):
                port.tell(self._heading, f"{summary}\n{job['detail']}")
            else:
                port.notify(summary)

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
