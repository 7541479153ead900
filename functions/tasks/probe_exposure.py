"""Writes down what a stop or a restart would interrupt, before anything could touch it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from functions import details, exposure, venue_exposure
from functions.contracts import Frozen, Run
from functions.facts import Evidence, ExposureFact
from functions.ports import Ports
from functions.runtime import task
from functions.settings import Settings
from functions.stages import MOST_EXPOSED, MOST_UNITS, Fact, Found

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 512
IN_NETWORK = True
LAYERS = ("exchange",)
# Seconds.
VENUES_WITHIN: Final = 15.0
MOST_WHY: Final = 300


class Request(Frozen):
    run: Run
    found: Found


class Response(Fact[ExposureFact]):
    pass


@task(Request, needs=("clock.now", "incidents.note", "reports.put", *exposure.NEEDS, *venue_exposure.NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    stale = [state.strategy_id for state in request.found.stale]
    fact = exposure.read(ports, [*stale, *request.found.beating])
    where = f"{settings.platform.positions_table}, {settings.platform.orders_table}, the venues"
    now = ports.clock.now()
    kept, notes = _cut(ports, request.run, fact, where, now)
    kept = _asked(venue_exposure.with_venues(ports, settings, kept, within=VENUES_WITHIN))
    told = exposure.told(replace(fact, units=kept.units, venues_unread=kept.venues_unread))
    what = Evidence("exposure before any act", where, told, now)
    ids = [p.position_id for p in fact.positions]
    ports.incidents.note(request.run.incident_id, [what, *notes], position_ids=ids)
    return Response(fact=kept, why=None)


def _cut(
    ports: Ports, run: Run, fact: ExposureFact, where: str, now: datetime
) -> tuple[ExposureFact, list[Evidence]]:
    """What fits into the state. A list that was cut counts as not readable, so that nobody takes its absent
    entries for closed; whole it lies in the bucket."""
    notes, unreadable = [], list(fact.unreadable)
    for name, rows in (("positions", fact.positions), ("orders", fact.orders)):
        if len(rows) > MOST_EXPOSED:
            key = details.keep_whole(ports, run, name, rows)
            notes.append(Evidence(f"{name}, whole", where, key or "could not be stored", now))
            unreadable.append(f"{name}: {len(rows)} are more than the {MOST_EXPOSED} that can be judged one by one")
    kept = ExposureFact(
        fact.positions[:MOST_EXPOSED],
        fact.orders[:MOST_EXPOSED],
        fact.exits_in_flight[:MOST_EXPOSED],
        tuple(unreadable),
    )
    return kept, notes


def _asked(fact: ExposureFact) -> ExposureFact:
    """What fits into the state; net positions beyond that are named as unread."""
    more = len(fact.units) - MOST_UNITS
    cut = (
        (f"{more} net positions are more than the {MOST_UNITS} that can be judged one by one",) if more > 0 else ()
    )
    unread = (*(one[:MOST_WHY] for one in fact.venues_unread[:MOST_UNITS]), *cut)
    return replace(fact, units=fact.units[:MOST_UNITS], venues_unread=unread)
