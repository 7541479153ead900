"""Checklist: order execution working - recent fills, and a smallest order that the venue validates and does not
place."""

from __future__ import annotations

from functions.contracts import Frozen, Run
from functions.facts import Check, ChecklistItem
from functions.ports import Ports
from functions.rules.checklist import halted as while_halted
from functions.rules.test_order.execution import Real, execution, with_real
from functions.runtime import task
from functions.settings import Settings
from functions.test_order import asking
from functions.test_order.job import RealOrder
from functions.verifying import HALT_NEEDS, Scope, answer, halted

ACT = False
IN_NETWORK = True
LAYERS = ("exchange",)
TIMEOUT_SECONDS = 60
MEMORY_MB = 512
# Seconds.
ASKS_FOR = 40.0
MOST_TOLD = 1_000


class Request(Frozen):
    """`tested`: what a real test order came to, where one was asked for."""

    run: Run
    scope: Scope
    tested: RealOrder | None = None


Response = ChecklistItem


@task(Request, needs=("clock.now", "trading_state.all", *HALT_NEEDS, *asking.NEEDS))
def handler(request: Request, ports: Ports, settings: Settings) -> ChecklistItem:
    now, scope = ports.clock.now(), request.scope
    states = ports.trading_state.all()
    source = "the venues of the live accounts"
    query = (
        f"of each live account: account, working orders, and for up to {asking.MOST_SYMBOLS} symbols its fills "
        f"since {scope.since:%Y-%m-%d %H:%M:%S} UTC, market, book, and order/test of the least amount, limit, "
        f"post-only, up to {settings.positions.probe_away_bps} bps below the best bid"
    )
    tested = request.tested
    if tested is not None:
        query += f"; a real test order, its end seen at {tested.at:%Y-%m-%d %H:%M:%S} UTC"
    trading = sorted(s.strategy_id for s in states if s.status in settings.trading_statuses)
    concerned = [one for one in trading if scope.concerns(one)]
    about: tuple[str, ...] = ()
    if halted(ports, scope, states):
        result, value = Check.SKIPPED, while_halted("orders") or ""
    elif not concerned:
        result, value = Check.SKIPPED, "no strategy of this run trades at present"
    else:
        found = asking.places(ports, settings, concerned)
        asked = asking.ask(ports, settings, found, scope.since, request.run.execution_arn, within=ASKS_FOR)
        judged = execution(asked, found.unknown, found.beside)
        result, value, about = judged.result, judged.told, judged.about
    if tested is not None:
        result, value = with_real(result, value, Real(tested.result, tested.value))
    return answer("orders", result, value[:MOST_TOLD], source, now, query=query, about=about)
