"""Reads what must be known before trading may come back. What cannot be read is unknown and no failure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final, TypeVar

from functions import resume_venues
from functions.errors import RunbookError
from functions.facts import AlarmFact, KillSwitchFact, OrderFact, ProbeFact, ServiceRecord, StrategyState
from functions.ids import incident_id_for
from functions.ports import Ports
from functions.resuming import ResumeOrder
from functions.rules.kill_switch import halts
from functions.rules.resume_checks import ResumeFacts
from functions.rules.stop_exposure import told_in_short
from functions.settings import Settings

NEEDS: Final = (
    *resume_venues.NEEDS,
    "alarms.state",
    "clock.now",
    "executions.status",
    "halts.service_record",
    "incidents.get",
    "probes.look",
    "service.describe",
    "strategy_config.venues",
)
# Emergency stops of one halt that are looked at, and strategies whose exchange is.
MOST_STOPS: Final = 50
MOST_VENUES_OF: Final = 200
DIRECT: Final = ":direct-"

T = TypeVar("T")


def facts_of(
    ports: Ports,
    settings: Settings,
    order: ResumeOrder,
    switch: KillSwitchFact,
    *,
    halt_ids: Sequence[str],
    states: Iterable[StrategyState],
    coming: Sequence[str],
) -> ResumeFacts:
    """`halt_ids`: which may have recorded the service, the standing halt first; `coming`: who comes back."""
    platform = settings.platform
    trading = sorted(
        state.strategy_id
        for state in states
        if state.status in settings.trading_statuses and halts(switch, state.strategy_id)
    )
    orders = _or_none(ports.orders.every_working)
    alarms = settings.emergency_stop.risk_alarms
    return ResumeFacts(
        at=ports.clock.now(),
        halt_id=switch.halt_id if switch.engaged else None,
        stops={arn: _status(ports, arn) for arn in switch.stops[:MOST_STOPS]},
        stops_unseen=max(0, len(switch.stops) - MOST_STOPS),
        trading=trading,
        orders=_concerned(orders, order),
        venues=venues_of(ports, settings, coming),
        service=_or_none(ports.service.describe),
        cluster=platform.cluster,
        records=service_records(ports, halt_ids),
        guards_table=f"tradai-runbook-guards-{settings.env}",
        alarms=[_or_none(partial(ports.alarms.state, name)) or AlarmFact(name, None) for name in alarms],
        reason=order.reason,
        requested_by=order.requested_by,
        orders_table=platform.orders_table,
        state_table=platform.trading_state_table,
        looked=resume_venues.look(ports, settings, order),
    )


def _status(ports: Ports, arn: str) -> str | None:
    """One without Step Functions (`--direct`), or long gone from there, is over once its incident says so."""
    status = None if DIRECT in arn else _or_none(partial(ports.executions.status, arn))
    if status is not None:
        return status
    incident = _or_none(partial(ports.incidents.get, incident_id_for(arn))) or {}
    return "ENDED" if "ended_at" in incident or "closed_at" in incident else None


def service_records(ports: Ports, halt_ids: Iterable[str]) -> dict[str, ServiceRecord]:
    """The service as these halts found it, by halt; those that have not recorded it are not in it."""
    found = ((halt_id, ports.halts.service_record(halt_id)) for halt_id in halt_ids)
    return {halt_id: record for halt_id, record in found if record is not None}


def service_record(ports: Ports, halt_ids: Iterable[str]) -> ServiceRecord | None:
    """The service as the first of these halts found it that has recorded it."""
    return next(iter(service_records(ports, halt_ids).values()), None)


def venues_of(ports: Ports, settings: Settings, strategy_ids: Sequence[str]) -> dict[str, ProbeFact | None]:
    """The exchanges of these strategies, probed now; all that the settings know where those cannot be told."""
    known = settings.connectivity.exchange
    wanted = _venues(ports, settings, strategy_ids) if 0 < len(strategy_ids) <= MOST_VENUES_OF else None
    probed: dict[str, ProbeFact | None] = {}
    for venue in sorted(wanted or known):
        url = known.get(venue)
        probed[venue] = ports.probes.look(url) if url else None
    return probed


def _venues(ports: Ports, settings: Settings, strategy_ids: Sequence[str]) -> set[str] | None:
    named = _or_none(lambda: ports.strategy_config.venues(strategy_ids))
    if named is None:
        return None
    otherwise = settings.connectivity.venue_without_config
    venues = {named.get(one) or otherwise for one in strategy_ids}
    return None if None in venues else {venue for venue in venues if venue is not None}


def exposure_of(ports: Ports, order: ResumeOrder, orders: Sequence[OrderFact] | None) -> str:
    """The open positions of those whom the order concerns, in words; `orders` None: not readable."""
    every = _or_none(ports.positions.each_open)
    # They are counted; their amounts have no part in it.
    held = None if every is None else (*every.readable, *(one for one, _ in every.broken))
    return told_in_short(held, orders, order.strategy_ids)


def _concerned(orders: Sequence[OrderFact] | None, order: ResumeOrder) -> Sequence[OrderFact] | None:
    """One of nobody concerns everybody."""
    if orders is None or order.strategy_ids is None:
        return orders
    return [one for one in orders if one.strategy_id is None or one.strategy_id in order.strategy_ids]


def _or_none(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except RunbookError:
        return None
