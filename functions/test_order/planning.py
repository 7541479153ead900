"""Looks for a place where a real test order harms nobody, and makes the order and the question."""

from __future__ import annotations

from typing import Final

from functions import guarding
from functions.contracts import Run
from functions.errors import RunbookError
from functions.facts import PositionFact
from functions.ports import Ports
from functions.rules.kill_switch import why_not_redeploy
from functions.rules.test_order.allowed import question, why_not_now
from functions.rules.test_order.client_ids import probe_id
from functions.rules.test_order.harmless import Unfit, harmless
from functions.settings import Settings
from functions.test_order import asking
from functions.test_order.job import Probe, ProbePlan
from functions.venue import Unit, Validation, Where

NEEDS: Final = (
    *asking.ACCOUNT_NEEDS,
    *guarding.NEEDS,
    "exchange.book",
    "exchange.market",
    "exchange.orders",
    "exchange.position",
    "exchange.validate",
    "positions.every_open",
    "trading_state.all",
)
# Symbols that are looked at, over all accounts.
MOST_LOOKED_AT: Final = 6


def plan(ports: Ports, settings: Settings, run: Run, strategy_ids: tuple[str, ...] | None) -> ProbePlan:
    """The first symbol that a strategy of the scope trades and on which nothing stands; else why there is none."""
    if run.dry_run:
        return nobody(run, "a dry run places no order")
    if refusal := why_not_redeploy(guarding.kill_switch_or_none(ports)):
        return nobody(run, refusal)
    states = [s for s in ports.trading_state.all() if s.status in settings.trading_statuses]
    ids = sorted(s.strategy_id for s in states if strategy_ids is None or s.strategy_id in strategy_ids)
    found = asking.places(ports, settings, ids)
    table = tuple(ports.positions.every_open())
    whys = [*found.unknown]
    looked = 0
    for where, symbols in found.live.items():
        for symbol in symbols:
            looked += 1
            if looked > MOST_LOOKED_AT:
                return nobody(run, f"no symbol is free: {'; '.join(whys)}")
            try:
                made = _at(ports, settings, run, where, symbol, table)
            except RunbookError as error:
                made = f"{error}"
            if isinstance(made, ProbePlan):
                return made
            whys.append(f"{symbol} at {at_name(where)}: {made}")
    return nobody(run, f"no symbol is free: {'; '.join(whys) or 'no live account trades'}")


def _at(
    ports: Ports, settings: Settings, run: Run, where: Where, symbol: str, table: tuple[PositionFact, ...]
) -> ProbePlan | str:
    unit = Unit(where.venue, where.account, symbol, "long")
    position = ports.exchange.position(unit)
    working = ports.exchange.orders(where, symbol)
    if refusal := why_not_now(guarding.kill_switch_or_none(ports), position, working, table):
        return refusal
    market, book = ports.exchange.market(where, symbol), ports.exchange.book(where, symbol)
    name = probe_id(run.execution_arn, where.venue, where.account, symbol)
    order = harmless(market, book, name, away_bps=settings.positions.probe_away_bps, hedged=position.hedged)
    if isinstance(order, Unfit):
        return order.why
    if ports.exchange.validate(where, order) is not Validation.ACCEPTED:
        return "this venue offers no validation, so none is placed there"
    desk = next(
        (one.desk for one in settings.platform.accounts.values() if one.account == where.account), "default"
    )
    return ProbePlan(
        run=run,
        reason="asked",
        guard_id=unit.guard_id,
        question=question(where, order, book, desk=desk, needed=settings.approvals.needed["change"]),
        probe=Probe(
            venue=where.venue,
            account=where.account,
            symbol=symbol,
            client_order_id=name,
            amount=order.amount,
            price=order.price,
            hedged=order.hedged,
        ),
    )


def left(run: Run, probe: Probe) -> ProbePlan:
    """`run` is the one that has placed it, and has ended."""
    why = f"{probe.client_order_id} may rest: its run ended before it was seen gone"
    return ProbePlan(run=run, reason=why, guard_id=probe.unit.guard_id, question=None, probe=probe, left=True)


def nobody(run: Run, why: str) -> ProbePlan:
    return ProbePlan(run=run, reason=why[:900], guard_id="", question=None, probe=None)


def at_name(where: Where) -> str:
    return f"{where.venue}/{where.account}"
