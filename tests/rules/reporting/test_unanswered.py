"""Nobody answered: the report has what whoever takes over needs."""

from __future__ import annotations

from typing import Any

import pytest

from functions.rules.reporting.report import documents, sections
from functions.rules.reporting.unanswered import TITLE, next_steps
from tests.rules.reporting.test_report import APPROVAL, at, incident, part, rows, short

FACTS = [
    {"name": "Expected price", "value": "2,310.00 USDT"},
    {"name": "Profit or loss", "value": "-12.50 USDT at the mark 2,289"},
    {"name": "Liquidation", "value": "at 1,900, 17 % away"},
    {"name": "Protection at the venue", "value": "none"},
]
LAPSED: dict[str, Any] = {**APPROVAL, "standing": "lapsed", "decision": None, "facts": FACTS}
STUCK: dict[str, Any] = {
    "runbook": "stuck-position", "outcome": "escalated", "closed_at": None, "position_ids": ["p1"],
    "approvals": [LAPSED],
}  # fmt: skip
AGAIN = """runbooks start stuck-position --env dev --input '{"position_id": "p1"}' (looks again, and asks again)"""
ACK = "runbooks incidents ack inc-1 --env dev (you have taken it over)"


def test_the_facts_of_the_question_and_the_next_commands_stand_in_the_report() -> None:
    it = incident(**STUCK)
    found = part(it, TITLE)
    assert rows(found) == [(one["name"], one["value"]) for one in FACTS]
    assert "To choose from were: Close at market; Leave it." in found.lines
    assert found.lines[-2:] == (f"Next: {AGAIN}", f"Next: {ACK}")
    assert short(it)["next step"] == f"{AGAIN}; {ACK}"
    assert "-12.50 USDT at the mark" in dict(documents(it))["report.html"][0]


def test_an_incident_that_somebody_took_over_needs_no_other_to_do_so() -> None:
    assert next_steps(incident(**{**STUCK, "closed_at": at(9)})) == (AGAIN,)


@pytest.mark.parametrize("more", [{"dry_run": True}, {"outcome": "resolved"}])
def test_no_command_where_nobody_is_needed(more: dict[str, Any]) -> None:
    assert next_steps(incident(**{**STUCK, **more})) == ()
    assert "next step" not in short(incident(**{**STUCK, **more}))


def test_a_question_that_was_asked_again_and_answered_is_none_that_nobody_answered() -> None:
    later = {**APPROVAL, "approval_id": "apr-2", "asked_at": at(12)}
    titles = [one.title for one in sections(incident(**{**STUCK, "approvals": [later, LAPSED]}))]
    assert TITLE not in titles
