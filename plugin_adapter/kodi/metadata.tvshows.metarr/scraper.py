import sys

from metarr_kodi.answers import Answers
from metarr_kodi.kodi import Kodi
from metarr_kodi.scraper import main

main(Kodi(), Answers(int(sys.argv[1])), "series", sys.argv[2])
