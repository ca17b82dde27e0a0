"""SyncService."""

from collections.abc import Iterable, Iterator

from google.protobuf.struct_pb2 import Value

from metarr.clock import Clock
from metarr.domain.checked import MOST_ADDRESS, YEARS
from metarr.domain.consent import IDS, WHOLE, FieldGroup, SyncPolicy, choices
from metarr.domain.delivery import DueValue, Mode, Refusal, Taken
from metarr.domain.fields import FIELDS, fields_of
from metarr.domain.values import Kind
from metarr.library.intake import NewSeries
from metarr.players.outbox import Ack, AckStatus, EntryState, FieldAck, Outbox, Row
from metarr.players.pairing_codes import DIGITS, SECONDS, PairingCodes
from metarr.players.player_tokens import PlayerTokens
from metarr.players.players import MOST_NAME, SETTINGS, Players, PlayerStanding, Preview
from metarr.players.report import Placed, ReportedEntry, Reporter
from metarr.rpc.convert import kind_message, plain_of, timestamp, value_message
from metarr.rpc.doors.access import caller
from metarr.rpc.doors.context import Context
from metarr.rpc.methods.jobs import HEARTBEAT
from metarr.rpc.methods.library import readings_of
from metarr.rpc.paging import page_token, position
from metarr.rpc.servicer import BaseServicer
from metarr.rpc.validate import Check
from metarr.store.player_tokens import PlayerToken
from metarr.store.players import Player
from metarr.v1 import sync_service_pb2 as pb
from metarr.v1.library_service_pb2 import NewParent
from metarr.v1.sync_service_pb2_grpc import SyncServiceServicer

MOST_ENTRIES, MOST_REMOVED, MOST_SAMPLES = 200, 500, 20
MOST_KEY = 200
MOST_VALUE = 256 * 1024
"""Bytes of one value that a player tells."""

_POLICIES = {
    pb.SYNC_POLICY_UNSPECIFIED: SyncPolicy.UNCHOSEN,
    pb.SYNC_POLICY_REPLACE: SyncPolicy.REPLACE,
    pb.SYNC_POLICY_FILL: SyncPolicy.FILL,
    pb.SYNC_POLICY_LEAVE: SyncPolicy.LEAVE,
    pb.SYNC_POLICY_UNION: SyncPolicy.UNION,
}
_POLICY_MESSAGES = {policy: number for number, policy in _POLICIES.items()}
_GROUPS = {getattr(pb, f"FIELD_GROUP_{group.name}"): group for group in FieldGroup}
_GROUP_MESSAGES = {group: number for number, group in _GROUPS.items()}
_MODES = {
    Mode.ALWAYS: pb.PendingField.MODE_ALWAYS,
    Mode.IF_EMPTY: pb.PendingField.MODE_IF_EMPTY,
    Mode.IF_OURS: pb.PendingField.MODE_IF_OURS,
    Mode.UNION: pb.PendingField.MODE_UNION,
}
_OUTCOMES = {
    pb.Ack.OUTCOME_TAKEN: Taken.TAKEN,
    pb.Ack.OUTCOME_EDITED: Taken.EDITED,
    pb.Ack.OUTCOME_KEPT: Taken.KEPT,
    pb.Ack.OUTCOME_REFUSED: Taken.REFUSED,
}
_OUTCOME_MESSAGES = {outcome: number for number, outcome in _OUTCOMES.items()}
_STATUSES = {
    AckStatus.CLEARED: pb.AckItemsResponse.STATUS_CLEARED,
    AckStatus.SUPERSEDED: pb.AckItemsResponse.STATUS_SUPERSEDED,
    AckStatus.REPEATED: pb.AckItemsResponse.STATUS_REPEATED,
    AckStatus.GONE: pb.AckItemsResponse.STATUS_GONE,
}


