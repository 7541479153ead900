"""Gives those of a batch that beat the status that they had before the stop; one that warmed up then warms on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final

from functions import acts, batch_looks, returning
from functions.contracts import Frozen, Run
from functions.errors import RunbookError
from functions.ports import Ports
from functions.resuming import GUARD, Batch, Beats, ResumeOrder, Scope
from functions.rules.resume_scope import WARMUP, One, Stands
from functions.runtime import task
from functions.settings import Settings

ACT = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 512
AT_ONCE: Final = 8


class Request(Frozen):
    run: Run
    order: ResumeOrder
    scope: Scope
    managing: bool
    batch: Batch
    beats: Beats


class Response(Frozen):
    """`left`: so many that beat are still in their first status; `whys`: why some are."""

    promoted: int
    left: int
    whys: tuple[str, ...]


@task(Request, needs=(*acts.NEEDS, *returning.NEEDS, "trading_state.bring_back"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    if request.managing or request.beats.stopped is not None:
        return Response(promoted=0, left=0, whys=())
    due, whys = _due(request, ports, settings), list[str]()
    number = request.batch.number
    act = acts.Act(
        f"promote/{number}", "let strategies trade as before", f"batch {number}", f"{len(due)} in warmup"
    )

    def do() -> str:
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            whys.extend(why for why in pool.map(lambda one: _promote(one, ports), due) if why is not None)
        return f"{len(due) - len(_due(request, ports, settings))} of {len(due)} trade as before"

    def seen(_: datetime) -> str | None:
        return None if due else "all did so by an earlier try"

    if due:
        acts.perform(ports, request.run, GUARD, act, do=do, seen=seen)
    left = len(_due(request, ports, settings))
    return Response(promoted=len(due) - left, left=left, whys=tuple(whys[:5]))


def _due(request: Request, ports: Ports, settings: Settings) -> list[One]:
    """Those that beat and stand in warmup, but stood elsewhere before the stop."""
    look = batch_looks.look_of(
        ports, settings, request.order, request.scope, request.batch, request.beats, request.managing
    )
    return [
        one
        for one in look.well
        if one.stands is Stands.BACK
        and one.state is not None
        and one.state.status == WARMUP
        and one.before != WARMUP
        and one.before in settings.trading_statuses
    ]


def _promote(one: One, ports: Ports) -> str | None:
    try:
        for mark in one.marks:
            if ports.trading_state.bring_back(
                one.strategy_id, halt_id=mark, expected=[WARMUP], status=one.before, managing=False
            ):
                return None
    except RunbookError as error:
        return f"{one.strategy_id}: {type(error).__name__}: {error}"
    return f"{one.strategy_id}: the kill switch, or whoever changed it since, does not let it"
