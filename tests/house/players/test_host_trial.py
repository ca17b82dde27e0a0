"""Trying a host's settings in a process that may hang, crash or say anything."""

import json

import pytest

from metarr.players import host_trial
from metarr_adapter.kind import Verdict

pytestmark = pytest.mark.slow

ANSWER = {"checks": [["ok", "fine", ""]], "works_on": ["/media"], "beside": [], "library": ""}


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("import time; time.sleep(60)", "no answer came within 1 seconds"),
        ("import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)", "no answer came within 1 seconds"),
        ("raise SystemExit(3)", "the test ended without an answer"),
        ("print('[]')", "the test ended without an answer"),
        ("print('{\"checks\": 5}')", "the test ended without an answer"),
        ("import os; os.kill(os.getpid(), 9)", "the test ended without an answer"),
    ],
)
def test_what_does_not_answer_is_a_fault_and_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, script: str, text: str
) -> None:
    monkeypatch.setattr(host_trial, "arguments", lambda _: ["-c", script])
    [check] = host_trial.tried("odd", {}, [], seconds=1.0).checks
    assert (check.verdict, check.text) == (Verdict.FAULT, text)
    assert check.advice


def test_what_answers_is_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_trial, "arguments", lambda _: ["-c", f"print({json.dumps(json.dumps(ANSWER))})"])
    trial = host_trial.tried("odd", {}, [], seconds=20.0)
    assert (trial.passed, trial.works_on, trial.checks[0].text) == (True, ("/media",), "fine")
