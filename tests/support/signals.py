"""Programs that hear Ctrl-C, however the suite itself was started."""

import sys

HEARING_CTRL_C = ("env", "--default-signal=INT") if sys.platform == "linux" else ()
"""Before a command. What a shell runs in the background ignores Ctrl-C, and so does all that it starts."""

__all__ = ["HEARING_CTRL_C"]
