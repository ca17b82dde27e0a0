"""The former home of these names, which plugins of other people import: see values, outcome and item."""

from metarr.domain.item import *  # noqa: F403
from metarr.domain.outcome import *  # noqa: F403
from metarr.domain.values import *  # noqa: F403
