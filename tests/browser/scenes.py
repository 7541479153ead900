"""What happens in each recorded incident: one run of the product, as it ends on the embedded AWS.

Each takes a healthy platform and returns the execution whose incident is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tests.e2e import asking
from tests.e2e.platform import ORDERS, Platform

Scene = Callable[[Platform], str]
STUCK, STOP, RESUME, VERIFY = "stuck-position", "emergency-stop", "resume-trading", "verify-trading"
FIRST: Final = "momentum-btc"


def by_alarm(fault: str, **more: Any) -> Scene:
    """The alarm starts the cure of a fault."""

    def play(platform: Platform) -> str:
        platform.break_with(fault, **more)
        return platform.started_by_alarm()

    return play


def answered(fault: str, decision: str, **more: Any) -> Scene:
    """The same, with somebody who answers what is asked."""

    def play(platform: Platform) -> str:
        platform.break_with(fault, **more)
        link = asking.asked(platform, 120)
        taken = asking.answer(link, decision)
        assert taken.status == 200, taken.text
        return platform.started_by_alarm()

    return play


def stopped_by_hand(platform: Platform) -> str:
    platform.break_with("deadlock")
    arn = platform.started_by_alarm()
    platform.until(lambda: "ApplyRemedies" in platform.entered(arn), "the run acts")
    platform.stop(arn)
    return arn


def drill(platform: Platform) -> str:
    platform.silence_the_alarm()
    platform.break_with("deadlock")
    platform.until(lambda: len(platform.stale()) == len(platform.strategy_ids()), "every heartbeat is stale")
    return platform.start("stale-heartbeat", {"dry_run": True, "Comment": "drill by dana"})


def closed(platform: Platform) -> str:
    """A large one, which two people decide about."""
    arn = _stuck(platform, amount="1")
    assert asking.answer(asking.asked(platform), "emergency_close").status == 200
    approval_id = asking.newest(platform)["approval_id"]
    status, said = asking.answer_signed(platform, "bob", approval_id, "emergency_close")
    assert status == 200, said
    return arn


def left_open(platform: Platform) -> str:
    arn = _stuck(platform, stuck="rejected")
    taken = asking.answer(asking.asked(platform), "leave_open", until_minutes="60", note="the desk hedges it")
    assert taken.status == 200, taken.text
    return arn


def unanswered(platform: Platform) -> str:
    return _stuck(platform, stuck="partial")


def halted(platform: Platform) -> str:
    """With a position that is protected, one that is not, and an order that opens one."""
    platform.silence_the_detector()
    platform.venue.open("momentum-eth", symbol="ETH/USDT:USDT", amount="0.5")
    platform.venue.open(FIRST, amount="0.4", protected=False)
    entry = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "newClientOrderId": "e1"}
    platform.venue.act("order", params={**entry, "quantity": "0.01", "price": "50000"})
    return platform.start(STOP, {"reason": "orders at twice the size that was meant", "requested_by": "ana"})


def resumed(platform: Platform) -> str:
    halt = platform.run(STOP, {"reason": "the venue answers wrongly", "requested_by": "ana"})
    assert halt.outcome == "resolved", halt.told()
    return _resume(platform)


def halted_again(platform: Platform) -> str:
    platform.silence_the_alarm()
    platform.break_with("never-beats", strategy="momentum-eth")
    return resumed(platform)


def verified(platform: Platform) -> str:
    return platform.start(VERIFY, {"requested_by": "dana"})


def beside(platform: Platform) -> str:
    """One strategy is asked about, and another one fails."""
    platform.silence_the_alarm()
    platform.silence_the_detector()
    platform.break_with("deadlock", "meanrev-sol")
    platform.until(lambda: "meanrev-sol" in platform.stale(), "it is silent")
    return platform.start(VERIFY, {"strategy_ids": ["carry-xrp"], "requested_by": "dana"})


def orders_fail(fault: str) -> Scene:
    """Entries of the bots fail, and somebody has that looked into."""

    def play(platform: Platform) -> str:
        platform.silence_the_alarm()
        platform.silence_the_detector()
        platform.break_with(fault)
        failed = ("rejected", "canceled")
        platform.until(
            lambda: [one for one in platform.items(ORDERS) if one.get("status") in failed], "orders fail", 180
        )
        return platform.start("order-failures", {"requested_by": "dana"})

    return play


# In this order, for ECS remembers an end by memory for an hour.
SCENES: Final[dict[str, Scene]] = {
    "stale-heartbeat-redeployed": by_alarm("service-crashed"),
    "stale-heartbeat-restarted": by_alarm("deadlock", strategy="meanrev-sol"),
    "stale-heartbeat-switched": answered("exchange-down", "switch", count=0),
    "stale-heartbeat-escalated": by_alarm("exchange-down", count=0),
    "stale-heartbeat-aborted": stopped_by_hand,
    "stale-heartbeat-drill": drill,
    "stuck-position-closed": closed,
    "stuck-position-left-open": left_open,
    "stuck-position-unanswered": unanswered,
    "emergency-stop": halted,
    "resume-trading": resumed,
    "resume-trading-halted-again": halted_again,
    "verify-trading": verified,
    "verify-trading-others": beside,
    "order-failures-slowed": orders_fail("orders.rate-limited"),
    "order-failures-frozen": orders_fail("orders.account-frozen"),
    "stale-heartbeat-more-memory": answered("out-of-memory", "raise"),
}


def _stuck(platform: Platform, stuck: str = "never-submitted", **more: Any) -> str:
    platform.silence_the_detector()
    position_id = platform.venue.open(FIRST, stuck=stuck, **more)["position_id"]
    return platform.start(STUCK, {"position_id": position_id, "requested_by": "alice"})


def _resume(platform: Platform) -> str:
    arn = platform.start(RESUME, {"requested_by": "dana", "reason": "the venue is healthy again"})

    def look() -> str | None:
        found = asking.newest(platform)
        return str(found["approval_id"]) if found.get("execution_arn") == arn else None

    approval_id = platform.until(look, "the run asks", 120)
    for person in ("bob", "carol"):
        status, said = asking.answer_signed(platform, person, approval_id, "trading")
        assert status == 200, said
    return arn
