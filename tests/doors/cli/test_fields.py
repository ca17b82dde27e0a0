import json

FIELDS = {
    "fields": [
        {
            "name": "runtime_minutes",
            "label": "Runtime",
            "type": "TYPE_INTEGER",
            "unit": "minutes",
            "kinds": ["MEDIA_KIND_MOVIE", "MEDIA_KIND_EPISODE"],
            "defaultRules": [
                {"kind": "MEDIA_KIND_MOVIE", "providers": ["tmdb", "tvdb"]},
                {"kind": "MEDIA_KIND_EPISODE", "providers": ["omdb"], "exclusive": True},
            ],
        },
        {"name": "genres", "label": "Gen\x1bres", "type": "TYPE_TEXTS", "mayUnion": True, "sync": True},
    ]
}


def test_the_fields_are_told_as_the_daemon_has_them(metarr, daemon):
    daemon.answers["ConfigService", "ListFields"] = FIELDS
    out = metarr("fields", "--kind", "movie").out
    assert daemon.request("ListFields")["kind"] == "MEDIA_KIND_MOVIE"
    shown = " ".join(out.split())
    assert "runtime_minutes Runtime integer of minutes movie, episode tmdb, tvdb; omdb only" in shown
    assert "lists may be joined, wakes the" in shown
    assert "\x1b" not in out
    assert json.loads(metarr("fields", "--json").out) == FIELDS


def test_what_is_no_kind_is_wrong_usage(metarr):
    assert metarr("fields", "--kind", "song").status == 2
