"""The methods of ConfigService about which providers each field listens to."""

from collections.abc import Iterable, Iterator
from typing import Any

from metarr.domain.authority import FieldRule, rule_key
from metarr.domain.fields import FIELDS, fields_of
from metarr.domain.values import Kind
from metarr.errors import CannotDo
from metarr.jobs.jobs import Jobs, Order
from metarr.jobs.summary import ended
from metarr.rpc.convert import change_message, kind_message
from metarr.rpc.doors.context import Context
from metarr.rpc.methods.jobs import HEARTBEAT
from metarr.rpc.validate import Check
from metarr.rules.authorities import FieldAuthorities, Rules
from metarr.rules.remerge import Remerger, RemergeTally
from metarr.store.jobs import Job, JobKind, JobState, Scope
from metarr.v1 import config_service_pb2 as pb

MOST_SAMPLES = 20


class AuthorityMethods:
    """To be mixed into the servicer."""

    _authorities: FieldAuthorities
    _remerger: Remerger
    _jobs: Jobs

    def GetFieldAuthorities(
        self, request: pb.GetFieldAuthoritiesRequest, context: Context
    ) -> pb.GetFieldAuthoritiesResponse:
        with Check() as check:
            kind = check.optional_kind("kind", request.kind)
        return pb.GetFieldAuthoritiesResponse(authorities=_authorities_message(self._authorities.read(), kind))

    def UpdateFieldAuthorities(
        self, request: pb.UpdateFieldAuthoritiesRequest, context: Context
    ) -> pb.UpdateFieldAuthoritiesResponse:
        with Check() as check:
            wanted = _wanted(check, request)
        return pb.UpdateFieldAuthoritiesResponse(
            authorities=_authorities_message(self._authorities.update(**wanted), None)
        )

    def PreviewFieldAuthorities(
        self, request: pb.PreviewFieldAuthoritiesRequest, context: Context
    ) -> pb.PreviewFieldAuthoritiesResponse:
        changes_nothing = not request.update_mask.paths and not request.reset_fields
        with Check() as check:
            wanted = {} if changes_nothing else _wanted(check, request)
            if not 0 <= request.samples <= MOST_SAMPLES:
                check.violation("samples", f"{request.samples} is not between 0 and {MOST_SAMPLES}")
            if request.max_items < 0:
                check.violation("max_items", "is less than 0")
        tally = self._remerger.preview(
            self._authorities.proposed(**wanted),
            drop_foreign=request.drop_foreign,
            samples=request.samples,
            max_items=request.max_items,
            wanted=context.is_active,
        )
        message = _preview_message(tally)
        if request.max_items:
            message.total_items = self._remerger.total()
        return message

    def ApplyFieldAuthorities(
        self, request: pb.ApplyFieldAuthoritiesRequest, context: Context
    ) -> Iterator[pb.ApplyFieldAuthoritiesResponse]:
        job = self._jobs.submit(Order(scope=Scope(), kind=JobKind.APPLY, drop_foreign=request.drop_foreign))
        with self._jobs.watch(job.id, 0, HEARTBEAT) as watch:
            context.add_callback(watch.close)
            shown: pb.ApplyFieldAuthoritiesResponse | None = None
            while context.is_active():
                job, news = watch.next()
                if job.state is JobState.QUEUED:
                    continue
                for message in _progress_messages(job, shown):
                    yield message
                    shown = message
                if ended(job):
                    yield self._last_message(job)
                    return
                if not news and shown is not None:
                    yield shown

    def _last_message(self, job: Job) -> pb.ApplyFieldAuthoritiesResponse:
        """Raises CannotDo where it was ended before its time."""
        if job.state in (JobState.CANCELLED, JobState.FAILED):
            raise CannotDo(f"job {job.id} was ended: {job.detail}", reason="JOB_ENDED")
        message = _progress_message(job)
        fields = {rule_key(kind, field): count for (kind, field), count in self._jobs.changed_fields(job.id).items()}
        message.MergeFrom(pb.ApplyFieldAuthoritiesResponse(changed_fields=fields, finished=True))
        return message


