import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "resources", "lib"))

from metarr_kodi.first_contact import main
from metarr_kodi.kodi import Kodi

main(Kodi(), sys.argv[1:])
