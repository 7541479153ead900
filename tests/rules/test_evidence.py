"""What a cause was found by: the service's log in its own lines."""

from __future__ import annotations

from dataclasses import replace

from functions.facts import Evidence
from functions.rules.evidence import evidence_for
from functions.rules.service_state import Doing, ServiceState
from tests.rules.facts import NOW, VENUE, logs, situation, state

SECRET = "SUPERSECRETKEY1234567890"


def lines(*samples: str) -> list[Evidence]:
    facts = situation(state("a"), logs=replace(logs(), samples=samples))
    found = evidence_for([state("a")], VENUE, facts, ServiceState(Doing.RUNNING, "1 of 1 tasks run"), NOW)
    return [one for one in found if one.what == "log line"]


def test_sample_lines_of_the_log_stand_in_the_evidence_as_they_are() -> None:
    told = lines("Traceback: KeyError <b>'price'</b>", "ERROR deadlock detected")
    assert [one.value for one in told] == ["Traceback: KeyError <b>'price'</b>", "ERROR deadlock detected"]
    assert {one.where for one in told} == {"service log"}
    assert lines() == []


def test_no_secret_of_a_log_line_stands_in_the_evidence() -> None:
    [told] = lines(f"refused apiKey={SECRET}")
    assert told.value == "refused apiKey=[redacted]"