class SyncServicer(BaseServicer, SyncServiceServicer):
    """The players' side of the library."""

    def __init__(
        self,
        players: Players,
        reporter: Reporter,
        outbox: Outbox,
        clock: Clock,
        *,
        tokens: PlayerTokens,
        codes: PairingCodes,
    ) -> None:
        self.clock = clock
        self._players = players
        self._reporter = reporter
        self._outbox = outbox
        self._tokens = tokens
        self._codes = codes

    def RegisterPlayer(self, request: pb.RegisterPlayerRequest, context: Context) -> pb.RegisterPlayerResponse:
        now = self.clock.now()
        with Check() as check:
            wanted = Player(
                id=_new_player_id(check, request.player_id),
                name=check.text("name", request.name, most=MOST_NAME),
                host=check.text("host", request.host, most=MOST_NAME),
                host_version=check.text("host_version", request.host_version, required=False, most=MOST_NAME),
                adapter_version=check.text("adapter_version", request.adapter_version, required=False, most=MOST_NAME),
                instance=check.text("instance", request.instance, most=MOST_NAME),
                takes=_takes(check, request.kinds),
                cannot_take={
                    str(kind): dict(each.cannot_take)
                    for place, each in enumerate(request.kinds)
                    if (kind := check.kind(f"kinds[{place}].kind", each.kind))
                },
                tree=request.tree,
                added_at=now,
                seen_at=now,
            )
        done = self._players.register(wanted, take_over=request.take_over)
        return pb.RegisterPlayerResponse(player=_player(done.standing), session=done.session, store_id=done.store_id)

    def ListPlayers(self, request: pb.ListPlayersRequest, context: Context) -> pb.ListPlayersResponse:
        return pb.ListPlayersResponse(players=[_player(each) for each in self._players.everyone()])

    def UpdatePlayer(self, request: pb.UpdatePlayerRequest, context: Context) -> pb.UpdatePlayerResponse:
        with Check() as check:
            player_id = _player_id(check, request.player_id)
            mask = check.mask("update_mask", request.update_mask, {"groups", *(each.key for each in SETTINGS)})
            policy = _policy(check, request.policy) if "policy" in mask else SyncPolicy.UNCHOSEN
            groups = _groups(check, request.groups) if "groups" in mask else {}
        given = {"name": request.name, "policy": policy, "overwrite_edits": request.overwrite_edits}
        done = self._players.update(player_id, {key: given[key] for key in mask - {"groups"}}, groups)
        return pb.UpdatePlayerResponse(player=_player(done))

    def RemovePlayer(self, request: pb.RemovePlayerRequest, context: Context) -> pb.RemovePlayerResponse:
        with Check() as check:
            player_id = _player_id(check, request.player_id)
        deleted = self._players.remove(player_id)
        self._tokens.revoke_all(player_id)
        return pb.RemovePlayerResponse(deleted_items=deleted)

    def PreviewSync(self, request: pb.PreviewSyncRequest, context: Context) -> pb.PreviewSyncResponse:
        with Check() as check:
            player_id = _player_id(check, request.player_id)
            policy = _policy(check, request.policy)
            if not 0 <= request.samples <= MOST_SAMPLES:
                check.violation("samples", f"{request.samples} is not between 0 and {MOST_SAMPLES}")
            groups = _groups(check, request.groups)
        return _preview(self._players.preview(player_id, policy, request.samples, groups))

    def ReportItems(self, request: pb.ReportItemsRequest, context: Context) -> pb.ReportItemsResponse:
        with Check() as check:
            player_id, session = _session(check, request)
            _few(check, "items", request.items, MOST_ENTRIES)
            _few(check, "removed_keys", request.removed_keys, MOST_REMOVED)
            report_id = check.text("report_id", request.report_id, required=False, most=MOST_NAME)
            if request.complete and not report_id:
                check.violation("report_id", "is required where a report is said to be complete")
            entries = [_entry(check, f"items[{place}]", item) for place, item in enumerate(request.items)]
            _distinct(check, "items", "host_key", [entry.key for entry in entries])
        done = self._reporter.report(
            player_id,
            session,
            entries,
            removed=list(request.removed_keys),
            report_id=report_id,
            complete=request.complete,
            keep_unreported=request.keep_unreported,
        )
        return pb.ReportItemsResponse(
            results=[_result(each) for each in done.placed], removed=done.removed, held_removals=done.held_removals
        )

    def FetchImage(self, request: pb.FetchImageRequest, context: Context) -> pb.FetchImageResponse:
        with Check() as check:
            player_id, session = _session(check, request)
            key = check.text("host_key", request.host_key, most=MOST_KEY)
            url = check.text("url", request.url, most=MOST_ADDRESS)
        kept = self._outbox.image(player_id, session, key, url)
        return pb.FetchImageResponse(
            sha256=kept.sha256,
            media_type=kept.media_type,
            size=kept.size,
            why=kept.why,
            retry_at=timestamp(kept.retry_at),
        )

    def AcceptGone(self, request: pb.AcceptGoneRequest, context: Context) -> pb.AcceptGoneResponse:
        with Check() as check:
            player_id = _player_id(check, request.player_id)
        removed, deleted = self._reporter.accept_gone(player_id)
        return pb.AcceptGoneResponse(removed=removed, deleted_items=deleted)

    def ListPendingItems(self, request: pb.ListPendingItemsRequest, context: Context) -> pb.ListPendingItemsResponse:
        query: list[object] = ["pending", request.player_id]
        with Check() as check:
            player_id, session = _session(check, request)
            limit = check.page_size("page_size", request.page_size)
            last = position(check, request.page_token, query, (int,))
        rows = self._outbox.pending(player_id, session, int(last[0]) if last else 0, limit + 1)
        shown = rows.rows[:limit]
        more = len(rows.rows) > limit
        return pb.ListPendingItemsResponse(
            items=[_row(row) for row in shown],
            next_page_token=page_token(query, [shown[-1].entry.sequence]) if more else "",
            policy_needed=rows.policy_needed,
            store_id=rows.store_id,
        )

    def WatchPendingItems(
        self, request: pb.WatchPendingItemsRequest, context: Context
    ) -> Iterator[pb.WatchPendingItemsResponse]:
        with Check() as check:
            player_id, session = _session(check, request)
            if request.after_sequence < 0:
                check.violation("after_sequence", "is no sequence that was told")
        with self._outbox.watch(player_id, session, request.after_sequence, HEARTBEAT) as watch:
            context.add_callback(watch.close)
            while context.is_active():
                (sequence, count), news = watch.next()
                yield pb.WatchPendingItemsResponse(sequence=sequence, pending_items=count, heartbeat=not news)

    def AckItems(self, request: pb.AckItemsRequest, context: Context) -> pb.AckItemsResponse:
        with Check() as check:
            player_id, session = _session(check, request)
            store_id = check.text("store_id", request.store_id, most=MOST_NAME)
            if not 1 <= len(request.acks) <= MOST_ENTRIES:
                check.violation("acks", f"has {len(request.acks)} entries; 1 to {MOST_ENTRIES} are possible")
            acks = [_ack(check, f"acks[{place}]", ack) for place, ack in enumerate(request.acks)]
        statuses = self._outbox.ack(player_id, session, store_id, acks)
        return pb.AckItemsResponse(statuses=[_STATUSES[status] for status in statuses])

    def ListPlayerItems(self, request: pb.ListPlayerItemsRequest, context: Context) -> pb.ListPlayerItemsResponse:
        query: list[object] = [request.player_id, request.state, *request.host_keys]
        with Check() as check:
            player_id = _player_id(check, request.player_id)
            state = check.known_enum("state", request.state, pb.ListPlayerItemsRequest.State)
            _few(check, "host_keys", request.host_keys, MOST_ENTRIES)
            limit = check.page_size("page_size", request.page_size)
            last = position(check, request.page_token, query, (int,))
        states = self._outbox.states(
            player_id,
            pending=state == pb.ListPlayerItemsRequest.STATE_PENDING,
            troubled=state == pb.ListPlayerItemsRequest.STATE_NOT_TAKEN,
            keys=list(request.host_keys),
            after_id=int(last[0]) if last else 0,
            limit=limit + 1,
        )
        shown = states[:limit]
        return pb.ListPlayerItemsResponse(
            items=[_state(each) for each in shown],
            next_page_token=page_token(query, [shown[-1].entry.id]) if len(states) > limit else "",
        )

    def ResendItems(self, request: pb.ResendItemsRequest, context: Context) -> pb.ResendItemsResponse:
        with Check() as check:
            player_id = _player_id(check, request.player_id)
            if not 1 <= len(request.host_keys) <= MOST_ENTRIES:
                check.violation("host_keys", f"has {len(request.host_keys)} keys; 1 to {MOST_ENTRIES} are possible")
            for place, name in enumerate(request.fields):
                _field_name(check, f"fields[{place}]", name)
        return pb.ResendItemsResponse(
            items=self._players.resend(player_id, list(request.host_keys), list(request.fields))
        )

    def StartPairing(self, request: pb.StartPairingRequest, context: Context) -> pb.StartPairingResponse:
        with Check() as check:
            player_id = _new_player_id(check, request.player_id)
            name = check.text("name", request.name, most=MOST_NAME)
        shown = self._codes.start(player_id, name, caller(context.peer()))
        return pb.StartPairingResponse(code=shown.code, claim=shown.claim, seconds=SECONDS)

    def ClaimPairing(self, request: pb.ClaimPairingRequest, context: Context) -> pb.ClaimPairingResponse:
        with Check() as check:
            claim = check.text("claim", request.claim, most=MOST_NAME)
        return pb.ClaimPairingResponse(token=self._codes.claim(claim))

    def ApprovePairing(self, request: pb.ApprovePairingRequest, context: Context) -> pb.ApprovePairingResponse:
        code = request.code.translate(_BETWEEN_DIGITS)
        with Check() as check:
            if len(code) != DIGITS or not (code.isascii() and code.isdecimal()):
                check.violation("code", f"is no code of {DIGITS} digits")
        return pb.ApprovePairingResponse(token=_token(self._codes.approve(code)))

    def ListPlayerTokens(self, request: pb.ListPlayerTokensRequest, context: Context) -> pb.ListPlayerTokensResponse:
        return pb.ListPlayerTokensResponse(tokens=[_token(each) for each in self._tokens.listed(request.player_id)])

    def RevokePlayerToken(self, request: pb.RevokePlayerTokenRequest, context: Context) -> pb.RevokePlayerTokenResponse:
        with Check() as check:
            token_id = check.text("token_id", request.token_id, most=MOST_NAME)
        self._tokens.revoke(token_id)
        return pb.RevokePlayerTokenResponse()


