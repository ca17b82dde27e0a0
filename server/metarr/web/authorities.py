"""The page Authorities: which providers each field listens to."""

import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple, cast

from flask import Blueprint, Response, abort, request, url_for

from metarr.rpc.doors.local import Refused
from metarr.v1 import common_pb2 as common
from metarr.v1 import config_service_pb2 as pb
from metarr.v1 import enrichment_service_pb2 as enrichment
from metarr.web.frame import (
    all_providers,
    ask,
    etag_of,
    go,
    is_partial,
    page,
    refuse_form,
    services,
    source_names,
    status_of,
)

pages = Blueprint("authorities", __name__)

KINDS = {
    "movie": common.MEDIA_KIND_MOVIE,
    "series": common.MEDIA_KIND_SERIES,
    "season": common.MEDIA_KIND_SEASON,
    "episode": common.MEDIA_KIND_EPISODE,
}
"""The kinds as addresses spell them."""

STEPS = {"up": -1, "down": 1}
SAMPLES = 5
PREVIEWED = 1500
"""Items that a preview looks at, from all over the library: so it comes in a few seconds."""
PREVIEW_SECONDS = 60.0


class Listed(NamedTuple):
    """Somebody whom a field may listen to."""

    id: str
    name: str


class RuleForm(NamedTuple):
    """A field's rule with whom the field may listen to: those of its list first, as they stand there."""

    message: pb.FieldAuthority
    able: list[Listed]


@pages.get("/authorities")
def authorities_page() -> Response:
    """A kind's rules: those of the owner's, or all of them."""
    return _page(says="")


@pages.post("/authorities/gaps")
def fill_gaps() -> Response:
    """Whether providers outside a field's list fill its gaps."""
    wanted = request.form.get("fill_gaps")
    if wanted not in ("on", "off"):
        refuse_form()
    change = pb.UpdateFieldAuthoritiesRequest(authorities=pb.FieldAuthorities(fill_gaps=wanted == "on"))
    change.update_mask.paths.append("fill_gaps")
    ask(services.config.UpdateFieldAuthorities, change)
    if not is_partial():
        return go(url_for("authorities.authorities_page", kind=request.form.get("kind", "movie")))
    return _page(says=f"Gaps are {'filled' if wanted == 'on' else 'left as they are'}.")


@pages.post("/authorities/apply")
def apply() -> Response:
    """All rules to the whole library, as a job; nobody is asked for it."""
    wanted = enrichment.StartApplyRequest(request_id=request.form.get("request_id", "")[:64])
    job = ask(services.enrichment.StartApply, wanted).job
    return go(url_for("jobs.job_page", job_id=job.id))


@pages.get("/authorities/<kind>/<field>")
def rule_page(kind: str, field: str) -> Response:
    """One field's rule."""
    return _form(*_rule(kind, field))


@pages.post("/authorities/<kind>/<field>")
def save(kind: str, field: str) -> Response:
    """A rule as it was typed: previewed, stored, or set back to the one Metarr came with; or its list in another order,
    to go on with."""
    rule, etag = _rule(kind, field)
    if move := request.form.get("move"):
        return _form(_moved(rule, *move.partition(":")[::2]), request.form.get("etag", ""))
    change = _change(rule.message, etag_of(request.form))
    try:
        if request.form.get("do") == "preview":
            return _previewed(rule, etag, change)
        ask(services.config.UpdateFieldAuthorities, change)
    except Refused as refused:
        if refused.code != "ABORTED":
            return _form(rule, etag, status_of(refused), refused=refused)
        if not _is_as_drawn(rule.message):
            return _form(rule, etag, status_of(refused), meanwhile=True)
        change.authorities.etag = etag  # somebody else changed another rule
        ask(services.config.UpdateFieldAuthorities, change)
    return go(url_for("authorities.authorities_page", kind=kind, saved=field))


def _change(rule: pb.FieldAuthority, etag: str) -> pb.UpdateFieldAuthoritiesRequest:
    """What a form asks for."""
    if request.form.get("do") == "reset":
        name = f"{_spelled(rule.kind)}.{rule.field}"
        return pb.UpdateFieldAuthoritiesRequest(authorities=pb.FieldAuthorities(etag=etag), reset_fields=[name])
    wanted = pb.FieldAuthority(
        kind=rule.kind,
        field=rule.field,
        providers=request.form.getlist("providers"),
        exclusive="exclusive" in request.form,
        union="union" in request.form,
    )
    change = pb.UpdateFieldAuthoritiesRequest(authorities=pb.FieldAuthorities(fields=[wanted], etag=etag))
    change.update_mask.paths.append("fields")
    return change


