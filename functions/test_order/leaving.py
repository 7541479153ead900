"""What a run leaves of its test order when it ends without having seen it gone: its withdrawal is started.

Whoever ends the run (the closer, the checklist's judge) cannot speak to a venue, and must not have to: it has to
end and to tell in any case. So the order is withdrawn by an execution of its own of the same machine, in the same
states that withdraw it always. That is safe to do unasked, whatever is true of the order: it is looked for under an
id that no other order has, and cancelled if it works. The cancel takes nothing from anybody, for it is the least
order, far from the market, of no strategy; two that withdraw it at once see the same end; and nothing can be placed
by it, for the right to send is taken away first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from functions.contracts import ActRecord, Run
from functions.errors import Refused, RunbookError
from functions.facts import Result
from functions.ids import execution_name
from functions.ports import Ports
from functions.ports.exchange import Attempt
from functions.rules.left_behind import TEST_ORDER
from functions.test_order.job import Probe, ProbeJob, record_id
from functions.verifying import Scope

MACHINE: Final = "test-order"
NEEDS: Final = ("closes.attempts", "executions.start_withdrawal")


@dataclass(frozen=True, slots=True)
class Withdrawals:
    """Sentences: of those that were started, and of those that could not be."""

    started: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


def withdraw(ports: Ports, run: Run, acts: Sequence[ActRecord]) -> Withdrawals:
    """Of every test order among `acts` that may rest; once for each, however often this is said. Never raises an
    error word."""
    started, failed = list[str](), list[str]()
    for act in acts:
        if act.action != TEST_ORDER or act.result is not Result.UNKNOWN:
            continue
        try:
            started.append(f"the withdrawal of test order {act.target}: {_start(ports, run, act)}")
        except RunbookError as error:
            failed.append(
                f"the withdrawal of test order {act.target} could not be started ({error}): cancel it by hand"
            )
    return Withdrawals(tuple(started), tuple(failed))


def _start(ports: Ports, run: Run, act: ActRecord) -> str:
    attempts = ports.closes.attempts(record_id(act.target), run.incident_id)
    if not attempts:
        raise Refused("what was sent is not on record")
    job = ProbeJob(run=run, scope=Scope(child=False, strategy_ids=(), since=act.at), left=_left(attempts[0]))
    # Without the field by which a child is known: nobody waits for this one, so that the closer tells of it if it
    # breaks.
    given = job.model_dump(mode="json", exclude={"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"})
    name = execution_name(MACHINE, act.target, run.incident_id)
    arn = ports.executions.start_withdrawal(name, given)
    if arn is None:
        return f"it was started before ({name}), and tells how it ended"
    return f"started ({name}); a notification of its own tells within minutes how it ended"


def _left(attempt: Attempt) -> Probe:
    if attempt.worst_price is None:
        raise Refused("its price is not on record")
    return Probe(
        venue=attempt.unit.venue,
        account=attempt.unit.account,
        symbol=attempt.unit.symbol,
        client_order_id=attempt.client_order_id,
        amount=attempt.amount,
        price=attempt.worst_price,
        # Only whoever places it asks for this.
        hedged=False,
    )
