"""Lists every open position that a stop leaves; where no protection of one is known, somebody is woken."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Final

from functions import at_venues, stopping
from functions.contracts import Frozen
from functions.errors import RunbookError
from functions.facts import OrderFact, Result
from functions.halting import Part, StopJob
from functions.ports import Ports
from functions.proving_stop import line
from functions.rules.reporting import open_positions
from functions.rules.stop_exposure import Open, Rests, at_venue, concerns, exposed_by, strangers, weightiest_first
from functions.rules.stop_pieces import many
from functions.rules.units.owner import unit_of
from functions.rules.venue_accounts import Accounts
from functions.runtime import task
from functions.settings import Settings
from functions.stopping import tried
from functions.venue import Where

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 512
IN_NETWORK = True
LAYERS = ("exchange",)
NAME: Final = "exposure"
AT_THE_VENUE: Final = "protection at the venue"
# Seconds.
VENUES_WITHIN: Final = 20.0


class Request(Frozen):
    job: StopJob


class Response(Part):
    """`done`: every open position is listed, and of those of real money it is known what protects them at their
    venue; `unknown`: something of that could not be read."""


@task(
    Request,
    needs=(
        "notifier.page",
        "orders.every_working",
        "positions.each_open",
        "reports.put",
        *at_venues.NEEDS,
        *stopping.NOTE_NEEDS,
    ),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    job, order = request.job, stopping.order_of(request.job)
    read = tried(ports.positions.each_open)
    where = f"{settings.platform.positions_table}, {settings.platform.orders_table}, the venues"
    if read.value is None:
        why = f"the open positions could not be read: {read.why}. Look at every venue now"
        part = _part(Result.UNKNOWN, why)
        if not order.dry_run:
            part = _woken(ports, settings, job, part)
        stopping.noted(ports, job, part, where)
        return part
    orders = tried(ports.orders.every_working)
    tables = exposed_by(read.value.readable, orders.value, order.strategy_ids)
    found, others, trouble = _at_venues(ports, settings, tables, everything=order.everything)
    trouble += [why for one, why in read.value.broken if concerns(order.strategy_ids, one)]
    key, not_kept = _kept(ports, job, found)
    bare = [one for one in found if one.unprotected]
    strange = [told for told, _ in others]
    unknown = bool(trouble) or any(one.venue.rests is Rests.UNKNOWN for one in found)
    part = Response(
        name=NAME,
        result=Result.UNKNOWN if unknown else Result.DONE,
        why="; ".join([_told(found, bare, orders.value), *strange[:5], *trouble]),
        items=stopping.named([*not_kept, *(line(one.told()) for one in found), *strange[5:]]),
        details_key=key,
        unproven=() if not unknown and all(one.proven for one in found) else (AT_THE_VENUE,),
    )
    if (bare or trouble or not all(safe for _, safe in others)) and not order.dry_run:
        part = _woken(ports, settings, job, part)
    ids = [one.position.position_id for one in found]
    kept = open_positions.rows_of(map(_row, found))
    stopping.noted(ports, job, part, where, position_ids=ids, **{open_positions.FIELD: kept})
    return part


def _at_venues(
    ports: Ports, settings: Settings, tables: Sequence[Open], *, everything: bool
) -> tuple[tuple[Open, ...], list[tuple[str, bool]], list[str]]:
    """The positions with what their venues say, what the venues hold besides (where everything is stopped), and
    the trouble with it."""
    configs, why = at_venues.configs_of(ports)
    trouble = [f"the strategy configs could not be read: {why}"] if configs is None else []
    positions = [one.position for one in tables]
    owners = {one.position_id: at_venues.owner(settings, configs, one) for one in positions}
    units = {unit for one in positions if (unit := unit_of(one, owners[one.position_id])) is not None}
    known = at_venues.accounts(settings, configs, positions) if everything else Accounts()
    theirs = {
        unit.where
        for one in positions
        if (unit := unit_of(one, owners[one.position_id])) is not None and owners[one.position_id].live
    }
    held = at_venues.read(ports, _sorted({*known.live, *theirs}), within=VENUES_WITHIN)
    found = []
    for one in tables:
        owner = owners[one.position.position_id]
        there = held.get(Where(owner.venue or "", owner.account or ""))
        seen = (there.orders, there.positions, there.why) if there else (None, None, "not asked")
        found.append(replace(one, venue=at_venue(one.position, owner, *seen)))
    others: list[tuple[str, bool]] = []
    for where, one_held in held.items() if everything else ():
        if one_held.positions is None:
            trouble.append(f"{at_venues.named(where)} could not be read: {one_held.why}")
        else:
            others += strangers(one_held.positions, one_held.orders or (), units)
    return weightiest_first(found), others, trouble


def _sorted(wheres: Iterable[Where]) -> list[Where]:
    return sorted(wheres, key=lambda where: (where.venue, where.account))


def _told(found: Sequence[Open], bare: Sequence[Open], orders: Sequence[OrderFact] | None) -> str:
    if not found:
        return "no open position stands in the table"
    gone = sum(one.venue.rests is Rests.FLAT for one in found)
    asked = sum(one.venue.rests is not Rests.UNASKED for one in found)
    parts = [many(len(found), "open position"), f"{len(bare)} without known protection"]
    parts += [f"{gone} of which the venue holds nothing"] if gone else []
    parts += [f"{len(found) - asked} whose venue was not asked"] if asked < len(found) else []
    parts += ["the orders table could not be read"] if orders is None else []
    return ", ".join(parts)


def _part(result: Result, why: str) -> Response:
    return Response(name=NAME, result=result, why=why)


def _woken(ports: Ports, settings: Settings, job: StopJob, part: Response) -> Response:
    """One page of its own. Where it does not go out the part says so, and the message at the end carries it."""
    body = [
        part.why,
        "Trading is stopped, so nothing looks after these positions. Protect or close them at the venue.",
        "",
        *(f"- {one}" for one in part.items),
        f"Whole list: {part.details_key or 'not stored'}",
        f"Incident: {job.incident_id}",
    ]
    head = f"[tradai {settings.env}] open positions without known protection after an emergency stop"
    paged = tried(lambda: ports.notifier.page(head, "\n".join(body)))
    if paged.done:
        return part
    trouble = f"nobody could be paged about it: {paged.why}"
    return part.model_copy(update={"result": Result.UNKNOWN, "why": f"{part.why}; {trouble}"})


def _kept(ports: Ports, job: StopJob, found: Iterable[Open]) -> tuple[str | None, list[str]]:
    rows = "".join(f"{json.dumps(_row(one), default=str, sort_keys=True)}\n" for one in found)
    if not rows:
        return None, []
    key = f"incidents/{job.incident_id}/exposure.jsonl"
    try:
        ports.reports.put(key, rows, "application/jsonl")
    except RunbookError as error:
        return None, [f"the whole list is not stored: {stopping.said(error)}"]
    return key, []


def _row(one: Open) -> dict[str, object]:
    return {
        **asdict(one.position),
        "protective_orders": one.protective,
        "protection_at_the_venue": one.venue.rests,
        "at_the_venue": one.venue.why,
        "worth": one.venue.worth,
        "profit": one.venue.profit,
        "percent_to_liquidation": one.venue.distance,
        "exit_on_its_way": one.leaving,
    }