# Reading requests

_BETWEEN_DIGITS = str.maketrans("", "", " \t\n\xa0-")


def _new_player_id(check: Check, player_id: str) -> str:
    fits = 4 <= len(player_id) <= 64 and all(letter in "abcdefghijklmnopqrstuvwxyz0123456789-" for letter in player_id)
    if not fits:
        check.violation("player_id", "is no name of 4 to 64 of the characters a-z, 0-9 and -")
    return player_id


def _player_id(check: Check, player_id: str) -> str:
    return check.text("player_id", player_id, most=MOST_NAME)


def _session(
    check: Check,
    request: pb.ReportItemsRequest
    | pb.ListPendingItemsRequest
    | pb.WatchPendingItemsRequest
    | pb.AckItemsRequest
    | pb.FetchImageRequest,
) -> tuple[str, str]:
    return _player_id(check, request.player_id), check.text("session", request.session, most=MOST_NAME)


def _takes(check: Check, kinds: Iterable[pb.PlayerKind]) -> dict[str, tuple[str, ...]]:
    takes: dict[str, tuple[str, ...]] = {}
    for place, each in enumerate(kinds):
        kind = check.kind(f"kinds[{place}].kind", each.kind)
        names = {field.name for field in fields_of(kind)} | {IDS}
        for number, name in enumerate(each.fields):
            if name not in names:
                check.violation(f"kinds[{place}].fields[{number}]", f"a {kind} has no field {name[:60]!r}")
        for name in each.cannot_take:
            if name not in names:
                check.violation(f"kinds[{place}].cannot_take", f"a {kind} has no field {name[:60]!r}")
        if kind in takes:
            check.violation(f"kinds[{place}].kind", "is named twice")
        takes[str(kind)] = tuple(each.fields)
    if not any(takes.values()):
        check.violation("kinds", "is required: what the player takes")
    return takes


