"""The former home of these names, which plugins of other people import: see contract and reading."""

from metarr.providers.contract import *  # noqa: F403
from metarr.providers.reading import *  # noqa: F403
