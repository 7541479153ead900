"""A state that waits for a person says what it asks, of whom and until when; never the token, never a key."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from console.live.asking import Asks, asks, known
from console.live.follow import Follower
from console.live.marks import FINE
from console.live.rows import Rows
from console.live.steps import Moment, Status, Tone, What
from console.live.views import JsonView, PlainView
from tests.console.recorded import PlayedBack, load, told

NAME = "waits_for_a_person"
TITLE = "Switch grid-eth from binanceusdm to bybit?"
NOW = datetime(2026, 3, 1, 3, 1, tzinfo=UTC)
RECORD: dict[str, Any] = {
    "approval_id": "apr-1", "title": TITLE, "standing": "pending", "lapses_at": "2026-03-01T03:12:00+00:00",
    "asked": [{"person": "alice", "name": "Alice", "mail": "sent"}],
}  # fmt: skip
TOLD = f"waits for a person: {TITLE}, asked Alice, lapses 03:12 UTC (in 11 min)"


def waiting(records: list[dict[str, Any]]) -> tuple[Follower, list[Moment]]:
    """Followed until the person is asked and no further."""
    client = PlayedBack(NAME)
    for _ in range(2):
        client.advance()
    follower = Follower(client, load(NAME)["executionArn"], prefix="tradai-dev-", records=lambda: records)
    return follower, follower.look()


def test_shows_the_waiting_question_with_whom_it_asked_and_when_it_lapses() -> None:
    follower, _ = waiting([RECORD])
    console = Console(file=io.StringIO(), width=200)
    (step,) = follower.run.steps
    rows = [row.plain for row in Rows(console, 200, FINE, lambda: NOW).of(step)]
    assert TOLD in " ".join(" ".join(rows).split()), rows
    assert rows[0].startswith(FINE.wait)
    assert rows[-1].strip() == "runbooks approvals show apr-1"
    assert not step.act, "asking changes nothing"


def test_tells_a_pipe_once_it_is_known_who_was_asked() -> None:
    _, moments = waiting([RECORD])
    (asked,) = [moment for moment in moments if moment.what is What.ASKED]
    lines: list[str] = []
    PlainView(lines.append).tell(asked)
    assert "waits for a person" in lines[0]
    assert "asked Alice, lapses 03:12 UTC" in lines[0]
    assert lines[1].endswith("runbooks approvals show apr-1"), "how to answer it"
    objects: list[str] = []
    JsonView(objects.append).tell(asked)
    said = json.loads(objects[0])
    assert (said["event"], said["asks"]["title"], said["asks"]["asked"]) == ("person_asked", TITLE, ["Alice"])
    assert said["asks"]["approval_id"] == "apr-1"


def test_says_at_least_what_is_asked_before_the_record_stands() -> None:
    follower, moments = waiting([])
    assert [m for m in moments if m.what is What.ASKED] == []
    (step,) = follower.run.steps
    assert step.asks is not None
    assert step.asks.told(NOW) == f"waits for a person: {TITLE}"


def test_takes_no_other_questions_record() -> None:
    was = Asks(TITLE)
    assert known(was, [{**RECORD, "title": "another"}, {**RECORD, "standing": "decided"}, "odd", None]) == was


def test_takes_the_newest_of_two_rounds() -> None:
    later = {**RECORD, "approval_id": "apr-2", "lapses_at": "2026-03-01T04:00:00+00:00"}
    assert known(Asks(TITLE), [later, RECORD]).approval_id == "apr-2"


def test_the_answer_is_told_with_who_gave_it_and_why() -> None:
    run, _ = told(NAME)
    (step,) = run.steps
    assert step.status is Status.DONE
    assert [(f.text, f.tone) for f in step.findings] == [('switch, by alice: "fallback is fine"', Tone.VERDICT)]


@pytest.mark.parametrize("decision", ["lapsed", "unreached", "revoked"])
def test_no_answer_is_bad_news(decision: str) -> None:
    from console.live.meaning import findings

    (finding,) = findings({}, {"answer": {"approval_id": "a", "decision": decision, "decided_by": []}})
    assert finding.tone is Tone.BAD


def test_asks_no_table_while_nobody_is_asked() -> None:
    asked: list[int] = []

    def records() -> list[Any]:
        asked.append(1)
        return []

    client = PlayedBack("aborted")
    follower = Follower(client, load("aborted")["executionArn"], records=records)
    while client.advance():
        follower.look()
    assert asked == []


def test_a_definition_that_may_not_be_read_hides_no_question() -> None:
    client = PlayedBack(NAME)
    for run in client._runs.values():
        run["definition"] = {}
    for _ in range(2):
        client.advance()
    follower = Follower(client, load(NAME)["executionArn"])
    follower.look()
    assert follower.run.steps[0].asks == Asks(TITLE)


def test_no_view_shows_the_token() -> None:
    token = "tokenOfTheWaitingState"
    assert token in json.dumps(load(NAME), default=str), "the recorded case must hold it"
    lines: list[str] = []
    client = PlayedBack(NAME)
    follower = Follower(client, load(NAME)["executionArn"], records=lambda: [RECORD])
    moments = follower.look()
    while client.advance():
        moments += follower.look()
    for moment in moments:
        PlainView(lines.append).tell(moment)
        JsonView(lines.append).tell(moment)
    assert lines
    assert token not in "\n".join(lines)
    assert token not in repr(follower.run)


@pytest.mark.parametrize(
    "given", [None, [], {"question": "text"}, {"question": {}}, {"a": {"b": {"c": {"d": {}}}}}]
)
def test_an_input_without_a_question_is_survived(given: Any) -> None:
    assert asks(given).told(NOW) == "waits for a person"


def test_a_lapse_that_has_passed_is_not_in_the_future() -> None:
    told_late = Asks("x", None, (), NOW - timedelta(minutes=4)).told(NOW)
    assert told_late.endswith("(4 min ago)")
