"""What a person should do for a group, or what comes next where its remedy does not help."""

from __future__ import annotations

from typing import assert_never

from functions.rules import proposals
from functions.rules.decide_remedy import Decision
from functions.rules.gates import Setting
from functions.rules.plan import Cause
from functions.rules.service_state import Doing


def propose(
    cause: Cause, venue: str | None, strategy_ids: tuple[str, ...], decision: Decision, setting: Setting
) -> str:
    """One paragraph, with numbers and commands."""
    situation, policy = setting.situation, setting.policy
    service, cluster = situation.service, policy.cluster
    why = f"{decision.why[:1].upper()}{decision.why[1:]}."
    match cause:
        case Cause.HALTED:
            return "Nothing, until the kill switch is released by resume-trading."
        case Cause.SERVICE_CRASHED:
            return proposals.redeploy(service, cluster, (), why)
        case Cause.MEMORY_EXHAUSTED:
            return f"{why} {proposals.more_memory(service, cluster)}"
        case Cause.DEADLOCK:
            return proposals.redeploy(service, cluster, situation.beating, why)
        case Cause.UNKNOWN:
            if setting.service.doing is Doing.NOT_ACTIVE:
                return proposals.inactive(service, cluster, setting.service.why)
            return proposals.restart(strategy_ids, why)
        case Cause.EXCHANGE_DOWN:
            return proposals.exchange(venue, policy.exchange_wait_seconds)
        case Cause.RATE_LIMITED:
            return proposals.rate_limit(venue, setting.limits.told)
        case Cause.NETWORK_UNREACHABLE:
            return proposals.connectivity("network", policy.connectivity_wait_seconds)
        case Cause.DATABASE_UNREACHABLE:
            return proposals.connectivity("database", policy.connectivity_wait_seconds)
        case Cause.DEPLOYMENT_IN_PROGRESS:
            return proposals.deployment(policy.deployment_wait_seconds)
        case Cause.DEPLOYMENT_FAILED:
            return proposals.failed_deployment(service, cluster, setting.service.why)
        case Cause.SCALED_TO_ZERO:
            return proposals.scale_up(service, cluster)
        case Cause.DETECTOR_BROKEN:
            return why
        case _:
            assert_never(cause)
