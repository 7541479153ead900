"""The order flow of the stand-in as a test sees it, and the remedies as a person would type them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.local.engine.lab import eventually
from tests.local.platform.rig import Rig

LIVE = ("breakout-bnb", "meanrev-sol", "momentum-btc", "momentum-eth")
SLOW = 30.0


def scores(rig: Rig) -> dict[str, Any]:
    found: dict[str, Any] = rig.stats()["flow"]["strategies"]
    return found


def refused(rig: Rig, strategy: str) -> set[int]:
    """The codes that its orders met since the counts began."""
    return {int(code) for code in scores(rig).get(strategy, {}).get("refused", {})}


def fails(rig: Rig, *codes: int, strategies: Sequence[str] = LIVE) -> None:
    """None of the next orders of these passes, and each of them is told one of these codes."""
    rig.call("DELETE", "/stats")
    eventually(lambda: scores(rig), lambda now: all(_sent(now, one) >= 4 for one in strategies), SLOW)
    found = scores(rig)
    for one in strategies:
        assert found[one]["filled"] == 0, (one, found[one])
        assert {int(code) for code in found[one]["refused"]} <= set(codes), (one, found[one])


def passes(rig: Rig, strategies: Sequence[str] = LIVE, least: int = 3) -> None:
    """So many orders in a row of each of these pass, and then no order of them fails."""
    eventually(
        lambda: scores(rig),
        lambda now: all(now.get(one, {}).get("passing", 0) >= least for one in strategies),
        SLOW,
    )
    rig.call("DELETE", "/stats")
    eventually(lambda: scores(rig), lambda now: all(_sent(now, one) >= 2 for one in strategies), SLOW)
    found = scores(rig)
    assert all(found[one]["failing"] == 0 and not found[one]["refused"] for one in strategies), found


def silent(rig: Rig, strategy: str) -> None:
    """Others order, it does not."""
    rig.call("DELETE", "/stats")
    eventually(lambda: scores(rig), lambda now: any(_sent(now, one) >= 4 for one in LIVE), SLOW)
    assert strategy not in scores(rig)


def _sent(found: dict[str, Any], strategy: str) -> int:
    return int(found.get(strategy, {}).get("sent", 0))


# Remedies.


def stake(rig: Rig, amount: int, strategies: Sequence[str] = LIVE) -> None:
    for one in strategies:
        rig.set_config(one, "stake_amount", {"N": str(amount)})


def offset(rig: Rig, bps: int, strategies: Sequence[str] = LIVE) -> None:
    for one in strategies:
        rig.set_config(one, "limit_offset_bps", {"N": str(bps)})


def at_market(rig: Rig, strategies: Sequence[str] = LIVE) -> None:
    for one in strategies:
        rig.set_config(one, "order_type", {"S": "market"})


def cooldown(rig: Rig, seconds: int, strategies: Sequence[str] = LIVE) -> None:
    for one in strategies:
        rig.set_config(one, "order_cooldown_seconds", {"N": str(seconds)})


def symbols(rig: Rig, strategy: str, *names: str) -> None:
    rig.set_config(strategy, "symbols", {"L": [{"S": name} for name in names]})
