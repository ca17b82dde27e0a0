"""Forms drawn from what is declared: settings become inputs, and what comes back becomes values.

An input's name is the path under which a violation names it, such as "settings.api_key".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.struct_pb2 import Value
from werkzeug.datastructures import MultiDict

from metarr.rpc.doors.local import plain_of, value_message
from metarr.v1 import config_service_pb2 as config
from metarr.v1 import host_service_pb2 as hosts

Declared = config.ProviderSetting | config.Setting | hosts.HostSetting
Form = MultiDict[str, str]
Wanted = dict[str, Value]
"""Settings by their keys, as a method takes them."""


@dataclass(frozen=True, kw_only=True)
class Input:
    """One input of a form, as it is drawn.

    `type`: "text", "texts", "secret", "url", "integer", "number", "boolean", "choice", "paths" or "path_map". `text`:
    what it holds, lines for several texts, never a secret. `words`: of several texts, each that there may be with what
    it is called, and whether it is chosen. `was`: what is stored, which goes with the form: so it is
    told what was changed in it, and what meanwhile. `default`: the default as it is shown, and whether it is what is
    stored. `hint`: how a stored secret ends. `wrong`: what is wrong with what was typed.
    """

    path: str
    label: str
    help: str
    type: str
    text: str
    was: str
    checked: bool
    default: str
    is_default: bool
    wrong: str
    choices: tuple[str, ...] = ()
    words: tuple[tuple[str, str, bool], ...] = ()
    required: bool = False
    is_set: bool = False
    hint: str = ""

    @property
    def id(self) -> str:
        """Its id in the page."""
        return self.path.replace(".", "-")


def inputs(
    declared: Iterable[Declared], form: Form | None = None, wrong: Mapping[str, str] | None = None
) -> list[Input]:
    """The inputs of a form: with the values in force, or, where a form came back, with what was typed and what is wrong
    with it."""
    return [_input(each, form, wrong or {}) for each in declared]


def _input(setting: Declared, form: Form | None, wrong: Mapping[str, str]) -> Input:
    path, kind = f"settings.{setting.key}", type_of(setting)
    stored = text_of(plain_of(setting.value))
    text = stored if form is None or path not in form else _typed(setting, form)
    called = {term.code: term.word for term in _words(setting)}
    return Input(
        path=path,
        label=setting.label,
        help=setting.help,
        type=kind,
        text="" if kind == "secret" else text,
        was=stored,
        checked=text == "on",
        default=", ".join(called.get(each, each) for each in text_of(plain_of(setting.default_value)).splitlines()),
        is_default=setting.value == setting.default_value,
        wrong=wrong.get(path, ""),
        words=tuple((code, word, code in text.splitlines()) for code, word in called.items()),
        **_of_provider(setting),
    )


def _words(setting: Declared) -> Sequence[config.Term]:
    return setting.choices if isinstance(setting, config.Setting) else ()


def _typed(setting: Declared, form: Form) -> str:
    """What a form holds of a setting. Of a closed set it names each text that is ticked, and none to say that it was
    there."""
    sent = form.getlist(f"settings.{setting.key}")
    return "\n".join(filter(None, sent)) if _words(setting) else sent[-1]


def _of_provider(setting: Declared) -> dict[str, Any]:
    """What only a provider's setting is declared with."""
    if isinstance(setting, config.Setting):
        return {"is_set": setting.secret_set}
    return {
        "choices": tuple(setting.choices),
        "required": setting.required,
        "is_set": setting.secret_set,
        "hint": setting.secret_hint,
    }


def type_of(setting: Declared) -> str:
    """How a setting is typed, in a word, whosever it is."""
    return type(setting).Type.Name(setting.type).removeprefix("TYPE_").lower()


def text_of(plain: Any) -> str:
    """A value as an input holds it."""
    match plain:
        case None:
            return ""
        case bool():
            return "on" if plain else "off"
        case list():
            return "\n".join(map(str, plain))
        case _:
            return str(plain)


def changes(declared: Iterable[Declared], form: Form) -> Wanted:
    """By key the settings that a form changes. What it leaves as it is is not stored: a default may still move.

    An empty input goes back to the default; but an empty secret stays as it is, for nobody is shown what it was. To
    forget one, `forget.KEY` is sent.
    """
    return {each.key: _value(each, form) for each in declared if _is_changed(each, form)}


def meanwhile(declared: Iterable[Declared], form: Form) -> dict[str, str]:
    """By path what somebody else made of the settings that a form changes, since it was drawn: something else than the
    form does. Of a secret nobody can tell."""
    return {
        path: f"meanwhile this was set to {text_of(plain_of(each.value)) or 'nothing'!r}; save again to overwrite that"
        for each in declared
        if _is_changed(each, form)
        and (path := f"settings.{each.key}")
        and type_of(each) != "secret"
        and text_of(plain_of(each.value)) not in (_stored_when_drawn(each, form), _typed(each, form).strip())
    }


def _is_changed(setting: Declared, form: Form) -> bool:
    path = f"settings.{setting.key}"
    if type_of(setting) == "secret":
        return bool(form.get(path, "").strip()) or f"forget.{setting.key}" in form
    if path not in form:
        return False
    now, before = _lines(_typed(setting, form)), _lines(_stored_when_drawn(setting, form))
    return sorted(now) != sorted(before) if _words(setting) else now != before


def _stored_when_drawn(setting: Declared, form: Form) -> str:
    return form.get(f"was.{setting.key}", text_of(plain_of(setting.value)))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


def _value(setting: Declared, form: Form) -> Value:
    """What was typed. What is of the wrong type stays as it is: the method tells what is wrong with it."""
    kind = type_of(setting)
    typed = _typed(setting, form).strip() if f"settings.{setting.key}" in form else ""
    match kind:
        case "boolean":
            return value_message(form.getlist(f"settings.{setting.key}")[-1] == "on")
        case "paths" | "path_map":
            return value_message(_lines(typed))
        case "texts" if typed or (isinstance(setting, config.Setting) and not setting.minimum):
            return value_message([part.strip() for part in typed.replace(",", "\n").splitlines() if part.strip()])
        case _ if not typed:
            return value_message(None)
        case "integer" | "number":
            return value_message(_number(typed))
    return value_message(typed)


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
