"""From everything seen about the stale strategies to one plan: who gets which remedy, what needs a person.

The order is from the whole to the single, because a whole explains its parts: the kill switch (nothing is to
beat), then the symptom itself, then the service (scaled to zero, deploying, no task), then each strategy by
itself (find_cause.py). Strategies with one cause, venue and remedy make one group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from functions.facts import StrategyState
from functions.rules import kill_switch, proposals
from functions.rules.decide_remedy import Decision, decide_remedy
from functions.rules.evidence import alarm_evidence, evidence_for
from functions.rules.find_cause import Finding, find_cause
from functions.rules.gates import Setting, why_not_redeploy
from functions.rules.plan import Cause, Group, Plan, Remedy, Verdict
from functions.rules.propose import propose
from functions.rules.rate_limits import rate_limits
from functions.rules.service_cause import service_cause
from functions.rules.service_state import Doing, state_of
from functions.rules.situation import Policy, Situation

__all__ = ["Cause", "Group", "Plan", "Policy", "Remedy", "Situation", "Verdict", "classify"]

MOST_REASONS: Final = 5


def classify(situation: Situation, policy: Policy, now: datetime) -> Plan:
    """Total: every situation has a plan, and every stale strategy is in exactly one of its groups."""
    stale = _once(situation.stale)
    if not stale:
        return _without_stale(situation, now)
    findings, setting = _find(stale, situation, policy, now)
    groups = _grouped(findings, setting, now)
    return Plan(_verdict(groups), _reason(groups, len(stale), situation.stale_total), groups)


def _once(states: Sequence[StrategyState]) -> list[StrategyState]:
    return [state for _, state in sorted({s.strategy_id: s for s in states}.items())]


def _without_stale(situation: Situation, now: datetime) -> Plan:
    """Nothing is stale. An alarm that is up all the same is wrong, unless trading is halted."""
    switch, alarm = situation.kill_switch, situation.alarm
    if switch is not None and kill_switch.halts_everything(switch):
        return Plan(Verdict.NOTHING_TO_DO, f"nothing is stale, and {kill_switch.told(switch)}")
    if alarm is not None and alarm.state == "ALARM":
        proposal = proposals.detector(alarm, len(situation.beating))
        group = Group(
            Cause.DETECTOR_BROKEN.value,
            Cause.DETECTOR_BROKEN,
            None,
            (),
            Remedy.NONE,
            True,
            proposal,
            (alarm_evidence(alarm, now),),
        )
        return Plan(Verdict.ESCALATE, "the alarm is up and no heartbeat is stale", (group,))
    state = "was not looked at" if alarm is None else f"is {alarm.state or 'unreadable'}"
    return Plan(Verdict.NOTHING_TO_DO, f"no heartbeat is stale; the alarm {state}")


def _find(
    stale: Sequence[StrategyState], situation: Situation, policy: Policy, now: datetime
) -> tuple[list[Finding], Setting]:
    service = state_of(situation.service, now=now, deployment_wait_seconds=policy.deployment_wait_seconds)
    limits = rate_limits(situation, now=now, nothing_runs=service.doing is Doing.NO_TASK)
    shared = service_cause(situation, service.doing, policy=policy, now=now)

    def finding(state: StrategyState) -> Finding:
        if kill_switch.halts(situation.kill_switch, state.strategy_id):
            return Finding(state, Cause.HALTED, "the kill switch is engaged for it")
        if shared is not None:
            return Finding(state, shared, service.why)
        return find_cause(state, situation, doing=service.doing, limits=limits, policy=policy, now=now)

    findings = [finding(state) for state in stale]
    ill = frozenset(f.cause for f in findings if f.cause is not Cause.HALTED)
    return findings, Setting(situation, service, limits, policy, ill)


def _grouped(findings: Sequence[Finding], setting: Setting, now: datetime) -> tuple[Group, ...]:
    together: dict[tuple[Cause, str, Remedy, bool], list[tuple[Finding, Decision]]] = {}
    for finding in findings:
        decision = decide_remedy(finding, setting)
        key = (finding.cause, finding.venue or "", decision.remedy, decision.needs_person)
        together.setdefault(key, []).append((finding, decision))
    return tuple(_group(members, setting, now) for _, members in sorted(together.items()))


def _group(members: Sequence[tuple[Finding, Decision]], setting: Setting, now: datetime) -> Group:
    first, decision = members[0]
    reasons = dict.fromkeys(decision.why for _, decision in members)
    decision = replace(decision, why="; ".join(list(reasons)[:MOST_REASONS]))
    states = [finding.state for finding, _ in members]
    ids = tuple(state.strategy_id for state in states)
    redeploys = first.cause in (Cause.DEADLOCK, Cause.MEMORY_EXHAUSTED)
    limited = first.cause is Cause.RATE_LIMITED
    asks = decision.needs_person and decision.remedy is Remedy.NONE
    return Group(
        group_id=f"{first.cause}{f':{first.venue}' if first.venue else ''}{'-ask' if asks else ''}",
        cause=first.cause,
        venue=first.venue,
        strategy_ids=ids,
        remedy=decision.remedy,
        needs_person=decision.needs_person,
        proposal=propose(first.cause, first.venue, ids, decision, setting),
        evidence=evidence_for(states, first.venue, setting.situation, setting.service, now),
        # Where no task runs, a heartbeat that still looks young is a dead strategy's last one.
        interrupts=setting.situation.beating if redeploys and not setting.nothing_runs else (),
        retry_after_seconds=setting.limits.retry_after_seconds if limited else None,
        redeploy_unasked=decision.remedy is Remedy.RAISE_MEMORY and why_not_redeploy(setting) is None,
    )


def _verdict(groups: Sequence[Group]) -> Verdict:
    if any(group.remedy is not Remedy.NONE for group in groups):
        return Verdict.ACT
    return Verdict.ESCALATE if any(group.needs_person for group in groups) else Verdict.NOTHING_TO_DO


def _reason(groups: Sequence[Group], looked_at: int, total: int) -> str:
    """One line for the execution history."""
    parts = []
    for group in groups:
        what = group.cause.replace("_", " ") + (f" ({group.venue})" if group.venue else "")
        remedy = "nothing" if group.remedy is Remedy.NONE else group.remedy.replace("_", " ")
        person = ", then a person" if group.needs_person else ""
        parts.append(f"{len(group.strategy_ids)} {what}: {remedy}{person}")
    stale = f"{looked_at} stale" if total <= looked_at else f"{total} stale, {looked_at} of them looked at singly"
    return f"{stale}; {'; '.join(parts)}"
