"""The Jellyfin host with what it does for one of the server's ways taken out of it: a test has to fail for each."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "plugin_adapter" / "jellyfin" / "metarr_jellyfin"
TESTS = ROOT / "tests" / "unit" / "plugin_adapter" / "jellyfin"
PLACES = ("tests", "tests/support", "server", "plugin_adapter", "plugin_adapter/folders")


SECONDS = 120.0


class Mutation(NamedTuple):
    """`way`: of the server, as the tests of the fake number it. In `module`, `was` becomes `now`, and `test` fails."""

    way: str
    module: str
    was: str
    now: str
    test: str


MUTATIONS = (
    Mutation("J1", "fields", '    "CustomRating",\n', "", "test_host.py::test_values_get_there_and_the_rest_stays"),
    Mutation("J2", "fields", '    "Tags",\n', "", "test_host.py::test_values_get_there_and_the_rest_stays"),
    Mutation("J3", "posting", '"People", "Studios", "Taglines"', '"People",', "test_writing.py::test_nobody_is_lost"),
    Mutation("J4", "posting", '"People", "Studios", "Taglines"', '"Studios",', "test_writing.py::test_nobody_is_lost"),
    Mutation(
        "J5",
        "posting",
        "        finally:\n            self.restore",
        "        finally:\n            0 and self.restore",
        "test_writing.py::test_what_is_rated_on_its_own",
    ),
    Mutation(
        "J6",
        "posting",
        "        if locked is not None:",
        '        body.pop("DisplayOrder", None)\n        if locked is not None:',
        "test_writing.py::test_an_order_of_episodes",
    ),
    Mutation(
        "J7",
        "shapes",
        'return _STATUSES.get((_text(value) or "").lower())',
        "return _text(value)",
        "test_writing.py::test_a_status",
    ),
    Mutation(
        "J8", "locks", 'if raw.get("LockData") and', "if False and", "test_writing.py::test_what_its_owner_locked"
    ),
    Mutation(
        "J9",
        "shapes",
        "return list(kept.values()) or None",
        "return list(value or ()) or None",
        "test_writing.py::test_every_field",
    ),
    Mutation("J10", "fields", '    "SpecialEpisodeNumbers",\n', "", "test_writing.py::test_specials"),
    Mutation(
        "J11",
        "items",
        '[("recursive", "true"),',
        '[("recursive", "true"), ("userId", "a" * 32),',
        "test_news.py::test_a_quiet_look",
    ),
    Mutation(
        "J12",
        "items",
        'answer: Any = server.get("/Items", asked)',
        'answer: Any = server.get("/Items" if asked[0][0] != "ids" else "/Items/" + asked[0][1], asked)',
        "test_host.py::test_values_get_there_and_the_rest_stays",
    ),
    Mutation("J13", "look", '"%Y-%m-%dT%H:%M:%SZ"', '"%Y-%m-%dT%H:%M:%S"', "test_news.py::test_clocks_and_zones"),
    Mutation(
        "J14",
        "look",
        'if etags[raw["Id"]] != raw.get("Etag"))',
        "if True)",
        "test_news.py::test_what_we_wrote_is_no_news",
    ),
    Mutation(
        "J15",
        "taking",
        'host_id=raw["Id"],',
        'host_id=str(raw.get("Etag")),',
        "test_host.py::test_values_get_there_and_the_rest_stays",
    ),
    Mutation(
        "J16",
        "artwork",
        "            if place:\n",
        "            if place and False:\n",
        "test_artwork.py::test_backdrops_of_the_owner",
    ),
    Mutation("J16", "artwork", '"image/jpeg")', '"image/jpg")', "test_artwork.py::test_every_kind_of_image"),
    Mutation("J17", "host", "beside=beside)", "beside=False)", "test_artwork.py::test_beside_the_media"),
    Mutation(
        "J18",
        "artwork",
        "        if now is None:\n",
        "        if now is not None:\n",
        "test_artwork.py::test_a_file_that_is_only_written_anew",
    ),
    Mutation(
        "J19", "libraries", "rewrites_nfo=savers is None", "rewrites_nfo=False", "test_trial.py::test_ways_of_a_library"
    ),
    Mutation(
        "J20",
        "posting",
        "            return False\n",
        "            pass\n",
        "test_writing.py::test_a_write_of_what_is_there",
    ),
    Mutation(
        "J21",
        "locks",
        'policy == ITEM and raw["Type"] not in _FOLDERS',
        "policy == ITEM",
        "test_writing.py::test_whole_items",
    ),
    Mutation("J22", "host", "            self._write_again()\n", "", "test_writing.py::test_what_a_refresh_takes_back"),
    Mutation(
        "J23",
        "server",
        "Authorization: MediaBrowser Token=",
        "X-Emby-Token: ",
        "test_host.py::test_values_get_there_and_the_rest_stays",
    ),
    Mutation(
        "J24",
        "posting",
        "            # It may have been",
        "            raise\n            # It may have been",
        "test_writing.py::test_what_the_server_breaks_off_at",
    ),
    Mutation("J24", "server", "(429, 502, 503, 504)", "(429, 502, 504)", "test_news.py::test_a_server_that_starts"),
    Mutation(
        "J25",
        "look",
        "if len(keys) == counts.get(location)",
        "if False",
        "test_news.py::test_a_library_whose_disk_is_away",
    ),
)


def survives(mutation: Mutation) -> bool:
    """Whether its test passes all the same. Raises LookupError where there is nothing any more to be mutated."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(PACKAGE, Path(folder, PACKAGE.name), ignore=shutil.ignore_patterns("__pycache__"))
        module = Path(folder, PACKAGE.name, f"{mutation.module}.py")
        text = module.read_text()
        if mutation.was not in text:
            raise LookupError(f"{mutation.way}: {mutation.module}.py has no {mutation.was!r} any more")
        module.write_text(text.replace(mutation.was, mutation.now, 1))
        file, _, name = mutation.test.partition("::")
        paths = " ".join([folder, *(str(ROOT / place) for place in PLACES)])
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "-o",
            f"pythonpath={paths}",
            str(TESTS / file),
            "-k",
            name,
        ]
        environment = {**os.environ, "PYTHONPATH": paths.replace(" ", os.pathsep)}
        try:
            ended = subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS
            )
        except subprocess.TimeoutExpired:
            return False  # it runs in circles, which is no passing
        if ended.returncode not in (0, 1):
            raise LookupError(f"{mutation.way}: {mutation.test} cannot be run: {ended.stdout[-500:]}")
        return ended.returncode == 0
