"""How far long work is, on a terminal: one bar for all kinds of it."""

import sys
from collections import deque
from collections.abc import Callable, Iterable

from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar

from metarr.cli.daemon import Answer

BAR = 30


def bar(done: int, total: int) -> ProgressBar:
    return ProgressBar(total=max(1, total), completed=done, width=BAR)


def shown(news: Iterable[Answer], picture: Callable[[Answer], RenderableType]) -> Answer:
    """Draw each as it comes, on a terminal; the last one, which is empty where none came."""
    if not sys.stdout.isatty():
        return next(iter(deque(news, maxlen=1)), {})
    last: Answer = {}
    with Live(console=Console(), refresh_per_second=4, transient=True) as live:
        for last in news:
            live.update(picture(last))
    return last
