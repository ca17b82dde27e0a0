import json

from doors.cli.messages import ago, ahead, item


def answer(**more):
    return {
        "item": item(pending=[{"provider": "omdb", "reason": "quota_exhausted", "notBefore": ahead(hours=9)}]),
        "changes": [
            {"field": "plot", "oldValue": "Old.", "newValue": "New.", "oldSource": "tmdb", "newSource": "tmdb"},
            {"field": "genres", "newValue": ["Drama"], "newSource": "tvdb"},
            {"field": "title", "oldValue": "A", "newValue": "B", "oldSource": "omdb", "newSource": "tmdb"},
        ],
        "outcomes": [
            {"provider": "tmdb", "status": "STATUS_ANSWERED"},
            {"provider": "tvdb", "status": "STATUS_ANSWERED", "cached": True, "fetchedAt": ago(days=2, hours=1)},
            {"provider": "omdb", "status": "STATUS_UNAVAILABLE", "reason": "quota_exhausted", "detail": "All used up."},
            {"provider": "fanart", "status": "STATUS_ANSWERED", "unread": ["poster", "disc"]},
        ],
        **more,
    }  # fmt: skip


def words(text):
    return " ".join(text.split())


def test_it_sends_what_was_said(metarr, daemon):
    daemon.answers["EnrichmentService", "Enrich"] = answer()
    metarr("enrich", "tmdb:550", "--force", "--provider", "tmdb", "--provider", "omdb", "--dry-run", "--timeout", "7")
    assert daemon.request("Enrich") == {
        "itemId": "tmdb:550",
        "mode": "ENRICHMENT_MODE_MANUAL",
        "forceRefresh": True,
        "providers": ["tmdb", "omdb"],
        "dryRun": True,
    }
    assert daemon.connections == [("127.0.0.1:50051", 7.0)]


def test_it_tells_changes_outcomes_and_what_is_pending(metarr, daemon):
    daemon.answers["EnrichmentService", "Enrich"] = answer(requiresPlayerSync=True, syncReason="Changed: plot")
    result = metarr("enrich", "12")
    assert result.status == 0
    told = words(result.out)
    for text in (
        "Fight Club (1999): 3 fields changed",
        "plot tmdb Old. New.",
        "genres tvdb – Drama",
        "title omdb → tmdb A B",
        "tvdb answered (cached, 2 days ago)",
        "omdb unavailable (quota exhausted) All used up.",
        "fanart answered could not read poster, disc",
        "Waits for omdb: quota exhausted, asked again in 8 hours",
        "Players need to hear of it. Changed: plot",
    ):
        assert text in told


def test_nothing_changed_is_said_in_words(metarr, daemon):
    daemon.answers["EnrichmentService", "Enrich"] = answer(changes=[], skipped=True)
    out = metarr("enrich", "12").out
    assert out.startswith("Fight Club (1999): nothing changed\n")
    assert "not monitored" in out


def test_a_dry_run_says_would(metarr, daemon):
    daemon.answers["EnrichmentService", "Enrich"] = answer(requiresPlayerSync=True)
    out = metarr("enrich", "12", "--dry-run").out
    assert "3 fields would change" in out
    assert "Players would need to hear of it" in out


def test_json_is_the_answer_as_it_came(metarr, daemon):
    daemon.answers["EnrichmentService", "Enrich"] = told = answer()
    assert json.loads(metarr("enrich", "12", "--json").out) == told