def _wanted(
    check: Check, request: pb.UpdateFieldAuthoritiesRequest | pb.PreviewFieldAuthoritiesRequest
) -> dict[str, Any]:
    """What to change, as `FieldAuthorities.update` takes it."""
    given = request.authorities
    settable = {"provider_priority", "fields", "fill_gaps"}
    only_resets = bool(request.reset_fields) and not request.update_mask.paths
    paths = set() if only_resets else check.mask("update_mask", request.update_mask, settable)
    return {
        "priority": tuple(given.provider_priority) if "provider_priority" in paths else None,
        "fill_gaps": given.fill_gaps if "fill_gaps" in paths else None,
        "rules": _rules(check, given.fields) if "fields" in paths else [],
        "resets": [_reset(check, f"reset_fields[{n}]", each) for n, each in enumerate(request.reset_fields)],
        "etag": given.etag,
    }


def _preview_message(tally: RemergeTally) -> pb.PreviewFieldAuthoritiesResponse:
    return pb.PreviewFieldAuthoritiesResponse(
        effects=[
            pb.AuthorityEffect(
                kind=kind_message(kind),
                field=field,
                changed=effect.changed,
                outside=effect.outside,
                samples=[
                    pb.AuthorityEffect.Sample(
                        item_id=str(sample.item_id), title=sample.title, change=change_message(sample.change)
                    )
                    for sample in effect.samples
                ],
            )
            for (kind, field), effect in tally.in_order()
        ],
        items=tally.items,
        changed_items=tally.changed_items,
    )


def _progress_messages(
    job: Job, shown: pb.ApplyFieldAuthoritiesResponse | None
) -> Iterator[pb.ApplyFieldAuthoritiesResponse]:
    """What there is to tell after that message: first always how much there is to do."""
    if shown is None:
        shown = pb.ApplyFieldAuthoritiesResponse(total=job.total)
        yield shown
    now = _progress_message(job)
    if now != shown:
        yield now


def _progress_message(job: Job) -> pb.ApplyFieldAuthoritiesResponse:
    return pb.ApplyFieldAuthoritiesResponse(done=job.tally.done, total=job.total, changed_items=job.tally.changed)


def _authorities_message(rules: Rules, kind: Kind | None) -> pb.FieldAuthorities:
    authority = rules.authority
    fields = []
    for each in Kind if kind is None else (kind,):
        for field in fields_of(each):
            rule = authority.rule(each, field.name)
            fields.append(
                pb.FieldAuthority(
                    kind=kind_message(each),
                    field=field.name,
                    providers=rule.providers,
                    exclusive=rule.exclusive,
                    union=rule.union,
                    is_default=rule_key(each, field.name) not in authority.rules,
                )
            )
    return pb.FieldAuthorities(
        provider_priority=rules.priority,
        fields=fields,
        fill_gaps=authority.fill_gaps,
        etag=rules.etag,
        further_sources=rules.further_sources,
    )


def _rules(check: Check, fields: Iterable[pb.FieldAuthority]) -> list[tuple[Kind, str, FieldRule]]:
    rules: dict[str, tuple[Kind, str, FieldRule]] = {}
    for place, given in enumerate(fields):
        kind = check.kind(f"authorities.fields[{place}].kind", given.kind)
        rule = FieldRule(providers=tuple(given.providers), exclusive=given.exclusive, union=given.union)
        if rule_key(kind, given.field) in rules:
            check.violation(f"authorities.fields[{place}]", f"{kind}.{given.field[:60]} is named twice")
        rules[rule_key(kind, given.field)] = (kind, given.field, rule)
    if not rules:
        check.violation("authorities.fields", "is named in update_mask and not given")
    return list(rules.values())


def _reset(check: Check, path: str, named: str) -> tuple[Kind, str]:
    kind, _, field = named.partition(".")
    wrong = ""
    if kind not in list(Kind) or not field:
        wrong = f"{named[:60]!r} is no <kind>.<field>, such as movie.plot"
    elif field not in FIELDS or kind not in FIELDS[field].kinds:
        wrong = f"a {kind} has no field {field[:60]!r}"
    if wrong:
        check.violation(path, wrong)
        return Kind.MOVIE, "title"
    return Kind(kind), field
