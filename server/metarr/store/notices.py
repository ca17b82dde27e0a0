"""Notices whose cause is an event, kept until that is over. What can be read off a state is not kept here."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, select

from metarr.domain.notice import Notice, NoticeCode
from metarr.store.tables import notices as table
from metarr.store.upsert import upsert


def put(connection: Connection, notice: Notice, now: datetime) -> None:
    """Keep a notice, in place of the one with its code and subject, whose `since` stays."""
    row = {
        "code": notice.code,
        "subject": notice.subject,
        "text": notice.text,
        "since": notice.since or now,
        "action": notice.action,
    }
    upsert(connection, table, [row], keep=("since",))


def end(connection: Connection, code: NoticeCode, subject: str) -> None:
    """Its cause is over."""
    connection.execute(delete(table).where(table.c.code == code, table.c.subject == subject))


def end_before(connection: Connection, code: NoticeCode, moment: datetime) -> None:
    """Of such a one that is older, enough was told."""
    connection.execute(delete(table).where(table.c.code == code, table.c.since < moment))


def everything(connection: Connection) -> list[Notice]:
    """All that are kept, the oldest first. One of a code that only a newer Metarr knows is left out."""
    query = select(table).order_by(table.c.since, table.c.code, table.c.subject)
    return [
        Notice(code=NoticeCode(row.code), subject=row.subject, text=row.text, since=row.since, action=row.action)
        for row in connection.execute(query)
        if row.code in _KNOWN
    ]


_KNOWN: Collection[str] = frozenset(NoticeCode)
