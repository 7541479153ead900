"""Whether a risk alarm may stop everything without a person: only where its own rule holds on the points read now.

A stop costs positions their manager, so one odd value must not do it, and nobody's silence: an alarm is believed
where it judges one metric by several points, takes no missing point for a breach, and still breaches when read
again. Heartbeats never count: they say that nobody was heard, not that money is at risk.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Final

from functions.facts import BreachFact

LEAST_WINDOW: Final = 2

# A period is published after its end, and often a little later; older points say nothing of now.
LATE_PERIODS: Final = 2

# CloudWatch's words (PutMetricAlarm, ComparisonOperator).
COMPARISONS: Final[Mapping[str, tuple[Callable[[Decimal, Decimal], bool], str]]] = {
    "GreaterThanOrEqualToThreshold": (ge, "at least"),
    "GreaterThanThreshold": (gt, "above"),
    "LessThanThreshold": (lt, "below"),
    "LessThanOrEqualToThreshold": (le, "at most"),
}
BANDS: Final = frozenset(
    {"LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold"}
)


@dataclass(frozen=True, slots=True)
class RiskVerdict:
    """`stop`: start the emergency stop. `reason` is one clause either way."""

    stop: bool
    reason: str


def judge_risk_alarm(breach: BreachFact, *, named: Collection[str], now: datetime) -> RiskVerdict:
    """`named`: the alarms that the settings let stop everything. Total: whatever is not certain is a no."""
    if breach.name not in named:
        return RiskVerdict(False, "the settings do not name it among emergency_stop.risk_alarms")
    if (unfit := why_unfit(breach)) is not None:
        return RiskVerdict(False, unfit)
    if breach.state != "ALARM":
        return RiskVerdict(False, _STATES.get(breach.state or "", "its state could not be read"))
    told = _told(breach)
    points = newest(breach, now)
    breaching = [value for _, value in points if breaches(breach, value)]
    counted = f"{len(breaching)} of the newest {breach.window} points breach now"
    if len(breaching) < breach.needed:
        missing = f", {breach.window - len(points)} do not exist" if len(points) < breach.window else ""
        return RiskVerdict(False, f"only {counted}{missing}; {breach.needed} must be {told}")
    return RiskVerdict(True, f"{counted}: {_values(breaching)} ({told})")


_STATES: Final[Mapping[str, str]] = {
    "OK": "it is OK again",
    "INSUFFICIENT_DATA": "it has not enough data to say anything",
}


def why_unfit(breach: BreachFact) -> str | None:
    """Why no state of this alarm could ever stop anything; None where one could."""
    if "heartbeat" in breach.name.lower():
        return "it is about heartbeats, which never stop everything"
    if breach.unsupported is not None:
        return f"it cannot be judged again: {breach.unsupported}"
    if breach.treat_missing_data == "breaching":
        return "it takes missing data for a breach (TreatMissingData)"
    if breach.window < LEAST_WINDOW:
        return f"it judges by {breach.window} point; at least {LEAST_WINDOW} are wanted (M of N)"
    if not 1 <= breach.needed <= breach.window or breach.period_seconds <= 0:
        return f"its rule of {breach.needed} of {breach.window} points cannot be read"
    if breach.comparison in BANDS:
        return "it compares with a band that moves, which cannot be judged again"
    if breach.comparison not in COMPARISONS or breach.threshold is None:
        return f"its comparison {breach.comparison} with {breach.threshold} is not known"
    return None


def newest(breach: BreachFact, now: datetime) -> Sequence[tuple[datetime, Decimal]]:
    """At most `window` points, newest first, of those that are new enough to speak of now."""
    oldest = now - timedelta(seconds=(breach.window + LATE_PERIODS) * breach.period_seconds)
    return [(at, value) for at, value in breach.points if at >= oldest][: breach.window]


def breaches(breach: BreachFact, value: Decimal) -> bool:
    """Only for an alarm that fits. A value that is no number is beyond nothing."""
    compares, _ = COMPARISONS[str(breach.comparison)]
    return value.is_finite() and breach.threshold is not None and compares(value, breach.threshold)


def _told(breach: BreachFact) -> str:
    return f"{COMPARISONS[str(breach.comparison)][1]} {breach.threshold}"


def _values(values: Sequence[Decimal]) -> str:
    return ", ".join(str(value) for value in values[:5])
