"""The smallest runs that walk the states of each machine, nothing mocked: what is broken, what starts, who answers.

A new machine needs a scenario that walks it, or its states are holes by name (docs/sweep.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.e2e.orders import broken
from tests.e2e.platform import CONFIG, Platform
from tests.sweep.faults import FOR_EVER

Given = dict[str, Any]
STUCK: Final = "momentum-btc"
WISH: Final = {"requested_by": "dana", "reason": "the venue is healthy again"}
BROKEN: Final = {FOR_EVER: {"Throw": {"Error": "Broken", "Cause": "an earlier fault, on the way to the place"}}}


@dataclass(frozen=True)
class Scenario:
    """A run from its trouble to its end.

    Attributes:
        runbook: what is started.
        prepare: makes the trouble, and gives the input.
        says, people: decisions in the order of preference, and who gives them.
        before: states that are broken for ever on the way to what only a failure reaches, by (machine, state).
        refused: its input is; a fault of what it walks is tried in another one where there is one.
        last: it leaves what no reset takes away, so it comes after all others on its engine.
    """

    name: str
    runbook: str
    prepare: Callable[[Platform], Given]
    says: Sequence[str] = ()
    people: Sequence[str] = ("alice",)
    before: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    last: bool = False
    refused: bool = False
    seconds: float = 150.0


def _nothing(_platform: Platform) -> Given:
    return {}


def _input(**given: Any) -> Callable[[Platform], Given]:
    return lambda _platform: dict(given)


def _stale(fault: str, strategy: str | None = None, count: int | None = None) -> Callable[[Platform], Given]:
    def prepare(platform: Platform) -> Given:
        platform.break_with(fault, strategy, count)
        platform.until(platform.stale, f"somebody is stale by {fault}", 30)
        platform.until(lambda: platform.alarm()["StateValue"] == "ALARM", "the alarm is up", 20)
        return {}

    return prepare


def _orders(fault: str, *codes: int, count: int | None = None) -> Callable[[Platform], Given]:
    def prepare(platform: Platform) -> Given:
        broken(platform, fault, *codes, count=count)
        return {"requested_by": "alice"}

    return prepare


def _delisted(platform: Platform) -> Given:
    platform.change(CONFIG, "breakout-bnb", symbols=["BNB/USDT:USDT", "SOL/USDT:USDT"])
    broken(platform, "orders.symbol-delisted", strategy="breakout-bnb", failing=["breakout-bnb"])
    return {"requested_by": "alice"}


def _stuck(platform: Platform) -> Given:
    opened = platform.venue.open(STUCK, stuck="never-submitted")
    return {"position_id": str(opened["position_id"]), "requested_by": "alice"}


def _refused(platform: Platform) -> Given:
    """The venue refuses reduce-only orders a few times, as if resting orders held all of the position."""
    given = _stuck(platform)
    platform.venue.break_with("reduce-only-refused", 3)
    return given


def _unfilled(platform: Platform) -> Given:
    opened = platform.venue.open(STUCK, stuck="unfilled")
    return {"position_id": str(opened["position_id"]), "requested_by": "alice"}


def _all_stuck(platform: Platform) -> Given:
    _stuck(platform)
    return {"requested_by": "alice"}


def _flat(platform: Platform) -> Given:
    given = _stuck(platform)
    platform.venue.price("50000")
    platform.until(lambda: platform.venue.held() == 0 or None, "the stop has fired")
    return given


def _halted(platform: Platform) -> Given:
    platform.silence_the_watch()
    run = platform.run("emergency-stop", {"requested_by": "ana", "reason": "drill"})
    assert run.outcome == "resolved", run.told()
    return dict(WISH)


BALANCE: Final = "orders.insufficient-balance"


def _manage_only(platform: Platform) -> Given:
    return {**_halted(platform), "to": "manage_only"}


def _halted_silent(*strategies: str) -> Callable[[Platform], Given]:
    """They beat no more, whatever is done about it."""

    def prepare(platform: Platform) -> Given:
        for strategy in strategies:
            platform.break_with("never-beats", strategy)
        return _halted(platform)

    return prepare


CLOSE: Final = ("emergency_close",)
BAD: Final = {"no_such_field": 1}
TEST_ORDER: Final = {"allow_test_order": True, "strategy_ids": [STUCK], "requested_by": "dana"}

SCENARIOS: Final = (
    Scenario("restart", "stale-heartbeat", _stale("deadlock", "meanrev-sol")),
    Scenario("redeploy", "stale-heartbeat", _stale("service-crashed")),
    Scenario("redeploy through zero", "stale-heartbeat", _stale("deadlock")),
    Scenario("slow down", "stale-heartbeat", _stale("rate-limited", count=60)),
    Scenario("switch", "stale-heartbeat", _stale("exchange-down", count=0), says=("switch",)),
    Scenario(
        "switch that breaks",
        "stale-heartbeat",
        _stale("exchange-down", count=0),
        says=("switch",),
        before={("switch-exchange", "SwitchExchange"): BROKEN},
    ),
    Scenario("no heartbeat input", "stale-heartbeat", _input(**BAD), refused=True),
    Scenario("no last heartbeat", "stale-heartbeat", _nothing, before={("stale-heartbeat", "Conclude"): BROKEN}),
    Scenario("widen", "order-failures", _orders("orders.invalid-price", -4024)),
    Scenario("smaller stakes", "order-failures", _orders(BALANCE, -2019), says=("reduce_stake",)),
    Scenario(
        "close for margin",
        "order-failures",
        _orders(BALANCE, -2019),
        says=("close_position_1", *CLOSE),
    ),
    Scenario("fewer orders", "order-failures", _orders("orders.rate-limited")),
    Scenario("delisted", "order-failures", _delisted),
    Scenario("no orders input", "order-failures", _input(**BAD), refused=True),
    Scenario("no last order", "order-failures", _nothing, before={("order-failures", "Conclude"): BROKEN}),
    Scenario("close", "stuck-position", _stuck, says=CLOSE),
    Scenario("close that is refused", "stuck-position", _refused, says=CLOSE),
    Scenario("close what an exit holds", "stuck-position", _unfilled, says=CLOSE),
    Scenario(
        "close without its end",
        "stuck-position",
        _stuck,
        says=CLOSE,
        before={("close-position", "EndClose"): BROKEN},
    ),
    Scenario(
        "close without a look",
        "stuck-position",
        _stuck,
        says=CLOSE,
        before={("close-position", "LookAtUnit"): BROKEN},
    ),
    Scenario("close all", "stuck-position", _all_stuck, says=CLOSE),
    Scenario("flat", "stuck-position", _flat),
    Scenario("no position input", "stuck-position", _input(**BAD), refused=True),
    Scenario("no last position", "stuck-position", _stuck, before={("stuck-position", "Conclude"): BROKEN}),
    Scenario("no close input", "close-position", _input(**BAD), refused=True),
    Scenario("stop", "emergency-stop", _nothing),
    Scenario("no stop input", "emergency-stop", _input(dry_run="true"), refused=True),
    Scenario("not engaged", "emergency-stop", _nothing, before={("emergency-stop", "Engage"): BROKEN}),
    Scenario(
        "stop whose checklist breaks",
        "emergency-stop",
        _nothing,
        before={("verify-trading", "JudgeChecklist"): BROKEN},
    ),
    Scenario("no last stop", "emergency-stop", _nothing, before={("emergency-stop", "Conclude"): BROKEN}),
    Scenario("resume", "resume-trading", _halted, says=("trading",), people=("bob", "carol")),
    Scenario("manage only", "resume-trading", _manage_only, says=("manage_only",)),
    Scenario(
        "one stays silent",
        "resume-trading",
        _halted_silent("momentum-btc"),
        says=("trading",),
        people=("bob", "carol"),
    ),
    Scenario(
        "three stay silent",
        "resume-trading",
        _halted_silent("carry-xrp", "meanrev-sol", "momentum-btc"),
        says=("trading",),
        people=("bob", "carol"),
    ),
    Scenario(
        "nothing is brought back",
        "resume-trading",
        _halted,
        says=("trading",),
        people=("bob", "carol"),
        before={("return-batch", "BringBack"): BROKEN},
    ),
    Scenario("no last resume", "resume-trading", _input(**WISH), before={("resume-trading", "Conclude"): BROKEN}),
    Scenario("no resume input", "resume-trading", _input(**BAD), refused=True),
    Scenario("verify", "verify-trading", _nothing),
    Scenario("test order", "verify-trading", _input(**TEST_ORDER), says=("place",)),
    Scenario(
        "test order that is not withdrawn at once",
        "verify-trading",
        _input(**TEST_ORDER),
        says=("place",),
        before={("test-order", "WithdrawTestOrder"): BROKEN},
    ),
    Scenario("no verify input", "verify-trading", _input(**BAD), refused=True),
    Scenario("no last check", "verify-trading", _nothing, before={("verify-trading", "JudgeChecklist"): BROKEN}),
    Scenario("memory", "stale-heartbeat", _stale("out-of-memory"), says=("raise",), last=True),
)
BY_NAME: Final = {one.name: one for one in SCENARIOS}
