"""The cause that the service itself gives to all of its strategies."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from functions.rules.find_cause import memory_ran_out
from functions.rules.plan import Cause
from functions.rules.service_state import Doing
from functions.rules.situation import Policy, Situation


def service_cause(situation: Situation, doing: Doing, *, policy: Policy, now: datetime) -> Cause | None:
    """None while the service runs or cannot be read: then every strategy is looked at by itself.

    What somebody did on purpose (scaled to zero, deploying) is never mistaken for an accident. Of the
    accidents the narrower wins: an end by memory is a crash too, but only a bigger task keeps it from
    coming again. Both win over a failing database or exchange: with no task nothing trades, so that a
    redeploy interrupts nothing, and the proof of the heartbeat tells whether it was enough.
    """
    match doing:
        case Doing.SCALED_TO_ZERO:
            return Cause.SCALED_TO_ZERO
        case Doing.DEPLOYING:
            return Cause.DEPLOYMENT_IN_PROGRESS
        case Doing.DEPLOYMENT_FAILED:
            return Cause.DEPLOYMENT_FAILED
        case Doing.NO_TASK:
            by_memory = memory_ran_out(situation, None, policy=policy, now=now)
            return Cause.MEMORY_EXHAUSTED if by_memory else Cause.SERVICE_CRASHED
        case Doing.NOT_ACTIVE:
            return Cause.UNKNOWN
        case Doing.RUNNING | Doing.UNREADABLE:
            return None
        case _:
            assert_never(doing)