def _in_form_order(rule: RuleForm) -> RuleForm:
    """The providers as the form has them."""
    places = {provider_id: place for place, provider_id in enumerate(request.form.getlist("row"))}
    return rule._replace(able=sorted(rule.able, key=lambda each: places.get(each.id, len(places))))


def _moved(rule: RuleForm, provider_id: str, step: str) -> RuleForm:
    """With one of the providers a step up or down."""
    able = _in_form_order(rule).able
    place = next((number for number, each in enumerate(able) if each.id == provider_id), None)
    if place is None or step not in STEPS:
        abort(404)
    able.insert(max(place + STEPS[step], 0), able.pop(place))
    return rule._replace(able=able)


def _is_as_drawn(rule: pb.FieldAuthority) -> bool:
    """Whether a rule is still the one that the form was drawn with."""
    return request.form.get("was") == _drawn(rule)


def _drawn(rule: pb.FieldAuthority) -> str:
    return ",".join((*rule.providers, f"exclusive={rule.exclusive}", f"union={rule.union}"))


def _previewed(rule: RuleForm, etag: str, change: pb.UpdateFieldAuthoritiesRequest) -> Response:
    """What a rule would do to what is stored; nothing is changed."""
    tried = pb.PreviewFieldAuthoritiesRequest(
        authorities=change.authorities,
        update_mask=change.update_mask,
        reset_fields=change.reset_fields,
        samples=SAMPLES,
        max_items=PREVIEWED,
    )
    tried.authorities.etag = etag
    preview = ask(services.config.PreviewFieldAuthorities, tried, PREVIEW_SECONDS)
    return _form(rule, etag, preview=preview, reads=f"Items that would change: {preview.changed_items}")


def _form(rule: RuleForm, etag: str, status: int = 200, *, refused: Refused | None = None, **more: Any) -> Response:
    typed, message = request.method == "POST", rule.message
    if typed and "move" not in request.form:
        rule = _in_form_order(rule)
    return page(
        "authority.html",
        status,
        kind=_spelled(message.kind),
        rule=message,
        able=rule.able,
        etag=etag,
        was=request.form["was"] if "move" in request.form and "was" in request.form else _drawn(message),
        chosen=request.form.getlist("providers") if typed else list(message.providers),
        exclusive="exclusive" in request.form if typed else message.exclusive,
        union="union" in request.form if typed else message.union,
        joinable=_is_joinable(message),
        faults=list(refused.violations.values()) or [refused.message] if refused else [],
        **more,
    )


def _is_joinable(rule: pb.FieldAuthority) -> bool:
    """Whether a field holds a list of texts; no other can be joined."""
    listed = ask(services.config.ListFields, pb.ListFieldsRequest(kind=rule.kind, page_size=200)).fields
    return rule.union or any(each.name == rule.field and each.type == pb.Field.TYPE_TEXTS for each in listed)


def _page(*, says: str) -> Response:
    kind = request.values.get("kind", "movie")
    rules = _read(kind)
    own = [each for each in rules.fields if not each.is_default]
    everything = "all" in request.args or not own
    return page(
        "authorities.html",
        says=says,
        kind=kind,
        kinds=KINDS,
        rules=rules.fields if everything else own,
        own=len(own),
        everything=everything,
        fill_gaps=rules.fill_gaps,
        names=source_names(),
        saved=request.args.get("saved", ""),
        request_id=uuid.uuid4().hex,
    )


def _read(kind: str) -> pb.FieldAuthorities:
    """The rules of a kind."""
    if kind not in KINDS:
        abort(404)
    return ask(services.config.GetFieldAuthorities, pb.GetFieldAuthoritiesRequest(kind=KINDS[kind])).authorities


def _rule(kind: str, field: str) -> tuple[RuleForm, str]:
    """A field's rule, and the etag of all of them."""
    rules = _read(kind)
    rule = next((each for each in rules.fields if each.field == field), None) or cast("pb.FieldAuthority", abort(404))
    return RuleForm(rule, _able(rule, rules.further_sources)), rules.etag


def _able(rule: pb.FieldAuthority, further: Iterable[str]) -> list[Listed]:
    """Its list; then the providers that can tell the field, files and players."""
    names, telling = source_names(), [each.id for each in all_providers() if _tells(each, rule)]
    return [Listed(each, names.get(each, each)) for each in dict.fromkeys((*rule.providers, *telling, *further))]


def _tells(provider: pb.Provider, rule: pb.FieldAuthority) -> bool:
    return any(covers.kind == rule.kind and rule.field in covers.fields for covers in provider.coverage)


def _spelled(kind: int) -> str:
    return next(word for word, number in KINDS.items() if number == kind)
