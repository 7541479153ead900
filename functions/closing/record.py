"""Writes into the position's record that it is closed: only what was proven."""

from __future__ import annotations

from typing import Final

from functions.closing.job import CloseJob, Proof, Recorded
from functions.facts import PositionFact
from functions.ports import Ports

NEEDS: Final = ("positions.by_id", "positions.close")
CLOSED: Final = "closed"


def record(ports: Ports, job: CloseJob, proof: Proof) -> Recorded:
    """`exit_price` is the average of all fills that closed it. The amount is what the item says at this moment: the
    condition keeps a write in between from being lost."""
    position = _read(ports, job)
    if position is None:
        return Recorded(recorded=False, by_us=False, why="the position is not in the table any more")
    if position.status == CLOSED and position.closed_by != job.incident_id:
        return Recorded(recorded=True, by_us=False, why=f"closed by {position.closed_by or 'its strategy'}")
    written = ports.positions.close(
        job.position_id,
        amount=position.amount,
        exit_price=proof.average,
        closed_at=proof.last_at,
        manually=proof.manually,
        closed_by=job.incident_id,
    )
    if written:
        return Recorded(recorded=True, by_us=True, why=f"closed at {proof.average}")
    after = _read(ports, job)
    stands = after is not None and after.status == CLOSED
    why = "closed by somebody else meanwhile" if stands else "it changed meanwhile: nothing was written"
    return Recorded(recorded=stands, by_us=False, why=why)


def _read(ports: Ports, job: CloseJob) -> PositionFact | None:
    return ports.positions.by_id([job.position_id]).get(job.position_id)
