"""What each state of order-failures and of stuck-position found, decided, changed and proved stands in the view."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from console.live.meaning import findings
from console.live.steps import Finding, Tone
from functions.facts import OrderFact, PositionFact, Result
from functions.orders.gathering import GatherJob, LogLook, StartedQuery, StuckSeen, TradersSeen, VenuesSeen
from functions.orders.model import CauseProof, OrderChange, OrderMemo, RemedyEnd, RemedyJob, Round
from functions.orders.state import Before, Proof
from functions.orders.steps import begin
from functions.orders.written import written
from functions.rules.orders.causes import Cause, Remedy
from functions.rules.orders.facts import StuckOrder
from functions.rules.orders.plan import OrderPlan
from functions.rules.stuck.end import How, SettleEnd
from functions.rules.units.pnl import Pnl
from functions.rules.units.why_stuck import Why, WhyStuck
from functions.stuck import model as stuck
from functions.stuck.state import Accounted
from tests.rules.facts import NOW
from tests.rules.orders.made import group, log, plan, sign
from tests.tasks.rig import Rig

PRICE = group(Cause.INVALID_PRICE, count=148, codes=("-4024",))
FROZEN = group(Cause.ACCOUNT_FROZEN, remedy=Remedy.ESCALATE, fix="ask the venue to unlock it", count=0)


def run() -> Any:
    return Rig().run()


def plain(model: Any) -> Any:
    """As it stands in a history."""
    return TypeAdapter(type(model)).dump_python(model, mode="json")


def told(model: Any, key: str = "x") -> list[Finding]:
    return findings({}, {key: plain(model)})


def texts(model: Any) -> list[str]:
    return [one.text for one in told(model)]


def looked(**more: Any) -> LogLook:
    given = {
        "start": NOW - timedelta(hours=1),
        "end": NOW,
        "looks_left": 3,
        "again": False,
        "fact": None,
        "why": None,
    }
    job = GatherJob(run=run(), since=None, strategy_id=None)
    queries = tuple(StartedQuery(net=name, query_id=name) for name in ("price", "balance"))
    return LogLook(job=job, queries=queries, **{**given, **more})


def rounded(**more: Any) -> Round:
    return begin(RemedyJob(run=run(), guard_id="g", group=PRICE)).model_copy(update=more)


def test_queries_that_were_only_asked_are_not_unknown() -> None:
    (asked,) = told(looked(again=True))
    assert (asked.text, asked.tone) == ("2 queries of the log run", Tone.PLAIN)
    (away,) = told(looked(why="AccessDenied"))
    assert (away.text, away.tone) == ("unknown: AccessDenied", Tone.UNKNOWN)


def test_the_log_tells_failures_by_cause_and_what_went_well() -> None:
    fact = log(sign(Cause.INVALID_PRICE, ago=30, count=148, code="-4024"), placed={"s1": 3})
    assert texts(looked(fact=fact))[:2] == [
        "failures: invalid price 148", "3 orders went well among the lines that were read"
    ]  # fmt: skip
    assert told(looked(fact=log()))[0] == Finding("no order failed", Tone.GOOD)


def test_what_was_looked_at_besides_is_told_in_a_line_each() -> None:
    order = OrderFact("p1", "o1", "s1", "sell", "limit", "pending", protective=False, reducing=True)
    late = StuckOrder(order, "s1", "BTC/USDT:USDT", "binanceusdm", "main", "live", 900, True, False, None, "late")
    assert texts(StuckSeen(stuck=(late,), total=1, unread=None)) == ["1 order waits for too long: s1"]
    assert texts(StuckSeen(stuck=(), total=0, unread="p1: away")) == [
        "no order waits for too long",
        "unknown: p1: away",
    ]
    assert texts(TradersSeen(traders=(), total=0, unread="s1: away")) == ["0 may order", "unknown: s1: away"]
    assert texts(VenuesSeen(venues=(), unread="main: away")) == ["unknown: main: away"]


def test_the_verdict_names_each_cause_with_its_remedy_and_what_only_a_person_can_mend() -> None:
    found = told(plan(PRICE, left=(FROZEN,)))
    verdicts = [one.text for one in found if one.tone is Tone.VERDICT]
    assert verdicts == [
        "the venue refuses the price of limit orders at binanceusdm/main, for s1 -> widen the limit offset",
        "the account is frozen at binanceusdm/main, for s1 -> a person must mend it",
    ]
    assert "148 failures in the log, code -4024" in [one.text for one in found]
    assert "for a person: ask the venue to unlock it" in [one.text for one in found]
    assert texts(plan())[0] == "nothing to do: no order fails"


def test_a_remedy_tells_what_it_decides_what_it_changed_and_how_it_ended() -> None:
    change = OrderChange(
        strategy_id="s1", field="limit_offset_bps", expected=written(Decimal(5)), value=written(Decimal(10)),
        expires_at=None, why="limit_offset_bps 5 to 10",
    )  # fmt: skip
    assert texts(rounded()) == []
    assert texts(rounded(step="act", changes=(change,))) == ["decided: s1: limit_offset_bps 5 -> 10"]
    applied = tuple(f"{one}: limit_offset_bps 5 to 10" for one in ("s1", "s3"))
    memo = OrderMemo(looks=1, applied=applied, refused=("s2: no",))
    assert told(rounded(memo=memo)) == [
        Finding("s1, s3: limit_offset_bps 5 to 10", Tone.GOOD), Finding("refused: s2: no", Tone.BAD)
    ]  # fmt: skip
    end = RemedyEnd(result=Result.DONE, at=NOW, why="widened", ending="acted")
    assert told(rounded(step="end", memo=memo, end=end)) == [Finding("done: widened", Tone.GOOD)]
    nobody = RemedyEnd(result=None, at=None, why="it lapsed", ending="unanswered")
    assert told(rounded(step="end", end=nobody)) == [Finding("nobody answered: it lapsed", Tone.BAD)]


def proof(*proofs: CauseProof, **more: Any) -> Proof:
    before = Before(number=1, since=None, remedied=(), proofs=(), strategy_ids=())
    verdict: OrderPlan = plan(PRICE)
    given: dict[str, Any] = {
        "run": run(), "plan": verdict, "number": 1, "round": (), "since": NOW, "wait_seconds": 10, "looks_left": 4,
        "again": True, "another": False, "verify": True, "next": before, "why": "too early to tell",
        "appeared": (), "blind": (), **more,
    }  # fmt: skip
    return Proof(proofs=proofs, **given)


def test_the_proof_says_whether_it_helped() -> None:
    assert texts(proof()) == ["too early to tell, 4 looks left"]
    for result, word, tone in (
        (Result.DONE, "helped", Tone.GOOD),
        (Result.NOT_DONE, "did not help", Tone.BAD),
        (Result.UNKNOWN, "whether it helped is unknown", Tone.UNKNOWN),
    ):
        one = CauseProof(
            group_id="g", cause=Cause.INVALID_PRICE, remedy=Remedy.WIDEN_OFFSET, result=result, failures=0,
            placed=4, since=NOW, until=NOW, why="no failure for 5 min",
        )  # fmt: skip
        assert told(proof(one)) == [Finding(f"invalid price: {word} - no failure for 5 min", tone)]
    assert "appeared meanwhile: the account is frozen" in texts(proof(appeared=(FROZEN,)))[0]


def test_a_stuck_position_tells_why_what_comes_next_and_what_it_came_to() -> None:
    start = stuck.begin(stuck.Job(run=run(), position_id="p1", guard_id="g", reason=None))
    assert texts(start) == []
    memo = stuck.Memo(looks=1, stuck_by=WhyStuck(Why.REJECTED, "-4024 three times"))
    assert texts(stuck.step(start, "ask", "a person decides", memo=memo)) == [
        "stuck: rejected -> a person is asked", "-4024 three times"
    ]  # fmt: skip
    assert texts(stuck.step(start, "close", "bob: emergency_close", memo=memo)) == [
        "to be closed: bob: emergency_close"
    ]
    assert told(stuck.ended(start, SettleEnd(How.CLOSED, "closed at 60000"))) == [
        Finding("closed at 60000", Tone.GOOD)
    ]
    bad = SettleEnd(How.UNANSWERED, "nobody answered", not_done=("it is open",))
    assert told(stuck.ended(start, bad))[0].tone is Tone.UNKNOWN


def test_what_a_close_came_to_is_told_and_never_taken_for_nothing() -> None:
    position = PositionFact("p1", "s1", "BTC/USDT:USDT", "long", Decimal(1), "closed")
    pnl = Pnl("USDT", Decimal(-9), Decimal(1), Decimal(0), Decimal("-10"), None, (), ("9 lost by the price.",))
    known = Accounted(position=position, orders=(), attempts=(), pnl=pnl, unreadable=())
    assert texts(known) == ["profit and loss: -10.00 USDT", "9 lost by the price."]
    unread = Accounted(position=position, orders=(), attempts=(), pnl=None, unreadable=("fills: away",))
    assert told(unread) == [Finding("profit and loss not known: fills: away", Tone.UNKNOWN)]