def _policy(check: Check, number: int) -> SyncPolicy:
    policy: SyncPolicy = _POLICIES.get(number, SyncPolicy.UNCHOSEN)  # type: ignore[call-overload]
    if policy not in WHOLE:
        check.violation("policy", "choose SYNC_POLICY_REPLACE or SYNC_POLICY_FILL")
    return policy


def _groups(check: Check, given: Iterable[pb.GroupPolicy]) -> dict[FieldGroup, SyncPolicy]:
    groups: dict[FieldGroup, SyncPolicy] = {}
    for place, each in enumerate(given):
        group, policy = _GROUPS.get(each.group), _POLICIES.get(each.policy)
        if group is None or group in groups:
            check.violation(f"groups[{place}].group", "is no group, or is there twice")
        elif policy is None or (policy and policy not in choices(group)):
            check.violation(f"groups[{place}].policy", f"choose one of {', '.join(choices(group))} for {group}")
        else:
            groups[group] = policy
    return groups


def _few(check: Check, field: str, given: Iterable[object], most: int) -> None:
    count = sum(1 for _ in given)
    if count > most:
        check.violation(field, f"has {count} entries; {most} are the most")


def _distinct(check: Check, field: str, name: str, keys: list[str]) -> None:
    for place, key in enumerate(keys):
        if key and keys.index(key) != place:
            check.violation(f"{field}[{place}].{name}", "is there twice")


