"""The method of ConfigService that tells what fields there are, and the words for what travels as a code."""

from collections.abc import Mapping
from typing import Any

from metarr.domain.authority import default_rule
from metarr.domain.fields import FIELDS, Field, FieldType
from metarr.domain.terms import REASONS, RULES
from metarr.rpc.convert import kind_message
from metarr.rpc.doors.context import Context
from metarr.rpc.paging import page_token, position
from metarr.rpc.validate import Check
from metarr.rules.settings_editor import SettingsEditor
from metarr.v1 import config_service_pb2 as pb


class FieldMethods:
    """To be mixed into the servicer."""

    _settings: SettingsEditor

    def ListFields(self, request: pb.ListFieldsRequest, context: Context) -> pb.ListFieldsResponse:
        with Check() as check:
            kind = check.optional_kind("kind", request.kind)
            limit = check.page_size("page_size", request.page_size)
            query: list[object] = [int(request.kind)]
            last = position(check, request.page_token, query, (str,))
            names = [field.name for field in FIELDS.values() if kind is None or kind in field.kinds]
            if last is not None and last[0] not in names:
                check.violation("page_token", "is none that was handed out")
        start = names.index(str(last[0])) + 1 if last is not None else 0
        shown, sync = names[start : start + limit], self._settings.sync_fields()
        return pb.ListFieldsResponse(
            fields=[field_message(FIELDS[name], is_sync=name in sync) for name in shown],
            next_page_token=page_token(query, [shown[-1]]) if start + limit < len(names) else "",
            rules=_terms(RULES) if not start else (),
            reasons=_terms(REASONS) if not start else (),
        )


def field_message(field: Field, *, is_sync: bool) -> pb.Field:
    """A field as the catalogue has it. `is_sync`: whether its changes wake the players here."""
    return pb.Field(
        name=field.name,
        label=field.label,
        type=f"TYPE_{field.type.name}",
        unit=field.unit,
        kinds=[kind_message(kind) for kind in field.kinds],
        may_union=field.type is FieldType.TEXTS,
        choices=field.choices,
        default_rules=[
            pb.FieldAuthority(
                kind=kind_message(kind),
                field=field.name,
                providers=rule.providers,
                exclusive=rule.exclusive,
                union=rule.union,
                is_default=True,
            )
            for kind in field.kinds
            for rule in [default_rule(kind, field.name)]
        ],
        sync=is_sync,
        language_first=field.in_languages,
    )


def _terms(words: Mapping[Any, str]) -> list[pb.Term]:
    return [pb.Term(code=code, word=word) for code, word in words.items()]
