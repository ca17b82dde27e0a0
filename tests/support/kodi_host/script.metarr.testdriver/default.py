"""Carry out one order of a test inside Kodi; its name is the argument.

NAME.order.json in the add-on's data folder holds {"builtin": …, "wait": …} or {"python": …, "values": {…}};
NAME.answer.json gets {"result": …} or {"error": …}. A script leaves what it found in `result`.
"""

import json
import os
import sys
import traceback

import xbmc
import xbmcvfs

FOLDER = xbmcvfs.translatePath("special://profile/addon_data/script.metarr.testdriver")


def carry_out(order):
    if "builtin" in order:
        xbmc.executebuiltin(order["builtin"], order["wait"])
        return None
    names = dict(order["values"], result=None)
    exec(compile(order["python"], "<test>", "exec"), names)
    return names["result"]


def main(name):
    order = os.path.join(FOLDER, name + ".order.json")
    with open(order, encoding="utf-8") as file:
        wanted = json.load(file)
    os.unlink(order)
    try:
        answer = json.dumps({"result": carry_out(wanted)})
    except BaseException:  # noqa: BLE001 (a script may do anything, even call sys.exit)
        answer = json.dumps({"error": traceback.format_exc()})
    half = os.path.join(FOLDER, name + ".half")
    with open(half, "w", encoding="utf-8") as file:
        file.write(answer)
    os.replace(half, os.path.join(FOLDER, name + ".answer.json"))


main(sys.argv[1])
