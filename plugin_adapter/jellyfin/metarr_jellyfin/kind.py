"""What the daemon knows of this kind of host."""

from collections.abc import Mapping, Sequence
from typing import Any

from metarr_adapter.kind import HostKind, HostSetting, Opened, Surroundings, Trial
from metarr_jellyfin.locks import FIELDS, ITEM, NONE


def _test(settings: Mapping[str, Any], forbidden: Sequence[str]) -> Trial:
    from metarr_jellyfin.trial import tried  # noqa: PLC0415 (the daemon reads what settings there are, and no more)

    return tried(settings)


def _open(settings: Mapping[str, Any], surroundings: Surroundings) -> Opened:
    from metarr_jellyfin.opening import open_host  # noqa: PLC0415 (as above)

    return open_host(settings, surroundings)


KIND = HostKind(
    id="jellyfin",
    name="Jellyfin",
    help="A Jellyfin server, 10.11.4 or later: what it holds becomes items, and values and images are written to it by "
    "its own interface. Where a cast is written, people go whom Jellyfin lists without an entry of their own.",
    settings=(
        HostSetting(
            "url", "Address", "url", "As it stands in a browser, such as http://nas:8096.", required=True, main=True
        ),
        HostSetting("api_key", "API key", "secret", "One of its own, made at Dashboard, API Keys.", required=True),
        HostSetting("libraries", "Libraries", "text", "Names of libraries, by commas; without: all of them."),
        HostSetting(
            "rating",
            "Community rating",
            "choice",
            "Which rating Jellyfin shows as the community's.",
            default="imdb",
            choices=("imdb", "tmdb"),
        ),
        HostSetting(
            "locks",
            "Locks",
            "choice",
            "What Metarr locks in Jellyfin, so that a refresh leaves it alone: nothing, the fields that it wrote, or "
            "the items that it wrote to.",
            default=FIELDS,
            choices=(NONE, FIELDS, ITEM),
        ),
        HostSetting(
            "path_map",
            "Path map",
            "path_map",
            "Where folders of Jellyfin are on this machine, such as /data=/mnt/media; to tell whether a Folders host "
            "works on them, too.",
            default=(),
        ),
        HostSetting("ca_file", "Certificates", "text", "A file of this machine that vouches for its own certificate."),
    ),
    test=_test,
    open=_open,
    tree=True,
)