def _entry(check: Check, path: str, item: pb.HostItem) -> ReportedEntry:
    in_series = item.HasField("series")
    for name, value in item.fields.items():
        if value.ByteSize() > MOST_VALUE:
            check.violation(f"{path}.fields.{name[:60]}", f"has more than {MOST_VALUE} bytes")
    for name, number in (("season_number", item.season_number), ("episode_number", item.episode_number)):
        if number < 0:
            check.violation(f"{path}.{name}", f"{number} is below 0")
    return ReportedEntry(
        key=check.text(f"{path}.host_key", item.host_key, most=MOST_KEY),
        host_id=check.text(f"{path}.host_id", item.host_id, required=False, most=MOST_NAME),
        kind=check.kind(f"{path}.kind", item.kind),
        title=check.title(f"{path}.title", item.title, required=not item.ids and not in_series),
        year=item.year if YEARS[0] <= item.year <= YEARS[1] else 0,
        ids={each.type: each.value for each in item.ids},
        fields={name: plain_of(value) for name, value in item.fields.items()},
        series=_series(check, f"{path}.series", item.series) if in_series else None,
        season=item.season_number,
        episode=item.episode_number,
        readings=readings_of(check, f"{path}.readings", item.readings),
        weak=frozenset(each.type for each in item.ids if each.weak),
    )


def _series(check: Check, path: str, series: NewParent) -> NewSeries:
    return NewSeries(
        title=check.title(f"{path}.title", series.title, required=not series.ids),
        year=series.year if YEARS[0] <= series.year <= YEARS[1] else 0,
        ids={each.type: each.value for each in series.ids},
        weak=frozenset(each.type for each in series.ids if each.weak),
    )


def _ack(check: Check, path: str, ack: pb.Ack) -> Ack:
    fields = []
    for place, each in enumerate(ack.fields):
        at = f"{path}.fields[{place}]"
        _field_name(check, f"{at}.name", each.name)
        if each.outcome not in _OUTCOMES:
            check.violation(f"{at}.outcome", "say what became of it: OUTCOME_TAKEN, _EDITED, _KEPT or _REFUSED")
        if each.host_value.ByteSize() > MOST_VALUE:
            check.violation(f"{at}.host_value", f"has more than {MOST_VALUE} bytes")
        outcome, host = _OUTCOMES.get(each.outcome, Taken.TAKEN), plain_of(each.host_value)
        if each.name == IDS and not _is_ids(host):
            check.violation(f"{at}.host_value", "is no object of external ids by type")
        fields.append(FieldAck(each.name, outcome, host, each.detail))
    _distinct(check, f"{path}.fields", "name", [each.name for each in fields])
    return Ack(check.text(f"{path}.host_key", ack.host_key, most=MOST_KEY), ack.sequence, fields)


def _is_ids(host: object) -> bool:
    return host is None or (isinstance(host, dict) and all(isinstance(value, str) for value in host.values()))


def _field_name(check: Check, path: str, name: str) -> None:
    if name not in FIELDS and name != IDS:
        check.violation(path, f"there is no field {name[:60]!r}")


# Writing answers


def _value(plain: object) -> Value | None:
    return None if plain is None else value_message(plain)


