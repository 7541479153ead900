"""Writes into the record what the venue's fills say, or what a person has confirmed; no order is sent."""

from __future__ import annotations

from datetime import datetime

from functions import acts
from functions.contracts import Frozen
from functions.errors import Broken, Refused
from functions.ports import Ports
from functions.rules.stuck.end import How, SettleEnd
from functions.rules.stuck.telling import at, told
from functions.runtime import task
from functions.settings import Settings
from functions.stuck.model import Correction, Look, ended

ACT = True
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(Frozen):
    look: Look


class Response(Look):
    pass


@task(Request, needs=(*acts.NEEDS, "positions.by_id", "positions.close"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    del settings
    look, job = request.look, request.look.job
    correction = look.correction
    if correction is None:
        raise Broken("there is nothing to correct")
    incident = job.run.incident_id
    act = acts.Act(f"correct/{job.position_id}", "correct the record", job.position_id, "open by the table")

    def do() -> str:
        if not _close(ports, job.position_id, incident, correction):
            raise Refused("its record was changed meanwhile: nothing was written")
        return _told(correction)

    def seen(began: datetime) -> str | None:
        del began
        record = ports.positions.by_id([job.position_id]).get(job.position_id)
        return _told(correction) if record is not None and record.closed_by == incident else None

    acts.perform(ports, job.run, job.guard_id, act, do=do, seen=seen)
    return Response(**ended(look, _end(correction)).model_dump())


def _close(ports: Ports, position_id: str, incident_id: str, correction: Correction) -> bool:
    return ports.positions.close(
        position_id,
        amount=correction.amount,
        exit_price=correction.price,
        closed_at=correction.at,
        manually=correction.manually,
        closed_by=incident_id,
    )


def _told(correction: Correction) -> str:
    price = f"exit price {told(correction.price)}" if correction.price is not None else "no exit price is known"
    return f"closed at {at(correction.at)}, {price}, fees {correction.fees}, by {correction.by}"


def _end(correction: Correction) -> SettleEnd:
    unproven = () if correction.price is not None else ("exit price",)
    return SettleEnd(
        How.CORRECTED,
        f"the venue holds nothing of it any more; the record says so now: {_told(correction)}",
        known=(correction.told,),
        done=("the record was corrected; no order was sent",),
        not_proven=unproven,
    )
