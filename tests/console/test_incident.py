"""An incident reads the same at the end of a run and when it is looked up later."""

from __future__ import annotations

from typing import Any

import pytest

from console.incident import Message, outcome_of, sections, told_lines

CAUSE = """A person must act now: 5 stale. raise the memory: `aws ecs register-task-definition --memory 3072`

Known:
- heartbeat grid-eth: 301 s old

Not done:
- raise the memory: `aws ecs register-task-definition --memory 3072`
- checklist, heartbeats: 5 stale

Unknown:
- the stop of carry-btc

Incident: inc-1
Execution: arn:aws:states:eu-central-1:1:execution:m:e
Report: https://s3.console.aws.amazon.com/x?prefix=a
"""
ITEM: dict[str, Any] = {
    "incident_id": "inc-1", "runbook": "stale-heartbeat", "outcome": "escalated", "cause": "memory_exhausted",
    "summary": CAUSE.partition("\n")[0], "strategy_ids": ["grid-eth"],
    "actions": [
        {"action": "redeploy the service", "target": "svc", "result": "done", "after": "ecs-svc/2"},
        {"action": "stop the strategy", "target": "carry-btc", "result": "unknown"},
        {"action": "start the strategy", "target": "carry-btc"},
    ],
    "checklist": [
        {"id": "orders", "question": "Order execution working", "result": "skipped", "value": "not yet built"},
        {"id": "heartbeats", "question": "Heartbeat updating", "result": "fail", "value": "5 stale"},
        {"id": "incident", "question": "Incident documented", "result": "pass", "value": "inc-1"},
    ],
    "not_proven": ["orders"], "report_key": "incidents/inc-1/report.md",
}  # fmt: skip


def lines(incident: Any = ITEM) -> str:
    return "\n".join(told_lines("FAILED", None, "Escalated", CAUSE, incident))


def test_says_outcome_cause_acts_checklist_what_is_not_proven_and_the_report() -> None:
    text = lines()
    for part in (
        "ESCALATED  stale-heartbeat  inc-1", "A person must act now", "cause        memory exhausted",
        "+ redeploy the service: svc - ecs-svc/2", "x Heartbeat updating: 5 stale (fail)",
        "+ Incident documented: inc-1", "? orders", "https://s3.console.aws.amazon.com/x?prefix=a",
    ):  # fmt: skip
        assert part in text, part


def test_an_act_without_a_result_never_looks_done() -> None:
    text = lines()
    assert "? stop the strategy: carry-btc (unknown)" in text
    assert "? start the strategy: carry-btc (intended)" in text


def test_a_skipped_item_never_looks_passed() -> None:
    assert "? Order execution working: not yet built (skipped)" in lines()


def test_what_does_not_pass_says_since_when_and_what_was_asked() -> None:
    line = {"id": "alarms", "question": "Alarms", "result": "fail", "value": "in ALARM: a",
            "began_at": "2026-03-01T03:00:00Z", "query": "DescribeAlarms a"}  # fmt: skip
    assert "Alarms: in ALARM: a (fail, since 2026-03-01T03:00:00Z) - asked: DescribeAlarms a" in lines(
        {**ITEM, "checklist": [line]}
    )


def test_a_long_query_is_cut_for_the_report_has_it_whole() -> None:
    line = {
        "id": "alarms",
        "question": "Alarms",
        "result": "unknown",
        "value": "v",
        "query": "DescribeAlarms " * 20,
    }
    (told,) = [one for one in lines({**ITEM, "checklist": [line]}).splitlines() if "asked: " in one]
    assert told.endswith("DescribeAlarms ...")
    assert len(told) < 130


def test_the_same_act_on_several_targets_is_one_line_and_acts_stand_in_the_order_of_time() -> None:
    def act(minute: int, action: str, target: str, **more: Any) -> dict[str, Any]:
        return {"action": action, "target": target, "result": "done", "at": f"2026-03-01T03:0{minute}:00Z", **more}

    acts = [
        act(3, "resume entries", "s1"), act(1, "widen", "s1", after="10"), act(2, "widen", "s2", after="10"),
        act(2, "widen", "s3", after="10", result="unknown"),
    ]  # fmt: skip
    found = [one.strip() for one in lines({**ITEM, "actions": acts}).splitlines()]
    first = found.index("acts         + widen: s1, s2 - 10")
    assert found[first + 1 : first + 3] == ["? widen: s3 - 10 (unknown)", "+ resume entries: s1"]


def test_says_what_a_close_came_to_and_nothing_where_nothing_was_measured() -> None:
    def pnl(said: str) -> list[str]:
        found = sections(None, None, None, {**ITEM, "pnl_impact": said})
        return [line.text for one in found for line in one.lines if one.title == "P&L"]

    assert pnl("-12.50 USDT in all.") == ["-12.50 USDT in all."]
    assert pnl("not measured") == []


def test_puts_every_command_of_a_proposal_on_a_line_of_its_own() -> None:
    assert "  commands     aws ecs register-task-definition --memory 3072\n" in lines() + "\n"