def _player(standing: PlayerStanding) -> pb.Player:
    player, counts = standing.player, standing.counts
    return pb.Player(
        id=player.id,
        name=player.name,
        host=player.host,
        host_version=player.host_version,
        adapter_version=player.adapter_version,
        policy=_POLICY_MESSAGES[player.policy],
        overwrite_edits=player.overwrite_edits,
        added_at=timestamp(player.added_at),
        seen_at=timestamp(player.seen_at),
        reported_at=timestamp(player.reported_at),
        items=counts.items,
        pending_items=counts.pending,
        not_taken_items=counts.not_taken,
        edited_items=counts.edited,
        held_removals=counts.held_removals,
        groups=[
            pb.GroupPolicy(
                group=_GROUP_MESSAGES[group],
                policy=_POLICY_MESSAGES[player.consent.policy_of(group)],
                chosen=str(group) in player.group_policies,
            )
            for group in FieldGroup
        ],
        kinds=[
            pb.PlayerKind(kind=kind_message(Kind(kind)), fields=fields, cannot_take=player.cannot_take.get(kind, {}))
            for kind, fields in player.takes.items()
        ],
    )


def _preview(preview: Preview) -> pb.PreviewSyncResponse:
    kinds, names = list(Kind), [*FIELDS, IDS]
    effects = sorted(preview.effects.items(), key=lambda pair: (kinds.index(pair[0][0]), names.index(pair[0][1])))
    return pb.PreviewSyncResponse(
        items=preview.items,
        changed_items=preview.changed_items,
        waiting_items=preview.waiting,
        groups=[
            pb.PreviewSyncResponse.Group(
                kind=kind_message(kind),
                group=_GROUP_MESSAGES[group],
                items=preview.kinds[kind],
                changed_items=done.changed,
                replaced_items=done.replaced,
                kept_items=done.kept,
            )
            for kind in kinds
            for group in FieldGroup
            if (done := preview.groups.get((kind, group))) is not None
        ],
        fields=[
            pb.PreviewSyncResponse.Field(
                kind=kind_message(kind),
                field=name,
                filled=effect.filled,
                replaced=effect.replaced,
                added=effect.added,
                kept=effect.kept,
                samples=[
                    pb.PreviewSyncResponse.Sample(
                        item_id=str(each.item_id),
                        title=each.title,
                        host_value=_value(each.host),
                        value=_value(each.value),
                    )
                    for each in effect.samples
                ],
            )
            for (kind, name), effect in effects
        ],
    )


def _token(token: PlayerToken) -> pb.PlayerToken:
    return pb.PlayerToken(id=token.id, player_id=token.player_id, name=token.name, added_at=timestamp(token.added_at))


def _result(placed: Placed) -> pb.ReportItemsResponse.Result:
    return pb.ReportItemsResponse.Result(
        host_key=placed.key,
        item_id="" if placed.item_id is None else str(placed.item_id),
        created=placed.created,
        problems=placed.problems,
    )


def _row(row: Row) -> pb.PendingItem:
    return pb.PendingItem(
        host_key=row.entry.host_key,
        host_id=row.entry.host_id,
        kind=kind_message(row.entry.kind),
        item_id=str(row.item.id),
        title=row.item.shown_title(),
        sequence=row.entry.sequence,
        fields=[_due(due) for due in row.due],
    )


def _due(due: DueValue) -> pb.PendingField:
    return pb.PendingField(
        name=due.field,
        value=_value(due.value),
        mode=_MODES[due.mode],
        ours=[value_message(value) for value in due.ours],
    )


def _state(state: EntryState) -> pb.PlayerItem:
    place = state.item.place()
    return pb.PlayerItem(
        host_key=state.entry.host_key,
        host_id=state.entry.host_id,
        item_id=str(state.item.id),
        kind=kind_message(state.entry.kind),
        title=state.item.shown_title(),
        pending_fields=state.pending,
        not_taken=[_refusal(refusal) for refusal in state.refusals],
        series_title=place.series,
        season_number=place.season,
        episode_number=place.episode,
    )


def _refusal(refusal: Refusal) -> pb.PlayerItem.NotTaken:
    return pb.PlayerItem.NotTaken(
        field=refusal.field,
        outcome=_OUTCOME_MESSAGES[refusal.outcome],
        host_value=_value(refusal.host),
        value=_value(refusal.value),
        detail=refusal.why,
    )
