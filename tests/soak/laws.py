"""What must hold after a soak. A law says what is wrong, in sentences; else nothing.

Of each run for itself the laws of the single-fault sweep hold. What they say of a platform with one trouble (that a
`resolved` run leaves it well, how often a service is started) says nothing where the next trouble is there already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from tests.soak.kinds import STUCK
from tests.soak.record import Begun, Soaked, Struck
from tests.soak.samples import MEASURES, MOST_MB_AN_EXECUTION, allowed, growth, halves
from tests.sweep import laws as of_runs
from tests.sweep.seen import unified

Law = Callable[[Soaked], Iterator[str]]
# A remedy meets what it cures, and what else was broken shortly before or after, too.
ALONE: Final = timedelta(seconds=60)


def of_every_run(law: of_runs.Law) -> Law:
    def told(soaked: Soaked) -> Iterator[str]:
        yield from law(soaked.seen)

    told.__name__, told.__doc__ = law.__name__, law.__doc__
    return told


def every_alarm_has_a_run(soaked: Soaked) -> Iterator[str]:
    """Each change into ALARM started a run, which cures or says which one is at work already."""
    by_event = {(one.input.get("alarm_name"), one.input.get("alarm_at")) for one in soaked.begun.values()}
    for heard in soaked.notes.heard:
        if (heard.alarm, heard.at) not in by_event:
            yield f"{heard.alarm} went into ALARM at {heard.at}, and no run knows of it"


def a_duplicate_names_who_is_at_work(soaked: Soaked) -> Iterator[str]:
    known = {one.arn for one in soaked.seen.executions}
    known |= {str(one["incident_id"]) for one in soaked.seen.incidents}
    for run in soaked.seen.tops:
        said = str(run.output.get("summary"))
        if run.output.get("outcome") == "duplicate" and not any(one in said for one in known):
            yield f"{run.machine} is a duplicate, and names no run: {said}"


def nothing_is_a_dead_letter(soaked: Soaked) -> Iterator[str]:
    for queue, count in soaked.letters.items():
        if count:
            yield f"{count} messages in {queue}"


def nothing_grows_but_what_is_kept(soaked: Soaked) -> Iterator[str]:
    """Files, threads, workers and a worker's memory are flat; what the engine keeps of executions is bounded."""
    samples = soaked.notes.samples
    for measure in MEASURES:
        first, second = halves(samples, measure.of)
        if second > (most := allowed(measure, first)):
            yield f"{measure.name}: {first:.1f} in the first half, {second:.1f} in the second; allowed {most:.1f}"
    each = growth(samples)
    if each is not None and each > MOST_MB_AN_EXECUTION:
        yield f"the engine keeps {each:.2f} MB of each execution, more than {MOST_MB_AN_EXECUTION}"


def nobody_trades_while_halted(soaked: Soaked) -> Iterator[str]:
    """From a stop's end until somebody resumes, by the stand-in's own count of entry orders."""
    for halt in soaked.notes.halts:
        if halt.entered:
            named = ", ".join(halt.entered[:5])
            yield f"{len(halt.entered)} strategies entered after {halt.arn} had stopped them: {named}"


def no_two_copies_at_once(soaked: Soaked) -> Iterator[str]:
    if soaked.seen.two_copies:
        yield f"two copies of a strategy traded at {soaked.seen.two_copies} moments"


def no_remedy_does_harm(soaked: Soaked) -> Iterator[str]:
    """By the stand-in's own count, where one trouble stood alone: of two the one's remedy may be the other's harm,
    and who halts or puts right by hand starts things that no runbook would."""
    for one in soaked.wrong:
        at = datetime.fromisoformat(str(one["at"]))
        if alone(soaked, at):
            yield f"{one['remedy']} under {one['fault']} at {one['at']}"


def alone(soaked: Soaked, at: datetime) -> bool:
    standing = [one for one in soaked.notes.struck if one.runbook != STUCK and _about(one, at)]
    by_hand = any(abs(moment - at) < ALONE for moment, _ in soaked.notes.tidied)
    return len(standing) == 1 and not by_hand and not any(_halted(one, at) for one in _ways(soaked))


def _about(one: Struck, at: datetime) -> bool:
    return one.at <= at and (one.ended is None or at <= one.ended + ALONE)


def _ways(soaked: Soaked) -> Iterator[Begun]:
    """Runs that stop and start the service because somebody wants it."""
    yield from (one for one in soaked.begun.values() if one.machine in ("emergency-stop", "resume-trading"))


def _halted(one: Begun, at: datetime) -> bool:
    return one.started <= at and (one.stopped is None or at <= one.stopped + ALONE)


def nothing_is_closed_twice(soaked: Soaked) -> Iterator[str]:
    """By the venue's own ledger: our orders sold no more of a symbol than was ever bought, and left none short."""
    for symbol, amount in soaked.seen.closed.items():
        opened = sum(
            (Decimal(one["amount"]) for one in soaked.seen.positions if one["symbol"] == unified(symbol)),
            Decimal(0),
        )
        if amount > opened:
            yield f"{amount} of {opened} {symbol} were closed"
    for symbol, held in soaked.seen.held.items():
        if held < 0:
            yield f"{held} {symbol} are held, and nobody went short"


def the_soak_itself_worked(soaked: Soaked) -> Iterator[str]:
    yield from soaked.notes.trouble


LAWS: Final[tuple[Law, ...]] = (
    of_every_run(of_runs.every_execution_has_ended),
    of_every_run(of_runs.every_run_ends_in_an_outcome),
    of_every_run(of_runs.every_run_leaves_an_incident_and_a_notification),
    of_every_run(of_runs.a_closed_run_has_closed_its_incident),
    every_alarm_has_a_run,
    a_duplicate_names_who_is_at_work,
    nothing_is_a_dead_letter,
    of_every_run(of_runs.every_guard_can_be_taken_over),
    of_every_run(of_runs.nothing_is_asked_for_a_run_that_is_over),
    nothing_grows_but_what_is_kept,
    nobody_trades_while_halted,
    no_two_copies_at_once,
    no_remedy_does_harm,
    nothing_is_closed_twice,
    of_every_run(of_runs.no_token_is_told),
    the_soak_itself_worked,
)


def broken(soaked: Soaked) -> dict[str, list[str]]:
    """What is wrong, by law; every law stands there."""
    return {law.__name__: list(law(soaked)) for law in LAWS}
