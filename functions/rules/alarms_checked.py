"""Checklist: what the alarms and the points that they live on come to. A detector that says nothing is no pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from functions.facts import AlarmFact, Check


class Of(StrEnum):
    """Whom an alarm that is up concerns. `before`: it was up before the run, which is not about it. `cured`: it is
    the one that started the run, or counts what the run has cured: it is up until its detector looks again."""

    RUN = "run"
    OTHERS = "others"
    BEFORE = "before"
    CURED = "cured"


@dataclass(frozen=True, slots=True)
class Up:
    """An alarm that is up. `since`: for how long, where that is known."""

    name: str
    of: Of
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """What the alarm `name` lives on. `newest`: its newest point within what may be silent; `unread`: why nobody
    knows. `told_by_alarm`: missing points raise the alarm, so that its state says enough. `off`: its schedule is
    switched off in the settings."""

    name: str
    newest: datetime | None
    unread: str | None = None
    told_by_alarm: bool = False
    off: bool = False


@dataclass(frozen=True, slots=True)
class AlarmsVerdict:
    """`began_at` and `about` of what does not pass."""

    result: Check
    told: str
    concerns: str = "run"
    began_at: datetime | None = None
    about: tuple[str, ...] = ()


def judge_alarms(heartbeat: AlarmFact, up: Sequence[Up], metrics: Iterable[Metric]) -> AlarmsVerdict:
    """The worst of what concerns the run; else the worst of what does not."""
    own = [one for one in up if one.of is Of.RUN]
    known = list(metrics)
    if own:
        return _failing(own, "run")
    silent = [one.name for one in known if not (one.newest or one.unread or one.told_by_alarm or one.off)]
    if silent:
        told = f"no point of the metric that it lives on, so nobody looks: {', '.join(silent)}"
        return AlarmsVerdict(Check.FAIL, told, about=tuple(silent))
    if heartbeat.state is None or heartbeat.state == "INSUFFICIENT_DATA":
        return AlarmsVerdict(Check.UNKNOWN, f"{heartbeat.name} is {heartbeat.state or 'not there'}")
    unknown = [f"{one.name}: {one.unread}" for one in known if one.unread]
    unknown += [f"{one.name}: its schedule is switched off" for one in known if one.off and not one.newest]
    if unknown:
        return AlarmsVerdict(Check.UNKNOWN, f"not known whether anybody looks: {'; '.join(unknown)}")
    for of in (Of.OTHERS, Of.BEFORE):
        if found := [one for one in up if one.of is of]:
            return _failing(found, str(of))
    if up:
        names = ", ".join(one.name for one in up[:10])
        told = f"in ALARM until its detector looks again: {names}"
        return AlarmsVerdict(Check.UNKNOWN, told, "others", about=tuple(one.name for one in up))
    return AlarmsVerdict(Check.PASS, f"{heartbeat.name} is OK, none is in ALARM")


def _failing(up: Sequence[Up], concerns: str) -> AlarmsVerdict:
    since = min((one.since for one in up if one.since is not None), default=None)
    names = tuple(one.name for one in up)
    return AlarmsVerdict(Check.FAIL, f"in ALARM: {', '.join(names[:10])}", concerns, since, names)
