"""From the state of a run, as far as it came, to the pieces that its end is judged by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

from functions.contracts import Run
from functions.ending import actions_of
from functions.facts import ChecklistItem, StrategyState
from functions.proving import Proof
from functions.rules.accounting import Account
from functions.rules.answered import NOBODY
from functions.rules.left_behind import left_behind
from functions.rules.pieces import Asked, GroupEnd, Proven, RunPieces, StrategyEnd
from functions.rules.plan import Group, Plan, Verdict
from functions.stages import Facts, GroupResult, Remedied

_ITEMS: TypeAdapter[tuple[ChecklistItem, ...]] = TypeAdapter(tuple[ChecklistItem, ...])
_OBJECT: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
MOST_TOLD = 300


class _Part(BaseModel):
    """A part of the state; what else stands there is not read."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Guard(_Part):
    guard_id: str
    owned: bool


class _Found(_Part):
    stale_total: int = 0
    stale: tuple[StrategyState, ...] = ()


class _Plan(_Part):
    verdict: Verdict
    reason: str
    groups: tuple[Group, ...]


class _Outcome(_Part):
    outcome: Proof


class _Accounts(_Part):
    kept: int
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    ended: tuple[str, ...] = ()


class RunState(_Part):
    """The whole state of stale-heartbeat; null is "did not come that far"."""

    run: Run
    guard: _Guard | None = None
    refused: dict[str, Any] | None = None
    found: _Found = _Found()
    facts: Facts | None = None
    plan: _Plan | None = None
    remedies: tuple[Remedied, ...] = ()
    proof: _Outcome | None = None
    accounts: _Accounts | None = None
    error: dict[str, Any] | None = None


def pieces_of(state: RunState, incident: Mapping[str, Any]) -> RunPieces:
    """`incident` is the stored item: the checklist that verify-trading wrote stands in it."""
    run, plan, accounts = state.run, state.plan, state.accounts
    return RunPieces(
        dry_run=run.dry_run,
        why_not=run.why_not,
        held_by=message(state.refused) if state.refused else None,
        error=told(state.error) if state.error else None,
        plan=Plan(plan.verdict, plan.reason, plan.groups) if plan else None,
        ends=tuple(_end(remedied) for remedied in state.remedies),
        proof=_proven(state.proof.outcome) if state.proof else None,
        account=Account(accounts.kept, accounts.missing, accounts.unknown, accounts.ended) if accounts else None,
        checklist=_checklist(incident),
        unread=tuple(_unread(state)),
        left_behind=left_behind(actions_of(incident, run)),
    )


def told(error: Mapping[str, Any]) -> str:
    """The engine's `{Error, Cause}` as a short clause: the error's word and what it says."""
    name, said = str(error.get("Error", "an error")), message(error)
    return f"{name}: {said}" if said else name


def message(error: Mapping[str, Any]) -> str:
    """What an error says. A function's own message stands in its cause as `errorMessage` of a JSON payload; a
    child's error is the `{Error, Cause}` of its description."""
    cause = str(error.get("Cause", ""))
    payload = _object(cause)
    if "errorMessage" in payload:
        cause = str(payload["errorMessage"])
    elif "ExecutionArn" in payload:
        cause = told(payload)
    return cause[:MOST_TOLD]


def plainly(why: str) -> str:
    """A sentence of ours that ends in the engine's cause, with the function's own message in its place."""
    head, _, _ = why.partition("{")
    message = _object(why[len(head) :]).get("errorMessage")
    return f"{head}{str(message)[:MOST_TOLD]}" if message else why


def _object(text: str) -> dict[str, Any]:
    try:
        return _OBJECT.validate_json(text)
    except ValueError:
        return {}


def _end(remedied: Remedied) -> GroupEnd:
    outcome = remedied.outcome
    error = remedied.error
    if error is not None:
        error = told({"Error": "the remedy came to grief", "Cause": error})
    if outcome is None:
        return GroupEnd(remedied.group, None, error=error)
    each = tuple(StrategyEnd(e.strategy_id, e.result, plainly(e.why)) for e in outcome.strategies)
    why, known = plainly(outcome.why), outcome.known
    return GroupEnd(remedied.group, outcome.result, why, each, error, _asked(outcome), known)


def _asked(outcome: GroupResult) -> Asked | None:
    answer, how = outcome.answer, outcome.ending
    if how is None:
        return None
    if answer is None:
        nothing_else = outcome.result is None and outcome.why
        return Asked(how, why=plainly(outcome.why) if nothing_else else "nobody could be asked")
    why = NOBODY.get(answer.decision)
    return Asked(how, answer.decided_by, answer.note, answer.until, answer.why_alone, why)


def _proven(proof: Proof) -> Proven:
    monitor = proof.monitor
    return Proven(
        wanted=tuple(w.strategy_id for w in proof.wanted),
        missing=proof.beats.missing,
        own_failed=monitor.own_failed,
        others_failed=monitor.others_failed,
        looks_done=monitor.looks_done,
        looks_wanted=monitor.looks_done + monitor.looks_left,
    )


def _checklist(incident: Mapping[str, Any]) -> tuple[ChecklistItem, ...] | None:
    stored = incident.get("checklist")
    return _ITEMS.validate_python(stored) if stored else None


def _unread(state: RunState) -> Iterable[str]:
    for name in Facts.model_fields if state.facts else ():
        fact = getattr(state.facts, name)
        if fact.fact is None:
            yield f"{name}: {told({'Error': 'unknown', 'Cause': fact.why or ''})}"
    beyond = state.found.stale_total - len(state.found.stale)
    if beyond > 0:
        yield f"beyond the first {len(state.found.stale)}: {beyond} more stale strategies were not looked at singly"
    signals = state.proof.outcome.signals if state.proof else None
    if signals and "Error" in signals:
        yield f"signals: {told(signals)}"
