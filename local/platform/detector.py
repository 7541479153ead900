"""The platform's heartbeat detector: drives the alarm, on a change of its own verdict only.

It sets the alarm's state (SetAlarmState, with a truthful reason) and puts no data under the alarm's own
metric. Anybody's PutMetricData makes the embedded AWS evaluate every alarm that has data within its period,
which would overrule a state that a person or a test has set by hand; without data it leaves the alarm alone.
What it measures is published beside it, as `StaleStrategies`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from local.platform.aws import Aws
from local.platform.names import HEARTBEAT_ALARM, METRICS
from local.platform.pace import STALE_AFTER, parse
from local.platform.tables import Strategy, Tables
from local.platform.tally import Tally

NO_DATA = (
    "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as "
    "[Breaching]."
)


@dataclass(frozen=True)
class Verdict:
    """The alarm's state, how many are stale, and the oldest age in seconds (None: no heartbeat)."""

    state: str
    stale: int
    oldest: float | None


def judge(strategies: Sequence[Strategy], now: datetime) -> Verdict:
    """Stale: trading, and its heartbeat is missing, unreadable or older than 120 s."""
    beats = [parse(one.last_heartbeat) for one in strategies if one.trades]
    ages = [None if beat is None else (now - beat).total_seconds() for beat in beats]
    stale = [age for age in ages if age is None or age > STALE_AFTER]
    known = [age for age in ages if age is not None]
    oldest = None if None in ages else max(known, default=0.0)
    return Verdict("ALARM" if stale else "OK", len(stale), oldest)


class Detector:
    """`dead`: it looks at nothing any more, and the alarm treats the missing data as breaching."""

    def __init__(self, aws: Aws, tables: Tables, tally: Tally) -> None:
        self._aws, self._tables, self._tally = aws, tables, tally
        self._state: str | None = None
        self.dead = False

    def look(self, now: datetime) -> None:
        """One period."""
        if self.dead:
            self._say("ALARM", NO_DATA)
            return
        verdict = judge(self._tables.strategies(), now)
        self._aws.client("cloudwatch").put_metric_data(
            Namespace=METRICS,
            MetricData=[{"MetricName": "StaleStrategies", "Value": verdict.stale, "Unit": "Count"}],
        )
        self._say(verdict.state, _reason(verdict, now))

    def _say(self, state: str, reason: str) -> None:
        if state == self._state:
            return
        self._aws.client("cloudwatch").set_alarm_state(
            AlarmName=HEARTBEAT_ALARM, StateValue=state, StateReason=reason
        )
        self._state = state
        self._tally.verdict(state, reason)


def _reason(verdict: Verdict, now: datetime) -> str:
    """In CloudWatch's own words."""
    if verdict.oldest is None:
        return f"Threshold Crossed: {verdict.stale} stale strategies; a heartbeat is missing or unreadable."
    relation = "greater" if verdict.state == "ALARM" else "not greater"
    at = now.strftime("%d/%m/%y %H:%M:%S")
    return (
        f"Threshold Crossed: 1 datapoint [{verdict.oldest:.1f} ({at})] was {relation} than the threshold "
        f"({STALE_AFTER:.1f})."
    )
