"""What there is to notice about a host, read off how it fares."""

from collections.abc import Iterator

from metarr.domain.notice import Notice, NoticeAction, NoticeCode
from metarr.players.host_process import HostNotes, HostState, HostStatus
from metarr.store.hosts import HostConfig

TEST_HOST, GET_HOST_LOG = "HostService.TestHost", "HostService.GetHostLog"
AWAY = "away"


def of_host(host: HostConfig, state: HostState, notes: HostNotes) -> Iterator[Notice]:
    if state.status is HostStatus.OWNER_NEEDED:
        text = f"{host.name} cannot work until its settings are set right: {state.why}"
        yield _notice(NoticeCode.HOST_OWNER_NEEDED, host, text, TEST_HOST, state)
    elif state.status is HostStatus.WAITING and host.enabled:
        yield _notice(NoticeCode.HOST_FAILING, host, f"{host.name} is started again: {state.why}", GET_HOST_LOG, state)
    away = [(subject, text) for sort, subject, text in notes.notes if sort == AWAY]
    if away and host.enabled:
        subject, text = away[0]
        more = f", and {len(away) - 1} more places" if len(away) > 1 else ""
        whole = f"{host.name}: {subject} {text}{more}. Nothing of it is gone, and nothing is written there meanwhile"
        yield _notice(NoticeCode.HOST_AWAY, host, whole, TEST_HOST)


def _notice(code: NoticeCode, host: HostConfig, text: str, rpc: str, state: HostState | None = None) -> Notice:
    since = state.since if state else None
    return Notice(
        code=code, subject=f"host:{host.id}", text=text, since=since, action=NoticeAction(rpc=rpc, target=host.id)
    )
