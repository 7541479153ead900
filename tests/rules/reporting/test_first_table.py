"""The first table: how it ended, what cured it, what it costs and puts at risk, what is left, by command."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.rules.reporting.lines import TYPED
from functions.rules.reporting.own import Own
from functions.rules.reporting.report import documents
from functions.rules.reporting.short import MOST_LEFT, title_of
from tests.rules.reporting.test_report import ARN, at, incident, part, rows, short

BACK = 'switch back: {} to binanceusdm, once it is well: `aws dynamodb update-item --key \'{{"id": "{}"}}\'`'


def act(action: str, target: str, result: str = "done") -> dict[str, Any]:
    return {"action": action, "target": target, "result": result, "by": ARN, "at": at(2)}


def seen(what: str, value: str, minutes: float = 1, where: str = "table") -> dict[str, Any]:
    return {"what": what, "where": where, "value": value, "at": at(minutes)}


def standing(position_id: str, rests: str, **more: Any) -> dict[str, Any]:
    return {
        "position_id": position_id, "strategy_id": "s1", "symbol": "BTC/USDT:USDT", "side": "long", "amount": "0.4",
        "exchange": "binanceusdm", "account": "main", "protective_orders": [], "worth": "24000", "profit": "-12.5",
        "protection_at_the_venue": rests, **more,
    }  # fmt: skip


def test_the_first_line_says_what_cured_it_and_not_what_was_meant_first() -> None:
    acts = [act("switch to bybit", f"s{n}") for n in range(5)]
    more = {
        "strategy_ids": [f"s{n}" for n in range(5)],
        "actions": acts,
        "not_proven": [],
        "cause": "exchange_down",
    }
    it = incident(summary="Resolved and verified: 5 stale; 5 exchange down (x): wait exchange", **more)
    assert short(it)["what happened"].split("\n") == [
        "Resolved and verified.",
        "5 strategies had sent no heartbeat: s0, s1, s2 and 2 more.",
        "Cured by: switch to bybit (5: s0, s1, s2 and 2 more).",
    ]
    assert "wait exchange" not in short(it)["proven"]


def test_what_came_back_by_itself_was_cured_by_nobody() -> None:
    told = short(incident(actions=[], not_proven=[]))["what happened"]
    assert told.endswith("It came back by itself: nothing was changed.")


def test_a_run_that_failed_on_its_way_says_where() -> None:
    summary = "A person must act now: the run failed on its way (no table), before any remedy was applied"
    told = short(incident(outcome="escalated", summary=summary, actions=[]))["what happened"]
    assert told == (
        "NOT RESOLVED: a person must act.\n"
        "The run failed on its way (no table), before any remedy was applied."
    )  # fmt: skip


@pytest.mark.parametrize("outcome", ["aborted", "failed"])
def test_a_run_that_was_cut_short_proves_nothing_and_has_the_platform_looked_at(outcome: str) -> None:
    found = short(incident(outcome=outcome, checklist=[], told={}, actions=[], not_proven=[]))
    assert found["proven"] == "Nothing: the run ended before it could prove anything."
    assert found["not proven"] == "Everything: the run did not come to its end."
    assert "runbooks start verify-trading --env dev" in found["left to a person"]


def test_resolved_stands_beside_what_is_not_proven_in_title_and_first_line() -> None:
    it = incident(not_proven=["orders", "accounts"])
    assert title_of(it).endswith("resolved; not proven: order execution, what was open before is accounted for")
    assert short(it)["what happened"].startswith("Resolved; NOT PROVEN: order execution")


def test_why_something_is_not_proven_stands_in_its_row_and_not_in_the_title() -> None:
    why = "that no other order fails (x: rate limited at 11:53:52 UTC by the log, so it is asked nothing)"
    it = incident(runbook="order-failures", not_proven=[why, "orders"], checklist=[])
    assert title_of(it).endswith("resolved; not proven: that no other order fails, order execution")
    found = short(it)
    lead = "Resolved; NOT PROVEN: that no other order fails, order execution."
    assert found["what happened"].split("\n")[0] == lead
    assert "(x: rate limited at 11:53:52 UTC by the log, so it is asked nothing)" in found["not proven"]


def test_what_is_not_proven_of_a_good_end_is_left_to_a_person_with_the_way_to_look() -> None:
    look = "Look again at what is not proven (order execution): `runbooks start verify-trading --env dev"
    assert look in short(incident())["left to a person"]
    assert "Look again" not in short(incident(not_proven=[]))["left to a person"]
    assert "Look again" not in short(incident(outcome="escalated"))["left to a person"], "it has more to do first"


@pytest.mark.parametrize(
    ("rests", "told"),
    [
        (["none"], "; 1 open position UNPROTECTED, 24,000.00 USDT"),
        (["none", "none", "whole"], "; 2 open positions UNPROTECTED, 48,000.00 USDT"),
        (["none", "unknown"], "; 1 open position UNPROTECTED and 1 NOT KNOWN TO BE PROTECTED, 48,000.00 USDT"),
        (["whole", "paper"], ""),
        ([], ""),
    ],
)
def test_a_title_says_of_money_that_stays_open_without_protection(rests: list[str], told: str) -> None:
    found = [standing(f"p{n}", one) for n, one in enumerate(rests)]
    stop: dict[str, Any] = {"runbook": "emergency-stop", "not_proven": [], "open_positions": found}
    assert title_of(incident(**stop)) == f"emergency-stop in dev: resolved{told}"
    assert title_of(incident(**stop, dry_run=True)) == "Dry run: emergency-stop in dev: resolved"


def test_open_positions_stand_in_the_money_row_with_what_is_unprotected_loud() -> None:
    found = [standing("p1", "none"), standing("p2", "whole", worth="1500", profit="2"), standing("p3", "paper")]
    it = incident(runbook="emergency-stop", pnl_impact="not measured", open_positions=found)
    assert short(it)["money"].split("\n") == [
        "3 open: 1 UNPROTECTED; worth 25,500.00 USDT at the mark; P&L so far -10.50 USDT.",
        "At risk without known protection: 24,000.00 USDT.",
        "p1: long 0.4 BTC/USDT:USDT, worth 24,000.00 USDT, UNPROTECTED",
    ]
    left = short(it)["left to a person"]
    assert """`runbooks start stuck-position --env dev --input '{"position_id": "p1"}'`""" in left
    assert "p2" not in left
    assert "runbooks start resume-trading --env dev" in left
    assert [row[3] for row in rows(part(it, "Open positions"))] == [
        "UNPROTECTED",
        "protected",
        "paper: no real money",
    ]
    page = dict(documents(it))["report.html"][0]
    assert '<strong class="loud">UNPROTECTED</strong>' in page


@pytest.mark.parametrize(
    ("more", "safe"),
    [
        ({"protection_at_the_venue": "partly"}, False),
        ({"protection_at_the_venue": "unknown"}, False),
        ({"protection_at_the_venue": "flat"}, True),
        ({"protection_at_the_venue": "unasked"}, False),
        ({"protection_at_the_venue": "unasked", "protective_orders": ["o1"]}, True),
        ({"protection_at_the_venue": "a word of tomorrow"}, False),
        ({"protection_at_the_venue": None}, False),
    ],
)
def test_only_what_is_known_to_be_protected_is_called_so(more: dict[str, Any], safe: bool) -> None:
    found = short(incident(open_positions=[standing("p1", "none", **more)]))["money"]
    assert ("all protected" in found) is safe
    loud = "PROTECTED IN PART ONLY" if more["protection_at_the_venue"] == "partly" else "NOT KNOWN TO BE PROTECTED"
    assert (f"1 open: 1 {loud}; " in found) is not safe


def test_what_is_known_to_be_unprotected_is_counted_apart_from_what_nobody_knows() -> None:
    rests = ("none", "unknown", "partly", "whole", "none")
    found = [standing(f"p{n}", one) for n, one in enumerate(rests)]
    it = incident(pnl_impact="not measured", open_positions=found)
    first = short(it)["money"].split("\n")[0]
    assert first.startswith("5 open: 2 UNPROTECTED, 1 PROTECTED IN PART ONLY, 1 NOT KNOWN TO BE PROTECTED; ")


def test_profit_and_loss_of_open_positions_is_pointed_to_and_not_denied() -> None:
    it = incident(pnl_impact="not measured", open_positions=[standing("p1", "none")])
    assert part(it, "Profit and loss").lines == (
        "Not measured of this run; what is open stands under 'Open positions'.",
    )
    assert part(incident(pnl_impact="-1 USDT"), "Profit and loss").lines == ("-1 USDT",)


def test_a_worth_that_is_not_known_is_never_counted_as_nothing() -> None:
    found = short(incident(open_positions=[standing("p1", "unknown", worth=None, profit="nan", amount=None)]))
    assert "worth 1 of unknown value at the mark; P&L so far 1 of unknown value" in found["money"]


def test_what_was_at_risk_meanwhile_is_told_by_the_first_look_where_nothing_else_is_known() -> None:
    look = [seen("exposure before any act", "0 open positions, 0 working orders (0 protective), 0 exits in flight")]
    none = short(incident(pnl_impact="not measured", evidence=look))["money"]
    assert none == (
        "No position and no order was open: nothing was at risk. Trades that were missed are not measured."
    )
    some = [seen("exposure before any act", "3 open positions, 1 working orders (1 protective), 0 exits in flight")]
    assert short(incident(pnl_impact="not measured", evidence=some))["money"].startswith("3 open positions and 1")
    assert short(incident(pnl_impact="not measured", evidence=[]))["money"] == "Not measured."


@pytest.mark.parametrize(
    ("result", "value", "known"),
    [
        ("pass", "no position is open (1 accounts read)", True),
        ("pass", "2 open positions, table and venue agree", False),
        ("unknown", "no position is open (0 accounts read)", False),
    ],
)
def test_where_nobody_looked_before_the_checklist_says_what_was_open(result: str, value: str, known: bool) -> None:
    line = {"id": "positions", "question": "All accounted for?", "result": result, "value": value, "at": at(3)}
    found = short(incident(pnl_impact="not measured", evidence=[], checklist=[line]))["money"]
    told = "No position was open at 2026-03-01 03:03:00 UTC. Trades that were missed are not measured."
    assert found == (told if known else "Not measured.")


def test_a_proof_is_told_to_its_end_with_what_it_leaves_open() -> None:
    whom = "orders of " + ", ".join(f"strategy-{n}" for n in range(16))
    told = f"{whom}: none since the remedy for 60 s; no order of these strategies was seen since"
    assert told in short(incident(told={"done": [told]}))["proven"].replace("Orders of", "orders of")


def test_a_row_of_its_own_that_only_repeats_what_happened_is_left_away() -> None:
    orders = {"runbook": "order-failures", "cause": "account_frozen"}
    own = Own(short=(("what failed", "the account is frozen at x/main"), ("position", "long 1 BTC")))
    it = replace(
        incident(outcome="escalated", summary="The account is frozen at x/main: ask them", **orders), own=own
    )
    assert "what failed" not in short(it)
    assert short(it)["position"] == "long 1 BTC"
    other = replace(incident(outcome="escalated", summary="Something else", **orders), own=own)
    assert short(other)["what failed"] == "the account is frozen at x/main"


def test_what_is_to_be_done_later_stands_in_the_first_table_with_its_commands_below() -> None:
    looks = [seen("follow-up", BACK.format(one, one)) for one in ("s1", "s2")]
    it = incident(evidence=looks)
    assert (
        "Switch back to binanceusdm, once it is well (s1, s2); the commands stand below under 'Left to a person'."
        in short(it)["left to a person"].split("\n")
    )
    found = part(it, "Left to a person")
    assert [(row[0], row[1]) for row in rows(found)] == [
        ("switch back to binanceusdm, once it is well", one) for one in ("s1", "s2")
    ]
    assert rows(found)[1][2] == f'{TYPED}aws dynamodb update-item --key \'{{"id": "s2"}}\'{TYPED}'
    assert "follow-up" not in [row[1] for row in rows(part(it, "Evidence"))]
    one = short(incident(evidence=looks[:1]))["left to a person"]
    assert "(s1): `aws dynamodb update-item" in one, "a single command stands where it is read first"


def test_an_open_root_cause_is_left_to_a_person_until_somebody_wrote_it_and_then_stands_first() -> None:
    assert '--root-cause "..." --env dev`' in short(incident())["left to a person"], "prevention is written already"
    written = {"field": "root_cause", "text": "a full disk", "by": "ana", "at": at(50)}
    both = [{"field": "prevention", "text": "alarms", "by": "ana", "at": at(60)}, written]
    found = short(incident(follow_up=both))
    assert "incidents note" not in found["left to a person"]
    assert found["why"].startswith("A full disk. (root cause, by ana)".replace("A full", "a full"))


def test_what_was_decided_alone_waits_for_another_to_ratify_it() -> None:
    glass = [{"title": "t", "asked_at": at(1), "glass": {"ratified_by": None}}]
    left = short(incident(approvals=glass, closed_at=None))["left to a person"]
    assert "`runbooks incidents ratify inc-1 --env dev`" in left


def test_more_than_the_first_table_holds_stands_in_a_section_and_nothing_twice() -> None:
    many = [f"thing number {n} has to be done by a person of the desk" for n in range(20)]
    it = incident(told={"not_done": many}, open_questions=[f"Left to a person: {one}" for one in many])
    first = short(it)["left to a person"].split("\n")
    assert len(first) == MOST_LEFT
    below = part(it, "Left to a person").lines
    text = dict(documents(it))["report.md"][0].casefold()
    assert len(below) + MOST_LEFT - 1 == 20 + 3, "of others, what is not proven, and the root cause"
    assert all(text.count(one) == 1 for one in many), "each once on the whole page"


def test_who_began_it_is_shown_as_a_claim_where_it_is_one() -> None:
    claimed = incident(alarm_name=None, requested_by="ana", runbook="emergency-stop", approvals=[])
    assert short(claimed)["started by"].startswith("ana, as the input CLAIMS")
    assert (
        short(claimed)["who decided"] == "Nobody was asked: ana pressed the emergency stop (so the input CLAIMS)."
    )
    for acts, more in (([], ""), ([act("raise", "s1")], ", and the runbook does this by itself")):
        by_hand = incident(
            alarm_name=None, requested_by="dana", runbook="order-failures", approvals=[], actions=acts
        )
        decided = f"Nobody was asked: dana started the run (so the input CLAIMS){more}."
        assert short(by_hand)["who decided"] == decided
    assert short(incident())["started by"] == "the alarm tradai-dev-heartbeat-stale"
    beside = incident(alarm_name=None, seen_by="inc-7", cause="checklist: heartbeats", runbook="verify-trading")
    assert short(beside)["started by"] == "the checklist of inc-7, which found it"
    assert title_of(beside).startswith("No heartbeat (s1) in dev, found beside another run: ")


def test_looks_that_say_the_same_are_one_row_with_how_often_and_when() -> None:
    looks = [seen("look again: exchange", "failed: HTTP 503", n) for n in range(30)]
    counted = [seen(f"watch, look {n}", f"{n % 2 + 4} beat, 0 do not", 40 + n) for n in range(5)]
    single = [seen("heartbeat", f"{n} s old", 50, where=f"s{n}") for n in range(4)]
    found = rows(part(incident(evidence=[*looks, *counted, *single]), "Evidence"))
    assert found[:2] == [
        ("2026-03-01 03:00:00 UTC to 03:29:00 UTC", "look again: exchange (30 times)", "table", "failed: HTTP 503"),
        (
            "2026-03-01 03:40:00 UTC to 03:44:00 UTC",
            "watch, look (5 times)",
            "table",
            "4 beat, 0 do not (the newest of them)",
        ),
    ]
    assert [row[2] for row in found[2:]] == ["s0", "s1", "s2", "s3"], (
        "heartbeats of several are no looks at one thing"
    )


def test_a_look_that_said_something_else_is_not_hidden_among_those_alike() -> None:
    looks = [seen("look again: exchange", "failed" if n != 7 else "ok: HTTP 200", n) for n in range(9)]
    found = rows(part(incident(evidence=looks), "Evidence"))
    assert [(row[1], row[3]) for row in found] == [
        ("look again: exchange (8 times)", "failed"),
        ("look again: exchange", "ok: HTTP 200"),
    ]


def test_the_counts_of_evidence_and_acts_say_of_when_they_are() -> None:
    line = {
        "id": "incident",
        "question": "Documented?",
        "result": "pass",
        "value": "inc-1: 65 pieces of evidence, 0 acts",
    }
    found = rows(part(incident(checklist=[line], evidence_total=70), "Checklist"))
    assert found[0][2] == "inc-1: 65 pieces of evidence, 0 acts; at its end 70 pieces of evidence and 1 acts"
    same = {**line, "value": "inc-1: 1 pieces of evidence, 1 acts"}
    assert rows(part(incident(checklist=[same]), "Checklist"))[0][2] == "inc-1: 1 pieces of evidence, 1 acts"


def test_a_runbooks_own_money_leads_over_the_whole_trade() -> None:
    it = replace(
        incident(), own=Own(short=(("money", "The delay cost 1.00 USDT.\x1eThe whole trade: -62.10 USDT."),))
    )
    assert short(it)["money"].split("\n") == ["The delay cost 1.00 USDT.", "The whole trade: -62.10 USDT."]


def test_what_a_runbook_leaves_for_later_stands_there_with_its_command() -> None:
    it = replace(incident(), own=Own(later=("Take the slower pace back: `runbooks config undo inc-1 --env dev`",)))
    told = "Take the slower pace back: `runbooks config undo inc-1 --env dev`."
    assert told in short(it)["left to a person"].split("\n")


def test_what_the_checklist_leaves_open_is_named_once_with_the_way_to_look_again() -> None:
    told = {"not_done": ["checklist, signals: 0 of 5 process"], "unknown": ["checklist, positions: no answer"]}
    left = short(incident(outcome="escalated", told=told))["left to a person"]
    assert "See to what the checklist does not pass (signals processed, positions accounted for)" in left
    assert "`runbooks start verify-trading --env dev" in left
    assert "0 of 5 process" not in left, "its answer stands in the rows above"


def test_a_line_of_the_checklist_is_known_by_its_question_too() -> None:
    line = {
        "id": "log_patterns",
        "question": "No error patterns in logs",
        "result": "fail",
        "value": "160 x",
        "at": at(1),
    }
    told = {"not_done": ["checklist: No error patterns in logs - fail: 160 x"]}
    left = short(incident(outcome="escalated", told=told, checklist=[line]))["left to a person"]
    assert "See to what the checklist does not pass (clean log)" in left
    assert "160 x" not in left


@pytest.mark.parametrize(
    ("value", "money"),
    [
        (
            "1 open positions, 0 working orders (0 protective), 0 exits in flight; long 5 BNB/USDT:USDT of s1",
            "At risk: 1 position is open at {}: long 5 BNB/USDT:USDT of s1. What the trouble cost is not measured.",
        ),
        (
            "0 open positions, 0 working orders (0 protective), 0 exits in flight",
            "No position of these strategies was open at {}. Trades that were missed are not measured.",
        ),
        (
            "0 open positions, 0 working orders, not readable: positions: away",
            "What is open could not be read whole at {}: 0 open positions, 0 working orders, not readable: "
            "positions: away.",
        ),
    ],
)
def test_what_is_open_at_the_end_of_a_run_is_what_it_puts_at_risk(value: str, money: str) -> None:
    it = incident(runbook="order-failures", evidence=[seen("open at the end", value)], pnl_impact="not measured")
    assert short(it)["money"] == money.format("2026-03-01 03:01:00 UTC")


def test_a_command_that_takes_back_what_was_changed_is_left_to_a_person() -> None:
    it = incident(told={"known": ["runbooks config undo inc-1 --env dev"]})
    assert (
        "What was changed is taken back by `runbooks config undo inc-1 --env dev`" in short(it)["left to a person"]
    )
    assert not any("undo" in line for line in part(it, "What happened").lines)


@pytest.mark.parametrize(
    ("notes", "stands"),
    [
        (["config undo: s1: stake_amount is 500 again; s2: symbols is BTC/USDT:USDT and 1 more again"], False),
        (["config undo: s1: stake_amount is 500 again; s2: stake_amount was not put back: no"], True),
        (["config undo: s1: stake_amount was not put back: no", "config undo: s1: stake_amount is 5 again"], False),
        (["somebody will run config undo: s1: stake_amount is 500 again"], True),
    ],
)
def test_what_was_taken_back_is_left_to_nobody(notes: list[str], stands: bool) -> None:
    follow_up = [{"field": "note", "text": one, "by": "ana", "at": at(50)} for one in notes]
    it = incident(told={"known": ["runbooks config undo inc-1 --env dev"]}, follow_up=follow_up)
    assert ("What was changed is taken back by" in short(it)["left to a person"]) is stands


def test_a_change_that_ends_by_itself_says_when_and_one_that_lasts_does_not() -> None:
    undo, cooldown = "runbooks config undo inc-1 --env dev", "order_cooldown_seconds 15 to 60"
    ends = {"after": "order_cooldown_seconds 60, until 2026-03-01 07:00 UTC"}
    acts = [{**act(cooldown, f"s{n}"), **ends} for n in range(2)]
    given = {"runbook": "order-failures", "told": {"known": [undo]}, "summary": "Resolved and verified: x"}
    found = short(incident(**given, actions=[*acts, {**act(cooldown, "s2", "not_done"), "after": "unchanged"}]))
    assert f"Done: {cooldown} (2: s0, s1), until 2026-03-01 07:00 UTC." in found["what happened"]
    told = "What was changed is put back by itself at 2026-03-01 07:00 UTC; to take it back before: `runbooks"
    assert told in found["left to a person"]
    stake = {**act("stake_amount 500 to 250", "s1"), "after": "stake_amount 250"}
    lasting = short(incident(**given, actions=[*acts, stake]))
    assert "Done: order_cooldown_seconds 15 to 60 (2: s0, s1), until 2026" in lasting["what happened"]
    assert f"What was changed is taken back by `{undo}`" in lasting["left to a person"]


def test_of_orders_that_failed_it_says_how_many_and_by_which_codes() -> None:
    rate = "The venue refuses orders because there are too many: 4 failures in the log, code -1015, s1."
    money = "The account has not enough free margin: 2 failures in the log, s2; nothing but the log says so."
    it = incident(runbook="order-failures", cause="rate_limited")
    assert short(replace(it, own=Own(causes=(rate,))))["why"].split("\n") == [
        "The exchange refused orders because too many calls were made (rate limit).",
        "4 failures in the log, code -1015, s1.",
    ]
    several = short(replace(it, own=Own(causes=(rate, money))))["why"].split("\n")
    assert several[1:] == [rate, money], "each with the cause that it counts"


def test_an_end_that_measured_nothing_is_not_taken_for_one_without_risk() -> None:
    nothing: dict[str, Any] = {"pnl_impact": "not measured", "evidence": [], "checklist": [], "told": {}}
    assert short(incident(**nothing))["money"] == "Not measured: neither a cost, nor what is open."
    assert short(incident(**nothing, outcome="duplicate"))["money"] == "Not measured.", "nothing was treated"
    told = {**nothing, "told": {"exposure": ["p1 is open"]}}
    assert short(incident(**told))["money"] == "Not measured.", "what is open stands below"
