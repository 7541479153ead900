"""What comes next after a look at a position."""

from __future__ import annotations

from math import ceil
from typing import Final, assert_never

from functions.approvals import Question
from functions.facts import Evidence
from functions.ports import Ports
from functions.rules.stuck import confirming
from functions.rules.stuck.end import How, SettleEnd
from functions.rules.stuck.question import question
from functions.rules.stuck.reconcile import PASSES, State
from functions.rules.stuck.telling import told
from functions.settings import Settings
from functions.stuck.assessing import Assessed, asking_of, evidence_of
from functions.stuck.model import Look, Memo, ended, step
from functions.venue import Row

# Looks at a venue that does not answer: the longer it is waited for, the longer is each wait.
MOST_VENUE_LOOKS: Final = 28
FEW_LOOKS: Final = 4


def next_step(ports: Ports, settings: Settings, look: Look, found: Assessed) -> Look:
    """Counts the look."""
    memo = look.memo.model_copy(update={"looks": look.memo.looks + 1})
    why, state = found.reconciled.told, found.reconciled.state
    match state:
        case State.CLOSED | State.NOT_STUCK:
            return ended(look, SettleEnd(How.NOTHING, why, known=known_of(found)), memo=memo)
        case State.UNREACHABLE:
            return wait_for_venue(settings, look, memo, found)
        case State.NOT_LIVE | State.NO_UNIT | State.UNREADABLE | State.BREAK | State.DUST:
            return ended(look, escalation(found), memo=memo)
        case State.FLAT:
            if look.job.run.dry_run:
                would = f"{why}; would read it again and correct the record"
                return ended(look, SettleEnd(How.DRY_RUN, would, known=known_of(found)), memo=memo)
            wait = settings.positions.flat_reads_apart
            return step(look, "second_read", why, memo=memo, wait_seconds=wait)
        case State.OPEN:
            return _ask(ports, settings, look, memo, found)
        case _:
            assert_never(state)


def _ask(ports: Ports, settings: Settings, look: Look, memo: Memo, found: Assessed) -> Look:
    if memo.by_hand is not None:
        held = told(found.facts.venue.amount) if found.facts.venue else "something"
        said = f'a person said that it was closed by hand ("{memo.by_hand}"), and the venue still holds {held}'
        memo = memo.model_copy(update={"by_hand": None, "last": said})
    asking = asking_of(ports, settings, look.model_copy(update={"memo": memo}), found)
    put: Question = question(asking)
    if look.job.run.dry_run:
        would = f"{found.reconciled.told}; would ask: {put.title}"
        return ended(look, SettleEnd(How.DRY_RUN, would, known=known_of(found)), memo=memo)
    if memo.questions >= settings.positions.questions_a_run:
        asked = f"it was asked {memo.questions} times and is still open: {memo.last or found.reconciled.told}"
        end = SettleEnd(How.ESCALATE, asked, known=known_of(found), not_done=("the position is still open",))
        return ended(look, end, memo=memo)
    if memo.hand:
        put = confirming.by_hand(asking.position, asking.unit, asking.desk, put.evidence)
    ports.incidents.note(
        look.job.run.incident_id,
        [Evidence("asks", asking.position.position_id, f"{put.title}: desk {put.desk}", found.at)],
    )
    return step(look, "ask", f"asks: {put.title}", memo=memo, question=put)


def wait_for_venue(settings: Settings, look: Look, memo: Memo, found: Assessed) -> Look:
    """Bounded by the settings, longer for a maintenance, a few looks for what nobody can name; then a person must
    know. What a close of this run has waited for it already counts."""
    limits, trouble = settings.limits, found.facts.trouble
    if trouble is None or trouble.row not in PASSES:
        whole = FEW_LOOKS * limits.look_again_every
    else:
        whole = limits.maintenance_wait if trouble.row is Row.MAINTENANCE else limits.exchange_wait
    each = max(limits.look_again_every, ceil(whole / MOST_VENUE_LOOKS))
    why = found.reconciled.told
    before = memo.venue_looks * each + memo.venue_waited
    if look.job.run.dry_run or before + each > whole:
        waited = f"{why}; waited for {before} s"
        end = SettleEnd(How.ESCALATE, waited, known=known_of(found), unknown=("what the venue holds",))
        return ended(look, end, memo=memo)
    longer = memo.model_copy(update={"venue_looks": memo.venue_looks + 1})
    return step(look, "wait_venue", why, memo=longer, wait_seconds=each)


def escalation(found: Assessed) -> SettleEnd:
    """No order and no correction: who owns what, and what a person can do."""
    state, why = found.reconciled.state, found.reconciled.told
    owners = tuple(
        f"{one.strategy_id}: {one.side} {told(one.amount)} ({one.position_id})"
        for one in (found.attribution.owners if found.attribution else ())
    )
    head = {
        State.NOT_LIVE: "nothing was sent and nothing corrected",
        State.NO_UNIT: "nobody knows where it is held",
        State.UNREADABLE: "what the venue holds could not be judged",
        State.BREAK: "position break",
        State.DUST: "what is left of it is too small for an order",
    }[state]
    unknown = ("what the venue holds of it",) if state in (State.UNREADABLE, State.NO_UNIT) else ()
    return SettleEnd(
        How.ESCALATE,
        f"{head}: {why}",
        known=(*known_of(found), *(f"owner {line}" for line in owners)),
        not_done=("the position is still open by its record; no order was sent and no record corrected",),
        unknown=unknown,
    )


def known_of(found: Assessed) -> tuple[str, ...]:
    return tuple(f"{one.what} {one.where}: {one.value}" for one in evidence_of(found))
