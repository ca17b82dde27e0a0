"""For tests that need a Kodi: `pytestmark = [pytest.mark.e2e, needs_kodi]`."""

import pytest

from .programs import missing

needs_kodi = pytest.mark.skipif(bool(missing()), reason=missing())
