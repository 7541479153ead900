"""How a run of order-failures begins, goes round, and ends: the tasks around its children, over the twins."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter

from functions.adapters.memory import twins
from functions.errors import Refused
from functions.facts import Check, ChecklistItem, Outcome, Result
from functions.ids import orders_guard
from functions.orders.cured import cured_at
from functions.orders.model import OrderRemedied, RemedyEnd
from functions.orders.reporting import own_of
from functions.orders.resting import resting
from functions.orders.state import Diagnosed, Opened, OrderState, Proof, VenueRemedies
from functions.rules.checklist import LINES
from functions.rules.orders.causes import Cause
from functions.rules.orders.facts import OrderFacts
from functions.rules.orders.plan import OrderGroup, OrderPlan, Verdict
from functions.tasks import conclude_orders, open_order_failures, plan_order_proof, prove_orders, take_guard
from infra import asl, paths
from tests.rules.facts import NOW
from tests.rules.orders.made import ago, facts, group, log, plan, sign
from tests.rules.orders.test_classify import trader
from tests.tasks.rig import EXECUTION, SERVICE, SETTINGS, Rig

PRICE, BALANCE, RATE = group(), group(Cause.INSUFFICIENT_BALANCE), group(Cause.RATE_LIMITED)
FROZEN = group(Cause.ACCOUNT_FROZEN, fix="ask the venue to unlock the account")
_PLAN: TypeAdapter[OrderPlan] = TypeAdapter(OrderPlan)
_ITEM: TypeAdapter[ChecklistItem] = TypeAdapter(ChecklistItem)


def opened(rig: Rig, execution: str = EXECUTION, **given: Any) -> Opened:
    rig.execution(execution)
    answer = rig.work(open_order_failures, execution_arn=execution, started_at=rig.now, input=given)
    return Opened.model_validate(answer.model_dump())


def ended(about: OrderGroup, *, ending: Any = "acted", result: Result | None = Result.DONE, **more: Any) -> Any:
    """A remedy that took effect 400 s ago."""
    given = {"result": result, "at": ago(400), "why": "limit_offset_bps 5 to 10", "ending": ending, **more}
    return OrderRemedied(group=about, end=RemedyEnd(**given), error=None)


def planned(rig: Rig, begun: Opened, verdict: OrderPlan, *remedied: OrderRemedied) -> Proof:
    venues = (VenueRemedies(calm=(), change=remedied),)
    job = plan_order_proof.Job(run=begun.run, plan=verdict, before=begun.before, venues=venues)
    found: Proof = rig.work(plan_order_proof, job=job)
    return found


def judged(rig: Rig, proof: Proof, seen: OrderFacts) -> Proof:
    found: Proof = rig.work(prove_orders, proof=proof, facts=seen)
    return found


def rate_limited_since() -> OrderFacts:
    """What was cured is silent, and orders are refused for another reason."""
    logs = log(sign(Cause.RATE_LIMITED, ago=30, count=9, code="-1015"), placed={"s1": 20})
    return facts(logs, traders=(trader("s1"),))


def concluded(rig: Rig, begun: Opened, verdict: OrderPlan | None, proof: Proof | None = None, **more: Any) -> Any:
    state: dict[str, Any] = {
        **begun.model_dump(mode="json"),
        "guard": {"guard_id": begun.guard_id, "owned": True, "why": "taken"},
        "diagnosed": {"facts": None, "plan": verdict and _PLAN.dump_python(verdict, mode="json")},
        **more,
    }
    if proof is not None:
        found = proof.model_dump(mode="json")
        state["before"] = found["next"]
        looked = {name: found[name] for name in ("appeared", "blind")}
        state["proof"] = {"again": proof.another, "verify": proof.verify, "found": looked}
    return rig.work(conclude_orders, execution_arn=begun.run.execution_arn, state=state)


def verified(rig: Rig, begun: Opened, **results: Check) -> None:
    items = [ChecklistItem(one.id, one.question, results.get(one.id, Check.PASS), "ok", "x", NOW) for one in LINES]
    stored = [_ITEM.dump_python(one, mode="json") for one in items]
    twins(rig.world).incidents.note(begun.run.incident_id, [], checklist=stored)


@pytest.fixture
def begun(rig: Rig) -> Opened:
    rig.strategy("s1", age=10)
    started = opened(rig)
    rig.work(take_guard, run=started.run, guard_id=started.guard_id)
    return started


# --- the door


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"strategy": "s1"}, "strategy: unknown field"),
        ({"strategy_id": 7}, "strategy_id"),
        ({"alarm_at": "soon"}, "alarm_at"),
        ({"dry_run": "yes"}, "dry_run"),
        ({"strategy_id": "nobody"}, "strategy_id: no strategy 'nobody'"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(rig: Rig, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused, match=field):
        opened(rig, **given)


def test_two_runs_on_the_orders_of_a_service_are_one(rig: Rig, begun: Opened) -> None:
    other = opened(rig, f"{EXECUTION}2")
    assert other.guard_id == begun.guard_id == orders_guard(SERVICE)
    with pytest.raises(Refused, match=begun.run.incident_id):
        rig.work(take_guard, run=other.run, guard_id=other.guard_id)


# --- the proof


def test_only_what_was_done_is_waited_for(rig: Rig, begun: Opened) -> None:
    left = ended(BALANCE, ending="left_open", result=None)
    proof = planned(rig, begun, plan(BALANCE), left)
    assert (proof.again, proof.verify, proof.next.number) == (False, False, 2)
    proof = planned(rig, begun, plan(PRICE, BALANCE), ended(PRICE), left)
    assert (proof.again, proof.verify, proof.since) == (True, True, ago(400))


def test_orders_that_went_well_for_the_whole_window_are_the_proof(rig: Rig, begun: Opened) -> None:
    proof = judged(rig, planned(rig, begun, plan(PRICE), ended(PRICE)), facts(log(placed={"s1": 20})))
    assert [one.result for one in proof.proofs] == [Result.DONE]
    assert (proof.again, proof.another) == (False, False)
    # The checklist reads the log from there on, and not what failed before.
    assert rig.item(begun.run.incident_id)["cured_at"] == "2026-03-01T02:53:30.000000Z"
    verified(rig, begun)
    output = concluded(rig, begun, plan(PRICE), proof).output
    assert (output.outcome, output.not_proven) == (Outcome.RESOLVED, ())


def test_silence_after_a_remedy_is_told_as_not_proven(rig: Rig, begun: Opened) -> None:
    proof = planned(rig, begun, plan(PRICE), ended(PRICE))
    while proof.again:
        proof = judged(rig, proof, facts(log()))
    assert proof.looks_left == 0, "an order was waited for as long as there were looks"
    verified(rig, begun)
    output = concluded(rig, begun, plan(PRICE), proof).output
    assert output.outcome is Outcome.RESOLVED
    assert output.not_proven == ("an order of s1 since the remedy",)


def test_too_early_is_looked_at_again_and_never_for_ever(rig: Rig, begun: Opened) -> None:
    young = ended(PRICE, at=ago(30))
    proof = planned(rig, begun, plan(PRICE), young)
    looks = proof.looks_left
    for _ in range(looks):
        assert proof.again
        proof = judged(rig, proof, facts(log(placed={"s1": 5})))
    assert not proof.again
    assert [one.result for one in proof.proofs] == [Result.UNKNOWN]


def test_a_remedy_that_did_not_help_gets_another_round_while_there_is_one(rig: Rig, begun: Opened) -> None:
    failing = facts(log(sign(Cause.INVALID_PRICE, ago=30, count=9)), traders=(trader("s1"),))
    proof = judged(rig, planned(rig, begun, plan(PRICE), ended(PRICE)), failing)
    assert [one.result for one in proof.proofs] == [Result.NOT_DONE]
    assert proof.another
    last = begun.model_copy(update={"before": begun.before.model_copy(update={"number": SETTINGS.orders.rounds})})
    proof = judged(rig, planned(rig, last, plan(PRICE), ended(PRICE)), failing)
    assert not proof.another
    output = concluded(rig, last, plan(PRICE), proof)
    assert (output.escalated, output.output.outcome) == (True, Outcome.ESCALATED)


def test_a_cause_that_appears_while_another_is_cured_gets_a_round_of_its_own(rig: Rig, begun: Opened) -> None:
    moved = rate_limited_since()
    proof = judged(rig, planned(rig, begun, plan(PRICE), ended(PRICE)), moved)
    assert [one.cause for one in proof.appeared] == [Cause.RATE_LIMITED]
    assert proof.another
    assert (proof.next.number, proof.next.since) == (2, ago(400))
    assert [one.group.cause for one in proof.next.remedied] == [Cause.INVALID_PRICE]


def test_a_cause_that_appears_when_no_round_is_left_is_escalated_by_name(rig: Rig, begun: Opened) -> None:
    last = begun.model_copy(update={"before": begun.before.model_copy(update={"number": SETTINGS.orders.rounds})})
    moved = rate_limited_since()
    proof = judged(rig, planned(rig, last, plan(PRICE), ended(PRICE)), moved)
    verified(rig, last)
    answer = concluded(rig, last, plan(PRICE), proof)
    assert answer.escalated
    assert "too many" in answer.cause


def test_a_log_that_cannot_be_read_proves_nothing(rig: Rig, begun: Opened) -> None:
    proof = planned(rig, begun, plan(PRICE), ended(PRICE))
    for _ in range(proof.looks_left):
        proof = judged(rig, proof, facts(None))
    verified(rig, begun)
    assert concluded(rig, begun, plan(PRICE), proof).output.outcome is Outcome.ESCALATED


# --- the end


def test_what_an_earlier_round_cured_is_told_beside_the_last_one(rig: Rig, begun: Opened) -> None:
    first = judged(rig, planned(rig, begun, plan(PRICE), ended(PRICE)), facts(log(placed={"s1": 20})))
    second = begun.model_copy(update={"before": first.next})
    proof = judged(rig, planned(rig, second, plan(RATE), ended(RATE)), facts(log(placed={"s1": 20})))
    verified(rig, begun)
    answer = concluded(rig, second, plan(RATE), proof)
    assert answer.output.outcome is Outcome.RESOLVED
    item = rig.item(begun.run.incident_id)
    assert item["cause"] == "rate_limited, invalid_price"
    assert sum("wait out the limit" in line or "widen" in line for line in item["told"]["done"]) == 2


def test_a_venue_whose_child_died_leaves_what_it_did_unknown(rig: Rig, begun: Opened) -> None:
    venues = [{"calm": [], "change": [], "error": '{"Error":"States.Timeout","Cause":"too long"}'}]
    answer = concluded(rig, begun, plan(PRICE), venues=venues)
    assert answer.output.outcome is Outcome.ESCALATED
    assert "came to grief" in answer.cause


def test_a_cure_is_marked_for_the_detector_and_an_escalation_is_not(rig: Rig, begun: Opened) -> None:
    concluded(rig, begun, plan(left=(FROZEN,)))
    assert cured_at(twins(rig.world), SETTINGS) is None
    other = opened(rig, f"{EXECUTION}2")
    rig.work(take_guard, run=other.run, guard_id=other.guard_id)
    assert concluded(rig, other, plan()).output.outcome is Outcome.NOTHING_TO_DO
    assert cured_at(twins(rig.world), SETTINGS) == rig.now


def test_a_run_about_one_strategy_marks_no_cure_for_the_others(rig: Rig) -> None:
    rig.strategy("s1", age=10)
    begun = opened(rig, strategy_id="s1")
    rig.work(take_guard, run=begun.run, guard_id=begun.guard_id)
    assert concluded(rig, begun, plan()).output.outcome is Outcome.NOTHING_TO_DO
    assert cured_at(twins(rig.world), SETTINGS) is None


def test_what_a_person_leaves_rests_until_the_time_that_was_given(rig: Rig, begun: Opened) -> None:
    until = NOW + timedelta(hours=2)
    left = ended(BALANCE, ending="left_open", result=None, until=until, decided_by=("bob",))
    proof = planned(rig, begun, plan(BALANCE), left)
    assert concluded(rig, begun, plan(BALANCE), proof).output.outcome is Outcome.LEFT_OPEN
    left = resting(twins(rig.world), SETTINGS, rig.now)
    assert left is not None
    assert (left.until, left.strategy_ids) == (until, frozenset({"s1"}))
    assert resting(twins(rig.world), SETTINGS, until) is None


def test_what_only_a_person_can_mend_ends_with_its_exact_fix(rig: Rig, begun: Opened) -> None:
    answer = concluded(rig, begun, plan(left=(FROZEN,)))
    assert answer.escalated
    assert "unlock the account" in answer.cause


def test_the_report_names_symbols_and_strategies_that_fail_or_says_how_many_more(begun: Opened) -> None:
    many = tuple(f"s{n:02}" for n in range(14))
    four = tuple(f"{one}/USDT:USDT" for one in ("BTC", "ETH", "SOL", "BNB"))
    found = plan(left=(group(Cause.UNKNOWN, strategy_ids=many, symbols=four, account=None),))
    state = OrderState(**dict(begun), diagnosed=Diagnosed(facts=None, plan=found))
    (row,) = own_of(state).sections[0].tables[0].rows
    assert row[1] == "binanceusdm / unknown"
    assert row[2] == f"{', '.join(many[:12])} and 2 more"
    assert row[3] == ", ".join(four), "a symbol that is left away reads like one that works"


def test_a_duplicate_and_a_broken_diagnosis_end_by_their_own_words(rig: Rig, begun: Opened) -> None:
    refused = {"Error": "Refused", "Cause": '{"errorMessage": "incident inc-1, execution e"}'}
    assert concluded(rig, begun, None, refused=refused, guard=None).output.outcome is Outcome.DUPLICATE
    other = opened(rig, f"{EXECUTION}3")
    answer = concluded(rig, other, None, error={"Error": "Broken", "Cause": "no table"})
    assert answer.output.outcome is Outcome.ESCALATED


def test_a_diagnosis_that_cannot_tell_is_never_nothing_to_do(rig: Rig, begun: Opened) -> None:
    blind = plan(verdict=Verdict.ESCALATE, reason="cannot tell", unknown=("the log could not be read",))
    assert concluded(rig, begun, blind).output.outcome is Outcome.ESCALATED


# --- the definition


def test_what_calms_a_venue_comes_before_what_changes_a_config() -> None:
    states = asl.load(paths.STATEMACHINES / "cure-venue").machine["States"]
    assert states["OpenVenueCure"]["Next"] == "CalmFirst"
    assert states["CalmFirst"]["ItemsPath"] == "$.venue.calm"
    assert states["CalmFirst"]["Next"] == "ThenChange"
    assert states["ThenChange"]["ItemsPath"] == "$.venue.change"


def test_the_report_names_the_positions_that_stand_open_at_the_end(rig: Rig, begun: Opened) -> None:
    about = {"strategy_id": "s1", "symbol": "BNB/USDT:USDT", "side": "long", "amount": Decimal(5), "status": "open"}
    rig.world.put("positions", {"position_id": "pos-1", **about})
    concluded(rig, begun, plan(left=(FROZEN,)))
    report = rig.world.objects[f"incidents/{begun.run.incident_id}/report.md"][0]
    assert "At risk: 1 position is open at" in report
    assert "long 5 BNB/USDT:USDT of s1" in report
