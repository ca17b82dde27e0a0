"""The methods of LibraryService about a series as a whole: its tree, and which entry is which episode."""

from metarr.domain.entries import PairState, place_of
from metarr.library.numbers import numbers_of
from metarr.library.pairings import EntryPairing, Pairings
from metarr.library.series_tree import SeriesTree, SeriesTrees, TreeEpisode, TreeSeason
from metarr.rpc.convert import item_message
from metarr.rpc.doors.context import Context
from metarr.rpc.validate import Check
from metarr.v1 import library_service_pb2 as pb
from metarr.v1.common_pb2 import Item

_STATES = {
    PairState.PAIRED: pb.EpisodePairing.STATE_PAIRED,
    PairState.MISSING: pb.EpisodePairing.STATE_MISSING,
    PairState.OPEN: pb.EpisodePairing.STATE_OPEN,
    PairState.REFUSED: pb.EpisodePairing.STATE_REFUSED,
}
_STATES_BACK: dict[int, PairState] = {number: state for state, number in _STATES.items()}


class SeriesMethods:
    """To be mixed into the servicer."""

    _pairings: Pairings
    _trees: SeriesTrees

    def GetSeriesTree(self, request: pb.GetSeriesTreeRequest, context: Context) -> pb.GetSeriesTreeResponse:
        with Check() as check:
            reference = check.reference("item_id", request.item_id)
        return _tree_message(self._trees.of(reference))

    def ListPairings(self, request: pb.ListPairingsRequest, context: Context) -> pb.ListPairingsResponse:
        with Check() as check:
            reference = check.reference("item_id", request.item_id)
            provider = check.text("provider", request.provider, required=False)
            state = _state_of(check, "state", request.state)
        listed = self._pairings.of_series(reference, provider, state)
        return pb.ListPairingsResponse(pairings=map(_pairing_message, listed))

    def SetPairing(self, request: pb.SetPairingRequest, context: Context) -> pb.SetPairingResponse:
        with Check() as check:
            series = check.reference("series_id", request.series_id)
            entry = check.text("entry", request.entry)
            episode = check.reference("item_id", request.item_id) if request.item_id else None
            if request.clear and episode is not None:
                check.violation("clear", "says that the rules are to decide, and item_id which episode it is")
        done = self._pairings.decide(series, entry, episode, clear=request.clear)
        return pb.SetPairingResponse(
            pairing=_pairing_message(done.pairing),
            changed_items=done.changed,
            group_id=str(done.group_id) if done.group_id else "",
        )


def _state_of(check: Check, field: str, number: int) -> PairState | None:
    """The state; None where it is not said."""
    if number and number not in _STATES_BACK:
        check.violation(field, f"{number} is no state of an entry")
    return _STATES_BACK.get(number)


def _pairing_message(pairing: EntryPairing) -> pb.EpisodePairing:
    record, item = pairing.record, pairing.item
    otherwise = item is not None and place_of(item) not in (None, (record.season, record.number))
    return pb.EpisodePairing(
        provider=record.provider,
        entry=record.entry,
        state=_STATES[record.state],
        season_number=record.season,
        episode_number=record.number,
        title=record.title,
        release_date=record.day,
        item=None if item is None else item_message(item, fields=False),
        rule=record.rule or "",
        numbered_otherwise=otherwise,
    )


def _tree_message(tree: SeriesTree) -> pb.GetSeriesTreeResponse:
    return pb.GetSeriesTreeResponse(
        item=item_message(tree.series, fields=False, children=sum(1 for each in tree.seasons if each.item)),
        seasons=map(_season, tree.seasons),
    )


def _season(season: TreeSeason) -> pb.GetSeriesTreeResponse.Season:
    there = sum(1 for each in season.episodes if each.item)
    return pb.GetSeriesTreeResponse.Season(
        season_number=season.number,
        item=None if season.item is None else item_message(season.item, fields=False, children=there),
        episodes=map(_episode, season.episodes),
        missing=len(season.episodes) - there,
    )


def _episode(episode: TreeEpisode) -> pb.GetSeriesTreeResponse.Episode:
    item = episode.item
    listed = next(iter(episode.entries), None)
    stored = item.fields.get("release_date") if item is not None else None
    day = stored.value if stored is not None and isinstance(stored.value, str) else ""
    return pb.GetSeriesTreeResponse.Episode(
        episode_number=episode.number,
        item=None if item is None else _with_numbers(episode),
        missing=item is None,
        title=item.shown_title() if item is not None else listed.title if listed else "",
        release_date=day or (listed.day if listed else ""),
        entries=[each.entry for each in episode.entries],
    )


def _with_numbers(episode: TreeEpisode) -> Item | None:
    item = episode.item
    return None if item is None else item_message(item, fields=False, numbers=numbers_of(item, episode.entries))
