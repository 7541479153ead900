"""What is drawn from the seed: episodes of trouble, positions that get stuck, what people do by hand, and answers.

Each has a generator of its own, so that what one of them takes long to do changes nothing of what another draws.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final, Literal

from tests.soak.kinds import KINDS, Kind

Answer = Literal["soon", "late", "never"]
# Strategies with a symbol of their own each; carry-xrp trades on paper, all others on momentum-btc's symbol.
LIVE: Final = ("breakout-bnb", "meanrev-sol", "momentum-eth")
SYMBOLS: Final[Mapping[str, str]] = {
    "breakout-bnb": "BNB/USDT:USDT",
    "meanrev-sol": "SOL/USDT:USDT",
    "momentum-eth": "ETH/USDT:USDT",
}
# All but the last two end with somebody's closing, the record's correction, or a wait.
STUCK: Final = ("never-submitted", "rejected", "unfilled", "partial")
# A halt of everything takes many minutes of the platform until all is back.
ACTS: Final = {
    "verify": 6,
    "test order": 3,
    "drill": 6,
    "look for stale": 3,
    "look for orders": 2,
    "look for stuck": 2,
    "abort": 3,
    "halt": 1,
    "halt some": 2,
}
DRILLS: Final = ("stale-heartbeat", "stuck-position", "order-failures", "emergency-stop", "verify-trading")
ANSWERS: Final[Mapping[Answer, int]] = {"soon": 13, "late": 3, "never": 3}
# How gladly an answer is given where it is offered; what does not stand here needs more than words.
LIKED: Final[Mapping[str, int]] = {
    "emergency_close": 8,
    "emergency_close_unbounded": 2,
    "wait_next_cycle": 1,
    "leave_open": 1,
    "leave": 1,
    "keep_waiting": 1,
    "switch": 4,
    "raise": 6,
    "reject": 1,
    "reduce_stake": 4,
    "close_position_1": 3,
    "funds_added": 1,
    "widen": 4,
    "market_orders": 1,
    "slow_down": 4,
    "take_out": 3,
    "replace_1": 3,
    "place": 4,
    "trading": 8,
    "manage_only": 2,
    "closed": 2,
    "not_closed": 1,
}
# Of any kind that is not known here, such as a question that a later version asks.
UNKNOWN: Final = 1
# Its answer takes a fill that somebody made by hand.
NOT_BY_US: Final = frozenset({"manual_close", "another_name", "break_glass"})
ASKS_AGAIN: Final = frozenset(
    {"wait_next_cycle", "leave_open", "leave", "keep_waiting", "funds_added", "not_closed"}
)


@dataclass(frozen=True)
class Trouble:
    """`after`: platform minutes since the one before in the same episode."""

    kind: Kind
    strategy: str | None
    count: int | None
    after: float


@dataclass(frozen=True)
class Episode:
    """`calm`: platform minutes before it; `patience`: so long it may stand before somebody clears it."""

    calm: float
    troubles: tuple[Trouble, ...]
    patience: float


def generator(seed: int, what: str) -> Random:
    return Random(f"{seed} {what}")


def episode(pick: Random, strategies: Sequence[str]) -> Episode:
    """One to three troubles, each of another kind."""
    many = pick.choices((1, 2, 3), (5, 4, 2))[0]
    chosen: dict[str, Kind] = {}
    while len(chosen) < many:
        [kind] = pick.choices(KINDS, [one.weight for one in KINDS])
        chosen.setdefault(kind.name, kind)
    return Episode(
        calm=pick.uniform(0.3, 2),
        troubles=tuple(trouble(pick, kind, strategies) for kind in chosen.values()),
        patience=pick.uniform(3, 15),
    )


def trouble(pick: Random, kind: Kind, strategies: Sequence[str]) -> Trouble:
    of = {"service": (None,), "one": strategies, "live": LIVE}[kind.whom]
    return Trouble(kind, pick.choice(of), pick.choice(kind.counts), pick.uniform(0, 2))


def answer(pick: Random) -> Answer:
    return pick.choices(list(ANSWERS), list(ANSWERS.values()))[0]


def decision(pick: Random, options: Collection[str], *, last: bool = False) -> str | None:
    """One of these that somebody may give by words alone; None: there is none. `last`: none that asks again."""
    able = sorted(set(options) - NOT_BY_US - (ASKS_AGAIN if last else frozenset()))
    if not able:
        return None
    return pick.choices(able, [LIKED.get(one, UNKNOWN) for one in able])[0]


def act(pick: Random) -> str:
    return pick.choices(list(ACTS), list(ACTS.values()))[0]


def stuck(pick: Random, strategies: Sequence[str]) -> dict[str, Any]:
    """A wish as the stand-in takes it. Several on one symbol are one unit at the venue."""
    strategy = pick.choice((*LIVE, "momentum-btc", pick.choice(strategies)))
    wish: dict[str, Any] = {"stuck": pick.choice(STUCK), "amount": pick.choice(("0.010", "0.020"))}
    if strategy in SYMBOLS:
        wish |= {
            "symbol": SYMBOLS[strategy],
            "amount": {"BNB": "1", "SOL": "5", "ETH": "0.2"}[SYMBOLS[strategy][:3]],
        }
    return {"strategy_id": strategy, **wish}
