"""Nobody answered: the report has what whoever takes over needs."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup

from functions.rules.reporting.incident import Incident
from functions.rules.reporting.lines import TYPED
from functions.rules.reporting.remaining import remaining
from functions.rules.reporting.report import documents, sections
from functions.rules.reporting.unanswered import TITLE
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
AGAIN = """Look at it and ask again: `runbooks start stuck-position --env dev --input '{"position_id": "p1"}'`"""
ACK = "Nobody has taken it over: `runbooks incidents ack inc-1 --env dev`"


def left_by(it: Incident) -> list[str]:
    return [one.replace(TYPED, "`") for one in remaining(it)]


def test_the_facts_of_the_question_and_the_next_commands_stand_in_the_report() -> None:
    it = incident(**STUCK)
    found = part(it, TITLE)
    assert rows(found) == [(one["name"], one["value"]) for one in FACTS]
    assert "To choose from were: Close at market; Leave it." in found.lines
    left = short(it)["left to a person"].split("\n")
    assert AGAIN in left
    assert ACK in left
    page = dict(documents(it))["report.html"][0]
    assert "-12.50 USDT at the mark" in page
    typed = [one.get_text() for one in BeautifulSoup(page, "html.parser").find_all("code")]
    assert "runbooks incidents ack inc-1 --env dev" in typed


def test_an_incident_that_somebody_took_over_needs_no_other_to_do_so() -> None:
    left = left_by(incident(**{**STUCK, "closed_at": at(9)}))
    assert AGAIN in left
    assert ACK not in left


def test_no_command_to_ask_again_where_the_position_is_gone() -> None:
    assert AGAIN not in left_by(incident(**{**STUCK, "outcome": "resolved"}))


def test_nothing_is_left_by_what_was_only_practised() -> None:
    practised = incident(**{**STUCK, "dry_run": True})
    assert remaining(practised) == ()
    assert short(practised)["left to a person"] == "Nothing: it was only practised."


def test_a_question_that_was_asked_again_and_answered_is_none_that_nobody_answered() -> None:
    later = {**APPROVAL, "approval_id": "apr-2", "asked_at": at(12)}
    titles = [one.title for one in sections(incident(**{**STUCK, "approvals": [later, LAPSED]}))]
    assert TITLE not in titles