def test_says_what_is_not_done_and_unknown_without_repeating_the_summary() -> None:
    text = lines()
    assert "  not done     x checklist, heartbeats: 5 stale" in text
    assert "  unknown      ? the stop of carry-btc" in text
    assert text.count("raise the memory") == 1


def test_reads_the_cause_where_the_incident_cannot_be_read() -> None:
    text = lines(None)
    assert "ESCALATED" in text
    assert "A person must act now" in text
    assert "nothing was changed" not in text, "what was done is not known then"


@pytest.mark.parametrize(
    ("status", "output", "error", "incident", "word"),
    [
        ("SUCCEEDED", {"outcome": "resolved"}, None, None, "resolved"),
        ("SUCCEEDED", None, None, None, "succeeded"),
        ("FAILED", None, "Escalated", None, "escalated"),
        ("FAILED", None, "InvalidInput", None, "invalid_input"),
        ("FAILED", None, "States.Runtime", None, "failed"),
        ("ABORTED", None, None, None, "aborted"),
        ("TIMED_OUT", None, None, None, "timed_out"),
        ("ABORTED", None, None, {"outcome": "aborted"}, "aborted"),
        (None, None, None, {}, "open"),
    ],
)  # fmt: skip
def test_names_the_outcome(status: Any, output: Any, error: Any, incident: Any, word: str) -> None:
    assert outcome_of(status, output, error, incident) == word


def test_reads_a_message_into_its_parts() -> None:
    message = Message.read(CAUSE)
    assert message.first.startswith("A person must act now")
    assert message.lists["known"] == ["heartbeat grid-eth: 301 s old"]
    assert message.fields["report"] == "https://s3.console.aws.amazon.com/x?prefix=a"


def asked(**changes: Any) -> dict[str, Any]:
    """As functions/recording.py writes it."""
    return {
        "approval_id": "apr-1", "title": "Switch grid-eth to bybit?", "standing": "decided",
        "lapses_at": "2026-03-01T03:15:00+00:00",
        "asked": [
            {"person": "alice", "name": "Alice", "mail": "sent"},
            {"person": "bob", "name": "Bob", "mail": "not_reached", "why": "bounced"},
        ],
        "seen": [{"person": "alice", "looking": False}, {"person": "alice", "looking": True}],
        "votes": [{"person": "alice", "option": "switch", "note": "fallback is fine"}],
        "decision": {"option": "switch", "by": ["alice"], "at": "2026-03-01T03:12:00+00:00",
                     "note": "fallback is fine"},
        **changes,
    }  # fmt: skip


def test_says_who_was_asked_who_looked_and_who_decided_with_what_note() -> None:
    text = lines({**ITEM, "approvals": [asked()]})
    for part in (
        'asked        + Switch grid-eth to bybit?: switch, by Alice at 03:12 UTC: "fallback is fine"',
        "asked Alice, Bob (not reached: bounced)", "seen by Alice (is looking)", "apr-1",
    ):  # fmt: skip
        assert part in text, part


def test_a_question_without_an_answer_never_looks_decided() -> None:
    lapsed = lines({**ITEM, "approvals": [asked(standing="lapsed", decision=None)]})
    assert "x Switch grid-eth to bybit?: lapsed" in lapsed
    assert 'Alice chose switch: "fallback is fine"' in lapsed, "one vote of two stays visible"
    waiting = lines({**ITEM, "approvals": [asked(standing="pending", decision=None)]})
    assert "? Switch grid-eth to bybit?: pending" in waiting
    assert "lapses 03:15 UTC" in waiting


def test_says_what_is_left_to_do_with_its_command_on_a_line_of_its_own() -> None:
    command = 'aws dynamodb update-item --key \'{"strategy_id":{"S":"grid-eth"}}\''
    value = f"switch back: grid-eth to binanceusdm, once it is well: `{command}`"
    evidence = [{"what": "probe", "value": "fine"}, {"what": "follow-up", "value": value}]
    text = lines({**ITEM, "evidence": evidence})
    assert "  follow up    ? switch back: grid-eth to binanceusdm, once it is well\n" in text
    assert f"               {command}\n" in text


def test_acts_of_every_result_stand_under_a_heading_that_says_nothing_of_it() -> None:
    item = {"actions": [{"action": "stop strategy", "target": "s1", "result": "not_done"}]}
    (acts,) = [one for one in sections({}, None, None, item) if one.title == "acts"]
    assert acts.lines[0].text == "stop strategy: s1 (not done)"


def test_a_dry_run_says_what_it_would_have_done() -> None:
    told = {"known": ["no task runs", "would redeploy: a, b"], "not_done": ["would switch: c"]}
    dry = {"dry_run": True, "told": told}
    found = {one.title: [line.text for line in one.lines] for one in sections(None, None, None, dry)}
    assert found["dry run"] == ["would redeploy: a, b", "would switch: c"]
    assert "dry run" not in {one.title for one in sections(None, None, None, {"told": told})}
