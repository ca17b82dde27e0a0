import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "resources", "lib"))

from metarr_kodi.context import run
from metarr_kodi.kodi import Kodi

run(Kodi(), "artwork", sys.listitem)
