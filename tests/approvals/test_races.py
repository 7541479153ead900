"""Many decisions at once: exactly one wins, and one delivery takes effect."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.approvals.desk import Answer, Desk, http

DECISIONS = 1_000
AT_A_TIME = 10


def test_of_a_thousand_racing_decisions_exactly_one_wins(desk: Desk) -> None:
    asked = desk.ask()
    link = asked.links["alice"]
    page = desk.page(link)
    forms = [page.form_of("raise"), page.form_of("reject")]

    def decide(number: int) -> Answer:
        form = forms[number % 2]
        return http("POST", link, {**form.fields, "confirm": form.phrase, "note": f"number {number}"})

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        answers = list(pool.map(decide, range(DECISIONS)))
    statuses = Counter(answer.status for answer in answers)
    assert statuses[200] == 1, statuses
    assert set(statuses) <= {200, 409}, statuses
    winner = [answer.status for answer in answers].index(200)
    result = desk.result(asked)
    assert result["decision"] == ("raise", "reject")[winner % 2]
    assert result["note"] == f"number {winner}"
    approval = desk.approval_of(asked)
    assert (approval["standing"], approval["delivery"]) == ("decided", "taken")
    history = desk.platform.history(asked.execution)
    taken = [event for event in history if event["type"] == "TaskSucceeded"]
    assert len(taken) == 1, [event["type"] for event in history]
    assert json.loads(taken[0]["taskSucceededEventDetails"]["output"])["approval_id"] == asked.approval_id
