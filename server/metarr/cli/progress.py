"""How far long work is, on a terminal: one bar for all kinds of it."""

import sys
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from metarr.cli.daemon import Answer

if TYPE_CHECKING:
    from rich.table import Table

BAR = 30


class Bar(NamedTuple):
    """One line of the picture: what it is about, how much is done of how much, and that in words."""

    label: str
    done: int
    total: int
    text: str


def shown(news: Iterable[Answer], picture: Callable[[Answer], Sequence[Bar]]) -> Answer:
    """Draw each as it comes, on a terminal; the last one, which is empty where none came."""
    if not sys.stdout.isatty():
        return next(iter(deque(news, maxlen=1)), {})
    # Whoever draws nothing need not wait for what draws.
    from rich.console import Console  # noqa: PLC0415
    from rich.live import Live  # noqa: PLC0415

    last: Answer = {}
    with Live(console=Console(), refresh_per_second=4, transient=True) as live:
        for last in news:
            live.update(drawn(picture(last)))
    return last


def drawn(bars: Sequence[Bar]) -> "Table":
    """The picture of these: a line each."""
    from rich.progress_bar import ProgressBar  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    grid = Table.grid(padding=(0, 2))
    for each in bars:
        label = [Text(each.label)] if each.label else []
        bar = ProgressBar(total=max(1, each.total), completed=each.done, width=BAR)
        grid.add_row(*label, bar, Text(each.text))
    return grid
