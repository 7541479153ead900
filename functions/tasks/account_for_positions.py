"""Accounts for what was written down before: open positions and working orders, kept, changed or gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from functions import exposure, venue_exposure
from functions.contracts import Frozen, Run
from functions.errors import RunbookError
from functions.facts import Evidence, ExposureFact, PositionFact
from functions.ports import Ports
from functions.rules.accounting import account_for
from functions.runtime import task
from functions.settings import Settings
from functions.stages import Fact, Remedied

ACT = False
TIMEOUT_SECONDS = 60
MEMORY_MB = 512
IN_NETWORK = True
LAYERS = ("exchange",)
# Seconds.
VENUES_WITHIN: Final = 15.0


class Request(Frozen):
    run: Run
    before: Fact[ExposureFact]
    remedies: tuple[Remedied, ...]


class Response(Frozen):
    """`accounted` is null where it cannot be told."""

    accounted: bool | None
    kept: int
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    ended: tuple[str, ...]


@task(Request, needs=("clock.now", "incidents.note", "positions.by_id", *exposure.NEEDS, *venue_exposure.NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    before = request.before.fact
    owners = sorted({p.strategy_id for p in before.positions}) if before else []
    after = _with_closed(ports, before, exposure.read(ports, owners))
    # Asked about the positions of before: what is closed in the table by now must be gone at its venue too.
    if before is not None and before.units:
        there = venue_exposure.with_venues(ports, settings, before, within=VENUES_WITHIN)
        after = replace(after, units=there.units, venues_unread=there.venues_unread)
    account = account_for(before, after)
    value = f"{account.kept} kept, {len(account.missing)} missing, {len(account.unknown)} unknown"
    where = f"{settings.platform.positions_table}, {settings.platform.orders_table}, the venues"
    what = Evidence("positions and orders accounted for", where, value, ports.clock.now())
    ports.incidents.note(request.run.incident_id, [what])
    return Response(
        accounted=account.accounted,
        kept=account.kept,
        missing=tuple(account.missing[:50]),
        unknown=tuple(account.unknown[:50]),
        ended=tuple(account.ended[:50]),
    )


def _with_closed(ports: Ports, before: ExposureFact | None, after: ExposureFact) -> ExposureFact:
    """Adds those of before that are closed by now, which no list of open positions names."""
    open_now = {p.position_id for p in after.positions}
    gone = [p.position_id for p in before.positions if p.position_id not in open_now] if before else []
    closed: Sequence[PositionFact | None] = ()
    if gone and not after.unreadable:
        try:
            closed = list(ports.positions.by_id(gone).values())
        except RunbookError as error:
            return replace(after, unreadable=(f"positions that are no longer open: {error}",))
    return replace(after, positions=(*after.positions, *(p for p in closed if p is not None)))
