"""Looks at the unit and says what comes next (functions/rules/closing/next_step.py)."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Final

from functions.closing import fired, pausing, unit
from functions.closing.job import TURNS, CloseJob, Error, Look, Restored, Sent, message
from functions.errors import RunbookError
from functions.facts import Evidence
from functions.ports import Ports
from functions.ports.exchange import How
from functions.rules.closing.away import SOON, Patience
from functions.rules.closing.beyond import why_another_unit
from functions.rules.closing.next_step import Facts, Seen, Step, Verdict, next_step
from functions.rules.closing.own_orders import entries, exits, protection
from functions.rules.closing.rounds import filled, open_one
from functions.rules.closing.settled import settles_at
from functions.settings import Settings
from functions.venue import VenueOrder

NEEDS: Final = (
    "clock.now",
    "closes.begin",
    "incidents.note",
    "notifier.page",
    *unit.NEEDS,
    *fired.NEEDS,
)
LONGEST_WAIT: Final = 7_200


def look(
    ports: Ports,
    settings: Settings,
    job: CloseJob,
    before: Look | None,
    sent: Sent | None,
    slip: Error | None,
    restored: Restored | None = None,
) -> Look:
    """`slip`: the last state that ended with an error, which the incident is told once; what it may have done is
    read from the records and the venue. `restored`: what the last try to place the protection again came to."""
    slipped = _told(ports, job, before, slip)
    sight = unit.see(ports, settings, job, book=job.bounded, look=before)
    now = ports.clock.now()
    turns_left = (before.turns_left if before else TURNS) - 1
    mine = sight.attempts[job.attempts_before :]
    found = unit.proof_of(job, sight) if sight.flat else None
    facts = Facts(
        now=now,
        terms=job.terms,
        bounded=job.bounded,
        holds=timedelta(seconds=settings.positions.quote_holds),
        attempts_most=settings.positions.close_attempts,
        reads_apart=settings.positions.flat_reads_apart,
        patience=_patience(settings),
        attempts=mine,
        next_number=len(sight.attempts) + 1,
        settles_at=_settles_at(sight, sent),
        attribution=sight.attribution,
        opposite=_opposite(sight),
        market=sight.facts.market,
        book=sight.facts.book,
        missing=_missing(ports, job, sight),
        alone=sight.mine.alone,
        entries=len(entries(sight.mine, sight.working)),
        exits=len(exits(sight.mine, sight.working)),
        protected=len(protection(sight.mine, sight.working)),
        proof=found,
        retry_after=_retry_after(sight, sent, restored if before and before.seen.placing else None),
        unreadable=_unreadable(sight),
        row=sight.facts.trouble.row if sight.facts.trouble else None,
        not_placed=restored.row if restored and not restored.protected else None,
        seen=before.seen if before else Seen(),
    )
    verdict = _refused(job, sight, sent, facts.seen) or next_step(facts)
    _waiting(ports, job, facts.seen, verdict)
    again = turns_left > 0 and verdict.step is not Step.END
    left = _left(sight)
    return Look(
        verdict=verdict.step,
        why=verdict.why,
        again=again,
        turns_left=turns_left,
        seconds=_seconds(verdict, settings),
        order=verdict.order,
        seen=verdict.seen,
        how=verdict.how if again or verdict.step is Step.END else _out_of_turns(sight),
        left=left,
        closed=filled(mine),
        alone=sight.mine.alone,
        proof=unit.proof(found, sight.attempts, now) if verdict.step is Step.FLAT else None,
        slip=slipped,
        at=now,
    )


def _patience(settings: Settings) -> Patience:
    limits = settings.limits
    return Patience(limits.exchange_wait, limits.maintenance_wait, limits.look_again_every)


def _waiting(ports: Ports, job: CloseJob, seen: Seen, verdict: Verdict) -> None:
    """What people are told while a venue is away, and that nobody starts the strategy meanwhile."""
    name, at = job.position_id, ports.clock.now()
    if verdict.away:
        pausing.mark(ports, job)
    told = None
    if verdict.away and not seen.waited.looks:
        told = f"waits for {job.unit.venue}, bounded: {verdict.why}"
    elif seen.waited.looks > SOON and not verdict.seen.waited.looks:
        told = f"{job.unit.venue} answers again; {verdict.seen.waited.told}; {verdict.why}"
    if told is not None:
        with suppress(RunbookError):
            ports.incidents.note(job.incident_id, [Evidence("a venue that went away in a close", name, told, at)])
    if verdict.page:
        subject = f"{job.unit.symbol} may be without its protection: {job.unit.venue} is away"
        with suppress(RunbookError):
            ports.notifier.page(subject, _unprotected(job, verdict))


def _unprotected(job: CloseJob, verdict: Verdict) -> str:
    unit = job.unit
    return (
        f"The close of {job.position_id} ({unit.side} {unit.symbol} at {unit.venue}, account {unit.account}) has "
        f"taken protective orders off, and did not see them rest again: {verdict.why}. It goes on and places them "
        f"again as soon as the venue answers; look there now. Incident {job.incident_id}."
    )


def _told(ports: Ports, job: CloseJob, before: Look | None, slip: Error | None) -> str | None:
    if slip is None:
        return None
    text = f"{slip.get('Error', 'an error')}: {message(str(slip.get('Cause', '')))}"
    if before is None or before.slip != text:
        with suppress(RunbookError):
            note = Evidence("a step of the close ended with an error", job.position_id, text, ports.clock.now())
            ports.incidents.note(job.incident_id, [note])
    return text


def _refused(job: CloseJob, sight: unit.Sight, sent: Sent | None, seen: Seen) -> Verdict | None:
    """What ends a close whatever the venue says."""
    if sent is not None and sent.state in ("lost", "used"):
        how: How = "not_closed" if open_one(sight.attempts) is None else "unknown"
        return Verdict(Step.END, sent.why, seen, how=how)
    if sight.facts.unit is None:
        return None
    moved = why_another_unit(job.terms, sight.facts.unit)
    if moved:
        return Verdict(Step.END, moved, seen, how="void")
    if sight.facts.owner.mode is not None and not sight.facts.owner.live:
        return Verdict(Step.END, f"its mode is {sight.facts.owner.mode}, not live", seen, how="not_closed")
    return None


def _missing(ports: Ports, job: CloseJob, sight: unit.Sight) -> tuple[VenueOrder, ...]:
    """What has fired is not missing; where that cannot be read, restoring asks again."""
    gone: tuple[VenueOrder, ...] = () if sight.flat else unit.guarding_of(job, sight).gone
    try:
        _, off, unknown = fired.fates(ports, job, gone, after=len(sight.attempts), alone=sight.mine.alone)
    except RunbookError:
        return gone
    return (*off, *unknown)


def _unreadable(sight: unit.Sight) -> tuple[str, ...]:
    """Only what the verdict rests on; the book is asked for where a bound needs it."""
    facts = sight.facts
    told = facts.unreadable or ("the unit",)
    if sight.attribution is None or facts.venue_orders is None or facts.venue is None or not facts.owner.live:
        return told if facts.owner.live else ("the position's mode",)
    return () if sight.written is not None else ("its protection, which must be written down first",)


def _settles_at(sight: unit.Sight, sent: Sent | None) -> datetime | None:
    waiting = open_one(sight.attempts)
    if waiting is None:
        return None
    return settles_at(waiting, call_over=sent is not None and sent.number == waiting.number and sent.over)


def _retry_after(sight: unit.Sight, sent: Sent | None, restored: Restored | None) -> int | None:
    """Seconds for which the venue takes nothing, as it said to the last order, the last protection or to this
    reading."""
    told = [sight.facts.trouble.retry_after] if sight.facts.trouble else []
    told += [restored.retry_after] if restored else []
    if sent is not None and sight.attempts and sent.number == sight.attempts[-1].number:
        told.append(sent.retry_after)
    return max((one for one in told if one is not None), default=None)


def _opposite(sight: unit.Sight) -> Decimal:
    venue = sight.facts.venue
    return venue.opposite if venue is not None and not venue.hedged else Decimal(0)


def _left(sight: unit.Sight) -> Decimal | None:
    return sight.left


def _seconds(verdict: Verdict, settings: Settings) -> int:
    """The engine shortens waits where time is scaled; a wait for a time of the clock is lengthened by as much."""
    seconds = verdict.seconds / settings.time_scale if verdict.exact else verdict.seconds
    return min(LONGEST_WAIT, max(1, ceil(seconds)))


def _out_of_turns(sight: unit.Sight) -> How:
    return "unknown" if open_one(sight.attempts) is not None else "not_closed"
