"""Which remedy a cause gets (DESIGN.md, the table of stale-heartbeat)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from functions.rules.exposed import exposed
from functions.rules.fargate import next_size
from functions.rules.find_cause import Finding
from functions.rules.gates import Setting, why_not_redeploy, why_not_restart
from functions.rules.plan import Cause, Remedy


@dataclass(frozen=True, slots=True)
class Decision:
    """For one strategy. Strategies with the same cause, venue and decision make one group."""

    remedy: Remedy
    needs_person: bool
    why: str


def decide_remedy(finding: Finding, setting: Setting) -> Decision:
    """What the run does by itself for this strategy, and whether something is left to a person."""
    match finding.cause:
        case Cause.HALTED:
            return Decision(Remedy.NONE, False, "the kill switch is engaged for it")
        case Cause.SERVICE_CRASHED:
            return _redeploy(setting)
        case Cause.MEMORY_EXHAUSTED:
            return _raise_memory(setting)
        case Cause.DEADLOCK:
            decision = _redeploy(setting)
            return decision if setting.harmless else _restart(finding, setting)
        case Cause.UNKNOWN:
            return _restart_without_exposure(finding, setting)
        case Cause.EXCHANGE_DOWN:
            return _wait(Remedy.WAIT_EXCHANGE, finding)
        case Cause.RATE_LIMITED:
            return _wait(Remedy.SLOW_DOWN, finding)
        case Cause.NETWORK_UNREACHABLE | Cause.DATABASE_UNREACHABLE:
            return Decision(Remedy.WAIT_CONNECTIVITY, False, "a restart cures no connection")
        case Cause.DEPLOYMENT_IN_PROGRESS:
            return Decision(Remedy.WAIT_DEPLOYMENT, False, "a deployment ends by itself")
        case Cause.SCALED_TO_ZERO | Cause.DEPLOYMENT_FAILED | Cause.DETECTOR_BROKEN:
            return Decision(Remedy.NONE, True, "only a person can tell what was meant")
        case _:
            assert_never(finding.cause)


def _raise_memory(setting: Setting) -> Decision:
    """Only a bigger task keeps it from coming again. Where no bigger one can be told, the same one brings the
    strategies back for as long as it lasts, and the rest is a person's."""
    service, refused = setting.situation.service, why_not_redeploy(setting, asked=True)
    if refused:
        return Decision(Remedy.NONE, True, f"not redeployed unasked: {refused}")
    if service is None or next_size(service.cpu, service.memory_mb) is None:
        return _redeploy(setting, then_a_person=True)
    return Decision(Remedy.RAISE_MEMORY, False, setting.service.why)


def _redeploy(setting: Setting, *, then_a_person: bool = False) -> Decision:
    refused = why_not_redeploy(setting)
    if refused:
        return Decision(Remedy.NONE, True, f"not redeployed unasked: {refused}")
    return Decision(Remedy.REDEPLOY, then_a_person, setting.service.why)


def _restart(finding: Finding, setting: Setting) -> Decision:
    refused = why_not_restart(finding, setting)
    if refused:
        return Decision(Remedy.NONE, True, f"not restarted unasked: {refused}")
    return Decision(Remedy.RESTART, False, finding.why)


def _restart_without_exposure(finding: Finding, setting: Setting) -> Decision:
    """The cause is not known, so what is open decides: only a strategy with nothing open is restarted."""
    what = exposed(setting.situation.exposure, finding.state.strategy_id)
    if not what.nothing:
        return Decision(Remedy.NONE, True, f"not restarted unasked: {_lower(what.told())}")
    return _restart(finding, setting)


def _wait(remedy: Remedy, finding: Finding) -> Decision:
    if finding.venue is None:
        return Decision(Remedy.NONE, True, "the strategy's venue is not known, so it cannot be looked at")
    return Decision(remedy, False, finding.why)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")
